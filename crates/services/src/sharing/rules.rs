//! The rules of giving, answering and ending, pure: the day is a parameter, nothing is fetched. Who may give at all is the rule book's.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use varde_base::PatientId;
use varde_rights::{Areas, age_in_years};
use varde_web::ui::NotADay;

use super::model::{Given, Kind, Person, Status};

/// Youngest who may receive, years (domain.md section 1.3).
pub(super) const RECEIVER_MIN_AGE: i16 = 18;

/// Most a person may have given or proposed at a time, so that no list grows without end.
pub(super) const MAX_STANDING: usize = 20;

/// The choice of collecting medicines once, in a form beside the codes of areas.
pub(super) const COLLECT_ONCE: &str = "P-once";

/// How long next of kin may help when the form names no end.
pub(super) fn next_of_kin_usual() -> Span {
    12.months()
}

/// Where it stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Waits for the receiver.
    Waiting,
    /// In force.
    InForce,
    /// Ended, refused, or past its last day.
    Over,
}

/// Where a proxy stands on `today`; it holds on its last day too.
pub(super) fn state(given: &Given, today: Date) -> State {
    if given.until.is_some_and(|until| until < today) {
        return State::Over;
    }
    match given.status {
        Status::Proposed => State::Waiting,
        Status::Active => State::InForce,
        Status::Rejected | Status::Inactive | Status::Other => State::Over,
    }
}

/// What is wrong with a form, each at its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldError {
    /// No number is written.
    NoNumber,
    /// No family name is written.
    NoFamily,
    /// Nobody may receive it with this number and name. One answer for all reasons, so that it tells nothing about a stranger.
    Receiver,
    /// Nothing is chosen.
    Areas,
    /// The last day is no day of the calendar, or only a part of one.
    NotADay,
    /// The last day is not ahead.
    Until,
    /// The receiver has one already.
    Already,
    /// There are too many.
    TooMany,
}

/// What somebody wants to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wish {
    /// What.
    pub kind: Kind,
    /// How far.
    pub areas: Areas,
    /// Medicines once, and then no more.
    pub collects_once: bool,
    /// The last day; `None` for no end.
    pub until: Option<Date>,
}

/// What the form says, `until` as the last day that was typed, if any. `codes` that the kind does not have count for nothing.
///
/// # Errors
/// Every field that is wrong.
pub(super) fn wish(
    kind: Kind,
    codes: &[String],
    until: Result<Option<Date>, NotADay>,
    today: Date,
) -> Result<Wish, Vec<FieldError>> {
    let known = codes.iter().filter_map(|code| Areas::from_code(code)).filter(|area| kind.areas().contains(area));
    let areas = known.fold(Areas::NONE, Areas::with);
    // Who ticks both has let them collect until it ends.
    let is_chosen = codes.iter().any(|code| code == COLLECT_ONCE) && kind.areas().contains(&Areas::PHARMACY);
    let collects_once = is_chosen && !areas.any(Areas::PHARMACY);
    let areas = if collects_once { areas.with(Areas::PHARMACY) } else { areas };
    let mut errors = Vec::new();
    if areas == Areas::NONE {
        errors.push(FieldError::Areas);
    }
    let until = match (until, kind) {
        (Ok(None), Kind::Proxy | Kind::Assigned) => None,
        (Ok(None), Kind::NextOfKin) => today.checked_add(next_of_kin_usual()).ok(),
        (Ok(Some(day)), _) if day >= today => Some(day),
        (Ok(Some(_)), _) => {
            errors.push(FieldError::Until);
            None
        }
        (Err(NotADay), _) => {
            errors.push(FieldError::NotADay);
            None
        }
    };
    if errors.is_empty() { Ok(Wish { kind, areas, collects_once, until }) } else { Err(errors) }
}

/// What is not written of the receiver.
pub(super) fn missing(number: &str, family: &str) -> Vec<FieldError> {
    let fields = [(number, FieldError::NoNumber), (family, FieldError::NoFamily)];
    fields.into_iter().filter(|(typed, _)| typed.trim().is_empty()).map(|(_, error)| error).collect()
}

/// Whether `receiver`, found by number, is the one `family` names, and may receive from `giver`.
pub(super) fn may_receive(receiver: &Person, giver: &Person, family: &str, today: Date) -> bool {
    let typed = family.trim().to_lowercase();
    let is_named = !typed.is_empty() && receiver.families.iter().any(|name| name.to_lowercase() == typed);
    is_named && receiver.patient != giver.patient && !giver.protected && is_fit(receiver, today)
}

fn is_fit(receiver: &Person, today: Date) -> bool {
    let is_adult = receiver.born.is_some_and(|born| age_in_years(born, today) >= RECEIVER_MIN_AGE);
    is_adult && !receiver.protected && !receiver.deceased
}

/// Whether one more may be given to `receiver` beside `existing`; `replaced` is the one that gives way to it.
///
/// # Errors
/// [`FieldError::Already`] or [`FieldError::TooMany`].
pub(super) fn has_room(
    existing: &[Given],
    wish: &Wish,
    receiver: &PatientId,
    replaced: Option<&Given>,
    today: Date,
) -> Result<(), FieldError> {
    let stands = |given: &&Given| state(given, today) != State::Over && replaced.is_none_or(|old| old.id != given.id);
    if existing.iter().filter(stands).any(|given| given.kind == wish.kind && given.receiver.as_ref() == Some(receiver))
    {
        return Err(FieldError::Already);
    }
    if existing.iter().filter(stands).count() >= MAX_STANDING { Err(FieldError::TooMany) } else { Ok(()) }
}

/// What a changed one becomes: it stays accepted when it reaches no further than what the receiver accepted, else it asks again.
pub(super) fn status_after_change(old: &Given, wish: &Wish, today: Date) -> Status {
    let collects_more = old.collects_once && wish.areas.any(Areas::PHARMACY) && !wish.collects_once;
    let grows = collects_more || wish.areas.iter().any(|area| !old.areas.any(area));
    if state(old, today) == State::InForce && !grows { Status::Active } else { Status::Proposed }
}

/// Whether that `receiver` collected medicines on `day` uses it up: it let them, once, and held on that day.
pub(super) fn is_used_up(given: &Given, receiver: &PatientId, day: Date) -> bool {
    let is_theirs = given.receiver.as_ref() == Some(receiver) && given.collects_once;
    is_theirs && state(given, day) == State::InForce && given.from.is_none_or(|from| from <= day)
}

/// Whether `receiver` may say yes or no to it: it names them, waits for them, and they may have it.
pub(super) fn may_answer(given: &Given, receiver: &Person, today: Date) -> bool {
    given.receiver.as_ref() == Some(&receiver.patient)
        && state(given, today) == State::Waiting
        && is_fit(receiver, today)
}

/// Whether one of the two may end it: the giver while it waits or holds, the receiver while it holds or to refuse it.
pub(super) fn may_end(given: &Given, by: &PatientId, today: Date) -> bool {
    // What was decided for one who cannot consent is ended by a new decision, or by who acts.
    let is_party = (given.giver == *by && given.kind != Kind::Assigned) || given.receiver.as_ref() == Some(by);
    is_party && state(given, today) != State::Over
}
