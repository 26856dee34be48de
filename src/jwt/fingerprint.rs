//! What identifies a token where the token itself must not appear.

use core::fmt;

use super::sha2_mac::sha256;

/// The first 16 hex digits of SHA-256 over the compact token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 8]);

impl Fingerprint {
    /// The fingerprint of a token, as it was presented.
    #[must_use]
    pub fn of(token: &[u8]) -> Self {
        let digest = sha256(token);
        let (first, _) = digest.as_chunks::<8>();
        Self(first.first().copied().unwrap_or_default())
    }

    /// As 16 lower-case hex digits, in ASCII.
    #[must_use]
    pub fn hex(self) -> [u8; 16] {
        let mut text = [0; 16];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [hex_digit(byte >> 4), hex_digit(byte & 0x0F)];
        }
        text
    }
}

fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + (nibble - 10) }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hex().iter().try_for_each(|&digit| write!(f, "{}", char::from(digit)))
    }
}
