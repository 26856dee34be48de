//! Sentences with values in them, without the standard library's formatting: in a page that is a part of what is loaded.

use super::json_text::push_length;

/// A sentence with values in the places of its `{}`. A sentence that is put together from its pieces at each place where there
/// is one would be a third of this room in wasm, and so would `format!`.
pub(crate) fn fill(sentence: &str, values: &[&str]) -> String {
    let mut text = String::with_capacity(sentence.len() + 64);
    let mut rest = sentence;
    for value in values {
        let (before, behind) = at_place(rest);
        text.push_str(before);
        text.push_str(value);
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// What stands before the first `{}`, and what behind it. There are no other braces in a sentence.
pub(crate) fn at_place(sentence: &str) -> (&str, &str) {
    // By byte: to look for a text would bring in a searcher of a few kilobytes.
    let at = sentence.bytes().position(|byte| byte == b'{').unwrap_or(sentence.len());
    (sentence.get(..at).unwrap_or_default(), sentence.get(at + "{}".len()..).unwrap_or_default())
}

/// A number in decimal.
pub(crate) fn digits(number: usize) -> String {
    let mut text = String::new();
    push_length(&mut text, number);
    text
}
