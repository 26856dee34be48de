//! Refusals as HTTP has them: problem details (RFC 9457) with a Bearer challenge (RFC 6750 §3).
//!
//! The caller learns the code and what to do. Which key, which expected value and which findings go to the log.

use crate::jwt::json_text::ObjectText;
use crate::jwt::{Action, Code};

use super::answer::Answer;

pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// What is refused, and how HTTP says so.
pub(super) struct Problem {
    status: u16,
    error: Option<&'static str>,
    pub(super) code: &'static str,
    pub(super) action: Action,
    title: &'static str,
    detail: &'static str,
    retry_after: Option<u32>,
    challenge: bool,
}

impl Problem {
    /// A verdict code.
    pub(super) fn of_code(code: Code) -> Self {
        let (status, error) = status_and_error(code);
        Self {
            status,
            error,
            code: code.as_str(),
            action: code.action(),
            title: code.summary(),
            detail: advice(code.action()),
            retry_after: retry_after(code),
            challenge: status != 503,
        }
    }

    /// The origin is down, or takes too long.
    pub(super) fn origin_unavailable() -> Self {
        Self {
            status: 502,
            error: Some("temporarily_unavailable"),
            code: "origin_unavailable",
            action: Action::Retry,
            title: "The service behind the gate does not answer.",
            detail: "The token was accepted, or none was needed. Try again later, unchanged.",
            retry_after: Some(5),
            challenge: false,
        }
    }

    /// A request with a cookie that another site's page may have caused.
    pub(super) fn csrf_check_failed() -> Self {
        Self {
            status: 403,
            error: Some("invalid_request"),
            code: "csrf_check_failed",
            action: Action::Stop,
            title: "The request does not show that the application itself sent it.",
            detail: "With a session cookie, send the header `X-Edgewarden-CSRF: 1` with every request that changes something.",
            retry_after: None,
            challenge: false,
        }
    }

    /// The session of a cookie is over: its refresh token could not be exchanged.
    pub(super) fn session_over(code: &'static str, title: &'static str, status: u16) -> Self {
        Self {
            status,
            error: Some(if status == 502 { "server_error" } else { "invalid_token" }),
            code,
            action: Action::Login,
            title,
            detail: advice(Action::Login),
            retry_after: None,
            challenge: status == 401,
        }
    }

    /// The session of a cookie could not be refreshed now, and is not over.
    pub(super) fn refresh_unavailable(retry_after: u32) -> Self {
        Self {
            status: 503,
            title: "The session cannot be refreshed at the moment.",
            detail: advice(Action::Retry),
            retry_after: Some(retry_after),
            ..Self::origin_unavailable()
        }
    }

    /// There is no such endpoint under the mount.
    pub(super) fn endpoint_not_found() -> Self {
        Self::of_request(404, "endpoint_not_found", "The gate has no endpoint at this path.")
    }

    /// The endpoint exists, for other methods.
    pub(super) fn method_not_allowed() -> Self {
        Self::of_request(405, "method_not_allowed", "The endpoint does not support this method.")
    }

    /// Something else than a refresh token is to be exchanged.
    pub(super) fn grant_type_unsupported() -> Self {
        let title = "The gate exchanges refresh tokens, and nothing else.";
        Self {
            error: Some("unsupported_grant_type"),
            ..Self::of_request(400, "grant_type_unsupported", title)
        }
    }

    /// A body that asks nothing, or more than one thing (RFC 6749 §5.2).
    pub(super) fn malformed_request() -> Self {
        let title = "The body is neither a form nor a JSON object that says each thing once.";
        Self::of_request(400, "malformed_request", title)
    }

    /// Something else than a question about a token.
    pub(super) fn malformed_question() -> Self {
        let title = "The body is not a question about a token.";
        Self {
            detail: "Send a JSON object with `token` (a text), and if you like `kind` (\"access\" or \"refresh\"), `now` (seconds \
                     since 1970) and `scope` (a text); nothing else, each once, and less than 64 KiB in all.",
            ..Self::of_request(400, "malformed_request", title)
        }
    }

    /// An endpoint for operators, without their token. `error` is about the credentials, where there are any.
    pub(super) fn not_an_operator(error: Option<&'static str>) -> Self {
        let title = "This endpoint is for operators.";
        Self {
            error,
            detail: "Send the secret OPERATOR_TOKEN as `Authorization: Bearer`.",
            challenge: true,
            ..Self::of_request(401, "operator_token_required", title)
        }
    }

    fn of_request(status: u16, code: &'static str, title: &'static str) -> Self {
        Self {
            status,
            error: Some("invalid_request"),
            code,
            action: Action::Stop,
            title,
            detail: advice(Action::Stop),
            retry_after: None,
            challenge: false,
        }
    }

    /// For a forward-auth proxy, which understands 401 and 403 only: everything else it takes for a fault of the gate.
    #[must_use]
    pub(super) fn for_forward_auth(mut self) -> Self {
        if self.status == 400 {
            self.status = 401;
        }
        self
    }

    /// The response. `scope` is what the request would have needed.
    pub(super) fn answer(&self, request_id: &str, realm: &str, scope: &[String]) -> Answer {
        let mut answer = Answer::json(self.status, MEDIA_TYPE, self.body(request_id))
            .header("x-edgewarden-action", self.action.as_str())
            .header("x-request-id", request_id);
        if let Some(seconds) = self.retry_after {
            answer = answer.header("retry-after", seconds.to_string());
        }
        if self.challenge {
            answer = answer.header("www-authenticate", self.challenge(realm, scope));
        }
        answer
    }

    /// The response of the token endpoint (RFC 6749 §5.2).
    pub(super) fn token_answer(&self, request_id: &str, reason: Option<&str>) -> Answer {
        let error = match self.error {
            Some("invalid_token") | None if self.code == "refresh_token_missing" => "invalid_request",
            Some("invalid_token") | None => "invalid_grant",
            Some(error) => error,
        };
        let mut body = ObjectText::new();
        body.text("action", self.action.as_str());
        body.text("code", self.code);
        body.text("error", error);
        body.text("error_description", self.title);
        if let Some(reason) = reason {
            body.text("reason", reason);
        }
        body.text("request_id", request_id);
        if let Some(seconds) = self.retry_after {
            body.number("retry_after", seconds);
        }
        let answer = Answer::json(self.status, "application/json", body.finish())
            .header("x-edgewarden-action", self.action.as_str())
            .header("x-request-id", request_id);
        match self.retry_after {
            Some(seconds) => answer.header("retry-after", seconds.to_string()),
            None => answer,
        }
    }

    fn body(&self, request_id: &str) -> String {
        let mut body = ObjectText::new();
        body.text("action", self.action.as_str());
        body.text("code", self.code);
        body.text("detail", self.detail);
        if let Some(error) = self.error {
            body.text("error", error);
        }
        body.text("request_id", request_id);
        if let Some(seconds) = self.retry_after {
            body.number("retry_after", seconds);
        }
        body.number("status", self.status);
        body.text("title", self.title);
        body.text("type", &["urn:edgewarden:problem:", self.code].concat());
        body.finish()
    }

    /// RFC 6750 §3: without credentials in the request, nothing but the realm.
    fn challenge(&self, realm: &str, scope: &[String]) -> String {
        let mut challenge = ["Bearer realm=\"", realm, "\""].concat();
        if let Some(error) = self.error {
            challenge.push_str(", error=\"");
            challenge.push_str(error);
            challenge.push_str("\", error_description=\"");
            challenge.push_str(self.title);
            challenge.push('"');
        }
        if self.status == 403 && !scope.is_empty() {
            challenge.push_str(", scope=\"");
            challenge.push_str(&scope.join(" "));
            challenge.push('"');
        }
        challenge
    }
}

fn status_and_error(code: Code) -> (u16, Option<&'static str>) {
    match code {
        Code::MissingToken => (401, None),
        Code::MultipleTokens => (400, Some("invalid_request")),
        Code::InsufficientScope => (403, Some("insufficient_scope")),
        Code::ConfigurationInvalid => (503, Some("temporarily_unavailable")),
        _ => (401, Some("invalid_token")),
    }
}

/// Seconds. Clocks that disagree come together soon or never; a configuration is mended by a person.
fn retry_after(code: Code) -> Option<u32> {
    match code {
        Code::ConfigurationInvalid => Some(30),
        _ if code.action() == Action::Retry => Some(5),
        _ => None,
    }
}

fn advice(action: Action) -> &'static str {
    match action {
        Action::None => "Nothing needs to be done.",
        Action::Refresh => {
            "Exchange the refresh token once, then repeat the request once. If it is refused again, sign in."
        }
        Action::Login => "Sign in, and send nothing until then.",
        Action::Retry => "Try again later, unchanged. The session is not over.",
        Action::Stop => {
            "Do not repeat the request: neither a refresh nor signing in again will change the outcome."
        }
    }
}
