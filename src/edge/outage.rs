//! An allowed request that the origin left without an answer.

use crate::config::Access;
use crate::jwt::NumericDate;

use super::credentials::bearer_token;
use super::gate::Gate;
use super::log;
use super::problem::Problem;
use super::request::Request;
use super::wire::Kind;

/// Answers in the origin's place. The log says which request it was, as it may not have been told when it was allowed.
pub(super) fn answer(
    gate: Option<&Gate>,
    request: &Request<'_>,
    late: bool,
    now: Option<NumericDate>,
    out: &mut Vec<u8>,
) -> Kind {
    let why =
        if late { "the origin did not begin its answer in time" } else { "the origin cannot be reached" };
    let matched = gate.map(|gate| gate.route(request, request.method, request.path));
    let token = match matched.map(|matched| matched.access) {
        Some(Access::Token(_)) => bearer_token(request.authorization).ok(),
        Some(Access::Public) | None => None,
    };
    let kid = gate.zip(token).zip(now).and_then(|((gate, token), now)| {
        gate.judge(Ok(token), &[], now, |accepted, _| accepted.key.kid.clone()).ok().flatten()
    });
    log::unanswered(out, why, kid.as_deref(), token, matched.map_or("*", |matched| matched.pattern));
    out.push(b'\n');
    Problem::origin_unavailable()
        .answer(request.id, "api", &[])
        .readable_by(request, gate.map(|gate| &gate.config.cors))
        .write(out)
}
