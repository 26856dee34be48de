//! One key of a ring, with its life cycle.

use super::algorithm::Algorithm;
use super::hmac_key::HmacKey;
use super::time::NumericDate;

/// A key that tokens may be verified with.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its name (RFC 7517 §4.5), unique in its ring.
    pub kid: Option<Box<str>>,
    /// The one algorithm it is for.
    pub algorithm: Algorithm,
    /// When it may be used.
    pub lifecycle: Lifecycle,
    pub(crate) material: Material,
}

/// What a signature is checked with, and by whom.
///
/// HMAC is computed here, at once. Asymmetric signatures belong to the platform's WebCrypto, which answers later: such
/// a key gets a variant of its own, and [`Unverified::authenticate`](super::Unverified::authenticate) its asynchronous
/// sibling; everything before and after the signature stays as it is.
#[derive(Debug, Clone)]
pub(crate) enum Material {
    Hmac(HmacKey),
}

/// The times between which a key may be used. All optional: a key without any is in use.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    /// Not used before (`nbf`).
    pub not_before: Option<NumericDate>,
    /// The issuer stopped signing with it then (`edgewarden:sign_until`).
    pub sign_until: Option<NumericDate>,
    /// Not used to verify from then on (`exp`).
    pub expires: Option<NumericDate>,
    /// Never used, and a token that verifies under it is an incident (`revoked`).
    pub revoked: bool,
}

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Tokens verify under it.
    Active,
    /// Its `nbf` has not come.
    NotYetActive,
    /// Its `exp` has passed.
    Retired,
    /// It has been revoked.
    Revoked,
}

impl Lifecycle {
    /// Where the key stands at this time. The leeway is for clocks that tokens were issued by; a key's own times are the
    /// verifier's, and exact.
    #[must_use]
    pub fn stage(&self, now: NumericDate) -> Stage {
        if self.revoked {
            Stage::Revoked
        } else if self.expires.is_some_and(|expires| now >= expires) {
            Stage::Retired
        } else if self.not_before.is_some_and(|not_before| now < not_before) {
            Stage::NotYetActive
        } else {
            Stage::Active
        }
    }
}

impl Key {
    /// Whether this key made the signature. Says nothing about its stage.
    #[must_use]
    pub(crate) fn verifies(&self, signing_input: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Hmac(key) => key.verifies(signing_input, signature),
        }
    }

    /// The signature of `signing_input` under this key.
    #[must_use]
    pub(crate) fn sign(&self, signing_input: &[u8]) -> Vec<u8> {
        match &self.material {
            Material::Hmac(key) => key.sign(signing_input),
        }
    }

    /// Whether both hold the same secret.
    #[must_use]
    pub(crate) fn same_secret(&self, other: &Self) -> bool {
        match (&self.material, &other.material) {
            (Material::Hmac(a), Material::Hmac(b)) => a.same_secret(b),
        }
    }
}
