//! The parameters of a request's body: a form (RFC 6749 appendix B) or a JSON object.

use std::borrow::Cow;

use serde_json::Value;

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
        let json = content_type.is_some_and(|media_type| media_type.contains("json"));
        if json || body.trim_start().starts_with('{') {
            match serde_json::from_str(body) {
                Ok(Value::Object(members)) => {
                    for (name, value) in &members {
                        match value {
                            Value::String(text) => parameters.take(name, text.into()),
                            _ => parameters.malformed |= name == "refresh_token" || name == "token",
                        }
                    }
                }
                _ if body.trim().is_empty() => {}
                _ => parameters.malformed = true,
            }
        } else {
            for pair in body.split('&').filter(|pair| !pair.is_empty()) {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                parameters.take(&decoded(name), decoded(value));
            }
        }
        parameters
    }

    fn take(&mut self, name: &str, value: Cow<'_, str>) {
        let slot = match name {
            "refresh_token" | "token" => &mut self.token,
            "grant_type" => &mut self.grant_type,
            _ => return,
        };
        if value.is_empty() {
            return;
        }
        self.malformed |= slot.is_some();
        *slot = Some(value.into_owned());
    }
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
