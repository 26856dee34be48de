//! What was made of the texts seen last: cases that follow each other mostly share their keys and their policy.

use std::rc::Rc;

/// How many are kept, and up to which length of text: together they bound the memory.
const KEPT: usize = 8;
const LONGEST_KEPT: usize = 1 << 16;

pub(super) struct Recent<T> {
    /// The one used last is in front.
    entries: Vec<(Box<str>, Rc<T>)>,
}

impl<T> Recent<T> {
    pub(super) fn new() -> Self {
        Self { entries: Vec::with_capacity(KEPT) }
    }

    pub(super) fn get_or_read(&mut self, text: &str, read: impl FnOnce(&str) -> T) -> Rc<T> {
        if let Some(position) = self.entries.iter().position(|(known_text, _)| **known_text == *text)
            && let Some(up_to_it) = self.entries.get_mut(..=position)
        {
            up_to_it.rotate_right(1);
            if let Some((_, known)) = up_to_it.first() {
                return Rc::clone(known);
            }
        }
        let value = Rc::new(read(text));
        if text.len() <= LONGEST_KEPT {
            self.entries.truncate(KEPT - 1);
            self.entries.insert(0, (text.into(), Rc::clone(&value)));
        }
        value
    }
}
