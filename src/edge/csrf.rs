//! Requests that a browser authenticates by itself, with a cookie, may have been caused by any page. Those that change
//! something must show that the application's own page sent them.

use crate::config::Cors;

use super::request::Request;

/// Whether the request may be authenticated by a cookie: it changes nothing, or it has a header that no other site's page
/// can set without asking, or it says that it comes from this very origin (or from one that is configured to be trusted
/// with cookies).
pub(super) fn passes(request: &Request<'_>, cors: &Cors) -> bool {
    let safe = matches!(request.method, "GET" | "HEAD" | "OPTIONS") && request.header("upgrade").is_none();
    safe || request.header("x-edgewarden-csrf") == Some("1") || from_trusted_page(request, cors)
}

fn from_trusted_page(request: &Request<'_>, cors: &Cors) -> bool {
    request.header("origin").is_some_and(|origin| {
        origin == request.origin() || (cors.credentials && cors.allowed(origin).is_some())
    })
}
