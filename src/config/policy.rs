//! The members of the configuration that concern claims: the same in `[vars.GATE]` and in a policy file.

use super::finding::Finding;
use super::members::Members;
use crate::jwt::json::Object;
use crate::jwt::{AllowedType, Policy, UnknownKid};

/// Reads a policy from the text of a JSON object that holds nothing else. Strictly: of two members of the same name, nobody can
/// say which one was meant.
///
/// # Errors
/// All findings.
pub fn policy_from_text(json: &str) -> Result<Policy, Vec<Finding>> {
    let table = Object::parse_unique_deep(json.as_bytes()).map_err(|fault| {
        vec![Finding::error("policy_malformed", ["the policy ", &fault.words()].concat())]
    })?;
    let mut members = Members::new(table, "policy.");
    let policy = read_policy(&mut members);
    let findings = members.finish();
    if findings.is_empty() { Ok(policy) } else { Err(findings) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range has been checked")]
pub(crate) fn read_policy(members: &mut Members<'_>) -> Policy {
    let mut policy = Policy::default();
    if let Some(issuers) = identifiers(members, "issuer") {
        policy.issuers = issuers;
    }
    if let Some(audiences) = identifiers(members, "audience") {
        policy.audiences = audiences;
    }
    if let Some(leeway) = members.number("leeway", 0, 86_400) {
        policy.leeway = leeway;
    }
    policy.max_token_age = members.number("max_token_age", 1, u32::MAX);
    if let Some(bytes) = members.number("max_token_bytes", 64, 1_048_576) {
        policy.max_token_bytes = bytes as usize;
    }
    if let Some(mut required) = members.texts("required_claims") {
        // Whoever asks for more does not mean to do without an expiry; that takes an explicitly empty list.
        if !required.is_empty() && !required.iter().any(|name| name == "exp") {
            required.push("exp".to_owned());
        }
        policy.required_claims = required;
    }
    if let Some(types) = types(members, "access_types") {
        policy.access_types = types;
    }
    if let Some(types) = types(members, "refresh_types") {
        policy.refresh_types = types;
    }
    let kinds = [("reject", UnknownKid::Reject), ("try_all", UnknownKid::TryAll)];
    if let Some(unknown_kid) = members.word("unknown_kid", &kinds) {
        policy.unknown_kid = unknown_kid;
    }
    policy
}

/// An empty text would be an issuer that anybody can claim to be, an empty list a check that is off by mistake.
fn identifiers(members: &mut Members<'_>, name: &'static str) -> Option<Vec<String>> {
    let identifiers = members.texts(name)?;
    if identifiers.is_empty() || identifiers.iter().any(String::is_empty) {
        members.malformed(
            name,
            "a text or an array of texts, none of them empty (leave it out to check nothing)",
        );
        return None;
    }
    Some(identifiers)
}

fn types(members: &mut Members<'_>, name: &'static str) -> Option<Vec<AllowedType>> {
    let names = members.texts(name)?;
    if names.is_empty() {
        members.malformed(name, "at least one type (\"absent\" for tokens without `typ`)");
        return None;
    }
    Some(names.iter().map(|name| AllowedType::from_name(name)).collect())
}
