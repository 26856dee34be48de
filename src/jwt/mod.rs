//! One token: bytes, parsed, key, signature, claims, verdict. Pure: time and keys are arguments.
//!
//! | step | file | makes |
//! |---|---|---|
//! | size, shape | `compact` | three segments |
//! | header | `header`, `base64url`, `json` | [`Unverified`] |
//! | key, signature | `key_ring`, `key`, `hmac_key`, `sha2_mac` | [`Authentic`] |
//! | claims, policy | `claims`, `policy` | [`Accepted`] |
//!
//! `json` reads, `json_text` writes. [`verify`] runs all of them. Key rings come from [`KeySet`]; a refusal is a [`Code`] with its [`Why`].

mod algorithm;
pub mod base64url;
mod claims;
mod compact;
mod fingerprint;
mod header;
mod hmac_key;
pub mod json;
pub mod json_text;
mod key;
mod key_finding;
mod key_ring;
mod key_set;
mod opaque;
mod placeholder;
mod policy;
mod room;
mod sha2_mac;
mod sign;
mod time;
mod verdict;
mod verify;
mod why;
mod words;

pub(crate) use hmac_key::HmacKey;
pub(crate) use placeholder::placeholder_words;
pub(crate) use policy::{NamedKind, judge_scope};

pub use algorithm::Algorithm;
pub use claims::{Audience, Claims, Scope};
pub use compact::Compact;
pub use fingerprint::Fingerprint;
pub use header::Header;
pub use key::{Key, Lifecycle, Stage};
pub use key_finding::{KeyFault, KeyFinding, Severity};
pub use key_ring::{KeyRing, MAX_CANDIDATES, UnknownKid};
pub use key_set::{KeySet, SIGN_UNTIL, Strength, WEAK};
pub use placeholder::is_placeholder;
pub use policy::{AllowedType, DEFAULT_LEEWAY, DEFAULT_MAX_TOKEN_BYTES, Policy, TokenKind};
pub use sha2_mac::sha256;
pub use sign::{sign, sign_raw};
pub use time::NumericDate;
pub(crate) use words::{at_place, digits};

pub use verdict::{Action, Code, Refusal};
pub use verify::{Accepted, Authentic, Scratch, Unverified, verify};
pub use why::{Segment, Why};
