//! The rules of appointments, pure: time is a parameter, nothing is fetched.

use jiff::{SignedDuration, Timestamp};

use super::model::{Appointment, FreeSlot, Status};

/// How late an appointment can still be moved or called off from the portal. Within the last day the practice may charge a
/// fee for the hour (domain.md section 2.1, late cancellation under 24 hours), so the citizen calls instead.
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
    let deadline = start.saturating_sub(CHANGE_DEADLINE).unwrap_or(start);
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
    if coming().count() >= MAX_COMING {
        return Err(NotBookable::TooMany);
    }
    Ok(())
}

/// What the citizen wrote about the appointment, trimmed; `None` when it is longer than allowed.
pub(super) fn reason(text: &str) -> Option<&str> {
    let text = text.trim();
    (text.chars().count() <= REASON_MAX_CHARS).then_some(text)
}
