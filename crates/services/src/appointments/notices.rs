//! What is told about appointments: an event in the citizen's list and a message for the outbox.

use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::{Language, PatientId, ResourceId};
use varde_rights::{Action, Service};
use varde_store::{GateError, OutboxMessage, Write};

use super::actions::Persons;
use super::fhir;
use crate::l10n::{L10nLanguage, text};
use crate::shared::event::{TIME_EXTENSION, TOPIC_SYSTEM};
use crate::shared::{Notice, Told, put};
use crate::slice::MailText;

/// Code of the event that reminds, and kind of its outbox message.
pub(super) const REMINDED: &str = "appointment-reminder";

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
    /// An earlier time is held for the person.
    Offered {
        /// Its beginning.
        start: Timestamp,
    },
    /// The offer has gone to the next.
    OfferOver {
        /// The beginning of the time that was offered.
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
            Self::Offered { .. } => "appointment-offered",
            Self::OfferOver { .. } => "appointment-offer-over",
        }
    }

    /// The time it is about.
    pub(super) const fn start(self) -> Timestamp {
        match self {
            Self::Booked { start } | Self::Moved { start } | Self::Cancelled { start } => start,
            Self::Offered { start } | Self::OfferOver { start } => start,
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::Booked { .. } => Action::Book,
            Self::Moved { .. } => Action::Change,
            Self::Cancelled { .. } => Action::Cancel,
            Self::Offered { .. } | Self::OfferOver { .. } => Action::Write,
        }
    }
}

/// The event and the outbox message to the one who acts. `service` and `security` are those of the appointment: who may not know of it may
/// not know of what happens to it.
pub(super) fn event(
    appointment: &ResourceId,
    persons: Persons<'_>,
    happened: Happened,
    labels: (Service, &[Value]),
    now: Timestamp,
) -> Result<(Write, OutboxMessage), GateError> {
    let id = ResourceId::new_v7();
    let told = (happened.code(), happened.start());
    let resource = resource(&id, appointment, persons.patient, told, labels, now);
    let event = Told::new(persons.patient, id.as_str());
    let message = message(happened.code(), appointment, persons.patient, persons.by, Some(event))?;
    Ok((put(&id, &resource, happened.action())?, message))
}

/// The event (FHIR Communication; its category is the `service` it is ruled as).
pub(super) fn resource(
    id: &ResourceId,
    appointment: &ResourceId,
    patient: &PatientId,
    (code, start): (&str, Timestamp),
    (service, security): (Service, &[Value]),
    now: Timestamp,
) -> Value {
    let mut resource = json!({
        "resourceType": "Communication",
        "id": id.as_str(),
        "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": service.key() }] }],
        "topic": { "coding": [{ "system": TOPIC_SYSTEM, "code": code }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "about": [{ "reference": format!("Appointment/{appointment}") }],
        "sent": fhir::instant(now),
        "extension": [{ "url": TIME_EXTENSION, "valueDateTime": fhir::instant(start) }],
    });
    if let (false, Some(members)) = (security.is_empty(), resource.as_object_mut()) {
        members.insert("meta".to_owned(), json!({ "security": security }));
    }
    resource
}

/// The message to `who`. One's own appointment has an address; that of somebody one acts for is found among those of the household. `told` is the event when
/// everybody to whom the rules open it is to be told.
pub(super) fn message(
    kind: &str,
    appointment: &ResourceId,
    patient: &PatientId,
    who: &PatientId,
    told: Option<Told>,
) -> Result<OutboxMessage, GateError> {
    let own = patient == who;
    let path = if own { format!("/appointments/{appointment}") } else { "/appointments/household".to_owned() };
    let notice = Notice { recipient: who.to_string(), path, event: told };
    notice.message(kind, patient)
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, when: &str) -> Option<String> {
    Some(match code {
        "appointment-booked" => text.msg_appointments_event_booked(when),
        "appointment-moved" => text.msg_appointments_event_moved(when),
        "appointment-cancelled" => text.msg_appointments_event_cancelled(when),
        "appointment-offered" => text.msg_appointments_event_offered(when),
        "appointment-offer-over" => text.msg_appointments_event_offer_over(when),
        REMINDED => text.msg_appointments_event_reminder(when),
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
        "appointment-offered" => text.msg_appointments_mail_subject_offered(),
        REMINDED => text.msg_appointments_mail_subject_reminder(),
        _ => return None,
    };
    Some(MailText { subject, body: text.msg_appointments_mail_body(), footer: text.msg_appointments_mail_footer() })
}
