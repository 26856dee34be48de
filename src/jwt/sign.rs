//! Issuing: for tests, for the command line, and for whoever wants to see what a verifier expects.

use super::base64url;
use super::json_text::ObjectText;
use super::key::Key;

/// The compact token of these claims, as JSON text, under `key`. The header has `alg`, `typ` and the key's `kid`.
///
/// The claims are taken as they are: it is on the caller that they are a JSON object.
#[must_use]
pub fn sign(key: &Key, typ: Option<&str>, claims: &str) -> String {
    let mut header = ObjectText::new();
    header.text("alg", key.algorithm.name());
    if let Some(typ) = typ {
        header.text("typ", typ);
    }
    if let Some(kid) = &key.kid {
        header.text("kid", kid);
    }
    sign_raw(key, header.finish().as_bytes(), claims.as_bytes())
}

/// The compact token of these bytes as header and payload, whatever they are.
#[must_use]
pub fn sign_raw(key: &Key, header: &[u8], payload: &[u8]) -> String {
    let mut token = base64url::encode(header);
    token.push('.');
    token.push_str(&base64url::encode(payload));
    let signature = key.sign(token.as_bytes());
    token.push('.');
    token.push_str(&base64url::encode(&signature));
    token
}
