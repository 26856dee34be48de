//! Key rings from JWK Sets (RFC 7517 §5), validated as a whole.

use super::algorithm::Algorithm;
use super::base64url;
use super::hmac_key::HmacKey;
use super::json::{JsonFault, Object, Value, elements};
use super::key::{Key, Lifecycle, Material};
use super::key_finding::{KeyFault, KeyFinding, Severity};
use super::key_ring::KeyRing;
use super::placeholder::{is_placeholder, is_well_known};
use super::time::NumericDate;

/// More than a ring ever needs (a token is tried with sixteen), and a bound on what loading one may cost.
const MAX_KEYS: usize = 64;

/// The private member that marks a legacy secret shorter than its hash.
pub const WEAK: &str = "edgewarden:weak";
/// The private member that says until when the issuer signed with a key.
pub const SIGN_UNTIL: &str = "edgewarden:sign_until";

/// A key set that has been read: its ring, unless a finding forbids it, and all findings.
#[derive(Debug, Clone)]
pub struct KeySet {
    /// The ring, when no finding is an error.
    pub ring: Option<KeyRing>,
    /// Everything noticed, in the order of the keys.
    pub findings: Vec<KeyFinding>,
}

/// How strictly secrets are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strength {
    /// As RFC 7518 §3.2 has it.
    #[default]
    Enforced,
    /// Short secrets and blank ones pass: for published test vectors only. Those that everybody knows still do not.
    AllowWeak,
}

impl Strength {
    fn refuses(self, secret: &[u8]) -> bool {
        match self {
            Self::Enforced => is_placeholder(secret),
            Self::AllowWeak => is_well_known(secret),
        }
    }
}

impl KeySet {
    /// Reads a JWK Set.
    #[must_use]
    pub fn from_json(json: &str, strength: Strength) -> Self {
        if json.trim_ascii().is_empty() {
            return Self::failed(KeyFault::Empty);
        }
        let set = match Object::parse_unique_deep(json.as_bytes()) {
            Ok(set) => set,
            Err(JsonFault::NotAnObject) => return Self::failed(KeyFault::NotAKeySet),
            Err(_) => return Self::failed(KeyFault::NotJson),
        };
        let Some(Value::Array(entries)) = set.get("keys") else {
            return Self::failed(KeyFault::NotAKeySet);
        };
        match elements(entries).take(MAX_KEYS + 1).count() {
            0 => return Self::failed(KeyFault::NoKeys),
            1..=MAX_KEYS => {}
            _ => return Self::failed(KeyFault::TooManyKeys),
        }
        let mut reading = Reading::new(strength);
        for (index, entry) in elements(entries).enumerate() {
            reading.entry(index, entry);
        }
        reading.finish()
    }

    /// A ring of bare HS256 secrets, newest first, as an existing `.env` has them.
    #[must_use]
    pub fn from_secrets<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut reading = Reading::new(Strength::Enforced);
        for (index, secret) in secrets.into_iter().enumerate() {
            let entry = Entry { index, kid: None };
            reading.secret(&entry, secret.as_bytes(), Algorithm::Hs256, &Lifecycle::default(), false);
        }
        reading.finish()
    }

    /// There is no key set at all.
    #[must_use]
    pub fn missing() -> Self {
        Self::failed(KeyFault::Missing)
    }

    fn failed(fault: KeyFault) -> Self {
        Self { ring: None, findings: vec![KeyFinding::of_set(fault)] }
    }

    /// Whether some secret is in both rings without every copy having an `exp`. A refresh token would then pass for an
    /// access token, were it not for its type.
    #[must_use]
    pub fn shared_secret(access: &KeyRing, refresh: &KeyRing) -> Option<KeyFinding> {
        let shared = access.keys().iter().enumerate().find(|(_, a)| {
            refresh
                .keys()
                .iter()
                .any(|r| a.same_secret(r) && (a.lifecycle.expires.is_none() || r.lifecycle.expires.is_none()))
        });
        shared.map(|(index, key)| KeyFinding {
            fault: KeyFault::SecretInBothRings,
            key: Some(index),
            kid: key.kid.clone(),
        })
    }
}

struct Reading {
    strength: Strength,
    keys: Vec<Key>,
    /// Those of faulty keys, too.
    kids: Vec<Box<str>>,
    findings: Vec<KeyFinding>,
}

struct Entry {
    index: usize,
    kid: Option<Box<str>>,
}

impl Reading {
    fn new(strength: Strength) -> Self {
        Self { strength, keys: Vec::new(), kids: Vec::new(), findings: Vec::new() }
    }

    fn report(&mut self, entry: &Entry, fault: KeyFault) {
        self.findings.push(KeyFinding { fault, key: Some(entry.index), kid: entry.kid.clone() });
    }

    fn entry(&mut self, index: usize, value: Value<'_>) {
        let mut entry = Entry { index, kid: None };
        let Some(jwk) = &value.as_object() else {
            return self.report(&entry, KeyFault::KeyNotAnObject);
        };
        match jwk.get("kid").map(|kid| kid.as_str().map(|kid| kid.decoded())) {
            None => {}
            Some(Some(kid)) if is_header_safe(&kid) => {
                entry.kid = Some((*kid).into());
                if self.kids.iter().any(|other| **other == *kid) {
                    self.report(&entry, KeyFault::DuplicateKid);
                }
                self.kids.push((*kid).into());
            }
            Some(_) => self.report(&entry, KeyFault::MemberMalformed("kid")),
        }
        self.check_purpose(&entry, jwk);
        let lifecycle = self.lifecycle(&entry, jwk);

        match jwk.get("kty") {
            None => return self.report(&entry, KeyFault::MemberMissing("kty")),
            Some(Value::String(kty)) if kty.is("oct") => {}
            Some(Value::String(_)) => return self.report(&entry, KeyFault::KeyTypeUnsupported),
            Some(_) => return self.report(&entry, KeyFault::MemberMalformed("kty")),
        }
        let algorithm = match jwk.get("alg") {
            None => return self.report(&entry, KeyFault::MemberMissing("alg")),
            Some(Value::String(alg)) => match Algorithm::from_name(&alg.decoded()) {
                Some(algorithm) => algorithm,
                None => return self.report(&entry, KeyFault::AlgorithmUnsupported),
            },
            Some(_) => return self.report(&entry, KeyFault::MemberMalformed("alg")),
        };
        let weak = match jwk.get(WEAK) {
            None => false,
            Some(Value::Bool(weak)) => weak,
            Some(_) => return self.report(&entry, KeyFault::MemberMalformed(WEAK)),
        };
        match jwk.get("k").map(|k| k.as_str().map(|k| k.decoded())) {
            None => self.report(&entry, KeyFault::MemberMissing("k")),
            Some(Some(k)) if self.strength.refuses(k.as_bytes()) => {
                self.report(&entry, KeyFault::PlaceholderSecret);
            }
            Some(Some(k)) => match base64url::decode(k.as_bytes()) {
                Ok(secret) => self.secret(&entry, &secret, algorithm, &lifecycle, weak),
                Err(_) => self.report(&entry, KeyFault::MemberMalformed("k")),
            },
            Some(_) => self.report(&entry, KeyFault::MemberMalformed("k")),
        }
    }

    fn check_purpose(&mut self, entry: &Entry, jwk: &Object<'_>) {
        match jwk.get("use") {
            None => {}
            Some(Value::String(purpose)) if purpose.is("sig") => {}
            Some(Value::String(_)) => self.report(entry, KeyFault::NotForSignatures),
            Some(_) => self.report(entry, KeyFault::MemberMalformed("use")),
        }
        match jwk.get("key_ops") {
            None => {}
            Some(Value::Array(operations)) if elements(operations).any(|it| it.as_str().is_none()) => {
                self.report(entry, KeyFault::MemberMalformed("key_ops"));
            }
            Some(Value::Array(operations)) if elements(operations).any(|it| is_verify(&it)) => {}
            Some(Value::Array(_)) => self.report(entry, KeyFault::NotForVerifying),
            Some(_) => self.report(entry, KeyFault::MemberMalformed("key_ops")),
        }
    }

    fn lifecycle(&mut self, entry: &Entry, jwk: &Object<'_>) -> Lifecycle {
        let mut time = |name: &'static str| match jwk.get(name) {
            None => None,
            Some(value) => {
                let time = value.as_f64().and_then(NumericDate::from_seconds);
                if time.is_none() {
                    self.report(entry, KeyFault::MemberMalformed(name));
                }
                time
            }
        };
        let lifecycle = Lifecycle {
            not_before: time("nbf"),
            sign_until: time(SIGN_UNTIL),
            expires: time("exp"),
            // Fail closed: whatever stands there but `false` and `null` was meant to revoke.
            revoked: !matches!(jwk.get("revoked"), None | Some(Value::Null | Value::Bool(false))),
        };
        if !matches!(jwk.get("revoked"), None | Some(Value::Object(_))) {
            self.report(entry, KeyFault::MemberMalformed("revoked"));
        }
        if let (Some(begins), Some(ends)) = (lifecycle.not_before, lifecycle.expires)
            && ends <= begins
        {
            self.report(entry, KeyFault::EndsBeforeItBegins);
        }
        lifecycle
    }

    fn secret(
        &mut self,
        entry: &Entry,
        secret: &[u8],
        algorithm: Algorithm,
        lifecycle: &Lifecycle,
        weak: bool,
    ) {
        if secret.is_empty() || self.strength.refuses(secret) {
            self.report(entry, KeyFault::PlaceholderSecret);
            return;
        }
        if weak && lifecycle.expires.is_none() {
            self.report(entry, KeyFault::WeakWithoutExpiry);
        }
        if secret.len() < algorithm.hash_length() && self.strength == Strength::Enforced {
            let fault = if weak {
                KeyFault::WeakSecret
            } else {
                KeyFault::SecretTooShort { length: secret.len(), algorithm }
            };
            self.report(entry, fault);
        }
        let key = Key {
            kid: entry.kid.clone(),
            algorithm,
            lifecycle: lifecycle.clone(),
            material: Material::Hmac(HmacKey::new(algorithm, secret)),
        };
        if self.keys.iter().any(|other| other.same_secret(&key)) {
            self.report(entry, KeyFault::SecretRepeated);
        }
        self.keys.push(key);
    }

    fn finish(mut self) -> KeySet {
        self.revoke_every_copy();
        let Self { keys, findings, .. } = self;
        let sound = findings.iter().all(|finding| finding.fault.severity() < Severity::Error);
        KeySet { ring: (sound && !keys.is_empty()).then(|| KeyRing::new(keys)), findings }
    }

    /// Who revokes a secret means the secret, not one of the names that it stands under.
    fn revoke_every_copy(&mut self) {
        for index in 0..self.keys.len() {
            let revoked =
                |key: &Key| self.keys.iter().any(|other| other.lifecycle.revoked && other.same_secret(key));
            if self.keys.get(index).is_some_and(revoked)
                && let Some(key) = self.keys.get_mut(index)
            {
                key.lifecycle.revoked = true;
            }
        }
    }
}

fn is_verify(operation: &Value<'_>) -> bool {
    operation.as_str().is_some_and(|operation| operation.is("verify"))
}

/// A `kid` goes into a response header and into logs: visible ASCII, not empty, not long.
fn is_header_safe(kid: &str) -> bool {
    !kid.is_empty() && kid.len() <= 256 && kid.bytes().all(|byte| (0x20..0x7F).contains(&byte))
}
