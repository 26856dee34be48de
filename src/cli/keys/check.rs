//! `keys check`: everything that is wrong with key sets, and what to do.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::json_text::printable;
use crate::cli::outcome::{Failure, Outcome};
use crate::cli::output::{CAUTION, FINE, Format, Output, TROUBLE};
use crate::cli::sources::{self, Unreadable};
use crate::cli::{clock, configuration};
use crate::jwt::{KeyFinding, KeyRing, KeySet, NumericDate, Severity, Stage, Strength, TokenKind};

use super::remedy;

/// Check key sets: all findings, each with what to do.
///
/// With --access and --refresh, also that the two have no secret in common.
///
/// Exit status: 0 when every key set can be used (there may be warnings), 2 when one cannot.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Check {
    /// Files with JWK Sets; `-` or nothing for standard input.
    files: Vec<PathBuf>,
    /// The key set of access tokens.
    #[arg(long, value_name = "FILE")]
    access: Option<PathBuf>,
    /// The key set of refresh tokens.
    #[arg(long, value_name = "FILE")]
    refresh: Option<PathBuf>,
    /// Count keys by where they stand at this time: seconds since 1970 or RFC 3339. Default: the system's clock.
    #[arg(long, value_name = "TIME", value_parser = clock::parse, allow_hyphen_values = true)]
    now: Option<NumericDate>,
}

const EXAMPLES: &str = "\
Examples:
  edgewarden keys check keys.json
  edgewarden keys check --access access.json --refresh refresh.json --format json";

/// One key set that has been looked at.
struct Checked {
    file: String,
    /// Whose tokens it is for, where that is known.
    ring: Option<TokenKind>,
    keys: Option<KeyRing>,
    findings: Vec<Found>,
}

/// A finding as it is told.
struct Found {
    severity: Severity,
    code: &'static str,
    key: Option<usize>,
    kid: Option<Box<str>>,
    detail: String,
    remedy: &'static str,
}

impl Check {
    pub(super) fn run(self, output: &mut Output) -> Result<Outcome, Failure> {
        let now = clock::or_system(self.now)?;
        let mut files: Vec<(&Path, Option<TokenKind>)> =
            self.files.iter().map(|file| (file.as_path(), None)).collect();
        files.extend(self.access.as_deref().map(|file| (file, Some(TokenKind::Access))));
        files.extend(self.refresh.as_deref().map(|file| (file, Some(TokenKind::Refresh))));
        if files.is_empty() {
            files.push((Path::new("-"), None));
        }
        let label = |ring| match ring {
            Some(TokenKind::Access) => "--access",
            Some(TokenKind::Refresh) => "--refresh",
            None => "a key set",
        };
        let from_stdin: Vec<(&str, bool)> =
            files.iter().map(|(file, ring)| (label(*ring), sources::is_stdin(file))).collect();
        sources::refuse_stdin_twice(&from_stdin)?;

        let mut checked: Vec<Checked> = files.iter().map(|(file, ring)| check(file, *ring)).collect();
        note_shared_secret(&mut checked);
        let sound = checked.iter().all(Checked::is_sound);
        match output.format {
            Format::Text => checked.iter().try_for_each(|one| output.line(&one.for_person(output, now)))?,
            Format::Json => {
                let files: Vec<Value> = checked.iter().map(|one| one.for_program(now)).collect();
                output.line(&json!({ "ok": sound, "files": files }).to_string())?;
            }
        }
        Ok(if sound { Outcome::Fine } else { Outcome::Unusable })
    }
}

fn check(file: &Path, ring: Option<TokenKind>) -> Checked {
    let name = sources::name(file);
    match sources::read(file, configuration::KEY_SET) {
        Ok(json) => {
            let set = KeySet::from_json(&json, Strength::Enforced);
            let findings = set.findings.iter().map(Found::from).collect();
            Checked { file: name, ring, keys: set.ring, findings }
        }
        // A file that cannot be read must not keep the findings of the others back.
        Err(Unreadable(message)) => {
            Checked { file: name, ring, keys: None, findings: vec![Found::unreadable(message)] }
        }
    }
}

/// Adds the finding to the access ring, where it stands in the gate's configuration, too.
fn note_shared_secret(checked: &mut [Checked]) {
    let ring = |kind| checked.iter().find(|one| one.ring == Some(kind)).and_then(|one| one.keys.as_ref());
    let (Some(access), Some(refresh)) = (ring(TokenKind::Access), ring(TokenKind::Refresh)) else { return };
    let Some(finding) = KeySet::shared_secret(access, refresh) else { return };
    if let Some(access) = checked.iter_mut().find(|one| one.ring == Some(TokenKind::Access)) {
        access.findings.push(Found::from(&finding));
    }
}

impl Checked {
    fn is_sound(&self) -> bool {
        self.keys.is_some() && self.findings.iter().all(|finding| finding.severity < Severity::Error)
    }

    /// How many keys stand where.
    fn count(&self, stage: Stage, now: NumericDate) -> usize {
        let keys = self.keys.as_ref().map(KeyRing::keys).unwrap_or_default();
        keys.iter().filter(|key| key.lifecycle.stage(now) == stage).count()
    }

    fn for_person(&self, output: &Output, now: NumericDate) -> String {
        let mut text = printable(&self.file).into_owned();
        if let Some(ring) = self.ring {
            // Writing to a `String` does not fail.
            let _ = write!(text, " ({})", ring.name());
        }
        if self.is_sound() {
            let stages = STAGES.into_iter().filter_map(|(stage, _, words)| match self.count(stage, now) {
                0 => None,
                count => Some(format!("{count} {words}")),
            });
            let stages: Vec<String> = stages.collect();
            let _ = write!(text, ": {}, keys: {}", output.paint(FINE, "usable"), stages.join(", "));
        } else {
            let _ = write!(text, ": {}", output.paint(TROUBLE, "not usable"));
        }
        for Found { severity, code, key, kid, detail, remedy } in &self.findings {
            let style = if *severity == Severity::Error { TROUBLE } else { CAUTION };
            let _ = write!(text, "\n  {}  {code}  ", output.paint(style, name_of(*severity)));
            let _ = match (kid, key) {
                (Some(kid), _) => write!(text, "key \"{kid}\": "),
                (None, Some(index)) => write!(text, "key {index}: "),
                (None, None) => Ok(()),
            };
            let _ = write!(text, "{}\n    what to do: {remedy}", printable(detail));
        }
        text
    }

    fn for_program(&self, now: NumericDate) -> Value {
        let keys = self.keys.as_ref().map(|_| {
            let counts =
                STAGES.into_iter().map(|(stage, name, _)| (name.to_owned(), self.count(stage, now).into()));
            Value::Object(counts.collect())
        });
        json!({
            "file": self.file,
            "ring": self.ring.map(TokenKind::name),
            "ok": self.is_sound(),
            "keys": keys,
            "findings": self.findings.iter().map(Found::for_program).collect::<Vec<_>>(),
        })
    }
}

/// With their names for programs and for people.
const STAGES: [(Stage, &str, &str); 4] = [
    (Stage::Active, "active", "active"),
    (Stage::NotYetActive, "not_yet_active", "not yet active"),
    (Stage::Retired, "retired", "retired"),
    (Stage::Revoked, "revoked", "revoked"),
];

impl Found {
    fn unreadable(message: String) -> Self {
        Self {
            severity: Severity::Error,
            code: "unreadable",
            key: None,
            kid: None,
            detail: message,
            remedy: "name a file with a JWK Set that you may read",
        }
    }

    fn for_program(&self) -> Value {
        json!({
            "severity": name_of(self.severity),
            "code": self.code,
            "key": self.key,
            "kid": self.kid,
            "detail": self.detail,
            "remedy": self.remedy,
        })
    }
}

impl From<&KeyFinding> for Found {
    fn from(finding: &KeyFinding) -> Self {
        Self {
            severity: finding.fault.severity(),
            code: finding.fault.code(),
            key: finding.key,
            kid: finding.kid.clone(),
            detail: finding.fault.to_string(),
            remedy: remedy::of(finding.fault),
        }
    }
}

fn name_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
