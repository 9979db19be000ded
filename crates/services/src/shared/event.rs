//! What has happened, as FHIR Communication resources that the platform wrote.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use varde_fhir::ResourceType;
use varde_store::{Gate, GateError};

use varde_base::PatientId;

use super::find;

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
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
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
}

#[derive(Deserialize)]
struct CodingJson {
    system: Option<String>,
    code: Option<String>,
}

#[derive(Deserialize)]
struct ConceptJson {
    #[serde(default)]
    coding: Vec<CodingJson>,
}

#[derive(Deserialize)]
struct ReferenceJson {
    reference: Option<String>,
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
    #[serde(default)]
    about: Vec<ReferenceJson>,
    #[serde(default)]
    extension: Vec<ExtensionJson>,
}

/// Reads a Communication; `None` for one that is no event of ours (a message between people).
fn event(body: &[u8]) -> Option<Event> {
    let json: CommunicationJson = serde_json::from_slice(body).ok()?;
    let topic = json.topic?.coding.into_iter().find(|c| c.system.as_deref() == Some(TOPIC_SYSTEM))?;
    let about = |kind: &str| {
        let mut references = json.about.iter().filter_map(|r| r.reference.as_deref());
        references.find_map(|reference| reference.strip_prefix(kind)?.strip_prefix('/')).map(str::to_owned)
    };
    Some(Event {
        sent: json.sent?,
        code: topic.code?,
        time: json.extension.iter().find(|e| e.url == TIME_EXTENSION).and_then(|e| e.value_date_time),
        appointment: about("Appointment"),
        request: about("Task"),
        prescription: about("MedicationRequest"),
        message: about("Communication"),
        gp_list: about("HealthcareService"),
    })
}

/// The latest events of a person that the gate lets through, the latest first.
pub(crate) async fn latest(
    gate: &Gate,
    patient: &PatientId,
    count: usize,
    now: Timestamp,
) -> Result<Vec<Event>, GateError> {
    let count = count.to_string();
    let parameters = [("patient", patient.as_str()), ("_sort", "-sent"), ("_count", &count)];
    let page = find(gate, ResourceType::COMMUNICATION, &parameters, now).await?;
    Ok(page.matches.iter().filter_map(|found| event(&found.body)).collect())
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
        assert_eq!(event(br#"{"sent":"2026-11-21T09:00:00Z","topic":{"coding":[{"code":"x"}]}}"#), None);
        assert_eq!(event(b"{"), None);
    }
}
