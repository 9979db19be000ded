//! Load, decide by the rules, save: one function an action, one error enum an action.

mod attach;
mod send;

use std::collections::BTreeSet;

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::{Action, Decision, Item, ItemLabel, Service};
use varde_store::{Batch, EphemeralStore, Gate, GateError};

pub(super) use attach::{file, receive};
pub(super) use send::{Form, Letter, SendError, save_draft, send};

use super::drafts::{self, Draft};
use super::fhir::{self, Names};
use super::model::{Errand, Message, Persons, Status, Thread};
use super::rules::{self, Delivery};
/// For what it notes itself: that something has been opened.
pub(super) use crate::shared::platform;
use crate::shared::{find, put_changed};

/// Most messages read at a time; what is older is on the next page.
const WINDOW_COUNT: &str = "500";

/// Comments on test results are shown with the result, and not before it.
const NOT_RESULTS: (&str, &str) = ("category:not", "urn:varde:service|results");

/// Most conversations on a page.
const THREADS_SHOWN: usize = 50;

/// Most messages of a conversation whose way is asked after, and that are marked as opened at once.
const ERRANDS_COUNT: usize = 50;

/// An item for parent and young person both.
const SHARED: Item<'static> = Item { label: ItemLabel::SHARED, visible_from: None, referral: None };

/// What the list page shows.
pub(super) struct Inbox {
    /// Conversations, the one with the newest message first.
    pub threads: Vec<Thread>,
    /// What the office has said of those whose newest message the citizen's side wrote.
    pub errands: Vec<Errand>,
    /// What the visitor has begun to write and not sent.
    pub drafts: Vec<Draft>,
    /// There are older ones: those before this instant.
    pub older: Option<Timestamp>,
}

/// How one may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    /// As it is.
    Plain,
    /// Only what is for parent and young person both.
    Shared,
    /// Not at all, by this decision.
    No(Decision),
}

/// How the visitor may write with this kind of information.
pub(super) async fn sending(gate: &Gate, patient: &PatientId, service: Service) -> Result<Sending, GateError> {
    let plain = gate.decide(Some(patient), service, Action::Send, Item::PLAIN).await?;
    if plain.allowed() {
        return Ok(Sending::Plain);
    }
    let shared = gate.decide(Some(patient), service, Action::Send, SHARED).await?;
    Ok(if shared.allowed() { Sending::Shared } else { Sending::No(plain) })
}

/// The decision about reading messages; of those who read only what is for both, the one about that.
pub(super) async fn reading(gate: &Gate, patient: &PatientId, service: Service) -> Result<Decision, GateError> {
    let plain = gate.decide(Some(patient), service, Action::View, Item::PLAIN).await?;
    if plain.allowed() {
        return Ok(plain);
    }
    let shared = gate.decide(Some(patient), service, Action::View, SHARED).await?;
    Ok(if shared.allowed() { shared } else { plain })
}

/// Messages, the newest first; and when the oldest of all that was looked through was sent, where there is more.
async fn search(
    gate: &Gate,
    patient: &PatientId,
    more: &[(&str, &str)],
    now: Timestamp,
) -> Result<(Vec<Message>, Option<Timestamp>), GateError> {
    let mut parameters = vec![
        ("patient", patient.as_str()),
        NOT_RESULTS,
        ("_sort", "-sent"),
        ("_count", WINDOW_COUNT),
        ("_include", "Communication:sender"),
    ];
    parameters.extend(more);
    let page = find(gate, ResourceType::COMMUNICATION, &parameters, now).await?;
    let mut names = Names::default();
    for found in &page.included {
        names.add(found.resource_type.name(), &found.id, &found.body);
    }
    let read = |found: &varde_store::Found| fhir::message(&found.body, found.version, &names).map_err(GateError::from);
    let messages: Vec<Message> =
        page.matches.iter().filter_map(|found| read(found).transpose()).collect::<Result<_, _>>()?;
    let shown = messages.into_iter().filter(|message| message.status != Status::EnteredInError);
    // Events stand between the messages, and may be all there is in a window.
    let last = page.matches.last().filter(|_| page.next.is_some());
    Ok((shown.collect(), last.and_then(|found| fhir::sent(&found.body))))
}

/// The conversations and drafts of a person; `before` is where an earlier page ended.
pub(super) async fn inbox(
    (gate, kept): (&Gate, &EphemeralStore),
    persons: Persons<'_>,
    before: Option<Timestamp>,
    now: Timestamp,
) -> Result<Inbox, GateError> {
    let limit = before.map(|before| format!("lt{}", before.strftime("%Y-%m-%dT%H:%M:%SZ")));
    let more: Vec<(&str, &str)> = limit.iter().map(|limit| ("sent", limit.as_str())).collect();
    let (messages, looked_to) = search(gate, persons.patient, &more, now).await?;
    let drafts = drafts::all(kept, persons).await?;
    let (threads, cut_at) = rules::first_page(rules::threads(messages), THREADS_SHOWN);
    let older = cut_at.or(looked_to);
    let own = threads.iter().filter_map(Thread::latest).filter(|message| message.is_from_citizen());
    // Without them the list says less of how far a message has come, and never more.
    let errands = errands_of(gate, persons.patient, own, now).await.unwrap_or_default();
    Ok(Inbox { threads, errands, drafts, older })
}

/// Conversations with something new to the reader, the newest first, each with its first message and what is new in it.
pub(super) async fn unread(gate: &Gate, persons: Persons<'_>, now: Timestamp) -> Result<Vec<Thread>, GateError> {
    let (patient, reader) = (persons.patient, persons.by.as_str());
    let (mut messages, _) = search(gate, patient, &[("received:missing", "true")], now).await?;
    // What somebody else has opened.
    let since = format!("ge{}", rules::new_since(now).strftime("%Y-%m-%dT%H:%M:%SZ"));
    messages.extend(search(gate, patient, &[("received:missing", "false"), ("sent", &since)], now).await?.0);
    messages.retain(|message| rules::is_new(message, reader, now));
    // The first message has the title.
    let roots: BTreeSet<&str> = messages.iter().filter_map(|m| Some(m.part_of.as_ref()?.as_str())).collect();
    let roots = roots.into_iter().collect::<Vec<_>>().join(",");
    if !roots.is_empty() {
        messages.extend(search(gate, patient, &[("_id", &roots)], now).await?.0);
    }
    let mut seen = BTreeSet::new();
    messages.retain(|message| seen.insert(message.id.clone()));
    Ok(rules::threads(messages))
}

/// The conversation that `id` is in, of this person.
pub(super) async fn thread(
    gate: &Gate,
    patient: &PatientId,
    id: &ResourceId,
    now: Timestamp,
) -> Result<Thread, GateError> {
    let (mut messages, looked_to) = search(gate, patient, &[], now).await?;
    if looked_to.is_some() {
        // An old one: what is said to be part of it, and itself.
        let root = format!("Communication/{id}");
        messages.extend(search(gate, patient, &[("part-of", &root)], now).await?.0);
        messages.extend(search(gate, patient, &[("_id", id.as_str())], now).await?.0);
        let mut seen = BTreeSet::new();
        messages.retain(|message| seen.insert(message.id.clone()));
    }
    let mut threads = rules::threads(messages).into_iter();
    threads
        .find(|thread| thread.messages.iter().any(|message| message.id == *id) || thread.root == *id)
        .ok_or(GateError::NotFound)
}

/// What the office has said of the messages that the citizen's side wrote in a conversation.
pub(super) async fn errands(
    gate: &Gate,
    patient: &PatientId,
    thread: &Thread,
    now: Timestamp,
) -> Result<Vec<Errand>, GateError> {
    let own = thread.messages.iter().rev().filter(|message| message.is_from_citizen());
    errands_of(gate, patient, own, now).await
}

async fn errands_of(
    gate: &Gate,
    patient: &PatientId,
    messages: impl Iterator<Item = &Message>,
    now: Timestamp,
) -> Result<Vec<Errand>, GateError> {
    let focus: Vec<String> =
        messages.take(ERRANDS_COUNT).map(|message| format!("Communication/{}", message.id)).collect();
    if focus.is_empty() {
        return Ok(Vec::new());
    }
    let focus = focus.join(",");
    let parameters = [("patient", patient.as_str()), ("focus", focus.as_str()), ("_count", WINDOW_COUNT)];
    let page = find(gate, ResourceType::TASK, &parameters, now).await?;
    let read = |found: &varde_store::Found| fhir::errand(&found.body, found.version).map_err(GateError::from);
    page.matches.iter().filter_map(|found| read(found).transpose()).collect()
}

/// Notes that what was new to `reader` in a conversation that has just been shown is opened: the sender knows that somebody has, and to others who
/// may read it it is still new. If somebody else writes at that moment, it is noted the next time.
pub(super) async fn mark_opened(
    platform: &Gate,
    thread: &Thread,
    reader: &str,
    now: Timestamp,
) -> Result<(), GateError> {
    let mut writes = Vec::new();
    for message in thread.messages.iter().filter(|message| rules::is_new(message, reader, now)).take(ERRANDS_COUNT) {
        let found = platform.read(ResourceType::COMMUNICATION, &message.id).await?;
        let body = fhir::opened(&found.body, reader, now).map_err(GateError::from)?;
        writes.push(put_changed(&message.id, &body, found.version, Action::Write)?);
    }
    if writes.is_empty() {
        return Ok(());
    }
    match platform.write(Batch { writes, ..Batch::default() }).await {
        Ok(_) | Err(GateError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Takes a message back that nobody at the office has opened: the message and its Task say so, both or neither. The answer is whether it is taken
/// back; when the office was quicker, it stands.
pub(super) async fn withdraw(
    gate: &Gate,
    persons: Persons<'_>,
    (thread, id): (&Thread, &ResourceId),
    now: Timestamp,
) -> Result<bool, GateError> {
    let message = thread.messages.iter().find(|message| message.id == *id).ok_or(GateError::NotFound)?;
    let errands = errands(gate, persons.patient, thread, now).await?;
    let errand = errands.iter().find(|errand| errand.message == *id);
    let delivery = rules::delivery(message, thread, errand);
    if !rules::may_withdraw(message, delivery, persons.by.as_str()) {
        return Ok(delivery == Delivery::Withdrawn);
    }
    let stored = gate.read(ResourceType::COMMUNICATION, id).await?;
    let mut writes = vec![put_changed(id, &fhir::withdrawn_message(&stored.body)?, message.version, Action::Send)?];
    if let Some(errand) = errand {
        let stored = gate.read(ResourceType::TASK, &errand.id).await?;
        let body = fhir::withdrawn_task(&stored.body, now)?;
        writes.push(put_changed(&errand.id, &body, errand.version, Action::Send)?);
    }
    match gate.write(Batch { writes, ..Batch::default() }).await {
        Ok(_) => Ok(true),
        Err(GateError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
