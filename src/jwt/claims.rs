//! The claims of a token (RFC 7519 §4.1), typed. Made only from a payload whose signature has been verified.

use super::room::Few;

use super::json::{JsonStr, Object, Uniqueness, Value, elements, read_members, refuse_duplicates};
use super::time::NumericDate;
use super::verdict::{Code, Refusal};
use super::why::Why;

/// A token's claims. Texts are slices of the payload.
#[derive(Clone, Default)]
pub struct Claims<'s> {
    /// `iss`
    pub issuer: Option<JsonStr<'s>>,
    /// `sub`
    pub subject: Option<JsonStr<'s>>,
    /// `aud`
    pub audience: Audience<'s>,
    /// `exp`
    pub expires: Option<NumericDate>,
    /// `nbf`
    pub not_before: Option<NumericDate>,
    /// `iat`
    pub issued_at: Option<NumericDate>,
    /// `jti`
    pub id: Option<JsonStr<'s>>,
    /// `scope` (RFC 8693 §4.2) or `scp`
    pub scope: Scope<'s>,
    /// What `token_use`, `type` and `token_type` say, where they are strings.
    pub(crate) uses: [Option<JsonStr<'s>>; 3],
    names: Few<[JsonStr<'s>; 12]>,
    /// All as written; where they are only looked at.
    all: Option<Box<Object<'s>>>,
}

/// `aud`: a string or an array of strings.
#[derive(Clone, Copy, Default)]
pub enum Audience<'s> {
    /// There is none.
    #[default]
    Absent,
    /// A string.
    One(JsonStr<'s>),
    /// An array of strings, as written.
    Many(&'s str),
}

impl Audience<'_> {
    /// Whether it names this audience.
    #[must_use]
    pub fn contains(&self, audience: &str) -> bool {
        match self {
            Self::Absent => false,
            Self::One(one) => one.is(audience),
            Self::Many(array) => strings(array).any(|one| one.is(audience)),
        }
    }
}

/// The scope of a token, in either of its spellings.
#[derive(Clone, Copy, Default)]
pub enum Scope<'s> {
    /// There is none.
    #[default]
    Absent,
    /// Space-separated.
    Text(JsonStr<'s>),
    /// An array of strings, as written.
    List(&'s str),
}

impl Scope<'_> {
    /// Whether it holds this scope token.
    #[must_use]
    pub fn contains(&self, wanted: &str) -> bool {
        match self {
            Self::Absent => false,
            Self::Text(text) => {
                text.decoded().as_bytes().split(|&byte| byte == b' ').any(|one| one == wanted.as_bytes())
            }
            Self::List(array) => strings(array).any(|one| one.is(wanted)),
        }
    }

    /// Calls `each` with every scope token, in order.
    pub fn for_each(&self, mut each: impl FnMut(&str)) {
        match self {
            Self::Absent => {}
            Self::Text(text) => {
                let text = text.decoded();
                let mut rest = Some(&*text);
                while let Some(text) = rest {
                    let end = text.bytes().position(|byte| byte == b' ').unwrap_or(text.len());
                    match text.get(..end) {
                        None | Some("") => {}
                        Some(one) => each(one),
                    }
                    rest = text.get(end + 1..);
                }
            }
            Self::List(array) => strings(array).for_each(|one| each(&one.decoded())),
        }
    }
}

fn strings(array: &str) -> impl Iterator<Item = JsonStr<'_>> {
    elements(array).filter_map(|element| match element {
        Value::String(text) => Some(text),
        _ => None,
    })
}

impl<'s> Claims<'s> {
    /// Reads a verified payload.
    ///
    /// # Errors
    /// `malformed_claims`.
    pub(crate) fn parse(payload: &'s [u8]) -> Result<Self, Refusal> {
        let mut claims = Self::default();
        let mut wrong = None;
        claims.read(payload, &mut |refusal| {
            wrong.get_or_insert(refusal);
        })?;
        wrong.map_or(Ok(claims), Err)
    }

    /// Reads a payload whoever wrote it, for looking at only: a claim of the wrong type is left out, and is a refusal.
    ///
    /// # Errors
    /// `malformed_claims` where it is no JSON object.
    pub(crate) fn parse_leniently(payload: &'s [u8]) -> Result<(Self, Vec<Refusal>), Refusal> {
        let mut claims = Self::default();
        let mut refusals = Vec::new();
        claims.read(payload, &mut |refusal| refusals.push(refusal))?;
        claims.all = Object::parse(payload).ok().map(Box::new);
        Ok((claims, refusals))
    }

    #[cfg_attr(not(feature = "browser"), inline)]
    fn read(&mut self, payload: &'s [u8], wrong: &mut dyn FnMut(Refusal)) -> Result<(), Refusal> {
        let malformed = |fault| Refusal::new(Code::MalformedClaims, Why::PayloadJson(fault));
        let mut scp = Scope::Absent;
        read_members(payload, Uniqueness::TopLevel, |name, value| {
            self.names.push(name);
            if let Err(refusal) = self.take(name, value, &mut scp) {
                wrong(refusal);
            }
        })
        .map_err(malformed)?;
        refuse_duplicates(self.names.iter().copied()).map_err(malformed)?;
        // `scope` is the registered one and wins over `scp`.
        if matches!(self.scope, Scope::Absent) {
            self.scope = scp;
        }
        Ok(())
    }

    #[inline]
    fn take(&mut self, name: JsonStr<'s>, value: Value<'s>, scp: &mut Scope<'s>) -> Result<(), Refusal> {
        // Most registered names are of three letters: one comparison instead of up to eight.
        let name = name.decoded();
        match (name.as_bytes().as_array().copied().map_or(0, three), &*name) {
            (ISS, _) => self.issuer = Some(string("iss", value)?),
            (SUB, _) => self.subject = Some(string("sub", value)?),
            (JTI, _) => self.id = Some(string("jti", value)?),
            (AUD, _) => {
                self.audience = match value {
                    Value::String(one) => Audience::One(one),
                    Value::Array(many) if only_strings(many) => Audience::Many(many),
                    _ => return Err(Refusal::new(Code::MalformedClaims, Why::ClaimType("aud"))),
                }
            }
            (EXP, _) => self.expires = Some(time("exp", value)?),
            (NBF, _) => self.not_before = Some(time("nbf", value)?),
            (IAT, _) => self.issued_at = Some(time("iat", value)?),
            (SCP, _) => *scp = scope("scp", value)?,
            (0, "scope") => self.scope = scope("scope", value)?,
            // Where they are no strings they are somebody's own claims, and none of our business.
            (0, "token_use") => set_use(&mut self.uses, 0, value),
            (0, "type") => set_use(&mut self.uses, 1, value),
            (0, "token_type") => set_use(&mut self.uses, 2, value),
            _ => {}
        }
        Ok(())
    }

    /// All of them as written, of those that were read leniently.
    pub(crate) fn all(&self) -> Option<&Object<'s>> {
        self.all.as_deref()
    }

    /// The value of any claim as written, of those that were read leniently.
    pub(crate) fn get(&self, name: &str) -> Option<Value<'s>> {
        self.all()?.get(name)
    }

    /// Whether there is a claim of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.is(name))
    }
}

/// A name of three letters as a number that is never 0.
const fn three([a, b, c]: [u8; 3]) -> u32 {
    u32::from_le_bytes([a, b, c, 1])
}

const ISS: u32 = three(*b"iss");
const SUB: u32 = three(*b"sub");
const JTI: u32 = three(*b"jti");
const AUD: u32 = three(*b"aud");
const EXP: u32 = three(*b"exp");
const NBF: u32 = three(*b"nbf");
const IAT: u32 = three(*b"iat");
const SCP: u32 = three(*b"scp");

fn set_use<'s>(uses: &mut [Option<JsonStr<'s>>; 3], index: usize, value: Value<'s>) {
    if let (Some(slot), Value::String(text)) = (uses.get_mut(index), value) {
        *slot = Some(text);
    }
}

fn string<'s>(name: &'static str, value: Value<'s>) -> Result<JsonStr<'s>, Refusal> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(Refusal::new(Code::MalformedClaims, Why::ClaimType(name))),
    }
}

fn time(name: &'static str, value: Value<'_>) -> Result<NumericDate, Refusal> {
    match value {
        Value::Number(number) => NumericDate::from_json_number(number)
            .ok_or_else(|| Refusal::new(Code::MalformedClaims, Why::TimeRange(name))),
        _ => Err(Refusal::new(Code::MalformedClaims, Why::ClaimType(name))),
    }
}

fn scope<'s>(name: &'static str, value: Value<'s>) -> Result<Scope<'s>, Refusal> {
    match value {
        Value::String(text) => Ok(Scope::Text(text)),
        Value::Array(list) if only_strings(list) => Ok(Scope::List(list)),
        _ => Err(Refusal::new(Code::MalformedClaims, Why::ClaimType(name))),
    }
}

fn only_strings(array: &str) -> bool {
    elements(array).all(|element| matches!(element, Value::String(_)))
}
