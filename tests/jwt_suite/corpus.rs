//! A corpus of tokens made from numbers, the same wherever it is made: its verdicts must be the same natively and in
//! wasm, today and after the next change to the core.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::collections::BTreeMap;

use edgewarden::jwt::{Fingerprint, Key, SIGN_UNTIL, TokenKind, UnknownKid, base64url, sign_raw};
use serde_json::json;

use super::fixture::{Gate, NOW, jwk, jwk_of, jwk_with};

const SIZE: usize = 6000;

/// The digest of all verdicts. It changes only with the core's judgement or with the corpus: when a test says that it
/// has, find out which token is judged differently, and why, before writing the new one here.
const DIGEST: &str = "97cbdaa3a9c92f47";

/// Marsaglia's xorshift64: small, seeded, the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() >> 33).unwrap() % bound
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

fn gates() -> Vec<Gate> {
    let gate = Gate::of(&[
        jwk(1),
        jwk_with(2, &json!({"exp": NOW + 60.0, SIGN_UNTIL: NOW - 90.0})),
        jwk_with(3, &json!({"exp": NOW - 60.0})),
        jwk_with(4, &json!({"nbf": NOW + 60.0})),
        jwk_with(5, &json!({"revoked": {"revoked_at": NOW - 60.0, "reason": "leaked"}})),
        jwk_of(6, "HS384"),
        jwk_of(7, "HS512"),
    ])
    .policy(|policy| {
        policy.issuers = vec!["https://issuer.example".to_owned()];
        policy.audiences = vec!["api".to_owned()];
        policy.max_token_age = Some(3600.0);
        policy.required_claims = vec!["exp".to_owned(), "sub".to_owned()];
    });
    let mut scoped = gate.clone();
    scoped.scope = vec!["read".to_owned()];
    let lenient = Gate::of(&[jwk(1), jwk(8)]).policy(|policy| {
        policy.unknown_kid = UnknownKid::TryAll;
        policy.required_claims = Vec::new();
        policy.leeway = 0.0;
    });
    let refresh = Gate { kind: TokenKind::Refresh, ..lenient.clone() };
    vec![gate, scoped, lenient, refresh]
}

fn header(dice: &mut Dice, key: &Key) -> String {
    let name = key.algorithm.name();
    let alg = match dice.below(12) {
        0 => dice.pick(&["none", "NONE", "hs256", "RS256", "HS512", "HS256", "", "HS\\u003256"]).to_owned(),
        _ => name.to_owned(),
    };
    let mut members = vec![format!(r#""alg":"{alg}""#)];
    match dice.below(8) {
        0 => members.push(r#""kid":"elsewhere""#.to_owned()),
        1..=4 => members.push(format!(r#""kid":"{}""#, key.kid.as_deref().unwrap_or_default())),
        _ => {}
    }
    if dice.below(3) == 0 {
        let typ =
            dice.pick(&["JWT", "at+jwt", "application/at+jwt", "rt+jwt", "id+jwt", "Application/JWT", ""]);
        members.push(format!(r#""typ":"{typ}""#));
    }
    if dice.below(12) == 0 {
        members.push(
            dice.pick(&[
                r#""crit":["b64"]"#,
                r#""b64":false"#,
                r#""b64":true"#,
                r#""alg":"HS256""#,
                r#""kid":5"#,
                r#""x":{"a":1,"a":1}"#,
                r#""x":[[[{"a":[{}]}]]]"#,
                r#""x":"\ud83d""#,
                r#""jku":"https://attacker.example""#,
                "x",
            ])
            .to_owned(),
        );
    }
    format!("{{{}}}", members.join(","))
}

fn payload(dice: &mut Dice) -> String {
    let mut members = Vec::new();
    let times = |dice: &mut Dice, base: f64| match dice.below(16) {
        0 => dice
            .pick(&[
                "1e400",
                "-0",
                "-1",
                "\"1800000000\"",
                "null",
                "1e300",
                "1800000000000",
                "0.5e1",
                "[]",
                "1e-9",
                "01",
            ])
            .to_owned(),
        1 => format!("{}", NOW + 30.0),
        2 => format!("{}", NOW - 30.0),
        3 => format!("{}.25", NOW + 29.0),
        4 => format!("{}", NOW - 3630.0),
        5 => format!("{}", NOW - 90.0),
        _ => format!("{}", base + f64::from(u32::try_from(dice.below(200)).unwrap())),
    };
    for (name, base, odds) in [("exp", NOW + 200.0, 15), ("iat", NOW - 400.0, 12), ("nbf", NOW - 300.0, 5)] {
        if dice.below(16) < odds {
            members.push(format!(r#""{name}":{}"#, times(dice, base)));
        }
    }
    if dice.below(16) < 14 {
        let iss = match dice.below(10) {
            0 => dice.pick(&["\"https://other.example\"", "5", "\"\""]),
            _ => "\"https://issuer.example\"",
        };
        members.push(format!(r#""iss":{iss}"#));
    }
    if dice.below(16) < 14 {
        let aud = match dice.below(6) {
            0 => dice.pick(&["\"web\"", "[]", "[\"web\",5]", "{}", "[\"a\\u0070i\"]", "null"]),
            1 | 2 => r#"["web","api"]"#,
            _ => r#""api""#,
        };
        members.push(format!(r#""aud":{aud}"#));
    }
    if dice.below(16) < 14 {
        members.push(format!(r#""sub":"user-{}""#, dice.below(1000)));
    }
    match dice.below(8) {
        0..=3 => members.push(r#""scope":"read write""#.to_owned()),
        4 => members.push(r#""scp":["read"]"#.to_owned()),
        5 => members.push(r#""scope":"write""#.to_owned()),
        _ => {}
    }
    if dice.below(6) == 0 {
        let name = dice.pick(&["token_use", "type", "token_type"]);
        members.push(format!(
            r#""{name}":"{}""#,
            dice.pick(&["access", "refresh", "Bearer", "id_token", "REFRESH"])
        ));
    }
    if dice.below(16) == 0 {
        members.push(
            dice.pick(&[
                r#""exp":1"#,
                r#""x":{"a":1,"a":2}"#,
                r#""x":"\ud800""#,
                r#""x":"é😀""#,
                r#""x":[1,2,{"b":null}]"#,
                r#""sub":"twice""#,
                "\"x\":\"\u{1}\"",
                r#""x":"#,
            ])
            .to_owned(),
        );
    }
    // The order of members must not matter to the verdict's sameness.
    for last in (1..members.len()).rev() {
        members.swap(last, dice.below(last + 1));
    }
    format!("{{{}}}", members.join(","))
}

fn mutate(dice: &mut Dice, token: &mut Vec<u8>) {
    const CHARACTERS: &[u8] = b"ABCxyz019-_.=+/ \n\0\xff";
    for _ in 0..=dice.below(2) {
        let position = dice.below(token.len());
        match dice.below(6) {
            0 => token[position] = CHARACTERS[dice.below(CHARACTERS.len())],
            1 => token[position] ^= 1 << dice.below(8),
            2 => token.insert(position, CHARACTERS[dice.below(CHARACTERS.len())]),
            3 => {
                token.remove(position);
            }
            4 => token.truncate(position + 1),
            _ => {
                let other = dice.below(token.len());
                token.swap(position, other);
            }
        }
    }
}

fn token(dice: &mut Dice, keys: &[Key]) -> Vec<u8> {
    let key = &keys[dice.below(keys.len())];
    let mut token = match dice.below(40) {
        0 => base64url::encode(&vec![b'x'; dice.below(9000)]).into_bytes(),
        1 => ".".repeat(dice.below(9000)).into_bytes(),
        2 => (0..dice.below(300)).map(|_| dice.roll().to_le_bytes()[3]).collect(),
        _ => {
            let header = header(dice, key);
            let payload = payload(dice);
            sign_raw(key, header.as_bytes(), payload.as_bytes()).into_bytes()
        }
    };
    if dice.below(8) == 0 && !token.is_empty() {
        mutate(dice, &mut token);
    }
    token
}

/// Every verdict as one line: the code, or the key of a token that passed.
fn verdicts() -> Vec<String> {
    let gates = gates();
    let mut keys: Vec<Key> = gates[0].ring.keys().to_vec();
    // The first key signs most tokens, so that most of the corpus gets as far as its claims.
    keys.extend(std::iter::repeat_n(keys[0].clone(), 12));
    keys.push(super::fixture::key(&jwk(8)));
    keys.push(super::fixture::key(&jwk(66)));
    let mut dice = Dice(0x0EDC_EBA7_D09E_5EED);
    (0..SIZE)
        .map(|_| {
            let token = token(&mut dice, &keys);
            match gates[dice.below(gates.len())].verdict(token) {
                Ok(kid) => format!("ok {kid}"),
                Err(refusal) => refusal.code.to_string(),
            }
        })
        .collect()
}

#[test]
fn verdicts_are_the_same_on_every_platform() {
    let verdicts = verdicts();
    let digest = Fingerprint::of(verdicts.join("\n").as_bytes()).to_string();
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    for verdict in &verdicts {
        *tally.entry(verdict.split(' ').next().unwrap()).or_default() += 1;
    }
    assert_eq!(digest, DIGEST, "{tally:#?}");
}

#[test]
fn the_corpus_reaches_every_verdict_of_the_core() {
    use edgewarden::jwt::Code;
    let verdicts = verdicts();
    let count =
        |wanted: &str| verdicts.iter().filter(|verdict| verdict.split(' ').next() == Some(wanted)).count();
    assert!(count("ok") > SIZE / 20, "{} tokens passed", count("ok"));
    let outside = [Code::MissingToken, Code::MultipleTokens, Code::TokenRevoked, Code::ConfigurationInvalid];
    for code in Code::ALL.into_iter().filter(|code| !outside.contains(code)) {
        assert!(count(code.as_str()) > 0, "{code}");
    }
}
