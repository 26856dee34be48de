//! The gate's configuration, read and validated as one. Pure: who calls it brings the texts.
//!
//! Every finding is reported at once. An error among them leaves the gate without a [`Verifier`], so that there is
//! nothing it could judge a token with: it is closed by construction, not by a check that could be forgotten.

mod cookies;
mod cors;
mod finding;
mod members;
mod operator;
mod origin;
mod path;
mod policy;
mod refresh;
mod rings;
mod routes;
mod verifier;

use crate::jwt::json::{JsonFault, Object};
use crate::jwt::{KeyRing, Policy, Severity};

pub use cookies::{Cookies, SameSite};
pub use cors::Cors;
pub use finding::Finding;
pub use operator::OperatorToken;
pub use origin::{Origin, OriginUrl};
pub use policy::policy_from_text;
pub use refresh::{QuestionFormat, Refresh, Target};
pub use rings::RingSources;
pub use routes::{Access, Matched, Routes};

use members::Members;
pub(crate) use members::printable;

/// The texts that a configuration is made of, as they stand in the environment.
#[derive(Default)]
pub struct Sources<'a> {
    /// `ORIGIN`
    pub origin: Option<&'a str>,
    /// Whether there is a service binding `ORIGIN_SERVICE`.
    pub origin_service: bool,
    /// Whether there is a Durable Object namespace `REFRESH_GATE`.
    pub refresh_gate: bool,
    /// The table `GATE`, as JSON.
    pub gate: Option<&'a str>,
    /// `ACCESS_KEYS`, `ACCESS_SECRET`, `ACCESS_SECRET_PREVIOUS`
    pub access: RingSources<'a>,
    /// `REFRESH_KEYS`, `REFRESH_SECRET`, `REFRESH_SECRET_PREVIOUS`
    pub refresh: RingSources<'a>,
    /// `OPERATOR_TOKEN`
    pub operator_token: Option<&'a str>,
}

/// The configuration.
#[derive(Debug)]
pub struct Config {
    /// The path of the gate's own endpoints, such as `/auth`.
    pub mount: String,
    /// The `realm` of challenges.
    pub realm: String,
    /// Public routes, and scopes. Empty when they could not be read: then nothing is public.
    pub routes: Routes,
    /// Where allowed requests go, when that is known.
    pub origin: Option<Origin>,
    /// How long the origin may take to begin its answer, in milliseconds.
    pub origin_timeout_ms: u32,
    /// Whether the origin gets to see the `Authorization` header.
    pub forward_authorization: bool,
    /// Whether decisions that let a request pass are logged, too.
    pub log_allowed: bool,
    /// Who may read the gate's own answers across origins.
    pub cors: Cors,
    /// How refresh tokens are exchanged; absent: the gate has no such endpoint.
    pub refresh: Option<Refresh>,
    /// Cookie sessions; absent: tokens come in `Authorization` only.
    pub cookies: Option<Cookies>,
    /// Who may ask about the gate itself; absent: nobody.
    pub operator: Option<OperatorToken>,
    /// The demands on claims, as far as they could be read.
    pub policy: Policy,
    /// What tokens are judged with. Absent when anything is wrong.
    pub verifier: Option<Verifier>,
    /// Everything noticed: errors, and warnings that leave the gate open.
    pub findings: Vec<Finding>,
}

/// What tokens are judged with.
#[derive(Debug)]
pub struct Verifier {
    /// The demands.
    pub policy: Policy,
    /// The keys of access tokens.
    pub access: KeyRing,
    /// The keys of refresh tokens, where there are any.
    pub refresh: Option<KeyRing>,
}

impl Config {
    /// Reads everything, and reports everything that is wrong.
    #[must_use]
    pub fn read(sources: &Sources<'_>) -> Self {
        let mut findings = Vec::new();
        let gate = sources.gate.filter(|gate| *gate != "null");
        let table = gate.map_or(Ok(Object::default()), |gate| Object::parse(gate.as_bytes()));
        let table = table.unwrap_or_else(|_: JsonFault| {
            findings.push(Finding::error("gate_malformed", "`GATE` must be a table"));
            Object::default()
        });
        let mut members = Members::new(table, "gate.");
        let policy = policy::read_policy(&mut members);
        let mount = read_mount(&mut members);
        let realm = read_realm(&mut members);
        let routes = Routes::read(&mut members);
        let cors = Cors::read(&mut members);
        let refresh = Refresh::read(&mut members);
        let cookies = Cookies::read(&mut members);
        let origin_timeout_ms = members.whole_number("origin_timeout_ms", 1, 600_000).unwrap_or(30_000);
        let forward_authorization = members.flag("forward_authorization").unwrap_or(true);
        let log_allowed = members.word("log", &[("all", true), ("refusals", false)]).unwrap_or(true);
        let table_findings = members.finish();
        // A route that could not be read may be the one that closes what a later one opens.
        let routes = if table_findings.is_empty() { routes } else { Routes::default() };
        findings.extend(table_findings);

        let origin = read_origin(sources, &mut findings);
        let (access_ring, refresh_ring) = rings::read(&sources.access, &sources.refresh, &mut findings);
        check_refresh(refresh.is_some(), cookies.is_some(), refresh_ring.is_some(), sources, &mut findings);
        let operator = sources.operator_token.and_then(|secret| OperatorToken::read(secret, &mut findings));
        let sound = findings.iter().all(|finding| finding.severity < Severity::Error);
        let verifier = access_ring.filter(|_| sound).map(|access| Verifier {
            policy: policy.clone(),
            access,
            refresh: refresh_ring,
        });

        Self {
            mount,
            realm,
            routes,
            origin,
            origin_timeout_ms,
            forward_authorization,
            log_allowed,
            cors,
            refresh,
            cookies,
            operator,
            policy,
            verifier,
            findings,
        }
    }
}

/// Refreshing needs keys to verify refresh tokens with, and cookie sessions need refreshing.
fn check_refresh(
    refresh: bool,
    cookies: bool,
    ring: bool,
    sources: &Sources<'_>,
    findings: &mut Vec<Finding>,
) {
    let no_source = sources.refresh.keys.is_none() && sources.refresh.secret.is_none();
    if refresh && !ring && no_source {
        let detail = "`gate.refresh` is configured, so `REFRESH_KEYS` (or `REFRESH_SECRET`) must be set";
        findings.push(Finding::error("refresh_keys_missing", detail));
    }
    if refresh && !sources.refresh_gate {
        let detail =
            "`gate.refresh` is configured, so the Durable Object namespace `REFRESH_GATE` must be bound";
        findings.push(Finding::error("refresh_gate_missing", detail));
    }
    if cookies && !refresh {
        let detail = "cookie sessions need `gate.refresh`";
        findings.push(Finding::error("gate_cookies_without_refresh", detail));
    }
}

fn read_mount(members: &mut Members<'_>) -> String {
    const DEFAULT: &str = "/auth";
    let mount = members.text("mount").unwrap_or(DEFAULT.into());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let sound = mount.len() > 1
        && mount.starts_with('/')
        && mount.bytes().all(plain)
        && mount.split('/').skip(1).all(|segment| !segment.is_empty() && segment != "." && segment != "..");
    if sound {
        mount.into_owned()
    } else {
        members.malformed("mount", "a path such as \"/auth\", without a slash at the end");
        DEFAULT.to_owned()
    }
}

fn read_realm(members: &mut Members<'_>) -> String {
    const DEFAULT: &str = "api";
    let realm = members.text("realm").unwrap_or(DEFAULT.into());
    // It stands in a quoted string of `WWW-Authenticate`.
    if realm.bytes().all(|byte| matches!(byte, 0x20..0x7F) && byte != b'"' && byte != b'\\') {
        realm.into_owned()
    } else {
        members.malformed("realm", "visible ASCII without quotes and backslashes");
        DEFAULT.to_owned()
    }
}

fn read_origin(sources: &Sources<'_>, findings: &mut Vec<Finding>) -> Option<Origin> {
    match (sources.origin.filter(|url| !url.is_empty()), sources.origin_service) {
        (Some(_), true) => {
            let detail = "`ORIGIN` and the service binding `ORIGIN_SERVICE` are both there; remove one";
            findings.push(Finding::error("origin_ambiguous", detail));
            None
        }
        (None, true) => Some(Origin::Service),
        (None, false) => {
            let detail = "set `ORIGIN` to the URL of your API, or bind a service as `ORIGIN_SERVICE`";
            findings.push(Finding::error("origin_missing", detail));
            None
        }
        (Some(url), false) => {
            let url = OriginUrl::new(url);
            if url.is_none() {
                let detail = "`ORIGIN` must be an http or https URL without credentials, query or fragment";
                findings.push(Finding::error("origin_malformed", detail));
            }
            url.map(Origin::Url)
        }
    }
}

#[cfg(test)]
mod tests;
