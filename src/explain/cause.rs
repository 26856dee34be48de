//! What a finding can be: a verdict code, a diagnosis that explains one, a remark, or nothing at all; with who has to act
//! and what comes next.

use crate::jwt::{Action, Code};

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Whoever sends the token.
    Client,
    /// Whoever makes tokens.
    Issuer,
    /// Whoever runs the verifier: its keys, its policy, its clock.
    Operator,
    /// Nobody here: such a token is made to break in.
    Attacker,
    /// Nobody: all is well, or time will mend it.
    Nobody,
}

impl Party {
    /// The stable string.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Issuer => "issuer",
            Self::Operator => "operator",
            Self::Attacker => "attacker",
            Self::Nobody => "nobody",
        }
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The token was refused for it, or would have been.
    Error,
    /// It passes, and somebody should do something about it.
    Warning,
    /// Worth knowing.
    Note,
}

impl Level {
    /// The stable string.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// What a finding says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Nothing is wrong.
    Ok,
    /// What the verifier answers, where nothing explains it any further.
    Verdict(Code),
    /// What explains a verdict.
    Diagnosis(Diagnosis),
}

macro_rules! diagnoses {
    ($($variant:ident $name:literal $party:ident $action:ident $summary:literal)+) => {
        /// What explains a verdict, or is worth a warning where the token passes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Diagnosis {
            $(#[doc = $summary] $variant,)+
        }

        impl Diagnosis {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            fn row(self) -> (&'static str, Party, Action, &'static str) {
                match self {
                    $(Self::$variant => ($name, Party::$party, Action::$action, $summary),)+
                }
            }
        }
    };
}

diagnoses! {
    NotAJwt "not_a_jwt" Client Stop
        "This is not a JWT."
    JweToken "jwe_token" Issuer Stop
        "This is an encrypted token (JWE), and a signed one (JWS) is needed."
    BearerPrefix "bearer_prefix" Client Stop
        "The token was taken together with the scheme or header name that stands in front of it."
    QuotedToken "quoted_token" Client Stop
        "The token is wrapped in quotes, brackets or punctuation."
    SurroundingWhitespace "surrounding_whitespace" Client Stop
        "There is white space around or inside the token."
    UrlEncodedToken "url_encoded_token" Client Stop
        "The token is percent-encoded."
    TruncatedToken "truncated_token" Client Stop
        "A part of the token is missing: it was cut off on its way."
    ConcatenatedTokens "concatenated_tokens" Client Stop
        "These are several tokens where one is expected."
    Base64NotUrlSafe "base64_not_url_safe" Issuer Stop
        "The token is written in ordinary base64 instead of base64url without padding."
    AlgNone "alg_none" Attacker Stop
        "The token says that it needs no signature."
    KeyTypeConfusion "key_type_confusion" Attacker Stop
        "The token's algorithm does not belong to the type of the key."
    SignedWithRetiredKey "signed_with_retired_key" Client Refresh
        "The token was signed with a key that has been retired."
    SignedWithFutureKey "signed_with_future_key" Operator Retry
        "The token was signed with a key that is not in use yet."
    SignedWithRevokedKey "signed_with_revoked_key" Attacker Stop
        "The token was signed with a revoked key."
    SignedWithOtherRing "signed_with_other_ring" Issuer Stop
        "The token was signed with a key of the other ring."
    WrongKid "wrong_kid" Issuer Stop
        "The token was signed with another key of the ring than the one it is tried with."
    SecretEncoding "secret_encoding" Operator Stop
        "Issuer and verifier hold the same secret in different spellings."
    PlaceholderSecret "placeholder_secret" Operator Stop
        "The token was signed with a publicly known string: anybody can forge such tokens. This is an \
         incident."
    RefreshTokenUsedAsAccess "refresh_token_used_as_access" Client Stop
        "This is a refresh token, and an access token is needed."
    AccessTokenUsedAsRefresh "access_token_used_as_refresh" Client Stop
        "This is an access token, and a refresh token is needed."
    IdTokenUsedAsAccess "id_token_used_as_access" Client Stop
        "This is an ID token: it tells the client who signed in, and opens nothing."
    TimestampsInMilliseconds "timestamps_in_milliseconds" Issuer Stop
        "The token's times are not in seconds."
    TimestampsAsStrings "timestamps_as_strings" Issuer Stop
        "The token's times are texts instead of numbers."
    ClockSkew "clock_skew" Operator Retry
        "Clocks are apart."
    NoExpiry "no_expiry" Issuer Stop
        "The token never expires."
    LifetimeTooLong "lifetime_too_long" Issuer None
        "The token lives longer than it should."
    KeyEndsBeforeToken "key_ends_before_token" Operator None
        "The key is retired before the token expires."
    SecretInClaims "secret_in_claims" Issuer None
        "The token carries a secret, and everybody who holds the token can read it."
}

impl Diagnosis {
    /// The stable string.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().0
    }
}

impl Cause {
    /// The stable string: `ok`, a verdict code, or a diagnosis.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Verdict(code) => code.as_str(),
            Self::Diagnosis(diagnosis) => diagnosis.as_str(),
        }
    }

    /// Who has to act, unless the finding knows better.
    #[must_use]
    pub fn party(self) -> Party {
        match self {
            Self::Ok => Party::Nobody,
            Self::Verdict(code) => party_of(code),
            Self::Diagnosis(diagnosis) => diagnosis.row().1,
        }
    }

    /// What the client should do next, unless the finding knows better.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Ok => Action::None,
            Self::Verdict(code) => code.action(),
            Self::Diagnosis(diagnosis) => diagnosis.row().2,
        }
    }

    /// One sentence.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::Ok => "The token is fine.",
            Self::Verdict(Code::MissingToken) => "There is no token.",
            Self::Verdict(code) => code.summary(),
            Self::Diagnosis(diagnosis) => diagnosis.row().3,
        }
    }
}

fn party_of(code: Code) -> Party {
    match code {
        Code::MissingToken
        | Code::MultipleTokens
        | Code::MalformedToken
        | Code::Expired
        | Code::TokenTooOld
        | Code::AudienceMismatch
        | Code::TypeMismatch
        | Code::KeyRetired
        | Code::TokenRevoked
        | Code::InsufficientScope => Party::Client,
        Code::TokenTooLarge
        | Code::CriticalHeaderUnsupported
        | Code::MalformedClaims
        | Code::ClaimMissing
        | Code::AlgorithmNotAllowed
        | Code::IssuedInFuture => Party::Issuer,
        Code::KeyNotFound
        | Code::KeyNotActive
        | Code::SignatureMismatch
        | Code::IssuerMismatch
        | Code::ConfigurationInvalid => Party::Operator,
        Code::KeyRevoked => Party::Attacker,
        Code::NotYetValid => Party::Nobody,
    }
}
