//! What is wrong with a configuration. All findings are reported together, and none shows a value.

use core::fmt;

use crate::jwt::{KeyFinding, Severity};

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable string: the member or secret it is about, and what is wrong, such as `access_keys_missing`.
    pub code: String,
    /// For the operator, in words.
    pub detail: String,
    /// Whether it closes the gate.
    pub severity: Severity,
}

impl Finding {
    /// An error.
    pub(crate) fn error(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.into(), detail: detail.into(), severity: Severity::Error }
    }

    /// What leaves the gate open.
    pub(crate) fn warning(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, detail) }
    }

    /// A finding about a key ring, named by the secret that holds it, such as `ACCESS_KEYS`.
    pub(crate) fn of_ring(secret: &str, finding: &KeyFinding) -> Self {
        Self {
            code: [&secret.to_ascii_lowercase(), "_", finding.fault.code()].concat(),
            detail: [secret, ": ", &finding.words()].concat(),
            severity: finding.fault.severity(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}
