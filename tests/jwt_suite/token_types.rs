//! Access, refresh and other tokens are told apart by `typ` and by what a claim says they are.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{AllowedType, Code, TokenKind, Why, sign};
use serde_json::json;

use super::fixture::{Gate, claims};

fn gate(kind: TokenKind) -> Gate {
    Gate { kind, ..Gate::with_one_key().0 }
}

fn for_typ(kind: TokenKind, typ: Option<&str>) -> Option<Code> {
    let gate = gate(kind);
    gate.code(sign(&gate.ring.keys()[0], typ, &claims(&json!({}))))
}

#[test]
fn access_tokens_are_at_jwt_or_jwt_or_untyped_by_default() {
    for typ in [None, Some("JWT"), Some("jwt"), Some("at+jwt"), Some("AT+JWT"), Some("At+Jwt")] {
        assert_eq!(for_typ(TokenKind::Access, typ), None, "{typ:?}");
    }
    for typ in [
        "rt+jwt",
        "refresh+jwt",
        "id+jwt",
        "secevent+jwt",
        "logout+jwt",
        "dpop+jwt",
        "JOSE",
        "",
        " jwt",
        "jwt ",
    ] {
        assert_eq!(for_typ(TokenKind::Access, Some(typ)), Some(Code::TypeMismatch), "{typ:?}");
    }
}

#[test]
fn an_access_token_does_not_pass_for_a_refresh_token() {
    assert_eq!(for_typ(TokenKind::Refresh, Some("at+jwt")), Some(Code::TypeMismatch));
    for typ in [None, Some("JWT"), Some("rt+jwt"), Some("application/rt+jwt")] {
        assert_eq!(for_typ(TokenKind::Refresh, typ), None, "{typ:?}");
    }
}

#[test]
fn the_application_prefix_may_be_there_in_any_case() {
    for typ in ["application/at+jwt", "Application/AT+JWT", "APPLICATION/jwt"] {
        assert_eq!(for_typ(TokenKind::Access, Some(typ)), None, "{typ}");
    }
    for typ in [
        "application/",
        "application/application/jwt",
        "applicationjwt",
        "text/jwt",
        "x-application/jwt",
        "applicatioñ/jwt",
    ] {
        assert_eq!(for_typ(TokenKind::Access, Some(typ)), Some(Code::TypeMismatch), "{typ}");
    }
}

#[test]
fn allowed_types_are_configurable() {
    let types = |names: &[&str]| names.iter().map(|name| AllowedType::from_name(name)).collect::<Vec<_>>();
    let gate =
        Gate::with_one_key().0.policy(|policy| policy.access_types = types(&["application/Special+JWT"]));
    let key = gate.ring.keys()[0].clone();
    for typ in ["special+jwt", "application/special+jwt", "SPECIAL+JWT"] {
        assert_eq!(gate.code(sign(&key, Some(typ), &claims(&json!({})))), None, "{typ}");
    }
    for typ in [None, Some("JWT"), Some("at+jwt"), Some("absent")] {
        let refusal = gate.verdict(sign(&key, typ, &claims(&json!({})))).unwrap_err();
        assert_eq!((refusal.code, refusal.why), (Code::TypeMismatch, Why::HeaderType), "{typ:?}");
    }
    let gate = gate.policy(|policy| policy.access_types = types(&["absent"]));
    assert_eq!(gate.code(sign(&key, None, &claims(&json!({})))), None);
    assert_eq!(gate.code(sign(&key, Some("JWT"), &claims(&json!({})))), Some(Code::TypeMismatch));
    assert_eq!(gate.code(sign(&key, Some("absent"), &claims(&json!({})))), Some(Code::TypeMismatch));
}

#[test]
fn a_claim_that_names_another_kind_is_a_mismatch() {
    for claim in ["token_use", "type", "token_type"] {
        for other in
            ["refresh", "refresh_token", "Refresh", "REFRESH_TOKEN", "rt", "rt+jwt", "id", "id_token", "ID"]
        {
            let code = gate(TokenKind::Access).code_for_claims(&json!({ claim: other }));
            assert_eq!(code, Some(Code::TypeMismatch), "{claim} {other}");
        }
        for other in ["access", "access_token", "Access", "at", "at+jwt", "id", "id_token"] {
            let code = gate(TokenKind::Refresh).code_for_claims(&json!({ claim: other }));
            assert_eq!(code, Some(Code::TypeMismatch), "{claim} {other}");
        }
    }
}

#[test]
fn a_kind_is_recognised_however_its_words_are_joined() {
    for other in ["refreshToken", "refresh-token", "Refresh Token", "REFRESHTOKEN", "idToken", "id-token"] {
        let code = gate(TokenKind::Access).code_for_claims(&json!({ "type": other }));
        assert_eq!(code, Some(Code::TypeMismatch), "{other}");
    }
    for other in ["accessToken", "access-token", "Access Token"] {
        let code = gate(TokenKind::Refresh).code_for_claims(&json!({ "token_use": other }));
        assert_eq!(code, Some(Code::TypeMismatch), "{other}");
    }
}

#[test]
fn the_fault_names_the_claim_that_said_so() {
    for name in ["token_use", "type", "token_type"] {
        let gate = gate(TokenKind::Access);
        let token = sign(&gate.ring.keys()[0], None, &claims(&json!({ name: "refresh" })));
        assert_eq!(gate.verdict(token).unwrap_err().why, Why::Claim(name));
    }
}

#[test]
fn a_claim_that_names_the_same_kind_or_no_kind_passes() {
    for claim in ["token_use", "type", "token_type"] {
        for same in [
            "access",
            "access_token",
            "ACCESS",
            "Bearer",
            "bearer",
            "user",
            "",
            "at+jwt",
            "refreshments",
            "identity",
        ] {
            assert_eq!(
                gate(TokenKind::Access).code_for_claims(&json!({ claim: same })),
                None,
                "{claim} {same}"
            );
        }
        for same in ["refresh", "refresh_token", "rt", "Bearer"] {
            assert_eq!(
                gate(TokenKind::Refresh).code_for_claims(&json!({ claim: same })),
                None,
                "{claim} {same}"
            );
        }
        for unrelated in [json!(1), json!(["refresh"]), json!({"refresh": true}), json!(true)] {
            assert_eq!(
                gate(TokenKind::Access).code_for_claims(&json!({ claim: unrelated })),
                None,
                "{claim}"
            );
        }
    }
}

#[test]
fn one_claim_that_names_another_kind_outweighs_two_that_do_not() {
    let mixed = json!({"token_use": "access", "type": "Bearer", "token_type": "refresh"});
    assert_eq!(gate(TokenKind::Access).code_for_claims(&mixed), Some(Code::TypeMismatch));
}

#[test]
fn an_escaped_type_is_the_same_type() {
    let (gate, key) = Gate::with_one_key();
    let payload = claims(&json!({"exp": super::fixture::NOW + 600.0}));
    let with_typ = |typ: &str| {
        edgewarden::jwt::sign_raw(
            &key,
            format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#).as_bytes(),
            payload.as_bytes(),
        )
    };
    assert_eq!(gate.code(with_typ(r"\u004aWT")), None);
    assert_eq!(gate.code(with_typ(r"application\/at+jwt")), None);
    assert_eq!(gate.code(with_typ(r"rt\u002bjwt")), Some(Code::TypeMismatch));
}
