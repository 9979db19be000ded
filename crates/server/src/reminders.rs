//! Reminders of appointments: every so often it is looked what begins as many days from now as the configuration says.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use varde_base::Clock;
use varde_services::remind_of_appointments;
use varde_store::{Ephemeral, GateError, Store};

/// How often it is looked.
const ASK: Duration = Duration::from_secs(5 * 60);
/// How far back is looked after a standstill: what should have been said longer ago is said no more.
const BACK: SignedDuration = SignedDuration::from_hours(12);
/// Where the moment is kept until which it has been looked.
const KIND: &str = "appointment-reminders";
const KEY: &[u8] = b"until";

/// Lays down what is to be said, until `stop` completes. Each reminder is laid down once, however many processes look.
pub(crate) async fn remind(store: Store, clock: Arc<dyn Clock>, days: Vec<u8>, stop: impl Future<Output = ()>) {
    let work = async {
        loop {
            if let Err(error) = look(&store, &days, clock.now()).await {
                tracing::warn!(%error, "it could not be looked whom to remind; it is tried again");
            }
            tokio::time::sleep(ASK).await;
        }
    };
    tokio::select! {
        () = work => {}
        () = stop => {}
    }
}

/// Looks from where it was looked last. The first time in an installation begins now.
async fn look(store: &Store, days: &[u8], now: Timestamp) -> Result<(), GateError> {
    let last = store.ephemeral().get(KIND, KEY).await?;
    let last = last.and_then(|kept| String::from_utf8(kept.value).ok()).and_then(|at| at.parse::<Timestamp>().ok());
    let earliest = now.saturating_sub(BACK).unwrap_or(now);
    let from = last.unwrap_or(now).max(earliest);
    if from < now {
        let count = remind_of_appointments(store, days, from, now).await?;
        tracing::debug!(count, "reminders were laid down");
    }
    let expires = now.saturating_add(SignedDuration::from_hours(24 * 60)).unwrap_or(Timestamp::MAX);
    let value = now.to_string().into_bytes();
    let kept = Ephemeral { kind: KIND.to_owned(), key_hash: KEY.to_vec(), owner: String::new(), value, expires };
    store.ephemeral().put(kept).await
}
