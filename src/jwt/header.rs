//! The JOSE header (RFC 7515 §4), read strictly.
//!
//! Only `alg`, `kid`, `typ`, `crit` and `b64` have an effect. `jku`, `jwk`, `x5u` and `x5c` would let the token bring its own
//! key; they are not read at all (RFC 8725 §3.10).

use super::base64url::{decode_to, decoded_length};
use super::json::{JsonFault, JsonStr, Object, Place, Value};
use super::verdict::{Code, Refusal};
use super::why::{Segment, Why};

/// The parameters of a header that matter here.
#[derive(Clone, Copy)]
pub struct Header<'s> {
    /// The algorithm, by name.
    pub alg: JsonStr<'s>,
    /// Which key, where the issuer says.
    pub kid: Option<JsonStr<'s>>,
    /// The media type, where the issuer says.
    pub typ: Option<JsonStr<'s>>,
}

impl<'s> Header<'s> {
    /// Reads a decoded header.
    ///
    /// # Errors
    /// `malformed_token`, `critical_header_unsupported`, or `algorithm_not_allowed` for `none`.
    pub fn parse(json: &'s [u8]) -> Result<Self, Refusal> {
        let malformed = |why| Refusal::new(Code::MalformedToken, why);
        let object = Object::parse_unique_deep(json).map_err(|fault| malformed(Why::HeaderJson(fault)))?;

        let mut alg = None;
        let mut kid = None;
        let mut typ = None;
        for member in object.members() {
            let string = |name| match member.value {
                Value::String(text) => Ok(Some(text)),
                _ => Err(malformed(Why::HeaderParameterType(name))),
            };
            match &*member.name.decoded() {
                "alg" => alg = string("alg")?,
                "kid" => kid = string("kid")?,
                "typ" => typ = string("typ")?,
                // Empty or malformed ones too: whoever sets it demands something, and nothing is understood.
                "crit" => return Err(Refusal::new(Code::CriticalHeaderUnsupported, Why::Critical)),
                "b64" if !matches!(member.value, Value::Bool(true)) => {
                    return Err(Refusal::new(Code::CriticalHeaderUnsupported, Why::UnencodedPayload));
                }
                _ => {}
            }
        }
        let alg = alg.ok_or_else(|| malformed(Why::HeaderParameterMissing("alg")))?;
        if alg.is_ignoring_case("none") {
            return Err(Refusal::new(Code::AlgorithmNotAllowed, Why::AlgorithmNone));
        }
        Ok(Self { alg, kid, typ })
    }
}

/// The header that was read last. Tokens of one key have one header, letter for letter, and it says the same every time.
#[derive(Default)]
pub(super) struct LastHeader {
    /// As it stood in the token; empty when there is none.
    encoded: Vec<u8>,
    json: String,
    alg: Place,
    kid: Option<Place>,
    typ: Option<Place>,
}

/// Room for the header of a typical token, so that one that is a little longer than the last one needs no more.
const ROOM: usize = 256;

impl LastHeader {
    /// Where its dot stands in a token that begins with it.
    pub(super) fn end_in(&self, token: &[u8]) -> Option<usize> {
        let rest = token.strip_prefix(self.encoded.as_slice())?;
        (!self.encoded.is_empty() && rest.first() == Some(&b'.')).then_some(self.encoded.len())
    }

    /// The header that was read last.
    pub(super) fn again(&self) -> Header<'_> {
        let there = |place: Place| place.of(&self.json);
        Header { alg: there(self.alg), kid: self.kid.map(there), typ: self.typ.map(there) }
    }

    /// Decodes and reads the first segment of a token.
    ///
    /// # Errors
    /// Those of [`Header::parse`].
    #[cold]
    pub(super) fn read(&mut self, encoded: &[u8]) -> Result<Header<'_>, Refusal> {
        self.encoded.clear();
        let mut json = core::mem::take(&mut self.json).into_bytes();
        json.resize(decoded_length(encoded).max(ROOM), 0);
        let length = decode_segment(Segment::Header, encoded, &mut json)?.0.len();
        json.truncate(length);
        let Header { alg, kid, typ } = Header::parse(&json)?;
        let place = |text: JsonStr<'_>| text.place_in(&json);
        (self.alg, self.kid, self.typ) = (place(alg), kid.map(place), typ.map(place));
        let not_text = |_| Refusal::new(Code::MalformedToken, Why::HeaderJson(JsonFault::NotUtf8));
        self.json = String::from_utf8(json).map_err(not_text)?;
        // Only now: a header that was refused is not to be found the next time.
        self.encoded.reserve(encoded.len().max(ROOM));
        self.encoded.extend_from_slice(encoded);
        Ok(self.again())
    }
}

/// What a segment encodes, written to the beginning of `room`, and what is left of that.
///
/// # Errors
/// `malformed_token`.
pub(super) fn decode_segment<'r>(
    segment: Segment,
    text: &[u8],
    room: &'r mut [u8],
) -> Result<(&'r [u8], &'r mut [u8]), Refusal> {
    let malformed = |why| Refusal::new(Code::MalformedToken, why);
    if text.is_empty() {
        return Err(malformed(Why::EmptySegment(segment)));
    }
    decode_to(text, room).map_err(|fault| malformed(Why::NotBase64Url(segment, fault)))
}
