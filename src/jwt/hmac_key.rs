//! HMAC secrets and the one thing that is done with them.
//!
//! Whoever signs does it with jwt-compact. To verify, each secret has a MAC that it has gone into already: jwt-compact would
//! hash the padded secret anew for every token, which is two of the nine blocks of a typical one.

use core::fmt;

use jwt_compact::alg::{Hs256, Hs256Key, Hs384, Hs384Key, Hs512, Hs512Key};
use jwt_compact::{Algorithm as _, AlgorithmSignature};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::algorithm::Algorithm;
use super::sha2_mac::{HmacSha256, HmacSha512, SHA384, SHA512};

/// A secret bound to its algorithm. Zeroed when dropped, never shown.
#[derive(Clone)]
pub(crate) struct HmacKey {
    secret: Zeroizing<Box<[u8]>>,
    mac: Mac,
}

#[derive(Clone)]
enum Mac {
    /// For HS256.
    Hs256(HmacSha256),
    /// For HS384.
    Hs384(HmacSha512),
    /// For HS512.
    Hs512(HmacSha512),
}

impl HmacKey {
    /// Binds `secret` to `algorithm`. Its strength is the key ring's concern.
    #[must_use]
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Self {
        let mac = match algorithm {
            Algorithm::Hs256 => Mac::Hs256(HmacSha256::new(secret)),
            Algorithm::Hs384 => Mac::Hs384(HmacSha512::new(SHA384, 48, secret)),
            Algorithm::Hs512 => Mac::Hs512(HmacSha512::new(SHA512, 64, secret)),
        };
        Self { secret: Zeroizing::new(secret.into()), mac }
    }

    /// Whether `signature` is the MAC of `message` under this key. Takes the same time for every wrong signature of the
    /// right length.
    #[must_use]
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.mac {
            Mac::Hs256(keyed) => is_same(&keyed.of(message), signature),
            Mac::Hs384(keyed) | Mac::Hs512(keyed) => {
                let (mac, length) = keyed.of(message);
                is_same(mac.get(..length).unwrap_or_default(), signature)
            }
        }
    }

    /// The MAC of `message`.
    #[must_use]
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let secret = &*self.secret;
        match self.mac {
            Mac::Hs256(_) => Hs256.sign(&Hs256Key::new(secret), message).as_bytes().into_owned(),
            Mac::Hs384(_) => Hs384.sign(&Hs384Key::new(secret), message).as_bytes().into_owned(),
            Mac::Hs512(_) => Hs512.sign(&Hs512Key::new(secret), message).as_bytes().into_owned(),
        }
    }

    /// Whether both hold the same secret, for whatever algorithm.
    #[must_use]
    pub(crate) fn same_secret(&self, other: &Self) -> bool {
        self.secret.ct_eq(&other.secret).into()
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
