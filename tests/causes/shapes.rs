//! What is wrong before anything of a token can be read.

use edgewarden::jwt::base64url;
use serde_json::json;

use super::workshop::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for group in [
        nothing(),
        no_tokens(),
        encrypted(),
        in_front(),
        quoted(),
        white_space(),
        percent(),
        base64(),
        truncated(),
        several(),
        too_large(),
        malformed(),
    ] {
        cases.extend(group);
    }
    cases
}

fn parts() -> [String; 3] {
    let token = good();
    let mut parts = token.split('.').map(str::to_owned);
    core::array::from_fn(|_| parts.next().unwrap())
}

fn nothing() -> Vec<Case> {
    vec![
        case("missing_token", "nothing at all", ""),
        case("missing_token", "white space", " \r\n\t"),
        case("missing_token", "the scheme alone", "Bearer "),
        case("missing_token", "an empty string in quotes", "\"\""),
        case("missing_token", "a header without a value", "Authorization: Bearer").alone(),
    ]
}

fn no_tokens() -> Vec<Case> {
    let saml = base64url::encode(b"<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>");
    let cookie =
        [base64url::encode(b"{\"user\":1}"), "ZxYwVg".to_owned(), base64url::encode(&secret(1)[..20])]
            .join(".");
    vec![
        case("not_a_jwt", "a UUID", "3f2b8c1e-1d2a-4b5c-9e8f-0a1b2c3d4e5f"),
        case("not_a_jwt", "an opaque token", base64url::encode(&secret(7))),
        case("not_a_jwt", "hexadecimal digits", "00ff".repeat(16)),
        case("not_a_jwt", "a SAML response", saml),
        case("not_a_jwt", "an XML document", "<saml:Assertion/>"),
        case("not_a_jwt", "an e-mail address", "runner@club.example"),
        case("not_a_jwt", "undefined", "undefined"),
        case("not_a_jwt", "the scheme and null", "Bearer null"),
        case("not_a_jwt", "an object of JavaScript", "[object Object]"),
        case("not_a_jwt", "HTTP Basic", "Basic cnVubmVyOjEyMw"),
        case("not_a_jwt", "a signed cookie", cookie.clone()),
        case("not_a_jwt", "a signed cookie with colons", cookie.replace('.', ":")),
        case(
            "not_a_jwt",
            "a padded session of a framework",
            padded(b"{\"iv\":\"AAAA\",\"value\":\"BBBB\",\"mac\":1}"),
        ),
        case("not_a_jwt", "a token in base64 once more", base64url::encode(good().as_bytes())),
        case("not_a_jwt", "a host name", "api.club.example"),
        case("not_a_jwt", "nothing but dots", ".".repeat(40)),
        case("not_a_jwt", "a response in JSON", text(&json!({"access_token": good(), "expires_in": 600}))),
        case(
            "not_a_jwt",
            "a response with both tokens",
            text(&json!({"access_token": good(), "refresh_token": good_refresh(&json!({}))})),
        ),
        case(
            "not_a_jwt",
            "a URL with a token in it",
            format!("https://app.example/callback#access_token={}", good()),
        ),
        case("not_a_jwt", "a form", format!("access_token={}&token_type=bearer", good())),
        case(
            "not_a_jwt",
            "a command line",
            format!("curl -H 'Authorization: Bearer {}' https://api.example", good()),
        ),
        case("not_a_jwt", "bytes that are no text", vec![0xFF, 0xFE, 0x00, 0x80]),
        case("not_a_jwt", "an opaque token without a context", base64url::encode(&secret(8))).alone(),
    ]
}

fn padded(bytes: &[u8]) -> String {
    let mut text = base64url::encode(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

fn encrypted() -> Vec<Case> {
    let jwe = |header: &str, key: &str| {
        [
            &base64url::encode(header.as_bytes()),
            key,
            "aXYtaXYtaXYt",
            &base64url::encode(&secret(9)),
            "dGFnLXRhZy10YWct",
        ]
        .join(".")
    };
    let wrapped = base64url::encode(&[secret(1), secret(2), secret(3), secret(4)].concat());
    vec![
        case("jwe_token", "direct", jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, "")),
        case("jwe_token", "RSA", jwe(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#, &wrapped)),
        case(
            "jwe_token",
            "elliptic curves",
            jwe(r#"{"alg":"ECDH-ES+A128KW","enc":"A128CBC-HS256","cty":"JWT"}"#, "a2V5"),
        ),
        case("jwe_token", "without a context", jwe(r#"{"enc":"A128GCM","alg":"A128KW"}"#, "a2V5")).alone(),
    ]
}

fn in_front() -> Vec<Case> {
    let front = |name, text: &str| case("bearer_prefix", name, format!("{text}{}", good()));
    vec![
        front("the scheme", "Bearer "),
        front("the scheme in lower case", "bearer "),
        front("the scheme twice", "Bearer Bearer "),
        front("the whole header", "Authorization: Bearer "),
        front("the scheme without its space", "Bearer"),
        front("another scheme", "JWT "),
        front("the scheme, with its space as a form has it", "Bearer+"),
        case("bearer_prefix", "an option of curl", format!("-H 'Authorization: Bearer {}'", good())),
        case(
            "bearer_prefix",
            "a long option of curl",
            format!("--header \"Authorization: Bearer {}\"", good()),
        ),
        case("bearer_prefix", "the scheme, and a line end behind the token", format!("Bearer {}\n", good())),
        front("the name of a parameter", "access_token="),
        front("the scheme and quotes inside", "Bearer \"").with(&json!({"now": NOW + DAY})),
        case(
            "bearer_prefix",
            "an expired token behind it",
            format!("Bearer {}", token(&json!({"exp": NOW - HOUR}))),
        ),
    ]
}

fn quoted() -> Vec<Case> {
    let around =
        |name, before: &str, after: &str| case("quoted_token", name, format!("{before}{}{after}", good()));
    vec![
        around("double quotes", "\"", "\""),
        around("single quotes", "'", "'"),
        around("a line of JSON", "\"", "\","),
        around("quotes within a string", "\\\"", "\\\""),
        around("bytes of Python", "b'", "'"),
        around("brackets", "<", ">"),
        around("an array", "[\"", "\"]"),
        around("typographic quotes", "\u{201C}", "\u{201D}"),
        around("one quote", "\"", ""),
        around("the scheme inside", "\"Bearer ", "\""),
        around("a full stop behind it", "", "."),
    ]
}

fn white_space() -> Vec<Case> {
    let broken_over_lines = good()
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect::<Vec<_>>();
    vec![
        case("surrounding_whitespace", "a line feed", good() + "\n"),
        case("surrounding_whitespace", "carriage return and line feed", good() + "\r\n"),
        case("surrounding_whitespace", "a space in front", format!(" {}", good())),
        case("surrounding_whitespace", "a no-break space", format!("\u{A0}{}", good())),
        case("surrounding_whitespace", "a byte order mark", format!("\u{FEFF}{}", good())),
        case("surrounding_whitespace", "a zero-width space behind it", good() + "\u{200B}"),
        case("surrounding_whitespace", "broken over lines", broken_over_lines.join("\n")),
        case("surrounding_whitespace", "broken over lines of a mail", broken_over_lines.join("=\r\n")),
        case("surrounding_whitespace", "an escaped line feed", good() + "\\n"),
        case("surrounding_whitespace", "a zero-width space inside", good().replacen('.', ".\u{200B}", 1)),
        case("surrounding_whitespace", "soft hyphens inside", good().replace('.', "\u{AD}.")),
        case(
            "surrounding_whitespace",
            "an unknown key inside",
            signed(&secret(STRANGER), &hs256("active"), &claims(&json!({}))) + " ",
        ),
    ]
}

fn percent() -> Vec<Case> {
    vec![
        case("url_encoded_token", "dots", good().replace('.', "%2E")),
        case("url_encoded_token", "dots in lower case", good().replace('.', "%2e")),
        case("url_encoded_token", "twice", good().replace('.', "%252E")),
        case("url_encoded_token", "the scheme as well", format!("Bearer%20{}", good())),
        case("url_encoded_token", "quotes as well", format!("%22{}%22", good())),
    ]
}

fn base64() -> Vec<Case> {
    let ordinary = |text: &str| {
        let mut text = text.replace('-', "+").replace('_', "/");
        while !text.len().is_multiple_of(4) {
            text.push('=');
        }
        text
    };
    // Until the signature has a character that differs.
    let telling = (0..64)
        .map(|number| token(&json!({"sub": format!("runner-{number}")})))
        .find(|token| token.split('.').next_back().unwrap().contains(['-', '_']))
        .unwrap();
    let respelled = telling.replace('-', "+").replace('_', "/");
    let padded = telling.split('.').map(ordinary).collect::<Vec<_>>().join(".");
    let padded_signature = ordinary(parts()[2].as_str());
    let signed_so = {
        let input = [hs256("active"), claims(&json!({"note": "??>>~~??>>~~"}))]
            .map(|json| ordinary(&base64url::encode(json.as_bytes())))
            .join(".");
        let signature = mac::<hmac::Hmac<sha2::Sha256>>(&secret(ACTIVE)[..32], &input);
        [input, ordinary(&base64url::encode(&signature))].join(".")
    };
    let [header, payload, _] = parts();
    vec![
        case("base64_not_url_safe", "the alphabet", respelled),
        case("base64_not_url_safe", "alphabet and padding", padded),
        case("base64_not_url_safe", "a padded signature", [header, payload, padded_signature].join(".")),
        case("base64_not_url_safe", "signed as it stands", signed_so.clone()),
        case("base64_not_url_safe", "without a context", signed_so).alone(),
    ]
}

fn truncated() -> Vec<Case> {
    let token = good();
    let [header, payload, signature] = parts();
    let long = signed(&secret(LONG), r#"{"alg":"HS512","kid":"long"}"#, &claims(&json!({})));
    let cut = |name, text: &str| case("truncated_token", name, text.to_owned());
    vec![
        cut("the last character", &token[..token.len() - 1]),
        cut("the end of the signature", &token[..token.len() - 9]),
        cut("half of a long signature", &long[..long.len() - 43]),
        cut("the signature", &[header.as_str(), &payload].join(".")),
        cut("the signature but its dot", &[header.as_str(), &payload, ""].join(".")),
        cut("within the payload", &token[..header.len() + 20]),
        cut("within the header", &token[..11]),
        cut("all but the header", &header),
        cut("all but the payload", &payload),
        cut("the header", &[payload.as_str(), &signature].join(".")),
        cut("the header but its dot", &["", payload.as_str(), &signature].join(".")),
        cut("the first characters", &token[5..]),
        cut("the middle, with an ellipsis", &format!("{}...{}", &token[..30], &token[token.len() - 8..])),
        cut(
            "the middle, with one character of ellipsis",
            &format!("{}…{}", &token[..60], &token[token.len() - 8..]),
        ),
        cut(
            "at 255 bytes, as a column does",
            &super::workshop::token(&json!({"name": "x".repeat(200)}))[..255],
        ),
        cut("the end, and a mark in brackets says so", &format!("{}[truncated]", &token[..120])),
        cut("the signature, which a log has covered", &[&header, ".", &payload, ".[REDACTED]"].concat()),
        cut("the end of an RSA signature", &{
            let header = base64url::encode(br#"{"alg":"RS256"}"#);
            let signature = base64url::encode(&[secret(1), secret(2), secret(3), secret(4)].concat());
            [header.as_str(), &payload, &signature[..242]].join(".")
        }),
        cut("an expired one", &{
            let token = super::workshop::token(&json!({"exp": NOW - DAY}));
            token[..token.len() - 4].to_owned()
        }),
    ]
}

fn several() -> Vec<Case> {
    let (one, other) = (good(), good_refresh(&json!({})));
    let joined = |name, by: &str| case("concatenated_tokens", name, format!("{one}{by}{other}"));
    vec![
        joined("with a comma", ","),
        joined("with a space", " "),
        joined("with a line feed", "\n"),
        joined("with nothing between them", ""),
        joined("with a dot", "."),
        joined("with a comma and the scheme", ", Bearer "),
        case("concatenated_tokens", "twice the same", [one.as_str(), &one].concat()),
        case("concatenated_tokens", "three", [one.as_str(), &other, &one].join(";")),
        case("concatenated_tokens", "with both schemes", format!("Bearer {one}, Bearer {other}")).alone(),
        case(
            "concatenated_tokens",
            "a whole one and the beginning of another",
            format!("{one}{}", &other[..other.len() / 2]),
        ),
    ]
}

fn too_large() -> Vec<Case> {
    vec![
        case("token_too_large", "a claim too long", token(&json!({"groups": "g".repeat(9000)}))),
        case("token_too_large", "a limit too low", good()).policy(&json!({"max_token_bytes": 128})),
        case("token_too_large", "beyond what is looked into", vec![b'.'; 70_000]),
        case(
            "token_too_large",
            "of an unknown key",
            signed(&secret(STRANGER), &hs256("x"), &claims(&json!({"x": vec![7; 9000]}))),
        ),
        case("token_too_large", "expired as well", token(&json!({"exp": 1, "x": "x".repeat(9000)}))),
        case("token_too_large", "without a context", token(&json!({"x": "x".repeat(9000)}))).alone(),
    ]
}

fn malformed() -> Vec<Case> {
    let [header, payload, signature] = parts();
    let with_header = |name, header: &str| {
        case("malformed_token", name, signed(&secret(ACTIVE)[..32], header, &claims(&json!({}))))
    };
    vec![
        case("malformed_token", "a detached payload", [header.as_str(), "", &signature].join(".")),
        case(
            "malformed_token",
            "a fourth segment",
            [header.as_str(), &payload, &signature, "abcd"].join("."),
        ),
        case("malformed_token", "no dots", [header.as_str(), &payload, &signature].concat()),
        case("malformed_token", "colours of a terminal in front", format!("\u{1b}[31m{}", good())),
        with_header("a byte order mark before the header", "\u{FEFF}{\"alg\":\"HS256\"}"),
        with_header("a header that is an array", r#"["HS256"]"#),
        with_header("no algorithm", r#"{"typ":"JWT","kid":"active"}"#),
        with_header("an algorithm that is a number", r#"{"alg":256}"#),
        with_header("a kid that is a number", r#"{"alg":"HS256","kid":7}"#),
        with_header("a member twice", r#"{"alg":"HS256","kid":"active","kid":"second"}"#),
        with_header("no JSON", r#"{"alg":"HS256","#.replace(',', ", nothing}").as_str()),
        case(
            "malformed_token",
            "a signature with a stranger in it",
            [&header, &payload, &signature.replacen(&signature[5..6], "*", 1)].map(String::as_str).join("."),
        ),
    ]
}
