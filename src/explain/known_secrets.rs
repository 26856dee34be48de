//! Secrets that everybody knows, in the spellings that they are used in. `jwt/placeholder.rs` refuses them in a ring however they
//! are spelled; here they are tried, so each spelling counts.

use crate::jwt::placeholder_words;

/// As they stand in tutorials, libraries' documentation and `.env.example` files.
const SPELLED: &str = "
    your-256-bit-secret your-384-bit-secret your-512-bit-secret a-string-secret-at-least-256-bits-long
    a-valid-string-secret-that-is-at-least-384-bits-long-which-is-very-long
    a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long-indeed
    your_jwt_secret your-jwt-secret your-secret-key your_secret_key your-secret your_secret
    my-secret my_secret my-secret-key my_secret_key mySecretKey super-secret super_secret supersecretkey
    super-secret-key super_secret_key jwt-secret jwt_secret jwtSecret JWT_SECRET JWT_SECRET_KEY JWT_KEY SECRET SECRET_KEY
    ACCESS_SECRET REFRESH_SECRET ACCESS_TOKEN_SECRET REFRESH_TOKEN_SECRET ACCESS_SECRET_PREVIOUS
    REFRESH_SECRET_PREVIOUS ACCESS_KEYS REFRESH_KEYS ACCESS_KEY REFRESH_KEY APP_SECRET APP_KEY AUTH_SECRET
    OPERATOR_TOKEN NEXTAUTH_SECRET SESSION_SECRET COOKIE_SECRET TOKEN_SECRET API_KEY API_SECRET access_secret refresh_secret
    secret-key secret_key secretKey Secret change-me change_me CHANGE_ME CHANGEME change-this changeme123 secret123
    please-change-me replace-me replace_me test-secret test_secret dev-secret dev_secret shhhhhared-secret shh shhh
    shhhh shhhhh shhhhhh example_key qwertyuiopasdfghjklzxcvbnm123456 GU3SsWh4t gu3sswh4t AllYourBase Password
    password123 admin123 qwerty foo bar foobar hello helloworld hello-world 1234 12345 12345678 123456789 00000000
";

/// With spaces in them.
const PHRASES: [&str; 4] = ["keyboard cat", "my secret", "my secret key", "secret key"];

/// What people write over and over until a library stops complaining about the length.
const REPEATED: [&str; 10] = [
    "secret",
    "changeme",
    "password",
    "test",
    "0",
    "1",
    "a",
    "x",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
];

/// Whether one of them is it, the likeliest first; the empty one, too, which is also every secret of nothing but NULs.
pub(super) fn is_known(is_it: &mut dyn FnMut(&str) -> bool) -> bool {
    if is_it("") || SPELLED.split_ascii_whitespace().any(&mut *is_it) || PHRASES.into_iter().any(&mut *is_it)
    {
        return true;
    }
    if placeholder_words().any(&mut *is_it) {
        return true;
    }
    for word in REPEATED {
        // As long as the hashes want it: whole words, and cut off.
        for length in [32, 48, 64] {
            let mut repeated = String::with_capacity(2 * length);
            while repeated.len() < length {
                repeated.push_str(word);
            }
            if is_it(&repeated) {
                return true;
            }
            if repeated.len() > length {
                repeated.truncate(length);
                if is_it(&repeated) {
                    return true;
                }
            }
        }
    }
    false
}
