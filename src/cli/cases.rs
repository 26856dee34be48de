//! Cases: one JSON object per line in, one answer per line out, in order, for as long as there are lines.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::value::RawValue;

use crate::jwt::json_text::push_quoted;

use super::lines::{LONGEST_LINE, Line, Lines};
use super::outcome::{Failure, Outcome};
use super::output::Output;

/// A case: an object that may have an `id`.
pub(super) trait Identified<'l>: Deserialize<'l> {
    fn id(&self) -> Option<&'l RawValue>;
}

/// A line is no case; this is wrong with it.
pub(super) struct Unusable(pub(super) Cow<'static, str>);

fn unusable<T>(fault: impl Into<Cow<'static, str>>) -> Result<T, Unusable> {
    Err(Unusable(fault.into()))
}

/// Answers every line of standard input. `answer` appends the answer to a line, and says whether the line was a case.
pub(super) fn answer_all(
    output: &mut Output,
    mut answer: impl FnMut(Line<'_>, &mut String) -> bool,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Fine;
    let mut answer_lines = || -> Result<(), Failure> {
        let mut lines = Lines::of_stdin("cases, one JSON object per line,");
        let mut text = String::new();
        while let Some(line) = lines.next(|| output.flush())? {
            text.clear();
            if !answer(line, &mut text) {
                outcome = Outcome::Unusable;
            }
            output.line(&text)?;
        }
        Ok(())
    };
    // Whoever stops reading the answers has seen what it wanted.
    answer_lines().or_else(Failure::unless_closed_pipe)?;
    Ok(outcome)
}

/// Reads the case on a line, and begins the answer with its `id`, even where the rest is of no use.
pub(super) fn begin_answer<'l, C: Identified<'l>>(
    line: Line<'l>,
    answer: &mut String,
) -> Result<C, Unusable> {
    let (id, case) = if line.is_cut() {
        (None, unusable(format!("a line longer than {LONGEST_LINE} bytes")))
    } else {
        read(line.bytes)
    };
    push_id(answer, id);
    case
}

fn read<'l, C: Identified<'l>>(line: &'l [u8]) -> (Option<&'l RawValue>, Result<C, Unusable>) {
    #[derive(Deserialize)]
    struct IdAlone<'l> {
        #[serde(borrow)]
        id: Option<&'l RawValue>,
    }
    // Serde would take an array for the members in the order of their declaration.
    if !line.trim_ascii_start().starts_with(b"{") {
        return (None, unusable("not a JSON object"));
    }
    match serde_json::from_slice::<C>(line) {
        Ok(case) => (case.id(), Ok(case)),
        Err(error) => {
            let id = serde_json::from_slice(line).ok().and_then(|IdAlone { id }| id);
            // What the reader itself has to say may repeat a part of the line.
            if error.is_data() {
                (id, unusable("a member is there twice"))
            } else {
                (id, unusable(format!("not JSON in UTF-8 (column {})", error.column())))
            }
        }
    }
}

/// Begins an answer. The `id` is repeated as it was written; a carriage return in it can only stand between values, and
/// would break the line in two for some readers.
fn push_id(answer: &mut String, id: Option<&RawValue>) {
    answer.push_str("{\"id\":");
    let id = id.map_or("null", RawValue::get);
    answer.extend(id.split('\r'));
    answer.push(',');
}

/// The bytes of the token. A text that cannot be one, such as half a surrogate pair, is the verdict's business.
pub(super) fn token(member: Option<&RawValue>) -> Result<Cow<'_, [u8]>, Unusable> {
    match member.map(|member| serde_json::from_str::<Text<'_>>(member.get())) {
        None => unusable("`token` is missing"),
        Some(Ok(Text(bytes))) => Ok(bytes),
        Some(Err(_)) => unusable("`token` must be a string"),
    }
}

/// Appends the member `findings`: the codes of what is wrong with keys, policy or context.
pub(super) fn push_findings<'f>(answer: &mut String, findings: impl Iterator<Item = &'f str>) {
    answer.push_str("\"findings\":[");
    for (index, finding) in findings.enumerate() {
        if index > 0 {
            answer.push(',');
        }
        push_quoted(answer, finding);
    }
    answer.push(']');
}

/// The bytes that a JSON string stands for, Unicode or not.
struct Text<'l>(Cow<'l, [u8]>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfString;

        impl<'de> Visitor<'de> for OfString {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(bytes.to_vec())))
            }
        }

        deserializer.deserialize_bytes(OfString)
    }
}
