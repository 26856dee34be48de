//! The claims of a token (RFC 7519 §4.1), typed. Made only from a payload whose signature has been verified.

use super::json::{JsonStr, Member, Object, Uniqueness, Value, elements};
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
    all: Object<'s>,
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
            Self::Text(text) => text.decoded().split(' ').any(|one| one == wanted),
            Self::List(array) => strings(array).any(|one| one.is(wanted)),
        }
    }

    /// Calls `each` with every scope token, in order.
    pub fn for_each(&self, mut each: impl FnMut(&str)) {
        match self {
            Self::Absent => {}
            Self::Text(text) => text.decoded().split(' ').filter(|one| !one.is_empty()).for_each(each),
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
        claims.read(payload)?;
        for index in 0.. {
            let Some(member) = claims.all.member(index) else { break };
            claims.take(member)?;
        }
        Ok(claims)
    }

    /// Reads a payload whoever wrote it, for looking at only: a claim of the wrong type is left out, and is a refusal.
    ///
    /// # Errors
    /// `malformed_claims` where it is no JSON object.
    pub(crate) fn parse_leniently(payload: &'s [u8]) -> Result<(Self, Vec<Refusal>), Refusal> {
        let mut claims = Self::default();
        claims.read(payload)?;
        let mut refusals = Vec::new();
        for index in 0.. {
            let Some(member) = claims.all.member(index) else { break };
            refusals.extend(claims.take(member).err());
        }
        Ok((claims, refusals))
    }

    fn read(&mut self, payload: &'s [u8]) -> Result<(), Refusal> {
        self.all
            .read(payload, Uniqueness::TopLevel)
            .map_err(|fault| Refusal::new(Code::MalformedClaims, Why::PayloadJson(fault)))
    }

    fn take(&mut self, member: Member<'s>) -> Result<(), Refusal> {
        let malformed = |why| Refusal::new(Code::MalformedClaims, why);
        let value = member.value;
        match &*member.name.decoded() {
            "iss" => self.issuer = Some(string("iss", value)?),
            "sub" => self.subject = Some(string("sub", value)?),
            "jti" => self.id = Some(string("jti", value)?),
            "aud" => {
                self.audience = match value {
                    Value::String(one) => Audience::One(one),
                    Value::Array(many) if only_strings(many) => Audience::Many(many),
                    _ => return Err(malformed(Why::ClaimType("aud"))),
                }
            }
            "exp" => self.expires = Some(time("exp", value)?),
            "nbf" => self.not_before = Some(time("nbf", value)?),
            "iat" => self.issued_at = Some(time("iat", value)?),
            "scope" => self.scope = scope("scope", value)?,
            // `scope` is the registered one and wins over `scp`.
            "scp" => {
                let scp = scope("scp", value)?;
                if self.all.get("scope").is_none() {
                    self.scope = scp;
                }
            }
            // Where they are no strings they are somebody's own claims, and none of our business.
            "token_use" => set_use(&mut self.uses, 0, value),
            "type" => set_use(&mut self.uses, 1, value),
            "token_type" => set_use(&mut self.uses, 2, value),
            _ => {}
        }
        Ok(())
    }

    /// The value of any claim, as written.
    pub(crate) fn get(&self, name: &str) -> Option<Value<'s>> {
        self.all.get(name)
    }

    /// All of them, as written.
    pub(crate) fn all(&self) -> &Object<'s> {
        &self.all
    }

    /// Whether there is a claim of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all.get(name).is_some()
    }
}

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
