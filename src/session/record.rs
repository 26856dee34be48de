//! What is kept of a settled exchange, until its window closes. Whoever keeps it encrypts it.

use serde_json::{Value, json};

use super::machine::{Outcome, Settled};
use super::successor::{Pair, Unusable};

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
    pub fn to_json(&self) -> Value {
        json!({ "until": self.until, "settled": self.settled.to_json() })
    }

    /// What [`Record::to_json`] made.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            settled: Settled::from_json(value.get("settled")?)?,
            until: value.get("until")?.as_f64()?,
        })
    }
}

impl Settled {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Pair(pair) => json!({ "pair": pair.to_json() }),
            Self::Refused => json!({ "refused": true }),
            Self::Ended => json!({ "ended": true }),
            Self::Unusable { why, successor } => json!({ "unusable": why.reason(), "successor": successor }),
        }
    }

    /// What [`Settled::to_json`] made.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        if let Some(pair) = value.get("pair") {
            Pair::from_json(pair).map(Self::Pair)
        } else if let Some(reason) = value.get("unusable") {
            let why = Unusable::from_reason(reason.as_str()?)?;
            let successor = value.get("successor").and_then(Value::as_str).unwrap_or_default().to_owned();
            Some(Self::Unusable { why, successor })
        } else if value.get("ended").is_some() {
            Some(Self::Ended)
        } else {
            value.get("refused").map(|_| Self::Refused)
        }
    }
}

impl Outcome {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Settled(settled) => settled.to_json(),
            Self::Unavailable { reason, retry_after } => {
                json!({ "reason": reason, "retry_after": retry_after })
            }
        }
    }

    /// What [`Outcome::to_json`] made; anything else is no answer, and nobody is signed out by it.
    #[must_use]
    pub fn from_json(value: &Value) -> Self {
        if let Some(settled) = Settled::from_json(value) {
            return Self::Settled(settled);
        }
        let seconds = value.get("retry_after").and_then(Value::as_u64);
        Self::Unavailable {
            reason: value.get("reason").and_then(Value::as_str).unwrap_or("gate_fault").to_owned(),
            retry_after: seconds.and_then(|seconds| u32::try_from(seconds).ok()),
        }
    }
}
