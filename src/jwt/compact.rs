//! Size and shape: a token as three segments (RFC 7515 §7.1), nothing decoded yet.

use super::verdict::{Code, Refusal};
use super::why::Why;

/// A token cut at its two dots. Nothing else is known of its segments: each may be empty.
#[derive(Clone, Copy)]
pub struct Compact<'t> {
    /// The JOSE header, encoded.
    pub header: &'t [u8],
    /// The claims, encoded.
    pub payload: &'t [u8],
    /// The signature, encoded.
    pub signature: &'t [u8],
    /// What the signature is over: header, dot, payload.
    pub signing_input: &'t [u8],
}

impl<'t> Compact<'t> {
    /// Cuts `token` at its dots.
    ///
    /// # Errors
    /// `token_too_large` when longer than `limit` bytes, else `malformed_token` when it has not the three segments.
    pub fn split(token: &'t [u8], limit: usize) -> Result<Self, Refusal> {
        if token.len() > limit {
            return Err(Refusal::new(Code::TokenTooLarge, Why::TooLong { length: token.len(), limit }));
        }
        let Some((header, payload, signature)) = cut_at_dots(token) else {
            return Err(Refusal::new(Code::MalformedToken, wrong_number_of_segments(token)));
        };
        let signing_input = token.get(..header.len() + 1 + payload.len()).unwrap_or_default();
        Ok(Self { header, payload, signature, signing_input })
    }
}

/// The header and the signature are short: the first dot is looked for from the front, the last one from the end.
fn cut_at_dots(token: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let first = token.iter().position(|&byte| byte == b'.')?;
    let last = token.iter().rposition(|&byte| byte == b'.')?;
    let header = token.get(..first)?;
    // `None` too when both are the same dot.
    let payload = token.get(first + 1..last)?;
    let signature = token.get(last + 1..)?;
    (!payload.contains(&b'.')).then_some((header, payload, signature))
}

#[cold]
fn wrong_number_of_segments(token: &[u8]) -> Why {
    // A hostile token may be all dots: there is no need to count them all.
    match token.iter().filter(|&&byte| byte == b'.').take(5).count() + 1 {
        1 if token.is_empty() => Why::Absent,
        5 => Why::Encrypted,
        count => Why::Segments { count },
    }
}
