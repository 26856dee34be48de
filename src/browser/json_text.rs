//! Answers as JSON text.

use crate::config::Finding;
use crate::jwt::Severity;

/// Appends a member that is not the first of its object.
pub(super) fn push_member(out: &mut String, name: &str, value: Option<&str>) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
    push_quoted_or_null(out, value);
}

/// Findings as a JSON array.
pub(super) fn findings_json(findings: &[Finding]) -> String {
    let mut out = String::from("[");
    for finding in findings {
        out.push_str(if out.len() > 1 { ",{\"severity\":" } else { "{\"severity\":" });
        let severity = match finding.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        push_quoted_or_null(&mut out, Some(severity));
        push_member(&mut out, "code", Some(&finding.code));
        push_member(&mut out, "detail", Some(&finding.detail));
        out.push('}');
    }
    out.push(']');
    out
}

fn push_quoted_or_null(out: &mut String, text: Option<&str>) {
    // A string has no way to fail.
    out.push_str(&serde_json::to_string(&text).unwrap_or_default());
}
