//! The bare text: a token, a broken one, several, or none at all.

use crate::jwt::Code;
use crate::jwt::base64url;
use crate::jwt::json::{JsonFault, Object, Value};

use super::cause::{Cause, Diagnosis};
use super::report::Finding;
use super::spelled::{fill, quoted, shown};
use super::wrapping::tokens_within;

/// What a text turned out to be.
pub(super) struct Shape<'t> {
    /// What is wrong with it, where something is.
    pub(super) finding: Option<Finding>,
    /// What there is of a token in it: the whole, the first of several, or what is left.
    pub(super) token: Option<&'t [u8]>,
}

/// Looks at a text whose wrappings have been taken off.
pub(super) fn look_at(text: &[u8]) -> Shape<'_> {
    if text.is_empty() {
        return nothing(Finding::new(
            Cause::Verdict(Code::MissingToken),
            "Nothing was sent where a token is expected: sign in, and send the token behind `Bearer `.",
        ));
    }
    if let Some(shape) = several(text) {
        return shape;
    }
    let segments: Vec<&[u8]> = text.splitn(7, |&byte| byte == b'.').collect();
    if holds(text, b"...") || holds(text, "…".as_bytes()) {
        if looks_like_json(text) {
            return broken(
                text,
                truncated("There is an ellipsis in it: it was shortened for display, and copied from there."),
            );
        }
        return not_a_jwt(text);
    }
    match *segments.as_slice() {
        [only] => one_segment(only),
        [first, second] => two_segments(text, first, second),
        [header, payload, signature] => three_segments(text, header, payload, signature),
        [header, .., _] => more_segments(text, header, segments.len()),
        [] => not_a_jwt(text),
    }
}

fn nothing(finding: Finding) -> Shape<'static> {
    Shape { finding: Some(finding), token: None }
}

fn broken(token: &[u8], finding: Finding) -> Shape<'_> {
    Shape { finding: Some(finding), token: Some(token) }
}

fn diagnosed(diagnosis: Diagnosis, fix: &str) -> Finding {
    Finding::new(Cause::Diagnosis(diagnosis), fix)
}

fn truncated(seen: &str) -> Finding {
    const ADVICE: &str = " Send the token whole: look for a column, a cookie, a header or a log line that \
                          is too short for it, and at how it was copied.";
    diagnosed(Diagnosis::TruncatedToken, &[seen, ADVICE].concat())
}

fn malformed(seen: &str) -> Finding {
    Finding::new(
        Cause::Verdict(Code::MalformedToken),
        fill(
            "{} Expected: header, payload and signature in base64url, with a dot between them, exactly as \
             issued.",
            &[seen],
        ),
    )
}

fn not_a_jwt(text: &[u8]) -> Shape<'static> {
    let seen = kind_of(text);
    nothing(diagnosed(
        Diagnosis::NotAJwt,
        &fill(
            "Seen: {}. Expected: three segments of base64url with dots between them, the first one \
             beginning with `ey`.",
            &[seen],
        ),
    ))
}

/// Several tokens, with or without something between them.
fn several(text: &[u8]) -> Option<Shape<'_>> {
    let mut tokens = tokens_within(text);
    let first = tokens.next()?;
    let separated = tokens.next().is_some();
    let (first, how) = if separated {
        (first, "Several tokens stand next to each other.")
    } else {
        (first_of_glued(text)?, "A second token begins inside, without anything between the two.")
    };
    let fix = fill(
        "{} Send one of them. Two `Authorization` headers that became one, or a value that was appended to \
         instead of replaced, look like this.",
        &[how],
    );
    Some(broken(first, diagnosed(Diagnosis::ConcatenatedTokens, &fix)))
}

/// The first of tokens that follow each other without a separator, or with a dot.
fn first_of_glued(text: &[u8]) -> Option<&[u8]> {
    /// A hostile text may be full of beginnings.
    const MOST_TRIED: usize = 24;
    let mut dots = text.iter().enumerate().filter(|&(_, &byte)| byte == b'.').map(|(at, _)| at);
    let (first_dot, second_dot) = (dots.next()?, dots.next()?);
    if !is_header(text.get(..first_dot)?) || is_encrypted(text.get(..first_dot)?) {
        return None;
    }
    // The signature of the first one begins here, and somewhere in it or after it another header does.
    let begin = second_dot + 1;
    let rest = text.get(begin..)?;
    let beginnings = rest.windows(3).enumerate().filter(|(_, window)| *window == b"eyJ").map(|(at, _)| at);
    for at in beginnings.take(MOST_TRIED) {
        let after = rest.get(at..)?;
        let end = after.iter().position(|&byte| byte == b'.').unwrap_or(after.len());
        // A signature may hold these three letters by chance; it does not hold a header.
        if is_header(after.get(..end)?) {
            let first = text.get(..begin + at)?;
            return Some(first.strip_suffix(b".").unwrap_or(first));
        }
    }
    None
}

fn one_segment(text: &[u8]) -> Shape<'_> {
    match members(text) {
        Ok(names) if names.alg => {
            broken(text, truncated("Only the header is there: payload and signature are missing."))
        }
        Ok(names) if names.registered_claim => {
            broken(text, truncated("Only the payload is there: header and signature are missing."))
        }
        // What other frameworks put between the parts of a signed cookie.
        Err(Fault::Characters) if text.contains(&b':') => not_a_jwt(text),
        Err(_) if looks_like_json(text) && holds(text.get(3..).unwrap_or_default(), b"eyJ") => {
            broken(text, malformed("The dots between the segments are gone."))
        }
        Err(_) if looks_like_json(text) => {
            broken(text, truncated("It ends in the middle of the first segment."))
        }
        _ => not_a_jwt(text),
    }
}

fn two_segments<'t>(text: &'t [u8], first: &[u8], second: &[u8]) -> Shape<'t> {
    match (members(first), members(second)) {
        // Without a signature and saying so: see the header.
        (Ok(header), _) if header.none => Shape { finding: None, token: Some(text) },
        (Ok(header), Ok(_)) if header.alg => {
            broken(text, truncated("The signature is missing: there are two segments."))
        }
        (Ok(header), Err(_)) if header.alg => {
            broken(text, truncated("It ends in the middle of the payload: there are two segments."))
        }
        (Ok(claims), Err(_)) if claims.registered_claim => {
            broken(text, truncated("The header is missing: there are payload and signature."))
        }
        (Err(_), Ok(_)) => broken(text, truncated("Its beginning and its end are missing.")),
        (Err(_), Err(_)) if looks_like_json(first) && looks_like_json(second) => {
            broken(text, truncated("Neither of its two segments is whole."))
        }
        _ => not_a_jwt(text),
    }
}

fn three_segments<'t>(text: &'t [u8], header: &[u8], payload: &[u8], signature: &[u8]) -> Shape<'t> {
    let (names, claims) = (members(header), members(payload));
    match &names {
        Ok(names) if names.none => Shape { finding: None, token: Some(text) },
        Ok(names) if names.alg => match fault_after_header(names, claims.err(), payload, signature) {
            Some(finding) => broken(text, finding),
            None => Shape { finding: None, token: Some(text) },
        },
        // A header without `alg`: the header's own finding. A signed cookie is built alike, and is none.
        Ok(_) if claims.is_ok() => Shape { finding: None, token: Some(text) },
        Err(_) if header.is_empty() && claims.is_ok() => {
            broken(text, truncated("The header is missing: the first segment is empty."))
        }
        Err(_) if looks_like_json(header) => {
            let seen = fault_of(header, "The header");
            broken(text, malformed(&seen))
        }
        Err(Fault::Characters | Fault::NoObject) if claims.is_ok() => {
            let seen = fault_of(header, "The header");
            broken(text, malformed(&seen))
        }
        Err(_) if claims.is_ok() => {
            broken(text, truncated("Its beginning is missing: the header is not whole."))
        }
        _ => not_a_jwt(text),
    }
}

/// What is wrong behind a header that is whole.
fn fault_after_header(
    header: &Members,
    payload_fault: Option<Fault>,
    payload: &[u8],
    signature: &[u8],
) -> Option<Finding> {
    if payload.is_empty() {
        return Some(malformed(
            "The payload is empty (a detached one, RFC 7515 appendix F, is not supported).",
        ));
    }
    if signature.is_empty() {
        return Some(truncated("The signature is missing: the third segment is empty."));
    }
    if let Some(fault) = payload_fault {
        match fault {
            Fault::CutOff => return Some(truncated("The end of the payload is missing.")),
            Fault::Characters => return Some(malformed(&fault_of(payload, "The payload"))),
            // The claims' own finding.
            Fault::Content | Fault::NoObject => {}
        }
    }
    let (seen, decoded) = (signature.len() * 3 / 4, base64url::decode(signature));
    // Of RSA the length depends on the key, and keys are whole multiples of 256 bits.
    let is_rsa = header.signature_length == Some(SHORTEST_OF_RSA);
    match (header.signature_length, decoded) {
        (Some(expected), _) if seen < expected => Some(truncated(&fill(
            "The signature has {} bytes instead of the {} of its algorithm: its end is missing.",
            &[&seen.to_string(), &expected.to_string()],
        ))),
        (_, decoded)
            if is_rsa
                && seen % 32 != 0
                && !matches!(decoded, Err(base64url::Base64Fault::Alphabet { .. })) =>
        {
            Some(truncated(&fill(
                "The signature has {} bytes, a number that RSA never makes: its end is missing.",
                &[&seen.to_string()],
            )))
        }
        (_, Err(base64url::Base64Fault::Length))
            if header.signature_length.is_none_or(|length| seen == length) =>
        {
            Some(truncated("The signature has a length that base64url never has: its end is missing."))
        }
        (_, Err(_)) => Some(malformed(&fault_of(signature, "The signature"))),
        _ => None,
    }
}

fn more_segments<'t>(text: &'t [u8], header: &'t [u8], count: usize) -> Shape<'t> {
    let count_seen = if count > 6 { "more than six".to_owned() } else { count.to_string() };
    match members(header) {
        Ok(names) if count == 5 && (names.enc || !names.alg) => Shape {
            finding: Some(diagnosed(
                Diagnosis::JweToken,
                "Seen: five segments, of an encrypted token (RFC 7516). Expected: three, of a signed one. \
                 Let the issuer sign tokens for this API instead of encrypting them, or ask it for an \
                 access token of the form JWT.",
            )),
            token: Some(header),
        },
        Ok(names) if names.alg => {
            // The token at its beginning may be whole.
            let end = text.iter().enumerate().filter(|(_, byte)| **byte == b'.').map(|(at, _)| at).nth(2);
            let token = text.get(..end.unwrap_or(text.len())).unwrap_or(text);
            broken(token, malformed(&fill("There are {} segments instead of three.", &[&count_seen])))
        }
        Err(_) if looks_like_json(header) => {
            broken(text, malformed(&fill("There are {} segments instead of three.", &[&count_seen])))
        }
        _ => not_a_jwt(text),
    }
}

/// What the members of a segment say about which segment it is.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is there or not, whatever the others are")]
struct Members {
    alg: bool,
    none: bool,
    enc: bool,
    registered_claim: bool,
    /// What `alg` makes, at least, in bytes.
    signature_length: Option<usize>,
}

enum Fault {
    /// Characters outside base64url.
    Characters,
    /// It ends where it should not.
    CutOff,
    /// It is base64url of something else than JSON.
    Content,
    /// It is JSON, or would be without a byte order mark, and no object.
    NoObject,
}

fn members(segment: &[u8]) -> Result<Members, Fault> {
    use base64url::Base64Fault;
    let bytes = base64url::decode(segment).map_err(|fault| match fault {
        Base64Fault::Alphabet { .. } => Fault::Characters,
        Base64Fault::Length | Base64Fault::TrailingBits => Fault::CutOff,
    })?;
    let object = Object::parse(&bytes).map_err(|fault| match fault {
        JsonFault::Syntax { position } if position >= bytes.len() && !bytes.is_empty() => Fault::CutOff,
        JsonFault::ByteOrderMark | JsonFault::NotAnObject => Fault::NoObject,
        _ => Fault::Content,
    })?;
    let mut members = Members::default();
    for member in object.members() {
        match (&*member.name.decoded(), member.value) {
            ("alg", Value::String(alg)) => {
                members.alg = true;
                members.none = alg.is_ignoring_case("none");
                members.signature_length = signature_length(&alg.decoded());
            }
            ("enc", _) => members.enc = true,
            ("iss" | "sub" | "aud" | "exp" | "nbf" | "iat" | "jti" | "scope", _) => {
                members.registered_claim = true;
            }
            _ => {}
        }
    }
    Ok(members)
}

/// The length of a signature, or the least that is ever used where it depends on the key (RFC 7518 §3, RFC 8037 §3.1).
fn signature_length(alg: &str) -> Option<usize> {
    match alg {
        "HS256" => Some(32),
        "HS384" => Some(48),
        "HS512" | "ES256" | "EdDSA" | "Ed25519" => Some(64),
        "ES384" => Some(96),
        "ES512" => Some(132),
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => Some(SHORTEST_OF_RSA),
        _ => None,
    }
}

/// Of a key of 1024 bits, in bytes.
const SHORTEST_OF_RSA: usize = 128;

fn is_header(segment: &[u8]) -> bool {
    // A header is short; what is not need not be decoded to know.
    segment.len() <= 4096 && members(segment).is_ok_and(|members| members.alg)
}

fn is_encrypted(segment: &[u8]) -> bool {
    members(segment).is_ok_and(|members| members.enc)
}

/// The beginning of `{"`, `{ "` or `{` and a line break, in base64.
fn looks_like_json(segment: &[u8]) -> bool {
    [b"eyJ", b"eyA", b"ewo", b"ew0", b"e30"].iter().any(|beginning| segment.starts_with(*beginning))
}

fn fault_of(segment: &[u8], name: &str) -> String {
    match base64url::decode(segment) {
        Err(fault) => fill("{} has {}.", &[name, &fault.words()]),
        Ok(bytes) => match Object::parse(&bytes) {
            Err(fault) => fill("{} {}.", &[name, &fault.words()]),
            Ok(_) => fill("{} is not what it must be.", &[name]),
        },
    }
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

/// What a text that is no JWT is instead, in words.
fn kind_of(text: &[u8]) -> &'static str {
    let starts = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let all = |is: fn(&u8) -> bool| text.iter().all(is);
    if [
        &b"undefined"[..],
        b"null",
        b"none",
        b"nil",
        b"nan",
        b"[object object]",
        b"object object",
        b"true",
        b"false",
    ]
    .iter()
    .any(|word| text.eq_ignore_ascii_case(word))
    {
        "the name of an empty value, sent as text: the client had no token when it built the request"
    } else if starts(b"{") {
        "a JSON object (of a response, send the member that holds the token; of a JWS in JSON \
         serialization, the compact form)"
    } else if starts(b"basic ") {
        "user name and password of HTTP Basic authentication"
    } else if starts(b"-----BEGIN") {
        "a key or certificate in PEM, which should not be sent anywhere"
    } else if starts(b"<") || starts(b"PHNhbW") || starts(b"PD94") || starts(b"PEFzc2") {
        "an XML document (a SAML assertion is not a JWT: exchange it for a token, RFC 7522)"
    } else if starts(b"ZXlK") {
        "base64 of what begins like a JWT: it was encoded once too often, and has to be decoded once"
    } else if starts(b"http://") || starts(b"https://") {
        "a URL"
    } else if text.len() == 36
        && text.split(|&byte| byte == b'-').count() == 5
        && all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
    {
        "a UUID (an opaque token or the identifier of a session: ask its issuer what it stands for)"
    } else if text.contains(&b'@') && !text.contains(&b' ') {
        "an e-mail address"
    } else if starts(b"v1.") || starts(b"v2.") || starts(b"v3.") || starts(b"v4.") {
        "a versioned token such as PASETO, which is not a JWT"
    } else if starts(b"gh") || starts(b"sk_") || starts(b"pk_") || starts(b"xox") || starts(b"ya29.") {
        "an opaque token or API key of some service"
    } else if !text.is_ascii() {
        "a text with characters that no token has"
    } else if all(u8::is_ascii_hexdigit) {
        "hexadecimal digits: an opaque token or the identifier of a session, and not a JWT"
    } else if text.contains(&b' ') {
        "a text of several words"
    } else if looks_like_json(text) {
        "JSON in base64 that is no JOSE header: a signed cookie or an opaque session value"
    } else if !text.contains(&b'.') {
        "an opaque token or API key: one piece without dots, of which only its issuer knows the meaning"
    } else {
        "a text with dots whose parts hold no JSON"
    }
}

/// A member's value in a sentence.
pub(super) fn value_in_words(value: Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => if flag { "true" } else { "false" }.to_owned(),
        Value::Number(number) => shown(number.as_bytes(), 40),
        Value::String(text) => fill("\"{}\"", &[&shown(text.decoded().as_bytes(), 80)]),
        Value::Array(json) | Value::Object(json) => quoted(json),
    }
}
