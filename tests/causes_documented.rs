//! `docs/causes.md` says something about everything that a report can say.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

use edgewarden::explain::{Cause, Check, Diagnosis};
use edgewarden::jwt::Code;

const DOCS: &str = include_str!("../docs/causes.md");

/// The sections by their headings, which are also their anchors.
fn section(code: &str) -> Option<&'static str> {
    let heading = format!("\n### {code}\n");
    let (_, rest) = DOCS.split_once(heading.as_str())?;
    Some(rest.split("\n#").next().unwrap())
}

fn causes() -> impl Iterator<Item = Cause> {
    let codes = Code::ALL.into_iter().map(Cause::Verdict);
    let diagnoses = Diagnosis::ALL.iter().copied().map(Cause::Diagnosis);
    codes.chain(diagnoses).chain([Cause::Ok])
}

#[test]
fn every_cause_has_a_section_that_names_who_acts_and_what_comes_next() {
    for cause in causes() {
        let code = cause.as_str();
        let section = section(code).unwrap_or_else(|| panic!("`### {code}` is missing"));
        let first = section.trim_start().lines().next().unwrap();
        let party = cause.party().as_str();
        let action = cause.action().as_str();
        let expected = format!("*{party}* · `{action}`");
        assert!(first.starts_with(&expected), "{code}: {first:?} begins with {expected:?}");
        assert!(section.trim().lines().count() > 1, "{code} says nothing");
    }
}

#[test]
fn no_section_is_about_a_cause_that_does_not_exist() {
    for heading in DOCS.lines().filter_map(|line| line.strip_prefix("### ")) {
        assert!(causes().any(|cause| cause.as_str() == heading), "{heading}");
    }
}

#[test]
fn every_check_is_listed() {
    for check in Check::ALL {
        assert!(DOCS.contains(&format!("| `{}` |", check.as_str())), "{}", check.as_str());
    }
}
