//! The SMTP conversation (RFC 5321), with limits on every line, message and wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::mailbox::Mailbox;

/// Longest command line, in bytes, line end included (section 4.5.3.1.4).
const MAX_LINE: u64 = 512;

/// Longest line of a message (section 4.5.3.1.6), generously.
const MAX_DATA_LINE: u64 = 4_096;

/// Largest message, in bytes.
const MAX_MESSAGE: usize = 1 << 20;

/// Most recipients of one message (section 4.5.3.1.8).
const MAX_RECIPIENTS: usize = 100;

/// How long a client may be silent.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Takes connections for ever.
pub(crate) async fn serve(listener: TcpListener, mailbox: Arc<Mailbox>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let mailbox = Arc::clone(&mailbox);
        tokio::spawn(async move {
            // A client that breaks off loses its own message only.
            let _ = converse(stream, &mailbox).await;
        });
    }
}

#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(stream: S, mailbox: &Mailbox) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    reply(&mut stream, "220 mail.example.test ESMTP, nothing is sent on").await?;
    let mut envelope = Envelope::default();
    loop {
        let Some(line) = read_line(&mut stream, MAX_LINE).await? else { return Ok(()) };
        let line = String::from_utf8_lossy(&line).into_owned();
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                let lines = format!("250-mail.example.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {MAX_MESSAGE}");
                reply(&mut stream, &lines).await?;
            }
            "HELO" => reply(&mut stream, "250 mail.example.test").await?,
            "NOOP" => reply(&mut stream, "250 OK").await?,
            "RSET" => {
                envelope = Envelope::default();
                reply(&mut stream, "250 OK").await?;
            }
            "QUIT" => return reply(&mut stream, "221 Bye").await,
            "DATA" => data(&mut stream, &mut envelope, mailbox).await?,
            "MAIL" | "RCPT" => {
                let answer = address_command(&mut envelope, verb, rest);
                reply(&mut stream, answer).await?;
            }
            _ => reply(&mut stream, "502 Command not implemented").await?,
        }
    }
}

/// MAIL FROM and RCPT TO.
fn address_command(envelope: &mut Envelope, verb: &str, rest: &str) -> &'static str {
    let is_mail = verb.eq_ignore_ascii_case("MAIL");
    let keyword = if is_mail { "FROM:" } else { "TO:" };
    let Some(path) = rest.get(..keyword.len()).filter(|k| k.eq_ignore_ascii_case(keyword)) else {
        return "501 Syntax error in parameters";
    };
    let path = rest.get(path.len()..).unwrap_or_default().trim_start();
    let Some((address, _)) = path.strip_prefix('<').and_then(|p| p.split_once('>')) else {
        return "501 Syntax error in parameters";
    };
    match (is_mail, &envelope.from) {
        (true, None) => {
            envelope.from = Some(address.to_owned());
            "250 OK"
        }
        (true, Some(_)) | (false, None) => "503 Bad sequence of commands",
        (false, Some(_)) if address.is_empty() => "501 Syntax error in parameters",
        (false, Some(_)) if envelope.to.len() >= MAX_RECIPIENTS => "452 Too many recipients",
        (false, Some(_)) => {
            envelope.to.push(address.to_owned());
            "250 OK"
        }
    }
}

async fn data<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    envelope: &mut Envelope,
    mailbox: &Mailbox,
) -> std::io::Result<()> {
    if envelope.to.is_empty() {
        return reply(stream, "503 Bad sequence of commands").await;
    }
    reply(stream, "354 End with a line that holds only a full stop").await?;
    let mut message = Vec::new();
    let mut too_large = false;
    loop {
        let line = read_line(stream, MAX_DATA_LINE).await?;
        let Some(line) = line else { return Err(std::io::ErrorKind::UnexpectedEof.into()) };
        if line == b"." {
            break;
        }
        // Dot-stuffing (section 4.5.2).
        let line = line.strip_prefix(b".").unwrap_or(&line);
        too_large |= message.len() + line.len() + 2 > MAX_MESSAGE;
        if !too_large {
            message.extend_from_slice(line);
            message.extend_from_slice(b"\r\n");
        }
    }
    let Envelope { from, to } = std::mem::take(envelope);
    if too_large {
        return reply(stream, "552 Message exceeds the size limit").await;
    }
    mailbox.put(from.unwrap_or_default(), to, &message);
    reply(stream, "250 OK, kept").await
}

/// One line without its end; `None` at the end of the connection. A line over the limit ends the connection.
async fn read_line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut limited = stream.take(limit);
    let read = tokio::time::timeout(TIMEOUT, limited.read_until(b'\n', &mut line));
    let count = read.await.map_err(|_| std::io::ErrorKind::TimedOut)??;
    if count == 0 {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}

async fn reply<S: AsyncWrite + Unpin>(stream: &mut S, line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn talk(lines: &str) -> (String, Mailbox) {
        let mailbox = Mailbox::default();
        let (mut client, server) = tokio::io::duplex(1 << 16);
        client.write_all(lines.as_bytes()).await.unwrap();
        client.shutdown().await.unwrap();
        let _ = converse(server, &mailbox).await;
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        (answer, mailbox)
    }

    #[tokio::test]
    async fn a_message_is_kept_decoded_and_unstuffed() {
        let (answer, mailbox) = talk(
            "EHLO x\r\nMAIL FROM:<a@example.test> SIZE=10\r\nRCPT TO:<b@example.test>\r\nDATA\r\n\
             Subject: =?utf-8?B?VGltZW4gZXIgYmVzdGlsdCDDqMOm?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n..hei\r\n.\r\nQUIT\r\n",
        )
        .await;
        assert!(answer.ends_with("250 OK, kept\r\n221 Bye\r\n"), "{answer}");
        let message = mailbox.messages(Some("B@example.test")).remove(0);
        assert_eq!((message.subject.as_str(), message.text.trim()), ("Timen er bestilt èæ", ".hei"));
        assert!(mailbox.messages(Some("c@example.test")).is_empty());
    }

    #[tokio::test]
    async fn what_is_out_of_order_or_unknown_is_refused_and_the_talk_goes_on() {
        for (lines, expected) in [
            ("DATA\r\n", "503"),
            ("RCPT TO:<a@x>\r\n", "503"),
            ("MAIL FROM:a@x\r\n", "501"),
            ("MAIL TO:<a@x>\r\n", "501"),
            ("MAIL FROM:<a@x>\r\nMAIL FROM:<a@x>\r\n", "503"),
            ("VRFY a\r\n", "502"),
            ("MAIL FROM:<>\r\nRCPT TO:<>\r\n", "501"),
        ] {
            let (answer, _) = talk(&format!("{lines}NOOP\r\n")).await;
            let mut replies = answer.lines().rev();
            assert_eq!(replies.next(), Some("250 OK"));
            assert!(replies.next().unwrap().starts_with(expected), "{lines} {answer}");
        }
    }

    #[tokio::test]
    async fn a_line_or_message_over_the_limit_is_not_kept() {
        let (answer, _) = talk(&"x".repeat(600)).await;
        assert_eq!(answer.lines().count(), 1, "the connection ends after the greeting");
        let head = "MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n";
        let body = format!("{}\r\n", "y".repeat(4_000)).repeat(300);
        let mailbox = Mailbox::default();
        let (mut client, server) = tokio::io::duplex(4 << 20);
        client.write_all(format!("{head}{body}.\r\nQUIT\r\n").as_bytes()).await.unwrap();
        converse(server, &mailbox).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("552") && mailbox.messages(None).is_empty());
    }
}
