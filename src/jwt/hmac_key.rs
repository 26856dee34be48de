//! HMAC secrets and what is done with them.
//!
//! Signing is jwt-compact's. Verifying starts from a MAC that the secret has gone into already: to hash the padded secret anew for
//! every token would be two of the nine blocks of a typical one.

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
    algorithm: Algorithm,
    secret: Zeroizing<Vec<u8>>,
    mac: Box<Mac>,
}

#[derive(Clone)]
enum Mac {
    Sha256(HmacSha256),
    Sha512(HmacSha512),
}

impl HmacKey {
    /// Binds `secret` to `algorithm`. Its strength is the key ring's concern.
    #[must_use]
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Self {
        let mac = match algorithm {
            Algorithm::Hs256 => Mac::Sha256(HmacSha256::new(secret)),
            Algorithm::Hs384 => Mac::Sha512(HmacSha512::new(SHA384, 48, secret)),
            Algorithm::Hs512 => Mac::Sha512(HmacSha512::new(SHA512, 64, secret)),
        };
        Self { algorithm, secret: secret.to_vec().into(), mac: Box::new(mac) }
    }

    /// Whether `signature` is the MAC of `message` under this key. Takes the same time for every wrong signature of the
    /// right length.
    #[must_use]
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &*self.mac {
            Mac::Sha256(mac) => is_same(&mac.of(message), signature),
            Mac::Sha512(mac) => {
                let (mac, length) = mac.of(message);
                is_same(mac.get(..length).unwrap_or_default(), signature)
            }
        }
    }

    /// The MAC of `message`.
    #[must_use]
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let secret = self.secret.as_slice();
        match self.algorithm {
            Algorithm::Hs256 => Hs256.sign(&Hs256Key::new(secret), message).as_bytes().into_owned(),
            Algorithm::Hs384 => Hs384.sign(&Hs384Key::new(secret), message).as_bytes().into_owned(),
            Algorithm::Hs512 => Hs512.sign(&Hs512Key::new(secret), message).as_bytes().into_owned(),
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
