//! JSON as text that is safe to print: what could move a terminal's cursor, change its colours or reorder its text is
//! escaped, in answers for people and for programs alike (it stands for the same string).

use std::borrow::Cow;
use std::fmt::Write;

use crate::jwt::json::{Object, Value, elements};

use super::output::{ASIDE, NAME, Output};

/// Appends `text` as a JSON string.
pub(super) fn push_quoted(out: &mut String, text: &str) {
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

pub(super) fn push_quoted_or_null(out: &mut String, text: Option<&str>) {
    match text {
        Some(text) => push_quoted(out, text),
        None => out.push_str("null"),
    }
}

/// `text` for people, in one piece: what is not printable is shown as its escape.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unprintable(character) { push_escape(&mut out, character) } else { out.push(character) }
    }
    Cow::Owned(out)
}

fn is_unprintable(character: char) -> bool {
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

fn push_escape(out: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        // Writing to a `String` does not fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// Appends a value that has been checked, on one line. Numbers stay as they were written.
pub(super) fn push_compact(out: &mut String, value: Value<'_>) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number),
        Value::String(text) => push_quoted(out, &text.decoded()),
        Value::Array(array) => {
            out.push('[');
            for (index, element) in elements(array).enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push_compact(out, element);
            }
            out.push(']');
        }
        Value::Object(text) => match Object::parse(text.as_bytes()) {
            Ok(object) => push_compact_object(out, &object),
            Err(_) => push_as_written(out, text),
        },
    }
}

pub(super) fn push_compact_object(out: &mut String, object: &Object<'_>) {
    out.push('{');
    for (index, member) in object.members().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_quoted(out, &member.name.decoded());
        out.push(':');
        push_compact(out, member.value);
    }
    out.push('}');
}

/// An object inside a payload may name a member twice. Showing it as it was written hides nothing.
fn push_as_written(out: &mut String, json: &str) {
    for character in json.chars() {
        match character {
            // Between values; inside strings they are escaped already.
            '\n' | '\r' | '\t' => out.push(' '),
            _ if is_unprintable(character) => push_escape(out, character),
            _ => out.push(character),
        }
    }
}

/// An object over several lines, for people. `remark` may say something about each member of the top level.
pub(super) fn pretty(
    output: &Output,
    object: &Object<'_>,
    remark: impl Fn(&str, Value<'_>) -> Option<String>,
) -> String {
    let mut out = String::new();
    push_pretty_object(output, &mut out, object, 0, &remark);
    out
}

type Remark<'r> = &'r dyn Fn(&str, Value<'_>) -> Option<String>;

fn push_pretty_object(
    output: &Output,
    out: &mut String,
    object: &Object<'_>,
    depth: usize,
    remark: Remark<'_>,
) {
    let mut members = object.members().peekable();
    if members.peek().is_none() {
        out.push_str("{}");
        return;
    }
    out.push('{');
    while let Some(member) = members.next() {
        push_line_break(out, depth + 1);
        let name = member.name.decoded();
        let mut quoted = String::new();
        push_quoted(&mut quoted, &name);
        // Writing to a `String` does not fail.
        let _ = write!(out, "{}: ", output.paint(NAME, quoted));
        push_pretty(output, out, member.value, depth + 1);
        if members.peek().is_some() {
            out.push(',');
        }
        if let Some(remark) = remark(&name, member.value) {
            let _ = write!(out, "  {}", output.paint(ASIDE, format_args!("// {remark}")));
        }
    }
    push_line_break(out, depth);
    out.push('}');
}

fn push_pretty(output: &Output, out: &mut String, value: Value<'_>, depth: usize) {
    match value {
        Value::Object(text) => match Object::parse(text.as_bytes()) {
            Ok(object) => push_pretty_object(output, out, &object, depth, &|_, _| None),
            Err(_) => push_as_written(out, text),
        },
        Value::Array(array) if elements(array).next().is_some() => {
            out.push('[');
            let mut elements = elements(array).peekable();
            while let Some(element) = elements.next() {
                push_line_break(out, depth + 1);
                push_pretty(output, out, element, depth + 1);
                if elements.peek().is_some() {
                    out.push(',');
                }
            }
            push_line_break(out, depth);
            out.push(']');
        }
        other => push_compact(out, other),
    }
}

fn push_line_break(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}
