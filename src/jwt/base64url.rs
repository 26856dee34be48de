//! Base64url without padding (RFC 7515 §2, RFC 4648 §5), decoded strictly.
//!
//! Strict means that one byte string has exactly one spelling: no padding, no white space, no characters of the
//! ordinary alphabet, and no stray bits after the last byte. Otherwise a token could be altered without breaking
//! its signature, and whatever recognises tokens by their text (a deny list, a cache, a fingerprint) is fooled.

use core::fmt;

/// Why a text is not base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base64Fault {
    /// A character outside `A-Z a-z 0-9 - _`, at this offset.
    Alphabet {
        /// Offset of the character, in bytes from the start of the segment.
        position: usize,
    },
    /// A length that no byte string encodes to (4n + 1).
    Length,
    /// Bits set after the last whole byte.
    TrailingBits,
}

impl fmt::Display for Base64Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alphabet { position } => write!(f, "a character outside base64url at offset {position}"),
            Self::Length => f.write_str("a length that base64url never has (it looks cut off)"),
            Self::TrailingBits => f.write_str("stray bits after the last byte"),
        }
    }
}

const INVALID: u8 = 0xFF;

const TABLE: [u8; 256] = table();

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "evaluated at compile time, over 64 entries"
)]
const fn table() -> [u8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut table = [INVALID; 256];
    let mut value = 0;
    while value < alphabet.len() {
        table[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    table
}

#[inline]
#[expect(clippy::indexing_slicing, reason = "a table of 256 entries indexed by a byte")]
fn sextet(character: u8) -> u8 {
    TABLE[character as usize]
}

/// Appends the decoded bytes of `text` to `out`, which on an error is left as it was.
///
/// # Errors
/// The first fault found.
pub fn decode_into(text: &[u8], out: &mut Vec<u8>) -> Result<(), Base64Fault> {
    let (quads, rest) = text.as_chunks::<4>();
    let start = out.len();
    out.resize(start + quads.len() * 3, 0);
    let triples = out.get_mut(start..).unwrap_or_default().as_chunks_mut::<3>().0;
    // Every valid sextet is below 64, the invalid mark has the high bit: one test in the end for all of them.
    let mut marks = 0;
    for (triple, &[a, b, c, d]) in triples.iter_mut().zip(quads) {
        let (a, b, c, d) = (sextet(a), sextet(b), sextet(c), sextet(d));
        marks |= a | b | c | d;
        *triple = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    }
    let stray = match *rest {
        [a, b] => {
            let (a, b) = (sextet(a), sextet(b));
            marks |= a | b;
            out.push(a << 2 | b >> 4);
            b & 0x0F
        }
        [a, b, c] => {
            let (a, b, c) = (sextet(a), sextet(b), sextet(c));
            marks |= a | b | c;
            out.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2]);
            c & 0x03
        }
        _ => 0,
    };
    if marks & 0x80 == 0 && stray == 0 && rest.len() != 1 {
        return Ok(());
    }
    out.truncate(start);
    Err(first_fault(text))
}

#[cold]
fn first_fault(text: &[u8]) -> Base64Fault {
    match text.iter().position(|&character| sextet(character) == INVALID) {
        Some(position) => Base64Fault::Alphabet { position },
        None if text.len() % 4 == 1 => Base64Fault::Length,
        None => Base64Fault::TrailingBits,
    }
}

/// The bytes that `text` encodes.
///
/// # Errors
/// The first fault found.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, Base64Fault> {
    let mut out = Vec::new();
    decode_into(text, &mut out).map(|()| out)
}

/// The base64url text of `bytes`, without padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let (a, b, c) = match *chunk {
            [a, b, c] => (a, b, c),
            [a, b] => (a, b, 0),
            [a] => (a, 0, 0),
            _ => continue,
        };
        let sextets = [a >> 2, (a & 0x03) << 4 | b >> 4, (b & 0x0F) << 2 | c >> 6, c & 0x3F];
        for sextet in sextets.iter().take(chunk.len() + 1) {
            if let Some(&character) = ALPHABET.get(usize::from(*sextet)) {
                text.push(char::from(character));
            }
        }
    }
    text
}
