//! How a command ends.

use std::io;
use std::process::ExitCode;

use crate::config::Finding;
use crate::jwt::Severity;

use super::output::{self, CAUTION, TROUBLE};

/// A command has given its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// All is well.
    Fine,
    /// A token was refused.
    Refused,
    /// What it was given is not usable, and the answer says why.
    Unusable,
}

impl Outcome {
    pub(super) fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Fine => 0,
            Self::Refused => 1,
            Self::Unusable => 2,
        })
    }
}

/// A command could not give its answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Whoever read the answers has gone, as `head` does. It has seen what it wanted: not an error.
    ClosedPipe,
    /// What was expected, and what to do.
    Usage(String),
    /// Everything that is wrong with the files of keys and policy.
    Configuration(Vec<(String, Finding)>),
}

impl Failure {
    /// Standard output or a file could not be written.
    pub(super) fn writing(what: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Usage(format!("cannot write {what}: {error}")),
        }
    }

    pub(super) fn unless_closed_pipe(self) -> Result<(), Self> {
        match self {
            Self::ClosedPipe => Ok(()),
            other => Err(other),
        }
    }

    /// Says on standard error what is wrong.
    pub(super) fn show(self) -> ExitCode {
        match self {
            Self::ClosedPipe => return Outcome::Fine.exit_code(),
            Self::Usage(message) => output::complain("error", TROUBLE, &message),
            Self::Configuration(findings) => {
                for (file, finding) in findings {
                    let message = format!("{file}: {finding}");
                    match finding.severity {
                        Severity::Error => output::complain("error", TROUBLE, &message),
                        Severity::Warning => output::complain("warning", CAUTION, &message),
                    }
                }
            }
        }
        Outcome::Unusable.exit_code()
    }
}

impl From<io::Error> for Failure {
    /// For writing answers, which is what nearly all input and output here is.
    fn from(error: io::Error) -> Self {
        Self::writing("to standard output", &error)
    }
}
