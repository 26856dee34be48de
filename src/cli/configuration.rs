//! Key ring and policy from their files, with all findings of both at once.

use std::path::Path;

use crate::config::{Finding, policy_from_text};
use crate::jwt::{KeyFinding, KeyRing, KeySet, Policy, Severity, Strength};

use super::outcome::Failure;
use super::sources;

pub(super) const KEY_SET: &str = "a JWK Set";
pub(super) const POLICY: &str = "a policy, a JSON object";

/// A validated key ring.
pub(super) fn ring(keys: &Path) -> Result<KeyRing, Failure> {
    ring_and_policy(keys, None).map(|(ring, _)| ring)
}

/// A validated key ring and a policy; the default policy where there is no file.
pub(super) fn ring_and_policy(keys: &Path, policy: Option<&Path>) -> Result<(KeyRing, Policy), Failure> {
    let (keys, policy) = keys_and_policy(Some(keys), policy)?;
    let unusable = || Failure::Usage("the key set holds no key that can be used".to_owned());
    Ok((keys.ring.ok_or_else(unusable)?, policy))
}

/// A key set and a policy that are usable where there is a file. Where there is none, the key set is a missing one and
/// the policy the default.
pub(super) fn keys_and_policy(
    keys: Option<&Path>,
    policy: Option<&Path>,
) -> Result<(KeySet, Policy), Failure> {
    let mut findings = Vec::new();
    let mut set = KeySet::missing();
    if let Some(path) = keys {
        set = KeySet::from_json(&sources::read(path, KEY_SET)?, Strength::Enforced);
        findings.extend(of_keys(&set.findings).map(|finding| (sources::name(path), finding)));
    }
    let mut demands = Policy::default();
    if let Some(path) = policy {
        match policy_from_text(&sources::read(path, POLICY)?) {
            Ok(policy) => demands = policy,
            Err(faults) => findings.extend(faults.into_iter().map(|fault| (sources::name(path), fault))),
        }
    }
    if findings.iter().any(|(_, finding)| finding.severity == Severity::Error) {
        return Err(Failure::Configuration(findings));
    }
    Ok((set, demands))
}

/// What is to be said about a key set.
pub(super) fn of_keys(findings: &[KeyFinding]) -> impl Iterator<Item = Finding> {
    findings.iter().map(|finding| Finding {
        code: format!("keys_{}", finding.fault.code()),
        detail: finding.to_string(),
        severity: finding.fault.severity(),
    })
}
