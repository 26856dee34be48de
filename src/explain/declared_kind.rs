//! What a token says that it is: by its `typ`, by a claim, or by claims that only one kind has.

use crate::jwt::json::{JsonStr, Value};
use crate::jwt::{Claims, NamedKind, TokenKind};

use super::cause::Diagnosis;
use super::spelled::{Said, fill};

/// The kind that header or claims name.
pub(super) struct Declared {
    pub(super) kind: NamedKind,
    /// Where they do, in words.
    pub(super) place: String,
}

impl Declared {
    pub(super) fn of(typ: Option<JsonStr<'_>>, claims: Option<&Claims<'_>>) -> Option<Self> {
        if let Some(typ) = typ
            && let Some(declared) = Self::by(typ, "the header's `{}` is \"{}\"", "typ")
        {
            return Some(declared);
        }
        // The verifier looks at the first three; `typ` as a claim is Keycloak's, and `use` is what others write.
        for name in ["token_use", "type", "token_type", "typ", "use"] {
            if let Some(Value::String(said)) = claims?.get(name)
                && let Some(declared) = Self::by(said, "the claim `{}` is \"{}\"", name)
            {
                return Some(declared);
            }
        }
        None
    }

    fn by(said: JsonStr<'_>, place: &str, name: &str) -> Option<Self> {
        let said = said.decoded();
        let kind = named(&said)?;
        Some(Self { kind, place: fill(place, &[Said::Text(name), Said::Text(&said)]) })
    }
}

pub(super) fn other_kind(kind: TokenKind) -> TokenKind {
    match kind {
        TokenKind::Access => TokenKind::Refresh,
        TokenKind::Refresh => TokenKind::Access,
    }
}

/// A kind in a sentence.
pub(super) fn with_article(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Access => "an access",
        TokenKind::Refresh => "a refresh",
    }
}

fn named(said: &str) -> Option<NamedKind> {
    let prefix = said.get(..12).filter(|prefix| prefix.eq_ignore_ascii_case("application/"));
    let said = prefix.and_then(|_| said.get(12..)).unwrap_or(said);
    if said.eq_ignore_ascii_case("id+jwt") {
        Some(NamedKind::Id)
    } else if said.eq_ignore_ascii_case("offline") {
        Some(NamedKind::Refresh)
    } else {
        NamedKind::of(said)
    }
}

/// Claims that only an ID token has (OpenID Connect Core §2, §3.1.3.6, §3.3.2.11).
pub(super) fn mark_of_id_token(claims: &Claims<'_>) -> Option<&'static str> {
    ["nonce", "at_hash", "c_hash", "s_hash"].into_iter().find(|name| claims.has(name))
}

/// What it is called when a token of this kind is used as one of that kind.
pub(super) fn swapped(declared: NamedKind, needed: TokenKind) -> Option<Diagnosis> {
    match (declared, needed) {
        (NamedKind::Refresh, TokenKind::Access) => Some(Diagnosis::RefreshTokenUsedAsAccess),
        (NamedKind::Access, TokenKind::Refresh) => Some(Diagnosis::AccessTokenUsedAsRefresh),
        (NamedKind::Id, TokenKind::Access) => Some(Diagnosis::IdTokenUsedAsAccess),
        _ => None,
    }
}

/// What to do about it.
pub(super) fn advice(diagnosis: Diagnosis) -> &'static str {
    match diagnosis {
        Diagnosis::RefreshTokenUsedAsAccess => {
            "Send the access token to the API, and the refresh token to nothing but the refresh endpoint: \
             look where the client stores the two."
        }
        Diagnosis::AccessTokenUsedAsRefresh => {
            "Send the refresh token to the refresh endpoint: look where the client stores the two."
        }
        _ => "Send the access token, which the issuer hands out beside the ID token.",
    }
}
