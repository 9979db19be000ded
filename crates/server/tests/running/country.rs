//! The demo as a process of its own, and plain requests to it.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A running country, stopped when dropped.
pub(crate) struct Country {
    program: Child,
    pub(crate) demo: Value,
}

impl Drop for Country {
    fn drop(&mut self) {
        // It may have stopped by itself; then there is nothing to do.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Country {
    /// Starts the demo on a data folder and waits until it is ready.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// As [`Country::start`], with more said on the command line. Nobody answers what people ask unless it is said how fast.
    pub(crate) fn start_with(data: &Path, more: &[&str]) -> Self {
        let file = data.join("demo.json");
        // One of an earlier start on this folder would be taken for this one's.
        let _ = std::fs::remove_file(&file);
        let program = Command::new(env!("CARGO_BIN_EXE_varde"))
            .args(["demo", "--size", "60", "--data"])
            .arg(data)
            .args(more)
            .args((!more.contains(&"--ehr-speed")).then_some("--no-ehr"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut country = Self { program, demo: Value::Null };
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(120) {
            if let Ok(bytes) = std::fs::read(&file)
                && let Ok(demo) = serde_json::from_slice(&bytes)
            {
                country.demo = demo;
                return country;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the demo was not ready in time");
    }

    /// SIGKILL: nothing is put in order first.
    pub(crate) fn kill(mut self) {
        self.program.kill().unwrap();
        self.program.wait().unwrap();
    }

    /// A text in `demo.json`.
    pub(crate) fn text(&self, path: &str) -> String {
        self.demo.pointer(path).and_then(Value::as_str).unwrap().to_owned()
    }

    /// The header of a source system.
    pub(crate) fn source_system(&self) -> String {
        format!("authorization: Bearer {}\r\n", self.text("/tokens/source_system"))
    }

    /// Where one goes to be signed in as a person.
    pub(crate) fn sign_in_address(&self, name: &str) -> String {
        let people = self.demo["people"].as_array().unwrap();
        let person = people.iter().find(|person| person["name"] == name).unwrap();
        person["sign_in"].as_str().unwrap().to_owned()
    }

    /// Everything a search finds, page by page.
    pub(crate) fn search(&self, query: &str) -> Vec<Value> {
        let (mut found, mut next) = (Vec::new(), Some(format!("{}/{query}", self.text("/fhir"))));
        while let Some(url) = next {
            let answer = ask("GET", &url, &self.source_system(), "");
            assert_eq!(answer.status, 200, "{}", answer.body);
            let bundle: Value = serde_json::from_str(&answer.body).unwrap();
            let entries = bundle["entry"].as_array().into_iter().flatten();
            found.extend(entries.map(|entry| entry["resource"].clone()));
            let link = bundle["link"].as_array().unwrap().iter().find(|link| link["relation"] == "next");
            next = link.map(|link| link["url"].as_str().unwrap().to_owned());
        }
        found
    }
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(": ").map(|(_, value)| value.trim())
    }
}

/// One request over a socket of its own.
pub(crate) fn ask(method: &str, url: &str, headers: &str, body: &str) -> Response {
    try_ask(method, url, headers, body).unwrap_or_else(|| panic!("no answer from {url}"))
}

/// As [`ask`]; `None` when no whole answer came back.
pub(crate) fn try_ask(method: &str, url: &str, headers: &str, body: &str) -> Option<Response> {
    let rest = url.strip_prefix("http://")?;
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let mut stream = TcpStream::connect(authority).ok()?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Response { status, head: head.to_owned(), body: body.to_owned() })
}

/// Follows the redirects of a sign-in with a cookie jar; the header with the cookies.
pub(crate) fn sign_in(portal: &str, url: &str) -> String {
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
