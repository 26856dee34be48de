//! `POST {mount}/explain`: why a token is what it is, for operators, by the gate's own keys, policy and clock.
//!
//! It looks, and changes nothing. The answer shows claims, so it is for whoever has `OPERATOR_TOKEN`; the log gets the token's
//! fingerprint and the cause.

use wasm_bindgen::JsValue;

use super::answer::Answer;
use super::exchange::MAX_BODY;
use super::gate::Gate;
use super::problem::Problem;
use super::request::Request;
use super::wire::Kind;
use super::{environment, log};
use crate::explain::{Context, Report, explain};
use crate::jwt::json::{Object, Value};
use crate::jwt::{NumericDate, Severity, TokenKind};

const ROUTE: &str = "(explain)";

/// Decides whether the request may ask. Its body is read only then.
pub(super) fn decide(gate: &Gate, request: &Request<'_>, out: &mut Vec<u8>) -> Kind {
    if request.method != "POST" {
        out.push(b'\n');
        let problem = Problem::method_not_allowed().answer(request.id, "", &[]);
        return problem.header("allow", "POST").write(out);
    }
    match check(gate, request) {
        Ok(()) => {
            out.push(b'\n');
            Kind::Explain
        }
        Err(problem) => refuse(gate, request, &problem, out),
    }
}

/// The answer to it.
pub(super) fn answer(
    gate: &Gate,
    request: &Request<'_>,
    env: &JsValue,
    body: &str,
    now: NumericDate,
    out: &mut Vec<u8>,
) -> Kind {
    // Whatever was decided before: nothing is told here without the token.
    if let Err(problem) = check(gate, request) {
        return refuse(gate, request, &problem, out);
    }
    let Some(Question { token, mut context }) = Question::read(body) else {
        return refuse(gate, request, &Problem::malformed_question(), out);
    };
    environment::read_keys(env, &mut context);
    context.policy = gate.config.policy.clone();
    context.server_now = Some(now);
    let report = explain(token.as_bytes(), &context);
    let report = if gate.config.verifier.is_some() { report } else { closed(gate, report) };
    let told = ("explained", "none", Some(report.cause.cause.as_str()));
    log::exchange(out, told, Some(&token), None, ROUTE);
    out.push(b'\n');
    Answer::json(200, "application/json", report.to_json()).header("x-request-id", request.id).write(out)
}

/// What an operator asks.
struct Question {
    token: String,
    context: Context,
}

impl Question {
    /// Nothing where it cannot be told what is asked: members that are not known are no use to anybody who believes in them.
    fn read(body: &str) -> Option<Self> {
        if body.len() >= MAX_BODY {
            return None;
        }
        let mut context = Context::default();
        let mut token = None;
        for member in Object::parse(body.as_bytes()).ok()?.members() {
            match (&*member.name.decoded(), member.value) {
                ("kind" | "now" | "scope", Value::Null) => {}
                ("token", Value::String(text)) => token = Some(text.decoded().into_owned()),
                ("kind", Value::String(kind)) if kind.is("access") => context.kind = TokenKind::Access,
                ("kind", Value::String(kind)) if kind.is("refresh") => context.kind = TokenKind::Refresh,
                ("now", Value::Number(now)) => context.now = Some(NumericDate::from_json_number(now)?),
                ("scope", Value::String(scope)) => {
                    context.scope = scope.decoded().split_ascii_whitespace().map(str::to_owned).collect();
                }
                _ => return None,
            }
        }
        Some(Self { token: token?, context })
    }
}

/// Only whoever has the secret; where there is none, the endpoint does not exist.
fn check(gate: &Gate, request: &Request<'_>) -> Result<(), Problem> {
    let operator = gate.config.operator.as_ref().ok_or_else(Problem::endpoint_not_found)?;
    let (scheme, credentials) = match request.authorization.iter().position(|&byte| byte == b' ') {
        Some(space) => request.authorization.split_at(space),
        None => (request.authorization, &[][..]),
    };
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(Problem::not_an_operator(None));
    }
    if operator.is(credentials.trim_ascii()) {
        Ok(())
    } else {
        Err(Problem::not_an_operator(Some("invalid_token")))
    }
}

fn refuse(gate: &Gate, request: &Request<'_>, problem: &Problem, out: &mut Vec<u8>) -> Kind {
    log::unauthenticated(out, problem.code, ROUTE);
    out.push(b'\n');
    problem.answer(request.id, &gate.config.realm, &[]).write(out)
}

/// A gate that is closed refuses every token, whatever else there is to say about this one.
fn closed(gate: &Gate, report: Report) -> Report {
    let errors = gate.config.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let codes: Vec<&str> = errors.map(|finding| finding.code.as_str()).collect();
    report.of_closed_verifier(&codes.join(", "))
}
