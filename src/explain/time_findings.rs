//! The token's times: how they are written, against both clocks, and how long the token lives.

use std::borrow::Cow;

use crate::jwt::json::Value;
use crate::jwt::{Action, Claims, Code, NumericDate, Policy, Refusal, TokenKind};

use super::cause::{Cause, Diagnosis, Level, Party};
use super::context::Context;
use super::findings::Findings;
use super::inspection::TIMES;
use super::ladder::Climb;
use super::report::Finding;
use super::spelled::{List, Said, fill};

/// In seconds: how far ahead a time may be for clocks or time zones to explain it.
const MOST_SKEW: f64 = 86_400.0;
/// In seconds: by the clock that made it, a token is new for so long.
const JUST_ISSUED: f64 = 60.0;
/// Without an `iat` beside it, a `nbf` further ahead than this is meant.
const MOST_SKEW_OF_NBF: f64 = 300.0;
/// Above this an access token lives absurdly long: nothing but its expiry ends it.
const MOST_FOR_ACCESS: f64 = 90.0 * 86_400.0;
/// A year in seconds: as a point in time it is 1971, before there were tokens.
const MOST_FOR_A_DURATION: f64 = 31_622_400.0;
/// The longest that browsers keep a cookie (RFC 6265bis §5.5).
const MOST_FOR_REFRESH: f64 = 400.0 * 86_400.0;

/// A time that is no number of seconds.
pub(super) struct Misspelled {
    pub(super) name: &'static str,
    is_text: bool,
    /// The unit that it is in, instead of seconds.
    unit: Option<&'static str>,
}

/// Finds the times that are no seconds, or no numbers, and puts what they mean into `claims`, so that more can be said.
pub(super) fn read_misspelled(claims: &mut Claims<'_>) -> Vec<Misspelled> {
    let mut misspelled = Vec::new();
    for name in TIMES {
        let (is_text, number) = match claims.get(name) {
            Some(Value::Number(number)) => (false, Cow::Borrowed(number)),
            Some(Value::String(text)) => (true, text.decoded()),
            _ => continue,
        };
        let number = number.trim_ascii();
        let (time, unit) = match NumericDate::from_json_number(number) {
            Some(_) if !is_text => continue,
            Some(time) => (Some(time), None),
            None => in_a_finer_unit(number),
        };
        if !is_text && unit.is_none() {
            continue;
        }
        misspelled.push(Misspelled { name, is_text, unit });
        match name {
            "exp" => claims.expires = time,
            "nbf" => claims.not_before = time,
            _ => claims.issued_at = time,
        }
    }
    misspelled
}

/// What is to be said about them.
pub(super) fn find_misspelled(claims: &Claims<'_>, misspelled: &[Misspelled], found: &mut Findings) {
    let (mut texts, mut numbers) = (List::default(), List::default());
    let (mut first_text, mut first_number) = (None, None);
    for time in misspelled {
        if time.is_text {
            texts.add(time.name);
            first_text.get_or_insert(time.name);
        }
        if let Some(unit) = time.unit {
            numbers.add(time.name);
            first_number.get_or_insert((time.name, unit));
        }
    }
    if let Some(first) = first_text {
        found.diagnose(
            Diagnosis::TimestampsAsStrings,
            "As text: {}. The claim `{}` is {}; expected is a JSON number of seconds since 1970, without \
             quotes (RFC 7519 §2). Let the issuer convert it before it writes the claims.",
            &[texts.said(), Said::Text(first), Said::Value(claims.get(first))],
        );
    }
    if let Some((first, unit)) = first_number {
        found.diagnose(
            Diagnosis::TimestampsInMilliseconds,
            "In {}: {}. The claim `{}` is {}; expected are seconds since 1970 (RFC 7519 §2). In JavaScript: \
             `Math.floor(Date.now() / 1000)`.",
            &[Said::Text(unit), numbers.said(), Said::Text(first), Said::Value(claims.get(first))],
        );
    }
}

/// What a number beyond the calendar is in milliseconds or finer, where that is a time of our days.
fn in_a_finer_unit(number: &str) -> (Option<NumericDate>, Option<&'static str>) {
    /// The years 2000 to 2200.
    const PLAUSIBLE: core::ops::Range<f64> = 946_684_800.0..7_258_118_400.0;
    for (power, unit) in [("e-3", "milliseconds"), ("e-6", "microseconds"), ("e-9", "nanoseconds")] {
        // A number may have an exponent already; then it is not one that a clock gave.
        let time = NumericDate::from_json_number(&[number, power].concat());
        if time.is_some_and(|time| PLAUSIBLE.contains(&time.seconds())) {
            return (time, Some(unit));
        }
    }
    (None, None)
}

/// One of the verifier's checks of a time.
#[derive(Clone, Copy)]
enum Check {
    Expiry,
    NotBefore,
    IssuedAt,
    Age,
}

impl Check {
    fn judge(self, policy: &Policy, claims: &Claims<'_>, now: NumericDate) -> Result<(), Refusal> {
        match self {
            Self::Expiry => policy.judge_expiry(claims, now),
            Self::NotBefore => policy.judge_not_before(claims, now),
            Self::IssuedAt => policy.judge_issued_at(claims, now),
            Self::Age => policy.judge_age(claims, now),
        }
    }
}

pub(super) struct TimeFindings<'a, 's> {
    pub(super) context: &'a Context,
    pub(super) claims: &'a Claims<'s>,
    pub(super) climb: &'a Climb,
    pub(super) found: &'a mut Findings,
}

impl TimeFindings<'_, '_> {
    pub(super) fn find(mut self) {
        let claims = self.claims;
        if claims.expires.is_some() {
            self.check(Check::Expiry);
        } else if !claims.has("exp") {
            self.no_expiry();
        }
        self.check(Check::NotBefore);
        self.check(Check::IssuedAt);
        if claims.issued_at.is_some() {
            self.check(Check::Age);
        } else if self.context.policy.max_token_age.is_some() && !claims.has("iat") {
            self.found.refuse(
                Code::ClaimMissing,
                "The claim `iat` is absent, and `max_token_age` is configured: without it nobody knows how \
                 old the token is. Let the issuer write it.",
                &[],
            );
        }
        self.lifetime();
        if !self.found.has(Cause::Diagnosis(Diagnosis::ClockSkew)) {
            self.harmless_skew();
        }
    }

    /// A check by the verifier's clock; by both clocks, where there are two.
    fn check(&mut self, check: Check) {
        let Some(judged_at) = self.context.judged_at() else { return };
        let judge = |now| check.judge(&self.context.policy, self.claims, now);
        let by_verifier = judge(judged_at);
        if let Some((own, verifiers)) = self.two_clocks() {
            match (by_verifier, judge(own)) {
                (Err(refusal), Ok(())) => return self.skew_that_refuses(&refusal, own, verifiers),
                (Ok(()), Err(refusal)) => return self.skew_that_misleads(&refusal, own, verifiers),
                (Ok(()), Ok(())) => return,
                (Err(_), Err(_)) => {}
            }
        } else if by_verifier.is_ok() {
            return;
        }
        let claims = self.claims;
        match (check, claims.expires, claims.not_before, claims.issued_at) {
            (Check::Expiry, Some(expires), ..) => self.expired(expires, judged_at),
            (Check::NotBefore, _, Some(begins), _) => self.not_yet_valid(begins, judged_at),
            (Check::IssuedAt, .., Some(issued)) => self.issued_in_future(issued, judged_at),
            (Check::Age, .., Some(issued)) => self.too_old(issued, judged_at),
            _ => {}
        }
    }

    /// The clock of whoever explains and the verifier's, where they are apart.
    fn two_clocks(&self) -> Option<(NumericDate, NumericDate)> {
        let (own, verifiers) = (self.context.now?, self.context.server_now?);
        (own.since(verifiers).abs() > self.context.policy.leeway).then_some((own, verifiers))
    }

    /// By the verifier's clock the token is refused, and by the other one it would pass.
    fn skew_that_refuses(&mut self, refusal: &Refusal, own: NumericDate, verifiers: NumericDate) {
        // `iat` is the issuer's clock: whoever disagrees with it is wrong.
        let leeway = self.context.policy.leeway;
        let issued = self.claims.issued_at;
        let own_is_behind = issued.is_some_and(|issued| issued.since(own) > leeway);
        let is_new = issued.is_some_and(|issued| own.since(issued).abs() <= JUST_ISSUED.max(leeway));
        if is_over(refusal) && is_new && !own_is_behind {
            // A client whose clock is behind would have to ask in the one minute in which it looks so.
            let finding = self.skew(
                own,
                verifiers,
                "the verifier's clock is most likely ahead",
                ": {}. Synchronise the verifier's clock (NTP). The token is new by the other clock, and has expired \
                 by the verifier's: so would the next one.",
            );
            finding.action = Action::Stop;
        } else if is_over(refusal) {
            let whose = if own_is_behind {
                "the client's clock is behind the issuer's"
            } else {
                "the client's clock is most likely behind"
            };
            let finding = self.skew(
                own,
                verifiers,
                whose,
                ": {}. By the verifier's clock the token has expired. {}, and decide by the server's time (the \
                 `Date` of its answers).",
            );
            (finding.party, finding.action) = (Party::Client, Action::Refresh);
        } else {
            self.skew(
                own,
                verifiers,
                "the verifier's clock is behind the issuer's",
                ": {}. Synchronise the verifier's clock (NTP); until then the token passes as soon as its time \
                 has come there.",
            );
        }
    }

    /// By the verifier's clock the token passes, and the other one says that it does not.
    fn skew_that_misleads(&mut self, refusal: &Refusal, own: NumericDate, verifiers: NumericDate) {
        let whose =
            if is_over(refusal) { "the client's clock is ahead" } else { "the client's clock is behind" };
        let finding = self.skew(
            own,
            verifiers,
            whose,
            ": {}. The verifier accepts the token; a client that goes by its own clock would refresh or wait \
             for nothing. Decide by the server's time (the `Date` of its answers).",
        );
        (finding.party, finding.action) = (Party::Client, Action::None);
        finding.level = Level::Warning;
    }

    /// Both clocks come to the same end, this time.
    fn harmless_skew(&mut self) {
        let Some((own, verifiers)) = self.two_clocks() else { return };
        let whose = if own > verifiers {
            "the client's clock is ahead of the verifier's"
        } else {
            "the client's clock is behind the verifier's"
        };
        let advice = ". It makes no difference to this token now. Decide by the server's time.";
        let finding = self.skew(own, verifiers, whose, advice);
        (finding.party, finding.action) = (Party::Client, Action::None);
        finding.make_remark();
    }

    /// Two clocks that are apart, and whose fault it is: what `advice` has a place for, and after it, for how to renew the token.
    fn skew(
        &mut self,
        own: NumericDate,
        verifiers: NumericDate,
        whose: &str,
        advice: &'static str,
    ) -> &mut Finding {
        let apart = own.whole_seconds().abs_diff(verifiers.whole_seconds());
        let finding = self.found.diagnose(
            Diagnosis::ClockSkew,
            "The client's clock says {}, the verifier's {}: {} s apart{}",
            &[
                Said::Time(own),
                Said::Time(verifiers),
                Said::Seconds(apart),
                Said::Filled(advice, &[Said::Text(whose), Said::Text(self.context.renew())]),
            ],
        );
        estimate(finding, own.since(verifiers), whose);
        finding
    }

    fn expired(&mut self, expires: NumericDate, now: NumericDate) {
        let issued = self.claims.issued_at;
        let is_duration = (60.0..MOST_FOR_A_DURATION).contains(&expires.seconds());
        let is_stillborn = issued.is_some_and(|issued| expires <= issued);
        let is_refresh = self.context.kind == TokenKind::Refresh;
        let advice = if is_duration {
            " The number looks like a duration: `exp` is a point in time, the time of issue plus the \
             lifetime."
        } else if is_stillborn {
            " It had expired when it was issued, at {}: let the issuer compute `exp` in UTC, from its \
             `iat`."
        } else if is_refresh {
            " A refresh token is not renewed by itself: sign in again."
        } else {
            " Refresh it once, ahead of time if possible, and repeat the request once."
        };
        let finding = self.found.refuse(
            Code::Expired,
            "The token expired at {}, {}.{}",
            &[
                Said::Time(expires),
                Said::Distance(expires, now),
                Said::Filled(advice, &[Said::Time(issued.unwrap_or(expires))]),
            ],
        );
        if is_duration || is_stillborn {
            (finding.party, finding.action) = (Party::Issuer, Action::Stop);
        }
    }

    fn no_expiry(&mut self) {
        if self.context.policy.judge_expiry(self.claims, NumericDate::EARLIEST).is_err() {
            self.found.diagnose(
                Diagnosis::NoExpiry,
                "The claim `exp` is absent, and required. Let the issuer write it: minutes for an access token, \
                 days for a refresh token.",
                &[],
            );
        } else {
            let finding = self.found.diagnose(
                Diagnosis::NoExpiry,
                "The claim `exp` is absent, and the policy does not require it: whoever gets hold of the token \
                 keeps it for as long as the key lives. Let the issuer write it, and require it.",
                &[],
            );
            (finding.level, finding.action) = (Level::Warning, Action::None);
        }
    }

    fn not_yet_valid(&mut self, begins: NumericDate, now: NumericDate) {
        let ahead = begins.since(now);
        let is_meant = match self.claims.issued_at {
            // Issued in time, and meant for later.
            Some(issued) => issued.since(now) <= self.context.policy.leeway,
            None => ahead > MOST_SKEW_OF_NBF,
        };
        if !is_meant && ahead <= MOST_SKEW {
            return self.issuer_ahead("nbf", begins, now);
        }
        if self.claims.expires.is_some_and(|expires| expires <= begins) {
            let finding = self.found.refuse(
                Code::NotYetValid,
                "The token is valid from {}, and expires before: it never is. Let the issuer set `nbf` to the \
                 time of issue, in UTC.",
                &[Said::Time(begins)],
            );
            (finding.party, finding.action) = (Party::Issuer, Action::Stop);
            return;
        }
        self.found.refuse(
            Code::NotYetValid,
            "The token is valid from {}, {}. Use it then; should it be meant for now, let the issuer set \
             `nbf` to the time of issue, in UTC.",
            &[Said::Time(begins), Said::Distance(begins, now)],
        );
    }

    fn issued_in_future(&mut self, issued: NumericDate, now: NumericDate) {
        if issued.since(now) <= MOST_SKEW {
            return self.issuer_ahead("iat", issued, now);
        }
        self.found.refuse(
            Code::IssuedInFuture,
            "The token says that it was issued at {}, {}: more than clocks are apart. Let the issuer take \
             `iat` from its clock, in seconds and in UTC, and look at the date of both machines.",
            &[Said::Time(issued), Said::Distance(issued, now)],
        );
    }

    /// The token's time is ahead of the verifier's clock, by no more than clocks and time zones are.
    fn issuer_ahead(&mut self, name: &str, time: NumericDate, now: NumericDate) {
        const HALF_AN_HOUR: f64 = 1800.0;
        let ahead = time.since(now);
        let zones = (ahead / HALF_AN_HOUR).round();
        let is_zone = zones >= 1.0 && (ahead - zones * HALF_AN_HOUR).abs() <= 90.0;
        let advice = if is_zone {
            " That is the distance of a time zone: a local time was taken for UTC, most likely by the issuer."
        } else {
            " Synchronise both clocks (NTP). A few seconds are what `leeway` is for."
        };
        let finding = self.found.diagnose(
            Diagnosis::ClockSkew,
            "The claim `{}` is {}, and the clock here says {}: the issuer's clock is ahead by {} at least, or \
             the clock here is behind.{}",
            &[Said::Text(name), Said::Time(time), Said::Time(now), Said::Span(ahead), Said::Text(advice)],
        );
        finding.party = Party::Issuer;
        estimate(finding, ahead, "the issuer's clock is ahead of the one here, or this one is behind");
    }

    fn too_old(&mut self, issued: NumericDate, now: NumericDate) {
        let Some(limit) = self.context.policy.max_token_age else { return };
        let leeway = self.context.policy.leeway;
        let lifetime = self.lifetime_of();
        let finding = match lifetime {
            Some(lifetime) if lifetime > limit + leeway => self.lives_too_long(lifetime, limit),
            _ => self.found.refuse(
                Code::TokenTooOld,
                "The token was issued at {}, {}; `max_token_age` is {}. {}, and repeat the request once.",
                &[
                    Said::Time(issued),
                    Said::Distance(issued, now),
                    Said::Span(limit),
                    Said::Text(self.context.renew()),
                ],
            ),
        };
        finding.action = Action::Refresh;
    }

    /// From `iat` (or else from now) to `exp`.
    fn lifetime_of(&self) -> Option<f64> {
        let begin = self.claims.issued_at.or(self.claims.not_before).or(self.context.judged_at())?;
        Some(self.claims.expires?.since(begin))
    }

    /// A token that passes now and was given too long a life.
    fn lifetime(&mut self) {
        let policy = &self.context.policy;
        let absurd = match self.context.kind {
            TokenKind::Access => MOST_FOR_ACCESS,
            TokenKind::Refresh => MOST_FOR_REFRESH,
        };
        let limit = policy.max_token_age.map_or(absurd, |limit| limit + policy.leeway);
        if let Some(lifetime) = self.lifetime_of()
            && lifetime > limit
        {
            self.lives_too_long(lifetime, policy.max_token_age.unwrap_or(absurd)).level = Level::Warning;
        }
    }

    fn lives_too_long(&mut self, lifetime: f64, limit: f64) -> &mut Finding {
        let why = match (self.context.policy.max_token_age, self.context.kind) {
            (Some(_), _) => ", and `max_token_age` is ",
            (None, TokenKind::Access) => {
                "; nothing but its expiry ends an access token that was stolen. The most that is reasonable is "
            }
            (None, TokenKind::Refresh) => "; the longest that browsers keep a cookie is ",
        };
        let finding = self.found.diagnose(
            Diagnosis::LifetimeTooLong,
            "It lives for {}{}{}. Let the issuer give it a shorter life, and renew it by refreshing.",
            &[Said::Span(lifetime), Said::Text(why), Said::Span(limit)],
        );
        // A token that is refused for something else is not helped by waiting.
        if self.climb.refusal.is_none() {
            finding.action = Action::None;
        }
        finding
    }
}

/// Whether the token's time has passed, and has not just not come.
fn is_over(refusal: &Refusal) -> bool {
    matches!(refusal.code, Code::Expired | Code::TokenTooOld)
}

/// Puts into the summary how far clocks are apart, in seconds.
fn estimate(finding: &mut Finding, apart: f64, whose: &str) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a span within the calendar")]
    let seconds = apart.abs() as u64;
    let summary = fill("Clocks are {} s apart: {}.", &[Said::Seconds(seconds), Said::Text(whose)]);
    finding.summary = Cow::Owned(summary);
}
