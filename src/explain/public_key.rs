//! The texts of a public key which somebody may have used as an HMAC secret (RFC 8725 §2.1): everybody knows them.

use crate::jwt::base64url;

use super::keys::PublicKey;
use super::spellings::{Spelling, ordinary, padding};

/// The texts of this key: its JWK, its PEM, its numbers.
pub(super) fn texts(key: &PublicKey) -> Vec<Spelling> {
    let mut texts = Vec::new();
    let mut add = |seen, secret| texts.push(Spelling { seen, secret });
    if let Some(der) = subject_public_key_info(key) {
        const WHAT: &str = "the PEM text of the public key";
        let pem = pem(&der, b"\n");
        add(WHAT, pem.clone());
        add(WHAT, self::pem(&der, b"\r\n"));
        add(WHAT, [pem.as_slice(), b"\n"].concat());
        add("the DER bytes of the public key", der);
    }
    let mut minified = String::new();
    crate::jwt::json_text::push_minified(&mut minified, &key.jwk);
    add("the JWK of the public key", minified.into_bytes());
    add("the JWK of the public key", key.jwk.clone().into_bytes());
    for number in key.numbers.iter().flatten() {
        add("a number of the public key", number.clone().into_bytes());
        if let Ok(bytes) = base64url::decode(number.as_bytes()) {
            add("a number of the public key", bytes);
        }
    }
    texts
}

/// Whether a secret is the text of a public key.
pub(super) fn is_public(secret: &[u8]) -> bool {
    let text = secret.trim_ascii_start();
    [
        &b"-----BEGIN PUBLIC KEY"[..],
        b"-----BEGIN RSA PUBLIC KEY",
        b"-----BEGIN CERTIFICATE",
        b"ssh-rsa ",
        b"ssh-ed25519 ",
    ]
    .iter()
    .any(|beginning| text.starts_with(beginning))
}

/// Without the end of its last line.
fn pem(der: &[u8], line_end: &[u8]) -> Vec<u8> {
    let url = base64url::encode(der).into_bytes();
    let base64 = [ordinary(&url).as_slice(), padding(&url)].concat();
    let mut pem = b"-----BEGIN PUBLIC KEY-----".to_vec();
    for line in base64.chunks(64) {
        pem.extend_from_slice(line_end);
        pem.extend_from_slice(line);
    }
    pem.extend_from_slice(line_end);
    pem.extend_from_slice(b"-----END PUBLIC KEY-----");
    pem
}

/// RFC 5280 §4.1.2.7, with the algorithm identifiers of RFC 3279 §2.3.1, RFC 5480 §2.1.1 and RFC 8410 §3.
fn subject_public_key_info(key: &PublicKey) -> Option<Vec<u8>> {
    const RSA: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
    const EC: &[u8] = &[0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
    const P256: &[u8] = &[0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
    const P384: &[u8] = &[0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22];
    const P521: &[u8] = &[0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23];
    const ED25519: &[u8] = &[0x06, 0x03, 0x2B, 0x65, 0x70];

    let (algorithm, curve): (_, &[u8]) = match key.curve.as_deref() {
        None => (RSA, &[]),
        Some("P-256") => (EC, P256),
        Some("P-384") => (EC, P384),
        Some("P-521") => (EC, P521),
        Some("Ed25519") => (ED25519, &[]),
        Some(_) => return None,
    };
    let number = |index: usize| base64url::decode(key.numbers.get(index)?.as_ref()?.as_bytes()).ok();
    let public_key = if key.curve.is_none() {
        tagged(SEQUENCE, &[&integer(&number(0)?), &integer(&number(1)?)])
    } else if curve.is_empty() {
        number(2)?
    } else {
        // Not compressed.
        [[4].as_slice(), &number(2)?, &number(3)?].concat()
    };
    let algorithm = tagged(SEQUENCE, &[algorithm, curve]);
    Some(tagged(SEQUENCE, &[&algorithm, &tagged(BIT_STRING, &[&[0], &public_key])]))
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

fn integer(number: &[u8]) -> Vec<u8> {
    // A number whose first bit is set would be a negative one.
    let sign: &[u8] = if matches!(number, [0x80..=0xFF, ..]) { &[0] } else { &[] };
    tagged(INTEGER, &[sign, number])
}

/// Tag, length, content, as DER has them (ITU-T X.690 §8.1).
fn tagged(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = content.len().to_be_bytes();
    let mut length = length.as_slice();
    while let [0, rest @ ..] = length
        && !rest.is_empty()
    {
        length = rest;
    }
    let long = [0x80 | u8::try_from(length.len()).unwrap_or_default()];
    let long: &[u8] = if matches!(length, [0..=0x7F]) { &[] } else { &long };
    [&[tag], long, length, content.as_slice()].concat()
}
