//! What has happened, as FHIR Communication resources that the platform wrote.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use varde_fhir::{ResourceType, search};
use varde_store::{Gate, GateError, OutboxMessage};

use varde_base::{PatientId, ResourceId};

use super::json::{ConceptJson, ReferenceJson};
use super::{derived_from_urn, find};

/// Code system of what has happened, in `Communication.topic`.
pub(crate) const TOPIC_SYSTEM: &str = "urn:varde:event";

/// Extension with the time of what the event is about.
pub(crate) const TIME_EXTENSION: &str = "urn:varde:event-time";

/// What the worker needs to send the message: no health matter, only whom to tell and that something has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Whom to tell.
    pub recipient: String,
    /// Where the link leads, a path of the portal.
    pub path: String,
    /// The event in somebody's list that it is about: everybody to whom the rules open that is told. Without one the recipient alone is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Told>,
}

impl Notice {
    /// The message that has the worker tell it. Messages about one `subject` wait for each other. `kind` says which text it has.
    ///
    /// # Errors
    /// [`GateError::Fault`] when it cannot be written as JSON.
    pub(crate) fn message(&self, kind: &str, subject: &PatientId) -> Result<OutboxMessage, GateError> {
        let payload = serde_json::to_string(self).map_err(|_| GateError::Fault)?;
        Ok(OutboxMessage { kind: kind.to_owned(), subject: Some(subject.clone()), payload, not_before: None })
    }
}

/// An event in somebody's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Whose list.
    pub patient: String,
    /// Id of the Communication.
    pub id: String,
    /// What it is about (`Appointment/a1`), when that is asked about too: who may not see it now is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

impl Told {
    /// The event `id` in the list of `patient`.
    pub(crate) fn new(patient: &PatientId, id: &str) -> Self {
        Self { patient: patient.to_string(), id: id.to_owned(), of: None }
    }
}

impl Event {
    /// The page of what it is about, if there is one.
    pub(crate) fn href(&self) -> Option<String> {
        let page = |path: &str, id: &Option<String>| id.as_ref().map(|id| format!("/{path}/{id}"));
        let requests = if self.code.starts_with("suggestion-") { "summary/suggestions" } else { "requests" };
        page("appointments", &self.appointment)
            .or_else(|| page(requests, &self.request))
            .or_else(|| page("medicines", &self.prescription))
            .or_else(|| page("messages", &self.message))
            .or_else(|| page("results", &self.report))
            .or_else(|| page("referrals", &self.referral))
            .or_else(|| self.gp_list.as_ref().map(|_| "/gp".to_owned()))
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Whom it is about.
    pub patient: Option<String>,
    /// When it was told.
    pub sent: Timestamp,
    /// What has happened: a code such as `appointment-booked`.
    pub code: String,
    /// The time it is about, if any.
    pub time: Option<Timestamp>,
    /// The appointment it is about, if any.
    pub appointment: Option<String>,
    /// The request it is about, if any.
    pub request: Option<String>,
    /// The prescription it is about, if any.
    pub prescription: Option<String>,
    /// The message it is about, if any.
    pub message: Option<String>,
    /// The GP's list it is about, if any.
    pub gp_list: Option<String>,
    /// The test report it is about, if any.
    pub report: Option<String>,
    /// The referral it is about, if any.
    pub referral: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExtensionJson {
    url: String,
    value_date_time: Option<Timestamp>,
}

#[derive(Deserialize)]
struct CommunicationJson {
    sent: Option<Timestamp>,
    topic: Option<ConceptJson>,
    subject: Option<ReferenceJson>,
    #[serde(default)]
    about: Vec<ReferenceJson>,
    #[serde(default)]
    extension: Vec<ExtensionJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionJson {
    resource_type: String,
    id: String,
    meta: MetaJson,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MetaJson {
    version_id: String,
}

/// The id of the event that a version of a resource leads to, as it is rendered: whoever asks what follows from that version is told the same.
pub(crate) fn event_id(rendered: &[u8]) -> Option<ResourceId> {
    let VersionJson { resource_type, id, meta } = serde_json::from_slice(rendered).ok()?;
    Some(derived_from_urn(&format!("urn:varde:event/{resource_type}/{id}/{}", meta.version_id)))
}

/// Reads a Communication; `None` for one that is no event of ours (a message between people).
pub(crate) fn event(body: &[u8]) -> Option<Event> {
    let json: CommunicationJson = serde_json::from_slice(body).ok()?;
    let topic = json.topic?.coding.into_iter().find(|c| c.is_of(TOPIC_SYSTEM))?;
    let about = |kind: &str| {
        let mut references = json.about.iter().filter_map(|r| r.reference.as_deref());
        let id = references.find_map(|reference| reference.strip_prefix(kind)?.strip_prefix('/'));
        // It becomes part of an address; what is no id leads nowhere.
        id.filter(|id| id.parse::<ResourceId>().is_ok()).map(str::to_owned)
    };
    let subject = json.subject.as_ref().and_then(|subject| subject.reference.as_deref());
    Some(Event {
        patient: subject.and_then(|reference| reference.strip_prefix("Patient/")).map(str::to_owned),
        sent: json.sent?,
        code: topic.code?,
        time: json.extension.iter().find(|e| e.url == TIME_EXTENSION).and_then(|e| e.value_date_time),
        appointment: about("Appointment"),
        request: about("Task"),
        prescription: about("MedicationRequest"),
        message: about("Communication"),
        gp_list: about("HealthcareService"),
        report: about("DiagnosticReport"),
        referral: about("ServiceRequest"),
    })
}

/// Most times it is looked further back for events among what people have written to each other, which are Communications too.
const MAX_ROUNDS: usize = 8;

/// How many Communications are looked through for each event that is wanted.
const LOOKED_THROUGH: usize = 4;

/// The latest events of a person that the gate lets through, the latest first, `count` of them where there are so many.
pub(crate) async fn latest(
    gate: &Gate,
    patient: &PatientId,
    count: usize,
    now: Timestamp,
) -> Result<Vec<Event>, GateError> {
    let window = count.saturating_mul(LOOKED_THROUGH).to_string();
    let mut events = Vec::with_capacity(count);
    let mut cursor: Option<String> = None;
    for _ in 0..MAX_ROUNDS {
        let mut parameters = vec![("patient", patient.as_str()), ("_sort", "-sent"), ("_count", window.as_str())];
        parameters.extend(cursor.as_deref().map(|cursor| (search::CURSOR_PARAM, cursor)));
        let page = find(gate, ResourceType::COMMUNICATION, &parameters, now).await?;
        events.extend(page.matches.iter().filter_map(|found| event(&found.body)));
        cursor = page.next.map(|cursor| cursor.0);
        if cursor.is_none() || events.len() >= count {
            break;
        }
    }
    events.truncate(count);
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_and_a_message_is_not_one() {
        let body = br#"{"sent":"2026-11-21T09:00:00Z","topic":{"coding":[{"system":"urn:varde:event","code":"appointment-booked"}]},
            "about":[{"reference":"Appointment/a1"}],"extension":[{"url":"urn:varde:event-time","valueDateTime":"2026-12-01T09:00:00Z"}]}"#;
        let read = event(body).unwrap();
        assert_eq!((read.code.as_str(), read.appointment.as_deref()), ("appointment-booked", Some("a1")));
        assert_eq!(read.time.unwrap().to_string(), "2026-12-01T09:00:00Z");
        let body = br#"{"sent":"2026-11-21T09:00:00Z","topic":{"coding":[{"system":"urn:varde:event","code":"appointment-booked"}]},
            "about":[{"reference":"Appointment/a1\nSet-Cookie: x"}]}"#;
        assert_eq!(event(body).unwrap().href(), None, "what is no id leads nowhere");
        assert_eq!(event(br#"{"sent":"2026-11-21T09:00:00Z","topic":{"coding":[{"code":"x"}]}}"#), None);
        assert_eq!(event(b"{"), None);
    }
}
