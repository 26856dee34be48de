//! What the gate answers under its own mount.

use crate::config::{Access, Matched};
use crate::jwt::json_text::ObjectText;
use crate::jwt::{Accepted, NumericDate, Severity};

use super::answer::Answer;
use super::credentials::Credentials;
use super::gate::{Gate, exchange_cookie, may_exchange};
use super::problem::Problem;
use super::request::{Request, path_of};
use super::wire::Kind;
use super::{identity, operator};

const JSON: &str = "application/json";

/// Answers a request to `endpoint`, which is the part of the path below the mount.
pub(super) fn answer(
    gate: &Gate,
    endpoint: &str,
    request: &Request<'_>,
    now: NumericDate,
    out: &mut Vec<u8>,
) -> Kind {
    let handler = match endpoint {
        "session" => session,
        "verify" => verify,
        "health" => health,
        "explain" if gate.config.operator.is_some() => return operator::decide(gate, request, out),
        "refresh" | "logout" | "revoke" if gate.config.refresh.is_some() => {
            return exchange(gate, request, out);
        }
        _ => return plain(gate, request, Problem::endpoint_not_found().answer(request.id, "", &[]), out),
    };
    match request.method {
        "GET" | "HEAD" => handler(gate, request, now, out),
        "OPTIONS" if request.is_preflight() && !gate.config.cors.origins.is_empty() => {
            preflight(gate, request, out)
        }
        _ => {
            let answer =
                Problem::method_not_allowed().answer(request.id, "", &[]).header("allow", "GET, HEAD");
            plain(gate, request, answer, out)
        }
    }
}

/// `POST {mount}/refresh`, `POST {mount}/logout`, `POST {mount}/revoke`: what becomes of them is decided when their body
/// has been read.
fn exchange(gate: &Gate, request: &Request<'_>, out: &mut Vec<u8>) -> Kind {
    match request.method {
        "POST" => {
            out.extend_from_slice(b"\nbody");
            Kind::Exchange
        }
        "OPTIONS" if request.is_preflight() && !gate.config.cors.origins.is_empty() => {
            preflight(gate, request, out)
        }
        _ => {
            let answer = Problem::method_not_allowed().answer(request.id, "", &[]).header("allow", "POST");
            plain(gate, request, answer, out)
        }
    }
}

fn preflight(gate: &Gate, request: &Request<'_>, out: &mut Vec<u8>) -> Kind {
    let answer = Answer::empty(204)
        .header("access-control-allow-methods", "GET, HEAD, POST")
        .header("access-control-allow-headers", "Authorization, Content-Type, X-Edgewarden-CSRF")
        .header("access-control-max-age", "600");
    plain(gate, request, answer, out)
}

/// An answer that is no decision about a token, and is not logged.
fn plain(gate: &Gate, request: &Request<'_>, answer: Answer, out: &mut Vec<u8>) -> Kind {
    out.push(b'\n');
    answer.readable_by(request, Some(&gate.config.cors)).write(out)
}

/// `GET {mount}/session`: who am I. The origin is not asked.
fn session(gate: &Gate, request: &Request<'_>, now: NumericDate, out: &mut Vec<u8>) -> Kind {
    let matched = Matched { pattern: "(session)", access: Access::Token(&[]) };
    let credentials = gate.credentials(request);
    let describe = |accepted: &Accepted<'_, '_>, token: &[u8]| {
        if gate.config.log_allowed {
            super::log::allowed(out, accepted.key.kid.as_deref(), token, matched.pattern);
        }
        out.push(b'\n');
        describe_session(accepted, now)
    };
    match gate.judge(&credentials, &[], now, describe) {
        Ok(body) => {
            let answer = Answer::json(200, JSON, body).header("x-request-id", request.id);
            answer.readable_by(request, Some(&gate.config.cors)).write(out)
        }
        Err(refusal) if may_exchange(&refusal, &credentials) => exchange_cookie(out),
        Err(refusal) => {
            let token = credentials.as_ref().ok().and_then(Credentials::access_token);
            gate.refuse(request, &refusal, token, &matched, out)
        }
    }
}

fn describe_session(accepted: &Accepted<'_, '_>, now: NumericDate) -> String {
    let claims = &accepted.claims;
    let expires = claims.expires.map(NumericDate::whole_seconds);
    // Within the leeway a token is still good, but nothing is left of it.
    let left = expires.map(|expires| (expires - now.whole_seconds()).max(0));
    let mut body = ObjectText::new();
    body.flag("active", true);
    body.number_or_null("exp", expires);
    body.number_or_null("expires_in", left);
    body.text_or_null("kid", accepted.key.kid.as_deref());
    body.text("scope", &identity::scope(accepted));
    body.text_or_null("sub", claims.subject.map(|subject| subject.decoded()).as_deref());
    body.finish()
}

/// `GET {mount}/verify`: the same judgement for a proxy that asks before it forwards by itself (nginx `auth_request`,
/// Traefik `ForwardAuth`, Caddy `forward_auth`). It says which request it means in `X-Forwarded-Method` and `X-Forwarded-Uri`.
fn verify(gate: &Gate, request: &Request<'_>, now: NumericDate, out: &mut Vec<u8>) -> Kind {
    // A proxy that adds its headers instead of replacing the caller's adds them at the end.
    let forwarded = |name| request.header(name).map(last_of);
    let method = forwarded("x-forwarded-method").unwrap_or("GET");
    let matched = match forwarded("x-forwarded-uri").filter(|uri| !uri.is_empty()) {
        Some(uri) => gate.route(request, method, path_of(uri)),
        None => Matched { pattern: "*", access: Access::Token(&[]) },
    };
    let Access::Token(scope) = matched.access else {
        if gate.config.log_allowed {
            super::log::public(out, matched.pattern);
        }
        out.push(b'\n');
        return Answer::empty(204).header("x-request-id", request.id).write(out);
    };
    let credentials = gate.credentials(request);
    let identify = |accepted: &Accepted<'_, '_>, token: &[u8]| {
        if gate.config.log_allowed {
            super::log::allowed(out, accepted.key.kid.as_deref(), token, matched.pattern);
        }
        out.push(b'\n');
        let mut answer = Answer::empty(204).header("x-request-id", request.id);
        let mut names = ["x-auth-subject", "x-auth-key-id", "x-auth-scope", "x-auth-expires"].into_iter();
        identity::write_values(accepted, |value| {
            if let (Some(name), false) = (names.next(), value.is_empty()) {
                answer.add(name, String::from_utf8_lossy(value).into_owned());
            }
        });
        answer
    };
    match gate.judge(&credentials, scope, now, identify) {
        Ok(answer) => answer.write(out),
        Err(refusal) => {
            let token = credentials.as_ref().ok().and_then(Credentials::access_token);
            gate.log_refusal(&refusal, token, matched.pattern, out);
            Problem::of_code(refusal.code)
                .for_forward_auth()
                .answer(request.id, &gate.config.realm, scope)
                .write(out)
        }
    }
}

/// The last of several values of a header, as the runtime joins them.
fn last_of(values: &str) -> &str {
    let comma = values.as_bytes().array_windows().rposition(|two| two == b", ");
    comma.and_then(|at| values.get(at + 2..)).unwrap_or(values)
}

/// `GET {mount}/health`: whether the gate can judge. Names what is wrong by code, and shows nothing secret.
fn health(gate: &Gate, request: &Request<'_>, _now: NumericDate, out: &mut Vec<u8>) -> Kind {
    let codes = |severity| {
        let of_severity = gate.config.findings.iter().filter(move |finding| finding.severity == severity);
        of_severity.map(|finding| finding.code.as_str()).collect::<Vec<_>>()
    };
    let mut body = ObjectText::new();
    let status = if gate.config.verifier.is_some() {
        body.text("status", "ok");
        200
    } else {
        body.text("action", "retry");
        body.text("code", "configuration_invalid");
        body.texts("findings", &codes(Severity::Error));
        body.text("status", "configuration_invalid");
        503
    };
    let warnings = codes(Severity::Warning);
    if !warnings.is_empty() {
        body.texts("warnings", &warnings);
    }
    plain(gate, request, Answer::json(status, JSON, body.finish()), out)
}
