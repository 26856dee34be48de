//! The string unions of the npm package's types are what the core can say: no more, and no less.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;

use edgewarden::explain::{Check, Diagnosis, Level, Outcome, Party};
use edgewarden::jwt::{Action, Code, TokenKind};

const CONTRACT: &str = include_str!("../npm/src/core/contract.ts");

/// The strings of `export type NAME = "a" | "b";`.
fn union(name: &str) -> BTreeSet<&'static str> {
    let (_, rest) = CONTRACT.split_once(&format!("export type {name} =")).expect(name);
    let (union, _) = rest.split_once(';').expect(name);
    union.split('"').skip(1).step_by(2).collect()
}

fn holds(name: &str, known: impl IntoIterator<Item = &'static str>) {
    assert_eq!(union(name), known.into_iter().collect(), "{name} in npm/src/core/contract.ts");
}

#[test]
fn the_codes() {
    holds("VerdictCode", Code::ALL.map(Code::as_str));
    holds("Diagnosis", Diagnosis::ALL.iter().map(|it| it.as_str()).chain(["ok"]));
    assert!(CONTRACT.contains("export type CauseCode = VerdictCode | Diagnosis;"));
}

#[test]
fn the_checks() {
    holds("CheckName", Check::ALL.map(Check::as_str));
}

/// Each of these lists is complete, or the `match` beneath it does not compile.
#[test]
fn the_small_words() {
    let parties = [Party::Client, Party::Issuer, Party::Operator, Party::Attacker, Party::Nobody];
    for party in parties {
        match party {
            Party::Client | Party::Issuer | Party::Operator | Party::Attacker | Party::Nobody => {}
        }
    }
    holds("Party", parties.map(Party::as_str));

    let actions = [Action::None, Action::Refresh, Action::Login, Action::Retry, Action::Stop];
    for action in actions {
        match action {
            Action::None | Action::Refresh | Action::Login | Action::Retry | Action::Stop => {}
        }
    }
    holds("Action", actions.map(Action::as_str));

    let levels = [Level::Error, Level::Warning, Level::Note];
    for level in levels {
        match level {
            Level::Error | Level::Warning | Level::Note => {}
        }
    }
    holds("FindingLevel", levels.map(Level::as_str));

    let outcomes = [Outcome::Passed, Outcome::Failed, Outcome::NotReached, Outcome::NotChecked];
    for outcome in outcomes {
        match outcome {
            Outcome::Passed | Outcome::Failed | Outcome::NotReached | Outcome::NotChecked => {}
        }
    }
    holds("CheckOutcome", outcomes.map(Outcome::as_str));
    holds("TokenKind", [TokenKind::Access, TokenKind::Refresh].map(TokenKind::name));
}
