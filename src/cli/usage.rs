//! Wrong usage, told without repeating what may be a token or a secret.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use super::outcome::Outcome;
use super::output;

/// Words longer than any flag or command: they may be a token, or keys where a file was expected.
const LONGEST_WORD_REPEATED: usize = 32;

/// Shows what `clap` has to say, which is the help text where that was asked for.
pub(super) fn show(error: &clap::Error) -> ExitCode {
    let text = error.render();
    if !error.use_stderr() {
        // Nobody is left to be told where this fails.
        let mut stdout = std::io::stdout().lock();
        let colours = output::wants_colours(stdout.is_terminal());
        let _ = if colours { write!(stdout, "{}", text.ansi()) } else { write!(stdout, "{text}") };
        return Outcome::Fine.exit_code();
    }
    let mut stderr = std::io::stderr().lock();
    let colours = output::wants_colours(stderr.is_terminal());
    let text = if colours { text.ansi().to_string() } else { text.to_string() };
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let _ = write!(stderr, "{}", without_long_words(text, &words));
    Outcome::Unusable.exit_code()
}

fn without_long_words(mut text: String, words: &[String]) -> String {
    // A flag may carry its value behind a `=`.
    let values = words.iter().filter_map(|word| word.split_once('=').map(|(_, value)| value));
    for word in words.iter().map(String::as_str).chain(values) {
        if word.len() > LONGEST_WORD_REPEATED {
            text = text.replace(word, "…");
        }
    }
    text
}
