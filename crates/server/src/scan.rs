//! Looking for harmful code in files people send, by clamd's protocol over TCP (clamd(8), `INSTREAM`): the command, the file in pieces that each have
//! their length before them, a piece of no length, and the answer: `stream: OK` or `stream: (what) FOUND`.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use varde_services::{FileScan, Verdict};

use crate::config::VirusScan;

/// The command in its form with a NUL at the end, which the answer has too.
const COMMAND: &[u8] = b"zINSTREAM\0";

/// Bytes of a piece.
const PIECE_BYTES: usize = 64 << 10;

/// Longest answer that is read, in bytes: the name of what was found is far shorter.
const ANSWER_MAX_BYTES: u64 = 1 << 10;

/// A clamd somewhere.
pub(crate) struct Clamd {
    address: String,
    time: Duration,
}

impl Clamd {
    /// The one that is configured.
    pub(crate) fn new(VirusScan { address, seconds }: VirusScan) -> Self {
        Self { address, time: Duration::from_secs(seconds) }
    }

    async fn ask(&self, bytes: &[u8]) -> std::io::Result<Verdict> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let (mut answers, mut pieces) = stream.split();
        let sent = send(&mut pieces, bytes).await;
        // One that has had enough says why and closes, which the sender sees as a failure.
        let answer = read(&mut answers).await;
        let verdict = verdict(answer.as_deref().unwrap_or_default());
        if verdict == Verdict::Unknown {
            sent?;
            tracing::warn!(answer = answer?.escape_ascii().to_string(), "clamd gave an answer that says nothing");
        }
        Ok(verdict)
    }
}

impl FileScan for Clamd {
    fn scan<'a>(&'a self, bytes: &'a [u8]) -> BoxFuture<'a, Verdict> {
        async move {
            match tokio::time::timeout(self.time, self.ask(bytes)).await {
                Ok(Ok(verdict)) => verdict,
                Ok(Err(error)) => {
                    tracing::error!(%error, "clamd cannot be asked; files are refused");
                    Verdict::Unknown
                }
                Err(_) => {
                    tracing::error!(seconds = self.time.as_secs(), "clamd does not answer; files are refused");
                    Verdict::Unknown
                }
            }
        }
        .boxed()
    }
}

async fn send(stream: &mut (impl tokio::io::AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(COMMAND).await?;
    for piece in bytes.chunks(PIECE_BYTES) {
        let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(piece).await?;
    }
    stream.write_all(&0_u32.to_be_bytes()).await?;
    stream.flush().await
}

/// The answer, to the NUL or the end.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut stream = stream.take(ANSWER_MAX_BYTES);
    let mut answer = Vec::new();
    let mut piece = [0; 256];
    loop {
        let count = stream.read(&mut piece).await?;
        let piece = piece.get(..count).unwrap_or_default();
        if let Some(end) = piece.iter().position(|byte| *byte == 0) {
            answer.extend_from_slice(piece.get(..end).unwrap_or_default());
            return Ok(answer);
        }
        if piece.is_empty() {
            return Ok(answer);
        }
        answer.extend_from_slice(piece);
    }
}

/// What an answer says. Anything but the two sentences says nothing, so that no file is taken by mistake.
fn verdict(answer: &[u8]) -> Verdict {
    match std::str::from_utf8(answer).map(str::trim_end) {
        Ok("stream: OK") => Verdict::Clean,
        Ok(found) if found.starts_with("stream: ") && found.ends_with(" FOUND") => Verdict::Harmful,
        _ => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::net::TcpListener;

    use super::*;

    /// A server that reads a whole request and answers with `answer`, or reads only `patience` bytes of it.
    async fn server(answer: &'static [u8], patience: Option<usize>) -> Clamd {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            match patience {
                Some(bytes) => drop(stream.read_exact(&mut vec![0; bytes]).await),
                None => drop(read_request(&mut stream).await),
            }
            if answer == b"silence" {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            let _ = stream.write_all(answer).await;
        });
        Clamd { address, time: Duration::from_secs(2) }
    }

    async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
        let mut command = [0; 10];
        stream.read_exact(&mut command).await.unwrap();
        assert_eq!(command, COMMAND);
        let mut bytes = Vec::new();
        loop {
            let length = stream.read_u32().await.unwrap();
            if length == 0 {
                return bytes;
            }
            let mut piece = vec![0; length as usize];
            stream.read_exact(&mut piece).await.unwrap();
            bytes.extend(piece);
        }
    }

    #[tokio::test]
    async fn what_is_sent_is_the_file_in_pieces_with_their_lengths() {
        for size in [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES] {
            let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let mut sent = Vec::new();
            send(&mut sent, &bytes).await.unwrap();
            assert_eq!(read_request(&mut &sent[..]).await, bytes, "{size}");
        }
        let mut sent = Vec::new();
        send(&mut sent, b"abc").await.unwrap();
        assert_eq!(sent, b"zINSTREAM\0\0\0\0\x03abc\0\0\0\0");
    }

    #[tokio::test]
    async fn only_the_two_sentences_are_believed() {
        for (answer, expected) in [
            (&b"stream: OK\0"[..], Verdict::Clean),
            (b"stream: OK", Verdict::Clean),
            (b"stream: OK\n", Verdict::Clean),
            (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Verdict::Harmful),
            (b"stream: OK\0stream: X FOUND\0", Verdict::Clean),
            (b"INSTREAM size limit exceeded. ERROR\0", Verdict::Unknown),
            (b"stream: Can't allocate memory ERROR\0", Verdict::Unknown),
            (b"UNKNOWN COMMAND\0", Verdict::Unknown),
            (b"OK\0", Verdict::Unknown),
            (b"stream: ok\0", Verdict::Unknown),
            (b"FOUND", Verdict::Unknown),
            (b"\xff\xfe\0", Verdict::Unknown),
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", Verdict::Unknown),
            (b"", Verdict::Unknown),
        ] {
            let clamd = server(answer, None).await;
            assert_eq!(clamd.scan(b"a file").await, expected, "{}", answer.escape_ascii());
        }
    }

    #[tokio::test]
    async fn one_that_is_not_there_says_nothing_hangs_up_or_never_ends_is_not_waited_for() {
        let began = Instant::now();
        let silent = server(b"silence", None).await;
        assert_eq!(silent.scan(b"a file").await, Verdict::Unknown);
        assert!(began.elapsed() < Duration::from_secs(10));
        let hangs_up = server(b"", Some(3)).await;
        assert_eq!(hangs_up.scan(&vec![7; 4 << 20]).await, Verdict::Unknown);
        static ENDLESS: [u8; 100_000] = [b'x'; 100_000];
        assert_eq!(server(&ENDLESS, None).await.scan(b"a file").await, Verdict::Unknown);
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
        let nobody = Clamd { address: nobody, time: Duration::from_secs(2) };
        assert_eq!(nobody.scan(b"a file").await, Verdict::Unknown);
    }

    #[cfg(feature = "demo")]
    #[tokio::test]
    async fn the_simulated_clamd_finds_the_test_string_wherever_it_lies() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(varde_simulator_clamd::serve(listener));
        let clamd = Clamd { address, time: Duration::from_secs(5) };
        let test_string = varde_simulator_clamd::eicar();
        for before in [0, 1, PIECE_BYTES - 10, 2 * PIECE_BYTES - 1] {
            let bytes = [&vec![b'x'; before][..], &test_string, b"after"].concat();
            assert_eq!(clamd.scan(&bytes).await, Verdict::Harmful, "{before}");
        }
        assert_eq!(clamd.scan(&vec![b'x'; 5 << 20]).await, Verdict::Clean);
        assert_eq!(clamd.scan(&test_string[..test_string.len() - 1]).await, Verdict::Clean);
    }
}
