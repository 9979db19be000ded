//! Days, doses and places in words.

use jiff::civil::Date;
use varde_web::dates;

use crate::l10n::L10nLanguage;
use crate::shared::Ctx;
use crate::vaccines::model::{Dose, Giver};

/// From this age on it is said how old somebody is when a vaccine is offered.
const AGE_SAID_FROM_YEARS: i16 = 2;

/// The day, as exactly as it is known; words of a source as they are.
pub(super) fn day(ctx: &Ctx, dose: &Dose) -> String {
    let known = dose.on.as_deref().and_then(|on| dates::as_exact_as_known(on, ctx.language));
    known.or_else(|| dose.on.clone()).unwrap_or_else(|| ctx.text().msg_vaccines_no_date())
}

/// From when something is offered, and how old the person is then; of the youngest the day says enough.
pub(super) fn from(ctx: &Ctx, day: Date, born: Option<Date>) -> Option<String> {
    let text = ctx.text();
    let written = dates::as_exact_as_known(&day.to_string(), ctx.language)?;
    let age = born.and_then(|born| Some(born.until((jiff::Unit::Year, day)).ok()?.get_years()));
    Some(match age.filter(|years| *years >= AGE_SAID_FROM_YEARS) {
        Some(years) => text.msg_vaccines_from_at(written, years),
        None => text.msg_vaccines_from(written),
    })
}

/// Which dose.
pub(super) fn dose(text: &L10nLanguage, dose: &Dose) -> Option<String> {
    let number = dose.number.as_deref()?;
    Some(match &dose.of {
        Some(of) => text.msg_vaccines_dose_of(number, of.as_str()),
        None => text.msg_vaccines_dose(number),
    })
}

/// How often it is offered.
pub(super) fn often(text: &L10nLanguage, every_years: Option<u8>) -> Option<String> {
    Some(match every_years? {
        1 => text.msg_vaccines_every_winter(),
        years => text.msg_vaccines_every_years(years),
    })
}

/// Where one gets it.
pub(super) fn giver(text: &L10nLanguage, giver: Giver) -> String {
    match giver {
        Giver::Station => text.msg_vaccines_by_station(),
        Giver::School => text.msg_vaccines_by_school(),
        Giver::Municipality => text.msg_vaccines_by_municipality(),
    }
}
