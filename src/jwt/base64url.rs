//! Base64url without padding (RFC 7515 §2, RFC 4648 §5), decoded strictly.
//!
//! Strict means that one byte string has exactly one spelling: no padding, no white space, no characters of the
//! ordinary alphabet, and no stray bits after the last byte. Otherwise a token could be altered without breaking
//! its signature, and whatever recognises tokens by their text (a deny list, a cache, a fingerprint) is fooled.

use core::fmt;

use super::words::{digits, fill};

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

impl Base64Fault {
    /// In words.
    pub(crate) fn words(&self) -> String {
        let (sentence, value) = match self {
            Self::Alphabet { position } => {
                return fill("a character outside base64url at offset {}", &[&digits(*position)]);
            }
            Self::Length => ("a length that base64url never has (it looks cut off)", ""),
            Self::TrailingBits => ("stray bits after the last byte", ""),
        };
        fill(sentence, &[value])
    }
}

impl fmt::Display for Base64Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
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

/// What each character of a group of four adds to the three bytes, which stand in the order of memory.
#[cfg(not(feature = "browser"))]
static PLACES: [[u32; 256]; 4] = places();

#[cfg(not(feature = "browser"))]
#[expect(clippy::indexing_slicing, reason = "evaluated at compile time, over 256 entries")]
const fn places() -> [[u32; 256]; 4] {
    let mut places = [[u32::MAX; 256]; 4];
    let mut character = 0;
    while character < 256 {
        let sextet = TABLE[character] as u32;
        if sextet < 64 {
            places[0][character] = sextet << 2;
            places[1][character] = sextet >> 4 | (sextet & 0x0F) << 12;
            places[2][character] = (sextet >> 2) << 8 | (sextet & 0x03) << 22;
            places[3][character] = sextet << 16;
        }
        character += 1;
    }
    places
}

#[cfg(not(feature = "browser"))]
#[inline]
#[expect(clippy::indexing_slicing, reason = "tables of 256 entries indexed by a byte")]
fn placed([a, b, c, d]: [u8; 4]) -> u32 {
    let [first, second, third, fourth] = &PLACES;
    first[a as usize] | second[b as usize] | third[c as usize] | fourth[d as usize]
}

/// The same without the tables, which in a page are not worth what they weigh.
#[cfg(feature = "browser")]
fn placed(group: [u8; 4]) -> u32 {
    let [a, b, c, d] = group.map(|character| u32::from(sextet(character)));
    let bits = a << 18 | b << 12 | c << 6 | d;
    if (a | b | c | d) < 64 { (bits << 8).swap_bytes() } else { u32::MAX }
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
    let start = out.len();
    out.resize(start + decoded_length(text), 0);
    let decoded = decode_to(text, out.get_mut(start..).unwrap_or_default()).map(|_| ());
    if decoded.is_err() {
        out.truncate(start);
    }
    decoded
}

/// How many bytes a text encodes, if it is base64url.
pub(super) fn decoded_length(text: &[u8]) -> usize {
    text.len() / 4 * 3 + (text.len() % 4).saturating_sub(1)
}

/// Writes the decoded bytes of `text` to the beginning of `out`, and returns them and what is left of it. There must be room for
/// [`decoded_length`] bytes.
///
/// # Errors
/// The first fault found.
pub(super) fn decode_to<'o>(text: &[u8], out: &'o mut [u8]) -> Result<(&'o [u8], &'o mut [u8]), Base64Fault> {
    let Some((decoded, left)) = out.split_at_mut_checked(decoded_length(text)) else {
        return Err(Base64Fault::Length);
    };
    let (quads, rest) = text.as_chunks::<4>();
    let (triples, end) = decoded.as_chunks_mut::<3>();
    // Three bytes leave the fourth free for the invalid mark: one test in the end for all of them.
    let mut marks = 0;
    for (triple, quad) in triples.iter_mut().zip(quads) {
        let word = placed(*quad);
        marks |= word;
        let [first, second, third, _] = word.to_le_bytes();
        *triple = [first, second, third];
    }
    let word = match *rest {
        [a, b] => placed([a, b, b'A', b'A']),
        [a, b, c] => placed([a, b, c, b'A']),
        [_] => u32::MAX,
        _ => 0,
    };
    marks |= word;
    // What the last characters encode beyond the last whole byte must be zero.
    let [first, second, third, _] = word.to_le_bytes();
    let stray = match end {
        [last] => {
            *last = first;
            second
        }
        [last_but_one, last] => {
            (*last_but_one, *last) = (first, second);
            third
        }
        _ => 0,
    };
    if marks >> 24 == 0 && stray == 0 { Ok((decoded, left)) } else { Err(first_fault(text)) }
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
