//! Settings and consents, as the rules and pages see them.

use std::fmt;
use std::str::FromStr;

use varde_base::{PatientId, ResourceId};
use varde_rights::{ConsentLevel, Service};

use super::super::model::Status;

/// A number in the register of health personnel (*HPR-nummer*): seven to nine digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct HprNumber(Box<str>);

/// What was typed is no number of that register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct NoHprNumber;

impl FromStr for HprNumber {
    type Err = NoHprNumber;

    /// Blanks between the digits are how people write it.
    fn from_str(typed: &str) -> Result<Self, NoHprNumber> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let is_number = (7..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { Ok(Self(digits.into())) } else { Err(NoHprNumber) }
    }
}

impl fmt::Display for HprNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person closes by kind of information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// For all health personnel (*sperre*); emergencies and the patient's yes go past it.
    Block,
    /// Against a register (*reservasjon*): nobody sees what is in it, the person neither.
    Reservation,
    /// The person's own digital access (*fjerne egen tilgang*).
    OwnAccess,
}

/// What a Consent says (its category).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum What {
    /// A proxy, by the receiver's name.
    Proxy(String),
    /// Practical things for next of kin, by their name.
    NextOfKin(String),
    /// How far the platform may go; `None` for a word that is not known.
    Level(Option<ConsentLevel>),
    /// The account is stopped.
    AccountStop,
    /// The account is inactive.
    Inactive,
    /// A child's data are withheld from parents.
    AcuteStop,
    /// Blocked for all health personnel.
    Block,
    /// Blocked for one: the number, and the name when it was known.
    BlockNamed(String, String),
    /// Reserved against registers.
    Reservation,
    /// Own digital access removed.
    OwnAccess,
    /// A parent's consent to the young person's own use; who gave it.
    Parental(Option<PatientId>, String),
    /// A referral opened by health personnel.
    Opening,
    /// Something else, in the words of whoever wrote it.
    Other(String),
}

impl What {
    /// It takes something away, so that what cannot be read of it holds.
    pub(super) const fn restricts(&self) -> bool {
        matches!(
            self,
            Self::Level(_)
                | Self::AccountStop
                | Self::Inactive
                | Self::AcuteStop
                | Self::Block
                | Self::BlockNamed(..)
                | Self::Reservation
                | Self::OwnAccess
        )
    }
}

/// The kinds of information it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Covers {
    /// All of them: it names none.
    Everything,
    /// These.
    Services(Vec<Service>),
}

/// A setting or consent (FHIR Consent).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Setting {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// Whose.
    pub patient: PatientId,
    /// What it says.
    pub what: What,
    /// About what.
    pub covers: Covers,
    /// Where it stands.
    pub status: Status,
    /// First day, as written.
    pub start: Option<String>,
    /// Last day, as written.
    pub end: Option<String>,
    /// When it was decided, as exact as known.
    pub decided: Option<String>,
    /// When it was last written; of an ended one, when it was ended.
    pub changed: Option<String>,
}
