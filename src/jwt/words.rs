//! Sentences with values in them, without the standard library's formatting: in a page that is a part of what is loaded.

use super::json_text::push_length;

/// A sentence with values in the places of its `{}`. A sentence that is put together from its pieces at each place where there
/// is one would be a third of this room in wasm, and so would `format!`.
pub(crate) fn fill(sentence: &str, values: &[&str]) -> String {
    let mut text = String::with_capacity(sentence.len() + 64);
    let mut values = values.iter();
    // By character: to look for a text of two would bring in a searcher of a few kilobytes.
    for (index, piece) in sentence.split('{').enumerate() {
        match piece.strip_prefix('}') {
            Some(rest) if index > 0 => {
                text.push_str(values.next().copied().unwrap_or_default());
                text.push_str(rest);
            }
            _ if index > 0 => {
                text.push('{');
                text.push_str(piece);
            }
            _ => text.push_str(piece),
        }
    }
    text
}

/// A number in decimal.
pub(crate) fn digits(number: usize) -> String {
    let mut text = String::new();
    push_length(&mut text, number);
    text
}
