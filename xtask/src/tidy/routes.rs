//! Every route has an access test: each `.route("/path", get(..))` stands in the access table, and the table names no route that is gone.
//! Every page of the portal stands in the list of pages, with the question it answers.
//!
//! The convention is in docs/add-a-service.md, section "Access test".

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenTree};

use super::Violation;
use super::tokens::{self, group, is_ident, is_punct};
use super::tree::{SourceFile, Tree};

const RULE: &str = "access-test";
/// The table that the server's access test walks through.
const TABLE: &str = "crates/server/tests/running/access_table.rs";
/// The list of pages; see its own first lines.
const PAGES: &str = "docs/pages.md";
const UNLISTED: &str = "page-list";
/// Rooms whose routes are the portal's.
const PORTAL: [&str; 3] = ["crates/services/src", "crates/auth/src", "crates/web/src"];
/// Rooms that may declare routes.
const ROOMS: &[&str] = &["crates/server/src", "crates/services/src", "crates/auth/src", "crates/web/src"];
/// Folders whose routes are nested, and under what. All other routes are written in full where they are declared.
const NESTED: &[(&str, &str)] = &[("crates/server/src/fhir", "/fhir")];
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// Stands for a route whose methods cannot be read from the declaration.
const ANY: &str = "any method";

struct Route {
    method: String,
    path: String,
    line: usize,
}

/// Routes without a row, rows without a route, routes that cannot be read, and pages that are not listed.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut routes: BTreeMap<(String, String), (String, usize)> = BTreeMap::new();
    for file in ROOMS.iter().flat_map(|room| tree.under(room)).filter(|file| file.is_rust() && !file.is_test()) {
        for route in declared(file, &mut found) {
            routes.insert((route.path, route.method), (file.path.clone(), route.line));
        }
    }
    let rows = tree.file(TABLE).map(rows).unwrap_or_default();
    let matches = |row: &Route, path: &str, method: &str| {
        row.path == path && (row.method == method || row.method == ANY || method == ANY)
    };
    for ((path, method), (file, line)) in &routes {
        if !rows.iter().any(|row| matches(row, path, method)) {
            let sentence =
                format!("{method} {path} has no row in {TABLE}: say who may ask for it, and who is refused how");
            found.push(Violation::new(RULE, file, *line, sentence));
        }
    }
    for row in &rows {
        if !routes.keys().any(|(path, method)| matches(row, path, method)) {
            let sentence = format!("{} {} is no route any longer; take the row out", row.method, row.path);
            found.push(Violation::new(RULE, TABLE, row.line, sentence));
        }
    }
    let pages = tree.file(PAGES).map_or("", |file| file.text.as_str());
    for ((path, method), (file, line)) in &routes {
        let is_page = method == "GET" && PORTAL.iter().any(|room| file.starts_with(room));
        let is_listed = ['`', '?'].iter().any(|end| pages.contains(&format!("`{path}{end}")));
        if is_page && !is_listed {
            let sentence = format!("{path} is not in {PAGES}: say which question it answers");
            found.push(Violation::new(UNLISTED, file, *line, sentence));
        }
    }
    found
}

fn declared(file: &SourceFile, found: &mut Vec<Violation>) -> Vec<Route> {
    let prefix = NESTED.iter().find(|(folder, _)| file.path.starts_with(folder)).map_or("", |(_, prefix)| *prefix);
    let mut routes = Vec::new();
    tokens::each_level(tokens::all(file), &mut |level| {
        for call in level.windows(3) {
            let [dot, name, arguments] = call else { continue };
            let Some(arguments) = group(arguments, Delimiter::Parenthesis).filter(|_| is_punct(dot, '.')) else {
                continue;
            };
            let is = |wanted: &str| is_ident(name, wanted);
            let is_nest = is("nest");
            if !(is_nest || is("route") || is("route_service") || is("nest_service")) {
                continue;
            }
            let arguments: Vec<TokenTree> = arguments.stream().into_iter().collect();
            let line = tokens::line(name);
            let Some(path) = arguments.first().and_then(tokens::string) else {
                found.push(Violation::new(
                    RULE,
                    &file.path,
                    line,
                    "write the path of a route as a literal, so that it can be found",
                ));
                continue;
            };
            if is_nest {
                if !NESTED.iter().any(|(_, known)| *known == path) {
                    let sentence =
                        "a nested router hides its paths; write them in full, or add the folder to NESTED in xtask";
                    found.push(Violation::new(RULE, &file.path, line, sentence));
                }
                continue;
            }
            let path = if path == "/" && !prefix.is_empty() { prefix.to_owned() } else { format!("{prefix}{path}") };
            routes.extend(methods(&arguments).into_iter().map(|method| Route { method, path: path.clone(), line }));
        }
    });
    routes
}

/// `get(a).post(b)` names its methods; anything else answers [`ANY`].
fn methods(arguments: &[TokenTree]) -> Vec<String> {
    let calls = arguments.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(name), call] if group(call, Delimiter::Parenthesis).is_some() => Some(name.to_string()),
        _ => None,
    });
    let named: Vec<String> =
        calls.map(|name| name.to_uppercase()).filter(|name| METHODS.contains(&name.as_str())).collect();
    if named.is_empty() { vec![ANY.to_owned()] } else { named }
}

/// A row is any bracket in the table that holds a path literal, and before it a method: `("GET", "/x", ..)`, `row(GET, "/x", ..)` or
/// `Row { method: Method::GET, path: "/x", .. }`.
fn rows(file: &SourceFile) -> Vec<Route> {
    let mut rows = Vec::new();
    tokens::each_level(tokens::all(file), &mut |level| {
        let mut method = None;
        for token in level {
            let text = match token {
                TokenTree::Ident(ident) => ident.to_string(),
                _ => tokens::string(token).unwrap_or_default(),
            };
            if METHODS.contains(&text.as_str()) {
                method = Some(text);
            } else if text.starts_with('/')
                && let Some(method) = method.take()
            {
                rows.push(Route { method, path: text, line: tokens::line(token) });
            }
        }
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::super::tree::sample;
    use super::*;

    const ROUTES: &str =
        r#"fn router() -> Router { Router::new().route("/", get(front)).route("/book", get(form).post(book)) }"#;

    fn found(server: &str, table: &str) -> Vec<String> {
        let fhir = r#"fn router() { Router::new().route("/", post(batch)).route("/{type}", routing::get(search)) }"#;
        let tree =
            sample(&[("crates/server/src/app.rs", server), ("crates/server/src/fhir/mod.rs", fhir), (TABLE, table)]);
        check(&tree).into_iter().map(|violation| violation.sentence).collect()
    }

    const ROWS: &str = r#"
        const ROWS: &[Row] = &[("GET", "/", Open), row(Method::GET, "/book", &[SignIn]), Row { method: POST, path: "/book", nobody: 303 },
            ("POST", "/fhir", Token), ("GET", "/fhir/{type}", Token)];
    "#;

    #[test]
    fn every_route_is_in_the_table() {
        assert_eq!(found(ROUTES, ROWS), Vec::<String>::new());
        assert!(
            found(ROUTES, &ROWS.replace("POST, path: \"/book\"", "PUT, path: \"/book\""))[0]
                .starts_with("POST /book has no row")
        );
        assert_eq!(found(ROUTES, "").len(), 5);
    }

    #[test]
    fn a_row_without_a_route_is_taken_out() {
        let gone = r#"const MORE: Row = ("GET", "/gone", Open);"#;
        assert_eq!(found(ROUTES, &format!("{ROWS}{gone}")), ["GET /gone is no route any longer; take the row out"]);
    }

    #[test]
    fn every_page_of_the_portal_is_listed_with_its_question() {
        let routes = r#"fn router() { Router::new().route("/gp", get(own)).route("/gp/change", post(change)) }"#;
        let rows = r#"const ROWS: &[Row] = &[("GET", "/gp", SignIn), ("POST", "/gp/change", SignIn)];"#;
        let unlisted = |pages: &str| {
            check(&sample(&[("crates/services/src/gp/citizen.rs", routes), (TABLE, rows), (PAGES, pages)])).len()
        };
        assert_eq!(unlisted("| `/gp` | Who is my doctor? |"), 0, "only what is read is a page");
        assert_eq!(unlisted("| `/gp?q=` | Who is there? |"), 0);
        assert_eq!(unlisted("| `/gp/history` | Who was it? |"), 1);
    }

    #[test]
    fn a_route_that_cannot_be_read_is_refused() {
        let with = |more: &str| found(&format!("{ROUTES} fn more(r: Router) {{ r{more}; }}"), ROWS).len();
        assert_eq!(with(r#".nest("/fhir", fhir::router())"#), 0);
        assert_eq!(with(r#".nest("/admin", admin())"#), 1);
        assert_eq!(with(".route(PATH, get(x))"), 1);
        assert_eq!(with(r#".route("/book", on(filter, x))"#), 0, "any row of that path will do");
        assert_eq!(with(r#".route("/other", on(filter, x))"#), 1);
    }
}
