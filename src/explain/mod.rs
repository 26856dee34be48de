//! Why a token is what it is: what it says, what is wrong with it, who has to act and what to do next. Pure.

pub(crate) mod human_time;
pub(crate) mod inspection;
pub(crate) mod json_text;

pub use inspection::Inspection;
