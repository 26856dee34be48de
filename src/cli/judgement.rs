//! One token judged, and how the verdict is told.

use std::fmt::Write;

use crate::jwt::{Action, KeyRing, NumericDate, Policy, Refusal, Scratch, TokenKind, Unverified};

use super::output::{FINE, Format, Output, TROUBLE};
use crate::jwt::json_text::{push_quoted, push_quoted_or_null};

/// What a token is judged by.
pub(super) struct Demands<'a> {
    pub(super) ring: &'a KeyRing,
    pub(super) policy: &'a Policy,
    pub(super) kind: TokenKind,
    pub(super) scope: &'a [String],
    pub(super) now: NumericDate,
    /// Whether the claims are left alone: the payload may then be anything.
    pub(super) signature_only: bool,
}

/// The verdict on a token.
pub(super) struct Judgement<'k> {
    pub(super) refusal: Option<Refusal>,
    /// The `kid` of the key that made the signature or that the refusal is about.
    pub(super) kid: Option<&'k str>,
}

impl<'k> Judgement<'k> {
    pub(super) fn of(token: &[u8], demands: &Demands<'k>, scratch: &mut Scratch) -> Self {
        let Demands { ring, policy, now, .. } = *demands;
        let authentic = Unverified::parse(token, policy.max_token_bytes, scratch)
            .and_then(|token| token.authenticate(ring, policy.unknown_kid, now));
        let authentic = match authentic {
            Ok(authentic) => authentic,
            Err(refusal) => {
                let kid = refusal.key.and_then(|index| ring.key(index)?.kid.as_deref());
                return Self { refusal: Some(refusal), kid };
            }
        };
        let kid = authentic.key().kid.as_deref();
        let refusal = if demands.signature_only {
            None
        } else {
            authentic.accept(policy, demands.kind, demands.scope, now).err()
        };
        Self { refusal, kid }
    }

    fn action(&self) -> Action {
        self.refusal.as_ref().map_or(Action::None, |refusal| refusal.code.action())
    }

    /// Appends the answer to `text`, in the format of `output`.
    pub(super) fn tell(&self, output: &Output, text: &mut String) {
        match output.format {
            Format::Text => self.tell_person(output, text),
            Format::Json => self.tell_program(text),
        }
    }

    fn tell_person(&self, output: &Output, text: &mut String) {
        // Writing to a `String` does not fail.
        let _ = match &self.refusal {
            None => write!(text, "{}", output.paint(FINE, "valid")),
            Some(Refusal { code, .. }) => write!(text, "{}", output.paint(TROUBLE, code)),
        };
        if let Some(kid) = self.kid {
            let _ = write!(text, "  kid={kid}");
        }
        if let Some(Refusal { code, why, .. }) = &self.refusal {
            let summary = code.summary().trim_end_matches('.');
            let _ = write!(text, "  {summary}: {why}. Next: {}", advice(self.action()));
        }
    }

    fn tell_program(&self, text: &mut String) {
        text.push('{');
        self.push_members(text);
        text.push_str(",\"action\":");
        push_quoted(text, self.action().as_str());
        text.push_str(",\"detail\":");
        let detail = self.refusal.as_ref().map(|refusal| refusal.why.to_string());
        push_quoted_or_null(text, detail.as_deref());
        text.push('}');
    }

    /// Appends the members `valid`, `code` and `kid`.
    pub(super) fn push_members(&self, text: &mut String) {
        let code = self.refusal.as_ref().map(|refusal| refusal.code.as_str());
        text.push_str(if code.is_none() { "\"valid\":true,\"code\":" } else { "\"valid\":false,\"code\":" });
        push_quoted_or_null(text, code);
        text.push_str(",\"kid\":");
        push_quoted_or_null(text, self.kid);
    }
}

fn advice(action: Action) -> &'static str {
    match action {
        Action::None => "none",
        Action::Refresh => "refresh (once, then repeat the request once)",
        Action::Login => "login (and send nothing until then)",
        Action::Retry => "retry (later, with the same token)",
        Action::Stop => "stop (no refresh and no login will mend it)",
    }
}
