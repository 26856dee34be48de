//! Values in sentences: cut to a length that a person reads, lists with commas, names in backticks.

/// A sentence with values in the places of its `{}`. A sentence that is put together from its pieces at each place where there
/// is one would be a third of this room in wasm, and so would `format!`.
pub(super) fn fill(sentence: &str, values: &[&str]) -> String {
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

/// A text out of a token, at most so many characters of it.
pub(super) fn shown(text: &[u8], most: usize) -> String {
    let text = String::from_utf8_lossy(text);
    let mut characters = text.chars();
    let mut shown: String = characters.by_ref().take(most).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// In backticks.
pub(super) fn quoted(text: &str) -> String {
    ["`", &shown(text.as_bytes(), 80), "`"].concat()
}

/// Several of them, the first few.
pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 6;
    let mut list = String::new();
    for (index, text) in texts.into_iter().enumerate() {
        if index == MOST {
            list.push_str(", …");
            break;
        }
        if index > 0 {
            list.push_str(", ");
        }
        list.push_str(&quoted(text));
    }
    if list.is_empty() { "nothing".to_owned() } else { list }
}
