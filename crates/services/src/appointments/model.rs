//! Appointments and free times as the rules and pages see them.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use varde_base::{PatientId, ResourceId};
use varde_rights::Service;

use crate::shared::VisitKind;

/// An appointment (*timeavtale*; FHIR Appointment).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Appointment {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// Whose it is.
    pub patient: Option<PatientId>,
    /// Where it stands.
    pub status: Status,
    /// Beginning; `None` for a wish without a time.
    pub start: Option<Timestamp>,
    /// End.
    pub end: Option<Timestamp>,
    /// What kind of care it belongs to.
    pub service: Service,
    /// Names of those it is with (practitioners), as the source gives them.
    pub with: Vec<String>,
    /// Where to meet.
    pub place: Option<Place>,
    /// What it is about, in the practice's words.
    pub description: Option<String>,
    /// What the citizen wrote.
    pub comment: Option<String>,
    /// How to prepare.
    pub instruction: Option<String>,
    /// The free time it took.
    pub slot: Option<ResourceId>,
    /// Who offers it.
    pub provider: Provider,
    /// How one meets.
    pub meeting: Meeting,
    /// What the clinic lets the citizen do with it.
    pub rights: Rights,
    /// The row of appointments it is one of.
    pub series: Option<Series>,
    /// Why it was called off, in the source's words.
    pub cancelled_because: Option<String>,
    /// Its labels (`meta.security`), which all that is told of it carries too.
    pub security: Vec<Value>,
    /// The source wants no reminder of it (the Helsenorge profile's tag).
    pub no_reminder: bool,
    /// The source wants nobody told of what it changes.
    pub no_notice: bool,
}

/// Who offers an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    /// The GP.
    Gp,
    /// A hospital or another specialist.
    Hospital,
    /// The municipality.
    Municipality,
    /// A physiotherapist.
    Physiotherapist,
    /// Somebody else, or it is not said.
    Other,
}

/// How one meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meeting {
    /// One comes to them.
    Place,
    /// By video, at this address when it is known.
    Video(Option<String>),
    /// They call.
    Telephone,
    /// They come home.
    Home,
    /// One comes to them, with others.
    Group,
}

/// What the clinic lets the citizen do with an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rights {
    /// Call it off.
    pub cancel: bool,
    /// Move it to another free time.
    pub change: bool,
    /// Write to the clinic about it.
    pub comment: bool,
    /// Ask for an earlier time.
    pub short_notice: bool,
    /// How long before its beginning it can be moved or called off.
    pub deadline: SignedDuration,
}

/// A row of appointments that belong together, such as ten times at the physiotherapist's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Series {
    /// What all of them have in common.
    pub id: String,
    /// Which of them this is, from 1.
    pub number: Option<u32>,
    /// How many there are.
    pub count: Option<u32>,
}

/// A wish for an earlier time than an appointment one has (FHIR Appointment with status `waitlist`, or `proposed` while a time is offered).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// Whose it is.
    pub patient: PatientId,
    /// The appointment one has.
    pub appointment: ResourceId,
    /// Who asked, and is told.
    pub by: PatientId,
    /// Since when.
    pub since: Timestamp,
    /// How long before its beginning an offered time must come.
    pub notice: SignedDuration,
    /// It is in the queue, or has an offer.
    pub is_open: bool,
    /// What is offered now.
    pub offer: Option<TimeOffer>,
    /// Times that have been offered before, and are not offered again.
    pub offered: Vec<ResourceId>,
}

/// A time that is held for somebody for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TimeOffer {
    /// The time.
    pub slot: ResourceId,
    /// Its beginning.
    pub start: Timestamp,
    /// When the offer goes to the next.
    pub ends: Timestamp,
}

/// Why the citizen calls an appointment off (HL7 appointment-cancellation-reason).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CancelReason {
    /// Not said.
    NotSaid,
    /// The time does not suit.
    Time,
    /// One is well.
    Better,
    /// One cannot get there.
    Transport,
    /// One has moved, or got help elsewhere.
    Elsewhere,
}

impl CancelReason {
    /// All of them, in the order of the form.
    pub(super) const ALL: [Self; 5] = [Self::NotSaid, Self::Time, Self::Better, Self::Transport, Self::Elsewhere];

    /// Stable key, on the form.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::NotSaid => "not-said",
            Self::Time => "time",
            Self::Better => "better",
            Self::Transport => "transport",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// The reason of a key; one that is unknown says nothing.
    pub(super) fn of(key: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.key() == key).unwrap_or(Self::NotSaid)
    }
}

/// Where to meet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Place {
    /// Name of the place.
    pub name: String,
    /// Street address on one line, when known.
    pub address: Option<String>,
    /// Telephone, when known.
    pub phone: Option<String>,
    /// The way in, in the place's own words.
    pub way_in: Option<String>,
    /// Latitude and longitude in degrees, as the source wrote them.
    pub position: Option<(String, String)>,
    /// It is the patient's own home.
    pub is_home: bool,
}

/// Where an appointment stands (R4 valueset-appointmentstatus).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Wished for, not yet given a time.
    Proposed,
    /// Waiting for somebody to accept.
    Pending,
    /// Agreed.
    Booked,
    /// The patient is there.
    Arrived,
    /// It took place.
    Fulfilled,
    /// Called off.
    Cancelled,
    /// The patient did not come.
    NoShow,
    /// It never was.
    EnteredInError,
}

/// A time that can be taken (FHIR Slot).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FreeSlot {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// The schedule it belongs to.
    pub schedule: ResourceId,
    /// Beginning.
    pub start: Timestamp,
    /// End.
    pub end: Timestamp,
    /// Whether it is free at the time of reading.
    pub free: bool,
    /// Whether it is held for somebody at the time of reading.
    pub held: bool,
}

/// A visit that took place (FHIR Encounter).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visit {
    /// Beginning.
    pub start: Timestamp,
    /// What kind of visit, where we have plain words for it.
    pub kind: Option<VisitKind>,
    /// What kind of visit, in the source's words.
    pub what: Option<String>,
    /// Who received the patient, in the source's words.
    pub at: Option<String>,
    /// The appointment it fulfilled, when known.
    pub appointment: Option<ResourceId>,
}

/// The GP (*fastlege*) of a person and the calendar to book in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gp {
    /// The practitioner.
    pub practitioner: ResourceId,
    /// Name as shown.
    pub name: String,
    /// The calendar.
    pub schedule: ResourceId,
    /// Where appointments take place.
    pub place: Option<(ResourceId, Place)>,
}
