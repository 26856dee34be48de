//! The pipeline: bytes, parsed token, key, signature, claims, verdict. Each stage takes only what the stage before it made,
//! so that nobody can read a claim of a token whose signature has not been verified:
//!
//! ```compile_fail
//! # use edgewarden::jwt::*;
//! fn subject(token: &Unverified<'_, '_>) {
//!     token.claims(); // there is no such method before `authenticate`
//! }
//! ```

use core::fmt;

use super::base64url::decode_into;
use super::claims::Claims;
use super::compact::Compact;
use super::header::Header;
use super::key::Key;
use super::key_ring::{KeyRing, UnknownKid};
use super::policy::{Policy, TokenKind};
use super::time::NumericDate;
use super::verdict::{Code, Refusal};
use super::why::{Segment, Why};

/// Room for the decoded segments, kept from one token to the next so that verifying allocates nothing.
#[derive(Default)]
pub struct Scratch {
    decoded: Vec<u8>,
}

/// A parsed token. Its header can be read, for choosing a key; its claims cannot.
pub struct Unverified<'t, 's> {
    signing_input: &'t [u8],
    header: Header<'s>,
    payload: &'s [u8],
    signature: &'s [u8],
}

/// A token whose signature was made with a key that may be used.
pub struct Authentic<'s, 'k> {
    header: Header<'s>,
    payload: &'s [u8],
    key: (usize, &'k Key),
}

/// A token that passed.
pub struct Accepted<'s, 'k> {
    /// Its claims.
    pub claims: Claims<'s>,
    /// The key that it was signed with.
    pub key: &'k Key,
    /// The JSON text that the claims were read from.
    pub payload: &'s [u8],
}

impl<'t, 's> Unverified<'t, 's> {
    /// Size, shape and header.
    ///
    /// # Errors
    /// `token_too_large`, `malformed_token`, `critical_header_unsupported`, or `algorithm_not_allowed` for `none`.
    pub fn parse(token: &'t [u8], limit: usize, scratch: &'s mut Scratch) -> Result<Self, Refusal> {
        let compact = Compact::split(token, limit)?;
        let decoded = &mut scratch.decoded;
        decoded.clear();
        let mut decode = |segment, text: &[u8]| {
            if text.is_empty() {
                return Err(Refusal::new(Code::MalformedToken, Why::EmptySegment(segment)));
            }
            decode_into(text, decoded)
                .map(|()| decoded.len())
                .map_err(|fault| Refusal::new(Code::MalformedToken, Why::NotBase64Url(segment, fault)))
        };
        let header_end = decode(Segment::Header, compact.header)?;
        // What the header says comes first: `none` is the news about a token, not that its signature is empty.
        let payload_end = decode(Segment::Payload, compact.payload)
            .and_then(|end| decode(Segment::Signature, compact.signature).map(|_| end));

        let decoded: &'s [u8] = &scratch.decoded;
        let header = Header::parse(decoded.get(..header_end).unwrap_or_default())?;
        let payload_end = payload_end?;
        Ok(Self {
            signing_input: compact.signing_input,
            header,
            payload: decoded.get(header_end..payload_end).unwrap_or_default(),
            signature: decoded.get(payload_end..).unwrap_or_default(),
        })
    }

    /// The header, which anybody may have written.
    #[must_use]
    pub fn header(&self) -> &Header<'s> {
        &self.header
    }

    /// Header and payload, for explaining and for nothing else: anybody can have written them.
    pub(crate) fn unverified(&self) -> (Header<'s>, &'s [u8]) {
        (self.header, self.payload)
    }

    /// Finds the key that made the signature, and sees that it may be used.
    ///
    /// # Errors
    /// See [`KeyRing::find_signer`].
    pub fn authenticate<'k>(
        self,
        ring: &'k KeyRing,
        unknown_kid: UnknownKid,
        now: NumericDate,
    ) -> Result<Authentic<'s, 'k>, Refusal> {
        let verifies = |key: &Key| key.verifies(self.signing_input, self.signature);
        let index = ring.find_signer(&self.header, unknown_kid, now, verifies)?;
        let key = ring.key(index).ok_or(Refusal::new(Code::KeyNotFound, Why::KidUnknown))?;
        Ok(Authentic { header: self.header, payload: self.payload, key: (index, key) })
    }
}

impl<'s, 'k> Authentic<'s, 'k> {
    /// The key that made the signature.
    #[must_use]
    pub fn key(&self) -> &'k Key {
        self.key.1
    }

    /// Reads the claims and judges them.
    ///
    /// # Errors
    /// Every code from `malformed_claims` on, and `key_retired` for a token issued after its key's `sign_until`.
    pub fn accept(
        self,
        policy: &Policy,
        kind: TokenKind,
        scope: &[String],
        now: NumericDate,
    ) -> Result<Accepted<'s, 'k>, Refusal> {
        let (index, key) = self.key;
        let accept = || {
            let claims = Claims::parse(self.payload)?;
            policy.judge(kind, self.header.typ, &claims, (index, key), scope, now)?;
            Ok(Accepted { claims, key, payload: self.payload })
        };
        accept().map_err(|refusal: Refusal| Refusal { key: Some(index), ..refusal })
    }
}

impl fmt::Debug for Accepted<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("claims", &self.claims)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Verifies `token` from its bytes to its verdict. `scope` is what the request needs, and may be empty.
///
/// # Errors
/// The verdict code, with what exactly was wrong.
pub fn verify<'s, 'k>(
    token: &[u8],
    ring: &'k KeyRing,
    policy: &Policy,
    kind: TokenKind,
    scope: &[String],
    now: NumericDate,
    scratch: &'s mut Scratch,
) -> Result<Accepted<'s, 'k>, Refusal> {
    Unverified::parse(token, policy.max_token_bytes, scratch)?
        .authenticate(ring, policy.unknown_kid, now)?
        .accept(policy, kind, scope, now)
}
