//! The real program as a process, and requests to it as a person with a browser makes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A running country.
#[derive(Debug)]
pub struct Site {
    child: Child,
    demo: Value,
    /// From the start of the process until it took requests.
    pub ready_after: Duration,
}

/// An answer to one request.
#[derive(Debug)]
pub struct Answer {
    head: String,
    /// Bytes of head and body.
    pub bytes: usize,
}

impl Answer {
    fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |line: &&str| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        self.head.lines().filter(named).filter_map(|line| line.split_once(": ")).map(|(_, value)| value)
    }

    /// The server's own time of the answer, in milliseconds (`Server-Timing`).
    pub fn milliseconds(&self) -> Option<f64> {
        self.headers("server-timing").next()?.split_once("dur=")?.1.parse().ok()
    }
}

impl Site {
    /// Starts `program demo` on a data folder and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start or is not ready within ten minutes.
    pub async fn start(program: &Path, data: &Path, size: usize) -> anyhow::Result<Self> {
        let file: PathBuf = data.join("demo.json");
        // There is one when the folder has been used before.
        let _ = std::fs::remove_file(&file);
        let started = Instant::now();
        let child = Command::new(program)
            .args(["demo", "--no-ehr", "--size", &size.to_string(), "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("starting the program")?;
        while started.elapsed() < Duration::from_secs(600) {
            if let Ok(demo) =
                std::fs::read(&file).map_err(anyhow::Error::from).and_then(|f| Ok(serde_json::from_slice(&f)?))
            {
                return Ok(Self { child, demo, ready_after: started.elapsed() });
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        anyhow::bail!("the program is not ready")
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.pid()?.to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await?;
        self.child.wait().await?;
        Ok(())
    }

    /// The process.
    ///
    /// # Errors
    /// When it has ended.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().context("the program has ended")
    }

    /// The place of a person in `demo.json`, by name.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn person(&self, name: &str) -> anyhow::Result<usize> {
        let people = self.demo.get("people").and_then(Value::as_array).context("people in demo.json")?;
        let is_named = |person: &Value| person.get("name").and_then(Value::as_str) == Some(name);
        people.iter().position(is_named).with_context(|| format!("{name} in demo.json"))
    }

    /// A text in `demo.json`.
    ///
    /// # Errors
    /// When there is none.
    pub fn text(&self, pointer: &str) -> anyhow::Result<&str> {
        self.demo.pointer(pointer).and_then(Value::as_str).with_context(|| format!("{pointer} in demo.json"))
    }

    /// Host and port of the portal.
    ///
    /// # Errors
    /// When `demo.json` does not name it.
    pub fn address(&self) -> anyhow::Result<&str> {
        Ok(self.text("/portal")?.trim_start_matches("http://"))
    }

    /// Follows the redirects of a sign-in; the header line with the cookies.
    ///
    /// # Errors
    /// When it does not come to an end.
    pub async fn sign_in(&self, person: usize) -> anyhow::Result<String> {
        let portal = self.text("/portal")?;
        let mut jar: BTreeMap<String, String> = BTreeMap::new();
        let mut url = self.text(&format!("/people/{person}/sign_in"))?.to_owned();
        for _ in 0..6 {
            let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let header = format!("cookie: {}\r\n", cookies.join("; "));
            let answer = get(&url, if url.starts_with(portal) { &header } else { "" }).await?;
            for cookie in answer.headers("set-cookie") {
                let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
                jar.extend(pair.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
            match answer.headers("location").next() {
                Some(to) if to.starts_with('/') => url = format!("{portal}{to}"),
                Some(to) => url = to.to_owned(),
                None => return Ok(header),
            }
        }
        anyhow::bail!("the sign-in does not come to an end")
    }
}

/// One request on a connection of its own.
///
/// # Errors
/// When no answer comes.
pub async fn get(url: &str, headers: &str) -> anyhow::Result<Answer> {
    let rest = url.strip_prefix("http://").context("an http address")?;
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let mut stream = TcpStream::connect(authority).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let text = String::from_utf8_lossy(&answer);
    let head = text.split("\r\n\r\n").next().context("an answer")?.to_owned();
    Ok(Answer { head, bytes: answer.len() })
}
