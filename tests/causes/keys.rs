//! What header and key say.

use edgewarden::jwt::base64url;
use serde_json::{Value, json};

use super::workshop::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for group in [
        unsecured(),
        extensions(),
        algorithms(),
        confused(),
        life_cycle(),
        other_ring(),
        wrong_kid(),
        spelled(),
        placeholders(),
        unknown(),
        unusable(),
    ] {
        cases.extend(group);
    }
    cases
}

fn unsecured() -> Vec<Case> {
    let unsigned = |alg: &str, signature: &str| {
        let header = text(&json!({"alg": alg}));
        [&base64url::encode(header.as_bytes()), &base64url::encode(claims(&json!({})).as_bytes()), signature]
            .join(".")
    };
    vec![
        case("alg_none", "as in the RFC", unsigned("none", "")),
        case("alg_none", "in capitals", unsigned("NONE", "")),
        case("alg_none", "in mixed case and with a signature", unsigned("nOnE", "AAAA")),
        case("alg_none", "without the last dot", unsigned("none", "").trim_end_matches('.')),
        case("alg_none", "without a context", unsigned("None", "")).alone(),
        case(
            "alg_none",
            "with a kid of the ring",
            signed(&[], r#"{"alg":"none","kid":"active"}"#, &claims(&json!({}))),
        ),
    ]
}

fn extensions() -> Vec<Case> {
    let header = |name, extra: &str| {
        let header = format!(r#"{{"alg":"HS256","kid":"active",{extra}}}"#);
        case("critical_header_unsupported", name, signed(&secret(ACTIVE)[..32], &header, &claims(&json!({}))))
    };
    vec![
        header("an unencoded payload", r#""b64":false,"crit":["b64"]"#),
        header("an unknown extension", r#""crit":["exp"]"#),
        header("an empty list", r#""crit":[]"#),
        header("without crit", r#""b64":false"#),
    ]
}

fn algorithms() -> Vec<Case> {
    let long =
        |bytes: usize| base64url::encode(&[secret(1), secret(2), secret(3), secret(4)].concat()[..bytes]);
    let of = |alg: &str, kid: Option<&str>, signature: &str| {
        let header = match kid {
            Some(kid) => json!({"alg": alg, "kid": kid}),
            None => json!({"alg": alg}),
        };
        [
            &base64url::encode(text(&header).as_bytes()),
            &base64url::encode(claims(&json!({})).as_bytes()),
            signature,
        ]
        .join(".")
    };
    vec![
        case("algorithm_not_allowed", "RSA", of("RS256", None, &long(256))),
        case("algorithm_not_allowed", "RSA of another issuer", of("RS256", Some("issuer-2024"), &long(256))),
        case("algorithm_not_allowed", "elliptic curves", of("ES256", None, &long(64))),
        case("algorithm_not_allowed", "Edwards curves", of("EdDSA", Some("ed"), &long(64))),
        case("algorithm_not_allowed", "of no known family, with a kid", of("foo", Some("active"), &long(32))),
        case("algorithm_not_allowed", "of encryption, with a kid", of("RSA-OAEP", Some("active"), &long(32))),
        case("algorithm_not_allowed", "in lower case", of("hs256", Some("active"), &long(32))),
        case(
            "algorithm_not_allowed",
            "the secret of a key under another hash",
            signed(&secret(LONG), &hs256("long"), &claims(&json!({}))),
        ),
        case("algorithm_not_allowed", "an unknown one of a short name", of("HS1", Some("active"), &long(20))),
    ]
}

/// An RSA key of 2048 bits: its JWK, and its PEM as `openssl rsa -pubout` writes it.
fn rsa() -> (Value, String) {
    const BEFORE: [u8; 33] = [
        0x30, 0x82, 0x01, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01,
        0x05, 0x00, 0x03, 0x82, 0x01, 0x0F, 0x00, 0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01, 0x00,
    ];
    const AFTER: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];
    let mut modulus = [secret(31), secret(32), secret(33), secret(34)].concat();
    modulus[0] |= 0x80;
    let jwk = json!({"kty": "RSA", "alg": "RS256", "kid": "rsa", "use": "sig", "n": base64url::encode(&modulus), "e": "AQAB"});
    (jwk, pem(&[BEFORE.as_slice(), &modulus, &AFTER].concat()))
}

/// Likewise of P-256 and of Ed25519.
fn elliptic() -> [(Value, String); 2] {
    const P256: [u8; 27] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86,
        0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];
    const ED25519: [u8; 12] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];
    let (x, y) = (&secret(35)[..32], &secret(36)[..32]);
    let ec = json!({"kty": "EC", "alg": "ES256", "crv": "P-256", "kid": "ec", "x": base64url::encode(x), "y": base64url::encode(y)});
    let okp = json!({"kty": "OKP", "alg": "EdDSA", "crv": "Ed25519", "kid": "ed", "x": base64url::encode(x)});
    [(ec, pem(&[P256.as_slice(), x, y].concat())), (okp, pem(&[ED25519.as_slice(), x].concat()))]
}

fn pem(der: &[u8]) -> String {
    let mut text = base64url::encode(der).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| core::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

fn confused() -> Vec<Case> {
    let (rsa_key, rsa_pem) = rsa();
    let [(elliptic_key, elliptic_pem), (edwards_key, edwards_pem)] = elliptic();
    let forged = |name, key: &Value, material: &str| {
        let token = signed(material.as_bytes(), &hs256(key["kid"].as_str().unwrap()), &claims(&json!({})));
        case("key_type_confusion", name, token).with(&json!({"access_keys": set(std::slice::from_ref(key))}))
    };
    let asymmetric = |kid: &str| {
        let header = text(&json!({"alg": "RS256", "kid": kid}));
        let signature = [secret(1), secret(2), secret(3), secret(4)].concat();
        [header.as_bytes(), claims(&json!({})).as_bytes(), &signature].map(base64url::encode).join(".")
    };
    let mixed = json!({"access_keys": set(&[jwk("active", &secret(ACTIVE)[..32]), rsa_key.clone()])});
    vec![
        forged("the PEM text of an RSA key", &rsa_key, &rsa_pem),
        forged("the PEM text without its last line end", &rsa_key, rsa_pem.trim_end()),
        forged("the PEM text of an EC key", &elliptic_key, &elliptic_pem),
        forged("the PEM text of an Ed25519 key", &edwards_key, &edwards_pem),
        forged("the JWK itself", &rsa_key, &text(&rsa_key)),
        forged("the modulus", &rsa_key, rsa_key["n"].as_str().unwrap()),
        case(
            "key_type_confusion",
            "a MAC by something unknown, named as RSA",
            signed(&secret(STRANGER), &hs256("rsa"), &claims(&json!({}))),
        )
        .with(&mixed),
        case(
            "key_type_confusion",
            "the PEM text, without a kid",
            signed(rsa_pem.as_bytes(), r#"{"alg":"HS256"}"#, &claims(&json!({}))),
        )
        .with(&mixed),
        case("key_type_confusion", "RS256 in the name of a secret", asymmetric("active")),
        case(
            "key_type_confusion",
            "a public key in the ring as a secret",
            signed(rsa_pem.as_bytes(), &hs256("pem"), &claims(&json!({}))),
        )
        .with(&json!({"access_keys": set(&[jwk("pem", rsa_pem.as_bytes())])})),
    ]
}

fn life_cycle() -> Vec<Case> {
    let by = |cause, name, seed: u8, kid: &str, changes: &Value| {
        case(cause, name, signed(&secret(seed)[..32], &hs256(kid), &claims(changes)))
    };
    let nameless = |cause, name, seed: u8| {
        case(
            cause,
            name,
            signed(&secret(seed)[..32], r#"{"alg":"HS256"}"#, &claims(&json!({"iat": NOW - 2 * DAY}))),
        )
    };
    let old = json!({"iat": NOW - 2 * DAY});
    let stopped = json!({"access_keys": set(&[
        jwk("new", &secret(SECOND)[..32]),
        jwk_with("stopped", &secret(RETIRED)[..32], &json!({"edgewarden:sign_until": NOW - HOUR})),
    ])});
    vec![
        by("signed_with_retired_key", "issued before", RETIRED, "retired", &old),
        by("signed_with_retired_key", "issued after", RETIRED, "retired", &json!({})),
        by("signed_with_retired_key", "without iat", RETIRED, "retired", &json!({"iat": null})),
        nameless("signed_with_retired_key", "without a kid", RETIRED),
        by("signed_with_retired_key", "expired as well", RETIRED, "retired", &json!({"iat": NOW - 2 * DAY, "exp": NOW - DAY})),
        by("signed_with_retired_key", "not retired yet, but no longer signing", RETIRED, "stopped", &json!({})).with(&stopped),
        by("signed_with_retired_key", "no longer signing, and no iat", RETIRED, "stopped", &json!({"iat": null})).with(&stopped),
        by("signed_with_future_key", "issued now", FUTURE, "future", &json!({})),
        by("signed_with_future_key", "expired as well", FUTURE, "future", &json!({"exp": NOW - DAY})),
        nameless("signed_with_future_key", "without a kid", FUTURE),
        by("signed_with_future_key", "by a verifier whose clock is behind", SECOND, "second", &json!({})).with(&json!({
            "access_keys": set(&[jwk_with("second", &secret(SECOND)[..32], &json!({"nbf": NOW - MINUTE}))]), "server_now": NOW - HOUR,
        })),
        by("signed_with_revoked_key", "issued after", REVOKED, "revoked", &json!({})),
        by("signed_with_revoked_key", "issued before", REVOKED, "revoked", &old),
        by("signed_with_revoked_key", "without iat", REVOKED, "revoked", &json!({"iat": null})),
        nameless("signed_with_revoked_key", "without a kid", REVOKED),
        by("signed_with_revoked_key", "in the name of another key", REVOKED, "active", &json!({})),
        by("signed_with_revoked_key", "expired as well", REVOKED, "revoked", &json!({"exp": NOW - DAY})),
    ]
}

fn other_ring() -> Vec<Case> {
    let by_refresh_key = |name, header: &str, changes: &Value| {
        case("signed_with_other_ring", name, signed(&secret(REFRESH)[..32], header, &claims(changes)))
    };
    let access_typed = r#"{"alg":"HS256","typ":"at+jwt","kid":"renewal"}"#;
    vec![
        by_refresh_key("an access token", access_typed, &json!({})),
        by_refresh_key("of no type", r#"{"alg":"HS256","kid":"renewal"}"#, &json!({})),
        by_refresh_key("without a kid", r#"{"alg":"HS256"}"#, &json!({"token_use": "access"})),
        by_refresh_key("in the name of an access key", &hs256("active"), &json!({})),
        by_refresh_key("expired as well", access_typed, &json!({"exp": NOW - DAY})),
        by_refresh_key("for another audience as well", access_typed, &json!({"aud": "web"})),
        case(
            "signed_with_other_ring",
            "a refresh token under an access key",
            signed(
                &secret(ACTIVE)[..32],
                r#"{"alg":"HS256","typ":"rt+jwt","kid":"active"}"#,
                &claims(&json!({})),
            ),
        )
        .refresh(),
        case("signed_with_other_ring", "of no type under an access key", good()).refresh(),
        case(
            "signed_with_other_ring",
            "under the base64url text of the refresh secret",
            signed(
                base64url::encode(&secret(REFRESH)[..32]).as_bytes(),
                &hs256("active"),
                &claims(&json!({})),
            ),
        ),
        by_refresh_key("with the access keys unknown", access_typed, &json!({}))
            .with(&json!({"access_keys": null})),
    ]
}

fn wrong_kid() -> Vec<Case> {
    let by = |name, seed: u8, kid: &str| {
        case("wrong_kid", name, signed(&secret(seed)[..32], &hs256(kid), &claims(&json!({}))))
    };
    let many: Vec<Value> = (40..60).map(|seed| jwk(&format!("key-{seed}"), &secret(seed)[..32])).collect();
    vec![
        by("the second key in the name of the first", SECOND, "active"),
        by("the first in the name of the second", ACTIVE, "second"),
        by("a name that the ring does not know", ACTIVE, "2024-05"),
        by("a retired key in the name of the active one", RETIRED, "active"),
        case(
            "wrong_kid",
            "an expired one",
            signed(&secret(SECOND)[..32], &hs256("active"), &claims(&json!({"exp": NOW - DAY}))),
        ),
        case(
            "wrong_kid",
            "no name, and more keys than are tried",
            signed(&secret(58)[..32], r#"{"alg":"HS256"}"#, &claims(&json!({}))),
        )
        .with(&json!({ "access_keys": set(&many) })),
    ]
}

fn spelled() -> Vec<Case> {
    let bytes = &secret(ACTIVE)[..32];
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap();
    let hex = |bytes: &[u8]| -> String {
        bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0F)]).collect()
    };
    let ordinary = |bytes: &[u8]| base64url::encode(bytes).replace('-', "+").replace('_', "/");
    let issuer_used = |name, secret: &[u8]| {
        case("secret_encoding", name, signed(secret, &hs256("active"), &claims(&json!({}))))
    };
    // The ring holds a text, and the issuer what it stands for.
    let ring_holds = |name, text: &str, issuer: &[u8]| {
        issuer_used(name, issuer).with(&json!({"access_keys": set(&[jwk("active", text.as_bytes())])}))
    };
    vec![
        issuer_used("base64url", base64url::encode(bytes).as_bytes()),
        issuer_used("base64", (ordinary(bytes) + "=").as_bytes()),
        issuer_used("base64 without padding", ordinary(bytes).as_bytes()),
        issuer_used("hexadecimal", hex(bytes).as_bytes()),
        issuer_used("hexadecimal in capitals", hex(bytes).to_uppercase().as_bytes()),
        issuer_used("a line feed", &[bytes, b"\n"].concat()),
        issuer_used("a carriage return and a line feed", &[bytes, b"\r\n"].concat()),
        issuer_used("double quotes", &[b"\"", bytes, b"\""].concat()),
        issuer_used("Latin-1 in UTF-8", bytes.iter().copied().map(char::from).collect::<String>().as_bytes()),
        issuer_used("the text of `k` itself, which is no base64url", b"a secret: of words, and not of base64url")
            .with(&json!({"access_keys": set(&[jwk_with("active", &[], &json!({"k": "a secret: of words, and not of base64url"}))])})),
        ring_holds("the bytes of a base64url text", &base64url::encode(bytes), bytes),
        ring_holds("the bytes of a base64 text", &(ordinary(bytes) + "="), bytes),
        ring_holds("the bytes of a hexadecimal text", &hex(bytes), bytes),
        ring_holds("a text without its line feed", &(text_secret(20) + "\n"), text_secret(20).as_bytes()),
        ring_holds(
            "a text without its quotes",
            &format!("\"{}\"", text_secret(20)),
            text_secret(20).as_bytes(),
        ),
        case(
            "secret_encoding",
            "expired as well, and without a kid",
            signed(hex(bytes).as_bytes(), r#"{"alg":"HS256"}"#, &claims(&json!({"exp": 1}))),
        ),
    ]
}

fn placeholders() -> Vec<Case> {
    let by = |name, secret: &str, header: &str| {
        case("placeholder_secret", name, signed(secret.as_bytes(), header, &claims(&json!({}))))
    };
    vec![
        by("of a tutorial", "your-256-bit-secret", &hs256("active")),
        by("of every example", "secret", r#"{"alg":"HS256","typ":"JWT"}"#),
        by("the name of a variable", "ACCESS_SECRET", r#"{"alg":"HS256"}"#),
        by("the name of the secret of operators", "OPERATOR_TOKEN", &hs256("active")),
        by("the empty one", "", r#"{"alg":"HS256"}"#),
        by("one of them over and over", &"secret".repeat(6), r#"{"alg":"HS256"}"#),
        by("nothing but zeros", &"0".repeat(32), r#"{"alg":"HS256"}"#),
        by("under another hash", "your-512-bit-secret", r#"{"alg":"HS512"}"#),
        by("under a name that the ring does not know", "changeme", &hs256("prod")),
        by("without a context", "secret", r#"{"alg":"HS256","typ":"JWT"}"#).alone(),
        by("with the placeholder in the ring", "secret", &hs256("active"))
            .with(&json!({"access_keys": set(&[jwk("active", b"secret")])})),
        case(
            "placeholder_secret",
            "expired as well",
            signed(b"SECRET_KEY", r#"{"alg":"HS256"}"#, &claims(&json!({"exp": 1}))),
        ),
    ]
}

fn unknown() -> Vec<Case> {
    let stranger = |cause, name, kid: &str, changes: &Value| {
        case(cause, name, signed(&secret(STRANGER), &hs256(kid), &claims(changes)))
    };
    let altered = {
        let [header, _, signature]: [String; 3] =
            good().split('.').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        [header, base64url::encode(claims(&json!({"sub": "admin"})).as_bytes()), signature].join(".")
    };
    vec![
        stranger("signature_mismatch", "another secret", "active", &json!({})),
        stranger("signature_mismatch", "expired as well", "active", &json!({"exp": NOW - DAY})),
        stranger(
            "signature_mismatch",
            "of another issuer as well",
            "second",
            &json!({"iss": "https://staging.example"}),
        ),
        case("signature_mismatch", "altered claims", altered),
        case(
            "signature_mismatch",
            "without a kid",
            signed(&secret(STRANGER), r#"{"alg":"HS256"}"#, &claims(&json!({}))),
        ),
        stranger("key_not_found", "another environment", "staging-1", &json!({})),
        stranger("key_not_found", "expired as well", "staging-1", &json!({"exp": 1})),
        stranger("key_not_found", "a name with escapes", "st\u{e4}ging \"2\"", &json!({})),
        stranger("key_not_found", "an empty name", "", &json!({})),
    ]
}

fn unusable() -> Vec<Case> {
    let with_keys = |name, keys: &Value| {
        case("configuration_invalid", name, good()).with(&json!({ "access_keys": keys }))
    };
    let short = &secret(ACTIVE)[..16];
    vec![
        with_keys("a secret too short", &set(&[jwk("active", &secret(ACTIVE)[..32]), jwk("short", short)])),
        with_keys("no keys", &set(&[])),
        with_keys("no key set", &json!({"kty": "oct"})),
        with_keys("no JSON", &json!("not json")),
        with_keys("a placeholder in the ring", &set(&[jwk("active", b"secret")])),
        case("configuration_invalid", "the other ring", good()).with(&json!({"refresh_keys": set(&[])})),
        case("configuration_invalid", "one secret in both rings", good())
            .with(&json!({"refresh_keys": set(&[jwk("renewal", &secret(ACTIVE)[..32])])})),
        case("configuration_invalid", "expired as well", token(&json!({"exp": 1})))
            .with(&json!({"access_keys": set(&[])})),
    ]
}
