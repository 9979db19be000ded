//! The rules of changing GP, pure: time is a parameter, nothing is fetched (domain.md section 2.10).

use jiff::ToSpan as _;
use jiff::civil::Date;
use varde_base::{ResourceId, date_in_norway};

use super::model::{Change, GpList, State};

/// Changes a person has in a calendar year (fastlegeforskriften § 12).
pub(super) const CHANGES_A_YEAR: usize = 2;

/// Most who wait for one list, so that it does not grow without end. Assumed.
pub(super) const MAX_WAITING: usize = 500;

/// Most people changed at once: a parent and the children.
pub(super) const MAX_PERSONS: usize = 12;

/// Longest words searched for, in characters.
pub(super) const SEARCH_MAX_CHARS: usize = 60;

/// How long the list of before is open to one who moved away, although it is full, years (domain.md section 2.10).
pub(super) const RETURN_YEARS: i32 = 3;

/// How long an answer stays on top of the page.
const ANSWER_SHOWN_DAYS: i32 = 30;

/// The day a change asked for on `today` takes effect: the first of the next month.
pub(super) fn takes_effect(today: Date) -> Date {
    today.last_of_month().tomorrow().unwrap_or(today)
}

/// Places that somebody who comes now can have: those who wait come first.
pub(super) fn free(list: &GpList) -> u32 {
    let waiting = u32::try_from(list.waiting.len()).unwrap_or(u32::MAX);
    list.capacity.saturating_sub(list.listed).saturating_sub(waiting)
}

/// The number in the queue of a ticket, from 1.
pub(super) fn position(list: &GpList, ticket: &str) -> Option<usize> {
    list.waiting.iter().position(|its| its == ticket).map(|before| before + 1)
}

/// Why a person cannot change to a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotChangeable {
    /// It is the list the person is on.
    Same,
    /// Another change is under way; one waits for one list at a time.
    Underway,
    /// Both changes of the year are made; from this day there are new ones.
    UsedUp(Date),
    /// The doctor takes no patients.
    Closed,
    /// The person has a D-number and is on no list: only some groups of those have a right to a GP.
    NotEntitled,
}

/// How many changes are left in the year of `effect`. The year in which a change takes effect counts; who waits has not changed yet.
pub(super) fn left(changes: &[Change], effect: Date) -> usize {
    let is_of_year = |change: &&Change| {
        let counts = change.counts && matches!(change.state, State::Scheduled | State::Done);
        counts && change.starts.is_some_and(|starts| starts.year() == effect.year())
    };
    CHANGES_A_YEAR.saturating_sub(changes.iter().filter(is_of_year).count())
}

/// The change that is not carried out yet.
pub(super) fn open(changes: &[Change]) -> Option<&Change> {
    changes.iter().find(|change| change.state.is_open())
}

/// Whether a person comes back to the list that was theirs until they moved. It is open to them though it is full, and is none of the changes of
/// the year. That they have moved back is for the register to see, which may refuse the change.
pub(super) fn returns(list: &ResourceId, changes: &[Change], today: Date) -> bool {
    let is_of_moving = |change: &&Change| change.moved && change.state == State::Done;
    let left = changes.iter().filter(is_of_moving).filter(|its| its.from.as_ref() == Some(list));
    left.filter_map(|its| its.starts).any(|day| day <= today && today <= day.saturating_add(RETURN_YEARS.years()))
}

/// What is known of one who wants to change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mover<'a> {
    /// The list the person is on.
    pub current: Option<&'a ResourceId>,
    /// The changes there have been.
    pub changes: &'a [Change],
    /// The person has a D-number, which those have who are here for a while.
    pub has_d_number: bool,
}

/// Whether a person may go to `list`.
///
/// # Errors
/// The first reason against it.
pub(super) fn may_change(list: &GpList, mover: Mover<'_>, today: Date) -> Result<(), NotChangeable> {
    let Mover { current, changes, has_d_number } = mover;
    let effect = takes_effect(today);
    if current == Some(&list.id) {
        Err(NotChangeable::Same)
    } else if open(changes).is_some() {
        Err(NotChangeable::Underway)
    } else if has_d_number && current.is_none() {
        Err(NotChangeable::NotEntitled)
    } else if left(changes, effect) == 0 && !returns(&list.id, changes, today) {
        let next = Date::new(effect.year().saturating_add(1), 1, 1).unwrap_or(effect);
        Err(NotChangeable::UsedUp(next))
    } else if !list.is_active {
        Err(NotChangeable::Closed)
    } else {
        Ok(())
    }
}

/// One of those who come to a list together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Comer {
    /// A child below 16 of somebody who comes too, or of the one who asks.
    pub is_child: bool,
    /// Comes back to the list of before ([`returns`]).
    pub returns: bool,
}

/// Whether there is room for all: a full list is open to the children below 16 of somebody who is on it or comes onto it now, and to those who come
/// back.
pub(super) fn has_room(list: &GpList, comers: &[Comer], parent_is_listed: bool) -> bool {
    let children_follow = parent_is_listed || comers.iter().any(|comer| !comer.is_child);
    let needs_place = |comer: &&Comer| !(comer.returns || (comer.is_child && children_follow));
    usize::try_from(free(list)).unwrap_or(usize::MAX) >= comers.iter().filter(needs_place).count()
}

/// Whether the person can take it back: it has not taken effect.
pub(super) fn may_undo(change: &Change, today: Date) -> bool {
    match change.state {
        State::Waiting => true,
        State::Scheduled => change.starts.is_none_or(|starts| starts > today),
        State::Done | State::Withdrawn | State::Refused => false,
    }
}

/// Whether a change is still shown on top: something is to come, or the register answered a short while ago. A change that took effect long
/// ago is no news, though the register has just sent it (as it does when all of it is loaded).
pub(super) fn is_shown(change: &Change, today: Date) -> bool {
    let is_fresh = |day: Date| day.saturating_add(ANSWER_SHOWN_DAYS.days()) >= today;
    let is_answer = match change.state {
        State::Done => change.starts.is_none_or(is_fresh),
        State::Refused => true,
        State::Waiting | State::Scheduled | State::Withdrawn => false,
    };
    change.state.is_open() || (is_answer && is_fresh(date_in_norway(change.changed)))
}

/// The words searched for, without what a search would read as its own; `None` when nothing is left.
pub(super) fn searched(typed: &str) -> Option<String> {
    let plain: String = typed.chars().map(|c| if matches!(c, '\\' | '|' | '$' | ',') { ' ' } else { c }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(SEARCH_MAX_CHARS).collect();
    (!cut.is_empty()).then_some(cut)
}
