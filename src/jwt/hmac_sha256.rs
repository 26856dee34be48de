//! HMAC-SHA-256 (RFC 2104, FIPS 198-1) over blocks that lie in the token already.
//!
//! HS256 is what most tokens are signed with, and its MAC is half of a verification. The crate `hmac` copies the message through
//! a buffer, block by block, because it may come in pieces; a token comes whole. The hash itself is `sha2`'s.

use sha2::compress256;
use zeroize::Zeroize;

const BLOCK: usize = 64;
/// The length of the message, at the end of the last block.
const LENGTH: usize = 8;

/// FIPS 180-4 §5.3.3
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The two hashes that have taken in the padded secret, and nothing else yet.
#[derive(Clone)]
pub(crate) struct HmacSha256 {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl HmacSha256 {
    /// From a secret of any length.
    pub(super) fn new(secret: &[u8]) -> Self {
        let mut block = [0; BLOCK];
        match block.get_mut(..secret.len()) {
            Some(start) => start.copy_from_slice(secret),
            // RFC 2104 §2: a longer one is hashed first.
            None => put_words(&mut block, &hash(INITIAL, 0, secret)),
        }
        let after = |pad: u8| {
            let mut state = INITIAL;
            compress(&mut state, &block.map(|byte| byte ^ pad));
            state
        };
        Self { inner: after(0x36), outer: after(0x5c) }
    }

    /// The MAC of `message`.
    pub(super) fn of(&self, message: &[u8]) -> [u8; 32] {
        let mut inner = [0; 32];
        put_words(&mut inner, &hash(self.inner, BLOCK, message));
        let mut mac = [0; 32];
        put_words(&mut mac, &hash(self.outer, BLOCK, &inner));
        mac
    }
}

impl Drop for HmacSha256 {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// SHA-256 of what `state` has taken in already, `before` bytes, and then of `message`.
fn hash(mut state: [u32; 8], before: usize, message: &[u8]) -> [u32; 8] {
    let (blocks, rest) = message.as_chunks();
    for block in blocks {
        compress(&mut state, block);
    }
    // FIPS 180-4 §5.1.1: a one bit, zeros, and the length in bits, for which another block may be needed.
    let mut last = [0; BLOCK];
    for (to, from) in last.iter_mut().zip(rest.iter().chain(&[0x80])) {
        *to = *from;
    }
    if rest.len() + 1 + LENGTH > BLOCK {
        compress(&mut state, &last);
        last = [0; BLOCK];
    }
    let bits = (before as u64 + message.len() as u64) * 8;
    if let Some(end) = last.last_chunk_mut::<LENGTH>() {
        *end = bits.to_be_bytes();
    }
    compress(&mut state, &last);
    state
}

/// Compiled once: inlined several times over, it makes a function that engines are slow to optimise.
#[inline(never)]
fn compress(state: &mut [u32; 8], block: &[u8; BLOCK]) {
    compress256(state, core::slice::from_ref(block.into()));
}

/// Writes the words in the order of the bytes of a hash.
fn put_words(bytes: &mut [u8], words: &[u32; 8]) {
    for (to, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(words) {
        *to = word.to_be_bytes();
    }
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, Mac};
    use sha2::Sha256;

    use super::HmacSha256;

    #[test]
    fn it_is_the_mac_of_the_crate_hmac_for_every_length_around_a_block() {
        let bytes: Vec<u8> = (0..=255).cycle().take(400).collect();
        for secret_length in [0, 1, 31, 32, 63, 64, 65, 128, 200] {
            let secret = &bytes[..secret_length];
            let ours = HmacSha256::new(secret);
            let theirs = <Hmac<Sha256> as Mac>::new_from_slice(secret).unwrap();
            for length in 0..=bytes.len() {
                let message = &bytes[..length];
                let expected = theirs.clone().chain_update(message).finalize().into_bytes();
                assert_eq!(
                    ours.of(message)[..],
                    expected[..],
                    "secret of {secret_length}, message of {length}"
                );
            }
        }
    }
}
