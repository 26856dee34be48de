//! Issuer, audience, required claims, scope, and the order of the demands.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{Code, Policy, Why, sign};
use serde_json::{Value, json};

use super::fixture::{Gate, NOW, claims};

fn gate(change: impl FnOnce(&mut Policy)) -> Gate {
    Gate::with_one_key().0.policy(change)
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn without_configuration_issuer_and_audience_are_not_looked_at() {
    let gate = gate(|_| ());
    assert_eq!(gate.code_for_claims(&json!({"iss": "anyone", "aud": "anything"})), None);
    assert_eq!(gate.code_for_claims(&json!({})), None);
}

#[test]
fn iss_must_equal_one_of_the_configured_issuers() {
    let gate = gate(|policy| policy.issuers = texts(&["https://a.example", "https://b.example"]));
    assert_eq!(gate.code_for_claims(&json!({"iss": "https://a.example"})), None);
    assert_eq!(gate.code_for_claims(&json!({"iss": "https://b.example"})), None);
    for other in [
        "https://a.example/",
        "https://A.example",
        "https://a.exampl",
        "https://a.example.attacker.example",
        "",
        " https://a.example",
        "https://a.example\u{0}",
        "https://a.example https://b.example",
    ] {
        assert_eq!(gate.code_for_claims(&json!({ "iss": other })), Some(Code::IssuerMismatch), "{other:?}");
    }
}

#[test]
fn a_configured_issuer_makes_iss_required() {
    let gate = gate(|policy| policy.issuers = texts(&["https://a.example"]));
    let refusal = gate.verdict(sign(&gate.ring.keys()[0], None, &claims(&json!({})))).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::ClaimMissing, Why::ClaimAbsent("iss")));
}

#[test]
fn aud_must_contain_one_of_the_configured_audiences() {
    let gate = gate(|policy| policy.audiences = texts(&["api", "web"]));
    for good in [json!("api"), json!("web"), json!(["api"]), json!(["x", "web"]), json!(["", "api", "api"])] {
        assert_eq!(gate.code_for_claims(&json!({ "aud": good })), None, "{good}");
    }
    for bad in [
        json!("ap"),
        json!("API"),
        json!("api "),
        json!("api web"),
        json!(""),
        json!([]),
        json!(["x", "y"]),
        json!(["api web"]),
    ] {
        assert_eq!(gate.code_for_claims(&json!({ "aud": bad })), Some(Code::AudienceMismatch), "{bad}");
    }
}

#[test]
fn a_configured_audience_makes_aud_required() {
    let gate = gate(|policy| policy.audiences = texts(&["api"]));
    let refusal = gate.verdict(sign(&gate.ring.keys()[0], None, &claims(&json!({})))).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::ClaimMissing, Why::ClaimAbsent("aud")));
}

#[test]
fn exp_is_required_by_default() {
    let gate = gate(|_| ());
    let refusal = gate.verdict(sign(&gate.ring.keys()[0], None, &claims(&json!({"exp": null})))).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::ClaimMissing, Why::ClaimAbsent("exp")));
    assert_eq!(gate.code_for_payload("{}"), Some(Code::ClaimMissing));
}

#[test]
fn a_token_without_exp_passes_only_where_nothing_is_required() {
    let gate = gate(|policy| policy.required_claims = Vec::new());
    assert_eq!(gate.code_for_payload("{}"), None);
    assert_eq!(gate.code_for_claims(&json!({"exp": NOW - 600.0})), Some(Code::Expired));
}

#[test]
fn a_required_claim_must_be_there() {
    let gate = gate(|policy| policy.required_claims = texts(&["exp", "tenant", "jti"]));
    assert_eq!(gate.code_for_claims(&json!({"tenant": 5, "jti": "x"})), None);
    for lacking in [json!({"tenant": 5}), json!({"jti": "x"}), json!({}), json!({"Tenant": 5, "jti": "x"})] {
        assert_eq!(gate.code_for_claims(&lacking), Some(Code::ClaimMissing), "{lacking}");
    }
}

#[test]
fn a_required_claim_may_be_spelt_with_escapes() {
    let gate = gate(|policy| policy.required_claims = texts(&["tenant"]));
    assert_eq!(gate.code_for_payload(r#"{"t\u0065nant":1}"#), None);
}

#[test]
fn the_scope_must_hold_everything_that_the_request_needs() {
    for claim in [json!({"scope": "a b c"}), json!({"scp": ["a", "b", "c"]}), json!({"scp": "c b a"})] {
        for (needed, expected) in [
            (&[][..], None),
            (&["a"], None),
            (&["c", "a"], None),
            (&["d"], Some(Code::InsufficientScope)),
            (&["a", "d"], Some(Code::InsufficientScope)),
            (&["A"], Some(Code::InsufficientScope)),
            (&["a b"], Some(Code::InsufficientScope)),
            (&["ab"], Some(Code::InsufficientScope)),
        ] {
            let mut gate = gate(|_| ());
            gate.scope = texts(needed);
            assert_eq!(gate.code_for_claims(&claim), expected, "{claim} {needed:?}");
        }
    }
}

#[test]
fn a_token_without_scope_covers_nothing_that_needs_one() {
    let mut gate = gate(|_| ());
    gate.scope = texts(&["a"]);
    for claim in [json!({}), json!({"scope": ""}), json!({"scp": []}), json!({"scopes": "a"})] {
        assert_eq!(gate.code_for_claims(&claim), Some(Code::InsufficientScope), "{claim}");
    }
}

/// Every demand fails at once; taking away the first failure uncovers the next.
#[test]
fn the_first_demand_that_fails_decides() {
    let mut gate = gate(|policy| {
        policy.issuers = texts(&["us"]);
        policy.audiences = texts(&["api"]);
        policy.max_token_age = Some(60.0);
    });
    gate.scope = texts(&["admin"]);
    let mut wrong = json!({
        "exp": NOW - 600.0, "nbf": NOW + 600.0, "iat": NOW + 600.0, "iss": "them", "aud": "web", "token_use": "refresh", "scope": "",
    });
    let mends: [(&str, Value, Code); 8] = [
        ("exp", json!(NOW + 600.0), Code::Expired),
        ("nbf", json!(NOW), Code::NotYetValid),
        ("iat", json!(NOW - 600.0), Code::IssuedInFuture),
        ("iat", json!(NOW), Code::TokenTooOld),
        ("iss", json!("us"), Code::IssuerMismatch),
        ("aud", json!("api"), Code::AudienceMismatch),
        ("token_use", json!("access"), Code::TypeMismatch),
        ("scope", json!("admin"), Code::InsufficientScope),
    ];
    for (name, mended, code) in mends {
        assert_eq!(gate.code_for_claims(&wrong), Some(code));
        wrong[name] = mended;
    }
    assert_eq!(gate.code_for_claims(&wrong), None);
}

#[test]
fn malformed_claims_are_told_before_any_demand_fails() {
    let gate = gate(|policy| policy.issuers = texts(&["us"]));
    assert_eq!(gate.code_for_claims(&json!({"exp": NOW - 600.0, "aud": 5})), Some(Code::MalformedClaims));
}
