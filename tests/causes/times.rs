//! What the times say.

use serde_json::{Value, json};

use super::workshop::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for group in [
        expired(),
        not_yet(),
        in_future(),
        too_old(),
        milliseconds(),
        texts(),
        skewed(),
        endless(),
        too_long(),
    ] {
        cases.extend(group);
    }
    cases
}

fn expired() -> Vec<Case> {
    let at = |name, changes: &Value| case("expired", name, token(changes));
    vec![
        at("an hour ago", &json!({"iat": NOW - 2 * HOUR, "exp": NOW - HOUR})),
        at("just beyond the leeway", &json!({"iat": NOW - HOUR, "exp": NOW - 30})),
        at("when it was issued", &json!({"iat": NOW - HOUR, "exp": NOW - 2 * HOUR})),
        at("without iat", &json!({"iat": null, "exp": 1})),
        at("by both clocks", &json!({"iat": NOW - 2 * DAY, "exp": NOW - DAY}))
            .with(&json!({"server_now": NOW + HOUR})),
        at("without keys", &json!({"exp": NOW - DAY})).with(&json!({"access_keys": null})),
        at("for another audience as well", &json!({"exp": NOW - DAY, "aud": "web"})),
        case("expired", "a refresh token", good_refresh(&json!({"exp": NOW - DAY}))).refresh(),
    ]
}

fn not_yet() -> Vec<Case> {
    let at = |name, changes: &Value| case("not_yet_valid", name, token(changes));
    vec![
        at("from an hour on, as meant", &json!({"nbf": NOW + HOUR, "exp": NOW + 2 * HOUR})),
        at("from tomorrow on, as meant", &json!({"nbf": NOW + DAY, "exp": NOW + 2 * DAY})),
        at("from a week on, without iat", &json!({"iat": null, "nbf": NOW + 7 * DAY, "exp": NOW + 8 * DAY})),
        at("from tomorrow on, and expired by then", &json!({"nbf": NOW + DAY})),
        at("far ahead, with iat", &json!({"iat": NOW + 3 * DAY, "nbf": NOW + 3 * DAY, "exp": NOW + 4 * DAY})),
    ]
}

fn in_future() -> Vec<Case> {
    let at = |name, ahead: i64| {
        case("issued_in_future", name, token(&json!({"iat": NOW + ahead, "exp": NOW + ahead + HOUR})))
    };
    vec![
        at("in two days", 2 * DAY),
        at("in a year", 365 * DAY),
        at("in ten years", 3650 * DAY),
        at("by both clocks", 30 * DAY).with(&json!({"server_now": NOW + HOUR})),
    ]
}

fn too_old() -> Vec<Case> {
    // With an `exp` in it, the lifetime is the root.
    let at = |name, age: i64| {
        case("token_too_old", name, token(&json!({"iat": NOW - age, "exp": null})))
            .policy(&json!({"max_token_age": 3600, "required_claims": []}))
    };
    vec![
        at("two hours", 2 * HOUR),
        at("a year", 365 * DAY),
        at("just beyond the leeway", HOUR + 31),
        at("by both clocks", 2 * HOUR).with(&json!({"server_now": NOW + MINUTE})),
    ]
}

fn milliseconds() -> Vec<Case> {
    let at = |name, changes: &Value| case("timestamps_in_milliseconds", name, token(changes));
    vec![
        at(
            "all of them",
            &json!({"iat": NOW * 1000 - 60_000, "nbf": NOW * 1000 - 60_000, "exp": NOW * 1000 + 600_123}),
        ),
        at("the expiry", &json!({"exp": NOW * 1000 + 600_000})),
        at("the time of issue", &json!({"iat": NOW * 1000})),
        at("microseconds", &json!({"exp": (NOW + HOUR) * 1_000_000})),
        at("expired as well", &json!({"iat": (NOW - 2 * DAY) * 1000, "exp": (NOW - DAY) * 1000})),
        at("without a context", &json!({"exp": NOW * 1000})).alone(),
    ]
}

fn texts() -> Vec<Case> {
    let at = |name, changes: &Value| case("timestamps_as_strings", name, token(changes));
    vec![
        at("all of them", &json!({"iat": (NOW - MINUTE).to_string(), "exp": (NOW + HOUR).to_string()})),
        at("the expiry", &json!({"exp": (NOW + HOUR).to_string()})),
        at("a date", &json!({"exp": "2027-01-15T09:00:00Z"})),
        at("milliseconds", &json!({"exp": ((NOW + HOUR) * 1000).to_string()})),
        at("not before", &json!({"nbf": "1799999000"})),
        at("expired as well", &json!({"exp": "1"})),
    ]
}

fn skewed() -> Vec<Case> {
    let ahead = |name, seconds: i64| {
        case(
            "clock_skew",
            name,
            token(&json!({"iat": NOW + seconds, "nbf": NOW + seconds, "exp": NOW + seconds + 10 * MINUTE})),
        )
    };
    let between = |name, server: i64, changes: &Value| {
        case("clock_skew", name, token(changes)).with(&json!({"server_now": NOW + server}))
    };
    vec![
        ahead("an issuer two minutes ahead", 120),
        ahead("an issuer an hour ahead, as a time zone is", HOUR),
        ahead("an issuer five and a half hours ahead", 5 * HOUR + 30 * MINUTE),
        case(
            "clock_skew",
            "an issuer ahead, without nbf",
            token(&json!({"iat": NOW + 45, "exp": NOW + HOUR})),
        ),
        between("expired by the verifier's clock alone", HOUR, &json!({})),
        between(
            "expired by the client's clock alone",
            -HOUR,
            &json!({"iat": NOW - HOUR - MINUTE, "exp": NOW - 50 * MINUTE}),
        ),
        between("a verifier behind the issuer", -5 * MINUTE, &json!({})),
        between(
            "a client behind the issuer",
            HOUR,
            &json!({"iat": NOW + HOUR - MINUTE, "exp": NOW + 2 * HOUR}),
        ),
        between("too old by the verifier's clock alone", 2 * HOUR, &json!({"exp": NOW + 3 * HOUR}))
            .policy(&json!({"max_token_age": 3600})),
    ]
}

fn endless() -> Vec<Case> {
    let without = |name, changes: &Value| {
        let mut all = json!({"exp": null});
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        case("no_expiry", name, token(&all))
    };
    vec![
        without("as the policy demands it", &json!({})),
        without("where the policy does not demand it", &json!({})).policy(&json!({"required_claims": []})),
        without("without a context", &json!({})).alone(),
        without("of another audience as well", &json!({"aud": "web"})),
        case("no_expiry", "a refresh token", good_refresh(&json!({"exp": null}))).refresh(),
    ]
}

fn too_long() -> Vec<Case> {
    let for_days =
        |name, days: i64| case("lifetime_too_long", name, token(&json!({"exp": NOW + days * DAY})));
    vec![
        for_days("ten years", 3650),
        for_days("half a year", 182),
        for_days("a day, where an hour is allowed", 1).policy(&json!({"max_token_age": 3600})),
        case(
            "lifetime_too_long",
            "older than is allowed, and not expired",
            token(&json!({"iat": NOW - 2 * HOUR, "exp": NOW + HOUR})),
        )
        .policy(&json!({"max_token_age": 3600})),
        case(
            "lifetime_too_long",
            "a refresh token of ten years",
            good_refresh(&json!({"exp": NOW + 3650 * DAY})),
        )
        .refresh(),
        case("lifetime_too_long", "without iat", token(&json!({"iat": null, "exp": 4_000_000_000_i64}))),
        for_days("without keys", 3650).with(&json!({"access_keys": null})),
    ]
}
