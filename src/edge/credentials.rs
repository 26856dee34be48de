//! Where a request carries its token: `Authorization: Bearer` (RFC 6750 §2.1), or a cookie where cookie sessions are on. Never
//! in the query.

use crate::config::Cookies;
use crate::jwt::{Code, Refusal, Why};

use super::cookies::TokenCookies;
use super::request::Request;

/// What a request authenticates itself with.
#[derive(Debug, Clone)]
pub(super) enum Credentials<'a> {
    /// A token in the `Authorization` header.
    Bearer(&'a [u8]),
    /// The access cookie.
    AccessCookie {
        /// The access token.
        token: &'a str,
        /// The refresh token, where its cookie is there, too.
        refresh: Option<&'a str>,
    },
    /// The refresh cookie alone: there was a session, and the access cookie is gone.
    RefreshCookie(&'a str),
}

impl<'a> Credentials<'a> {
    /// The credentials of a request.
    ///
    /// # Errors
    /// `missing_token` where there are none, `multiple_tokens` where there are several.
    pub(super) fn of(request: &Request<'a>, cookies: Option<&Cookies>) -> Result<Self, Refusal> {
        let Some(cookies) = cookies else { return bearer_token(request.authorization).map(Self::Bearer) };
        let found = TokenCookies::read(cookies, request.header("cookie"));
        if found.several {
            return Err(several());
        }
        match (bearer_token(request.authorization), found.access, found.refresh) {
            (Ok(_), Some(_), _) => Err(several()),
            (Ok(token), None, _) => Ok(Self::Bearer(token)),
            (Err(refusal), _, _) if refusal.code == Code::MultipleTokens => Err(refusal),
            (Err(_), Some(token), refresh) => Ok(Self::AccessCookie { token, refresh }),
            (Err(_), None, Some(token)) => Ok(Self::RefreshCookie(token)),
            (Err(refusal), None, None) => Err(refusal),
        }
    }

    /// The access token, where there is one.
    pub(super) fn access_token(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bearer(token) => Some(token),
            Self::AccessCookie { token, .. } => Some(token.as_bytes()),
            Self::RefreshCookie(_) => None,
        }
    }

    /// The refresh token that the browser sent along.
    pub(super) fn refresh_cookie(&self) -> Option<&'a str> {
        match self {
            Self::Bearer(_) => None,
            Self::AccessCookie { refresh, .. } => *refresh,
            Self::RefreshCookie(token) => Some(token),
        }
    }

    /// Whether the browser added them by itself, whatever page caused the request.
    pub(super) fn is_ambient(&self) -> bool {
        !matches!(self, Self::Bearer(_))
    }
}

/// The token of an `Authorization` header; empty stands for no such header. It may be several: see [`if_several`].
fn bearer_token(authorization: &[u8]) -> Result<&[u8], Refusal> {
    let Some(space) = authorization.iter().position(|&byte| byte == b' ') else { return Err(missing()) };
    let (scheme, rest) = authorization.split_at(space);
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(if holds_credentials(rest, false) { several() } else { missing() });
    }
    let token = rest.trim_ascii();
    if token.is_empty() { Err(missing()) } else { Ok(token) }
}

/// Why a token was refused, or that it is several. A good one holds no comma, so only the refused are looked through.
#[cold]
pub(super) fn if_several(token: &[u8], refusal: Refusal) -> Refusal {
    if holds_credentials(token, true) { several() } else { refusal }
}

/// Several headers arrive joined by commas, whatever their schemes; a token has none.
fn holds_credentials(rest: &[u8], after_bearer: bool) -> bool {
    rest.split(|&byte| byte == b',').skip(1).any(|text| has_scheme(text, after_bearer))
}

pub(super) fn missing() -> Refusal {
    Refusal { code: Code::MissingToken, why: Why::Absent, key: None }
}

fn several() -> Refusal {
    Refusal { code: Code::MultipleTokens, why: Why::Several, key: None }
}

/// Whether this begins like credentials of the Bearer scheme, or after those of any: other schemes have commas of their own.
fn has_scheme(text: &[u8], after_bearer: bool) -> bool {
    const SCHEME: &[u8] = b"bearer";
    let text = text.trim_ascii();
    text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
        || after_bearer && text.contains(&b' ')
}
