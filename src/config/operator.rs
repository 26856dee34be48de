//! The secret of operators: whoever has it may ask the gate about itself.

use core::fmt;

use subtle::ConstantTimeEq;

use super::finding::Finding;
use crate::jwt::{is_placeholder, sha256};

/// As for a secret of HS256: what is shorter can be guessed.
const LEAST_BYTES: usize = 32;

/// `OPERATOR_TOKEN`. Only its hash is kept.
pub struct OperatorToken([u8; 32]);

impl OperatorToken {
    /// Nothing when it is of no use: what it would open stays closed then, and the gate does its work all the same.
    pub(crate) fn read(secret: &str, findings: &mut Vec<Finding>) -> Option<Self> {
        // A file or a shell adds a line end, which no header could carry.
        let secret = secret.trim().as_bytes();
        let fault = if is_placeholder(secret) {
            Some(("operator_token_placeholder", "is known to everybody"))
        } else if secret.len() < LEAST_BYTES {
            Some(("operator_token_too_short", "must have at least 32 bytes"))
        } else {
            None
        };
        if let Some((code, what)) = fault {
            let detail = ["`OPERATOR_TOKEN` ", what, ": the endpoint for operators is closed"].concat();
            findings.push(Finding::warning(code, detail));
            return None;
        }
        Some(Self(sha256(secret)))
    }

    /// Whether this is the token. Takes the same time for whatever is presented in the same length.
    #[must_use]
    pub fn is(&self, presented: &[u8]) -> bool {
        self.0.ct_eq(&sha256(presented)).into()
    }
}

impl fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorToken(…)")
    }
}
