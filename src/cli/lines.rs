//! Standard input, line by line, in bounded memory.

use std::io::{self, BufRead, BufReader, Read, StdinLock};

use super::outcome::Failure;
use super::output;

/// The longest line that is read whole, in bytes: far more than the longest token that any policy allows, with its keys.
pub(super) const LONGEST_LINE: usize = 4 << 20;

pub(super) struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
}

/// One line, without its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Its bytes, the first [`LONGEST_LINE`] of them.
    pub(super) bytes: &'a [u8],
    /// How many there were; where it is cut, its end is counted in.
    pub(super) length: u64,
}

impl Line<'_> {
    pub(super) fn is_cut(&self) -> bool {
        self.length > self.bytes.len() as u64
    }
}

impl Lines<StdinLock<'static>> {
    /// Those of standard input. A person at a terminal is told what is awaited.
    pub(super) fn of_stdin(awaited: &str) -> Self {
        let stdin = io::stdin().lock();
        if io::IsTerminal::is_terminal(&stdin) {
            output::say(&format!("Reading {awaited} from the terminal; end with Ctrl-D."));
        }
        Self::new(stdin)
    }
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(1 << 16, input), line: Vec::new() }
    }

    /// The next line. `before_waiting` is called when no whole line is at hand, so that whoever waits for the answers to the
    /// lines before gets them.
    pub(super) fn next(
        &mut self,
        before_waiting: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<Option<Line<'_>>, Failure> {
        if !self.input.buffer().contains(&b'\n') {
            before_waiting()?;
        }
        self.line.clear();
        let most = LONGEST_LINE as u64 + 1;
        (&mut self.input).take(most).read_until(b'\n', &mut self.line).map_err(|error| unreadable(&error))?;
        if self.line.is_empty() {
            return Ok(None);
        }
        let mut length = self.line.len() as u64;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            if self.line.last() == Some(&b'\r') {
                self.line.pop();
            }
            length = self.line.len() as u64;
        } else if self.line.len() > LONGEST_LINE {
            length += self.input.skip_until(b'\n').map_err(|error| unreadable(&error))? as u64;
            self.line.truncate(LONGEST_LINE);
        }
        Ok(Some(Line { bytes: &self.line, length }))
    }
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::Usage(format!("cannot read standard input: {error}"))
}
