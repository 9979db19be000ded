//! Appointments and free times as the rules and pages see them.

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_rights::Service;

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
}

/// A visit that took place (FHIR Encounter).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visit {
    /// Beginning.
    pub start: Timestamp,
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
