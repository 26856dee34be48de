//! What the gate and the Durable Object of a refresh token say to each other, as JSON.

use serde_json::{Value, json};

use crate::session::Presented;

/// A refresh token that the gate has verified, to be exchanged.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) token: String,
    pub(super) presented: Presented,
    /// The caller's headers that the origin gets to see.
    pub(super) headers: Vec<(String, String)>,
}

impl Question {
    pub(super) fn to_json(&self) -> Value {
        let Presented { subject, expires } = &self.presented;
        json!({ "token": self.token, "sub": subject, "exp": expires, "headers": self.headers })
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let pair = |pair: &Value| Some((text(pair.get(0)?)?, text(pair.get(1)?)?));
        Some(Self {
            token: text(value.get("token")?)?,
            presented: Presented {
                subject: value.get("sub").and_then(text),
                expires: value.get("exp").and_then(Value::as_i64),
            },
            headers: value.get("headers")?.as_array()?.iter().filter_map(pair).collect(),
        })
    }
}
