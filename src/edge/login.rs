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
    let Tokens::Tokens { access_token, .. } = &tokens else {
        return if names_a_token(body) {
            refuse(gate, request, "unusable_body", None, out)
        } else {
            Kind::Forward
        };
    };
    let successor = Fingerprint::of(access_token.as_bytes()).to_string();
    let pair =
        check_login(tokens, verifier, now).and_then(|pair| Ok((cookies::set(config, &pair, now)?, pair)));
    match pair {
        Ok((cookies, pair)) => {
            log::exchange(out, ("signed_in", "none", None), None, Some(&successor), "(login)");
            out.push(b'\n');
            let answer = Answer::json(200, "application/json", cookies_body(&pair));
            let answer = answer.header("x-request-id", request.id);
            with_cookies(answer.readable_by(request, Some(&gate.config.cors)), cookies).write(out)
        }
        Err(unusable) => refuse(gate, request, &unusable.reason(), Some(&successor), out),
    }
}

/// Whether the page would see a token in an answer that could not be read.
fn names_a_token(body: &str) -> bool {
    const NAME: &[u8] = b"\"access_token\"";
    body.as_bytes().windows(NAME.len()).any(|window| window == NAME)
}

fn refuse(
    gate: &Gate,
    request: &Request<'_>,
    reason: &str,
    successor: Option<&str>,
    out: &mut Vec<u8>,
) -> Kind {
    let outcome = ("issued_token_unusable", "login", Some(reason));
    log::exchange(out, outcome, None, successor, "(login)");
    out.push(b'\n');
    let title = "The origin issued tokens that this gate would refuse.";
    Problem::session_over("issued_token_unusable", title, 502)
        .token_answer(request.id, Some(reason))
        .readable_by(request, Some(&gate.config.cors))
        .write(out)
}
