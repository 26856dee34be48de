//! When keys may be used: rotation, retirement, revocation.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{Code, SIGN_UNTIL, Stage, UnknownKid, Why, sign};
use serde_json::{Value, json};

use super::fixture::{Gate, NOW, at, claims, good_token, jwk, jwk_with, key, nameless, renamed};

/// New, previous with an `exp` to come, oldest with an `exp` in the past.
fn three() -> [Value; 3] {
    [jwk(1), jwk_with(2, &json!({"exp": NOW + 3600.0})), jwk_with(3, &json!({"exp": NOW - 1.0}))]
}

/// The verdict for a token that names the key, and for one that does not.
fn both(gate: &Gate, jwk: &Value) -> [Option<Code>; 2] {
    [gate.code(good_token(&key(jwk))), gate.code(good_token(&nameless(jwk)))]
}

#[test]
fn after_a_rotation_new_and_previous_pass_and_the_oldest_is_retired() {
    let gate = Gate::of(&three());
    let [new, previous, oldest] = three();
    assert_eq!(both(&gate, &new), [None, None]);
    assert_eq!(both(&gate, &previous), [None, None]);
    assert_eq!(both(&gate, &oldest), [Some(Code::KeyRetired); 2]);
    assert_eq!(both(&gate, &jwk(4)), [Some(Code::KeyNotFound), Some(Code::SignatureMismatch)]);
}

#[test]
fn after_a_rotation_an_unknown_kid_changes_nothing_where_all_are_tried() {
    let gate = Gate::of(&three()).policy(|policy| policy.unknown_kid = UnknownKid::TryAll);
    for (jwk, expected) in three().iter().zip([None, None, Some(Code::KeyRetired)]) {
        let token = good_token(&renamed(jwk, "elsewhere"));
        assert_eq!(gate.code(token), expected, "{}", jwk["kid"]);
    }
}

#[test]
fn a_retired_key_is_named_in_the_refusal() {
    let gate = Gate::of(&three());
    for token in [good_token(&key(&three()[2])), good_token(&nameless(&three()[2]))] {
        let refusal = gate.verdict(token).unwrap_err();
        assert_eq!((refusal.why, refusal.key), (Why::KeyTooLate, Some(2)));
    }
}

#[test]
fn a_forged_token_that_names_a_retired_key_is_a_mismatch() {
    let gate = Gate::of(&three());
    let forged = good_token(&renamed(&jwk(66), "k3"));
    assert_eq!(gate.code(forged), Some(Code::SignatureMismatch));
}

#[test]
fn a_key_verifies_until_its_exp_and_not_from_then_on() {
    let mut gate = Gate::of(&[jwk_with(1, &json!({"exp": NOW}))]);
    let token = good_token(&key(&jwk(1)));
    for (now, expected) in
        [(NOW - 0.001, None), (NOW, Some(Code::KeyRetired)), (NOW + 30.0, Some(Code::KeyRetired))]
    {
        gate.now = now;
        assert_eq!(gate.code(&token), expected, "{now}");
    }
}

#[test]
fn a_key_is_not_used_before_its_nbf() {
    let jwk = jwk_with(1, &json!({"nbf": NOW}));
    let mut gate = Gate::of(std::slice::from_ref(&jwk));
    for (now, expected) in [(NOW - 0.001, Some(Code::KeyNotActive)), (NOW, None), (NOW + 1.0, None)] {
        gate.now = now;
        assert_eq!(both(&gate, &jwk), [expected; 2], "{now}");
    }
    gate.now = NOW - 1.0;
    assert_eq!(gate.verdict(good_token(&key(&jwk))).unwrap_err().why, Why::KeyTooEarly);
}

#[test]
fn a_revoked_key_is_never_used() {
    for revoked in
        [json!({"revoked_at": NOW - 5.0, "reason": "leaked"}), json!({}), json!({"revoked_at": NOW + 1e6})]
    {
        let jwk = jwk_with(1, &json!({"revoked": revoked}));
        let gate = Gate::of(&[jwk.clone(), super::fixture::jwk(2)]);
        assert_eq!(both(&gate, &jwk), [Some(Code::KeyRevoked); 2], "{revoked}");
        assert_eq!(both(&gate, &super::fixture::jwk(2)), [None, None]);
    }
}

#[test]
fn revoked_weighs_more_than_retired_or_not_yet_active() {
    for times in [json!({"exp": NOW - 1.0}), json!({"nbf": NOW + 1.0}), json!({})] {
        let mut jwk = jwk_with(1, &times);
        jwk["revoked"] = json!({"revoked_at": NOW - 5.0});
        let gate = Gate::of(std::slice::from_ref(&jwk));
        assert_eq!(both(&gate, &jwk), [Some(Code::KeyRevoked); 2], "{times}");
    }
}

#[test]
fn a_secret_that_is_revoked_under_one_name_is_revoked_under_all() {
    let revoked = jwk_with(1, &json!({"kid": "leaked", "revoked": {"revoked_at": NOW - 5.0}}));
    let retired = jwk_with(1, &json!({"kid": "retired", "exp": NOW - 5.0}));
    for keys in [[jwk(1), revoked.clone(), retired.clone()], [retired, revoked, jwk(1)]] {
        let gate = Gate::of(&keys);
        for jwk in &keys {
            assert_eq!(both(&gate, jwk), [Some(Code::KeyRevoked); 2], "{}", jwk["kid"]);
        }
    }
}

#[test]
fn what_a_revoked_key_did_not_sign_is_a_mismatch() {
    let gate = Gate::of(&[jwk_with(1, &json!({"revoked": {}}))]);
    assert_eq!(gate.code(good_token(&renamed(&jwk(2), "k1"))), Some(Code::SignatureMismatch));
    assert_eq!(gate.code(good_token(&nameless(&jwk(2)))), Some(Code::SignatureMismatch));
}

#[test]
fn a_key_that_may_not_be_used_is_told_before_the_claims_are_read() {
    for (change, expected) in [
        (json!({"exp": NOW - 1.0}), Code::KeyRetired),
        (json!({"nbf": NOW + 1.0}), Code::KeyNotActive),
        (json!({"revoked": {}}), Code::KeyRevoked),
    ] {
        let gate = Gate::of(&[jwk_with(1, &change)]);
        for payload in ["not json", r#"{"exp":0}"#] {
            assert_eq!(gate.code(sign(&key(&jwk(1)), None, payload)), Some(expected), "{change}");
        }
    }
}

#[test]
fn after_sign_until_a_key_mints_no_new_sessions() {
    let gate = Gate::of(&[jwk_with(1, &json!({ SIGN_UNTIL: NOW - 100.0 }))]);
    for (iat, expected) in [
        (NOW - 1000.0, None),
        (NOW - 100.0, None),
        (NOW - 70.0, None),
        (NOW - 69.999, Some(Code::KeyRetired)),
        (NOW, Some(Code::KeyRetired)),
    ] {
        assert_eq!(gate.code_for_claims(&json!({ "iat": iat })), expected, "{iat}");
    }
}

#[test]
fn after_sign_until_a_token_must_say_when_it_was_issued() {
    let gate = Gate::of(&[jwk_with(1, &json!({ SIGN_UNTIL: NOW - 100.0 }))]);
    let refusal = gate.verdict(sign(&key(&jwk(1)), None, &claims(&json!({"iat": null})))).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::KeyRetired, Why::SignedAfterSignUntil));
    assert_eq!(refusal.key, Some(0));
}

#[test]
fn sign_until_counts_without_kid_as_well() {
    let gate = Gate::of(&[jwk(2), jwk_with(1, &json!({ SIGN_UNTIL: NOW - 100.0 }))]);
    let minted = sign(&nameless(&jwk(1)), None, &claims(&json!({"iat": NOW - 1.0})));
    let refusal = gate.verdict(minted).unwrap_err();
    assert_eq!((refusal.code, refusal.key), (Code::KeyRetired, Some(1)));
}

#[test]
fn sign_until_in_the_future_is_no_hindrance_yet() {
    let gate = Gate::of(&[jwk_with(1, &json!({ SIGN_UNTIL: NOW + 100.0 }))]);
    assert_eq!(gate.code_for_claims(&json!({"iat": NOW})), None);
}

#[test]
fn the_stage_of_a_key_follows_its_times() {
    let jwk = jwk_with(1, &json!({"nbf": NOW - 10.0, "exp": NOW + 10.0, SIGN_UNTIL: NOW}));
    let key = key(&jwk);
    for (now, stage) in [
        (NOW - 11.0, Stage::NotYetActive),
        (NOW - 10.0, Stage::Active),
        (NOW + 9.0, Stage::Active),
        (NOW + 10.0, Stage::Retired),
    ] {
        assert_eq!(key.lifecycle.stage(at(now)), stage, "{now}");
    }
}

#[test]
fn the_newest_key_that_may_sign_is_found() {
    let gate = Gate::of(&[
        jwk_with(1, &json!({"nbf": NOW + 10.0})),
        jwk_with(2, &json!({"revoked": {}})),
        jwk_with(3, &json!({ SIGN_UNTIL: NOW })),
        jwk_with(4, &json!({ SIGN_UNTIL: NOW + 1.0 })),
        jwk(5),
    ]);
    let newest = |now| gate.ring.newest_signing_key(at(now)).and_then(|key| key.kid.clone());
    assert_eq!(newest(NOW - 1.0).as_deref(), Some("k3"));
    assert_eq!(newest(NOW).as_deref(), Some("k4"));
    assert_eq!(newest(NOW + 1.0).as_deref(), Some("k5"));
    assert_eq!(newest(NOW + 10.0).as_deref(), Some("k1"));
}
