//! `inspect`: what a token says, whoever wrote it. Nothing here makes a token pass.

use std::ffi::OsString;
use std::fmt::{self, Write};

use crate::jwt::json::{JsonFault, Object, Value};
use crate::jwt::{
    Code, Compact, DEFAULT_MAX_TOKEN_BYTES, Fingerprint, NumericDate, Refusal, Scratch, Segment, Unverified,
    Why, base64url,
};

use super::clock;
use super::json_text::{self, push_compact_object, push_quoted, push_quoted_or_null};
use super::lines::{LONGEST_LINE, Lines};
use super::outcome::{Failure, Outcome};
use super::output::{CAUTION, Format, Output, TROUBLE};

/// Decode a token WITHOUT verifying it.
///
/// Shows header and claims, with times that people can read, and what identifies the token where the token itself must not
/// appear. Anybody can have written what it shows: `edgewarden verify` says whether a token is genuine.
///
/// Exit status: 0 when it could be decoded, 1 when not (with the reason), 2 for wrong usage.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Inspect {
    /// The token; `-` or nothing for standard input.
    token: Option<OsString>,
    /// Show times relative to this one: seconds since 1970 or RFC 3339. Default: the system's clock.
    #[arg(long, value_name = "TIME", value_parser = clock::parse, allow_hyphen_values = true)]
    now: Option<NumericDate>,
}

const EXAMPLES: &str = "\
Examples:
  edgewarden inspect \"$TOKEN\"
  edgewarden inspect --format json < token";

impl Inspect {
    pub(super) fn run(self, output: &mut Output) -> Result<Outcome, Failure> {
        let now = clock::or_system(self.now)?;
        let token = match self.token {
            Some(token) if token != "-" => token.into_encoded_bytes(),
            _ => token_from_stdin()?,
        };
        let segments = Segments::decode(&token);
        let reading = Reading::of(&token, &segments);
        let answer = match output.format {
            Format::Text => reading.for_person(output, now),
            Format::Json => reading.for_program(now),
        };
        output.line(&answer)?;
        Ok(if reading.faults.is_empty() { Outcome::Fine } else { Outcome::Refused })
    }
}

fn token_from_stdin() -> Result<Vec<u8>, Failure> {
    let mut lines = Lines::of_stdin("a token");
    let token = match lines.next(|| Ok(()))? {
        Some(line) if line.is_cut() => {
            return Err(Failure::Usage(format!(
                "a token is expected, and not a line longer than {LONGEST_LINE} bytes"
            )));
        }
        Some(line) => line.bytes.to_vec(),
        None => Vec::new(),
    };
    while let Some(line) = lines.next(|| Ok(()))? {
        if line.length > 0 {
            return Err(Failure::Usage(
                "one token on one line is expected, and there are more lines".to_owned(),
            ));
        }
    }
    Ok(token)
}

/// The bytes of the three segments, as far as they can be decoded.
#[derive(Default)]
struct Segments {
    header: Option<Vec<u8>>,
    payload: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
    faults: Vec<Refusal>,
}

impl Segments {
    fn decode(token: &[u8]) -> Self {
        let mut segments = Self::default();
        match Compact::split(token, usize::MAX) {
            Err(refusal) => segments.faults.push(refusal),
            Ok(compact) => {
                segments.header = segments.bytes(Segment::Header, compact.header);
                segments.payload = segments.bytes(Segment::Payload, compact.payload);
                segments.signature = segments.bytes(Segment::Signature, compact.signature);
            }
        }
        segments
    }

    fn bytes(&mut self, segment: Segment, text: &[u8]) -> Option<Vec<u8>> {
        let bytes = match base64url::decode(text) {
            // One wants to see the claims of an unsecured token (RFC 7519 §6), too.
            Ok(bytes) if bytes.is_empty() && segment != Segment::Signature => Err(Why::EmptySegment(segment)),
            Ok(bytes) => Ok(bytes),
            Err(fault) => Err(Why::NotBase64Url(segment, fault)),
        };
        bytes.map_err(|why| self.faults.push(Refusal::new(Code::MalformedToken, why))).ok()
    }
}

/// What there is to tell about a token.
struct Reading<'t> {
    token: &'t [u8],
    header: Option<Object<'t>>,
    claims: Option<Object<'t>>,
    /// Its length in bytes.
    signature: Option<usize>,
    /// Why it could not be decoded.
    faults: Vec<Refusal>,
    /// Why no key and no policy would make it pass, although it could be decoded.
    hopeless: Option<Refusal>,
}

impl<'t> Reading<'t> {
    fn of(token: &'t [u8], segments: &'t Segments) -> Self {
        let mut faults = segments.faults.clone();
        let mut object = |json: Option<&'t Vec<u8>>, refusal: fn(JsonFault) -> Refusal| {
            Object::parse(json?).map_err(|fault| faults.push(refusal(fault))).ok()
        };
        let header = object(segments.header.as_ref(), |fault| {
            Refusal::new(Code::MalformedToken, Why::HeaderJson(fault))
        });
        let claims = object(segments.payload.as_ref(), |fault| {
            Refusal::new(Code::MalformedClaims, Why::PayloadJson(fault))
        });
        let signature = segments.signature.as_ref().map(Vec::len);
        let hopeless = if faults.is_empty() {
            Unverified::parse(token, DEFAULT_MAX_TOKEN_BYTES, &mut Scratch::default()).err()
        } else {
            None
        };
        Self { token, header, claims, signature, faults, hopeless }
    }

    /// The registered times (RFC 7519 §4.1) that are there.
    fn times(&self) -> impl Iterator<Item = (&'static str, Value<'t>)> {
        TIMES.into_iter().filter_map(|name| Some((name, self.claims.as_ref()?.get(name)?)))
    }

    fn for_person(&self, output: &Output, now: NumericDate) -> String {
        let mut text = String::new();
        let mut say = |line: fmt::Arguments<'_>| {
            // Writing to a `String` does not fail.
            let _ = writeln!(text, "{line}");
        };
        let loud = output.paint(CAUTION, "NOT VERIFIED");
        say(format_args!(
            "{loud}  Anybody can have written this. `edgewarden verify` says whether it is genuine.\n"
        ));
        for refusal in &self.faults {
            let Refusal { code, why, .. } = refusal;
            say(format_args!("{}  cannot be decoded: {why}", output.paint(TROUBLE, code)));
        }
        if let Some(Refusal { code, why, .. }) = &self.hopeless {
            say(format_args!("{}  is what it will be refused with: {why}", output.paint(TROUBLE, code)));
        }
        if let Some(header) = &self.header {
            say(format_args!("header {}", json_text::pretty(output, header, |_, _| None)));
        }
        if let Some(claims) = &self.claims {
            let remark = |name: &str, value: Value<'_>| TIMES.contains(&name).then(|| in_words(value, now));
            say(format_args!("claims {}", json_text::pretty(output, claims, remark)));
        }
        match self.signature {
            Some(0) => say(format_args!("signature    none")),
            Some(bytes) => say(format_args!("signature    {bytes} bytes")),
            None => {}
        }
        say(format_args!("token        {} bytes", self.token.len()));
        say(format_args!("fingerprint  {}", Fingerprint::of(self.token)));
        text.truncate(text.trim_end().len());
        text
    }

    fn for_program(&self, now: NumericDate) -> String {
        let mut text = String::from("{\"verified\":false");
        for (name, object) in [("header", &self.header), ("claims", &self.claims)] {
            push_name(&mut text, name);
            match object {
                Some(object) => push_compact_object(&mut text, object),
                None => text.push_str("null"),
            }
        }
        // Writing to a `String` does not fail.
        push_name(&mut text, "signature");
        let _ = match self.signature {
            Some(bytes) => write!(text, "{{\"bytes\":{bytes}}}"),
            None => write!(text, "null"),
        };
        let _ = write!(
            text,
            ",\"bytes\":{},\"fingerprint\":\"{}\"",
            self.token.len(),
            Fingerprint::of(self.token)
        );
        push_name(&mut text, "times");
        text.push('{');
        for (index, (name, value)) in self.times().enumerate() {
            let time = numeric_date(value);
            let _ = write!(text, "{}\"{name}\":{{\"utc\":", if index > 0 { "," } else { "" });
            push_quoted_or_null(&mut text, time.and_then(clock::rfc3339).as_deref());
            push_name(&mut text, "seconds_from_now");
            let _ = match time {
                Some(time) => write!(text, "{}}}", time.whole_seconds() - now.whole_seconds()),
                None => write!(text, "null}}"),
            };
        }
        text.push('}');
        push_name(&mut text, "faults");
        text.push('[');
        for (index, refusal) in self.faults.iter().enumerate() {
            text.push_str(if index > 0 { "," } else { "" });
            push_refusal(&mut text, Some(refusal));
        }
        text.push(']');
        push_name(&mut text, "refused");
        push_refusal(&mut text, self.hopeless.as_ref());
        text.push('}');
        text
    }
}

const TIMES: [&str; 3] = ["iat", "nbf", "exp"];

fn numeric_date(value: Value<'_>) -> Option<NumericDate> {
    match value {
        Value::Number(number) => NumericDate::from_json_number(number),
        _ => None,
    }
}

fn in_words(value: Value<'_>, now: NumericDate) -> String {
    match (value, numeric_date(value)) {
        (_, Some(time)) => {
            let distance = clock::distance(time, now);
            clock::rfc3339(time).map_or_else(|| distance.clone(), |utc| format!("{utc}, {distance}"))
        }
        (Value::Number(_), None) => "not a time in seconds (milliseconds?)".to_owned(),
        _ => "not a number, as a time must be".to_owned(),
    }
}

/// A member after another one.
fn push_name(text: &mut String, name: &str) {
    text.push(',');
    push_quoted(text, name);
    text.push(':');
}

fn push_refusal(text: &mut String, refusal: Option<&Refusal>) {
    let Some(Refusal { code, why, .. }) = refusal else {
        text.push_str("null");
        return;
    };
    text.push_str("{\"code\":");
    push_quoted(text, code.as_str());
    push_name(text, "detail");
    push_quoted(text, &why.to_string());
    text.push('}');
}
