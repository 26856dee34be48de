//! What a token says, whoever wrote it: decoded, and nothing verified. As an answer for programs it is the same text in the
//! command line and in JavaScript.

use crate::jwt::json::{JsonFault, Object, Value};
use crate::jwt::{
    Code, Compact, DEFAULT_MAX_TOKEN_BYTES, Fingerprint, NumericDate, Refusal, Scratch, Segment, Unverified,
    Why, base64url,
};

use super::human_time::rfc3339;
use crate::jwt::json_text::{push_compact_object, push_length, push_member, push_name, push_whole};

/// The registered claims that hold a time (RFC 7519 §4.1).
pub(crate) const TIMES: [&str; 3] = ["iat", "nbf", "exp"];

/// A token decoded as far as it can be.
pub struct Inspection<'t> {
    token: &'t [u8],
    header: Option<Vec<u8>>,
    payload: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
    faults: Vec<Refusal>,
    hopeless: Option<Refusal>,
}

impl<'t> Inspection<'t> {
    /// Decodes a token.
    #[must_use]
    pub fn of(token: &'t [u8]) -> Self {
        let mut inspection =
            Self { token, header: None, payload: None, signature: None, faults: Vec::new(), hopeless: None };
        match Compact::split(token, usize::MAX) {
            Err(refusal) => inspection.faults.push(refusal),
            Ok(compact) => {
                inspection.header = inspection.decode(Segment::Header, compact.header);
                inspection.payload = inspection.decode(Segment::Payload, compact.payload);
                inspection.signature = inspection.decode(Segment::Signature, compact.signature);
            }
        }
        let header = fault_of(inspection.header.as_ref());
        inspection.faults.extend(header.map(|it| Refusal::new(Code::MalformedToken, Why::HeaderJson(it))));
        let payload = fault_of(inspection.payload.as_ref());
        inspection.faults.extend(payload.map(|it| Refusal::new(Code::MalformedClaims, Why::PayloadJson(it))));
        if inspection.faults.is_empty() {
            let mut scratch = Scratch::default();
            inspection.hopeless = Unverified::parse(token, DEFAULT_MAX_TOKEN_BYTES, &mut scratch).err();
        }
        inspection
    }

    fn decode(&mut self, segment: Segment, text: &[u8]) -> Option<Vec<u8>> {
        let bytes = match base64url::decode(text) {
            // One wants to see the claims of an unsecured token (RFC 7519 §6), too.
            Ok(bytes) if bytes.is_empty() && segment != Segment::Signature => Err(Why::EmptySegment(segment)),
            Ok(bytes) => Ok(bytes),
            Err(fault) => Err(Why::NotBase64Url(segment, fault)),
        };
        bytes.map_err(|why| self.faults.push(Refusal::new(Code::MalformedToken, why))).ok()
    }

    /// The token, as it was presented.
    #[must_use]
    pub fn token(&self) -> &'t [u8] {
        self.token
    }

    /// The header's members, where it can be read.
    #[must_use]
    pub fn header(&self) -> Option<Object<'_>> {
        Object::parse(self.header.as_ref()?).ok()
    }

    /// The claims, where they can be read. Anybody can have written them.
    #[must_use]
    pub fn claims(&self) -> Option<Object<'_>> {
        Object::parse(self.payload.as_ref()?).ok()
    }

    /// The length of the signature in bytes.
    #[must_use]
    pub fn signature_length(&self) -> Option<usize> {
        self.signature.as_ref().map(Vec::len)
    }

    /// Why it could not be decoded; empty when it could.
    #[must_use]
    pub fn faults(&self) -> &[Refusal] {
        &self.faults
    }

    /// Why no key and no policy would make it pass, although it could be decoded.
    #[must_use]
    pub fn hopeless(&self) -> Option<&Refusal> {
        self.hopeless.as_ref()
    }

    /// As one JSON object: `verified` (always false), `header`, `claims`, `signature` (`{"bytes"}`), `bytes`, `fingerprint`,
    /// `times` (for each of `iat`, `nbf`, `exp`: `utc` and whole `seconds_from_now`), `faults` and `refused` (`code`, `detail`).
    #[must_use]
    pub fn to_json(&self, now: NumericDate) -> String {
        let mut text = String::from("{\"verified\":false");
        let claims = self.claims();
        for (name, object) in [("header", self.header().as_ref()), ("claims", claims.as_ref())] {
            push_name(&mut text, name);
            match object {
                Some(object) => push_compact_object(&mut text, object),
                None => text.push_str("null"),
            }
        }
        push_name(&mut text, "signature");
        match self.signature_length() {
            Some(length) => {
                text.push_str("{\"bytes\":");
                push_length(&mut text, length);
                text.push('}');
            }
            None => text.push_str("null"),
        }
        push_name(&mut text, "bytes");
        push_length(&mut text, self.token.len());
        push_name(&mut text, "fingerprint");
        text.push('"');
        push_fingerprint(&mut text, self.token);
        text.push('"');
        push_name(&mut text, "times");
        text.push('{');
        for name in TIMES {
            let Some(value) = claims.as_ref().and_then(|claims| claims.get(name)) else { continue };
            push_time(&mut text, name, numeric_date(value), now);
        }
        text.push('}');
        push_name(&mut text, "faults");
        text.push('[');
        for (index, refusal) in self.faults.iter().enumerate() {
            text.push_str(if index > 0 { "," } else { "" });
            push_refusal(&mut text, Some(refusal));
        }
        text.push(']');
        push_name(&mut text, "refused");
        push_refusal(&mut text, self.hopeless.as_ref());
        text.push('}');
        text
    }
}

fn fault_of(json: Option<&Vec<u8>>) -> Option<JsonFault> {
    Object::parse(json?).err()
}

/// A claim's value as a point in time, where it is one.
pub(crate) fn numeric_date(value: Value<'_>) -> Option<NumericDate> {
    match value {
        Value::Number(number) => NumericDate::from_json_number(number),
        _ => None,
    }
}

/// Appends the fingerprint of a token.
pub(super) fn push_fingerprint(text: &mut String, token: &[u8]) {
    for digit in Fingerprint::of(token).hex() {
        text.push(char::from(digit));
    }
}

fn push_time(text: &mut String, name: &str, time: Option<NumericDate>, now: NumericDate) {
    push_name(text, name);
    text.push('{');
    push_member(text, "utc", time.map(rfc3339).as_deref());
    push_name(text, "seconds_from_now");
    match time {
        Some(time) => push_whole(text, time.whole_seconds() - now.whole_seconds()),
        None => text.push_str("null"),
    }
    text.push('}');
}

fn push_refusal(text: &mut String, refusal: Option<&Refusal>) {
    let Some(Refusal { code, why, .. }) = refusal else {
        text.push_str("null");
        return;
    };
    text.push('{');
    push_member(text, "code", Some(code.as_str()));
    push_member(text, "detail", Some(&why.words()));
    text.push('}');
}
