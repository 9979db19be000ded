use jiff::{SignedDuration, Timestamp};
use varde_base::PatientId;
use varde_store::{Ephemeral, GateError, Store};

/// How long a person's settings are kept after they were last used.
const KEPT: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

/// A few bytes of a person's own about their pages, of one kind. They belong to the one who has signed in and are no part of the record: they
/// are kept beside the sessions and not among the resources, so that nobody who acts for the person or treats them finds them there, and what is
/// deleted is gone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept(pub &'static str);

impl Kept {
    /// What is kept; its end is moved when half of its time is gone.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) async fn get(
        self,
        store: &Store,
        patient: &PatientId,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, GateError> {
        let key = patient.as_str().as_bytes();
        let Some(kept) = store.ephemeral().get(self.0, key).await? else { return Ok(None) };
        if kept.expires.duration_since(now) < KEPT / 2 {
            store.ephemeral().touch(self.0, key, end(now)).await?;
        }
        Ok(Some(kept.value))
    }

    /// Puts or replaces it.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) async fn put(
        self,
        store: &Store,
        patient: &PatientId,
        value: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), GateError> {
        let (kind, owner) = (self.0.to_owned(), patient.to_string());
        let key_hash = owner.as_bytes().to_vec();
        store.ephemeral().put(Ephemeral { kind, key_hash, owner, value, expires: end(now) }).await
    }

    /// Deletes it for good.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) async fn delete(self, store: &Store, patient: &PatientId) -> Result<(), GateError> {
        store.ephemeral().delete(self.0, patient.as_str().as_bytes()).await.map(drop)
    }
}

fn end(now: Timestamp) -> Timestamp {
    now.saturating_add(KEPT).unwrap_or(now)
}
