//! AppointmentResponse: what a citizen answers, and what a program answers for one (docs/api.md, "Answers").

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};

use super::{ReferenceJson, Unreadable, instant};

/// What came of an answer, when it could not be carried out or was.
const OUTCOME: &str = "urn:varde:outcome";

/// What somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Answer {
    /// Yes.
    Accepted,
    /// No.
    Declined,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Outcome {
    /// It was carried out.
    Done,
    /// The clinic has not opened for it.
    NotAllowed,
    /// The deadline has passed, or the offer has gone to the next.
    TooLate,
    /// There is nothing to answer.
    Gone,
}

impl Outcome {
    const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotAllowed => "not-allowed",
            Self::TooLate => "too-late",
            Self::Gone => "gone",
        }
    }
}

/// An answer for a patient that is still to be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Responded {
    /// Who answers.
    pub patient: PatientId,
    /// To what.
    pub appointment: ResourceId,
    /// What.
    pub answer: Answer,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseJson {
    appointment: ReferenceJson,
    actor: Option<ReferenceJson>,
    participant_status: String,
    #[serde(default)]
    extension: Vec<Value>,
}

/// Reads an answer of a patient's; `None` for that of anybody else, for one that has been carried out, and for "perhaps".
pub(in super::super) fn responded(body: &[u8]) -> Option<Responded> {
    let json: ResponseJson = serde_json::from_slice(body).ok()?;
    if json.extension.iter().any(|its| its.get("url").is_some_and(|url| url == OUTCOME)) {
        return None;
    }
    Some(Responded {
        patient: PatientId::new(json.actor?.id_of("Patient")?),
        appointment: json.appointment.id_of("Appointment")?,
        answer: match json.participant_status.as_str() {
            "accepted" => Answer::Accepted,
            "declined" => Answer::Declined,
            _ => return None,
        },
    })
}

/// The answer with what came of it.
pub(in super::super) fn answered(body: &[u8], outcome: Outcome) -> Result<Vec<u8>, Unreadable> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Unreadable("AppointmentResponse"))?;
    let mut extensions = value.get("extension").and_then(Value::as_array).cloned().unwrap_or_default();
    extensions.push(json!({ "url": OUTCOME, "valueCode": outcome.code() }));
    crate::shared::replaced(body, "AppointmentResponse", [("extension", Value::Array(extensions))])
}

/// The answer a citizen has given in the portal, so that whoever follows AppointmentResponse learns of it. `security` is that of the
/// appointment.
pub(in super::super) fn new_response(
    id: &ResourceId,
    to: &ResourceId,
    patient: &PatientId,
    (answer, start): (Answer, Option<Timestamp>),
    security: &[Value],
) -> Value {
    let status = match answer {
        Answer::Accepted => "accepted",
        Answer::Declined => "declined",
    };
    let mut resource = json!({
        "resourceType": "AppointmentResponse",
        "id": id.as_str(),
        "extension": [{ "url": OUTCOME, "valueCode": Outcome::Done.code() }],
        "appointment": { "reference": format!("Appointment/{to}") },
        "actor": { "reference": format!("Patient/{patient}") },
        "participantStatus": status,
    });
    if let Some(members) = resource.as_object_mut() {
        if let Some(start) = start {
            members.insert("start".to_owned(), json!(instant(start)));
        }
        if !security.is_empty() {
            members.insert("meta".to_owned(), json!({ "security": security }));
        }
    }
    resource
}
