//! What the claims say against the policy, and tokens that are fine.

use serde_json::json;

use super::workshop::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for group in
        [malformed(), missing(), issuers(), audiences(), types(), swapped(), id_tokens(), scopes(), fine()]
    {
        cases.extend(group);
    }
    cases
}

fn under_the_active_key(header: &str, payload: &str) -> String {
    signed(&secret(ACTIVE)[..32], header, payload)
}

fn malformed() -> Vec<Case> {
    let payload =
        |name, payload: &str| case("malformed_claims", name, under_the_active_key(&hs256("active"), payload));
    vec![
        payload("a text instead of an object", r#""runner-7""#),
        payload("a token inside", &good()),
        payload("a claim twice", r#"{"exp":1900000000,"exp":1900000001}"#),
        payload("an array", "[]"),
        case("malformed_claims", "an audience that is a number", token(&json!({"aud": 5}))),
        case(
            "malformed_claims",
            "an issuer that is an array",
            token(&json!({"iss": ["https://issuer.example"]})),
        ),
        case("malformed_claims", "an expiry in a list", token(&json!({"exp": [NOW]}))),
        case("malformed_claims", "a scope that is an object", token(&json!({"scope": {}}))),
        case("malformed_claims", "an expiry beyond all calendars", token(&json!({"exp": 1e30}))),
    ]
}

fn missing() -> Vec<Case> {
    let without = |name, claim: &str| case("claim_missing", name, token(&json!({ claim: null })));
    vec![
        without("no issuer", "iss"),
        without("no audience", "aud"),
        without("no subject", "sub").policy(&json!({"required_claims": ["sub"]})),
        without("no time of issue", "iat").policy(&json!({"max_token_age": 3600})),
        case("claim_missing", "no tenant", good()).policy(&json!({"required_claims": ["exp", "tenant"]})),
    ]
}

fn issuers() -> Vec<Case> {
    let of = |name, issuer: &str| case("issuer_mismatch", name, token(&json!({ "iss": issuer })));
    vec![
        of("another environment", "https://staging.example"),
        of("a slash at the end", "https://issuer.example/"),
        of("another scheme", "http://issuer.example"),
        of("nothing", ""),
        of("without keys", "https://staging.example").with(&json!({"access_keys": null})),
        case("issuer_mismatch", "another audience as well", token(&json!({"iss": "x", "aud": "y"}))),
    ]
}

fn audiences() -> Vec<Case> {
    let of = |name, audience: serde_json::Value| {
        case("audience_mismatch", name, token(&json!({ "aud": audience })))
    };
    vec![
        of("another API", json!("web")),
        of("several others", json!(["web", "admin"])),
        of("an empty list", json!([])),
        of("another case", json!("API")),
        of("without keys", json!("web")).with(&json!({"access_keys": null, "refresh_keys": null})),
    ]
}

fn types() -> Vec<Case> {
    let typed = |name, typ: &str| {
        let header = text(&json!({"alg": "HS256", "kid": "active", "typ": typ}));
        case("type_mismatch", name, under_the_active_key(&header, &claims(&json!({}))))
    };
    vec![
        typed("a logout token", "logout+jwt"),
        typed("a DPoP proof", "application/dpop+jwt"),
        typed("an empty one", ""),
        typed("one that the policy lacks", "JWT").policy(&json!({"access_types": ["at+jwt"]})),
        case("type_mismatch", "an ID token as a refresh token", good_refresh(&json!({"token_use": "id"})))
            .refresh(),
    ]
}

fn swapped() -> Vec<Case> {
    let refresh = |name, token: String| case("refresh_token_used_as_access", name, token);
    let access = |name, token: String| case("access_token_used_as_refresh", name, token).refresh();
    let at = r#"{"alg":"HS256","typ":"at+jwt","kid":"active"}"#;
    let untyped = |kid: &str| text(&json!({"alg": "HS256", "kid": kid}));
    vec![
        refresh("by its type", good_refresh(&json!({}))),
        refresh(
            "by a claim",
            signed(&secret(REFRESH)[..32], &untyped("renewal"), &claims(&json!({"token_use": "refresh"}))),
        ),
        refresh("with its ring unknown", good_refresh(&json!({}))).with(&json!({"refresh_keys": null})),
        refresh("under a key of access tokens", token(&json!({"token_type": "refresh_token"}))),
        refresh("as Keycloak says it", token(&json!({"typ": "Refresh"}))),
        refresh("without any keys", good_refresh(&json!({}))).alone(),
        refresh("expired as well", good_refresh(&json!({"exp": NOW - DAY}))),
        access("by its type", under_the_active_key(at, &claims(&json!({})))),
        access("by a claim", token(&json!({"token_use": "access"}))),
        access("with its ring unknown", under_the_active_key(at, &claims(&json!({}))))
            .with(&json!({"access_keys": null})),
        access(
            "under a key of refresh tokens",
            signed(&secret(REFRESH)[..32], &untyped("renewal"), &claims(&json!({"type": "access"}))),
        ),
        access(
            "without a kid, and expired",
            under_the_active_key(
                r#"{"alg":"HS256","typ":"application/at+jwt"}"#,
                &claims(&json!({"exp": 1})),
            ),
        ),
    ]
}

fn id_tokens() -> Vec<Case> {
    let id = |name, changes: serde_json::Value| case("id_token_used_as_access", name, token(&changes));
    vec![
        id("for the client, with a nonce", json!({"aud": "web-client", "nonce": "n-0S6_WzA2Mj"})),
        id(
            "for the client, with a hash",
            json!({"aud": "web-client", "at_hash": "77QmUPtjPfzWtF2AnpK9RQ", "azp": "web-client"}),
        ),
        id("by a claim", json!({"token_use": "id"})),
        id("by another claim", json!({"token_type": "id_token", "aud": "web-client"})),
        id("for the API, with a nonce", json!({"nonce": "n-0S6_WzA2Mj"})),
        case(
            "id_token_used_as_access",
            "of another issuer, by a claim",
            signed(&secret(STRANGER), &hs256("idp"), &claims(&json!({"token_use": "id", "nonce": "x"}))),
        ),
        id("without keys", json!({"aud": ["web-client"], "c_hash": "LDktKdoQak3Pk0cnXxCltA"}))
            .with(&json!({"access_keys": null})),
    ]
}

fn scopes() -> Vec<Case> {
    let asked = |name, changes: serde_json::Value, scope: &str| {
        case("insufficient_scope", name, token(&changes)).with(&json!({ "scope": scope }))
    };
    vec![
        asked("none in the token", json!({}), "events:read"),
        asked("another one", json!({"scope": "events:read"}), "events:write"),
        asked("one of two", json!({"scope": "events:read"}), "events:read events:write"),
        asked("in a list", json!({"scp": ["events:read"]}), "positions:write"),
        asked("another case", json!({"scope": "Events:Read"}), "events:read")
            .with(&json!({"scope": ["events:read"]})),
    ]
}

fn fine() -> Vec<Case> {
    vec![
        case("ok", "an access token", good()),
        case("ok", "without a kid", under_the_active_key(r#"{"alg":"HS256"}"#, &claims(&json!({})))),
        case("ok", "a refresh token", good_refresh(&json!({}))).refresh(),
        case(
            "ok",
            "under the second key",
            signed(&secret(SECOND)[..32], &hs256("second"), &claims(&json!({}))),
        ),
        case(
            "ok",
            "under a longer hash",
            signed(&secret(LONG), r#"{"alg":"HS512","kid":"long","typ":"at+jwt"}"#, &claims(&json!({}))),
        ),
        case("ok", "with its scope", token(&json!({"scope": "events:read events:write"})))
            .with(&json!({"scope": "events:read"})),
        case(
            "ok",
            "several audiences, fractions and escapes",
            token(&json!({"aud": ["web", "api"], "iat": 1_799_999_940.25, "name": "Zoë \"Z\" \u{202E}"})),
        ),
        case("ok", "within the leeway", token(&json!({"exp": NOW - 20, "iat": NOW - HOUR}))),
        case("ok", "without keys", good()).with(&json!({"access_keys": null, "refresh_keys": null})),
        case("ok", "without anything", good()).alone(),
        case("ok", "with a remark about a claim", token(&json!({"password": "correct horse"}))),
        case("ok", "with a remark about the key", good()).with(&json!({
            "access_keys": set(&[jwk_with("active", &secret(ACTIVE)[..32], &json!({"exp": NOW + MINUTE}))]),
        })),
        case("ok", "with clocks that agree", good()).with(&json!({"server_now": NOW + 2})),
        case("ok", "with clocks apart that come to the same end", good())
            .with(&json!({"server_now": NOW + 3 * MINUTE})),
    ]
}
