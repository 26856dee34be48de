//! How the origin is asked to exchange a refresh token.

use super::finding::Finding;
use super::members::Members;
use super::origin::OriginUrl;

/// The member `refresh` of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Refresh {
    /// Where refresh tokens are exchanged (RFC 6749 §6).
    pub url: Target,
    /// Where they are revoked (RFC 7009); without it, a logout ends at the gate.
    pub revoke_url: Option<Target>,
    /// How the question is spelt.
    pub request: QuestionFormat,
    /// How long callers wait for the origin's answer, in milliseconds.
    pub timeout_ms: u32,
    /// How long the successor is kept for callers whose answer was lost, in seconds.
    pub replay_window: u32,
    /// Names, in lower case, of the caller's headers that the origin gets to see.
    pub headers: Vec<String>,
}

/// An endpoint of the origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A path, behind `ORIGIN` or at the bound service.
    Path(String),
    /// Anywhere.
    Url(OriginUrl),
}

/// How the question to the origin is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QuestionFormat {
    /// `application/x-www-form-urlencoded` (RFC 6749 §6).
    #[default]
    Form,
    /// The same members as a JSON object.
    Json,
}

impl Refresh {
    pub(crate) fn read(members: &mut Members<'_>) -> Option<Self> {
        let Some(table) = members.value("refresh")?.as_object() else {
            members.malformed("refresh", "a table");
            return None;
        };
        let has_url = table.get("url").is_some();
        let mut inner = Members::new(table, "gate.refresh.");
        let url = target(&mut inner, "url");
        if !has_url {
            inner.findings.push(Finding::error("gate_refresh_url_missing", "`gate.refresh.url` is required"));
        }
        let revoke_url = target(&mut inner, "revoke_url");
        let formats = [("form", QuestionFormat::Form), ("json", QuestionFormat::Json)];
        let request = inner.word("request", &formats).unwrap_or_default();
        let timeout_ms = inner.whole_number("timeout_ms", 1, 60_000).unwrap_or(10_000);
        let replay_window = inner.whole_number("replay_window", 1, 600).unwrap_or(30);
        let mut headers = inner.texts("headers").unwrap_or_default();
        for name in &mut headers {
            name.make_ascii_lowercase();
        }
        if !headers.iter().all(|name| may_be_passed_on(name)) {
            inner.malformed(
                "headers",
                "names of headers that carry neither credentials nor the message itself",
            );
        }
        members.findings.extend(inner.finish());
        Some(Self { url: url?, revoke_url, request, timeout_ms, replay_window, headers })
    }
}

fn target(members: &mut Members<'_>, name: &'static str) -> Option<Target> {
    let text = &*members.text(name)?;
    let path = text.starts_with('/')
        && !text.starts_with("//")
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#');
    let target =
        if path { Some(Target::Path(text.to_owned())) } else { OriginUrl::new(text).map(Target::Url) };
    if target.is_none() {
        members.malformed(name, "a path such as \"/refresh\", or an http or https URL");
    }
    target
}

fn may_be_passed_on(name: &str) -> bool {
    const OURS: &[&str] = &[
        "authorization",
        "cookie",
        "content-type",
        "content-length",
        "transfer-encoding",
        "connection",
        "host",
        "idempotency-key",
        "accept",
        "accept-encoding",
    ];
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !OURS.contains(&name)
        && !name.starts_with("x-auth-")
}
