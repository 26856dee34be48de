//! A strict JSON reader (RFC 8259) that copies nothing.
//!
//! It checks a whole document in one pass and hands out the members of its top-level object as slices of the input.
//! Stricter than a general parser where leniency has been used against token verifiers: duplicate members are
//! refused (RFC 7515 §4, RFC 7519 §4 allow that), so are lone surrogates, a byte order mark and deep nesting. It does
//! not recurse, so that no input can exhaust the stack, which in wasm would abort the instance.

#![expect(
    clippy::inline_always,
    reason = "where the crate is compiled for size, every byte of every token would be a call"
)]

use std::borrow::Cow;
use std::collections::BinaryHeap;

use super::room::Few;
use super::words::{digits, fill};
use core::fmt;

/// How deep objects and arrays may nest, the outermost one included. The same as `serde_json`'s.
pub const MAX_DEPTH: u32 = 127;

/// Why a text is not the JSON object that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonFault {
    /// Not UTF-8.
    NotUtf8,
    /// A byte order mark in front.
    ByteOrderMark,
    /// A JSON text, but not an object.
    NotAnObject,
    /// Not JSON, from this offset on.
    Syntax {
        /// Offset in bytes from the start of the JSON text.
        position: usize,
    },
    /// A `\u` escape of half a surrogate pair.
    LoneSurrogate,
    /// The same member name twice in one object.
    DuplicateMember,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl JsonFault {
    /// In words.
    pub(crate) fn words(&self) -> String {
        let (sentence, value) = match self {
            Self::NotUtf8 => ("is not UTF-8", ""),
            Self::ByteOrderMark => ("begins with a byte order mark", ""),
            Self::NotAnObject => ("is not a JSON object", ""),
            Self::Syntax { position } => return fill("is not JSON (offset {})", &[&digits(*position)]),
            Self::LoneSurrogate => ("holds half a surrogate pair", ""),
            Self::DuplicateMember => ("names a member twice", ""),
            Self::TooDeep => return fill("nests deeper than {} levels", &[&digits(MAX_DEPTH as usize)]),
        };
        fill(sentence, &[value])
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

/// A JSON string as it stands in the document, escapes and all.
#[derive(Clone, Copy)]
pub struct JsonStr<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> JsonStr<'a> {
    /// The inside of a string out of a document that has been checked.
    pub(crate) fn of_checked(raw: &'a str) -> Self {
        Self { raw, escaped: raw.contains('\\') }
    }

    /// The characters it stands for: borrowed, unless it has escapes.
    #[must_use]
    pub fn decoded(&self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(self.unescaped().collect()) } else { Cow::Borrowed(self.raw) }
    }

    /// Whether it stands for exactly these characters.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        if self.escaped { self.unescaped().eq(text.chars()) } else { self.raw == text }
    }

    fn unescaped(&self) -> Unescaped<'a> {
        Unescaped(self.raw.chars())
    }

    /// Where it stands in the document that it was read from.
    pub(crate) fn place_in(self, document: &[u8]) -> Place {
        let start = self.raw.as_ptr().addr().wrapping_sub(document.as_ptr().addr());
        Place { start, end: start.wrapping_add(self.raw.len()), escaped: self.escaped }
    }

    /// Whether it stands for these characters, ASCII letters compared without case.
    #[must_use]
    pub fn is_ignoring_case(&self, text: &str) -> bool {
        self.decoded().eq_ignore_ascii_case(text)
    }
}

/// A [`JsonStr`] without its document.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    start: usize,
    end: usize,
    escaped: bool,
}

impl Place {
    /// The string that stands here, in the document that it was read from.
    pub(crate) fn of(self, document: &str) -> JsonStr<'_> {
        JsonStr { raw: document.get(self.start..self.end).unwrap_or_default(), escaped: self.escaped }
    }
}

/// One JSON value; containers and numbers as their text, which has been checked.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string.
    String(JsonStr<'a>),
    /// An array, as written, with its brackets.
    Array(&'a str),
    /// An object, as written, with its braces.
    Object(&'a str),
}

impl<'a> Value<'a> {
    /// A string's text.
    #[must_use]
    pub fn as_str(&self) -> Option<JsonStr<'a>> {
        match self {
            Self::String(text) => Some(*text),
            _ => None,
        }
    }

    /// A number's value, to within a few units in the last place.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => super::time::decimal(number.as_bytes()),
            _ => None,
        }
    }

    /// A number's value, where it is written as a whole one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.parse().ok(),
            _ => None,
        }
    }

    /// An object's members. Nothing where a name is there twice, which has been refused before by whoever cares.
    #[must_use]
    pub fn as_object(&self) -> Option<Object<'a>> {
        match self {
            Self::Object(text) => Object::parse(text.as_bytes()).ok(),
            _ => None,
        }
    }
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its name.
    pub name: JsonStr<'a>,
    /// Its value.
    pub value: Value<'a>,
}

/// The members of one object, in order, no name twice.
#[derive(Clone, Default)]
pub struct Object<'a> {
    members: Few<[Member<'a>; 12]>,
}

impl<'a> Object<'a> {
    /// Reads a JSON text whose top level must be an object.
    ///
    /// # Errors
    /// The first fault found; duplicates are looked for at the top level only (see [`Object::parse_unique_deep`]).
    pub fn parse(text: &'a [u8]) -> Result<Self, JsonFault> {
        Self::parse_to(text, Uniqueness::TopLevel)
    }

    /// Like [`Object::parse`], and no object at any depth may name a member twice.
    ///
    /// # Errors
    /// The first fault found.
    pub fn parse_unique_deep(text: &'a [u8]) -> Result<Self, JsonFault> {
        Self::parse_to(text, Uniqueness::EveryDepth)
    }

    fn parse_to(text: &'a [u8], uniqueness: Uniqueness) -> Result<Self, JsonFault> {
        let mut object = Self::default();
        read_members(text, uniqueness, |name, value| object.members.push(Member { name, value }))?;
        refuse_duplicates(object.members.iter().map(|member| member.name))?;
        Ok(object)
    }

    /// The members, in the order of the document.
    pub fn members(&self) -> impl Iterator<Item = &Member<'a>> {
        self.members.iter()
    }

    /// The text of the member of this name, where it is a string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        Some(self.get(name)?.as_str()?.decoded().into_owned())
    }

    /// The value of the member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        self.members.iter().find(|member| member.name.is(name)).map(|member| member.value)
    }
}

/// Hands the members of a JSON text, whose top level must be an object, to `each`, in order. A fault may come after some of them.
/// Whether the names of the top level are unique is left to [`refuse_duplicates`].
#[inline]
pub(crate) fn read_members<'a>(
    text: &'a [u8],
    uniqueness: Uniqueness,
    each: impl FnMut(JsonStr<'a>, Value<'a>),
) -> Result<(), JsonFault> {
    if text.starts_with(b"\xEF\xBB\xBF") {
        return Err(JsonFault::ByteOrderMark);
    }
    let text = core::str::from_utf8(text).map_err(|_| JsonFault::NotUtf8)?;
    let mut reader = Reader { text, position: 0, uniqueness };
    reader.white_space();
    if reader.peek() != Some(b'{') {
        return Err(reader.whole_value_that_is_no_object());
    }
    reader.members(each)?;
    reader.white_space();
    if reader.position == text.len() { Ok(()) } else { Err(reader.syntax()) }
}

/// No name may be there twice.
#[inline]
pub(crate) fn refuse_duplicates<'a>(
    names: impl ExactSizeIterator<Item = JsonStr<'a>> + Clone,
) -> Result<(), JsonFault> {
    // Few and plain: compare pairs. Many or escaped (only in a hostile or odd token): sort, so that it stays n log n.
    let unique = if names.len() <= 24 && !names.clone().any(|name| name.escaped) {
        let mut rest = names;
        let mut unique = true;
        while let Some(name) = rest.next() {
            unique &= !rest.clone().any(|other| is_same_plain(name.raw, other.raw));
        }
        unique
    } else {
        are_unique_sorted(names.map(|name| name.decoded()).collect())
    };
    if unique { Ok(()) } else { Err(JsonFault::DuplicateMember) }
}

#[cold]
fn are_unique_sorted(names: BinaryHeap<Cow<'_, str>>) -> bool {
    // A heap sorts as fast as is needed here, and is a tenth of the code of a sort that is fast on everything.
    names.into_sorted_vec().array_windows().all(|[a, b]| a != b)
}

/// Most names differ in their length or at an end: `iss`, `iat`, `sub` and `exp` are all of one length.
#[inline]
fn is_same_plain(a: &str, b: &str) -> bool {
    let ends = |name: &str| (name.len(), name.bytes().next(), name.bytes().next_back());
    ends(a) == ends(b) && a == b
}

/// The elements of an array that a [`Value::Array`] stands for.
pub fn elements(array: &str) -> impl Iterator<Item = Value<'_>> {
    let mut reader = Reader { text: array, position: 1, uniqueness: Uniqueness::TopLevel };
    core::iter::from_fn(move || {
        reader.white_space();
        if reader.peek() == Some(b',') {
            reader.position += 1;
            reader.white_space();
        }
        // The text has been checked: the only error left is the closing bracket.
        reader.value(1).ok()
    })
}

/// How far down names are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uniqueness {
    TopLevel,
    EveryDepth,
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
    uniqueness: Uniqueness,
}

impl<'a> Reader<'a> {
    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn syntax(&self) -> JsonFault {
        JsonFault::Syntax { position: self.position }
    }

    /// There rarely is any between the members of a token.
    #[inline(always)]
    fn white_space(&mut self) {
        if self.peek().is_some_and(|byte| byte <= b' ') {
            self.skip_white_space();
        }
    }

    #[cold]
    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.position += 1;
        }
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8) -> Result<(), JsonFault> {
        if self.peek() == Some(byte) {
            self.position += 1;
            Ok(())
        } else {
            Err(self.syntax())
        }
    }

    fn slice_from(&self, start: usize) -> Result<&'a str, JsonFault> {
        self.text.get(start..self.position).ok_or_else(|| self.syntax())
    }

    #[cold]
    fn whole_value_that_is_no_object(&mut self) -> JsonFault {
        if let Err(fault) = self.value(0) {
            return fault;
        }
        self.white_space();
        if self.position == self.text.len() { JsonFault::NotAnObject } else { self.syntax() }
    }

    /// An object whose members are wanted, at the position of its brace.
    #[inline]
    fn members(&mut self, mut each: impl FnMut(JsonStr<'a>, Value<'a>)) -> Result<(), JsonFault> {
        self.expect(b'{')?;
        self.white_space();
        if self.peek() == Some(b'}') {
            self.position += 1;
            return Ok(());
        }
        loop {
            let name = self.member_name()?;
            let value = self.value(1)?;
            each(name, value);
            self.white_space();
            match self.peek() {
                Some(b',') => {
                    self.position += 1;
                    self.white_space();
                }
                Some(b'}') => {
                    self.position += 1;
                    return Ok(());
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    /// A value below `depth` open containers.
    fn value(&mut self, depth: u32) -> Result<Value<'a>, JsonFault> {
        let start = self.position;
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => self.container(depth).and_then(|()| self.slice_from(start)).map(Value::Object),
            Some(b'[') => self.container(depth).and_then(|()| self.slice_from(start)).map(Value::Array),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.literal("true").map(|()| Value::Bool(true)),
            Some(b'f') => self.literal("false").map(|()| Value::Bool(false)),
            Some(b'n') => self.literal("null").map(|()| Value::Null),
            _ => Err(self.syntax()),
        }
    }

    /// Steps over one object or array. Which kind each open container is stands in the bits of one integer.
    fn container(&mut self, outer: u32) -> Result<(), JsonFault> {
        let mut objects: u128 = 0;
        let mut depth = 0;
        let mut names = OpenNames::default();
        loop {
            // Here a value begins.
            match self.peek() {
                Some(open @ (b'{' | b'[')) => {
                    depth += 1;
                    if outer + depth > MAX_DEPTH {
                        return Err(JsonFault::TooDeep);
                    }
                    objects = objects << 1 | u128::from(open == b'{');
                    self.position += 1;
                    self.white_space();
                    let close = if open == b'{' {
                        names.open();
                        b'}'
                    } else {
                        b']'
                    };
                    if self.peek() != Some(close) {
                        if open == b'{' {
                            self.inner_name(&mut names)?;
                        }
                        continue;
                    }
                }
                Some(b'"') => {
                    self.string()?;
                }
                _ => {
                    // Not a container, so this does not come back here.
                    self.value(MAX_DEPTH)?;
                }
            }
            // Here a value has ended, or an empty container stands before its closing bracket.
            loop {
                self.white_space();
                let in_object = objects & 1 == 1;
                match self.peek() {
                    Some(b',') => {
                        self.position += 1;
                        self.white_space();
                        if in_object {
                            self.inner_name(&mut names)?;
                        }
                        break;
                    }
                    Some(close) if close == if in_object { b'}' } else { b']' } => {
                        if in_object {
                            names.close()?;
                        }
                        self.position += 1;
                        objects >>= 1;
                        depth -= 1;
                        if depth == 0 {
                            return Ok(());
                        }
                    }
                    _ => return Err(self.syntax()),
                }
            }
        }
    }

    /// The name of a member that is stepped over.
    fn inner_name(&mut self, names: &mut OpenNames<'a>) -> Result<(), JsonFault> {
        let name = self.member_name()?;
        if self.uniqueness == Uniqueness::EveryDepth {
            names.names.push(name);
        }
        Ok(())
    }

    /// A member's name, and its colon.
    fn member_name(&mut self) -> Result<JsonStr<'a>, JsonFault> {
        let name = self.string()?;
        self.white_space();
        self.expect(b':')?;
        self.white_space();
        Ok(name)
    }

    fn literal(&mut self, word: &str) -> Result<(), JsonFault> {
        if self.text.as_bytes().get(self.position..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.position += word.len();
            Ok(())
        } else {
            Err(self.syntax())
        }
    }

    fn number(&mut self) -> Result<&'a str, JsonFault> {
        let start = self.position;
        if self.peek() == Some(b'-') {
            self.position += 1;
        }
        if self.peek() == Some(b'0') {
            self.position += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.position += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.position += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.position += 1;
            }
            self.digits()?;
        }
        self.slice_from(start)
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.syntax());
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.position += 1;
        }
        Ok(())
    }

    #[inline]
    fn string(&mut self) -> Result<JsonStr<'a>, JsonFault> {
        self.expect(b'"')?;
        let start = self.position;
        let mut escaped = false;
        loop {
            self.position += plain_length(self.text.as_bytes().get(self.position..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    let raw = self.slice_from(start)?;
                    self.position += 1;
                    return Ok(JsonStr { raw, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonFault> {
        self.position += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.position += 1;
                Ok(())
            }
            Some(b'u') => {
                self.position += 1;
                match self.code_unit()? {
                    0xD800..=0xDBFF => {
                        if !self.text.as_bytes().get(self.position..).is_some_and(|r| r.starts_with(b"\\u")) {
                            return Err(JsonFault::LoneSurrogate);
                        }
                        self.position += 2;
                        match self.code_unit()? {
                            0xDC00..=0xDFFF => Ok(()),
                            _ => Err(JsonFault::LoneSurrogate),
                        }
                    }
                    0xDC00..=0xDFFF => Err(JsonFault::LoneSurrogate),
                    _ => Ok(()),
                }
            }
            _ => Err(self.syntax()),
        }
    }

    fn code_unit(&mut self) -> Result<u32, JsonFault> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit << 4 | digit.ok_or_else(|| self.syntax())?;
            self.position += 1;
        }
        Ok(unit)
    }
}

/// How many bytes stand before the first that ends a string, escapes or must not be in one. Eight at a time: see
/// "Determine if a word has a byte less than n" in Sean Anderson's *Bit Twiddling Hacks*; the lowest hit is exact.
#[inline]
fn plain_length(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = ONES * 0x80;
    const QUOTES: u64 = ONES * 0x22;
    const BACKSLASHES: u64 = ONES * 0x5C;
    let (words, rest) = text.as_chunks::<8>();
    let mut length = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = word ^ QUOTES;
        let backslash = word ^ BACKSLASHES;
        let hits =
            (control | quote.wrapping_sub(ONES) & !quote | backslash.wrapping_sub(ONES) & !backslash) & HIGHS;
        if hits != 0 {
            return length + hits.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    length + rest.iter().take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\').count()
}

/// The names seen so far in the objects that are open, so that one pass finds the duplicates at every depth: to go back
/// into each object would take time in proportion to size times depth, which a stranger's header could be made of.
#[derive(Default)]
struct OpenNames<'a> {
    names: Few<[JsonStr<'a>; 8]>,
    /// Where the names of each open object begin.
    begins: Few<[usize; 8]>,
}

impl OpenNames<'_> {
    fn open(&mut self) {
        self.begins.push(self.names.len());
    }

    fn close(&mut self) -> Result<(), JsonFault> {
        let begin = self.begins.pop().unwrap_or_default();
        let unique = refuse_duplicates(self.names.get(begin..).unwrap_or_default().iter().copied());
        self.names.truncate(begin);
        unique
    }
}

/// The characters of a string that [`Reader::string`] has checked, escapes resolved. Not rare: PHP writes `\/` for `/`.
struct Unescaped<'a>(core::str::Chars<'a>);

impl Iterator for Unescaped<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let character = self.0.next()?;
        if character != '\\' {
            return Some(character);
        }
        match self.0.next()? {
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'u' => {
                let mut unit = self.code_unit();
                if (0xD800..=0xDBFF).contains(&unit) {
                    // The other half follows, after its `\u`.
                    self.0.nth(1);
                    unit = 0x1_0000 + ((unit - 0xD800) << 10) + (self.code_unit() & 0x3FF);
                }
                char::from_u32(unit)
            }
            itself => Some(itself),
        }
    }
}

impl Unescaped<'_> {
    fn code_unit(&mut self) -> u32 {
        self.0
            .by_ref()
            .take(4)
            .filter_map(|digit| digit.to_digit(16))
            .fold(0, |unit, digit| unit << 4 | digit)
    }
}
