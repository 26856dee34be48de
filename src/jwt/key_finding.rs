//! What can be wrong with a key set. All findings are reported at once: a rotation is done under pressure.

use core::fmt;

use super::algorithm::Algorithm;
use super::words::{digits, fill};

/// Whether a finding closes the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; the ring works.
    Warning,
    /// The ring is not used.
    Error,
}

/// One thing that is wrong with a key set. Names places and lengths, never a part of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFinding {
    /// What is wrong.
    pub fault: KeyFault,
    /// Which key, as an index into the set's `keys`.
    pub key: Option<usize>,
    /// That key's `kid`, where it has one.
    pub kid: Option<Box<str>>,
}

/// What is wrong with a key set or one of its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    /// There is no key set.
    Missing,
    /// The text is empty.
    Empty,
    /// Not JSON, or with a member named twice.
    NotJson,
    /// JSON, but not an object with an array `keys` (RFC 7517 §5).
    NotAKeySet,
    /// `keys` is empty.
    NoKeys,
    /// More keys than a token could be tried with.
    TooManyKeys,
    /// An element of `keys` is not an object.
    KeyNotAnObject,
    /// This member is required.
    MemberMissing(&'static str),
    /// This member has the wrong type.
    MemberMalformed(&'static str),
    /// This `kty` is not supported.
    KeyTypeUnsupported,
    /// This `alg` is not supported.
    AlgorithmUnsupported,
    /// `use` is not `sig`.
    NotForSignatures,
    /// `key_ops` does not hold `verify`.
    NotForVerifying,
    /// Two keys have the same `kid`.
    DuplicateKid,
    /// A secret that everybody knows.
    PlaceholderSecret,
    /// Shorter than the hash (RFC 7518 §3.2). Both in bytes.
    SecretTooShort {
        /// Its length.
        length: usize,
        /// For which algorithm.
        algorithm: Algorithm,
    },
    /// Marked `edgewarden:weak`, but without an `exp`: it would stay for ever.
    WeakWithoutExpiry,
    /// Short, marked `edgewarden:weak`, and with an `exp`: carried over a rotation.
    WeakSecret,
    /// `exp` is not later than `nbf`.
    EndsBeforeItBegins,
    /// The same secret twice in one ring.
    SecretRepeated,
    /// The same secret in the access ring and in the refresh ring, and not every copy has an `exp`.
    SecretInBothRings,
}

impl KeyFault {
    /// The stable string, to be prefixed with the ring's name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Empty => "empty",
            Self::NotJson => "not_json",
            Self::NotAKeySet => "not_a_key_set",
            Self::NoKeys => "no_keys",
            Self::TooManyKeys => "too_many_keys",
            Self::KeyNotAnObject => "key_not_an_object",
            Self::MemberMissing(_) => "member_missing",
            Self::MemberMalformed(_) => "member_malformed",
            Self::KeyTypeUnsupported => "key_type_unsupported",
            Self::AlgorithmUnsupported => "algorithm_unsupported",
            Self::NotForSignatures => "not_for_signatures",
            Self::NotForVerifying => "not_for_verifying",
            Self::DuplicateKid => "duplicate_kid",
            Self::PlaceholderSecret => "placeholder_secret",
            Self::SecretTooShort { .. } => "secret_too_short",
            Self::WeakWithoutExpiry => "weak_without_expiry",
            Self::WeakSecret => "weak_secret",
            Self::EndsBeforeItBegins => "ends_before_it_begins",
            Self::SecretRepeated => "secret_repeated",
            Self::SecretInBothRings => "secret_in_both_rings",
        }
    }

    /// Whether it closes the gate.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::WeakSecret | Self::SecretRepeated => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl KeyFault {
    /// In words.
    pub(crate) fn words(&self) -> String {
        let (sentence, value) = match *self {
            Self::Missing => ("there is no key set, and there is no default one", ""),
            Self::Empty => ("the text is empty", ""),
            Self::NotJson => ("not JSON, or an object names a member twice", ""),
            Self::NotAKeySet => ("not a JWK Set: an object with an array `keys` is expected", ""),
            Self::NoKeys => ("`keys` is empty", ""),
            Self::TooManyKeys => ("more keys than a token is ever tried with", ""),
            Self::KeyNotAnObject => ("a key must be an object", ""),
            Self::MemberMissing(name) => ("`{}` is required", name),
            Self::MemberMalformed(name) => ("`{}` is malformed", name),
            Self::KeyTypeUnsupported => ("this `kty` is not supported (supported: oct)", ""),
            Self::AlgorithmUnsupported => {
                ("this `alg` is not supported (supported: HS256, HS384, HS512)", "")
            }
            Self::NotForSignatures => ("`use` is not \"sig\"", ""),
            Self::NotForVerifying => ("`key_ops` does not hold \"verify\"", ""),
            Self::DuplicateKid => ("this `kid` is there twice", ""),
            Self::PlaceholderSecret => ("a publicly known placeholder, not a secret", ""),
            Self::SecretTooShort { length, algorithm } => {
                let least = digits(algorithm.hash_length());
                return fill(
                    "{} bytes; {} needs at least {} (to carry a legacy secret over a rotation, mark it \
                     \"edgewarden:weak\" and give it an `exp`)",
                    &[&digits(length), algorithm.name(), &least],
                );
            }
            Self::WeakWithoutExpiry => ("marked \"edgewarden:weak\", so it must have an `exp`", ""),
            Self::WeakSecret => ("shorter than its hash; accepted until its `exp`", ""),
            Self::EndsBeforeItBegins => ("`exp` is not later than `nbf`", ""),
            Self::SecretRepeated => ("the same secret stands in this ring twice", ""),
            Self::SecretInBothRings => (
                "the same secret is in the access ring and in the refresh ring; every copy must have an `exp`",
                "",
            ),
        };
        fill(sentence, &[value])
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

impl KeyFinding {
    pub(crate) fn of_set(fault: KeyFault) -> Self {
        Self { fault, key: None, kid: None }
    }
}

impl KeyFinding {
    /// In words.
    pub(crate) fn words(&self) -> String {
        let fault = self.fault.words();
        match (&self.kid, self.key) {
            (Some(kid), _) => fill("key \"{}\": {}", &[kid, &fault]),
            (None, Some(index)) => fill("key {}: {}", &[&digits(index), &fault]),
            (None, None) => fault,
        }
    }
}

impl fmt::Display for KeyFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}
