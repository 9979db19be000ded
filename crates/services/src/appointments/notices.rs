//! What is told about appointments: an event in the citizen's list and a message for the outbox.

use jiff::Timestamp;
use serde_json::json;
use varde_base::{Language, ResourceId};
use varde_rights::{Action, Service};
use varde_store::{GateError, OutboxMessage, Write};

use super::actions::Persons;
use crate::l10n::{L10nLanguage, text};
use crate::shared::event::{TIME_EXTENSION, TOPIC_SYSTEM};
use crate::shared::{Notice, Told, put};
use crate::slice::MailText;

/// What has happened to an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    /// It was booked.
    Booked {
        /// Its beginning.
        start: Timestamp,
    },
    /// It got another time.
    Moved {
        /// Its new beginning.
        start: Timestamp,
    },
    /// It was called off.
    Cancelled {
        /// When it would have begun.
        start: Timestamp,
    },
}

impl Happened {
    /// Stable code, in the event and as the kind of the outbox message.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Booked { .. } => "appointment-booked",
            Self::Moved { .. } => "appointment-moved",
            Self::Cancelled { .. } => "appointment-cancelled",
        }
    }

    const fn start(self) -> Timestamp {
        match self {
            Self::Booked { start } | Self::Moved { start } | Self::Cancelled { start } => start,
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::Booked { .. } => Action::Book,
            Self::Moved { .. } => Action::Change,
            Self::Cancelled { .. } => Action::Cancel,
        }
    }
}

/// The event (FHIR Communication; its category is the `service` it is ruled as) and the outbox message.
pub(super) fn event(
    appointment: &ResourceId,
    persons: Persons<'_>,
    happened: Happened,
    service: Service,
    now: Timestamp,
) -> Result<(Write, OutboxMessage), GateError> {
    let id = ResourceId::new_v7();
    let resource = json!({
        "resourceType": "Communication",
        "id": id.as_str(),
        "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": service.key() }] }],
        "topic": { "coding": [{ "system": TOPIC_SYSTEM, "code": happened.code() }] },
        "subject": { "reference": format!("Patient/{}", persons.patient) },
        "about": [{ "reference": format!("Appointment/{appointment}") }],
        "sent": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "extension": [{ "url": TIME_EXTENSION,
            "valueDateTime": happened.start().strftime("%Y-%m-%dT%H:%M:%SZ").to_string() }],
    });
    let notice = Notice {
        recipient: persons.by.to_string(),
        path: format!("/appointments/{appointment}"),
        event: Some(Told::new(persons.patient, id.as_str())),
    };
    let message = OutboxMessage {
        kind: happened.code().to_owned(),
        subject: Some(persons.patient.clone()),
        payload: serde_json::to_string(&notice).map_err(|_| GateError::Fault)?,
        not_before: None,
    };
    Ok((put(&id, &resource, happened.action())?, message))
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, when: &str) -> Option<String> {
    Some(match code {
        "appointment-booked" => text.msg_appointments_event_booked(when),
        "appointment-moved" => text.msg_appointments_event_moved(when),
        "appointment-cancelled" => text.msg_appointments_event_cancelled(when),
        _ => return None,
    })
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    let subject = match kind {
        "appointment-booked" => text.msg_appointments_mail_subject_booked(),
        "appointment-moved" => text.msg_appointments_mail_subject_moved(),
        "appointment-cancelled" => text.msg_appointments_mail_subject_cancelled(),
        _ => return None,
    };
    Some(MailText { subject, body: text.msg_appointments_mail_body(), footer: text.msg_appointments_mail_footer() })
}
