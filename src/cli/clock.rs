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
