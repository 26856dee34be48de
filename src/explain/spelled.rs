//! Values in sentences: cut to a length that a person reads, lists with commas, names in backticks.

pub(super) use crate::jwt::fill;

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
