//! What is demanded of a token's header and claims beyond its signature, and the demands checked one after the other.

use super::claims::{Audience, Claims};
use super::json::JsonStr;
use super::key::Key;
use super::key_ring::UnknownKid;
use super::time::NumericDate;
use super::verdict::{Code, Refusal};
use super::why::Why;

/// Which of the two tokens is meant. Each has its own keys and its own allowed types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// RFC 6749 §1.4
    Access,
    /// RFC 6749 §1.5
    Refresh,
}

impl TokenKind {
    /// Its name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// The demands on tokens. The same for both kinds, but for the types.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The issuers that are trusted; empty: `iss` is not looked at.
    pub issuers: Vec<String>,
    /// The audiences that we are; empty: `aud` is not looked at.
    pub audiences: Vec<String>,
    /// Clock skew tolerated, in seconds.
    pub leeway: f64,
    /// The longest time since `iat`, in seconds.
    pub max_token_age: Option<f64>,
    /// The longest token, in bytes.
    pub max_token_bytes: usize,
    /// Claims that must be there.
    pub required_claims: Vec<String>,
    /// Allowed `typ` of access tokens.
    pub access_types: Vec<AllowedType>,
    /// Allowed `typ` of refresh tokens.
    pub refresh_types: Vec<AllowedType>,
    /// What to do with a `kid` that the ring does not know.
    pub unknown_kid: UnknownKid,
}

/// A value of the `typ` header parameter (RFC 7515 §4.1.9) that a policy allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedType {
    /// No `typ` at all.
    Absent,
    /// This media type, lower case, without `application/`.
    Named(String),
}

impl AllowedType {
    /// From a configuration: the empty text and `absent` stand for no `typ`.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match media_type(&name.trim_ascii().to_ascii_lowercase()) {
            "" | "absent" => Self::Absent,
            named => Self::Named(named.to_owned()),
        }
    }

    fn allows(&self, typ: Option<JsonStr<'_>>) -> bool {
        match (self, typ) {
            (Self::Absent, None) => true,
            (Self::Named(name), Some(typ)) => {
                let typ = typ.decoded();
                let bare =
                    typ.get(..APPLICATION.len()).filter(|prefix| prefix.eq_ignore_ascii_case(APPLICATION));
                let typ = bare.and_then(|prefix| typ.get(prefix.len()..)).unwrap_or(&typ);
                typ.eq_ignore_ascii_case(name)
            }
            _ => false,
        }
    }
}

const APPLICATION: &str = "application/";

/// RFC 7515 §4.1.9: `application/` may be left off.
fn media_type(lower_case: &str) -> &str {
    lower_case.strip_prefix(APPLICATION).unwrap_or(lower_case)
}

/// `leeway` where nothing is configured, in seconds.
pub const DEFAULT_LEEWAY: f64 = 30.0;
/// `max_token_bytes` where nothing is configured.
pub const DEFAULT_MAX_TOKEN_BYTES: usize = 8192;

impl Default for Policy {
    fn default() -> Self {
        let types = |names: &[&str]| names.iter().map(|name| AllowedType::from_name(name)).collect();
        Self {
            issuers: Vec::new(),
            audiences: Vec::new(),
            leeway: DEFAULT_LEEWAY,
            max_token_age: None,
            max_token_bytes: DEFAULT_MAX_TOKEN_BYTES,
            required_claims: vec!["exp".to_owned()],
            access_types: types(&["at+jwt", "jwt", "absent"]),
            refresh_types: types(&["rt+jwt", "refresh+jwt", "jwt", "absent"]),
            unknown_kid: UnknownKid::Reject,
        }
    }
}

impl Policy {
    /// Judges verified claims. The first demand that fails decides, in this order: times, issuer, audience, type, other
    /// required claims, scope.
    ///
    /// # Errors
    /// Every code from `claim_missing` on, and `key_retired` for a token issued after its key's `sign_until`.
    pub(crate) fn judge(
        &self,
        kind: TokenKind,
        typ: Option<JsonStr<'_>>,
        claims: &Claims<'_>,
        key: (usize, &Key),
        scope: &[String],
        now: NumericDate,
    ) -> Result<(), Refusal> {
        self.judge_signing_time(claims, key)?;
        self.judge_claims(kind, typ, claims, scope, Some(now))
    }

    /// The same without a key, and maybe without a clock: then only the absence of a time counts.
    pub(crate) fn judge_claims(
        &self,
        kind: TokenKind,
        typ: Option<JsonStr<'_>>,
        claims: &Claims<'_>,
        scope: &[String],
        now: Option<NumericDate>,
    ) -> Result<(), Refusal> {
        // Long ago, nothing has expired and nothing is too old.
        let early = now.unwrap_or(NumericDate::EARLIEST);
        self.judge_expiry(claims, early)?;
        if let Some(now) = now {
            self.judge_not_before(claims, now)?;
            self.judge_issued_at(claims, now)?;
        }
        self.judge_age(claims, early)?;
        self.judge_issuer(claims)?;
        self.judge_audience(claims)?;
        self.judge_type(kind, typ, claims)?;
        self.judge_required_claims(claims)?;
        judge_scope(claims, scope)
    }

    /// A key whose issuer has stopped signing with it cannot mint new sessions. A token that does not say when it was
    /// issued cannot show that it is an old one.
    fn judge_signing_time(&self, claims: &Claims<'_>, (index, key): (usize, &Key)) -> Result<(), Refusal> {
        let Some(until) = key.lifecycle.sign_until else { return Ok(()) };
        match claims.issued_at {
            Some(issued) if issued.since(until) <= self.leeway => Ok(()),
            _ => Err(Refusal::about_key(Code::KeyRetired, Why::SignedAfterSignUntil, index)),
        }
    }

    pub(crate) fn judge_expiry(&self, claims: &Claims<'_>, now: NumericDate) -> Result<(), Refusal> {
        match claims.expires {
            Some(expires) if now.since(expires) >= self.leeway => fails(Code::Expired, "exp"),
            None if self.requires("exp") => absent("exp"),
            _ => Ok(()),
        }
    }

    pub(crate) fn judge_not_before(&self, claims: &Claims<'_>, now: NumericDate) -> Result<(), Refusal> {
        match claims.not_before {
            Some(not_before) if not_before.since(now) > self.leeway => fails(Code::NotYetValid, "nbf"),
            _ => Ok(()),
        }
    }

    pub(crate) fn judge_issued_at(&self, claims: &Claims<'_>, now: NumericDate) -> Result<(), Refusal> {
        match claims.issued_at {
            Some(issued) if issued.since(now) > self.leeway => fails(Code::IssuedInFuture, "iat"),
            _ => Ok(()),
        }
    }

    pub(crate) fn judge_age(&self, claims: &Claims<'_>, now: NumericDate) -> Result<(), Refusal> {
        match (self.max_token_age, claims.issued_at) {
            (Some(_), None) => absent("iat"),
            (Some(limit), Some(issued)) if now.since(issued) > limit + self.leeway => {
                fails(Code::TokenTooOld, "iat")
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn judge_issuer(&self, claims: &Claims<'_>) -> Result<(), Refusal> {
        match claims.issuer {
            _ if self.issuers.is_empty() => Ok(()),
            None => absent("iss"),
            Some(issuer) if self.issuers.iter().any(|trusted| issuer.is(trusted)) => Ok(()),
            Some(_) => fails(Code::IssuerMismatch, "iss"),
        }
    }

    pub(crate) fn judge_audience(&self, claims: &Claims<'_>) -> Result<(), Refusal> {
        match &claims.audience {
            _ if self.audiences.is_empty() => Ok(()),
            Audience::Absent => absent("aud"),
            audience if self.audiences.iter().any(|ours| audience.contains(ours)) => Ok(()),
            _ => fails(Code::AudienceMismatch, "aud"),
        }
    }

    pub(crate) fn judge_type(
        &self,
        kind: TokenKind,
        typ: Option<JsonStr<'_>>,
        claims: &Claims<'_>,
    ) -> Result<(), Refusal> {
        let allowed = match kind {
            TokenKind::Access => &self.access_types,
            TokenKind::Refresh => &self.refresh_types,
        };
        if !allowed.iter().any(|one| one.allows(typ)) {
            return Err(Refusal::new(Code::TypeMismatch, Why::HeaderType));
        }
        for (name, said) in ["token_use", "type", "token_type"].into_iter().zip(claims.uses) {
            if said.is_some_and(|said| names_another_kind(kind, said)) {
                return Err(Refusal::new(Code::TypeMismatch, Why::Claim(name)));
            }
        }
        Ok(())
    }

    pub(crate) fn judge_required_claims(&self, claims: &Claims<'_>) -> Result<(), Refusal> {
        if self.required_claims.iter().all(|name| claims.has(name)) {
            Ok(())
        } else {
            Err(Refusal::new(Code::ClaimMissing, Why::RequiredClaimAbsent))
        }
    }

    fn requires(&self, name: &str) -> bool {
        self.required_claims.iter().any(|required| required == name)
    }
}

pub(crate) fn judge_scope(claims: &Claims<'_>, scope: &[String]) -> Result<(), Refusal> {
    if scope.iter().all(|wanted| claims.scope.contains(wanted)) {
        Ok(())
    } else {
        Err(Refusal::new(Code::InsufficientScope, Why::Scope))
    }
}

fn fails(code: Code, name: &'static str) -> Result<(), Refusal> {
    Err(Refusal::new(code, Why::Claim(name)))
}

fn absent(name: &'static str) -> Result<(), Refusal> {
    Err(Refusal::new(Code::ClaimMissing, Why::ClaimAbsent(name)))
}

/// `Bearer` and whatever else names no kind is let pass.
fn names_another_kind(kind: TokenKind, said: JsonStr<'_>) -> bool {
    match (kind, NamedKind::of(&said.decoded())) {
        (_, None)
        | (TokenKind::Access, Some(NamedKind::Access))
        | (TokenKind::Refresh, Some(NamedKind::Refresh)) => false,
        (_, Some(_)) => true,
    }
}

/// The kind of token that a type or a claim names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamedKind {
    Access,
    Refresh,
    Id,
}

impl NamedKind {
    /// `refresh_token`, `refresh-token`, `refreshToken`: issuers agree on the words only.
    pub(crate) fn of(said: &str) -> Option<Self> {
        const ACCESS: &[&str] = &["access", "accesstoken", "at", "at+jwt"];
        const REFRESH: &[&str] = &["refresh", "refreshtoken", "rt", "rt+jwt", "refresh+jwt"];
        const ID: &[&str] = &["id", "idtoken"];
        let letters =
            || said.bytes().filter(|byte| !b"_- ".contains(byte)).map(|byte| byte.to_ascii_lowercase());
        let names = |kinds: &[&str]| kinds.iter().any(|name| letters().eq(name.bytes()));
        if names(ACCESS) {
            Some(Self::Access)
        } else if names(REFRESH) {
            Some(Self::Refresh)
        } else if names(ID) {
            Some(Self::Id)
        } else {
            None
        }
    }
}
