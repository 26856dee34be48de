//! `explain`: why a token does not work, who has to act, and what to do next.

use std::ffi::OsString;
use std::fmt::{self, Write};
use std::path::{Path, PathBuf};

use crate::explain::human_time::{distance, rfc3339};
use crate::explain::{Cause, Context, Finding, Level, Outcome as Step, Report, explain};
use crate::jwt::{NumericDate, TokenKind};

use super::json_text::printable;
use super::lines::{LONGEST_LINE, Lines};
use super::outcome::{Failure, Outcome};
use super::output::{ASIDE, CAUTION, FINE, Format, NAME, Output, TROUBLE};
use super::verify::{Kind, words};
use super::{clock, configuration, explain_cases, sources};

/// Say why a token does not work, who has to act, and what to do next.
///
/// The token is an argument or standard input, exactly as it was found: quotes, a `Bearer ` in front and line breaks belong to
/// the question. Everything else is optional; what could not be checked for want of it is said. Nothing here makes a token pass.
///
/// Exit status: 0 when the token is fine, 1 when it is or would be refused, 2 for wrong usage or an unusable policy. A key set
/// that cannot be used is a part of the answer.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Explain {
    /// The token; `-` or nothing for standard input.
    pub(super) token: Option<OsString>,
    /// A file with the JWK Set of access tokens.
    #[arg(long, value_name = "FILE")]
    pub(super) access_keys: Option<PathBuf>,
    /// A file with the JWK Set of refresh tokens.
    #[arg(long, value_name = "FILE")]
    pub(super) refresh_keys: Option<PathBuf>,
    /// A file with a policy: see `edgewarden verify --help`.
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// The time by the clock of whoever explains: seconds since 1970 or RFC 3339. Default: the system's clock.
    #[arg(long, value_name = "TIME", value_parser = clock::parse, allow_hyphen_values = true)]
    pub(super) now: Option<NumericDate>,
    /// The time by the verifier's clock, where it is another one.
    #[arg(long, value_name = "TIME", value_parser = clock::parse, allow_hyphen_values = true)]
    pub(super) server_now: Option<NumericDate>,
    /// Which of the two tokens is needed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) kind: Kind,
    /// The scope tokens that are needed, separated by spaces.
    #[arg(long, value_name = "SCOPE", default_value = "", hide_default_value = true)]
    pub(super) scope: String,
    /// Read cases instead of a token: one JSON object per line.
    ///
    /// A case has `token`, and may have `id` and `context`: an object with `access_keys`, `refresh_keys`, `policy`, `now`,
    /// `server_now`, `kind` and `scope`, all optional. A case without `context` is explained by the flags, one without `now`
    /// by --now or the system's clock. Other members of a case are passed over; in a context they are errors.
    ///
    /// Each line gets its answer on a line of its own, in order, with `id` (as it was, or null) and `report`. A context that
    /// cannot be read gets `"report":null`, the code `configuration_invalid` and `findings`; a line that is no case gets
    /// `"report":null`, the code `malformed_input` and a `detail`.
    ///
    /// Exit status: 0 when every line was a case, whatever the reports say; 2 otherwise.
    #[arg(long)]
    pub(super) jsonl: bool,
}

const EXAMPLES: &str = "\
Examples:
  edgewarden explain \"$TOKEN\"
  edgewarden explain --access-keys access.json --refresh-keys refresh.json --policy policy.json < token
  edgewarden explain --access-keys access.json --server-now 2026-01-31T12:00:00Z --format json \"$TOKEN\"
  edgewarden explain --jsonl < cases.jsonl > reports.jsonl";

impl Explain {
    pub(super) fn run(self, output: &mut Output) -> Result<Outcome, Failure> {
        let token = self.token.as_deref().filter(|token| *token != "-");
        let is_stdin = |path: &Option<PathBuf>| path.as_deref().is_some_and(sources::is_stdin);
        sources::refuse_stdin_twice(&[
            (if self.jsonl { "cases" } else { "the token" }, token.is_none()),
            ("--access-keys", is_stdin(&self.access_keys)),
            ("--refresh-keys", is_stdin(&self.refresh_keys)),
            ("--policy", is_stdin(&self.policy)),
        ])?;
        if self.jsonl && token.is_some() {
            return Err(Failure::Usage(
                "with --jsonl the cases come from standard input: leave the token out".to_owned(),
            ));
        }
        let mut context = self.context()?;
        if self.jsonl {
            return explain_cases::run(context, self.now, output);
        }
        let token = match token {
            Some(token) => token.as_encoded_bytes().to_vec(),
            None => token_from_stdin()?,
        };
        context.now = Some(clock::or_system(self.now)?);
        let report = explain(&token, &context);
        let answer = match output.format {
            Format::Text => for_person(&report, output),
            Format::Json => report.to_json(),
        };
        output.line(&answer)?;
        Ok(if report.is_refused() { Outcome::Refused } else { Outcome::Fine })
    }

    /// The context of the flags, without a time unless there is a flag for it.
    fn context(&self) -> Result<Context, Failure> {
        let mut context = Context::default();
        context.now = self.now;
        context.server_now = self.server_now;
        context.kind = self.kind.into();
        context.scope = words(&self.scope);
        for (kind, path) in [(TokenKind::Access, &self.access_keys), (TokenKind::Refresh, &self.refresh_keys)]
        {
            if let Some(path) = path {
                context.set_keys(kind, &sources::read(path, configuration::KEY_SET)?);
            }
        }
        if let Some(path) = &self.policy {
            context.policy = policy(path)?;
        }
        Ok(context)
    }
}

fn policy(path: &Path) -> Result<crate::jwt::Policy, Failure> {
    let text = sources::read(path, configuration::POLICY)?;
    crate::config::policy_from_text(&text).map_err(|faults| {
        Failure::Configuration(faults.into_iter().map(|fault| (sources::name(path), fault)).collect())
    })
}

/// All of standard input but for one line end at its end, which is the shell's: a token that is broken over lines is to be
/// explained as it is.
fn token_from_stdin() -> Result<Vec<u8>, Failure> {
    let mut lines = Lines::of_stdin("a token");
    let mut token = Vec::new();
    let mut first = true;
    while let Some(line) = lines.next(|| Ok(()))? {
        if line.is_cut() || token.len() > LONGEST_LINE {
            return Err(Failure::Usage(format!(
                "a token is expected, and not a text longer than {LONGEST_LINE} bytes"
            )));
        }
        if !first {
            token.push(b'\n');
        }
        first = false;
        token.extend_from_slice(line.bytes);
    }
    Ok(token)
}

fn for_person(report: &Report, output: &Output) -> String {
    let mut text = String::new();
    let mut say = |line: fmt::Arguments<'_>| {
        // Writing to a `String` does not fail.
        let _ = writeln!(text, "{line}");
    };
    let cause = &report.cause;
    let style = match (cause.cause, cause.level) {
        (Cause::Ok, _) => FINE,
        (_, Level::Error) => TROUBLE,
        _ => CAUTION,
    };
    say(format_args!("{}  {}", output.paint(style, cause.cause.as_str()), printable(&cause.summary)));
    if cause.cause != Cause::Ok {
        say(format_args!(
            "{} {}    {} {}",
            output.paint(NAME, "who acts:"),
            cause.party.as_str(),
            output.paint(NAME, "the client's next step:"),
            cause.action
        ));
    }
    say(format_args!("{}", printable(&cause.fix)));

    let others = report.findings.iter().filter(|finding| finding.cause != cause.cause);
    for (index, finding) in others.enumerate() {
        if index == 0 {
            say(format_args!("\n{}", output.paint(NAME, "also found")));
        }
        say(format_args!("{}", in_short(finding, output)));
    }

    say(format_args!("\n{}", output.paint(NAME, "checks")));
    for rung in &report.checks {
        let style = match rung.outcome {
            Step::Passed => FINE,
            Step::Failed => TROUBLE,
            Step::NotReached | Step::NotChecked => ASIDE,
        };
        let outcome = output.paint(style, format_args!("{:<11}", rung.outcome.as_str())).to_string();
        say(format_args!(
            "  {outcome}  {:<15}  {}",
            rung.check.as_str(),
            output.paint(ASIDE, printable(&rung.detail))
        ));
    }

    say(format_args!("\n{}", output.paint(NAME, "token")));
    for (name, json) in [("header", &report.header), ("claims", &report.claims)] {
        if let Some(json) = json {
            say(format_args!("  {name:<11}  {json}"));
        }
    }
    for (name, number) in &report.times.of_token {
        let now = report.times.server_now.or(report.times.now);
        if let (Some(time), Some(now)) = (NumericDate::from_json_number(number), now) {
            say(format_args!("  {name:<11}  {}, {}", rfc3339(time), distance(time, now)));
        }
    }
    say(format_args!("  {:<11}  {}, {} bytes", "fingerprint", report.fingerprint, report.bytes));
    text.truncate(text.trim_end().len());
    text
}

fn in_short(finding: &Finding, output: &Output) -> String {
    let style = if finding.level == Level::Error { TROUBLE } else { CAUTION };
    format!(
        "  {}  {} {}",
        output.paint(style, finding.cause.as_str()),
        printable(&finding.summary),
        output.paint(ASIDE, printable(&finding.fix))
    )
}
