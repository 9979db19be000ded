//! A GP, the office, lists and changes, as the rules and pages see them.

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use varde_base::{PatientId, ResourceId};

use crate::shared::StandIn;

/// A GP's list (FHIR HealthcareService of type `gp-list`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GpList {
    /// Its id.
    pub id: ResourceId,
    /// The version that was read, which a change must find.
    pub version: u64,
    /// The doctor and the office, as the register names the list.
    pub name: String,
    /// Town, when the list says where it is.
    pub place: Option<String>,
    /// The doctor takes patients at all.
    pub is_active: bool,
    /// How many the doctor has agreed to.
    pub capacity: u32,
    /// How many are on it, those who have a place kept among them.
    pub listed: u32,
    /// Tickets of those who wait, the first to come first.
    pub waiting: Vec<String>,
}

/// How the office can be written to or visited (`urn:varde:offer`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// E-consultation.
    Consultation,
    /// Prescriptions.
    Prescription,
    /// A message to the office.
    Contact,
    /// A copy of the record.
    RecordCopy,
}

impl Offer {
    /// The offer a code names, if any.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "consultation" => Self::Consultation,
            "prescription" => Self::Prescription,
            "contact" => Self::Contact,
            "record-copy" => Self::RecordCopy,
            _ => return None,
        })
    }
}

/// When the office is open on some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hours {
    /// On these days.
    pub days: Vec<Weekday>,
    /// From and to; `None` is round the clock.
    pub between: Option<(Time, Time)>,
}

/// The office takes no messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closed {
    /// The last day it is closed, where it is told.
    pub until: Option<Date>,
    /// Why, in the office's words.
    pub why: Option<String>,
}

/// The office's own information.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Practice {
    /// Its name.
    pub name: String,
    /// Its telephone.
    pub phone: Option<String>,
    /// Its page on the net, https only.
    pub website: Option<String>,
    /// Street, postal code and town, one line each.
    pub address: Vec<String>,
    /// When it is open.
    pub hours: Vec<Hours>,
    /// What it says of itself.
    pub about: Option<String>,
    /// What it takes in on the net.
    pub offers: Vec<Offer>,
    /// It is closed for messages now.
    pub closed: Option<Closed>,
}

/// The GP of a person, with the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gp {
    /// The doctor.
    pub name: String,
    /// The doctor's list, where it is known.
    pub list: Option<ResourceId>,
    /// The office.
    pub practice: Practice,
    /// Who stands in now.
    pub stand_ins: Vec<StandIn>,
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// On the waiting list.
    Waiting,
    /// A place is kept from a day.
    Scheduled,
    /// Carried out.
    Done,
    /// Taken back by the person.
    Withdrawn,
    /// The register said no.
    Refused,
}

impl State {
    /// Something is still to come of it.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Scheduled)
    }
}

/// A change of GP (FHIR Task).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Its id.
    pub id: ResourceId,
    /// The version that was read.
    pub version: u64,
    /// Where it stands.
    pub state: State,
    /// The list it is to, where one is named.
    pub to: Option<ResourceId>,
    /// Its name.
    pub to_name: String,
    /// The list before, where it is told.
    pub from: Option<ResourceId>,
    /// The name of the GP before, where it is told.
    pub from_name: Option<String>,
    /// The person has moved, and left the list before by that.
    pub moved: bool,
    /// The day from which it holds.
    pub starts: Option<Date>,
    /// When it was asked for.
    pub asked: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
    /// Why not, in the register's words.
    pub reason: Option<String>,
    /// It is one of the changes a person has a year; one that the doctor or the register brought about is not.
    pub counts: bool,
    /// The ticket on the waiting list, or of the place that is kept.
    pub ticket: Option<String>,
}

/// Somebody who may change GP with the visitor: the visitor, the one acted for, or a child of the visitor's below 16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// Who.
    pub patient: PatientId,
    /// The name to show.
    pub name: String,
    /// Below 16, and a child of the visitor's.
    pub is_own_child: bool,
}
