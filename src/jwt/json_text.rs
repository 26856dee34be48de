//! JSON as text that is safe to print: what could move a terminal's cursor, change its colours or reorder its text is
//! escaped, in answers for people and for programs alike (it stands for the same string).

use super::json::{JsonStr, Object, Value};

/// Appends `text` as a JSON string.
pub(crate) fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_unprintable(character) => push_escape(out, character),
            _ => out.push(character),
        }
    }
    out.push('"');
}

pub(crate) fn push_quoted_or_null(out: &mut String, text: Option<&str>) {
    match text {
        Some(text) => push_quoted(out, text),
        None => out.push_str("null"),
    }
}

/// Appends a whole number.
pub(crate) fn push_whole(out: &mut String, number: i64) {
    if number < 0 {
        out.push('-');
    }
    push_digits(out, number.unsigned_abs(), 1);
}

/// Appends the length of something.
pub(crate) fn push_length(out: &mut String, length: usize) {
    push_digits(out, length as u64, 1);
}

/// Appends a number in decimal, with zeros in front of it up to `least` digits.
pub(crate) fn push_digits(out: &mut String, number: u64, least: u32) {
    if number > 9 || least > 1 {
        push_digits(out, number / 10, least.saturating_sub(1));
    }
    out.push(char::from(b'0' | u8::try_from(number % 10).unwrap_or_default()));
}

/// What a terminal or a reader would not show as it is.
pub(crate) fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // Invisible, or changing the direction of what follows.
            '\u{00AD}'
                | '\u{061C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

/// Appends a character as its `\u` escape.
pub(crate) fn push_escape(out: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        out.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            out.push(char::from_digit(u32::from(*unit >> shift) & 0xF, 16).unwrap_or('0'));
        }
    }
}

/// Appends a member's name with its colon, after a comma unless it is the first of its object.
pub(crate) fn push_name(out: &mut String, name: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    push_quoted(out, name);
    out.push(':');
}

/// Appends a member that is a text, or `null`.
pub(crate) fn push_member(out: &mut String, name: &str, value: Option<&str>) {
    push_name(out, name);
    push_quoted_or_null(out, value);
}

/// Appends a value that has been checked, on one line. Numbers stay as they were written.
pub(crate) fn push_compact(out: &mut String, value: Value<'_>) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number),
        Value::String(text) => push_quoted(out, &text.decoded()),
        Value::Array(json) | Value::Object(json) => push_minified(out, json),
    }
}

pub(crate) fn push_compact_object(out: &mut String, object: &Object<'_>) {
    out.push('{');
    for member in object.members() {
        push_name(out, &member.name.decoded());
        push_compact(out, member.value);
    }
    out.push('}');
}

/// Appends a text that has been checked to be JSON, without white space. In one pass: to go down into each container would
/// take time in proportion to size times depth. A member that an inner object names twice is there twice.
pub(crate) fn push_minified(out: &mut String, json: &str) {
    let mut rest = json;
    while let Some(quote) = rest.bytes().position(|byte| byte == b'"') {
        let (before, string) =
            (rest.get(..quote).unwrap_or_default(), rest.get(quote + 1..).unwrap_or_default());
        push_without_space(out, before);
        let end = end_of_string(string);
        push_quoted(out, &JsonStr::of_checked(string.get(..end).unwrap_or_default()).decoded());
        rest = string.get(end + 1..).unwrap_or_default();
    }
    push_without_space(out, rest);
}

/// Numbers, words and brackets: all of them ASCII.
fn push_without_space(out: &mut String, json: &str) {
    for byte in json.bytes() {
        if !byte.is_ascii_whitespace() {
            out.push(char::from(byte));
        }
    }
}

/// Where the closing quote stands.
fn end_of_string(string: &str) -> usize {
    let mut escaped = false;
    let is_end = |byte: u8| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    };
    string.bytes().position(is_end).unwrap_or(string.len())
}

/// Appends seconds as a JSON number, to the millisecond.
#[expect(clippy::cast_possible_truncation, reason = "times of the years 1 to 9999, in milliseconds")]
pub(crate) fn push_seconds(text: &mut String, seconds: f64) {
    let milliseconds = (seconds * 1000.0).round() as i64;
    if milliseconds < 0 {
        text.push('-');
    }
    let milliseconds = milliseconds.unsigned_abs();
    push_digits(text, milliseconds / 1000, 1);
    let mut fraction = milliseconds % 1000;
    let mut digits = 3;
    if fraction > 0 {
        text.push('.');
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            digits -= 1;
        }
        push_digits(text, fraction, digits);
    }
}

/// Appends an array, each of its elements by `push`.
pub(crate) fn push_array<T>(text: &mut String, items: &[T], mut push: impl FnMut(&mut String, &T)) {
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        push(text, item);
    }
    text.push(']');
}

/// An object that is written member by member, in the order in which they come. Whether a name is there twice is on the caller.
#[derive(Clone)]
pub struct ObjectText(String);

impl Default for ObjectText {
    fn default() -> Self {
        Self::new()
    }
}

impl ObjectText {
    /// No members yet.
    #[must_use]
    pub fn new() -> Self {
        Self("{".to_owned())
    }

    /// A string.
    pub fn text(&mut self, name: &str, value: &str) {
        self.text_or_null(name, Some(value));
    }

    /// A string, or `null`.
    pub fn text_or_null(&mut self, name: &str, value: Option<&str>) {
        push_name(&mut self.0, name);
        push_quoted_or_null(&mut self.0, value);
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str, value: bool) {
        self.json(name, if value { "true" } else { "false" });
    }

    /// A whole number.
    pub fn number(&mut self, name: &str, value: impl Into<i64>) {
        push_name(&mut self.0, name);
        push_whole(&mut self.0, value.into());
    }

    /// A whole number, or `null`.
    pub fn number_or_null(&mut self, name: &str, value: Option<i64>) {
        self.json_or_null(name, value.map(|value| value.to_string()).as_deref());
    }

    /// A time or a span in seconds, to the millisecond.
    pub fn seconds(&mut self, name: &str, value: f64) {
        push_name(&mut self.0, name);
        push_seconds(&mut self.0, value);
    }

    /// An array of strings.
    pub fn texts<T: AsRef<str>>(&mut self, name: &str, values: &[T]) {
        push_name(&mut self.0, name);
        push_array(&mut self.0, values, |text, value| push_quoted(text, value.as_ref()));
    }

    /// A value that is JSON already.
    pub fn json(&mut self, name: &str, value: &str) {
        push_name(&mut self.0, name);
        self.0.push_str(value);
    }

    /// A value that is JSON already, or `null`.
    pub fn json_or_null(&mut self, name: &str, value: Option<&str>) {
        self.json(name, value.unwrap_or("null"));
    }

    /// The whole text.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
