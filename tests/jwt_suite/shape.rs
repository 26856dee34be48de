//! Size and segments: before anything is decoded.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{Code, Compact, Segment, Why, sign, sign_raw};
use serde_json::json;

use super::fixture::{Gate, claims, good_token};

/// A token of exactly this many bytes that passes.
fn token_of_length(key: &edgewarden::jwt::Key, length: usize) -> String {
    // Base64url reaches not every length: the header's padding shifts the sum.
    for shift in 0..4 {
        let header = format!(r#"{{"alg":"HS256","pad":"{}"}}"#, "x".repeat(shift));
        for filler in (length / 4 * 3).saturating_sub(300)..length {
            let token =
                sign_raw(key, header.as_bytes(), claims(&json!({"pad": "x".repeat(filler)})).as_bytes());
            if token.len() == length {
                return token;
            }
            if token.len() > length {
                break;
            }
        }
    }
    panic!("no token of {length} bytes")
}

#[test]
fn a_token_of_exactly_the_limit_passes() {
    let (gate, key) = Gate::with_one_key();
    assert_eq!(gate.code(token_of_length(&key, 8192)), None);
}

#[test]
fn a_token_one_byte_over_the_limit_is_too_large() {
    let (gate, key) = Gate::with_one_key();
    let refusal = gate.verdict(token_of_length(&key, 8193)).unwrap_err();
    assert_eq!(refusal.code, Code::TokenTooLarge);
    assert_eq!(refusal.why, Why::TooLong { length: 8193, limit: 8192 });
}

#[test]
fn the_limit_is_configurable() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    let gate = gate.policy(|policy| policy.max_token_bytes = token.len());
    assert_eq!(gate.code(&token), None);
    let gate = gate.policy(|policy| policy.max_token_bytes = token.len() - 1);
    assert_eq!(gate.code(&token), Some(Code::TokenTooLarge));
}

#[test]
fn size_is_judged_before_shape() {
    let (gate, _) = Gate::with_one_key();
    assert_eq!(gate.code(".".repeat(100_000)), Some(Code::TokenTooLarge));
    assert_eq!(gate.code(vec![0; 1_000_000]), Some(Code::TokenTooLarge));
}

#[test]
fn a_hundred_thousand_dots_are_malformed_where_the_limit_lets_them_in() {
    let gate = Gate::with_one_key().0.policy(|policy| policy.max_token_bytes = 1_000_000);
    let refusal = gate.verdict(".".repeat(100_000)).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::MalformedToken, Why::Segments { count: 6 }));
}

#[test]
fn every_number_of_segments_but_three_is_malformed() {
    let (gate, _) = Gate::with_one_key();
    for (token, why) in [
        ("", Why::Absent),
        ("abcd", Why::Segments { count: 1 }),
        ("abcd.abcd", Why::Segments { count: 2 }),
        (".", Why::Segments { count: 2 }),
        ("abcd.abcd.abcd.abcd", Why::Segments { count: 4 }),
        ("...", Why::Segments { count: 4 }),
        ("a.b.c.d.e.f", Why::Segments { count: 6 }),
    ] {
        let refusal = gate.verdict(token).unwrap_err();
        assert_eq!((refusal.code, refusal.why), (Code::MalformedToken, why), "{token:?}");
    }
}

#[test]
fn an_encrypted_token_is_named_as_one() {
    let (gate, _) = Gate::with_one_key();
    for jwe in ["a.b.c.d.e", "eyJhbGciOiJkaXIifQ..aXY.Y3Q.dGFn", "...."] {
        let refusal = gate.verdict(jwe).unwrap_err();
        assert_eq!((refusal.code, refusal.why), (Code::MalformedToken, Why::Encrypted), "{jwe}");
    }
}

#[test]
fn an_extra_segment_breaks_a_good_token() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    for tail in [".", ".x", "..", ".x.y"] {
        assert_eq!(gate.code(format!("{token}{tail}")), Some(Code::MalformedToken), "{tail}");
    }
    assert_eq!(gate.code(format!(".{token}")), Some(Code::MalformedToken));
}

#[test]
fn a_detached_payload_is_refused_and_named() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    let cut = Compact::split(token.as_bytes(), 8192).unwrap();
    let header = std::str::from_utf8(cut.header).unwrap();
    let signature = std::str::from_utf8(cut.signature).unwrap();
    let refusal = gate.verdict(format!("{header}..{signature}")).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::MalformedToken, Why::EmptySegment(Segment::Payload)));
}

#[test]
fn an_empty_payload_is_refused_even_when_it_was_signed() {
    let (gate, key) = Gate::with_one_key();
    let refusal = gate.verdict(sign(&key, None, "")).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::MalformedToken, Why::EmptySegment(Segment::Payload)));
}

#[test]
fn a_missing_header_or_signature_is_malformed() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    let first = token.find('.').unwrap();
    let last = token.rfind('.').unwrap();
    for (token, segment) in [(&token[first..], Segment::Header), (&token[..=last], Segment::Signature)] {
        let refusal = gate.verdict(token).unwrap_err();
        assert_eq!((refusal.code, refusal.why), (Code::MalformedToken, Why::EmptySegment(segment)));
    }
    assert_eq!(gate.code(".."), Some(Code::MalformedToken));
}

#[test]
fn every_truncation_of_a_good_token_is_refused() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    for length in 0..token.len() {
        let code = gate.code(&token[..length]).expect("a truncated token must not pass");
        assert!(matches!(code, Code::MalformedToken | Code::SignatureMismatch), "{length}: {code}");
    }
}

#[test]
fn two_tokens_glued_together_are_refused() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    for glue in ["", " ", ",", "\n", ".", ";"] {
        assert_eq!(gate.code(format!("{token}{glue}{token}")), Some(Code::MalformedToken), "{glue:?}");
    }
}

#[test]
fn nothing_may_stand_around_a_token() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    for (before, after) in [
        (" ", ""),
        ("", " "),
        ("", "\n"),
        ("", "\r\n"),
        ("\t", ""),
        ("\u{feff}", ""),
        ("", "\0"),
        ("\0", ""),
        ("\"", "\""),
        ("'", "'"),
        ("Bearer ", ""),
        ("<", ">"),
        ("", "="),
        ("", "#"),
        ("", "?"),
        ("", "\u{a0}"),
    ] {
        let dressed = format!("{before}{token}{after}");
        assert_eq!(gate.code(dressed), Some(Code::MalformedToken), "{before:?} {after:?}");
    }
}

#[test]
fn a_byte_that_is_no_text_is_malformed_wherever_it_stands() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key).into_bytes();
    for position in 0..token.len() {
        for byte in [0x00, 0x7F, 0x80, 0xC0, 0xFF] {
            let mut broken = token.clone();
            broken[position] = byte;
            assert_eq!(gate.code(broken), Some(Code::MalformedToken), "{byte:#x} at {position}");
        }
    }
}

#[test]
fn json_serialisation_is_not_compact_serialisation() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    let mut parts = token.split('.');
    let (protected, payload, signature) =
        (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let flat = json!({"protected": protected, "payload": payload, "signature": signature}).to_string();
    assert_eq!(gate.code(flat), Some(Code::MalformedToken));
}

#[test]
fn the_signing_input_is_everything_before_the_last_dot() {
    let (_, key) = Gate::with_one_key();
    let token = good_token(&key);
    let cut = Compact::split(token.as_bytes(), 8192).unwrap();
    assert_eq!(cut.signing_input, &token.as_bytes()[..token.rfind('.').unwrap()]);
    let joined = [cut.signing_input, b".", cut.signature].concat();
    assert_eq!(joined, token.as_bytes());
}
