//! An allowed request that the origin left without an answer.

use crate::config::Access;
use crate::jwt::NumericDate;

use super::credentials::Credentials;
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
    let credentials = match matched.map(|matched| matched.access) {
        Some(Access::Token(_)) => gate.map(|gate| gate.credentials(request)),
        Some(Access::Public) | None => None,
    };
    let kid = gate.zip(credentials.as_ref()).zip(now).and_then(|((gate, credentials), now)| {
        gate.judge(credentials, &[], now, |accepted, _| accepted.key.kid.clone()).ok().flatten()
    });
    let token = credentials.and_then(Result::ok).as_ref().and_then(Credentials::access_token);
    log::unanswered(out, why, kid.as_deref(), token, matched.map_or("*", |matched| matched.pattern));
    out.push(b'\n');
    Problem::origin_unavailable()
        .answer(request.id, "api", &[])
        .readable_by(request, gate.map(|gate| &gate.config.cors))
        .write(out)
}
