//! Responses that the gate gives itself.

use crate::config::Cors;

use super::request::Request;
use super::wire::Kind;

/// A response under construction: status, headers, body.
pub(super) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Answer {
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: vec![("cache-control", "no-store".to_owned())], body: String::new() }
    }

    /// `body` is JSON.
    pub(super) fn json(status: u16, media_type: &str, body: String) -> Self {
        let mut answer = Self::empty(status).header("content-type", media_type);
        answer.body = body;
        answer
    }

    #[must_use]
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.add(name, value.into());
        self
    }

    pub(super) fn add(&mut self, name: &'static str, value: String) {
        self.headers.push((name, value));
    }

    /// Lets a page of an allowed web origin read it.
    #[must_use]
    pub(super) fn readable_by(mut self, request: &Request<'_>, cors: Option<&Cors>) -> Self {
        let Some(cors) = cors.filter(|cors| !cors.origins.is_empty()) else { return self };
        self = self.header("vary", "Origin");
        let Some(origin) = request.header("origin").and_then(|origin| cors.allowed(origin)) else {
            return self;
        };
        self = self.header("access-control-allow-origin", origin).header(
            "access-control-expose-headers",
            "WWW-Authenticate, Retry-After, X-Edgewarden-Action, Date",
        );
        if cors.credentials { self.header("access-control-allow-credentials", "true") } else { self }
    }

    /// Writes it behind the log line.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Kind {
        out.extend_from_slice(self.status.to_string().as_bytes());
        for (name, value) in &self.headers {
            out.push(b'\n');
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
        }
        out.extend_from_slice(b"\n\n");
        out.extend_from_slice(self.body.as_bytes());
        Kind::Answer
    }
}
