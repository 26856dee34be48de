//! Which keys of a ring a token is tried with.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{Code, MAX_CANDIDATES, UnknownKid, Why};
use serde_json::{Value, json};

use super::fixture::{Gate, NOW, good_token, jwk, jwk_of, jwk_with, key, nameless, renamed};

/// A token of this key that names another one.
fn under_name(jwk: &Value, kid: &str) -> String {
    good_token(&renamed(jwk, kid))
}

fn try_all(gate: Gate) -> Gate {
    gate.policy(|policy| policy.unknown_kid = UnknownKid::TryAll)
}

#[test]
fn a_known_kid_names_its_key() {
    let gate = Gate::of(&[jwk(1), jwk(2), jwk(3)]);
    for seed in 1..=3 {
        assert_eq!(gate.verdict(good_token(&key(&jwk(seed)))).unwrap(), format!("k{seed}"));
    }
}

#[test]
fn with_a_known_kid_no_other_key_is_tried() {
    for gate in [Gate::of(&[jwk(1), jwk(2)]), try_all(Gate::of(&[jwk(1), jwk(2)]))] {
        let refusal = gate.verdict(under_name(&jwk(2), "k1")).unwrap_err();
        assert_eq!((refusal.code, refusal.why), (Code::SignatureMismatch, Why::SignatureOfOtherKey));
        assert_eq!(refusal.key, Some(0));
    }
}

#[test]
fn a_known_kid_with_another_alg_is_final_too() {
    let gate = try_all(Gate::of(&[jwk(1), jwk_of(2, "HS512")]));
    let refusal = gate.verdict(under_name(&jwk_of(2, "HS512"), "k1")).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::AlgorithmNotAllowed, Why::AlgorithmOfOtherKey));
    assert_eq!(refusal.key, Some(0));
}

#[test]
fn without_kid_every_key_of_the_algorithm_is_tried() {
    let gate = Gate::of(&[jwk(1), jwk_of(2, "HS384"), jwk(3), jwk_of(4, "HS512"), jwk(5)]);
    for jwk in [jwk(1), jwk(3), jwk(5), jwk_of(2, "HS384"), jwk_of(4, "HS512")] {
        assert_eq!(gate.verdict(good_token(&nameless(&jwk))).unwrap(), jwk["kid"].as_str().unwrap());
    }
}

#[test]
fn an_unknown_kid_is_rejected_by_default() {
    let gate = Gate::of(&[jwk(1)]);
    let refusal = gate.verdict(under_name(&jwk(1), "elsewhere")).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::KeyNotFound, Why::KidUnknown));
}

#[test]
fn an_unknown_kid_is_passed_over_where_that_is_configured() {
    let gate = try_all(Gate::of(&[jwk(1), jwk(2)]));
    assert_eq!(gate.verdict(under_name(&jwk(2), "elsewhere")).unwrap(), "k2");
    let refusal = gate.verdict(under_name(&jwk(3), "elsewhere")).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::SignatureMismatch, Why::NoKeyMatches { tried: 2 }));
}

#[test]
fn kids_are_compared_exactly() {
    let gate = Gate::of(&[jwk(1)]);
    for kid in ["K1", "k1 ", "k", "k11", "", "k1\u{0}"] {
        assert_eq!(gate.code(under_name(&jwk(1), kid)), Some(Code::KeyNotFound), "{kid:?}");
    }
}

#[test]
fn an_escaped_kid_is_the_same_kid() {
    let gate = Gate::of(&[jwk(1), jwk(2)]);
    let token = super::fixture::token_with_header(&key(&jwk(2)), r#"{"alg":"HS256","kid":"\u006b2"}"#);
    assert_eq!(gate.verdict(token).unwrap(), "k2");
}

#[test]
fn keys_without_a_name_are_found_without_kid_only() {
    let plain = jwk_with(1, &json!({"kid": null}));
    let gate = Gate::of(std::slice::from_ref(&plain));
    assert_eq!(gate.verdict(good_token(&key(&plain))).unwrap(), "-");
    assert_eq!(gate.code(under_name(&plain, "k1")), Some(Code::KeyNotFound));
}

#[test]
fn an_algorithm_that_no_key_carries_is_told_before_an_unknown_kid() {
    let gate = Gate::of(&[jwk(1)]);
    assert_eq!(gate.code(under_name(&jwk_of(2, "HS512"), "elsewhere")), Some(Code::AlgorithmNotAllowed));
}

#[test]
fn the_sixteenth_candidate_is_tried_and_the_seventeenth_is_not() {
    assert_eq!(MAX_CANDIDATES, 16);
    let keys: Vec<Value> = (1..=17).map(jwk).collect();
    let gate = Gate::of(&keys);
    assert_eq!(gate.verdict(good_token(&nameless(&keys[15]))).unwrap(), "k16");
    let refusal = gate.verdict(good_token(&nameless(&keys[16]))).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::SignatureMismatch, Why::NoKeyMatches { tried: 16 }));
    assert_eq!(gate.verdict(good_token(&key(&keys[16]))).unwrap(), "k17", "by its name it is found");
}

#[test]
fn keys_of_other_algorithms_do_not_count_towards_the_sixteen() {
    let mut keys: Vec<Value> = (1..=20).map(|seed| jwk_of(seed, "HS512")).collect();
    keys.extend((21..=36).map(jwk));
    let gate = Gate::of(&keys);
    assert_eq!(gate.verdict(good_token(&nameless(&jwk(36)))).unwrap(), "k36");
}

#[test]
fn active_keys_are_tried_before_those_that_may_not_be_used() {
    // Twenty retired keys stand in front of the one that is in use.
    let mut keys: Vec<Value> = (1..=20).map(|seed| jwk_with(seed, &json!({"exp": NOW - 1.0}))).collect();
    keys.push(jwk(21));
    let gate = Gate::of(&keys);
    assert_eq!(gate.verdict(good_token(&nameless(&jwk(21)))).unwrap(), "k21");
    assert_eq!(gate.code(good_token(&nameless(&jwk(1)))), Some(Code::KeyRetired));
    assert_eq!(gate.code(good_token(&nameless(&jwk(15)))), Some(Code::KeyRetired));
    assert_eq!(gate.code(good_token(&nameless(&jwk(16)))), Some(Code::SignatureMismatch), "the seventeenth");
}

#[test]
fn the_newest_of_two_names_for_one_secret_answers() {
    let older = jwk_with(1, &json!({"kid": "older"}));
    let gate = Gate::of(&[jwk(1), older]);
    assert_eq!(gate.verdict(good_token(&nameless(&jwk(1)))).unwrap(), "k1");
}
