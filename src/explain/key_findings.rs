//! What the key says: whether there is one, whether it may be used, and who else may have made the signature.

use crate::jwt::{
    Action, Algorithm, Claims, Code, Header, Key, KeyRing, Lifecycle, NamedKind, NumericDate, Stage,
    TokenKind, UnknownKid, Why, is_placeholder,
};

use super::cause::{Cause, Diagnosis, Level, Party};
use super::context::Context;
use super::declared_kind::{advice, declared, swapped};
use super::human_time::rfc3339;
use super::keys::KnownKey;
use super::ladder::Climb;
use super::public_key;
use super::report::Finding;
use super::signer::{Search, Signed, Signer};
use super::spelled::{fill, list, quoted};

/// What there is to look at.
pub(super) struct KeyFindings<'a, 's> {
    pub(super) context: &'a Context,
    pub(super) header: &'a Header<'s>,
    pub(super) claims: Option<&'a Claims<'s>>,
    /// What the signature is over, and what the issuer may have taken for it.
    pub(super) signing_inputs: [Option<&'a [u8]>; 2],
    pub(super) signature: &'a [u8],
    pub(super) climb: &'a Climb,
}

impl<'a> KeyFindings<'a, '_> {
    pub(super) fn findings(&self) -> Vec<Finding> {
        if let Some(confusion) = self.confusion() {
            return vec![confusion];
        }
        let refusal = self.climb.refusal.as_ref();
        let ring = self.context.own_keys().and_then(|keys| keys.ring.as_ref());
        let key = || ring?.key(refusal?.key?);
        let code = refusal.map(|refusal| refusal.code);
        let found = match (ring, code) {
            (_, Some(Code::TokenTooLarge)) => None,
            (Some(_), Some(Code::KeyRetired)) => key().map(|key| self.retired(key)),
            (Some(_), Some(Code::KeyNotActive)) => key().map(|key| self.too_early(key)),
            (Some(_), Some(Code::KeyRevoked)) => key().map(|key| self.revoked(key.kid.as_deref())),
            (
                Some(_),
                Some(code @ (Code::SignatureMismatch | Code::KeyNotFound | Code::AlgorithmNotAllowed)),
            ) => match self.search(self.kid().as_deref()) {
                // The same key, over the text in the ordinary alphabet: that has been found.
                Some(Signer::Key(key)) if self.is_the_right_key(key) => None,
                Some(Signer::NotFoundInTime) => self.nobody(code, ", as far as the time for it went"),
                Some(signer) => self.made_by_another(signer),
                None => self.nobody(code, ""),
            },
            (Some(ring), _) => return self.of_signer(ring),
            (None, _) => match self.search(self.kid().as_deref()) {
                // What closes the gate is what the token was signed with.
                Some(Signer::Key(key)) if key.secret.as_deref().is_some_and(is_placeholder) => {
                    Some(placeholder())
                }
                Some(Signer::Key(key)) if key.is_bare_text => {
                    Some(spelled(key, "the text of `k` as it stands, which is no base64url"))
                }
                Some(Signer::Key(key)) if self.is_the_right_key(key) => None,
                Some(signer) => self.made_by_another(signer),
                None => None,
            },
        };
        found.into_iter().collect()
    }

    fn kid(&self) -> Option<String> {
        self.header.kid.map(|kid| kid.decoded().into_owned())
    }

    fn alg(&self) -> String {
        self.header.alg.decoded().into_owned()
    }

    /// A MAC where the key is of another type, or the reverse.
    fn confusion(&self) -> Option<Finding> {
        let keys = self.context.own_keys()?;
        let (kid, alg) = (self.kid(), self.alg());
        // Whatever its case, and of a known family: another name is the algorithm's own finding.
        let family = |names: &[&str]| {
            let family = alg.get(..2).filter(|_| !alg.starts_with("RSA"));
            family.is_some_and(|family| names.iter().any(|name| family.eq_ignore_ascii_case(name)))
        };
        let (is_mac, is_signature) = (family(&["HS"]), family(&["RS", "PS", "ES", "Ed"]));
        let named = kid.as_deref().and_then(|kid| keys.named(kid));
        let key = match named {
            Some(key) => {
                let is_of_another_type = if key.is_symmetric() { is_signature } else { is_mac };
                Some(key).filter(|key| key.kty.is_some() && is_of_another_type)
            }
            // Without a name: a MAC, and not one key that could have made it.
            None if is_mac && keys.known.iter().all(|key| !key.is_symmetric()) => keys.known.first(),
            None => None,
        }?;
        let kty = key.kty.clone().unwrap_or_default();
        let mut fix = fill(
            "The header says `alg` {}, and the key {} is of the type {}",
            &[&quoted(&alg), &key.name(), &quoted(&kty)],
        );
        if !is_mac {
            fix.push_str(
                ": a secret makes no such signature. Put the key that the issuer signs with into the ring, \
                 or let the issuer sign with the secret.",
            );
            return Some(Finding::new(CONFUSION, fix).party(Party::Issuer));
        }
        match self.search(None) {
            Some(Signer::PublicKey(_, seen)) => {
                fix.push_str(". It verifies as a MAC under ");
                fix.push_str(seen);
                fix.push_str(", which everybody knows: it is forged.");
            }
            _ => fix.push_str(
                ": somebody tries to pass a MAC for a signature, or the issuer signs with a secret that is not \
                 given here.",
            ),
        }
        fix.push_str(" Refuse it, and bind every key to its one algorithm (RFC 8725 §3.1).");
        Some(Finding::new(CONFUSION, fix))
    }

    /// Whether nothing is wrong with a key of the ring that made the signature: the token names it, or none. The verifier may
    /// be unable to tell, for the ring's or the token's sake.
    fn is_the_right_key(&self, key: &KnownKey) -> bool {
        let told = self.climb.refusal.as_ref().is_some_and(|refusal| {
            matches!(refusal.code, Code::SignatureMismatch | Code::KeyNotFound)
                && self.signing_inputs.iter().flatten().count() == 1
        });
        let kid = self.kid();
        !told && (kid.is_none() || kid == key.kid)
    }

    /// Who made a signature that does not verify.
    fn made_by_another(&self, signer: Signer<'_>) -> Option<Finding> {
        match signer {
            Signer::Key(key) => self.other_key(key),
            Signer::OtherRing(key, seen) => Some(self.other_ring(key, seen)),
            Signer::Spelled(key, seen) => Some(spelled(key, seen)),
            Signer::KeyOfOtherAlgorithm(key) => Some(self.other_algorithm(key)),
            Signer::PublicKey(key, seen) => {
                let fix = fill(
                    "The signature is a MAC under {} {}, which everybody knows: the token is forged. Refuse \
                     it, and bind every key to its one algorithm (RFC 8725 §3.1).",
                    &[seen, &key.name()],
                );
                Some(Finding::new(CONFUSION, fix))
            }
            Signer::Known => Some(placeholder()),
            Signer::NotFoundInTime => None,
        }
    }

    fn search(&self, kid: Option<&str>) -> Option<Signer<'a>> {
        let signed = Signed {
            algorithm: Algorithm::from_name(&self.alg())?,
            inputs: self.signing_inputs,
            signature: self.signature,
        };
        Search::new(&signed).signer(self.context, kid)
    }

    /// A key of the ring made the signature, and the verifier did not try it or tried another one.
    fn other_key(&self, key: &KnownKey) -> Option<Finding> {
        let kid = self.kid();
        let ring = self.context.own_keys()?.ring.as_ref();
        let in_ring = ring
            .into_iter()
            .flat_map(KeyRing::keys)
            .find(|other| other.kid == key.kid.as_deref().map(Into::into));
        if in_ring.is_some_and(|key| key.lifecycle.revoked) {
            return Some(self.revoked(key.kid.as_deref()));
        }
        let seen = match &kid {
            Some(kid) => fill("The header says `kid` {}", &[&quoted(kid)]),
            None => "The header has no `kid`, and the ring has more keys than are tried".to_owned(),
        };
        let out_of_use = in_ring.is_some_and(|key| {
            self.context.judged_at().is_some_and(|now| key.lifecycle.stage(now) != Stage::Active)
        });
        let advice = match (&kid, self.context.policy.unknown_kid) {
            _ if out_of_use => {
                " That key is not in use besides: let the issuer sign with the newest one, and write its name."
            }
            (Some(kid), UnknownKid::Reject) if self.context.own_keys()?.named(kid).is_none() => {
                " The ring has no key of the header's name: give the key the same name on both sides, or \
                 set `unknown_kid` to \"try_all\"."
            }
            _ => {
                " Let the issuer write the name of the key that it signs with; a key gets a new name when \
                 its secret changes."
            }
        };
        let fix = fill("{}; the signature was made with the key {}.{}", &[&seen, &key.name(), advice]);
        Some(Finding::new(Cause::Diagnosis(Diagnosis::WrongKid), fix))
    }

    fn other_ring(&self, key: &KnownKey, seen: Option<&str>) -> Finding {
        let needed = self.context.kind;
        let other = match needed {
            TokenKind::Access => TokenKind::Refresh,
            TokenKind::Refresh => TokenKind::Access,
        };
        let seen = seen.map(|seen| fill(" (under {})", &[seen])).unwrap_or_default();
        let verified =
            fill("It verifies under the key {} of the {} ring{}", &[&key.name(), other.name(), &seen]);
        let (this, that) = match needed {
            TokenKind::Access => ("an access", "a refresh"),
            TokenKind::Refresh => ("a refresh", "an access"),
        };
        if let Some((kind, place)) = declared(self.header.typ, self.claims)
            && let Some(diagnosis) = swapped(kind, needed)
            && diagnosis != Diagnosis::IdTokenUsedAsAccess
        {
            let fix = fill("{}, and {}. {}", &[&verified, &place, advice(diagnosis)]);
            return Finding::new(Cause::Diagnosis(diagnosis), fix);
        }
        let fix = fill(
            "{}, and {} token is needed here. Let the issuer sign each kind with the secret of its own, and \
             see that no name of a secret is mixed up or falls back to another. Should it be {} token that \
             does not say so, the client has swapped the two.",
            &[&verified, this, that],
        );
        Finding::new(Cause::Diagnosis(Diagnosis::SignedWithOtherRing), fix)
    }

    fn other_algorithm(&self, key: &KnownKey) -> Finding {
        let carried = key.alg.clone().unwrap_or_else(|| "none".to_owned());
        let fix = fill(
            "The header says `alg` {}; the signature was made with the secret of the key {}, which the ring \
             binds to {}. Let issuer and ring use the same algorithm.",
            &[&quoted(&self.alg()), &key.name(), &quoted(&carried)],
        );
        Finding::new(Cause::Verdict(Code::AlgorithmNotAllowed), fix)
    }

    /// Nobody is known to have made the signature, but the token says that it is of a kind whose keys are not at hand.
    fn swapped_without_its_ring(&self) -> Option<Finding> {
        self.context.own_keys()?;
        let (kind, place) = declared(self.header.typ, self.claims)?;
        let diagnosis = swapped(kind, self.context.kind)?;
        if self.context.other_keys().is_some() && kind != NamedKind::Id {
            return None;
        }
        let fix = fill("It verifies under no key that is given, and {}. {}", &[&place, advice(diagnosis)]);
        Some(Finding::new(Cause::Diagnosis(diagnosis), fix))
    }

    fn nobody(&self, code: Code, gave_up: &str) -> Option<Finding> {
        self.swapped_without_its_ring().or_else(|| self.unexplained(code, gave_up))
    }

    fn unexplained(&self, code: Code, gave_up: &str) -> Option<Finding> {
        let keys = self.context.own_keys()?;
        let fix = match code {
            Code::AlgorithmNotAllowed => {
                let mut carried: Vec<&str> = keys.known.iter().filter_map(|key| key.alg.as_deref()).collect();
                carried.dedup();
                let key = self.kid().and_then(|kid| keys.named(&kid)).map(|key| {
                    let alg = key.alg.clone().unwrap_or_default();
                    fill(" (the key {} that `kid` names: {})", &[&key.name(), &quoted(&alg)])
                });
                fill(
                    "The header says `alg` {}; the keys of the ring carry {}{}. Names are compared with \
                     case. Let the issuer sign with one of these, or look whether the token comes from \
                     another issuer.",
                    &[&quoted(&self.alg()), &list(carried), &key.unwrap_or_default()],
                )
            }
            Code::KeyNotFound => fill(
                "The header says `kid` {}; the ring has {}. Add the issuer's key to the ring, or send the \
                 token to the environment that it was issued for.",
                &[&quoted(&self.kid().unwrap_or_default()), &list(keys.names())],
            ),
            _ => {
                let tried = match self.climb.refusal.as_ref().map(|refusal| refusal.why) {
                    Some(Why::NoKeyMatches { tried }) => fill("{} key(s) of the ring", &[&tried.to_string()]),
                    _ => fill("the key {} that `kid` names", &[&quoted(&self.kid().unwrap_or_default())]),
                };
                let made = Algorithm::from_name(&self.alg()).map_or(0, Algorithm::hash_length);
                let length = if self.signature.len() == made {
                    String::new()
                } else {
                    fill(
                        "The signature has {} bytes, and its algorithm makes {}: something was appended, or \
                         it was made in another way. ",
                        &[&self.signature.len().to_string(), &made.to_string()],
                    )
                };
                fill(
                    "{}Tried: {}, then every other key that is given, as text, base64, hexadecimal, with \
                     line ends and quotes, and the publicly known strings{}. The issuer signs with a secret \
                     that is not given here, or the token was altered on its way. Compare which secret, by \
                     which name, each side reads.",
                    &[&length, &tried, gave_up],
                )
            }
        };
        Some(Finding::new(Cause::Verdict(code), fix))
    }

    fn issued_at(&self) -> Option<NumericDate> {
        self.claims.and_then(|claims| claims.issued_at)
    }

    /// Whether the token was issued after this time.
    fn is_issued_after(&self, time: NumericDate) -> bool {
        self.issued_at().is_some_and(|issued| issued.since(time) > self.context.policy.leeway)
    }

    fn retired(&self, key: &Key) -> Finding {
        let Lifecycle { sign_until, expires, .. } = key.lifecycle;
        let name = key_name(key);
        let retired_at = match self.climb.refusal.as_ref().map(|refusal| refusal.why) {
            Some(Why::SignedAfterSignUntil) => sign_until,
            _ => expires,
        };
        let finding = |fix: String| Finding::new(Cause::Diagnosis(Diagnosis::SignedWithRetiredKey), fix);
        let Some(retired_at) = retired_at else { return finding(name) };
        let date = rfc3339(retired_at);
        match (self.issued_at(), sign_until) {
            (Some(issued), _) if self.is_issued_after(sign_until.unwrap_or(retired_at)) => finding(fill(
                "The key {} was retired at {}, and the token was issued at {}: the issuer still signs \
                      with the old secret, or somebody else has it. Let the issuer sign with the newest \
                      key.",
                &[&name, &rfc3339(sign_until.unwrap_or(retired_at)), &rfc3339(issued)],
            ))
            .party(Party::Issuer)
            .action(Action::Stop),
            (None, Some(_)) => finding(fill(
                "The issuer stopped signing with the key {} at {}, and the token has no `iat` to show \
                      that it is older. Let the issuer write `iat`, and sign with the newest key.",
                &[&name, &date],
            ))
            .party(Party::Issuer),
            _ => finding(fill(
                "The key {} was retired at {}, and the token is older. {}: the new token is \
                      signed with the newest key. Should many be affected, the key was retired before the \
                      last token under it had expired.",
                &[&name, &date, self.context.renew()],
            )),
        }
    }

    fn revoked(&self, kid: Option<&str>) -> Finding {
        let keys = self.context.own_keys();
        let known = keys.and_then(|keys| keys.known.iter().find(|key| key.kid.as_deref() == kid));
        let name = known.map_or_else(|| "without a `kid`".to_owned(), KnownKey::name);
        let revoked_at = known.and_then(|key| key.revoked_at);
        let finding = |fix: String| Finding::new(Cause::Diagnosis(Diagnosis::SignedWithRevokedKey), fix);
        match (revoked_at, self.issued_at()) {
            (Some(revoked_at), Some(issued)) if !self.is_issued_after(revoked_at) => finding(fill(
                "The key {} was revoked at {}, and the token says that it was issued before, at {}. \
                      {}. Whoever has the secret can write any date: watch what else comes under \
                      this key.",
                &[&name, &rfc3339(revoked_at), &rfc3339(issued), self.context.renew()],
            ))
            .party(Party::Client)
            .action(Action::Refresh),
            (revoked_at, _) => {
                let date = revoked_at.map(|time| fill(" at {}", &[&rfc3339(time)])).unwrap_or_default();
                finding(fill(
                    "The key {} was revoked{}, and the token does not say that it was issued before. \
                          Treat it as an incident: somebody signs with the secret, or an issuer was \
                          forgotten.",
                    &[&name, &date],
                ))
            }
        }
    }

    fn too_early(&self, key: &Key) -> Finding {
        let begins = key.lifecycle.not_before;
        let fix = fill(
            "The key {} is not used before {}. Let the issuer sign with the key before it until then, or set \
             the key's `nbf` to the time from which it signs; and compare the clocks.",
            &[&key_name(key), &begins.map(rfc3339).unwrap_or_default()],
        );
        let finding = Finding::new(Cause::Diagnosis(Diagnosis::SignedWithFutureKey), fix);
        let token_ends = self.claims.and_then(|claims| claims.expires);
        // Neither this token nor one that replaces it lives to see the key in use.
        if token_ends.is_some_and(|ends| begins.is_some_and(|begins| ends <= begins)) {
            return finding.action(Action::Stop);
        }
        finding
    }

    /// The signature is right. What is to be said about the key that made it?
    fn of_signer(&self, ring: &KeyRing) -> Vec<Finding> {
        let Some(keys) = self.context.own_keys() else { return Vec::new() };
        let Some(verdict) = &self.climb.verdict else { return Vec::new() };
        // The ring keeps the order of its set.
        let signer = ring.keys().iter().zip(&keys.known).find(|(key, _)| {
            key.kid == verdict.kid.as_deref().map(Into::into)
                && (verdict.kid.is_some() || ring.keys().len() == 1)
        });
        let Some((key, known)) = signer else { return Vec::new() };
        let mut findings = Vec::new();
        if known.secret.as_deref().is_some_and(public_key::is_public) {
            let fix = fill(
                "The secret of the key {} is the text of a public key, which everybody knows: whoever has \
                 it can make such tokens. Verify with the public key under the issuer's algorithm, and \
                 never as an HMAC secret (RFC 8725 §2.1).",
                &[&known.name()],
            );
            findings.push(Finding::new(CONFUSION, fix).party(Party::Operator));
        }
        let token_ends = self.claims.and_then(|claims| claims.expires);
        if let (Some(key_ends), Some(token_ends)) = (key.lifecycle.expires, token_ends)
            && key_ends < token_ends
            && self.context.judged_at().is_some_and(|now| key.lifecycle.stage(now) == Stage::Active)
        {
            let fix = fill(
                "The key {} is retired at {}, and the token expires at {}. It will be refused in between: \
                 keep the key for the longest lifetime of its tokens.",
                &[&known.name(), &rfc3339(key_ends), &rfc3339(token_ends)],
            );
            findings.push(Finding::new(Cause::Diagnosis(Diagnosis::KeyEndsBeforeToken), fix).remark());
        }
        findings
    }
}

const CONFUSION: Cause = Cause::Diagnosis(Diagnosis::KeyTypeConfusion);

fn key_name(key: &Key) -> String {
    key.kid.as_deref().map_or_else(|| "without a `kid`".to_owned(), quoted)
}

fn placeholder() -> Finding {
    Finding::new(
        Cause::Diagnosis(Diagnosis::PlaceholderSecret),
        "It verifies under a string that stands in tutorials and examples, is the name of a variable, or is \
         empty: a secret that was never set and has a default, or a forgery. Find out which issuer signs \
         with it, give it a secret of 32 random bytes (`edgewarden keys new`), and take every token under \
         the old one for forged.",
    )
}

/// What is wrong with the key sets themselves. An error closes the gate for every token.
pub(super) fn configuration_findings(context: &Context) -> Vec<Finding> {
    let of = |keys: Option<&super::keys::Keys>, kind: &str| {
        let errors: Vec<String> = keys?.errors().map(ToString::to_string).collect();
        (!errors.is_empty()).then(|| {
            let errors = errors.into_iter().take(4).collect::<Vec<_>>().join("; ");
            fill(
                "The {} keys cannot be used: {}. Until that is mended, every token is refused.",
                &[kind, &errors],
            )
        })
    };
    let invalid = |fix: String| Finding::new(Cause::Verdict(Code::ConfigurationInvalid), fix);
    if let Some(fix) = of(context.own_keys(), context.kind.name()) {
        return vec![invalid(fix)];
    }
    let other = match context.kind {
        TokenKind::Access => TokenKind::Refresh,
        TokenKind::Refresh => TokenKind::Access,
    };
    let fix = of(context.other_keys(), other.name()).or_else(|| {
        let (access, refresh) =
            (context.access.as_ref()?.ring.as_ref()?, context.refresh.as_ref()?.ring.as_ref()?);
        let shared = crate::jwt::KeySet::shared_secret(access, refresh)?;
        Some(fill("{}. Until that is mended, every token is refused.", &[&shared.words()]))
    });
    fix.map(|fix| invalid(fix).level(Level::Warning)).into_iter().collect()
}

fn spelled(key: &KnownKey, seen: &str) -> Finding {
    let fix = fill(
        "The signature verifies under {}: the issuer used that, and the ring holds the key {}. Agree on the \
         bytes: in a JWK, `k` is the base64url of the bytes that the issuer passes to HMAC. A secret that \
         is used as a text has to be encoded, one that is base64 already only has to be respelled.",
        &[seen, &key.name()],
    );
    Finding::new(Cause::Diagnosis(Diagnosis::SecretEncoding), fix)
}
