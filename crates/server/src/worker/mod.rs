//! What happens after a transaction: messages in the outbox become e-mails and notifications to subscribers.
//!
//! A message is handed out for a while, sent, and marked done. If the program dies in between it is handed out again, so that it is
//! sent at least once; its number is the Message-ID, so that mail systems can see a second copy for what it is.

mod mail;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use varde_base::{Actor, Clock, Language, PatientId, Purpose, SystemActor, SystemRole};
use varde_fhir::json::Limits;
use varde_fhir::view::PatientView;
use varde_fhir::{Parsed, ResourceType};
use varde_services::Notice;
use varde_store::{Access, ClaimedMessage, GateError, Store};

use crate::subscriptions::{Handled, Subscriptions};

pub(crate) use mail::{MailError, MailSender};

/// Messages worked on at a time. Each waits for somebody else's server, so there are more of them than processors.
const AT_ONCE: usize = 32;

/// How long a message is ours before another worker may take it, and how often that is renewed while it is being sent: what a worker that
/// was killed had in hand waits no longer than this.
const LEASE: Duration = Duration::from_secs(15);
const RENEW: Duration = Duration::from_secs(5);

/// How often the outbox is looked into when there is nothing to do.
const POLL: Duration = Duration::from_millis(500);

/// Longest pause before a message is tried again.
const MAX_BACKOFF: SignedDuration = SignedDuration::from_hours(1);

/// Sends what is in the outbox.
pub(crate) struct Worker {
    /// The data.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Outgoing mail; without it messages are done at once, and the event list is all there is.
    pub mail: Option<MailSender>,
    /// The portal's address, for links.
    pub public_url: String,
    /// Who is told of what happens.
    pub subscriptions: Arc<Subscriptions>,
}

/// Why a message could not be sent.
#[derive(Debug, thiserror::Error)]
enum SendError {
    /// It will never work: an unknown kind, a recipient who is gone.
    #[error("cannot be sent: {0}")]
    Never(&'static str),
    /// The mail server did not take it.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// A subscriber did not take it.
    #[error("the subscriber did not take it: {0}")]
    Subscriber(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

impl Worker {
    /// Works until `stop` completes; what is in progress then is finished. A slow receiver holds up nobody but itself.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let worker = Arc::new(self);
        let mut stop = std::pin::pin!(stop);
        let mut working = JoinSet::new();
        loop {
            let messages = worker.claim(AT_ONCE.saturating_sub(working.len())).await;
            let pause = if messages.is_empty() { POLL } else { Duration::ZERO };
            for message in messages {
                let worker = Arc::clone(&worker);
                working.spawn(async move { worker.handle(&message).await });
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                // The next message of the same subject may be waiting for this.
                Some(_) = working.join_next() => {}
                () = &mut stop => break,
            }
        }
        while working.join_next().await.is_some() {}
    }

    /// One look into the outbox, for as many as there is room for.
    async fn claim(&self, room: usize) -> Vec<ClaimedMessage> {
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        if room == 0 {
            return Vec::new();
        }
        self.store.outbox().claim(room, LEASE).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the outbox cannot be read");
            Vec::new()
        })
    }

    async fn handle(&self, message: &ClaimedMessage) {
        let sent = {
            let mut sending = std::pin::pin!(self.send(message));
            loop {
                match tokio::time::timeout(RENEW, sending.as_mut()).await {
                    Ok(sent) => break sent,
                    Err(_) => self.renew(message).await,
                }
            }
        };
        let ended = match sent {
            Ok(()) => self.store.outbox().complete(message).await,
            Err(SendError::Never(why)) => {
                tracing::error!(id = message.id, why, "a message was given up");
                self.store.outbox().dead(message).await
            }
            Err(error) => {
                tracing::warn!(id = message.id, attempt = message.attempts, %error, "a message will be tried again");
                let at = self.clock.now().saturating_add(backoff(message.attempts)).unwrap_or(Timestamp::MAX);
                self.store.outbox().retry_at(message, at).await
            }
        };
        if let Err(error) = ended {
            tracing::warn!(id = message.id, %error, "a message could not be marked; it will come again");
        }
    }

    /// Keeps a message. Should that fail it may be sent twice, which whoever gets it can see by its number.
    async fn renew(&self, message: &ClaimedMessage) {
        if let Err(error) = self.store.outbox().renew(message, LEASE).await {
            tracing::warn!(id = message.id, %error, "a message could not be kept; it may be sent twice");
        }
    }

    async fn send(&self, message: &ClaimedMessage) -> Result<(), SendError> {
        if Subscriptions::knows(&message.kind) {
            return match self.subscriptions.handle(message).await {
                Handled::Done => Ok(()),
                Handled::Again(why) => Err(SendError::Subscriber(why)),
            };
        }
        if varde_services::is_work(&message.kind) {
            return Ok(varde_services::work(&self.store, &message.kind, &message.payload, self.clock.now()).await?);
        }
        let Some(mail) = &self.mail else { return Ok(()) };
        let notice: Notice = serde_json::from_str(&message.payload).map_err(|_| SendError::Never("unknown payload"))?;
        let recipient: PatientId = notice.recipient.parse().map_err(|_| SendError::Never("unknown recipient"))?;
        let Some((address, language)) = self.contact(&recipient).await? else {
            // Without an address the event list is where the person is told.
            return Ok(());
        };
        let text = varde_services::mail_text(&message.kind, language).ok_or(SendError::Never("unknown kind"))?;
        let body = format!("{}\n{}{}\n\n{}\n", text.body, self.public_url, notice.path, text.footer);
        mail.send(&address, &text.subject, &body, &format!("outbox-{}", message.id)).await?;
        Ok(())
    }

    /// The recipient's e-mail address and language.
    async fn contact(&self, recipient: &PatientId) -> Result<Option<(String, Language)>, SendError> {
        let access = Access {
            actor: Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform }),
            purpose: Purpose::PatientRequest,
            // So that the log says on whose behalf.
            acting_for: Some(recipient.clone()),
            interaction: "notice.contact",
        };
        let found = match self.store.as_actor(&access).read(ResourceType::PATIENT, recipient.as_resource_id()).await {
            Ok(found) => found,
            Err(GateError::NotFound | GateError::Gone { .. }) => return Err(SendError::Never("recipient is gone")),
            Err(error) => return Err(error.into()),
        };
        let parsed = Parsed::parse_stored(&found.body, &Limits::default())
            .map_err(|_| SendError::Never("recipient unreadable"))?;
        let person = PatientView::new(&parsed).ok_or(SendError::Never("recipient is no person"))?;
        let language = person.preferred_language().and_then(Language::from_tag).unwrap_or_default();
        Ok(person.email().map(|address| (address.to_owned(), language)))
    }
}

/// 5 s, 10 s, 20 s ... up to an hour.
fn backoff(attempts: u32) -> SignedDuration {
    let seconds = 5_i64.saturating_mul(1_i64 << attempts.saturating_sub(1).min(20));
    SignedDuration::from_secs(seconds).min(MAX_BACKOFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stop_at_an_hour() {
        let seconds: Vec<i64> = [1, 2, 3, 10, 40].into_iter().map(|n| backoff(n).as_secs()).collect();
        assert_eq!(seconds, [5, 10, 20, 2560, 3600]);
    }
}
