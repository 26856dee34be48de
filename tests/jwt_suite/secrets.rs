//! Secrets: how long they must be, and which everybody knows.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{KeyFault, KeySet, Severity, Strength, WEAK, base64url, is_placeholder};
use serde_json::{Value, json};

use super::fixture::{Gate, NOW, faults, good_token, jwk, jwk_with, key, key_set, nameless, ring, secret};

fn hmac_key(alg: &str, length: usize, extra: &Value) -> Value {
    let mut key = jwk_with(1, &json!({"alg": alg, "k": base64url::encode(&secret(1, length))}));
    key.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    key
}

fn bare(secrets: &[&str]) -> Vec<KeyFault> {
    KeySet::from_secrets(secrets.iter().copied()).findings.iter().map(|finding| finding.fault).collect()
}

#[test]
fn a_secret_must_be_as_long_as_its_hash() {
    for (alg, length) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        for longer in [0, 1, 64, 1000] {
            assert_eq!(faults(&[hmac_key(alg, length + longer, &json!({}))]), [], "{alg}");
        }
        for shorter in [length - 1, length / 2, 5] {
            let found = faults(&[hmac_key(alg, shorter, &json!({}))]);
            assert!(
                matches!(found[..], [KeyFault::SecretTooShort { length, .. }] if length == shorter),
                "{alg}"
            );
        }
    }
}

#[test]
fn a_weak_secret_may_be_carried_over_a_rotation_but_not_kept() {
    let carried = hmac_key("HS256", 20, &json!({ WEAK: true, "exp": NOW + 60.0 }));
    let set = key_set(std::slice::from_ref(&carried));
    assert_eq!(set.findings.iter().map(|finding| finding.fault).collect::<Vec<_>>(), [KeyFault::WeakSecret]);
    assert_eq!(KeyFault::WeakSecret.severity(), Severity::Warning);
    let gate = Gate::of(std::slice::from_ref(&carried));
    assert_eq!(gate.code(good_token(&key(&carried))), None);

    assert_eq!(faults(&[hmac_key("HS256", 20, &json!({ WEAK: true }))]), [KeyFault::WeakWithoutExpiry]);
    for extra in [json!({"exp": NOW + 60.0}), json!({ WEAK: false, "exp": NOW + 60.0 })] {
        let found = faults(&[hmac_key("HS256", 20, &extra)]);
        assert!(matches!(found[..], [KeyFault::SecretTooShort { length: 20, .. }]), "{extra}");
    }
}

#[test]
fn the_weak_mark_must_be_true_or_false() {
    for mark in [json!("true"), json!(1), json!(null), json!({})] {
        let found = faults(&[hmac_key("HS256", 20, &json!({ WEAK: mark, "exp": NOW + 60.0 }))]);
        assert_eq!(found, [KeyFault::MemberMalformed(WEAK)], "{mark}");
    }
}

#[test]
fn a_weak_mark_does_not_excuse_a_placeholder() {
    let k = base64url::encode(b"changeme");
    let marked = jwk_with(1, &json!({"k": k, WEAK: true, "exp": NOW + 60.0}));
    assert_eq!(faults(&[marked]), [KeyFault::PlaceholderSecret]);
}

#[test]
fn placeholders_are_refused_in_every_dress() {
    for text in [
        "secret",
        "SECRET",
        "Secret\n",
        "\"secret\"",
        "changeme",
        "change-me",
        "CHANGE_ME!",
        "your-256-bit-secret",
        "your_512_bit_secret",
        "a-string-secret-at-least-256-bits-long",
        "ACCESS_SECRET",
        "access_secret",
        "REFRESH_SECRET",
        "ACCESS_SECRET_PREVIOUS",
        "REFRESH_SECRET_PREVIOUS",
        "ACCESS_KEYS",
        "REFRESH_KEYS",
        "OPERATOR_TOKEN",
        "ORIGIN",
        "ORIGIN_SERVICE",
        "GATE",
        "SECRET_KEY",
        "JWT_SECRET",
        "password",
        "secretsecretsecretsecretsecretsecret",
        "secret-secret-secret-secret-secret-secret",
        "secret00000000000000000000000000000000",
        "secrettttttttttttttttttttttttttttttttt",
        "passworddddddddddddddddddddddddddddddd",
        "secret!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
        "secret\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        "00000000000000000000000000000000",
        "abcabcabcabcabcabcabcabcabcabcabca",
        "--------------------------------",
        "0123456789abcdef0123456789abcdef",
    ] {
        assert!(is_placeholder(text.as_bytes()), "{text:?}");
        assert_eq!(bare(&[text]), [KeyFault::PlaceholderSecret], "{text:?} as a bare secret");
        let encoded = jwk_with(1, &json!({"k": base64url::encode(text.as_bytes())}));
        assert_eq!(faults(&[encoded]), [KeyFault::PlaceholderSecret], "{text:?} as a key");
        let literal = jwk_with(1, &json!({ "k": text }));
        assert_eq!(faults(&[literal]), [KeyFault::PlaceholderSecret], "{text:?} unencoded");
    }
}

#[test]
fn keys_of_one_byte_over_and_over_are_placeholders() {
    for unit in [&[0_u8][..], &[0xFF], &[0x5A], &[0xDE, 0xAD, 0xBE, 0xEF]] {
        let k: Vec<u8> = unit.iter().copied().cycle().take(64).collect();
        assert_eq!(
            faults(&[jwk_with(1, &json!({"k": base64url::encode(&k)}))]),
            [KeyFault::PlaceholderSecret]
        );
    }
}

#[test]
fn real_secrets_are_no_placeholders() {
    for seed in 0..=255 {
        for length in [32, 48, 64, 256] {
            let secret = secret(seed, length);
            assert!(!is_placeholder(&secret));
            assert!(!is_placeholder(base64url::encode(&secret).as_bytes()));
        }
    }
    for text in ["secretariat of the runners' club, 2031", "correct horse battery staple and then some"] {
        assert!(!is_placeholder(text.as_bytes()), "{text}");
    }
}

#[test]
fn an_empty_secret_is_refused() {
    assert_eq!(bare(&[""]), [KeyFault::PlaceholderSecret]);
    assert_eq!(faults(&[jwk_with(1, &json!({"k": ""}))]), [KeyFault::PlaceholderSecret]);
    let weak = KeySet::from_json(
        &json!({"keys": [jwk_with(1, &json!({"k": ""}))]}).to_string(),
        Strength::AllowWeak,
    );
    assert!(weak.ring.is_none());
}

#[test]
fn published_vectors_may_use_short_and_blank_keys_where_weak_ones_are_allowed() {
    for k in [secret(1, 3), vec![0; 32], vec![0xFF; 64], vec![7; 5]] {
        let text = json!({"keys": [jwk_with(1, &json!({"k": base64url::encode(&k)}))]}).to_string();
        assert!(KeySet::from_json(&text, Strength::Enforced).ring.is_none(), "{k:?}");
        assert!(KeySet::from_json(&text, Strength::AllowWeak).ring.is_some(), "{k:?}");
    }
}

#[test]
fn not_even_where_weak_secrets_are_allowed_does_a_placeholder_pass() {
    for text in ["secret", "changeme", "ACCESS_SECRET", "secretsecretsecretsecretsecretsecretsecret"] {
        let keys =
            json!({"keys": [jwk_with(1, &json!({"k": base64url::encode(text.as_bytes())}))]}).to_string();
        let set = KeySet::from_json(&keys, Strength::AllowWeak);
        assert!(set.ring.is_none(), "{text}");
    }
}

#[test]
fn bare_secrets_make_a_ring_newest_first_without_names() {
    let newer = base64url::encode(&secret(1, 32));
    let older = base64url::encode(&secret(2, 32));
    let set = KeySet::from_secrets([newer.as_str(), older.as_str()]);
    assert_eq!(set.findings, []);
    let ring = set.ring.unwrap();
    assert_eq!(ring.keys().len(), 2);
    let gate = Gate { ring, ..Gate::with_one_key().0 };
    // The text itself is the secret; it is not decoded.
    for text in [&newer, &older] {
        let token = good_token(&nameless(&jwk_with(9, &json!({"k": base64url::encode(text.as_bytes())}))));
        assert_eq!(gate.verdict(token).unwrap(), "-");
    }
    assert!(gate.verdict(good_token(&nameless(&jwk(1)))).is_err());
}

#[test]
fn bare_secrets_are_held_to_the_same_strength() {
    assert!(matches!(bare(&["only-20-bytes-long-x"])[..], [KeyFault::SecretTooShort { length: 20, .. }]));
    let good = base64url::encode(&secret(1, 32));
    assert!(matches!(bare(&[&good, "short"])[..], [KeyFault::SecretTooShort { length: 5, .. }]));
    assert!(KeySet::from_secrets([]).ring.is_none());
}

#[test]
fn one_secret_in_both_rings_is_a_fault_unless_every_copy_has_an_exp() {
    let keeps = jwk(1);
    let ends = jwk_with(1, &json!({"exp": NOW + 60.0}));
    for (access, refresh, shared) in
        [(&keeps, &keeps, true), (&keeps, &ends, true), (&ends, &keeps, true), (&ends, &ends, false)]
    {
        let access = ring(&[jwk(2), access.clone()]);
        let refresh = ring(&[jwk(3), refresh.clone()]);
        let finding = KeySet::shared_secret(&access, &refresh);
        assert_eq!(finding.is_some(), shared);
        if let Some(finding) = finding {
            assert_eq!((finding.fault, finding.key), (KeyFault::SecretInBothRings, Some(1)));
            assert_eq!(finding.fault.severity(), Severity::Error);
        }
    }
    assert_eq!(KeySet::shared_secret(&ring(&[jwk(1)]), &ring(&[jwk(2)])), None);
}

#[test]
fn one_secret_in_both_rings_is_found_under_any_algorithm() {
    let long = base64url::encode(&secret(1, 64));
    let access = ring(&[jwk_with(1, &json!({"k": long}))]);
    let refresh = ring(&[jwk_with(2, &json!({"k": long, "alg": "HS512"}))]);
    assert!(KeySet::shared_secret(&access, &refresh).is_some());
}

#[test]
fn every_copy_of_a_shared_secret_is_looked_at() {
    let ends = jwk_with(1, &json!({"exp": NOW + 60.0}));
    let access = ring(&[ends.clone(), jwk_with(1, &json!({"kid": "copy"}))]);
    assert!(KeySet::shared_secret(&access, &ring(&[ends])).is_some());
}
