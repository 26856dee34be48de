//! No token, secret or claim value in a text that may end in a log.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::collections::HashSet;

use edgewarden::jwt::{Code, KeySet, SIGN_UNTIL, Strength, UnknownKid, base64url, sign, sign_raw};
use serde_json::json;

use super::fixture::{Gate, NOW, claims, jwk, jwk_of, jwk_with, key, nameless};

/// Stands in every value that a token or a key may bring, and must stand in no text about them.
const MARKER: &str = "XYZZY";

fn assert_discreet(text: &str, about: &str) {
    assert!(!text.contains(MARKER), "{about}: {text}");
    assert!(!text.contains(&base64url::encode(MARKER.as_bytes())[..6]), "{about}: {text}");
}

/// Tokens full of marked values, refused for every reason the core knows.
fn refused() -> Vec<(Gate, String)> {
    let gate = Gate::of(&[
        jwk(1),
        jwk_with(2, &json!({"exp": NOW - 1.0})),
        jwk_with(3, &json!({"nbf": NOW + 1.0})),
        jwk_with(4, &json!({"revoked": {"reason": "leaked"}})),
        jwk_with(5, &json!({ SIGN_UNTIL: NOW - 1000.0 })),
    ])
    .policy(|policy| {
        policy.issuers = vec!["issuer".to_owned()];
        policy.audiences = vec!["audience".to_owned()];
        policy.max_token_age = Some(3600.0);
    });
    let mut gate = gate;
    gate.scope = vec!["admin".to_owned()];
    let good = json!({"sub": MARKER, "jti": MARKER, "iss": "issuer", "aud": ["audience", MARKER], "scope": "admin", MARKER: MARKER});
    let with = |changes: serde_json::Value| {
        let mut all = good.clone();
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        claims(&all)
    };
    let k1 = key(&jwk(1));
    let marked_header = |header: &str| sign_raw(&k1, header.as_bytes(), with(json!({})).as_bytes());
    let mut cases: Vec<String> = vec![
        format!("{MARKER}.{MARKER}"),
        format!("{MARKER}..{MARKER}"),
        format!("{MARKER}.a.b.c.{MARKER}"),
        format!("{MARKER}!.a.b"),
        format!("{MARKER}{}", "x".repeat(9000)),
        marked_header(&format!(r#"{{"alg":"{MARKER}"}}"#)),
        marked_header(&format!(r#"{{"{MARKER}":"{MARKER}"}}"#)),
        marked_header(&format!(r#"{{"alg":["{MARKER}"]}}"#)),
        marked_header(&format!(r#"{{"alg":"HS256","kid":"{MARKER}"}}"#)),
        marked_header(&format!(r#"{{"alg":"HS256","kid":["{MARKER}"]}}"#)),
        marked_header(&format!(r#"{{"alg":"HS256","typ":"{MARKER}"}}"#)),
        marked_header(&format!(r#"{{"alg":"HS256","crit":["{MARKER}"]}}"#)),
        marked_header(&format!(r#"{{"alg":"HS256","b64":"{MARKER}"}}"#)),
        marked_header(&format!(r#"{{"alg":"HS256","{MARKER}":1,"{MARKER}":2}}"#)),
        marked_header(&format!(r#"{{"alg":"none","{MARKER}":1}}"#)),
        marked_header(&format!(r#"{{"alg":"HS256","{MARKER}"#)),
        marked_header(&format!("\"{MARKER}\"")),
        sign(&nameless(&jwk(66)), None, &with(json!({}))),
        sign(&key(&jwk_with(66, &json!({"kid": "k1"}))), None, &with(json!({}))),
        sign(&key(&jwk_of(66, "HS512")), None, &with(json!({}))),
        sign(&k1, None, MARKER),
        sign(&k1, None, &format!(r#"["{MARKER}"]"#)),
        sign(&k1, None, &format!(r#"{{"{MARKER}":1,"{MARKER}":2}}"#)),
        sign(&k1, None, &format!(r#"{{"x":"{MARKER}\ud800"}}"#)),
        sign(&k1, None, &format!("{{\"x\":\"{MARKER}{}", "[".repeat(300))),
    ];
    for seed in 2..=5 {
        cases.push(sign(&key(&jwk(seed)), None, &with(json!({}))));
        cases.push(sign(&nameless(&jwk(seed)), None, &with(json!({}))));
    }
    for changes in [
        json!({"exp": MARKER}),
        json!({"exp": [MARKER]}),
        json!({"exp": NOW - 600.0}),
        json!({"exp": 1e300}),
        json!({"nbf": NOW + 600.0}),
        json!({"iat": NOW + 600.0}),
        json!({"iat": NOW - 6000.0}),
        json!({"iss": MARKER}),
        json!({"aud": MARKER}),
        json!({"aud": {MARKER: MARKER}}),
        json!({"token_use": "refresh", "type": MARKER}),
        json!({"scope": MARKER}),
        json!({"scope": [MARKER, 5]}),
        json!({"sub": [MARKER]}),
        json!({"exp": null}),
        json!({"iss": null}),
    ] {
        cases.push(sign(&k1, None, &with(changes)));
    }
    let mut all: Vec<_> = cases.into_iter().map(|token| (gate.clone(), token)).collect();
    let trying = gate.clone().policy(|policy| policy.unknown_kid = UnknownKid::TryAll);
    all.push((trying, marked_header(&format!(r#"{{"alg":"HS256","kid":"{MARKER}","typ":"{MARKER}"}}"#))));
    let requiring = gate.policy(|policy| policy.required_claims = vec!["tenant".to_owned()]);
    all.push((requiring, sign(&k1, None, &with(json!({})))));
    all
}

#[test]
fn a_refusal_never_repeats_what_the_token_says() {
    for (gate, token) in refused() {
        let refusal = gate.verdict(&token).expect_err("none of these may pass");
        assert_discreet(&refusal.to_string(), "displayed");
        assert_discreet(&format!("{refusal:?}"), "debugged");
        let source: &dyn std::error::Error = &refusal;
        assert_discreet(&source.to_string(), "as an error");
        assert!(!refusal.to_string().contains(&token));
    }
}

#[test]
fn debugging_a_token_at_any_stage_shows_nothing_of_it() {
    use edgewarden::jwt::{Compact, Scratch, TokenKind, Unverified, json::Object};
    let (gate, _) = Gate::with_one_key();
    let claims = claims(
        &json!({"sub": MARKER, "iss": MARKER, "aud": [MARKER], "scope": MARKER, "token_use": MARKER, MARKER: MARKER}),
    );
    let token = sign_raw(
        &gate.ring.keys()[0],
        format!(r#"{{"alg":"HS256","{MARKER}":"{MARKER}"}}"#).as_bytes(),
        claims.as_bytes(),
    );
    let now = super::fixture::at(NOW);
    let mut shown = vec![
        format!("{:?}", Compact::split(token.as_bytes(), 8192).unwrap()),
        format!("{:?}", Object::parse(claims.as_bytes()).unwrap()),
    ];
    let mut scratch = Scratch::default();
    let unverified = Unverified::parse(token.as_bytes(), 8192, &mut scratch).unwrap();
    shown.push(format!("{unverified:?} {:?}", unverified.header()));
    let authentic = unverified.authenticate(&gate.ring, UnknownKid::Reject, now).unwrap();
    shown.push(format!("{authentic:?}"));
    let accepted = authentic.accept(&gate.policy, TokenKind::Access, &[], now).unwrap();
    let claims = &accepted.claims;
    shown.push(format!(
        "{accepted:?} {claims:?} {:?} {:?} {:?}",
        claims.subject, claims.audience, claims.scope
    ));
    drop(accepted);
    shown.push(format!("{scratch:?}"));
    for text in shown {
        assert_discreet(&text, "debugged");
        // Neither as text nor as the numbers of its bytes.
        assert!(!text.contains("88, 89, 90") && !text.contains("1800000"), "{text}");
        assert!(!token.split('.').any(|segment| text.contains(segment)), "{text}");
    }
}

#[test]
fn every_code_that_the_core_can_give_is_among_the_refusals_tested() {
    let seen: HashSet<Code> = refused().into_iter().filter_map(|(gate, token)| gate.code(token)).collect();
    // These are given by whoever takes the request or holds a revocation list, not by the core.
    let outside = [Code::MissingToken, Code::MultipleTokens, Code::TokenRevoked, Code::ConfigurationInvalid];
    for code in Code::ALL {
        assert_eq!(seen.contains(&code), !outside.contains(&code), "{code}");
    }
}

#[test]
fn a_refusal_says_its_code_and_its_reason() {
    for (gate, token) in refused() {
        let refusal = gate.verdict(token).unwrap_err();
        let text = refusal.to_string();
        let (code, reason) = text.split_once(": ").unwrap();
        assert_eq!(code, refusal.code.as_str());
        assert!(!reason.is_empty());
    }
}

#[test]
fn a_finding_never_shows_a_secret() {
    let k = base64url::encode(format!("{MARKER}{MARKER}").as_bytes());
    for change in [
        json!({ "k": k }),
        json!({"k": format!("{MARKER}!")}),
        json!({"k": [MARKER]}),
        json!({"k": k, "alg": "HS512"}),
        json!({"k": k, "alg": MARKER}),
        json!({"k": k, "kty": MARKER}),
        json!({"k": k, "use": MARKER}),
        json!({"k": k, "key_ops": [MARKER]}),
        json!({"k": k, "nbf": MARKER}),
        json!({"k": k, "revoked": MARKER}),
        json!({"k": k, "kid": format!("{MARKER}\n")}),
    ] {
        for kid in [json!({"kid": null}), json!({})] {
            let mut changes = change.clone();
            if let Some(kid) = kid.as_object().filter(|kid| !kid.is_empty() && change.get("kid").is_none()) {
                changes.as_object_mut().unwrap().extend(kid.clone());
            }
            let set =
                KeySet::from_json(&json!({"keys": [jwk_with(1, &changes)]}).to_string(), Strength::Enforced);
            assert!(!set.findings.is_empty(), "{change}");
            for finding in &set.findings {
                assert_discreet(&finding.to_string(), "displayed");
                assert_discreet(&format!("{finding:?}"), "debugged");
            }
        }
    }
    for set in
        [KeySet::from_secrets([MARKER]), KeySet::from_json(&format!("{{\"{MARKER}"), Strength::Enforced)]
    {
        for finding in set.findings {
            assert_discreet(&format!("{finding} {finding:?}"), "a bare secret");
        }
    }
}

#[test]
fn debugging_a_ring_shows_no_secret() {
    let secret = format!("{MARKER} the quick brown fox jumps over the lazy dog, and again {MARKER}");
    for alg in ["HS256", "HS384", "HS512"] {
        let gate = Gate::of(&[jwk_with(1, &json!({"alg": alg, "k": base64url::encode(secret.as_bytes())}))]);
        assert_discreet(&format!("{:?}", gate.ring), "the ring");
        assert_discreet(&format!("{:#?}", gate.ring.keys()[0]), "the key");
        let bytes = format!("{:?}", MARKER.as_bytes());
        assert!(
            !format!("{:?}", gate.ring).contains(bytes.trim_matches(['[', ']'])),
            "not as numbers either"
        );
    }
}
