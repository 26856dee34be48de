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

use super::claims::Claims;
use super::compact::{Compact, wrong_number_of_segments};
use super::header::{Header, LastHeader, decode_segment};
use super::key::Key;
use super::key_ring::{KeyRing, UnknownKid};
use super::policy::{Policy, TokenKind};
use super::time::NumericDate;
use super::verdict::{Code, Refusal};
use super::why::{Segment, Why};

/// What is kept from one token to the next, so that verifying allocates nothing and reads nothing twice.
#[derive(Default)]
pub struct Scratch {
    header: LastHeader,
    /// Room for payload and signature. It only grows, to the longest token that is allowed.
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
        let Scratch { header, decoded } = scratch;
        let known = header.end_in(token);
        let compact = Compact::cut(token, limit, known)?;
        if decoded.len() < token.len() {
            decoded.resize(token.len(), 0);
        }
        let payload = decode_segment(Segment::Payload, compact.payload, decoded);
        if payload.is_err() && compact.payload.contains(&b'.') {
            return Err(wrong_number_of_segments(token));
        }
        // What the header says comes first: `none` is the news about a token, not that its signature is empty.
        let header = if known.is_some() { header.again() } else { header.read(compact.header)? };
        let (payload, room) = payload?;
        let (signature, _) = decode_segment(Segment::Signature, compact.signature, room)?;
        Ok(Self { signing_input: compact.signing_input, header, payload, signature })
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
