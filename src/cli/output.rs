//! Standard output and standard error: buffered answers, and colours only for eyes.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anstyle::{AnsiColor, Style};

use super::json_text;
use super::outcome::Failure;

pub(super) const FINE: Style = AnsiColor::Green.on_default().bold();
pub(super) const CAUTION: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const TROUBLE: Style = AnsiColor::Red.on_default().bold();
pub(super) const NAME: Style = AnsiColor::Cyan.on_default();
pub(super) const ASIDE: Style = Style::new().dimmed();

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object per answer.
    Json,
}

/// Where answers go.
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) colours: bool,
    writer: BufWriter<StdoutLock<'static>>,
}

impl Output {
    pub(super) fn new(format: Format) -> Self {
        let stdout = io::stdout().lock();
        let colours = wants_colours(stdout.is_terminal());
        Self { format, colours, writer: BufWriter::with_capacity(1 << 16, stdout) }
    }

    pub(super) fn paint<T: fmt::Display>(&self, style: Style, text: T) -> Painted<T> {
        Painted { style: if self.colours { style } else { Style::new() }, text }
    }

    pub(super) fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.writer.write_all(text.as_bytes())?;
        self.writer.write_all(b"\n").map_err(Failure::from)
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(Failure::from)
    }
}

/// A text in a style, which is set back behind it.
pub(super) struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.style.render(), self.text, self.style.render_reset())
    }
}

/// Says on standard error what is wrong, or worth knowing.
pub(super) fn complain(label: &str, style: Style, message: &str) {
    let mut stderr = io::stderr().lock();
    let style = if wants_colours(stderr.is_terminal()) { style } else { Style::new() };
    // Nobody is left to be told where this fails.
    let _ = writeln!(stderr, "{}: {}", Painted { style, text: label }, json_text::printable(message));
}

/// Says something on standard error that is no trouble.
pub(super) fn say(message: &str) {
    // Nobody is left to be told where this fails.
    let _ = writeln!(io::stderr().lock(), "{message}");
}

/// See <https://no-color.org>.
pub(super) fn wants_colours(terminal: bool) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}
