//! Reads a table member by member, collecting what is wrong instead of stopping at the first. What nobody asked for is
//! reported in the end: a misspelt `audiense` must not open the gate to every audience.

use std::borrow::Cow;

use super::finding::Finding;
use crate::jwt::digits;
use crate::jwt::json::{Object, Value, elements};

pub(crate) struct Members<'a> {
    table: Object<'a>,
    /// Stands before the member's name in findings, such as `gate.refresh.`.
    prefix: &'static str,
    asked: Vec<&'static str>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Members<'a> {
    pub(crate) fn new(table: Object<'a>, prefix: &'static str) -> Self {
        Self { table, prefix, asked: Vec::new(), findings: Vec::new() }
    }

    /// The value as it is; `null` counts as absent.
    pub(crate) fn value(&mut self, name: &'static str) -> Option<Value<'a>> {
        self.asked.push(name);
        self.table.get(name).filter(|value| !matches!(value, Value::Null))
    }

    pub(crate) fn malformed(&mut self, name: &str, expected: &str) {
        let place = [self.prefix, name].concat();
        let code = [&place.replace('.', "_"), "_malformed"].concat();
        self.findings.push(Finding::error(code, ["`", &place, "`: ", expected, " is expected"].concat()));
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Option<Cow<'a, str>> {
        let text = self.value(name)?.as_str().map(|text| text.decoded()).filter(|text| !text.is_empty());
        if text.is_none() {
            self.malformed(name, "a text");
        }
        text
    }

    /// A text, or an array of texts.
    pub(crate) fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let texts = texts(&self.value(name)?);
        if texts.is_none() {
            self.malformed(name, "a text or an array of texts");
        }
        texts
    }

    pub(crate) fn number(&mut self, name: &'static str, least: u32, most: u32) -> Option<f64> {
        let range = f64::from(least)..=f64::from(most);
        let number = self.value(name)?.as_f64().filter(|number| range.contains(number));
        if number.is_none() {
            self.malformed(
                name,
                &["a number from ", &digits(least as usize), " to ", &digits(most as usize)].concat(),
            );
        }
        number
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range has been checked")]
    pub(crate) fn whole_number(&mut self, name: &'static str, least: u32, most: u32) -> Option<u32> {
        self.number(name, least, most).map(|number| number as u32)
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        let flag = match self.value(name)? {
            Value::Bool(flag) => Some(flag),
            _ => None,
        };
        if flag.is_none() {
            self.malformed(name, "true or false");
        }
        flag
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.value(name)?.as_str();
        let found = words
            .iter()
            .find(|(word, _)| value.is_some_and(|value| value.is(word)))
            .map(|(_, meaning)| *meaning);
        if found.is_none() {
            let mut expected = String::new();
            for (index, (word, _)) in words.iter().enumerate() {
                expected += if index > 0 { " or \"" } else { "\"" };
                expected += word;
                expected.push('"');
            }
            self.malformed(name, &expected);
        }
        found
    }

    /// Reports every member that was not asked for, and gives up the findings.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        for member in self.table.members() {
            let name = member.name.decoded();
            if self.asked.contains(&&*name) {
                continue;
            }
            let shown = printable(&name);
            self.findings.push(Finding::error(
                [&self.prefix.replace('.', "_"), "unknown_member"].concat(),
                ["`", self.prefix, &shown, "` is not a member that is known here"].concat(),
            ));
        }
        self.findings
    }
}

/// What of a name can be shown whoever wrote it, and not too much of it.
pub(crate) fn printable(name: &str) -> String {
    let mut shown = String::new();
    for byte in name.bytes().filter(u8::is_ascii_graphic).take(40) {
        shown.push(char::from(byte));
    }
    shown
}

pub(crate) fn texts(value: &Value<'_>) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.decoded().into_owned()]),
        Value::Array(values) => {
            let mut texts = Vec::new();
            for value in elements(values) {
                texts.push(value.as_str()?.decoded().into_owned());
            }
            Some(texts)
        }
        _ => None,
    }
}
