//! One secret in the spellings that two sides may disagree about: as text and as the bytes that the text stands for.

use crate::jwt::base64url;

use super::spelled::lossy;

/// A way of spelling the secret of the ring, as somebody else may have done it.
pub(super) struct Spelling {
    /// What the issuer used, seen from the secret of the ring.
    pub(super) seen: &'static str,
    pub(super) secret: Vec<u8>,
}

/// A secret is short; what is not, nobody copies by hand.
const LONGEST: usize = 4096;

/// Every other spelling of `secret`.
pub(super) fn spellings(secret: &[u8]) -> Vec<Spelling> {
    if secret.len() > LONGEST {
        return Vec::new();
    }
    let mut spellings = Spellings { secret, found: Vec::new() };

    // The ring holds a text, and the issuer used what it stands for.
    let trimmed = secret.trim_ascii();
    spellings.add("the same secret without the white space at its end", &[trimmed]);
    spellings.add("the same secret without the quotes around it", &[without_quotes(trimmed)]);
    if let Some(bytes) = from_base64(trimmed) {
        let seen = "the bytes that the ring's secret stands for when it is read as base64";
        spellings.add(seen, &[&bytes]);
    }
    if let Some(bytes) = from_hex(trimmed) {
        let seen = "the bytes that the ring's secret stands for when it is read as hexadecimal";
        spellings.add(seen, &[&bytes]);
    }

    // The ring holds bytes, and the issuer used a text that stands for them.
    let url = base64url::encode(secret).into_bytes();
    let ordinary = ordinary(&url);
    let padding = padding(&url);
    let hex = to_hex(secret);
    let hex_text = "the hexadecimal text of the secret, not decoded";
    spellings.add("the base64url text of the secret, not decoded", &[&url]);
    spellings.add("the base64 text of the secret, not decoded", &[&ordinary, padding]);
    spellings.add("the padded base64url text of the secret, not decoded", &[&url, padding]);
    spellings.add("the base64 text of the secret, without padding and not decoded", &[&ordinary]);
    spellings.add(hex_text, &[&hex.to_ascii_uppercase()]);
    spellings.add(hex_text, &[&hex]);

    // What a file, a shell or an environment adds.
    for (seen, before, after) in [
        ("the same secret with a line feed behind it", "", "\n"),
        ("the same secret with a carriage return and a line feed behind it", "", "\r\n"),
        ("the same secret with a carriage return behind it", "", "\r"),
        ("the same secret with a space behind it", "", " "),
        ("the same secret in double quotes", "\"", "\""),
        ("the same secret in single quotes", "'", "'"),
    ] {
        spellings.add(seen, &[before.as_bytes(), secret, after.as_bytes()]);
    }

    // Bytes that went through a text of characters.
    if !secret.is_ascii() {
        let mut latin = String::new();
        for &byte in secret {
            latin.push(char::from(byte));
        }
        let seen = "the secret's bytes taken for Latin-1 characters, in UTF-8";
        spellings.add(seen, &[latin.as_bytes()]);
        let seen = "the secret's bytes taken for UTF-8, which they are not";
        spellings.add(seen, &[lossy(secret).as_bytes()]);
    }
    spellings.found
}

struct Spellings<'s> {
    secret: &'s [u8],
    found: Vec<Spelling>,
}

impl Spellings<'_> {
    /// Adds a spelling, given in parts, unless it is the secret itself or there already.
    fn add(&mut self, seen: &'static str, parts: &[&[u8]]) {
        let spelled = parts.concat();
        if spelled != self.secret
            && !spelled.is_empty()
            && self.found.iter().all(|other| other.secret != spelled)
        {
            self.found.push(Spelling { seen, secret: spelled });
        }
    }
}

fn without_quotes(mut text: &[u8]) -> &[u8] {
    while let [b'"' | b'\'' | b'`', rest @ ..] | [rest @ .., b'"' | b'\'' | b'`'] = text {
        text = rest;
    }
    text
}

/// Base64url in the ordinary alphabet.
pub(super) fn ordinary(url: &[u8]) -> Vec<u8> {
    respelled(url, *b"-_", *b"+/")
}

/// What the text of base64url lacks.
pub(super) fn padding(url: &[u8]) -> &'static [u8] {
    match url.len() % 4 {
        2 => b"==",
        3 => b"=",
        _ => b"",
    }
}

/// With two characters replaced.
pub(super) fn respelled(text: &[u8], these: [u8; 2], by: [u8; 2]) -> Vec<u8> {
    let mut respelled = text.to_vec();
    for byte in &mut respelled {
        if *byte == these[0] {
            *byte = by[0];
        } else if *byte == these[1] {
            *byte = by[1];
        }
    }
    respelled
}

/// In either alphabet, padded or not.
fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().position(|&byte| byte == b'=').unwrap_or(text.len());
    let (text, padding) = text.split_at_checked(end)?;
    match padding {
        b"" | b"=" | b"==" => base64url::decode(&respelled(text, *b"+/", *b"-_")).ok(),
        _ => None,
    }
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(pairs.len());
    for &[high, low] in pairs {
        bytes.push(from_digit(high)? << 4 | from_digit(low)?);
    }
    Some(bytes)
}

/// The value of a hexadecimal digit.
pub(super) fn from_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn to_hex(bytes: &[u8]) -> Vec<u8> {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + (nibble - 10) };
    let mut hex = Vec::with_capacity(2 * bytes.len());
    for &byte in bytes {
        hex.push(digit(byte >> 4));
        hex.push(digit(byte & 0x0F));
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::spellings;

    fn secrets(secret: &[u8]) -> Vec<Vec<u8>> {
        spellings(secret).into_iter().map(|spelling| spelling.secret).collect()
    }

    #[test]
    fn a_text_and_its_bytes_lead_to_each_other() {
        let bytes: Vec<u8> = (200..=231).collect();
        for text in [
            "yMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5uc",
            "yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5uc=",
            "c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7",
            "C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7",
        ] {
            assert!(secrets(&bytes).contains(&text.as_bytes().to_vec()), "{text}");
            assert!(secrets(text.as_bytes()).contains(&bytes), "{text}");
        }
    }

    #[test]
    fn no_spelling_is_the_secret_itself_or_there_twice() {
        for secret in [&b"plain-text-secret-plain-text-secret"[..], b"00", b"\"q\"\n", b"\xff\xfe"] {
            let mut all = secrets(secret);
            assert!(!all.iter().any(|spelled| spelled == secret || spelled.is_empty()));
            let count = all.len();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }
}
