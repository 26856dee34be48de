//! What the npm package calls: text in, JSON out. Thin on purpose: every export and every type that crosses costs the
//! page bytes. `npm/src/core` gives it the shape that JavaScript expects, and checks types there.

mod json_text;
mod verifier;

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

/// Keys and tokens pass through many hands on their way (the texts that JavaScript hands over, parsed JSON, decoded
/// segments), and only some of them clean up. So whatever is freed is wiped.
#[global_allocator]
static WIPED_WHEN_FREED: ZeroAlloc<System> = ZeroAlloc(System);
