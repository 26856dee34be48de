//! Refreshing and ending sessions: what the gate says to a refresh token, before and after the Durable Object was asked.

use js_sys::Date;

use super::answer::Answer;
use super::cookies::{self, TokenCookies};
use super::gate::Gate;
use super::parameters::Parameters;
use super::problem::Problem;
use super::question::Question;
use super::request::Request;
use super::wire::Kind;
use super::{csrf, log, origin};
use crate::jwt::json::Object;
use crate::jwt::json_text::ObjectText;
use crate::jwt::{Code, Fingerprint, NumericDate};
use crate::session::{Outcome, Pair, Presented, Settled, object_name};

/// A body that is larger was cut off there on its way in.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// Seconds, where the origin does not say when to ask again.
const RETRY_AFTER: u32 = 5;

/// A decision that was made after the exchange: its kind, cookies for the browser, and the output as of [`Gate::decide`].
pub(super) struct Exchanged {
    pub(super) kind: Kind,
    pub(super) cookies: Vec<String>,
    pub(super) output: Vec<u8>,
}

/// How the caller wants to be answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reply {
    /// Tokens in the body.
    Tokens,
    /// Tokens in cookies, nothing of them in the body.
    Cookies,
    /// The request itself is to be judged again, with the new access token.
    Resume,
}

impl Reply {
    const NAMES: [(&'static str, Self); 3] =
        [("tokens", Self::Tokens), ("cookies", Self::Cookies), ("resume", Self::Resume)];

    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, reply)| *reply == self).map_or("", |(name, _)| name)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(other, _)| *other == name).map(|(_, reply)| *reply)
    }
}

/// What has to be done before a request can be answered.
pub(super) enum Prepared {
    /// Nothing: this is the answer.
    Answer(Exchanged),
    /// This, as JSON: see `exchange.ts`.
    Plan(String),
}

/// Decides what can be decided before anybody is asked. `body` is empty where the token is in the cookie.
pub(super) fn prepare(gate: &Gate, spelled: &str, body: &str) -> Prepared {
    let request = Request::from_wire(spelled.as_bytes());
    match asked(gate, &request, body) {
        Err(exchanged) => Prepared::Answer(exchanged),
        Ok((question, reply, ends)) => Prepared::Plan(plan(gate, &question, reply, ends)),
    }
}

fn plan(gate: &Gate, question: &Question, reply: Reply, ends: bool) -> String {
    let token = &question.token;
    let mut plan = ObjectText::new();
    plan.text("object", &object_name(token));
    plan.text("reply", reply.name());
    plan.text("token", token);
    if ends {
        let revoke = origin::revoke_request(&gate.config, token, &question.headers);
        plan.json_or_null("revoke", revoke.as_deref());
    }
    plan.text("question", &question.to_json());
    plan.finish()
}

/// Decides after the Durable Object, or the origin, has been asked. `outcome` is what it said.
pub(super) fn finish(gate: &Gate, spelled: &str, plan: &str, outcome: &str) -> Exchanged {
    let request = Request::from_wire(spelled.as_bytes());
    let plan = Object::parse(plan.as_bytes()).unwrap_or_default();
    let reply = plan.text("reply").and_then(|reply| Reply::from_name(&reply));
    let (Some(token), Some(reply)) = (plan.text("token"), reply) else { return nothing() };
    if plan.get("revoke").is_none() {
        answer(gate, &request, &token, reply, Outcome::from_json(outcome))
    } else {
        ended(gate, &request, &token, reply, outcome)
    }
}

/// The answer where there is no gate.
pub(super) fn nothing() -> Exchanged {
    Exchanged::answer(&Problem::of_code(Code::ConfigurationInvalid).answer("", "api", &[]), Vec::new())
}

impl Exchanged {
    fn answer(answer: &Answer, mut log: Vec<u8>) -> Self {
        log.push(b'\n');
        let kind = answer.write(&mut log);
        Self { kind, cookies: Vec::new(), output: log }
    }

    /// As it goes over the wire.
    pub(super) fn spell(&self) -> String {
        let mut text = (self.kind as u32).to_string();
        for cookie in &self.cookies {
            text.push_str("\nset-cookie: ");
            text.push_str(cookie);
        }
        text.push_str("\n\n");
        text.push_str(&String::from_utf8_lossy(&self.output));
        text
    }
}

fn now() -> Option<NumericDate> {
    NumericDate::from_seconds(Date::now() / 1000.0)
}

/// The refresh token that may be genuine, how to answer, and whether its session is to end; or the answer.
fn asked(gate: &Gate, request: &Request<'_>, body: &str) -> Result<(Question, Reply, bool), Exchanged> {
    let endpoint = request.path.strip_prefix(gate.config.mount.as_str()).unwrap_or_default();
    let ends = matches!(endpoint, "/logout" | "/revoke");
    let resumes = !ends && endpoint != "/refresh";
    let cookies = gate.config.cookies.as_ref();
    let found = cookies.map(|cookies| TokenCookies::read(cookies, request.header("cookie")));
    let TokenCookies { refresh: cookie, several, .. } = found.unwrap_or_default();
    let Some((verifier, now)) = gate.config.verifier.as_ref().zip(now()) else {
        return Err(refuse(gate, request, "configuration_invalid", None, resumes));
    };
    let parameters = if resumes {
        Parameters::default()
    } else if body.len() >= MAX_BODY {
        return Err(refuse(gate, request, "refresh_token_invalid", Some(Code::TokenTooLarge), false));
    } else {
        Parameters::read(request.header("content-type"), body)
    };
    if parameters.malformed {
        return Err(refuse(gate, request, "malformed_request", None, false));
    }
    if several || (parameters.token.is_some() && cookie.is_some()) {
        return Err(refuse(gate, request, "multiple_tokens", None, false));
    }
    if !ends && parameters.grant_type.as_deref().is_some_and(|grant| grant != "refresh_token") {
        return Err(refuse(gate, request, "grant_type_unsupported", None, false));
    }
    let (token, reply) = match (parameters.token, cookie) {
        (Some(token), _) => (token, Reply::Tokens),
        (None, Some(token)) => (token.to_owned(), if resumes { Reply::Resume } else { Reply::Cookies }),
        (None, None) if ends && gate.config.cookies.is_some() => return Err(signed_out(gate, request)),
        (None, None) => return Err(refuse(gate, request, "refresh_token_missing", None, resumes)),
    };
    if reply == Reply::Cookies && !csrf::passes(request, &gate.config.cors) {
        let problem = Problem::csrf_check_failed().answer(request.id, &gate.config.realm, &[]);
        return Err(Exchanged::answer(&problem.readable_by(request, Some(&gate.config.cors)), Vec::new()));
    }
    let headers = passed_on(gate, request);
    match Presented::verify(&token, verifier, now) {
        Ok(presented) => Ok((Question { token, presented, headers }, reply, ends)),
        // What cannot be a live session needs no ending (RFC 7009 §2.2).
        Err(_) if ends => Err(signed_out(gate, request)),
        Err(code) => Err(refuse(gate, request, "refresh_token_invalid", Some(code), resumes)),
    }
}

fn passed_on(gate: &Gate, request: &Request<'_>) -> Vec<(String, String)> {
    let names = gate.config.refresh.iter().flat_map(|refresh| &refresh.headers);
    names.filter_map(|name| Some((name.clone(), request.header(name)?.to_owned()))).collect()
}

/// Answers after the Durable Object has.
fn answer(gate: &Gate, request: &Request<'_>, token: &str, reply: Reply, outcome: Outcome) -> Exchanged {
    let mut settled = match outcome {
        Outcome::Settled(settled) => settled,
        Outcome::Unavailable { reason, retry_after } => {
            let retry_after = retry_after.unwrap_or(RETRY_AFTER);
            let log = line("origin_unavailable", "retry", Some(&reason), token, None);
            let problem = Problem::refresh_unavailable(retry_after);
            return Exchanged::answer(&failure(gate, request, reply, &problem, None), log);
        }
    };
    let mut set_cookies = Vec::new();
    if let (Settled::Pair(pair), true, Some(cookies), Some(now)) =
        (&settled, reply != Reply::Tokens, &gate.config.cookies, now())
    {
        match cookies::set(cookies, pair, now) {
            Ok(cookies) => set_cookies = cookies,
            Err(why) => {
                let successor = Fingerprint::of(pair.access_token.as_bytes()).to_string();
                settled = Settled::Unusable { why, successor };
            }
        }
    }
    match settled {
        Settled::Pair(pair) => {
            let successor = Fingerprint::of(pair.access_token.as_bytes()).to_string();
            let log = line("refreshed", "none", None, token, Some(&successor));
            match reply {
                Reply::Tokens => Exchanged::answer(&finished(gate, request, tokens_body(&pair)), log),
                Reply::Cookies => {
                    let answer = finished(gate, request, cookies_body(&pair));
                    Exchanged::answer(&with_cookies(answer, set_cookies), log)
                }
                Reply::Resume => resume(gate, request, &pair, set_cookies),
            }
        }
        Settled::Refused | Settled::Ended => {
            let reason = matches!(settled, Settled::Ended).then_some("signed_out");
            let log = line("refresh_token_rejected", "login", reason, token, None);
            let title = "The refresh token is not accepted any more.";
            let problem = Problem::session_over("refresh_token_rejected", title, status_for(reply, 400));
            Exchanged::answer(&failure(gate, request, reply, &problem, None), log)
        }
        Settled::Unusable { why, successor } => {
            let reason = why.reason();
            let log = line("issued_token_unusable", "login", Some(&reason), token, Some(&successor));
            let title = "The origin issued tokens that this gate would refuse.";
            let problem = Problem::session_over("issued_token_unusable", title, 502);
            Exchanged::answer(&failure(gate, request, reply, &problem, Some(&reason)), log)
        }
    }
}

/// A request that goes on is answered as an unauthenticated one; the endpoint as RFC 6749 §5.2 has it.
fn status_for(reply: Reply, endpoint: u16) -> u16 {
    if reply == Reply::Resume { 401 } else { endpoint }
}

/// Judges the request again, with the new access token in the cookie.
fn resume(gate: &Gate, request: &Request<'_>, pair: &Pair, cookies: Vec<String>) -> Exchanged {
    let mut output = Vec::new();
    let (Some(config), Some(now)) = (&gate.config.cookies, now()) else { return nothing() };
    let others =
        request.header("cookie").map(|header| cookies::without_tokens(config, header)).unwrap_or_default();
    let mut headers = String::new();
    for line in request.headers_without("cookie") {
        headers.push_str(line);
        headers.push('\n');
    }
    let separator = if others.is_empty() { "" } else { "; " };
    for part in ["cookie: ", &others, separator, &config.access, "=", &pair.access_token] {
        headers.push_str(part);
    }
    let kind = gate.decide(&request.with_headers(&headers), now, &mut output);
    Exchanged { kind, cookies, output }
}

/// RFC 6749 §5.1
fn tokens_body(pair: &Pair) -> String {
    let mut body = ObjectText::new();
    body.text("access_token", &pair.access_token);
    write_expires_in(&mut body, pair);
    if let Some(token) = &pair.refresh_token {
        body.text("refresh_token", token);
    }
    write_scope(&mut body, pair);
    body.text("token_type", "Bearer");
    body.finish()
}

/// What a page learns of its session: everything but the tokens.
pub(super) fn cookies_body(pair: &Pair) -> String {
    let mut body = ObjectText::new();
    body.flag("active", true);
    write_expires_in(&mut body, pair);
    write_scope(&mut body, pair);
    body.finish()
}

fn write_expires_in(body: &mut ObjectText, pair: &Pair) {
    if let Some((expires, now)) = pair.expires.zip(now()) {
        body.number("expires_in", (expires - now.whole_seconds()).max(0));
    }
}

fn write_scope(body: &mut ObjectText, pair: &Pair) {
    if let Some(scope) = &pair.scope {
        body.text("scope", scope);
    }
}

fn finished(gate: &Gate, request: &Request<'_>, body: String) -> Answer {
    Answer::json(200, "application/json", body)
        .header("x-request-id", request.id)
        .header("x-edgewarden-action", "none")
        .readable_by(request, Some(&gate.config.cors))
}

pub(super) fn with_cookies(mut answer: Answer, cookies: Vec<String>) -> Answer {
    for cookie in cookies {
        answer.add("set-cookie", cookie);
    }
    answer
}

/// Refuses before anybody was asked.
fn refuse(
    gate: &Gate,
    request: &Request<'_>,
    code: &'static str,
    reason: Option<Code>,
    resumes: bool,
) -> Exchanged {
    let reply = if resumes { Reply::Resume } else { Reply::Tokens };
    let problem = match code {
        "configuration_invalid" => Problem::of_code(Code::ConfigurationInvalid),
        "multiple_tokens" => Problem::of_code(Code::MultipleTokens),
        "grant_type_unsupported" => Problem::grant_type_unsupported(),
        "malformed_request" => Problem::malformed_request(),
        "refresh_token_missing" => {
            Problem::session_over(code, "The request carries no refresh token.", status_for(reply, 400))
        }
        _ => Problem::session_over(code, "The refresh token is not valid.", status_for(reply, 400)),
    };
    let mut log = Vec::new();
    let reason = reason.map(Code::as_str);
    log::exchange(&mut log, (code, problem.action.as_str(), reason), None, None, "(refresh)");
    Exchanged::answer(&failure(gate, request, reply, &problem, reason), log)
}

/// The answer to a refresh that failed. A session in cookies that is over is also taken from the browser.
fn failure(
    gate: &Gate,
    request: &Request<'_>,
    reply: Reply,
    problem: &Problem,
    reason: Option<&str>,
) -> Answer {
    let answer = if reply == Reply::Resume {
        problem.answer(request.id, &gate.config.realm, &[])
    } else {
        problem.token_answer(request.id, reason)
    };
    let answer = answer.readable_by(request, Some(&gate.config.cors));
    match &gate.config.cookies {
        Some(cookies) if problem.action == crate::jwt::Action::Login && reply != Reply::Tokens => {
            with_cookies(answer, cookies::clear(cookies))
        }
        _ => answer,
    }
}

fn line(code: &str, action: &str, reason: Option<&str>, token: &str, successor: Option<&str>) -> Vec<u8> {
    let mut out = Vec::new();
    log::exchange(&mut out, (code, action, reason), Some(token), successor, "(refresh)");
    out
}

/// The answer to a logout, after the origin was told, or could not be: `why`, in a word.
fn ended(gate: &Gate, request: &Request<'_>, token: &str, reply: Reply, why: &str) -> Exchanged {
    let told = why.is_empty();
    let mut log = Vec::new();
    let ending = if told { ("signed_out", "none", None) } else { ("origin_unavailable", "retry", Some(why)) };
    log::exchange(&mut log, ending, Some(token), None, "(logout)");
    if !told && reply == Reply::Tokens {
        let problem = Problem::refresh_unavailable(RETRY_AFTER);
        return Exchanged::answer(&failure(gate, request, reply, &problem, None), log);
    }
    // In a browser, the one who asked to be signed out is signed out here, whatever becomes of the origin.
    Exchanged::answer(&signed_out_answer(gate, request, told), log)
}

fn signed_out(gate: &Gate, request: &Request<'_>) -> Exchanged {
    Exchanged::answer(&signed_out_answer(gate, request, true), Vec::new())
}

fn signed_out_answer(gate: &Gate, request: &Request<'_>, told: bool) -> Answer {
    let mut body = ObjectText::new();
    body.flag("active", false);
    if !told {
        body.flag("origin_told", false);
    }
    let answer = finished(gate, request, body.finish());
    match &gate.config.cookies {
        // Browsers keep the cookies back from another site's form, and would still let its answer clear them.
        Some(cookies) if csrf::passes(request, &gate.config.cors) => {
            with_cookies(answer, cookies::clear(cookies))
        }
        _ => answer,
    }
}
