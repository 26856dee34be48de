//! `inspect`: what a token says, whoever wrote it. Nothing here makes a token pass.

use std::ffi::OsString;
use std::fmt::{self, Write};

use crate::explain::Inspection;
use crate::explain::human_time::{distance, rfc3339};
use crate::explain::inspection::{TIMES, numeric_date};
use crate::jwt::json::Value;
use crate::jwt::{Fingerprint, NumericDate, Refusal};

use super::clock;
use super::json_text;
use super::lines::{LONGEST_LINE, Lines};
use super::outcome::{Failure, Outcome};
use super::output::{CAUTION, Format, Output, TROUBLE};

/// Decode a token WITHOUT verifying it.
///
/// Shows header and claims, with times that people can read, and what identifies the token where the token itself must not
/// appear. Anybody can have written what it shows: `edgewarden verify` says whether a token is genuine.
///
/// Exit status: 0 when it could be decoded, 1 when not (with the reason), 2 for wrong usage.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Inspect {
    /// The token; `-` or nothing for standard input.
    token: Option<OsString>,
    /// Show times relative to this one: seconds since 1970 or RFC 3339. Default: the system's clock.
    #[arg(long, value_name = "TIME", value_parser = clock::parse, allow_hyphen_values = true)]
    now: Option<NumericDate>,
}

const EXAMPLES: &str = "\
Examples:
  edgewarden inspect \"$TOKEN\"
  edgewarden inspect --format json < token";

impl Inspect {
    pub(super) fn run(self, output: &mut Output) -> Result<Outcome, Failure> {
        let now = clock::or_system(self.now)?;
        let token = match self.token {
            Some(token) if token != "-" => token.into_encoded_bytes(),
            _ => token_from_stdin()?,
        };
        let inspection = Inspection::of(&token);
        let answer = match output.format {
            Format::Text => for_person(&inspection, output, now),
            Format::Json => inspection.to_json(now),
        };
        output.line(&answer)?;
        Ok(if inspection.faults().is_empty() { Outcome::Fine } else { Outcome::Refused })
    }
}

fn token_from_stdin() -> Result<Vec<u8>, Failure> {
    let mut lines = Lines::of_stdin("a token");
    let token = match lines.next(|| Ok(()))? {
        Some(line) if line.is_cut() => {
            return Err(Failure::Usage(format!(
                "a token is expected, and not a line longer than {LONGEST_LINE} bytes"
            )));
        }
        Some(line) => line.bytes.to_vec(),
        None => Vec::new(),
    };
    while let Some(line) = lines.next(|| Ok(()))? {
        if line.length > 0 {
            return Err(Failure::Usage(
                "one token on one line is expected, and there are more lines".to_owned(),
            ));
        }
    }
    Ok(token)
}

fn for_person(inspection: &Inspection<'_>, output: &Output, now: NumericDate) -> String {
    let mut text = String::new();
    let mut say = |line: fmt::Arguments<'_>| {
        // Writing to a `String` does not fail.
        let _ = writeln!(text, "{line}");
    };
    let loud = output.paint(CAUTION, "NOT VERIFIED");
    say(format_args!(
        "{loud}  Anybody can have written this. `edgewarden verify` says whether it is genuine.\n"
    ));
    for refusal in inspection.faults() {
        let Refusal { code, why, .. } = refusal;
        say(format_args!("{}  cannot be decoded: {why}", output.paint(TROUBLE, code)));
    }
    if let Some(Refusal { code, why, .. }) = inspection.hopeless() {
        say(format_args!("{}  is what it will be refused with: {why}", output.paint(TROUBLE, code)));
    }
    if let Some(header) = &inspection.header() {
        say(format_args!("header {}", json_text::pretty(output, header, |_, _| None)));
    }
    if let Some(claims) = &inspection.claims() {
        let remark = |name: &str, value: Value<'_>| TIMES.contains(&name).then(|| in_words(value, now));
        say(format_args!("claims {}", json_text::pretty(output, claims, remark)));
    }
    match inspection.signature_length() {
        Some(0) => say(format_args!("signature    none")),
        Some(bytes) => say(format_args!("signature    {bytes} bytes")),
        None => {}
    }
    say(format_args!("token        {} bytes", inspection.token().len()));
    say(format_args!("fingerprint  {}", Fingerprint::of(inspection.token())));
    text.truncate(text.trim_end().len());
    text
}

fn in_words(value: Value<'_>, now: NumericDate) -> String {
    match (value, numeric_date(value)) {
        (_, Some(time)) => format!("{}, {}", rfc3339(time), distance(time, now)),
        (Value::Number(_), None) => "not a time in seconds (milliseconds?)".to_owned(),
        _ => "not a number, as a time must be".to_owned(),
    }
}
