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
//! | `credentials` | where a request carries its token |
//! | `endpoints` | what the gate answers under its own mount |
//! | `answer`, `problem` | responses of the gate itself |
//! | `outage` | an allowed request that the origin left without an answer |
//! | `identity` | what the origin is told about the caller |
//! | `log` | one line for each decision |

#![expect(unreachable_pub, reason = "what JavaScript calls must be `pub`, and nobody else can reach it")]

mod answer;
mod credentials;
mod endpoints;
mod environment;
mod gate;
mod identity;
mod log;
mod outage;
mod problem;
mod request;
mod wire;

use std::cell::{OnceCell, RefCell};

use js_sys::JSON;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::config::Origin;
use crate::jwt::NumericDate;
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
pub fn configure(env: &worker::Env) -> String {
    GATE.with(|cell| {
        let gate = cell.get_or_init(|| Gate::new(environment::read_config(env)));
        let config = &gate.config;
        serde_json::json!({
            "mount": config.mount,
            "origin": match &config.origin {
                Some(Origin::Url(url)) => Some(url.as_str()),
                Some(Origin::Service) | None => None,
            },
            "service": config.origin == Some(Origin::Service),
            "timeout": config.origin_timeout_ms,
            "forwardAuthorization": config.forward_authorization,
            "logAllowed": config.log_allowed,
            "readsOrigin": !config.cors.origins.is_empty(),
            "findings": config.findings.iter().map(log::finding).collect::<Vec<_>>(),
        })
        .to_string()
    })
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
/// length of the output, times four, plus what it is: see [`wire::Kind`].
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

/// The module's memory, which both buffers lie in.
#[wasm_bindgen]
#[must_use]
pub fn shared_memory() -> wasm_bindgen::JsValue {
    wasm_bindgen::memory()
}

/// `value` as JSON text, for the tables among the variables.
fn json_text(value: &wasm_bindgen::JsValue) -> Option<String> {
    JSON::stringify(value).ok().and_then(|text| text.as_string())
}
