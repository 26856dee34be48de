//! The keys of one kind: the ring, as the verifier reads it, and every key for itself, so that there is something to look for
//! even in a set that is of no use.

use crate::jwt::json::{Object, Value, elements};
use crate::jwt::{KeyFinding, KeyRing, KeySet, NumericDate, Strength, base64url};

use super::inspection::numeric_date;
use super::spelled::Said;

/// As many as a ring may have.
const MAX_KEYS: usize = 64;

pub(super) struct Keys {
    /// When no finding forbids it.
    pub(super) ring: Option<KeyRing>,
    pub(super) findings: Vec<KeyFinding>,
    /// Every key that can be read at all, sound or not, in the order of the set.
    pub(super) known: Vec<KnownKey>,
}

/// A key, as it stands in its set.
#[derive(Default)]
pub(super) struct KnownKey {
    pub(super) kid: Option<String>,
    pub(super) kty: Option<String>,
    pub(super) alg: Option<String>,
    /// The secret of a symmetric key.
    pub(super) secret: Option<Vec<u8>>,
    /// Whether `k` is no base64url: then it is taken for the secret itself, set by somebody who did not know.
    pub(super) is_bare_text: bool,
    /// Of an asymmetric key, all of which is public: the JWK itself, and its members by name.
    pub(super) public: Option<PublicKey>,
    pub(super) revoked_at: Option<NumericDate>,
}

#[derive(Default)]
pub(super) struct PublicKey {
    pub(super) jwk: String,
    pub(super) curve: Option<String>,
    /// `n`, `e`, `x`, `y`, as written.
    pub(super) numbers: [Option<String>; 4],
}

impl Keys {
    pub(super) fn from_json(json: &str) -> Self {
        let KeySet { ring, findings } = KeySet::from_json(json, Strength::Enforced);
        let known = Object::parse(json.as_bytes()).ok().map(|set| known_keys(&set)).unwrap_or_default();
        Self { ring, findings, known }
    }

    pub(super) fn from_secrets(secrets: &[&str]) -> Self {
        let KeySet { ring, findings } = KeySet::from_secrets(secrets.iter().copied());
        let known = secrets
            .iter()
            .map(|secret| KnownKey {
                kty: Some("oct".to_owned()),
                alg: Some("HS256".to_owned()),
                secret: Some(secret.as_bytes().to_vec()),
                ..KnownKey::default()
            })
            .collect();
        Self { ring, findings, known }
    }

    pub(super) fn named(&self, kid: &str) -> Option<&KnownKey> {
        self.known.iter().find(|key| key.kid.as_deref() == Some(kid))
    }
}

impl KnownKey {
    pub(super) fn is_symmetric(&self) -> bool {
        self.kty.as_deref() == Some("oct")
    }

    /// How it is called in texts.
    pub(super) fn name(&self) -> Said<'_> {
        Said::Key(self.kid.as_deref())
    }
}

fn known_keys(set: &Object<'_>) -> Vec<KnownKey> {
    let mut known = Vec::new();
    let Some(Value::Array(keys)) = set.get("keys") else { return known };
    for element in elements(keys).take(MAX_KEYS) {
        if let Value::Object(json) = element
            && let Ok(jwk) = Object::parse(json.as_bytes())
        {
            known.push(known_key(json, &jwk));
        }
    }
    known
}

fn known_key(json: &str, jwk: &Object<'_>) -> KnownKey {
    let text = |name: &str| jwk.get(name)?.as_str().map(|text| text.decoded().into_owned());
    let kty = text("kty");
    let symmetric = kty.as_deref() == Some("oct");
    let revoked_at =
        jwk.get("revoked").and_then(|revoked| numeric_date(revoked.as_object()?.get("revoked_at")?));
    let secret = text("k").filter(|_| symmetric);
    KnownKey {
        kid: text("kid"),
        alg: text("alg"),
        is_bare_text: secret.as_ref().is_some_and(|k| base64url::decode(k.as_bytes()).is_err()),
        secret: secret.map(|k| base64url::decode(k.as_bytes()).unwrap_or_else(|_| k.into_bytes())),
        public: (!symmetric).then(|| PublicKey {
            jwk: json.to_owned(),
            curve: text("crv"),
            numbers: [text("n"), text("e"), text("x"), text("y")],
        }),
        kty,
        revoked_at,
    }
}
