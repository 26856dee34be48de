//! What the key says: whether there is one, whether it may be used, and who else may have made the signature.

use crate::jwt::{
    Action, Algorithm, Claims, Code, Header, Key, KeyRing, KeySet, NamedKind, NumericDate, Severity, Stage,
    TokenKind, UnknownKid, Why, is_placeholder,
};

use super::cause::{Diagnosis, Level, Party};
use super::context::Context;
use super::declared_kind::{Declared, advice, other_kind, swapped, with_article};
use super::findings::Findings;
use super::keys::{Keys, KnownKey};
use super::ladder::Climb;
use super::public_key;
use super::signer::{Search, Signed, Signer};
use super::spelled::{List, Said};

/// What there is to look at.
pub(super) struct KeyFindings<'a, 's> {
    pub(super) context: &'a Context,
    pub(super) header: &'a Header<'s>,
    pub(super) claims: Option<&'a Claims<'s>>,
    /// What the signature is over, and what the issuer may have taken for it.
    pub(super) signing_inputs: [Option<&'a [u8]>; 2],
    pub(super) signature: &'a [u8],
    pub(super) climb: &'a Climb,
    pub(super) found: &'a mut Findings,
}

impl<'a> KeyFindings<'a, '_> {
    pub(super) fn find(mut self) {
        let kid = self.header.kid.map(|kid| kid.decoded());
        let kid = kid.as_deref();
        let alg = self.header.alg.decoded();
        if self.confusion(kid, &alg) {
            return;
        }
        let refusal = self.climb.refusal.as_ref();
        let code = refusal.map(|refusal| refusal.code);
        if code == Some(Code::TokenTooLarge) {
            return;
        }
        let Some(ring) = self.context.own_keys().and_then(|keys| keys.ring.as_ref()) else {
            return self.without_ring(kid, &alg);
        };
        let key = refusal.and_then(|refusal| ring.key(refusal.key?));
        match (code, key) {
            (Some(Code::KeyRetired), Some(key)) => self.retired(key),
            (Some(Code::KeyNotActive), Some(key)) => self.too_early(key),
            (Some(Code::KeyRevoked), Some(key)) => self.revoked(key.kid.as_deref()),
            (Some(Code::KeyRetired | Code::KeyNotActive | Code::KeyRevoked), None) => {}
            (Some(code @ (Code::SignatureMismatch | Code::KeyNotFound | Code::AlgorithmNotAllowed)), _) => {
                match self.search(kid, &alg) {
                    // The same key, over the text in the ordinary alphabet: that has been found.
                    Some(Signer::Key(key)) if self.is_the_right_key(key, kid) => {}
                    Some(Signer::NotFoundInTime) => {
                        self.nobody(code, kid, &alg, ", as far as the time for it went");
                    }
                    Some(signer) => self.made_by_another(signer, kid, &alg),
                    None => self.nobody(code, kid, &alg, ""),
                }
            }
            _ => self.of_signer(ring),
        }
    }

    /// The gate is closed, or there are no keys.
    fn without_ring(&mut self, kid: Option<&str>, alg: &str) {
        match self.search(kid, alg) {
            None => {}
            // What closes the gate is what the token was signed with.
            Some(Signer::Key(key)) if key.secret.as_deref().is_some_and(is_placeholder) => self.placeholder(),
            Some(Signer::Key(key)) if key.is_bare_text => {
                self.spelled(key, "the text of `k` as it stands, which is no base64url");
            }
            Some(Signer::Key(key)) if self.is_the_right_key(key, kid) => {}
            Some(signer) => self.made_by_another(signer, kid, alg),
        }
    }

    /// A MAC where the key is of another type, or the reverse.
    fn confusion(&mut self, kid: Option<&str>, alg: &str) -> bool {
        let Some(keys) = self.context.own_keys() else { return false };
        // Whatever its case, and of a known family: another name is the algorithm's own finding.
        let family = alg.get(..2).unwrap_or_default();
        let is_mac = family.eq_ignore_ascii_case("HS");
        let is_signature = !alg.starts_with("RSA")
            && ["RS", "PS", "ES", "Ed"].iter().any(|name| family.eq_ignore_ascii_case(name));
        let key = match kid.and_then(|kid| keys.named(kid)) {
            Some(key) => {
                let is_of_another_type = if key.is_symmetric() { is_signature } else { is_mac };
                if key.kty.is_none() || !is_of_another_type {
                    return false;
                }
                key
            }
            // Without a name: a MAC, and not one key that could have made it.
            None => match keys.known.first() {
                Some(first) if is_mac && !keys.known.iter().any(KnownKey::is_symmetric) => first,
                _ => return false,
            },
        };
        let (continued, public) = match (is_mac, self.search(None, alg)) {
            (false, _) => (
                ": a secret makes no such signature. Put the key that the issuer signs with into the ring, or \
                 let the issuer sign with the secret.",
                "",
            ),
            (true, Some(Signer::PublicKey(_, seen))) => (
                ". It verifies as a MAC under {}, which everybody knows: it is forged. Refuse it, and bind every \
                 key to its one algorithm (RFC 8725 §3.1).",
                seen,
            ),
            (true, _) => (
                ": somebody tries to pass a MAC for a signature, or the issuer signs with a secret that is not \
                 given here. Refuse it, and bind every key to its one algorithm (RFC 8725 §3.1).",
                "",
            ),
        };
        let finding = self.found.diagnose(
            Diagnosis::KeyTypeConfusion,
            "The header says `alg` {}, and the key {} is of the type {}{}",
            &[
                Said::Name(alg),
                key.name(),
                Said::Name(key.kty.as_deref().unwrap_or_default()),
                Said::Filled(continued, &[Said::Text(public)]),
            ],
        );
        if !is_mac {
            finding.party = Party::Issuer;
        }
        true
    }

    /// Whether nothing is wrong with a key of the ring that made the signature: the token names it, or none. The verifier may
    /// be unable to tell, for the ring's or the token's sake.
    fn is_the_right_key(&self, key: &KnownKey, kid: Option<&str>) -> bool {
        let told = self.climb.refusal.as_ref().is_some_and(|refusal| {
            matches!(refusal.code, Code::SignatureMismatch | Code::KeyNotFound)
                && matches!(self.signing_inputs, [Some(_), None])
        });
        !told && (kid.is_none() || kid == key.kid.as_deref())
    }

    /// Who made a signature that does not verify.
    fn made_by_another(&mut self, signer: Signer<'_>, kid: Option<&str>, alg: &str) {
        match signer {
            Signer::Key(key) => self.other_key(key, kid),
            Signer::OtherRing(key, seen) => self.other_ring(key, seen),
            Signer::Spelled(key, seen) => self.spelled(key, seen),
            Signer::KeyOfOtherAlgorithm(key) => {
                self.found.refuse(
                    Code::AlgorithmNotAllowed,
                    "The header says `alg` {}; the signature was made with the secret of the key {}, which the ring \
                     binds to {}. Let issuer and ring use the same algorithm.",
                    &[Said::Name(alg), key.name(), Said::Name(key.alg.as_deref().unwrap_or("none"))],
                );
            }
            Signer::PublicKey(key, seen) => {
                self.found.diagnose(
                    Diagnosis::KeyTypeConfusion,
                    "The signature is a MAC under {} {}, which everybody knows: the token is forged. Refuse \
                     it, and bind every key to its one algorithm (RFC 8725 §3.1).",
                    &[Said::Text(seen), key.name()],
                );
            }
            Signer::Known => self.placeholder(),
            Signer::NotFoundInTime => {}
        }
    }

    fn search(&self, kid: Option<&str>, alg: &str) -> Option<Signer<'a>> {
        let signed = Signed {
            algorithm: Algorithm::from_name(alg)?,
            inputs: self.signing_inputs,
            signature: self.signature,
        };
        Search::new(&signed).signer(self.context, kid)
    }

    /// A key of the ring made the signature, and the verifier did not try it or tried another one.
    fn other_key(&mut self, key: &KnownKey, kid: Option<&str>) {
        let Some(keys) = self.context.own_keys() else { return };
        let mut ring = keys.ring.as_ref().map(KeyRing::keys).unwrap_or_default().iter();
        let in_ring = ring.find(|other| other.kid.as_deref() == key.kid.as_deref());
        if in_ring.is_some_and(|key| key.lifecycle.revoked) {
            return self.revoked(key.kid.as_deref());
        }
        let is_out_of_use = in_ring
            .zip(self.context.judged_at())
            .is_some_and(|(key, now)| key.lifecycle.stage(now) != Stage::Active);
        let seen = if kid.is_some() {
            "The header says `kid` {}"
        } else {
            "The header has no `kid`, and the ring has more keys than are tried"
        };
        let is_unknown = kid.is_some_and(|kid| keys.named(kid).is_none());
        let advice = if is_out_of_use {
            "That key is not in use besides: let the issuer sign with the newest one, and write its name."
        } else if is_unknown && self.context.policy.unknown_kid == UnknownKid::Reject {
            "The ring has no key of the header's name: give the key the same name on both sides, or \
             set `unknown_kid` to \"try_all\"."
        } else {
            "Let the issuer write the name of the key that it signs with; a key gets a new name when \
             its secret changes."
        };
        self.found.diagnose(
            Diagnosis::WrongKid,
            "{}; the signature was made with the key {}. {}",
            &[Said::Filled(seen, &[Said::Name(kid.unwrap_or_default())]), key.name(), Said::Text(advice)],
        );
    }

    fn other_ring(&mut self, key: &KnownKey, seen: Option<&str>) {
        let needed = self.context.kind;
        let other = other_kind(needed);
        let (key, ring) = (key.name(), Said::Text(other.name()));
        let seen = seen.map(Said::Text);
        let seen = Said::Filled(if seen.is_some() { " (under {})" } else { "" }, seen.as_slice());
        if let Some(Declared { kind, place }) = Declared::of(self.header.typ, self.claims)
            && let Some(diagnosis) = swapped(kind, needed)
            && diagnosis != Diagnosis::IdTokenUsedAsAccess
        {
            self.found.diagnose(
                diagnosis,
                "It verifies under the key {} of the {} ring{}, and {}. {}",
                &[key, ring, seen, Said::Text(&place), Said::Text(advice(diagnosis))],
            );
            return;
        }
        self.found.diagnose(
            Diagnosis::SignedWithOtherRing,
            "It verifies under the key {} of the {} ring{}, and {} token is needed here. Let the issuer sign each \
             kind with the secret of its own, and see that no name of a secret is mixed up or falls back to \
             another. Should it be {} token that does not say so, the client has swapped the two.",
            &[key, ring, seen, Said::Text(with_article(needed)), Said::Text(with_article(other))],
        );
    }

    /// Nobody is known to have made the signature, but the token says that it is of a kind whose keys are not at hand.
    fn swapped_without_its_ring(&mut self) -> bool {
        if let Some(Declared { kind, place }) = Declared::of(self.header.typ, self.claims)
            && let Some(diagnosis) = swapped(kind, self.context.kind)
            && (self.context.other_keys().is_none() || kind == NamedKind::Id)
        {
            self.found.diagnose(
                diagnosis,
                "It verifies under no key that is given, and {}. {}",
                &[Said::Text(&place), Said::Text(advice(diagnosis))],
            );
            return true;
        }
        false
    }

    fn nobody(&mut self, code: Code, kid: Option<&str>, alg: &str, gave_up: &str) {
        if !self.swapped_without_its_ring() {
            self.unexplained(code, kid, alg, gave_up);
        }
    }

    fn unexplained(&mut self, code: Code, kid: Option<&str>, alg: &str, gave_up: &str) {
        let Some(keys) = self.context.own_keys() else { return };
        let (alg_named, kid_named) = (Said::Name(alg), Said::Name(kid.unwrap_or_default()));
        match code {
            Code::AlgorithmNotAllowed => {
                let mut carried = List::default();
                let mut last = None;
                for key in &keys.known {
                    let alg = key.alg.as_deref();
                    if let Some(alg) = alg
                        && last != Some(alg)
                    {
                        carried.add(alg);
                        last = Some(alg);
                    }
                }
                let named = kid.and_then(|kid| keys.named(kid));
                let of_named = match named {
                    Some(key) => (key.name(), Said::Name(key.alg.as_deref().unwrap_or_default())),
                    None => (Said::Text(""), Said::Text("")),
                };
                let beside = if named.is_some() { " (the key {} that `kid` names: {})" } else { "" };
                self.found.refuse(
                    code,
                    "The header says `alg` {}; the keys of the ring carry {}{}. Names are compared with \
                     case. Let the issuer sign with one of these, or look whether the token comes from \
                     another issuer.",
                    &[alg_named, carried.said(), Said::Filled(beside, &[of_named.0, of_named.1])],
                );
            }
            Code::KeyNotFound => {
                let mut names = List::default();
                for key in &keys.known {
                    if let Some(kid) = &key.kid {
                        names.add(kid);
                    }
                }
                self.found.refuse(
                    code,
                    "The header says `kid` {}; the ring has {}. Add the issuer's key to the ring, or send the \
                     token to the environment that it was issued for.",
                    &[kid_named, names.said()],
                );
            }
            _ => {
                let (tried, what) = match self.climb.refusal.as_ref().map(|refusal| refusal.why) {
                    Some(Why::NoKeyMatches { tried }) => ("{} key(s) of the ring", Said::Number(tried)),
                    _ => ("the key {} that `kid` names", kid_named),
                };
                let made = Algorithm::from_name(alg).map_or(0, Algorithm::hash_length);
                let length = if self.signature.len() == made {
                    ""
                } else {
                    "The signature has {} bytes, and its algorithm makes {}: something was appended, or \
                     it was made in another way. "
                };
                self.found.refuse(
                    code,
                    "{}Tried: {}, then every other key that is given, as text, base64, hexadecimal, with \
                     line ends and quotes, and the publicly known strings{}. The issuer signs with a secret \
                     that is not given here, or the token was altered on its way. Compare which secret, by \
                     which name, each side reads.",
                    &[
                        Said::Filled(length, &[Said::Number(self.signature.len()), Said::Number(made)]),
                        Said::Filled(tried, &[what]),
                        Said::Text(gave_up),
                    ],
                );
            }
        }
    }

    fn issued_at(&self) -> Option<NumericDate> {
        self.claims.and_then(|claims| claims.issued_at)
    }

    /// When the token was issued, where that was after this time.
    fn issued_after(&self, time: NumericDate) -> Option<NumericDate> {
        self.issued_at().filter(|issued| issued.since(time) > self.context.policy.leeway)
    }

    fn retired(&mut self, key: &Key) {
        let (sign_until, expires) = (key.lifecycle.sign_until, key.lifecycle.expires);
        let name = Said::Key(key.kid.as_deref());
        let retired_at = match self.climb.refusal.as_ref().map(|refusal| refusal.why) {
            Some(Why::SignedAfterSignUntil) => sign_until,
            _ => expires,
        };
        let Some(retired_at) = retired_at else { return };
        let stopped_at = sign_until.unwrap_or(retired_at);
        let diagnosis = Diagnosis::SignedWithRetiredKey;
        if let Some(issued) = self.issued_after(stopped_at) {
            let finding = self.found.diagnose(
                diagnosis,
                "The key {} was retired at {}, and the token was issued at {}: the issuer still signs with the old \
                 secret, or somebody else has it. Let the issuer sign with the newest key.",
                &[name, Said::Time(stopped_at), Said::Time(issued)],
            );
            (finding.party, finding.action) = (Party::Issuer, Action::Stop);
        } else if self.issued_at().is_none() && sign_until.is_some() {
            let finding = self.found.diagnose(
                diagnosis,
                "The issuer stopped signing with the key {} at {}, and the token has no `iat` to show that it is \
                 older. Let the issuer write `iat`, and sign with the newest key.",
                &[name, Said::Time(retired_at)],
            );
            finding.party = Party::Issuer;
        } else {
            self.found.diagnose(
                diagnosis,
                "The key {} was retired at {}, and the token is older. {}: the new token is signed with \
                 the newest key. Should many be affected, the key was retired before the last token under it had \
                 expired.",
                &[name, Said::Time(retired_at), Said::Text(self.context.renew())],
            );
        }
    }

    fn revoked(&mut self, kid: Option<&str>) {
        let name = Said::Key(kid);
        let revoked_at = self
            .context
            .own_keys()
            .and_then(|keys| keys.known.iter().find(|key| key.kid.as_deref() == kid)?.revoked_at);
        let diagnosis = Diagnosis::SignedWithRevokedKey;
        if let (Some(revoked_at), Some(issued)) = (revoked_at, self.issued_at())
            && self.issued_after(revoked_at).is_none()
        {
            let finding = self.found.diagnose(
                diagnosis,
                "The key {} was revoked at {}, and the token says that it was issued before, at {}. {}. \
                 Whoever has the secret can write any date: watch what else comes under this key.",
                &[name, Said::Time(revoked_at), Said::Time(issued), Said::Text(self.context.renew())],
            );
            (finding.party, finding.action) = (Party::Client, Action::Refresh);
            return;
        }
        let at = revoked_at.map(Said::Time);
        self.found.diagnose(
            diagnosis,
            "The key {} was revoked{}, and the token does not say that it was issued before. Treat it as an \
             incident: somebody signs with the secret, or an issuer was forgotten.",
            &[name, Said::Filled(if at.is_some() { " at {}" } else { "" }, at.as_slice())],
        );
    }

    /// The signature is right. What is to be said about the key that made it?
    fn of_signer(&mut self, ring: &KeyRing) {
        let Some(keys) = self.context.own_keys() else { return };
        let Some(verdict) = &self.climb.verdict else { return };
        // The ring keeps the order of its set.
        let position = ring.keys().iter().position(|key| key.kid.as_deref() == verdict.kid.as_deref());
        let Some(position) = position else { return };
        let (Some(key), Some(known)) = (ring.key(position), keys.known.get(position)) else { return };
        if verdict.kid.is_none() && ring.keys().len() > 1 {
            return;
        }
        if known.secret.as_deref().is_some_and(public_key::is_public) {
            let finding = self.found.diagnose(
                Diagnosis::KeyTypeConfusion,
                "The secret of the key {} is the text of a public key, which everybody knows: whoever has \
                 it can make such tokens. Verify with the public key under the issuer's algorithm, and \
                 never as an HMAC secret (RFC 8725 §2.1).",
                &[known.name()],
            );
            finding.party = Party::Operator;
        }
        let token_ends = self.claims.and_then(|claims| claims.expires);
        if let (Some(key_ends), Some(token_ends)) = (key.lifecycle.expires, token_ends)
            && key_ends < token_ends
            && self.context.judged_at().is_some_and(|now| key.lifecycle.stage(now) == Stage::Active)
        {
            let finding = self.found.diagnose(
                Diagnosis::KeyEndsBeforeToken,
                "The key {} is retired at {}, and the token expires at {}. It will be refused in between: \
                 keep the key for the longest lifetime of its tokens.",
                &[known.name(), Said::Time(key_ends), Said::Time(token_ends)],
            );
            finding.make_remark();
        }
    }

    fn placeholder(&mut self) {
        self.found.diagnose(
            Diagnosis::PlaceholderSecret,
            "It verifies under a string that stands in tutorials and examples, is the name of a variable, or is \
             empty: a secret that was never set and has a default, or a forgery. Find out which issuer signs \
             with it, give it a secret of 32 random bytes (`edgewarden keys new`), and take every token under \
             the old one for forged.",
            &[],
        );
    }

    fn spelled(&mut self, key: &KnownKey, seen: &str) {
        self.found.diagnose(
            Diagnosis::SecretEncoding,
            "The signature verifies under {}: the issuer used that, and the ring holds the key {}. Agree on the \
             bytes: in a JWK, `k` is the base64url of the bytes that the issuer passes to HMAC. A secret that \
             is used as a text has to be encoded, one that is base64 already only has to be respelled.",
            &[Said::Text(seen), key.name()],
        );
    }

    fn too_early(&mut self, key: &Key) {
        let Some(begins) = key.lifecycle.not_before else { return };
        let finding = self.found.diagnose(
            Diagnosis::SignedWithFutureKey,
            "The key {} is not used before {}. Let the issuer sign with the key before it until then, or set \
             the key's `nbf` to the time from which it signs; and compare the clocks.",
            &[Said::Key(key.kid.as_deref()), Said::Time(begins)],
        );
        // Neither this token nor one that replaces it lives to see the key in use.
        if self.claims.and_then(|claims| claims.expires).is_some_and(|ends| ends <= begins) {
            finding.action = Action::Stop;
        }
    }
}

/// What is wrong with the key sets themselves. An error closes the gate for every token.
pub(super) fn find_faults_of_keys(context: &Context, found: &mut Findings) {
    let other = context.other_keys();
    if find_faults_of_set(context.own_keys(), context.kind, Level::Error, found)
        || find_faults_of_set(other, other_kind(context.kind), Level::Warning, found)
    {
        return;
    }
    if let (Some(access), Some(refresh)) = (&context.access, &context.refresh)
        && let (Some(access), Some(refresh)) = (&access.ring, &refresh.ring)
        && let Some(shared) = KeySet::shared_secret(access, refresh)
    {
        let fix = "{}. Until that is mended, every token is refused.";
        let finding = found.refuse(Code::ConfigurationInvalid, fix, &[Said::Text(&shared.words())]);
        finding.level = Level::Warning;
    }
}

fn find_faults_of_set(keys: Option<&Keys>, kind: TokenKind, level: Level, found: &mut Findings) -> bool {
    const MOST: usize = 4;
    let Some(keys) = keys else { return false };
    let mut faults = String::new();
    let mut count = 0;
    for finding in &keys.findings {
        if finding.fault.severity() == Severity::Error && count < MOST {
            faults.push_str(if count > 0 { "; " } else { "" });
            faults.push_str(&finding.words());
            count += 1;
        }
    }
    if count == 0 {
        return false;
    }
    let fix = "The {} keys cannot be used: {}. Until that is mended, every token is refused.";
    let values = [Said::Text(kind.name()), Said::Text(&faults)];
    found.refuse(Code::ConfigurationInvalid, fix, &values).level = level;
    true
}
