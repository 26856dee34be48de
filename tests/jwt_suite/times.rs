//! `exp`, `nbf`, `iat`: their forms, and the boundaries to the second and beneath.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{Code, NumericDate, Policy, Why, sign};
use serde_json::json;

use super::fixture::{Gate, NOW};

/// The verdict for `{"exp":…}` as written.
fn exp(text: &str) -> Option<Code> {
    Gate::with_one_key().0.code_for_payload(&format!(r#"{{"exp":{text}}}"#))
}

fn with_leeway(leeway: f64) -> Gate {
    Gate::with_one_key().0.policy(|policy| policy.leeway = leeway)
}

#[test]
fn the_default_leeway_is_thirty_seconds() {
    assert!((Policy::default().leeway - 30.0).abs() < f64::EPSILON);
}

#[test]
fn exp_passes_while_now_is_before_exp_plus_leeway() {
    let (gate, _) = Gate::with_one_key();
    for (offset, expected) in [
        (1.0, None),
        (0.0, None),
        (-29.0, None),
        (-29.999, None),
        (-30.0, Some(Code::Expired)),
        (-30.001, Some(Code::Expired)),
        (-31.0, Some(Code::Expired)),
        (-1e9, Some(Code::Expired)),
    ] {
        assert_eq!(gate.code_for_claims(&json!({"exp": NOW + offset})), expected, "{offset}");
    }
}

#[test]
fn without_leeway_a_token_expires_on_the_second() {
    let gate = with_leeway(0.0);
    assert_eq!(gate.code_for_claims(&json!({"exp": NOW + 0.001})), None);
    assert_eq!(gate.code_for_claims(&json!({"exp": NOW})), Some(Code::Expired));
}

#[test]
fn nbf_passes_while_it_is_at_most_now_plus_leeway() {
    let (gate, _) = Gate::with_one_key();
    for (offset, expected) in [
        (-1.0, None),
        (0.0, None),
        (30.0, None),
        (30.001, Some(Code::NotYetValid)),
        (31.0, Some(Code::NotYetValid)),
        (1e9, Some(Code::NotYetValid)),
    ] {
        assert_eq!(gate.code_for_claims(&json!({"nbf": NOW + offset})), expected, "{offset}");
    }
    assert_eq!(with_leeway(0.0).code_for_claims(&json!({"nbf": NOW})), None);
    assert_eq!(with_leeway(0.0).code_for_claims(&json!({"nbf": NOW + 0.001})), Some(Code::NotYetValid));
}

#[test]
fn iat_passes_while_it_is_at_most_now_plus_leeway() {
    let (gate, _) = Gate::with_one_key();
    for (offset, expected) in [
        (-1e9, None),
        (0.0, None),
        (30.0, None),
        (30.001, Some(Code::IssuedInFuture)),
        (31.0, Some(Code::IssuedInFuture)),
    ] {
        assert_eq!(gate.code_for_claims(&json!({"iat": NOW + offset})), expected, "{offset}");
    }
    assert_eq!(with_leeway(0.0).code_for_claims(&json!({"iat": NOW})), None);
    assert_eq!(with_leeway(0.0).code_for_claims(&json!({"iat": NOW + 0.001})), Some(Code::IssuedInFuture));
}

#[test]
fn nbf_and_iat_may_be_absent() {
    let (gate, _) = Gate::with_one_key();
    assert_eq!(gate.code_for_claims(&json!({"iat": null, "nbf": null})), None);
}

#[test]
fn the_verifiers_own_clock_may_have_fractions() {
    let mut gate = with_leeway(0.0);
    gate.now = NOW + 0.75;
    assert_eq!(gate.code_for_claims(&json!({"exp": NOW + 1.0})), None);
    assert_eq!(gate.code_for_claims(&json!({"exp": NOW + 0.75})), Some(Code::Expired));
    assert_eq!(gate.code_for_claims(&json!({"exp": NOW + 0.5})), Some(Code::Expired));
}

#[test]
fn times_are_any_json_number() {
    for text in
        ["1800000600", "1800000600.5", "1.8e9", "18E8", "1800000000000e-3", "0.018e+11", "253402300799"]
    {
        assert_eq!(exp(text), None, "{text}");
    }
}

#[test]
fn negative_and_early_times_are_times() {
    for text in ["0", "-0", "-0.0", "0e0", "-1", "1e-400", "-62135596800", "1"] {
        assert_eq!(exp(text), Some(Code::Expired), "{text}");
    }
    let (gate, _) = Gate::with_one_key();
    assert_eq!(gate.code_for_claims(&json!({"nbf": -1, "iat": -62_135_596_800_i64})), None);
}

#[test]
fn times_out_of_range_are_malformed_and_never_wrap() {
    for text in [
        "1e400",
        "-1e400",
        "1e308",
        "1e19",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "-9223372036854775809",
        "340282366920938463463374607431768211456",
        "253402300800",
        "253402300799.5",
        "-62135596801",
        "1800000600000",
        "9999999999999999999999999999999999999999999999999999999999999999999",
        "1e99999999999999999999",
    ] {
        assert_eq!(exp(text), Some(Code::MalformedClaims), "{text}");
        for name in ["nbf", "iat"] {
            let (gate, key) = Gate::with_one_key();
            let payload = format!(r#"{{"exp":{},"{name}":{text}}}"#, NOW + 600.0);
            let refusal = gate.verdict(sign(&key, None, &payload)).unwrap_err();
            assert_eq!((refusal.code, refusal.why), (Code::MalformedClaims, Why::TimeRange(name)), "{text}");
        }
    }
}

#[test]
fn a_time_that_is_no_number_is_malformed() {
    for name in ["exp", "nbf", "iat"] {
        for text in [r#""1800000600""#, r#""""#, "null", "true", "[]", "{}", "[1800000600]", r#""never""#] {
            let others = if name == "exp" { String::new() } else { format!(r#""exp":{},"#, NOW + 600.0) };
            let code = Gate::with_one_key().0.code_for_payload(&format!(r#"{{{others}"{name}":{text}}}"#));
            assert_eq!(code, Some(Code::MalformedClaims), "{name} {text}");
        }
    }
}

#[test]
fn what_javascript_calls_a_number_but_json_does_not_is_malformed() {
    for text in [
        "NaN",
        "Infinity",
        "-Infinity",
        "0x6B49D200",
        "1_800_000_600",
        "01800000600",
        "+1800000600",
        "1800000600n",
    ] {
        assert_eq!(exp(text), Some(Code::MalformedClaims), "{text}");
    }
}

#[test]
fn max_token_age_bounds_the_time_since_iat() {
    let gate = Gate::with_one_key().0.policy(|policy| {
        policy.max_token_age = Some(3600.0);
        policy.leeway = 0.0;
    });
    for (age, expected) in [
        (0.0, None),
        (3600.0, None),
        (3600.001, Some(Code::TokenTooOld)),
        (3601.0, Some(Code::TokenTooOld)),
        (1e9, Some(Code::TokenTooOld)),
    ] {
        assert_eq!(gate.code_for_claims(&json!({"iat": NOW - age})), expected, "{age}");
    }
}

#[test]
fn max_token_age_forgives_the_leeway() {
    let gate = Gate::with_one_key().0.policy(|policy| policy.max_token_age = Some(3600.0));
    assert_eq!(gate.code_for_claims(&json!({"iat": NOW - 3630.0})), None);
    assert_eq!(gate.code_for_claims(&json!({"iat": NOW - 3630.001})), Some(Code::TokenTooOld));
}

#[test]
fn max_token_age_makes_iat_required() {
    let (gate, key) = Gate::with_one_key();
    let gate = gate.policy(|policy| policy.max_token_age = Some(3600.0));
    let refusal = gate.verdict(sign(&key, None, &super::fixture::claims(&json!({"iat": null})))).unwrap_err();
    assert_eq!((refusal.code, refusal.why), (Code::ClaimMissing, Why::ClaimAbsent("iat")));
}

#[test]
fn a_point_in_time_is_finite_and_within_the_years_1_to_9999() {
    for seconds in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 253_402_300_799.1] {
        assert_eq!(NumericDate::from_seconds(seconds), None, "{seconds}");
    }
    for text in ["", "x", "nan", "inf", "infinity", "-inf"] {
        assert_eq!(NumericDate::from_json_number(text), None, "{text}");
    }
    assert_eq!(NumericDate::from_seconds(-1.5).unwrap().whole_seconds(), -2);
    assert_eq!(NumericDate::from_seconds(1.5).unwrap().whole_seconds(), 1);
}
