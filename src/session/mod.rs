//! The rules of refreshing, as a state machine. Pure: what happens comes in as events, what is to be done goes out as
//! effects, time and keys are arguments.
//!
//! The promises, for one refresh token, however many callers present it, and whenever the gate is killed:
//! the origin is asked once at a time; everyone who waits gets the same outcome; what the origin answered is kept before
//! anyone sees it, so that it is never asked again for a token that it has exchanged; a caller whose answer was lost gets the
//! same pair again within a fixed window; and whatever is unclear signs nobody out.
//!
//! | file | job |
//! |---|---|
//! | `machine` | events in, effects out |
//! | `answer` | what the origin's response means |
//! | `successor` | whether the new pair would pass at the gate |
//! | `record` | what is kept during the window, and how it is spelt |
//! | `question` | how the origin is asked |

mod answer;
mod machine;
mod question;
mod record;
mod successor;

pub use answer::{Answer, Response, read_answer};
pub use machine::{Effect, Event, Machine, Outcome, Settled};
pub use question::{form_body, idempotency_key, json_body, object_name};
pub use record::Record;
pub use successor::{Pair, Presented, Unusable, check_login, check_pair};
