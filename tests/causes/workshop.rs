//! Keys from numbers, tokens from keys, and cases from tokens.

use edgewarden::jwt::base64url;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

/// The time at which everything is explained, unless a case says otherwise.
pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 86_400;

/// A token, what it is explained by, and what the cause is.
pub(crate) struct Case {
    pub(crate) cause: &'static str,
    pub(crate) name: &'static str,
    pub(crate) token: Vec<u8>,
    pub(crate) context: Value,
}

pub(crate) fn case(cause: &'static str, name: &'static str, token: impl Into<Vec<u8>>) -> Case {
    Case { cause, name, token: token.into(), context: context() }
}

impl Case {
    /// The same with these members of the context; `null` takes one away.
    pub(crate) fn with(mut self, changes: &Value) -> Self {
        change(&mut self.context, changes);
        self
    }

    /// The same with these members of the policy.
    pub(crate) fn policy(mut self, changes: &Value) -> Self {
        change(&mut self.context["policy"], changes);
        self
    }

    /// The same where a refresh token is needed.
    pub(crate) fn refresh(self) -> Self {
        self.with(&json!({"kind": "refresh"}))
    }

    /// The same with nothing to hold the token against.
    pub(crate) fn alone(mut self) -> Self {
        self.context = json!({});
        self
    }
}

/// As text, its members in the order of their names: the order in which `serde_json` keeps them depends on who is built along.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members = members.iter().map(|(name, value)| format!("{}:{}", json!(name), text(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(text).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

fn change(object: &mut Value, changes: &Value) {
    let members = object.as_object_mut().unwrap();
    for (name, value) in changes.as_object().expect("an object of changes") {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
}

/// 64 bytes that differ for every `seed`.
pub(crate) fn secret(seed: u8) -> [u8; 64] {
    let mut state = u32::from(seed).wrapping_mul(0x9E37_79B9) ^ 0x0BAD_5EED;
    core::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[2]
    })
}

/// A secret that is a text, as people make them.
pub(crate) fn text_secret(seed: u8) -> String {
    base64url::encode(&secret(seed)[..33])
}

/// The secrets of the rings of [`context`], by `kid`.
pub(crate) const ACTIVE: u8 = 1;
pub(crate) const SECOND: u8 = 2;
pub(crate) const RETIRED: u8 = 3;
pub(crate) const FUTURE: u8 = 4;
pub(crate) const REVOKED: u8 = 5;
pub(crate) const LONG: u8 = 6;
pub(crate) const REFRESH: u8 = 11;
/// Of nobody.
pub(crate) const STRANGER: u8 = 99;

pub(crate) fn jwk(kid: &str, secret: &[u8]) -> Value {
    json!({"kty": "oct", "alg": "HS256", "kid": kid, "k": base64url::encode(secret)})
}

pub(crate) fn jwk_with(kid: &str, secret: &[u8], changes: &Value) -> Value {
    let mut key = jwk(kid, secret);
    change(&mut key, changes);
    key
}

pub(crate) fn set(keys: &[Value]) -> Value {
    json!({ "keys": keys })
}

pub(crate) fn access_keys() -> Value {
    set(&[
        jwk("active", &secret(ACTIVE)[..32]),
        jwk("second", &secret(SECOND)[..32]),
        jwk_with(
            "retired",
            &secret(RETIRED)[..32],
            &json!({"edgewarden:sign_until": NOW - DAY, "exp": NOW - HOUR}),
        ),
        jwk_with("future", &secret(FUTURE)[..32], &json!({"nbf": NOW + DAY})),
        jwk_with(
            "revoked",
            &secret(REVOKED)[..32],
            &json!({"revoked": {"revoked_at": NOW - HOUR, "reason": "leaked"}}),
        ),
        jwk_with("long", &secret(LONG), &json!({"alg": "HS512"})),
    ])
}

pub(crate) fn refresh_keys() -> Value {
    set(&[jwk("renewal", &secret(REFRESH)[..32])])
}

pub(crate) fn context() -> Value {
    json!({
        "access_keys": access_keys(),
        "refresh_keys": refresh_keys(),
        "policy": {"issuer": "https://issuer.example", "audience": "api"},
        "now": NOW,
    })
}

/// Claims that pass, with these changes; `null` takes one away.
pub(crate) fn claims(changes: &Value) -> String {
    let mut claims = json!({
        "iss": "https://issuer.example", "aud": "api", "sub": "runner-7", "iat": NOW - MINUTE, "exp": NOW + 10 * MINUTE,
    });
    change(&mut claims, changes);
    text(&claims)
}

/// A token of this header and these claims, as texts, under any secret whatever.
pub(crate) fn signed(secret: &[u8], header: &str, payload: &str) -> String {
    let input = [base64url::encode(header.as_bytes()), base64url::encode(payload.as_bytes())].join(".");
    let signature = if header.contains("\"HS512\"") {
        mac::<Hmac<Sha512>>(secret, &input)
    } else if header.contains("\"HS384\"") {
        mac::<Hmac<Sha384>>(secret, &input)
    } else {
        mac::<Hmac<Sha256>>(secret, &input)
    };
    [input, base64url::encode(&signature)].join(".")
}

pub(crate) fn mac<M: Mac + hmac::digest::KeyInit>(secret: &[u8], input: &str) -> Vec<u8> {
    let mut mac = <M as Mac>::new_from_slice(secret).unwrap();
    mac.update(input.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hs256(kid: &str) -> String {
    text(&json!({"alg": "HS256", "typ": "JWT", "kid": kid}))
}

/// A token under the active key, with these changes to its claims.
pub(crate) fn token(changes: &Value) -> String {
    signed(&secret(ACTIVE)[..32], &hs256("active"), &claims(changes))
}

/// A token that passes.
pub(crate) fn good() -> String {
    token(&json!({}))
}

/// A refresh token that passes.
pub(crate) fn good_refresh(changes: &Value) -> String {
    let header = text(&json!({"alg": "HS256", "typ": "rt+jwt", "kid": "renewal"}));
    let mut all = json!({"exp": NOW + 30 * DAY});
    all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    signed(&secret(REFRESH)[..32], &header, &claims(&all))
}
