//! What happens after a transaction: messages in the outbox become e-mails, text messages, notifications on devices, and notifications to
//! subscribers.
//!
//! A message is handed out for a while, sent, and marked done. If the program dies in between it is handed out again, so that it is
//! sent at least once; its key goes along, so that whoever carries it on can see a second copy for what it is.

mod mail;
mod push;
mod sms;
mod tell;
#[cfg(test)]
mod telling;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio::time::Instant;
use varde_base::Clock;
use varde_services::notify::{Channel, Channels};
use varde_store::{ClaimedMessage, FollowUp, GateError, Store};

use crate::subscriptions::{Handled, Subscriptions};

pub(crate) use mail::MailSender;
pub(crate) use push::PushSender;
pub(crate) use sms::SmsSender;

/// Messages worked on at a time. Each waits for somebody else's server, so there are more of them than processors.
const AT_ONCE: usize = 256;
/// Room for so many is waited for before the outbox is looked into again, but no longer than [`PATIENCE`]: one look hands out many.
const WORTH_A_LOOK: usize = 64;
const PATIENCE: Duration = Duration::from_millis(20);

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
    /// What people are told by; without any of it messages are done at once, and the event list is all there is.
    pub senders: Senders,
    /// How long between two notifications to one person.
    pub apart: Duration,
    /// The portal's address, for links.
    pub public_url: String,
    /// Who is told of what happens.
    pub subscriptions: Arc<Subscriptions>,
}

/// What people are told by.
#[derive(Default)]
pub(crate) struct Senders {
    /// Outgoing mail.
    pub mail: Option<MailSender>,
    /// Text messages.
    pub sms: Option<SmsSender>,
    /// Notifications on devices.
    pub push: Option<PushSender>,
}

impl Senders {
    /// The channels there are.
    pub(crate) fn offered(&self) -> Channels {
        let is_there = |channel: &Channel| match channel {
            Channel::Push => self.push.is_some(),
            Channel::Sms => self.sms.is_some(),
            Channel::Email => self.mail.is_some(),
        };
        Channel::ALL.into_iter().filter(is_there).collect()
    }
}

/// How work on a message ended.
enum Ended {
    /// It is done.
    Done,
    /// It is done, and these come of it.
    Expand(Vec<FollowUp>),
    /// It has come so far, and goes on then.
    Hold(String, Timestamp),
    /// It has come so far, and nothing reaches the person.
    Paper(String),
    /// Another worker has it by now.
    Lost,
}

/// Why a message could not be sent.
#[derive(Debug, thiserror::Error)]
enum SendError {
    /// It will never work: an unknown kind, a recipient who is gone.
    #[error("cannot be sent: {0}")]
    Never(&'static str),
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
        let mut looked = Instant::now();
        loop {
            while working.try_join_next().is_some() {}
            let room = AT_ONCE.saturating_sub(working.len());
            let mut pause = PATIENCE;
            if room >= WORTH_A_LOOK || looked.elapsed() >= PATIENCE {
                let messages = worker.claim(room).await;
                looked = Instant::now();
                pause = if messages.is_empty() { POLL } else { Duration::ZERO };
                for message in messages {
                    let worker = Arc::clone(&worker);
                    working.spawn(async move { worker.handle(&message).await });
                }
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
        let outbox = self.store.outbox();
        let ended = match sent {
            Ok(Ended::Done) => outbox.complete(message).await,
            Ok(Ended::Expand(next)) => outbox.expand(message, next).await,
            Ok(Ended::Hold(payload, until)) => outbox.hold(message, payload, until).await,
            Ok(Ended::Paper(payload)) => {
                tracing::warn!(id = message.id, "nothing reaches a person; a letter is needed");
                match outbox.save(message, payload, LEASE).await {
                    Ok(true) => outbox.dead(message).await,
                    other => other,
                }
            }
            Ok(Ended::Lost) => Ok(false),
            Err(SendError::Never(why)) => {
                tracing::error!(id = message.id, why, "a message was given up");
                outbox.dead(message).await
            }
            Err(error) => {
                tracing::warn!(id = message.id, attempt = message.attempts, %error, "a message will be tried again");
                let at = tell::later(self.clock.now(), backoff(message.attempts));
                outbox.retry_at(message, at).await
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

    async fn send(&self, message: &ClaimedMessage) -> Result<Ended, SendError> {
        if Subscriptions::knows(&message.kind) {
            return match self.subscriptions.handle(message).await {
                Handled::Done => Ok(Ended::Done),
                Handled::Again(why) => Err(SendError::Subscriber(why)),
            };
        }
        if varde_services::is_work(&message.kind) {
            varde_services::work(&self.store, &message.kind, &message.payload, self.clock.now()).await?;
            return Ok(Ended::Done);
        }
        if message.kind == tell::KIND {
            return self.tell(message).await;
        }
        Ok(Ended::Expand(self.follow_ups(message).await?))
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
