//! What the origin is told about the caller, in headers that only the gate sets.

use std::borrow::Cow;

use crate::jwt::{Accepted, Scope};

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
        Some(expires) => each(Decimal::of(expires.whole_seconds()).digits()),
        None => each(b""),
    }
}

/// The scope tokens, separated by single spaces. An element of `scp` with a space in it is none (RFC 6749 §3.3), and would
/// read as two.
pub(super) fn scope<'a>(accepted: &Accepted<'a, '_>) -> Cow<'a, str> {
    let scope = &accepted.claims.scope;
    if let Scope::Text(text) = scope {
        let text = text.decoded();
        // As RFC 6749 §3.3 has it, nearly always.
        if !text.split(' ').any(str::is_empty) {
            return text;
        }
    }
    let mut text = String::new();
    scope.for_each(|one| {
        if one.contains(' ') {
            return;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(one);
    });
    text.into()
}

/// A header can hold neither every character nor spaces at its ends. What does not fit is percent-encoded as UTF-8, and
/// so is `%`, so that different values stay different.
fn header_value(value: &[u8]) -> Cow<'_, [u8]> {
    let fits = |byte: &u8| matches!(byte, b' '..0x7F) && *byte != b'%';
    if value.iter().all(fits) && value.first() != Some(&b' ') && value.last() != Some(&b' ') {
        return value.into();
    }
    let mut text = Vec::with_capacity(value.len());
    let last = value.len().saturating_sub(1);
    for (position, &byte) in value.iter().enumerate() {
        match byte {
            b' ' if position == 0 || position == last => push_encoded(&mut text, byte),
            _ if fits(&byte) => text.push(byte),
            _ => push_encoded(&mut text, byte),
        }
    }
    text.into()
}

/// A number in digits. The formatter of the standard library takes as long as a block of the hash.
struct Decimal {
    text: [u8; 20],
    start: usize,
}

impl Decimal {
    fn of(number: i64) -> Self {
        let mut decimal = Self { text: [b'0'; 20], start: 20 };
        let mut rest = number.unsigned_abs();
        loop {
            decimal.push(b'0' + u8::try_from(rest % 10).unwrap_or_default());
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            decimal.push(b'-');
        }
        decimal
    }

    fn push(&mut self, character: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.text.get_mut(self.start) {
            *place = character;
        }
    }

    fn digits(&self) -> &[u8] {
        self.text.get(self.start..).unwrap_or_default()
    }
}

fn push_encoded(text: &mut Vec<u8>, byte: u8) {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'A' + (nibble - 10) };
    text.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 0x0F)]);
}
