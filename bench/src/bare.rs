//! A handler that does nothing but answer with the same bytes: what the machine, the HTTP library and the load generator cost by themselves.

use std::io::Read as _;
use std::process::Stdio;

use anyhow::Context as _;
use axum::Router;
use axum::http::header;
use axum::routing::get;
use bytes::Bytes;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// The argument that makes a bench program serve as the handler.
pub const ARGUMENT: &str = "--bare";

/// The handler as a process of its own.
#[derive(Debug)]
pub struct Bare {
    // Ends with this.
    _child: Child,
    /// Host and port.
    pub address: String,
}

impl Bare {
    /// Starts this program anew as a handler that answers with `body`.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(body: &[u8]) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        child.stdin.take().context("its input")?.write_all(body).await?;
        let said = BufReader::new(child.stdout.take().context("its output")?).lines().next_line().await?;
        Ok(Self { _child: child, address: said.context("it says nothing")? })
    }
}

/// Serves the bytes on standard input from memory, and says where.
///
/// # Errors
/// When it cannot listen.
#[expect(clippy::print_stdout, reason = "who started this reads the address on standard output")]
pub async fn serve() -> anyhow::Result<()> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body)?;
    let body = Bytes::from(body);
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/fhir+json")], body) };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/", get(answer))).await?;
    Ok(())
}

/// The body of an answer.
///
/// # Errors
/// When it is not 200.
pub async fn body(address: &str, path: &str, headers: &str) -> anyhow::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").context("an answer")?;
    anyhow::ensure!(answer.starts_with(b"HTTP/1.1 200"), "{path}: {}", String::from_utf8_lossy(&answer));
    Ok(answer.split_off(head + 4))
}
