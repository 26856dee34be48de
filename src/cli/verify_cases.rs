//! `verify --jsonl`: one case per line in, one answer per line out, in order, for as long as there are lines.
//!
//! Nothing is kept from one line to the next but buffers of bounded size, so that a million cases take the memory of a
//! thousand. Answers are written out when no further case is at hand: another program can hold a conversation.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::value::RawValue;

use crate::config::{Finding, policy_from_text};
use crate::jwt::{KeySet, NumericDate, Policy, Scratch, Strength, TokenKind};

use super::judgement::{Demands, Judgement};
use super::lines::{LONGEST_LINE, Line, Lines};
use super::outcome::{Failure, Outcome};
use super::output::Output;
use super::recent::Recent;
use super::verify::{Verify, words};
use super::{clock, configuration};
use crate::explain::json_text::push_quoted;

pub(super) fn run(flags: &Verify, output: &mut Output) -> Result<Outcome, Failure> {
    let (keys, policy) = configuration::keys_and_policy(flags.keys.as_deref(), flags.policy.as_deref())?;
    let mut judge = Judge {
        flags,
        scope: words(&flags.scope),
        keys: Rc::new(keys),
        policy: Rc::new(Ok(policy)),
        recent_keys: Recent::new(),
        recent_weak_keys: Recent::new(),
        recent_policies: Recent::new(),
        scratch: Scratch::default(),
    };
    let mut outcome = Outcome::Fine;
    // Whoever stops reading the answers has seen what it wanted.
    judge.answer_lines(output, &mut outcome).or_else(Failure::unless_closed_pipe)?;
    Ok(outcome)
}

/// The members of a case, not looked into yet. `null` is as good as absent.
#[derive(Deserialize)]
struct Case<'l> {
    #[serde(borrow)]
    id: Option<&'l RawValue>,
    #[serde(borrow)]
    token: Option<&'l RawValue>,
    #[serde(borrow)]
    keys: Option<&'l RawValue>,
    #[serde(borrow)]
    policy: Option<&'l RawValue>,
    #[serde(borrow)]
    now: Option<&'l RawValue>,
    #[serde(borrow)]
    kind: Option<&'l RawValue>,
    #[serde(borrow)]
    scope: Option<&'l RawValue>,
    #[serde(borrow)]
    signature_only: Option<&'l RawValue>,
    #[serde(borrow)]
    allow_weak_keys: Option<&'l RawValue>,
}

/// Why a line gets no verdict on a token.
enum NoVerdict {
    /// It is no case; this is wrong with it.
    Unusable(Cow<'static, str>),
    /// There is nothing to judge it by: the codes of all findings.
    Misconfigured(Vec<String>),
}

struct Judge<'f> {
    flags: &'f Verify,
    scope: Vec<String>,
    /// For cases without keys of their own.
    keys: Rc<KeySet>,
    /// For cases without a policy of their own.
    policy: Rc<Result<Policy, Vec<Finding>>>,
    recent_keys: Recent<KeySet>,
    recent_weak_keys: Recent<KeySet>,
    recent_policies: Recent<Result<Policy, Vec<Finding>>>,
    scratch: Scratch,
}

impl Judge<'_> {
    fn answer_lines(&mut self, output: &mut Output, outcome: &mut Outcome) -> Result<(), Failure> {
        let mut lines = Lines::of_stdin("cases, one JSON object per line,");
        let mut answer = String::new();
        while let Some(line) = lines.next(|| output.flush())? {
            answer.clear();
            if !self.answer(line, &mut answer) {
                *outcome = Outcome::Unusable;
            }
            output.line(&answer)?;
        }
        Ok(())
    }

    /// Appends the answer to a line. Returns whether the line was a case.
    fn answer(&mut self, line: Line<'_>, answer: &mut String) -> bool {
        let (id, case) = if line.is_cut() { (None, Err(too_long())) } else { read_case(line.bytes) };
        push_id(answer, id);
        let judged = case.and_then(|case| self.judge(&case, answer));
        let usable = !matches!(judged, Err(NoVerdict::Unusable(_)));
        if let Err(no_verdict) = judged {
            no_verdict.push_members(answer);
        }
        answer.push('}');
        usable
    }

    /// Appends the verdict on a case.
    fn judge(&mut self, case: &Case<'_>, answer: &mut String) -> Result<(), NoVerdict> {
        let token = token(case.token)?;
        let kind = kind(case.kind)?.unwrap_or_else(|| self.flags.kind.into());
        let scope = scope(case.scope)?;
        let signature_only = flag(case.signature_only, "`signature_only` must be true or false")?;
        let allow_weak_keys = flag(case.allow_weak_keys, "`allow_weak_keys` must be true or false")?;
        let now = now(case.now)?.or(self.flags.now);
        let now = now.map_or_else(clock::system, Ok);

        let keys = self.keys(case.keys, allow_weak_keys);
        let policy = self.policy(case.policy);
        match (&keys.ring, &*policy, now) {
            (Some(ring), Ok(policy), Ok(now)) => {
                let scope = scope.as_deref().unwrap_or(&self.scope);
                let demands = Demands { ring, policy, kind, scope, now, signature_only };
                Judgement::of(&token, &demands, &mut self.scratch).push_members(answer);
                Ok(())
            }
            (_, policy, now) => {
                let of_clock = now.is_err().then(|| "clock_out_of_range".to_owned());
                let of_policy =
                    policy.as_ref().err().into_iter().flatten().map(|finding| finding.code.clone());
                let of_keys = configuration::of_keys(&keys.findings).map(|finding| finding.code);
                Err(NoVerdict::Misconfigured(of_keys.chain(of_policy).chain(of_clock).collect()))
            }
        }
    }

    fn keys(&mut self, own: Option<&RawValue>, allow_weak: bool) -> Rc<KeySet> {
        match own {
            None => Rc::clone(&self.keys),
            Some(own) if allow_weak => {
                let read = |json: &str| KeySet::from_json(json, Strength::AllowWeak);
                self.recent_weak_keys.get_or_read(own.get(), read)
            }
            Some(own) => {
                let read = |json: &str| KeySet::from_json(json, Strength::Enforced);
                self.recent_keys.get_or_read(own.get(), read)
            }
        }
    }

    fn policy(&mut self, own: Option<&RawValue>) -> Rc<Result<Policy, Vec<Finding>>> {
        match own {
            None => Rc::clone(&self.policy),
            Some(own) => self.recent_policies.get_or_read(own.get(), policy_from_text),
        }
    }
}

impl NoVerdict {
    fn push_members(&self, answer: &mut String) {
        match self {
            Self::Misconfigured(findings) => {
                answer.push_str(
                    "\"valid\":false,\"code\":\"configuration_invalid\",\"kid\":null,\"findings\":[",
                );
                for (index, finding) in findings.iter().enumerate() {
                    if index > 0 {
                        answer.push(',');
                    }
                    push_quoted(answer, finding);
                }
                answer.push(']');
            }
            Self::Unusable(fault) => {
                answer.push_str("\"valid\":false,\"code\":\"malformed_input\",\"kid\":null,\"detail\":");
                push_quoted(answer, fault);
            }
        }
    }
}

fn unusable<T>(fault: &'static str) -> Result<T, NoVerdict> {
    Err(NoVerdict::Unusable(fault.into()))
}

fn too_long() -> NoVerdict {
    NoVerdict::Unusable(format!("a line longer than {LONGEST_LINE} bytes").into())
}

/// The case on a line, and its `id` even where the rest is of no use.
fn read_case(line: &[u8]) -> (Option<&RawValue>, Result<Case<'_>, NoVerdict>) {
    #[derive(Deserialize)]
    struct Identified<'l> {
        #[serde(borrow)]
        id: Option<&'l RawValue>,
    }
    // Serde would take an array for the members in the order of their declaration.
    if !line.trim_ascii_start().starts_with(b"{") {
        return (None, unusable("not a JSON object"));
    }
    match serde_json::from_slice::<Case<'_>>(line) {
        Ok(case) => (case.id, Ok(case)),
        Err(error) => {
            let id = serde_json::from_slice(line).ok().and_then(|Identified { id }| id);
            // What the reader itself has to say may repeat a part of the line.
            let fault = if error.is_data() {
                "a member is there twice".into()
            } else {
                format!("not JSON in UTF-8 (column {})", error.column()).into()
            };
            (id, Err(NoVerdict::Unusable(fault)))
        }
    }
}

/// Begins an answer. The `id` is repeated as it was written; a carriage return in it can only stand between values, and
/// would break the line in two for some readers.
fn push_id(answer: &mut String, id: Option<&RawValue>) {
    answer.push_str("{\"id\":");
    let id = id.map_or("null", RawValue::get);
    answer.extend(id.split('\r'));
    answer.push(',');
}

/// The bytes of the token. A text that cannot be one, such as half a surrogate pair, is the verdict's business.
fn token(member: Option<&RawValue>) -> Result<Cow<'_, [u8]>, NoVerdict> {
    match member.map(|member| serde_json::from_str::<Text<'_>>(member.get())) {
        None => unusable("`token` is missing"),
        Some(Ok(Text(bytes))) => Ok(bytes),
        Some(Err(_)) => unusable("`token` must be a string"),
    }
}

fn kind(member: Option<&RawValue>) -> Result<Option<TokenKind>, NoVerdict> {
    match member.map(RawValue::get) {
        None => Ok(None),
        Some("\"access\"") => Ok(Some(TokenKind::Access)),
        Some("\"refresh\"") => Ok(Some(TokenKind::Refresh)),
        Some(_) => unusable("`kind` must be \"access\" or \"refresh\""),
    }
}

fn scope(member: Option<&RawValue>) -> Result<Option<Vec<String>>, NoVerdict> {
    match member.map(|member| serde_json::from_str::<Cow<'_, str>>(member.get())) {
        None => Ok(None),
        Some(Ok(scope)) => Ok(Some(words(&scope))),
        Some(Err(_)) => unusable("`scope` must be a string, its words separated by spaces"),
    }
}

fn now(member: Option<&RawValue>) -> Result<Option<NumericDate>, NoVerdict> {
    match member.map(|member| NumericDate::from_json_number(member.get())) {
        Some(None) => unusable("`now` must be a number of seconds since 1970, within the years 1 to 9999"),
        given => Ok(given.flatten()),
    }
}

fn flag(member: Option<&RawValue>, expected: &'static str) -> Result<bool, NoVerdict> {
    match member.map(RawValue::get) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => unusable(expected),
    }
}

/// The bytes that a JSON string stands for, Unicode or not.
struct Text<'l>(Cow<'l, [u8]>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfString;

        impl<'de> Visitor<'de> for OfString {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(bytes.to_vec())))
            }
        }

        deserializer.deserialize_bytes(OfString)
    }
}
