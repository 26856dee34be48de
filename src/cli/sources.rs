//! Texts from files and from standard input, which `-` stands for.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::outcome::Failure;

/// No file of keys, claims or policy comes near it; a device would never end.
const LARGEST_FILE: u64 = 16 << 20;

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == OsStr::new("-")
}

/// How a file is called in messages.
pub(super) fn name(path: &Path) -> String {
    if is_stdin(path) {
        "standard input".to_owned()
    } else if is_json(path) {
        "{…}".to_owned()
    } else {
        path.display().to_string()
    }
}

/// Whether somebody has taken the flag for one that takes the text itself. It must not be repeated: there may be a secret in it.
fn is_json(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().trim_ascii_start().starts_with(b"{")
}

/// A text could not be read, or not as text; in words.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) String);

impl From<Unreadable> for Failure {
    fn from(Unreadable(message): Unreadable) -> Self {
        Self::Usage(message)
    }
}

/// The text of a file. `what` it is expected to be stands in messages.
pub(super) fn read(path: &Path, what: &str) -> Result<String, Unreadable> {
    if is_json(path) {
        return Err(Unreadable(format!(
            "a file with {what} is expected, not the text itself: write it to a file, or pass it on standard input and `-`"
        )));
    }
    let cannot = |error: &dyn std::fmt::Display| {
        Unreadable(format!("cannot read {}, expected to be {what}: {error}", name(path)))
    };
    let mut bytes = Vec::new();
    let read = if is_stdin(path) {
        io::stdin().lock().take(LARGEST_FILE + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| cannot(&error))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(cannot(&format_args!("larger than {LARGEST_FILE} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| cannot(&"not UTF-8 text"))
}

/// Standard input can be read only once.
pub(super) fn refuse_stdin_twice(from_stdin: &[(&str, bool)]) -> Result<(), Failure> {
    let readers: Vec<&str> = from_stdin.iter().filter(|(_, reads)| *reads).map(|(what, _)| *what).collect();
    if readers.len() > 1 {
        return Err(Failure::Usage(format!(
            "{} cannot all come from standard input: name a file for all but one",
            readers.join(" and ")
        )));
    }
    Ok(())
}
