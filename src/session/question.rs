//! How the origin is asked.

use crate::jwt::json_text::ObjectText;
use crate::jwt::{base64url, sha256};

/// The name of the object that guards a refresh token's exchange: a hash, from which nobody gets the token back.
#[must_use]
pub fn object_name(token: &str) -> String {
    hash(b"edgewarden object 1\0", token)
}

/// The value of `Idempotency-Key` (a structured string, so in quotes) for every question about this token: an origin that
/// honours it answers a repeated question with the same successor.
#[must_use]
pub fn idempotency_key(token: &str) -> String {
    format!("\"{}\"", hash(b"edgewarden idempotency 1\0", token))
}

fn hash(domain: &[u8], token: &str) -> String {
    base64url::encode(&sha256(&[domain, token.as_bytes()].concat()))
}

/// `name=value` pairs as `application/x-www-form-urlencoded`.
#[must_use]
pub fn form_body(members: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, value) in members {
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(name);
        body.push('=');
        for &byte in value.as_bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    body.push(char::from(byte));
                }
                _ => {
                    let digit =
                        |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'A' - 10 + nibble });
                    body.extend(['%', digit(byte >> 4), digit(byte & 0x0F)]);
                }
            }
        }
    }
    body
}

/// The same pairs as a JSON object.
#[must_use]
pub fn json_body(members: &[(&str, &str)]) -> String {
    let mut object = ObjectText::new();
    for (name, value) in members {
        object.text(name, value);
    }
    object.finish()
}
