//! What to do about a finding.

use crate::jwt::KeyFault;

pub(super) fn of(fault: KeyFault) -> &'static str {
    match fault {
        KeyFault::Missing | KeyFault::Empty | KeyFault::NoKeys => "make a key with `edgewarden keys new`",
        KeyFault::NotJson => {
            "look for a missing comma or quote, for a member that is there twice, for text around the JSON"
        }
        KeyFault::NotAKeySet => "put the keys into {\"keys\":[…]} (RFC 7517 §5)",
        KeyFault::TooManyKeys => "remove the keys whose `exp` is long past",
        KeyFault::KeyNotAnObject => {
            "write each key as {\"kty\":\"oct\",\"kid\":…,\"use\":\"sig\",\"alg\":…,\"k\":…}"
        }
        KeyFault::MemberMissing("alg") => {
            "add the `alg` that the issuer signs with; a key is used for no other"
        }
        KeyFault::MemberMissing(_) => "add it",
        KeyFault::MemberMalformed("k") => {
            "write the secret's bytes in base64url without padding (RFC 7515 §2)"
        }
        KeyFault::MemberMalformed("kid") => "name the key with 1 to 256 visible ASCII characters",
        KeyFault::MemberMalformed("revoked") => {
            "write {\"revoked_at\":…,\"reason\":…}, or leave it out if the key is not revoked"
        }
        KeyFault::MemberMalformed("use") => "write \"sig\", or leave it out",
        KeyFault::MemberMalformed("key_ops") => {
            "write an array of strings that holds \"verify\", or leave it out"
        }
        KeyFault::MemberMalformed("kty") => "write \"oct\"",
        KeyFault::MemberMalformed("alg") => "write HS256, HS384 or HS512",
        KeyFault::MemberMalformed("edgewarden:weak") => "write true or false, or leave it out",
        KeyFault::MemberMalformed(_) => "write a number of seconds since 1970, or leave it out",
        KeyFault::KeyTypeUnsupported => "keep only keys of the kind that the issuer signs with: \"oct\"",
        KeyFault::AlgorithmUnsupported => {
            "have the issuer sign with HS256, HS384 or HS512, or remove the key"
        }
        KeyFault::NotForSignatures => "remove the key, or write \"sig\" if it is one for signatures",
        KeyFault::NotForVerifying => "remove the key, or add \"verify\"",
        KeyFault::DuplicateKid => "give every key of the set a `kid` of its own",
        KeyFault::PlaceholderSecret => {
            "replace it at once, here and at the issuer, by one from `edgewarden keys new`: anybody can forge tokens with it"
        }
        KeyFault::SecretTooShort { .. } => {
            "replace it, here and at the issuer, by one from `edgewarden keys new`"
        }
        KeyFault::WeakWithoutExpiry => "add the `exp` after which no token of this key is left",
        KeyFault::WeakSecret => {
            "replace it, here and at the issuer, by one from `edgewarden keys new` before that"
        }
        KeyFault::EndsBeforeItBegins => "correct `nbf` or `exp`",
        KeyFault::SecretRepeated => {
            "remove one of the two, or replace its secret if it was meant to be another"
        }
        KeyFault::SecretInBothRings => {
            "give one of the rings a secret of its own; until old tokens are gone, keep the shared one in both with an `exp`"
        }
    }
}
