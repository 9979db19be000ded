//! Proxies and what next of kin were given, as the rules and pages see them.

use jiff::civil::Date;
use varde_base::{PatientId, ResourceId};
use varde_rights::{Areas, ConsentLevel};

/// What is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A proxy (*fullmakt*, Volven 7611 `FU`).
    Proxy,
    /// Practical things for next of kin (*pårørende light*).
    NextOfKin,
    /// A proxy decided for one who cannot consent (Volven 7611 `TD`). Registered with documentation, never given on a page.
    Assigned,
}

impl Kind {
    /// Its name in addresses and forms, and for next of kin the code of the Consent.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Proxy => "proxy",
            Self::NextOfKin => "next-of-kin",
            Self::Assigned => "assigned",
        }
    }

    /// The kind a key names; a proxy for none.
    pub(super) fn from_key(key: &str) -> Self {
        if key == Self::NextOfKin.key() { Self::NextOfKin } else { Self::Proxy }
    }

    /// What can be given.
    pub(super) const fn areas(self) -> &'static [Areas] {
        match self {
            Self::Proxy => &[Areas::REGISTERS, Areas::RECORD, Areas::SERVICES, Areas::PHARMACY],
            Self::NextOfKin => &[Areas::TIMES, Areas::TRAVEL, Areas::PHARMACY],
            Self::Assigned => &[],
        }
    }
}

/// Where it stands (R4 consent-state-codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Waits for the receiver.
    Proposed,
    /// Accepted.
    Active,
    /// The receiver said no.
    Rejected,
    /// Ended by one of the two.
    Inactive,
    /// It never was, or is a draft elsewhere.
    Other,
}

/// A proxy, or what next of kin were given (FHIR Consent).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// Who gave it.
    pub giver: PatientId,
    /// To whom; `None` when the source names the receiver by number only.
    pub receiver: Option<PatientId>,
    /// The receiver's name when it was given.
    pub receiver_name: String,
    /// What it covers.
    pub areas: Areas,
    /// Medicines are collected once by it, and then no more.
    pub collects_once: bool,
    /// First day.
    pub from: Option<Date>,
    /// Last day; `None` for no end.
    pub until: Option<Date>,
    /// Who registered it with documentation, and when; `None` for one the giver gave online.
    pub registered: Option<(String, Option<String>)>,
}

/// A person in the population register, as far as giving and receiving ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// Who.
    pub patient: PatientId,
    /// The name to show.
    pub name: String,
    /// Family names, as registered.
    pub families: Vec<String>,
    /// Birth date.
    pub born: Option<Date>,
    /// Protected address, which closes both giving and receiving.
    pub protected: bool,
    /// Registered dead.
    pub deceased: bool,
}

/// How far the person has let the platform go, once (FHIR Consent).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChosenLevel {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// It holds now.
    pub is_active: bool,
    /// How far; `None` when it names no level that is known.
    pub level: Option<ConsentLevel>,
    /// When it was chosen, as exact as known.
    pub chosen: Option<String>,
}
