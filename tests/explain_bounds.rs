//! Explaining is bounded in time for every token: a stranger's token must not keep a Worker or a page busy.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

use std::time::{Duration, Instant};

use edgewarden::explain::{Context, MAX_EXPLAINED, explain};
use edgewarden::jwt::base64url;
use serde_json::{Value, json};

/// What a release build may take for one token. Without optimisation the same work takes some thirty times as long.
const MOST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 50 * 40 } else { 50 });

/// Full rings, none of whose keys will ever match.
fn context() -> Context {
    let keys = |offset: u8| -> Vec<Value> {
        let key = |number: u8| {
            let secret: Vec<u8> = (0..64).map(|at: u8| at.wrapping_mul(31) ^ number ^ offset).collect();
            json!({"kty": "oct", "alg": "HS512", "kid": format!("key-{number}"), "k": base64url::encode(&secret)})
        };
        (0..60).map(key).collect()
    };
    let context = json!({
        "access_keys": {"keys": keys(0)}, "refresh_keys": {"keys": keys(128)}, "now": 1_800_000_000, "server_now": 1_800_003_600,
        "policy": {"max_token_bytes": 1_048_576, "unknown_kid": "try_all", "issuer": ["a", "b"], "audience": ["c", "d"], "max_token_age": 60},
    });
    Context::from_json(&context.to_string()).unwrap()
}

fn repeated(unit: &[u8]) -> Vec<u8> {
    unit.iter().copied().cycle().take(MAX_EXPLAINED).collect()
}

fn token(header: &[u8], payload: &[u8]) -> Vec<u8> {
    [header, payload, &[7; 64]].map(base64url::encode).join(".").into_bytes()
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let header = br#"{"alg":"HS512"}"#;
    let room = MAX_EXPLAINED * 3 / 4 - 200;
    let filled = |before: &str, unit: &str, after: &str| {
        let times = (room - before.len() - after.len()) / unit.len();
        [before, &unit.repeat(times), after].concat().into_bytes()
    };
    let members: String =
        (0..4000).map(|number| format!(r#""claim-{number}":{number}"#)).collect::<Vec<_>>().join(",");
    let nested =
        ["{\"a\":".repeat(120), format!("\"{}\"", "x".repeat(room - 1000)), "}".repeat(120)].concat();
    let mut all = vec![
        ("a large payload that no key signed", token(header, &filled("{\"a\":\"", "x", "\"}"))),
        ("one of quotes", token(header, &filled("{\"a\":\"", "\\\"", "\"}"))),
        ("one of escapes", token(header, &filled("{\"a\":\"", "\\u202e", "\"}"))),
        ("many claims", token(header, format!("{{{members}}}").as_bytes())),
        ("many audiences", token(header, &filled("{\"aud\":[", "\"x\",", "\"y\"]}"))),
        ("deep claims", token(header, nested.as_bytes())),
        ("brackets all the way down", token(header, &filled("{\"a\":", "[", "}"))),
        ("a large header", token(&filled("{\"alg\":\"HS512\",\"a\":\"", "x", "\"}"), b"{}")),
        ("a long kid", token(&filled("{\"alg\":\"HS512\",\"kid\":\"", "k", "\"}"), b"{}")),
        ("a long signature", [token(header, b"{}"), repeated(b"A")].concat()[..MAX_EXPLAINED].to_vec()),
        (
            "beginnings of headers in a signature",
            [token(header, b"{}"), repeated(b"eyJ")].concat()[..MAX_EXPLAINED].to_vec(),
        ),
        (
            "headers in a signature",
            [token(header, b"{}"), repeated(b"eyJhbGciOiJIUzI1NiJ9")].concat()[..MAX_EXPLAINED].to_vec(),
        ),
    ];
    for unit in [
        ".",
        "\"",
        "'\"",
        "%",
        "%25",
        "%2E",
        " ",
        "\n",
        "\\n",
        "Bearer ",
        "bearer",
        "\"Bearer ",
        "ey",
        "eyJ",
        "eyJ.",
        "eyJhbGciOiJub25lIn0.",
        "a.",
        "=",
        "+/",
        "{",
        "{\"access_token\":\"",
        "&a=",
        "Cookie: ",
        "\u{200B}",
        "…",
        "...",
        "eyJhbGciOiJIUzI1NiJ9.e30.",
        "https://",
        "\0",
        "\u{FF}",
        "A",
    ] {
        all.push(("a text of one unit", repeated(unit.as_bytes())));
    }
    let half = MAX_EXPLAINED / 2;
    all.push(("brackets that open and close", [vec![b'['; half], vec![b']'; half]].concat()));
    all.push(("brackets that close, and one inside", [b"ey[".to_vec(), vec![b']'; 2 * half - 3]].concat()));
    all.push(("invisible marks inside", ["ey", &"\u{AD}".repeat(half - 1)].concat().into_bytes()));
    all.push(("beyond the limit", vec![b'.'; 4 << 20]));
    all
}

#[test]
fn every_token_is_explained_in_bounded_time() {
    let context = context();
    for (name, token) in hostile() {
        let time = || {
            let start = Instant::now();
            let report = explain(&token, &context).to_json();
            assert!(report.len() < 8 * MAX_EXPLAINED, "{name}: {} bytes", report.len());
            start.elapsed()
        };
        // The best of a few: the machine may have other things to do.
        let best = (0..5).map(|_| time()).min().unwrap();
        let start = String::from_utf8_lossy(token.get(..12).unwrap_or(&token)).into_owned();
        println!("{best:>12.2?}  {name}  {start:?}");
        assert!(best < MOST, "{name} {start:?}: {best:?}");
    }
}
