//! What is told of a request: an event in the list and an e-mail without content. An answer that comes by the API is told in the
//! transaction of the answer.

use jiff::Timestamp;
use varde_base::{Language, PatientId, ResourceId};
use varde_rights::{Action, Service};
use varde_store::{GateError, OutboxMessage, Write};

use super::fhir;
use super::model::State;
use crate::l10n::{L10nLanguage, text};
use crate::shared::event::TOPIC_SYSTEM;
use crate::shared::{Notice, put};
use crate::slice::MailText;

/// What has happened to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    /// It was sent.
    Sent,
    /// They have it.
    Received,
    /// They look at it.
    LookedAt,
    /// It was done, or answered.
    Granted,
    /// It was not done.
    Refused,
    /// It was taken back.
    Withdrawn,
    /// The answer was changed.
    Changed,
    /// The person's own words were put beside.
    Stated,
}

impl Happened {
    const ALL: [Self; 8] = [
        Self::Sent,
        Self::Received,
        Self::LookedAt,
        Self::Granted,
        Self::Refused,
        Self::Withdrawn,
        Self::Changed,
        Self::Stated,
    ];

    /// Stable code, in the event and as the kind of the outbox message.
    const fn code(self) -> &'static str {
        match self {
            Self::Sent => "request-sent",
            Self::Received => "request-received",
            Self::LookedAt => "request-in-progress",
            Self::Granted => "request-granted",
            Self::Refused => "request-refused",
            Self::Withdrawn => "request-withdrawn",
            Self::Changed => "request-changed",
            Self::Stated => fhir::STATED,
        }
    }

    const fn of(state: State) -> Self {
        match state {
            State::Sent => Self::Sent,
            State::Received => Self::Received,
            State::LookedAt => Self::LookedAt,
            State::Granted => Self::Granted,
            State::Refused => Self::Refused,
            State::Withdrawn => Self::Withdrawn,
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::Withdrawn => Action::Cancel,
            _ => Action::Send,
        }
    }
}

/// A request, whom it is about and who asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of<'a> {
    /// The Task.
    pub task: &'a ResourceId,
    /// Whom it is about, whose list of events has it.
    pub patient: &'a PatientId,
    /// Who asked, who gets the message.
    pub by: &'a PatientId,
}

/// The event, with `words` of the one who asked when there are any, and the message.
///
/// # Errors
/// [`GateError`] when the resource cannot be made.
pub(super) fn told(
    of: Of<'_>,
    happened: Happened,
    words: Option<&str>,
    now: Timestamp,
) -> Result<(Write, OutboxMessage), GateError> {
    let id = ResourceId::new_v7();
    let topic = Some((TOPIC_SYSTEM, happened.code()));
    let body = fhir::communication(&id, of.task, of.patient, topic, words.map(|words| (of.by, words)), now);
    let notice = Notice { recipient: of.by.to_string(), path: format!("/requests/{}", of.task), event: None };
    let message = notice.message(happened.code(), of.by)?;
    Ok((put(&id, &body, happened.action())?, message))
}

/// What follows from an answer: the event in the person's list and the message to the one who asked.
#[derive(Debug)]
pub struct Answered {
    /// The event.
    pub event: Write,
    /// The message.
    pub message: OutboxMessage,
}

/// What to tell of a change that somebody else than a citizen makes to a Task labelled `service`: of another state, or of another
/// answer in the same state. `None` when there is nothing to tell, or it is no citizen's request.
pub(crate) fn answered(
    task: &ResourceId,
    service: Service,
    before: &[u8],
    after: &[u8],
    now: Timestamp,
) -> Option<Answered> {
    if service != Service::Requests {
        return None;
    }
    let old = fhir::request(before, 0).ok()??;
    let new = fhir::request(after, 0).ok()??;
    let happened = if old.state != new.state {
        Happened::of(new.state)
    } else if (&old.reason, &old.answers) != (&new.reason, &new.answers) {
        Happened::Changed
    } else {
        return None;
    };
    let (by, patient) = fhir::persons(after).ok()??;
    let (event, message) = told(Of { task, patient: &patient, by: &by }, happened, None, now).ok()?;
    Some(Answered { event, message })
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    let happened = Happened::ALL.into_iter().find(|happened| happened.code() == code)?;
    Some(match happened {
        Happened::Sent => text.msg_enquiries_event_sent(),
        Happened::Received => text.msg_enquiries_event_received(),
        Happened::LookedAt => text.msg_enquiries_event_looked_at(),
        Happened::Granted => text.msg_enquiries_event_granted(),
        Happened::Refused => text.msg_enquiries_event_refused(),
        Happened::Withdrawn => text.msg_enquiries_event_withdrawn(),
        Happened::Changed => text.msg_enquiries_event_changed(),
        Happened::Stated => text.msg_enquiries_event_stated(),
    })
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service. It says neither what was asked nor what was answered.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    event_text(text, kind, "")?;
    Some(MailText {
        subject: text.msg_enquiries_mail_subject(),
        body: text.msg_enquiries_mail_body(),
        footer: text.msg_enquiries_mail_footer(),
    })
}
