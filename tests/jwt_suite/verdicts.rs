//! The codes and actions that clients rely on, word for word.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{Action, Code};

#[test]
fn every_code_has_its_string_and_its_action() {
    let table = [
        ("missing_token", "login"),
        ("multiple_tokens", "stop"),
        ("token_too_large", "stop"),
        ("malformed_token", "refresh"),
        ("algorithm_not_allowed", "refresh"),
        ("critical_header_unsupported", "refresh"),
        ("key_not_found", "refresh"),
        ("key_not_active", "retry"),
        ("key_retired", "refresh"),
        ("key_revoked", "refresh"),
        ("signature_mismatch", "refresh"),
        ("malformed_claims", "stop"),
        ("claim_missing", "stop"),
        ("expired", "refresh"),
        ("not_yet_valid", "retry"),
        ("issued_in_future", "retry"),
        ("token_too_old", "refresh"),
        ("issuer_mismatch", "stop"),
        ("audience_mismatch", "stop"),
        ("type_mismatch", "stop"),
        ("token_revoked", "login"),
        ("insufficient_scope", "stop"),
        ("configuration_invalid", "retry"),
    ];
    let ours: Vec<_> = Code::ALL.iter().map(|code| (code.as_str(), code.action().as_str())).collect();
    assert_eq!(ours, table);
}

#[test]
fn codes_and_actions_display_as_their_strings() {
    for code in Code::ALL {
        assert_eq!(code.to_string(), code.as_str());
        assert!(code.summary().ends_with('.'));
    }
    for (action, text) in [
        (Action::None, "none"),
        (Action::Refresh, "refresh"),
        (Action::Login, "login"),
        (Action::Retry, "retry"),
        (Action::Stop, "stop"),
    ] {
        assert_eq!(action.to_string(), text);
    }
}

#[test]
fn no_two_codes_share_a_string() {
    let mut strings: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    strings.sort_unstable();
    strings.dedup();
    assert_eq!(strings.len(), Code::ALL.len());
}
