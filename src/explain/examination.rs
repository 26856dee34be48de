//! One token examined, from its wrappings to its claims, and the report on it.

use crate::jwt::base64url;
use crate::jwt::json::{Object, Value};
use crate::jwt::json_text::push_compact_object;
use crate::jwt::{Action, Code, Compact, Fingerprint, Header, NumericDate, Refusal, TokenKind, Why};

use super::cause::{Cause, Diagnosis, Level};
use super::claim_findings::{ClaimFindings, ClaimsRead};
use super::context::Context;
use super::inspection::TIMES;
use super::key_findings::{KeyFindings, configuration_findings};
use super::ladder::{Climb, impossible_checks};
use super::report::{Finding, Report, Times};
use super::shape::{self, Shape};
use super::spelled::fill;
use super::wrapping::{Unwrapped, Wrapping};

/// The longest token that is looked into, in bytes. Of a longer one only the length is told.
pub const MAX_EXPLAINED: usize = 1 << 16;

/// Says why `token` is what it is, in the light of `context`. Takes any bytes, and bounded time.
#[must_use]
pub fn explain(token: &[u8], context: &Context) -> Report {
    let climb = Climb::of(token, context);
    let mut examination = Examination::new(context);
    if token.len() > MAX_EXPLAINED {
        examination.find(too_large(token.len(), context.policy.max_token_bytes.min(MAX_EXPLAINED)));
    } else {
        examination.examine(token, &climb);
    }
    examination.report(token, &climb)
}

struct Examination<'c> {
    context: &'c Context,
    /// In the order of trust.
    findings: Vec<Finding>,
    header: Option<String>,
    claims: Option<String>,
    times: Vec<(&'static str, String)>,
}

/// The segments of a token, as far as they can be decoded.
struct Segments {
    header: Option<Vec<u8>>,
    payload: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
}

impl Segments {
    fn of(token: &[u8]) -> Self {
        let mut segments = token.splitn(3, |&byte| byte == b'.');
        let mut decode = || base64url::decode(segments.next()?).ok();
        Self { header: decode(), payload: decode(), signature: decode() }
    }
}

impl<'c> Examination<'c> {
    fn new(context: &'c Context) -> Self {
        Self { context, findings: Vec::new(), header: None, claims: None, times: Vec::new() }
    }

    /// Notes a finding, unless its code has been noted.
    fn find(&mut self, finding: Finding) {
        if self.findings.iter().all(|other| other.cause != finding.cause) {
            self.findings.push(finding);
        }
    }

    fn find_all(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.find(finding));
    }

    fn examine(&mut self, token: &[u8], climb: &Climb) {
        let unwrapped = Unwrapped::of(token);
        let Shape { finding, token: bare } = shape::look_at(&unwrapped.text);
        let cause = finding.as_ref().map(|finding| finding.cause);
        // Nothing of what stands around matters where there is nothing inside, and several are more than a wrapping.
        let several = cause == Some(Cause::Diagnosis(Diagnosis::ConcatenatedTokens));
        if several || bare.is_none() {
            self.find_all(finding.clone());
        }
        if bare.is_some() {
            self.find_all(by_weight(&unwrapped.wrappings).map(of_wrapping));
        }
        self.find_all(finding);
        let Some(bare) = bare else { return self.find_all(configuration_findings(self.context)) };

        let segments = Segments::of(bare);
        let header = segments.header.as_deref();
        let whole = cause.is_none();
        if let Some(object) = header.and_then(|json| Object::parse(json).ok()) {
            self.header = Some(compact(&object));
        }
        let header = whole.then(|| Header::parse(header.unwrap_or_default()));
        if let Some(Err(refusal)) = &header {
            self.find(of_header(refusal, segments.header.as_deref()));
        }
        if token.len() > self.context.policy.max_token_bytes {
            self.find(too_large(token.len(), self.context.policy.max_token_bytes));
        }

        let repaired;
        let climb = if unwrapped.wrappings.is_empty() {
            climb
        } else {
            repaired = Climb::of(bare, self.context);
            &repaired
        };
        let header = header.and_then(Result::ok);
        let payload = segments.payload.as_deref();
        let claims = payload.map(ClaimsRead::of);
        if let (Some(header), Some(payload), Some(signature), Ok(compact)) =
            (&header, &claims, &segments.signature, Compact::split(bare, usize::MAX))
        {
            let before_base64 = unwrapped.before_base64.as_deref();
            let keys = KeyFindings {
                context: self.context,
                header,
                claims: payload.as_ref().ok().map(|read| &read.claims),
                signing_inputs: [Some(compact.signing_input), before_base64.and_then(signing_input)],
                signature,
                climb,
            };
            self.find_all(keys.findings());
        }
        self.find_all(configuration_findings(self.context));
        match &claims {
            Some(Ok(claims)) => self.examine_claims(claims, header.as_ref(), climb),
            Some(Err(refusal)) if whole => self.find(of_payload(refusal)),
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
        self.find_all(ClaimFindings::of(self.context, header, read, climb));
    }

    fn report(mut self, token: &[u8], climb: &Climb) -> Report {
        // A refresh token is not renewed by itself.
        if self.context.kind == TokenKind::Refresh {
            for finding in self.findings.iter_mut().filter(|finding| finding.action == Action::Refresh) {
                finding.action = Action::Login;
            }
        }
        let decides = |level: Level| move |finding: &Finding| finding.level == level && !finding.is_remark;
        let cause = self
            .findings
            .iter()
            .position(decides(Level::Error))
            .or_else(|| self.findings.iter().position(decides(Level::Warning)));
        let checks = climb.rungs(self.context);
        let not_checked = impossible_checks(self.context, &checks);
        let cause = match cause {
            Some(position) => {
                let cause = self.findings.remove(position);
                self.findings.insert(0, cause.clone());
                cause
            }
            None => fine(climb, &not_checked, self.findings.is_empty()),
        };
        // The cause stays in front: it is of the highest level there is.
        let of = |level: Level| self.findings.iter().filter(move |finding| finding.level == level).cloned();
        let findings = of(Level::Error).chain(of(Level::Warning)).chain(of(Level::Note)).collect();
        Report {
            cause,
            findings,
            checks,
            header: self.header,
            claims: self.claims,
            verdict: climb.verdict.clone(),
            not_checked,
            bytes: token.len(),
            fingerprint: Fingerprint::of(token).hex().map(char::from).iter().collect(),
            times: Times {
                now: self.context.now,
                server_now: self.context.server_now,
                leeway: self.context.policy.leeway,
                of_token: self.times,
            },
        }
    }
}

/// A document that holds the token is all that is to be said; and white space counts less than what it stands around.
fn by_weight(wrappings: &[Wrapping]) -> impl Iterator<Item = &Wrapping> {
    let document = wrappings.iter().find(|wrapping| matches!(wrapping, Wrapping::Document(_)));
    let others = if document.is_some() { &[] } else { wrappings };
    let is_space = |wrapping: &&Wrapping| matches!(wrapping, Wrapping::WhitespaceAround);
    let heavier = others.iter().filter(move |wrapping| !is_space(wrapping));
    document.into_iter().chain(heavier).chain(others.iter().filter(is_space))
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
    let fix = if without_remarks {
        "Nothing needs to be done."
    } else {
        "Nothing needs to be done for this token; the remarks are worth a look."
    };
    let finding = Finding::new(Cause::Ok, fix).level(Level::Note);
    if climb.verdict.is_some() {
        return finding;
    }
    let list = super::spelled::list(not_checked.iter().copied());
    let fix = fill("Not checked, for want of keys, policy or time: {}.", &[&list]);
    Finding { fix, ..finding }.summary(
        "Nothing is wrong with the token as far as it could be checked; whether it is genuine was not.",
    )
}

fn too_large(seen: usize, limit: usize) -> Finding {
    let fix = fill(
        "Seen: {} bytes. Allowed: {}. Put less into the token, such as an identifier in place of a list; or \
         raise `max_token_bytes`, if whatever stands in front of the verifier takes such headers.",
        &[&seen.to_string(), &limit.to_string()],
    );
    Finding::new(Cause::Verdict(Code::TokenTooLarge), fix)
}

fn of_wrapping(wrapping: &Wrapping) -> Finding {
    let (diagnosis, seen, advice) = match wrapping {
        Wrapping::Prefix(name) => (
            Diagnosis::BearerPrefix,
            fill("Seen: `{}` in front of the token.", &[name]),
            "Pass the token alone, and let one place only add the scheme: a header with `Bearer Bearer` is \
             what comes of two.",
        ),
        Wrapping::Quotes(quotes) => (
            Diagnosis::QuotedToken,
            fill("Seen: {} around the token.", &[quotes]),
            "Send it bare: read a JSON response with a JSON parser instead of storing its text, and take \
             quotes out of environment files.",
        ),
        Wrapping::Percent => (
            Diagnosis::UrlEncodedToken,
            "Seen: `%` and two hexadecimal digits.".to_owned(),
            "A token needs no encoding for URLs, and in a header there must be none: decode the parameter \
             once before using it.",
        ),
        Wrapping::WhitespaceAround => (
            Diagnosis::SurroundingWhitespace,
            "Seen: white space, a line end or an invisible mark at an end of the token.".to_owned(),
            "Trim it where it is read; a file or a shell command adds a line end.",
        ),
        Wrapping::WhitespaceInside => (
            Diagnosis::SurroundingWhitespace,
            "Seen: white space, line breaks or invisible marks inside the token.".to_owned(),
            "It was wrapped by a mail, a terminal or an editor: copy it from its source, as one line.",
        ),
        Wrapping::OrdinaryBase64 => (
            Diagnosis::Base64NotUrlSafe,
            "Seen: `+`, `/` or `=`. Expected: `-`, `_` and no padding (RFC 7515 §2).".to_owned(),
            "Let the issuer encode header, payload and signature as base64url without padding, before it \
             signs: the signature is over the encoded text.",
        ),
        Wrapping::Document(what) => (
            Diagnosis::NotAJwt,
            fill("Seen: {} with a token in it.", &[what]),
            "Send the token alone: the value, and not what it was delivered in.",
        ),
    };
    Finding::new(Cause::Diagnosis(diagnosis), fill("{} {}", &[&seen, advice]))
}

/// What is wrong with a header that is JSON, or should be.
fn of_header(refusal: &Refusal, header: Option<&[u8]>) -> Finding {
    let said = |name: &str| {
        let object = Object::parse(header?).ok()?;
        Some(shape::value_in_words(object.get(name)?))
    };
    match refusal.why {
        Why::AlgorithmNone => Finding::new(
            Cause::Diagnosis(Diagnosis::AlgNone),
            fill(
                "The header says `alg` {}: an unsecured token (RFC 7519 §6), which anybody can write. \
                 Refuse it and find out where it comes from; should it be an issuer of yours, let it sign.",
                &[&said("alg").unwrap_or_default()],
            ),
        ),
        Why::Critical | Why::UnencodedPayload => {
            let name = if refusal.why == Why::Critical { "crit" } else { "b64" };
            let seen = said(name).unwrap_or_default();
            Finding::new(
                Cause::Verdict(refusal.code),
                fill(
                    "The header has `{}` {}. No extension is understood, and one that is critical must not \
                     be passed over (RFC 7515 §4.1.11): let the issuer leave it out.",
                    &[name, &seen],
                ),
            )
        }
        why => Finding::new(
            Cause::Verdict(refusal.code),
            fill(
                "Seen: {}. Expected: a JSON object that names each member once, with `alg`, and with texts \
                 as `alg`, `kid` and `typ`.",
                &[&why.words()],
            ),
        ),
    }
}

fn of_payload(refusal: &Refusal) -> Finding {
    let fix = fill(
        "Seen: {}. Expected: a JSON object in UTF-8 that names each claim once (RFC 7519 §7.2). A token \
         inside a token is not supported.",
        &[&refusal.why.words()],
    );
    Finding::new(Cause::Verdict(Code::MalformedClaims), fix)
}
