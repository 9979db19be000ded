//! What somebody has begun to write and not sent. It is the writer's own until it is sent, so it is no FHIR resource that an office's system,
//! a parent or a proxy could read: it is kept among the values that live for a while, under the writer and the person written for.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use varde_store::{Ephemeral, EphemeralStore, GateError};

use super::model::{Kind, Persons};

/// Kind of the value.
const KIND: &str = "kept-message-drafts";

/// How long a draft is kept after the writer last saved one.
pub(super) const LIFE_DAYS: i64 = 90;

/// Most drafts one person has for another; of more, the one saved longest ago goes. Each form has one, so few people have three.
const MAX_DRAFTS: usize = 40;

/// Which form a draft belongs to: one for each kind of new message, and one for each conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum About {
    /// A new message of this kind ([`Kind::key`]).
    New(String),
    /// An answer in the conversation that began with the message of this id.
    Conversation(String),
}

impl About {
    /// The kind of a new message.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::New(key) => Kind::from_key(key),
            Self::Conversation(_) => None,
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    /// Which form it belongs to.
    pub about: About,
    /// The title; empty for an answer.
    pub topic: String,
    /// What it says.
    pub text: String,
    /// When it was saved.
    pub saved: Timestamp,
}

/// All drafts of one writer for one person, the one saved last first.
pub(super) async fn all(store: &EphemeralStore, persons: Persons<'_>) -> Result<Vec<Draft>, GateError> {
    let Some(found) = store.get(KIND, &key(persons)).await? else { return Ok(Vec::new()) };
    serde_json::from_slice(&found.value).map_err(|_| GateError::Fault)
}

/// The draft of a form.
pub(super) async fn of(
    store: &EphemeralStore,
    persons: Persons<'_>,
    about: &About,
) -> Result<Option<Draft>, GateError> {
    Ok(all(store, persons).await?.into_iter().find(|draft| draft.about == *about))
}

/// Keeps a draft in place of the one the form had.
pub(super) async fn keep(store: &EphemeralStore, persons: Persons<'_>, draft: Draft) -> Result<(), GateError> {
    let mut drafts = all(store, persons).await?;
    drafts.retain(|kept| kept.about != draft.about);
    let now = draft.saved;
    drafts.insert(0, draft);
    drafts.truncate(MAX_DRAFTS);
    put(store, persons, &drafts, now).await
}

/// Forgets the draft of a form. One that is not there is gone already.
pub(super) async fn forget(
    store: &EphemeralStore,
    persons: Persons<'_>,
    about: &About,
    now: Timestamp,
) -> Result<(), GateError> {
    let mut drafts = all(store, persons).await?;
    let before = drafts.len();
    drafts.retain(|kept| kept.about != *about);
    match drafts.len() {
        0 => store.delete(KIND, &key(persons)).await.map(drop),
        after if after == before => Ok(()),
        _ => put(store, persons, &drafts, now).await,
    }
}

async fn put(store: &EphemeralStore, persons: Persons<'_>, drafts: &[Draft], now: Timestamp) -> Result<(), GateError> {
    let value = serde_json::to_vec(drafts).map_err(|_| GateError::Fault)?;
    let expires = now.saturating_add(SignedDuration::from_hours(24 * LIFE_DAYS)).unwrap_or(Timestamp::MAX);
    let owner = persons.by.as_str().to_owned();
    store.put(Ephemeral { kind: KIND.to_owned(), key_hash: key(persons), owner, value, expires }).await
}

/// Where the drafts lie. It holds no secret: it is made of who has signed in, not of anything an address or a form says.
fn key(persons: Persons<'_>) -> Vec<u8> {
    let name = format!("drafts/{}/{}", persons.by, persons.patient);
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).as_bytes().to_vec()
}
