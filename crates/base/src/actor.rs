use crate::{NationalId, PatientId};

/// Who asks. Nothing is read or written without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person signed in to the portal.
    Citizen(CitizenActor),
    /// A program: a source system, an administrator's tool, or one of our own background jobs.
    System(SystemActor),
}

/// A citizen who has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitizenActor {
    /// The citizen's own Patient resource.
    pub patient: PatientId,
    /// The number the identity provider vouched for; relations from the population register are keyed by it.
    pub national_id: NationalId,
    /// The name shown to people in the access log.
    pub name: Box<str>,
    /// How sure the identity provider is.
    pub level: AssuranceLevel,
}

/// A program that has shown a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemActor {
    /// Stable name, shown in the access log.
    pub name: Box<str>,
    /// What kind of program it is.
    pub role: SystemRole,
}

/// Kinds of program, each with its own rows in the rule book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SystemRole {
    /// An electronic health record, register or laboratory that delivers and fetches data.
    SourceSystem,
    /// An administrator of this installation.
    Admin,
    /// Our own worker, acting for the platform (sending notices, importing).
    Platform,
}

/// Level of assurance of a sign-in (eIDAS, Regulation (EU) 910/2014 article 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssuranceLevel {
    /// Substantial (*betydelig*), for example MinID.
    Substantial,
    /// High (*høyt*), for example BankID.
    High,
}

/// Why data are looked at (HL7 v3 ActReason / PurposeOfUse).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The person themself or somebody who acts for them (`PATRQT`).
    PatientRequest,
    /// Treatment, including delivery from a source system (`TREAT`).
    Treatment,
    /// Running the installation (`HSYSADMIN`).
    Administration,
}

impl Purpose {
    /// The code of HL7 v3 ActReason.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PatientRequest => "PATRQT",
            Self::Treatment => "TREAT",
            Self::Administration => "HSYSADMIN",
        }
    }
}
