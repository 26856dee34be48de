//! Properties of the pure core, over inputs that nobody thought of.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

use std::sync::LazyLock;

use edgewarden::config::policy_from_text;
use edgewarden::explain::{Cause, Context, Outcome, explain};
use edgewarden::jwt::json::{JsonFault, Object, Value as JsonValue, elements};
use edgewarden::jwt::{
    Code, Compact, Fingerprint, KeyRing, KeySet, NumericDate, Policy, Scratch, Strength, TokenKind,
    UnknownKid, base64url, is_placeholder, sign, sign_raw, verify,
};
use proptest::prelude::*;

const NOW: f64 = 1_800_000_000.0;

/// As many cases as `PROPTEST_CASES` says, or else this number. A failure prints the smallest input that shows it: that
/// belongs into a test of its own, not into a file of seeds.
fn cases(number: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|number| number.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(asked.unwrap_or(number)) }
}

/// Three keys, one of each algorithm; without `kid`, so that more of the search is reached.
static RING: LazyLock<KeyRing> = LazyLock::new(|| {
    let keys: Vec<String> = ["HS256", "HS384", "HS512"]
        .iter()
        .zip(1_u8..)
        .map(|(alg, seed)| {
            let secret: [u8; 64] =
                core::array::from_fn(|at| at.to_le_bytes()[0].wrapping_mul(37) ^ seed.wrapping_mul(101));
            format!(r#"{{"kty":"oct","alg":"{alg}","k":"{}"}}"#, base64url::encode(&secret))
        })
        .collect();
    KeySet::from_json(&format!(r#"{{"keys":[{}]}}"#, keys.join(",")), Strength::Enforced).ring.unwrap()
});

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy {
    issuers: vec!["https://issuer.example".to_owned()],
    audiences: vec!["api".to_owned()],
    unknown_kid: UnknownKid::TryAll,
    ..Policy::default()
});

fn code(token: &[u8]) -> Option<Code> {
    let mut scratch = Scratch::default();
    let now = NumericDate::from_seconds(NOW).unwrap();
    verify(token, &RING, &POLICY, TokenKind::Access, &[], now, &mut scratch).err().map(|refusal| {
        // Whatever it is, it can be told.
        assert!(refusal.to_string().starts_with(refusal.code.as_str()));
        refusal.code
    })
}

fn good_token(index: usize) -> String {
    let claims = format!(
        concat!(
            r#"{{"iss":"https://issuer.example","sub":"runner-7","aud":["api","web"],"iat":{},"nbf":{},"exp":{},"#,
            r#""jti":"0123456789abcdef","scope":"events:read positions:write","roles":["member",{{"club":7}}]}}"#
        ),
        NOW - 60.0,
        NOW - 60.0,
        NOW + 600.0
    );
    sign(&RING.keys()[index], Some("at+jwt"), &claims)
}

/// Bytes of every kind: any, text, near to base64url and dots, near to JSON.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..400),
        ".{0,200}".prop_map(String::into_bytes),
        "[A-Za-z0-9_.=+/ -]{0,300}".prop_map(String::into_bytes),
        "[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,90}".prop_map(String::into_bytes),
        near_json().prop_map(String::into_bytes),
    ]
}

/// Text that is JSON, or would be but for a detail.
fn near_json() -> impl Strategy<Value = String> {
    prop_oneof![
        json_soup(),
        json_text(),
        (json_text(), any::<prop::sample::Index>(), json_morsel()).prop_map(|(mut text, at, morsel)| {
            let at = floor_char_boundary(&text, at.index(text.len() + 1));
            text.insert_str(at, &morsel);
            text
        }),
        (json_text(), any::<prop::sample::Index>()).prop_map(|(mut text, at)| {
            let at = floor_char_boundary(&text, at.index(text.len()));
            text.remove(at);
            text
        }),
    ]
}

fn floor_char_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The pieces that JSON is made of, in no order.
fn json_soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(json_morsel(), 0..24).prop_map(|pieces| format!("{{{}", pieces.concat()))
}

fn json_morsel() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\"a\"",
        "\"a\":",
        "\"b\":1",
        "\"\\u0061\":",
        "\\u",
        "\\ud83d\\ude00",
        "\\ud800",
        "\\udc00",
        "0",
        "-",
        "1",
        "12.5",
        "1e5",
        "1E-7",
        "1e400",
        "01",
        ".",
        "+",
        "true",
        "false",
        "null",
        "nul",
        " ",
        "\n",
        "\t",
        "\r",
        "\u{0}",
        "\u{1f}",
        "\u{7f}",
        "\u{feff}",
        "é",
        "\u{1F600}",
        "//",
        "'",
        "[[[[",
        "]]]]",
        "{\"a\":{\"a\":",
        "}}",
        "\\/",
        "\\n",
        "\\x",
    ])
    .prop_map(str::to_owned)
}

/// JSON objects as text, with random white space, escapes and names that repeat.
fn json_text() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        "[a-c]{0,2}",
        Just("\\u0061".to_owned()),
        Just("é\\n".to_owned()),
        Just("\\ud83d\\ude00".to_owned())
    ];
    let space = "[ \n\r\t]{0,2}";
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(|number| format!("{number:e}")),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
        "[^\"\\\\\u{0}-\u{1f}]{0,12}".prop_map(|text| format!("\"{text}\"")),
        "(\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4}|[a-z]){0,6}".prop_map(|text| format!("\"{text}\"")),
    ];
    let member_name = name.clone();
    let member_space = space;
    let value = leaf.prop_recursive(6, 40, 5, move |inner| {
        let element = inner.clone();
        let member = (member_name.clone(), member_space, inner)
            .prop_map(|(name, space, value)| format!("{space}\"{name}\"{space}:{space}{value}{space}"));
        prop_oneof![
            proptest::collection::vec(element, 0..5).prop_map(|all| format!("[{}]", all.join(" , "))),
            proptest::collection::vec(member, 0..5).prop_map(|all| format!("{{{}}}", all.join(","))),
        ]
    });
    let member = (name, value).prop_map(|(name, value)| format!("\"{name}\":{value}"));
    (space, proptest::collection::vec(member, 0..6), space)
        .prop_map(|(before, members, after)| format!("{before}{{{}}}{after}", members.join(",")))
}

/// A JSON document with everything that a general parser drops: members in order, and those named twice.
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl<'de> serde::Deserialize<'de> for Tree {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Tree;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Tree, E> {
                Ok(Tree::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
                Ok(Tree::Bool(value))
            }
            #[expect(clippy::cast_precision_loss, reason = "numbers are compared by their texts elsewhere")]
            fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
                Ok(Tree::Number(value as f64))
            }
            #[expect(clippy::cast_precision_loss, reason = "numbers are compared by their texts elsewhere")]
            fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
                Ok(Tree::Number(value as f64))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
                Ok(Tree::Number(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
                Ok(Tree::Text(value.to_owned()))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut elements: A) -> Result<Tree, A::Error> {
                let mut all = Vec::new();
                while let Some(element) = elements.next_element()? {
                    all.push(element);
                }
                Ok(Tree::Array(all))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = members.next_entry()? {
                    all.push(member);
                }
                Ok(Tree::Object(all))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl Tree {
    fn repeats_a_name(&self) -> bool {
        let Self::Object(members) = self else { return false };
        let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }

    fn repeats_a_name_somewhere(&self) -> bool {
        self.repeats_a_name()
            || match self {
                Self::Array(elements) => elements.iter().any(Self::repeats_a_name_somewhere),
                Self::Object(members) => members.iter().any(|(_, value)| value.repeats_a_name_somewhere()),
                _ => false,
            }
    }
}

/// What our reader makes of a value that it has accepted, all the way down.
fn tree(value: JsonValue<'_>) -> Tree {
    match value {
        JsonValue::Null => Tree::Null,
        JsonValue::Bool(value) => Tree::Bool(value),
        JsonValue::Number(text) => Tree::Number(serde_json::from_str(text).unwrap()),
        JsonValue::String(text) => Tree::Text(text.decoded().into_owned()),
        JsonValue::Array(text) => Tree::Array(elements(text).map(tree).collect()),
        // A name twice further down is none of its business; then the general parser reads the slice.
        JsonValue::Object(text) => match Object::parse(text.as_bytes()) {
            Ok(object) => tree_of(&object),
            Err(JsonFault::DuplicateMember) => serde_json::from_str(text).unwrap(),
            Err(fault) => panic!("a value of an accepted document: {fault}"),
        },
    }
}

fn tree_of(object: &Object<'_>) -> Tree {
    Tree::Object(
        object.members().map(|member| (member.name.decoded().into_owned(), tree(member.value))).collect(),
    )
}

/// Whether a general parser takes it for JSON, numbers of any size included.
fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn no_byte_string_panics_anywhere(bytes in bytes()) {
        code(&bytes);
        let _ = Compact::split(&bytes, 8192);
        let _ = base64url::decode(&bytes);
        let _ = Object::parse(&bytes);
        let _ = Object::parse_unique_deep(&bytes);
        let _ = is_placeholder(&bytes);
        let _ = Fingerprint::of(&bytes).to_string();
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let _ = KeySet::from_json(text, Strength::Enforced);
            let _ = KeySet::from_json(text, Strength::AllowWeak);
            let _ = KeySet::from_secrets([text]);
            let _ = NumericDate::from_json_number(text);
        }
    }

    #[test]
    fn no_header_and_no_payload_panics(header in bytes(), payload in bytes(), key in 0..3_usize) {
        let key = &RING.keys()[key];
        code(sign_raw(key, &header, br#"{"exp":1800000600}"#).as_bytes());
        code(sign_raw(key, format!(r#"{{"alg":"{}"}}"#, key.algorithm).as_bytes(), &payload).as_bytes());
        code(sign_raw(key, &header, &payload).as_bytes());
    }

    #[test]
    fn no_key_set_panics(set in key_sets()) {
        let read = KeySet::from_json(&set, Strength::Enforced);
        for finding in &read.findings {
            let _ = finding.to_string();
        }
        if let Some(ring) = read.ring {
            let _ = KeySet::shared_secret(&ring, &ring);
        }
    }

    #[test]
    fn no_policy_panics(text in near_json()) {
        let _ = policy_from_text(&text);
    }

    #[test]
    fn no_policy_with_the_right_names_panics(values in proptest::collection::vec(policy_value(), 10)) {
        let names = [
            "issuer", "audience", "leeway", "max_token_age", "max_token_bytes", "required_claims", "access_types",
            "refresh_types", "unknown_kid", "other",
        ];
        let members: Vec<String> =
            names.iter().zip(&values).map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let _ = policy_from_text(&format!("{{{}}}", members.join(",")));
    }
}

fn policy_value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "null",
            "true",
            "{}",
            "[]",
            "[\"\"]",
            "[\"a\",\"b\"]",
            "[\"a\",5]",
            "\"\"",
            "\"reject\"",
            "\"at+jwt\"",
            "-0",
            "-1",
            "1e300",
            "0.5",
            "30",
            "18446744073709551616",
            "9007199254740993",
            "\"application/\"",
            "\"é\"",
            "[[]]",
        ])
        .prop_map(str::to_owned),
        any::<i64>().prop_map(|number| number.to_string()),
        ".{0,8}".prop_map(|text| serde_json::Value::from(text).to_string()),
    ]
}

/// Key sets with members of every type in every place.
fn key_sets() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        json_text(),
        Just("\"oct\"".to_owned()),
        Just("\"HS256\"".to_owned()),
        Just("\"HS512\"".to_owned()),
        Just("\"sig\"".to_owned()),
        Just("[\"verify\"]".to_owned()),
        Just("1800000000".to_owned()),
        Just("1e400".to_owned()),
        Just("true".to_owned()),
        "[A-Za-z0-9_-]{43}".prop_map(|text| format!("\"{text}\"")),
        ".{0,20}".prop_map(|text| serde_json::Value::from(text).to_string()),
    ];
    let name = prop::sample::select(vec![
        "kty",
        "alg",
        "k",
        "kid",
        "use",
        "key_ops",
        "nbf",
        "exp",
        "revoked",
        "edgewarden:weak",
        "edgewarden:sign_until",
    ]);
    let member = (name, value).prop_map(|(name, value)| (name, value));
    let key = proptest::collection::vec(member, 0..8).prop_map(|members| {
        let mut seen = std::collections::HashSet::new();
        let members: Vec<String> = members
            .into_iter()
            .filter(|(name, _)| seen.insert(*name))
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    });
    proptest::collection::vec(key, 0..5).prop_map(|keys| format!("{{\"keys\":[{}]}}", keys.join(",")))
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn what_our_reader_accepts_a_general_parser_reads_alike(text in near_json()) {
        if let Ok(object) = Object::parse(text.as_bytes()) {
            prop_assert!(is_json(text.as_bytes()));
            // A number that no `f64` holds is JSON all the same; the general parser gives up on it.
            if let Ok(theirs) = serde_json::from_str::<Tree>(&text) {
                prop_assert!(!theirs.repeats_a_name());
                prop_assert_eq!(tree_of(&object), theirs);
            }
        }
    }

    #[test]
    fn what_a_general_parser_reads_our_reader_accepts_but_for_duplicates(text in near_json()) {
        if let Ok(theirs @ Tree::Object(_)) = serde_json::from_str::<Tree>(&text) {
            let ours = Object::parse(text.as_bytes()).map(drop);
            let deep = Object::parse_unique_deep(text.as_bytes()).map(drop);
            let refused = Err(JsonFault::DuplicateMember);
            prop_assert_eq!(ours, if theirs.repeats_a_name() { refused } else { Ok(()) });
            prop_assert_eq!(deep, if theirs.repeats_a_name_somewhere() { refused } else { Ok(()) });
        }
    }

    #[test]
    fn what_is_unique_at_every_depth_is_unique_at_the_top(text in near_json()) {
        if Object::parse_unique_deep(text.as_bytes()).is_ok() {
            prop_assert!(Object::parse(text.as_bytes()).is_ok());
        }
    }

    #[test]
    fn base64url_that_is_accepted_is_the_one_spelling(text in "[A-Za-z0-9_-]{0,40}|[A-Za-z0-9_=+/-]{0,12}") {
        if let Ok(bytes) = base64url::decode(text.as_bytes()) {
            prop_assert_eq!(base64url::encode(&bytes), text);
        }
    }

    #[test]
    fn base64url_survives_the_round_trip(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = base64url::encode(&bytes);
        prop_assert_eq!(text.len(), (bytes.len() * 4).div_ceil(3));
        prop_assert_eq!(base64url::decode(text.as_bytes()), Ok(bytes));
    }

    #[test]
    fn a_refused_segment_leaves_what_was_decoded_before(text in proptest::collection::vec(any::<u8>(), 0..40)) {
        let mut out = b"before".to_vec();
        let decoded = base64url::decode_into(&text, &mut out).and_then(|()| base64url::decode(&text));
        prop_assert_eq!(out, [b"before".to_vec(), decoded.unwrap_or_default()].concat());
    }

    #[test]
    fn no_other_token_passes_for_a_good_one(
        key in 0..3_usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..4),
    ) {
        let good = good_token(key).into_bytes();
        let mut token = good.clone();
        for (at, byte, how) in edits {
            let at = at.index(token.len().max(1));
            match how {
                0 => token.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
                1 => token.insert(at.min(token.len()), byte),
                2 => drop(token.drain(at..(at + 1).min(token.len()))),
                _ => token.truncate(at),
            }
        }
        prop_assert_eq!(code(&token).is_none(), token == good);
    }

    #[test]
    fn times_are_read_as_a_general_parser_reads_them(text in "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?") {
        let theirs: f64 = text.parse().unwrap();
        match (NumericDate::from_json_number(&text), NumericDate::from_seconds(theirs)) {
            (Some(ours), Some(theirs)) => {
                prop_assert!((ours.seconds() - theirs.seconds()).abs() <= 1e-9 + theirs.seconds().abs() * 1e-15);
            }
            (ours, theirs) => prop_assert_eq!(ours, theirs),
        }
    }
}

#[test]
fn every_single_bit_of_a_token_counts() {
    for key in 0..3 {
        let good = good_token(key).into_bytes();
        assert_eq!(code(&good), None);
        for bit in 0..good.len() * 8 {
            let mut token = good.clone();
            token[bit / 8] ^= 1 << (bit % 8);
            assert!(code(&token).is_some(), "bit {bit} of the token of key {key}");
        }
    }
}

#[test]
fn every_single_character_of_a_token_counts() {
    let good = good_token(0).into_bytes();
    for at in 0..good.len() {
        for other in (0..=255_u8).filter(|&other| other != good[at]) {
            let mut token = good.clone();
            token[at] = other;
            assert!(code(&token).is_some(), "{other:#x} at {at}");
        }
    }
}

#[test]
fn a_nested_document_is_accepted_to_the_same_depth_by_a_general_parser() {
    for depth in 100..140 {
        let text = format!("{{\"x\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        assert_eq!(Object::parse(text.as_bytes()).is_ok(), theirs, "{depth}");
        assert_eq!(Object::parse_unique_deep(text.as_bytes()).is_ok(), theirs, "{depth}");
    }
}

/// The gate verifies thousands of tokens a second in one instance: each must leave the heap alone.
#[test]
fn verifying_a_typical_token_allocates_nothing() {
    let (access, expired) = (good_token(0), sign(&RING.keys()[0], None, r#"{"exp":1}"#));
    // As PHP's `json_encode` writes an issuer.
    let escaped = r#"{"iss":"https:\/\/issuer.example","aud":"api","exp":1800000600,"scope":"events:read"}"#;
    let escaped = sign(&RING.keys()[0], Some("JWT"), escaped);
    let forged = format!("{}AAA", access.get(..access.len() - 3).unwrap());
    let now = NumericDate::from_seconds(NOW).unwrap();
    let scope = ["events:read".to_owned()];
    let mut scratch = Scratch::default();
    let mut run = |token: &str| {
        verify(token.as_bytes(), &RING, &POLICY, TokenKind::Access, &scope, now, &mut scratch)
            .map(|accepted| accepted.claims.audience.contains("api"))
            .map_err(|refusal| refusal.code)
    };
    assert_eq!(run(&access), Ok(true), "once, to make room");
    let mut verdicts = [Ok(false); 4];
    let allocations = allocation_counter::measure(|| {
        verdicts = [run(&access), run(&escaped), run(&expired), run(&forged)];
    });
    assert_eq!(verdicts, [Ok(true), Ok(true), Err(Code::Expired), Err(Code::SignatureMismatch)]);
    assert_eq!(allocations.count_total, 0);
}

// --- explain ---

/// Both rings, two clocks and a policy, so that every part of it has something to say.
static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let keys = |seeds: core::ops::Range<u8>| {
        let keys: Vec<String> = seeds
            .map(|seed| {
                let secret: [u8; 32] = core::array::from_fn(|at| at.to_le_bytes()[0].wrapping_mul(37) ^ seed);
                let k = base64url::encode(&secret);
                format!(r#"{{"kty":"oct","alg":"HS256","kid":"key-{seed}","k":"{k}"}}"#)
            })
            .collect();
        format!(r#"{{"keys":[{}]}}"#, keys.join(","))
    };
    let context = format!(
        r#"{{"access_keys":{},"refresh_keys":{},"now":1800000000,"server_now":1800000100,
            "policy":{{"issuer":"https://issuer.example","audience":"api","max_token_age":3600}}}}"#,
        keys(1..4),
        keys(11..13)
    );
    Context::from_json(&context).unwrap()
});

/// What holds for the report on any bytes.
fn check_report(token: &[u8], context: &Context) {
    let report = explain(token, context);
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["token"]["bytes"], token.len());
    assert_eq!(json["cause"]["code"], report.cause.cause.as_str());
    let first = report.findings.first();
    assert!(report.cause.cause == Cause::Ok || first == Some(&report.cause));
    let failed = report.checks.iter().find(|rung| rung.outcome == Outcome::Failed);
    if let Some(verdict) = &report.verdict {
        assert_eq!(failed.and_then(|rung| rung.code), verdict.code);
        // Whoever is refused is told why.
        assert!(verdict.code.is_none() || report.is_refused(), "{:?}", verdict.code);
    }
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn any_bytes_are_explained(token in bytes()) {
        check_report(&token, &CONTEXT);
        check_report(&token, &Context::default());
    }

    #[test]
    fn any_mutation_of_a_token_is_explained(
        index in 0..3_usize,
        mutations in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..4),
        wrapping in prop::sample::select(vec!["", "Bearer ", "\"", " ", "%22", "a=", "[", "x"]),
    ) {
        let mut token = good_token(index).into_bytes();
        for (place, byte, how) in mutations {
            let place = place.index(token.len());
            match how {
                0 => token[place] = byte,
                1 => token.insert(place, byte),
                2 => token.truncate(place + 1),
                _ => drop(token.remove(place)),
            }
            if token.is_empty() {
                token.push(byte);
            }
        }
        let token = [wrapping.as_bytes(), &token].concat();
        check_report(&token, &CONTEXT);
        check_report(&token, &Context::default());
    }

    #[test]
    fn any_claims_are_explained(
        members in proptest::collection::vec(
            (
                prop::sample::select(vec![
                    "iss", "aud", "exp", "nbf", "iat", "sub", "scope", "scp", "typ", "token_use", "nonce", "password", "x",
                ]),
                prop::sample::select(vec![
                    "1", "1800000000", "1800003600", "1800000000000", "1e300", "-1", "\"1800000000\"", "\"api\"", "null", "true",
                    "\"https://issuer.example\"", "\"refresh\"", "\"id\"", "[\"api\"]", "[]", "{}", "\"\\u202e\"", "0.5",
                ]),
            ),
            0..8,
        ),
    ) {
        let members: Vec<String> = members.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
        let payload = format!("{{{}}}", members.join(","));
        let token = sign_raw(&RING.keys()[0], br#"{"alg":"HS256"}"#, payload.as_bytes());
        check_report(token.as_bytes(), &CONTEXT);
        check_report(token.as_bytes(), &Context::default());
    }
}
