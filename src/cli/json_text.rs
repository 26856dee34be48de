//! JSON and other texts, for people. As safe to print as what [`jwt::json_text`](crate::jwt::json_text) writes.

use std::borrow::Cow;
use std::fmt::Write;

use crate::jwt::json::{Object, Value, elements};
use crate::jwt::json_text::{is_unprintable, push_compact, push_escape, push_minified, push_quoted};

use super::output::{ASIDE, NAME, Output};

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
            Err(_) => push_minified(out, text),
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
