//! One token examined, from its wrappings to its claims, and the report on it.

use crate::jwt::base64url;
use crate::jwt::json::{Object, Value};
use crate::jwt::{Action, Code, Compact, Header, NumericDate, Refusal, TokenKind, Why};

use super::cause::{Cause, Diagnosis, Level};
use super::claim_findings::{ClaimFindings, ClaimsRead};
use super::context::Context;
use super::findings::Findings;
use super::inspection::{TIMES, push_fingerprint};
use super::key_findings::{KeyFindings, find_faults_of_keys};
use super::ladder::{Climb, impossible_checks};
use super::report::{Finding, Report, Times};
use super::shape;
use super::spelled::{List, Said, fill};
use super::wrapping::Unwrapped;
use crate::jwt::json_text::push_compact_object;

/// The longest token that is looked into, in bytes. Of a longer one only the length is told.
pub const MAX_EXPLAINED: usize = 1 << 16;

/// Says why `token` is what it is, in the light of `context`. Takes any bytes, and bounded time.
#[must_use]
pub fn explain(token: &[u8], context: &Context) -> Report {
    let climb = Climb::of(token, context);
    let mut examination =
        Examination { context, found: Findings::default(), header: None, claims: None, times: Vec::new() };
    if token.len() > MAX_EXPLAINED {
        examination.find_too_large(token.len(), context.policy.max_token_bytes.min(MAX_EXPLAINED));
    } else {
        examination.examine(token, &climb);
    }
    examination.report(token, &climb)
}

struct Examination<'c> {
    context: &'c Context,
    /// In the order of trust.
    found: Findings,
    header: Option<String>,
    claims: Option<String>,
    times: Vec<(&'static str, String)>,
}

impl Examination<'_> {
    fn examine(&mut self, token: &[u8], climb: &Climb) {
        let unwrapped = Unwrapped::of(token);
        let bare = shape::look_at(&unwrapped.text, &mut self.found);
        let cause = self.found.first();
        let Some(bare) = bare else { return find_faults_of_keys(self.context, &mut self.found) };
        unwrapped.find(&mut self.found);
        // What stands around a token comes before what is wrong inside; but several are more than a wrapping.
        if cause.is_some_and(|cause| cause != Cause::Diagnosis(Diagnosis::ConcatenatedTokens)) {
            self.found.put_first_last();
        }

        let mut segments = bare.splitn(3, |&byte| byte == b'.');
        let mut decode = || base64url::decode(segments.next()?).ok();
        let (header_json, payload, signature) = (decode(), decode(), decode());
        let header_json = header_json.as_deref().unwrap_or_default();
        if let Ok(object) = Object::parse(header_json) {
            self.header = Some(compact(&object));
        }
        let is_whole = cause.is_none();
        let mut header = None;
        if is_whole {
            match Header::parse(header_json) {
                Ok(sound) => header = Some(sound),
                Err(refusal) => self.find_in_header(&refusal, header_json),
            }
        }
        if token.len() > self.context.policy.max_token_bytes {
            self.find_too_large(token.len(), self.context.policy.max_token_bytes);
        }

        let repaired;
        let climb = if unwrapped.was_wrapped() {
            repaired = Climb::of(bare, self.context);
            &repaired
        } else {
            climb
        };
        let claims = payload.as_deref().map(ClaimsRead::of);
        if let (Some(header), Some(claims), Some(signature), Ok(compact)) =
            (&header, &claims, &signature, Compact::split(bare, usize::MAX))
        {
            let before_base64 = unwrapped.before_base64.as_deref();
            KeyFindings {
                context: self.context,
                header,
                claims: claims.as_ref().ok().map(|read| &read.claims),
                signing_inputs: [Some(compact.signing_input), before_base64.and_then(signing_input)],
                signature,
                climb,
                found: &mut self.found,
            }
            .find();
        }
        find_faults_of_keys(self.context, &mut self.found);
        match &claims {
            Some(Ok(claims)) => self.examine_claims(claims, header.as_ref(), climb),
            Some(Err(refusal)) if is_whole => self.find_in_payload(refusal),
            _ => {}
        }
    }

    fn examine_claims<'s>(&mut self, read: &ClaimsRead<'s>, header: Option<&Header<'s>>, climb: &Climb) {
        self.claims = read.claims.all().map(compact);
        for name in TIMES {
            if let Some(Value::Number(number)) = read.claims.get(name)
                && NumericDate::from_json_number(number).is_some()
            {
                self.times.push((name, number.to_owned()));
            }
        }
        ClaimFindings::find(self.context, header, read, climb, &mut self.found);
    }

    fn find_too_large(&mut self, seen: usize, limit: usize) {
        self.found.refuse(
            Code::TokenTooLarge,
            "Seen: {} bytes. Allowed: {}. Put less into the token, such as an identifier in place of a list; or \
             raise `max_token_bytes`, if whatever stands in front of the verifier takes such headers.",
            &[Said::Number(seen), Said::Number(limit)],
        );
    }

    /// What is wrong with a header that is JSON, or should be.
    fn find_in_header(&mut self, refusal: &Refusal, header: &[u8]) {
        let (cause, name, fix) = match refusal.why {
            Why::AlgorithmNone => (
                Cause::Diagnosis(Diagnosis::AlgNone),
                "alg",
                "The header says `{}` {}: an unsecured token (RFC 7519 §6), which anybody can write. \
                 Refuse it and find out where it comes from; should it be an issuer of yours, let it sign.",
            ),
            Why::Critical | Why::UnencodedPayload => (
                Cause::Verdict(refusal.code),
                if refusal.why == Why::Critical { "crit" } else { "b64" },
                "The header has `{}` {}. No extension is understood, and one that is critical must not \
                 be passed over (RFC 7515 §4.1.11): let the issuer leave it out.",
            ),
            why => {
                let fix = "Seen: {}. Expected: a JSON object that names each member once, with `alg`, and with \
                           texts as `alg`, `kid` and `typ`.";
                self.found.refuse(refusal.code, fix, &[Said::Text(&why.words())]);
                return;
            }
        };
        let object = Object::parse(header).unwrap_or_default();
        self.found.add(cause, fix, &[Said::Text(name), Said::Value(object.get(name))]);
    }

    fn find_in_payload(&mut self, refusal: &Refusal) {
        self.found.refuse(
            Code::MalformedClaims,
            "Seen: {}. Expected: a JSON object in UTF-8 that names each claim once (RFC 7519 §7.2). A token \
             inside a token is not supported.",
            &[Said::Text(&refusal.why.words())],
        );
    }

    fn report(mut self, token: &[u8], climb: &Climb) -> Report {
        // A refresh token is not renewed by itself.
        if self.context.kind == TokenKind::Refresh {
            self.found.replace(Action::Refresh, Action::Login);
        }
        let checks = climb.rungs(self.context);
        let not_checked = impossible_checks(self.context, &checks);
        let (cause, findings) = self.found.in_order();
        let cause = cause.unwrap_or_else(|| fine(climb, &not_checked, findings.is_empty()));
        let mut fingerprint = String::new();
        push_fingerprint(&mut fingerprint, token);
        Report {
            cause,
            findings,
            checks,
            header: self.header,
            claims: self.claims,
            verdict: climb.verdict.clone(),
            not_checked,
            bytes: token.len(),
            fingerprint,
            times: Times {
                now: self.context.now,
                server_now: self.context.server_now,
                leeway: self.context.policy.leeway,
                of_token: self.times,
            },
        }
    }
}

fn compact(object: &Object<'_>) -> String {
    let mut text = String::new();
    push_compact_object(&mut text, object);
    text
}

/// Of a token as it was before it was respelled.
fn signing_input(token: &[u8]) -> Option<&[u8]> {
    token.get(..token.iter().rposition(|&byte| byte == b'.')?)
}

fn fine(climb: &Climb, not_checked: &[&str], without_remarks: bool) -> Finding {
    let fix = if climb.verdict.is_none() {
        "Not checked, for want of keys, policy or time: {}."
    } else if without_remarks {
        "Nothing needs to be done."
    } else {
        "Nothing needs to be done for this token; the remarks are worth a look."
    };
    let mut finding = Finding::new(Cause::Ok, fill(fix, &[List::of(not_checked).said()]));
    finding.level = Level::Note;
    if climb.verdict.is_none() {
        finding.summary =
            "Nothing is wrong with the token as far as it could be checked; whether it is genuine was not."
                .into();
    }
    finding
}
