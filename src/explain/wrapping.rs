//! What stands around a token that was copied, pasted, quoted, encoded or taken out of a header, taken off layer by layer.

use super::cause::Diagnosis;
use super::findings::Findings;
use super::shape::holds;
use super::spelled::{Said, lossy, push_shown};
use super::spellings::{from_digit, respelled};

/// What is around or inside a token and does not belong to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A scheme or a name in front.
    Prefix,
    /// Quotes, brackets and punctuation.
    Quotes,
    /// Percent-encoding.
    Percent,
    /// White space at an end.
    WhitespaceAround,
    /// White space in the middle: line breaks of a mail or a terminal.
    WhitespaceInside,
    /// The ordinary alphabet of base64, or padding.
    OrdinaryBase64,
    /// A larger text that holds the token.
    Document,
}

#[derive(PartialEq, Eq)]
struct Wrapping {
    kind: Kind,
    /// The prefix or the quotes as they are there, or what document it is.
    seen: String,
}

/// A token, bare.
pub(super) struct Unwrapped {
    pub(super) text: Vec<u8>,
    /// The outermost first.
    wrappings: Vec<Wrapping>,
    /// The token before it was brought into the alphabet of base64url: what its issuer may have signed.
    pub(super) before_base64: Option<Vec<u8>>,
}

/// Nobody wraps a token that often by accident.
const MOST_LAYERS: usize = 12;

impl Unwrapped {
    pub(super) fn of(token: &[u8]) -> Self {
        let mut unwrapped = Self { text: token.to_vec(), wrappings: Vec::new(), before_base64: None };
        for _ in 0..MOST_LAYERS {
            if !unwrapped.take_off_one() {
                break;
            }
        }
        unwrapped.close_gaps();
        unwrapped.take_out_of_document();
        unwrapped.respell();
        unwrapped
    }

    pub(super) fn was_wrapped(&self) -> bool {
        !self.wrappings.is_empty()
    }

    /// A document that holds the token is all that is to be said; and white space counts less than what it stands around.
    pub(super) fn find(&self, found: &mut Findings) {
        if let Some(document) = self.wrappings.iter().find(|wrapping| wrapping.kind == Kind::Document) {
            return document.find(found);
        }
        for is_space in [false, true] {
            for wrapping in &self.wrappings {
                if (wrapping.kind == Kind::WhitespaceAround) == is_space {
                    wrapping.find(found);
                }
            }
        }
    }

    /// Takes off the outermost layer.
    fn take_off_one(&mut self) -> bool {
        let text = &*self.text;
        let trimmed = trim_whitespace(text);
        if trimmed.len() < text.len() {
            return self.put(trimmed.to_vec(), Kind::WhitespaceAround, b"");
        }
        if let Some((name, rest)) = name_in_front(text) {
            let (name, rest) = (name.to_vec(), rest.to_vec());
            return self.put(rest, Kind::Prefix, &name);
        }
        let (bare, quotes) = trim_quotes(text);
        if !quotes.is_empty() {
            return self.put(bare.to_vec(), Kind::Quotes, &quotes);
        }
        match percent_decoded(text) {
            Some(decoded) => self.put(decoded, Kind::Percent, b""),
            None => false,
        }
    }

    fn put(&mut self, text: Vec<u8>, kind: Kind, seen: &[u8]) -> bool {
        self.text = text;
        let mut wrapping = Wrapping { kind, seen: String::new() };
        let most = if kind == Kind::Quotes { 8 } else { 40 };
        push_shown(&mut wrapping.seen, &lossy(seen), most);
        if !self.wrappings.contains(&wrapping) {
            self.wrappings.push(wrapping);
        }
        true
    }

    /// Line breaks in the middle of one token. Between two tokens they separate.
    fn close_gaps(&mut self) {
        let text = &*self.text;
        let segments = text.split(|&byte| byte == b'.').count();
        if segments > 3 || text.iter().all(|&byte| is_token_character(byte)) || !text.starts_with(b"ey") {
            return;
        }
        let mut closed = Vec::with_capacity(text.len());
        let mut rest = text;
        while let [byte, after @ ..] = rest {
            // A soft line break of quoted-printable (RFC 2045 §6.7) begins with `=`.
            let soft_break = *byte == b'=' && matches!(after, [b'\n', ..] | [b'\r', b'\n', ..]);
            let unseen = UNSEEN.iter().find_map(|unseen| rest.strip_prefix(*unseen));
            if unseen.is_none() && !byte.is_ascii_whitespace() && !soft_break {
                closed.push(*byte);
            }
            rest = unseen.unwrap_or(after);
        }
        if closed.iter().all(|&byte| is_token_character(byte)) {
            self.put(closed, Kind::WhitespaceInside, b"");
        }
    }

    /// A token in the middle of something else: a response in JSON, a URL, a command line.
    fn take_out_of_document(&mut self) {
        let text = &*self.text;
        let shortened = text.starts_with(b"ey") && holds(text, "…".as_bytes());
        if shortened || text.iter().all(|&byte| is_token_character(byte)) {
            return;
        }
        let document = document(text);
        // A token with a stranger among its characters is a broken one.
        if document == "a text" && text.starts_with(b"ey") && !text.iter().any(u8::is_ascii_whitespace) {
            return;
        }
        let mut tokens = Tokens::within(text);
        let Some(first) = tokens.next() else { return };
        // Two tokens and nothing that says which is which are two tokens.
        if tokens.next().is_some() && document == "a text" {
            return;
        }
        self.put(first.to_vec(), Kind::Document, document.as_bytes());
    }

    /// From ordinary base64 to base64url.
    fn respell(&mut self) {
        let text = &*self.text;
        let is_ordinary = |byte: &u8| b"+/=".contains(byte);
        if !(text.contains(&b'.') || text.starts_with(b"ey"))
            || !text.iter().any(is_ordinary)
            || !text.iter().all(|&byte| is_token_character(byte))
        {
            return;
        }
        let mut respelled = respelled(text, *b"+/", *b"-_");
        respelled.retain(|&byte| byte != b'=');
        self.before_base64 = Some(text.to_vec());
        self.put(respelled, Kind::OrdinaryBase64, b"");
    }
}

impl Wrapping {
    fn find(&self, found: &mut Findings) {
        let (diagnosis, fix) = match self.kind {
            Kind::Prefix => (
                Diagnosis::BearerPrefix,
                "Seen: `{}` in front of the token. Pass the token alone, and let one place only add the scheme: a \
                 header with `Bearer Bearer` is what comes of two.",
            ),
            Kind::Quotes => (
                Diagnosis::QuotedToken,
                "Seen: {} around the token. Send it bare: read a JSON response with a JSON parser instead of \
                 storing its text, and take quotes out of environment files.",
            ),
            Kind::Percent => (
                Diagnosis::UrlEncodedToken,
                "Seen: `%` and two hexadecimal digits. A token needs no encoding for URLs, and in a header \
                 there must be none: decode the parameter once before using it.",
            ),
            Kind::WhitespaceAround => (
                Diagnosis::SurroundingWhitespace,
                "Seen: white space, a line end or an invisible mark at an end of the token. Trim it where it \
                 is read; a file or a shell command adds a line end.",
            ),
            Kind::WhitespaceInside => (
                Diagnosis::SurroundingWhitespace,
                "Seen: white space, line breaks or invisible marks inside the token. It was wrapped by a mail, a terminal or an \
                 editor: copy it from its source, as one line.",
            ),
            Kind::OrdinaryBase64 => (
                Diagnosis::Base64NotUrlSafe,
                "Seen: `+`, `/` or `=`. Expected: `-`, `_` and no padding (RFC 7515 §2). Let the issuer encode \
                 header, payload and signature as base64url without padding, before it signs: the signature is \
                 over the encoded text.",
            ),
            Kind::Document => (
                Diagnosis::NotAJwt,
                "Seen: {} with a token in it. Send the token alone: the value, and not what it was delivered in.",
            ),
        };
        found.diagnose(diagnosis, fix, &[Said::Text(&self.seen)]);
    }
}

/// What looks like the beginning of a JWT and goes on for at least a second segment.
pub(super) struct Tokens<'t> {
    rest: &'t [u8],
}

impl<'t> Tokens<'t> {
    pub(super) fn within(text: &'t [u8]) -> Self {
        Self { rest: text }
    }

    pub(super) fn next(&mut self) -> Option<&'t [u8]> {
        while !self.rest.is_empty() {
            let is_other = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"-_.".contains(byte);
            let end = self.rest.iter().position(is_other).unwrap_or(self.rest.len());
            let run = self.rest.get(..end)?;
            self.rest = self.rest.get(end + 1..).unwrap_or_default();
            if run.len() > 16 && run.starts_with(b"ey") && run.contains(&b'.') {
                return Some(run);
            }
        }
        None
    }
}

/// What a text is in which tokens were found.
fn document(text: &[u8]) -> &'static str {
    let holds = |word: &[u8]| text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    if text.starts_with(b"{") {
        "a JSON object"
    } else if text.starts_with(b"<") {
        "a page or an XML document"
    } else if text.starts_with(b"curl") {
        "a command line"
    } else if holds(b"://") {
        "a URL"
    } else if holds(b"&") && holds(b"=") {
        "a form or a query string"
    } else if holds(b"cookie") || (holds(b";") && holds(b"=")) {
        "a cookie header"
    } else {
        "a text"
    }
}

/// Of a compact token in either alphabet of base64.
fn is_token_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.+/=".contains(&byte)
}

/// White space that is no ASCII, and marks that nobody sees: a byte order mark, no-break and zero-width spaces, a soft hyphen;
/// and line ends that were escaped and never read as such.
const UNSEEN: [&[u8]; 10] = [
    b"\xC2\xAD",
    b"\xEF\xBB\xBF",
    b"\xC2\xA0",
    b"\xE2\x80\x8B",
    b"\xE2\x80\x8C",
    b"\xE2\x80\x8D",
    b"\xE2\x81\xA0",
    b"\\n",
    b"\\r",
    b"\\t",
];

fn trim_whitespace(text: &[u8]) -> &[u8] {
    let mut text = text.trim_ascii();
    let mut length = usize::MAX;
    while text.len() < length {
        length = text.len();
        for unseen in UNSEEN {
            text = text.strip_prefix(unseen).unwrap_or(text);
            text = text.strip_suffix(unseen).unwrap_or(text);
        }
        // A NUL is what C leaves behind.
        let is_end = |byte: &u8| !byte.is_ascii_whitespace() && *byte != 0;
        let begin = text.iter().position(is_end).unwrap_or(text.len());
        let end = text.iter().rposition(is_end).map_or(begin, |last| last + 1);
        text = text.get(begin..end).unwrap_or_default();
    }
    text
}

/// `Bearer x`, `Authorization: Bearer x`, `access_token=x`: the name with its separator, and what follows.
fn name_in_front(text: &[u8]) -> Option<(&[u8], &[u8])> {
    // The last two are curl's, in front of a whole header.
    const SCHEMES: [&[u8]; 8] =
        [b"bearer", b"token", b"jwt", b"dpop", b"authorization", b"authentication", b"-h", b"--header"];
    const LONGEST_NAME: usize = 32;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    let length = text.iter().take(LONGEST_NAME + 1).position(|byte| !is_name(byte)).unwrap_or(text.len());
    let (name, after) = (text.get(..length)?, text.get(length..)?);
    let is_scheme = SCHEMES.iter().any(|scheme| name.eq_ignore_ascii_case(scheme));
    if after.is_empty() {
        return glued_scheme(text).or_else(|| (is_scheme && length < 14).then_some((text, after)));
    }
    let named = name.first().is_some_and(u8::is_ascii_alphabetic) && !name.starts_with(b"ey");
    // A `+` is the space of a form.
    let separator = |byte: &u8| byte.is_ascii_whitespace() || b":=+".contains(byte);
    let rest = after.get(after.iter().position(|byte| !separator(byte)).unwrap_or(after.len())..)?;
    let separated = rest.len() < after.len();
    let assigned = matches!(after.trim_ascii_start(), [b':' | b'=', ..]) && named;
    if separated && (is_scheme || assigned) && !rest.starts_with(b"/") && !rest.starts_with(b".") {
        let front = text.get(..text.len() - rest.len())?;
        return Some((front.trim_ascii_end(), rest));
    }
    glued_scheme(text)
}

/// `BearereyJ…`: the space was lost.
fn glued_scheme(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (scheme, rest) = text.split_at_checked(b"bearer".len())?;
    (scheme.eq_ignore_ascii_case(b"bearer") && rest.starts_with(b"ey")).then_some((scheme, rest))
}

const OPENING: [&str; 12] =
    ["b'", "b\"", "\"", "'", "`", "<", "(", "[", "\u{201C}", "\u{201E}", "\u{2018}", "\u{AB}"];
const CLOSING: [&str; 12] =
    ["\"", "'", "`", ">", ")", "]", ",", ";", "\u{201D}", "\u{201C}", "\u{2019}", "\u{BB}"];

/// Bare, and what was taken off on both sides.
fn trim_quotes(text: &[u8]) -> (&[u8], Vec<u8>) {
    let mut bare = text;
    let mut length = usize::MAX;
    while bare.len() < length {
        length = bare.len();
        for quote in OPENING {
            // `\"`, of a string within a string.
            let unescaped = bare.strip_prefix(b"\\").unwrap_or(bare);
            bare = unescaped.strip_prefix(quote.as_bytes()).unwrap_or(bare);
        }
    }
    let before = text.len() - bare.len();
    // A bracket that was opened inside does not stand around.
    let closing = |opening: u8, closing| if bare.contains(&opening) { closing } else { "" };
    let opened_inside = [closing(b'[', "]"), closing(b'(', ")"), closing(b'<', ">")];
    length = usize::MAX;
    while bare.len() < length {
        length = bare.len();
        for quote in CLOSING {
            if !opened_inside.contains(&quote) {
                bare = bare.strip_suffix(quote.as_bytes()).unwrap_or(bare);
            }
        }
        bare = bare.strip_suffix(b"\\").unwrap_or(bare);
    }
    // A full stop of a sentence, and not one of the two dots.
    let dots = bare.iter().filter(|&&byte| byte == b'.').take(4).count();
    if dots == 3 {
        bare = bare.strip_suffix(b".").unwrap_or(bare);
    }
    let after = text.get(before + bare.len()..).unwrap_or_default();
    (bare, [text.get(..before).unwrap_or_default(), after].concat())
}

/// Nothing where there is nothing to decode.
fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        let mut byte = *byte;
        if let (b'%', [high, low, behind @ ..]) = (byte, after)
            && let (Some(high), Some(low)) = (from_digit(*high), from_digit(*low))
        {
            byte = high << 4 | low;
            rest = behind;
        }
        decoded.push(byte);
    }
    (decoded.len() < text.len()).then_some(decoded)
}
