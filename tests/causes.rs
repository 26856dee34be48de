//! Tokens made to be broken in every way there is, and the cause that `explain` must name for each. The same suite runs
//! natively, in Node and in a browser, and every report must be the same text in all three:
//!
//! ```sh
//! cargo test --no-default-features --test causes
//! wasm-pack test --node -- --no-default-features --test causes
//! WASM_BINDGEN_USE_BROWSER=1 wasm-pack test --headless --chrome -- --no-default-features --test causes
//! ```
//!
//! No token and no secret stands here: every one is made by the case that needs it, from numbers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test stops at what it did not expect"
)]

mod causes {
    mod workshop;

    mod advice;
    mod claims;
    mod corpus;
    mod keys;
    mod reports;
    mod shapes;
    mod times;
}
