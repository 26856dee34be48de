//! What holds for every report.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::explain::{Cause, Context, Finding, Level, Outcome, Report, explain};
use edgewarden::jwt::base64url;
use serde_json::{Value, json};

use super::corpus::{cases, report};
use super::workshop::{Case, NOW, access_keys, case, good, text, text_secret};

fn each(check: impl Fn(&Case, &Report, &Value)) {
    for case in cases() {
        let report = report(&case);
        let json = serde_json::from_str(&report.to_json())
            .unwrap_or_else(|fault| panic!("{}, {}: {fault}", case.cause, case.name));
        check(&case, &report, &json);
    }
}

#[test]
fn a_report_has_its_members_in_their_order() {
    each(|case, report, json| {
        let text = report.to_json();
        let mut rest = text.as_str();
        for member in [
            "{\"cause\":{\"code\":\"",
            "\"party\":\"",
            "\"action\":\"",
            "\"summary\":\"",
            "\"fix\":\"",
            "},\"findings\":[",
            "],\"checks\":[{\"check\":\"size\",\"outcome\":\"",
            "],\"header\":",
            ",\"claims\":",
            ",\"verdict\":",
            ",\"not_checked\":[",
            "],\"token\":{\"bytes\":",
            ",\"fingerprint\":\"",
            "\"},\"times\":{\"now\":",
            ",\"server_now\":",
            ",\"leeway\":",
        ] {
            let position = rest.find(member).unwrap_or_else(|| panic!("{}: {member} in {text}", case.name));
            rest = &rest[position + member.len()..];
        }
        let members = json.as_object().unwrap().len();
        assert_eq!(members, 9, "{}", case.name);
        assert_eq!(json["checks"].as_array().unwrap().len(), 16);
        assert_eq!(json["token"]["bytes"], case.token.len());
    });
}

#[test]
fn the_cause_is_the_first_finding_unless_all_is_well() {
    each(|case, report, json| {
        assert_eq!(json["cause"]["code"], case.cause);
        if report.cause.cause == Cause::Ok {
            assert!(report.findings.iter().all(|finding| finding.level != Level::Error), "{}", case.name);
            assert!(!report.is_refused());
        } else {
            assert_eq!(report.findings.first(), Some(&report.cause), "{}", case.name);
        }
        let codes: Vec<&str> = report.findings.iter().map(|finding| finding.cause.as_str()).collect();
        let mut unique = codes.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), codes.len(), "{}: {codes:?}", case.name);
    });
}

#[test]
fn every_finding_can_be_acted_on() {
    each(|case, report, _| {
        for Finding { summary, fix, cause, .. } in report.findings.iter().chain([&report.cause]) {
            assert!(summary.ends_with('.') && summary.len() > 10, "{}: {summary}", case.name);
            assert!(fix.ends_with(['.', '`']) && fix.len() > 20, "{} {}: {fix}", cause.as_str(), case.name);
            assert!(fix.len() < 1200, "{}: {fix}", case.name);
            assert!(!fix.contains("  "), "{}: {fix}", case.name);
        }
    });
}

#[test]
fn the_ladder_agrees_with_the_verdict() {
    each(|case, report, _| {
        let failed: Vec<_> = report.checks.iter().filter(|rung| rung.outcome == Outcome::Failed).collect();
        assert!(failed.len() <= 1, "{}", case.name);
        let code = failed.first().and_then(|rung| rung.code);
        if let Some(verdict) = &report.verdict {
            assert_eq!(verdict.code, code, "{}", case.name);
            // Who is refused is told why, and who passes is not told that he is refused.
            assert_eq!(
                report.is_refused(),
                code.is_some() || case.cause == "key_type_confusion",
                "{}",
                case.name
            );
        }
        let position = report.checks.iter().position(|rung| rung.outcome == Outcome::Failed);
        for (index, rung) in report.checks.iter().enumerate() {
            let behind = position.is_some_and(|position| index > position);
            assert_eq!(rung.outcome == Outcome::NotReached, behind, "{}: {rung:?}", case.name);
        }
    });
}

#[test]
fn no_report_shows_a_secret() {
    let mut secrets: Vec<Vec<u8>> = Vec::new();
    for key in access_keys()["keys"].as_array().unwrap() {
        let text = key["k"].as_str().unwrap();
        secrets.push(text.as_bytes().to_vec());
        secrets.push(base64url::decode(text.as_bytes()).unwrap());
    }
    secrets.push(text_secret(20).into_bytes());
    secrets.push(b"your-256-bit-secret".to_vec());
    each(|case, report, _| {
        let text = report.to_json();
        for secret in &secrets {
            let shown =
                text.as_bytes().windows(secret.len().min(16)).any(|window| secret.starts_with(window));
            assert!(!shown, "{}, {}", case.cause, case.name);
        }
        // Nor what would let anybody use the token.
        let signature = case.token.rsplit(|byte| *byte == b'.').next().unwrap();
        if signature.len() > 20 && case.token.starts_with(b"eyJ") {
            assert!(!text.contains(core::str::from_utf8(signature).unwrap_or("\u{0}")), "{}", case.name);
        }
    });
}

#[test]
fn without_a_context_the_report_says_what_is_not_checked() {
    let report = report(&case("ok", "alone", good()).alone());
    for check in ["algorithm", "key", "signature", "expiry", "not_before", "issued_at", "issuer", "audience"]
    {
        assert!(report.not_checked.contains(&check), "{check}");
    }
    assert!(report.verdict.is_none());
    assert!(report.cause.summary.contains("was not"), "{}", report.cause.summary);
}

#[test]
fn a_context_is_read_strictly() {
    let codes = |context: &Value| -> Vec<String> {
        let findings = Context::from_json(&text(context)).err().unwrap_or_default();
        findings.into_iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes(&json!({})), Vec::<String>::new());
    assert_eq!(
        codes(&json!({"now": null, "policy": null, "kind": null, "access_keys": null})),
        Vec::<String>::new()
    );
    assert_eq!(codes(&json!({"acess_keys": {}})), ["context_unknown_member"]);
    assert_eq!(
        codes(&json!({"now": "1", "kind": "id"})),
        ["context_kind_malformed", "context_now_malformed"]
    );
    assert_eq!(codes(&json!({"policy": {"audiense": "x"}})), ["policy_unknown_member"]);
    assert_eq!(codes(&json!({"access_keys": []})), ["context_access_keys_malformed"]);
    assert_eq!(codes(&json!([])), ["context_malformed"]);
    assert!(Context::from_json("{\"now\":1,\"now\":2}").is_err());
}

#[test]
fn a_key_set_may_be_given_as_text() {
    let context = text(&json!({"access_keys": text(&access_keys()), "now": NOW}));
    let report = explain(good().as_bytes(), &Context::from_json(&context).unwrap());
    assert_eq!(report.verdict.unwrap().kid.as_deref(), Some("active"));
}
