//! The token's times: how they are written, against both clocks, and how long the token lives.

use crate::jwt::json::Value;
use crate::jwt::{Action, Claims, Code, NumericDate, Refusal, TokenKind};

use super::cause::{Cause, Diagnosis, Level, Party};
use super::context::Context;
use super::human_time::{distance, rfc3339, span};
use super::inspection::TIMES;
use super::ladder::Climb;
use super::report::Finding;
use super::spelled::{fill, list, shown};

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
            Some(Value::Number(number)) => (false, number.to_owned()),
            Some(Value::String(text)) => (true, text.decoded().trim().to_owned()),
            _ => continue,
        };
        let (time, unit) = match NumericDate::from_json_number(&number) {
            Some(_) if !is_text => continue,
            Some(time) => (Some(time), None),
            None => in_a_finer_unit(&number),
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
pub(super) fn of_misspelled(claims: &Claims<'_>, misspelled: &[Misspelled]) -> Vec<Finding> {
    let seen = |name: &str| claims.get(name).map(super::shape::value_in_words).unwrap_or_default();
    let mut findings = Vec::new();
    let texts = || misspelled.iter().filter(|time| time.is_text).map(|time| time.name);
    if let Some(first) = texts().next() {
        let fix = fill(
            "As text: {}. The claim `{}` is {}; expected is a JSON number of seconds since 1970, without \
             quotes (RFC 7519 §2). Let the issuer convert it before it writes the claims.",
            &[&list(texts()), first, &seen(first)],
        );
        findings.push(Finding::new(Cause::Diagnosis(Diagnosis::TimestampsAsStrings), fix));
    }
    let finer = || misspelled.iter().filter_map(|time| Some((time.name, time.unit?)));
    if let Some((first, unit)) = finer().next() {
        let fix = fill(
            "In {}: {}. The claim `{}` is {}; expected are seconds since 1970 (RFC 7519 §2). In JavaScript: \
             `Math.floor(Date.now() / 1000)`.",
            &[unit, &list(finer().map(|(name, _)| name)), first, &seen(first)],
        );
        findings.push(Finding::new(Cause::Diagnosis(Diagnosis::TimestampsInMilliseconds), fix));
    }
    findings
}

/// What a number beyond the calendar is in milliseconds or finer, where that is a time of our days.
fn in_a_finer_unit(number: &str) -> (Option<NumericDate>, Option<&'static str>) {
    /// The years 2000 to 2200.
    const PLAUSIBLE: core::ops::Range<f64> = 946_684_800.0..7_258_118_400.0;
    let shifted = |power: &str| {
        // A number may have an exponent already; then it is not one that a clock gave.
        let scaled = [number, power].concat();
        NumericDate::from_json_number(&scaled).filter(|time| PLAUSIBLE.contains(&time.seconds()))
    };
    for (power, unit) in [("e-3", "milliseconds"), ("e-6", "microseconds"), ("e-9", "nanoseconds")] {
        if let Some(time) = shifted(power) {
            return (Some(time), Some(unit));
        }
    }
    (None, None)
}

pub(super) struct TimeFindings<'a, 's> {
    pub(super) context: &'a Context,
    pub(super) claims: &'a Claims<'s>,
    pub(super) climb: &'a Climb,
}

/// One of the verifier's checks of a time.
type Check<'s> = &'s dyn Fn(NumericDate) -> Result<(), Refusal>;

impl TimeFindings<'_, '_> {
    pub(super) fn findings(&self) -> Vec<Finding> {
        let policy = &self.context.policy;
        let claims = self.claims;
        let mut found = Vec::new();
        if claims.expires.is_some() {
            found.extend(self.check(&|now| policy.judge_expiry(claims, now), &|now| self.expired(now)));
        } else if !claims.has("exp") {
            found.push(self.no_expiry());
        }
        found.extend(self.check(&|now| policy.judge_not_before(claims, now), &|now| self.not_yet_valid(now)));
        found.extend(
            self.check(&|now| policy.judge_issued_at(claims, now), &|now| self.issued_in_future(now)),
        );
        if claims.issued_at.is_some() {
            found.extend(self.check(&|now| policy.judge_age(claims, now), &|now| self.too_old(now)));
        } else if policy.max_token_age.is_some() && !claims.has("iat") {
            found.push(Finding::new(
                Cause::Verdict(Code::ClaimMissing),
                "The claim `iat` is absent, and `max_token_age` is configured: without it nobody knows how \
                 old the token is. Let the issuer write it.",
            ));
        }
        found.extend(self.lifetime());
        if found.iter().all(|finding| finding.cause != SKEW) {
            found.extend(self.harmless_skew());
        }
        found
    }

    /// A check by the verifier's clock, and what is to be said when it fails; by both clocks, where there are two.
    fn check(&self, check: Check<'_>, failed: &dyn Fn(NumericDate) -> Finding) -> Option<Finding> {
        let judged_at = self.context.judged_at()?;
        let by_verifier = check(judged_at);
        let Some((own, verifiers)) = self.two_clocks() else {
            return by_verifier.is_err().then(|| failed(judged_at));
        };
        match (by_verifier, check(own)) {
            (Ok(()), Ok(())) => None,
            (Err(_), Err(_)) => Some(failed(judged_at)),
            (Err(refusal), Ok(())) => Some(self.skew_that_refuses(&refusal, own, verifiers)),
            (Ok(()), Err(refusal)) => Some(skew_that_misleads(&refusal, own, verifiers)),
        }
    }

    /// The clock of whoever explains and the verifier's, where they are apart.
    fn two_clocks(&self) -> Option<(NumericDate, NumericDate)> {
        let (own, verifiers) = (self.context.now?, self.context.server_now?);
        (own.since(verifiers).abs() > self.context.policy.leeway).then_some((own, verifiers))
    }

    /// By the verifier's clock the token is refused, and by the other one it would pass.
    fn skew_that_refuses(&self, refusal: &Refusal, own: NumericDate, verifiers: NumericDate) -> Finding {
        let apart = apart(own, verifiers);
        // `iat` is the issuer's clock: whoever disagrees with it is wrong.
        let leeway = self.context.policy.leeway;
        let issued = self.claims.issued_at;
        let own_is_behind = issued.is_some_and(|issued| issued.since(own) > leeway);
        let is_new = issued.is_some_and(|issued| own.since(issued).abs() <= JUST_ISSUED.max(leeway));
        let (whose, party, action, advice) = match refusal.code {
            // A client whose clock is behind would have to ask in the one minute in which it looks so.
            Code::Expired | Code::TokenTooOld if is_new && !own_is_behind => (
                "the verifier's clock is most likely ahead",
                Party::Operator,
                Action::Stop,
                "Synchronise the verifier's clock (NTP). The token is new by the other clock, and has expired \
                 by the verifier's: so would the next one.".to_owned(),
            ),
            Code::Expired | Code::TokenTooOld => (
                if own_is_behind {
                    "the client's clock is behind the issuer's"
                } else {
                    "the client's clock is most likely behind"
                },
                Party::Client,
                Action::Refresh,
                fill(
                    "By the verifier's clock the token has expired. {}, and decide by the server's time (the \
                     `Date` of its answers).",
                    &[self.context.renew()],
                ),
            ),
            _ => (
                "the verifier's clock is behind the issuer's",
                Party::Operator,
                Action::Retry,
                "Synchronise the verifier's clock (NTP); until then the token passes as soon as its time \
                 has come there.".to_owned(),
            ),
        };
        let fix = fill("{}: {}. {}", &[&apart, whose, &advice]);
        Finding::new(SKEW, fix).party(party).action(action).summary(estimate(own.since(verifiers), whose))
    }

    /// Both clocks come to the same end, this time.
    fn harmless_skew(&self) -> Option<Finding> {
        let (own, verifiers) = self.two_clocks()?;
        let whose = if own > verifiers {
            "the client's clock is ahead of the verifier's"
        } else {
            "the client's clock is behind the verifier's"
        };
        let fix = fill(
            "{}. It makes no difference to this token now. Decide by the server's time.",
            &[&apart(own, verifiers)],
        );
        let finding = Finding::new(SKEW, fix).party(Party::Client).action(Action::None);
        Some(finding.summary(estimate(own.since(verifiers), whose)).remark())
    }

    fn expired(&self, now: NumericDate) -> Finding {
        let Some(expires) = self.claims.expires else { return verdict(Code::Expired, String::new()) };
        let at = fill("The token expired at {}, {}.", &[&rfc3339(expires), &distance(expires, now)]);
        if (60.0..MOST_FOR_A_DURATION).contains(&expires.seconds()) {
            let fix = fill(
                "{} The number looks like a duration: `exp` is a point in time, the time of issue plus the \
                 lifetime.",
                &[&at],
            );
            return verdict(Code::Expired, fix).party(Party::Issuer).action(Action::Stop);
        }
        if let Some(issued) = self.claims.issued_at
            && expires <= issued
        {
            let fix = fill(
                "{} It had expired when it was issued, at {}: let the issuer compute `exp` in UTC, from its \
                 `iat`.",
                &[&at, &rfc3339(issued)],
            );
            return verdict(Code::Expired, fix).party(Party::Issuer).action(Action::Stop);
        }
        match self.context.kind {
            TokenKind::Access => verdict(
                Code::Expired,
                at + " Refresh it once, ahead of time if possible, and repeat the request once.",
            ),
            TokenKind::Refresh => {
                verdict(Code::Expired, at + " A refresh token is not renewed by itself: sign in again.")
            }
        }
    }

    fn no_expiry(&self) -> Finding {
        let required = self.context.policy.required_claims.iter().any(|name| name == "exp");
        let fix = if required {
            "The claim `exp` is absent, and required. Let the issuer write it: minutes for an access token, \
             days for a refresh token."
        } else {
            "The claim `exp` is absent, and the policy does not require it: whoever gets hold of the token \
             keeps it for as long as the key lives. Let the issuer write it, and require it."
        };
        let level = if required { Level::Error } else { Level::Warning };
        let finding = Finding::new(Cause::Diagnosis(Diagnosis::NoExpiry), fix).level(level);
        if required { finding } else { finding.action(Action::None) }
    }

    fn not_yet_valid(&self, now: NumericDate) -> Finding {
        let Some(begins) = self.claims.not_before else { return verdict(Code::NotYetValid, String::new()) };
        let ahead = begins.since(now);
        let leeway = self.context.policy.leeway;
        let meant = match self.claims.issued_at {
            // Issued in time, and meant for later.
            Some(issued) => issued.since(now) <= leeway,
            None => ahead > MOST_SKEW_OF_NBF,
        };
        if !meant && ahead <= MOST_SKEW {
            return issuer_ahead("nbf", begins, now);
        }
        if self.claims.expires.is_some_and(|expires| expires <= begins) {
            let fix = fill(
                "The token is valid from {}, and expires before: it never is. Let the issuer set `nbf` to the \
                 time of issue, in UTC.",
                &[&rfc3339(begins)],
            );
            return verdict(Code::NotYetValid, fix).party(Party::Issuer).action(Action::Stop);
        }
        let fix = fill(
            "The token is valid from {}, {}. Use it then; should it be meant for now, let the issuer set \
             `nbf` to the time of issue, in UTC.",
            &[&rfc3339(begins), &distance(begins, now)],
        );
        verdict(Code::NotYetValid, fix)
    }

    fn issued_in_future(&self, now: NumericDate) -> Finding {
        let Some(issued) = self.claims.issued_at else { return verdict(Code::IssuedInFuture, String::new()) };
        if issued.since(now) <= MOST_SKEW {
            return issuer_ahead("iat", issued, now);
        }
        let fix = fill(
            "The token says that it was issued at {}, {}: more than clocks are apart. Let the issuer take \
             `iat` from its clock, in seconds and in UTC, and look at the date of both machines.",
            &[&rfc3339(issued), &distance(issued, now)],
        );
        verdict(Code::IssuedInFuture, fix)
    }

    fn too_old(&self, now: NumericDate) -> Finding {
        let (Some(issued), Some(limit)) = (self.claims.issued_at, self.context.policy.max_token_age) else {
            return verdict(Code::TokenTooOld, String::new());
        };
        if self.lifetime_of().is_some_and(|lifetime| lifetime > limit + self.context.policy.leeway) {
            return self.lives_too_long(limit).level(Level::Error).action(Action::Refresh);
        }
        let fix = fill(
            "The token was issued at {}, {}; `max_token_age` is {}. {}, and repeat the request once.",
            &[&rfc3339(issued), &distance(issued, now), &seconds(limit), self.context.renew()],
        );
        verdict(Code::TokenTooOld, fix)
    }

    /// From `iat` (or else from now) to `exp`.
    fn lifetime_of(&self) -> Option<f64> {
        let begin = self.claims.issued_at.or(self.claims.not_before).or(self.context.judged_at())?;
        Some(self.claims.expires?.since(begin))
    }

    /// A token that passes now and was given too long a life.
    fn lifetime(&self) -> Option<Finding> {
        let policy = &self.context.policy;
        let absurd = match self.context.kind {
            TokenKind::Access => MOST_FOR_ACCESS,
            TokenKind::Refresh => MOST_FOR_REFRESH,
        };
        let lifetime = self.lifetime_of()?;
        let limit = policy.max_token_age.map_or(absurd, |limit| limit + policy.leeway);
        (lifetime > limit)
            .then(|| self.lives_too_long(policy.max_token_age.unwrap_or(absurd)).level(Level::Warning))
    }

    fn lives_too_long(&self, limit: f64) -> Finding {
        let lifetime = self.lifetime_of().unwrap_or_default();
        let why = match (self.context.policy.max_token_age, self.context.kind) {
            (Some(_), _) => ", and `max_token_age` is ",
            (None, TokenKind::Access) => {
                "; nothing but its expiry ends an access token that was stolen. The most that is reasonable is "
            }
            (None, TokenKind::Refresh) => "; the longest that browsers keep a cookie is ",
        };
        let fix = fill(
            "It lives for {}{}{}. Let the issuer give it a shorter life, and renew it by refreshing.",
            &[&seconds(lifetime), why, &seconds(limit)],
        );
        let finding = Finding::new(Cause::Diagnosis(Diagnosis::LifetimeTooLong), fix);
        // A token that is refused for something else is not helped by waiting.
        if self.climb.refusal.is_some() { finding } else { finding.action(Action::None) }
    }
}

const SKEW: Cause = Cause::Diagnosis(Diagnosis::ClockSkew);

fn verdict(code: Code, fix: String) -> Finding {
    Finding::new(Cause::Verdict(code), fix)
}

fn seconds(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a span within the calendar")]
    let whole = seconds.max(0.0) as u64;
    if whole < 60 { span(whole) } else { fill("{} ({} s)", &[&span(whole), &whole.to_string()]) }
}

fn apart(own: NumericDate, verifiers: NumericDate) -> String {
    let (own_seconds, verifiers_seconds) = (own.whole_seconds(), verifiers.whole_seconds());
    fill(
        "The client's clock says {}, the verifier's {}: {} s apart",
        &[&rfc3339(own), &rfc3339(verifiers), &own_seconds.abs_diff(verifiers_seconds).to_string()],
    )
}

fn estimate(apart: f64, whose: &str) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a span within the calendar")]
    let seconds = apart.abs() as u64;
    fill("Clocks are {} s apart: {}.", &[&seconds.to_string(), whose])
}

/// The token's time is ahead of the verifier's clock, by no more than clocks and time zones are.
fn issuer_ahead(name: &str, time: NumericDate, now: NumericDate) -> Finding {
    const HALF_AN_HOUR: f64 = 1800.0;
    let ahead = time.since(now);
    let zones = (ahead / HALF_AN_HOUR).round();
    let is_zone = zones >= 1.0 && (ahead - zones * HALF_AN_HOUR).abs() <= 90.0;
    let advice = if is_zone {
        " That is the distance of a time zone: a local time was taken for UTC, most likely by the issuer."
    } else {
        " Synchronise both clocks (NTP). A few seconds are what `leeway` is for."
    };
    let fix = fill(
        "The claim `{}` is {}, and the clock here says {}: the issuer's clock is ahead by {} at least, or \
         the clock here is behind.{}",
        &[name, &rfc3339(time), &rfc3339(now), &shown(seconds(ahead).as_bytes(), 60), advice],
    );
    Finding::new(SKEW, fix)
        .party(Party::Issuer)
        .summary(estimate(ahead, "the issuer's clock is ahead of the one here, or this one is behind"))
}

/// By the verifier's clock the token passes, and the other one says that it does not.
fn skew_that_misleads(refusal: &Refusal, own: NumericDate, verifiers: NumericDate) -> Finding {
    let whose = match refusal.code {
        Code::Expired | Code::TokenTooOld => "the client's clock is ahead",
        _ => "the client's clock is behind",
    };
    let fix = fill(
        "{}: {}. The verifier accepts the token; a client that goes by its own clock would refresh or wait \
         for nothing. Decide by the server's time (the `Date` of its answers).",
        &[&apart(own, verifiers), whose],
    );
    Finding::new(SKEW, fix)
        .party(Party::Client)
        .action(Action::None)
        .level(Level::Warning)
        .summary(estimate(own.since(verifiers), whose))
}
