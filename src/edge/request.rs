//! A request as it came over the wire.

/// What the judgement needs of a request. Texts are as they were sent.
pub(super) struct Request<'a> {
    pub(super) id: &'a str,
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    /// Scheme and authority of its URL, as an `Origin` header spells them.
    pub(super) origin: &'a str,
    pub(super) path: &'a str,
    /// The `Authorization` header; bytes, because a token is.
    pub(super) authorization: &'a [u8],
    /// Further headers, `name: value`, a line each.
    more: &'a str,
}

impl<'a> Request<'a> {
    pub(super) fn from_wire(text: &'a [u8]) -> Self {
        // Strings of JavaScript arrive as UTF-8, always; were they not, nothing would match and the gate stay closed.
        let text = core::str::from_utf8(text).unwrap_or_default();
        let mut lines = text.splitn(5, '\n');
        let mut line = || lines.next().unwrap_or_default();
        let (id, method, url, authorization, more) = (line(), line(), line(), line(), line());
        Self {
            id,
            method,
            url,
            origin: origin_of(url),
            path: path_of(url),
            authorization: authorization.as_bytes(),
            more,
        }
    }

    /// The header of this name, in lower case. Only of those that crossed the wire.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.more.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The lines of the further headers, but for those of this name.
    pub(super) fn headers_without(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let is_other = move |line: &&str| line.strip_prefix(name).is_none_or(|rest| !rest.starts_with(": "));
        self.more.lines().filter(is_other)
    }

    /// Whether it asks, on behalf of a page, if the real request may be sent (the Fetch standard's CORS preflight).
    pub(super) fn is_preflight(&self) -> bool {
        self.is_preflight_as(self.method)
    }

    /// The same of the request that a proxy asks about, with its method and with this one's headers.
    pub(super) fn is_preflight_as(&self, method: &str) -> bool {
        method == "OPTIONS"
            && self.header("origin").is_some()
            && self.header("access-control-request-method").is_some()
    }
}

fn origin_of(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |colon| colon + 3);
    let length = url.get(authority..).and_then(|rest| rest.find(['/', '\\', '?', '#']));
    length.and_then(|length| url.get(..authority + length)).unwrap_or(url)
}

/// The path of an absolute URL, or of a path with a query. It begins where a URL parser has it begin, which takes a
/// backslash for a slash.
pub(super) fn path_of(url: &str) -> &str {
    // What begins with a slash has no scheme, and `://` in it belongs to its query.
    let scheme = if url.starts_with('/') { None } else { url.split_once("://") };
    let after_scheme = scheme.map_or(url, |(_, rest)| rest);
    let start = after_scheme.find(['/', '\\', '?', '#']).unwrap_or(after_scheme.len());
    let path = after_scheme.get(start..).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}
