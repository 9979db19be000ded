//! Diseases, doses and places in words.

use varde_web::dates;

use crate::l10n::L10nLanguage;
use crate::shared::Ctx;
use crate::vaccines::model::{Disease, Dose, Giver};

/// What people call a disease, as within a sentence.
pub(super) fn disease(text: &L10nLanguage, disease: Disease) -> String {
    match disease {
        Disease::Diphtheria => text.msg_vaccines_disease_diphtheria(),
        Disease::Tetanus => text.msg_vaccines_disease_tetanus(),
        Disease::Pertussis => text.msg_vaccines_disease_pertussis(),
        Disease::Polio => text.msg_vaccines_disease_polio(),
        Disease::Hib => text.msg_vaccines_disease_hib(),
        Disease::HepatitisB => text.msg_vaccines_disease_hepatitis_b(),
        Disease::HepatitisA => text.msg_vaccines_disease_hepatitis_a(),
        Disease::Rotavirus => text.msg_vaccines_disease_rotavirus(),
        Disease::Pneumococcus => text.msg_vaccines_disease_pneumococcus(),
        Disease::Measles => text.msg_vaccines_disease_measles(),
        Disease::Mumps => text.msg_vaccines_disease_mumps(),
        Disease::Rubella => text.msg_vaccines_disease_rubella(),
        Disease::Hpv => text.msg_vaccines_disease_hpv(),
        Disease::Influenza => text.msg_vaccines_disease_influenza(),
        Disease::Covid19 => text.msg_vaccines_disease_covid(),
        Disease::Tuberculosis => text.msg_vaccines_disease_tuberculosis(),
        Disease::Meningococcus => text.msg_vaccines_disease_meningococcus(),
        Disease::TickEncephalitis => text.msg_vaccines_disease_tick(),
        Disease::YellowFever => text.msg_vaccines_disease_yellow_fever(),
        Disease::Typhoid => text.msg_vaccines_disease_typhoid(),
        Disease::Rabies => text.msg_vaccines_disease_rabies(),
        Disease::Cholera => text.msg_vaccines_disease_cholera(),
        Disease::JapaneseEncephalitis => text.msg_vaccines_disease_japanese(),
        Disease::Varicella => text.msg_vaccines_disease_varicella(),
        Disease::Zoster => text.msg_vaccines_disease_zoster(),
        Disease::Rsv => text.msg_vaccines_disease_rsv(),
        Disease::Dengue => text.msg_vaccines_disease_dengue(),
        Disease::Mpox => text.msg_vaccines_disease_mpox(),
    }
}

/// Several, as the title of a line: "Measles, mumps and rubella".
pub(super) fn diseases(text: &L10nLanguage, diseases: &[Disease]) -> String {
    let names: Vec<String> = diseases.iter().map(|one| disease(text, *one)).collect();
    let words = match names.as_slice() {
        [first @ .., last] if !first.is_empty() => text.msg_vaccines_and(first.join(", "), last.as_str()),
        names => names.concat(),
    };
    first_large(&words)
}

/// With a large first letter.
pub(super) fn first_large(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The day, as exactly as it is known; words of a source as they are.
pub(super) fn day(ctx: &Ctx, dose: &Dose) -> String {
    let known = dose.on.as_deref().and_then(|on| dates::as_exact_as_known(on, ctx.language));
    known.or_else(|| dose.on.clone()).unwrap_or_else(|| ctx.text().msg_vaccines_no_date())
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
