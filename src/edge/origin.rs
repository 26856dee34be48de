//! The origin as the refresh gate speaks to it. What is asked is spelt here; `refresh_gate.ts` and `exchange.ts` send it.

use serde_json::{Value, json};

use crate::config::{Config, Origin, QuestionFormat, Target};
use crate::session::{form_body, idempotency_key, json_body};

/// A request to the origin, ready to be sent, as JSON: `url`, `service` (whether through the binding), `headers`, `body`.
///
/// Nothing when the configuration has no place to send it to.
fn request(
    config: &Config,
    target: &Target,
    members: &[(&str, &str)],
    token: &str,
    headers: &[(String, String)],
) -> Option<Value> {
    let refresh = config.refresh.as_ref()?;
    let (url, service) = match (target, config.origin.as_ref()?) {
        (Target::Url(url), _) => (url.as_str().to_owned(), false),
        (Target::Path(path), Origin::Url(base)) => (format!("{}{path}", base.as_str()), false),
        (Target::Path(path), Origin::Service) => (format!("https://origin{path}"), true),
    };
    let (media_type, body) = match refresh.request {
        QuestionFormat::Form => ("application/x-www-form-urlencoded", form_body(members)),
        QuestionFormat::Json => ("application/json", json_body(members)),
    };
    let mut all: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let key = idempotency_key(token);
    all.extend([
        ("content-type", media_type),
        ("accept", "application/json"),
        ("idempotency-key", key.as_str()),
    ]);
    Some(
        json!({ "url": url, "service": service, "headers": all, "body": body, "timeout": refresh.timeout_ms }),
    )
}

/// The question to exchange a refresh token (RFC 6749 §6).
pub(super) fn refresh_request(config: &Config, token: &str, headers: &[(String, String)]) -> Option<Value> {
    let members = [("grant_type", "refresh_token"), ("refresh_token", token)];
    request(config, &config.refresh.as_ref()?.url, &members, token, headers)
}

/// The word that a refresh token is of no more use (RFC 7009 §2.1); nothing where the origin is not to be told.
pub(super) fn revoke_request(config: &Config, token: &str, headers: &[(String, String)]) -> Option<Value> {
    let members = [("token", token), ("token_type_hint", "refresh_token")];
    request(config, config.refresh.as_ref()?.revoke_url.as_ref()?, &members, token, headers)
}
