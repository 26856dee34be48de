//! What the origin's response to a refresh means.
//!
//! Only a definite refusal is a refusal, only a pair is a pair. Everything unclear is *unavailable*: a proxy's error page
//! or a broken deployment must not sign anybody out.

use crate::jwt::json::{Object, Value};

/// A response as it came over the network.
#[derive(Debug, Clone, Copy)]
pub struct Response<'a> {
    /// The status.
    pub status: u16,
    /// `Retry-After`, where there is one.
    pub retry_after: Option<&'a str>,
    /// The whole body.
    pub body: &'a [u8],
}

/// What it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// New tokens, not looked at yet.
    Tokens {
        /// `access_token`
        access_token: String,
        /// `refresh_token`, where the origin rotates it.
        refresh_token: Option<String>,
        /// `scope`
        scope: Option<String>,
    },
    /// The origin's ledger says no.
    Refused,
    /// No clear answer.
    Unclear {
        /// Why, for the log: `status_` and the status, or `unusable_body` where that was 200.
        reason: String,
        /// Seconds until it is worth asking again, where the origin said.
        retry_after: Option<u32>,
    },
}

/// Reads a response (RFC 6749 §5.1, §5.2).
#[must_use]
pub fn read_answer(response: &Response<'_>) -> Answer {
    let unclear = || Answer::Unclear {
        reason: match response.status {
            200 => "unusable_body".to_owned(),
            status => format!("status_{status}"),
        },
        retry_after: response.retry_after.and_then(seconds),
    };
    match response.status {
        200 => tokens(response.body).unwrap_or_else(unclear),
        400 | 401 | 403 if refuses(response.body) => Answer::Refused,
        _ => unclear(),
    }
}

fn tokens(body: &[u8]) -> Option<Answer> {
    let body = Object::parse(body).ok()?;
    let text = |name: &str| body.text(name).filter(|text| !text.is_empty());
    // A successor that nobody could present: to go on without it would strand the caller later.
    if !matches!(body.get("refresh_token"), None | Some(Value::Null | Value::String(_))) {
        return None;
    }
    // RFC 6749 §7.1: a client must not use a token whose type it does not understand.
    let is_bearer = |kind: Value<'_>| kind.as_str().is_some_and(|kind| kind.is_ignoring_case("bearer"));
    if !body.get("token_type").is_none_or(is_bearer) {
        return None;
    }
    Some(Answer::Tokens {
        access_token: text("access_token")?,
        refresh_token: text("refresh_token"),
        scope: text("scope"),
    })
}

/// `invalid_grant`, or nothing in hand at all: no body, or an object that names no other error. Another error (such as
/// `invalid_client`) is about the gate, and a page of HTML is from something in between.
fn refuses(body: &[u8]) -> bool {
    if body.trim_ascii().is_empty() {
        return true;
    }
    let is_invalid_grant = |error: Value<'_>| error.as_str().is_some_and(|error| error.is("invalid_grant"));
    Object::parse(body).is_ok_and(|body| body.get("error").is_none_or(is_invalid_grant))
}

/// `Retry-After` in its form of seconds, kept within an hour.
fn seconds(text: &str) -> Option<u32> {
    text.trim().parse::<u32>().ok().map(|seconds| seconds.clamp(1, 3600))
}
