//! Who may ask for every address, and how others are refused: the running program, asked as nobody and as another person.
//!
//! `cargo xtask tidy` refuses a route without a row here. A row: method, path, what nobody gets, what another signed-in person gets.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// What an address answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// Open to all.
    Open,
    /// Sent to sign in, and back here afterwards.
    ToSignIn,
    /// 401: a token is needed, and a person's session is none.
    NeedsToken,
    /// 404: another person's things do not exist.
    NotThere,
    /// 412: a form without the session's own token is refused.
    NeedsFormToken,
    /// Sent elsewhere or told what is wrong, without anything having been done.
    Harmless,
}

use Answer::{Harmless, NeedsFormToken, NeedsToken, NotThere, Open, ToSignIn};

/// `{id}` is an appointment of somebody else; in FHIR paths the type is Patient.
const TABLE: &[(&str, &str, Answer, Answer)] = &[
    ("GET", "/", Open, Open),
    ("GET", "/health", Open, Open),
    ("GET", "/assets/{version}/{file}", Open, Open),
    ("GET", "/sign-in", Harmless, Harmless),
    ("GET", "/sign-in/callback", Harmless, Harmless),
    ("POST", "/sign-out", ToSignIn, NeedsFormToken),
    ("GET", "/appointments", ToSignIn, Open),
    ("GET", "/appointments/book", ToSignIn, Open),
    ("POST", "/appointments/book", ToSignIn, NeedsFormToken),
    ("GET", "/appointments/{id}", ToSignIn, NotThere),
    ("GET", "/appointments/{id}/change", ToSignIn, NotThere),
    ("POST", "/appointments/{id}/change", ToSignIn, NeedsFormToken),
    ("GET", "/appointments/{id}/cancel", ToSignIn, NotThere),
    ("POST", "/appointments/{id}/cancel", ToSignIn, NeedsFormToken),
    ("GET", "/appointments/{id}/calendar.ics", ToSignIn, NotThere),
    ("GET", "/events", ToSignIn, Open),
    ("GET", "/access-log", ToSignIn, Open),
    ("GET", "/act-for", ToSignIn, Open),
    ("POST", "/act-for", ToSignIn, NeedsFormToken),
    ("GET", "/fhir/metadata", Open, Open),
    ("POST", "/fhir", NeedsToken, NeedsToken),
    ("GET", "/fhir/_history", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}", NeedsToken, NeedsToken),
    ("POST", "/fhir/{type}/_search", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/_history", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}", NeedsToken, NeedsToken),
    ("PUT", "/fhir/{type}/{id}", NeedsToken, NeedsToken),
    ("DELETE", "/fhir/{type}/{id}", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/_history", NeedsToken, NeedsToken),
    ("GET", "/fhir/{type}/{id}/_history/{version}", NeedsToken, NeedsToken),
];

/// A running country, stopped when dropped.
struct Country {
    program: Child,
    demo: Value,
}

impl Drop for Country {
    fn drop(&mut self) {
        // It may have stopped by itself; then there is nothing to do.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn start(data: &Path) -> Country {
    let program = Command::new(env!("CARGO_BIN_EXE_varde"))
        .args(["demo", "--size", "60", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut country = Country { program, demo: Value::Null };
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(120) {
        if let Ok(bytes) = std::fs::read(data.join("demo.json"))
            && let Ok(demo) = serde_json::from_slice(&bytes)
        {
            country.demo = demo;
            return country;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the demo was not ready in time");
}

struct Response {
    status: u16,
    head: String,
    body: String,
}

impl Response {
    fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(": ").map(|(_, value)| value.trim())
    }
}

/// One request over a socket of its own.
fn ask(method: &str, url: &str, headers: &str, body: &str) -> Response {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let mut stream = TcpStream::connect(authority).unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Response { status, head: head.to_owned(), body: body.to_owned() }
}

/// Follows the redirects of a sign-in with a cookie jar; the header with the cookies.
fn sign_in(portal: &str, url: &str) -> String {
    let mut jar: BTreeMap<String, String> = BTreeMap::new();
    let mut url = url.to_owned();
    for _ in 0..6 {
        let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers =
            if url.starts_with(portal) { format!("cookie: {}\r\n", cookies.join("; ")) } else { String::new() };
        let response = ask("GET", &url, &headers, "");
        for line in response.head.lines().filter(|line| line.to_ascii_lowercase().starts_with("set-cookie:")) {
            let (name, value) = line.split_once(": ").unwrap().1.split(';').next().unwrap().split_once('=').unwrap();
            jar.insert(name.to_owned(), value.to_owned());
        }
        match response.header("location") {
            Some(to) if to.starts_with('/') => url = format!("{portal}{to}"),
            Some(to) => url = to.to_owned(),
            None => return format!("cookie: {}\r\n", cookies.join("; ")),
        }
    }
    panic!("the sign-in does not come to an end");
}

fn check(expected: Answer, response: &Response, what: &str) {
    let location = response.header("location").unwrap_or_default();
    let holds = match expected {
        Open => response.status == 200,
        ToSignIn => response.status == 303 && location.starts_with("/sign-in?next="),
        NeedsToken => response.status == 401 && response.body.contains("OperationOutcome"),
        NotThere => response.status == 404,
        NeedsFormToken => response.status == 412,
        Harmless => matches!(response.status, 303 | 400),
    };
    assert!(holds, "{what}: expected {expected:?}, got {} {location}", response.status);
}

#[test]
fn every_address_refuses_those_who_may_not_ask_for_it() {
    let data = tempfile::tempdir().unwrap();
    let country = start(data.path());
    let text = |path: &str| country.demo.pointer(path).and_then(Value::as_str).unwrap().to_owned();
    let portal = text("/portal");
    let token = format!("authorization: Bearer {}\r\n", text("/tokens/source_system"));
    let others = ask("GET", &format!("{portal}/fhir/Appointment?patient=ingrid-haugen&_count=1"), &token, "");
    let bundle: Value = serde_json::from_str(others.body.trim()).unwrap();
    let id = bundle.pointer("/entry/0/resource/id").and_then(Value::as_str).unwrap();
    let front = ask("GET", &portal, "", "");
    let style = front.body.split('"').find(|part| part.ends_with("style.css")).unwrap();
    let people = country.demo["people"].as_array().unwrap();
    let arne = people.iter().find(|person| person["name"] == "Arne Dahl").unwrap();
    let session = sign_in(&portal, arne["sign_in"].as_str().unwrap());
    for (method, path, nobody, other) in TABLE {
        let real = if path.starts_with("/assets/") {
            style.to_owned()
        } else {
            path.replace("{id}", id).replace("{type}", "Patient").replace("{version}", "1")
        };
        let url = format!("{portal}{real}");
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        let body = if *method == "POST" { "slot=x" } else { "" };
        check(*nobody, &ask(method, &url, form, body), &format!("nobody: {method} {path}"));
        check(*other, &ask(method, &url, &format!("{form}{session}"), body), &format!("another: {method} {path}"));
    }
}
