//! The judgement: which route, which token, which verdict.

use std::cell::RefCell;

use crate::config::{Access, Config, Cookies, Matched, Verifier};
use crate::jwt::{Accepted, Action, Code, NumericDate, Refusal, Scratch, TokenKind, Why, verify};

use super::credentials::{Credentials, if_several, missing};
use super::problem::Problem;
use super::request::Request;
use super::wire::Kind;
use super::{cookies, csrf, endpoints, identity, log};

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
        let public = Matched { pattern: route, access: Access::Public };
        if self.config.origin.is_none() {
            return self.refuse(request, &unfit(), None, &public, out);
        }
        let login = self.login(request);
        if let (Some(_), None) = (login, &self.config.verifier) {
            // The tokens of the answer could not be verified, and become cookies unseen.
            return self.refuse(request, &unfit(), None, &public, out);
        }
        if login.is_some() && !csrf::passes(request, &self.config.cors) {
            return self.refuse_forgery(request, route, out);
        }
        if self.config.log_allowed {
            log::public(out, route);
        }
        self.write_cookie_change(request, out);
        if login.is_some() { Kind::Login } else { Kind::ForwardPublic }
    }

    /// The configuration of cookie sessions, where this request is their login.
    fn login(&self, request: &Request<'_>) -> Option<&Cookies> {
        let cookies = self.config.cookies.as_ref()?;
        (request.method == "POST" && request.path == cookies.login_path).then_some(cookies)
    }

    fn forward_with_token(
        &self,
        request: &Request<'_>,
        matched: &Matched<'_>,
        scope: &[String],
        now: NumericDate,
        out: &mut Vec<u8>,
    ) -> Kind {
        let credentials = self.credentials(request);
        if credentials.as_ref().is_ok_and(Credentials::is_ambient)
            && !csrf::passes(request, &self.config.cors)
        {
            return self.refuse_forgery(request, matched.pattern, out);
        }
        let accepted = |accepted: &Accepted<'_, '_>, token: &[u8]| {
            if self.config.log_allowed {
                log::allowed(out, accepted.key.kid.as_deref(), token, matched.pattern);
            }
            identity::write_values(accepted, |value| {
                out.push(b'\n');
                out.extend_from_slice(value);
            });
            if self.config.cookies.is_some() {
                self.write_authorization_change(credentials.as_ref().ok(), out);
                self.write_cookie_change(request, out);
            }
        };
        match self.judge(&credentials, scope, now, accepted) {
            Ok(()) => Kind::Forward,
            Err(refusal) if may_exchange(&refusal, &credentials) => exchange_cookie(out),
            Err(refusal) => {
                let token = credentials.as_ref().ok().and_then(Credentials::access_token);
                self.refuse(request, &refusal, token, matched, out)
            }
        }
    }

    pub(super) fn credentials<'a>(&self, request: &Request<'a>) -> Result<Credentials<'a>, Refusal> {
        Credentials::of(request, self.config.cookies.as_ref())
    }

    /// Verifies the token, and hands what was accepted to `then`.
    pub(super) fn judge<'t, T>(
        &self,
        credentials: &Result<Credentials<'t>, Refusal>,
        scope: &[String],
        now: NumericDate,
        then: impl FnOnce(&Accepted<'_, '_>, &'t [u8]) -> T,
    ) -> Result<T, Refusal> {
        let verifier: &Verifier = self.config.verifier.as_ref().ok_or_else(unfit)?;
        let token = credentials.as_ref().map_err(Refusal::clone)?.access_token().ok_or_else(missing)?;
        let mut scratch = self.scratch.borrow_mut();
        let kind = TokenKind::Access;
        let accepted = verify(token, &verifier.access, &verifier.policy, kind, scope, now, &mut scratch)
            .map_err(|refusal| if_several(token, refusal))?;
        Ok(then(&accepted, token))
    }

    /// To the origin, a session is a Bearer token, wherever the gate found it.
    fn write_authorization_change(&self, credentials: Option<&Credentials<'_>>, out: &mut Vec<u8>) {
        if let (true, Some(Credentials::AccessCookie { token, .. })) =
            (self.config.forward_authorization, credentials)
        {
            out.extend_from_slice(b"\nauthorization: Bearer ");
            out.extend_from_slice(token.as_bytes());
        }
    }

    /// The origin does not get to see the cookies that hold tokens, least of all the refresh token.
    fn write_cookie_change(&self, request: &Request<'_>, out: &mut Vec<u8>) {
        if let (Some(config), Some(header)) = (&self.config.cookies, request.header("cookie")) {
            out.extend_from_slice(b"\ncookie: ");
            out.extend_from_slice(cookies::without_tokens(config, header).as_bytes());
        }
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

    /// A request that a browser authenticated by itself, and that some other page may have caused.
    pub(super) fn refuse_forgery(&self, request: &Request<'_>, route: &str, out: &mut Vec<u8>) -> Kind {
        let problem = Problem::csrf_check_failed();
        log::unauthenticated(out, problem.code, route);
        out.push(b'\n');
        problem
            .answer(request.id, &self.config.realm, &[])
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
            // Several have no fingerprint of one.
            let token = token.filter(|_| refusal.code != Code::MultipleTokens);
            log::refused(out, refusal, key.and_then(|key| key.kid.as_deref()), token, route);
        }
        out.push(b'\n');
    }
}

/// Whether the gate may mend this refusal itself, with the refresh cookie that came along.
pub(super) fn may_exchange(refusal: &Refusal, credentials: &Result<Credentials<'_>, Refusal>) -> bool {
    let mendable = refusal.code == Code::MissingToken || refusal.code.action() == Action::Refresh;
    mendable && credentials.as_ref().is_ok_and(|credentials| credentials.refresh_cookie().is_some())
}

/// The refresh token of the cookie is to be exchanged, and the request to be judged again.
pub(super) fn exchange_cookie(out: &mut Vec<u8>) -> Kind {
    out.extend_from_slice(b"\ncookie");
    Kind::Exchange
}

pub(super) fn unfit() -> Refusal {
    Refusal { code: Code::ConfigurationInvalid, why: Why::Configuration, key: None }
}

/// The answer to everything where there is no gate at all.
pub(super) fn closed(request: &Request<'_>, out: &mut Vec<u8>) -> Kind {
    log::unfit(out, "*");
    out.push(b'\n');
    Problem::of_code(Code::ConfigurationInvalid).answer(request.id, "api", &[]).write(out)
}
