//! `verify`: one token from the command line, or many from standard input.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::jwt::{Code, KeyRing, NumericDate, Policy, Refusal, Scratch, TokenKind, Why};

use super::judgement::{Demands, Judgement};
use super::lines::{Line, Lines};
use super::outcome::{Failure, Outcome};
use super::output::Output;
use super::{clock, configuration, sources, verify_cases};

/// Verify tokens against a key set and a policy.
///
/// The token is an argument, or standard input holds one token per line; each is answered on a line of its own, in order,
/// as soon as it has been read. Only the line end is taken off: a space in front of a token is a fault of the token.
///
/// Exit status: 0 when every token is valid, 1 when one was refused, 2 when keys, policy or flags are wrong.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Verify {
    /// The token; `-` or nothing for standard input.
    pub(super) token: Option<OsString>,
    /// A file with a JWK Set (`-` for standard input).
    #[arg(long, value_name = "FILE", required_unless_present = "jsonl")]
    pub(super) keys: Option<PathBuf>,
    /// A file with a policy: a JSON object with `issuer`, `audience`, `leeway`, `max_token_age`, `max_token_bytes`,
    /// `required_claims`, `access_types`, `refresh_types`, `unknown_kid`; all optional.
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// Judge as of this time: seconds since 1970 or RFC 3339. Default: the system's clock.
    #[arg(long, value_name = "TIME", value_parser = clock::parse, allow_hyphen_values = true)]
    pub(super) now: Option<NumericDate>,
    /// Which of the two tokens it is.
    #[arg(long, value_enum, default_value_t)]
    pub(super) kind: Kind,
    /// The scope tokens that the token's scope must hold, separated by spaces.
    #[arg(long, value_name = "SCOPE", default_value = "", hide_default_value = true)]
    pub(super) scope: String,
    /// Read cases instead of tokens: one JSON object per line.
    ///
    /// A case has `token`, and may have `id`, `keys`, `policy`, `now` (seconds), `signature_only`, `allow_weak_keys`,
    /// `kind` and `scope`. --keys, --policy, --now, --kind and --scope stand for those that a case lacks. Other members
    /// are passed over.
    ///
    /// Each line gets its answer on a line of its own, in order, with `id` (as it was, or null), `valid`, `code` (null when
    /// the token is valid) and `kid` (of the key that made the signature or that the refusal is about, or null).
    ///
    /// With keys or a policy that are not usable, the code is `configuration_invalid`, and `findings` says why. A line that
    /// is no case (not JSON, no text as `token`, a member of the wrong type, longer than 4 MiB) gets the code
    /// `malformed_input` and a `detail`, and the next line is read.
    ///
    /// Exit status: 0 when every line was a case, whatever the verdicts; 2 otherwise.
    #[arg(long)]
    pub(super) jsonl: bool,
}

const EXAMPLES: &str = "\
Examples:
  edgewarden verify --keys keys.json \"$TOKEN\"
  edgewarden verify --keys keys.json --policy policy.json --format json < tokens
  edgewarden verify --keys keys.json --now 2026-01-31T12:00:00Z --scope 'events.read' \"$TOKEN\"
  edgewarden verify --jsonl < cases.jsonl > answers.jsonl";

/// See [`TokenKind`].
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub(super) enum Kind {
    /// An access token.
    #[default]
    Access,
    /// A refresh token.
    Refresh,
}

impl From<Kind> for TokenKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Access => Self::Access,
            Kind::Refresh => Self::Refresh,
        }
    }
}

impl Verify {
    pub(super) fn run(self, output: &mut Output) -> Result<Outcome, Failure> {
        let token = self.token.as_deref().filter(|token| *token != "-");
        sources::refuse_stdin_twice(&[
            (if self.jsonl { "cases" } else { "tokens" }, token.is_none()),
            ("--keys", self.keys.as_deref().is_some_and(sources::is_stdin)),
            ("--policy", self.policy.as_deref().is_some_and(sources::is_stdin)),
        ])?;
        match (token, &self.keys) {
            (None, _) if self.jsonl => verify_cases::run(&self, output),
            (Some(_), _) if self.jsonl => Err(Failure::Usage(
                "with --jsonl the cases come from standard input: leave the token out".to_owned(),
            )),
            (_, None) => {
                Err(Failure::Usage("--keys FILE is required: it says who may have signed".to_owned()))
            }
            (token, Some(keys)) => {
                let (ring, policy) = configuration::ring_and_policy(keys, self.policy.as_deref())?;
                let judge = Judge {
                    ring: &ring,
                    policy: &policy,
                    scope: words(&self.scope),
                    flags: &self,
                    scratch: Scratch::default(),
                    answer: String::new(),
                    outcome: Outcome::Fine,
                };
                match token {
                    Some(token) => judge.one(token.as_encoded_bytes(), output),
                    None => judge.lines_of_stdin(output),
                }
            }
        }
    }
}

/// The words of a scope (RFC 6749 §3.3).
pub(super) fn words(scope: &str) -> Vec<String> {
    scope.split_whitespace().map(str::to_owned).collect()
}

struct Judge<'a> {
    ring: &'a KeyRing,
    policy: &'a Policy,
    scope: Vec<String>,
    flags: &'a Verify,
    scratch: Scratch,
    /// Kept from one token to the next.
    answer: String,
    outcome: Outcome,
}

impl Judge<'_> {
    fn one(mut self, token: &[u8], output: &mut Output) -> Result<Outcome, Failure> {
        self.answer(Line { bytes: token, length: token.len() as u64 }, output)?;
        Ok(self.outcome)
    }

    fn lines_of_stdin(mut self, output: &mut Output) -> Result<Outcome, Failure> {
        // Whoever stops reading the answers has seen the verdicts so far.
        self.answer_lines(output).or_else(Failure::unless_closed_pipe)?;
        Ok(self.outcome)
    }

    fn answer_lines(&mut self, output: &mut Output) -> Result<(), Failure> {
        let mut lines = Lines::of_stdin("tokens, one per line,");
        let mut count = 0_u64;
        while let Some(line) = lines.next(|| output.flush())? {
            count += 1;
            self.answer(line, output)?;
        }
        // Nothing at all is no token, rather than no complaint.
        if count == 0 { self.answer(Line { bytes: b"", length: 0 }, output) } else { Ok(()) }
    }

    fn answer(&mut self, token: Line<'_>, output: &mut Output) -> Result<(), Failure> {
        let demands = Demands {
            ring: self.ring,
            policy: self.policy,
            kind: self.flags.kind.into(),
            scope: &self.scope,
            now: clock::or_system(self.flags.now)?,
            signature_only: false,
        };
        let judgement = if token.is_cut() {
            let length = usize::try_from(token.length).unwrap_or(usize::MAX);
            let why = Why::TooLong { length, limit: self.policy.max_token_bytes };
            Judgement { refusal: Some(Refusal::new(Code::TokenTooLarge, why)), kid: None }
        } else {
            Judgement::of(token.bytes, &demands, &mut self.scratch)
        };
        if judgement.refusal.is_some() {
            self.outcome = Outcome::Refused;
        }
        self.answer.clear();
        judgement.tell(output, &mut self.answer);
        output.line(&self.answer)
    }
}
