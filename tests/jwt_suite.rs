//! The promises of the pure core, one behaviour per test. The same suite runs natively, in Node and in a browser:
//!
//! ```sh
//! cargo test --no-default-features --test jwt_suite
//! wasm-pack test --node -- --no-default-features --test jwt_suite
//! WASM_BINDGEN_USE_BROWSER=1 wasm-pack test --headless --chrome -- --no-default-features --test jwt_suite
//! ```
//!
//! No token and no secret stands here: every token is signed by the test that needs it, with keys made on the spot.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test stops at what it did not expect"
)]

mod jwt_suite {
    mod fixture;

    mod claims;
    mod corpus;
    mod discretion;
    mod encoding;
    mod fingerprint;
    mod header;
    mod key_life_cycle;
    mod key_selection;
    mod key_set;
    mod payload;
    mod policy;
    mod secrets;
    mod shape;
    mod signature;
    mod times;
    mod token_types;
    mod verdicts;
}
