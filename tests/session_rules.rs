//! The promises of one refresh token's exchange, against a model of everything around it: callers, the store, the origin,
//! the network, the clock, and instances that die at any moment.

#![cfg(not(target_arch = "wasm32"))]

use edgewarden::session::{Effect, Event, Machine, Outcome, Pair, Record, Settled};
use proptest::prelude::*;

const WINDOW: f64 = 30.0;

/// How long the token is good: longer than any of these stories.
const LIFETIME: f64 = 10_000.0;

/// As many cases as `PROPTEST_CASES` says, or else this number.
fn cases(number: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|number| number.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(asked.unwrap_or(number)) }
}

/// What can happen next. What has nothing to happen to does nothing.
#[derive(Debug, Clone, Copy)]
enum Step {
    Call,
    /// Somebody signs out with the token.
    SignOut,
    /// Somebody signs out with the successor.
    SuccessorSignsOut,
    Read,
    ReadFails,
    /// The question reaches the origin, whose ledger decides.
    Arrives,
    /// The origin's answer reaches the gate; nothing that did not arrive is answered.
    Answers,
    /// The question or its answer is lost, or the origin fails before it looks into its ledger.
    Lost,
    Written,
    WriteFails,
    /// The record is written, and the instance dies before it learns of that.
    WrittenThenCrash,
    Crash,
    TimerEnds,
    Seconds(u8),
    Alarm,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Call),
        4 => Just(Step::Read),
        4 => Just(Step::Arrives),
        4 => Just(Step::Answers),
        4 => Just(Step::Written),
        1 => Just(Step::ReadFails),
        1 => Just(Step::Lost),
        1 => Just(Step::WriteFails),
        1 => Just(Step::WrittenThenCrash),
        1 => Just(Step::Crash),
        2 => Just(Step::TimerEnds),
        2 => (0..=20_u8).prop_map(Step::Seconds),
        1 => Just(Step::Alarm),
    ]
}

/// The same, and people sign out.
fn step_or_end() -> impl Strategy<Value = Step> {
    prop_oneof![12 => step(), 1 => Just(Step::SignOut)]
}

/// The steps without which no answer is ever lost.
fn calm_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Call),
        Just(Step::Read),
        Just(Step::ReadFails),
        Just(Step::Arrives),
        Just(Step::Answers),
        Just(Step::Written),
        Just(Step::TimerEnds),
    ]
}

/// A question on its way.
#[derive(Debug, Clone, PartialEq)]
enum Question {
    Sent,
    /// The origin has decided. Its answer is on the way back.
    Decided(Settled),
}

/// An origin that rotates refresh tokens and takes reuse for theft.
#[derive(Debug, Default)]
struct Origin {
    honours_idempotency: bool,
    successor: Option<u32>,
    issued: u32,
    alarms: u32,
    /// The successors that it was told are of no more use. It knows nothing of families: what it is not told lives on.
    revoked: Vec<Pair>,
}

impl Origin {
    fn decide(&mut self) -> Settled {
        match self.successor {
            Some(successor) if self.honours_idempotency => Settled::Pair(pair(successor)),
            Some(_) => {
                self.alarms += 1;
                Settled::Refused
            }
            None => {
                self.issued += 1;
                self.successor = Some(self.issued);
                Settled::Pair(pair(self.issued))
            }
        }
    }
}

fn pair(number: u32) -> Pair {
    Pair {
        access_token: format!("access {number}"),
        refresh_token: Some(format!("refresh {number}")),
        scope: None,
        expires: None,
        refresh_expires: None,
    }
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Default)]
struct World {
    machine: Machine,
    now: f64,
    store: Option<Record>,
    origin: Origin,
    reading: bool,
    asking: Option<Question>,
    /// Questions of instances that have died since, still on their way to the origin.
    strays: u32,
    writing: Option<Settled>,
    /// What could not be written: it may be told, for nothing better will come.
    unwritten: Option<Settled>,
    timer: bool,
    waiting: u32,
    /// All that callers have been told, in order.
    told: Vec<Outcome>,
    /// Whether this instance knows that somebody has signed out. It forgets with it what was not written.
    ended: bool,
    /// Whether somebody has signed out with the successor.
    over: bool,
}

type Checked = Result<(), TestCaseError>;

impl World {
    fn new(honours_idempotency: bool) -> Self {
        Self { origin: Origin { honours_idempotency, ..Origin::default() }, ..Self::default() }
    }

    fn take(&mut self, step: Step) -> Checked {
        match step {
            Step::Call => {
                self.waiting += 1;
                self.tell(Event::Presented)?;
            }
            Step::SignOut => {
                self.waiting += 1;
                self.ended = true;
                self.tell(Event::Ended)?;
            }
            Step::SuccessorSignsOut => {
                self.over |= self.told.iter().any(|told| matches!(told, Outcome::Settled(Settled::Pair(_))));
            }
            Step::Read if self.reading => {
                self.reading = false;
                let record = self.store.as_ref().map(stored_and_read);
                let (over, now) = (self.over, self.now);
                self.tell(Event::Loaded { record, over, now })?;
            }
            Step::ReadFails if self.reading => {
                self.reading = false;
                self.tell(Event::Unreadable)?;
            }
            Step::Arrives if self.asking == Some(Question::Sent) => {
                self.asking = Some(Question::Decided(self.origin.decide()));
            }
            Step::Arrives if self.strays > 0 => {
                self.strays -= 1;
                self.origin.decide();
            }
            Step::Answers => {
                if let Some(Question::Decided(settled)) = self.asking.clone() {
                    self.asking = None;
                    self.tell(Event::Answered(Outcome::Settled(settled)))?;
                }
            }
            Step::Lost if self.asking.is_some() => {
                self.asking = None;
                self.tell(Event::Answered(Outcome::unavailable("unreachable")))?;
            }
            Step::Written | Step::WrittenThenCrash => {
                if let Some(settled) = self.writing.take() {
                    let lasts = if settled == Settled::Ended { LIFETIME } else { WINDOW };
                    self.store = Some(Record { settled, until: self.now + lasts });
                    if matches!(step, Step::Written) {
                        self.tell(Event::Kept)?;
                    } else {
                        self.crash();
                    }
                }
            }
            Step::WriteFails => {
                if let Some(settled) = self.writing.take() {
                    self.unwritten = Some(settled);
                    self.tell(Event::Kept)?;
                }
            }
            Step::Crash => self.crash(),
            Step::TimerEnds if self.timer => {
                self.timer = false;
                self.tell(Event::WaitedEnough)?;
            }
            Step::Seconds(seconds) => self.now += f64::from(seconds),
            Step::Alarm if self.store.as_ref().is_some_and(|record| !record.lasts(self.now)) => {
                self.store = None;
            }
            _ => {}
        }
        self.check()
    }

    /// The instance is gone, and with it all but the store. Callers see a broken connection. A question that the origin has
    /// not seen yet may still arrive there.
    fn crash(&mut self) {
        self.strays += u32::from(self.asking == Some(Question::Sent));
        self.machine = Machine::default();
        self.reading = false;
        self.asking = None;
        self.writing = None;
        self.unwritten = None;
        self.timer = false;
        self.waiting = 0;
        self.ended = false;
    }

    /// Whether it is certain, whatever dies, that somebody has signed out.
    fn end_is_kept(&self) -> bool {
        self.store.as_ref().is_some_and(|record| record.settled == Settled::Ended && record.lasts(self.now))
    }

    fn tell(&mut self, event: Event) -> Checked {
        for effect in self.machine.on(event) {
            match effect {
                Effect::Load => {
                    prop_assert!(!self.reading && self.writing.is_none());
                    // A question whose answer nobody wants any more may still be on its way.
                    prop_assert!(self.ended || self.asking.is_none());
                    self.reading = true;
                }
                Effect::Ask => {
                    prop_assert!(self.asking.is_none(), "two questions in flight");
                    prop_assert!(self.writing.is_none(), "asked while an answer is being written");
                    let known = self.store.as_ref().is_some_and(|record| record.lasts(self.now));
                    prop_assert!(!known, "asked what is known");
                    prop_assert!(!self.ended, "asked on behalf of somebody who has signed out");
                    self.unwritten = None;
                    self.asking = Some(Question::Sent);
                }
                Effect::StartTimer => self.timer = true,
                Effect::Keep(settled) => {
                    prop_assert!(self.writing.is_none());
                    prop_assert!(!self.ended || settled == Settled::Ended, "kept after the end");
                    self.writing = Some(settled);
                }
                Effect::Revoke(pair) => {
                    prop_assert!(self.ended, "revoked while somebody is signed in");
                    self.origin.revoked.push(pair);
                }
                Effect::Reply(outcome) => self.reply(outcome)?,
            }
        }
        Ok(())
    }

    fn reply(&mut self, outcome: Outcome) -> Checked {
        prop_assert!(self.waiting > 0, "a reply to nobody");
        if let Outcome::Settled(settled) = &outcome {
            let kept = self.store.as_ref().is_some_and(|record| record.settled == *settled);
            let for_the_successor = self.over && *settled == Settled::Ended;
            let told_for = kept || self.unwritten.as_ref() == Some(settled) || for_the_successor;
            prop_assert!(told_for, "told before it was kept");
            let is_pair = matches!(settled, Settled::Pair(_));
            prop_assert!(!(is_pair && (self.ended || self.end_is_kept())), "a pair for nobody");
        }
        self.timer = false;
        self.waiting = 0;
        self.told.push(outcome);
        Ok(())
    }

    /// Holds after every step.
    fn check(&self) -> Checked {
        let something_will_happen =
            self.reading || self.writing.is_some() || (self.asking.is_some() && self.timer);
        prop_assert!(self.waiting == 0 || something_will_happen, "somebody waits for nothing");
        if self.origin.honours_idempotency {
            prop_assert!(self.origin.issued <= 1 && self.origin.alarms == 0);
        }
        Ok(())
    }

    /// Nothing new comes, and what was begun ends.
    fn settle(&mut self) -> Checked {
        use Step::{Answers, Arrives, Read, TimerEnds, Written};
        // What is written last may be the end, in place of an answer that had to be written before.
        for step in [Read, TimerEnds, Arrives, Answers, Written, Written, Read] {
            self.take(step)?;
        }
        prop_assert_eq!(self.waiting, 0, "somebody was never told");
        Ok(())
    }

    fn told_settled(&self) -> Vec<&Settled> {
        let settled = self.told.iter().filter_map(|outcome| match outcome {
            Outcome::Settled(settled) => Some(settled),
            Outcome::Unavailable { .. } => None,
        });
        settled.collect()
    }
}

/// A record as it comes back from where it was kept.
fn stored_and_read(record: &Record) -> Record {
    let back = Record::from_json(&record.to_json());
    assert_eq!(back.as_ref(), Some(record));
    back.unwrap_or_else(|| record.clone())
}

proptest! {
    #![proptest_config(cases(500))]

    /// Whatever happens, and in whatever order: one question at a time, nobody is told what is not kept, nobody is left
    /// waiting; and an origin that honours the idempotency key never sees a reuse, so that everybody gets the same pair.
    #[test]
    fn an_idempotent_origin_makes_one_successor_and_everybody_gets_it(steps in prop::collection::vec(step(), 0..80)) {
        let mut world = World::new(true);
        for step in steps {
            world.take(step)?;
        }
        world.settle()?;
        for settled in world.told_settled() {
            prop_assert_eq!(settled, &Settled::Pair(pair(1)));
        }
    }

    /// An origin that does not honour it keeps the other promises; and nobody gets another pair than the one there is.
    #[test]
    fn another_origin_makes_one_successor_too(steps in prop::collection::vec(step(), 0..80)) {
        let mut world = World::new(false);
        for step in steps {
            world.take(step)?;
        }
        world.settle()?;
        prop_assert!(world.origin.issued <= 1);
        for settled in world.told_settled() {
            prop_assert!(matches!(settled, Settled::Refused) || *settled == Settled::Pair(pair(1)));
        }
    }

    /// Where no answer is lost, nothing is written in vain and nothing dies, no origin sees a reuse within the window.
    #[test]
    fn no_reuse_within_the_window(steps in prop::collection::vec(calm_step(), 0..80)) {
        let mut world = World::new(false);
        for step in steps {
            world.take(step)?;
        }
        world.settle()?;
        prop_assert_eq!(world.origin.alarms, 0);
    }

    /// Once somebody has been told of a pair that was written, everybody is told of it until the window closes, however often
    /// the instance dies.
    #[test]
    fn what_was_kept_is_told_until_the_window_closes(
        steps in prop::collection::vec(step(), 0..60),
        within in 0_u8..30,
        crashes in any::<bool>(),
    ) {
        let mut world = World::new(false);
        for step in [Step::Call, Step::Read, Step::Arrives, Step::Answers, Step::Written] {
            world.take(step)?;
        }
        let opened = world.now;
        for step in steps {
            let closed = |seconds: u8| world.now + f64::from(seconds) >= opened + WINDOW;
            if matches!(step, Step::Seconds(seconds) if closed(seconds)) {
                continue;
            }
            world.take(step)?;
        }
        if crashes {
            world.take(Step::Crash)?;
        }
        world.now = world.now.max(opened + f64::from(within));
        world.take(Step::Call)?;
        world.settle()?;
        prop_assert_eq!(world.origin.alarms, 0);
        for settled in world.told_settled() {
            prop_assert_eq!(settled, &Settled::Pair(pair(1)));
        }
    }

    /// The window does not move: asking again and again does not keep a pair for longer.
    #[test]
    fn the_window_is_fixed(pauses in prop::collection::vec(1_u8..10, 1..40)) {
        let mut world = World::new(true);
        for step in [Step::Call, Step::Read, Step::Arrives, Step::Answers, Step::Written] {
            world.take(step)?;
        }
        let opened = world.now;
        for pause in pauses {
            for step in [Step::Seconds(pause), Step::Call, Step::Read] {
                world.take(step)?;
            }
            if world.now >= opened + WINDOW {
                prop_assert_eq!(&world.asking, &Some(Question::Sent));
                break;
            }
            prop_assert_eq!(&world.asking, &None);
        }
    }

    /// Whoever has signed out stays signed out: no pair for anybody from then on, and no question. Holds within one
    /// instance from the moment he asked for it, and for every later one when he has been told that it is done.
    #[test]
    fn whoever_signs_out_is_signed_out(
        before in prop::collection::vec(step(), 0..40),
        after in prop::collection::vec(step(), 0..40),
        honours_idempotency in any::<bool>(),
    ) {
        let mut world = World::new(honours_idempotency);
        for step in before {
            world.take(step)?;
        }
        world.take(Step::SignOut)?;
        world.settle()?;
        prop_assert_eq!(world.told.last(), Some(&Outcome::Settled(Settled::Ended)));
        prop_assert!(world.end_is_kept());
        let told = world.told.len();
        for step in after {
            world.take(step)?;
            prop_assert!(world.asking.is_none(), "asked after the end");
        }
        world.settle()?;
        for outcome in world.told.iter().skip(told) {
            let unclear = matches!(outcome, Outcome::Unavailable { .. });
            prop_assert!(unclear || *outcome == Outcome::Settled(Settled::Ended), "told {outcome:?}");
        }
    }

    /// People sign out in the middle of anything: all other promises hold.
    #[test]
    fn the_promises_hold_when_people_sign_out(
        steps in prop::collection::vec(step_or_end(), 0..80),
        honours_idempotency in any::<bool>(),
    ) {
        let mut world = World::new(honours_idempotency);
        for step in steps {
            world.take(step)?;
        }
        world.settle()?;
        prop_assert!(world.origin.issued <= 1);
    }

    /// Where nothing dies and nothing is lost, a successor that the origin has made does not outlive the end of its session:
    /// neither the one that was told within the window, nor the one whose answer was still on its way.
    #[test]
    fn the_successor_is_revoked_with_the_session(
        before in prop::collection::vec(calm_step(), 0..20),
        between in prop::collection::vec(calm_step(), 0..20),
    ) {
        let mut world = World::new(false);
        for step in before {
            if !matches!(step, Step::ReadFails) {
                world.take(step)?;
            }
        }
        world.take(Step::SignOut)?;
        for step in between {
            if !matches!(step, Step::ReadFails) {
                world.take(step)?;
            }
        }
        world.settle()?;
        world.settle()?;
        let live = world.origin.successor.is_some() && !world.origin.revoked.contains(&pair(1));
        prop_assert!(!live, "the successor lives on");
    }

    /// Whoever signs out with the successor has signed out of the answer that was lost, too.
    #[test]
    fn a_replay_after_the_successor_has_signed_out_tells_no_pair(
        steps in prop::collection::vec(calm_step(), 0..20),
        crashes in any::<bool>(),
    ) {
        let mut world = World::new(true);
        for step in [Step::Call, Step::Read, Step::Arrives, Step::Answers, Step::Written, Step::SuccessorSignsOut] {
            world.take(step)?;
        }
        if crashes {
            world.take(Step::Crash)?;
        }
        let told = world.told.len();
        for step in steps {
            world.take(step)?;
        }
        world.settle()?;
        world.take(Step::Call)?;
        world.settle()?;
        prop_assert_eq!(world.told.last(), Some(&Outcome::Settled(Settled::Ended)));
        for outcome in world.told.iter().skip(told) {
            prop_assert!(!matches!(outcome, Outcome::Settled(Settled::Pair(_))));
        }
    }
}
