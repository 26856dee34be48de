//! `sign`: a token for trying things out, or for a test. It is made as an issuer would make it.

use std::path::{Path, PathBuf};

use crate::jwt::json::Object;
use crate::jwt::{Key, KeyRing, NumericDate, Stage, sign};

use super::outcome::{Failure, Outcome};
use super::output::{self, CAUTION, Format, Output};
use super::{clock, configuration, sources};
use crate::jwt::json_text::push_quoted_or_null;

/// Sign claims, and print the token alone.
///
/// The key is the newest one of the set that may sign now, or the one that --kid names.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Sign {
    /// A file with a JWK Set (`-` for standard input).
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
    /// The claims, a JSON object: as it stands, `@FILE`, or `-` for standard input.
    #[arg(long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    claims: String,
    /// Sign with the key of this `kid`, even if the token will be refused (you are told).
    #[arg(long)]
    kid: Option<String>,
    /// The header's `typ`, such as at+jwt (RFC 9068); an empty one for none.
    #[arg(long, default_value = "JWT")]
    typ: String,
    /// Sign as of this time: seconds since 1970 or RFC 3339. Default: the system's clock.
    #[arg(long, value_name = "TIME", value_parser = clock::parse, allow_hyphen_values = true)]
    now: Option<NumericDate>,
    /// Add `iat` (now) and `exp` (so many seconds later; a negative number makes an expired token).
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    expires_in: Option<i64>,
}

const EXAMPLES: &str = "\
Examples:
  edgewarden sign --keys keys.json --claims '{\"sub\":\"me\",\"scope\":\"events.read\"}' --expires-in 900
  edgewarden sign --keys keys.json --claims @claims.json --kid 2026-01-31-5f0c2a --typ at+jwt";

impl Sign {
    pub(super) fn run(self, output: &mut Output) -> Result<Outcome, Failure> {
        sources::refuse_stdin_twice(&[
            ("--keys", sources::is_stdin(&self.keys)),
            ("--claims", self.claims == "-"),
        ])?;
        let now = clock::or_system(self.now)?;
        let ring = configuration::ring(&self.keys)?;
        let key = self.key(&ring, now)?;
        let claims = self.claims(now)?;
        let typ = Some(self.typ.as_str()).filter(|typ| !typ.is_empty());
        let token = sign(key, typ, &claims);
        match output.format {
            Format::Text => output.line(&token)?,
            Format::Json => {
                let mut answer = format!("{{\"token\":\"{token}\",\"kid\":");
                push_quoted_or_null(&mut answer, key.kid.as_deref());
                answer.push('}');
                output.line(&answer)?;
            }
        }
        Ok(Outcome::Fine)
    }

    fn key<'r>(&self, ring: &'r KeyRing, now: NumericDate) -> Result<&'r Key, Failure> {
        let file = sources::name(&self.keys);
        let Some(kid) = &self.kid else {
            return ring.newest_signing_key(now).ok_or_else(|| {
                Failure::Usage(format!(
                    "no key of {file} may sign at this time: all are past their `exp` or `edgewarden:sign_until`, before \
                     their `nbf`, or revoked; make a new one with `edgewarden keys new`, or name one with --kid"
                ))
            });
        };
        let key = ring.keys().iter().find(|key| key.kid.as_deref() == Some(kid)).ok_or_else(|| {
            let known: Vec<&str> = ring.keys().iter().filter_map(|key| key.kid.as_deref()).collect();
            Failure::Usage(format!("{file} has no key of this `kid`; it has: {}", known.join(", ")))
        })?;
        if let Some(refused) = why_refused(key, now) {
            output::complain("warning", CAUTION, &format!("the token will be refused: the key {refused}"));
        }
        Ok(key)
    }

    fn claims(&self, now: NumericDate) -> Result<String, Failure> {
        const CLAIMS: &str = "claims, a JSON object";
        let text = match self.claims.strip_prefix('@') {
            Some(file) => sources::read(Path::new(file), CLAIMS)?,
            None if self.claims == "-" => sources::read(Path::new("-"), CLAIMS)?,
            None => self.claims.clone(),
        };
        let text = text.trim();
        let object = Object::parse_unique_deep(text.as_bytes())
            .map_err(|fault| Failure::Usage(format!("--claims must be a JSON object, but it {fault}")))?;
        match self.expires_in {
            None => Ok(text.to_owned()),
            Some(seconds) => with_times(text, &object, now.whole_seconds(), seconds),
        }
    }
}

fn why_refused(key: &Key, now: NumericDate) -> Option<&'static str> {
    match key.lifecycle.stage(now) {
        Stage::Active if key.lifecycle.sign_until.is_some_and(|until| now >= until) => {
            Some("is past its `edgewarden:sign_until` (key_retired)")
        }
        Stage::Active => None,
        Stage::NotYetActive => Some("is before its `nbf` (key_not_active)"),
        Stage::Retired => Some("is past its `exp` (key_retired)"),
        Stage::Revoked => Some("is revoked (key_revoked)"),
    }
}

/// Adds `iat` and `exp` to the text, so that everything else stays as it was written.
fn with_times(text: &str, claims: &Object<'_>, issued: i64, seconds: i64) -> Result<String, Failure> {
    if let Some(name) = ["iat", "exp"].into_iter().find(|name| claims.get(name).is_some()) {
        return Err(Failure::Usage(format!(
            "--expires-in adds `{name}`, and the claims have one already: leave one of them out"
        )));
    }
    let expires = issued.checked_add(seconds).filter(|&expires| is_a_time(expires)).ok_or_else(|| {
        Failure::Usage("--expires-in must lead to a time within the years 1 to 9999".to_owned())
    })?;
    let members = text.strip_suffix('}').unwrap_or(text).trim_end();
    let comma = if claims.members().next().is_some() { "," } else { "" };
    Ok(format!("{members}{comma}\"iat\":{issued},\"exp\":{expires}}}"))
}

fn is_a_time(seconds: i64) -> bool {
    NumericDate::from_json_number(&seconds.to_string()).is_some()
}
