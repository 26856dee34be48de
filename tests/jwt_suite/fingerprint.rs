//! What identifies a token where the token must not appear.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::Fingerprint;

use super::fixture::{Gate, good_token};

#[test]
fn it_is_the_first_sixteen_hex_digits_of_sha_256() {
    for (token, hex) in [("", "e3b0c44298fc1c14"), ("abc", "ba7816bf8f01cfea")] {
        assert_eq!(Fingerprint::of(token.as_bytes()).to_string(), hex);
        assert_eq!(&Fingerprint::of(token.as_bytes()).hex(), hex.as_bytes());
    }
}

#[test]
fn different_tokens_differ() {
    let (_, key) = Gate::with_one_key();
    let token = good_token(&key);
    assert_ne!(Fingerprint::of(token.as_bytes()), Fingerprint::of(&token.as_bytes()[1..]));
    assert!(!token.contains(&Fingerprint::of(token.as_bytes()).to_string()));
}
