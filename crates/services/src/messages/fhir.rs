//! FHIR R4 Communication and Task, to and from what the slice works with. Offices are in `office.rs`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{ResourceId, norway};
use varde_rights::Service;

use super::model::{Attachment, Errand, Kind, Message, Party, Persons, Status, Step};
pub(super) use crate::shared::Unreadable;
use crate::shared::event::TOPIC_SYSTEM;
use crate::shared::{plain_words, replaced};

/// Code system of what a message is about, in `Communication.category`.
pub(super) const KIND_SYSTEM: &str = "urn:varde:message";

/// Code of a letter in [`KIND_SYSTEM`].
const LETTER: &str = "letter";

/// Code system of services, in `Communication.category` and `Task.code`.
const SERVICE_SYSTEM: &str = "urn:varde:service";

/// Code system of labels on single items (Helsenorge profile).
const LABEL_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.1.9603";

#[derive(Deserialize)]
struct ReferenceJson {
    reference: Option<String>,
    display: Option<String>,
}

impl ReferenceJson {
    fn id_of(&self, kind: &str) -> Option<ResourceId> {
        self.reference.as_deref()?.strip_prefix(kind)?.strip_prefix('/')?.split('/').next()?.parse().ok()
    }

    fn party(self, names: &Names) -> Party {
        let named = self.reference.as_ref().and_then(|reference| names.0.get(reference).cloned());
        Party { reference: self.reference, name: self.display.filter(|name| !name.trim().is_empty()).or(named) }
    }
}

#[derive(Deserialize)]
struct CodingJson {
    system: Option<String>,
    code: Option<String>,
    display: Option<String>,
}

#[derive(Deserialize)]
struct ConceptJson {
    #[serde(default)]
    coding: Vec<CodingJson>,
    text: Option<String>,
}

impl ConceptJson {
    /// The words of the source: the text, else the first display.
    fn words(&self) -> Option<String> {
        let shown = self.coding.iter().map(|coding| coding.display.as_ref());
        plain_words([self.text.as_ref()].into_iter().chain(shown))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttachmentJson {
    content_type: Option<String>,
    title: Option<String>,
    data: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PayloadJson {
    content_string: Option<String>,
    content_attachment: Option<AttachmentJson>,
    content_reference: Option<ReferenceJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommunicationJson {
    id: String,
    status: Option<String>,
    status_reason: Option<ConceptJson>,
    #[serde(default)]
    category: Vec<ConceptJson>,
    topic: Option<ConceptJson>,
    #[serde(default)]
    part_of: Vec<ReferenceJson>,
    #[serde(default)]
    in_response_to: Vec<ReferenceJson>,
    sender: Option<ReferenceJson>,
    #[serde(default)]
    recipient: Vec<ReferenceJson>,
    sent: Option<String>,
    received: Option<String>,
    #[serde(default)]
    payload: Vec<PayloadJson>,
}

/// Names that were fetched along with messages (`_include=Communication:sender`), by reference.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

#[derive(Deserialize)]
struct HumanNameJson {
    text: Option<String>,
    family: Option<String>,
    #[serde(default)]
    given: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AnyNameJson {
    One(String),
    Several(Vec<HumanNameJson>),
}

#[derive(Deserialize)]
struct NamedJson {
    name: Option<AnyNameJson>,
}

/// The name of a person or an organisation as shown.
pub(super) fn name(body: &[u8]) -> Option<String> {
    let name = match serde_json::from_slice::<NamedJson>(body).ok()?.name? {
        AnyNameJson::One(name) => name,
        AnyNameJson::Several(names) => {
            let name = names.into_iter().next()?;
            let parts = || name.given.iter().chain(&name.family).cloned().collect::<Vec<_>>().join(" ");
            name.text.clone().unwrap_or_else(parts)
        }
    };
    Some(name).filter(|name| !name.trim().is_empty())
}

impl Names {
    /// Takes in an included resource.
    pub(super) fn add(&mut self, resource_type: &str, id: &ResourceId, body: &[u8]) {
        if let Some(name) = name(body) {
            self.0.insert(format!("{resource_type}/{id}"), name);
        }
    }
}

/// A FHIR dateTime as an instant; of a day its noon in Norway, so that it is shown as that day. What is less exact has no instant.
fn instant_of(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let day: Date = text.parse().ok()?;
        norway().to_ambiguous_timestamp(day.at(12, 0, 0, 0)).compatible().ok()
    })
}

/// Reads a Communication; `None` for what the platform itself wrote in the list of events.
pub(super) fn message(body: &[u8], version: u64, names: &Names) -> Result<Option<Message>, Unreadable> {
    let unreadable = Unreadable("Communication");
    let json: CommunicationJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let is_event = |topic: &ConceptJson| topic.coding.iter().any(|c| c.system.as_deref() == Some(TOPIC_SYSTEM));
    if json.topic.as_ref().is_some_and(is_event) {
        return Ok(None);
    }
    let codes = || json.category.iter().flat_map(|category| &category.coding).filter_map(|c| c.code.as_deref());
    let ours = || json.category.iter().flat_map(|category| &category.coding);
    let ours = || ours().filter(|c| c.system.as_deref() == Some(KIND_SYSTEM)).filter_map(|c| c.code.as_deref());
    Ok(Some(Message {
        id: json.id.parse().map_err(|_| unreadable)?,
        version,
        status: status(json.status.as_deref()),
        kind: ours().find_map(Kind::from_key),
        is_letter: ours().any(|code| code == LETTER),
        service: codes().find_map(Service::from_key).unwrap_or(Service::Messages),
        topic: json.topic.as_ref().and_then(ConceptJson::words),
        part_of: json.part_of.iter().find_map(|part| part.id_of("Communication")),
        answers: json.in_response_to.iter().find_map(|answered| answered.id_of("Communication")),
        sent: json.sent.as_deref().and_then(instant_of),
        opened: json.received.as_deref().and_then(instant_of),
        text: json.payload.iter().filter_map(|p| p.content_string.clone()).collect(),
        attachments: json.payload.iter().filter_map(attachment).collect(),
        reason: json.status_reason.as_ref().and_then(ConceptJson::words),
        from: json.sender.map(|sender| sender.party(names)),
        to: json.recipient.into_iter().map(|recipient| recipient.party(names)).collect(),
    }))
}

fn attachment(payload: &PayloadJson) -> Option<Attachment> {
    let attached = payload.content_attachment.as_ref().map(|file| (file.title.clone(), file.data.is_some()));
    let referred = || payload.content_reference.as_ref().map(|reference| (reference.display.clone(), false));
    let (title, is_here) = attached.or_else(referred)?;
    Some(Attachment { title: title.unwrap_or_default(), is_here })
}

/// File `number` of a message, counted as in [`Message::attachments`]: MIME type and base64.
pub(super) fn file(body: &[u8], number: usize) -> Option<(Option<String>, String)> {
    let json: CommunicationJson = serde_json::from_slice(body).ok()?;
    let payload = json.payload.into_iter().filter(|payload| attachment(payload).is_some()).nth(number)?;
    let file = payload.content_attachment?;
    Some((file.content_type, file.data?))
}

/// What cannot be told is shown as having arrived: it is there to be read.
fn status(code: Option<&str>) -> Status {
    match code {
        Some("preparation") => Status::Draft,
        Some("in-progress" | "on-hold") => Status::Underway,
        Some("not-done") => Status::Failed,
        Some("stopped") => Status::Withdrawn,
        Some("entered-in-error") => Status::EnteredInError,
        _ => Status::Arrived,
    }
}

/// A message to write.
#[derive(Debug)]
pub(super) struct Writing<'a> {
    /// Its id.
    pub id: &'a ResourceId,
    /// What it is about; of an answer, what the conversation is about.
    pub kind: Option<Kind>,
    /// Whose rules it is under.
    pub service: Service,
    /// For parent and young person both.
    pub shared: bool,
    /// The title.
    pub topic: Option<&'a str>,
    /// What it says.
    pub text: &'a str,
    /// Of an answer: the first message of the conversation, and the one it answers.
    pub answers: Option<(&'a ResourceId, &'a ResourceId)>,
    /// To whom: reference and name.
    pub to: &'a [(String, String)],
}

/// A Communication as FHIR: sent, and nobody has said that it has arrived.
pub(super) fn communication(writing: &Writing<'_>, persons: Persons<'_>, now: Timestamp) -> Value {
    let mut category = Vec::new();
    category.extend(writing.kind.map(|kind| concept(KIND_SYSTEM, kind.key())));
    if writing.service != Service::Messages {
        category.push(concept(SERVICE_SYSTEM, writing.service.key()));
    }
    let reference = |id: &ResourceId| json!([{ "reference": format!("Communication/{id}") }]);
    let to: Vec<Value> =
        writing.to.iter().map(|(reference, name)| json!({ "reference": reference, "display": name })).collect();
    let text = writing.text.trim();
    let mut resource = json!({
        "resourceType": "Communication",
        "id": writing.id.as_str(),
        "status": "in-progress",
        "subject": { "reference": format!("Patient/{}", persons.patient) },
        "sender": { "reference": format!("Patient/{}", persons.by), "display": persons.name },
        "sent": instant(now),
    });
    let optional = [
        ("meta", writing.shared.then(|| json!({ "security": [{ "system": LABEL_SYSTEM, "code": "N" }] }))),
        ("category", (!category.is_empty()).then(|| Value::from(category))),
        ("topic", writing.topic.map(str::trim).filter(|topic| !topic.is_empty()).map(|topic| json!({ "text": topic }))),
        ("partOf", writing.answers.map(|(root, _)| reference(root))),
        ("inResponseTo", writing.answers.map(|(_, answered)| reference(answered))),
        ("recipient", (!to.is_empty()).then(|| Value::from(to))),
        ("payload", (!text.is_empty()).then(|| json!([{ "contentString": text }]))),
    ];
    add(&mut resource, optional);
    resource
}

/// The Task that awaits the answer.
pub(super) fn task(
    id: &ResourceId,
    writing: &Writing<'_>,
    persons: Persons<'_>,
    answer_by: Date,
    now: Timestamp,
) -> Value {
    let mut resource = json!({
        "resourceType": "Task",
        "id": id.as_str(),
        "status": "requested",
        "intent": "order",
        "code": concept(SERVICE_SYSTEM, writing.service.key()),
        "focus": { "reference": format!("Communication/{}", writing.id) },
        "for": { "reference": format!("Patient/{}", persons.patient) },
        "authoredOn": instant(now),
        "requester": { "reference": format!("Patient/{}", persons.by), "display": persons.name },
        "restriction": { "period": { "end": answer_by.to_string() } },
    });
    let owner = writing.to.first().map(|(reference, name)| json!({ "reference": reference, "display": name }));
    let label = writing.shared.then(|| json!({ "security": [{ "system": LABEL_SYSTEM, "code": "N" }] }));
    add(&mut resource, [("meta", label), ("owner", owner)]);
    resource
}

fn add<const N: usize>(resource: &mut Value, members: [(&str, Option<Value>); N]) {
    if let Some(object) = resource.as_object_mut() {
        object.extend(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
}

fn concept(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code }] })
}

#[derive(Deserialize)]
struct PeriodJson {
    end: Option<String>,
}

#[derive(Deserialize)]
struct RestrictionJson {
    period: Option<PeriodJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaskJson {
    id: String,
    status: String,
    status_reason: Option<ConceptJson>,
    focus: Option<ReferenceJson>,
    restriction: Option<RestrictionJson>,
}

/// Reads a Task; `None` for one that is about no message.
pub(super) fn errand(body: &[u8], version: u64) -> Result<Option<Errand>, Unreadable> {
    let unreadable = Unreadable("Task");
    let json: TaskJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let Some(message) = json.focus.as_ref().and_then(|focus| focus.id_of("Communication")) else { return Ok(None) };
    let step = match json.status.as_str() {
        "received" | "accepted" => Step::TakenIn,
        "in-progress" | "on-hold" => Step::Begun,
        "completed" => Step::Done,
        "rejected" | "cancelled" | "failed" => Step::Refused,
        _ => Step::Waiting,
    };
    let end = json.restriction.and_then(|restriction| restriction.period).and_then(|period| period.end);
    let answer_by = end.as_deref().and_then(|end| end.get(..10)).and_then(|day| day.parse().ok());
    let reason = json.status_reason.as_ref().and_then(ConceptJson::words);
    let id = json.id.parse().map_err(|_| unreadable)?;
    Ok(Some(Errand { id, version, message, step, answer_by, reason }))
}

/// The member that changes when a message is opened.
pub(super) fn opened(body: &[u8], at: Timestamp) -> Result<Vec<u8>, Unreadable> {
    replaced(body, "Communication", [("received", json!(instant(at)))])
}

/// The message as taken back by its writer.
pub(super) fn withdrawn_message(body: &[u8]) -> Result<Vec<u8>, Unreadable> {
    replaced(body, "Communication", [("status", json!("stopped"))])
}

/// The Task of a message that was taken back.
pub(super) fn withdrawn_task(body: &[u8], at: Timestamp) -> Result<Vec<u8>, Unreadable> {
    replaced(body, "Task", [("status", json!("cancelled")), ("lastModified", json!(instant(at)))])
}

/// FHIR instant in UTC, to the second.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
