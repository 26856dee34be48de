//! HMAC secrets and the one thing that is done with them.
//!
//! Algorithms, keys and signatures are jwt-compact's. Beside each key stands a MAC that the secret has gone into already:
//! jwt-compact would hash the padded secret anew for every token, which is two of the nine blocks of a typical one.

use core::fmt;

use hmac::{Hmac, Mac};
use jwt_compact::alg::{Hs256, Hs256Key, Hs256Signature, Hs384, Hs384Key, Hs384Signature};
use jwt_compact::alg::{Hs512, Hs512Key, Hs512Signature};
use jwt_compact::{Algorithm as _, AlgorithmSignature};
use sha2::{Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

use super::algorithm::Algorithm;

/// A secret bound to its algorithm. Zeroed when dropped, never shown.
#[derive(Clone)]
pub(crate) enum HmacKey {
    /// For HS256.
    Hs256(Hs256Key, Keyed<Hmac<Sha256>>),
    /// For HS384.
    Hs384(Hs384Key, Keyed<Hmac<Sha384>>),
    /// For HS512.
    Hs512(Hs512Key, Keyed<Hmac<Sha512>>),
}

/// A MAC of nothing yet, with the secret in it. There always is one: HMAC takes secrets of every length.
type Keyed<M> = Option<Box<M>>;

impl HmacKey {
    /// Binds `secret` to `algorithm`. Its strength is the key ring's concern.
    #[must_use]
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Self {
        match algorithm {
            Algorithm::Hs256 => Self::Hs256(Hs256Key::new(secret), keyed(Hmac::new_from_slice(secret))),
            Algorithm::Hs384 => Self::Hs384(Hs384Key::new(secret), keyed(Hmac::new_from_slice(secret))),
            Algorithm::Hs512 => Self::Hs512(Hs512Key::new(secret), keyed(Hmac::new_from_slice(secret))),
        }
    }

    /// Whether `signature` is the MAC of `message` under this key. Takes the same time for every wrong signature of the
    /// right length.
    #[must_use]
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Hs256(_, keyed) => is_mac::<_, Hs256Signature>(keyed.as_deref(), message, signature),
            Self::Hs384(_, keyed) => is_mac::<_, Hs384Signature>(keyed.as_deref(), message, signature),
            Self::Hs512(_, keyed) => is_mac::<_, Hs512Signature>(keyed.as_deref(), message, signature),
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

fn keyed<M, E>(mac: Result<M, E>) -> Keyed<M> {
    mac.ok().map(Box::new)
}

fn is_mac<M: Mac + Clone, S: AlgorithmSignature + PartialEq>(
    keyed: Option<&M>,
    message: &[u8],
    signature: &[u8],
) -> bool {
    // `try_from_slice` demands the exact length (and would panic on another).
    let length_fits = S::LENGTH.is_some_and(|length| length.get() == signature.len());
    let (true, Some(keyed)) = (length_fits, keyed) else { return false };
    let mac = keyed.clone().chain_update(message).finalize().into_bytes();
    // Signatures of jwt-compact compare in constant time.
    match (S::try_from_slice(&mac), S::try_from_slice(signature)) {
        (Ok(computed), Ok(presented)) => computed == presented,
        _ => false,
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(…)")
    }
}
