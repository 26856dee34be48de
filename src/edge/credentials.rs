//! Where a request carries its token: `Authorization: Bearer` (RFC 6750 §2.1). Never in the query.

use crate::jwt::{Code, Refusal, Why};

/// The token of an `Authorization` header; empty stands for no such header.
///
/// # Errors
/// `missing_token` where there is none (or credentials of another scheme), `multiple_tokens` where there are several.
pub(super) fn bearer_token(authorization: &[u8]) -> Result<&[u8], Refusal> {
    let missing = || Refusal { code: Code::MissingToken, why: Why::Absent, key: None };
    let (scheme, rest) = match authorization.iter().position(|&byte| byte == b' ') {
        Some(space) => authorization.split_at(space),
        None => return Err(missing()),
    };
    // Several headers arrive joined by commas, whatever their schemes; a token has none.
    if rest.contains(&b',') && rest.split(|&byte| byte == b',').skip(1).any(has_scheme) {
        return Err(Refusal { code: Code::MultipleTokens, why: Why::Several, key: None });
    }
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(missing());
    }
    let token = rest.trim_ascii();
    if token.is_empty() { Err(missing()) } else { Ok(token) }
}

/// Whether this begins like credentials of the Bearer scheme.
fn has_scheme(text: &[u8]) -> bool {
    const SCHEME: &[u8] = b"bearer";
    let text = text.trim_ascii();
    text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
}
