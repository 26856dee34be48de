//! What has been found, in the order of trust.

use crate::jwt::{Action, Code};

use super::cause::{Cause, Diagnosis, Level};
use super::report::Finding;
use super::spelled::{Said, fill};

/// Where findings go. Each is made here and nowhere else: a finding is large, and to make it and hand it on at each of the many
/// places where there is one to make would be most of this room in wasm.
#[derive(Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    /// Those of a cause that had been found before: they are not told.
    repeated: Vec<Finding>,
}

impl Findings {
    /// Notes an error, as its cause has it; the caller may change what is special about it.
    #[inline(never)]
    pub(super) fn add(&mut self, cause: Cause, fix: &str, values: &[Said<'_>]) -> &mut Finding {
        let place = if self.has(cause) { &mut self.repeated } else { &mut self.found };
        place.push_mut(Finding::new(cause, fill(fix, values)))
    }

    pub(super) fn diagnose(&mut self, diagnosis: Diagnosis, fix: &str, values: &[Said<'_>]) -> &mut Finding {
        self.add(Cause::Diagnosis(diagnosis), fix, values)
    }

    pub(super) fn refuse(&mut self, code: Code, fix: &str, values: &[Said<'_>]) -> &mut Finding {
        self.add(Cause::Verdict(code), fix, values)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn first(&self) -> Option<Cause> {
        self.found.first().map(|finding| finding.cause)
    }

    pub(super) fn has(&self, cause: Cause) -> bool {
        self.found.iter().any(|finding| finding.cause == cause)
    }

    /// Moves the first behind those that were found after it.
    pub(super) fn put_first_last(&mut self) {
        if !self.is_empty() {
            let first = self.found.remove(0);
            self.found.push(first);
        }
    }

    /// Replaces what the client is told to do next.
    pub(super) fn replace(&mut self, action: Action, by: Action) {
        for finding in &mut self.found {
            if finding.action == action {
                finding.action = by;
            }
        }
    }

    /// What decides, where something does, and all of them: that one in front, errors before warnings.
    pub(super) fn in_order(mut self) -> (Option<Finding>, Vec<Finding>) {
        let cause = self.deciding(Level::Error).or_else(|| self.deciding(Level::Warning)).map(|position| {
            let cause = self.found.remove(position);
            self.found.insert(0, cause.clone());
            cause
        });
        let mut ordered = Vec::with_capacity(self.found.len());
        for level in [Level::Error, Level::Warning] {
            for finding in &self.found {
                if finding.level == level {
                    ordered.push(finding.clone());
                }
            }
        }
        (cause, ordered)
    }

    fn deciding(&self, level: Level) -> Option<usize> {
        self.found.iter().position(|finding| finding.level == level && !finding.is_remark)
    }
}
