//! The Worker's environment as the sources of its configuration.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::config::{Config, RingSources, Sources};

/// The binding of the refresh gate's Durable Object namespace.
pub(super) const REFRESH_GATE: &str = "REFRESH_GATE";
/// The binding of the origin, where it is a Worker.
pub(super) const ORIGIN_SERVICE: &str = "ORIGIN_SERVICE";

/// Reads and validates everything.
pub(super) fn read_config(env: &worker::Env) -> Config {
    let gate = table(env, "GATE");
    let origin = text(env, "ORIGIN");
    let access = Ring::read(env, "ACCESS");
    let refresh = Ring::read(env, "REFRESH");
    Config::read(&Sources {
        origin: origin.as_deref(),
        origin_service: !value(env, ORIGIN_SERVICE).is_undefined(),
        refresh_gate: !value(env, REFRESH_GATE).is_undefined(),
        gate: gate.as_ref(),
        access: access.sources(),
        refresh: refresh.sources(),
    })
}

struct Ring {
    keys: Option<String>,
    secret: Option<String>,
    previous: Option<String>,
}

impl Ring {
    fn read(env: &worker::Env, name: &str) -> Self {
        Self {
            keys: text(env, &format!("{name}_KEYS")),
            secret: text(env, &format!("{name}_SECRET")),
            previous: text(env, &format!("{name}_SECRET_PREVIOUS")),
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

fn value(env: &worker::Env, name: &str) -> JsValue {
    Reflect::get(env, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A variable or secret. What is there, but no text, is taken as its JSON: a key set may be a table.
fn text(env: &worker::Env, name: &str) -> Option<String> {
    let value = value(env, name);
    if value.is_undefined() || value.is_null() {
        return None;
    }
    Some(value.as_string().or_else(|| super::json_text(&value)).unwrap_or_default())
}

/// A table among the variables; a text is taken as its JSON, since some tools can only pass texts.
fn table(env: &worker::Env, name: &str) -> Option<serde_json::Value> {
    let text = text(env, name)?;
    Some(serde_json::from_str(&text).unwrap_or(serde_json::Value::Bool(false)))
}
