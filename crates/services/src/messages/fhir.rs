//! FHIR R4 Communication and Task, to and from what the slice works with. Offices are in `office.rs`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId, norway};
use varde_rights::Service;

use super::drafts::DraftFile;
use super::model::{Attachment, Errand, Kind, Message, Party, Persons, Place, Status, Step};
pub(super) use crate::shared::Unreadable;
use crate::shared::event::TOPIC_SYSTEM;
use crate::shared::json::{CodingJson, ConceptJson, NameJson, ReferenceJson, RestrictionJson};
use crate::shared::replaced;

/// Code system of what a message is about, in `Communication.category`.
pub(super) const KIND_SYSTEM: &str = "urn:varde:message";

/// Code of a letter in [`KIND_SYSTEM`].
const LETTER: &str = "letter";

/// Code system of services, in `Communication.category` and `Task.code`.
const SERVICE_SYSTEM: &str = "urn:varde:service";

/// Extension with one who has opened a message here, where several may.
const OPENED_BY: &str = "urn:varde:opened-by";

/// Most people noted as having opened a message: everybody who may, many times over.
const MAX_OPENERS: usize = 50;

/// Code system of labels on single items (Helsenorge profile).
const LABEL_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.1.9603";

/// When a Communication was sent, whatever it is.
pub(super) fn sent(body: &[u8]) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Sent {
        sent: Timestamp,
    }
    serde_json::from_slice::<Sent>(body).ok().map(|its| its.sent)
}

fn party(of: ReferenceJson, names: &Names) -> Party {
    let named = of.reference.as_ref().and_then(|reference| names.0.get(reference).cloned());
    Party { reference: of.reference, name: of.display.filter(|name| !name.trim().is_empty()).or(named) }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttachmentJson {
    content_type: Option<String>,
    title: Option<String>,
    size: Option<u64>,
    url: Option<String>,
    data: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExtensionJson {
    url: String,
    value_reference: Option<ReferenceJson>,
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
    #[serde(default)]
    extension: Vec<ExtensionJson>,
}

impl CommunicationJson {
    fn opened_by(&self) -> Vec<String> {
        let readers = self.extension.iter().filter(|extension| extension.url == OPENED_BY);
        let readers = readers.filter_map(|extension| extension.value_reference.as_ref()?.id_of("Patient"));
        readers.map(|id| id.to_string()).collect()
    }
}

/// Names that were fetched along with messages (`_include=Communication:sender`), by reference.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum AnyNameJson {
    One(String),
    Several(Vec<NameJson>),
}

#[derive(Deserialize)]
struct NamedJson {
    name: Option<AnyNameJson>,
}

/// The name of a person or an organisation as shown.
pub(super) fn name(body: &[u8]) -> Option<String> {
    let name = match serde_json::from_slice::<NamedJson>(body).ok()?.name? {
        AnyNameJson::One(name) => name,
        AnyNameJson::Several(names) => names.first()?.shown()?,
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
    let is_event = |topic: &ConceptJson| topic.coding.iter().any(|c| c.is_of(TOPIC_SYSTEM));
    if json.topic.as_ref().is_some_and(is_event) {
        return Ok(None);
    }
    let codes = || json.category.iter().flat_map(|category| &category.coding).filter_map(|c| c.code.as_deref());
    let ours = || json.category.iter().flat_map(|category| &category.coding);
    let ours = || ours().filter(|c| c.is_of(KIND_SYSTEM)).filter_map(|c| c.code.as_deref());
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
        opened_by: json.opened_by(),
        opened: json.received.as_deref().and_then(instant_of),
        text: json.payload.iter().filter_map(|p| p.content_string.clone()).collect(),
        attachments: json.payload.iter().filter_map(attachment).collect(),
        reason: json.status_reason.as_ref().and_then(ConceptJson::words),
        from: json.sender.map(|sender| party(sender, names)),
        to: json.recipient.into_iter().map(|recipient| party(recipient, names)).collect(),
    }))
}

fn attachment(payload: &PayloadJson) -> Option<Attachment> {
    if let Some(file) = &payload.content_attachment {
        let binary = || file.url.as_deref()?.strip_prefix("Binary/")?.split('/').next()?.parse().ok();
        let whole = |data: &String| (data.len() as u64 / 4).saturating_mul(3);
        return Some(Attachment {
            title: file.title.clone().unwrap_or_default(),
            content_type: file.content_type.clone(),
            bytes: file.size.or_else(|| file.data.as_ref().map(whole)),
            place: match &file.data {
                Some(_) => Place::Here,
                None => binary().map_or(Place::Elsewhere, Place::Binary),
            },
        });
    }
    let title = payload.content_reference.as_ref()?.display.clone().unwrap_or_default();
    Some(Attachment { title, content_type: None, bytes: None, place: Place::Elsewhere })
}

/// The base64 of file `number` that stands in a message, counted as in [`Message::attachments`].
pub(super) fn data(body: &[u8], number: usize) -> Option<String> {
    let json: CommunicationJson = serde_json::from_slice(body).ok()?;
    let payload = json.payload.into_iter().filter(|payload| attachment(payload).is_some()).nth(number)?;
    payload.content_attachment?.data
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BinaryJson {
    meta: Option<MetaJson>,
    security_context: Option<ReferenceJson>,
    data: Option<String>,
}

#[derive(Deserialize)]
struct MetaJson {
    #[serde(default)]
    tag: Vec<CodingJson>,
}

/// Whether a Binary has rights of its own, as files of messages have that were sent here.
pub(super) fn is_ruled(body: &[u8]) -> bool {
    let tags = serde_json::from_slice::<BinaryJson>(body).ok().and_then(|json| json.meta).map(|meta| meta.tag);
    let is_ours = |tag: &CodingJson| tag.is_of(SERVICE_SYSTEM);
    tags.unwrap_or_default().iter().any(is_ours)
}

/// The base64 of a Binary that belongs to this message or this person by its `securityContext` (FHIR R4, Binary). One that says neither is
/// nobody's to show.
pub(super) fn binary(body: &[u8], message: &ResourceId, patient: &PatientId) -> Option<String> {
    let json: BinaryJson = serde_json::from_slice(body).ok()?;
    let context = json.security_context?;
    let is_of_message = context.id_of("Communication").as_ref() == Some(message);
    let is_of_patient = context.id_of("Patient").map(PatientId::new).as_ref() == Some(patient);
    json.data.filter(|_| is_of_message || is_of_patient)
}

/// A file that goes with a message, as a Binary of its own (`data` is its base64): ruled as the message is, by its tag and its label.
pub(super) fn file(id: &ResourceId, file: &DraftFile, data: &str, writing: &Writing<'_>, patient: &PatientId) -> Value {
    let tag = json!([{ "system": SERVICE_SYSTEM, "code": writing.service.key() }]);
    let mut meta = json!({ "tag": tag });
    add(&mut meta, [("security", writing.shared.then(label))]);
    json!({
        "resourceType": "Binary",
        "id": id.as_str(),
        "meta": meta,
        "contentType": file.kind.mime(),
        "securityContext": { "reference": format!("Patient/{patient}") },
        "data": data,
    })
}

fn label() -> Value {
    json!([{ "system": LABEL_SYSTEM, "code": "N" }])
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
    /// Files that go with it, with the ids of their Binaries.
    pub files: &'a [(ResourceId, DraftFile)],
}

impl Writing<'_> {
    fn payload(&self) -> Vec<Value> {
        let text = Some(self.text.trim()).filter(|text| !text.is_empty()).map(|text| json!({ "contentString": text }));
        let file = |(id, file): &(ResourceId, DraftFile)| {
            json!({ "contentAttachment": {
                "contentType": file.kind.mime(),
                "url": format!("Binary/{id}"),
                "size": file.bytes,
                "title": file.name,
            } })
        };
        text.into_iter().chain(self.files.iter().map(file)).collect()
    }
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
    let payload = writing.payload();
    let mut resource = json!({
        "resourceType": "Communication",
        "id": writing.id.as_str(),
        "status": "in-progress",
        "subject": { "reference": format!("Patient/{}", persons.patient) },
        "sender": { "reference": format!("Patient/{}", persons.by), "display": persons.name },
        "sent": instant(now),
    });
    let optional = [
        ("meta", writing.shared.then(|| json!({ "security": label() }))),
        ("category", (!category.is_empty()).then(|| Value::from(category))),
        ("topic", writing.topic.map(str::trim).filter(|topic| !topic.is_empty()).map(|topic| json!({ "text": topic }))),
        ("partOf", writing.answers.map(|(root, _)| reference(root))),
        ("inResponseTo", writing.answers.map(|(_, answered)| reference(answered))),
        ("recipient", (!to.is_empty()).then(|| Value::from(to))),
        ("payload", (!payload.is_empty()).then(|| Value::from(payload))),
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
    let label = writing.shared.then(|| json!({ "security": label() }));
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
    let end = json.restriction.and_then(|restriction| restriction.period.end);
    let answer_by = end.as_deref().and_then(|end| end.get(..10)).and_then(|day| day.parse().ok());
    let reason = json.status_reason.as_ref().and_then(ConceptJson::words);
    let id = json.id.parse().map_err(|_| unreadable)?;
    Ok(Some(Errand { id, version, message, step, answer_by, reason }))
}

#[derive(Deserialize)]
struct OpenedJson {
    received: Option<Value>,
    /// As they are: a decimal in another's extension keeps its digits.
    #[serde(default)]
    extension: Vec<Box<RawValue>>,
}

/// What changes when `reader` opens a message: it is opened when the first does, and by each who does.
pub(super) fn opened(body: &[u8], reader: &str, at: Timestamp) -> Result<Vec<u8>, Unreadable> {
    let unreadable = Unreadable("Communication");
    let json: OpenedJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let received = json.received.unwrap_or_else(|| json!(instant(at)));
    let mut extension = json.extension;
    if extension.len() < MAX_OPENERS {
        let who = json!({ "reference": format!("Patient/{reader}") });
        let opened = json!({ "url": OPENED_BY, "valueReference": who });
        extension.push(serde_json::value::to_raw_value(&opened).map_err(|_| unreadable)?);
    }
    let body = replaced(body, "Communication", [("received", received)])?;
    replaced(&body, "Communication", [("extension", extension)])
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
