//! Values in sentences: cut to a length that a person reads, lists with commas, names in backticks.
//!
//! A finding hands over what it has to say as it is, and only here it becomes text, in one place and one buffer. Texts that
//! are made at each place where there is a sentence would be a third of this room in wasm.

use crate::jwt::json::Value;
use crate::jwt::{NumericDate, at_place};

use super::human_time::{push_distance, push_rfc3339, push_span};
use crate::jwt::json_text::{push_digits, push_length, push_whole};

/// A value in a sentence.
#[derive(Clone, Copy)]
pub(super) enum Said<'a> {
    /// A text as it is.
    Text(&'a str),
    /// A text out of a token or a key, in backticks and cut.
    Name(&'a str),
    /// What a key is called.
    Key(Option<&'a str>),
    Number(usize),
    /// As a bare number.
    Seconds(u64),
    Time(NumericDate),
    /// How far the first is from the second.
    Distance(NumericDate, NumericDate),
    /// Seconds, as a bare number and in larger units.
    Span(f64),
    /// Of a header or of claims, in words.
    Value(Option<Value<'a>>),
    /// A sentence in the sentence.
    Filled(&'static str, &'a [Said<'a>]),
}

/// A sentence with values in the places of its `{}`. There are no other braces in it.
pub(super) fn fill(sentence: &str, values: &[Said<'_>]) -> String {
    let mut text = String::with_capacity(sentence.len() + 64);
    push_filled(&mut text, sentence, values);
    text
}

fn push_filled(out: &mut String, sentence: &str, values: &[Said<'_>]) {
    let mut rest = sentence;
    for value in values {
        let (before, behind) = at_place(rest);
        out.push_str(before);
        // A sentence may have no place for what another one says there.
        if before.len() < rest.len() {
            push_said(out, value);
        }
        rest = behind;
    }
    out.push_str(rest);
}

fn push_said(out: &mut String, said: &Said<'_>) {
    match *said {
        Said::Text(text) => out.push_str(text),
        Said::Key(None) => out.push_str("without a `kid`"),
        Said::Name(name) | Said::Key(Some(name)) => push_name(out, name),
        Said::Number(number) => push_length(out, number),
        Said::Seconds(seconds) => push_digits(out, seconds, 1),
        Said::Time(time) => push_rfc3339(out, time),
        Said::Distance(time, now) => push_distance(out, time, now),
        Said::Span(seconds) => push_seconds(out, seconds),
        Said::Value(value) => push_value(out, value),
        Said::Filled(sentence, values) => push_filled(out, sentence, values),
    }
}

fn push_seconds(out: &mut String, seconds: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "a span within the calendar")]
    let whole = seconds.max(0.0) as i64;
    push_span(out, whole);
    if whole < 60 {
        return;
    }
    out.push_str(" (");
    push_whole(out, whole);
    out.push_str(" s)");
}

fn push_value(out: &mut String, value: Option<Value<'_>>) {
    match value {
        None => out.push_str("absent"),
        Some(Value::Null) => out.push_str("null"),
        Some(Value::Bool(flag)) => out.push_str(if flag { "true" } else { "false" }),
        Some(Value::Number(number)) => push_shown(out, number, 40),
        Some(Value::String(text)) => {
            out.push('"');
            push_shown(out, &text.decoded(), 80);
            out.push('"');
        }
        Some(Value::Array(json) | Value::Object(json)) => push_name(out, json),
    }
}

/// In backticks.
fn push_name(out: &mut String, name: &str) {
    out.push('`');
    push_shown(out, name, 80);
    out.push('`');
}

/// A text out of a token, at most so many characters of it.
pub(super) fn push_shown(out: &mut String, text: &str, most: usize) {
    let mut left = most;
    let end = text.bytes().position(|byte| {
        // All but the first byte of a character begin with these two bits.
        if byte & 0xC0 == 0x80 {
            return false;
        }
        let is_over = left == 0;
        left = left.saturating_sub(1);
        is_over
    });
    out.push_str(end.and_then(|end| text.get(..end)).unwrap_or(text));
    if end.is_some() {
        out.push('…');
    }
}

/// A text that may be none, with a replacement character for each thing in it that is not UTF-8. Does what
/// `String::from_utf8_lossy` does, which brings a reader of UTF-8 of its own.
pub(super) fn lossy(mut bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    loop {
        let fault = match core::str::from_utf8(bytes) {
            Ok(rest) => {
                text.push_str(rest);
                return text;
            }
            Err(fault) => fault,
        };
        let (valid, rest) = bytes.split_at_checked(fault.valid_up_to()).unwrap_or_default();
        text.push_str(core::str::from_utf8(valid).unwrap_or_default());
        text.push('\u{FFFD}');
        let length = fault.error_len().unwrap_or(rest.len());
        bytes = rest.get(length..).unwrap_or_default();
    }
}

/// Several names with commas, the first few.
#[derive(Default)]
pub(super) struct List {
    text: String,
    count: usize,
}

impl List {
    const MOST: usize = 6;

    pub(super) fn of(names: &[impl AsRef<str>]) -> Self {
        let mut list = Self::default();
        for name in names {
            list.add(name.as_ref());
        }
        list
    }

    pub(super) fn add(&mut self, name: &str) {
        if self.count > 0 && self.count <= Self::MOST {
            self.text.push_str(", ");
        }
        if self.count < Self::MOST {
            push_name(&mut self.text, name);
        } else if self.count == Self::MOST {
            self.text.push('…');
        }
        self.count += 1;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn said(&self) -> Said<'_> {
        Said::Text(if self.is_empty() { "nothing" } else { &self.text })
    }
}
