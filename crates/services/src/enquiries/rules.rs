//! What can be sent, what can be done with an answer: pure, with the day as a parameter. Who may ask at all is the rule book's.

use jiff::ToSpan as _;
use jiff::civil::Date;
use varde_base::NationalId;

use super::model::{Deceased, Draft, Kind, RELATIONS, Request, State};

/// Longest text, in characters.
pub(super) const MAX_TEXT: usize = 2_000;

/// Longest name, in characters.
const MAX_NAME: usize = 200;

/// Most a person may have waiting for an answer, so that no list grows without end.
pub(super) const MAX_OPEN: usize = 30;

/// What is wrong with a form, each at its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldError {
    /// Nothing is said of what is wrong, or too much.
    Wrong,
    /// Nothing is said of what it should be, or too much.
    Right,
    /// No name of the one who is dead, or too long a one.
    Name,
    /// Neither a birth date nor a number that can be read.
    Born,
    /// The national identity number is not one.
    Number,
    /// What they were to each other is not chosen.
    Relation,
    /// No health service is named.
    Holder,
    /// No health service has such a name.
    HolderUnknown,
    /// Several have.
    HolderSeveral,
    /// There are too many already.
    TooMany,
}

/// What was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// What is wrong, or what is asked.
    pub wrong: String,
    /// What it should be.
    pub right: String,
    /// Name of the one who is dead.
    pub name: String,
    /// Day, month and year of birth.
    pub born: [String; 3],
    /// National identity number.
    pub number: String,
    /// What they were to each other.
    pub relation: String,
}

fn words(typed: &str, longest: usize) -> Option<String> {
    let text = typed.trim();
    (!text.is_empty() && text.chars().count() <= longest).then(|| text.to_owned())
}

/// What `typed` asks for, as far as it can be sent.
///
/// # Errors
/// Every field that is wrong.
pub(super) fn draft(kind: Kind, typed: &Typed, today: Date) -> Result<Draft, Vec<FieldError>> {
    let mut errors = Vec::new();
    let deceased = if kind == Kind::AfterDeath { deceased(typed, today, &mut errors) } else { None };
    let wrong = words(&typed.wrong, MAX_TEXT);
    let right = if kind == Kind::Correction { words(&typed.right, MAX_TEXT) } else { Some(String::new()) };
    errors.extend(wrong.is_none().then_some(FieldError::Wrong));
    errors.extend(right.is_none().then_some(FieldError::Right));
    match (wrong, right, errors.is_empty()) {
        (Some(wrong), Some(right), true) => {
            Ok(Draft { kind, item: None, entry: None, about: None, wrong, right, deceased })
        }
        _ => Err(errors),
    }
}

/// Who is dead, as described: a name, and a birth date or a number. A day that is no day is wrong though a number is there.
fn deceased(typed: &Typed, today: Date, errors: &mut Vec<FieldError>) -> Option<Deceased> {
    let relation = RELATIONS.into_iter().find(|code| *code == typed.relation);
    errors.extend(relation.is_none().then_some(FieldError::Relation));
    let name = words(&typed.name, MAX_NAME);
    errors.extend(name.is_none().then_some(FieldError::Name));
    let has_day = typed.born.iter().any(|part| !part.trim().is_empty());
    let born = day(&typed.born).filter(|born| *born <= today);
    let digits: String = typed.number.chars().filter(|c| !c.is_whitespace()).collect();
    let number: Option<NationalId> = digits.parse().ok();
    if !digits.is_empty() && number.is_none() {
        errors.push(FieldError::Number);
    }
    if (has_day && born.is_none()) || (!has_day && digits.is_empty()) {
        errors.push(FieldError::Born);
    }
    Some(Deceased { name: name?, born, number, relation: relation? })
}

fn day([day, month, year]: &[String; 3]) -> Option<Date> {
    let year = year.trim().parse().ok().filter(|year| *year >= 1850)?;
    Date::new(year, month.trim().parse().ok()?, day.trim().parse().ok()?).ok()
}

/// The last day for an answer to what is sent on `today`.
pub(super) fn deadline(today: Date, days: u16) -> Option<Date> {
    today.checked_add(i64::from(days).days()).ok()
}

/// Whether it still waits for an answer.
pub(super) const fn is_open(state: State) -> bool {
    matches!(state, State::Sent | State::Received | State::LookedAt)
}

/// Whether an answer should have come.
pub(super) fn is_overdue(request: &Request, today: Date) -> bool {
    is_open(request.state) && request.deadline.is_some_and(|deadline| deadline < today)
}

/// Whether there is room for one more.
///
/// # Errors
/// [`FieldError::TooMany`].
pub(super) fn has_room(existing: &[Request]) -> Result<(), FieldError> {
    let open = existing.iter().filter(|request| is_open(request.state)).count();
    if open < MAX_OPEN { Ok(()) } else { Err(FieldError::TooMany) }
}

/// Whether one may complain: about a no, or about no answer in time (pbrl § 7-2). Of a look-up there is nothing to complain about here.
pub(super) fn may_complain(request: &Request, today: Date) -> bool {
    let is_of_kind = matches!(request.kind, Kind::Correction | Kind::Missing | Kind::AfterDeath);
    is_of_kind && (request.state == State::Refused || is_overdue(request, today))
}

/// Whether one's own words may be put beside what was not corrected.
pub(super) fn may_state(request: &Request) -> bool {
    request.kind == Kind::Correction && request.state == State::Refused
}

/// Whether it may be taken back.
pub(super) const fn may_withdraw(request: &Request) -> bool {
    is_open(request.state)
}
