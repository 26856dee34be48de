//! What the Durable Object of one refresh token does. There is one object for each token in the whole world, and its events
//! come one after the other: that, and nothing else, makes sure that the origin is asked once, however many callers, tabs,
//! retries or data centres present the token at the same time.
//!
//! `refresh_gate.ts` is the object as the runtime sees it. It tells what happens, and carries out the effects that it gets
//! back, each an object: `load`, `ask` (a request), `timer` (milliseconds), `keep` (what to keep, encrypted, and until when, in
//! milliseconds), `reply` (an outcome).

use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

use super::question::Question;
use super::{origin, with_gate};
use crate::jwt::{Fingerprint, NumericDate};
use crate::session::{
    Answer, Effect, Event, Machine, Outcome, Record, Response, Settled, check_pair, read_answer,
};

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

    /// A caller presents the token and waits.
    pub fn presented(&mut self, env: &worker::Env) -> String {
        self.on(env, Event::Presented)
    }

    /// What was kept has been read, where there was something. `now` in seconds.
    pub fn loaded(&mut self, env: &worker::Env, kept: Option<String>, now: f64) -> String {
        let record = kept.and_then(|kept| Record::from_json(&serde_json::from_str(&kept).ok()?));
        self.on(env, Event::Loaded { record, now })
    }

    /// What was kept could not be read.
    pub fn unreadable(&mut self, env: &worker::Env) -> String {
        self.on(env, Event::Unreadable)
    }

    /// The time of the last timer is over.
    pub fn waited_enough(&mut self, env: &worker::Env) -> String {
        self.on(env, Event::WaitedEnough)
    }

    /// The origin has answered. `now` in seconds.
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen hands over optional texts by value only")]
    pub fn answered(
        &mut self,
        env: &worker::Env,
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

    /// The origin did not answer, and will not.
    pub fn unanswered(&mut self, env: &worker::Env) -> String {
        self.on(env, Event::Answered(Outcome::Unavailable { retry_after: None }))
    }

    /// The record has been written, or could not be.
    pub fn kept(&mut self, env: &worker::Env) -> String {
        self.on(env, Event::Kept)
    }
}

impl Exchange {
    fn on(&mut self, env: &worker::Env, event: Event) -> String {
        let effects = self.machine.on(event);
        let spelled = effects.into_iter().map(|effect| self.spell(env, effect)).collect();
        Value::Array(spelled).to_string()
    }

    fn spell(&self, env: &worker::Env, effect: Effect) -> Value {
        match effect {
            Effect::Load => json!({ "load": true }),
            Effect::Ask => with_gate(
                env,
                |gate| json!({ "ask": origin::refresh_request(&gate.config, &self.question.token, &self.question.headers) }),
            ),
            Effect::StartTimer => with_gate(
                env,
                |gate| json!({ "timer": gate.config.refresh.as_ref().map(|refresh| refresh.timeout_ms) }),
            ),
            Effect::Keep(settled) => with_gate(env, |gate| {
                let window = gate.config.refresh.as_ref().map_or(0, |refresh| refresh.replay_window);
                let until = self.now + f64::from(window);
                let record = Record { settled, until }.to_json().to_string();
                json!({ "keep": record, "until": until * 1000.0 })
            }),
            Effect::Reply(outcome) => json!({ "reply": outcome.to_json().to_string() }),
        }
    }

    /// *Refresh answered 200* is not yet *recovered*: the new pair has to pass at this gate.
    fn judge(&self, env: &worker::Env, answer: Answer) -> Outcome {
        match answer {
            Answer::Refused => Outcome::Settled(Settled::Refused),
            Answer::Unclear { retry_after } => Outcome::Unavailable { retry_after },
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
                    None => Outcome::Unavailable { retry_after: None },
                }
            }
        }
    }
}
