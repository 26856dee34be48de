//! The Worker's environment as the sources of its configuration.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::config::{Config, RingSources, Sources};
use crate::explain::Context;
use crate::jwt::TokenKind;

/// The binding of the refresh gate's Durable Object namespace.
pub(super) const REFRESH_GATE: &str = "REFRESH_GATE";
/// The binding of the origin, where it is a Worker.
pub(super) const ORIGIN_SERVICE: &str = "ORIGIN_SERVICE";

/// Reads and validates everything.
pub(super) fn read_config(env: &JsValue) -> Config {
    // A text is taken as the table's JSON, since some tools can only pass texts.
    let gate = text(env, "GATE");
    let origin = text(env, "ORIGIN");
    let access = Ring::read(env, "ACCESS");
    let refresh = Ring::read(env, "REFRESH");
    let operator_token = text(env, "OPERATOR_TOKEN");
    Config::read(&Sources {
        origin: origin.as_deref(),
        origin_service: !value(env, ORIGIN_SERVICE).is_undefined(),
        refresh_gate: !value(env, REFRESH_GATE).is_undefined(),
        gate: gate.as_deref(),
        access: access.sources(),
        refresh: refresh.sources(),
        operator_token: operator_token.as_deref(),
    })
}

/// Reads the keys once more, for explaining: of those that close the gate there is something to say, too.
pub(super) fn read_keys(env: &JsValue, context: &mut Context) {
    for (kind, name) in [(TokenKind::Access, "ACCESS"), (TokenKind::Refresh, "REFRESH")] {
        let ring = Ring::read(env, name);
        if let Some(keys) = &ring.keys {
            context.set_keys(kind, keys);
        } else if let Some(secret) = &ring.secret {
            let secrets: Vec<&str> =
                [Some(secret), ring.previous.as_ref()].into_iter().flatten().map(|it| &**it).collect();
            context.set_secrets(kind, &secrets);
        }
    }
}

struct Ring {
    keys: Option<String>,
    secret: Option<String>,
    previous: Option<String>,
}

impl Ring {
    fn read(env: &JsValue, name: &str) -> Self {
        Self {
            keys: text(env, &[name, "_KEYS"].concat()),
            secret: text(env, &[name, "_SECRET"].concat()),
            previous: text(env, &[name, "_SECRET_PREVIOUS"].concat()),
        }
    }

    fn sources(&self) -> RingSources<'_> {
        RingSources {
            keys: self.keys.as_deref(),
            secret: self.secret.as_deref(),
            previous: self.previous.as_deref(),
        }
    }
}

fn value(env: &JsValue, name: &str) -> JsValue {
    Reflect::get(env, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A variable or secret. What is there, but no text, is taken as its JSON: a key set may be a table.
fn text(env: &JsValue, name: &str) -> Option<String> {
    let value = value(env, name);
    if value.is_undefined() || value.is_null() {
        return None;
    }
    Some(value.as_string().or_else(|| super::json_text(&value)).unwrap_or_default())
}
