//! Referrals as the rules and pages see them.

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::ResourceId;

/// A referral (FHIR ServiceRequest).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Referral {
    /// Its id.
    pub id: ResourceId,
    /// What it is called, in the source's words.
    pub title: Option<String>,
    /// Why, in the words of the one who sent it.
    pub reason: Option<String>,
    /// Who sent it.
    pub from: Option<String>,
    /// To whom, by name.
    pub to: Option<String>,
    /// The organisation it went to, when it is known here.
    pub organization: Option<ResourceId>,
    /// How the source says it stands.
    pub status: Status,
    /// What the receiver has decided.
    pub decision: Option<Decision>,
    /// Why it stands so, in the receiver's words.
    pub why: Option<String>,
    /// When it was sent.
    pub sent: Option<String>,
    /// When specialist care got a referral of this first (*ansiennitetsdato*).
    pub first_received: Option<Date>,
    /// When the receiver got it.
    pub received: Option<Date>,
    /// When it must be assessed, where the receiver says so.
    pub assess_by: Option<Date>,
    /// When it was assessed.
    pub assessed: Option<Date>,
    /// When the help must have begun (*frist for helsehjelp*).
    pub care_by: Option<Date>,
}

/// How the source says a referral stands (R4 request-status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// It goes on.
    Active,
    /// It waits.
    OnHold,
    /// It was taken back.
    Revoked,
    /// It is done.
    Completed,
}

/// What the receiver has decided (`urn:varde:referral-decision`, docs/api.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The person has a right to help, with a last day.
    Granted,
    /// The person gets help, without a last day.
    GrantedWithoutRight,
    /// No.
    Rejected,
    /// It was sent on to somebody else.
    Redirected,
    /// They have asked the one who sent it for more.
    MoreInfoNeeded,
}

impl Decision {
    /// All decisions.
    pub(super) const ALL: [Self; 5] =
        [Self::Granted, Self::GrantedWithoutRight, Self::Rejected, Self::Redirected, Self::MoreInfoNeeded];

    /// Its code.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::GrantedWithoutRight => "granted-without-right",
            Self::Rejected => "rejected",
            Self::Redirected => "redirected",
            Self::MoreInfoNeeded => "more-info-needed",
        }
    }
}

/// The Task in which the receiver works on a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assessment {
    /// The referral.
    pub referral: ResourceId,
    /// What was decided.
    pub decision: Option<Decision>,
    /// They have begun on it.
    pub is_begun: bool,
    /// When it was done.
    pub done: Option<Date>,
    /// Why, in the receiver's words.
    pub why: Option<String>,
}

/// An appointment that comes of a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visit {
    /// Its id.
    pub id: ResourceId,
    /// The referral.
    pub referral: ResourceId,
    /// When it begins.
    pub start: Option<Timestamp>,
    /// How it stands.
    pub state: VisitState,
}

/// How an appointment stands, as far as a referral is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VisitState {
    /// It is to come, or its time is past and nobody has said how it went.
    Booked,
    /// It took place.
    Fulfilled,
    /// It was called off, or nobody came.
    Off,
}

/// Where a referral stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// On its way.
    Sent,
    /// With the receiver, who has not decided.
    Assessing,
    /// They wait for more from the one who sent it.
    MoreInfo,
    /// It gives help; there is no appointment yet.
    Waiting,
    /// There is an appointment.
    Scheduled,
    /// The help has begun.
    Started,
    /// It is put off.
    OnHold,
    /// No.
    Rejected,
    /// It was sent on.
    Redirected,
    /// It was taken back.
    Withdrawn,
    /// It is done.
    Ended,
}

/// A deadline, with its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deadline {
    /// It must be assessed by that day.
    Assessment(Date),
    /// The help must have begun by that day.
    Care(Date),
}

impl Deadline {
    /// The last day.
    pub(super) const fn day(self) -> Date {
        match self {
            Self::Assessment(day) | Self::Care(day) => day,
        }
    }
}

/// A step of the line in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// What it is.
    pub what: What,
    /// When: a day, or an instant of an appointment, as exactly as it is known.
    pub when: Option<String>,
    /// How far it has come.
    pub progress: Progress,
}

/// What a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// It was sent.
    Sent,
    /// The receiver got it.
    Received,
    /// It is to be assessed.
    Assess,
    /// It was assessed, and this was decided, when that is said.
    Assessed(Option<Decision>),
    /// It was put off.
    OnHold,
    /// An appointment.
    Visit(ResourceId),
    /// The help is to begin.
    Care,
    /// It was taken back.
    Withdrawn,
    /// It is done.
    Ended,
}

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Behind.
    Done,
    /// Going on.
    Now,
    /// To come.
    Ahead,
    /// Should have been done.
    Late,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Office {
    /// Its name.
    pub name: Option<String>,
    /// Its telephone.
    pub phone: Option<String>,
}
