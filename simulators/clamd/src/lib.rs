//! A virus scanner that knows one virus, which is none: the test string of EICAR, that every scanner finds. It speaks as much of clamd's protocol
//! (clamd(8)) as one needs who hands in files: `zPING`, `zVERSION` and `zINSTREAM`, each in the form with a NUL at the end.
//!
//! A program of its own: the product reaches it over its socket alone.

use std::io::Write as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use varde_simulator_common::stop;

/// Largest stream taken, in bytes; clamd's own `StreamMaxLength` is as much.
const STREAM_MAX_BYTES: usize = 25 << 20;

/// Longest command, in bytes.
const COMMAND_MAX_BYTES: usize = 64;

/// How long one who hands in a file may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The test string. It stands here in two parts, so that no scanner takes this file for what it looks for.
pub fn eicar() -> Vec<u8> {
    [&b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"[..], b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

/// Serves on `port` (a free one if 0) until told to stop, after one line of JSON on standard output that says where. `with_stdin`: stop when
/// standard input ends, so that no scanner outlives the box it belongs to.
///
/// # Errors
/// When the port is taken or standard output is closed.
pub async fn run(port: u16, with_stdin: bool) -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let line = serde_json::json!({ "address": listener.local_addr()?.to_string() });
    writeln!(std::io::stdout(), "{line}")?;
    tokio::select! {
        () = serve(listener) => {}
        () = stop(with_stdin) => {}
    }
    Ok(())
}

/// Serves whoever comes, each by itself.
pub async fn serve(listener: TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        // One that hangs up in the middle of a word gets no answer.
        tokio::spawn(async move { drop(tokio::time::timeout(PATIENCE, answer(stream)).await) });
    }
}

async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut command = Vec::new();
    loop {
        match stream.read_u8().await? {
            0 => break,
            _ if command.len() >= COMMAND_MAX_BYTES => break,
            byte => command.push(byte),
        }
    }
    let words: &[u8] = match &command[..] {
        b"zPING" => b"PONG\0",
        b"zVERSION" => b"ClamAV 0.0.0 (Varde simulator)\0",
        b"zINSTREAM" => verdict(&mut stream).await?,
        _ => b"UNKNOWN COMMAND\0",
    };
    stream.write_all(words).await?;
    stream.shutdown().await
}

/// Reads pieces until one of no length, and says what is in them together.
async fn verdict(stream: &mut TcpStream) -> std::io::Result<&'static [u8]> {
    let mut bytes = Vec::new();
    loop {
        let length = usize::try_from(stream.read_u32().await?).unwrap_or(usize::MAX);
        if length == 0 {
            break;
        }
        if bytes.len().saturating_add(length) > STREAM_MAX_BYTES {
            return Ok(b"INSTREAM size limit exceeded. ERROR\0");
        }
        let begun = bytes.len();
        bytes.resize(begun + length, 0);
        stream.read_exact(bytes.get_mut(begun..).unwrap_or_default()).await?;
    }
    let wanted = eicar();
    let found = bytes.windows(wanted.len()).any(|window| window == wanted);
    Ok(if found { b"stream: Eicar-Test-Signature FOUND\0" } else { b"stream: OK\0" })
}
