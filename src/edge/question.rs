//! What the gate and the Durable Object of a refresh token say to each other, as JSON.

use crate::jwt::json::{Object, Value, elements};
use crate::jwt::json_text::ObjectText;
use crate::session::Presented;

use super::origin::headers_json;

/// A refresh token that the gate has verified, to be exchanged.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) token: String,
    pub(super) presented: Presented,
    /// The caller's headers that the origin gets to see.
    pub(super) headers: Vec<(String, String)>,
}

impl Question {
    pub(super) fn to_json(&self) -> String {
        let Presented { subject, expires } = &self.presented;
        let mut question = ObjectText::new();
        question.text("token", &self.token);
        question.text_or_null("sub", subject.as_deref());
        question.number_or_null("exp", *expires);
        question.json("headers", &headers_json(&self.headers));
        question.finish()
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let question = Object::parse(text.as_bytes()).ok()?;
        let Some(Value::Array(headers)) = question.get("headers") else { return None };
        Some(Self {
            token: question.text("token")?,
            presented: Presented {
                subject: question.text("sub"),
                expires: question.get("exp").and_then(|expires| expires.as_i64()),
            },
            headers: elements(headers).filter_map(header).collect(),
        })
    }
}

/// A name and a value.
fn header(pair: Value<'_>) -> Option<(String, String)> {
    let Value::Array(pair) = pair else { return None };
    let mut texts = elements(pair).map_while(|text| Some(text.as_str()?.decoded().into_owned()));
    Some((texts.next()?, texts.next()?))
}
