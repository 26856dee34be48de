//! The state machine of one refresh token.

use super::record::Record;
use super::successor::{Pair, Unusable};

/// What has happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A caller presents the token and waits.
    Presented,
    /// What was kept has been read.
    Loaded {
        /// The record, where there is one.
        record: Option<Record>,
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
    /// Keep this for the length of the window, then send [`Event::Kept`].
    Keep(Settled),
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
        /// Seconds.
        retry_after: Option<u32>,
    },
}

/// One refresh token's exchange. Lives as long as the instance that runs it: after a restart a new one goes on from what
/// was kept.
#[derive(Debug, Default)]
pub struct Machine {
    phase: Phase,
    /// Whether somebody waits for a reply.
    waited_for: bool,
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
        match (core::mem::take(&mut self.phase), event) {
            (Phase::Idle, Event::Presented) => {
                self.waited_for = true;
                self.phase = Phase::Loading;
                vec![Effect::Load]
            }
            (Phase::Asking, Event::Presented) => {
                self.phase = Phase::Asking;
                // Whoever waits already has set the timer for all.
                if core::mem::replace(&mut self.waited_for, true) { vec![] } else { vec![Effect::StartTimer] }
            }
            (phase @ (Phase::Loading | Phase::Keeping(_)), Event::Presented) => {
                self.phase = phase;
                self.waited_for = true;
                vec![]
            }
            (Phase::Loading, Event::Loaded { record: Some(record), now }) if record.lasts(now) => {
                self.reply(Outcome::Settled(record.settled))
            }
            (Phase::Loading, Event::Loaded { .. }) => {
                self.phase = Phase::Asking;
                vec![Effect::StartTimer, Effect::Ask]
            }
            // Not knowing is no reason to ask again.
            (Phase::Loading, Event::Unreadable) => self.reply(Outcome::Unavailable { retry_after: None }),
            (Phase::Asking, Event::WaitedEnough) => {
                // A late answer may hold the only copy of the successor: it is still waited for, and kept.
                self.phase = Phase::Asking;
                self.reply(Outcome::Unavailable { retry_after: None })
            }
            (Phase::Asking, Event::Answered(Outcome::Settled(settled))) => {
                self.phase = Phase::Keeping(settled.clone());
                vec![Effect::Keep(settled)]
            }
            (Phase::Asking, Event::Answered(unavailable)) => self.reply(unavailable),
            (Phase::Keeping(settled), Event::Kept) => self.reply(Outcome::Settled(settled)),
            // A timer that went off after the reply, or an event that nobody asked for.
            (phase, _) => {
                self.phase = phase;
                vec![]
            }
        }
    }

    fn reply(&mut self, outcome: Outcome) -> Vec<Effect> {
        if core::mem::take(&mut self.waited_for) { vec![Effect::Reply(outcome)] } else { vec![] }
    }
}
