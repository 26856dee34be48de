//! `verify --jsonl`: one case per line in, one answer per line out, in order, for as long as there are lines.
//!
//! Nothing is kept from one line to the next but buffers of bounded size, so that a million cases take the memory of a
//! thousand. Answers are written out when no further case is at hand: another program can hold a conversation.

use std::borrow::Cow;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::config::{Finding, policy_from_text};
use crate::jwt::{KeySet, NumericDate, Policy, Scratch, Strength, TokenKind};

use super::cases::{self, Identified, Unusable};
use super::judgement::{Demands, Judgement};
use super::lines::Line;
use super::outcome::{Failure, Outcome};
use super::output::Output;
use super::recent::Recent;
use super::verify::{Verify, words};
use super::{clock, configuration};
use crate::jwt::json_text::push_quoted;

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
    cases::answer_all(output, |line, answer| judge.answer(line, answer))
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

impl<'l> Identified<'l> for Case<'l> {
    fn id(&self) -> Option<&'l RawValue> {
        self.id
    }
}

/// Why a line gets no verdict on a token.
enum NoVerdict {
    /// It is no case.
    Unusable(Unusable),
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
    /// Appends the answer to a line. Returns whether the line was a case.
    fn answer(&mut self, line: Line<'_>, answer: &mut String) -> bool {
        let case = cases::begin_answer::<Case<'_>>(line, answer);
        let judged = case.map_err(NoVerdict::from).and_then(|case| self.judge(&case, answer));
        let usable = !matches!(judged, Err(NoVerdict::Unusable(_)));
        if let Err(no_verdict) = judged {
            no_verdict.push_members(answer);
        }
        answer.push('}');
        usable
    }

    /// Appends the verdict on a case.
    fn judge(&mut self, case: &Case<'_>, answer: &mut String) -> Result<(), NoVerdict> {
        let token = cases::token(case.token)?;
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
                answer.push_str("\"valid\":false,\"code\":\"configuration_invalid\",\"kid\":null,");
                cases::push_findings(answer, findings.iter().map(String::as_str));
            }
            Self::Unusable(Unusable(fault)) => {
                answer.push_str("\"valid\":false,\"code\":\"malformed_input\",\"kid\":null,\"detail\":");
                push_quoted(answer, fault);
            }
        }
    }
}

impl From<Unusable> for NoVerdict {
    fn from(unusable: Unusable) -> Self {
        Self::Unusable(unusable)
    }
}

fn unusable<T>(fault: &'static str) -> Result<T, NoVerdict> {
    Err(NoVerdict::Unusable(Unusable(fault.into())))
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
