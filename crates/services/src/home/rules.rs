//! In which order cards and services stand; pure.

use std::cmp::Reverse;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::chosen::{Chosen, Situation};
use crate::shared::Used;
use crate::slice::CardKind;

/// How many services come first, each with a line of explanation.
pub(super) const FIRST: usize = 6;

/// Most services a person may pin: as many as come first.
pub(super) const PINNED_MAX: usize = FIRST;

/// On how many days a service is used before it moves up, so that the page does not change under the hands of one who looks around.
const USED_DAYS_MIN: u16 = 3;

/// What a chosen situation counts, in days of use.
const SITUATION_DAYS: u16 = 8;

/// What happens within so many days stands among what is to be done.
const SOON_DAYS: i32 = 7;

/// By when something is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deadline {
    /// It is over.
    Overdue(Date),
    /// It is today.
    Today,
    /// It is later.
    By(Date),
    /// There is none.
    None,
}

/// How a day stands to today.
pub(super) fn deadline(due: Option<Date>, today: Date) -> Deadline {
    match due {
        Some(due) if due < today => Deadline::Overdue(due),
        Some(due) if due == today => Deadline::Today,
        Some(due) => Deadline::By(due),
        None => Deadline::None,
    }
}

/// Where a card stands: what is to be done and what comes within a week by date, so that what is overdue is on top; then what is to be done
/// without a date, what is new, what comes later, and what asks for nothing.
pub(super) fn place_of_card(kind: CardKind, due: Option<Date>, today: Date) -> (u8, Option<Date>) {
    let soon = today.saturating_add(SOON_DAYS.days());
    let group = match (kind, due) {
        (CardKind::ToDo, Some(_)) => 0,
        (CardKind::Next, Some(day)) if day <= soon => 0,
        (CardKind::ToDo, None) => 1,
        (CardKind::New, _) => 2,
        (CardKind::Next, Some(_)) => 3,
        (CardKind::Next, None) | (CardKind::Quiet, _) => 4,
    };
    (group, due)
}

/// Where a service stands: the pinned ones first, then by own use and the chosen situations; all others as they are, for a stable sort.
pub(super) fn place_of_service(path: &str, chosen: &Chosen, used: Option<&Used>, today: Date) -> (usize, Reverse<u16>) {
    let pinned = chosen.pinned.iter().position(|its| its == path).unwrap_or(usize::MAX);
    let fits = chosen.situations.iter().any(|its| services(*its).contains(&path));
    let situation = if fits { SITUATION_DAYS } else { 0 };
    (pinned, Reverse(use_days(path, used, today).saturating_add(situation)))
}

/// Days of use, halved for each month since the last.
fn use_days(path: &str, used: Option<&Used>, today: Date) -> u16 {
    let Some(its) = used.and_then(|used| used.get(path)).filter(|its| its.days >= USED_DAYS_MIN) else { return 0 };
    let days_since = today.since(its.last).map_or(0, |span| span.get_days().max(0));
    let months = u32::try_from(days_since / 30).unwrap_or_default();
    its.days.checked_shr(months).unwrap_or_default()
}

/// The services that matter most in a situation.
pub(super) const fn services(situation: Situation) -> &'static [&'static str] {
    match situation {
        Situation::Pregnant => &["/appointments", "/messages", "/results", "/medicines"],
        Situation::SmallChild => &["/household", "/appointments", "/messages", "/vaccines", "/gp"],
        Situation::LongTermIllness => &["/medicines", "/results", "/appointments", "/messages", "/costs"],
    }
}
