//! Cross-origin reading of the gate's own answers (the Fetch standard's CORS protocol).
//!
//! The origin answers preflights and decorates its own responses; they pass through. What the gate says itself, a
//! page of another origin could not read without these headers: it would see a network error instead of a 401.

use super::members::Members;

/// Which web origins may read the gate's own answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cors {
    /// Allowed web origins, such as `https://app.example.com`.
    pub origins: Vec<String>,
    /// Whether requests may carry cookies.
    pub credentials: bool,
}

impl Cors {
    /// The configured web origin that this request's `Origin` header names.
    #[must_use]
    pub fn allowed(&self, origin: &str) -> Option<&str> {
        self.origins.iter().find(|allowed| *allowed == origin).map(String::as_str)
    }

    pub(crate) fn read(members: &mut Members<'_>) -> Self {
        let Some(value) = members.value("cors") else { return Self::default() };
        let Some(table) = value.as_object() else {
            members.malformed("cors", "a table");
            return Self::default();
        };
        let mut inner = Members::new(table, "gate.cors.");
        let origins = inner.texts("origins").unwrap_or_default();
        // `*` would let every page on the web read answers to requests with a token.
        let is_web_origin = |text: &String| {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', ' ']))
        };
        if origins.is_empty() || !origins.iter().all(is_web_origin) {
            inner.malformed("origins", "web origins such as \"https://app.example.com\" (no `*`, no path)");
        }
        let credentials = inner.flag("credentials").unwrap_or(false);
        members.findings.extend(inner.finish());
        Self { origins, credentials }
    }
}
