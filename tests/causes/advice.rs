//! What a person is told at night: who acts, what the client does next, and words that are true.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::explain::{Cause, Diagnosis, Finding, Level, Outcome, Party};
use edgewarden::jwt::{Action, Code, base64url};
use serde_json::{Value, json};

use super::corpus::{cases, report};
use super::workshop::*;

/// The cause of a token, once it has been seen to be the expected one.
fn cause(expected: &str, token: impl Into<Vec<u8>>, changes: &Value) -> Finding {
    let report = report(&case("advice", "advice", token).with(changes));
    assert_eq!(report.cause.cause.as_str(), expected, "{}", report.cause.fix);
    report.cause
}

fn by(seed: u8, kid: &str, changes: &Value) -> String {
    signed(&secret(seed)[..32], &hs256(kid), &claims(changes))
}

#[test]
fn no_refresh_token_is_told_to_be_refreshed() {
    for case in cases() {
        let (cause, name) = (case.cause, case.name);
        for finding in report(&case.refresh()).findings {
            assert_ne!(finding.action, Action::Refresh, "{cause}, {name}: {}", finding.fix);
            assert!(!finding.fix.contains("Refresh once"), "{cause}, {name}: {}", finding.fix);
        }
    }
}

#[test]
fn who_passes_goes_on() {
    // What closes the gate, or should, is no matter of one token.
    let of_the_gate = |cause| {
        [Cause::Verdict(Code::ConfigurationInvalid), Cause::Diagnosis(Diagnosis::KeyTypeConfusion)]
            .contains(&cause)
    };
    for case in cases() {
        let report = report(&case);
        if report.verdict.as_ref().is_some_and(|verdict| verdict.code.is_none())
            && !of_the_gate(report.cause.cause)
        {
            assert_eq!(report.cause.action, Action::None, "{}, {}", case.cause, case.name);
        }
    }
}

#[test]
fn what_failed_has_been_checked() {
    for case in cases() {
        let report = report(&case);
        for rung in report.checks.iter().filter(|rung| rung.outcome == Outcome::Failed) {
            let name = rung.check.as_str();
            assert!(!report.not_checked.contains(&name), "{}, {}: {name}", case.cause, case.name);
        }
    }
}

#[test]
fn a_wrong_token_that_passes_is_the_verifiers_matter_too() {
    let passing = cause("refresh_token_used_as_access", token(&json!({"typ": "Refresh"})), &json!({}));
    assert_eq!(passing.level, Level::Warning);
    assert!(passing.fix.contains("It passes all the same"), "{}", passing.fix);
    let refused = cause("refresh_token_used_as_access", token(&json!({"type": "refresh"})), &json!({}));
    assert!(!refused.fix.contains("It passes"), "{}", refused.fix);
}

#[test]
fn a_token_that_the_verifier_outruns_when_it_is_new_is_not_refreshed() {
    let fresh = json!({"iat": NOW - 5, "exp": NOW + 10 * MINUTE});
    let skew = cause("clock_skew", token(&fresh), &json!({"server_now": NOW + HOUR}));
    assert_eq!((skew.party, skew.action), (Party::Operator, Action::Stop), "{}", skew.fix);
    assert!(
        skew.summary.contains("3600 s apart: the verifier's clock is most likely ahead"),
        "{}",
        skew.summary
    );
    // An older one is more likely the client's fault.
    let older = json!({"iat": NOW - 5 * MINUTE, "exp": NOW + 10 * MINUTE});
    let skew = cause("clock_skew", token(&older), &json!({"server_now": NOW + HOUR}));
    assert_eq!((skew.party, skew.action), (Party::Client, Action::Refresh), "{}", skew.fix);
}

#[test]
fn waiting_is_not_advised_where_it_cannot_help() {
    let never = cause("not_yet_valid", token(&json!({"nbf": NOW + DAY})), &json!({}));
    assert_eq!((never.party, never.action), (Party::Issuer, Action::Stop), "{}", never.fix);
    assert!(never.fix.contains("expires before"), "{}", never.fix);

    let too_late = cause("signed_with_future_key", by(FUTURE, "future", &json!({})), &json!({}));
    assert_eq!(too_late.action, Action::Stop, "{}", too_late.fix);
    let in_time = by(FUTURE, "future", &json!({"exp": NOW + 2 * DAY}));
    assert_eq!(cause("signed_with_future_key", in_time, &json!({})).action, Action::Retry);
}

#[test]
fn another_name_is_not_advised_for_a_key_that_is_out_of_use() {
    let fix = cause("wrong_kid", by(RETIRED, "2024-05", &json!({})), &json!({})).fix;
    assert!(fix.contains("not in use") && !fix.contains("try_all"), "{fix}");
    let fix = cause("wrong_kid", by(ACTIVE, "2024-05", &json!({})), &json!({})).fix;
    assert!(fix.contains("try_all"), "{fix}");
}

#[test]
fn only_what_was_tried_is_said_to_have_been_tried() {
    let stranger = signed(&secret(STRANGER), &hs256("active"), &claims(&json!({})));
    let fix = cause("signature_mismatch", stranger, &json!({})).fix;
    assert!(!fix.contains("as far as"), "{fix}");

    // Sixty-four keys and a long token are more than is tried.
    let keys: Vec<Value> = (100..164).map(|seed| jwk(&format!("key-{seed}"), &secret(seed)[..32])).collect();
    let long = claims(&json!({"note": "x".repeat(5000)}));
    let stranger = signed(&secret(STRANGER), &hs256("key-100"), &long);
    let fix = cause("signature_mismatch", stranger, &json!({"access_keys": set(&keys)})).fix;
    assert!(fix.contains("as far as the time for it went"), "{fix}");
}

#[test]
fn the_spelling_of_the_other_rings_secret_is_named() {
    let text = base64url::encode(&secret(REFRESH)[..32]);
    let token = signed(text.as_bytes(), &hs256("active"), &claims(&json!({})));
    let fix = cause("signed_with_other_ring", token, &json!({})).fix;
    assert!(fix.contains("`renewal`") && fix.contains("base64url text of the secret"), "{fix}");
}

#[test]
fn a_mac_of_unknown_origin_is_not_called_forged() {
    let key = json!({"kty": "RSA", "alg": "RS256", "kid": "rsa", "n": base64url::encode(&[0xC1; 256]), "e": "AQAB"});
    let token = by(STRANGER, "rsa", &json!({}));
    let fix = cause("key_type_confusion", token, &json!({"access_keys": set(&[key])})).fix;
    assert!(fix.contains("or the issuer signs with a secret"), "{fix}");
}

#[test]
fn seconds_are_not_said_twice() {
    let skew = cause("clock_skew", token(&json!({"iat": NOW + 45, "exp": NOW + HOUR})), &json!({}));
    assert!(skew.fix.contains("ahead by 45 s at least"), "{}", skew.fix);
}

#[test]
fn a_refresh_token_that_lives_too_long_is_not_spoken_of_as_an_access_token() {
    let long = good_refresh(&json!({"exp": NOW + 3650 * DAY}));
    let fix = cause("lifetime_too_long", long, &json!({"kind": "refresh"})).fix;
    assert!(!fix.contains("access token"), "{fix}");
}
