//! Entries of a summary in words: for the page, the PDF and the narrative of the FHIR document alike.

mod result;

use serde_json::Value;
use varde_base::Language;
use varde_fhir::ResourceType;
use varde_store::Found;
use varde_web::dates;

use super::fhir::{self, about, known, list, text_at, words};
use super::model::{Certainty, Item, Line, Part, Section};
use super::names;
use crate::l10n::{L10nLanguage, text};
use crate::shared::{Unreadable, vaccine, without_kind};

/// What a part is called.
pub(super) fn title(text: &L10nLanguage, part: Part) -> String {
    match part {
        Part::Alerts => text.msg_summary_part_alerts(),
        Part::Allergies => text.msg_summary_part_allergies(),
        Part::Medications => text.msg_summary_part_medications(),
        Part::Problems => text.msg_summary_part_problems(),
        Part::Immunizations => text.msg_summary_part_immunizations(),
        Part::Procedures => text.msg_summary_part_procedures(),
        Part::Devices => text.msg_summary_part_devices(),
        Part::Results => text.msg_summary_part_results(),
    }
}

/// What is said of a part with nothing in it: that there is no information, never that there is nothing.
pub(super) fn nothing(text: &L10nLanguage, part: Part) -> String {
    match part {
        Part::Allergies => text.msg_summary_nothing_allergies(),
        Part::Medications => text.msg_summary_nothing_medications(),
        Part::Problems => text.msg_summary_nothing_problems(),
        Part::Alerts | Part::Immunizations | Part::Procedures | Part::Devices | Part::Results => {
            text.msg_summary_nothing_other()
        }
    }
}

/// What is said of a part that there is more of than stands in it.
pub(super) fn more(text: &L10nLanguage, section: &Section) -> Option<String> {
    section.is_cut.then(|| text.msg_summary_cut(section.entries.len()))
}

/// The entries of a part in words.
///
/// # Errors
/// [`Unreadable`] for an entry that is no resource.
pub(super) fn of_section(section: &Section, language: Language) -> Result<Vec<Line>, Unreadable> {
    section.entries.iter().map(|entry| line(entry, &section.others, language)).collect()
}

fn line(entry: &Found, others: &[Found], language: Language) -> Result<Line, Unreadable> {
    let json = fhir::json(entry)?;
    let words_of = text(language);
    Ok(match entry.resource_type {
        ResourceType::MEDICATION_STATEMENT | ResourceType::MEDICATION_REQUEST => {
            let dosages = list(&json, "dosage").iter().chain(list(&json, "dosageInstruction"));
            let doses = dosages
                .filter_map(|dosage| text_at(dosage, &["text"]))
                .map(|dose| without_kind(dose.trim()).to_owned());
            let reasons = list(&json, "reasonCode").iter().filter_map(words);
            Line {
                name: medicine(&json, others).unwrap_or_else(|| words_of.msg_summary_no_name()),
                detail: doses.chain(reasons).collect(),
            }
        }
        ResourceType::IMMUNIZATION => {
            // As the vaccines' own pages call it; what the source calls it says more to who has to treat somebody.
            let (name, said) = vaccine::names(words_of, &entry.body)?;
            Line { name, detail: day(&json, language).into_iter().chain(said).collect() }
        }
        ResourceType::OBSERVATION => result::line(entry, &json, language),
        ResourceType::DIAGNOSTIC_REPORT => result::report_line(&json, language),
        _ => match fhir::item(entry)? {
            Some(item) => of_item(&item, language),
            None => Line { name: name(words_of, &json), detail: since(&json, language).into_iter().collect() },
        },
    })
}

fn name(text: &L10nLanguage, json: &Value) -> String {
    let plain = known(json).map(|known| names::name(text, known));
    plain.or_else(|| words(about(json))).unwrap_or_else(|| text.msg_summary_no_name())
}

fn medicine(json: &Value, others: &[Found]) -> Option<String> {
    if let Some(concept) = json.get("medicationCodeableConcept") {
        return words(concept);
    }
    let reference = text_at(json, &["medicationReference", "reference"])?;
    let is_it = |other: &&Found| reference.strip_prefix("Medication/") == Some(other.id.as_str());
    let named =
        others.iter().find(is_it).and_then(|other| fhir::json(other).ok()).and_then(|json| words(json.get("code")?));
    named.or_else(|| text_at(json, &["medicationReference", "display"]).map(str::to_owned))
}

fn day(json: &Value, language: Language) -> Option<String> {
    let known = text_at(json, &["occurrenceDateTime"]).and_then(|day| dates::as_exact_as_known(day, language));
    known.or_else(|| text_at(json, &["occurrenceString"]).map(str::to_owned))
}

fn since(json: &Value, language: Language) -> Option<String> {
    let since = fhir::since(json)?;
    let written = dates::as_exact_as_known(&since, language).unwrap_or(since);
    Some(text(language).msg_summary_since(written))
}

/// What an item is called.
pub(super) fn item_name(text: &L10nLanguage, item: &Item) -> String {
    let plain = item.known.map(|known| names::name(text, known));
    plain.or_else(|| item.name.clone()).unwrap_or_else(|| text.msg_summary_no_name())
}

/// An item in words.
pub(super) fn of_item(item: &Item, language: Language) -> Line {
    let text = text(language);
    let written = |day: &String| dates::as_exact_as_known(day, language).unwrap_or_else(|| day.clone());
    let detail = [
        item.is_dangerous.then(|| text.msg_summary_dangerous()),
        (!item.reactions.is_empty()).then(|| item.reactions.join(", ")),
        (item.certainty == Certainty::Unconfirmed).then(|| text.msg_summary_unconfirmed()),
        item.since.as_ref().map(|since| text.msg_summary_since(written(since))),
    ];
    Line { name: item_name(text, item), detail: detail.into_iter().flatten().collect() }
}
