//! The types that registered claims must have, and how they are read.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{Audience, Claims, Code, Scope, Scratch, TokenKind, Why, sign, verify};
use serde_json::{Value, json};

use super::fixture::{Gate, NOW, at, claims};

/// What `read` makes of the claims of an accepted token.
fn read<T>(changes: &Value, read: impl FnOnce(&Claims<'_>) -> T) -> T {
    let (gate, key) = Gate::with_one_key();
    let token = sign(&key, None, &claims(changes));
    let mut scratch = Scratch::default();
    let accepted =
        verify(token.as_bytes(), &gate.ring, &gate.policy, TokenKind::Access, &[], at(NOW), &mut scratch)
            .unwrap();
    read(&accepted.claims)
}

fn scopes(claims: &Claims<'_>) -> Vec<String> {
    let mut all = Vec::new();
    claims.scope.for_each(|one| all.push(one.to_owned()));
    all
}

#[test]
fn accepted_claims_are_what_the_token_says() {
    let changes =
        json!({"iss": "https://issuer.example", "sub": "s", "aud": "a", "jti": "j", "nbf": 5, "iat": 6.5});
    read(&changes, |claims| {
        assert!(claims.issuer.unwrap().is("https://issuer.example"));
        assert!(claims.subject.unwrap().is("s"));
        assert!(claims.audience.contains("a"));
        assert!(claims.id.unwrap().is("j"));
        assert_eq!(claims.not_before, Some(at(5.0)));
        assert_eq!(claims.issued_at, Some(at(6.5)));
        assert_eq!(claims.expires, Some(at(NOW + 600.0)));
        assert!(claims.has("aud") && claims.has("exp") && !claims.has("scope"));
    });
}

#[test]
fn text_claims_must_be_strings() {
    let (gate, _) = Gate::with_one_key();
    for name in ["iss", "sub", "jti"] {
        for value in [json!(1), json!(true), json!(["a"]), json!({"a": 1})] {
            let code = gate.code_for_claims(&json!({ name: value }));
            assert_eq!(code, Some(Code::MalformedClaims), "{name} {value}");
        }
        let payload = format!(r#"{{"exp":{},"{name}":null}}"#, NOW + 600.0);
        assert_eq!(gate.code_for_payload(&payload), Some(Code::MalformedClaims), "{name} null");
    }
}

#[test]
fn aud_is_a_string_or_an_array_of_strings() {
    let (gate, _) = Gate::with_one_key();
    for good in [json!("a"), json!(""), json!(["a"]), json!(["a", "b"]), json!([])] {
        assert_eq!(gate.code_for_claims(&json!({ "aud": good })), None, "{good}");
    }
    for bad in
        ["null", "1", "true", "{}", r#"{"a":"a"}"#, "[1]", r#"["a",null]"#, r#"["a",["a"]]"#, r#"["a",{}]"#]
    {
        let payload = format!(r#"{{"exp":{},"aud":{bad}}}"#, NOW + 600.0);
        assert_eq!(gate.code_for_payload(&payload), Some(Code::MalformedClaims), "{bad}");
    }
}

#[test]
fn scope_and_scp_are_a_string_or_an_array_of_strings() {
    let (gate, _) = Gate::with_one_key();
    for name in ["scope", "scp"] {
        for good in [json!("a b"), json!(""), json!(["a", "b"]), json!([])] {
            assert_eq!(gate.code_for_claims(&json!({ name: good })), None, "{name} {good}");
        }
        for bad in ["null", "1", "{}", "[1]", r#"["a",null]"#] {
            let payload = format!(r#"{{"exp":{},"{name}":{bad}}}"#, NOW + 600.0);
            assert_eq!(gate.code_for_payload(&payload), Some(Code::MalformedClaims), "{name} {bad}");
        }
    }
}

#[test]
fn the_fault_names_the_claim() {
    let (gate, key) = Gate::with_one_key();
    for name in ["iss", "sub", "jti", "aud", "exp", "nbf", "iat", "scope", "scp"] {
        let refusal =
            gate.verdict(sign(&key, None, &claims(&json!({ name: {"no": "such type"} })))).unwrap_err();
        assert_eq!((refusal.code, refusal.why), (Code::MalformedClaims, Why::ClaimType(name)));
    }
}

#[test]
fn escapes_in_a_claim_are_resolved_before_it_is_compared() {
    let (gate, key) = Gate::with_one_key();
    let gate = gate.policy(|policy| policy.audiences = vec!["a/b\"c\\\u{1F600}".to_owned()]);
    let payload = format!(r#"{{"exp":{},"aud":["x","a\/b\"c\\\ud83d\ude00"]}}"#, NOW + 600.0);
    assert_eq!(gate.code(sign(&key, None, &payload)), None);
}

#[test]
fn every_escape_stands_for_its_character() {
    let payload = format!(
        r#"{{"exp":{},"sub":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\uDE00\u0000é€😀"}}"#,
        NOW + 600.0
    );
    let (gate, key) = Gate::with_one_key();
    let token = sign(&key, None, &payload);
    let mut scratch = Scratch::default();
    let accepted =
        verify(token.as_bytes(), &gate.ring, &gate.policy, TokenKind::Access, &[], at(NOW), &mut scratch)
            .unwrap();
    assert_eq!(accepted.claims.subject.unwrap().decoded(), "\"\\/\u{8}\u{c}\n\r\tAé€😀\0é€😀",);
}

#[test]
fn scope_is_cut_at_spaces_and_scp_at_its_elements() {
    assert_eq!(read(&json!({"scope": "a b  c"}), scopes), ["a", "b", "c"]);
    assert_eq!(read(&json!({"scope": ""}), scopes), [""; 0]);
    assert_eq!(read(&json!({"scp": ["a", "b"]}), scopes), ["a", "b"]);
    assert_eq!(read(&json!({"scp": "a b"}), scopes), ["a", "b"]);
    assert_eq!(read(&json!({"scope": ["a", "b"]}), scopes), ["a", "b"]);
    assert_eq!(read(&json!({}), scopes), [""; 0]);
}

#[test]
fn scope_wins_over_scp_in_either_order() {
    for payload in [
        format!(r#"{{"exp":{},"scope":"a","scp":["b"]}}"#, NOW + 600.0),
        format!(r#"{{"exp":{},"scp":["b"],"scope":"a"}}"#, NOW + 600.0),
    ] {
        let mut gate = Gate::with_one_key().0;
        gate.scope = vec!["a".to_owned()];
        assert_eq!(gate.code_for_payload(&payload), None);
        gate.scope = vec!["b".to_owned()];
        assert_eq!(gate.code_for_payload(&payload), Some(Code::InsufficientScope));
    }
}

#[test]
fn audience_and_scope_are_empty_by_default() {
    assert!(!Audience::default().contains(""));
    assert!(!Scope::default().contains(""));
}
