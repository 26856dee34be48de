//! The Worker: a request, judged; a response, or the origin's. The only room that knows HTTP.
//!
//! What costs time at the edge is not the cryptography but the crossing between JavaScript and wasm. So a request crosses
//! once: `entry.ts` writes what matters of it as text into [`wire`]'s input, calls [`decide`], and carries out the
//! decision that it finds in the output. Every decision is made here; `entry.ts` only carries.
//!
//! | file | job |
//! |---|---|
//! | `entry.ts` | the Worker's entry point: carries requests in and decisions out |
//! | `forward.ts` | sends an allowed request to the origin |
//! | `wire` | the two buffers, and the spelling of what is in them |
//! | `environment` | bindings, variables and secrets: the configuration's sources |
//! | `request` | a request as it came over the wire |
//! | `gate` | the judgement |
//! | `credentials`, `cookies`, `csrf` | where a request carries its token, and when a cookie counts |
//! | `endpoints` | what the gate answers under its own mount |
//! | `exchange`, `parameters` | refreshing and ending sessions |
//! | `refresh_gate`, `question` | the Durable Object that asks the origin once |
//! | `origin` | what the origin is asked |
//! | `login` | the origin's token response as cookies |
//! | `operator` | what operators may ask |
//! | `answer`, `problem` | responses of the gate itself |
//! | `outage` | an allowed request that the origin left without an answer |
//! | `identity` | what the origin is told about the caller |
//! | `log` | one line for each decision |

#![expect(unreachable_pub, reason = "what JavaScript calls must be `pub`, and nobody else can reach it")]

mod answer;
mod cookies;
mod credentials;
mod csrf;
mod endpoints;
mod environment;
mod exchange;
mod gate;
mod identity;
mod log;
mod login;
mod operator;
mod origin;
mod outage;
mod parameters;
mod problem;
mod question;
mod refresh_gate;
mod request;
mod wire;

use std::cell::{OnceCell, RefCell};

use js_sys::JSON;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::config::{Config, Origin};
use crate::jwt::NumericDate;
use crate::jwt::json_text::ObjectText;
use gate::Gate;
use wire::Wire;

thread_local! {
    /// Read once for each instance of the Worker: its environment does not change.
    static GATE: OnceCell<Gate> = const { OnceCell::new() };
    static WIRE: RefCell<Wire> = RefCell::new(Wire::new());
}

/// Reads the configuration. To be called once, before everything else. Returns what `entry.ts` needs of it, as JSON.
#[wasm_bindgen]
#[must_use]
pub fn configure(env: &JsValue) -> String {
    with_gate(env, |gate| {
        let config = &gate.config;
        let origin = match &config.origin {
            Some(Origin::Url(url)) => Some(url.as_str()),
            Some(Origin::Service) | None => None,
        };
        let findings: Vec<String> = config.findings.iter().map(log::finding).collect();
        let mut settings = ObjectText::new();
        settings.text("mount", &config.mount);
        settings.text_or_null("origin", origin);
        settings.flag("service", config.origin == Some(Origin::Service));
        settings.number("timeout", config.origin_timeout_ms);
        settings.flag("forwardAuthorization", config.forward_authorization);
        settings.flag("logAllowed", config.log_allowed);
        settings.texts("reads", &headers_that_matter(config));
        settings.texts("findings", &findings);
        settings.finish()
    })
}

/// Hands the gate to `then`; reads the configuration where it has not been read yet. A Durable Object may be the first.
fn with_gate<T>(env: &JsValue, then: impl FnOnce(&Gate) -> T) -> T {
    GATE.with(|cell| then(cell.get_or_init(|| Gate::new(environment::read_config(env)))))
}

/// The headers that every judgement may need, besides `Authorization`. Each costs every request.
fn headers_that_matter(config: &Config) -> Vec<&'static str> {
    let mut names = Vec::new();
    if config.cookies.is_some() {
        names.extend(["cookie", "x-edgewarden-csrf", "upgrade"]);
    }
    if config.cookies.is_some() || !config.cors.origins.is_empty() {
        names.push("origin");
    }
    names
}

/// Where the input begins in the memory, with room for at least `size` bytes. The place moves when the room grows.
#[wasm_bindgen]
#[must_use]
pub fn input(size: usize) -> *const u8 {
    WIRE.with_borrow_mut(|wire| wire.room(size))
}

/// Where the output of the last decision begins in the memory.
#[wasm_bindgen]
#[must_use]
pub fn output() -> *const u8 {
    WIRE.with_borrow(Wire::output)
}

/// Judges the request that stands in the first `length` bytes of the input, at the time `now` in seconds. Returns the
/// length of the output, times eight, plus what it is: see [`wire::Kind`].
#[wasm_bindgen]
#[must_use]
pub fn decide(length: usize, now: f64) -> u32 {
    WIRE.with_borrow_mut(|wire| {
        GATE.with(|cell| {
            let now = NumericDate::from_seconds(now);
            match (cell.get(), now) {
                (Some(gate), Some(now)) => {
                    wire.exchange(length, |request, out| gate.decide(request, now, out))
                }
                // Not configured, or the clock is nowhere: there is nothing to judge with.
                _ => wire.exchange(length, gate::closed),
            }
        })
    })
}

/// The response for a request that was allowed, but that the origin did not answer, or not in time (`late`). The input is
/// the one that it was allowed for, the output as for a refusal.
#[wasm_bindgen]
#[must_use]
pub fn origin_unavailable(length: usize, now: f64, late: bool) -> u32 {
    WIRE.with_borrow_mut(|wire| {
        GATE.with(|cell| {
            let now = NumericDate::from_seconds(now);
            wire.exchange(length, |request, out| outage::answer(cell.get(), request, late, now, out))
        })
    })
}

/// Begins the exchange of the refresh token of a request that was decided to be [`wire::Kind::Exchange`], or the end of its
/// session. `request` is spelt with all its headers; `body` is empty where the token is in a cookie. Returns a plan for
/// `exchange.ts`, as a JSON object, or what [`finish_exchange`] does.
#[wasm_bindgen]
#[must_use]
pub fn prepare_exchange(env: &JsValue, request: &str, body: &str) -> String {
    with_gate(env, |gate| match exchange::prepare(gate, request, body) {
        exchange::Prepared::Answer(exchanged) => exchanged.spell(),
        exchange::Prepared::Plan(plan) => plan,
    })
}

/// Ends it, with the same request and plan, and with what was said to the plan. Returns the kind of what is to be done, a
/// line `set-cookie: …` for each cookie, an empty line, and the output as of [`decide`].
#[wasm_bindgen]
#[must_use]
pub fn finish_exchange(env: &JsValue, request: &str, plan: &str, outcome: &str) -> String {
    with_gate(env, |gate| exchange::finish(gate, request, plan, outcome).spell())
}

/// The answer to a login, from the status and body of the origin's response. Anything but an answer: the response goes to the
/// page as it is.
#[wasm_bindgen]
#[must_use]
pub fn login_answer(length: usize, status: u16, body: &str, now: f64) -> u32 {
    WIRE.with_borrow_mut(|wire| {
        GATE.with(|cell| {
            let gate = cell.get().zip(NumericDate::from_seconds(now));
            wire.exchange(length, |request, out| match gate {
                Some((gate, now)) => login::answer(gate, request, status, body, now, out),
                None => gate::closed(request, out),
            })
        })
    })
}

/// The answer to an operator's question about a token, which is in the body of a request that was decided to be
/// [`wire::Kind::Explain`].
#[wasm_bindgen]
#[must_use]
pub fn explain_answer(env: &JsValue, length: usize, body: &str, now: f64) -> u32 {
    WIRE.with_borrow_mut(|wire| {
        GATE.with(|cell| {
            let gate = cell.get().zip(NumericDate::from_seconds(now));
            wire.exchange(length, |request, out| match gate {
                Some((gate, now)) => operator::answer(gate, request, env, body, now, out),
                None => gate::closed(request, out),
            })
        })
    })
}

/// The module's memory, which both buffers lie in.
#[wasm_bindgen]
#[must_use]
pub fn shared_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// `value` as JSON text, for the tables among the variables.
fn json_text(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok().and_then(|text| text.as_string())
}
