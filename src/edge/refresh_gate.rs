//! What the Durable Object of one refresh token does. There is one object for each token in the whole world, and its events
//! come one after the other: that, and nothing else, makes sure that the origin is asked once, however many callers, tabs,
//! retries or data centres present the token at the same time.
//!
//! `refresh_gate.ts` is the object as the runtime sees it. It tells what happens, and carries out the effects that it gets
//! back, each an object: `load`, `ask` (a request), `timer` (milliseconds), `keep` (what to keep, encrypted, and until when, in
//! seconds; beside it, for other objects to read, `next`, the name of the successor's object, or `ended`), `revoke` (a
//! request), `reply` (an outcome).

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::question::Question;
use super::{origin, with_gate};
use crate::config::Config;
use crate::jwt::json_text::{ObjectText, push_array};
use crate::jwt::{Fingerprint, NumericDate};
use crate::session::{
    Answer, Effect, Event, Machine, Outcome, Record, Response, Settled, check_pair, object_name, read_answer,
};

/// What can happen, as `refresh_gate.ts` counts it.
const HAPPENINGS: [fn() -> Event; 6] = [
    || Event::Presented,
    || Event::Ended,
    || Event::Unreadable,
    || Event::WaitedEnough,
    || Event::Answered(Outcome::unavailable("unreachable")),
    || Event::Kept,
];

/// The exchange of one refresh token.
#[wasm_bindgen]
pub struct Exchange {
    machine: Machine,
    question: Question,
    now: f64,
}

#[wasm_bindgen]
impl Exchange {
    /// For the token of this question; nothing when it is none.
    #[must_use]
    pub fn of(question: &str) -> Option<Self> {
        let question = Question::from_json(question)?;
        Some(Self { machine: Machine::default(), question, now: 0.0 })
    }

    /// Something has happened that needs no more words than its number in [`HAPPENINGS`]. `now` in seconds.
    pub fn happened(&mut self, env: &JsValue, happening: usize, now: f64) -> String {
        self.now = now;
        self.on(env, HAPPENINGS.get(happening).map_or(Event::Unreadable, |event| event()))
    }

    /// What was kept has been read, where there was something. `over`: whether the session of its successor has been ended.
    /// `now` in seconds.
    pub fn loaded(&mut self, env: &JsValue, kept: Option<String>, over: bool, now: f64) -> String {
        let record = kept.and_then(|kept| Record::from_json(&kept));
        self.on(env, Event::Loaded { record, over, now })
    }

    /// The origin has answered. `now` in seconds.
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen hands over optional texts by value only")]
    pub fn answered(
        &mut self,
        env: &JsValue,
        status: u16,
        retry_after: Option<String>,
        body: &str,
        now: f64,
    ) -> String {
        self.now = now;
        let response = Response { status, retry_after: retry_after.as_deref(), body: body.as_bytes() };
        let outcome = self.judge(env, read_answer(&response));
        self.on(env, Event::Answered(outcome))
    }
}

impl Exchange {
    fn on(&mut self, env: &JsValue, event: Event) -> String {
        let effects = self.machine.on(event);
        with_gate(env, |gate| {
            let spelled: Vec<String> =
                effects.into_iter().map(|effect| self.spell(&gate.config, effect)).collect();
            let mut text = String::new();
            push_array(&mut text, &spelled, |text, effect| text.push_str(effect));
            text
        })
    }

    fn spell(&self, config: &Config, effect: Effect) -> String {
        let refresh = config.refresh.as_ref();
        let headers = &self.question.headers;
        let mut spelled = ObjectText::new();
        match effect {
            Effect::Load => spelled.flag("load", true),
            Effect::Ask => {
                let request = origin::refresh_request(config, &self.question.token, headers);
                spelled.json_or_null("ask", request.as_deref());
            }
            Effect::StartTimer => {
                spelled.number_or_null("timer", refresh.map(|refresh| refresh.timeout_ms.into()));
            }
            Effect::Keep(settled) => {
                let window = refresh.map_or(0, |refresh| refresh.replay_window);
                spelled.json("keep", &self.keep(settled, window));
            }
            Effect::Revoke(pair) => {
                let token = pair.refresh_token.unwrap_or_default();
                let request = origin::revoke_request(config, &token, headers);
                spelled.json_or_null("revoke", request.as_deref());
            }
            Effect::Reply(outcome) => spelled.text("reply", &outcome.to_json()),
        }
        spelled.finish()
    }

    fn keep(&self, settled: Settled, window: u32) -> String {
        let ended = matches!(settled, Settled::Ended);
        let until = if ended { self.end_of_life() } else { self.now + f64::from(window) };
        let next = self.next(&settled);
        let mut keep = ObjectText::new();
        keep.text("record", &Record { settled, until }.to_json());
        keep.seconds("until", until);
        keep.flag("ended", ended);
        keep.text_or_null("next", next.as_deref());
        keep.finish()
    }

    /// Until when an ended token has to be remembered, in seconds. A day covers any leeway.
    fn end_of_life(&self) -> f64 {
        const DAY: f64 = 86_400.0;
        let longest = self.now + 366.0 * DAY;
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
        self.question.presented.expires.map_or(longest, |expires| longest.min(expires as f64 + DAY))
    }

    /// The object of the successor. That its session has been ended is known there.
    fn next(&self, settled: &Settled) -> Option<String> {
        let Settled::Pair(pair) = settled else { return None };
        let token = pair.refresh_token.as_ref().filter(|token| **token != self.question.token);
        token.map(|token| object_name(token))
    }

    /// *Refresh answered 200* is not yet *recovered*: the new pair has to pass at this gate.
    fn judge(&self, env: &JsValue, answer: Answer) -> Outcome {
        match answer {
            Answer::Refused => Outcome::Settled(Settled::Refused),
            Answer::Unclear { reason, retry_after } => Outcome::Unavailable { reason, retry_after },
            Answer::Tokens { ref access_token, .. } => {
                let successor = Fingerprint::of(access_token.as_bytes());
                let judged = with_gate(env, |gate| {
                    let verifier = gate.config.verifier.as_ref()?;
                    check_pair(
                        answer,
                        &self.question.presented,
                        verifier,
                        NumericDate::from_seconds(self.now)?,
                    )
                });
                match judged {
                    Some(Ok(pair)) => Outcome::Settled(Settled::Pair(pair)),
                    Some(Err(why)) => {
                        Outcome::Settled(Settled::Unusable { why, successor: successor.to_string() })
                    }
                    None => Outcome::unavailable("configuration_invalid"),
                }
            }
        }
    }
}
