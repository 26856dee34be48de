//! What the answers of this room have in common.

use crate::config::Finding;
use crate::jwt::Severity;
use crate::jwt::json_text::{push_name, push_quoted, push_quoted_or_null};

/// Appends a member of an object that has been opened.
pub(super) fn push_member(out: &mut String, name: &str, value: Option<&str>) {
    push_name(out, name);
    push_quoted_or_null(out, value);
}

/// Findings as a JSON array.
pub(super) fn findings_json(findings: &[Finding]) -> String {
    let mut out = String::from("[");
    for finding in findings {
        out.push_str(if out.len() > 1 { ",{" } else { "{" });
        push_name(&mut out, "severity");
        push_quoted(&mut out, severity(finding));
        push_member(&mut out, "code", Some(&finding.code));
        push_member(&mut out, "detail", Some(&finding.detail));
        out.push('}');
    }
    out.push(']');
    out
}

fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
