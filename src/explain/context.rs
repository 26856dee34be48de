//! What a token is explained by: keys, policy, clocks. All of it optional.

use core::fmt;
use std::borrow::Cow;
use std::sync::Arc;

use crate::config::{Finding, policy_from_text, printable};
use crate::jwt::json::{JsonStr, Object, Value, elements};
use crate::jwt::{NumericDate, Policy, TokenKind};

use super::inspection::numeric_date;
use super::keys::Keys;

/// What a token is held against. With nothing in it, [`explain`](super::explain) says what it could not check.
#[derive(Clone)]
pub struct Context {
    // Shared, for key sets are large and contexts are copied for the sake of their time.
    pub(super) access: Option<Arc<Keys>>,
    pub(super) refresh: Option<Arc<Keys>>,
    /// The demands on claims.
    pub policy: Policy,
    /// The clock of whoever explains.
    pub now: Option<NumericDate>,
    /// The verifier's clock, where it is known to be another one.
    pub server_now: Option<NumericDate>,
    /// Which of the two tokens is needed.
    pub kind: TokenKind,
    /// The scope that is needed.
    pub scope: Vec<String>,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            access: None,
            refresh: None,
            policy: Policy::default(),
            now: None,
            server_now: None,
            kind: TokenKind::Access,
            scope: Vec::new(),
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context(…)")
    }
}

impl Context {
    /// Reads a context: an object with `access_keys` and `refresh_keys` (JWK Sets, as objects or as JSON text), `policy`, `now`,
    /// `server_now` (seconds since 1970), `kind` (`access`, `refresh`) and `scope` (a text, or an array of texts). All are
    /// optional, and `null` is as good as absent. Key sets that are of no use are taken: the report says what is wrong with them.
    ///
    /// # Errors
    /// All findings: what is no JSON object, members that are not known, and values that are malformed.
    pub fn from_json(json: &str) -> Result<Self, Vec<Finding>> {
        let members = match Object::parse_unique_deep(json.as_bytes()) {
            Ok(members) => members,
            Err(fault) => return Err(vec![malformed("context", &fault.words())]),
        };
        let mut context = Self::default();
        let mut findings = Vec::new();
        for member in members.members() {
            let name = member.name.decoded();
            if let Err(expected) = context.take(&name, member.value, &mut findings) {
                findings.push(malformed(&name, &[expected, " is expected"].concat()));
            }
        }
        if findings.is_empty() { Ok(context) } else { Err(findings) }
    }

    /// Takes a member, or says what is expected there.
    fn take(
        &mut self,
        name: &str,
        value: Value<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), &'static str> {
        match (name, value) {
            (_, Value::Null) => {}
            ("access_keys" | "refresh_keys", value) => {
                let keys = match value {
                    Value::Object(keys) => Cow::Borrowed(keys),
                    Value::String(keys) => keys.decoded(),
                    _ => return Err("a JWK Set, as an object or as JSON text"),
                };
                let is_access = name == "access_keys";
                self.set_keys(if is_access { TokenKind::Access } else { TokenKind::Refresh }, &keys);
            }
            ("policy", Value::Object(policy)) => match policy_from_text(policy) {
                Ok(policy) => self.policy = policy,
                Err(faults) => findings.extend(faults),
            },
            ("policy", _) => return Err("an object"),
            ("now", value) => self.now = Some(numeric_date(value).ok_or(TIME)?),
            ("server_now", value) => self.server_now = Some(numeric_date(value).ok_or(TIME)?),
            ("kind", Value::String(kind)) if kind.is("access") => self.kind = TokenKind::Access,
            ("kind", Value::String(kind)) if kind.is("refresh") => self.kind = TokenKind::Refresh,
            ("kind", _) => return Err("\"access\" or \"refresh\""),
            ("scope", Value::String(scope)) => self.add_scope(scope),
            ("scope", Value::Array(scopes)) => {
                for scope in elements(scopes) {
                    self.add_scope(scope.as_str().ok_or(SCOPE)?);
                }
            }
            ("scope", _) => return Err(SCOPE),
            (other, _) => {
                let shown = printable(other);
                findings.push(Finding::error(
                    "context_unknown_member",
                    ["`context.", &shown, "` is not a member that is known here"].concat(),
                ));
            }
        }
        Ok(())
    }

    /// Adds the words of a scope (RFC 6749 §3.3).
    fn add_scope(&mut self, scope: JsonStr<'_>) {
        for word in scope.decoded().split_ascii_whitespace() {
            self.scope.push(word.to_owned());
        }
    }

    /// Sets the keys of one kind, from a JWK Set as JSON text.
    pub fn set_keys(&mut self, kind: TokenKind, json: &str) {
        *self.slot(kind) = Some(Arc::new(Keys::from_json(json)));
    }

    /// Sets the keys of one kind, from bare HS256 secrets, newest first.
    pub fn set_secrets(&mut self, kind: TokenKind, secrets: &[&str]) {
        *self.slot(kind) = Some(Arc::new(Keys::from_secrets(secrets)));
    }

    fn slot(&mut self, kind: TokenKind) -> &mut Option<Arc<Keys>> {
        match kind {
            TokenKind::Access => &mut self.access,
            TokenKind::Refresh => &mut self.refresh,
        }
    }

    /// The keys of the kind that is needed.
    pub(super) fn own_keys(&self) -> Option<&Keys> {
        match self.kind {
            TokenKind::Access => self.access.as_deref(),
            TokenKind::Refresh => self.refresh.as_deref(),
        }
    }

    /// The keys of the other kind.
    pub(super) fn other_keys(&self) -> Option<&Keys> {
        match self.kind {
            TokenKind::Access => self.refresh.as_deref(),
            TokenKind::Refresh => self.access.as_deref(),
        }
    }

    /// How a token of the needed kind is replaced, at the beginning of a sentence.
    pub(super) fn renew(&self) -> &'static str {
        match self.kind {
            TokenKind::Access => "Refresh once",
            TokenKind::Refresh => "Sign in again",
        }
    }

    /// The time at which the verifier judges.
    pub(super) fn judged_at(&self) -> Option<NumericDate> {
        self.server_now.or(self.now)
    }
}

const SCOPE: &str = "a text or an array of texts";
const TIME: &str = "a number of seconds since 1970, within the years 1 to 9999,";

fn malformed(name: &str, detail: &str) -> Finding {
    let (code, place) = match name {
        "context" => ("context_malformed".to_owned(), "the context ".to_owned()),
        name => (["context_", name, "_malformed"].concat(), ["`context.", name, "`: "].concat()),
    };
    Finding::error(code, place + detail)
}
