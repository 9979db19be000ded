//! The rules of settings, pure: the day is a parameter, nothing is fetched. Who may set anything at all is the rule book's.

use jiff::civil::Date;
use varde_rights::Service;

use super::super::fhir::day;
use super::super::model::Status;
use super::model::{Covers, HprNumber, Limit, Setting, What};

/// Most a person may have in force at a time, so that no list grows without end.
pub(super) const MAX_IN_FORCE: usize = 50;

/// The box that stands for everything.
pub(super) const EVERYTHING: &str = "all";

impl Limit {
    /// What can be closed in this way. Never the settings themselves: who closes something must be able to open it again.
    pub(super) const fn services(self) -> &'static [Service] {
        match self {
            Self::Block => &[
                Service::Record,
                Service::Results,
                Service::Medicines,
                Service::SummaryRecord,
                Service::Referrals,
                Service::Visits,
                Service::PrimaryAppointments,
                Service::SpecialistAppointments,
                Service::Vaccines,
            ],
            Self::Reservation => &[Service::SummaryRecord, Service::Results],
            Self::OwnAccess => &[Service::Record, Service::SummaryRecord, Service::Results, Service::Referrals],
        }
    }

    /// Whether everything can be closed at once.
    pub(super) const fn has_everything(self) -> bool {
        matches!(self, Self::Block)
    }

    /// What a setting of this kind says.
    pub(super) const fn what(self) -> What {
        match self {
            Self::Block => What::Block,
            Self::Reservation => What::Reservation,
            Self::OwnAccess => What::OwnAccess,
        }
    }
}

/// What is wrong with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldError {
    /// Nothing is chosen.
    Nothing,
    /// All of it is closed already.
    Already,
    /// There are too many.
    TooMany,
    /// No number of health personnel.
    Number,
}

/// Reads what was ticked. Codes that cannot be closed in this way count for nothing.
///
/// # Errors
/// [`FieldError::Nothing`].
pub(super) fn chosen(limit: Limit, codes: &[String]) -> Result<Covers, FieldError> {
    if limit.has_everything() && codes.iter().any(|code| code == EVERYTHING) {
        return Ok(Covers::Everything);
    }
    let is_chosen = |service: &&Service| codes.iter().any(|code| code == service.key());
    let services: Vec<Service> = limit.services().iter().filter(is_chosen).copied().collect();
    if services.is_empty() { Err(FieldError::Nothing) } else { Ok(Covers::Services(services)) }
}

/// Whether it holds on `today`, as the gate sees it: of what restricts, a day that cannot be read restricts; of what permits, it does not
/// permit.
pub(in super::super) fn in_force(setting: &Setting, today: Date) -> bool {
    let unread = setting.what.restricts();
    let has_begun = day(setting.start.as_deref()).map_or(unread, |start| start.is_none_or(|start| start <= today));
    let goes_on = day(setting.end.as_deref()).map_or(unread, |end| end.is_none_or(|end| today <= end));
    setting.status == Status::Active && has_begun && goes_on
}

/// Whether anything is left to close in this way, beside the settings of the same kind.
pub(super) fn has_more(of_kind: &[&Setting], today: Date) -> bool {
    !of_kind.iter().any(|its| its.covers == Covers::Everything && in_force(its, today))
}

/// What of `wanted` is not closed yet by the person's `existing` settings.
///
/// # Errors
/// [`FieldError::Already`] when nothing is left, [`FieldError::TooMany`] when there is no room.
pub(super) fn to_add(limit: Limit, wanted: Covers, existing: &[Setting], today: Date) -> Result<Covers, FieldError> {
    has_room(existing, today)?;
    let what = limit.what();
    let standing = || existing.iter().filter(|its| its.what == what && in_force(its, today)).map(|its| &its.covers);
    if standing().any(|covers| *covers == Covers::Everything) {
        return Err(FieldError::Already);
    }
    let Covers::Services(mut services) = wanted else { return Ok(wanted) };
    let is_closed = |service: &Service| {
        standing().any(|covers| matches!(covers, Covers::Services(closed) if closed.contains(service)))
    };
    services.retain(|service| !is_closed(service));
    if services.is_empty() { Err(FieldError::Already) } else { Ok(Covers::Services(services)) }
}

/// Whether health personnel with this number can be blocked beside `existing`.
///
/// # Errors
/// [`FieldError::Already`] or [`FieldError::TooMany`].
pub(super) fn may_block(number: &HprNumber, existing: &[Setting], today: Date) -> Result<(), FieldError> {
    has_room(existing, today)?;
    let number = number.to_string();
    let names = |setting: &Setting| matches!(&setting.what, What::BlockNamed(its, _) if *its == number);
    if existing.iter().any(|its| names(its) && in_force(its, today)) { Err(FieldError::Already) } else { Ok(()) }
}

fn has_room(existing: &[Setting], today: Date) -> Result<(), FieldError> {
    let standing = existing.iter().filter(|its| in_force(its, today)).count();
    if standing < MAX_IN_FORCE { Ok(()) } else { Err(FieldError::TooMany) }
}

/// Whether the person may lift it here. A stopped account is opened by those who run the service, and what health personnel or parents
/// have decided is theirs to change.
pub(super) fn may_lift(setting: &Setting, today: Date) -> bool {
    let is_own = matches!(setting.what, What::Block | What::BlockNamed(..) | What::Reservation | What::OwnAccess);
    is_own && in_force(setting, today)
}
