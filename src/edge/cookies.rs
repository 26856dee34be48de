//! Cookies that hold tokens: reading them, keeping them from the origin, setting and clearing them (RFC 6265 §4).

use crate::config::Cookies;
use crate::jwt::{Code, NumericDate};
use crate::session::{Pair, Unusable};

/// Browsers ignore larger cookies without a word.
const MAX_COOKIE_BYTES: usize = 4096;

/// The tokens of a `Cookie` header.
#[derive(Debug, Default)]
pub(super) struct TokenCookies<'a> {
    pub(super) access: Option<&'a str>,
    pub(super) refresh: Option<&'a str>,
    /// One of them is there twice. The one that came first may have been set by a neighbouring host, to choose the session.
    pub(super) several: bool,
}

impl<'a> TokenCookies<'a> {
    pub(super) fn read(config: &Cookies, header: Option<&'a str>) -> Self {
        let mut found = Self::default();
        for pair in header.unwrap_or_default().split(';') {
            let Some((name, value)) = pair.trim().split_once('=') else { continue };
            let slot = if name == config.access {
                &mut found.access
            } else if name == config.refresh {
                &mut found.refresh
            } else {
                continue;
            };
            if !value.is_empty() {
                found.several |= slot.replace(value).is_some();
            }
        }
        found
    }
}

/// The `Cookie` header without the gate's own: the origin has its own way to read the session.
pub(super) fn without_tokens(config: &Cookies, header: &str) -> String {
    let ours = |name: &str| name == config.access || name == config.refresh;
    let others =
        header.split(';').map(str::trim).filter(|pair| !ours(pair.split('=').next().unwrap_or(pair)));
    others.collect::<Vec<_>>().join("; ")
}

/// The `Set-Cookie` values that hand a pair to the browser.
///
/// # Errors
/// When a browser would not keep it.
pub(super) fn set(config: &Cookies, pair: &Pair, now: NumericDate) -> Result<Vec<String>, Unusable> {
    let left = |expires: Option<i64>| expires.map(|expires| (expires - now.whole_seconds()).max(0));
    let mut cookies = Vec::new();
    // Kept as long as the refresh token, not as the access token: an expired one says that there was a session.
    let max_age = left(pair.refresh_expires).unwrap_or_else(|| i64::from(config.max_age));
    cookies.push(cookie(config, &config.access, &pair.access_token, max_age));
    if let Some(token) = &pair.refresh_token {
        cookies.push(cookie(config, &config.refresh, token, max_age));
    }
    if cookies.iter().any(|cookie| cookie.len() > MAX_COOKIE_BYTES) {
        return Err(Unusable::Access(Code::TokenTooLarge));
    }
    Ok(cookies)
}

/// The `Set-Cookie` values that make the browser forget both.
pub(super) fn clear(config: &Cookies) -> Vec<String> {
    [&config.access, &config.refresh].map(|name| cookie(config, name, "", 0)).to_vec()
}

fn cookie(config: &Cookies, name: &str, value: &str, max_age: i64) -> String {
    let domain = config.domain.as_ref().map(|domain| format!("; Domain={domain}")).unwrap_or_default();
    let same_site = config.same_site.name();
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite={same_site}; Max-Age={max_age}{domain}")
}
