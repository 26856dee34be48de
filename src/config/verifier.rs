//! A [`Verifier`] on its own, without a gate around it.

use crate::jwt::{KeySet, Severity, Strength};

use super::finding::Finding;
use super::policy::policy_from_text;
use super::{Verifier, rings};

impl Verifier {
    /// Reads JWK Sets and a policy from their JSON texts. No verifier when anything is wrong, and all findings, warnings
    /// too.
    #[must_use]
    pub fn from_texts(access: &str, refresh: Option<&str>, policy: &str) -> (Option<Self>, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut ring = |name, keys| {
            let set = KeySet::from_json(keys, Strength::Enforced);
            findings.extend(set.findings.iter().map(|finding| Finding::of_ring(name, finding)));
            set.ring
        };
        let access = ring(ACCESS, access);
        let refresh = refresh.map(|keys| ring(REFRESH, keys));
        if let (Some(access), Some(Some(refresh))) = (&access, &refresh) {
            findings.extend(rings::shared_secret(ACCESS, access, refresh));
        }
        let policy = policy_from_text(policy).map_err(|faults| findings.extend(faults)).ok();
        let sound = findings.iter().all(|finding| finding.severity < Severity::Error);
        let verifier = match (access, policy) {
            (Some(access), Some(policy)) if sound => {
                Some(Self { policy, access, refresh: refresh.flatten() })
            }
            _ => None,
        };
        (verifier, findings)
    }
}

/// How the key sets are called in findings.
const ACCESS: &str = "keys";
const REFRESH: &str = "refresh_keys";
