//! What is kept of a settled exchange, until its window closes. Whoever keeps it encrypts it.

use super::machine::{Outcome, Settled};
use super::successor::{Pair, Unusable};
use crate::jwt::json::Object;
use crate::jwt::json_text::ObjectText;

/// A settled exchange and the end of its window.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// How it ended.
    pub settled: Settled,
    /// Until when it is told again, in seconds. Fixed: asking again does not move it.
    pub until: f64,
}

impl Record {
    /// Whether the window is still open.
    #[must_use]
    pub fn lasts(&self, now: f64) -> bool {
        now < self.until
    }

    /// As JSON. It holds the pair as it is.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut record = ObjectText::new();
        record.seconds("until", self.until);
        record.json("settled", &self.settled.to_json());
        record.finish()
    }

    /// What [`Record::to_json`] made.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        let record = Object::parse(json.as_bytes()).ok()?;
        Some(Self {
            settled: Settled::read(&record.get("settled")?.as_object()?)?,
            until: record.get("until")?.as_f64()?,
        })
    }
}

impl Settled {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut settled = ObjectText::new();
        match self {
            Self::Pair(pair) => settled.json("pair", &pair.to_json()),
            Self::Refused => settled.flag("refused", true),
            Self::Ended => settled.flag("ended", true),
            Self::Unusable { why, successor } => {
                settled.text("unusable", &why.reason());
                settled.text("successor", successor);
            }
        }
        settled.finish()
    }

    /// What [`Settled::to_json`] made.
    fn read(settled: &Object<'_>) -> Option<Self> {
        if let Some(pair) = settled.get("pair") {
            Pair::read(&pair.as_object()?).map(Self::Pair)
        } else if settled.get("unusable").is_some() {
            let why = Unusable::from_reason(&settled.text("unusable")?)?;
            Some(Self::Unusable { why, successor: settled.text("successor").unwrap_or_default() })
        } else if settled.get("ended").is_some() {
            Some(Self::Ended)
        } else {
            settled.get("refused").map(|_| Self::Refused)
        }
    }
}

impl Outcome {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Settled(settled) => settled.to_json(),
            Self::Unavailable { reason, retry_after } => {
                let mut unavailable = ObjectText::new();
                unavailable.text("reason", reason);
                unavailable.number_or_null("retry_after", retry_after.map(i64::from));
                unavailable.finish()
            }
        }
    }

    /// What [`Outcome::to_json`] made; anything else is no answer, and nobody is signed out by it.
    #[must_use]
    pub fn from_json(json: &str) -> Self {
        let outcome = Object::parse(json.as_bytes()).unwrap_or_default();
        if let Some(settled) = Settled::read(&outcome) {
            return Self::Settled(settled);
        }
        let seconds = outcome.get("retry_after").and_then(|seconds| seconds.as_i64());
        Self::Unavailable {
            reason: outcome.text("reason").unwrap_or_else(|| "gate_fault".to_owned()),
            retry_after: seconds.and_then(|seconds| u32::try_from(seconds).ok()),
        }
    }
}
