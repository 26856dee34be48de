//! Secrets that everybody knows.
//!
//! They stand in tutorials, in `.env.example` files and in fallbacks such as `getenv("ACCESS_SECRET") ?: "ACCESS_SECRET"`.
//! A token under one of them can be forged by anyone, so no key ring accepts them, whatever their length or marks.

/// As they stand in tutorials and examples. Compared without case and without anything but letters and digits.
const FROM_TUTORIALS: &str = "
    secret mysecret mysecretkey secretkey supersecret supersecretkey supersecretjwt topsecret verysecret
    verysecretkey jwtsecret jwtsecretkey jwtkey sharedsecret changeme changethis changeit changemeplease
    pleasechangeme replaceme replacethis password passw0rd default defaultsecret defaultkey test
    testsecret testkey example examplesecret examplekey placeholder todo fixme dummy dummysecret dev
    devsecret development developmentsecret admin key privatekey signingkey apikey token tokensecret
    hmacsecret keyboardcat shhhhh null undefined none true yoursecret yoursecrethere yoursecretkey
    yoursecretkeyhere yourjwtsecret yourjwtsecretkey your256bitsecret your384bitsecret your512bitsecret
    yoursupersecretkey insertsecrethere astringsecretatleast256bitslong
    avalidstringsecretthatisatleast384bitslongwhichisverylong
    avalidstringsecretthatisatleast512bitslongwhichisverylongindeed thisisasecret thisisaverysecretkey
    thisisnotasecret qwertyuiopasdfghjklzxcvbnm123456 gu3sswh4t abc123 123456 1234567890
    12345678901234567890123456789012 abcdefghijklmnopqrstuvwxyz 01234567890123456789012345678901
    abcdefghijklmnopqrstuvwxyz123456 0123456789abcdef0123456789abcdef
";

/// The names of variables that this gate and its neighbours read: the fallback of the story that must not recur.
const NAMES_OF_VARIABLES: &str = "
    accesssecret refreshsecret accesssecretprevious refreshsecretprevious accesskeys refreshkeys accesskey
    refreshkey accesstokensecret refreshtokensecret appkey appsecret appsecretkey authsecret
    nextauthsecret sessionsecret cookiesecret operatortoken origin originservice gate
";

/// Every secret of the lists, in lower case and without anything but letters and digits.
pub(crate) fn placeholder_words() -> impl Iterator<Item = &'static str> {
    FROM_TUTORIALS.split_ascii_whitespace().chain(NAMES_OF_VARIABLES.split_ascii_whitespace())
}

fn known() -> impl Iterator<Item = &'static [u8]> {
    placeholder_words().map(str::as_bytes)
}

/// Whether a secret is no secret: one that everybody knows, or a single short unit over and over.
#[must_use]
pub fn is_placeholder(secret: &[u8]) -> bool {
    is_well_known(secret) || unit(secret).is_some_and(|unit| unit.len() <= 4)
}

/// Whether a secret is one that everybody knows: one of the lists above, one of them repeated, or one of them filled up with
/// a single character.
pub(crate) fn is_well_known(secret: &[u8]) -> bool {
    if core::str::from_utf8(secret).is_err() {
        return false;
    }
    let mut normal = secret.to_ascii_lowercase();
    normal.retain(u8::is_ascii_alphanumeric);
    let repeated = unit(&normal);
    known().any(|known| repeated == Some(known) || normal.strip_prefix(known).is_some_and(all_alike))
}

fn all_alike(text: &[u8]) -> bool {
    text.iter().all(|byte| text.first() == Some(byte))
}

/// The shortest unit that a text of at least two units repeats; the last one may be cut off.
fn unit(text: &[u8]) -> Option<&[u8]> {
    (1..=text.len() / 2).find_map(|length| {
        let unit = text.get(..length)?;
        text.chunks(length).all(|chunk| unit.starts_with(chunk)).then_some(unit)
    })
}
