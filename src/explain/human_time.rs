//! Points in time and spans, for people. In UTC and to the second.

use crate::jwt::NumericDate;

use crate::jwt::json_text::{push_digits, push_whole};

/// As RFC 3339 has it: `2026-01-31T12:00:00Z`.
#[must_use]
pub(crate) fn rfc3339(time: NumericDate) -> String {
    let mut text = String::with_capacity(20);
    push_rfc3339(&mut text, time);
    text
}

pub(crate) fn push_rfc3339(out: &mut String, time: NumericDate) {
    let seconds = time.whole_seconds();
    let (days, second_of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    for (number, digits, after) in [
        (year, 4, "-"),
        (month, 2, "-"),
        (day, 2, "T"),
        (second_of_day / 3600, 2, ":"),
        (second_of_day / 60 % 60, 2, ":"),
        (second_of_day % 60, 2, "Z"),
    ] {
        push_digits(out, number.unsigned_abs(), digits);
        out.push_str(after);
    }
}

/// The date of a day counted from 1970-01-01. After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years
/// begin in March, so that a leap day is the last day of its year.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    // From 0000-03-01.
    let days = days + 719_468;
    let era = days.div_euclid(DAYS_OF_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_OF_400_YEARS);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

/// How far `time` is from `now`: `in 5 min`, `2 days 3 h ago`.
#[must_use]
#[cfg_attr(
    not(feature = "cli"),
    expect(dead_code, reason = "the command line's; findings write into their sentence")
)]
pub(crate) fn distance(time: NumericDate, now: NumericDate) -> String {
    let mut text = String::new();
    push_distance(&mut text, time, now);
    text
}

pub(crate) fn push_distance(out: &mut String, time: NumericDate, now: NumericDate) {
    let seconds = time.whole_seconds() - now.whole_seconds();
    if seconds == 0 {
        return out.push_str("now");
    }
    if seconds > 0 {
        out.push_str("in ");
    }
    push_span(out, seconds.saturating_abs());
    if seconds < 0 {
        out.push_str(" ago");
    }
}

/// Appends a span of seconds, in the two largest units.
pub(crate) fn push_span(out: &mut String, mut seconds: i64) {
    const UNITS: [(&str, &str, i64); 5] = [
        (" year", " years", 31_556_952),
        (" day", " days", 86_400),
        (" h", " h", 3_600),
        (" min", " min", 60),
        (" s", " s", 1),
    ];
    let mut is_second = false;
    for (one, many, length) in UNITS {
        let count = seconds / length;
        seconds %= length;
        if count == 0 {
            // The second unit is the one next to the first, or none.
            if is_second {
                return;
            }
            continue;
        }
        if is_second {
            out.push(' ');
        }
        push_whole(out, count);
        out.push_str(if count == 1 { one } else { many });
        if is_second {
            return;
        }
        is_second = true;
    }
    if !is_second {
        out.push_str("0 s");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> NumericDate {
        NumericDate::from_seconds(seconds).unwrap()
    }

    #[test]
    fn dates_of_the_calendar() {
        for (seconds, text) in [
            (0.0, "1970-01-01T00:00:00Z"),
            (-1.0, "1969-12-31T23:59:59Z"),
            (951_782_399.9, "2000-02-28T23:59:59Z"),
            (951_782_400.0, "2000-02-29T00:00:00Z"),
            (1_709_164_800.0, "2024-02-29T00:00:00Z"),
            (4_107_542_400.0, "2100-03-01T00:00:00Z"),
            (1_800_000_000.0, "2027-01-15T08:00:00Z"),
            (253_402_300_799.0, "9999-12-31T23:59:59Z"),
            (-62_135_596_800.0, "0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(at(seconds)), text);
        }
    }

    #[test]
    fn distances_in_the_two_largest_units() {
        assert_eq!(distance(at(65.0), at(0.0)), "in 1 min 5 s");
        assert_eq!(distance(at(0.0), at(2.0 * 86_400.0 + 3.0 * 3600.0 + 5.0)), "2 days 3 h ago");
        assert_eq!(distance(at(0.0), at(0.0)), "now");
    }
}
