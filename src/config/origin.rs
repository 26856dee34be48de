//! Where the origin is.

/// The origin's base URL: scheme and authority, and maybe a path that goes before every request's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginUrl(String);

impl OriginUrl {
    /// An `http` or `https` URL without credentials, query or fragment.
    #[must_use]
    pub fn new(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let authority = rest.split('/').next()?;
        let sound = !authority.is_empty()
            && !rest.contains(['?', '#', '@', '\\', '%'])
            && rest.bytes().all(|byte| byte.is_ascii_graphic());
        sound.then(|| Self(url.trim_end_matches('/').to_owned()))
    }

    /// Without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How the origin is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Over the network.
    Url(OriginUrl),
    /// Through the service binding `ORIGIN_SERVICE`.
    Service,
}
