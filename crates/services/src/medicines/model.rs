//! Prescriptions, dispensings, renewals and medicines in use, as the rules and pages see them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use varde_base::ResourceId;

use super::dose::Dose;

/// What the source says of a prescription (R4 medicationrequest-status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// In force.
    Active,
    /// Paused by the prescriber.
    OnHold,
    /// Used up, or the course is over.
    Completed,
    /// Called off by the prescriber.
    Stopped,
}

/// A prescription (FHIR MedicationRequest).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Prescription {
    /// Its id.
    pub id: ResourceId,
    /// What people call the medicine; empty when the source gives no name.
    pub name: String,
    /// ATC code, when the source gives one.
    pub atc: Option<String>,
    /// Prescription group (*reseptgruppe*, Volven 7421), such as `A`, `B`, `C`, when the source gives one.
    pub group: Option<String>,
    /// How to take it.
    pub dose: Dose,
    /// What it is for.
    pub reason: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Meant for a short time only.
    pub is_short_course: bool,
    /// When it was written, as exact as known.
    pub written: Option<String>,
    /// The last day it can be used, where the source says so.
    pub valid_until: Option<Date>,
    /// How many times it can be collected in all; `None` when the source does not say.
    pub allowed: Option<u32>,
    /// How much is given each time.
    pub amount: Option<String>,
    /// Who wrote it.
    pub prescriber: Option<String>,
    /// The Practitioner who wrote it.
    pub prescriber_id: Option<ResourceId>,
    /// The prescription it came instead of.
    pub replaces: Option<ResourceId>,
    /// Notes of the prescriber or the pharmacy to the patient.
    pub notes: Vec<String>,
    /// `meta.security` as stored: what follows from this prescription is for the same eyes.
    pub security: Vec<Value>,
}

/// How far a dispensing has come (R4 medicationdispense-status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DispensingState {
    /// The pharmacy is making it ready.
    Preparing,
    /// Collected.
    Collected,
}

/// Something a pharmacy gave out, or is making ready (FHIR MedicationDispense).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dispensing {
    /// The prescription it was given out on.
    pub prescription: Option<ResourceId>,
    /// What people call the medicine; empty when the source gives no name.
    pub name: String,
    /// ATC code, when the source gives one.
    pub atc: Option<String>,
    /// When it was given out, as exact as known.
    pub when: Option<String>,
    /// How much.
    pub amount: Option<String>,
    /// Which pharmacy.
    pub pharmacy: Option<String>,
    /// How far it has come.
    pub state: DispensingState,
    /// Packed in bags, one for each time (*multidose*).
    pub in_dose_bags: bool,
}

/// Where a renewal stands (domain.md section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RenewalState {
    /// Sent, not yet taken in by the practice.
    Sent,
    /// The practice has it.
    Received,
    /// Somebody there looks at it.
    Considered,
    /// A new prescription is written.
    Approved,
    /// The doctor wants to talk first.
    NeedsConsultation,
    /// No.
    Refused,
    /// Taken back by the citizen.
    Withdrawn,
}

impl RenewalState {
    /// Still waiting for the practice.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Received | Self::Considered)
    }
}

/// A citizen's request that a prescription be renewed (FHIR Task).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Renewal {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// The prescription.
    pub prescription: ResourceId,
    /// Where it stands.
    pub state: RenewalState,
    /// Why it was refused, or what must come first.
    pub reason: Option<String>,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
    /// The day by which an answer is usual.
    pub due: Option<Date>,
    /// Who shall answer.
    pub office: String,
    /// What the person wrote.
    pub message: Option<String>,
}

/// How a medicine in use stands (FHIR MedicationStatement.status, and prescriptions in force).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// In use.
    Current,
    /// Paused for now.
    Paused,
    /// No longer in use.
    Stopped,
}

/// An entry of the list of medicines (*pasientens legemiddelliste*).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Medicine {
    /// What people call it.
    pub name: String,
    /// ATC code, when the source gives one.
    pub atc: Option<String>,
    /// How to take it.
    pub dose: Dose,
    /// What it is for.
    pub reason: Option<String>,
    /// How it stands.
    pub state: Use,
    /// When the entry was last gone through, as exact as known.
    pub reviewed: Option<String>,
    /// By whom.
    pub reviewed_by: Option<String>,
    /// Packed in bags, one for each time (*multidose*).
    pub in_dose_bags: bool,
}

/// What a source says of medicines that affect each other (FHIR DetectedIssue). The portal makes no such findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interaction {
    /// In the source's words.
    pub words: String,
    /// Who says so.
    pub source: Option<String>,
    /// When, as exact as known.
    pub when: Option<String>,
    /// The prescriptions it is about.
    pub prescriptions: Vec<ResourceId>,
}

/// Who is asked to renew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Office {
    /// `Organization/id`, or `Practitioner/id` of one whose organisation is not known.
    pub reference: String,
    /// Its name.
    pub name: String,
}
