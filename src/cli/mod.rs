//! The native tool: the only room that knows files, standard input and the system clock.
//!
//! | what | file |
//! |---|---|
//! | a command, its flags and its help | `verify`, `verify_cases` (`verify --jsonl`), `explain`, `explain_cases`, `inspect`, `sign`, `keys/…` |
//! | what comes in | `lines`, `cases`, `sources`, `configuration`, `clock` |
//! | what goes out | `output`, `json_text`, `secret_file` |
//! | how it ends | `outcome`, `usage` |
//!
//! Answers go to standard output, everything else to standard error. A new command is a file with a struct of flags and
//! its `run`, and a variant of `Command`.

mod cases;
mod clock;
mod configuration;
mod explain;
mod explain_cases;
mod inspect;
mod json_text;
mod judgement;
mod keys;
mod lines;
mod outcome;
mod output;
mod recent;
mod secret_file;
mod sign;
mod sources;
mod usage;
mod verify;
mod verify_cases;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::Failure;
use output::{Format, Output};

/// Verifies, explains, inspects and signs JSON Web Tokens, and looks after the keys they are signed with.
///
/// Answers go to standard output, everything else to standard error. Exit status: 0 fine, 1 a token was refused,
/// 2 wrong usage or a bad configuration.
#[derive(Parser)]
#[command(name = "edgewarden", version, propagate_version = true, after_help = EXAMPLES)]
struct Arguments {
    /// How answers are written.
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  edgewarden keys new --out keys.json
  edgewarden sign --keys keys.json --claims '{\"sub\":\"me\"}' --expires-in 900 > token
  edgewarden verify --keys keys.json < token
  edgewarden explain --access-keys keys.json < token
  edgewarden inspect < token";

#[derive(Subcommand)]
enum Command {
    Verify(verify::Verify),
    Explain(explain::Explain),
    Inspect(inspect::Inspect),
    Sign(sign::Sign),
    #[command(subcommand)]
    Keys(keys::Keys),
}

/// Runs the command that the process was started with. The process should exit with what this returns.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::show(&error),
    };
    let mut output = Output::new(arguments.format);
    let outcome = match arguments.command {
        Command::Verify(verify) => verify.run(&mut output),
        Command::Explain(explain) => explain.run(&mut output),
        Command::Inspect(inspect) => inspect.run(&mut output),
        Command::Sign(sign) => sign.run(&mut output),
        Command::Keys(keys) => keys.run(&mut output),
    };
    // What has been answered before a failure is shown before it.
    let flushed = output.flush();
    match outcome.and_then(|outcome| flushed.or_else(Failure::unless_closed_pipe).map(|()| outcome)) {
        Ok(outcome) => outcome.exit_code(),
        Err(failure) => failure.show(),
    }
}
