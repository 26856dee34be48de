//! Base64url, strictly: one byte string has one spelling.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::base64url::{Base64Fault, decode, encode};
use edgewarden::jwt::{Code, Segment, Why, sign_raw};
use serde_json::json;

use super::fixture::{Gate, claims, good_token};

const SEGMENTS: [Segment; 3] = [Segment::Header, Segment::Payload, Segment::Signature];

/// The token with one of its segments replaced.
fn with_segment(token: &str, segment: Segment, change: impl FnOnce(&str) -> String) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let index = SEGMENTS.iter().position(|one| *one == segment).unwrap();
    parts[index] = change(&parts[index]);
    parts.join(".")
}

#[test]
fn the_vectors_of_rfc_4648_are_read_and_written() {
    for (bytes, text) in [
        (&b""[..], ""),
        (b"f", "Zg"),
        (b"fo", "Zm8"),
        (b"foo", "Zm9v"),
        (b"foob", "Zm9vYg"),
        (b"fooba", "Zm9vYmE"),
        (b"foobar", "Zm9vYmFy"),
        (b"\xfb\xff\xbf", "-_-_"),
    ] {
        assert_eq!(encode(bytes), text);
        assert_eq!(decode(text.as_bytes()).unwrap(), bytes);
    }
}

#[test]
fn every_byte_survives_the_round_trip_at_every_length() {
    let bytes: Vec<u8> = (0..=255).collect();
    for length in 0..=bytes.len() {
        assert_eq!(decode(encode(&bytes[..length]).as_bytes()).unwrap(), &bytes[..length]);
    }
}

#[test]
fn only_the_sixty_four_characters_are_decoded() {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for byte in 0..=255_u8 {
        for position in 0..4 {
            let mut text = *b"AAAA";
            text[position] = byte;
            let expected =
                if alphabet.contains(&byte) { Ok(()) } else { Err(Base64Fault::Alphabet { position }) };
            assert_eq!(decode(&text).map(drop), expected, "{byte:#x} at {position}");
        }
    }
}

#[test]
fn a_fault_is_placed_where_it_is() {
    for (text, position) in [("AAAAA+AA", 5), ("AAAA=", 4), ("AAAAA=", 5), ("AAAAAA/", 6), ("\nAAAA", 0)] {
        assert_eq!(decode(text.as_bytes()), Err(Base64Fault::Alphabet { position }), "{text:?}");
    }
}

#[test]
fn a_length_that_base64_never_has_is_refused() {
    for text in ["A", "AAAAA", "AAAAAAAAA"] {
        assert_eq!(decode(text.as_bytes()), Err(Base64Fault::Length), "{text}");
    }
}

#[test]
fn stray_bits_after_the_last_byte_are_refused() {
    let mut canonical = 0;
    for last in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
        for text in [vec![b'A', *last], vec![b'A', b'A', *last]] {
            match decode(&text) {
                Ok(bytes) => {
                    assert_eq!(encode(&bytes).as_bytes(), text);
                    canonical += 1;
                }
                Err(fault) => assert_eq!(fault, Base64Fault::TrailingBits),
            }
        }
    }
    assert_eq!(canonical, 4 + 16);
}

#[test]
fn padding_is_refused_in_every_segment() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    for segment in SEGMENTS {
        for padding in ["=", "=="] {
            let padded = with_segment(&token, segment, |text| format!("{text}{padding}"));
            let refusal = gate.verdict(padded).unwrap_err();
            assert_eq!(refusal.code, Code::MalformedToken);
            assert!(
                matches!(refusal.why, Why::NotBase64Url(at, Base64Fault::Alphabet { .. }) if at == segment)
            );
        }
    }
}

#[test]
fn the_ordinary_alphabet_is_refused_in_every_segment() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    for segment in SEGMENTS {
        for character in ['+', '/', ' ', '\n', '\r', '\t', '%', ',', '~'] {
            let broken =
                with_segment(&token, segment, |text| format!("{}{character}{}", &text[..4], &text[5..]));
            let refusal = gate.verdict(broken).unwrap_err();
            assert_eq!(refusal.code, Code::MalformedToken);
            assert_eq!(refusal.why, Why::NotBase64Url(segment, Base64Fault::Alphabet { position: 4 }));
        }
    }
}

#[test]
fn white_space_is_refused_at_every_place() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    for position in 0..=token.len() {
        for space in [" ", "\n", "\r\n", "\t"] {
            let broken = format!("{}{space}{}", &token[..position], &token[position..]);
            assert_eq!(gate.code(broken), Some(Code::MalformedToken), "{space:?} at {position}");
        }
    }
}

#[test]
fn a_second_spelling_of_a_segment_is_malformed_not_merely_unsigned() {
    let (gate, key) = Gate::with_one_key();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // Headers and payloads whose lengths leave one and two bytes over; the signature of HS256 leaves two.
    for (header, payload) in [
        (r#"{"alg":"HS256"}"#.to_owned(), claims(&json!({}))),
        (r#"{"alg":"HS256"} "#.to_owned(), format!("{} ", claims(&json!({})))),
        (r#"{"alg":"HS256"}  "#.to_owned(), format!("{}  ", claims(&json!({})))),
    ] {
        let token = sign_raw(&key, header.as_bytes(), payload.as_bytes());
        assert_eq!(gate.code(&token), None);
        for segment in SEGMENTS {
            let respelt = with_segment(&token, segment, |text| {
                let last = text.chars().last().unwrap();
                let value = alphabet.find(last).unwrap();
                format!("{}{}", &text[..text.len() - 1], &alphabet[value ^ 1..][..1])
            });
            let whole = token.split('.').nth(segment as usize).unwrap().len().is_multiple_of(4);
            let expected = if whole { Code::SignatureMismatch } else { Code::MalformedToken };
            let code = gate.code(&respelt).unwrap();
            // A whole segment has no stray bits: the change reached a byte, and so the JSON or the signature.
            assert!(code == expected || whole && code == Code::MalformedToken, "{respelt} {code}");
        }
    }
}
