//! Which requests are public, and which scope the others need.

use std::borrow::Cow;

use super::finding::Finding;
use super::members::{Members, texts};
use super::path::Path;
use crate::jwt::json::{Value, elements};

/// The configured routes. The first that matches decides; where none does, a valid token is needed.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    routes: Vec<Route>,
}

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access<'r> {
    /// Nothing.
    Public,
    /// A valid token with these scope tokens, maybe none.
    Token(&'r [String]),
}

/// The route that a request fell under.
#[derive(Debug, Clone, Copy)]
pub struct Matched<'r> {
    /// Its pattern as configured, or `*` where none matched: fit for a log, unlike the path.
    pub pattern: &'r str,
    /// What it needs.
    pub access: Access<'r>,
}

#[derive(Debug, Clone)]
struct Route {
    pattern: Pattern,
    methods: Vec<String>,
    public: bool,
    scope: Vec<String>,
}

#[derive(Debug, Clone)]
struct Pattern {
    text: String,
    exact: Vec<Segment>,
    loose: Vec<Segment>,
    /// Ends in `/*`: matches whatever follows.
    open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Any,
    Named(String),
}

impl Routes {
    /// The first route that fits the request. `path` is the path of the URL as it was sent.
    #[must_use]
    pub fn find(&self, method: &str, path: &str) -> Matched<'_> {
        const DEFAULT: Matched<'static> = Matched { pattern: "*", access: Access::Token(&[]) };
        if self.routes.is_empty() {
            return DEFAULT;
        }
        let path = Path::new(path);
        let found = self.routes.iter().find(|route| {
            route.covers(method)
                && if route.public {
                    path.exact().is_some_and(|exact| route.pattern.matches_exactly(exact))
                } else {
                    route.pattern.matches_loosely(path.loose())
                }
        });
        found.map_or(DEFAULT, |route| Matched {
            pattern: &route.pattern.text,
            access: if route.public { Access::Public } else { Access::Token(&route.scope) },
        })
    }

    pub(crate) fn read(members: &mut Members<'_>) -> Self {
        let entries = match members.value("routes") {
            None => return Self::default(),
            Some(Value::Array(entries)) => entries,
            Some(_) => {
                members.malformed("routes", "an array of tables");
                return Self::default();
            }
        };
        let mut routes = Vec::new();
        for entry in elements(entries) {
            match Route::read(&entry) {
                Ok(route) => routes.push(route),
                Err(findings) => members.findings.extend(findings),
            }
        }
        Self { routes }
    }
}

impl Route {
    fn read(entry: &Value<'_>) -> Result<Self, Vec<Finding>> {
        let Some(table) = entry.as_object() else {
            return Err(vec![Finding::error("gate_routes_malformed", "each route is a table")]);
        };
        let mut members = Members::new(table, "gate.routes.");
        let pattern = members.text("path").map(Cow::into_owned);
        let pattern = if let Some(pattern) = pattern.filter(|pattern| pattern.starts_with('/')) {
            Some(Pattern::new(pattern))
        } else {
            members.malformed("path", "a path such as \"/admin/*\"");
            None
        };
        let methods = members.texts("methods").unwrap_or_default();
        if methods
            .iter()
            .any(|method| method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-'))
        {
            members.malformed("methods", "methods in upper case, such as [\"GET\", \"HEAD\"]");
        }
        let public = members.word("access", &[("public", true), ("token", false)]).unwrap_or(false);
        let scope = members.value("scope").map(|value| match value {
            Value::String(text) => {
                Some(text.decoded().split_ascii_whitespace().map(ToOwned::to_owned).collect())
            }
            value => texts(&value),
        });
        let scope: Vec<String> = match scope {
            None => Vec::new(),
            Some(Some(scope)) if !scope.is_empty() && !public => scope,
            Some(_) => {
                members.malformed("scope", "scope tokens, and no `access = \"public\"` beside them");
                Vec::new()
            }
        };
        let findings = members.finish();
        match pattern {
            Some(pattern) if findings.is_empty() => Ok(Self { pattern, methods, public, scope }),
            _ => Err(findings),
        }
    }

    /// To an origin HEAD is a GET (RFC 9110 §9.3.2), so what protects the one protects the other.
    fn covers(&self, method: &str) -> bool {
        let names = |method| self.methods.iter().any(|named| named == method);
        self.methods.is_empty() || names(method) || (!self.public && method == "HEAD" && names("GET"))
    }
}

impl Pattern {
    fn new(text: String) -> Self {
        let (body, open) = match text.strip_suffix("/*") {
            Some(body) => (body, true),
            None => (text.as_str(), false),
        };
        let segments = || body.split('/').skip(1);
        let exact = segments().map(Segment::new).collect();
        let loose = segments().flat_map(Segment::loosened).collect();
        Self { text, exact, loose, open }
    }

    fn matches_exactly(&self, path: &str) -> bool {
        matches(&self.exact, self.open, path.split('/').skip(1))
    }

    fn matches_loosely(&self, path: &str) -> bool {
        matches(&self.loose, self.open, path.split('/').skip(1).filter(|segment| !segment.is_empty()))
    }
}

impl Segment {
    fn new(text: &str) -> Self {
        if text == "*" { Self::Any } else { Self::Named(text.to_owned()) }
    }

    /// As the loose form of a path has it, whatever way the pattern spells it.
    fn loosened(text: &str) -> Vec<Self> {
        if text == "*" {
            return vec![Self::Any];
        }
        let path = format!("/{text}");
        let names = Path::new(&path).loose().to_owned();
        names.split('/').filter(|name| !name.is_empty()).map(|name| Self::Named(name.to_owned())).collect()
    }
}

fn matches<'p>(pattern: &[Segment], open: bool, mut path: impl Iterator<Item = &'p str>) -> bool {
    for segment in pattern {
        match (segment, path.next()) {
            (Segment::Any, Some(_)) => {}
            (Segment::Named(name), Some(here)) if name == here => {}
            _ => return false,
        }
    }
    open || path.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::super::members::Members;
    use super::{Access, Routes};
    use crate::jwt::json::Object;
    use serde_json::json;

    fn routes(value: &serde_json::Value) -> Routes {
        let table = json!({ "routes": value }).to_string();
        let table = Object::parse(table.as_bytes()).unwrap();
        let mut members = Members::new(table, "gate.");
        let routes = Routes::read(&mut members);
        assert_eq!(members.finish(), []);
        routes
    }

    fn access(routes: &Routes, method: &str, path: &str) -> String {
        match routes.find(method, path).access {
            Access::Public => "public".to_owned(),
            Access::Token(scope) => format!("token {}", scope.join(" ")).trim_end().to_owned(),
        }
    }

    #[test]
    fn the_first_matching_route_decides_and_a_token_is_needed_where_none_does() {
        let routes = routes(&json!([
            { "path": "/login", "methods": ["POST"], "access": "public" },
            { "path": "/public/*", "access": "public" },
            { "path": "/admin/health", "access": "public" },
            { "path": "/admin/*", "scope": "admin" },
            { "path": "/users/*/keys", "scope": ["keys", "read"] },
        ]));
        for (method, path, expected) in [
            ("POST", "/login", "public"),
            ("GET", "/login", "token"),
            ("GET", "/public", "public"),
            ("GET", "/public/a/b", "public"),
            ("GET", "/publicity", "token"),
            ("GET", "/admin/health", "public"),
            ("GET", "/admin", "token admin"),
            ("GET", "/admin/x", "token admin"),
            ("GET", "/users/7/keys", "token keys read"),
            ("GET", "/users/7/8/keys", "token"),
            ("GET", "/", "token"),
        ] {
            assert_eq!(access(&routes, method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn a_public_route_opens_exactly_what_it_names_and_a_protecting_one_protects_every_spelling() {
        let routes = routes(&json!([
            { "path": "/public/*", "access": "public" },
            { "path": "/Admin/*", "scope": "admin" },
        ]));
        for (path, expected) in [
            ("/public/..%2fadmin/x", "token admin"),
            ("/public/%2e%2e/admin", "token admin"),
            ("/public/../admin", "token admin"),
            ("/ADMIN/x", "token admin"),
            ("/%61dmin", "token admin"),
            ("//admin", "token admin"),
            ("/public//x", "token"),
            ("/PUBLIC/x", "token"),
            ("/public/a%20b", "public"),
            ("/public/", "public"),
        ] {
            assert_eq!(access(&routes, "GET", path), expected, "{path}");
        }
    }

    #[test]
    fn a_protecting_route_means_the_same_however_it_is_spelt_itself() {
        for pattern in ["/r%C3%A9sum%C3%A9s/*", "/r\u{e9}sum\u{e9}s/*", "//R%c3%a9sum\u{e9}s/*"] {
            let routes = routes(&json!([{ "path": pattern, "scope": "hr" }]));
            for path in ["/r%C3%A9sum%C3%A9s/1", "/r%c3%a9sum%c3%a9s", "/R\u{e9}sum%C3%A9s/x"] {
                assert_eq!(access(&routes, "GET", path), "token hr", "{pattern} {path}");
            }
        }
    }
}
