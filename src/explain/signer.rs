//! Who made a signature that the verifier does not accept: every key there is, in every spelling, within a budget.

use crate::jwt::{Algorithm, HmacKey};

use super::context::Context;
use super::keys::{Keys, KnownKey};
use super::known_secrets::is_known;
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
        let mut ordered = Vec::with_capacity(own.len());
        for is_named in [true, false] {
            for key in own {
                if (kid.is_some() && key.kid.as_deref() == kid) == is_named {
                    ordered.push(key);
                }
            }
        }

        for &key in &ordered {
            if carries(key) && self.verifies_under(key) {
                return Some(Signer::Key(key));
            }
        }
        for key in other {
            if self.verifies_under(key) {
                return Some(Signer::OtherRing(key, None));
            }
        }
        for &key in &ordered {
            if !carries(key) && self.verifies_under(key) {
                return Some(Signer::KeyOfOtherAlgorithm(key));
            }
        }
        for &key in &ordered {
            if let Some(public) = &key.public
                && let Some(seen) = self.spelled(&public_key::texts(public))
            {
                return Some(Signer::PublicKey(key, seen));
            }
        }
        if is_known(&mut |secret| self.verifies(secret.as_bytes())) {
            return Some(Signer::Known);
        }
        for &key in &ordered {
            if let Some(seen) = self.verifies_spelled(key) {
                return Some(Signer::Spelled(key, seen));
            }
        }
        for key in other {
            if let Some(seen) = self.verifies_spelled(key) {
                return Some(Signer::OtherRing(key, Some(seen)));
            }
        }
        (self.left == 0).then_some(Signer::NotFoundInTime)
    }

    fn verifies_under(&mut self, key: &KnownKey) -> bool {
        key.secret.as_ref().is_some_and(|secret| self.verifies(secret))
    }

    fn verifies_spelled(&mut self, key: &KnownKey) -> Option<&'static str> {
        self.spelled(&spellings(key.secret.as_ref()?))
    }

    fn spelled(&mut self, spellings: &[Spelling]) -> Option<&'static str> {
        spellings.iter().find(|spelling| self.verifies(&spelling.secret)).map(|spelling| spelling.seen)
    }

    /// Whether the signature is the MAC of the token under this secret. A no when the budget is spent.
    pub(super) fn verifies(&mut self, secret: &[u8]) -> bool {
        let cost =
            |input: Option<&[u8]>| input.map_or(0, |input| input.len() + BYTES_OF_A_KEY + secret.len());
        let [input, respelled] = self.signed.inputs;
        let Some(left) = self.left.checked_sub(cost(input) + cost(respelled)) else {
            self.left = 0;
            return false;
        };
        self.left = left;
        let key = HmacKey::new(self.signed.algorithm, secret);
        let verifies =
            |input: Option<&[u8]>| input.is_some_and(|input| key.verifies(input, self.signed.signature));
        verifies(input) || verifies(respelled)
    }
}

fn known(keys: Option<&Keys>) -> &[KnownKey] {
    keys.map(|keys| keys.known.as_slice()).unwrap_or_default()
}
