//! HMAC secrets and the one thing that is done with them.

use core::fmt;

use jwt_compact::alg::{Hs256, Hs256Key, Hs384, Hs384Key, Hs512, Hs512Key};
use jwt_compact::{Algorithm as _, AlgorithmSignature};
use subtle::ConstantTimeEq;

use super::algorithm::Algorithm;

/// A secret bound to its algorithm. Zeroed when dropped, never shown.
#[derive(Clone)]
pub(crate) enum HmacKey {
    /// For HS256.
    Hs256(Hs256Key),
    /// For HS384.
    Hs384(Hs384Key),
    /// For HS512.
    Hs512(Hs512Key),
}

impl HmacKey {
    /// Binds `secret` to `algorithm`. Its strength is the key ring's concern.
    #[must_use]
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Self {
        match algorithm {
            Algorithm::Hs256 => Self::Hs256(Hs256Key::new(secret)),
            Algorithm::Hs384 => Self::Hs384(Hs384Key::new(secret)),
            Algorithm::Hs512 => Self::Hs512(Hs512Key::new(secret)),
        }
    }

    /// Whether `signature` is the MAC of `message` under this key. Takes the same time for every wrong signature of the
    /// right length.
    #[must_use]
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Hs256(key) => verify_with(&Hs256, key, message, signature),
            Self::Hs384(key) => verify_with(&Hs384, key, message, signature),
            Self::Hs512(key) => verify_with(&Hs512, key, message, signature),
        }
    }

    /// The MAC of `message`.
    #[must_use]
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Hs256(key) => Hs256.sign(key, message).as_bytes().into_owned(),
            Self::Hs384(key) => Hs384.sign(key, message).as_bytes().into_owned(),
            Self::Hs512(key) => Hs512.sign(key, message).as_bytes().into_owned(),
        }
    }

    /// Whether both hold the same secret, for whatever algorithm.
    #[must_use]
    pub(crate) fn same_secret(&self, other: &Self) -> bool {
        self.secret().ct_eq(other.secret()).into()
    }

    fn secret(&self) -> &[u8] {
        match self {
            Self::Hs256(key) => key.as_ref(),
            Self::Hs384(key) => key.as_ref(),
            Self::Hs512(key) => key.as_ref(),
        }
    }
}

fn verify_with<A: jwt_compact::Algorithm>(
    algorithm: &A,
    key: &A::VerifyingKey,
    message: &[u8],
    signature: &[u8],
) -> bool {
    // `try_from_slice` demands the exact length (and would panic on another).
    let length_fits = A::Signature::LENGTH.is_some_and(|length| length.get() == signature.len());
    length_fits
        && A::Signature::try_from_slice(signature)
            .is_ok_and(|signature| algorithm.verify_signature(&signature, key, message))
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(…)")
    }
}
