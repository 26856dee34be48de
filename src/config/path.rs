//! Request paths as routes see them.
//!
//! The gate and the origin must not disagree about what a path means: `/%61dmin`, `/public/..%2fadmin`, `//admin` and `/ADMIN` may all be
//! `/admin` to an origin. The rule: *a public route opens exactly what it names; a protecting route protects every
//! spelling*. So a path has a plain form, as written, and a loose form, in which every spelling of one resource meets.

use std::borrow::Cow;

/// A path in its two forms.
#[derive(Debug)]
pub(crate) struct Path<'a> {
    /// As written.
    plain: &'a str,
    /// Decoded as far as any origin might, dot segments and empty segments removed, in lower case.
    loose: Cow<'a, str>,
    /// Whether all origins must agree on what the plain form means (but for case).
    unambiguous: bool,
}

impl<'a> Path<'a> {
    pub(crate) fn new(plain: &'a str) -> Self {
        if is_plain(plain) {
            return Self { plain, loose: Cow::Borrowed(plain), unambiguous: true };
        }
        Self { plain, loose: Cow::Owned(loosen(plain)), unambiguous: has_one_reading(plain) }
    }

    /// The path that a public route is compared with; none when origins might read something else into it.
    pub(crate) fn exact(&self) -> Option<&str> {
        self.unambiguous.then_some(self.plain)
    }

    /// The path that a protecting route is compared with, in lower case.
    pub(crate) fn loose(&self) -> &str {
        &self.loose
    }
}

/// Whether nothing in the path could be spelt in another way. The case of nearly every request, and it copies nothing.
fn is_plain(path: &str) -> bool {
    let mut previous = 0;
    for &byte in path.as_bytes() {
        let fits = match byte {
            b'/' => previous != b'/',
            // A dot is harmless inside a segment, but `.` and `..` as a whole one are not, nor is `..;`.
            b'.' => previous != b'/' && previous != b'.',
            b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'~'
            | b'@'
            | b':'
            | b','
            | b'='
            | b'+'
            | b'!'
            | b'$' => true,
            _ => false,
        };
        if !fits {
            return false;
        }
        previous = byte;
    }
    path.starts_with('/') && (path.len() == 1 || previous != b'/')
}

/// Whether every origin sees the same segments in it: none empty but a last one, none of dots alone, and no escape of a
/// character that separates, cuts off, or is itself the sign of an escape.
fn has_one_reading(path: &str) -> bool {
    let Some(path) = path.strip_prefix('/') else { return false };
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        let only_dots = segment.bytes().all(|byte| byte == b'.');
        if only_dots && !(segment.is_empty() && is_last) {
            return false;
        }
    }
    let separates = |byte: u8| matches!(byte, b'/' | b'\\' | b'.' | b'%' | b';' | 0..0x20 | 0x7F);
    let escapes = path.match_indices('%').all(|(at, _)| match path.as_bytes().get(at + 1..at + 3) {
        Some(&[high, low]) => escaped(high, low).is_some_and(|byte| !separates(byte)),
        _ => false,
    });
    // Bytes that are no UTF-8 have had many readings: `%c0%af` once was a slash.
    let is_text = || core::str::from_utf8(&percent_decoded(path.as_bytes())).is_ok();
    escapes && !path.bytes().any(|byte| matches!(byte, b'\\' | b';' | 0..0x20 | 0x7F)) && is_text()
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

fn loosen(path: &str) -> String {
    let mut bytes = path.as_bytes().to_vec();
    // Some origins decode twice.
    for _ in 0..3 {
        let decoded = percent_decoded(&bytes);
        if decoded == bytes {
            break;
        }
        bytes = decoded;
    }
    bytes.make_ascii_lowercase();
    let text = String::from_utf8_lossy(&bytes).replace('\\', "/");
    let mut segments: Vec<&str> = Vec::new();
    for segment in text.split('/') {
        // `;` begins parameters that servlet containers cut off; NUL ends a C string.
        let segment = segment.split([';', '\0']).next().unwrap_or_default().trim();
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            name => segments.push(name),
        }
    }
    let mut loose = String::with_capacity(text.len());
    for segment in &segments {
        loose.push('/');
        loose.push_str(segment);
    }
    if loose.is_empty() {
        loose.push('/');
    }
    loose
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        match rest {
            [] => return decoded,
            [b'%', high, low, after @ ..] if escaped(*high, *low).is_some() => {
                decoded.extend(escaped(*high, *low));
                rest = after;
            }
            [byte, after @ ..] => {
                decoded.push(*byte);
                rest = after;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn every_spelling_of_a_path_meets_in_the_loose_form() {
        for spelling in [
            "/admin/users",
            "/ADMIN/users",
            "/%61dmin/users",
            "//admin//users",
            "/admin/./users",
            "/x/../admin/users",
            "/public/..%2fadmin/users",
            "/public/%2e%2e/admin/users",
            "/public/..%5cadmin/users",
            "/admin;v=1/users",
            "/admin/users/",
            "/admin/users%00.css",
            "/public/%252e%252e/admin/users",
            "/\\admin\\users",
            "/admin%20/users",
        ] {
            assert_eq!(Path::new(spelling).loose(), "/admin/users", "{spelling}");
        }
    }

    #[test]
    fn only_a_path_without_a_second_reading_is_exact() {
        for exact in [
            "/",
            "/a",
            "/a/",
            "/a/b.css",
            "/Public/Logo.PNG",
            "/v1/users/42",
            "/a/~b@c",
            "/a/b%20c",
            "/%C3%A9",
        ] {
            assert_eq!(Path::new(exact).exact(), Some(exact));
        }
        for doubtful in [
            "/a//b",
            "/a/../b",
            "/a%2fb",
            "/a/%2e",
            "/a;b",
            "/a\\b",
            "/a/..",
            "//",
            "/a%252e",
            "/a%zz",
            "/a%0",
            "/a%c0%afb",
            "/%E9",
            "a",
        ] {
            assert_eq!(Path::new(doubtful).exact(), None, "{doubtful}");
        }
    }
}
