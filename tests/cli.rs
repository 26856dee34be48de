//! What the command line promises, seen from outside: through the binary, its exit status and its two outputs.
//!
//! No secret stands here: every key is made by the test that needs it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

/// A point in time that the tests take for now.
const NOW: i64 = 1_790_000_000;

// --- running the tool ---

struct Run {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

fn command<S: AsRef<OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edgewarden"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run_with<S: AsRef<OsStr>>(arguments: &[S], stdin: impl AsRef<[u8]>) -> Run {
    let mut child = command(arguments).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = stdin.as_ref().to_vec();
    // The tool need not read all of it.
    let feeder = thread::spawn(move || drop(input.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    Run {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run<S: AsRef<OsStr>>(arguments: &[S]) -> Run {
    run_with(arguments, "")
}

fn answers(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

// --- what it works on ---

/// A folder for the files of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }
}

/// A fresh key, with these members added.
fn new_key(kid: &str, more: &Value) -> Value {
    let made = run(&["keys", "new", "--kid", kid]);
    assert_eq!(made.status, Some(0), "{}", made.stderr);
    let set: Value = serde_json::from_str(&made.stdout).unwrap();
    let mut key = set["keys"][0].clone();
    key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    key
}

fn key_set(keys: &[&Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn sign(keys: &str, claims: &Value, more: &[&str]) -> String {
    let claims = claims.to_string();
    let mut arguments = vec!["sign", "--keys", keys, "--claims", &claims];
    arguments.extend(more);
    let signed = run(&arguments);
    assert_eq!(signed.status, Some(0), "{}", signed.stderr);
    signed.stdout.trim_end().to_owned()
}

fn fresh_claims() -> Value {
    json!({ "sub": "runner-7", "iat": NOW, "exp": NOW + 900 })
}

fn now() -> String {
    NOW.to_string()
}

fn verify(keys: &str, token: &str, more: &[&str]) -> Run {
    let now = now();
    let mut arguments = vec!["verify", "--keys", keys, "--now", &now];
    arguments.extend(more);
    arguments.push(token);
    run(&arguments)
}

// --- keys ---

#[test]
fn a_new_key_is_as_long_as_its_hash_and_passes_the_check() {
    for (alg, characters) in [("HS256", 43), ("HS384", 64), ("HS512", 86)] {
        let made = run(&["keys", "new", "--alg", alg]);
        let set: Value = serde_json::from_str(&made.stdout).unwrap();
        let key = &set["keys"][0];
        assert_eq!((&key["kty"], &key["use"], &key["alg"]), (&json!("oct"), &json!("sig"), &json!(alg)));
        assert_eq!(key["k"].as_str().unwrap().len(), characters);
        let checked = run_with(&["keys", "check"], &made.stdout);
        assert_eq!(checked.status, Some(0), "{}", checked.stdout);
        assert!(checked.stdout.contains("usable, keys: 1 active"), "{}", checked.stdout);
    }
}

#[test]
fn two_new_keys_share_neither_secret_nor_name() {
    let sets: Vec<Value> =
        (0..2).map(|_| serde_json::from_str(&run(&["keys", "new"]).stdout).unwrap()).collect();
    assert_ne!(sets[0]["keys"][0]["k"], sets[1]["keys"][0]["k"]);
    assert_ne!(sets[0]["keys"][0]["kid"], sets[1]["keys"][0]["kid"]);
}

#[test]
fn a_key_file_is_for_its_owner_alone_and_is_replaced_only_by_force() {
    let folder = Folder::new("key_file");
    let path = folder.path("keys.json");
    let made = run(&["keys", "new", "--out", &path]);
    assert_eq!((made.status, made.stdout.as_str()), (Some(0), ""), "{}", made.stderr);
    let first = fs::read_to_string(&path).unwrap();

    let again = run(&["keys", "new", "--out", &path]);
    assert_eq!(again.status, Some(2));
    assert!(again.stderr.contains("--force"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), first);

    assert_eq!(run(&["keys", "new", "--out", &path, "--force"]).status, Some(0));
    assert_ne!(fs::read_to_string(&path).unwrap(), first);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "nothing is left beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn the_check_shows_all_findings_of_all_files_with_what_to_do() {
    let folder = Folder::new("check_all");
    let a = new_key("a", &json!({}));
    let twice = folder.file("twice.json", key_set(&[&a, &new_key("a", &json!({ "use": "enc" })), &json!(7)]));
    let legacy = new_key("legacy", &json!({ "k": "c2hvcnQtbGVnYWN5", "edgewarden:weak": true, "exp": NOW }));
    let weak = folder.file("weak.json", key_set(&[&legacy]));
    let absent = folder.path("absent.json");

    let checked = run(&["keys", "check", &twice, &absent, &weak]);
    assert_eq!(checked.status, Some(2));
    for expected in
        ["duplicate_kid", "not_for_signatures", "key_not_an_object", "unreadable", "warning", "weak_secret"]
    {
        assert!(checked.stdout.contains(expected), "{expected}: {}", checked.stdout);
    }
    assert_eq!(checked.stdout.matches("what to do:").count(), 5, "{}", checked.stdout);

    let as_json = run(&["keys", "check", &twice, &absent, &weak, "--format", "json", "--now", &now()]);
    let report: Value = serde_json::from_str(&as_json.stdout).unwrap();
    assert_eq!(report["ok"], false);
    let codes: Vec<&str> = report["files"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["duplicate_kid", "not_for_signatures", "key_not_an_object"]);
    assert_eq!(report["files"][0]["findings"][0]["kid"], "a");
    assert_eq!(report["files"][2]["ok"], true);
    assert_eq!(report["files"][2]["keys"]["retired"], 1);
    assert_eq!(report["files"][2]["findings"][0]["severity"], "warning");
    assert_eq!(run(&["keys", "check", &weak]).status, Some(0), "a warning is no error");
}

#[test]
fn one_secret_in_both_rings_is_found() {
    let folder = Folder::new("both_rings");
    let shared = new_key("shared", &json!({}));
    let access = folder.file("access.json", key_set(&[&shared]));
    let refresh = folder.file("refresh.json", key_set(&[&new_key("other", &json!({})), &shared]));
    let checked = run(&["keys", "check", "--access", &access, "--refresh", &refresh]);
    assert_eq!(checked.status, Some(2));
    assert!(checked.stdout.contains("secret_in_both_rings"), "{}", checked.stdout);

    let apart = folder.file("apart.json", key_set(&[&new_key("other", &json!({}))]));
    assert_eq!(run(&["keys", "check", "--access", &access, "--refresh", &apart]).status, Some(0));
}

// --- sign ---

#[test]
fn what_is_signed_verifies_and_names_its_key() {
    let folder = Folder::new("round_trip");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let token = sign(&keys, &json!({ "sub": "me" }), &["--expires-in", "900"]);
    let verified = run(&["verify", "--keys", &keys, &token]);
    assert_eq!(
        (verified.status, verified.stdout.as_str()),
        (Some(0), "valid  kid=k1\n"),
        "{}",
        verified.stderr
    );
}

#[test]
fn the_newest_key_that_may_sign_signs_unless_another_is_named() {
    let folder = Folder::new("newest");
    let next = new_key("next", &json!({ "nbf": NOW + 60 }));
    let current = new_key("current", &json!({}));
    let previous = new_key("previous", &json!({ "edgewarden:sign_until": NOW - 60, "exp": NOW + 3600 }));
    let revoked = new_key("revoked", &json!({ "revoked": { "revoked_at": NOW, "reason": "leaked" } }));
    let keys = folder.file("keys.json", key_set(&[&next, &current, &previous, &revoked]));
    let (now, claims) = (now(), fresh_claims().to_string());
    let signed_with = |kid: &[&str]| {
        let mut arguments =
            vec!["sign", "--keys", &keys, "--claims", &claims, "--now", &now, "--format", "json"];
        arguments.extend(kid);
        let signed = run(&arguments);
        (serde_json::from_str::<Value>(&signed.stdout).unwrap_or_default()["kid"].clone(), signed)
    };
    assert_eq!(signed_with(&[]).0, "current");
    for (kid, code) in [("next", "key_not_active"), ("previous", "key_retired"), ("revoked", "key_revoked")] {
        let (named, signed) = signed_with(&["--kid", kid]);
        assert_eq!((named, signed.status), (json!(kid), Some(0)));
        assert!(signed.stderr.contains(code), "{}", signed.stderr);
    }
    let (_, unknown) = signed_with(&["--kid", "nobody"]);
    assert_eq!(unknown.status, Some(2));
    assert!(unknown.stderr.contains("current, previous"), "{}", unknown.stderr);

    let none = folder.file("none.json", key_set(&[&previous]));
    let refused = run(&["sign", "--keys", &none, "--claims", "{}", "--now", &now]);
    assert_eq!((refused.status, refused.stdout.as_str()), (Some(2), ""));
}

#[test]
fn claims_come_as_they_are_from_argument_file_or_standard_input() {
    let folder = Folder::new("claims");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let claims = "{\"big\": 123456789012345678901234567890, \"exp\": 1.5e9}";
    let from_argument = run(&["sign", "--keys", &keys, "--claims", claims]);
    let file = format!("@{}", folder.file("claims.json", format!("{claims}\n")));
    let from_file = run(&["sign", "--keys", &keys, "--claims", &file]);
    let from_stdin = run_with(&["sign", "--keys", &keys, "--claims", "-"], claims);
    assert_eq!(from_argument.status, Some(0), "{}", from_argument.stderr);
    assert_eq!(from_argument.stdout, from_file.stdout);
    assert_eq!(from_argument.stdout, from_stdin.stdout);
    let shown = run_with(&["inspect"], &from_argument.stdout);
    assert!(shown.stdout.contains("123456789012345678901234567890"), "{}", shown.stdout);
}

#[test]
fn claims_that_are_no_object_or_say_the_same_thing_twice_are_not_signed() {
    let folder = Folder::new("bad_claims");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    for claims in ["[]", "", "{", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":2}}", "{\"exp\":1}"] {
        let refused = run(&["sign", "--keys", &keys, "--claims", claims, "--expires-in", "60"]);
        assert_eq!((refused.status, refused.stdout.as_str()), (Some(2), ""), "{claims}");
    }
    let token = sign(&keys, &json!({}), &["--expires-in", "60", "--now", &now()]);
    assert!(run(&["inspect", &token]).stdout.contains(&(NOW + 60).to_string()));
}

// --- verify ---

#[test]
fn each_line_is_answered_on_its_own_line_in_order() {
    let folder = Folder::new("lines");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let good = sign(&keys, &fresh_claims(), &[]);
    let expired = sign(&keys, &json!({ "exp": NOW - 3600 }), &[]);
    // Line ends of either kind are taken off, spaces are a fault of the token; the last line may lack its end.
    let input = format!("{good}\n{expired}\r\nrubbish\n\n {good}\n{good}\r\n{good}");
    let verified = run_with(&["verify", "--keys", &keys, "--now", &now()], input);
    let codes: Vec<&str> = verified.stdout.lines().map(|line| line.split("  ").next().unwrap()).collect();
    let malformed = "malformed_token";
    assert_eq!(codes, ["valid", "expired", malformed, malformed, malformed, "valid", "valid"]);
    assert_eq!((verified.status, verified.stderr.as_str()), (Some(1), ""));

    let all_good = run_with(&["verify", "--keys", &keys, "--now", &now(), "-"], format!("{good}\n{good}\n"));
    assert_eq!(all_good.status, Some(0));
}

#[test]
fn no_token_at_all_is_not_a_success() {
    let folder = Folder::new("no_token");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let verified = run(&["verify", "--keys", &keys]);
    assert_eq!(verified.status, Some(1));
    assert!(verified.stdout.contains("there is no token"), "{}", verified.stdout);
}

#[test]
fn a_refusal_says_what_is_wrong_and_what_to_do_next() {
    let folder = Folder::new("refusal");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let token = sign(&keys, &json!({ "exp": NOW - 3600 }), &[]);
    let text = verify(&keys, &token, &[]);
    let expected =
        "expired  kid=k1  The token has expired: the claim `exp` does not satisfy the policy. Next: refresh";
    assert!(text.stdout.starts_with(expected), "{}", text.stdout);
    assert_eq!(text.status, Some(1));

    let as_json = answers(&verify(&keys, &token, &["--format", "json"]));
    assert_eq!(
        as_json,
        [json!({
            "valid": false, "code": "expired", "kid": "k1", "action": "refresh",
            "detail": "the claim `exp` does not satisfy the policy",
        })]
    );
    let valid = sign(&keys, &fresh_claims(), &[]);
    assert_eq!(
        answers(&verify(&keys, &valid, &["--format", "json"])),
        [json!({ "valid": true, "code": null, "kid": "k1", "action": "none", "detail": null })]
    );
}

#[test]
fn the_time_is_given_in_seconds_or_as_rfc_3339() {
    let folder = Folder::new("now");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let token = sign(&keys, &json!({ "exp": 1_000_000_000 }), &[]);
    // With the default leeway of 30 s the last moment is 2001-09-09T01:47:09.999…Z.
    for (now, status) in [
        ("1000000029.5", 0),
        ("1000000030", 1),
        ("1e9", 0),
        ("-1", 0),
        ("2001-09-09T01:47:09.5Z", 0),
        ("2001-09-09T01:47:10Z", 1),
        ("2001-09-09T03:47:09+02:00", 0),
        ("yesterday", 2),
        ("nan", 2),
        ("1e300", 2),
        ("", 2),
    ] {
        let verified = run(&["verify", "--keys", &keys, "--now", now, &token]);
        assert_eq!(verified.status, Some(status), "{now}: {}{}", verified.stdout, verified.stderr);
    }
}

#[test]
fn kind_scope_and_policy_are_demanded() {
    let folder = Folder::new("demands");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let claims =
        json!({ "exp": NOW + 60, "scope": "a b", "iss": "https://issuer.example", "token_use": "access" });
    let token = sign(&keys, &claims, &[]);
    let policy = folder.file("policy.json", json!({ "issuer": "https://other.example" }).to_string());
    for (flags, code) in [
        (vec![], None),
        (vec!["--scope", "b a"], None),
        (vec!["--scope", "a c"], Some("insufficient_scope")),
        (vec!["--kind", "refresh"], Some("type_mismatch")),
        (vec!["--policy", &policy], Some("issuer_mismatch")),
    ] {
        let mut flags = flags;
        flags.extend(["--format", "json"]);
        let verified = verify(&keys, &token, &flags);
        assert_eq!(answers(&verified)[0]["code"], json!(code), "{flags:?}");
        assert_eq!(verified.status, Some(i32::from(code.is_some())));
    }
}

#[test]
fn keys_and_policy_that_are_wrong_stop_it_with_all_findings() {
    let folder = Folder::new("configuration");
    let placeholder = json!({ "kty": "oct", "kid": "a", "alg": "HS256", "k": "Y2hhbmdlbWU" });
    let keys = folder.file("keys.json", key_set(&[&placeholder, &new_key("a", &json!({}))]));
    let policy = folder.file("policy.json", "{\"audiense\":\"x\",\"leeway\":\"long\"}");
    let refused = run(&["verify", "--keys", &keys, "--policy", &policy, "a.b.c"]);
    assert_eq!((refused.status, refused.stdout.as_str()), (Some(2), ""));
    for expected in ["keys_placeholder_secret", "unknown_member", "audiense", "leeway_malformed"] {
        assert!(refused.stderr.contains(expected), "{expected}: {}", refused.stderr);
    }
    let twice = folder.file("twice.json", "{\"issuer\":\"a\",\"issuer\":\"b\"}");
    let good = folder.file("good.json", key_set(&[&new_key("a", &json!({}))]));
    assert_eq!(run(&["verify", "--keys", &good, "--policy", &twice, "a.b.c"]).status, Some(2));
    assert_eq!(run(&["verify", "a.b.c"]).status, Some(2), "there are no default keys");
    assert_eq!(run(&["verify", "--keys", &folder.path("absent"), "a.b.c"]).status, Some(2));
    assert_eq!(run(&["verify", "--keys", &folder.0.to_string_lossy(), "a.b.c"]).status, Some(2));
    assert_eq!(run_with(&["verify", "--keys", "-"], "{}").status, Some(2), "both from standard input");
}

// --- verify --jsonl ---

#[test]
fn cases_are_answered_in_order_with_their_id_as_it_was() {
    let folder = Folder::new("cases");
    let set = key_set(&[&new_key("k\"1", &json!({}))]);
    let keys: Value = serde_json::from_str(&set).unwrap();
    let path = folder.file("keys.json", &set);
    let token = sign(&path, &fresh_claims(), &[]);
    let ids = [
        "1",
        "\"a\\u0000b\\ud800\"",
        "null",
        "[1, {\"x\":2}]",
        "123456789012345678901234567890",
        "1e400",
        "true",
    ];
    let mut input = String::new();
    for id in ids {
        writeln!(input, "{{\"id\": {id} ,\"token\":\"{token}\",\"keys\":{keys},\"now\":{NOW}}}").unwrap();
    }
    input += &json!({ "token": token, "keys": keys, "now": NOW + 931 }).to_string();
    let verified = run_with(&["verify", "--jsonl"], input);
    let kid = "\"kid\":\"k\\\"1\"";
    let mut expected: Vec<String> =
        ids.iter().map(|id| format!("{{\"id\":{id},\"valid\":true,\"code\":null,{kid}}}")).collect();
    expected.push(format!("{{\"id\":null,\"valid\":false,\"code\":\"expired\",{kid}}}"));
    assert_eq!(verified.stdout.lines().collect::<Vec<_>>(), expected);
    assert_eq!(verified.status, Some(0), "verdicts are data");
}

#[test]
fn a_case_brings_its_own_keys_policy_time_kind_and_scope_or_takes_those_of_the_flags() {
    let folder = Folder::new("case_members");
    let set = key_set(&[&new_key("default", &json!({}))]);
    let other = key_set(&[&new_key("other", &json!({}))]);
    let keys = folder.file("keys.json", &set);
    let token = sign(&keys, &json!({ "exp": NOW + 60, "scope": "a" }), &[]);
    let policy = folder.file("policy.json", "{\"leeway\":0,\"unknown_kid\":\"try_all\"}");
    let other: Value = serde_json::from_str(&other).unwrap();
    let cases = [
        (json!({}), json!(null), "default"),
        (
            json!({ "keys": null, "policy": null, "now": null, "signature_only": null }),
            json!(null),
            "default",
        ),
        (json!({ "keys": other }), json!("signature_mismatch"), ""),
        (json!({ "keys": other, "policy": {} }), json!("key_not_found"), ""),
        (json!({ "now": NOW + 60 }), json!("expired"), "default"),
        (json!({ "now": NOW + 60, "policy": {} }), json!(null), "default"),
        (
            json!({ "kind": "refresh", "policy": { "refresh_types": "rt+jwt" } }),
            json!("type_mismatch"),
            "default",
        ),
        (json!({ "scope": "a b" }), json!("insufficient_scope"), "default"),
        (json!({ "now": NOW + 1000, "signature_only": true }), json!(null), "default"),
    ];
    let mut input = String::new();
    for (members, _, _) in &cases {
        let mut case = json!({ "token": token });
        case.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        writeln!(input, "{case}").unwrap();
    }
    let verified =
        run_with(&["verify", "--jsonl", "--keys", &keys, "--policy", &policy, "--now", &now()], input);
    let answers = answers(&verified);
    assert_eq!(answers.len(), cases.len(), "{}", verified.stderr);
    for ((members, code, kid), answer) in cases.iter().zip(answers) {
        assert_eq!((&answer["code"], answer["kid"].as_str().unwrap_or("")), (code, *kid), "{members}");
    }
}

#[test]
fn weak_keys_pass_only_where_a_case_allows_them() {
    let weak = json!({ "kty": "oct", "kid": "w", "alg": "HS256", "k": "c2hvcnQtbGVnYWN5" });
    let keys = json!({ "keys": [weak] });
    // The payload is no JSON: only the signature counts.
    let token = "eyJhbGciOiJIUzI1NiIsImtpZCI6IncifQ.bm8ganNvbg.AAAA";
    let case = json!({ "token": token, "keys": keys, "allow_weak_keys": true, "signature_only": true });
    let strict = json!({ "token": token, "keys": keys, "signature_only": true });
    let run = run_with(&["verify", "--jsonl"], format!("{strict}\n{case}\n{strict}\n"));
    let refused = json!({
        "id": null, "valid": false, "code": "configuration_invalid", "kid": null, "findings": ["keys_secret_too_short"],
    });
    let judged = json!({ "id": null, "valid": false, "code": "signature_mismatch", "kid": "w" });
    assert_eq!(answers(&run), [refused.clone(), judged, refused]);
    assert_eq!(run.status, Some(0));
}

#[test]
fn a_case_with_nothing_to_judge_it_by_is_configuration_invalid_with_all_findings() {
    let folder = Folder::new("case_configuration");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let token = sign(&keys, &fresh_claims(), &[]);
    let cases = [
        (json!({}), json!(["keys_missing"])),
        (json!({ "keys": {} }), json!(["keys_not_a_key_set"])),
        (json!({ "keys": "x", "policy": 7 }), json!(["keys_not_a_key_set", "policy_malformed"])),
        (json!({ "keys": { "keys": [1, {}] }, "policy": { "leeway": "x", "issuers": "y" } }), json!(null)),
    ];
    for (members, findings) in cases {
        let mut case = json!({ "token": token, "now": NOW });
        case.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let run = run_with(&["verify", "--jsonl"], case.to_string());
        let answer = &answers(&run)[0];
        assert_eq!(
            (&answer["valid"], &answer["code"]),
            (&json!(false), &json!("configuration_invalid")),
            "{members}"
        );
        if findings.is_array() {
            assert_eq!(answer["findings"], findings, "{members}");
        } else {
            assert_eq!(answer["findings"].as_array().unwrap().len(), 4, "{answer}");
        }
    }
}

#[test]
fn a_line_that_is_no_case_gets_an_answer_and_does_not_stop_the_next() {
    let folder = Folder::new("hostile");
    let set = key_set(&[&new_key("k1", &json!({}))]);
    let keys = folder.file("keys.json", &set);
    let token = sign(&keys, &fresh_claims(), &[]);
    let good = json!({ "id": "good", "token": token }).to_string().into_bytes();
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let lines: Vec<(Vec<u8>, &str, Value)> = vec![
        (b"".to_vec(), "malformed_input", json!(null)),
        (b"   ".to_vec(), "malformed_input", json!(null)),
        (b"\0".to_vec(), "malformed_input", json!(null)),
        (b"\xFF\xFE{}".to_vec(), "malformed_input", json!(null)),
        (b"{\"id\":1,\"token\":\"\xFF\"}".to_vec(), "malformed_input", json!(1)),
        (b"{\"id\":1,\"token\":\"a\0b\"}".to_vec(), "malformed_input", json!(null)),
        (b"[]".to_vec(), "malformed_input", json!(null)),
        (format!("[1,\"{token}\"{}]", ",null".repeat(7)).into_bytes(), "malformed_input", json!(null)),
        (b"\"text\"".to_vec(), "malformed_input", json!(null)),
        (b"{\"id\":2}".to_vec(), "malformed_input", json!(2)),
        (b"{\"id\":3,\"token\":7}".to_vec(), "malformed_input", json!(3)),
        (b"{\"id\":4,\"token\":\"a\",\"token\":\"b\"}".to_vec(), "malformed_input", json!(4)),
        (b"{\"id\":5,\"token\":\"a\",\"now\":\"12\"}".to_vec(), "malformed_input", json!(5)),
        (b"{\"id\":5,\"token\":\"a\",\"now\":1e99}".to_vec(), "malformed_input", json!(5)),
        (b"{\"id\":6,\"token\":\"a\",\"kind\":\"id\"}".to_vec(), "malformed_input", json!(6)),
        (b"{\"id\":6,\"token\":\"a\",\"scope\":[]}".to_vec(), "malformed_input", json!(6)),
        (b"{\"id\":6,\"token\":\"a\",\"signature_only\":1}".to_vec(), "malformed_input", json!(6)),
        (b"{\"id\":7,\"token\":\"\\ud800.\\u0000.c\"}".to_vec(), "malformed_token", json!(7)),
        (b"{\"id\":8,\"token\":\"\"}".to_vec(), "malformed_token", json!(8)),
        (
            format!("{{\"id\":9,\"token\":\"{}\"}}", ".".repeat(100_000)).into_bytes(),
            "token_too_large",
            json!(9),
        ),
        (
            format!("{{\"id\":10,\"token\":\"a\",\"keys\":{}}}", nested("[", "]")).into_bytes(),
            "configuration_invalid",
            json!(10),
        ),
        (
            format!(
                "{{\"id\":11,\"token\":\"a\",\"policy\":{}}}",
                nested("{\"a\":", "}").replace("}}", "}1}")
            )
            .into_bytes(),
            "malformed_input",
            json!(null),
        ),
        (nested("[", "]").into_bytes(), "malformed_input", json!(null)),
        (vec![b'x'; 9 << 20], "malformed_input", json!(null)),
    ];
    let mut input = Vec::new();
    for (line, _, _) in &lines {
        input.extend_from_slice(line);
        input.push(b'\n');
        input.extend_from_slice(&good);
        input.push(b'\n');
    }
    let run = run_with(&["verify", "--jsonl", "--keys", &keys, "--now", &now()], input);
    let answers = answers(&run);
    assert_eq!(answers.len(), lines.len() * 2, "{}", run.stderr);
    for ((line, code, id), pair) in lines.iter().zip(answers.chunks(2)) {
        let shown = String::from_utf8_lossy(&line[..line.len().min(60)]).into_owned();
        assert_eq!((&pair[0]["code"], &pair[0]["id"]), (&json!(code), id), "{shown}");
        assert_eq!(pair[0]["valid"], false);
        assert_eq!((&pair[1]["id"], &pair[1]["valid"]), (&json!("good"), &json!(true)), "after {shown}");
    }
    assert_eq!(run.status, Some(2), "some lines were no cases");
}

#[test]
fn an_answer_comes_before_the_next_case_is_sent() {
    let folder = Folder::new("conversation");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let token = sign(&keys, &fresh_claims(), &[]);
    for (flags, line) in [(vec!["--jsonl"], json!({ "token": token }).to_string()), (vec![], token.clone())] {
        let now = now();
        let mut arguments = vec!["verify", "--keys", &keys, "--now", &now];
        arguments.extend(flags);
        let mut child = command(&arguments).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..3 {
            input.write_all(format!("{line}\n").as_bytes()).unwrap();
            let mut answer = String::new();
            output.read_line(&mut answer).unwrap();
            assert!(answer.contains("valid"), "{answer}");
        }
        drop(input);
        assert!(child.wait().unwrap().success());
    }
}

/// Resident memory of a process in KiB.
#[cfg(target_os = "linux")]
fn resident(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn two_hundred_thousand_cases_take_no_more_memory_than_a_few() {
    const CASES: u64 = 200_000;
    const EARLY: u64 = 5_000;
    let folder = Folder::new("memory");
    let key = new_key("k1", &json!({}));
    let keys = folder.file("keys.json", key_set(&[&key]));
    let token = sign(&keys, &fresh_claims(), &[]);
    let mut child = command(&["verify", "--jsonl"]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let feeder = thread::spawn(move || {
        let mut lines = String::new();
        for id in 0..CASES {
            // Most share their keys; every fourth brings a key set and a policy that were never seen before.
            let kid = if id % 4 == 0 { format!("k{id}") } else { "k1".to_owned() };
            let leeway = if id % 4 == 0 { id % 86_400 } else { 30 };
            let mut key = key.clone();
            key["kid"] = json!(kid);
            lines += &json!({
                "id": id, "token": token, "keys": { "keys": [key] }, "policy": { "leeway": leeway }, "now": NOW,
            })
            .to_string();
            lines.push('\n');
            if lines.len() > 60_000 || id + 1 == CASES {
                input.write_all(lines.as_bytes()).unwrap();
                lines.clear();
            }
        }
        input
    });
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut answer = String::new();
    let mut early = 0;
    for id in 0..CASES {
        answer.clear();
        output.read_line(&mut answer).unwrap();
        let (valid, code, kid) =
            if id % 4 == 0 { (false, "\"key_not_found\"", "null") } else { (true, "null", "\"k1\"") };
        let expected = format!("{{\"id\":{id},\"valid\":{valid},\"code\":{code},\"kid\":{kid}}}\n");
        assert_eq!(answer, expected);
        if id == EARLY {
            early = resident(&child);
        }
    }
    let late = resident(&child);
    assert!(late < early + 2_048, "{early} KiB after {EARLY} cases, {late} KiB after {CASES}");
    drop(feeder.join().unwrap());
    assert!(child.wait().unwrap().success());
}

// --- inspect ---

#[test]
fn a_token_is_shown_with_times_for_people_and_said_to_be_unverified() {
    let folder = Folder::new("inspect");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let token = sign(&keys, &fresh_claims(), &[]);
    let shown = run_with(&["inspect", "--now", &now()], format!("{token}\n"));
    assert_eq!(shown.status, Some(0));
    assert!(shown.stdout.starts_with("NOT VERIFIED"), "{}", shown.stdout);
    for expected in
        ["\"kid\": \"k1\"", "\"sub\": \"runner-7\"", "// 2026-09-21T14:28:20Z, in 15 min", "32 bytes"]
    {
        assert!(shown.stdout.contains(expected), "{expected}: {}", shown.stdout);
    }
    let report = &answers(&run(&["inspect", "--format", "json", "--now", &now(), &token]))[0];
    assert_eq!(report["verified"], false);
    assert_eq!(report["header"], json!({ "alg": "HS256", "typ": "JWT", "kid": "k1" }));
    assert_eq!(report["claims"], fresh_claims());
    assert_eq!(report["signature"], json!({ "bytes": 32 }));
    assert_eq!(report["times"]["exp"], json!({ "utc": "2026-09-21T14:28:20Z", "seconds_from_now": 900 }));
    assert_eq!(report["fingerprint"].as_str().unwrap().len(), 16);
    assert_eq!((&report["faults"], &report["refused"]), (&json!([]), &json!(null)));
}

#[test]
fn an_unsecured_token_is_shown_and_said_to_be_hopeless() {
    let shown = run(&["inspect", "eyJhbGciOiJub25lIn0.eyJhIjoxfQ."]);
    assert_eq!(shown.status, Some(0));
    assert!(
        shown.stdout.contains("\"a\": 1") && shown.stdout.contains("algorithm_not_allowed"),
        "{}",
        shown.stdout
    );
}

#[test]
fn what_cannot_be_decoded_is_refused_with_the_reason() {
    for (token, reason) in [
        ("", "there is no token"),
        ("abc", "1 segment(s) instead of three"),
        ("a.b.c.d.e", "encrypted"),
        ("..", "the header is empty"),
        ("eyJhIjoxfQ.e!Jh.AAAA", "the payload has a character outside base64url at offset 1"),
        ("eyJhIjoxfQ.bm8ganNvbg.AAAA", "the payload is not JSON (offset 0)"),
        ("eyJhIjoxfQ.eyJhIjoxLCJhIjoyfQ.AAAA", "the payload names a member twice"),
    ] {
        let shown = run(&["inspect", token]);
        assert_eq!(shown.status, Some(1), "{token}");
        assert!(shown.stdout.contains(reason), "{reason}: {}", shown.stdout);
        let report = &answers(&run(&["inspect", "--format", "json", token]))[0];
        assert!(report["faults"][0]["detail"].as_str().unwrap().contains(reason), "{report}");
    }
}

#[test]
fn nothing_in_a_token_reaches_the_terminal_as_a_control_character() {
    let folder = Folder::new("control");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    // Escape sequences of 7 and of 8 bits, a right-to-left override, a byte order mark; in names and in values.
    let hostile = "\u{1b}[2J\u{9b}2J\u{202e}\u{feff}\r\n";
    let claims = json!({ hostile: hostile, "nested": [{ "in": hostile }] });
    let token = sign(&keys, &claims, &[]);
    for format in ["text", "json"] {
        let shown =
            [run(&["inspect", "--format", format, &token]), run(&["explain", "--format", format, &token])];
        let shown = shown.map(|run| run.stdout).concat();
        let body = shown.replace('\n', "");
        let escaped = |c: char| c.is_control() || "\u{202e}\u{feff}".contains(c);
        assert!(!body.contains(escaped), "{body:?}");
    }
    let report = &answers(&run(&["inspect", "--format", "json", &token]))[0];
    assert_eq!(report["claims"], claims, "escaped, it is still the same text");
}

// --- explain ---

/// Key sets of both kinds, and a policy, as files.
fn explained_by(folder: &Folder) -> (Vec<String>, String, String) {
    let access = folder.file("access.json", key_set(&[&new_key("a1", &json!({}))]));
    let refresh = folder.file("refresh.json", key_set(&[&new_key("r1", &json!({}))]));
    let policy = folder.file("policy.json", r#"{"audience":"api"}"#);
    let flags = [
        "explain",
        "--access-keys",
        &access,
        "--refresh-keys",
        &refresh,
        "--policy",
        &policy,
        "--now",
        &now(),
    ];
    (flags.map(str::to_owned).to_vec(), access, refresh)
}

fn claims_for_the_api() -> Value {
    let mut claims = fresh_claims();
    claims["aud"] = json!("api");
    claims
}

#[test]
fn a_fine_token_ends_with_0_and_one_that_would_be_refused_with_1() {
    let folder = Folder::new("explain");
    let (flags, access, refresh) = explained_by(&folder);
    let explain = |stdin: &str, more: &[&str]| {
        let arguments: Vec<&str> = flags.iter().map(String::as_str).chain(more.iter().copied()).collect();
        run_with(&arguments, stdin)
    };
    let good = sign(&access, &claims_for_the_api(), &[]);
    let shown = explain(&format!("{good}\n"), &[]);
    assert_eq!(shown.status, Some(0), "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stdout.starts_with("ok  "), "{}", shown.stdout);
    for expected in ["passed       signature", "not_checked  scope", "fingerprint", "in 15 min"] {
        assert!(shown.stdout.contains(expected), "{expected}: {}", shown.stdout);
    }

    let other = sign(&refresh, &claims_for_the_api(), &[]);
    let shown = explain(&other, &[]);
    assert_eq!(shown.status, Some(1));
    assert!(shown.stdout.starts_with("signed_with_other_ring  "), "{}", shown.stdout);
    assert!(shown.stdout.contains("who acts: issuer    the client's next step: stop"), "{}", shown.stdout);

    // As it was found: the line break belongs to the question, and the last line end to the shell.
    let (front, back) = good.split_at(70);
    let report = &answers(&explain(&format!("{front}\r\n{back}\n"), &["--format", "json"]))[0];
    assert_eq!(report["cause"]["code"], "surrounding_whitespace");
    assert_eq!(report["claims"]["aud"], "api");

    let late = [good.as_str(), "--server-now", &(NOW + 7200).to_string(), "--format", "json"];
    let report = &answers(&explain("", &late))[0];
    assert_eq!(
        (&report["cause"]["code"], &report["cause"]["party"]),
        (&json!("clock_skew"), &json!("operator")),
        "a token that is new by one clock and over by the other"
    );
    let scoped = [good.as_str(), "--scope", "events.read", "--format", "json"];
    assert_eq!(answers(&explain("", &scoped))[0]["cause"]["code"], "insufficient_scope");
    let kind = [good.as_str(), "--kind", "refresh", "--format", "json"];
    assert_eq!(answers(&explain("", &kind))[0]["cause"]["code"], "signed_with_other_ring");
}

#[test]
fn explain_and_verify_come_to_the_same_verdict() {
    let folder = Folder::new("same-verdict");
    let (_, access, refresh) = explained_by(&folder);
    let set = |path: &str| -> Value { serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap() };
    let (access_keys, refresh_keys) = (set(&access), set(&refresh));
    let policy = json!({"audience": "api", "max_token_age": 3600});
    let changed = |name: &str, value: Value| {
        let mut claims = claims_for_the_api();
        claims[name] = value;
        sign(&access, &claims, &[])
    };
    let good = changed("sub", json!("runner-7"));
    let tokens = [
        good.clone(),
        format!("Bearer {good}"),
        good.split_at(good.len() - 3).0.to_owned(),
        String::new(),
        sign(&refresh, &claims_for_the_api(), &[]),
        changed("aud", json!("web")),
        changed("exp", json!(NOW - 60)),
        changed("exp", json!("soon")),
        changed("iat", json!(NOW + 600)),
        changed("token_use", json!("refresh")),
    ];
    let (mut explained, mut verified) = (String::new(), String::new());
    for (token, kind) in tokens.iter().flat_map(|token| [(token, "access"), (token, "refresh")]) {
        let keys = if kind == "access" { &access_keys } else { &refresh_keys };
        let context = json!({
            "access_keys": access_keys, "refresh_keys": refresh_keys, "policy": policy, "now": NOW, "kind": kind,
        });
        writeln!(explained, "{}", json!({"token": token, "context": context})).unwrap();
        let case = json!({"token": token, "keys": keys, "policy": policy, "now": NOW, "kind": kind});
        writeln!(verified, "{case}").unwrap();
    }
    let reports = answers(&run_with(&["explain", "--jsonl"], &explained));
    let verdicts = answers(&run_with(&["verify", "--jsonl"], &verified));
    assert_eq!(reports.len(), 2 * tokens.len());
    for (report, verdict) in reports.iter().zip(&verdicts) {
        let said = &report["report"]["verdict"];
        for member in ["valid", "code", "kid"] {
            assert_eq!(said[member], verdict[member], "{member}: {said} {verdict}");
        }
    }
}

#[test]
fn explaining_needs_nothing_but_a_token_and_says_what_it_lacked() {
    let shown = run(&["explain", "--format", "json", "nonsense"]);
    assert_eq!(shown.status, Some(1));
    let report = &answers(&shown)[0];
    assert_eq!(report["cause"]["code"], "not_a_jwt");
    assert_eq!(report["verdict"], json!(null));
    assert!(report["not_checked"].as_array().unwrap().contains(&json!("signature")));
}

#[test]
fn a_key_set_of_no_use_is_a_part_of_the_explanation_and_a_policy_is_not() {
    let folder = Folder::new("explain_unusable");
    let keys = folder.file("keys.json", r#"{"keys":[]}"#);
    let policy = folder.file("policy.json", r#"{"audiense":"api"}"#);
    let token =
        sign(&folder.file("sound.json", key_set(&[&new_key("k1", &json!({}))])), &fresh_claims(), &[]);
    let shown = run(&["explain", "--access-keys", &keys, "--now", &now(), &token]);
    assert_eq!(shown.status, Some(1));
    assert!(shown.stdout.starts_with("configuration_invalid  "), "{}", shown.stdout);
    let shown = run(&["explain", "--policy", &policy, &token]);
    assert_eq!((shown.status, shown.stdout.as_str()), (Some(2), ""));
    assert!(shown.stderr.contains("policy_unknown_member"), "{}", shown.stderr);
}

#[test]
fn cases_are_explained_in_order_each_by_its_own_context_or_by_the_flags() {
    let folder = Folder::new("explain_cases");
    let (mut flags, access, refresh) = explained_by(&folder);
    flags.push("--jsonl".to_owned());
    let token = sign(&access, &claims_for_the_api(), &[]);
    let set = |path: &str| serde_json::from_str::<Value>(&fs::read_to_string(path).unwrap()).unwrap();
    let context = json!({"refresh_keys": set(&refresh), "access_keys": set(&access), "now": NOW + 86_400});
    let cases = [
        json!({"id": 1, "token": token}),
        json!({"id": {"of": "two"}, "token": token, "context": context}),
        json!({"id": 3, "token": "", "context": {}}),
        json!({"id": 4, "token": token, "context": {"acess_keys": {}}}),
        json!({"id": 5, "context": {}}),
        json!("no case"),
        json!({"id": 6, "token": format!("Bearer {token}"), "context": null, "remark": "passed over"}),
    ];
    let shown = run_with(&flags, cases.map(|case| case.to_string()).join("\n"));
    assert_eq!(shown.status, Some(2), "one line was no case");
    let answers = answers(&shown);
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
    assert_eq!(json!(ids), json!([1, {"of": "two"}, 3, 4, 5, null, 6]));
    let codes: Vec<&Value> = answers.iter().map(|answer| &answer["report"]["cause"]["code"]).collect();
    assert_eq!(json!(codes), json!(["ok", "expired", "missing_token", null, null, null, "bearer_prefix"]));
    assert_eq!(answers[3]["code"], "configuration_invalid");
    assert_eq!(answers[3]["findings"], json!(["context_unknown_member"]));
    assert_eq!(answers[4]["code"], "malformed_input");
}

// --- manners ---

#[test]
fn every_command_explains_itself_with_examples() {
    for words in [
        vec![],
        vec!["verify"],
        vec!["explain"],
        vec!["inspect"],
        vec!["sign"],
        vec!["keys", "new"],
        vec!["keys", "check"],
    ] {
        let mut arguments = words.clone();
        arguments.push("--help");
        let help = run(&arguments);
        assert_eq!(help.status, Some(0));
        assert!(help.stdout.contains("Examples:\n  edgewarden "), "{words:?}: {}", help.stdout);
    }
}

#[test]
fn wrong_usage_ends_with_2_and_repeats_no_token_and_no_secret() {
    let folder = Folder::new("usage");
    let key = new_key("k1", &json!({}));
    let set = key_set(&[&key]);
    let keys = folder.file("keys.json", &set);
    let token = sign(&keys, &fresh_claims(), &[]);
    let with_equals = format!("--now={token}");
    let uses: Vec<Vec<&str>> = vec![
        vec![],
        vec![&token],
        vec!["verify", "--keys", &keys, &token, &token],
        vec!["verify", "--keys", &keys, &with_equals],
        vec!["verify", "--keys", &keys, "--now", &token],
        vec!["verify", "--keys", &set, &token],
        vec!["verify", "--jsonl", &token],
        vec!["sign", "--keys", &set, "--claims", "{}"],
        vec!["sign", "--keys", &keys, "--claims", &token],
        vec!["sign", "--keys", &keys, "--claims", "{}", "--kid", &token],
        vec!["keys", "check", &set],
        vec!["keys", "new", "--alg", &token],
        vec!["keys", "new", "--force"],
    ];
    let secret = key["k"].as_str().unwrap();
    for arguments in uses {
        let refused = run(&arguments);
        assert_eq!(refused.status, Some(2), "{arguments:?}");
        for private in [secret, &token] {
            assert!(!refused.stderr.contains(private), "{}", refused.stderr);
            assert!(!refused.stdout.contains(private), "{}", refused.stdout);
        }
    }
}

#[test]
fn no_command_prints_a_secret_unasked() {
    let folder = Folder::new("secrets");
    let key = new_key("k1", &json!({}));
    let broken = json!({ "kty": "oct", "alg": "HS512", "k": key["k"] });
    let keys = folder.file("keys.json", key_set(&[&key]));
    let wrong = folder.file("wrong.json", key_set(&[&key, &key, &broken]));
    let token = sign(&keys, &fresh_claims(), &[]);
    let case = json!({ "token": token, "keys": { "keys": [key, key, broken] } }).to_string();
    let secret = key["k"].as_str().unwrap();
    for run in [
        verify(&keys, &token, &[]),
        verify(&wrong, &token, &[]),
        run(&["inspect", &token]),
        run(&["sign", "--keys", &wrong, "--claims", "{}"]),
        run(&["keys", "check", &keys, &wrong]),
        run(&["keys", "check", &keys, &wrong, "--format", "json"]),
        run_with(&["verify", "--jsonl"], case),
    ] {
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn there_are_no_colours_where_nobody_sees_them() {
    let shown = run(&["inspect", "eyJhIjoxfQ.eyJhIjoxfQ.AAAA"]);
    assert!(!shown.stdout.contains('\u{1b}'));
    assert!(!run(&["verify"]).stderr.contains('\u{1b}'));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new("closed_pipe");
    let keys = folder.file("keys.json", key_set(&[&new_key("k1", &json!({}))]));
    let mut child = command(&["verify", "--jsonl", "--keys", &keys]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let feeder = thread::spawn(move || {
        for _ in 0..10_000 {
            if input.write_all(&b"{\"token\":\"a\"}\n".repeat(100)).is_err() {
                break;
            }
        }
    });
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut answer = String::new();
    output.read_line(&mut answer).unwrap();
    drop(output);
    feeder.join().unwrap();
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!((child.wait().unwrap().code(), complaint.as_str()), (Some(0), ""));
}
