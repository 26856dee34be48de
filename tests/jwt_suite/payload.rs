//! The payload as JSON, read only after the signature has been verified.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::json::JsonFault;
use edgewarden::jwt::{Code, Refusal, Why};
use serde_json::json;

use super::fixture::{Gate, NOW, claims, jwk, key, token_with_payload};

fn verdict(payload: impl AsRef<[u8]>) -> Result<String, Refusal> {
    let (gate, key) = Gate::with_one_key();
    gate.verdict(token_with_payload(&key, payload.as_ref()))
}

fn why(payload: impl AsRef<[u8]>) -> Why {
    let refusal = verdict(payload).unwrap_err();
    assert_eq!(refusal.code, Code::MalformedClaims);
    refusal.why
}

/// A payload that would pass, with this member as well.
fn with(member: &str) -> String {
    format!(r#"{{"exp":{},{member}}}"#, NOW + 600.0)
}

#[test]
fn a_payload_that_is_no_object_is_malformed() {
    for payload in ["[]", "null", "true", "1", r#""exp""#, r#"[{"exp":1}]"#, " [ ] "] {
        assert_eq!(why(payload), Why::PayloadJson(JsonFault::NotAnObject), "{payload}");
    }
}

#[test]
fn a_payload_that_is_not_json_is_malformed() {
    for payload in [
        " ",
        "{",
        "}",
        "{]",
        r#"{"exp":1}x"#,
        r#"{"exp":1}{}"#,
        r#"{"exp":1,}"#,
        "foo",
        "\0",
        "{\"a\":\"\0\"}",
    ] {
        assert!(matches!(why(payload), Why::PayloadJson(JsonFault::Syntax { .. })), "{payload:?}");
    }
}

#[test]
fn a_payload_is_not_looked_at_before_its_signature_is_verified() {
    let (gate, _) = Gate::with_one_key();
    let theirs = key(&jwk(66));
    for payload in ["not json", r#"{"exp":0}"#, "[]", r#"{"exp":"x"}"#] {
        let code = gate.code(token_with_payload(&theirs, payload.as_bytes()));
        assert_eq!(code, Some(Code::SignatureMismatch), "{payload}");
    }
}

#[test]
fn a_claim_named_twice_is_malformed() {
    for member in [
        r#""exp":9999999999"#,
        r#""sub":"a","sub":"b""#,
        r#""sub":"a","s\u0075b":"a""#,
        r#""\u0065xp":9999999999"#,
        r#""x":1,"y":2,"x":1"#,
        r#""":1,"":1"#,
    ] {
        assert_eq!(why(with(member)), Why::PayloadJson(JsonFault::DuplicateMember), "{member}");
    }
}

#[test]
fn a_name_twice_deeper_in_the_payload_is_the_applications_own_business() {
    assert!(verdict(with(r#""x":{"a":1,"a":2},"y":[{"b":1,"b":1}]"#)).is_ok());
}

#[test]
fn a_claim_named_twice_is_found_among_hundreds() {
    let many: Vec<String> = (0..300).map(|index| format!(r#""claim-{index}":{index}"#)).collect();
    let many = many.join(",");
    assert!(verdict(with(&many)).is_ok());
    for repeated in [r#""claim-0":0"#, r#""claim-299":0"#, r#""cl\u0061im-150":0"#, r#""exp":1"#] {
        assert_eq!(
            why(with(&format!("{many},{repeated}"))),
            Why::PayloadJson(JsonFault::DuplicateMember),
            "{repeated}"
        );
    }
}

#[test]
fn names_that_differ_only_in_case_or_space_are_different_claims() {
    assert!(verdict(with(r#""EXP":0,"Exp":0,"exp ":0," exp":0,"exp\u0000":0"#)).is_ok());
}

#[test]
fn an_escaped_claim_name_is_the_same_claim() {
    let payload = format!(r#"{{"\u0065\u0078\u0070":{}}}"#, NOW - 600.0);
    assert_eq!(verdict(payload).unwrap_err().code, Code::Expired);
}

#[test]
fn a_payload_may_nest_126_levels_but_not_3000() {
    let nested =
        |levels: usize| with(&format!(r#""x":{}{}"#, "[".repeat(levels - 1), "]".repeat(levels - 1)));
    assert!(verdict(nested(126)).is_ok());
    assert!(verdict(nested(127)).is_ok());
    assert_eq!(why(nested(128)), Why::PayloadJson(JsonFault::TooDeep));
    // As deep as fits into eight kilobytes, open and closed.
    assert_eq!(why(nested(3000)), Why::PayloadJson(JsonFault::TooDeep));
    assert_eq!(why(with(&format!(r#""x":{}"#, "[".repeat(5000)))), Why::PayloadJson(JsonFault::TooDeep));
    let objects =
        |levels: usize| with(&format!(r#""x":{}0{}"#, r#"{"":"#.repeat(levels - 1), "}".repeat(levels - 1)));
    assert!(verdict(objects(126)).is_ok());
    assert_eq!(why(objects(900)), Why::PayloadJson(JsonFault::TooDeep));
}

#[test]
fn a_3000_deep_payload_that_is_an_array_is_malformed_too() {
    for payload in ["[".repeat(3000), format!("{}{}", "[".repeat(3000), "]".repeat(3000))] {
        assert_eq!(why(payload), Why::PayloadJson(JsonFault::TooDeep));
    }
}

#[test]
fn half_a_surrogate_pair_is_malformed_and_a_whole_one_is_not() {
    for text in [r"\ud800", r"\uDC00", r"x\ud800x", r"\ud83d\ud83d", r"\ude00\ud83d", r"\ud83d\n", r"\ud83d"]
    {
        assert_eq!(
            why(with(&format!(r#""x":"{text}""#))),
            Why::PayloadJson(JsonFault::LoneSurrogate),
            "{text}"
        );
        assert_eq!(
            why(with(&format!(r#""x":["{text}"]"#))),
            Why::PayloadJson(JsonFault::LoneSurrogate),
            "{text}"
        );
    }
    assert!(verdict(with(r#""x":"\ud83d\ude00""#)).is_ok());
}

#[test]
fn a_byte_order_mark_is_malformed() {
    assert_eq!(why(format!("\u{feff}{}", claims(&json!({})))), Why::PayloadJson(JsonFault::ByteOrderMark));
}

#[test]
fn a_payload_that_is_not_utf8_is_malformed() {
    for bytes in [&b"\xff"[..], b"\xc3\x28", b"\xed\xa0\x80", b"\xe2\x82", b"\xf4\x90\x80\x80"] {
        let payload = [with(r#""x":""#).trim_end_matches('}').as_bytes(), bytes, b"\"}"].concat();
        assert_eq!(why(payload), Why::PayloadJson(JsonFault::NotUtf8), "{bytes:?}");
    }
    let utf16: Vec<u8> = claims(&json!({})).encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(matches!(why(utf16), Why::PayloadJson(_)));
}

#[test]
fn a_nul_is_refused_raw_and_taken_when_escaped() {
    assert!(matches!(why(with("\"x\":\"a\0b\"")), Why::PayloadJson(JsonFault::Syntax { .. })));
    assert!(matches!(why(format!("{}\0", with(r#""x":1"#))), Why::PayloadJson(JsonFault::Syntax { .. })));
    assert!(verdict(with(r#""x":"a\u0000b""#)).is_ok());
}

#[test]
fn claims_that_nobody_asks_for_may_be_anything() {
    for value in [
        "null",
        "[]",
        "{}",
        "1e400",
        "-0",
        r#""""#,
        r#"[1,"a",null,{"b":[]}]"#,
        "0.1e-7",
        r#""\/\b\f\n\r\t\\\"""#,
    ] {
        assert!(verdict(with(&format!(r#""x":{value}"#))).is_ok(), "{value}");
    }
}

#[test]
fn one_tokens_claims_are_gone_when_the_next_is_read() {
    use edgewarden::jwt::{Scratch, TokenKind, sign, verify};
    let (gate, key) = Gate::with_one_key();
    let mut scratch = Scratch::default();
    let long = sign(&key, None, &claims(&json!({"sub": "first", "jti": "x".repeat(3000), "scope": "admin"})));
    let short = sign(&key, None, &claims(&json!({"sub": null})));
    for _ in 0..3 {
        for (token, subject, admin) in [(&long, Some("first"), true), (&short, None, false)] {
            let now = super::fixture::at(NOW);
            let accepted =
                verify(token.as_bytes(), &gate.ring, &gate.policy, TokenKind::Access, &[], now, &mut scratch)
                    .unwrap();
            assert_eq!(
                accepted.claims.subject.map(|subject| subject.decoded().into_owned()).as_deref(),
                subject
            );
            assert_eq!(accepted.claims.scope.contains("admin"), admin);
        }
    }
}
