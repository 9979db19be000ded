//! Sending: a new message to the office, or an answer; and keeping what is not sent yet.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use varde_base::ResourceId;
use varde_rights::{Action, Service};
use varde_store::{Batch, EphemeralStore, Gate, GateError, IdempotencyKey};

use super::super::drafts::{self, About, Content, Draft, DraftFile, Held, Saved, Standing};
use super::super::fhir::{self, Writing};
use super::super::files::FileError;
use super::super::model::{Closed, Kind, Office, Persons, Thread};
use super::super::office;
use super::super::rules::{self, Reply};
use super::{Sending, search, sending};
use crate::shared::{derived_id, put};

/// What was written on a form.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Letter {
    /// The title; checked by [`rules::check`].
    pub topic: String,
    /// What it says; checked by [`rules::check`].
    pub text: String,
    /// The form's own key, so that pressing twice sends once.
    pub form_key: String,
    /// The draft it was filled in from.
    pub held: Held,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum SendError {
    /// The office takes nothing in now.
    #[error("the office is closed")]
    Closed(Closed),
    /// There is nobody to write to about this here.
    #[error("nobody takes this in here")]
    NotTaken,
    /// The conversation is closed.
    #[error("the conversation is closed")]
    Ended,
    /// Too many today.
    #[error("too many messages in a day")]
    TooMany,
    /// The draft has been saved, sent or thrown away in another window since the form was opened: what it holds now, if anything.
    #[error("the draft has been changed elsewhere")]
    Changed(Option<Box<Draft>>),
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

/// Which form it is.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Form<'a> {
    /// A new message.
    New(Kind),
    /// An answer in a conversation.
    Answer(&'a Thread),
}

impl Form<'_> {
    /// What it is about.
    fn kind(self) -> Option<Kind> {
        match self {
            Self::New(kind) => Some(kind),
            Self::Answer(thread) => thread.kind(),
        }
    }

    /// Whose rules it is under.
    pub(in super::super) fn service(self) -> Service {
        match self {
            Self::New(kind) => kind.service(),
            Self::Answer(thread) => thread.latest().map_or(Service::Messages, |message| message.service),
        }
    }

    /// Whose draft it has.
    pub(in super::super) fn about(self) -> About {
        match self {
            Self::New(kind) => About::New(kind.key().to_owned()),
            Self::Answer(thread) => About::Conversation(thread.root.to_string()),
        }
    }

    /// The first message and the one that is answered.
    fn answers(&self) -> Option<(&ResourceId, &ResourceId)> {
        match self {
            Self::New(_) => None,
            Self::Answer(thread) => {
                let theirs = thread.messages.iter().rev().find(|message| !message.is_from_citizen());
                Some((&thread.root, theirs.or(thread.latest()).map_or(&thread.root, |message| &message.id)))
            }
        }
    }
}

/// Keeps what has been written without sending it, for one who may send it; with files that were taken just now, and without one that is taken away.
///
/// # Errors
/// Of the files, when there is no room for them after all, and of the store.
pub(in super::super) async fn save_draft(
    (gate, kept): (&Gate, &EphemeralStore),
    persons: Persons<'_>,
    form: Form<'_>,
    (letter, files, without): (&Letter, Vec<DraftFile>, Option<String>),
    now: Timestamp,
) -> Result<Result<Saved, FileError>, GateError> {
    is_shared(gate, persons, form).await?;
    let topic = if matches!(form, Form::New(_)) { letter.topic.clone() } else { String::new() };
    let content = Content { about: form.about(), topic, text: letter.text.clone(), files, without };
    drafts::keep(kept, persons, &letter.held, &content, now).await
}

async fn is_shared(gate: &Gate, persons: Persons<'_>, form: Form<'_>) -> Result<bool, GateError> {
    match sending(gate, persons.patient, form.service()).await? {
        Sending::Plain => Ok(false),
        Sending::Shared => Ok(true),
        Sending::No(decision) => Err(GateError::Refused(decision)),
    }
}

/// Sends a new message to the office, or an answer in a conversation: the message, its files and the Task that awaits its answer are written, all or
/// none; then the draft goes. Pressing twice sends once. Gives the message's id.
pub(in super::super) async fn send(
    (gate, kept): (&Gate, &EphemeralStore),
    persons: Persons<'_>,
    form: Form<'_>,
    letter: &Letter,
    now: Timestamp,
) -> Result<ResourceId, SendError> {
    let id = made_id("message", persons, &letter.form_key);
    let since = format!("ge{}", rules::counted_since(now).strftime("%Y-%m-%dT%H:%M:%SZ"));
    let (messages, _) = search(gate, persons.patient, &[("sent", &since)], now).await?;
    if messages.iter().any(|message| message.id == id) {
        // Sent a second time, the form has brought its files a second time.
        forget(kept, persons, letter, now).await;
        return Ok(id);
    }
    if rules::has_sent_enough(&messages, persons.by.as_str(), now) {
        return Err(SendError::TooMany);
    }
    let office = office::of_person(gate, persons.patient, now).await?;
    let to = receivers(form, office.as_ref(), now)?;
    let shared = is_shared(gate, persons, form).await?;
    let draft = match drafts::standing(kept, persons, &form.about(), &letter.held).await? {
        Standing::None => None,
        Standing::Same(draft) => Some(draft),
        Standing::Changed(draft) => return Err(SendError::Changed(Some(Box::new(draft)))),
        // Sent by the same form a moment ago, it went with it.
        Standing::Gone if is_sent(gate, persons, &id, now).await? => return Ok(id),
        Standing::Gone => return Err(SendError::Changed(None)),
    };
    let files: Vec<(ResourceId, DraftFile)> = draft
        .into_iter()
        .flat_map(|draft| draft.files)
        .enumerate()
        .map(|(number, file)| (made_id(&format!("file-{number}"), persons, &letter.form_key), file))
        .collect();
    let writing = Writing {
        id: &id,
        kind: form.kind(),
        service: form.service(),
        shared,
        topic: matches!(form, Form::New(_)).then_some(letter.topic.as_str()),
        text: &letter.text,
        answers: form.answers(),
        to: &to,
        files: &files,
    };
    let batch = batch(kept, persons, &writing, letter, now).await?;
    match gate.write(batch).await {
        Ok(_) => {
            forget(kept, persons, letter, now).await;
            Ok(id)
        }
        // The same form may have been quicker than itself.
        Err(GateError::Conflict { .. }) if is_sent(gate, persons, &id, now).await? => {
            forget(kept, persons, letter, now).await;
            Ok(id)
        }
        Err(error) => Err(error.into()),
    }
}

/// It is sent; a draft that could not be forgotten is still there to be thrown away.
async fn forget(kept: &EphemeralStore, persons: Persons<'_>, letter: &Letter, now: Timestamp) {
    if let Err(error) = drafts::forget(kept, persons, &letter.held, now).await {
        tracing::warn!(%error, "the draft of a message that was sent could not be forgotten");
    }
}

async fn is_sent(gate: &Gate, persons: Persons<'_>, id: &ResourceId, now: Timestamp) -> Result<bool, GateError> {
    let (sent, _) = search(gate, persons.patient, &[("_id", id.as_str())], now).await?;
    Ok(!sent.is_empty())
}

/// The files, the message and its Task.
async fn batch(
    kept: &EphemeralStore,
    persons: Persons<'_>,
    writing: &Writing<'_>,
    letter: &Letter,
    now: Timestamp,
) -> Result<Batch, GateError> {
    let mut writes = Vec::new();
    for (id, file) in writing.files {
        // A draft's files live as long as the draft.
        let bytes = drafts::bytes_of(kept, persons, (&file.id, file.bytes)).await?.ok_or(GateError::Fault)?;
        writes.push(put(id, &fhir::file(id, file, &STANDARD.encode(bytes), writing, persons.patient), Action::Send)?);
    }
    let task = made_id("task", persons, &letter.form_key);
    let task_body = fhir::task(&task, writing, persons, rules::answer_by(now), now);
    writes.push(put(writing.id, &fhir::communication(writing, persons, now), Action::Send)?);
    writes.push(put(&task, &task_body, Action::Send)?);
    Ok(Batch { writes, idempotency_key: Some(key(persons, letter)), ..Batch::default() })
}

/// To whom it goes, if they take it.
fn receivers(form: Form<'_>, office: Option<&Office>, now: Timestamp) -> Result<Vec<(String, String)>, SendError> {
    match form {
        Form::New(kind) => {
            let office = office.filter(|office| office.offers.contains(&kind)).ok_or(SendError::NotTaken)?;
            if let Some(closed) = &office.closed {
                return Err(SendError::Closed(closed.clone()));
            }
            let mut to = vec![(office.reference.clone(), office.name.clone())];
            if kind == Kind::Consultation {
                to.push(office.doctor.clone());
            }
            Ok(to)
        }
        Form::Answer(thread) => match rules::reply(thread, office, now) {
            Reply::Open => {
                let other = thread.other_side().and_then(|other| {
                    let reference = other.reference.clone()?;
                    Some((reference, other.name.clone().unwrap_or_default()))
                });
                Ok(vec![other.ok_or(SendError::NotTaken)?])
            }
            Reply::NotTaken => Err(SendError::NotTaken),
            Reply::Ended => Err(SendError::Ended),
            Reply::Closed(closed) => Err(SendError::Closed(closed)),
        },
    }
}

/// An id that follows from who writes, for whom, and the form, so that the same form can never make two.
fn made_id(what: &str, persons: Persons<'_>, key: &str) -> ResourceId {
    derived_id(&format!("{what}/{}/{}/{key}", persons.by, persons.patient))
}

fn key(persons: Persons<'_>, letter: &Letter) -> IdempotencyKey {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    IdempotencyKey {
        scope: format!("portal/{}", persons.by),
        key: letter.form_key.clone(),
        fingerprint: letter.topic.bytes().chain(letter.text.bytes()).fold(0xcbf2_9ce4_8422_2325, fold),
    }
}
