//! The rules of prescriptions and their renewal, pure: time is a parameter, nothing is fetched (domain.md sections 2.2 and 2.4).

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use varde_base::{ResourceId, date_in_norway};

use super::model::{Dispensing, DispensingState, Medicine, Prescription, Renewal, RenewalState, Status, Use};

/// How long a prescription can be used when the source gives no last day: a year (domain.md section 2.4).
const VALID_MONTHS: i32 = 12;

/// How long after its end a prescription can still be renewed from here; after that the doctor must see the person first. Assumed.
const RENEWABLE_AFTER_END_MONTHS: i32 = 12;

/// How long before the end people are told that it ends soon. Assumed.
const SOON_DAYS: i32 = 30;

/// How long a refusal stands before the same can be asked again from here. Assumed.
const REFUSAL_STANDS_DAYS: i32 = 14;

/// Working days within which an answer is usual, as of an e-consultation (domain.md section 2.2).
pub(super) const ANSWER_WORKING_DAYS: u32 = 5;

/// How long an answered renewal stays on top of the page.
const ANSWER_SHOWN_DAYS: i32 = 30;

/// Most prescriptions renewed at once; a form has room for 64 fields.
pub(super) const MAX_CHOSEN: usize = 30;

/// Most characters of the message to the doctor.
pub(super) const MESSAGE_MAX_CHARS: usize = 500;

/// Prescription groups of addictive medicines (Volven 7421 `A` and `B`): the doctor must see the person.
const CONTACT_GROUPS: [&str; 2] = ["A", "B"];

/// ATC groups of those medicines, where the source gives no prescription group: opioids, benzodiazepines and their like, stimulants, and
/// medicines for opioid dependence.
const CONTACT_ATC: [&str; 7] = ["N02A", "N03AE", "N05BA", "N05CD", "N05CF", "N06BA", "N07BC"];

/// ATC groups that are only given for a short time: antibacterials for systemic use.
const SHORT_ATC: [&str; 1] = ["J01"];

/// What a person can do with a prescription now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing is collected yet.
    Fresh,
    /// Something is collected, and there is more.
    Partly,
    /// A pharmacy is making it ready; others cannot give it out meanwhile.
    AtPharmacy,
    /// Paused by the prescriber.
    Paused,
    /// Nothing is left.
    UsedUp,
    /// Its last day has passed.
    Expired,
    /// Called off by the prescriber.
    Stopped,
}

impl Standing {
    /// It can be collected, now or when the pharmacy is ready.
    pub(super) const fn is_in_force(self) -> bool {
        matches!(self, Self::Fresh | Self::Partly | Self::AtPharmacy | Self::Paused)
    }
}

/// The dispensings of a prescription.
pub(super) fn of<'a>(prescription: &'a Prescription, all: &'a [Dispensing]) -> impl Iterator<Item = &'a Dispensing> {
    all.iter().filter(|its| its.prescription.as_ref() == Some(&prescription.id))
}

/// How many times it can still be collected; `None` when the source does not say how often it may be.
pub(super) fn left(prescription: &Prescription, all: &[Dispensing]) -> Option<u32> {
    let collected = of(prescription, all).filter(|its| its.state == DispensingState::Collected).count();
    Some(prescription.allowed?.saturating_sub(u32::try_from(collected).unwrap_or(u32::MAX)))
}

/// The last day it can be used: what the source says, else a year from when it was written; `None` when neither is known.
pub(super) fn last_day(prescription: &Prescription) -> Option<Date> {
    prescription.valid_until.or_else(|| {
        let written = day(prescription.written.as_deref()?)?;
        written.checked_add(Span::new().months(VALID_MONTHS)).ok()?.yesterday().ok()
    })
}

/// The day of a FHIR dateTime; of a month or a year none.
pub(super) fn day(text: &str) -> Option<Date> {
    if text.contains('T') { text.parse().ok().map(date_in_norway) } else { text.parse().ok() }
}

/// The year in which something was collected, also where no more is known.
pub(super) fn year_of(dispensing: &Dispensing) -> Option<i16> {
    let when = dispensing.when.as_deref()?;
    day(when).map(Date::year).or_else(|| when.get(..4)?.parse().ok())
}

/// Where a prescription stands on `today`.
pub(super) fn standing(prescription: &Prescription, all: &[Dispensing], today: Date) -> Standing {
    let is_over = last_day(prescription).is_some_and(|last| last < today);
    let mut its = of(prescription, all).peekable();
    let is_untouched = its.peek().is_none();
    match prescription.status {
        Status::Stopped => Standing::Stopped,
        _ if is_over => Standing::Expired,
        Status::Completed => Standing::UsedUp,
        _ if its.any(|its| its.state == DispensingState::Preparing) => Standing::AtPharmacy,
        _ if left(prescription, all) == Some(0) => Standing::UsedUp,
        Status::OnHold => Standing::Paused,
        Status::Active if is_untouched => Standing::Fresh,
        Status::Active => Standing::Partly,
    }
}

/// Whether it ends soon: it can be collected once more, or its last day is near. One that nobody has collected yet has not begun to end.
pub(super) fn is_soon_over(prescription: &Prescription, all: &[Dispensing], today: Date) -> bool {
    let standing = standing(prescription, all, today);
    let is_last = standing == Standing::Partly && left(prescription, all) == Some(1);
    standing.is_in_force() && (is_last || near_end(prescription, today).is_some())
}

/// The last day of one whose last day is near.
pub(super) fn near_end(prescription: &Prescription, today: Date) -> Option<Date> {
    last_day(prescription).filter(|last| *last <= today.saturating_add(SOON_DAYS.days()))
}

/// What most needs to be renewed comes first: what is used up, then what has ended, then what ends soon, and of those with the same standing
/// the one whose last day is nearest.
pub(super) fn renewal_order(prescription: &Prescription, all: &[Dispensing], today: Date) -> (u8, u32) {
    let place = match standing(prescription, all, today) {
        Standing::UsedUp => 0,
        Standing::Expired => 1,
        _ if is_soon_over(prescription, all, today) => 2,
        _ => 3,
    };
    let days =
        last_day(prescription).and_then(|last| today.until(last).ok()).map(|span| span.get_days().unsigned_abs());
    (place, days.unwrap_or(u32::MAX))
}

/// Why a prescription cannot be renewed from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotRenewable {
    /// It has been asked for, and no answer has come.
    Underway,
    /// There is a newer one.
    Replaced,
    /// The doctor has called it off.
    Stopped,
    /// The doctor has paused it.
    Paused,
    /// Addictive: the doctor must see the person.
    NeedsContact,
    /// It was for a short time.
    ShortCourse,
    /// It ended too long ago.
    TooOld,
    /// The doctor said no a short while ago.
    Refused,
}

/// What is known beside the prescription itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// All prescriptions of the person that may be seen.
    pub prescriptions: &'a [Prescription],
    /// All dispensings of theirs.
    pub dispensings: &'a [Dispensing],
    /// All renewals of theirs, the newest first.
    pub renewals: &'a [Renewal],
}

impl<'a> Around<'a> {
    /// The latest renewal of a prescription.
    pub(super) fn renewal(&self, id: &ResourceId) -> Option<&'a Renewal> {
        self.renewals.iter().filter(|renewal| renewal.prescription == *id).max_by_key(|renewal| renewal.sent)
    }

    /// Whether another prescription came instead of this one: one that says so, or a later one of the same name after this is over.
    pub(super) fn is_replaced(&self, prescription: &Prescription, today: Date) -> bool {
        let is_over = !standing(prescription, self.dispensings, today).is_in_force();
        let mut others = self.prescriptions.iter().filter(|other| other.status != Status::Stopped);
        others.any(|other| {
            let is_named = other.replaces.as_ref() == Some(&prescription.id);
            let is_same = !prescription.name.is_empty() && other.name == prescription.name;
            is_named || (is_over && is_same && other.id != prescription.id && other.written > prescription.written)
        })
    }
}

/// Whether a prescription may be renewed from the portal.
///
/// # Errors
/// The first reason against it.
pub(super) fn may_renew(prescription: &Prescription, around: Around<'_>, today: Date) -> Result<(), NotRenewable> {
    let standing = standing(prescription, around.dispensings, today);
    let latest = around.renewal(&prescription.id);
    let refused = |renewal: &Renewal| {
        let is_no = matches!(renewal.state, RenewalState::Refused | RenewalState::NeedsConsultation);
        is_no && date_in_norway(renewal.changed).saturating_add(REFUSAL_STANDS_DAYS.days()) > today
    };
    let ended_long_ago = last_day(prescription)
        .is_some_and(|last| last.saturating_add(Span::new().months(RENEWABLE_AFTER_END_MONTHS)) < today);
    if latest.is_some_and(|renewal| renewal.state.is_open()) {
        Err(NotRenewable::Underway)
    } else if latest.is_some_and(|its| its.state == RenewalState::Approved) || around.is_replaced(prescription, today) {
        Err(NotRenewable::Replaced)
    } else if standing == Standing::Stopped {
        Err(NotRenewable::Stopped)
    } else if needs_contact(prescription) {
        Err(NotRenewable::NeedsContact)
    } else if standing == Standing::Paused {
        Err(NotRenewable::Paused)
    } else if is_short(prescription) {
        Err(NotRenewable::ShortCourse)
    } else if ended_long_ago {
        Err(NotRenewable::TooOld)
    } else if latest.is_some_and(refused) {
        Err(NotRenewable::Refused)
    } else {
        Ok(())
    }
}

/// What the source says counts; only where it says nothing does the kind of medicine decide.
fn needs_contact(prescription: &Prescription) -> bool {
    match (&prescription.group, &prescription.atc) {
        (Some(group), _) => CONTACT_GROUPS.contains(&group.as_str()),
        (None, Some(atc)) => CONTACT_ATC.iter().any(|prefix| atc.starts_with(prefix)),
        (None, None) => false,
    }
}

fn is_short(prescription: &Prescription) -> bool {
    let by_kind = |atc: &String| SHORT_ATC.iter().any(|prefix| atc.starts_with(prefix));
    prescription.is_short_course || prescription.atc.as_ref().is_some_and(by_kind)
}

/// Whether it is shown among those of now: it can be collected, or renewed, or an answer is awaited.
pub(super) fn is_current(prescription: &Prescription, around: Around<'_>, today: Date) -> bool {
    let in_force = standing(prescription, around.dispensings, today).is_in_force();
    let replaced = around.is_replaced(prescription, today);
    !replaced && (in_force || matches!(may_renew(prescription, around, today), Ok(()) | Err(NotRenewable::Underway)))
}

/// Whether a renewal is still shown on top: it waits, or was answered a short while ago.
pub(super) fn is_shown(renewal: &Renewal, today: Date) -> bool {
    let fresh = date_in_norway(renewal.changed).saturating_add(ANSWER_SHOWN_DAYS.days()) >= today;
    renewal.state.is_open() || (fresh && renewal.state != RenewalState::Withdrawn)
}

/// Whether the answer should have come by now.
pub(super) fn is_late(renewal: &Renewal, today: Date) -> bool {
    renewal.state.is_open() && renewal.due.is_some_and(|due| due < today)
}

/// Whether the citizen may still take it back: nobody has begun to look at it.
pub(super) const fn may_withdraw(renewal: &Renewal) -> bool {
    matches!(renewal.state, RenewalState::Sent | RenewalState::Received)
}

/// The message, if it is not too long. Empty is allowed.
pub(super) fn message(typed: &str) -> Option<&str> {
    let trimmed = typed.trim();
    (trimmed.chars().count() <= MESSAGE_MAX_CHARS).then_some(trimmed)
}

/// The list of medicines: what has been gone through with the person, then what is prescribed and stands not among it.
pub(super) fn medicines(stated: Vec<Medicine>, around: Around<'_>, today: Date) -> Vec<Medicine> {
    let mut out = stated;
    for prescription in around.prescriptions {
        let standing = standing(prescription, around.dispensings, today);
        let is_known = out.iter().any(|its| is_same(its, &prescription.name, prescription.atc.as_ref()));
        if !standing.is_in_force() || is_known || around.is_replaced(prescription, today) {
            continue;
        }
        out.push(Medicine {
            name: prescription.name.clone(),
            atc: prescription.atc.clone(),
            dose: prescription.dose.clone(),
            reason: prescription.reason.clone(),
            state: if standing == Standing::Paused { Use::Paused } else { Use::Current },
            reviewed: None,
            reviewed_by: None,
            in_dose_bags: false,
        });
    }
    for medicine in &mut out {
        let mut its = around.dispensings.iter().filter(|its| is_same(medicine, &its.name, its.atc.as_ref()));
        medicine.in_dose_bags |= its.next().is_some_and(|latest| latest.in_dose_bags);
    }
    out
}

/// The same medicine: by name, or by ATC code where one side has no strength in its name.
fn is_same(medicine: &Medicine, name: &str, atc: Option<&String>) -> bool {
    let has_strength = |name: &str| name.chars().any(|c| c.is_ascii_digit());
    let by_code = medicine.atc.is_some() && medicine.atc.as_ref() == atc;
    medicine.name == name || (by_code && !(has_strength(&medicine.name) && has_strength(name)))
}
