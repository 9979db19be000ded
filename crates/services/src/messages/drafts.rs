//! What somebody has begun to write and not sent. It is the writer's own until it is sent, so it is no FHIR resource that an office's system,
//! a parent or a proxy could read: it is kept among the values that live for a while, under the writer and the person written for.
//!
//! A draft has an id and a version, which the form carries. Who saves what somebody else, or they themselves in another window, has changed since the form
//! was opened gets a draft of their own beside it, so that nothing that was written is lost.

mod parts;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use varde_base::ResourceId;
use varde_store::{Ephemeral, EphemeralStore, GateError};

use super::files::{DRAFTS_MAX_BYTES, FileError, FileKind, MAX_FILES, TOTAL_MAX_BYTES};
use super::model::{Kind, Persons};

pub(super) use parts::{forget as forget_file, get as bytes_of, keep as keep_bytes};

/// Kind of the value.
const KIND: &str = "kept-message-drafts";

/// How long a draft is kept after the writer last saved one.
pub(super) const LIFE_DAYS: i64 = 90;

/// Most drafts one person has for another; of more, the one saved longest ago goes. Each form has one, so few people have three.
const MAX_DRAFTS: usize = 40;

/// Most times a change is tried when others change the drafts at the same moment: as many windows as one person has.
const MAX_TRIES: usize = 20;

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

    /// The page of the form.
    pub(super) fn path(&self) -> String {
        match self {
            Self::New(key) => format!("/messages/write/{key}"),
            Self::Conversation(root) => format!("/messages/{root}"),
        }
    }
}

/// A file that goes with a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DraftFile {
    /// Its id.
    pub id: String,
    /// Its name, cleaned.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// How many bytes.
    pub bytes: usize,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    /// Its id; empty of one that an older build has kept, of which each form had one.
    #[serde(default)]
    pub id: String,
    /// How often it was saved.
    #[serde(default)]
    pub version: u64,
    /// Which form it belongs to.
    pub about: About,
    /// The title; empty for an answer.
    pub topic: String,
    /// What it says.
    pub text: String,
    /// Files that go with it.
    #[serde(default)]
    pub files: Vec<DraftFile>,
    /// When it was saved.
    pub saved: Timestamp,
}

impl Draft {
    /// The form's page with this draft in it.
    pub(super) fn href(&self) -> String {
        format!("{}?draft={}", self.about.path(), self.id)
    }

    /// What a form with this draft in it says of it.
    pub(super) fn held(&self) -> Held {
        Held { id: self.id.clone(), version: self.version }
    }
}

/// Which draft a form was filled in from; none when its id is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Held {
    /// [`Draft::id`].
    pub id: String,
    /// [`Draft::version`].
    pub version: u64,
}

/// How the draft a form was filled in from stands now.
#[derive(Debug)]
pub(super) enum Standing {
    /// It was filled in from none.
    None,
    /// As it was.
    Same(Draft),
    /// It has been saved elsewhere since.
    Changed(Draft),
    /// It has been sent or thrown away elsewhere.
    Gone,
}

/// What is saved.
#[derive(Debug, Clone)]
pub(super) struct Content {
    /// Which form it belongs to.
    pub about: About,
    /// The title.
    pub topic: String,
    /// What it says.
    pub text: String,
    /// Files that were taken just now.
    pub files: Vec<DraftFile>,
    /// Id of a file that is taken away.
    pub without: Option<String>,
}

/// A draft that was saved.
#[derive(Debug)]
pub(super) struct Saved {
    /// It.
    pub draft: Draft,
    /// It stands beside another one, which was saved elsewhere.
    pub beside: bool,
}

/// All drafts of one writer for one person, the one saved last first.
pub(super) async fn all(store: &EphemeralStore, persons: Persons<'_>) -> Result<Vec<Draft>, GateError> {
    Ok(load(store, persons).await?.0)
}

/// The drafts, and the bytes they were read from.
async fn load(store: &EphemeralStore, persons: Persons<'_>) -> Result<(Vec<Draft>, Option<Vec<u8>>), GateError> {
    let Some(found) = store.get(KIND, &key(persons)).await? else { return Ok((Vec::new(), None)) };
    let mut drafts: Vec<Draft> = serde_json::from_slice(&found.value).map_err(|_| GateError::Fault)?;
    for draft in drafts.iter_mut().filter(|draft| draft.id.is_empty()) {
        draft.id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, draft.about.path().as_bytes()).to_string();
    }
    Ok((drafts, Some(found.value)))
}

/// The draft of a form: the one with this id, else the one saved last.
pub(super) async fn of(
    store: &EphemeralStore,
    persons: Persons<'_>,
    about: &About,
    id: Option<&str>,
) -> Result<Option<Draft>, GateError> {
    let mut drafts = all(store, persons).await?;
    drafts.retain(|draft| draft.about == *about);
    let place = drafts.iter().position(|draft| Some(draft.id.as_str()) == id).unwrap_or(0);
    Ok((place < drafts.len()).then(|| drafts.swap_remove(place)))
}

/// How the draft of a form stands.
pub(super) async fn standing(
    store: &EphemeralStore,
    persons: Persons<'_>,
    about: &About,
    held: &Held,
) -> Result<Standing, GateError> {
    if held.id.is_empty() {
        return Ok(Standing::None);
    }
    let drafts = all(store, persons).await?;
    Ok(match drafts.into_iter().find(|draft| draft.id == held.id && draft.about == *about) {
        Some(draft) if draft.version == held.version => Standing::Same(draft),
        Some(draft) => Standing::Changed(draft),
        None => Standing::Gone,
    })
}

/// Keeps what was written: in place of the draft the form was filled in from, when that is as it was; else beside it.
///
/// # Errors
/// Of the files, when there is no room for them after all, and of the store.
pub(super) async fn keep(
    store: &EphemeralStore,
    persons: Persons<'_>,
    held: &Held,
    content: &Content,
    now: Timestamp,
) -> Result<Result<Saved, FileError>, GateError> {
    // One id however often it is tried.
    let fresh = ResourceId::new_v7().to_string();
    change(store, persons, now, |drafts| kept(drafts, held, content, &fresh, now)).await
}

/// See [`keep`]: what becomes of the drafts, pure.
pub(super) fn kept(
    drafts: &mut Vec<Draft>,
    held: &Held,
    content: &Content,
    fresh: &str,
    now: Timestamp,
) -> Result<Saved, FileError> {
    let is_same_text = |draft: &Draft| draft.topic == content.topic && draft.text == content.text;
    let of_form = |draft: &&Draft| draft.about == content.about;
    let (base, beside) = if held.id.is_empty() {
        let other = drafts.iter().find(of_form).cloned();
        // The same form may have been quicker than itself.
        let is_twice = other.as_ref().is_some_and(|other| is_same_text(other) && other.version == 1);
        (other.clone().filter(|_| is_twice), other.is_some() && !is_twice)
    } else {
        let found = drafts.iter().filter(of_form).find(|draft| draft.id == held.id).cloned();
        let is_ours = found.as_ref().is_some_and(|draft| draft.version == held.version || is_same_text(draft));
        let beside = found.is_some() && !is_ours;
        // What stands beside it has its files too: the form showed them.
        let base = found.map(|draft| if beside { Draft { id: fresh.to_owned(), version: 0, ..draft } } else { draft });
        (base, beside)
    };
    let (id, version, mut files) = match base {
        Some(draft) => (draft.id, draft.version, draft.files),
        None => (fresh.to_owned(), 0, Vec::new()),
    };
    files.retain(|file| content.without.as_deref() != Some(file.id.as_str()));
    // A form that was sent twice has brought its files twice.
    let new = content.files.iter().filter(|new| !files.iter().any(|file| file.id == new.id)).cloned();
    let new: Vec<DraftFile> = new.collect();
    files.extend(new);
    let Content { about, topic, text, .. } = content.clone();
    let draft = Draft { id, version: version.saturating_add(1), about, topic, text, files, saved: now };
    if !content.files.is_empty() {
        has_room(drafts.iter().filter(|kept| kept.id != draft.id), &draft)?;
    }
    drafts.retain(|kept| kept.id != draft.id);
    drafts.insert(0, draft.clone());
    Ok(Saved { draft, beside })
}

fn has_room<'a>(others: impl Iterator<Item = &'a Draft>, draft: &Draft) -> Result<(), FileError> {
    let size = |draft: &Draft| draft.files.iter().map(|file| file.bytes).sum::<usize>();
    if draft.files.len() > MAX_FILES {
        Err(FileError::Many)
    } else if size(draft) > TOTAL_MAX_BYTES {
        Err(FileError::Together)
    } else if others.map(size).sum::<usize>().saturating_add(size(draft)) > DRAFTS_MAX_BYTES {
        Err(FileError::Drafts)
    } else {
        Ok(())
    }
}

/// Forgets a draft with its files, if it is as the form has it; whether it is gone. One that is not there is gone already.
pub(super) async fn forget(
    store: &EphemeralStore,
    persons: Persons<'_>,
    held: &Held,
    now: Timestamp,
) -> Result<bool, GateError> {
    let forgotten = |drafts: &mut Vec<Draft>| {
        drafts.retain(|draft| draft.id != held.id || draft.version != held.version);
        !drafts.iter().any(|draft| draft.id == held.id)
    };
    change(store, persons, now, forgotten).await
}

/// Changes the drafts as they are when it is written: of two windows that save at the same moment, one looks again. Files that no draft has any more go.
async fn change<T>(
    store: &EphemeralStore,
    persons: Persons<'_>,
    now: Timestamp,
    mut by: impl FnMut(&mut Vec<Draft>) -> T,
) -> Result<T, GateError> {
    let expires = now.saturating_add(SignedDuration::from_hours(24 * LIFE_DAYS)).unwrap_or(Timestamp::MAX);
    for _ in 0..MAX_TRIES {
        let (mut drafts, before) = load(store, persons).await?;
        let had = drafts.clone();
        let done = by(&mut drafts);
        drafts.truncate(MAX_DRAFTS);
        if drafts == had {
            return Ok(done);
        }
        let value = serde_json::to_vec(&drafts).map_err(|_| GateError::Fault)?;
        let owner = persons.by.as_str().to_owned();
        let value = Ephemeral { kind: KIND.to_owned(), key_hash: key(persons), owner, value, expires };
        if store.swap(value, before).await? {
            settle_files(store, persons, (&had, &drafts), expires).await;
            return Ok(done);
        }
    }
    Err(GateError::Conflict { current: None })
}

/// Files of drafts live as long as the drafts; those that none has any more go. What fails here ends by itself, a little later.
async fn settle_files(
    store: &EphemeralStore,
    persons: Persons<'_>,
    (before, after): (&[Draft], &[Draft]),
    expires: Timestamp,
) {
    let ids = |drafts: &[Draft]| -> BTreeSet<String> {
        drafts.iter().flat_map(|draft| &draft.files).map(|file| file.id.clone()).collect()
    };
    let (had, has) = (ids(before), ids(after));
    for gone in had.difference(&has) {
        if let Err(error) = parts::forget(store, persons, gone).await {
            tracing::warn!(%error, "a file of a draft could not be deleted; it ends by itself");
        }
    }
    for kept in &has {
        if let Err(error) = parts::extend(store, persons, kept, expires).await {
            tracing::warn!(%error, "a file of a draft could not be kept longer");
        }
    }
}

/// Where the drafts lie. It holds no secret: it is made of who has signed in, not of anything an address or a form says.
fn key(persons: Persons<'_>) -> Vec<u8> {
    let name = format!("drafts/{}/{}", persons.by, persons.patient);
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).as_bytes().to_vec()
}
