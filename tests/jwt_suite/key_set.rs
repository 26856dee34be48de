//! Loading a key set: everything wrong is found, all of it at once, and an error leaves no ring.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{KeyFault, KeySet, SIGN_UNTIL, Severity, Strength};
use serde_json::{Value, json};

use super::fixture::{NOW, faults, jwk, jwk_of, jwk_with, key_set, ring};

fn faults_of_text(text: &str) -> Vec<KeyFault> {
    let set = KeySet::from_json(text, Strength::Enforced);
    assert!(set.ring.is_none(), "{text}");
    set.findings.iter().map(|finding| finding.fault).collect()
}

#[test]
fn a_sound_set_has_no_findings_and_keeps_its_order() {
    let set = key_set(&[jwk(3), jwk_of(1, "HS512"), jwk(2)]);
    assert_eq!(set.findings, []);
    let ring = set.ring.unwrap();
    let kids: Vec<_> = ring.keys().iter().map(|key| key.kid.as_deref().unwrap()).collect();
    assert_eq!(kids, ["k3", "k1", "k2"]);
    assert!(ring.key(3).is_none());
}

#[test]
fn no_text_no_set_no_keys_no_ring() {
    assert!(KeySet::missing().ring.is_none());
    for (text, fault) in [
        ("", KeyFault::Empty),
        (" \n\t", KeyFault::Empty),
        ("secret", KeyFault::NotJson),
        ("{", KeyFault::NotJson),
        (r#"{"keys":[]"#, KeyFault::NotJson),
        (r#"{"keys":[]}{}"#, KeyFault::NotJson),
        ("\u{feff}{\"keys\":[]}", KeyFault::NotJson),
        (r#"{"keys":[],"keys":[]}"#, KeyFault::NotJson),
        (r#"{"keys":[{"kid":"a","kid":"b"}]}"#, KeyFault::NotJson),
        (r#"{"keys":[],"x":{"a":1,"\u0061":1}}"#, KeyFault::NotJson),
        ("[]", KeyFault::NotAKeySet),
        ("null", KeyFault::NotAKeySet),
        (r#""secret""#, KeyFault::NotAKeySet),
        ("{}", KeyFault::NotAKeySet),
        (r#"{"keys":{}}"#, KeyFault::NotAKeySet),
        (r#"{"keys":null}"#, KeyFault::NotAKeySet),
        (r#"{"Keys":[]}"#, KeyFault::NotAKeySet),
        (r#"{"kty":"oct","k":"AAAA"}"#, KeyFault::NotAKeySet),
        (r#"{"keys":[]}"#, KeyFault::NoKeys),
        (r#"{"keys":[1]}"#, KeyFault::KeyNotAnObject),
        (r#"{"keys":["secret"]}"#, KeyFault::KeyNotAnObject),
    ] {
        assert_eq!(faults_of_text(text), [fault], "{text}");
    }
}

#[test]
fn a_set_nested_3000_deep_is_refused() {
    let text = format!(r#"{{"keys":{}{}}}"#, "[".repeat(3000), "]".repeat(3000));
    assert_eq!(faults_of_text(&text), [KeyFault::NotJson]);
}

#[test]
fn required_members_must_be_there_and_be_strings() {
    for name in ["kty", "alg", "k"] {
        assert_eq!(faults(&[jwk_with(1, &json!({ name: null }))]), [KeyFault::MemberMissing(name)]);
        for value in [json!(1), json!(["oct"]), json!({}), json!(true)] {
            assert_eq!(faults(&[jwk_with(1, &json!({ name: value }))]), [KeyFault::MemberMalformed(name)]);
        }
    }
}

#[test]
fn a_key_without_alg_is_refused_though_its_length_would_tell() {
    assert_eq!(faults(&[jwk_with(1, &json!({"alg": null}))]), [KeyFault::MemberMissing("alg")]);
}

#[test]
fn unknown_algorithms_and_key_types_are_refused() {
    for alg in ["none", "hs256", "A256KW", "A256GCM", "dir", ""] {
        assert_eq!(faults(&[jwk_with(1, &json!({ "alg": alg }))]), [KeyFault::AlgorithmUnsupported], "{alg}");
    }
    for kty in ["OCT", "octet", ""] {
        assert_eq!(faults(&[jwk_with(1, &json!({ "kty": kty }))]), [KeyFault::KeyTypeUnsupported], "{kty}");
    }
}

#[test]
fn key_material_must_be_base64url_of_something() {
    for k in [
        "not base64url of anything!!",
        "AAECAwQFBgcICQoLDA0ODw==",
        "AAEC+wQFBgcICQoLDA0ODw",
        "AAECAwQF\nBgcICQ",
        "AAECB",
    ] {
        assert_eq!(faults(&[jwk_with(1, &json!({ "k": k }))]), [KeyFault::MemberMalformed("k")], "{k}");
    }
}

#[test]
fn a_kid_must_be_a_visible_text_that_fits_into_a_header() {
    for kid in [
        json!(1),
        json!(""),
        json!("a\nb"),
        json!("a\u{0}"),
        json!("é"),
        json!("x".repeat(257)),
        json!(["k"]),
    ] {
        assert_eq!(
            faults(&[jwk_with(1, &json!({ "kid": kid }))]),
            [KeyFault::MemberMalformed("kid")],
            "{kid}"
        );
    }
    for kid in ["k", "2025-01", "a b", "~!@#$%^&*()", &"x".repeat(256)] {
        assert_eq!(faults(&[jwk_with(1, &json!({ "kid": kid }))]), [], "{kid}");
    }
}

#[test]
fn a_kid_twice_is_refused() {
    let twin = jwk_with(2, &json!({"kid": "k1"}));
    assert_eq!(faults(&[jwk(1), twin.clone()]), [KeyFault::DuplicateKid]);
    assert_eq!(faults(&[jwk(1), jwk(3), jwk_of(2, "HS512"), twin]), [KeyFault::DuplicateKid]);
}

#[test]
fn a_kid_twice_is_noticed_though_the_first_key_is_faulty_itself() {
    let faulty = jwk_with(1, &json!({"k": null}));
    assert_eq!(faults(&[faulty, jwk(1)]), [KeyFault::MemberMissing("k"), KeyFault::DuplicateKid]);
}

#[test]
fn keys_without_kid_are_no_duplicates() {
    assert_eq!(faults(&[jwk_with(1, &json!({"kid": null})), jwk_with(2, &json!({"kid": null}))]), []);
}

#[test]
fn use_must_be_sig() {
    assert_eq!(faults(&[jwk_with(1, &json!({"use": "sig"}))]), []);
    for purpose in ["enc", "SIG", "sign", ""] {
        assert_eq!(
            faults(&[jwk_with(1, &json!({ "use": purpose }))]),
            [KeyFault::NotForSignatures],
            "{purpose}"
        );
    }
    for malformed in [json!(1), json!(["sig"])] {
        assert_eq!(faults(&[jwk_with(1, &json!({ "use": malformed }))]), [KeyFault::MemberMalformed("use")]);
    }
}

#[test]
fn key_ops_must_hold_verify() {
    for good in [json!(["verify"]), json!(["sign", "verify"]), json!(["verify", "x"])] {
        assert_eq!(faults(&[jwk_with(1, &json!({ "key_ops": good }))]), [], "{good}");
    }
    for bad in [
        json!([]),
        json!(["sign"]),
        json!(["sign, verify"]),
        json!(["Verify"]),
        json!(["encrypt", "decrypt"]),
    ] {
        assert_eq!(faults(&[jwk_with(1, &json!({ "key_ops": bad }))]), [KeyFault::NotForVerifying], "{bad}");
    }
    for malformed in [json!("verify"), json!({}), json!([1]), json!(["verify", null])] {
        let found = faults(&[jwk_with(1, &json!({ "key_ops": malformed }))]);
        assert_eq!(found, [KeyFault::MemberMalformed("key_ops")], "{malformed}");
    }
}

#[test]
fn the_times_of_a_key_must_be_times() {
    for name in ["nbf", "exp", SIGN_UNTIL] {
        assert_eq!(faults(&[jwk_with(1, &json!({ name: NOW + 0.5 }))]), []);
        for value in [
            json!("1800000000"),
            json!(1e15),
            json!(1_800_000_000_000_i64),
            json!(true),
            json!([]),
            json!({}),
        ] {
            let found = faults(&[jwk_with(1, &json!({ name: value }))]);
            assert_eq!(found, [KeyFault::MemberMalformed(name)], "{name} {value}");
        }
        let mut key = jwk(1);
        key[name] = Value::Null;
        assert_eq!(faults(&[key]), [KeyFault::MemberMalformed(name)], "{name} null");
    }
}

#[test]
fn a_key_must_not_end_before_it_begins() {
    assert_eq!(faults(&[jwk_with(1, &json!({"nbf": NOW, "exp": NOW + 1.0}))]), []);
    for exp in [NOW, NOW - 1.0] {
        assert_eq!(faults(&[jwk_with(1, &json!({"nbf": NOW, "exp": exp}))]), [KeyFault::EndsBeforeItBegins]);
    }
}

#[test]
fn revoked_must_be_an_object() {
    for good in [json!({}), json!({"revoked_at": NOW, "reason": "leaked"})] {
        assert_eq!(faults(&[jwk_with(1, &json!({ "revoked": good }))]), []);
    }
    for value in [json!(true), json!(false), json!(NOW), json!("leaked"), json!([])] {
        let found = faults(&[jwk_with(1, &json!({ "revoked": value }))]);
        assert_eq!(found, [KeyFault::MemberMalformed("revoked")], "{value}");
    }
}

#[test]
fn members_that_are_not_ours_are_let_be() {
    assert_eq!(
        faults(&[jwk_with(1, &json!({"x5t": 5, "ext": true, "iat": 1, "edgewarden:note": "hello"}))]),
        []
    );
}

#[test]
fn the_same_secret_twice_is_worth_a_warning() {
    let set = key_set(&[jwk(1), jwk_with(1, &json!({"kid": "again"}))]);
    let found: Vec<_> = set.findings.iter().map(|finding| (finding.fault, finding.key)).collect();
    assert_eq!(found, [(KeyFault::SecretRepeated, Some(1))]);
    assert_eq!(KeyFault::SecretRepeated.severity(), Severity::Warning);
    assert!(set.ring.is_some());
}

#[test]
fn one_faulty_key_closes_the_whole_ring() {
    assert!(key_set(&[jwk(1), jwk(2), jwk_with(3, &json!({"alg": null}))]).ring.is_none());
}

#[test]
fn all_findings_come_at_once() {
    let found = faults(&[
        jwk_with(1, &json!({"alg": null})),
        json!("no key"),
        jwk_with(2, &json!({"use": "enc", "nbf": "soon", "k": "changeme"})),
        jwk(3),
        jwk_with(4, &json!({"kid": "k3", "kty": "RSA"})),
    ]);
    assert_eq!(
        found,
        [
            KeyFault::MemberMissing("alg"),
            KeyFault::KeyNotAnObject,
            KeyFault::NotForSignatures,
            KeyFault::MemberMalformed("nbf"),
            KeyFault::PlaceholderSecret,
            KeyFault::DuplicateKid,
            KeyFault::KeyTypeUnsupported,
        ]
    );
}

#[test]
fn a_set_larger_than_any_rotation_is_refused() {
    let keys: Vec<Value> = (1..=65).map(jwk).collect();
    assert_eq!(faults(&keys), [KeyFault::TooManyKeys]);
    assert_eq!(ring(&keys[..64]).keys().len(), 64);
}

#[test]
fn finding_codes_are_stable() {
    for (fault, code) in [
        (KeyFault::Missing, "missing"),
        (KeyFault::Empty, "empty"),
        (KeyFault::NotJson, "not_json"),
        (KeyFault::NotAKeySet, "not_a_key_set"),
        (KeyFault::NoKeys, "no_keys"),
        (KeyFault::TooManyKeys, "too_many_keys"),
        (KeyFault::KeyNotAnObject, "key_not_an_object"),
        (KeyFault::MemberMissing("alg"), "member_missing"),
        (KeyFault::MemberMalformed("k"), "member_malformed"),
        (KeyFault::KeyTypeUnsupported, "key_type_unsupported"),
        (KeyFault::AlgorithmUnsupported, "algorithm_unsupported"),
        (KeyFault::NotForSignatures, "not_for_signatures"),
        (KeyFault::NotForVerifying, "not_for_verifying"),
        (KeyFault::DuplicateKid, "duplicate_kid"),
        (KeyFault::PlaceholderSecret, "placeholder_secret"),
        (
            KeyFault::SecretTooShort { length: 1, algorithm: edgewarden::jwt::Algorithm::Hs256 },
            "secret_too_short",
        ),
        (KeyFault::WeakWithoutExpiry, "weak_without_expiry"),
        (KeyFault::WeakSecret, "weak_secret"),
        (KeyFault::EndsBeforeItBegins, "ends_before_it_begins"),
        (KeyFault::SecretRepeated, "secret_repeated"),
        (KeyFault::SecretInBothRings, "secret_in_both_rings"),
    ] {
        assert_eq!(fault.code(), code);
        assert!(!fault.to_string().is_empty());
    }
}
