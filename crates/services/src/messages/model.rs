//! Messages, conversations and the office as the rules and pages see them.

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::{PatientId, ResourceId};
use varde_rights::Service;

/// What a citizen writes to the office about. The key is the code in `Communication.category` (`urn:varde:message`), in the offer of the
/// office, and in the address of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A practical question; no health care is given.
    Contact,
    /// A prescription for something used before.
    Prescription,
    /// A copy of the record.
    RecordCopy,
    /// E-consultation (*e-konsultasjon*): the doctor is asked about one's health, for an ordinary co-payment.
    Consultation,
}

impl Kind {
    /// All, in the order they are offered.
    pub(super) const ALL: [Self; 4] = [Self::Consultation, Self::Prescription, Self::Contact, Self::RecordCopy];

    /// The code.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Prescription => "prescription",
            Self::RecordCopy => "record-copy",
            Self::Consultation => "consultation",
        }
    }

    /// The kind a code stands for.
    pub(super) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Whose rules it is under.
    pub(super) const fn service(self) -> Service {
        match self {
            Self::Consultation => Service::Consultations,
            _ => Service::Messages,
        }
    }
}

/// Where a Communication stands (R4 event-status), as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Not sent: a draft.
    Draft,
    /// Sent, and nobody has said that it has arrived.
    Underway,
    /// It has arrived.
    Arrived,
    /// It did not get there.
    Failed,
    /// The writer took it back.
    Withdrawn,
    /// It never was.
    EnteredInError,
}

/// One who writes or is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Party {
    /// `Type/id`, when the source says.
    pub reference: Option<String>,
    /// The name, when it is known.
    pub name: Option<String>,
}

impl Party {
    /// The citizen it is, if it is one: the person, or somebody who writes for them.
    pub(super) fn patient(&self) -> Option<&str> {
        self.reference.as_deref()?.strip_prefix("Patient/")
    }

    /// Whether it stands on the citizen's side.
    pub(super) fn is_citizen(&self) -> bool {
        let reference = self.reference.as_deref().unwrap_or_default();
        reference.starts_with("Patient/") || reference.starts_with("RelatedPerson/")
    }
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attachment {
    /// What it is called; empty when the source does not say.
    pub title: String,
    /// What it is, by the source's MIME type.
    pub content_type: Option<String>,
    /// How many bytes, when it is known.
    pub bytes: Option<u64>,
    /// Where the file itself is.
    pub place: Place,
}

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// In the message.
    Here,
    /// In a Binary of its own.
    Binary(ResourceId),
    /// Not here.
    Elsewhere,
}

/// A message or letter (FHIR Communication).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// What it is about, when a citizen began it here.
    pub kind: Option<Kind>,
    /// A letter: it is read, not answered.
    pub is_letter: bool,
    /// Whose rules it is under.
    pub service: Service,
    /// The title.
    pub topic: Option<String>,
    /// Id of the first message of the conversation, when the source says.
    pub part_of: Option<ResourceId>,
    /// What it answers.
    pub answers: Option<ResourceId>,
    /// Who wrote it; `None` when the source does not say, which no citizen's program does.
    pub from: Option<Party>,
    /// To whom.
    pub to: Vec<Party>,
    /// When it was sent; of a draft, when it was saved.
    pub sent: Option<Timestamp>,
    /// When somebody it is for first opened it.
    pub opened: Option<Timestamp>,
    /// Who has opened it here, by the ids of their Patients; empty when only a source has said that it was.
    pub opened_by: Vec<String>,
    /// What it says, in parts as the source has them.
    pub text: Vec<String>,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
    /// Why it did not get there, in the words of the system that says so.
    pub reason: Option<String>,
}

impl Message {
    /// Whether the citizen's side wrote it.
    pub(super) fn is_from_citizen(&self) -> bool {
        self.from.as_ref().is_some_and(Party::is_citizen)
    }

    /// Whether nobody has opened it of those on the citizen's side.
    pub(super) fn is_unopened(&self) -> bool {
        !self.is_from_citizen() && self.status == Status::Arrived && self.opened.is_none()
    }
}

/// A conversation: a message and what followed, the oldest first. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thread {
    /// Id of the first message.
    pub root: ResourceId,
    /// The messages, the oldest first.
    pub messages: Vec<Message>,
}

impl Thread {
    /// The newest message.
    pub(super) fn latest(&self) -> Option<&Message> {
        self.messages.last()
    }

    /// The title.
    pub(super) fn topic(&self) -> Option<&str> {
        self.messages.iter().find_map(|message| message.topic.as_deref())
    }

    /// What it is about, when a citizen began it here.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.messages.iter().find_map(|message| message.kind)
    }

    /// Who on the other side wrote last, or was written to.
    pub(super) fn other_side(&self) -> Option<&Party> {
        let written = self.messages.iter().rev().filter(|message| !message.is_from_citizen());
        let to = self.messages.iter().rev().flat_map(|message| &message.to).filter(|party| !party.is_citizen());
        written.filter_map(|message| message.from.as_ref()).chain(to).next()
    }
}

/// What the office has said of a message it shall answer (FHIR Task).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Errand {
    /// Id of the Task.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// The message.
    pub message: ResourceId,
    /// How far it has come.
    pub step: Step,
    /// The last day for an answer.
    pub answer_by: Option<Date>,
    /// Why it will not be answered here, in the office's words.
    pub reason: Option<String>,
}

/// How far the office has come (R4 task-status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nobody has taken it in.
    Waiting,
    /// The office has it.
    TakenIn,
    /// Somebody there is at it.
    Begun,
    /// Done.
    Done,
    /// It will not be answered: the person must come, or ask elsewhere.
    Refused,
}

/// The GP's office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Office {
    /// `HealthcareService/id`.
    pub reference: String,
    /// The name.
    pub name: String,
    /// The doctor: `Practitioner/id` and name.
    pub doctor: (String, String),
    /// Telephone.
    pub phone: Option<String>,
    /// What one may write to it about.
    pub offers: Vec<Kind>,
    /// Closed for the time being.
    pub closed: Option<Closed>,
}

/// A service that takes nothing in for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closed {
    /// The first day it is open again; `None` when nobody has said.
    pub opens: Option<Date>,
    /// Why, in the office's words.
    pub why: Option<String>,
}

/// The person written for and the one who writes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Persons<'a> {
    /// Whom it is about.
    pub patient: &'a PatientId,
    /// Who writes.
    pub by: &'a PatientId,
    /// The writer's name.
    pub name: &'a str,
}
