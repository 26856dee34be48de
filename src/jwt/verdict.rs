//! The outcome of verifying one token: its claims and key, or one code with what the caller should do next.

use core::fmt;

use super::why::Why;

/// Why a token was refused: stable strings, relied on by clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// No token was presented.
    MissingToken,
    /// More than one was presented (RFC 6750 §2).
    MultipleTokens,
    /// Longer than the limit.
    TokenTooLarge,
    /// Not a JWS in compact serialisation (RFC 7515 §7.1), or its header is not what it must be.
    MalformedToken,
    /// The header's `alg` is carried by no key that may be tried; `none` always is.
    AlgorithmNotAllowed,
    /// A `crit` header (RFC 7515 §4.1.11), or `b64` (RFC 7797): none is understood.
    CriticalHeaderUnsupported,
    /// The header's `kid` is not in the ring.
    KeyNotFound,
    /// Signed with a key whose `nbf` has not come.
    KeyNotActive,
    /// Signed with a key whose `exp` has passed, or after its `sign_until`.
    KeyRetired,
    /// Signed with a revoked key.
    KeyRevoked,
    /// No key that was tried made the signature.
    SignatureMismatch,
    /// The payload is not a JSON object, or a registered claim has the wrong type.
    MalformedClaims,
    /// A required claim is absent.
    ClaimMissing,
    /// `exp` has passed (RFC 7519 §4.1.4).
    Expired,
    /// `nbf` has not come (RFC 7519 §4.1.5).
    NotYetValid,
    /// `iat` lies in the future (RFC 7519 §4.1.6).
    IssuedInFuture,
    /// `iat` is longer ago than `max_token_age`.
    TokenTooOld,
    /// `iss` is not one of the configured issuers.
    IssuerMismatch,
    /// `aud` names none of the configured audiences.
    AudienceMismatch,
    /// A token of another kind (RFC 8725 §3.11, RFC 9068 §4).
    TypeMismatch,
    /// The token or its session has been revoked.
    TokenRevoked,
    /// The scope does not cover the request (RFC 6750 §3.1).
    InsufficientScope,
    /// The verifier itself is not fit to judge.
    ConfigurationInvalid,
}

/// What the caller should do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Nothing: all is well.
    None,
    /// Exchange the refresh token once, then repeat the request once.
    Refresh,
    /// Send the user to the login screen, and nothing to the server until then.
    Login,
    /// Try again later, unchanged.
    Retry,
    /// Stop: no refresh and no login will mend it.
    Stop,
}

impl Action {
    /// The stable string.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Refresh => "refresh",
            Self::Login => "login",
            Self::Retry => "retry",
            Self::Stop => "stop",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Code {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::MissingToken,
        Self::MultipleTokens,
        Self::TokenTooLarge,
        Self::MalformedToken,
        Self::AlgorithmNotAllowed,
        Self::CriticalHeaderUnsupported,
        Self::KeyNotFound,
        Self::KeyNotActive,
        Self::KeyRetired,
        Self::KeyRevoked,
        Self::SignatureMismatch,
        Self::MalformedClaims,
        Self::ClaimMissing,
        Self::Expired,
        Self::NotYetValid,
        Self::IssuedInFuture,
        Self::TokenTooOld,
        Self::IssuerMismatch,
        Self::AudienceMismatch,
        Self::TypeMismatch,
        Self::TokenRevoked,
        Self::InsufficientScope,
        Self::ConfigurationInvalid,
    ];

    /// The stable string.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingToken => "missing_token",
            Self::MultipleTokens => "multiple_tokens",
            Self::TokenTooLarge => "token_too_large",
            Self::MalformedToken => "malformed_token",
            Self::AlgorithmNotAllowed => "algorithm_not_allowed",
            Self::CriticalHeaderUnsupported => "critical_header_unsupported",
            Self::KeyNotFound => "key_not_found",
            Self::KeyNotActive => "key_not_active",
            Self::KeyRetired => "key_retired",
            Self::KeyRevoked => "key_revoked",
            Self::SignatureMismatch => "signature_mismatch",
            Self::MalformedClaims => "malformed_claims",
            Self::ClaimMissing => "claim_missing",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::IssuedInFuture => "issued_in_future",
            Self::TokenTooOld => "token_too_old",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::AudienceMismatch => "audience_mismatch",
            Self::TypeMismatch => "type_mismatch",
            Self::TokenRevoked => "token_revoked",
            Self::InsufficientScope => "insufficient_scope",
            Self::ConfigurationInvalid => "configuration_invalid",
        }
    }

    /// What the caller should do next. `Stop` where neither a refresh nor a login can change the outcome: naming one of
    /// them would only move the loop.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::MissingToken | Self::TokenRevoked => Action::Login,
            Self::MalformedToken
            | Self::AlgorithmNotAllowed
            | Self::CriticalHeaderUnsupported
            | Self::KeyNotFound
            | Self::KeyRetired
            | Self::KeyRevoked
            | Self::SignatureMismatch
            | Self::Expired
            | Self::TokenTooOld => Action::Refresh,
            Self::KeyNotActive | Self::NotYetValid | Self::IssuedInFuture | Self::ConfigurationInvalid => {
                Action::Retry
            }
            Self::MultipleTokens
            | Self::TokenTooLarge
            | Self::MalformedClaims
            | Self::ClaimMissing
            | Self::IssuerMismatch
            | Self::AudienceMismatch
            | Self::TypeMismatch
            | Self::InsufficientScope => Action::Stop,
        }
    }

    /// One sentence for a person, the same for every token: it tells nothing about keys, values or configuration.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::MissingToken => "The request carries no access token.",
            Self::MultipleTokens => "The request carries more than one access token.",
            Self::TokenTooLarge => "The token is longer than the limit.",
            Self::MalformedToken => "The token is not a well-formed JWT.",
            Self::AlgorithmNotAllowed => "The token's algorithm is not allowed.",
            Self::CriticalHeaderUnsupported => "The token demands an extension that is not supported.",
            Self::KeyNotFound => "The token names a key that is not known.",
            Self::KeyNotActive => "The key that signed the token is not in use yet.",
            Self::KeyRetired => "The key that signed the token has been retired.",
            Self::KeyRevoked => "The key that signed the token has been revoked.",
            Self::SignatureMismatch => "The token was not signed with a known key, or it was altered.",
            Self::MalformedClaims => "The token's claims are not well-formed.",
            Self::ClaimMissing => "The token lacks a required claim.",
            Self::Expired => "The token has expired.",
            Self::NotYetValid => "The token is not valid yet.",
            Self::IssuedInFuture => "The token was issued in the future.",
            Self::TokenTooOld => "The token was issued too long ago.",
            Self::IssuerMismatch => "The token comes from another issuer.",
            Self::AudienceMismatch => "The token is meant for another audience.",
            Self::TypeMismatch => "The token is of another kind than the one needed here.",
            Self::TokenRevoked => "The token has been revoked.",
            Self::InsufficientScope => "The token's scope does not cover this request.",
            Self::ConfigurationInvalid => "The service is not configured correctly and cannot judge tokens.",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A token was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What exactly was wrong: for logs and people, never a claim value.
    pub why: Why,
    /// The key of the ring that the refusal is about, as an index into [`KeyRing::keys`](super::KeyRing::keys).
    pub key: Option<usize>,
}

impl Refusal {
    /// A refusal that is about no key.
    #[must_use]
    pub fn new(code: Code, why: Why) -> Self {
        Self { code, why, key: None }
    }

    pub(crate) fn about_key(code: Code, why: Why, key: usize) -> Self {
        Self { code, why, key: Some(key) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.why)
    }
}

impl core::error::Error for Refusal {}
