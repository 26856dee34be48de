//! Signatures: which pass, and that nothing else does.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use edgewarden::jwt::{Algorithm, Code, base64url, sign};
use serde_json::json;

use super::fixture::{Gate, claims, good_token, jwk, jwk_of, jwk_with, key, nameless};

#[test]
fn each_hmac_algorithm_verifies_its_own_tokens() {
    for jwk in [jwk(1), jwk_of(2, "HS384"), jwk_of(3, "HS512")] {
        let gate = Gate::of(std::slice::from_ref(&jwk));
        assert_eq!(gate.code(good_token(&key(&jwk))), None, "{}", jwk["alg"]);
        assert_eq!(gate.code(good_token(&nameless(&jwk))), None, "{}", jwk["alg"]);
    }
}

#[test]
fn the_mac_of_rfc_7515_appendix_a_1_is_made_and_verified() {
    // The key of the appendix, spelt out as bytes.
    let secret: [u8; 64] = [
        3, 35, 53, 75, 43, 15, 165, 188, 131, 126, 6, 101, 119, 123, 166, 143, 90, 179, 40, 230, 240, 84,
        201, 40, 169, 15, 132, 178, 210, 80, 46, 191, 211, 251, 90, 146, 210, 6, 71, 239, 150, 138, 180, 195,
        119, 98, 61, 34, 61, 46, 33, 114, 5, 46, 79, 8, 192, 205, 154, 245, 103, 208, 128, 163,
    ];
    let jwk = jwk_with(1, &json!({"kid": null, "k": base64url::encode(&secret)}));
    let payload = b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
    let token = edgewarden::jwt::sign_raw(&key(&jwk), b"{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}", payload);
    let mac: [u8; 32] = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
        214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    assert_eq!(token.rsplit('.').next().unwrap(), base64url::encode(&mac));
    let mut gate = Gate::of(&[jwk]);
    gate.now = 1_300_819_380.0;
    assert_eq!(gate.code(&token), None);
    gate.now += 30.0;
    assert_eq!(gate.code(&token), Some(Code::Expired));
}

#[test]
fn another_key_of_the_same_algorithm_is_a_mismatch() {
    let (gate, _) = Gate::with_one_key();
    assert_eq!(gate.code(good_token(&nameless(&jwk(2)))), Some(Code::SignatureMismatch));
}

#[test]
fn a_signature_of_any_other_length_is_a_mismatch() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let mac = base64url::decode(signature.as_bytes()).unwrap();
    for length in 1..=130 {
        let other: Vec<u8> = mac.iter().copied().cycle().take(length).collect();
        let expected = (length != 32).then_some(Code::SignatureMismatch);
        assert_eq!(gate.code(format!("{input}.{}", base64url::encode(&other))), expected, "{length}");
    }
}

#[test]
fn every_changed_bit_of_the_mac_is_a_mismatch() {
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let mac = base64url::decode(signature.as_bytes()).unwrap();
    for bit in 0..mac.len() * 8 {
        let mut other = mac.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        let forged = format!("{input}.{}", base64url::encode(&other));
        assert_eq!(gate.code(forged), Some(Code::SignatureMismatch), "bit {bit}");
    }
}

#[test]
fn segments_of_two_good_tokens_do_not_mix() {
    let (gate, key) = Gate::with_one_key();
    let one = sign(&key, None, &claims(&json!({"sub": "one"})));
    let two = sign(&key, Some("JWT"), &claims(&json!({"sub": "two"})));
    let one: Vec<&str> = one.split('.').collect();
    let two: Vec<&str> = two.split('.').collect();
    for pick in 1..7 {
        let part = |index: usize| if pick >> index & 1 == 1 { two[index] } else { one[index] };
        let mixed = format!("{}.{}.{}", part(0), part(1), part(2));
        assert_eq!(gate.code(mixed), Some(Code::SignatureMismatch), "{pick:03b}");
    }
}

#[test]
fn a_header_and_payload_that_concatenate_alike_are_not_alike() {
    // The dot is part of what is signed: moving a character across it must break the signature.
    let (gate, key) = Gate::with_one_key();
    let token = good_token(&key);
    let dot = token.find('.').unwrap();
    let moved = format!("{}{}.{}", &token[..dot], &token[dot + 1..=dot + 1], &token[dot + 2..]);
    assert_ne!(gate.code(moved), None);
}

#[test]
fn algorithms_have_their_registered_names_and_lengths() {
    for (algorithm, name, length) in
        [(Algorithm::Hs256, "HS256", 32), (Algorithm::Hs384, "HS384", 48), (Algorithm::Hs512, "HS512", 64)]
    {
        assert_eq!(algorithm.name(), name);
        assert_eq!(algorithm.to_string(), name);
        assert_eq!(Algorithm::from_name(name), Some(algorithm));
        assert_eq!(algorithm.hash_length(), length);
    }
    for unknown in ["none", "hs256", "RS256", "", "HS256 "] {
        assert_eq!(Algorithm::from_name(unknown), None, "{unknown}");
    }
}
