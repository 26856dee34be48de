//! The corpus: every case has its cause, and every cause has its cases.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::collections::BTreeMap;

use edgewarden::explain::{Context, Diagnosis, Report, explain};
use edgewarden::jwt::{Code, Fingerprint};

use super::workshop::{Case, text};

/// The digest of all reports. It changes with every word of a report and with the corpus: the same new one in all three
/// runtimes is what must be written here.
const DIGEST: &str = "309d8b131c4f2c97";

/// Each cause must have been come to in at least so many ways.
const WAYS: usize = 4;

pub(crate) fn cases() -> Vec<Case> {
    [super::shapes::cases(), super::keys::cases(), super::claims::cases(), super::times::cases()]
        .into_iter()
        .flatten()
        .collect()
}

pub(crate) fn report(case: &Case) -> Report {
    let context = Context::from_json(&text(&case.context))
        .unwrap_or_else(|findings| panic!("{}, {}: {findings:?}", case.cause, case.name));
    explain(&case.token, &context)
}

#[test]
fn every_case_has_its_cause() {
    let wrong: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let report = report(case);
            let seen = report.cause.cause.as_str();
            (seen != case.cause)
                .then(|| format!("{} ({}): {seen}: {}", case.cause, case.name, report.cause.fix))
        })
        .collect();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_cause_is_come_to_in_several_ways() {
    let mut ways: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases() {
        *ways.entry(case.cause).or_default() += 1;
    }
    let remarks = [Diagnosis::KeyEndsBeforeToken, Diagnosis::SecretInClaims];
    let diagnoses = Diagnosis::ALL.iter().filter(|it| !remarks.contains(it)).map(|it| it.as_str());
    // A key's state has a diagnosis of its own, always; the others are not a matter of one token.
    let never =
        [Code::MultipleTokens, Code::KeyNotActive, Code::KeyRetired, Code::KeyRevoked, Code::TokenRevoked];
    let codes = Code::ALL.iter().filter(|code| !never.contains(code)).map(|code| code.as_str());
    let rare: Vec<&str> =
        diagnoses.chain(codes).chain(["ok"]).filter(|cause| ways.get(cause).copied() < Some(WAYS)).collect();
    assert!(rare.is_empty(), "{rare:?} in {ways:#?}");
}

#[test]
fn reports_are_the_same_on_every_platform() {
    let reports: Vec<String> = cases().iter().map(|case| report(case).to_json()).collect();
    let digest = Fingerprint::of(reports.join("\n").as_bytes()).to_string();
    assert_eq!(digest, DIGEST, "{} reports", reports.len());
}

/// For what is built from the core and cannot run this suite: one JSON object in each line, with `token`, `context` and `report`.
/// Every context has a time, because JavaScript would give it one. Tokens that are no text are left out.
#[cfg(not(target_arch = "wasm32"))]
#[test]
#[ignore = "writes the file that EDGEWARDEN_CORPUS names"]
fn the_corpus_is_written_down() {
    use serde_json::json;

    let line = |case: Case| {
        let token = String::from_utf8(case.token).ok()?;
        let mut context = case.context;
        if context["now"].is_null() {
            context["now"] = json!(super::workshop::NOW);
        }
        let report = explain(token.as_bytes(), &Context::from_json(&text(&context)).ok()?).to_json();
        Some(text(&json!({ "token": token, "context": context, "report": report })))
    };
    let lines: Vec<String> = cases().into_iter().filter_map(line).collect();
    std::fs::write(std::env::var("EDGEWARDEN_CORPUS").unwrap(), lines.join("\n")).unwrap();
}
