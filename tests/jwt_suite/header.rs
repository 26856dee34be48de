//! The JOSE header, read strictly, and what in it has no say.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::json::JsonFault;
use edgewarden::jwt::{Code, Scratch, Why, sign_raw};
use serde_json::json;

use super::fixture::{Gate, claims, jwk, jwk_of, key, token_with_header};

fn why(header: &str) -> Why {
    let (gate, key) = Gate::with_one_key();
    gate.verdict(token_with_header(&key, header)).unwrap_err().why
}

fn code(header: &str) -> Option<Code> {
    let (gate, key) = Gate::with_one_key();
    gate.code(token_with_header(&key, header))
}

#[test]
fn alg_alone_is_enough() {
    assert_eq!(code(r#"{"alg":"HS256"}"#), None);
}

#[test]
fn alg_is_required() {
    for header in ["{}", r#"{"typ":"JWT"}"#, r#"{"kid":"k1"}"#, r#"{"Alg":"HS256"}"#, r#"{"":"HS256"}"#] {
        assert_eq!(why(header), Why::HeaderParameterMissing("alg"), "{header}");
        assert_eq!(code(header), Some(Code::MalformedToken), "{header}");
    }
}

#[test]
fn alg_must_be_a_string() {
    for alg in ["null", "256", "true", r#"["HS256"]"#, r#"{"alg":"HS256"}"#] {
        let header = format!(r#"{{"alg":{alg}}}"#);
        assert_eq!(why(&header), Why::HeaderParameterType("alg"), "{header}");
        assert_eq!(code(&header), Some(Code::MalformedToken), "{header}");
    }
}

#[test]
fn alg_none_never_passes_in_any_spelling() {
    for none in ["none", "None", "NONE", "nOnE", r"n\u006fne", r"\u006eone", r"NON\u0045"] {
        let header = format!(r#"{{"alg":"{none}"}}"#);
        assert_eq!(why(&header), Why::AlgorithmNone, "{none}");
        assert_eq!(code(&header), Some(Code::AlgorithmNotAllowed), "{none}");
    }
    for disguised in [" none", "none ", r"none\u0000", "", r"n\u200bone", "ｎｏｎｅ"] {
        let header = format!(r#"{{"alg":"{disguised}"}}"#);
        assert_eq!(code(&header), Some(Code::AlgorithmNotAllowed), "{disguised:?}");
    }
}

#[test]
fn alg_none_is_named_as_such_though_the_signature_is_empty() {
    let (gate, key) = Gate::with_one_key();
    for none in ["none", "NonE"] {
        let token = token_with_header(&key, &format!(r#"{{"alg":"{none}"}}"#));
        let unsigned = &token[..=token.rfind('.').unwrap()];
        let refusal = gate.verdict(unsigned).unwrap_err();
        assert_eq!((refusal.code, refusal.why), (Code::AlgorithmNotAllowed, Why::AlgorithmNone));
    }
}

#[test]
fn the_header_speaks_before_the_rest_is_decoded() {
    let (gate, key) = Gate::with_one_key();
    for (header, expected) in [
        (r#"{"alg":"none"}"#, Code::AlgorithmNotAllowed),
        (r#"{"alg":"HS256","crit":["exp"]}"#, Code::CriticalHeaderUnsupported),
        (r#"{"alg":"HS256","b64":false}"#, Code::CriticalHeaderUnsupported),
    ] {
        let token = token_with_header(&key, header);
        let header = &token[..token.find('.').unwrap()];
        for rest in [".This is the payload string!.AAAA", "..AAAA", ".e30.", ".e30=.AAAA"] {
            assert_eq!(gate.code(format!("{header}{rest}")), Some(expected), "{rest}");
        }
    }
}

#[test]
fn algorithm_names_are_compared_exactly() {
    for alg in ["hs256", "Hs256", "HS256 ", " HS256", "HS", "HS2560", "SHA256", "HMAC"] {
        assert_eq!(code(&format!(r#"{{"alg":"{alg}"}}"#)), Some(Code::AlgorithmNotAllowed), "{alg}");
    }
}

#[test]
fn an_escaped_algorithm_name_is_the_same_name() {
    assert_eq!(code(r#"{"\u0061lg":"HS\u003256"}"#), None);
}

#[test]
fn an_algorithm_that_no_key_carries_is_not_allowed() {
    for alg in ["HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "Ed25519", "A128KW", "dir"] {
        let header = format!(r#"{{"alg":"{alg}"}}"#);
        assert_eq!(why(&header), Why::AlgorithmUnknown, "{alg}");
        assert_eq!(code(&header), Some(Code::AlgorithmNotAllowed), "{alg}");
    }
}

#[test]
fn a_key_is_never_tried_under_another_algorithm() {
    // The MAC is right for the algorithm that the header claims, with the bytes of the ring's key.
    let secret = jwk_of(3, "HS512");
    let as_hs256 = key(&super::fixture::jwk_with(3, &json!({"k": secret["k"], "alg": "HS256"})));
    let gate = Gate::of(&[secret]);
    let without_kid = token_with_header(&as_hs256, r#"{"alg":"HS256"}"#);
    assert_eq!(gate.code(without_kid), Some(Code::AlgorithmNotAllowed));
    let with_kid = token_with_header(&as_hs256, r#"{"alg":"HS256","kid":"k3"}"#);
    assert_eq!(gate.code(with_kid), Some(Code::AlgorithmNotAllowed));
}

#[test]
fn kid_and_typ_must_be_strings() {
    for name in ["kid", "typ"] {
        for value in ["null", "1", "true", "[]", "{}", r#"["k1"]"#] {
            let header = format!(r#"{{"alg":"HS256","{name}":{value}}}"#);
            assert_eq!(code(&header), Some(Code::MalformedToken), "{header}");
            assert!(matches!(why(&header), Why::HeaderParameterType(at) if at == name), "{header}");
        }
    }
}

#[test]
fn crit_is_refused_in_every_form() {
    for crit in [
        r#"["exp"]"#,
        r#"["b64"]"#,
        r#"["alg"]"#,
        r#"["http://example.com/UNDEFINED"]"#,
        "[]",
        "null",
        "false",
        "0",
        r#""""#,
        r#""exp""#,
        "{}",
        "[null]",
        r#"["exp","exp"]"#,
    ] {
        let header = format!(r#"{{"alg":"HS256","crit":{crit}}}"#);
        assert_eq!(code(&header), Some(Code::CriticalHeaderUnsupported), "{header}");
        assert_eq!(why(&header), Why::Critical, "{header}");
    }
    assert_eq!(code(r#"{"alg":"HS256","\u0063rit":["exp"],"exp":1}"#), Some(Code::CriticalHeaderUnsupported));
}

#[test]
fn b64_other_than_absent_or_true_is_refused() {
    assert_eq!(code(r#"{"alg":"HS256","b64":true}"#), None);
    for b64 in ["false", "null", "0", "1", r#""true""#, r#""false""#, "[]", "{}", "[true]"] {
        let header = format!(r#"{{"alg":"HS256","b64":{b64}}}"#);
        assert_eq!(code(&header), Some(Code::CriticalHeaderUnsupported), "{header}");
        assert_eq!(why(&header), Why::UnencodedPayload, "{header}");
    }
}

#[test]
fn an_unencoded_payload_is_refused() {
    let header = r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#;
    assert_eq!(code(header), Some(Code::CriticalHeaderUnsupported));
}

#[test]
fn a_token_cannot_bring_its_own_key() {
    let (gate, _) = Gate::with_one_key();
    let attacker = jwk(66);
    let theirs = key(&attacker);
    for header in [
        json!({"alg": "HS256", "jwk": attacker}),
        json!({"alg": "HS256", "jku": "https://attacker.example/keys"}),
        json!({"alg": "HS256", "x5u": "https://attacker.example/cert"}),
        json!({"alg": "HS256", "x5c": ["MIIB"]}),
        json!({"alg": "HS256", "kid": "k1", "jwk": attacker, "jku": "https://attacker.example/keys"}),
    ] {
        assert_eq!(
            gate.code(token_with_header(&theirs, &header.to_string())),
            Some(Code::SignatureMismatch),
            "{header}"
        );
    }
}

#[test]
fn a_key_that_a_good_token_carries_along_is_ignored() {
    let (gate, key) = Gate::with_one_key();
    for extra in [
        r#""jwk":{"kty":"oct","k":"AAAA"}"#,
        r#""jku":"https://example.com""#,
        r#""x5u":5"#,
        r#""x5c":null"#,
        r#""x5t":"x","x5t#S256":"y""#,
        r#""cty":"JWT""#,
        r#""zip":"DEF""#,
    ] {
        assert_eq!(
            gate.code(token_with_header(&key, &format!(r#"{{"alg":"HS256",{extra}}}"#))),
            None,
            "{extra}"
        );
    }
}

#[test]
fn a_header_parameter_named_twice_is_refused() {
    for header in [
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","kid":"k1","kid":"k1"}"#,
        r#"{"alg":"HS256","x":1,"x":1}"#,
        r#"{"alg":"HS256","\u0061lg":"HS256"}"#,
        r#"{"alg":"HS256","a\u006Cg":"none"}"#,
        r#"{"alg":"HS256","":1,"":2}"#,
    ] {
        assert_eq!(why(header), Why::HeaderJson(JsonFault::DuplicateMember), "{header}");
        assert_eq!(code(header), Some(Code::MalformedToken), "{header}");
    }
}

#[test]
fn a_member_named_twice_is_refused_at_any_depth_of_the_header() {
    for inner in [
        r#"{"a":1,"a":2}"#,
        r#"[{"a":1,"a":2}]"#,
        r#"{"b":{"a":1,"a":2}}"#,
        r#"[1,[{},{"b":[{"a":1,"a":1}]}]]"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"b":{"c":1},"a":1,"a":{"d":1}}"#,
        r#"[[],{"x":{"y":[]},"z":[{"q":1,"q":1}]}]"#,
    ] {
        let header = format!(r#"{{"alg":"HS256","x":{inner}}}"#);
        assert_eq!(why(&header), Why::HeaderJson(JsonFault::DuplicateMember), "{header}");
    }
}

#[test]
fn the_same_name_in_different_objects_is_no_duplicate() {
    for inner in [
        r#"{"alg":1,"x":2}"#,
        r#"[{"a":1},{"a":2}]"#,
        r#"{"a":{"a":{"a":1}}}"#,
        r#"{"a":{"b":1},"b":{"a":1}}"#,
        r#"{"a":"a","b":["a","a"]}"#,
        r#"{"a":1,"A":2,"a ":3,"a\u0000":4}"#,
    ] {
        assert_eq!(code(&format!(r#"{{"alg":"HS256","x":{inner}}}"#)), None, "{inner}");
    }
}

#[test]
fn duplicates_are_found_among_many_members() {
    let many: Vec<String> = (0..100).map(|index| format!(r#","m{index}":{index}"#)).collect();
    let many = many.concat();
    assert_eq!(code(&format!(r#"{{"alg":"HS256"{many}}}"#)), None);
    assert_eq!(code(&format!(r#"{{"alg":"HS256"{many},"x":{{"m0":0{many}}}}}"#)), Some(Code::MalformedToken));
    for repeated in ["m0", "m99", r"m\u0035", "alg"] {
        let header = format!(r#"{{"alg":"HS256"{many},"{repeated}":0}}"#);
        assert_eq!(why(&header), Why::HeaderJson(JsonFault::DuplicateMember), "{repeated}");
    }
}

#[test]
fn a_header_that_is_no_object_is_malformed() {
    for header in ["[]", "null", "true", "1", r#""alg""#, r#"[{"alg":"HS256"}]"#] {
        assert_eq!(why(header), Why::HeaderJson(JsonFault::NotAnObject), "{header}");
    }
}

#[test]
fn a_header_that_is_not_json_is_malformed() {
    for header in [
        " ",
        "{",
        "}",
        r#"{"alg":"HS256""#,
        r#"{"alg":"HS256"}}"#,
        r#"{"alg":"HS256"}x"#,
        r#"{"alg":"HS256",}"#,
        r#"{,"alg":"HS256"}"#,
        r#"{"alg" "HS256"}"#,
        "{'alg':'HS256'}",
        r#"{alg:"HS256"}"#,
        r#"{"alg":"HS256"/**/}"#,
        r#"{"alg":"HS256"} {"alg":"HS256"}"#,
        "{\"alg\":\"HS256\"}\0",
        "{\"alg\":\"HS256\",\"x\":\"\n\"}",
        r#"{"alg":"HS256","x":01}"#,
        r#"{"alg":"HS256","x":NaN}"#,
        r#"{"alg":"HS256","x":+1}"#,
        r#"{"alg":"HS256","x":.5}"#,
        r#"{"alg":"HS256","x":1.}"#,
        r#"{"alg":"HS256","x":1e}"#,
        r#"{"alg":"HS256","x":-}"#,
        r#"{"alg":"HS256","x":"\q"}"#,
        r#"{"alg":"HS256","x":"\u12"}"#,
        r#"{"alg":"HS256","x":tru}"#,
        r#"{"alg":"HS256","x":[1,]}"#,
        r#"{"alg":"HS256","x":[1 2]}"#,
        r#"{"alg":"HS256","x":{"a"}}"#,
        r#"{"alg":"HS256","x":{"a":1,}}"#,
        r#"{"alg":"HS256","x":[}"#,
        r#"{"alg":"HS256","x":{]}"#,
        "{\u{a0}\"alg\":\"HS256\"}",
        "{\u{c}\"alg\":\"HS256\"}",
    ] {
        assert!(matches!(why(header), Why::HeaderJson(JsonFault::Syntax { .. })), "{header:?}");
    }
}

#[test]
fn json_white_space_in_the_header_is_no_fault() {
    assert_eq!(code(" \t\r\n{ \"alg\" \n:\t\"HS256\" ,\r\n\"x\" : [ 1 , { } , [ ] ] } \n"), None);
}

#[test]
fn a_header_with_a_byte_order_mark_is_malformed() {
    assert_eq!(why("\u{feff}{\"alg\":\"HS256\"}"), Why::HeaderJson(JsonFault::ByteOrderMark));
}

#[test]
fn a_header_that_is_not_utf8_is_malformed() {
    let (gate, key) = Gate::with_one_key();
    for bytes in [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf8\x88\x80\x80\x80"] {
        let header = [br#"{"alg":"HS256","x":""#, bytes, br#""}"#].concat();
        let refusal = gate.verdict(sign_raw(&key, &header, claims(&json!({})).as_bytes())).unwrap_err();
        assert_eq!((refusal.code, refusal.why), (Code::MalformedToken, Why::HeaderJson(JsonFault::NotUtf8)));
    }
}

#[test]
fn half_a_surrogate_pair_in_the_header_is_malformed() {
    for text in [r"\ud800", r"\udc00", r"\ud800x", r"\ud800\u0041", r"\ud800\ud800", r"\udbff\ue000"] {
        for header in
            [format!(r#"{{"alg":"HS256","x":"{text}"}}"#), format!(r#"{{"alg":"HS256","{text}":1}}"#)]
        {
            assert_eq!(why(&header), Why::HeaderJson(JsonFault::LoneSurrogate), "{header}");
        }
    }
    assert_eq!(code(r#"{"alg":"HS256","x":"\ud83d\ude00"}"#), None);
}

#[test]
fn a_header_may_nest_126_levels_but_not_3000() {
    let nested = |levels: usize| {
        let inner = levels - 1;
        format!(r#"{{"alg":"HS256","x":{}{}}}"#, "[".repeat(inner), "]".repeat(inner))
    };
    assert_eq!(code(&nested(126)), None);
    assert_eq!(why(&nested(3000)), Why::HeaderJson(JsonFault::TooDeep));
    let objects = |levels: usize| {
        let inner = levels - 1;
        format!(r#"{{"alg":"HS256","x":{}1{}}}"#, r#"{"x":"#.repeat(inner), "}".repeat(inner))
    };
    assert_eq!(code(&objects(126)), None);
    assert_eq!(why(&objects(900)), Why::HeaderJson(JsonFault::TooDeep));
}

#[test]
fn brackets_are_matched_by_kind_at_every_depth() {
    for (inner, good) in [
        ("[[{}]]", true),
        ("[{]}", false),
        (r#"{"a":[}]"#, false),
        (r#"[{"a":[]}]"#, true),
        (r#"[{"a":[]]}"#, false),
        (r#"{"a":{"b":[{"c":{}}]}}"#, true),
        (r#"{"a":{"b":[{"c":{}]}}}"#, false),
    ] {
        let header = format!(r#"{{"alg":"HS256","x":{inner}}}"#);
        assert_eq!(code(&header), (!good).then_some(Code::MalformedToken), "{header}");
    }
}

/// The gate keeps the header of the last token, because the next one nearly always has the same.
#[test]
fn a_token_is_judged_by_its_own_header_whatever_was_judged_before() {
    let gate = Gate::of(&[jwk(1), jwk(2)]);
    let (first, second) = (key(&jwk(1)), key(&jwk(2)));
    let good = token_with_header(&first, r#"{"alg":"HS256","kid":"k1"}"#);
    let header = good.split('.').next().unwrap();
    let tokens = [
        good.clone(),
        // Longer, and begins like the one before.
        token_with_header(&first, r#"{"alg":"HS256","kid":"k1","typ":"dpop+jwt"}"#),
        token_with_header(&second, r#"{"alg":"HS256","kid":"k2"}"#),
        token_with_header(&second, r#"{"alg":"HS256","kid":"k1"}"#),
        token_with_header(&first, r#"{"alg":"none","kid":"k1"}"#),
        token_with_header(&first, r#"{"alg":"HS256"}"#),
        token_with_header(&first, r#"{"alg":"HS256","crit":[]}"#),
        header.to_owned(),
        format!("{header}."),
        format!("{header}.."),
        format!("{header}A{}", good.strip_prefix(header).unwrap()),
        String::new(),
    ];
    let mut scratch = Scratch::default();
    let mut after = |token: &str| gate.verdict_with(token, &mut scratch);
    for before in &tokens {
        for token in &tokens {
            let _ = after(before);
            assert_eq!(after(token), gate.verdict(token), "{token} after {before}");
        }
    }
}
