//! The bare text: a token, a broken one, several, or none at all.

use crate::jwt::Code;
use crate::jwt::base64url::{self, Base64Fault};
use crate::jwt::json::{JsonFault, Object, Value};

use super::cause::Diagnosis;
use super::findings::Findings;
use super::spelled::{Said, fill};
use super::wrapping::Tokens;

/// Looks at a text whose wrappings have been taken off, and says what is wrong with it, where something is. Returns what there is of a
/// token in it: the whole, the first of several, or what is left.
pub(super) fn look_at<'t>(text: &'t [u8], found: &mut Findings) -> Option<&'t [u8]> {
    if text.is_empty() {
        found.refuse(
            Code::MissingToken,
            "Nothing was sent where a token is expected: sign in, and send the token behind `Bearer `.",
            &[],
        );
        return None;
    }
    if let Some(first) = first_of_several(text, found) {
        return Some(first);
    }
    if holds(text, b"...") || holds(text, "…".as_bytes()) {
        return if looks_like_json(text) {
            truncated(
                found,
                text,
                "There is an ellipsis in it: it was shortened for display, and copied from there.",
            )
        } else {
            not_a_jwt(found, text)
        };
    }
    let mut segments = text.split(|&byte| byte == b'.');
    let first = segments.next().unwrap_or_default();
    match (segments.next(), segments.next(), segments.count()) {
        (None, ..) => one_segment(found, first),
        (Some(second), None, _) => two_segments(found, text, first, second),
        (Some(payload), Some(signature), 0) => three_segments(found, text, first, payload, signature),
        (.., more) => more_segments(found, text, first, 3 + more),
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is what this whole file answers: the token that is left to look at"
)]
fn truncated<'t>(found: &mut Findings, left: &'t [u8], seen: &str) -> Option<&'t [u8]> {
    let fix = "{} Send the token whole: look for a column, a cookie, a header or a log line that is too short for \
               it, and at how it was copied.";
    found.diagnose(Diagnosis::TruncatedToken, fix, &[Said::Text(seen)]);
    Some(left)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is what this whole file answers: the token that is left to look at"
)]
fn malformed<'t>(found: &mut Findings, left: &'t [u8], seen: &str) -> Option<&'t [u8]> {
    let fix = "{} Expected: header, payload and signature in base64url, with a dot between them, exactly as issued.";
    found.refuse(Code::MalformedToken, fix, &[Said::Text(seen)]);
    Some(left)
}

fn not_a_jwt<'t>(found: &mut Findings, text: &[u8]) -> Option<&'t [u8]> {
    let fix = "Seen: {}. Expected: three segments of base64url with dots between them, the first one beginning with \
               `ey`.";
    found.diagnose(Diagnosis::NotAJwt, fix, &[Said::Text(kind_of(text))]);
    None
}

/// Several tokens, with or without something between them.
fn first_of_several<'t>(text: &'t [u8], found: &mut Findings) -> Option<&'t [u8]> {
    let mut tokens = Tokens::within(text);
    let first = tokens.next()?;
    let (first, how) = if tokens.next().is_some() {
        (first, "Several tokens stand next to each other.")
    } else {
        (first_of_glued(text)?, "A second token begins inside, without anything between the two.")
    };
    let fix = "{} Send one of them. Two `Authorization` headers that became one, or a value that was appended to \
               instead of replaced, look like this.";
    found.diagnose(Diagnosis::ConcatenatedTokens, fix, &[Said::Text(how)]);
    Some(first)
}

/// The first of tokens that follow each other without a separator, or with a dot.
fn first_of_glued(text: &[u8]) -> Option<&[u8]> {
    /// A hostile text may be full of beginnings.
    const MOST_TRIED: usize = 24;
    let (first_dot, second_dot) = (dot(text, 0)?, dot(text, 1)?);
    if !is_header(text.get(..first_dot)?) || is_encrypted(text.get(..first_dot)?) {
        return None;
    }
    // The signature of the first one begins here, and somewhere in it or after it another header does.
    let mut begin = second_dot + 1;
    for _ in 0..MOST_TRIED {
        begin += position(text.get(begin..)?, b"eyJ")?;
        let after = text.get(begin..)?;
        let end = dot(after, 0).unwrap_or(after.len());
        // A signature may hold these three letters by chance; it does not hold a header.
        if is_header(after.get(..end)?) {
            let first = text.get(..begin)?;
            return Some(first.strip_suffix(b".").unwrap_or(first));
        }
        begin += 1;
    }
    None
}

/// Where the dot stands that so many dots stand before.
fn dot(text: &[u8], mut before: usize) -> Option<usize> {
    text.iter().position(|&byte| {
        let is_it = byte == b'.' && before == 0;
        before -= usize::from(byte == b'.' && before > 0);
        is_it
    })
}

fn one_segment<'t>(found: &mut Findings, text: &'t [u8]) -> Option<&'t [u8]> {
    let seen = match members(text) {
        Ok(names) if names.alg => "Only the header is there: payload and signature are missing.",
        Ok(names) if names.registered_claim => "Only the payload is there: header and signature are missing.",
        // What other frameworks put between the parts of a signed cookie.
        Err(Fault::Characters) if text.contains(&b':') => return not_a_jwt(found, text),
        Err(_) if looks_like_json(text) => {
            if holds(text.get(3..).unwrap_or_default(), b"eyJ") {
                return malformed(found, text, "The dots between the segments are gone.");
            }
            "It ends in the middle of the first segment."
        }
        _ => return not_a_jwt(found, text),
    };
    truncated(found, text, seen)
}

fn two_segments<'t>(found: &mut Findings, text: &'t [u8], first: &[u8], second: &[u8]) -> Option<&'t [u8]> {
    let seen = match (members(first), members(second)) {
        // Without a signature and saying so: see the header.
        (Ok(header), _) if header.none => return Some(text),
        (Ok(header), Ok(_)) if header.alg => "The signature is missing: there are two segments.",
        (Ok(header), Err(_)) if header.alg => "It ends in the middle of the payload: there are two segments.",
        (Ok(claims), Err(_)) if claims.registered_claim => {
            "The header is missing: there are payload and signature."
        }
        (Err(_), Ok(_)) => "Its beginning and its end are missing.",
        (Err(_), Err(_)) if looks_like_json(first) && looks_like_json(second) => {
            "Neither of its two segments is whole."
        }
        _ => return not_a_jwt(found, text),
    };
    truncated(found, text, seen)
}

fn three_segments<'t>(
    found: &mut Findings,
    text: &'t [u8],
    header: &[u8],
    payload: &[u8],
    signature: &[u8],
) -> Option<&'t [u8]> {
    let claims = members(payload);
    match members(header) {
        Ok(names) if names.none => Some(text),
        Ok(names) if names.alg => behind_header(found, text, &names, claims.err(), payload, signature),
        // A header without `alg`: the header's own finding. A signed cookie is built alike, and is none.
        Ok(_) if claims.is_ok() => Some(text),
        Err(_) if header.is_empty() && claims.is_ok() => {
            truncated(found, text, "The header is missing: the first segment is empty.")
        }
        Err(fault)
            if looks_like_json(header)
                || (matches!(fault, Fault::Characters | Fault::NoObject) && claims.is_ok()) =>
        {
            malformed(found, text, &fault_of(header, "The header"))
        }
        Err(_) if claims.is_ok() => {
            truncated(found, text, "Its beginning is missing: the header is not whole.")
        }
        _ => not_a_jwt(found, text),
    }
}

/// What is wrong behind a header that is whole.
fn behind_header<'t>(
    found: &mut Findings,
    text: &'t [u8],
    header: &Members,
    payload_fault: Option<Fault>,
    payload: &[u8],
    signature: &[u8],
) -> Option<&'t [u8]> {
    if payload.is_empty() {
        let seen = "The payload is empty (a detached one, RFC 7515 appendix F, is not supported).";
        return malformed(found, text, seen);
    }
    if signature.is_empty() {
        return truncated(found, text, "The signature is missing: the third segment is empty.");
    }
    match payload_fault {
        Some(Fault::CutOff) => return truncated(found, text, "The end of the payload is missing."),
        Some(Fault::Characters) => return malformed(found, text, &fault_of(payload, "The payload")),
        // The claims' own finding.
        Some(Fault::Content | Fault::NoObject) | None => {}
    }
    let (seen, decoded) = (signature.len() * 3 / 4, base64url::decode(signature));
    match (header.signature_length, decoded) {
        (Some(expected), _) if seen < expected => {
            let fix = "The signature has {} bytes instead of the {} of its algorithm: its end is missing.";
            truncated(found, text, &fill(fix, &[Said::Number(seen), Said::Number(expected)]))
        }
        // Of RSA the length depends on the key, and keys are whole multiples of 256 bits.
        (Some(SHORTEST_OF_RSA), Ok(_) | Err(Base64Fault::Length | Base64Fault::TrailingBits))
            if seen % 32 != 0 =>
        {
            let fix = "The signature has {} bytes, a number that RSA never makes: its end is missing.";
            truncated(found, text, &fill(fix, &[Said::Number(seen)]))
        }
        (expected, Err(Base64Fault::Length)) if expected.is_none_or(|length| seen == length) => {
            truncated(found, text, "The signature has a length that base64url never has: its end is missing.")
        }
        (_, Err(_)) => malformed(found, text, &fault_of(signature, "The signature")),
        _ => Some(text),
    }
}

fn more_segments<'t>(
    found: &mut Findings,
    text: &'t [u8],
    header: &'t [u8],
    count: usize,
) -> Option<&'t [u8]> {
    let left = match members(header) {
        Ok(names) if count == 5 && (names.enc || !names.alg) => {
            found.diagnose(
                Diagnosis::JweToken,
                "Seen: five segments, of an encrypted token (RFC 7516). Expected: three, of a signed one. \
                 Let the issuer sign tokens for this API instead of encrypting them, or ask it for an \
                 access token of the form JWT.",
                &[],
            );
            return Some(header);
        }
        // The token at its beginning may be whole.
        Ok(names) if names.alg => text.get(..dot(text, 2)?)?,
        Err(_) if looks_like_json(header) => text,
        _ => return not_a_jwt(found, text),
    };
    let count = if count > 6 { Said::Text("more than six") } else { Said::Number(count) };
    malformed(found, left, &fill("There are {} segments instead of three.", &[count]))
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

#[derive(Clone, Copy)]
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
    matches!(segment, [b'e', b'y', b'J' | b'A', ..] | [b'e', b'w', b'o' | b'0', ..] | [b'e', b'3', b'0', ..])
}

fn fault_of(segment: &[u8], name: &str) -> String {
    let (sentence, fault) = match base64url::decode(segment) {
        Err(fault) => ("{} has {}.", fault.words()),
        Ok(bytes) => match Object::parse(&bytes) {
            Err(fault) => ("{} {}.", fault.words()),
            Ok(_) => ("{} is not what it must be.", String::new()),
        },
    };
    fill(sentence, &[Said::Text(name), Said::Text(&fault)])
}

pub(super) fn holds(text: &[u8], word: &[u8]) -> bool {
    position(text, word).is_some()
}

fn position(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

/// Whether it begins with one of these, in any case.
fn begins(text: &[u8], words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())))
}

/// What a text that is no JWT is instead, in words.
fn kind_of(text: &[u8]) -> &'static str {
    const EMPTY: [&str; 9] =
        ["undefined", "null", "none", "nil", "nan", "[object object]", "object object", "true", "false"];
    let all = |is: fn(&u8) -> bool| text.iter().all(is);
    if EMPTY.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes())) {
        "the name of an empty value, sent as text: the client had no token when it built the request"
    } else if begins(text, &["{"]) {
        "a JSON object (of a response, send the member that holds the token; of a JWS in JSON \
         serialization, the compact form)"
    } else if begins(text, &["basic "]) {
        "user name and password of HTTP Basic authentication"
    } else if begins(text, &["-----BEGIN"]) {
        "a key or certificate in PEM, which should not be sent anywhere"
    } else if begins(text, &["<", "PHNhbW", "PD94", "PEFzc2"]) {
        "an XML document (a SAML assertion is not a JWT: exchange it for a token, RFC 7522)"
    } else if begins(text, &["ZXlK"]) {
        "base64 of what begins like a JWT: it was encoded once too often, and has to be decoded once"
    } else if begins(text, &["http://", "https://"]) {
        "a URL"
    } else if text.len() == 36
        && text.split(|&byte| byte == b'-').count() == 5
        && all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
    {
        "a UUID (an opaque token or the identifier of a session: ask its issuer what it stands for)"
    } else if text.contains(&b'@') && !text.contains(&b' ') {
        "an e-mail address"
    } else if begins(text, &["v1.", "v2.", "v3.", "v4."]) {
        "a versioned token such as PASETO, which is not a JWT"
    } else if begins(text, &["gh", "sk_", "pk_", "xox", "ya29."]) {
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
