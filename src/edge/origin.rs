//! The origin as the refresh gate speaks to it. What is asked is spelt here; `refresh_gate.ts` and `exchange.ts` send it.

use crate::config::{Config, Origin, QuestionFormat, Target};
use crate::jwt::json_text::{ObjectText, push_array, push_quoted};
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
) -> Option<String> {
    let refresh = config.refresh.as_ref()?;
    let (url, service) = match (target, config.origin.as_ref()?) {
        (Target::Url(url), _) => (url.as_str().to_owned(), false),
        (Target::Path(path), Origin::Url(base)) => ([base.as_str(), path].concat(), false),
        (Target::Path(path), Origin::Service) => (["https://origin", path].concat(), true),
    };
    let (media_type, body) = match refresh.request {
        QuestionFormat::Form => ("application/x-www-form-urlencoded", form_body(members)),
        QuestionFormat::Json => ("application/json", json_body(members)),
    };
    let own = [
        ("content-type", media_type.to_owned()),
        ("accept", "application/json".to_owned()),
        ("idempotency-key", idempotency_key(token)),
    ];
    let mut all = headers.to_vec();
    all.extend(own.map(|(name, value)| (name.to_owned(), value)));
    let mut request = ObjectText::new();
    request.text("url", &url);
    request.flag("service", service);
    request.json("headers", &headers_json(&all));
    request.text("body", &body);
    request.number("timeout", refresh.timeout_ms);
    Some(request.finish())
}

/// An array of pairs.
pub(super) fn headers_json(headers: &[(String, String)]) -> String {
    let mut text = String::new();
    push_array(&mut text, headers, |text, (name, value)| {
        push_array(text, &[name, value], |text, part| push_quoted(text, part));
    });
    text
}

/// The question to exchange a refresh token (RFC 6749 §6).
pub(super) fn refresh_request(config: &Config, token: &str, headers: &[(String, String)]) -> Option<String> {
    let members = [("grant_type", "refresh_token"), ("refresh_token", token)];
    request(config, &config.refresh.as_ref()?.url, &members, token, headers)
}

/// The word that a refresh token is of no more use (RFC 7009 §2.1); nothing where the origin is not to be told.
pub(super) fn revoke_request(config: &Config, token: &str, headers: &[(String, String)]) -> Option<String> {
    let members = [("token", token), ("token_type_hint", "refresh_token")];
    request(config, config.refresh.as_ref()?.revoke_url.as_ref()?, &members, token, headers)
}
