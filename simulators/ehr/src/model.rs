//! What lies on the desk.

use jiff::Timestamp;

/// Who works on something. Each shows the platform a name and a token of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seat {
    /// The practices and hospitals.
    Offices,
    /// The register of general practitioners (*fastlegeregisteret*), which keeps their lists.
    Register,
}

/// What kind of thing is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A citizen asks for a prescription to be renewed (Task).
    Renewal,
    /// A citizen has written (Task about a Communication).
    Message,
    /// A sample is at the laboratory; a report comes of it (DiagnosticReport).
    Report,
    /// A citizen has booked a time (Appointment).
    Booking,
    /// Somebody is referred to a hospital (ServiceRequest).
    Referral,
    /// A citizen waits for an earlier time than the one they have (Appointment).
    Earlier,
    /// A citizen suggests something for the summary (Task).
    Suggestion,
    /// A citizen wants something corrected, found or explained (Task).
    Request,
    /// A citizen changes GP; the register's (Task).
    GpChange,
}

impl Kind {
    /// All kinds.
    pub(crate) const ALL: [Self; 9] = [
        Self::Renewal,
        Self::Message,
        Self::Report,
        Self::Booking,
        Self::Referral,
        Self::Earlier,
        Self::Suggestion,
        Self::Request,
        Self::GpChange,
    ];

    /// Stable name, in the store and on the page.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Renewal => "renewal",
            Self::Message => "message",
            Self::Report => "report",
            Self::Booking => "booking",
            Self::Referral => "referral",
            Self::Earlier => "earlier time",
            Self::Suggestion => "suggestion",
            Self::Request => "request",
            Self::GpChange => "change of GP",
        }
    }

    /// Which of the two desks it is for.
    pub(crate) const fn seat(self) -> Seat {
        match self {
            Self::GpChange => Seat::Register,
            _ => Seat::Offices,
        }
    }

    /// The kind of that name.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// It is there.
    New,
    /// The office has said that it has it.
    Taken,
    /// Somebody looks at it.
    Opened,
    /// It is answered, or there is nothing more to do.
    Done,
    /// It could not be done, however often it was tried.
    GivenUp,
}

impl Stage {
    /// All stages, in order.
    pub(crate) const ALL: [Self; 5] = [Self::New, Self::Taken, Self::Opened, Self::Done, Self::GivenUp];

    /// Its number, in the store.
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::New => 0,
            Self::Taken => 1,
            Self::Opened => 2,
            Self::Done => 3,
            Self::GivenUp => 4,
        }
    }

    /// The stage of that number.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.number() == number)
    }

    /// Whether something is still to be done.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Taken | Self::Opened)
    }

    /// Its name on the page.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Taken => "taken in",
            Self::Opened => "opened",
            Self::Done => "done",
            Self::GivenUp => "given up",
        }
    }
}

/// Something that has come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incoming {
    /// `Type/id` of what is worked on.
    pub(crate) id: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// `Type/id` of what it is about; two of one kind about the same are first and second asking.
    pub(crate) about: String,
    /// How far it had come when it was found.
    pub(crate) stage: Stage,
    /// The last moment of the day on which an answer was promised.
    pub(crate) promised: Option<Timestamp>,
    /// What must be remembered of it (JSON), if anything.
    pub(crate) memo: Option<String>,
}

/// Something on the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Errand {
    /// `Type/id` of what is worked on.
    pub(crate) id: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// `Type/id` of what it is about.
    pub(crate) about: String,
    /// How far it has come.
    pub(crate) stage: Stage,
    /// Since when.
    pub(crate) since: Timestamp,
    /// How often the next step has been tried in vain.
    pub(crate) attempts: u32,
    /// What was decided or ordered (JSON), kept before it is said so that it is said the same way twice.
    pub(crate) memo: Option<String>,
}

impl Errand {
    /// The id without the type.
    pub(crate) fn plain_id(&self) -> &str {
        self.id.split_once('/').map_or(&*self.id, |(_, id)| id)
    }
}
