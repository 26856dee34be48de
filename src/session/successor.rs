//! Whether a new pair would pass at the gate. *Refresh answered 200* is never taken for *recovered*.

use super::answer::Answer;
use crate::config::Verifier;
use crate::jwt::json::Object;
use crate::jwt::json_text::ObjectText;
use crate::jwt::{Accepted, Code, KeyRing, NumericDate, Scratch, TokenKind, verify};

/// A pair that passes at the gate.
#[derive(Clone, PartialEq)]
pub struct Pair {
    /// The new access token.
    pub access_token: String,
    /// The new refresh token, where the origin rotates it.
    pub refresh_token: Option<String>,
    /// `scope` of the origin's answer.
    pub scope: Option<String>,
    /// `exp` of the access token, in seconds.
    pub expires: Option<i64>,
    /// `exp` of the refresh token, in seconds.
    pub refresh_expires: Option<i64>,
}

impl core::fmt::Debug for Pair {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Pair(…)")
    }
}

/// Why a new pair is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// The gate would refuse the new access token, with this code.
    Access(Code),
    /// The gate would refuse the new refresh token, with this code.
    Refresh(Code),
    /// It belongs to somebody else than the presented refresh token.
    Subject,
}

impl Unusable {
    /// The stable string: a verdict code, after `refresh_token_` where it is about the refresh token, or
    /// `subject_mismatch`.
    #[must_use]
    pub fn reason(self) -> String {
        match self {
            Self::Access(code) => code.as_str().to_owned(),
            Self::Refresh(code) => format!("refresh_token_{code}"),
            Self::Subject => "subject_mismatch".to_owned(),
        }
    }

    /// What [`Unusable::reason`] made.
    #[must_use]
    pub fn from_reason(reason: &str) -> Option<Self> {
        let code = |text: &str| Code::ALL.into_iter().find(|code| code.as_str() == text);
        match reason.strip_prefix("refresh_token_") {
            Some(rest) => code(rest).map(Self::Refresh),
            None if reason == "subject_mismatch" => Some(Self::Subject),
            None => code(reason).map(Self::Access),
        }
    }
}

/// What is known of the presented refresh token, after it has been verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presented {
    /// Its `sub`.
    pub subject: Option<String>,
    /// Its `exp`, in seconds.
    pub expires: Option<i64>,
}

impl Presented {
    /// Verifies a refresh token as the gate does before anybody is asked.
    ///
    /// # Errors
    /// The verdict code.
    pub fn verify(token: &str, verifier: &Verifier, now: NumericDate) -> Result<Self, Code> {
        let ring = verifier.refresh.as_ref().ok_or(Code::ConfigurationInvalid)?;
        judge(token, ring, verifier, TokenKind::Refresh, now, |accepted| Self {
            subject: subject(accepted),
            expires: expires(accepted),
        })
    }
}

/// Verifies the tokens of an answer against the gate's own rings and policy, and that they are for the same subject.
///
/// # Errors
/// Why the gate would refuse them.
#[must_use]
pub fn check_pair(
    answer: Answer,
    presented: &Presented,
    verifier: &Verifier,
    now: NumericDate,
) -> Option<Result<Pair, Unusable>> {
    let Answer::Tokens { access_token, refresh_token, scope } = answer else { return None };
    Some(check_tokens(access_token, refresh_token, scope, Some(presented), verifier, now))
}

/// The same for the answer to a login, which was not given for another token.
///
/// # Errors
/// Why the gate would refuse them.
pub fn check_login(answer: Answer, verifier: &Verifier, now: NumericDate) -> Result<Pair, Unusable> {
    match answer {
        Answer::Tokens { access_token, refresh_token, scope } => {
            check_tokens(access_token, refresh_token, scope, None, verifier, now)
        }
        Answer::Refused | Answer::Unclear { .. } => Err(Unusable::Access(Code::MissingToken)),
    }
}

fn check_tokens(
    access_token: String,
    refresh_token: Option<String>,
    scope: Option<String>,
    presented: Option<&Presented>,
    verifier: &Verifier,
    now: NumericDate,
) -> Result<Pair, Unusable> {
    let describe = |accepted: &Accepted<'_, '_>| (subject(accepted), expires(accepted));
    let access = judge(&access_token, &verifier.access, verifier, TokenKind::Access, now, describe);
    let (access_subject, expires) = access.map_err(Unusable::Access)?;
    let wanted = presented.map_or_else(|| access_subject.clone(), |presented| presented.subject.clone());
    if wanted.is_some() && access_subject != wanted {
        return Err(Unusable::Subject);
    }
    let mut refresh_expires = None;
    if let Some(token) = &refresh_token {
        let ring = verifier.refresh.as_ref().ok_or(Unusable::Refresh(Code::ConfigurationInvalid))?;
        let refresh = judge(token, ring, verifier, TokenKind::Refresh, now, describe);
        let (refresh_subject, expires) = refresh.map_err(Unusable::Refresh)?;
        if wanted.is_some() && refresh_subject != wanted {
            return Err(Unusable::Subject);
        }
        refresh_expires = expires;
    }
    Ok(Pair { access_token, refresh_token, scope, expires, refresh_expires })
}

fn judge<T>(
    token: &str,
    ring: &KeyRing,
    verifier: &Verifier,
    kind: TokenKind,
    now: NumericDate,
    then: impl FnOnce(&Accepted<'_, '_>) -> T,
) -> Result<T, Code> {
    let mut scratch = Scratch::default();
    match verify(token.as_bytes(), ring, &verifier.policy, kind, &[], now, &mut scratch) {
        Ok(accepted) => Ok(then(&accepted)),
        Err(refusal) => Err(refusal.code),
    }
}

fn subject(accepted: &Accepted<'_, '_>) -> Option<String> {
    accepted.claims.subject.map(|subject| subject.decoded().into_owned())
}

fn expires(accepted: &Accepted<'_, '_>) -> Option<i64> {
    accepted.claims.expires.map(NumericDate::whole_seconds)
}

impl Pair {
    /// As JSON, for what is kept and for the way between objects of the gate.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut pair = ObjectText::new();
        pair.text("access_token", &self.access_token);
        pair.text_or_null("refresh_token", self.refresh_token.as_deref());
        pair.text_or_null("scope", self.scope.as_deref());
        pair.number_or_null("exp", self.expires);
        pair.number_or_null("refresh_exp", self.refresh_expires);
        pair.finish()
    }

    /// What [`Pair::to_json`] made.
    pub(super) fn read(pair: &Object<'_>) -> Option<Self> {
        let time = |name: &str| pair.get(name)?.as_i64();
        Some(Self {
            access_token: pair.text("access_token")?,
            refresh_token: pair.text("refresh_token"),
            scope: pair.text("scope"),
            expires: time("exp"),
            refresh_expires: time("refresh_exp"),
        })
    }
}
