//! `createVerifier`: keys and policy, read once and kept in the module's memory.

use wasm_bindgen::prelude::wasm_bindgen;

use super::json_text::{findings_json, push_member};
use crate::config::{self, Finding};
use crate::jwt::{Action, NumericDate, Refusal, Scratch, TokenKind, verify};

/// Keys and policy, or what is wrong with them.
#[wasm_bindgen]
pub struct Verifier {
    verifier: Option<config::Verifier>,
    findings: Vec<Finding>,
}

#[wasm_bindgen]
impl Verifier {
    /// Reads JWK Sets and a policy from their JSON texts. Without refresh keys, their text is empty.
    #[must_use]
    pub fn read(keys: &str, refresh_keys: &str, policy: &str) -> Self {
        let refresh_keys = Some(refresh_keys).filter(|text| !text.is_empty());
        let (verifier, findings) = config::Verifier::from_texts(keys, refresh_keys, policy);
        Self { verifier, findings }
    }

    /// Everything noticed, as a JSON array of objects with `code`, `detail` and `severity`. With an error among them,
    /// nothing can be verified.
    #[must_use]
    pub fn findings(&self) -> String {
        findings_json(&self.findings)
    }

    /// The verdict on a token, as a JSON object with `valid`, `code`, `action`, `kid`, `detail` and `claims`. `scope` is
    /// space-separated. Nothing when there is no ring for this kind of token, or `now` is no time.
    #[must_use]
    pub fn verify(&self, token: &str, refresh: bool, scope: &str, now: f64) -> Option<String> {
        let verifier = self.verifier.as_ref()?;
        let (expected, ring) = if refresh {
            (TokenKind::Refresh, verifier.refresh.as_ref()?)
        } else {
            (TokenKind::Access, &verifier.access)
        };
        let scope: Vec<String> = scope.split_ascii_whitespace().map(str::to_owned).collect();
        let now = NumericDate::from_seconds(now)?;
        let mut scratch = Scratch::default();
        let judged = verify(token.as_bytes(), ring, &verifier.policy, expected, &scope, now, &mut scratch);
        let mut text = String::from("{\"valid\":");
        match judged {
            Ok(accepted) => {
                text.push_str("true,\"code\":null");
                push_member(&mut text, "action", Some(Action::None.as_str()));
                push_member(&mut text, "kid", accepted.key.kid.as_deref());
                push_member(&mut text, "detail", None);
                text.push_str(",\"claims\":");
                text.push_str(core::str::from_utf8(accepted.payload).unwrap_or("null"));
            }
            Err(Refusal { code, why, key }) => {
                text.push_str("false");
                push_member(&mut text, "code", Some(code.as_str()));
                push_member(&mut text, "action", Some(code.action().as_str()));
                let kid = key.and_then(|index| ring.key(index)?.kid.as_deref());
                push_member(&mut text, "kid", kid);
                push_member(&mut text, "detail", Some(&why.words()));
                text.push_str(",\"claims\":null");
            }
        }
        text.push('}');
        Some(text)
    }
}
