//! SHA-2 (FIPS 180-4) and its HMAC (RFC 2104) over bytes that lie there already.
//!
//! The MAC is half of a verification. The crates `digest` and `hmac` copy a message through a buffer, block by block, because it
//! may come in pieces; a token comes whole. What is done to a block is `sha2`'s.

use sha2::{compress256, compress512};
use zeroize::Zeroize;

/// FIPS 180-4 §5.3.3
const SHA256: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// FIPS 180-4 §5.3.4
pub(super) const SHA384: [u64; 8] = [
    0xcbbb_9d5d_c105_9ed8,
    0x629a_292a_367c_d507,
    0x9159_015a_3070_dd17,
    0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31,
    0x8eb4_4a87_6858_1511,
    0xdb0c_2e0d_64f9_8fa7,
    0x47b5_481d_befa_4fa4,
];

/// FIPS 180-4 §5.3.5
pub(super) const SHA512: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    words256::hash(SHA256, 0, bytes)
}

/// HMAC with SHA-256: two hashes that have taken in the padded secret, and nothing else yet.
#[derive(Clone)]
pub(crate) struct HmacSha256 {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl HmacSha256 {
    /// From a secret of any length.
    pub(super) fn new(secret: &[u8]) -> Self {
        let [inner, outer] = words256::keyed(SHA256, 32, secret);
        Self { inner, outer }
    }

    /// The MAC of `message`.
    pub(super) fn of(&self, message: &[u8]) -> [u8; 32] {
        words256::hash(self.outer, words256::BLOCK, &words256::hash(self.inner, words256::BLOCK, message))
    }
}

impl Drop for HmacSha256 {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// The same with SHA-512, or with SHA-384, which differs in where it begins and is cut off in the end.
#[derive(Clone)]
pub(crate) struct HmacSha512 {
    inner: [u64; 8],
    outer: [u64; 8],
    length: usize,
}

impl HmacSha512 {
    /// From a secret of any length, for the hash that begins with `initial` and is `length` bytes long.
    pub(super) fn new(initial: [u64; 8], length: usize, secret: &[u8]) -> Self {
        let [inner, outer] = words512::keyed(initial, length, secret);
        Self { inner, outer, length }
    }

    /// The MAC of `message` is what stands before the rest.
    pub(super) fn of(&self, message: &[u8]) -> ([u8; 64], usize) {
        let inner = words512::hash(self.inner, words512::BLOCK, message);
        let inner = inner.get(..self.length).unwrap_or_default();
        (words512::hash(self.outer, words512::BLOCK, inner), self.length)
    }
}

impl Drop for HmacSha512 {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// The two sizes of words that SHA-2 comes in do the same.
macro_rules! sha2 {
    ($name:ident, $word:ty, $length:ty, $compress:ident) => {
        mod $name {
            /// Bytes in a block of sixteen words.
            pub(super) const BLOCK: usize = 16 * size_of::<$word>();
            const LENGTH: usize = size_of::<$length>();

            /// The hash of what `state` has taken in already, `before` bytes, and then of `message`.
            pub(super) fn hash(
                mut state: [$word; 8],
                before: usize,
                message: &[u8],
            ) -> [u8; 8 * size_of::<$word>()] {
                let (blocks, rest) = message.as_chunks();
                for block in blocks {
                    compress(&mut state, block);
                }
                // FIPS 180-4 §5.1: a one bit, zeros, and the length in bits, for which another block may be needed.
                let mut last = [0; BLOCK];
                for (to, from) in last.iter_mut().zip(rest.iter().chain(&[0x80])) {
                    *to = *from;
                }
                if rest.len() + 1 + LENGTH > BLOCK {
                    compress(&mut state, &last);
                    last = [0; BLOCK];
                }
                let bits = (before as $length + message.len() as $length) * 8;
                if let Some(end) = last.last_chunk_mut::<LENGTH>() {
                    *end = bits.to_be_bytes();
                }
                compress(&mut state, &last);

                let mut bytes = [0; 8 * size_of::<$word>()];
                for (to, word) in bytes.as_chunks_mut().0.iter_mut().zip(state) {
                    *to = word.to_be_bytes();
                }
                bytes
            }

            /// RFC 2104 §2: what the inner and the outer hash are after their first block. `length` is that of the hash.
            pub(super) fn keyed(initial: [$word; 8], length: usize, secret: &[u8]) -> [[$word; 8]; 2] {
                let mut block = [0; BLOCK];
                let hashed;
                // A longer one is hashed first.
                let short = if secret.len() > BLOCK {
                    hashed = hash(initial, 0, secret);
                    hashed.get(..length).unwrap_or_default()
                } else {
                    secret
                };
                for (to, from) in block.iter_mut().zip(short) {
                    *to = *from;
                }
                [0x36, 0x5c].map(|pad| {
                    let mut state = initial;
                    compress(&mut state, &block.map(|byte| byte ^ pad));
                    state
                })
            }

            /// Compiled once: inlined several times over, it makes a function that engines are slow to optimise.
            #[inline(never)]
            fn compress(state: &mut [$word; 8], block: &[u8; BLOCK]) {
                super::$compress(state, core::slice::from_ref(block.into()));
            }
        }
    };
}

sha2!(words256, u32, u64, compress256);
sha2!(words512, u64, u128, compress512);

#[cfg(test)]
mod tests {
    use hmac::{Hmac, Mac};
    use sha2::{Digest, Sha256, Sha384, Sha512};

    use super::{HmacSha256, HmacSha512, SHA384, SHA512, sha256};

    fn mac<M: Mac + hmac::digest::KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
        <M as Mac>::new_from_slice(secret).unwrap().chain_update(message).finalize().into_bytes().to_vec()
    }

    #[test]
    fn it_is_the_mac_of_the_crate_hmac_for_every_length_around_a_block() {
        let bytes: Vec<u8> = (0..=255).cycle().take(400).collect();
        for secret in [0, 1, 31, 32, 63, 64, 65, 127, 128, 129, 200].map(|length| &bytes[..length]) {
            let ours = (
                HmacSha256::new(secret),
                HmacSha512::new(SHA384, 48, secret),
                HmacSha512::new(SHA512, 64, secret),
            );
            for message in (0..=bytes.len()).map(|length| &bytes[..length]) {
                let (of, lengths) = (mac::<Hmac<Sha256>>(secret, message), (secret.len(), message.len()));
                assert_eq!(ours.0.of(message)[..], of, "{lengths:?}");
                let (of, (mac384, length)) = (mac::<Hmac<Sha384>>(secret, message), ours.1.of(message));
                assert_eq!(mac384[..length], of, "{lengths:?}");
                let (of, (mac512, length)) = (mac::<Hmac<Sha512>>(secret, message), ours.2.of(message));
                assert_eq!(mac512[..length], of, "{lengths:?}");
            }
        }
    }

    #[test]
    fn it_is_the_hash_of_the_crate_sha2() {
        let bytes: Vec<u8> = (0..=255).cycle().take(400).collect();
        for message in (0..=bytes.len()).map(|length| &bytes[..length]) {
            assert_eq!(sha256(message)[..], Sha256::digest(message)[..], "{}", message.len());
        }
    }
}
