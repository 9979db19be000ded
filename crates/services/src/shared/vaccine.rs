//! What a vaccine is called: what it protects against, by the codes sources use, in words people know; so that it is called the same wherever it
//! stands.

pub(crate) mod codes;

use serde::Deserialize;

use super::Unreadable;
use super::json::ConceptJson;
use crate::l10n::L10nLanguage;

/// What a vaccine protects against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Disease {
    /// Diphtheria.
    Diphtheria,
    /// Tetanus (*stivkrampe*).
    Tetanus,
    /// Whooping cough (*kikhoste*).
    Pertussis,
    /// Polio.
    Polio,
    /// Haemophilus influenzae type b.
    Hib,
    /// Hepatitis B.
    HepatitisB,
    /// Hepatitis A.
    HepatitisA,
    /// Rotavirus.
    Rotavirus,
    /// Pneumococcus.
    Pneumococcus,
    /// Measles.
    Measles,
    /// Mumps (*kusma*).
    Mumps,
    /// Rubella (*røde hunder*).
    Rubella,
    /// Human papillomavirus.
    Hpv,
    /// Influenza.
    Influenza,
    /// Covid-19.
    Covid19,
    /// Tuberculosis.
    Tuberculosis,
    /// Meningococcus (*smittsom hjernehinnebetennelse*).
    Meningococcus,
    /// Tick-borne encephalitis (*skogflåttencefalitt*).
    TickEncephalitis,
    /// Yellow fever.
    YellowFever,
    /// Typhoid fever.
    Typhoid,
    /// Rabies.
    Rabies,
    /// Cholera.
    Cholera,
    /// Japanese encephalitis.
    JapaneseEncephalitis,
    /// Chickenpox (*vannkopper*).
    Varicella,
    /// Shingles (*helvetesild*).
    Zoster,
    /// Respiratory syncytial virus.
    Rsv,
    /// Dengue fever.
    Dengue,
    /// Smallpox and mpox.
    Mpox,
}

/// System and code of the first coding that has both.
pub(crate) fn coded(vaccine: &ConceptJson) -> Option<(String, String)> {
    let mut pairs = pairs(vaccine).filter(|(system, code)| !system.is_empty() && !code.is_empty());
    pairs.next().map(|(system, code)| (system.to_owned(), code.to_owned()))
}

fn pairs(concept: &ConceptJson) -> impl Iterator<Item = (&str, &str)> {
    concept.coding.iter().filter_map(|coding| coding.system.as_deref().zip(coding.code.as_deref()))
}

fn diseases_of(concept: &ConceptJson) -> impl Iterator<Item = Disease> {
    pairs(concept).flat_map(|(system, code)| codes::diseases(system, code)).copied()
}

/// What a vaccine protects against: as its own codes say, else as the diseases it was given against do.
pub(crate) fn diseases<'c>(vaccine: &ConceptJson, targets: impl Iterator<Item = &'c ConceptJson>) -> Vec<Disease> {
    let mut diseases: Vec<Disease> = diseases_of(vaccine).collect();
    if diseases.is_empty() {
        diseases = targets.flat_map(diseases_of).collect();
    }
    diseases.sort();
    diseases.dedup();
    diseases
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ProtocolJson {
    target_disease: Vec<ConceptJson>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ImmunizationJson {
    vaccine_code: ConceptJson,
    protocol_applied: Vec<ProtocolJson>,
}

/// What the vaccine of an Immunization is called, and what its source calls it where that is something else.
///
/// # Errors
/// [`Unreadable`] for what is no Immunization.
pub(crate) fn names(text: &L10nLanguage, body: &[u8]) -> Result<(String, Option<String>), Unreadable> {
    let json: ImmunizationJson = serde_json::from_slice(body).map_err(|_| Unreadable("Immunization"))?;
    let targets = json.protocol_applied.iter().flat_map(|its| &its.target_disease);
    let said = json.vaccine_code.words();
    let title = title(text, &diseases(&json.vaccine_code, targets), said.as_deref());
    let said = said.filter(|said| *said != title);
    Ok((title, said))
}

/// What a vaccination is called: what it protects against, else as its source calls it.
pub(crate) fn title(text: &L10nLanguage, diseases: &[Disease], said: Option<&str>) -> String {
    if diseases.is_empty() {
        return said.map_or_else(|| text.msg_vaccines_no_name(), str::to_owned);
    }
    diseases_name(text, diseases)
}

/// What people call a disease, as within a sentence.
pub(crate) fn disease_name(text: &L10nLanguage, disease: Disease) -> String {
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

/// Several, as the title of a line: "Measles, mumps and rubella", always in the same order.
pub(crate) fn diseases_name(text: &L10nLanguage, diseases: &[Disease]) -> String {
    let mut diseases = diseases.to_vec();
    diseases.sort();
    let names: Vec<String> = diseases.iter().map(|one| disease_name(text, *one)).collect();
    let words = match names.as_slice() {
        [first @ .., last] if !first.is_empty() => text.msg_vaccines_and(first.join(", "), last.as_str()),
        names => names.concat(),
    };
    first_large(&words)
}

/// With a large first letter.
pub(crate) fn first_large(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
