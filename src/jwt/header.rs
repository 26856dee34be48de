//! The JOSE header (RFC 7515 §4), read strictly.
//!
//! Only `alg`, `kid`, `typ`, `crit` and `b64` have an effect. `jku`, `jwk`, `x5u` and `x5c` would let the token bring its own
//! key; they are not read at all (RFC 8725 §3.10).

use super::json::{JsonStr, Object, Uniqueness, Value};
use super::verdict::{Code, Refusal};
use super::why::Why;

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
        let mut object = Object::default();
        object.read(json, Uniqueness::EveryDepth).map_err(|fault| malformed(Why::HeaderJson(fault)))?;

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
