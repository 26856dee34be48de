//! The parameters of a request's body: a form (RFC 6749 appendix B) or a JSON object.

use std::borrow::Cow;

use crate::jwt::json::{Object, Value};

/// The parameters that matter here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    /// `refresh_token`, or `token` (RFC 7009 §2.1).
    pub(super) token: Option<String>,
    /// `grant_type`
    pub(super) grant_type: Option<String>,
    /// One of them was there twice, or the body is neither a form nor a JSON object.
    pub(super) malformed: bool,
}

impl Parameters {
    pub(super) fn read(content_type: Option<&str>, body: &str) -> Self {
        let mut parameters = Self::default();
        let json = content_type
            .is_some_and(|media_type| media_type.as_bytes().array_windows().any(|text| text == b"json"));
        if json || body.trim_start().starts_with('{') {
            match Object::parse(body.as_bytes()) {
                Ok(object) => {
                    for member in object.members() {
                        parameters.take(&member.name.decoded(), text_of(member.value));
                    }
                }
                Err(_) => parameters.malformed = !body.trim().is_empty(),
            }
        } else {
            for pair in body.split('&').filter(|pair| !pair.is_empty()) {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                parameters.take(&decoded(name), Some(decoded(value)));
            }
        }
        parameters
    }

    /// `value`: nothing where it is no text.
    fn take(&mut self, name: &str, value: Option<Cow<'_, str>>) {
        let slot = match name {
            "refresh_token" | "token" => &mut self.token,
            "grant_type" => &mut self.grant_type,
            _ => return,
        };
        match value {
            Some(value) if value.is_empty() => {}
            Some(value) => self.malformed |= slot.replace(value.into_owned()).is_some(),
            None => self.malformed = true,
        }
    }
}

fn text_of(value: Value<'_>) -> Option<Cow<'_, str>> {
    if let Value::String(text) = value { Some(text.decoded()) } else { None }
}

fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, after) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, behind @ ..]) if digit(*high).is_some() && digit(*low).is_some() => {
                bytes.extend(digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low));
                rest = behind;
                continue;
            }
            (byte, _) => bytes.push(*byte),
        }
        rest = after;
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}
