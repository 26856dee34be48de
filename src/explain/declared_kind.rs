//! What a token says that it is: by its `typ`, by a claim, or by claims that only one kind has.

use crate::jwt::json::{JsonStr, Value};
use crate::jwt::{Claims, NamedKind, TokenKind};

use super::cause::Diagnosis;
use super::spelled::fill;

/// The kind that header or claims name, and where they do.
pub(super) fn declared(typ: Option<JsonStr<'_>>, claims: Option<&Claims<'_>>) -> Option<(NamedKind, String)> {
    if let Some(typ) = typ.map(|typ| typ.decoded())
        && let Some(kind) = named(&typ)
    {
        return Some((kind, fill("the header's `typ` is \"{}\"", &[&typ])));
    }
    // The verifier looks at the first three; `typ` as a claim is Keycloak's, and `use` is what others write.
    ["token_use", "type", "token_type", "typ", "use"].into_iter().find_map(|name| {
        let Some(Value::String(said)) = claims?.get(name) else { return None };
        let said = said.decoded();
        Some((named(&said)?, fill("the claim `{}` is \"{}\"", &[name, &said])))
    })
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
