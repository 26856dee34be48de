//! Both key rings, from JWK Sets or from the bare secrets of an existing `.env`.

use super::finding::Finding;
use crate::jwt::{KeyRing, KeySet, Strength};

/// Where one ring comes from: a key set, or bare secrets, but not both.
#[derive(Debug, Clone, Copy, Default)]
pub struct RingSources<'a> {
    /// `…_KEYS`: a JWK Set as JSON.
    pub keys: Option<&'a str>,
    /// `…_SECRET`: an HS256 secret.
    pub secret: Option<&'a str>,
    /// `…_SECRET_PREVIOUS`: the one before.
    pub previous: Option<&'a str>,
}

impl RingSources<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_none() && self.secret.is_none() && self.previous.is_none()
    }
}

struct Names {
    keys: &'static str,
    secret: &'static str,
    previous: &'static str,
}

const ACCESS: Names =
    Names { keys: "ACCESS_KEYS", secret: "ACCESS_SECRET", previous: "ACCESS_SECRET_PREVIOUS" };
const REFRESH: Names =
    Names { keys: "REFRESH_KEYS", secret: "REFRESH_SECRET", previous: "REFRESH_SECRET_PREVIOUS" };

/// The access ring, which must be there, and the refresh ring, which may.
pub(crate) fn read(
    access: &RingSources<'_>,
    refresh: &RingSources<'_>,
    findings: &mut Vec<Finding>,
) -> (Option<KeyRing>, Option<KeyRing>) {
    if access.is_empty() {
        let missing = KeySet::missing();
        findings.extend(missing.findings.iter().map(|finding| Finding::of_ring(ACCESS.keys, finding)));
    }
    let access = read_one(access, &ACCESS, findings);
    let refresh = read_one(refresh, &REFRESH, findings);
    if let (Some(access), Some(refresh)) = (&access, &refresh) {
        findings.extend(shared_secret(ACCESS.keys, access, refresh));
    }
    (access, refresh)
}

/// The finding that a secret is in both rings.
pub(crate) fn shared_secret(access_name: &str, access: &KeyRing, refresh: &KeyRing) -> Option<Finding> {
    KeySet::shared_secret(access, refresh).map(|shared| Finding::of_ring(access_name, &shared))
}

fn read_one(sources: &RingSources<'_>, names: &Names, findings: &mut Vec<Finding>) -> Option<KeyRing> {
    let (set, name) = match (sources.keys, sources.secret, sources.previous) {
        (None, None, None) => return None,
        (Some(keys), None, None) => (KeySet::from_json(keys, Strength::Enforced), names.keys),
        (None, Some(secret), previous) => {
            (KeySet::from_secrets(core::iter::once(secret).chain(previous)), names.secret)
        }
        (None, None, Some(_)) => {
            let code = format!("{}_missing", names.secret.to_ascii_lowercase());
            let detail = format!("`{}` is there, but no `{}`", names.previous, names.secret);
            findings.push(Finding::error(code, detail));
            return None;
        }
        (Some(_), _, _) => {
            let code = format!("{}_ambiguous", names.keys.to_ascii_lowercase());
            let detail = format!(
                "a key set (`{}`) and a bare secret (`{}`) are both there; remove one",
                names.keys, names.secret
            );
            findings.push(Finding::error(code, detail));
            return None;
        }
    };
    findings.extend(set.findings.iter().map(|finding| Finding::of_ring(name, finding)));
    set.ring
}
