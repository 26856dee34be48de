//! Cookie sessions: tokens that the page never sees (RFC 6265bis §4.1).

use std::borrow::Cow;

use super::finding::Finding;
use super::members::Members;

/// The member `cookies` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookies {
    /// The path whose token response becomes cookies.
    pub login_path: String,
    /// The cookie of the access token.
    pub access: String,
    /// The cookie of the refresh token.
    pub refresh: String,
    /// `SameSite`.
    pub same_site: SameSite,
    /// `Domain`; without it, only the host that set a cookie gets it back.
    pub domain: Option<String>,
    /// How long the browser keeps the refresh cookie at the most, in seconds, where the token has no `exp`.
    pub max_age: u32,
}

/// The attribute `SameSite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SameSite {
    /// With top-level navigation from other sites, too.
    #[default]
    Lax,
    /// Never with requests that another site caused.
    Strict,
    /// Always: for pages of another site, which need `cors`.
    None,
}

impl SameSite {
    /// As the attribute spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
            Self::Strict => "Strict",
            Self::None => "None",
        }
    }
}

impl Cookies {
    pub(crate) fn read(members: &mut Members<'_>) -> Option<Self> {
        let Some(table) = members.value("cookies")?.as_object() else {
            members.malformed("cookies", "a table");
            return None;
        };
        let mut inner = Members::new(table, "gate.cookies.");
        let login_path = inner.text("login_path").unwrap_or("/login".into()).into_owned();
        if !login_path.starts_with('/') {
            inner.malformed("login_path", "a path such as \"/login\"");
        }
        let domain = inner.text("domain").map(Cow::into_owned);
        if domain.as_deref().is_some_and(|domain| !is_host(domain)) {
            inner.malformed("domain", "a host name such as \"example.com\"");
        }
        let (access, refresh) = match domain {
            None => ("__Host-access", "__Host-refresh"),
            Some(_) => ("__Secure-access", "__Secure-refresh"),
        };
        let access = inner.text("access").unwrap_or(access.into()).into_owned();
        let refresh = inner.text("refresh").unwrap_or(refresh.into()).into_owned();
        for (member, name) in [("access", &access), ("refresh", &refresh)] {
            // The prefixes are promises that the browser keeps: `Secure`, and for `__Host-` no `Domain`.
            let promised = name.starts_with("__Host-") && domain.is_none() || name.starts_with("__Secure-");
            if !promised || !is_token(name) {
                inner.malformed(member, "a name with the prefix `__Host-` (without `domain`) or `__Secure-`");
            }
        }
        if access == refresh {
            inner.findings.push(Finding::error("gate_cookies_ambiguous", "both cookies have the same name"));
        }
        let words = [("lax", SameSite::Lax), ("strict", SameSite::Strict), ("none", SameSite::None)];
        let same_site = inner.word("same_site", &words).unwrap_or_default();
        let max_age = inner.whole_number("max_age", 60, 34_560_000).unwrap_or(2_592_000);
        members.findings.extend(inner.finish());
        Some(Self { login_path, access, refresh, same_site, domain, max_age })
    }
}

fn is_token(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn is_host(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}
