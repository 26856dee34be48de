//! What the tests stand on: keys made from numbers, rings made of keys, and a gate to hold tokens against.

use edgewarden::jwt::{
    Code, Key, KeyFault, KeyRing, KeySet, NumericDate, Policy, Refusal, Scratch, Severity, Strength,
    TokenKind, base64url, sign, sign_raw, verify,
};
use serde_json::{Value, json};

/// The time at which tokens are judged, unless a test says otherwise.
pub(crate) const NOW: f64 = 1_800_000_000.0;

pub(crate) fn at(seconds: f64) -> NumericDate {
    NumericDate::from_seconds(seconds).expect("a time in range")
}

/// A secret of `length` bytes that differs for every `seed`.
pub(crate) fn secret(seed: u8, length: usize) -> Vec<u8> {
    let mut state = u32::from(seed).wrapping_mul(0x9E37_79B9) ^ 0x5EED_C0DE;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..length).map(|_| next()).collect()
}

/// An HS256 key as a JWK, `k<seed>` by name.
pub(crate) fn jwk(seed: u8) -> Value {
    json!({"kty": "oct", "alg": "HS256", "kid": format!("k{seed}"), "k": base64url::encode(&secret(seed, 32))})
}

/// The same with these members changed; `null` takes one away.
pub(crate) fn jwk_with(seed: u8, changes: &Value) -> Value {
    let mut key = jwk(seed);
    let members = key.as_object_mut().unwrap();
    for (name, value) in changes.as_object().expect("an object of changes") {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    key
}

/// An HS384 or HS512 key, of the length it needs.
pub(crate) fn jwk_of(seed: u8, alg: &str) -> Value {
    jwk_with(seed, &json!({"alg": alg, "k": base64url::encode(&secret(seed, 64))}))
}

pub(crate) fn key_set(keys: &[Value]) -> KeySet {
    KeySet::from_json(&json!({ "keys": keys }).to_string(), Strength::Enforced)
}

/// The ring of these keys, which must be sound.
pub(crate) fn ring(keys: &[Value]) -> KeyRing {
    let set = key_set(keys);
    set.ring.unwrap_or_else(|| panic!("a sound ring, not {:?}", set.findings))
}

/// What closes the gate, of these keys.
pub(crate) fn faults(keys: &[Value]) -> Vec<KeyFault> {
    let set = key_set(keys);
    let faults: Vec<_> = set
        .findings
        .iter()
        .map(|finding| finding.fault)
        .filter(|fault| fault.severity() == Severity::Error)
        .collect();
    assert_eq!(set.ring.is_none(), !faults.is_empty(), "an error closes the ring, and nothing else does");
    faults
}

/// The key of this JWK, out of a ring of its own, without regard to the ring that a test verifies against.
pub(crate) fn key(jwk: &Value) -> Key {
    ring(std::slice::from_ref(jwk)).keys()[0].clone()
}

/// The same without its name, so that its tokens have no `kid`.
pub(crate) fn nameless(jwk: &Value) -> Key {
    let mut key = key(jwk);
    key.kid = None;
    key
}

/// The same under another name.
pub(crate) fn renamed(jwk: &Value, kid: &str) -> Key {
    let mut key = key(jwk);
    key.kid = Some(kid.into());
    key
}

/// Claims that pass the default policy, with these changes; `null` takes one away.
pub(crate) fn claims(changes: &Value) -> String {
    let mut claims = json!({"sub": "runner-7", "iat": NOW - 60.0, "exp": NOW + 600.0});
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().expect("an object of changes") {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    claims.to_string()
}

/// A token that passes, under this key.
pub(crate) fn good_token(key: &Key) -> String {
    sign(key, None, &claims(&json!({})))
}

/// A token with this header, as JSON text, and claims that would pass.
pub(crate) fn token_with_header(key: &Key, header: &str) -> String {
    sign_raw(key, header.as_bytes(), claims(&json!({})).as_bytes())
}

/// A token with this payload, whatever it is, and a header that would pass.
pub(crate) fn token_with_payload(key: &Key, payload: &[u8]) -> String {
    sign_raw(key, br#"{"alg":"HS256"}"#, payload)
}

/// A verifier: what tokens are held against.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) ring: KeyRing,
    pub(crate) policy: Policy,
    pub(crate) kind: TokenKind,
    pub(crate) scope: Vec<String>,
    pub(crate) now: f64,
}

impl Gate {
    /// One that has these keys and the default policy.
    pub(crate) fn of(keys: &[Value]) -> Self {
        Self {
            ring: ring(keys),
            policy: Policy::default(),
            kind: TokenKind::Access,
            scope: Vec::new(),
            now: NOW,
        }
    }

    /// One that has the key `k1`, and that key.
    pub(crate) fn with_one_key() -> (Self, Key) {
        (Self::of(&[jwk(1)]), key(&jwk(1)))
    }

    pub(crate) fn policy(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        change(&mut self.policy);
        self
    }

    /// The `kid` of the key that made the token's signature (`-` for none), or why it was refused.
    pub(crate) fn verdict(&self, token: impl AsRef<[u8]>) -> Result<String, Refusal> {
        self.verdict_with(token, &mut Scratch::default())
    }

    /// The same with what is kept from one token to the next.
    pub(crate) fn verdict_with(
        &self,
        token: impl AsRef<[u8]>,
        scratch: &mut Scratch,
    ) -> Result<String, Refusal> {
        verify(token.as_ref(), &self.ring, &self.policy, self.kind, &self.scope, at(self.now), scratch)
            .map(|accepted| accepted.key.kid.as_deref().unwrap_or("-").to_owned())
    }

    /// The code alone, `None` for a token that passed.
    pub(crate) fn code(&self, token: impl AsRef<[u8]>) -> Option<Code> {
        self.verdict(token).err().map(|refusal| refusal.code)
    }

    /// The code for a token of these claims under the ring's first key.
    pub(crate) fn code_for_claims(&self, changes: &Value) -> Option<Code> {
        self.code(sign(&self.ring.keys()[0], None, &claims(changes)))
    }

    /// The code for a token of this payload, as text, under the ring's first key.
    pub(crate) fn code_for_payload(&self, payload: &str) -> Option<Code> {
        self.code(sign(&self.ring.keys()[0], None, payload))
    }
}
