//! The state machine of one refresh token.

use super::record::Record;
use super::successor::{Pair, Unusable};

/// What has happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A caller presents the token and waits.
    Presented,
    /// A caller signs out with the token, and waits until that is certain.
    Ended,
    /// What was kept has been read.
    Loaded {
        /// The record, where there is one.
        record: Option<Record>,
        /// Whether somebody has signed out with a token that this one was exchanged for.
        over: bool,
        /// Now, in seconds.
        now: f64,
    },
    /// What was kept could not be read.
    Unreadable,
    /// Those who wait have waited long enough. The origin may still answer.
    WaitedEnough,
    /// The origin has answered, or certainly will not.
    Answered(Outcome),
    /// The record has been written; or could not be, which changes nothing for those who wait.
    Kept,
}

/// What is to be done, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Read what was kept, then send [`Event::Loaded`].
    Load,
    /// Ask the origin, then send [`Event::Answered`].
    Ask,
    /// Send [`Event::WaitedEnough`] after the configured time.
    StartTimer,
    /// Keep this in place of what was kept before, then send [`Event::Kept`]: for the length of the window, and
    /// [`Settled::Ended`] for as long as the token would be good.
    Keep(Settled),
    /// Tell the origin that the refresh token of this pair is of no more use: its session has been ended.
    Revoke(Pair),
    /// Tell everyone who waits.
    Reply(Outcome),
}

/// How an exchange ended for good.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// A pair that passes at the gate.
    Pair(Pair),
    /// The origin says no.
    Refused,
    /// Its session has been ended by whoever had it.
    Ended,
    /// A pair that the gate would refuse.
    Unusable {
        /// Why.
        why: Unusable,
        /// The fingerprint of its access token, for the log: the issuer's own log may know it.
        successor: String,
    },
}

/// What a caller is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is settled.
    Settled(Settled),
    /// The origin gave no clear answer. Nobody is signed out; try again after so many seconds, where the origin said.
    Unavailable {
        /// Why, for the log: a stable word.
        reason: String,
        /// Seconds.
        retry_after: Option<u32>,
    },
}

impl Outcome {
    /// No clear answer, and nothing said of when to ask again.
    #[must_use]
    pub fn unavailable(reason: &str) -> Self {
        Self::Unavailable { reason: reason.to_owned(), retry_after: None }
    }
}

/// One refresh token's exchange. Lives as long as the instance that runs it: after a restart a new one goes on from what
/// was kept.
#[derive(Debug, Default)]
pub struct Machine {
    phase: Phase,
    /// Whether somebody waits for a reply.
    waited_for: bool,
    /// Whether somebody has signed out with the token. From then on, no pair is kept or told, and the origin not asked; the
    /// answer to a question that is still on its way is nobody's.
    ended: bool,
}

#[derive(Debug, Default, PartialEq)]
enum Phase {
    #[default]
    Idle,
    /// Reading what was kept.
    Loading,
    /// The origin has been asked.
    Asking,
    /// Its answer is being kept. Nobody is told before, or a crash could make the gate ask again for a token that is spent.
    Keeping(Settled),
}

impl Machine {
    /// Takes in one event.
    pub fn on(&mut self, event: Event) -> Vec<Effect> {
        self.ended |= matches!(event, Event::Ended);
        match (core::mem::take(&mut self.phase), event) {
            (Phase::Idle, Event::Presented | Event::Ended) => {
                self.waited_for = true;
                self.phase = Phase::Loading;
                vec![Effect::Load]
            }
            (Phase::Asking, Event::Presented) => {
                self.phase = Phase::Asking;
                // Whoever waits already has set the timer for all.
                if core::mem::replace(&mut self.waited_for, true) { vec![] } else { vec![Effect::StartTimer] }
            }
            (Phase::Asking, Event::Ended) => {
                self.waited_for = true;
                self.end(None)
            }
            (phase @ (Phase::Loading | Phase::Keeping(_)), Event::Presented | Event::Ended) => {
                self.phase = phase;
                self.waited_for = true;
                vec![]
            }
            (Phase::Loading, Event::Loaded { record, over, now }) => {
                let record = record.filter(|record| record.lasts(now));
                self.loaded(record.map(|record| record.settled), over)
            }
            (Phase::Loading, Event::Unreadable) if self.ended => self.end(None),
            // Not knowing is no reason to ask again.
            (Phase::Loading, Event::Unreadable) => self.reply(Outcome::unavailable("store_unreadable")),
            (Phase::Asking, Event::WaitedEnough) => {
                // A late answer may hold the only copy of the successor: it is still waited for, and kept.
                self.phase = Phase::Asking;
                self.reply(Outcome::unavailable("timeout"))
            }
            (phase, Event::Answered(outcome)) if self.ended => {
                self.phase = phase;
                if let Outcome::Settled(settled) = outcome { revoke(Some(settled)) } else { vec![] }
            }
            (Phase::Asking, Event::Answered(Outcome::Settled(settled))) => {
                self.phase = Phase::Keeping(settled.clone());
                vec![Effect::Keep(settled)]
            }
            (Phase::Asking, Event::Answered(unavailable)) => self.reply(unavailable),
            (Phase::Keeping(settled), Event::Kept) if self.ended && !matches!(settled, Settled::Ended) => {
                self.end(Some(settled))
            }
            (Phase::Keeping(settled), Event::Kept) => self.reply(Outcome::Settled(settled)),
            // A timer that went off after the reply, or an event that nobody asked for.
            (phase, _) => {
                self.phase = phase;
                vec![]
            }
        }
    }

    fn loaded(&mut self, kept: Option<Settled>, over: bool) -> Vec<Effect> {
        match kept {
            Some(Settled::Ended) => self.reply(Outcome::Settled(Settled::Ended)),
            kept if self.ended => self.end(kept),
            Some(Settled::Pair(_)) if over => self.reply(Outcome::Settled(Settled::Ended)),
            Some(settled) => self.reply(Outcome::Settled(settled)),
            None => {
                self.phase = Phase::Asking;
                vec![Effect::StartTimer, Effect::Ask]
            }
        }
    }

    /// Keeps the end in place of what was `kept`. A successor that somebody may have, or may have had, goes with it.
    fn end(&mut self, kept: Option<Settled>) -> Vec<Effect> {
        self.phase = Phase::Keeping(Settled::Ended);
        let mut effects = revoke(kept);
        effects.push(Effect::Keep(Settled::Ended));
        effects
    }

    fn reply(&mut self, outcome: Outcome) -> Vec<Effect> {
        if core::mem::take(&mut self.waited_for) { vec![Effect::Reply(outcome)] } else { vec![] }
    }
}

fn revoke(settled: Option<Settled>) -> Vec<Effect> {
    match settled {
        Some(Settled::Pair(pair)) if pair.refresh_token.is_some() => vec![Effect::Revoke(pair)],
        _ => vec![],
    }
}
