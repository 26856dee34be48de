//! The login of a cookie session: the origin's token response, verified, becomes cookies.

use super::answer::Answer;
use super::exchange::{cookies_body, with_cookies};
use super::gate::Gate;
use super::problem::Problem;
use super::request::Request;
use super::wire::Kind;
use super::{cookies, log};
use crate::jwt::{Fingerprint, NumericDate};
use crate::session::{self, Answer as Tokens, check_login, read_answer};

/// The answer to a login, from the origin's. Nothing is written when the origin's answer holds no tokens: it then goes to the
/// page as it is.
pub(super) fn answer(
    gate: &Gate,
    request: &Request<'_>,
    status: u16,
    body: &str,
    now: NumericDate,
    out: &mut Vec<u8>,
) -> Kind {
    let (Some(config), Some(verifier)) = (&gate.config.cookies, &gate.config.verifier) else {
        return Kind::Forward;
    };
    let response = session::Response { status, retry_after: None, body: body.as_bytes() };
    let tokens = read_answer(&response);
    let Tokens::Tokens { access_token, .. } = &tokens else { return Kind::Forward };
    let successor = Fingerprint::of(access_token.as_bytes()).to_string();
    let pair =
        check_login(tokens, verifier, now).and_then(|pair| Ok((cookies::set(config, &pair, now)?, pair)));
    let readable = |answer: Answer| answer.readable_by(request, Some(&gate.config.cors));
    match pair {
        Ok((cookies, pair)) => {
            log::exchange(out, ("signed_in", "none", None), None, Some(&successor), "(login)");
            out.push(b'\n');
            let answer = Answer::json(200, "application/json", cookies_body(&pair));
            with_cookies(readable(answer.header("x-request-id", request.id)), cookies).write(out)
        }
        Err(unusable) => {
            let reason = unusable.reason();
            log::exchange(
                out,
                ("issued_token_unusable", "login", Some(&reason)),
                None,
                Some(&successor),
                "(login)",
            );
            out.push(b'\n');
            let title = "The origin issued tokens that this gate would refuse.";
            let problem = Problem::session_over("issued_token_unusable", title, 502);
            readable(problem.token_answer(request.id, Some(&reason))).write(out)
        }
    }
}
