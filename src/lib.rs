//! edgewarden: a JWT verifier for the edge. One crate, three jobs: the gate (a Cloudflare Worker), the package (for
//! JavaScript), the tool (a command line). The map of its rooms:
//!
//! - [`jwt`]: one token, from bytes to verdict. Pure.
//! - [`config`]: the gate's configuration, validated as one. Pure.
//! - [`explain`]: why a token is what it is, who has to act, and what next. Pure.
//! - [`session`]: the rules of refreshing. Pure.
//! - `edge` (feature `edge`): the Worker. The only room that knows HTTP.
//! - `browser` (feature `browser`): the exports of the npm package.
//! - `cli` (feature `cli`): the native tool.

#[cfg(all(feature = "edge", feature = "browser"))]
compile_error!(
    "`edge` and `browser` exclude each other: every wasm-bindgen export of a bundle can be called by whoever \
     loads it, and the browser's exports have no business in the Worker."
);

#[cfg(feature = "browser")]
mod browser;
pub mod config;
pub mod explain;
pub mod jwt;
pub mod session;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "edge")]
mod edge;
