//! What the origin is told about the caller, in headers that only the gate sets.

use crate::jwt::Accepted;

/// Calls `each` with the values of `X-Auth-Subject`, `X-Auth-Key-Id`, `X-Auth-Scope` and `X-Auth-Expires`, in this order;
/// an empty one stands for a header that is not there.
pub(super) fn write_values(accepted: &Accepted<'_, '_>, mut each: impl FnMut(&[u8])) {
    let claims = &accepted.claims;
    match claims.subject {
        Some(subject) => each(&header_value(subject.decoded().as_bytes())),
        None => each(b""),
    }
    each(accepted.key.kid.as_deref().unwrap_or_default().as_bytes());
    each(&header_value(scope(accepted).as_bytes()));
    match claims.expires {
        Some(expires) => each(expires.whole_seconds().to_string().as_bytes()),
        None => each(b""),
    }
}

/// The scope tokens, separated by single spaces. An element of `scp` with a space in it is none (RFC 6749 §3.3), and would
/// read as two.
pub(super) fn scope(accepted: &Accepted<'_, '_>) -> String {
    let mut text = String::new();
    accepted.claims.scope.for_each(|one| {
        if one.contains(' ') {
            return;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(one);
    });
    text
}

/// A header can hold neither every character nor spaces at its ends. What does not fit is percent-encoded as UTF-8, and
/// so is `%`, so that different values stay different.
fn header_value(value: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(value.len());
    let last = value.len().saturating_sub(1);
    for (position, &byte) in value.iter().enumerate() {
        match byte {
            b'%' | 0..0x20 | 0x7F.. => push_encoded(&mut text, byte),
            b' ' if position == 0 || position == last => push_encoded(&mut text, byte),
            _ => text.push(byte),
        }
    }
    text
}

fn push_encoded(text: &mut Vec<u8>, byte: u8) {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'A' + (nibble - 10) };
    text.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 0x0F)]);
}
