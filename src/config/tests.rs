use serde_json::{Value, json};

use super::{Access, Config, RingSources, Sources};
use crate::jwt::base64url;

fn key(kid: &str, fill: u8) -> Value {
    let secret: Vec<u8> = (0..32).map(|index: u8| index.wrapping_mul(37).wrapping_add(fill)).collect();
    json!({ "kty": "oct", "alg": "HS256", "kid": kid, "k": base64url::encode(&secret) })
}

fn ring(kid: &str, fill: u8) -> String {
    json!({ "keys": [key(kid, fill)] }).to_string()
}

fn read(origin: Option<&str>, gate: &Value, access: RingSources<'_>, refresh: RingSources<'_>) -> Config {
    Config::read(&Sources {
        origin,
        origin_service: false,
        refresh_gate: false,
        gate: Some(&gate.to_string()),
        access,
        refresh,
        operator_token: None,
    })
}

fn codes(config: &Config) -> Vec<&str> {
    config.findings.iter().map(|finding| finding.code.as_str()).collect()
}

const NONE: RingSources<'static> = RingSources { keys: None, secret: None, previous: None };

#[test]
fn a_sound_configuration_has_a_verifier_and_no_findings() {
    let keys = ring("a", 1);
    let gate = json!({ "issuer": "https://issuer.example", "audience": ["api"], "leeway": 5,
        "routes": [{ "path": "/login", "access": "public" }] });
    let config =
        read(Some("https://api.example/base/"), &gate, RingSources { keys: Some(&keys), ..NONE }, NONE);
    assert_eq!(codes(&config), [""; 0]);
    let verifier = config.verifier.as_ref().unwrap();
    assert_eq!(verifier.policy.issuers, ["https://issuer.example"]);
    assert_eq!(config.routes.find("GET", "/login").access, Access::Public);
    assert_eq!(config.mount, "/auth");
}

#[test]
fn everything_wrong_is_reported_at_once_and_nothing_can_be_verified() {
    let gate = json!({ "audiense": "api", "leeway": -1, "mount": "auth/", "routes": [{ "path": "x", "scope": 1 }],
        "cors": { "origins": ["*"] } });
    let config = read(Some("ftp://x"), &gate, NONE, NONE);
    assert_eq!(
        codes(&config),
        [
            "gate_leeway_malformed",
            "gate_mount_malformed",
            "gate_routes_path_malformed",
            "gate_routes_scope_malformed",
            "gate_cors_origins_malformed",
            "gate_unknown_member",
            "origin_malformed",
            "access_keys_missing",
        ]
    );
    assert!(config.verifier.is_none());
}

#[test]
fn no_route_is_public_when_the_table_could_not_be_read_whole() {
    let keys = ring("a", 1);
    let gate =
        json!({ "routes": [{ "path": "/a/b", "scop": "admin" }, { "path": "/a/*", "access": "public" }] });
    let config = read(Some("https://x.example"), &gate, RingSources { keys: Some(&keys), ..NONE }, NONE);
    assert_ne!(config.routes.find("GET", "/a/x").access, Access::Public);
}

#[test]
fn each_unfit_access_ring_closes_the_gate() {
    let short = json!({ "keys": [{ "kty": "oct", "alg": "HS256", "kid": "s", "k": base64url::encode(b"0q8h3-short") }] });
    let known = json!({ "keys": [{ "kty": "oct", "alg": "HS256", "kid": "s", "k": base64url::encode(b"ACCESS_SECRET") }] });
    let twice = json!({ "keys": [key("a", 1), key("a", 2)] });
    for (keys, expected) in [
        (String::new(), "access_keys_empty"),
        ("  ".to_owned(), "access_keys_empty"),
        ("not json".to_owned(), "access_keys_not_json"),
        ("[]".to_owned(), "access_keys_not_a_key_set"),
        ("{\"keys\":[]}".to_owned(), "access_keys_no_keys"),
        (short.to_string(), "access_keys_secret_too_short"),
        (known.to_string(), "access_keys_placeholder_secret"),
        (twice.to_string(), "access_keys_duplicate_kid"),
    ] {
        let config =
            read(Some("https://x.example"), &json!({}), RingSources { keys: Some(&keys), ..NONE }, NONE);
        assert_eq!(codes(&config), [expected]);
        assert!(config.verifier.is_none(), "{expected}");
    }
}

#[test]
fn bare_secrets_make_a_ring_but_not_beside_a_key_set() {
    let (new, old) = ("k3J!vq0-aZ8#mPw2&xR5^tY7*uL9(nB1)", "Zr4$hT6%gF2@dS8!aQ0~wE3?cX5>vB7<");
    let bare = RingSources { keys: None, secret: Some(new), previous: Some(old) };
    let config = read(Some("https://x.example"), &json!({}), bare, NONE);
    assert_eq!(config.verifier.unwrap().access.keys().len(), 2);

    let keys = ring("a", 1);
    let both = RingSources { keys: Some(&keys), ..bare };
    assert_eq!(codes(&read(Some("https://x.example"), &json!({}), both, NONE)), ["access_keys_ambiguous"]);
    let only_previous = RingSources { previous: Some(old), ..NONE };
    assert_eq!(
        codes(&read(Some("https://x.example"), &json!({}), only_previous, NONE)),
        ["access_secret_missing"]
    );
}

#[test]
fn one_secret_in_both_rings_is_an_error() {
    let (access, refresh) = (ring("a", 1), ring("r", 1));
    let keys = |keys| RingSources { keys: Some(keys), ..NONE };
    let config = read(Some("https://x.example"), &json!({}), keys(&access), keys(&refresh));
    assert_eq!(codes(&config), ["access_keys_secret_in_both_rings"]);
    assert!(config.verifier.is_none());
}

#[test]
fn findings_never_show_a_secret() {
    let secret = "hunter2hunter2hunter2";
    let bare = RingSources { keys: None, secret: Some(secret), previous: None };
    let config = read(Some("https://x.example"), &json!({}), bare, NONE);
    assert_eq!(codes(&config), ["access_secret_secret_too_short"]);
    assert!(!format!("{:?}", config.findings).contains(secret));
}

#[test]
fn an_operator_token_of_no_use_closes_its_endpoint_and_not_the_gate() {
    let keys = ring("a", 1);
    let good = "k3J!vq0-aZ8#mPw2&xR5^tY7*uL9(nB1)";
    for (token, expected) in [
        (None, None),
        (Some(""), Some("operator_token_too_short")),
        (Some("k3J!vq0-aZ8#mPw2&xR5^tY7*uL9(nB"), Some("operator_token_too_short")),
        (Some("OPERATOR_TOKEN"), Some("operator_token_placeholder")),
        (Some("changemechangemechangemechangeme"), Some("operator_token_placeholder")),
        (Some(good), None),
        (Some("k3J!vq0-aZ8#mPw2&xR5^tY7*uL9(nB1)\n"), None),
    ] {
        let config = Config::read(&Sources {
            origin: Some("https://x.example"),
            access: RingSources { keys: Some(&keys), ..NONE },
            operator_token: token,
            ..Sources::default()
        });
        assert_eq!(codes(&config), expected.into_iter().collect::<Vec<_>>());
        assert!(config.verifier.is_some());
        let opens = config.operator.as_ref().is_some_and(|operator| operator.is(good.as_bytes()));
        assert_eq!(opens, token.is_some_and(|token| token.trim() == good), "{token:?}");
        assert!(
            !config.operator.is_some_and(|operator| operator.is(b"") || operator.is(&good.as_bytes()[1..]))
        );
    }
}
