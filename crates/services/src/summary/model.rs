//! Critical information, suggestions and the parts of a summary, as the rules and pages see them.

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_store::Found;

use super::names::Known;

/// What is critical, in the groups of the summary record's critical information (*kjernejournal, kritisk informasjon*), in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Allergies and other reactions (*overfølsomhet*).
    Allergy,
    /// Trouble with anaesthesia before.
    Anaesthesia,
    /// Serious conditions.
    Condition,
    /// Treatment that is going on and must be known.
    Treatment,
    /// Implants and transplants.
    Implant,
    /// Care that differs from the usual, by agreement.
    Routine,
    /// Infections that ask for care.
    Infection,
}

impl Kind {
    /// All, in order.
    pub(super) const ALL: [Self; 7] = [
        Self::Allergy,
        Self::Anaesthesia,
        Self::Condition,
        Self::Treatment,
        Self::Implant,
        Self::Routine,
        Self::Infection,
    ];

    /// Its code in the category of Flag, Condition and Procedure (`urn:varde:critical-information`); an allergy is one by its type.
    pub(super) const fn code(self) -> Option<&'static str> {
        match self {
            Self::Allergy => None,
            Self::Anaesthesia => Some("critical-anaesthesia"),
            Self::Condition => Some("critical-condition"),
            Self::Treatment => Some("critical-treatment"),
            Self::Implant => Some("critical-implant"),
            Self::Routine => Some("critical-routine"),
            Self::Infection => Some("critical-infection"),
        }
    }
}

/// How sure it is (FHIR allergyintolerance-verification, condition-ver-status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// Confirmed.
    Confirmed,
    /// Nobody has confirmed it yet.
    Unconfirmed,
    /// Not said.
    Unsaid,
}

/// One thing that must be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Type of the resource.
    pub resource_type: ResourceType,
    /// Its id.
    pub id: ResourceId,
    /// Its group.
    pub kind: Kind,
    /// What it is, when we have plain words for it.
    pub known: Option<Known>,
    /// What it is, in the source's words.
    pub name: Option<String>,
    /// How sure it is.
    pub certainty: Certainty,
    /// It can threaten life.
    pub is_dangerous: bool,
    /// What it leads to, in the source's words.
    pub reactions: Vec<String>,
    /// Since when, as exactly as it is known.
    pub since: Option<String>,
    /// When it was written down.
    pub recorded: Option<String>,
    /// Who wrote it.
    pub by: Option<String>,
    /// More words of the source.
    pub notes: Vec<String>,
    /// It holds now.
    pub is_current: bool,
}

/// What somebody wants changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Wish {
    /// Something is missing.
    #[default]
    Add,
    /// Something is wrong.
    Change,
    /// Something should not stand there.
    Remove,
}

impl Wish {
    /// All.
    pub(super) const ALL: [Self; 3] = [Self::Add, Self::Change, Self::Remove];

    /// Its code, in the form and in the Task.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Remove => "remove",
        }
    }

    /// The wish of a code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wish| wish.code() == code)
    }
}

/// Where a suggestion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// On its way.
    Sent,
    /// They have it, or are looking at it.
    Received,
    /// Done as suggested.
    Done,
    /// Not done.
    Refused,
    /// Taken back.
    Withdrawn,
}

/// A suggestion as stored (FHIR Task).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suggestion {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// What is wanted.
    pub wish: Wish,
    /// The item, `Type/id`.
    pub item: Option<String>,
    /// What was written.
    pub words: String,
    /// Where it stands.
    pub state: State,
    /// Why not, or what was done, in the words of who answered.
    pub answer: Option<String>,
    /// Who was asked.
    pub office: String,
    /// When it was sent.
    pub sent: Timestamp,
    /// The last day for an answer.
    pub due: Option<Date>,
}

/// Who answers: the GP's office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Office {
    /// `Organization/id` or `Practitioner/id`.
    pub reference: String,
    /// Its name.
    pub name: String,
}

/// A part of the summary (IPS 2.0, sections of the Composition), in the order in which it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Alerts.
    Alerts,
    /// Allergies and intolerances.
    Allergies,
    /// Medicines.
    Medications,
    /// Problems.
    Problems,
    /// Vaccines.
    Immunizations,
    /// Procedures.
    Procedures,
    /// Implants and other devices.
    Devices,
    /// The newest laboratory result of each kind.
    Results,
}

impl Part {
    /// All, in order.
    pub(super) const ALL: [Self; 8] = [
        Self::Alerts,
        Self::Allergies,
        Self::Medications,
        Self::Problems,
        Self::Immunizations,
        Self::Procedures,
        Self::Devices,
        Self::Results,
    ];

    /// LOINC code and its display.
    pub(super) const fn loinc(self) -> (&'static str, &'static str) {
        match self {
            Self::Alerts => ("104605-1", "Alert"),
            Self::Allergies => ("48765-2", "Allergies and adverse reactions Document"),
            Self::Medications => ("10160-0", "History of Medication use Narrative"),
            Self::Problems => ("11450-4", "Problem list - Reported"),
            Self::Immunizations => ("11369-6", "History of Immunization note"),
            Self::Procedures => ("47519-4", "History of Procedures Document"),
            Self::Devices => ("46264-8", "History of medical device use"),
            Self::Results => ("30954-2", "Relevant diagnostic tests/laboratory data note"),
        }
    }

    /// Whether every summary has it, with something in it or not.
    pub(super) const fn is_required(self) -> bool {
        matches!(self, Self::Allergies | Self::Medications | Self::Problems)
    }
}

/// A part with what is in it.
#[derive(Debug, Clone)]
pub(super) struct Section {
    /// Which.
    pub part: Part,
    /// Its entries.
    pub entries: Vec<Found>,
    /// What the entries refer to and cannot be read without.
    pub others: Vec<Found>,
    /// There is more than the entries.
    pub is_cut: bool,
}

/// The whole summary: the person and the parts.
#[derive(Debug, Clone)]
pub(super) struct Summary {
    /// The Patient.
    pub patient: Found,
    /// The parts.
    pub sections: Vec<Section>,
}

/// One line of a part, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What it is.
    pub name: String,
    /// The rest.
    pub detail: Vec<String>,
}
