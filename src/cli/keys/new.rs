//! `keys new`: a key set with one fresh secret.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::cli::outcome::{Failure, Outcome};
use crate::cli::output::{self, FINE, Format, Output};
use crate::cli::{secret_file, sources};
use crate::jwt::{Algorithm, KeySet, Strength, base64url};

use super::remedy;

/// Make a key set with one fresh secret.
///
/// The secret comes from the operating system's random numbers and is as long as the algorithm's hash. The key set is
/// printed, or written to a file that only its owner may read.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct New {
    /// The algorithm that the key is for: HS256, HS384 or HS512.
    #[arg(long, default_value = "HS256", value_parser = algorithm)]
    alg: Algorithm,
    /// The key's name, which stands in the header of its tokens. Default: the date and a random suffix.
    #[arg(long)]
    kid: Option<String>,
    /// Write to this file instead of standard output. A file that is there is left alone.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace the file. Tokens signed with its keys will be refused.
    #[arg(long, requires = "out")]
    force: bool,
}

const EXAMPLES: &str = "\
Examples:
  edgewarden keys new --out access.json
  edgewarden keys new --format json | wrangler secret put ACCESS_KEYS";

fn algorithm(name: &str) -> Result<Algorithm, String> {
    Algorithm::from_name(name).ok_or_else(|| {
        let names = Algorithm::ALL.map(Algorithm::name);
        format!("one of {} is expected", names.join(", "))
    })
}

impl New {
    pub(super) fn run(self, output: &mut Output) -> Result<Outcome, Failure> {
        let set = self.fresh_set()?;
        let text = match output.format {
            Format::Text => format!("{set:#}"),
            Format::Json => set.to_string(),
        };
        match &self.out {
            Some(path) if !sources::is_stdin(path) => {
                let file = sources::name(path);
                let written = if self.force { secret_file::replace } else { secret_file::create };
                written(path, &format!("{text}\n")).map_err(|error| match error.kind() {
                    std::io::ErrorKind::AlreadyExists if !self.force => Failure::Usage(format!(
                        "{file} is there already: choose another file, or replace it with --force (tokens signed with its \
                         keys will be refused then)"
                    )),
                    _ => Failure::writing(&file, &error),
                })?;
                output::complain("wrote", FINE, &file);
            }
            _ => output.line(&text)?,
        }
        Ok(Outcome::Fine)
    }

    fn fresh_set(&self) -> Result<Value, Failure> {
        let mut secret = vec![0; self.alg.hash_length()];
        random(&mut secret)?;
        let mut key = Map::new();
        key.insert("kty".to_owned(), "oct".into());
        key.insert("kid".to_owned(), self.kid.clone().map_or_else(dated_name, Ok)?.into());
        key.insert("use".to_owned(), "sig".into());
        key.insert("alg".to_owned(), self.alg.name().into());
        key.insert("k".to_owned(), base64url::encode(&secret).into());
        let mut set = Map::new();
        set.insert("keys".to_owned(), Value::Array(vec![Value::Object(key)]));
        let set = Value::Object(set);

        // The reader has the last word on what is a key, and on what is a name.
        match KeySet::from_json(&set.to_string(), Strength::Enforced).findings.first() {
            None => Ok(set),
            Some(finding) => Err(Failure::Usage(format!("{finding}: {}", remedy::of(finding.fault)))),
        }
    }
}

/// The date in UTC and six random hex digits: names sort by age, and two made on one day differ.
fn dated_name() -> Result<String, Failure> {
    let mut suffix = [0; 3];
    random(&mut suffix)?;
    let [a, b, c] = suffix;
    Ok(format!("{}-{a:02x}{b:02x}{c:02x}", Timestamp::now().strftime("%Y-%m-%d")))
}

fn random(bytes: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(bytes)
        .map_err(|error| Failure::Usage(format!("the operating system gives no random numbers: {error}")))
}
