//! HMAC secrets and the one thing that is done with them.
//!
//! Algorithms and keys are jwt-compact's. Beside each key stands a MAC that the secret has gone into already: jwt-compact would
//! hash the padded secret anew for every token, which is two of the nine blocks of a typical one.

use core::fmt;

use jwt_compact::alg::{Hs256, Hs256Key, Hs384, Hs384Key, Hs512, Hs512Key};
use jwt_compact::{Algorithm as _, AlgorithmSignature};
use subtle::{Choice, ConstantTimeEq};

use super::algorithm::Algorithm;
use super::sha2_mac::{HmacSha256, HmacSha512, SHA384, SHA512};

/// A secret bound to its algorithm. Zeroed when dropped, never shown.
#[derive(Clone)]
pub(crate) enum HmacKey {
    /// For HS256.
    Hs256(Hs256Key, HmacSha256),
    /// For HS384.
    Hs384(Hs384Key, HmacSha512),
    /// For HS512.
    Hs512(Hs512Key, HmacSha512),
}

impl HmacKey {
    /// Binds `secret` to `algorithm`. Its strength is the key ring's concern.
    #[must_use]
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Self {
        match algorithm {
            Algorithm::Hs256 => Self::Hs256(Hs256Key::new(secret), HmacSha256::new(secret)),
            Algorithm::Hs384 => Self::Hs384(Hs384Key::new(secret), HmacSha512::new(SHA384, 48, secret)),
            Algorithm::Hs512 => Self::Hs512(Hs512Key::new(secret), HmacSha512::new(SHA512, 64, secret)),
        }
    }

    /// Whether `signature` is the MAC of `message` under this key. Takes the same time for every wrong signature of the
    /// right length.
    #[must_use]
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Hs256(_, keyed) => is_same(&keyed.of(message), signature),
            Self::Hs384(_, keyed) | Self::Hs512(_, keyed) => {
                let (mac, length) = keyed.of(message);
                is_same(mac.get(..length).unwrap_or_default(), signature)
            }
        }
    }

    /// The MAC of `message`.
    #[must_use]
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Hs256(key, _) => Hs256.sign(key, message).as_bytes().into_owned(),
            Self::Hs384(key, _) => Hs384.sign(key, message).as_bytes().into_owned(),
            Self::Hs512(key, _) => Hs512.sign(key, message).as_bytes().into_owned(),
        }
    }

    /// Whether both hold the same secret, for whatever algorithm.
    #[must_use]
    pub(crate) fn same_secret(&self, other: &Self) -> bool {
        self.secret().ct_eq(other.secret()).into()
    }

    fn secret(&self) -> &[u8] {
        match self {
            Self::Hs256(key, _) => key.as_ref(),
            Self::Hs384(key, _) => key.as_ref(),
            Self::Hs512(key, _) => key.as_ref(),
        }
    }
}

/// Compares in constant time, eight bytes at a time: the length of a MAC is a multiple of that.
fn is_same(mac: &[u8], signature: &[u8]) -> bool {
    let ((ours, []), (theirs, [])) = (mac.as_chunks::<8>(), signature.as_chunks::<8>()) else { return false };
    let words = |(a, b): (&[u8; 8], &[u8; 8])| u64::from_le_bytes(*a).ct_eq(&u64::from_le_bytes(*b));
    ours.len() == theirs.len()
        && bool::from(ours.iter().zip(theirs).map(words).fold(Choice::from(1), core::ops::BitAnd::bitand))
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(…)")
    }
}
