//! One line for each decision: JSON, without a token, a secret or a claim value.
//!
//! Written here are the members that the judgement knows. `entry.ts` puts `event`, `request_id`, and in the end `duration`
//! around them.

use crate::config::Finding;
use crate::jwt::json_text::{ObjectText, push_quoted};
use crate::jwt::{Fingerprint, Refusal, Severity};

/// A request was let through with this token.
pub(super) fn allowed(out: &mut Vec<u8>, kid: Option<&str>, token: &[u8], route: &str) {
    out.extend_from_slice(br#""code":"ok","action":"none","kid":"#);
    push_json(out, kid);
    push_token_and_route(out, Some(token), route);
}

/// A public request was let through.
pub(super) fn public(out: &mut Vec<u8>, route: &str) {
    out.extend_from_slice(br#""code":"public","action":"none","kid":null"#);
    push_token_and_route(out, None, route);
}

/// A token was refused. Under a revoked key it is an incident.
pub(super) fn refused(
    out: &mut Vec<u8>,
    refusal: &Refusal,
    kid: Option<&str>,
    token: Option<&[u8]>,
    route: &str,
) {
    let incident = refusal.code == crate::jwt::Code::KeyRevoked;
    out.extend_from_slice(if incident { br#""level":"error","code":""#.as_slice() } else { br#""code":""# });
    out.extend_from_slice(refusal.code.as_str().as_bytes());
    out.extend_from_slice(br#"","action":""#);
    out.extend_from_slice(refusal.code.action().as_str().as_bytes());
    out.extend_from_slice(br#"","why":"#);
    push_json(out, Some(&refusal.why.to_string()));
    out.extend_from_slice(br#","kid":"#);
    push_json(out, kid);
    push_token_and_route(out, token, route);
}

/// A request was refused for what it is, not for its token.
pub(super) fn unauthenticated(out: &mut Vec<u8>, code: &str, route: &str) {
    out.extend_from_slice(br#""code":""#);
    out.extend_from_slice(code.as_bytes());
    out.extend_from_slice(br#"","action":"stop","kid":null"#);
    push_token_and_route(out, None, route);
}

/// A refresh, a logout or a login ended with this code. `successor` is the fingerprint
/// of the new access token.
pub(super) fn exchange(
    out: &mut Vec<u8>,
    (code, action, reason): (&str, &str, Option<&str>),
    token: Option<&str>,
    successor: Option<&str>,
    route: &str,
) {
    // An issuer whose tokens the gate refuses is an outage, whoever is told.
    let incident = matches!(code, "issued_token_unusable" | "origin_unavailable");
    out.extend_from_slice(if incident { br#""level":"error","code":"#.as_slice() } else { br#""code":"# });
    push_json(out, Some(code));
    out.extend_from_slice(br#","action":"#);
    push_json(out, Some(action));
    if let Some(reason) = reason {
        out.extend_from_slice(br#","reason":"#);
        push_json(out, Some(reason));
    }
    if let Some(successor) = successor {
        out.extend_from_slice(br#","successor":"#);
        push_json(out, Some(successor));
    }
    push_token_and_route(out, token.map(str::as_bytes), route);
}

/// The gate is not fit to judge, whatever the token.
pub(super) fn unfit(out: &mut Vec<u8>, route: &str) {
    out.extend_from_slice(br#""level":"error","code":"configuration_invalid","action":"retry","kid":null"#);
    push_token_and_route(out, None, route);
}

/// The origin left an allowed request without an answer.
pub(super) fn unanswered(out: &mut Vec<u8>, why: &str, kid: Option<&str>, token: Option<&[u8]>, route: &str) {
    out.extend_from_slice(br#""level":"error","code":"origin_unavailable","action":"retry","why":"#);
    push_json(out, Some(why));
    out.extend_from_slice(br#","kid":"#);
    push_json(out, kid);
    push_token_and_route(out, token, route);
}

/// A line about the configuration.
pub(super) fn finding(finding: &Finding) -> String {
    let mut line = ObjectText::new();
    line.text("event", "configuration");
    line.text("level", if finding.severity == Severity::Error { "error" } else { "warning" });
    line.text("code", &finding.code);
    line.text("detail", &finding.detail);
    line.finish()
}

fn push_token_and_route(out: &mut Vec<u8>, token: Option<&[u8]>, route: &str) {
    out.extend_from_slice(br#","token":"#);
    match token {
        Some(token) => {
            out.push(b'"');
            out.extend_from_slice(&Fingerprint::of(token).hex());
            out.push(b'"');
        }
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","route":"#);
    push_json(out, Some(route));
}

fn push_json(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text)
            if text.bytes().all(|byte| matches!(byte, 0x20..0x7F) && byte != b'"' && byte != b'\\') =>
        {
            out.push(b'"');
            out.extend_from_slice(text.as_bytes());
            out.push(b'"');
        }
        Some(text) => {
            let mut quoted = String::new();
            push_quoted(&mut quoted, text);
            out.extend_from_slice(quoted.as_bytes());
        }
        None => out.extend_from_slice(b"null"),
    }
}
