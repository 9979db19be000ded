//! A table of interactions over HTTP, cases/http.txt, the same on both engines.

use std::path::PathBuf;

use serde_json::Value;

use super::country::{Response, ask};
use super::on_postgres::{SERVER, run};
use super::serve::{free_port, serve_on, until_ready};

/// Fewer cases than this, and some have been lost.
const AT_LEAST: usize = 80;

/// One line of the table, its short names spelled out.
struct Case {
    line: usize,
    name: String,
    requests: Vec<String>,
    answers: Vec<String>,
}

fn cases(base: &str) -> Vec<Case> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/running/cases/http.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut short: Vec<(&str, &str)> = vec![("@HERE", base)];
    let mut out = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let line = index + 1;
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        if text.starts_with('@') {
            let (name, meaning) = text.split_once(" = ").unwrap_or_else(|| panic!("http.txt:{line}: no meaning"));
            short.push((name, meaning));
            continue;
        }
        let parts: Vec<&str> = text.split(" | ").collect();
        let [name, asked, expected] = parts[..] else { panic!("http.txt:{line}: name | requests | answers") };
        let spelled = short.iter().rev().fold(asked.to_owned(), |text, (name, meaning)| text.replace(name, meaning));
        let spelled = spelled.replace('$', &line.to_string());
        let requests: Vec<String> = spelled.split(" ;; ").map(str::to_owned).collect();
        let answers: Vec<String> = expected.split(" ;; ").map(str::to_owned).collect();
        assert_eq!(requests.len(), answers.len(), "http.txt:{line}: as many answers as requests");
        out.push(Case { line, name: name.to_owned(), requests, answers });
    }
    assert!(out.len() >= AT_LEAST, "{} cases, {AT_LEAST} there were", out.len());
    out
}

/// Sends `METHOD /path [header: value] body`.
fn sent(base: &str, request: &str) -> Response {
    let (method, rest) = request.split_once(' ').unwrap();
    let (path, mut rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut headers: Vec<(&str, &str)> =
        vec![("authorization", "Bearer abc"), ("content-type", "application/fhir+json")];
    while let Some((header, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let (name, value) = header.split_once(": ").unwrap();
        headers.retain(|(other, _)| *other != name);
        headers.push((name, value));
        rest = after.trim_start();
    }
    headers.retain(|(_, value)| *value != "-");
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    // The base itself has no slash at its end.
    let path = if path == "/" || path.starts_with("/?") { &path[1..] } else { path };
    ask(method, &format!("{base}{path}"), &headers, rest)
}

/// What of the answer is not as it should be.
fn amiss(response: &Response, expected: &str) -> Option<String> {
    let (status, mut rest) = expected.split_once(' ').unwrap_or((expected, ""));
    if response.status.to_string() != status {
        return Some(format!("status {}, not {status}: {}", response.status, response.body));
    }
    let json: Value = serde_json::from_str(&response.body).unwrap_or_default();
    while !rest.is_empty() {
        let quoted = rest.starts_with('"') || rest.starts_with("!\"");
        let end = if quoted { closing(rest) } else { rest.find(' ').unwrap_or(rest.len()) };
        let word = &rest[..end];
        rest = rest[end..].trim_start();
        let text = |word: &str| word[1..word.len() - 1].replace("\\\"", "\"");
        let right = match word {
            "location" => response.header("location").is_some(),
            tag if tag.starts_with("W/") => response.header("etag") == Some(tag),
            within if within.starts_with('"') => response.body.contains(&text(within)),
            without if without.starts_with('!') => !response.body.contains(&text(&without[1..])),
            count if count.starts_with("n=") => {
                json["entry"].as_array().map_or(0, Vec::len).to_string() == count[2..]
                    && json["resourceType"] == "Bundle"
            }
            code => json["issue"][0]["code"] == code,
        };
        if !right {
            return Some(format!("no {word}: {}\n{}", response.head, response.body));
        }
    }
    None
}

/// Where a quoted text ends, after its last quotation mark.
fn closing(text: &str) -> usize {
    let from = text.find('"').unwrap() + 1;
    let mut escaped = false;
    for (at, sign) in text[from..].char_indices() {
        if sign == '"' && !escaped {
            return from + at + 1;
        }
        escaped = sign == '\\' && !escaped;
    }
    panic!("a text has no end: {text}");
}

/// Asks every case of one installation; how many there were.
fn table(store: Option<&str>) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut program = serve_on(folder.path(), port, store);
    until_ready(port);
    let base = format!("http://127.0.0.1:{port}/fhir");
    let (mut wrong, mut count) = (Vec::new(), 0);
    for case in cases(&base) {
        count += 1;
        for (number, (request, expected)) in case.requests.iter().zip(&case.answers).enumerate() {
            if let Some(error) = amiss(&sent(&base, request), expected) {
                wrong.push(format!("http.txt:{}: {}, request {}: {error}", case.line, case.name, number + 1));
            }
        }
    }
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    count
}

#[test]
fn interactions_answer_as_the_table_says_on_sqlite() {
    println!("{} cases over HTTP on SQLite", table(None));
}

#[test]
fn interactions_answer_as_the_table_says_on_postgresql() {
    let Ok(server) = std::env::var(SERVER) else {
        return println!("skipped: no PostgreSQL ({SERVER} is not set; cargo xtask test starts one)");
    };
    let name = format!("varde_http_{}", std::process::id());
    run(&format!("{server}/postgres"), &format!("CREATE DATABASE {name} TEMPLATE template0"));
    println!("{} cases over HTTP on PostgreSQL", table(Some(&format!("{server}/{name}"))));
    run(&format!("{server}/postgres"), &format!("DROP DATABASE {name} WITH (FORCE)"));
}

#[test]
fn an_answer_that_is_not_as_it_should_be_is_told() {
    let head = "HTTP/1.1 200 OK\r\netag: W/\"1\"".to_owned();
    let body = r#"{"resourceType":"Bundle","entry":[{}],"issue":[{"code":"value"}],"name":"a \"b\""}"#.to_owned();
    let response = Response { status: 200, head, body };
    for right in
        ["200", "200 W/\"1\"", "200 n=1", "200 value", "200 \"name\" n=1", "200 \"\\\"name\\\"\" !\"shoe\" value"]
    {
        assert_eq!(amiss(&response, right), None, "{right}");
    }
    for wrong in ["201", "200 W/\"2\"", "200 n=2", "200 invalid", "200 location", "200 \"shoe\"", "200 n=1 !\"name\""] {
        assert!(amiss(&response, wrong).is_some(), "{wrong}");
    }
}
