//! A request as it came over the wire.

/// What the judgement needs of a request. Texts are as they were sent.
pub(super) struct Request<'a> {
    pub(super) id: &'a str,
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) path: &'a str,
    /// The `Authorization` header; bytes, because a token is.
    pub(super) authorization: &'a [u8],
    /// Further headers, `name: value`, a line each.
    more: &'a str,
}

impl<'a> Request<'a> {
    pub(super) fn from_wire(text: &'a [u8]) -> Self {
        let mut rest = text;
        let mut line = || {
            let (line, after) = cut(rest, b"\n");
            rest = after;
            text_of(line)
        };
        let (id, method, url) = (line(), line(), line());
        let (more, authorization) = match rest {
            [b'\n', authorization @ ..] => ("", authorization),
            rest => {
                let (more, authorization) = cut(rest, b"\n\n");
                (text_of(more), authorization)
            }
        };
        Self { id, method, url, path: path_of(url), authorization, more }
    }

    /// The same request with these headers, and no `Authorization`.
    pub(super) fn with_headers<'b>(&self, more: &'b str) -> Request<'b>
    where
        'a: 'b,
    {
        Request { authorization: b"", more, ..*self }
    }

    /// Scheme and authority of its URL, as an `Origin` header spells them.
    pub(super) fn origin(&self) -> &'a str {
        let authority = self.url.len() - after_scheme(self.url).len();
        let length = after_scheme(self.url).bytes().position(ends_authority);
        length.and_then(|length| self.url.get(..authority + length)).unwrap_or(self.url)
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

/// What stands before and after the first `end`.
fn cut<'t, const N: usize>(text: &'t [u8], end: &[u8; N]) -> (&'t [u8], &'t [u8]) {
    let mut rest = text;
    while let [_, after @ ..] = rest {
        if rest.starts_with(end) {
            break;
        }
        rest = after;
    }
    let before = text.get(..text.len() - rest.len()).unwrap_or_default();
    (before, rest.get(N..).unwrap_or_default())
}

/// Strings of JavaScript arrive as UTF-8, always; were they not, nothing would match and the gate stay closed.
fn text_of(text: &[u8]) -> &str {
    core::str::from_utf8(text).unwrap_or_default()
}

/// The path of an absolute URL, or of a path with a query. It begins where a URL parser has it begin, which takes a
/// backslash for a slash.
pub(super) fn path_of(url: &str) -> &str {
    let rest = after_scheme(url);
    let start = rest.bytes().position(ends_authority).unwrap_or(rest.len());
    let path = rest.get(start..).unwrap_or_default();
    let end = path.bytes().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len());
    match path.get(..end) {
        None | Some("") => "/",
        Some(path) => path,
    }
}

/// What follows `://`. What begins with a slash has no scheme: `://` in it belongs to its query.
fn after_scheme(url: &str) -> &str {
    let scheme = url.bytes().position(|byte| matches!(byte, b':' | b'/'));
    scheme.and_then(|end| url.get(end..)?.strip_prefix("://")).unwrap_or(url)
}

fn ends_authority(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\' | b'?' | b'#')
}
