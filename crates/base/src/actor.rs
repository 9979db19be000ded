use crate::{NationalId, PatientId};

/// Who asks. Nothing is read or written without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person signed in to the portal.
    Citizen(CitizenActor),
    /// Health personnel, for whom a program vouches.
    Personnel(PersonnelActor),
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

/// Health personnel at work, as the program they use has attested (Norwegian trust framework for health data, *tillitsrammeverket*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonnelActor {
    /// Number in the register of health personnel (*HPR-nummer*).
    pub hpr_number: Box<str>,
    /// Name, shown to the citizen in the access log.
    pub name: Box<str>,
    /// What they work as, in words or by code (Volven 9060), shown in the access log.
    pub role: Box<str>,
    /// The organisation they work for, shown in the access log.
    pub organization: Box<str>,
    /// Number of the legal entity they work for, in the register of legal entities; for the log.
    pub legal_entity: Option<Box<str>>,
    /// Number of the place of care in it, in the same register; for the log.
    pub point_of_care: Option<Box<str>>,
    /// Id in the source system of what shows that they treat the patient, without its words; for the log.
    pub decision_ref: Option<Box<str>>,
    /// Why they look.
    pub basis: CareBasis,
    /// The patient has said yes to just this (`HPMOTTATTSAMTYKKE`).
    pub patient_agrees: bool,
    /// What in the source system shows that they treat the patient: a referral, a visit, a decision. At most 200 characters.
    pub attestation: Option<Box<str>>,
    /// Why they look past what is closed, in words; for those who review it. At most 200 characters.
    pub reason: Option<Box<str>>,
    /// The program that vouches.
    pub system: Box<str>,
}

/// Why health personnel look (HL7 v3 ActReason).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CareBasis {
    /// They treat the patient (`TREAT`).
    Treatment,
    /// An emergency (`ETREAT`; *BLAALYS*).
    Emergency,
    /// They coordinate care (`COC`).
    Coordination,
    /// They break the glass (`BTG`).
    BreakGlass,
}

impl CareBasis {
    /// The code of HL7 v3 ActReason.
    pub const fn code(self) -> &'static str {
        self.purpose().code()
    }

    /// The basis a code names, if any.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Treatment, Self::Emergency, Self::Coordination, Self::BreakGlass]
            .into_iter()
            .find(|its| its.code() == code)
    }

    /// Whether it passes what the patient has closed, so that it takes a reason, is told to the patient and reviewed afterwards.
    pub const fn is_exceptional(self) -> bool {
        matches!(self, Self::Emergency | Self::BreakGlass)
    }

    /// The purpose for the access log.
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Treatment => Purpose::Treatment,
            Self::Emergency => Purpose::Emergency,
            Self::Coordination => Purpose::Coordination,
            Self::BreakGlass => Purpose::BreakGlass,
        }
    }
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
    /// Treatment in an emergency (`ETREAT`).
    Emergency,
    /// Coordination of care (`COC`).
    Coordination,
    /// Past what is closed, for reasons that are reviewed afterwards (`BTG`).
    BreakGlass,
    /// Running the installation (`HSYSADMIN`).
    Administration,
    /// Trying what the rules say of a case, by those who run the installation. HL7 has no code for it, so this one is our own.
    Simulation,
}

impl Purpose {
    /// The code of HL7 v3 ActReason.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PatientRequest => "PATRQT",
            Self::Treatment => "TREAT",
            Self::Emergency => "ETREAT",
            Self::Coordination => "COC",
            Self::BreakGlass => "BTG",
            Self::Administration => "HSYSADMIN",
            Self::Simulation => "SIMULATE",
        }
    }
}
