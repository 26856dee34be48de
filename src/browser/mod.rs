//! What the npm package calls: text in, JSON out. Thin on purpose: every export and every type that crosses costs the
//! page bytes. `npm/src/core` gives it the shape that JavaScript expects, and checks types there.

#![expect(unreachable_pub, reason = "what JavaScript calls must be `pub`, and nobody else can reach it")]

mod json_text;
mod verifier;

use lol_alloc::{FreeListAllocator, LockedAllocator};
use wasm_bindgen::prelude::wasm_bindgen;
use zeroizing_alloc::ZeroAlloc;

use crate::explain::{self, Context, Inspection};
use crate::jwt::NumericDate;

/// Keys and tokens pass through many hands on their way (the texts that JavaScript hands over, parsed JSON, decoded
/// segments), and only some of them clean up. So whatever is freed is wiped. Beneath is an allocator of a few hundred bytes:
/// the standard one is several times that, for programs that allocate all day.
#[global_allocator]
static WIPED_WHEN_FREED: ZeroAlloc<LockedAllocator<FreeListAllocator>> =
    ZeroAlloc(LockedAllocator::new(FreeListAllocator::new()));

/// What a token says, as JSON (see [`Inspection::to_json`]). Nothing when `now` is no time.
#[wasm_bindgen]
#[must_use]
pub fn inspect(token: &str, now: f64) -> Option<String> {
    Some(Inspection::of(token.as_bytes()).to_json(NumericDate::from_seconds(now)?))
}

/// Why a token is what it is, as JSON: a report (see [`Report`](explain::Report)), or an array of findings about the context.
#[wasm_bindgen]
#[must_use]
pub fn explain(token: &str, context: &str) -> String {
    match Context::from_json(context) {
        Ok(context) => explain::explain(token.as_bytes(), &context).to_json(),
        Err(findings) => json_text::findings_json(&findings),
    }
}
