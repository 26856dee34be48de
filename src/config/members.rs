//! Reads a table member by member, collecting what is wrong instead of stopping at the first. What nobody asked for is
//! reported in the end: a misspelt `audiense` must not open the gate to every audience.

use serde_json::{Map, Value};

use super::finding::Finding;

pub(crate) struct Members<'a> {
    table: &'a Map<String, Value>,
    /// Stands before the member's name in findings, such as `gate.refresh.`.
    prefix: &'static str,
    asked: Vec<&'static str>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Members<'a> {
    pub(crate) fn new(table: &'a Map<String, Value>, prefix: &'static str) -> Self {
        Self { table, prefix, asked: Vec::new(), findings: Vec::new() }
    }

    /// The value as it is; `null` counts as absent.
    pub(crate) fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.table.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn malformed(&mut self, name: &str, expected: &str) {
        let place = format!("{}{name}", self.prefix);
        let code = format!("{}_malformed", place.replace(['.', '[', ']'], "_").replace("__", "_"));
        self.findings.push(Finding::error(code, format!("`{place}`: {expected} is expected")));
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Option<&'a str> {
        match self.value(name)? {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => {
                self.malformed(name, "a text");
                None
            }
        }
    }

    /// A text, or an array of texts.
    pub(crate) fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let texts = texts(self.value(name)?);
        if texts.is_none() {
            self.malformed(name, "a text or an array of texts");
        }
        texts
    }

    pub(crate) fn number(&mut self, name: &'static str, least: u32, most: u32) -> Option<f64> {
        let range = f64::from(least)..=f64::from(most);
        let number = self.value(name)?.as_f64().filter(|number| range.contains(number));
        if number.is_none() {
            self.malformed(name, &format!("a number from {least} to {most}"));
        }
        number
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range has been checked")]
    pub(crate) fn whole_number(&mut self, name: &'static str, least: u32, most: u32) -> Option<u32> {
        self.number(name, least, most).map(|number| number as u32)
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        let flag = self.value(name)?.as_bool();
        if flag.is_none() {
            self.malformed(name, "true or false");
        }
        flag
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.value(name)?;
        let found = words.iter().find(|(word, _)| value == word).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let words: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            self.malformed(name, &words.join(" or "));
        }
        found
    }

    /// Reports every member that was not asked for, and gives up the findings.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        for name in self.table.keys().filter(|name| !self.asked.contains(&name.as_str())) {
            let shown: String = name.chars().filter(char::is_ascii_graphic).take(40).collect();
            let place = format!("{}{shown}", self.prefix);
            self.findings.push(Finding::error(
                format!("{}unknown_member", self.prefix.replace('.', "_")),
                format!("`{place}` is not a member that is known here"),
            ));
        }
        self.findings
    }
}

pub(crate) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(values) => values.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}
