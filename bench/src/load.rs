//! A closed-loop HTTP/1.1 load generator: each connection sends a request when it has the whole answer to the one before.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What is asked for, and of whom.
#[derive(Debug)]
pub struct Target {
    /// Host and port.
    pub address: String,
    /// Header lines that go with every request, each ended by a line break.
    pub headers: String,
    /// Paths, taken in turn.
    pub paths: Vec<String>,
    /// Bodies of FHIR JSON, taken in turn and posted; when there is none, the paths are read.
    pub bodies: Vec<String>,
}

impl Target {
    /// The bytes of a request.
    fn request(&self, turn: usize) -> anyhow::Result<Vec<u8>> {
        let path = self.paths.get(turn % self.paths.len()).context("no path")?;
        let Self { address, headers, .. } = self;
        Ok(match self.bodies.get(turn % self.bodies.len().max(1)) {
            None => format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n"),
            Some(body) => format!(
                "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/fhir+json\r\ncontent-length: {}\r\n\
                 {headers}\r\n{body}",
                body.len()
            ),
        }
        .into_bytes())
    }
}

/// Answers a second, after a warm-up of one second.
///
/// # Errors
/// When the server cannot be reached or answers anything but 200.
pub async fn run(target: Target, connections: usize, length: Duration) -> anyhow::Result<f64> {
    let target = Arc::new(target);
    let count = Arc::new(AtomicU64::new(0));
    let warm_up = Duration::from_secs(1);
    let end = Instant::now() + warm_up + length;
    let tasks: Vec<_> = (0..connections)
        .map(|connection| {
            let (target, count) = (Arc::clone(&target), Arc::clone(&count));
            tokio::spawn(async move { one(&target, connection, &count, end).await })
        })
        .collect();
    tokio::time::sleep(warm_up).await;
    let (before, started) = (count.load(Ordering::Relaxed), Instant::now());
    tokio::time::sleep(length).await;
    let answers = count.load(Ordering::Relaxed) - before;
    let rate = answers as f64 / started.elapsed().as_secs_f64();
    for task in tasks {
        task.await??;
    }
    Ok(rate)
}

async fn one(target: &Target, connection: usize, count: &AtomicU64, end: Instant) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(&target.address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 64 << 10];
    // Each connection takes its own way through the paths.
    let mut turn = connection.wrapping_mul(7_919);
    while Instant::now() < end {
        turn = turn.wrapping_add(104_729);
        stream.write_all(&target.request(turn)?).await?;
        answer(&mut stream, &mut buffer).await?;
        count.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Reads one answer with a `content-length`.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<()> {
    let (mut filled, mut whole) = (0, None);
    loop {
        if filled == buffer.len() {
            buffer.resize(buffer.len() * 2, 0);
        }
        let length = stream.read(buffer.get_mut(filled..).unwrap_or_default()).await?;
        anyhow::ensure!(length > 0, "the server closed the connection");
        filled += length;
        let seen = buffer.get(..filled).unwrap_or_default();
        if whole.is_none()
            && let Some(head) = seen.windows(4).position(|window| window == b"\r\n\r\n")
        {
            let text = std::str::from_utf8(seen.get(..head).unwrap_or_default())?;
            anyhow::ensure!(text.starts_with("HTTP/1.1 200"), "{}", text.lines().next().unwrap_or_default());
            let field = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            whole = Some(head + 4 + field.context("no content-length")?.parse::<usize>()?);
        }
        if whole.is_some_and(|whole| filled >= whole) {
            return Ok(());
        }
    }
}
