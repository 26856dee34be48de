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
        let sound = is_host_and_port(authority)
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

/// What fails here would fail at every request.
fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => authority.split_at(colon),
        _ => (authority, ":0"),
    };
    let is_host = match host.strip_prefix('[').map(|rest| rest.strip_suffix(']')) {
        Some(address) => address.is_some_and(|address| {
            address.contains(':')
                && address.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
        }),
        None => {
            !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }
    };
    let port = port.strip_prefix(':').filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    is_host && port.is_some_and(|port| port.parse::<u16>().is_ok())
}

/// How the origin is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Over the network.
    Url(OriginUrl),
    /// Through the service binding `ORIGIN_SERVICE`.
    Service,
}

#[cfg(test)]
mod tests {
    use super::OriginUrl;

    #[test]
    fn an_origin_that_no_request_could_reach_is_refused() {
        for sound in [
            "http://localhost",
            "https://api.example.com",
            "https://api.example.com:8443/base/",
            "http://127.0.0.1:80",
            "http://[::1]",
            "http://[::1]:8787/v1",
            "https://my_service.internal",
        ] {
            assert!(OriginUrl::new(sound).is_some(), "{sound}");
        }
        for unsound in [
            "",
            "api.example.com",
            "ftp://api.example.com",
            "https://",
            "https:///x",
            "https://:80",
            "https://a:port",
            "https://a:65536",
            "https://a:+80",
            "https://a:",
            "http://[::1",
            "http://::1",
            "http://[::1]x",
            "http://[x]",
            "https://u@a",
            "https://a?b",
            "https://a#b",
            "https://a/%2e%2e",
            "https://a\\b",
            "https://a b",
            "https://a,b",
            "https://\u{e4}",
        ] {
            assert!(OriginUrl::new(unsound).is_none(), "{unsound}");
        }
    }
}
