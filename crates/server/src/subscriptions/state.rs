//! What is known of a subscription beside its resource: whose it is, how many events there were, and the last of them.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use varde_base::ResourceId;
use varde_store::{Ephemeral, GateError};

use super::Subscriptions;
use crate::program::Program;

const KIND: &str = "subscription";
/// Events kept for those who ask again.
const MAX_EVENTS: usize = 256;
/// Kept so long after the last change.
const KEEP: SignedDuration = SignedDuration::from_hours(24 * 365 * 5);

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Created,
    Updated,
    Deleted,
}

/// An event that has a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    pub(crate) resource_type: String,
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) kind: Kind,
}

/// What outlives the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Who wrote the Subscription last: events are decided upon for them.
    pub(crate) owner: Program,
    /// The version of the Subscription that has been looked at and holds.
    #[serde(default)]
    pub(super) version: u64,
    /// Events so far.
    pub(crate) count: u64,
    /// The message the last event came by, so that one that is handed out again keeps its number.
    pub(super) last_message: u64,
    /// The last events, oldest first.
    pub(crate) events: VecDeque<Event>,
}

impl State {
    pub(super) fn new(owner: Program) -> Self {
        Self { owner, version: 0, count: 0, last_message: 0, events: VecDeque::new() }
    }

    /// Gives an event its number.
    pub(super) fn push(&mut self, message: u64, mut event: Event) -> Event {
        self.count += 1;
        self.last_message = message;
        event.number = self.count;
        self.events.push_back(event.clone());
        if self.events.len() > MAX_EVENTS {
            self.events.pop_front();
        }
        event
    }
}

fn key(id: &ResourceId) -> Vec<u8> {
    Sha256::digest(id.as_str()).to_vec()
}

impl Subscriptions {
    /// What is known of a subscription; `None` when nothing is.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) async fn state(&self, id: &ResourceId) -> Result<Option<State>, GateError> {
        let kept = self.store.ephemeral().get(KIND, &key(id)).await?;
        Ok(kept.and_then(|kept| serde_json::from_slice(&kept.value).ok()))
    }

    pub(super) async fn keep(&self, id: &ResourceId, state: &State) -> Result<(), GateError> {
        let value = serde_json::to_vec(state).map_err(|_| GateError::Fault)?;
        let expires = self.clock.now().saturating_add(KEEP).unwrap_or(Timestamp::MAX);
        let owner = state.owner.name().to_owned();
        self.store.ephemeral().put(Ephemeral { kind: KIND.to_owned(), key_hash: key(id), owner, value, expires }).await
    }

    pub(super) async fn forget(&self, id: &ResourceId) -> Result<(), GateError> {
        self.store.ephemeral().delete(KIND, &key(id)).await.map(drop)
    }
}
