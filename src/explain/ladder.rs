//! The checks of a verification, one above the other: which ones the token as it was presented passes, and which one it fails.

use crate::jwt::{Claims, Code, KeyRing, NumericDate, Refusal, Scratch, Unverified, Why};

use super::context::Context;
use crate::jwt::json_text::push_member;

/// One check of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it, and docs/causes.md says more")]
pub enum Check {
    Size,
    Shape,
    Header,
    Algorithm,
    Key,
    Signature,
    Claims,
    Expiry,
    NotBefore,
    IssuedAt,
    TokenAge,
    Issuer,
    Audience,
    Type,
    RequiredClaims,
    Scope,
}

impl Check {
    /// All of them, in the order in which a token is verified.
    pub const ALL: [Self; 16] = [
        Self::Size,
        Self::Shape,
        Self::Header,
        Self::Algorithm,
        Self::Key,
        Self::Signature,
        Self::Claims,
        Self::Expiry,
        Self::NotBefore,
        Self::IssuedAt,
        Self::TokenAge,
        Self::Issuer,
        Self::Audience,
        Self::Type,
        Self::RequiredClaims,
        Self::Scope,
    ];

    /// The stable string.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.texts().0
    }

    /// Its name, and what is said when it passes.
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Size => ("size", "within the limit"),
            Self::Shape => ("shape", "three segments of base64url"),
            Self::Header => ("header", "a JSON object with `alg`"),
            Self::Algorithm => ("algorithm", "carried by a key"),
            Self::Key => ("key", "known and in use"),
            Self::Signature => ("signature", "made with the key"),
            Self::Claims => ("claims", "a JSON object, its claims of the right types"),
            Self::Expiry => ("expiry", "not expired"),
            Self::NotBefore => ("not_before", "not before its time"),
            Self::IssuedAt => ("issued_at", "not issued in the future"),
            Self::TokenAge => ("token_age", "not too old"),
            Self::Issuer => ("issuer", "one of the configured issuers"),
            Self::Audience => ("audience", "one of the configured audiences"),
            Self::Type => ("type", "of the kind that is needed"),
            Self::RequiredClaims => ("required_claims", "all there"),
            Self::Scope => ("scope", "covers the request"),
        }
    }

    /// Why it cannot be made at all in this context.
    fn is_impossible(self, context: &Context) -> Option<&'static str> {
        let policy = &context.policy;
        let no_ring = context.own_keys().is_none_or(|keys| keys.ring.is_none());
        let no_clock = context.judged_at().is_none();
        let (impossible, why) = match self {
            Self::Algorithm | Self::Key | Self::Signature => {
                (no_ring, if context.own_keys().is_none() { "no keys given" } else { "no usable keys given" })
            }
            Self::TokenAge if policy.max_token_age.is_none() => (true, "no `max_token_age` configured"),
            Self::Expiry | Self::NotBefore | Self::IssuedAt | Self::TokenAge => (no_clock, "no time given"),
            Self::Issuer => (policy.issuers.is_empty(), "no issuer configured"),
            Self::Audience => (policy.audiences.is_empty(), "no audience configured"),
            Self::RequiredClaims => (policy.required_claims.is_empty(), "no required claims configured"),
            Self::Scope => (context.scope.is_empty(), "no scope asked for"),
            _ => (false, ""),
        };
        impossible.then_some(why)
    }

    /// Where a refusal comes from.
    fn refusing(refusal: &Refusal) -> Self {
        match (refusal.code, refusal.why) {
            (Code::TokenTooLarge, _) => Self::Size,
            (
                Code::MalformedToken,
                Why::HeaderJson(_) | Why::HeaderParameterMissing(_) | Why::HeaderParameterType(_),
            )
            | (Code::CriticalHeaderUnsupported, _) => Self::Header,
            (Code::MalformedToken | Code::MissingToken | Code::MultipleTokens, _) => Self::Shape,
            (Code::AlgorithmNotAllowed, _) => Self::Algorithm,
            (
                Code::KeyNotFound
                | Code::KeyNotActive
                | Code::KeyRetired
                | Code::KeyRevoked
                | Code::ConfigurationInvalid,
                _,
            ) => Self::Key,
            (Code::SignatureMismatch | Code::TokenRevoked, _) => Self::Signature,
            (Code::MalformedClaims, _) => Self::Claims,
            (Code::ClaimMissing, Why::ClaimAbsent(name)) => match name {
                "exp" => Self::Expiry,
                "iat" => Self::TokenAge,
                "iss" => Self::Issuer,
                _ => Self::Audience,
            },
            (Code::ClaimMissing, _) => Self::RequiredClaims,
            (Code::Expired, _) => Self::Expiry,
            (Code::NotYetValid, _) => Self::NotBefore,
            (Code::IssuedInFuture, _) => Self::IssuedAt,
            (Code::TokenTooOld, _) => Self::TokenAge,
            (Code::IssuerMismatch, _) => Self::Issuer,
            (Code::AudienceMismatch, _) => Self::Audience,
            (Code::TypeMismatch, _) => Self::Type,
            (Code::InsufficientScope, _) => Self::Scope,
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The token passes it.
    Passed,
    /// The token is refused here.
    Failed,
    /// An earlier check failed.
    NotReached,
    /// There is nothing to check it with.
    NotChecked,
}

impl Outcome {
    /// The stable string.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotReached => "not_reached",
            Self::NotChecked => "not_checked",
        }
    }
}

/// One check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// Which.
    pub check: Check,
    /// How.
    pub outcome: Outcome,
    /// The verdict, where it failed.
    pub code: Option<Code>,
    /// A short phrase.
    pub detail: String,
}

/// What the verifier says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Why not, unless the token is valid.
    pub code: Option<Code>,
    /// The key that made the signature or that the refusal is about.
    pub kid: Option<String>,
}

impl Verdict {
    pub(super) fn push(&self, text: &mut String) {
        text.push_str(if self.code.is_none() { "{\"valid\":true" } else { "{\"valid\":false" });
        push_member(text, "code", self.code.map(Code::as_str));
        push_member(text, "kid", self.kid.as_deref());
        text.push('}');
    }
}

/// A token as it was presented, verified as far as the context goes.
pub(super) struct Climb {
    pub(super) refusal: Option<Refusal>,
    pub(super) verdict: Option<Verdict>,
}

impl Climb {
    pub(super) fn of(token: &[u8], context: &Context) -> Self {
        let mut scratch = Scratch::default();
        let ring = context.own_keys().and_then(|keys| keys.ring.as_ref());
        match (ring, context.judged_at()) {
            (Some(ring), Some(now)) => verify(token, ring, context, now, &mut scratch),
            _ => Self { refusal: look(token, context, &mut scratch).err(), verdict: None },
        }
    }

    /// Every check, from the first one on.
    pub(super) fn rungs(&self, context: &Context) -> Vec<Rung> {
        let failed = self.refusal.as_ref().map(Check::refusing);
        let mut fallen = false;
        let mut rungs = Vec::with_capacity(Check::ALL.len());
        for check in Check::ALL {
            let mut rung = Rung { check, outcome: Outcome::Passed, code: None, detail: String::new() };
            let phrase = if failed == Some(check) {
                fallen = true;
                rung.outcome = Outcome::Failed;
                if let Some(refusal) = &self.refusal {
                    rung.code = Some(refusal.code);
                    rung.detail = refusal.why.words();
                }
                ""
            } else if fallen {
                rung.outcome = Outcome::NotReached;
                "an earlier check failed"
            } else if let Some(why) = check.is_impossible(context) {
                rung.outcome = Outcome::NotChecked;
                why
            } else {
                check.texts().1
            };
            rung.detail.push_str(phrase);
            rungs.push(rung);
        }
        rungs
    }
}

/// The checks for which the context lacks something, but for one that fails whatever the context holds.
pub(super) fn impossible_checks(context: &Context, rungs: &[Rung]) -> Vec<&'static str> {
    let mut impossible = Vec::new();
    for Rung { check, outcome, .. } in rungs {
        if *outcome != Outcome::Failed && check.is_impossible(context).is_some() {
            impossible.push(check.as_str());
        }
    }
    impossible
}

/// What the gate does, step by step.
fn verify(token: &[u8], ring: &KeyRing, context: &Context, now: NumericDate, scratch: &mut Scratch) -> Climb {
    let policy = &context.policy;
    let verified = Unverified::parse(token, policy.max_token_bytes, scratch)
        .and_then(|token| token.authenticate(ring, policy.unknown_kid, now))
        .and_then(|token| token.accept(policy, context.kind, &context.scope, now));
    let name = |index: usize| ring.key(index).and_then(|key| key.kid.as_deref()).map(str::to_owned);
    match verified {
        Ok(accepted) => {
            let kid = accepted.key.kid.as_deref().map(str::to_owned);
            Climb { refusal: None, verdict: Some(Verdict { code: None, kid }) }
        }
        Err(refusal) => {
            let verdict = Verdict { code: Some(refusal.code), kid: refusal.key.and_then(name) };
            Climb { refusal: Some(refusal), verdict: Some(verdict) }
        }
    }
}

/// The same checks without keys or without a clock, as far as they go.
fn look(token: &[u8], context: &Context, scratch: &mut Scratch) -> Result<(), Refusal> {
    let policy = &context.policy;
    let token = Unverified::parse(token, policy.max_token_bytes, scratch)?;
    let (header, payload) = token.unverified();
    if let Some(ring) = context.own_keys().and_then(|keys| keys.ring.as_ref()) {
        let signer = token.authenticate(ring, policy.unknown_kid, NumericDate::EARLIEST);
        // Whether the key may be used is a matter of time, which is not known.
        if let Err(refusal) = signer
            && refusal.code != Code::KeyNotActive
        {
            return Err(refusal);
        }
    }
    let claims = Claims::parse(payload)?;
    policy.judge_claims(context.kind, header.typ, &claims, &context.scope, context.judged_at())
}
