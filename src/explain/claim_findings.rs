//! The claims against the policy, in the order in which the verifier looks at them; every one that fails, not only the first.

use crate::jwt::json::Value;
use crate::jwt::{
    Action, Audience, Claims, Code, Header, NamedKind, Refusal, Scope, TokenKind, Why, judge_scope,
};

use super::cause::{Diagnosis, Level};
use super::context::Context;
use super::declared_kind::{Declared, advice, mark_of_id_token, swapped, with_article};
use super::findings::Findings;
use super::ladder::Climb;
use super::spelled::{List, Said, fill};
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
    declared: Option<Declared>,
    found: &'a mut Findings,
}

const SPELLED_DIFFERENTLY: &str = "They differ in nothing but a slash at the end, the scheme or the case, and are \
                                   compared exactly: write the same text on both sides.";

impl<'a, 's> ClaimFindings<'a, 's> {
    pub(super) fn find(
        context: &'a Context,
        header: Option<&'a Header<'s>>,
        reading: &'a ClaimsRead<'s>,
        climb: &Climb,
        found: &'a mut Findings,
    ) {
        let ClaimsRead { claims, refusals, misspelled } = reading;
        time_findings::find_misspelled(claims, misspelled, found);
        find_malformed(claims, refusals, misspelled, found);
        TimeFindings { context, claims, climb, found }.find();
        let declared = Declared::of(header.and_then(|header| header.typ), Some(claims));
        let mut findings = Self { context, header, claims, declared, found };
        findings.issuer();
        findings.audience();
        findings.kind();
        findings.required_claims();
        findings.scope();
        findings.secrets();
    }

    /// `iss` or `aud` where nothing configured will do.
    fn mismatch(&mut self, refusal: &Refusal, name: &'static str, configured: &[String], advice: &str) {
        let expected = List::of(configured);
        if refusal.code != Code::ClaimMissing {
            self.found.refuse(
                refusal.code,
                "The claim `{}` is {}; expected is one of {}. {}",
                &[Said::Text(name), Said::Value(self.claims.get(name)), expected.said(), Said::Text(advice)],
            );
        } else if !self.claims.has(name) {
            self.found.refuse(
                refusal.code,
                "The claim `{}` is absent; expected is one of {}. Let the issuer write it, or change the policy.",
                &[Said::Text(name), expected.said()],
            );
        }
        // Else it is malformed, and that has been said.
    }

    fn issuer(&mut self) {
        let policy = &self.context.policy;
        let Err(refusal) = policy.judge_issuer(self.claims) else { return };
        let seen = self.claims.issuer.map(|issuer| issuer.decoded()).unwrap_or_default();
        let advice = if is_near(&policy.issuers, &seen) {
            SPELLED_DIFFERENTLY
        } else {
            "Send the token to the environment that it was issued for, or add its issuer to the policy, if \
             it is trusted."
        };
        self.mismatch(&refusal, "iss", &policy.issuers, advice);
    }

    fn audience(&mut self) {
        let policy = &self.context.policy;
        let Err(refusal) = policy.judge_audience(self.claims) else { return };
        let is_malformed = refusal.code == Code::ClaimMissing && self.claims.has("aud");
        if let Some(fix) = self.id_token()
            && !is_malformed
        {
            self.found.diagnose(
                Diagnosis::IdTokenUsedAsAccess,
                "{} Its `aud` is {}, the client; needed is one of {}.",
                &[Said::Text(&fix), Said::Value(self.claims.get("aud")), List::of(&policy.audiences).said()],
            );
            return;
        }
        let advice = match &self.claims.audience {
            Audience::One(one) if is_near(&policy.audiences, &one.decoded()) => SPELLED_DIFFERENTLY,
            _ => {
                "Ask the issuer for a token for this API (`audience` or `resource` in the request), or send the \
                 token to the API that it is for."
            }
        };
        self.mismatch(&refusal, "aud", &policy.audiences, advice);
    }

    /// What tells that this is an ID token where an access token is needed.
    fn id_token(&self) -> Option<String> {
        if self.context.kind != TokenKind::Access {
            return None;
        }
        let advice = Said::Text(advice(Diagnosis::IdTokenUsedAsAccess));
        match &self.declared {
            // It begins a sentence here.
            Some(Declared { kind: NamedKind::Id, place }) => {
                Some(fill("T{}. {}", &[Said::Text(place.get(1..).unwrap_or_default()), advice]))
            }
            Some(_) => None,
            None => {
                let mark = mark_of_id_token(self.claims)?;
                Some(fill("It has the claim `{}`, as ID tokens have. {}", &[Said::Text(mark), advice]))
            }
        }
    }

    fn kind(&mut self) {
        let needed = self.context.kind;
        let typ = self.header.and_then(|header| header.typ);
        let judged = self.context.policy.judge_type(needed, typ, self.claims);
        let level = if judged.is_err() { Level::Error } else { Level::Warning };
        if let Some(Declared { kind, place }) = &self.declared
            && let Some(diagnosis) = swapped(*kind, needed)
        {
            let fix = fill("Seen: {}. {}", &[Said::Text(place), Said::Text(advice(diagnosis))]);
            return self.find_wrong_kind(diagnosis, &fix, level);
        }
        if let Some(fix) = self.id_token() {
            // It explains what fails after this, too.
            let level = if self.lacks_something() { Level::Error } else { level };
            return self.find_wrong_kind(Diagnosis::IdTokenUsedAsAccess, &fix, level);
        }
        let Err(refusal) = judged else { return };
        let (place, seen) = match (refusal.why, typ) {
            (Why::Claim(name), _) => (name, self.claims.get(name)),
            (_, typ) => ("typ", typ.map(Value::String)),
        };
        let sentence = match (refusal.why, seen) {
            (Why::Claim(_), _) => "The claim `{}` is {}",
            (_, Some(_)) => "The header's `{}` is {}",
            (_, None) => "The header has no `{}`",
        };
        self.found.refuse(
            Code::TypeMismatch,
            "{}; needed is {} token. Send one, or, should this be one, let the issuer say so or add the type to \
             `access_types` or `refresh_types`.",
            &[
                Said::Filled(sentence, &[Said::Text(place), Said::Value(seen)]),
                Said::Text(with_article(needed)),
            ],
        );
    }

    /// A token of another kind, which may pass: then the verifier does not tell the two apart.
    fn find_wrong_kind(&mut self, diagnosis: Diagnosis, fix: &str, level: Level) {
        let passes = if level == Level::Error {
            ""
        } else {
            " It passes all the same: configure an audience or the types that are allowed, or let the \
             issuer write one that tells the two apart."
        };
        let finding = self.found.diagnose(diagnosis, "{}{}", &[Said::Text(fix), Said::Text(passes)]);
        finding.level = level;
        if level != Level::Error {
            finding.action = Action::None;
        }
    }

    fn lacks_something(&self) -> bool {
        self.context.policy.judge_required_claims(self.claims).is_err()
            || judge_scope(self.claims, &self.context.scope).is_err()
    }

    fn required_claims(&mut self) {
        let mut missing = List::default();
        for name in &self.context.policy.required_claims {
            // The absence of `exp` is a matter of expiry.
            if name != "exp" && !self.claims.has(name) {
                missing.add(name);
            }
        }
        if !missing.is_empty() {
            self.found.refuse(
                Code::ClaimMissing,
                "Absent: {}, which the policy requires. Let the issuer write them, or change `required_claims`.",
                &[missing.said()],
            );
        }
    }

    fn scope(&mut self) {
        let mut missing = List::default();
        for scope in &self.context.scope {
            if !self.claims.scope.contains(scope) {
                missing.add(scope);
            }
        }
        if missing.is_empty() {
            return;
        }
        let mut held = List::default();
        self.claims.scope.for_each(|scope| held.add(scope));
        let seen = match self.claims.scope {
            Scope::Absent => Said::Text("neither `scope` nor `scp`"),
            _ => held.said(),
        };
        self.found.refuse(
            Code::InsufficientScope,
            "Missing: {}. The token has {}. Ask the issuer for the scope when signing in; the same token will \
             never have it.",
            &[missing.said(), seen],
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
        let Some(all) = self.claims.all() else { return };
        for member in all.members() {
            let name = member.name.decoded();
            let holds = matches!(member.value, Value::String(text) if !text.is(""));
            if holds && NAMES.iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
                let fix = "The claim {} is there. Claims are encoded and not encrypted: leave it out, and change \
                           what it held.";
                self.found.diagnose(Diagnosis::SecretInClaims, fix, &[Said::Name(&name)]).make_remark();
                return;
            }
        }
    }
}

/// Registered claims of a wrong type, but for the times that have a diagnosis of their own.
fn find_malformed(
    claims: &Claims<'_>,
    refusals: &[Refusal],
    misspelled: &[Misspelled],
    found: &mut Findings,
) {
    let mut first = None;
    let mut others = List::default();
    for refusal in refusals {
        let (Why::ClaimType(name) | Why::TimeRange(name)) = refusal.why else { continue };
        if misspelled.iter().any(|time| time.name == name) {
            continue;
        }
        match first {
            None => first = Some(name),
            Some(_) => others.add(name),
        }
    }
    let Some(first) = first else { return };
    let expected = match first {
        "exp" | "nbf" | "iat" => "a number of seconds since 1970, within the years 1 to 9999",
        "aud" | "scope" | "scp" => "a text or an array of texts",
        _ => "a text",
    };
    let likewise = if others.is_empty() { "" } else { " Likewise: {}." };
    found.refuse(
        Code::MalformedClaims,
        "The claim `{}` is {}; expected is {} (RFC 7519 §4.1).{}",
        &[
            Said::Text(first),
            Said::Value(claims.get(first)),
            Said::Text(expected),
            Said::Filled(likewise, &[others.said()]),
        ],
    );
}

/// Whether one of these differs from what was seen in nothing that a person would see at first.
fn is_near(configured: &[String], seen: &str) -> bool {
    configured.iter().any(|ours| bare(ours).eq_ignore_ascii_case(bare(seen)))
}

/// Without its scheme, and without slashes at its end.
fn bare(identifier: &str) -> &[u8] {
    let mut bare = identifier.as_bytes().trim_ascii();
    while let [rest @ .., b'/'] = bare {
        bare = rest;
    }
    for scheme in ["https://", "http://"] {
        if let Some((start, rest)) = bare.split_at_checked(scheme.len())
            && start.eq_ignore_ascii_case(scheme.as_bytes())
        {
            return rest;
        }
    }
    bare
}
