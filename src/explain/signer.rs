//! Who made a signature that the verifier does not accept: every key there is, in every spelling, within a budget.

use crate::jwt::{Algorithm, HmacKey};

use super::context::Context;
use super::keys::{Keys, KnownKey};
use super::known_secrets::known_secrets;
use super::public_key;
use super::spellings::{Spelling, spellings};

/// Who made the signature.
#[derive(Clone, Copy)]
pub(super) enum Signer<'c> {
    /// A key of the ring, as it is.
    Key(&'c KnownKey),
    /// A key of the ring, which is for another algorithm.
    KeyOfOtherAlgorithm(&'c KnownKey),
    /// A key of the other ring, and its spelling, if it is another one.
    OtherRing(&'c KnownKey, Option<&'static str>),
    /// A key of the ring, spelled differently.
    Spelled(&'c KnownKey, &'static str),
    /// The text of a public key.
    PublicKey(&'c KnownKey, &'static str),
    /// A string that everybody knows.
    Known,
    /// The budget was spent before everything had been tried.
    NotFoundInTime,
}

/// What a signature is over, and the signature.
pub(super) struct Signed<'t> {
    pub(super) algorithm: Algorithm,
    /// The signing input, and another spelling of it that the issuer may have signed.
    pub(super) inputs: [Option<&'t [u8]>; 2],
    pub(super) signature: &'t [u8],
}

/// How many bytes may be hashed for one token: some milliseconds.
const MOST_BYTES: usize = 3 << 20;
/// What a MAC costs beyond its message, in bytes: the padded secret, twice, and the key made from it.
const BYTES_OF_A_KEY: usize = 512;

pub(super) struct Search<'t> {
    signed: &'t Signed<'t>,
    left: usize,
}

impl<'t> Search<'t> {
    pub(super) fn new(signed: &'t Signed<'t>) -> Self {
        Self { signed, left: MOST_BYTES }
    }

    /// Looks for the signer: likely ones first, and whole keys before spellings.
    pub(super) fn signer<'c>(&mut self, context: &'c Context, kid: Option<&str>) -> Option<Signer<'c>> {
        let own = known(context.own_keys());
        let other = known(context.other_keys());
        let name = self.signed.algorithm.name();
        // A key without an `alg` carries every one, until its set is mended.
        let carries = |key: &KnownKey| key.alg.as_deref().is_none_or(|alg| alg == name);

        // The key that the token names comes first, whatever is tried.
        let is_named = |key: &&KnownKey| kid.is_some() && key.kid.as_deref() == kid;
        let (mut own, others): (Vec<&KnownKey>, Vec<_>) = own.iter().partition(is_named);
        own.extend(others);

        let as_it_is = |search: &mut Self, key: &KnownKey| {
            key.secret.as_ref().is_some_and(|secret| search.verifies(secret))
        };
        if let Some(key) = own.iter().find(|key| carries(key) && as_it_is(self, key)) {
            return Some(Signer::Key(key));
        }
        if let Some(key) = other.iter().find(|key| as_it_is(self, key)) {
            return Some(Signer::OtherRing(key, None));
        }
        if let Some(key) = own.iter().find(|key| !carries(key) && as_it_is(self, key)) {
            return Some(Signer::KeyOfOtherAlgorithm(key));
        }
        for key in &own {
            let texts = key.public.as_ref().map(public_key::texts).unwrap_or_default();
            if let Some(seen) = self.spelled(texts) {
                return Some(Signer::PublicKey(key, seen));
            }
        }
        if known_secrets().any(|secret| self.verifies(secret.as_bytes())) {
            return Some(Signer::Known);
        }
        let mut spelled = |key: &KnownKey| self.spelled(key.secret.as_deref().map(spellings)?);
        for key in own {
            if let Some(seen) = spelled(key) {
                return Some(Signer::Spelled(key, seen));
            }
        }
        for key in other {
            if let Some(seen) = spelled(key) {
                return Some(Signer::OtherRing(key, Some(seen)));
            }
        }
        (self.left == 0).then_some(Signer::NotFoundInTime)
    }

    fn spelled(&mut self, spellings: Vec<Spelling>) -> Option<&'static str> {
        spellings.into_iter().find(|spelling| self.verifies(&spelling.secret)).map(|spelling| spelling.seen)
    }

    /// Whether the signature is the MAC of the token under this secret. A no when the budget is spent.
    pub(super) fn verifies(&mut self, secret: &[u8]) -> bool {
        let inputs = self.signed.inputs.into_iter().flatten();
        let cost: usize = inputs.clone().map(|input| input.len() + BYTES_OF_A_KEY + secret.len()).sum();
        let Some(left) = self.left.checked_sub(cost) else {
            self.left = 0;
            return false;
        };
        self.left = left;
        let key = HmacKey::new(self.signed.algorithm, secret);
        inputs.into_iter().any(|input| key.verifies(input, self.signed.signature))
    }
}

fn known(keys: Option<&Keys>) -> &[KnownKey] {
    keys.map(|keys| keys.known.as_slice()).unwrap_or_default()
}
