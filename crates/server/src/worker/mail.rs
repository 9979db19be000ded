//! Outgoing mail over SMTP.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use varde_services::notify::Outcome;

/// Longest wait for any answer of the mail server.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Connections that stay open between messages.
const MAX_CONNECTIONS: u32 = 32;
/// The mail server said no for good.
const REFUSED: &str = "refused";

/// Sends mail.
#[derive(Clone)]
pub(crate) struct MailSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a message did not go out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    /// An address is not one.
    #[error("not an e-mail address")]
    Address,
    /// The message cannot be put together.
    #[error("the message cannot be made")]
    Message,
    /// Encryption cannot be set up.
    #[error("TLS cannot be set up")]
    Tls,
    /// The server did not take it. The text holds no address: it may end up in a log.
    #[error("the mail server did not take it ({0})")]
    Server(&'static str),
}

/// What the answer of the mail server means for a notification.
pub(super) fn outcome(sent: Result<(), MailError>) -> Outcome {
    match sent {
        Ok(()) => Outcome::Sent,
        Err(MailError::Address | MailError::Message | MailError::Server(REFUSED)) => Outcome::Refused,
        Err(MailError::Server(_) | MailError::Tls) => Outcome::ForNow,
    }
}

impl MailSender {
    /// A sender through `host`. `starttls` is refused to be left out by the server, never silently dropped.
    ///
    /// # Errors
    /// [`MailError`] when the sender address or TLS cannot be used.
    pub(crate) fn new(host: &str, port: u16, from: &str, starttls: bool) -> Result<Self, MailError> {
        let tls = if starttls {
            Tls::Required(TlsParameters::new(host.to_owned()).map_err(|_| MailError::Tls)?)
        } else {
            Tls::None
        };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(MAX_CONNECTIONS))
            .build();
        Ok(Self { transport, from: from.parse().map_err(|_| MailError::Address)? })
    }

    /// Sends plain text. `key` becomes the Message-ID, so that a message sent twice is known for what it is.
    ///
    /// # Errors
    /// [`MailError::Address`] and [`MailError::Message`] will not pass; [`MailError::Server`] may.
    pub(crate) async fn send(&self, to: &str, subject: &str, text: &str, key: &str) -> Result<(), MailError> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.parse().map_err(|_| MailError::Address)?)
            .subject(subject)
            .message_id(Some(format!("<{key}@{}>", self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|_| MailError::Message)?;
        self.transport.send(message).await.map(drop).map_err(|error| {
            MailError::Server(if error.is_permanent() {
                REFUSED
            } else if error.is_timeout() {
                "no answer in time"
            } else {
                "for now"
            })
        })
    }
}
