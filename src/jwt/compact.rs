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
        let compact = Self::cut(token, limit, None)?;
        if compact.payload.contains(&b'.') { Err(wrong_number_of_segments(token)) } else { Ok(compact) }
    }

    /// Like [`Self::split`], but the payload may hold dots: which is then not base64url. `first_dot` is known to be the place of the
    /// first one.
    pub(super) fn cut(token: &'t [u8], limit: usize, first_dot: Option<usize>) -> Result<Self, Refusal> {
        if token.len() > limit {
            return Err(Refusal::new(Code::TokenTooLarge, Why::TooLong { length: token.len(), limit }));
        }
        Self::at_dots(token, first_dot).ok_or_else(|| wrong_number_of_segments(token))
    }

    /// The header and the signature are short: the first dot is looked for from the front, the last one from the end.
    fn at_dots(token: &'t [u8], first_dot: Option<usize>) -> Option<Self> {
        let is_dot = |byte: &u8| *byte == b'.';
        let first = first_dot.or_else(|| token.iter().position(is_dot))?;
        let last = token.iter().rposition(is_dot)?;
        Some(Self {
            header: token.get(..first)?,
            // `None` too when both are the same dot.
            payload: token.get(first + 1..last)?,
            signature: token.get(last + 1..)?,
            signing_input: token.get(..last)?,
        })
    }
}

#[cold]
pub(super) fn wrong_number_of_segments(token: &[u8]) -> Refusal {
    // A hostile token may be all dots: there is no need to count them all.
    let why = match token.iter().filter(|&&byte| byte == b'.').take(5).count() + 1 {
        1 if token.is_empty() => Why::Absent,
        5 => Why::Encrypted,
        count => Why::Segments { count },
    };
    Refusal::new(Code::MalformedToken, why)
}
