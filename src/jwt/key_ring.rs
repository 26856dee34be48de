//! The ordered, validated keys of one token kind, and which of them a token is tried with.

use super::header::Header;
use super::key::{Key, Stage};
use super::time::NumericDate;
use super::verdict::{Code, Refusal};
use super::why::Why;

/// How many keys one token is tried with at the most: the bound on the work that a stranger's token can cause.
pub const MAX_CANDIDATES: usize = 16;

/// What to do with a `kid` that the ring does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownKid {
    /// Refuse the token (`key_not_found`).
    #[default]
    Reject,
    /// Treat it as a token without a `kid`.
    TryAll,
}

/// A validated key set, newest key first. Made by [`KeySet`](super::KeySet); never empty.
#[derive(Debug, Clone)]
pub struct KeyRing {
    keys: Vec<Key>,
}

impl KeyRing {
    pub(crate) fn new(keys: Vec<Key>) -> Self {
        Self { keys }
    }

    /// The keys, newest first.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The key at this index.
    #[must_use]
    pub fn key(&self, index: usize) -> Option<&Key> {
        self.keys.get(index)
    }

    /// The newest key that may sign at this time: active, and not past its `sign_until`.
    #[must_use]
    pub fn newest_signing_key(&self, now: NumericDate) -> Option<&Key> {
        self.keys.iter().find(|key| {
            key.lifecycle.stage(now) == Stage::Active
                && key.lifecycle.sign_until.is_none_or(|until| now < until)
        })
    }

    /// Finds the key that made a signature.
    ///
    /// With a `kid` of the ring only that key is tried, and its failure is final. Otherwise every key of the token's
    /// algorithm is tried, the active ones first (each newest first), at most [`MAX_CANDIDATES`]. A signature that
    /// matches decides: keys which may not be used are tried too, because *retired* and *forged* call for different help.
    ///
    /// # Errors
    /// `algorithm_not_allowed`, `key_not_found`, `signature_mismatch`, `key_not_active`, `key_retired` or `key_revoked`.
    pub(crate) fn find_signer(
        &self,
        header: &Header<'_>,
        unknown_kid: UnknownKid,
        now: NumericDate,
        verifies: impl Fn(&Key) -> bool,
    ) -> Result<usize, Refusal> {
        let of_algorithm = |key: &Key| header.alg.is(key.algorithm.name());

        if let Some(kid) = header.kid {
            let named = self.keys.iter().position(|key| key.kid.as_deref().is_some_and(|own| kid.is(own)));
            if let Some((index, key)) = named.and_then(|index| Some((index, self.keys.get(index)?))) {
                return if !of_algorithm(key) {
                    Err(Refusal::about_key(Code::AlgorithmNotAllowed, Why::AlgorithmOfOtherKey, index))
                } else if !verifies(key) {
                    Err(Refusal::about_key(Code::SignatureMismatch, Why::SignatureOfOtherKey, index))
                } else {
                    permitted(key, index, now)
                };
            }
        }
        if !self.keys.iter().any(of_algorithm) {
            return Err(Refusal::new(Code::AlgorithmNotAllowed, Why::AlgorithmUnknown));
        }
        if header.kid.is_some() && unknown_kid == UnknownKid::Reject {
            return Err(Refusal::new(Code::KeyNotFound, Why::KidUnknown));
        }

        let candidates = || self.keys.iter().enumerate().filter(|(_, key)| of_algorithm(key));
        let is_active = |key: &Key| key.lifecycle.stage(now) == Stage::Active;
        let active_first = candidates()
            .filter(|(_, key)| is_active(key))
            .chain(candidates().filter(|(_, key)| !is_active(key)))
            .take(MAX_CANDIDATES);
        let mut tried = 0;
        for (index, key) in active_first {
            if verifies(key) {
                return permitted(key, index, now);
            }
            tried += 1;
        }
        Err(Refusal::new(Code::SignatureMismatch, Why::NoKeyMatches { tried }))
    }
}

/// The key made the signature; whether that counts is a matter of its stage.
fn permitted(key: &Key, index: usize, now: NumericDate) -> Result<usize, Refusal> {
    let (code, why) = match key.lifecycle.stage(now) {
        Stage::Active => return Ok(index),
        Stage::NotYetActive => (Code::KeyNotActive, Why::KeyTooEarly),
        Stage::Retired => (Code::KeyRetired, Why::KeyTooLate),
        Stage::Revoked => (Code::KeyRevoked, Why::KeyIsRevoked),
    };
    Err(Refusal::about_key(code, why, index))
}
