//! `keys`: looking after key set files. One file per command.

mod check;
mod new;
mod remedy;

use clap::Subcommand;

use super::outcome::{Failure, Outcome};
use super::output::Output;

/// Make and check key sets.
#[derive(Subcommand)]
pub(super) enum Keys {
    New(new::New),
    Check(check::Check),
}

impl Keys {
    pub(super) fn run(self, output: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::New(new) => new.run(output),
            Self::Check(check) => check.run(output),
        }
    }
}
