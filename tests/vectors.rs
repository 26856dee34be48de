//! Published test vectors: Wycheproof's for JWS and JWK, and the examples of RFC 7520, RFC 7797 and RFC 8037.
//!
//! They are read from `../shared/vectors`, seen from the repository, or from the folder that `EDGEWARDEN_VECTORS` names.
//! Where they are missing the tests fail and say so; `EDGEWARDEN_VECTORS=skip` passes them over.
//!
//! A vector that is judged otherwise than it says is a failure, unless it stands among the known faults below; one that
//! stands there and is judged as it says is a failure too, so that the list never outlives its reasons.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use edgewarden::jwt::{
    Code, KeyFault, KeySet, NumericDate, Refusal, Scratch, Severity, Strength, UnknownKid, Unverified, Why,
};
use serde_json::{Value, json};

/// The algorithms whose vectors are judged by what they say. Keys of any other must be refused when a ring is loaded:
/// when an algorithm is added to the library, add its name here, and its vectors are switched on.
const SUPPORTED: &[&str] = &["HS256", "HS384", "HS512"];

/// Signature vectors whose published result is wrong, by `tcId`.
const KNOWN_FAULTS: &[(u64, &str)] = &[
    (367, "said to have wrong padding, but it is byte for byte the valid case 357"),
    (370, "said to have wrong padding, but it is byte for byte the valid case 357"),
    (372, "has a `?` in its header and is said to be valid; RFC 7515 §2 allows no such character"),
    (373, "has a `?` in its payload and is said to be valid; RFC 7515 §2 allows no such character"),
];

/// The folder of the vectors, or nothing where they are to be passed over.
fn folder() -> Option<PathBuf> {
    let configured = std::env::var_os("EDGEWARDEN_VECTORS");
    if configured.as_deref().is_some_and(|value| value == "skip") {
        println!("EDGEWARDEN_VECTORS=skip: the published vectors are passed over");
        return None;
    }
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors");
    let folder = configured.map_or_else(beside, PathBuf::from);
    assert!(
        folder.is_dir(),
        "The test vectors are not there. They are looked for in `../shared/vectors`, seen from the repository, or in \
         the folder that the variable EDGEWARDEN_VECTORS names: the Wycheproof vectors in `wycheproof/` and the JOSE \
         cookbook in `rfc7520/`. To do without them, set EDGEWARDEN_VECTORS=skip."
    );
    Some(folder)
}

fn read(folder: &Path, file: &str) -> Value {
    let path = folder.join(file);
    let text =
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file} cannot be read: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file} is not JSON: {error}"))
}

fn load(keys: &Value, strength: Strength) -> KeySet {
    KeySet::from_json(&json!({ "keys": keys }).to_string(), strength)
}

/// Whether the signature is good, and nothing else: these payloads are no claims.
fn check_signature(token: &str, keys: &KeySet) -> Result<(), Refusal> {
    let ring = keys.ring.as_ref().expect("a ring that has been loaded");
    let mut scratch = Scratch::default();
    let now = NumericDate::from_seconds(1_800_000_000.0).unwrap();
    let parsed = Unverified::parse(token.as_bytes(), 1 << 20, &mut scratch)?;
    parsed.authenticate(ring, UnknownKid::Reject, now).map(drop)
}

/// What closes a ring.
fn errors(set: &KeySet) -> Vec<KeyFault> {
    let all = set.findings.iter().map(|finding| finding.fault);
    all.filter(|fault| fault.severity() == Severity::Error).collect()
}

/// A ring that has nothing to do with a vector, to see its token refused by its header alone.
fn stranger() -> KeySet {
    let k = edgewarden::jwt::base64url::encode(
        b"a stranger's secret, longer than sixty-four bytes, so that every hash is served",
    );
    load(&json!([{"kty": "oct", "alg": "HS256", "k": k}]), Strength::Enforced)
}

#[derive(Default)]
struct Tally(BTreeMap<String, [usize; 2]>);

impl Tally {
    fn count(&mut self, algorithm: &str, accepted: bool) {
        self.0.entry(algorithm.to_owned()).or_default()[usize::from(accepted)] += 1;
    }

    fn print(&self, title: &str) {
        for (algorithm, [refused, accepted]) in &self.0 {
            println!("{title}, {algorithm}: {accepted} accepted, {refused} refused");
        }
    }

    fn total(&self) -> usize {
        self.0.values().flatten().sum()
    }
}

#[test]
fn wycheproof_signatures_are_judged_as_published_but_for_known_faults() {
    let Some(folder) = folder() else { return };
    let file = read(&folder, "wycheproof/json_web_signature_test.json");
    let faults: BTreeMap<u64, &str> = KNOWN_FAULTS.iter().copied().collect();
    let mut tally = Tally::default();
    let mut faults_met = BTreeSet::new();
    let mut wrong = Vec::new();

    for group in file["testGroups"].as_array().unwrap() {
        // What a verifier has: the public key, or the secret that both sides share.
        let key = group.get("public").unwrap_or(&group["private"]);
        let algorithm = key["alg"].as_str().unwrap_or("(none)");
        let supported = SUPPORTED.contains(&algorithm);
        let keys = load(&json!([key]), Strength::AllowWeak);
        if supported {
            assert!(keys.ring.is_some(), "{}: {:?}", group["comment"], keys.findings);
        } else {
            assert_unsupported(group, &keys);
        }

        for case in group["tests"].as_array().unwrap() {
            let id = case["tcId"].as_u64().unwrap();
            let token = case["jws"].as_str().unwrap();
            if !supported {
                let refusal = check_signature(token, &stranger()).unwrap_err();
                let expected =
                    [Code::AlgorithmNotAllowed, Code::MalformedToken, Code::CriticalHeaderUnsupported];
                // Cases of key confusion claim to be HMAC, and get as far as the stranger's key.
                assert!(expected.contains(&refusal.code) || claims_hmac(token), "{id}: {refusal}");
                tally.count(&format!("{algorithm} (not supported)"), false);
                continue;
            }
            let verdict = check_signature(token, &keys);
            tally.count(algorithm, verdict.is_ok());
            let as_published = verdict.is_ok() == (case["result"] == "valid");
            if let Some(reason) = faults.get(&id) {
                faults_met.insert(id);
                if as_published {
                    wrong.push(format!(
                        "{id} is judged as published; strike it from the known faults ({reason})"
                    ));
                }
            } else if !as_published {
                let verdict = verdict.map_or_else(|refusal| refusal.to_string(), |()| "accepted".to_owned());
                wrong.push(format!("{id} {} is {}, but: {verdict}", case["comment"], case["result"]));
            }
        }
    }
    tally.print("wycheproof signatures");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(faults_met.len(), KNOWN_FAULTS.len(), "every known fault is still among the vectors");
    assert_eq!(tally.total(), 401, "every case has been judged");
}

/// A key of an algorithm that the library does not have must not make a ring.
fn assert_unsupported(group: &Value, keys: &KeySet) {
    assert!(keys.ring.is_none(), "{}: switch its algorithm on in SUPPORTED", group["comment"]);
    let expected = [
        KeyFault::KeyTypeUnsupported,
        KeyFault::AlgorithmUnsupported,
        KeyFault::MemberMissing("alg"),
        KeyFault::NotForSignatures,
        KeyFault::NotForVerifying,
    ];
    let errors = errors(keys);
    assert!(errors.iter().all(|fault| expected.contains(fault)), "{}: {errors:?}", group["comment"]);
}

fn claims_hmac(token: &str) -> bool {
    let mut scratch = Scratch::default();
    Unverified::parse(token.as_bytes(), 1 << 20, &mut scratch)
        .is_ok_and(|token| SUPPORTED.iter().any(|name| token.header().alg.is(name)))
}

#[test]
fn the_known_faults_are_the_faults_they_are_said_to_be() {
    let Some(folder) = folder() else { return };
    let file = read(&folder, "wycheproof/json_web_signature_test.json");
    let cases: BTreeMap<u64, &str> = file["testGroups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["tests"].as_array().unwrap())
        .map(|case| (case["tcId"].as_u64().unwrap(), case["jws"].as_str().unwrap()))
        .collect();
    assert_eq!(cases[&367], cases[&357]);
    assert_eq!(cases[&370], cases[&357]);
    assert!(cases[&372].contains('?'));
    assert!(cases[&373].contains('?'));
}

#[test]
fn wycheproof_keys_are_judged_as_published() {
    let Some(folder) = folder() else { return };
    let file = read(&folder, "wycheproof/json_web_key_test.json");
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for group in file["testGroups"].as_array().unwrap() {
        let keys = &group.get("public").unwrap_or(&group["private"])["keys"];
        let algorithms: Vec<&str> =
            keys.as_array().unwrap().iter().map(|key| key["alg"].as_str().unwrap_or("(none)")).collect();
        let supported = algorithms.iter().all(|algorithm| SUPPORTED.contains(algorithm));
        let set = load(keys, Strength::Enforced);
        for case in group["tests"].as_array().unwrap() {
            let accepted = set.ring.is_some() && check_signature(case["jws"].as_str().unwrap(), &set).is_ok();
            let title = algorithms.join(" and ");
            if supported {
                tally.count(&title, accepted);
                if accepted != (case["result"] == "valid") {
                    wrong.push(format!("{} {} is {}", case["tcId"], case["comment"], case["result"]));
                }
            } else {
                tally.count(&format!("{title} (not supported)"), accepted);
                assert!(set.ring.is_none(), "{}: a key of {title} makes no ring", case["tcId"]);
            }
        }
    }
    tally.print("wycheproof keys");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(tally.total(), 26, "every case has been judged");
}

/// Every compact token of the cookbook, with the key that made it.
fn cookbook(folder: &Path) -> Vec<(String, Value)> {
    let files = [
        "rfc7520/jws/4_1.rsa_v15_signature.json",
        "rfc7520/jws/4_2.rsa-pss_signature.json",
        "rfc7520/jws/4_3.ecdsa_signature.json",
        "rfc7520/jws/4_4.hmac-sha2_integrity_protection.json",
        "rfc7520/jws/4_5.signature_with_detached_content.json",
        "rfc7520/jws/4_6.protecting_specific_header_fields.json",
        "rfc7520/jws/4_7.protecting_content_only.json",
        "rfc7520/jws/4_8.multiple_signatures.json",
        "rfc7520/curve25519/jws.json",
        "rfc7520/rfc7797/4.2.hmac-sha2_b64_false.json",
        "rfc7520/rfc7797/hmac-sha2_b64_false.json",
    ];
    files.iter().map(|file| ((*file).to_owned(), read(folder, file))).collect()
}

/// Names the algorithm in the key, where an example gives it only beside it.
fn with_algorithm(example: &Value) -> Value {
    let mut key = example["input"]["key"].clone();
    if let Some(members) = key.as_object_mut() {
        members.entry("alg").or_insert_with(|| example["input"]["alg"].clone());
    }
    key
}

#[test]
fn the_examples_of_the_rfcs_are_judged_as_this_verifier_must() {
    let Some(folder) = folder() else { return };
    let mut tally = Tally::default();
    for (file, example) in cookbook(&folder) {
        let algorithm = example["input"]["alg"].as_str().unwrap_or("several");
        if !SUPPORTED.contains(&algorithm) {
            let key = with_algorithm(&example);
            let keys = if key.is_array() { key } else { json!([key]) };
            let set = load(&keys, Strength::AllowWeak);
            assert!(set.ring.is_none(), "{file}: switch {algorithm} on in SUPPORTED");
            tally.count(&format!("{algorithm} (not supported)"), false);
            continue;
        }
        let keys = load(&json!([with_algorithm(&example)]), Strength::Enforced);
        assert!(keys.ring.is_some(), "{file}: {:?}", keys.findings);
        let verdict = example["output"]["compact"].as_str().map(|token| check_signature(token, &keys));
        let whole =
            format!("{}.{}", text(&example["signing"]["sig-input"]), text(&example["signing"]["sig"]));
        if file.contains("/4_4.") {
            assert_eq!(verdict, Some(Ok(())), "{file}");
            assert_eq!(check_signature(&whole, &keys), Ok(()), "{file}");
        } else if file.contains("/4_5.") {
            // Detached content is refused, although the signature is good for the token put together again.
            let refusal = verdict.unwrap().unwrap_err();
            assert_eq!(refusal.why, Why::EmptySegment(edgewarden::jwt::Segment::Payload), "{file}");
            assert_eq!(check_signature(&whole, &keys), Ok(()), "{file}");
        } else if file.contains("/rfc7797/") {
            if let Some(verdict) = verdict {
                assert_eq!(verdict.unwrap_err().code, Code::CriticalHeaderUnsupported, "{file}");
            }
            let refusal = check_signature(&whole, &keys).unwrap_err();
            let expected = [Code::CriticalHeaderUnsupported, Code::MalformedToken];
            assert!(expected.contains(&refusal.code), "{file}: {refusal}");
        } else {
            // Unprotected headers exist in JSON serialisation only. What is left without them is a token where `alg` was
            // protected, and none where it was not.
            assert!(verdict.is_none(), "{file}");
            let protected = example["signing"]["protected"].get("alg").is_some();
            assert_eq!(check_signature(&whole, &keys).is_ok(), protected, "{file}");
        }
        for form in ["json", "json_flat"] {
            if let Some(serialised) = example["output"].get(form) {
                let refusal = check_signature(&serialised.to_string(), &keys).unwrap_err();
                assert_eq!(refusal.code, Code::MalformedToken, "{file} as {form}");
            }
        }
        tally.count(algorithm, file.contains("/4_4."));
    }
    tally.print("examples of RFC 7520, 7797, 8037");
    assert_eq!(tally.total(), 11);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn the_secret_of_rfc_7520_is_read_and_its_encryption_key_is_not() {
    let Some(folder) = folder() else { return };
    let mac = load(
        &json!([read(&folder, "rfc7520/jwk/3_5.symmetric_key_mac_computation.json")]),
        Strength::Enforced,
    );
    assert!(mac.ring.is_some() && mac.findings.is_empty());
    let encryption =
        load(&json!([read(&folder, "rfc7520/jwk/3_6.symmetric_key_encryption.json")]), Strength::Enforced);
    assert_eq!(errors(&encryption), [KeyFault::NotForSignatures, KeyFault::AlgorithmUnsupported]);
    for file in ["3_1.ec_public_key", "3_2.ec_private_key", "3_3.rsa_public_key", "3_4.rsa_private_key"] {
        let set = load(&json!([read(&folder, &format!("rfc7520/jwk/{file}.json"))]), Strength::Enforced);
        assert_eq!(errors(&set), [KeyFault::KeyTypeUnsupported], "{file}");
    }
}
