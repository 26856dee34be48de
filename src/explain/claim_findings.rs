//! The claims against the policy, in the order in which the verifier looks at them; every one that fails, not only the first.

use crate::jwt::json::{Object, Value};
use crate::jwt::{
    Action, Audience, Claims, Code, Header, NamedKind, Refusal, Scope, TokenKind, Why, judge_scope,
};

use super::cause::{Cause, Diagnosis, Level};
use super::context::Context;
use super::declared_kind::{advice, declared, mark_of_id_token, swapped};
use super::ladder::Climb;
use super::report::Finding;
use super::shape::value_in_words;
use super::spelled::{fill, list, quoted};
use super::time_findings::{self, Misspelled, TimeFindings};

/// Claims that were read whoever wrote them.
pub(super) struct ClaimsRead<'s> {
    pub(super) claims: Claims<'s>,
    /// Those of a wrong type, which are left out of the claims.
    refusals: Vec<Refusal>,
    /// Times that could be read all the same.
    misspelled: Vec<Misspelled>,
}

impl<'s> ClaimsRead<'s> {
    pub(super) fn of(payload: &'s [u8]) -> Result<Self, Refusal> {
        let (mut claims, refusals) = Claims::parse_leniently(payload)?;
        let misspelled = time_findings::read_misspelled(&mut claims);
        Ok(Self { claims, refusals, misspelled })
    }
}

pub(super) struct ClaimFindings<'a, 's> {
    context: &'a Context,
    header: Option<&'a Header<'s>>,
    claims: &'a Claims<'s>,
    /// What the token says that it is, and where.
    declared: Option<(NamedKind, String)>,
    found: Vec<Finding>,
}

impl<'a, 's> ClaimFindings<'a, 's> {
    pub(super) fn of(
        context: &'a Context,
        header: Option<&'a Header<'s>>,
        reading: &'a ClaimsRead<'s>,
        climb: &Climb,
    ) -> Vec<Finding> {
        let ClaimsRead { claims, refusals, misspelled } = reading;
        let mut found = time_findings::of_misspelled(claims, misspelled);
        found.extend(malformed(claims, refusals, misspelled));
        found.extend(TimeFindings { context, claims, climb }.findings());
        let declared = declared(header.and_then(|header| header.typ), Some(claims));
        let mut findings = Self { context, header, claims, declared, found };
        findings.issuer();
        findings.audience();
        findings.kind();
        findings.required_claims();
        findings.scope();
        findings.secrets();
        findings.found
    }

    fn find(&mut self, cause: Cause, fix: &[&str]) {
        self.found.push(Finding::new(cause, fix.concat()));
    }

    /// A claim as it stands in the token, in words.
    fn seen(&self, name: &str) -> String {
        self.claims.get(name).map_or_else(|| "absent".to_owned(), value_in_words)
    }

    fn absent(&mut self, name: &str, why: &str) {
        self.find(
            Cause::Verdict(Code::ClaimMissing),
            &["The claim `", name, "` is absent; ", why, " Let the issuer write it, or change the policy."],
        );
    }

    fn issuer(&mut self) {
        let Err(refusal) = self.context.policy.judge_issuer(self.claims) else { return };
        if refusal.code == Code::ClaimMissing && self.claims.has("iss") {
            return; // it is malformed, and that has been said
        }
        let expected = list(self.context.policy.issuers.iter().map(String::as_str));
        if refusal.code == Code::ClaimMissing {
            return self.absent("iss", &fill("expected is one of {}.", &[&expected]));
        }
        let seen = self.claims.issuer.map(|issuer| issuer.decoded().into_owned()).unwrap_or_default();
        let near = self.context.policy.issuers.iter().any(|issuer| same_but_for_spelling(issuer, &seen));
        let advice = if near {
            "They differ in nothing but a slash at the end, the scheme or the case, and are compared \
             exactly: write the same text on both sides."
        } else {
            "Send the token to the environment that it was issued for, or add its issuer to the policy, if \
             it is trusted."
        };
        let seen = self.seen("iss");
        self.find(
            Cause::Verdict(Code::IssuerMismatch),
            &["The claim `iss` is ", &seen, "; expected is one of ", &expected, ". ", advice],
        );
    }

    fn audience(&mut self) {
        let Err(refusal) = self.context.policy.judge_audience(self.claims) else { return };
        if refusal.code == Code::ClaimMissing && self.claims.has("aud") {
            return;
        }
        if let Some(fix) = self.id_token() {
            let needed = list(self.context.policy.audiences.iter().map(String::as_str));
            let seen = self.seen("aud");
            return self.find(
                Cause::Diagnosis(Diagnosis::IdTokenUsedAsAccess),
                &[&fix, " Its `aud` is ", &seen, ", the client; needed is one of ", &needed, "."],
            );
        }
        let audiences = &self.context.policy.audiences;
        let expected = list(audiences.iter().map(String::as_str));
        if refusal.code == Code::ClaimMissing {
            return self.absent("aud", &fill("expected is one of {}.", &[&expected]));
        }
        let near = match &self.claims.audience {
            Audience::One(one) => audiences.iter().any(|ours| same_but_for_spelling(ours, &one.decoded())),
            _ => false,
        };
        let advice = if near {
            "They differ in nothing but a slash at the end, the scheme or the case, and are compared \
             exactly: write the same text on both sides."
        } else {
            "Ask the issuer for a token for this API (`audience` or `resource` in the request), or send the \
             token to the API that it is for."
        };
        let seen = self.seen("aud");
        self.find(
            Cause::Verdict(Code::AudienceMismatch),
            &["The claim `aud` is ", &seen, "; expected is one of ", &expected, ". ", advice],
        );
    }

    /// What tells that this is an ID token where an access token is needed.
    fn id_token(&self) -> Option<String> {
        if self.context.kind != TokenKind::Access {
            return None;
        }
        let place = match &self.declared {
            Some((NamedKind::Id, place)) => {
                let capital = place.get(..1).unwrap_or_default().to_ascii_uppercase();
                [&capital, place.get(1..).unwrap_or_default()].concat()
            }
            Some(_) => return None,
            None => fill("It has the claim `{}`, as ID tokens have", &[mark_of_id_token(self.claims)?]),
        };
        Some(fill("{}. {}", &[&place, advice(Diagnosis::IdTokenUsedAsAccess)]))
    }

    fn kind(&mut self) {
        let typ = self.header.and_then(|header| header.typ);
        let judged = self.context.policy.judge_type(self.context.kind, typ, self.claims);
        let level = if judged.is_err() { Level::Error } else { Level::Warning };
        let swap = self.declared.as_ref().and_then(|(kind, place)| {
            let diagnosis = swapped(*kind, self.context.kind)?;
            Some((diagnosis, place.clone()))
        });
        if let Some((diagnosis, place)) = swap {
            let fix = fill("Seen: {}. {}", &[&place, advice(diagnosis)]);
            let (fix, action) = of_wrong_kind(level, fix);
            return self
                .found
                .push(Finding::new(Cause::Diagnosis(diagnosis), fix).level(level).action(action));
        }
        if let Some(fix) = self.id_token() {
            let cause = Cause::Diagnosis(Diagnosis::IdTokenUsedAsAccess);
            // It explains what fails after this, too.
            let level = if self.lacks_something() { Level::Error } else { level };
            let (fix, action) = of_wrong_kind(level, fix);
            return self.found.push(Finding::new(cause, fix).level(level).action(action));
        }
        let Err(refusal) = judged else { return };
        let needed = match self.context.kind {
            TokenKind::Access => "an access",
            TokenKind::Refresh => "a refresh",
        };
        let seen = match refusal.why {
            Why::Claim(name) => fill("The claim `{}` is {}", &[name, &self.seen(name)]),
            _ => match typ {
                Some(typ) => {
                    fill("The header's `typ` is \"{}\"", &[&quoted(&typ.decoded()).replace('`', "")])
                }
                None => "The header has no `typ`".to_owned(),
            },
        };
        self.find(
            Cause::Verdict(Code::TypeMismatch),
            &[
                &seen,
                "; needed is ",
                needed,
                " token. Send one, or, should this be one, let the issuer say so or add the type to \
                 `access_types` or `refresh_types`.",
            ],
        );
    }

    fn lacks_something(&self) -> bool {
        self.context.policy.judge_required_claims(self.claims).is_err()
            || judge_scope(self.claims, &self.context.scope).is_err()
    }

    fn required_claims(&mut self) {
        let policy = &self.context.policy;
        let missing: Vec<&str> = policy
            .required_claims
            .iter()
            .map(String::as_str)
            // Its absence is a matter of expiry.
            .filter(|name| *name != "exp" && !self.claims.has(name))
            .collect();
        if missing.is_empty() {
            return;
        }
        let missing = list(missing);
        self.find(
            Cause::Verdict(Code::ClaimMissing),
            &[
                "Absent: ",
                &missing,
                ", which the policy requires. Let the issuer write them, or change `required_claims`.",
            ],
        );
    }

    fn scope(&mut self) {
        if judge_scope(self.claims, &self.context.scope).is_ok() {
            return;
        }
        let wanted = self.context.scope.iter().map(String::as_str);
        let missing = list(wanted.filter(|scope| !self.claims.scope.contains(scope)));
        let mut held: Vec<String> = Vec::new();
        self.claims.scope.for_each(|scope| held.push(scope.to_owned()));
        let seen = match self.claims.scope {
            Scope::Absent => "neither `scope` nor `scp`".to_owned(),
            _ => list(held.iter().map(String::as_str)),
        };
        self.find(
            Cause::Verdict(Code::InsufficientScope),
            &[
                "Missing: ",
                &missing,
                ". The token has ",
                &seen,
                ". Ask the issuer for the scope when signing in; the same token will never have it.",
            ],
        );
    }

    /// Claims are read by everybody who holds the token.
    fn secrets(&mut self) {
        const NAMES: [&str; 12] = [
            "password",
            "passwd",
            "pwd",
            "pass",
            "passphrase",
            "secret",
            "client_secret",
            "private_key",
            "privatekey",
            "api_key",
            "apikey",
            "password_hash",
        ];
        let found = self.claims.all().into_iter().flat_map(Object::members).find_map(|member| {
            let name = member.name.decoded();
            let holds = matches!(member.value, Value::String(text) if !text.is(""));
            let said = NAMES.iter().any(|secret| name.eq_ignore_ascii_case(secret));
            (holds && said).then(|| name.into_owned())
        });
        if let Some(name) = found {
            let fix = fill(
                "The claim {} is there. Claims are encoded and not encrypted: leave it out, and change what \
                 it held.",
                &[&quoted(&name)],
            );
            let finding = Finding::new(Cause::Diagnosis(Diagnosis::SecretInClaims), fix);
            self.found.push(finding.remark());
        }
    }
}

/// What is to be done about a token of another kind, which may pass: then the verifier does not tell the two apart.
fn of_wrong_kind(level: Level, fix: String) -> (String, Action) {
    if level == Level::Error {
        return (fix, Action::Stop);
    }
    let passes = " It passes all the same: configure an audience or the types that are allowed, or let the \
                  issuer write one that tells the two apart.";
    (fix + passes, Action::None)
}

/// Registered claims of a wrong type, but for the times that have a diagnosis of their own.
fn malformed(claims: &Claims<'_>, refusals: &[Refusal], misspelled: &[Misspelled]) -> Option<Finding> {
    let names: Vec<&str> = refusals
        .iter()
        .filter_map(|refusal| match refusal.why {
            Why::ClaimType(name) | Why::TimeRange(name) => Some(name),
            _ => None,
        })
        .filter(|name| misspelled.iter().all(|time| time.name != *name))
        .collect();
    let first = names.first()?;
    let expected = match *first {
        "exp" | "nbf" | "iat" => "a number of seconds since 1970, within the years 1 to 9999",
        "aud" | "scope" | "scp" => "a text or an array of texts",
        _ => "a text",
    };
    let seen = claims.get(first).map(value_in_words).unwrap_or_default();
    let others = if names.len() > 1 {
        fill(" Likewise: {}.", &[&list(names.iter().skip(1).copied())])
    } else {
        String::new()
    };
    let fix =
        ["The claim `", first, "` is ", &seen, "; expected is ", expected, " (RFC 7519 §4.1).", &others];
    Some(Finding::new(Cause::Verdict(Code::MalformedClaims), fix.concat()))
}

/// Whether two identifiers differ in nothing that a person would see at first.
fn same_but_for_spelling(one: &str, other: &str) -> bool {
    fn bare(text: &str) -> String {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
            Some(rest) => rest.to_owned(),
            None => text,
        }
    }
    bare(one) == bare(other)
}
