//! What exactly was wrong with a token, beneath its code.
//!
//! These go to logs and to the command line. They name places, types and lengths, never a value of the token.

use core::fmt;

use super::base64url::Base64Fault;
use super::json::JsonFault;
use super::words::{digits, fill};

/// A part of a compact token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// The first: the JOSE header.
    Header,
    /// The second: the claims.
    Payload,
    /// The third.
    Signature,
}

impl Segment {
    /// Its name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        }
    }
}

/// The cause beneath a [`Code`](super::Code).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// There is no token at all.
    Absent,
    /// Several tokens, or one in several places.
    Several,
    /// Longer than the limit; both in bytes.
    TooLong {
        /// Its length.
        length: usize,
        /// What is allowed.
        limit: usize,
    },
    /// Not three segments.
    Segments {
        /// How many there are, counted up to six.
        count: usize,
    },
    /// Five segments: a JWE (RFC 7516), which is encrypted.
    Encrypted,
    /// This segment is empty. An empty payload is a detached one (RFC 7515 appendix F).
    EmptySegment(Segment),
    /// This segment is not base64url.
    NotBase64Url(Segment, Base64Fault),
    /// The header is not the JSON object it must be.
    HeaderJson(JsonFault),
    /// This header parameter is absent.
    HeaderParameterMissing(&'static str),
    /// This header parameter has the wrong JSON type.
    HeaderParameterType(&'static str),
    /// `alg` is `none`, in whatever spelling.
    AlgorithmNone,
    /// No key of the ring carries the token's `alg`.
    AlgorithmUnknown,
    /// The key that the `kid` names carries another `alg`.
    AlgorithmOfOtherKey,
    /// The header has a `crit` parameter.
    Critical,
    /// The header has `b64` with another value than `true`.
    UnencodedPayload,
    /// The ring has no key of this `kid`.
    KidUnknown,
    /// The token has no `kid`, or one that may be passed over, and no key made the signature.
    NoKeyMatches {
        /// How many were tried.
        tried: usize,
    },
    /// The key that the `kid` names did not make the signature.
    SignatureOfOtherKey,
    /// The key is not in use yet.
    KeyTooEarly,
    /// The key's `exp` has passed.
    KeyTooLate,
    /// Issued after the issuer stopped signing with the key, or without saying when.
    SignedAfterSignUntil,
    /// The key has been revoked.
    KeyIsRevoked,
    /// The payload is not the JSON object it must be.
    PayloadJson(JsonFault),
    /// This claim has the wrong JSON type.
    ClaimType(&'static str),
    /// This time is outside the years 1 to 9999 (milliseconds are).
    TimeRange(&'static str),
    /// This registered claim is absent.
    ClaimAbsent(&'static str),
    /// A claim that the configuration requires is absent.
    RequiredClaimAbsent,
    /// This claim fails the policy.
    Claim(&'static str),
    /// The header's `typ` is not one of those allowed for this kind.
    HeaderType,
    /// The scope lacks something that the request needs.
    Scope,
    /// The signer's part is not done: a key ring or policy is missing or invalid.
    Configuration,
}

impl Why {
    /// In words.
    pub(crate) fn words(&self) -> String {
        let (sentence, value) = match *self {
            Self::Absent => ("there is no token", ""),
            Self::Several => ("there is more than one token", ""),
            Self::TooLong { length, limit } => {
                return fill("{} bytes, {} are allowed", &[&digits(length), &digits(limit)]);
            }
            Self::Segments { count: 6.. } => ("more than five segments instead of three", ""),
            Self::Segments { count } => return fill("{} segment(s) instead of three", &[&digits(count)]),
            Self::Encrypted => ("five segments: an encrypted token (JWE)", ""),
            Self::EmptySegment(segment) => ("the {} is empty", segment.name()),
            Self::NotBase64Url(segment, fault) => {
                return fill("the {} has {}", &[segment.name(), &fault.words()]);
            }
            Self::HeaderJson(fault) => return fill("the header {}", &[&fault.words()]),
            Self::HeaderParameterMissing(name) => ("the header has no `{}`", name),
            Self::HeaderParameterType(name) => ("the header's `{}` has the wrong type", name),
            Self::AlgorithmNone => ("`alg` is none", ""),
            Self::AlgorithmUnknown => ("no key of the ring carries the token's `alg`", ""),
            Self::AlgorithmOfOtherKey => ("the key that `kid` names carries another `alg`", ""),
            Self::Critical => ("the header has `crit`, and no extension is supported", ""),
            Self::UnencodedPayload => ("the header's `b64` is not true", ""),
            Self::KidUnknown => ("the ring has no key of this `kid`", ""),
            Self::NoKeyMatches { tried } => {
                return fill("none of the {} key(s) tried made the signature", &[&digits(tried)]);
            }
            Self::SignatureOfOtherKey => ("the key that `kid` names did not make the signature", ""),
            Self::KeyTooEarly => ("the key's `nbf` has not come", ""),
            Self::KeyTooLate => ("the key's `exp` has passed", ""),
            Self::SignedAfterSignUntil => ("not issued before the key's `edgewarden:sign_until`", ""),
            Self::KeyIsRevoked => ("the key is revoked, and this token was signed with it: an incident", ""),
            Self::PayloadJson(fault) => return fill("the payload {}", &[&fault.words()]),
            Self::ClaimType(name) => ("the claim `{}` has the wrong type", name),
            Self::TimeRange(name) => ("the claim `{}` is not a time in seconds", name),
            Self::ClaimAbsent(name) => ("the claim `{}` is absent", name),
            Self::RequiredClaimAbsent => ("a claim that the configuration requires is absent", ""),
            Self::Claim(name) => ("the claim `{}` does not satisfy the policy", name),
            Self::HeaderType => ("the header's `typ` is not allowed for this kind of token", ""),
            Self::Scope => ("the scope does not cover the request", ""),
            Self::Configuration => ("the configuration is invalid", ""),
        };
        fill(sentence, &[value])
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}
