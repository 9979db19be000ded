//! Requests as the rules and pages see them.

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::{NationalId, ResourceId};

/// What is asked for; its code of `urn:varde:request` in `Task.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// To have something corrected, or put in where it is missing (*retting*).
    #[default]
    Correction,
    /// To get something that is not in the record on the pages (*innsyn*).
    Missing,
    /// To see the record of one who is dead (*innsyn etter dødsfall*).
    AfterDeath,
    /// Why somebody looked (*spørsmål om oppslag*).
    LookUp,
    /// That somebody looks at an answer again (*klage*).
    Complaint,
}

impl Kind {
    /// All kinds.
    pub(super) const ALL: [Self; 5] =
        [Self::Correction, Self::Missing, Self::AfterDeath, Self::LookUp, Self::Complaint];

    /// Its code.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::Missing => "missing-document",
            Self::AfterDeath => "access-after-death",
            Self::LookUp => "look-up-question",
            Self::Complaint => "complaint",
        }
    }

    /// The kind of a code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// On its way.
    Sent,
    /// They have it.
    Received,
    /// They are looking at it.
    LookedAt,
    /// Done as asked, or answered.
    Granted,
    /// Not done.
    Refused,
    /// Taken back by the one who asked.
    Withdrawn,
}

/// Who shall answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    /// An organisation of the health service: its id and name.
    Organization(ResourceId, String),
    /// Those who run this platform: nobody else is known.
    Operator,
    /// The County Governor (*Statsforvalteren*), for complaints.
    CountyGovernor,
    /// Somebody else, by the name a system has given.
    Other(String),
}

/// One who is dead, as the one who asks describes them. Never looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deceased {
    /// The name.
    pub name: String,
    /// The birth date, if it was given.
    pub born: Option<Date>,
    /// The national identity number, if it was given.
    pub number: Option<NationalId>,
    /// What the one who asks was to them: a code of [`RELATIONS`].
    pub relation: &'static str,
}

/// How one may have stood to somebody, nearest first.
pub(super) const RELATIONS: [&str; 5] = ["partner", "child", "parent", "sibling", "other"];

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    /// What is asked for.
    pub kind: Kind,
    /// The stored item it is about, `Type/id`.
    pub item: Option<String>,
    /// The entry of the access log it is about.
    pub entry: Option<u64>,
    /// The request a complaint is about.
    pub about: Option<ResourceId>,
    /// What is wrong, or what is asked.
    pub wrong: String,
    /// What it should be; empty where that is not asked.
    pub right: String,
    /// Who is dead.
    pub deceased: Option<Deceased>,
}

/// A request as stored (FHIR Task).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// Its id.
    pub id: ResourceId,
    /// Version read, for optimistic locking.
    pub version: u64,
    /// What is asked for.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// The stored item it is about, `Type/id`.
    pub item: Option<String>,
    /// The entry of the access log it is about.
    pub entry: Option<u64>,
    /// The request a complaint is about.
    pub about: Option<ResourceId>,
    /// What was asked, as it was typed.
    pub asked: Asked,
    /// Who shall answer.
    pub holder: Holder,
    /// When it was sent.
    pub sent: Timestamp,
    /// The last day for an answer.
    pub deadline: Option<Date>,
    /// Why not, in the words of who answered.
    pub reason: Option<String>,
    /// The answer, in the words of who answered.
    pub answers: Vec<String>,
}

/// What the person has typed, each field that is kept with the request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// What is wrong, or what is asked.
    pub wrong: Option<String>,
    /// What it should be.
    pub right: Option<String>,
    /// Name of the one who is dead.
    pub deceased: Option<String>,
    /// What the one who asks was to them: a code of [`RELATIONS`].
    pub relation: Option<String>,
    /// When they were born, as exact as it was given.
    pub born: Option<String>,
    /// The national identity number was given.
    pub has_number: bool,
}

impl Asked {
    /// What is said in words, as it begins the thread.
    pub(super) fn words(&self) -> String {
        let words: Vec<&str> = [&self.wrong, &self.right].into_iter().flatten().map(String::as_str).collect();
        words.join("\n\n")
    }
}

/// One text of the thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// When.
    pub sent: Timestamp,
    /// From the one who asked, and not from who answers.
    pub is_own: bool,
    /// The person's own words that stand beside what was not corrected.
    pub is_statement: bool,
    /// The words.
    pub text: String,
}
