//! What [`explain`](super::explain) answers, and its one spelling as JSON.

use std::borrow::Cow;

use crate::jwt::{Action, Code, NumericDate};

use super::cause::{Cause, Level, Party};
use super::ladder::{Rung, Verdict};
use crate::jwt::json_text::{push_length, push_member, push_name, push_quoted, push_seconds};

/// One thing that was noticed.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What it is.
    pub cause: Cause,
    /// Who has to act.
    pub party: Party,
    /// What the client should do next.
    pub action: Action,
    /// One sentence.
    pub summary: Cow<'static, str>,
    /// What was seen, what was expected, and how to mend it. May hold claim values, and never a part of a secret.
    pub fix: String,
    /// How much it matters.
    pub level: Level,
    /// Whether it is never the cause, for being about something else than this token's fate.
    pub(super) is_remark: bool,
}

impl Finding {
    /// An error.
    pub(super) fn new(cause: Cause, fix: String) -> Self {
        Self {
            cause,
            party: cause.party(),
            action: cause.action(),
            summary: Cow::Borrowed(cause.summary()),
            fix,
            level: Level::Error,
            is_remark: false,
        }
    }

    /// Whatever it says is about something else than this token's fate.
    pub(super) fn make_remark(&mut self) {
        self.level = Level::Warning;
        self.is_remark = true;
    }

    fn push_members(&self, text: &mut String) {
        for (name, value) in [
            ("code", self.cause.as_str()),
            ("party", self.party.as_str()),
            ("action", self.action.as_str()),
            ("summary", &self.summary),
            ("fix", &self.fix),
        ] {
            push_member(text, name, Some(value));
        }
    }
}

/// Why a token is what it is.
#[derive(Debug, Clone)]
pub struct Report {
    /// The root: one of the findings, or [`Cause::Ok`].
    pub cause: Finding,
    /// All of them; the cause first, unless nothing is wrong.
    pub findings: Vec<Finding>,
    /// The checks, in the order in which a token is verified.
    pub checks: Vec<Rung>,
    /// The header as one line of JSON, from the repaired token where it could be repaired.
    pub header: Option<String>,
    /// The claims, likewise. Anybody can have written them.
    pub claims: Option<String>,
    /// What the verifier says to the token as it was presented; absent when there is nothing to verify it with.
    pub verdict: Option<Verdict>,
    /// The names of the checks for which the context lacks something.
    pub not_checked: Vec<&'static str>,
    /// The length of the token in bytes.
    pub bytes: usize,
    /// See [`Fingerprint`](crate::jwt::Fingerprint).
    pub fingerprint: String,
    /// The clocks and the token's times.
    pub times: Times,
}

/// The clocks and the token's times, in seconds.
#[derive(Debug, Clone)]
pub struct Times {
    /// The clock of whoever explains.
    pub now: Option<NumericDate>,
    /// The verifier's clock.
    pub server_now: Option<NumericDate>,
    /// The clock skew that is tolerated.
    pub leeway: f64,
    /// Those of `iat`, `nbf` and `exp` that are there and are times, as the token writes them.
    pub of_token: Vec<(&'static str, String)>,
}

impl Report {
    /// Whether the token is, or would be, refused.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Error)
    }

    /// The report of a verifier that is closed, and refuses every token, for the reasons that these codes name.
    #[must_use]
    pub fn of_closed_verifier(mut self, codes: &str) -> Self {
        let cause = Cause::Verdict(Code::ConfigurationInvalid);
        let fix =
            ["The configuration is not sound: ", codes, ". Until that is mended, every token is refused."];
        self.findings.retain(|finding| finding.cause != cause);
        self.cause = Finding::new(cause, fix.concat());
        self.findings.insert(0, self.cause.clone());
        self.verdict = Some(Verdict { code: Some(Code::ConfigurationInvalid), kid: None });
        self
    }

    /// The report as one JSON object: `cause`, `findings`, `checks`, `header`, `claims`, `verdict`, `not_checked`, `token`,
    /// `times`, in this order. The same token in the same context has the same text on every platform.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::with_capacity(2048);
        text.push('{');
        push_name(&mut text, "cause");
        text.push('{');
        self.cause.push_members(&mut text);
        text.push('}');
        push_name(&mut text, "findings");
        text.push('[');
        for finding in &self.findings {
            open_next(&mut text);
            finding.push_members(&mut text);
            push_member(&mut text, "level", Some(finding.level.as_str()));
            text.push('}');
        }
        text.push(']');
        push_name(&mut text, "checks");
        text.push('[');
        for rung in &self.checks {
            open_next(&mut text);
            push_member(&mut text, "check", Some(rung.check.as_str()));
            push_member(&mut text, "outcome", Some(rung.outcome.as_str()));
            push_member(&mut text, "code", rung.code.map(Code::as_str));
            push_member(&mut text, "detail", Some(&rung.detail));
            text.push('}');
        }
        text.push(']');
        for (name, json) in [("header", &self.header), ("claims", &self.claims)] {
            push_name(&mut text, name);
            text.push_str(json.as_deref().unwrap_or("null"));
        }
        push_name(&mut text, "verdict");
        match &self.verdict {
            None => text.push_str("null"),
            Some(verdict) => verdict.push(&mut text),
        }
        push_name(&mut text, "not_checked");
        text.push('[');
        for name in &self.not_checked {
            if !text.ends_with('[') {
                text.push(',');
            }
            push_quoted(&mut text, name);
        }
        text.push(']');
        push_name(&mut text, "token");
        text.push('{');
        push_name(&mut text, "bytes");
        push_length(&mut text, self.bytes);
        push_member(&mut text, "fingerprint", Some(&self.fingerprint));
        text.push('}');
        push_name(&mut text, "times");
        self.times.push(&mut text);
        text.push('}');
        text
    }
}

impl Times {
    fn push(&self, text: &mut String) {
        text.push('{');
        for (name, time) in [("now", self.now), ("server_now", self.server_now)] {
            push_name(text, name);
            match time {
                Some(time) => push_seconds(text, time.seconds()),
                None => text.push_str("null"),
            }
        }
        push_name(text, "leeway");
        push_seconds(text, self.leeway);
        for (name, number) in &self.of_token {
            push_name(text, name);
            text.push_str(number);
        }
        text.push('}');
    }
}

/// Opens the next object of an array.
fn open_next(text: &mut String) {
    text.push_str(if text.ends_with('[') { "{" } else { ",{" });
}
