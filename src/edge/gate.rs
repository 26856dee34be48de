//! The judgement: which route, which token, which verdict.

use std::cell::RefCell;

use crate::config::{Access, Config, Matched, Verifier};
use crate::jwt::{Accepted, Code, NumericDate, Refusal, Scratch, TokenKind, Why, verify};

use super::credentials::bearer_token;
use super::problem::Problem;
use super::request::Request;
use super::wire::Kind;
use super::{endpoints, identity, log};

/// The gate of one Worker instance.
pub(super) struct Gate {
    pub(super) config: Config,
    scratch: RefCell<Scratch>,
}

impl Gate {
    pub(super) fn new(config: Config) -> Self {
        Self { config, scratch: RefCell::default() }
    }

    /// Decides about a request and writes the decision to `out`.
    pub(super) fn decide(&self, request: &Request<'_>, now: NumericDate, out: &mut Vec<u8>) -> Kind {
        if let Some(endpoint) = self.endpoint(request.path) {
            return endpoints::answer(self, endpoint, request, now, out);
        }
        let matched = self.route(request, request.method, request.path);
        match matched.access {
            Access::Public => self.forward_public(request, matched.pattern, out),
            Access::Token(scope) => self.forward_with_token(request, &matched, scope, now, out),
        }
    }

    /// The part of a path below the mount, such as `session`.
    fn endpoint<'p>(&self, path: &'p str) -> Option<&'p str> {
        let below = path.strip_prefix(self.config.mount.as_str())?;
        if below.is_empty() { Some("") } else { below.strip_prefix('/') }
    }

    /// The route of this request, or of another one with its headers. A preflight never carries a token.
    pub(super) fn route(&self, request: &Request<'_>, method: &str, path: &str) -> Matched<'_> {
        if request.is_preflight_as(method) {
            return Matched { pattern: "(preflight)", access: Access::Public };
        }
        self.config.routes.find(method, path)
    }

    fn forward_public(&self, request: &Request<'_>, route: &str, out: &mut Vec<u8>) -> Kind {
        if self.config.origin.is_none() {
            return self.refuse(
                request,
                &unfit(),
                None,
                &Matched { pattern: route, access: Access::Public },
                out,
            );
        }
        if self.config.log_allowed {
            log::public(out, route);
        }
        out.push(b'\n');
        Kind::ForwardPublic
    }

    fn forward_with_token(
        &self,
        request: &Request<'_>,
        matched: &Matched<'_>,
        scope: &[String],
        now: NumericDate,
        out: &mut Vec<u8>,
    ) -> Kind {
        let token = bearer_token(request.authorization);
        let accepted = |accepted: &Accepted<'_, '_>, token: &[u8]| {
            if self.config.log_allowed {
                log::allowed(out, accepted.key.kid.as_deref(), token, matched.pattern);
            }
            identity::write_values(accepted, |value| {
                out.push(b'\n');
                out.extend_from_slice(value);
            });
        };
        match self.judge(token.clone(), scope, now, accepted) {
            Ok(()) => Kind::Forward,
            Err(refusal) => self.refuse(request, &refusal, token.ok(), matched, out),
        }
    }

    /// Verifies the token, and hands what was accepted to `then`.
    pub(super) fn judge<'t, T>(
        &self,
        token: Result<&'t [u8], Refusal>,
        scope: &[String],
        now: NumericDate,
        then: impl FnOnce(&Accepted<'_, '_>, &'t [u8]) -> T,
    ) -> Result<T, Refusal> {
        let verifier: &Verifier = self.config.verifier.as_ref().ok_or_else(unfit)?;
        let token = token?;
        let mut scratch = self.scratch.borrow_mut();
        let kind = TokenKind::Access;
        let accepted = verify(token, &verifier.access, &verifier.policy, kind, scope, now, &mut scratch)?;
        Ok(then(&accepted, token))
    }

    /// Answers with a refusal, and says why in the log.
    pub(super) fn refuse(
        &self,
        request: &Request<'_>,
        refusal: &Refusal,
        token: Option<&[u8]>,
        matched: &Matched<'_>,
        out: &mut Vec<u8>,
    ) -> Kind {
        self.log_refusal(refusal, token, matched.pattern, out);
        let scope = match matched.access {
            Access::Token(scope) => scope,
            Access::Public => &[],
        };
        Problem::of_code(refusal.code)
            .answer(request.id, &self.config.realm, scope)
            .readable_by(request, Some(&self.config.cors))
            .write(out)
    }

    pub(super) fn log_refusal(
        &self,
        refusal: &Refusal,
        token: Option<&[u8]>,
        route: &str,
        out: &mut Vec<u8>,
    ) {
        if refusal.code == Code::ConfigurationInvalid {
            log::unfit(out, route);
        } else {
            let key = self.config.verifier.as_ref().and_then(|verifier| verifier.access.key(refusal.key?));
            log::refused(out, refusal, key.and_then(|key| key.kid.as_deref()), token, route);
        }
        out.push(b'\n');
    }
}

fn unfit() -> Refusal {
    Refusal { code: Code::ConfigurationInvalid, why: Why::Configuration, key: None }
}

/// The answer to everything where there is no gate at all.
pub(super) fn closed(request: &Request<'_>, out: &mut Vec<u8>) -> Kind {
    log::unfit(out, "*");
    out.push(b'\n');
    Problem::of_code(Code::ConfigurationInvalid).answer(request.id, "api", &[]).write(out)
}
