//! Points in time, from the command line, from the system, and for people.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

use crate::jwt::NumericDate;

use super::outcome::Failure;

/// What `--now` takes: seconds since 1970, fractions allowed, or RFC 3339.
pub(super) fn parse(text: &str) -> Result<NumericDate, String> {
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => seconds_of(text.parse().map_err(|_| EXPECTED)?),
    };
    NumericDate::from_seconds(seconds).ok_or_else(|| EXPECTED.to_owned())
}

const EXPECTED: &str = "seconds since 1970 (fractions allowed) or RFC 3339 (2026-01-31T12:00:00Z) is expected, \
                        within the years 1 to 9999";

#[expect(clippy::cast_precision_loss, reason = "seconds of the years 1 to 9999 are far below 2^52")]
fn seconds_of(timestamp: Timestamp) -> f64 {
    timestamp.as_second() as f64 + f64::from(timestamp.subsec_nanosecond()) / 1e9
}

/// The system's clock.
pub(super) fn system() -> Result<NumericDate, Failure> {
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    };
    NumericDate::from_seconds(seconds).ok_or_else(|| {
        Failure::Usage("the system's clock is outside the years 1 to 9999: set it, or pass --now".to_owned())
    })
}

/// The given time, or the system's.
pub(super) fn or_system(now: Option<NumericDate>) -> Result<NumericDate, Failure> {
    now.map_or_else(system, Ok)
}

/// In UTC, to the second; nothing for the very last day of the calendar.
pub(super) fn rfc3339(time: NumericDate) -> Option<String> {
    Timestamp::from_second(time.whole_seconds()).ok().map(|timestamp| timestamp.to_string())
}

/// How far `time` is from `now`: `in 5 min`, `2 days 3 h ago`.
pub(super) fn distance(time: NumericDate, now: NumericDate) -> String {
    let seconds = time.whole_seconds() - now.whole_seconds();
    let span = span(seconds.unsigned_abs());
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {span}"),
        _ => format!("{span} ago"),
    }
}

/// In the two largest units.
fn span(mut seconds: u64) -> String {
    const UNITS: [(&str, &str, u64); 5] = [
        ("year", "years", 31_556_952),
        ("day", "days", 86_400),
        ("h", "h", 3_600),
        ("min", "min", 60),
        ("s", "s", 1),
    ];
    let mut parts = Vec::new();
    for (one, many, length) in UNITS {
        let count = seconds / length;
        seconds %= length;
        match count {
            // The second unit is the one next to the first, or none.
            0 if parts.is_empty() => continue,
            0 => break,
            1 => parts.push(format!("1 {one}")),
            _ => parts.push(format!("{count} {many}")),
        }
        if parts.len() == 2 {
            break;
        }
    }
    parts.join(" ")
}
