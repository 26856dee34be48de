//! The pure core, natively, against the `jsonwebtoken` crate in the same run: `cargo bench --bench core`.
//!
//! Every verification gets another token, as at a gate: nothing is cached between them, and no branch predictor learns
//! one payload by heart.

#![allow(missing_docs, reason = "criterion's macros make a public function")]
#![allow(clippy::unwrap_used, reason = "a benchmark may stop at what it did not expect")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use edgewarden::jwt::{
    Compact, KeyRing, KeySet, NumericDate, Policy, Scratch, Strength, TokenKind, UnknownKid, Unverified,
    base64url, sign, verify,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

/// 2025-01-01T00:00:00Z. `jsonwebtoken` reads the clock itself, so that its tokens expire a hundred years later.
const NOW: f64 = 1_735_689_600.0;
const TOKENS: usize = 1024;
const ISSUER: &str = "https://auth.example.com";
const AUDIENCE: &str = "https://api.example.com";

/// A ring of `keys` keys, the newest first.
fn ring(keys: u8) -> KeyRing {
    let keys: Vec<String> = (0..keys)
        .map(|index| {
            let k = base64url::encode(&secret(index));
            format!(r#"{{"kty":"oct","alg":"HS256","kid":"2025-{index:02}","k":"{k}"}}"#)
        })
        .collect();
    KeySet::from_json(&format!(r#"{{"keys":[{}]}}"#, keys.join(",")), Strength::Enforced).ring.unwrap()
}

fn secret(index: u8) -> [u8; 32] {
    core::array::from_fn(|byte| byte.to_le_bytes()[0].wrapping_mul(167) ^ index.wrapping_mul(59) ^ 0x5A)
}

/// Tokens of typical claims, some 380 bytes each, all different, signed with the oldest key of the ring.
fn tokens(ring: &KeyRing) -> Vec<String> {
    let mut key = ring.keys().last().unwrap().clone();
    if ring.keys().len() > 1 {
        key.kid = None;
    }
    (0..TOKENS)
        .map(|index| {
            let claims = format!(
                concat!(
                    r#"{{"iss":"{}","sub":"user-{:08}","aud":"{}","iat":{},"nbf":{},"exp":{},"#,
                    r#""jti":"{:016x}","scope":"events:read positions:write"}}"#
                ),
                ISSUER,
                index,
                AUDIENCE,
                NOW - 60.0,
                NOW - 60.0,
                NOW + 3_153_600_000.0,
                (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15),
            );
            sign(&key, Some("at+jwt"), &claims)
        })
        .collect()
}

fn policy() -> Policy {
    Policy {
        issuers: vec![ISSUER.to_owned()],
        audiences: vec![AUDIENCE.to_owned()],
        unknown_kid: UnknownKid::TryAll,
        ..Policy::default()
    }
}

#[derive(serde::Deserialize)]
#[expect(dead_code, reason = "what a user of that crate would declare")]
struct UserClaims {
    iss: String,
    sub: String,
    aud: String,
    iat: u64,
    nbf: u64,
    exp: u64,
    jti: String,
    scope: String,
}

fn verification(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hs256");
    group.throughput(Throughput::Elements(1));
    let (policy, now) = (policy(), NumericDate::from_seconds(NOW).unwrap());

    for keys in [1, 4, 16] {
        let ring = ring(keys);
        let tokens = tokens(&ring);
        println!("a token of {} bytes", tokens.first().unwrap().len());
        let mut scratch = Scratch::default();
        let mut fresh = tokens.iter().cycle();
        group.bench_function(format!("edgewarden, {keys} candidate key(s)"), |bencher| {
            bencher.iter(|| {
                let token = black_box(fresh.next().unwrap());
                let accepted =
                    verify(token.as_bytes(), &ring, &policy, TokenKind::Access, &[], now, &mut scratch)
                        .unwrap();
                black_box(accepted.claims.expires)
            });
        });
    }

    let ring = ring(1);
    let tokens = tokens(&ring);
    let key = DecodingKey::from_secret(&secret(0));
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.validate_nbf = true;
    let mut fresh = tokens.iter().cycle();
    group.bench_function("jsonwebtoken, typed claims", |bencher| {
        bencher.iter(|| {
            let token = black_box(fresh.next().unwrap());
            black_box(jsonwebtoken::decode::<UserClaims>(token, &key, &validation).unwrap().claims.exp)
        });
    });
    group.bench_function("jsonwebtoken, serde_json::Value", |bencher| {
        bencher.iter(|| {
            let token = black_box(fresh.next().unwrap());
            black_box(jsonwebtoken::decode::<serde_json::Value>(token, &key, &validation).unwrap().claims)
        });
    });
    group.finish();
}

fn parsing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parsing");
    group.throughput(Throughput::Elements(1));
    let ring = ring(1);
    let tokens = tokens(&ring);
    let mut fresh = tokens.iter().cycle();
    let mut scratch = Scratch::default();
    group.bench_function("segments, base64url, header", |bencher| {
        bencher.iter(|| {
            let token = black_box(fresh.next().unwrap());
            black_box(
                Unverified::parse(token.as_bytes(), 8192, &mut scratch).unwrap().header().alg.is("HS256"),
            )
        });
    });
    group.bench_function("segments alone", |bencher| {
        bencher.iter(|| {
            let token = black_box(fresh.next().unwrap());
            black_box(Compact::split(token.as_bytes(), 8192).unwrap().payload.len())
        });
    });
    let mut decoded = Vec::new();
    group.bench_function("base64url alone", |bencher| {
        bencher.iter(|| {
            let token = black_box(fresh.next().unwrap());
            let compact = Compact::split(token.as_bytes(), 8192).unwrap();
            decoded.clear();
            base64url::decode_into(compact.payload, &mut decoded).unwrap();
            black_box(decoded.len())
        });
    });
    let payloads: Vec<Vec<u8>> = tokens
        .iter()
        .map(|token| base64url::decode(Compact::split(token.as_bytes(), 8192).unwrap().payload).unwrap())
        .collect();
    let mut fresh = payloads.iter().cycle();
    group.bench_function("payload JSON alone", |bencher| {
        bencher.iter(|| {
            let payload = black_box(fresh.next().unwrap());
            black_box(edgewarden::jwt::json::Object::parse(payload).unwrap().get("exp").is_some())
        });
    });
    group.finish();
}

/// What a stranger can make a gate work on, without any secret: within eight kilobytes, none of these may cost more than
/// a small multiple of an honest token.
fn hostile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hostile");
    group.throughput(Throughput::Elements(1));
    let (policy, now, ring) = (policy(), NumericDate::from_seconds(NOW).unwrap(), ring(16));
    let nested = |open: &str, close: &str, inside: &str| {
        let levels = 120;
        format!(r#"{{"alg":"HS256","x":{}{inside}{}}}"#, open.repeat(levels), close.repeat(levels))
    };
    let members: Vec<String> = (0..400).map(|index| format!(r#""m{index}":[0]"#)).collect();
    let escaped: Vec<String> = (0..250).map(|index| format!(r#""\u006d{index}":{{}}"#)).collect();
    let token = |header: &str| format!("{}.e30.AAAA", base64url::encode(header.as_bytes()));
    for (name, token) in [
        ("dots", ".".repeat(8192)),
        ("a header nested deep", token(&nested("[", "]", "0,".repeat(2700).trim_end_matches(',')))),
        (
            "a header of objects nested deep",
            token(&nested(r#"{"a":"#, "}", &format!("{{{}}}", members.join(",")))),
        ),
        ("a header of many members", token(&format!(r#"{{"alg":"HS256",{}}}"#, members.join(",")))),
        ("a header of many escaped members", token(&format!(r#"{{"alg":"HS256",{}}}"#, escaped.join(",")))),
        ("a forgery against sixteen keys", {
            let payload = base64url::encode(&[b' '; 5900]);
            format!("{}.{payload}.{}", base64url::encode(br#"{"alg":"HS256"}"#), "A".repeat(43))
        }),
    ] {
        assert!(token.len() <= 8192, "{name}: {}", token.len());
        let mut scratch = Scratch::default();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let token = black_box(token.as_bytes());
                verify(token, &ring, &policy, TokenKind::Access, &[], now, &mut scratch).unwrap_err().code
            });
        });
    }
    group.finish();
}

criterion_group!(benches, verification, parsing, hostile);
criterion_main!(benches);
