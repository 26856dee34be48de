//! Why a token is what it is: what it says, what is wrong with it, who has to act and what to do next. Pure.
//!
//! It reasons in this order of trust, and what comes first is the cause:
//!
//! | what | file |
//! |---|---|
//! | what stands around the token | `wrapping` |
//! | its shape, or what else it is | `shape` |
//! | its header, and which key or spelling of a key made the signature | `key_findings`, `signer`, `spellings`, `public_key`, `known_secrets` |
//! | its claims against the policy | `claim_findings`, `declared_kind` |
//! | its times against the clocks | `time_findings` |
//!
//! Beside that the token is verified as the gate does (`ladder`). The answer is a [`Report`] of [`Finding`]s with one
//! [`Cause`]. [`Inspection`] only decodes. `docs/causes.md` describes every cause.
//!
//! Nothing here makes a token pass. What it takes is bounded for every token: see `signer` for the number of MACs.

mod cause;
mod claim_findings;
mod context;
mod declared_kind;
mod examination;
mod findings;
pub(crate) mod human_time;
pub(crate) mod inspection;
mod key_findings;
mod keys;
mod known_secrets;
mod ladder;
mod public_key;
mod report;
mod shape;
mod signer;
mod spelled;
mod spellings;
mod time_findings;
mod wrapping;

pub use cause::{Cause, Diagnosis, Level, Party};
pub use context::Context;
pub use examination::{MAX_EXPLAINED, explain};
pub use inspection::Inspection;
pub use ladder::{Check, Outcome, Rung, Verdict};
pub use report::{Finding, Report, Times};
