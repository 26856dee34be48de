//! Points in time as RFC 7519 §2 has them: `NumericDate`, seconds since 1970, fractions allowed.

use core::fmt;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds ignored. Always finite and within the years 1 to 9999, so that
/// sums and differences neither overflow nor lose their order.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct NumericDate(f64);

/// 9999-12-31T23:59:59Z. Milliseconds taken for seconds lie beyond it.
const LATEST: f64 = 253_402_300_799.0;
/// 0001-01-01T00:00:00Z.
const EARLIEST: f64 = -62_135_596_800.0;

impl NumericDate {
    /// The beginning of the year 1: before it, nothing has expired.
    pub(crate) const EARLIEST: Self = Self(EARLIEST);

    /// A point in time, or nothing when `seconds` is not finite or outside the years 1 to 9999.
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        (EARLIEST..=LATEST).contains(&seconds).then_some(Self(seconds))
    }

    /// From a JSON number as written. Nothing when it is out of range.
    #[must_use]
    pub fn from_json_number(number: &str) -> Option<Self> {
        Self::from_seconds(decimal(number.as_bytes())?)
    }

    /// The seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0
    }

    /// The whole seconds since 1970, rounded down.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the range of the type is far inside i64's")]
    pub fn whole_seconds(self) -> i64 {
        self.0.floor() as i64
    }

    /// Seconds from `earlier` to this; negative when `earlier` is the later one.
    #[must_use]
    pub fn since(self, earlier: Self) -> f64 {
        self.0 - earlier.0
    }
}

/// The value of a JSON number to within a few units in the last place: far below a microsecond for any time there is.
///
/// The standard library's exact conversion would be a tenth of the whole edge bundle, most of it a table.
pub(crate) fn decimal(number: &[u8]) -> Option<f64> {
    /// More digits than an `f64` can tell apart.
    const DIGITS: u32 = 18;
    /// Beyond these, every number is zero or out of range, whatever its digits.
    const EXPONENTS: core::ops::RangeInclusive<i64> = -40..=40;

    let (negative, mut rest) = match number {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if !rest.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let (mut mantissa, mut digits, mut exponent) = (0_u64, 0, 0_i64);
    let mut fraction = false;
    loop {
        match *rest {
            [digit @ b'0'..=b'9', ref after @ ..] => {
                if digits < DIGITS {
                    mantissa = mantissa * 10 + u64::from(digit - b'0');
                    digits += u32::from(mantissa != 0);
                    exponent -= i64::from(fraction);
                } else {
                    exponent += i64::from(!fraction);
                }
                rest = after;
            }
            [b'.', ref after @ ..] if !fraction => (fraction, rest) = (true, after),
            _ => break,
        }
    }
    if let [b'e' | b'E', power @ ..] = rest {
        exponent = exponent.saturating_add(power_of_ten(power)?);
    } else if !rest.is_empty() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "eighteen digits, of which an f64 keeps fifteen")]
    let magnitude = match (mantissa, i32::try_from(exponent.clamp(-400, 400))) {
        (0, _) => 0.0,
        (_, Ok(power)) if EXPONENTS.contains(&exponent) => {
            let scale = 10_f64.powi(power.abs());
            if power < 0 { mantissa as f64 / scale } else { mantissa as f64 * scale }
        }
        _ if exponent < 0 => 0.0,
        _ => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// The exponent part of a number, after its `e`.
fn power_of_ten(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let mut power = 0_i64;
    for &digit in digits {
        let digit = char::from(digit).to_digit(10)?;
        power = power.saturating_mul(10).saturating_add(i64::from(digit));
    }
    Some(if negative { -power } else { power })
}

impl fmt::Display for NumericDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.whole_seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::NumericDate;

    fn seconds(number: &str) -> Option<f64> {
        NumericDate::from_json_number(number).map(NumericDate::seconds)
    }

    #[test]
    fn numbers_in_every_spelling_of_json_have_their_value() {
        for (text, value) in [
            ("0", 0.0),
            ("-0", 0.0),
            ("1700000000", 1.7e9),
            ("1700000000.25", 1_700_000_000.25),
            ("1.7e9", 1.7e9),
            ("17E+8", 1.7e9),
            ("170000000000000000000000000000e-20", 1.7e9),
            ("0.0000000000000000000000000000017e39", 1.7e9),
            ("-1.5", -1.5),
            ("1e-300", 0.0),
            ("0e999999999999999999999", 0.0),
            ("253402300799", 253_402_300_799.0),
        ] {
            let seen = seconds(text).unwrap();
            assert!((seen - value).abs() <= value.abs() * 1e-14, "{text}: {seen}");
        }
    }

    #[test]
    fn times_outside_the_years_1_to_9999_are_refused_and_never_wrap() {
        for text in [
            "253402300800",
            "1e12",
            "1e400",
            "-1e400",
            "9e99999999999999999999",
            "-62135596801",
            "18446744073709551616",
            "99999999999999999999999999999999999999999999999999999999",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
