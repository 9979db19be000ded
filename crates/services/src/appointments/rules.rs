//! The rules of appointments, pure: time is a parameter, nothing is fetched.

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use varde_base::norway;

use super::model::{Appointment, FreeSlot, Status, Wish};

/// How late an appointment can still be moved or called off from the portal, when the clinic has not said otherwise. Within the last day
/// the practice may charge a fee for the hour (domain.md section 2.1, late cancellation under 24 hours), so the citizen calls instead.
pub(super) const CHANGE_DEADLINE: SignedDuration = SignedDuration::from_hours(24);

/// Most characters of what the appointment is about; the Helsenorge profile allows 1,000 for a description.
pub(super) const REASON_MAX_CHARS: usize = 500;

/// Most coming appointments one person may have booked with the portal at a time, so that nobody empties a practice's list.
pub(super) const MAX_COMING: usize = 10;

/// Whether the appointment is still ahead or going on.
pub(super) fn is_coming(appointment: &Appointment, now: Timestamp) -> bool {
    let open = matches!(appointment.status, Status::Booked | Status::Pending | Status::Proposed | Status::Arrived);
    open && appointment.end.or(appointment.start).is_none_or(|end| end > now)
}

/// Hours before an offered time begins that one can choose between on the form.
pub(super) const NOTICE_HOURS: [u32; 3] = [2, 24, 72];

/// The shortest of them.
const SHORTEST_NOTICE_HOURS: i64 = 2;

/// How long a time is held for the one it is offered to (domain.md section 3, feature 8 [A]); in force from 2026-11-22.
pub(super) const HOLD: SignedDuration = SignedDuration::from_mins(15);

/// How long it is held when it begins more than a day from now.
pub(super) const LONG_HOLD: SignedDuration = SignedDuration::from_hours(2);

/// Most appointments called off at once with the one before them.
pub(super) const MAX_SERIES: usize = 60;

/// Longest list of times that one wish has been offered; the oldest are forgotten first.
pub(super) const MAX_OFFERED: usize = 50;

/// Nobody is awake to answer from this hour to the other, in Norway.
const NIGHT_HOURS: (i8, i8) = (22, 7);

/// Until when a time that begins at `start` is held for the one it is offered to. What is offered at night is held as long from the morning on.
pub(super) fn held_until(start: Timestamp, now: Timestamp) -> Timestamp {
    let far = start.duration_since(now) > SignedDuration::from_hours(24);
    let hold = if far { LONG_HOLD } else { HOLD };
    awake(now).saturating_add(hold).unwrap_or(start).min(start)
}

/// Now, or the end of the night.
fn awake(now: Timestamp) -> Timestamp {
    let (begins, ends) = NIGHT_HOURS;
    let local = norway().to_datetime(now);
    let day = match local.hour() {
        hour if hour < ends => local.date(),
        hour if hour >= begins => local.date().saturating_add(1.day()),
        _ => return now,
    };
    let morning = day.at(ends, 0, 0, 0).to_zoned(norway().clone());
    morning.map_or(now, |morning| morning.timestamp().max(now))
}

/// Why no earlier time can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoWish {
    /// The clinic does not take it, or gives its times in another way.
    NotOffered,
    /// It is too soon for an earlier one.
    TooSoon,
}

/// Whether an earlier time than this appointment can be asked for.
pub(super) fn may_wish(appointment: &Appointment, now: Timestamp) -> Result<(), NoWish> {
    let (Status::Booked, Some(start), Some(_)) = (appointment.status, appointment.start, &appointment.slot) else {
        return Err(NoWish::NotOffered);
    };
    if !appointment.rights.short_notice {
        return Err(NoWish::NotOffered);
    }
    let shortest = SignedDuration::from_hours(SHORTEST_NOTICE_HOURS);
    if start.duration_since(now) > shortest { Ok(()) } else { Err(NoWish::TooSoon) }
}

/// Whether `slot` is what somebody with `wish` waits for: before the appointment they have, not too soon, not offered to them before, and
/// in the way of nothing else they have.
pub(super) fn fits(
    slot: &FreeSlot,
    wish: &Wish,
    appointment: &Appointment,
    existing: &[Appointment],
    now: Timestamp,
) -> bool {
    let soonest = now.saturating_add(wish.notice).unwrap_or(Timestamp::MAX);
    let free = FreeSlot { free: true, ..slot.clone() };
    wish.is_open
        && wish.offer.is_none()
        && appointment.status == Status::Booked
        && appointment.start.is_some_and(|start| slot.start < start)
        && slot.start >= soonest
        && !wish.offered.contains(&slot.id)
        && can_take(&free, existing, Some(appointment.id.as_str()), now).is_ok()
}

/// Whether what is offered can still be taken.
pub(super) fn offer_stands(wish: &Wish, now: Timestamp) -> bool {
    wish.is_open && wish.offer.as_ref().is_some_and(|offer| now < offer.ends && now < offer.start)
}

/// Those of `all` that are in the same row as `first`, begin no earlier and can be called off with it; `first` is one of them.
pub(super) fn rest_of_series<'a>(first: &Appointment, all: &'a [Appointment], now: Timestamp) -> Vec<&'a Appointment> {
    let Some(series) = &first.series else { return Vec::new() };
    let same = |a: &&Appointment| a.series.as_ref().is_some_and(|its| its.id == series.id) && a.start >= first.start;
    let open = |a: &&Appointment| a.rights.cancel && matches!(change_window(a, now), Window::Open { .. });
    let mut rest: Vec<&Appointment> = all.iter().filter(same).filter(open).collect();
    rest.sort_by_key(|a| a.start);
    rest.truncate(MAX_SERIES);
    rest
}

/// The others of the same row that are ahead, the nearest first.
pub(super) fn others_of_series(one: &Appointment, all: Vec<Appointment>, now: Timestamp) -> Vec<Appointment> {
    let Some(series) = &one.series else { return Vec::new() };
    let same = |a: &Appointment| a.series.as_ref().is_some_and(|its| its.id == series.id) && a.id != one.id;
    let mut others: Vec<Appointment> = all.into_iter().filter(|a| same(a) && is_coming(a, now)).collect();
    others.sort_by_key(|a| a.start);
    others.truncate(MAX_SERIES);
    others
}

/// Whether it is shown at all: one entered in error never was.
pub(super) fn is_shown(appointment: &Appointment) -> bool {
    appointment.status != Status::EnteredInError
}

/// Whether and until when the citizen may move or call off an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// Open until the deadline.
    Open {
        /// Last instant at which it can be done.
        deadline: Timestamp,
    },
    /// The deadline has passed; the practice must be called.
    TooLate {
        /// When it passed.
        deadline: Timestamp,
    },
    /// It is over, called off or has no time: there is nothing to change.
    Closed,
}

/// The window for moving or calling off, at `now`.
pub(super) fn change_window(appointment: &Appointment, now: Timestamp) -> Window {
    let (Status::Booked | Status::Pending, Some(start)) = (appointment.status, appointment.start) else {
        return Window::Closed;
    };
    let deadline = start.saturating_sub(appointment.rights.deadline).unwrap_or(start);
    if now <= deadline {
        Window::Open { deadline }
    } else if now < start {
        Window::TooLate { deadline }
    } else {
        Window::Closed
    }
}

/// Why a time cannot be taken, before anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotBookable {
    /// Somebody has it, or it has begun.
    Taken,
    /// The person already has an appointment that overlaps.
    Overlaps,
    /// The person has too many coming appointments.
    TooMany,
}

/// Whether the person who has `existing` appointments may take `slot` at `now`. `moving` is the id of the appointment that
/// gives up its old time for this one and so does not stand in the way.
pub(super) fn can_take(
    slot: &FreeSlot,
    existing: &[Appointment],
    moving: Option<&str>,
    now: Timestamp,
) -> Result<(), NotBookable> {
    if !slot.free || slot.start <= now {
        return Err(NotBookable::Taken);
    }
    let coming = || existing.iter().filter(|a| is_coming(a, now) && Some(a.id.as_str()) != moving);
    let overlaps = |a: &Appointment| match (a.start, a.end) {
        (Some(start), Some(end)) => start < slot.end && slot.start < end,
        _ => false,
    };
    if coming().any(overlaps) {
        return Err(NotBookable::Overlaps);
    }
    // Those that a clinic gives in another way empty nobody's list.
    if coming().filter(|a| a.slot.is_some()).count() >= MAX_COMING {
        return Err(NotBookable::TooMany);
    }
    Ok(())
}

/// What the citizen wrote about the appointment, trimmed; `None` when it is longer than allowed.
pub(super) fn reason(text: &str) -> Option<&str> {
    let text = text.trim();
    (text.chars().count() <= REASON_MAX_CHARS).then_some(text)
}
