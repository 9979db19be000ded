//! Allergies and implants we have plain words for, by SNOMED CT.

use crate::l10n::L10nLanguage;

const SNOMED: &str = "http://snomed.info/sct";

/// What has a plain name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Somebody has stated that there are none.
    NoAllergy,
    /// Penicillin.
    Penicillin,
    /// Mould.
    Mould,
    /// House dust mites.
    DustMite,
    /// Animals.
    Animals,
    /// Grass pollen.
    Grass,
    /// Tree pollen.
    Trees,
    /// Nuts.
    Nuts,
    /// Peanuts.
    Peanuts,
    /// Fish.
    Fish,
    /// Shellfish.
    Shellfish,
    /// Eggs.
    Eggs,
    /// Milk.
    Milk,
    /// Wheat.
    Wheat,
    /// Soya.
    Soya,
    /// Latex.
    Latex,
    /// Bee venom.
    Bees,
    /// Wasp venom.
    Wasps,
    /// Acetylsalicylic acid.
    Aspirin,
    /// Contrast media.
    Contrast,
    /// A pacemaker.
    Pacemaker,
    /// An implantable defibrillator.
    Defibrillator,
    /// A cochlear implant.
    Cochlear,
    /// An artificial hip.
    Hip,
    /// An artificial knee.
    Knee,
    /// An artificial heart valve.
    Valve,
    /// A stent in an artery of the heart.
    Stent,
}

/// Codes of findings and of substances alike.
const CODES: [(Known, &[&str]); 27] = [
    (Known::NoAllergy, &["716186003", "no-known-allergies"]),
    (Known::Penicillin, &["91936005", "764146007", "373270004"]),
    (Known::Mould, &["419474003"]),
    (Known::DustMite, &["232350006"]),
    (Known::Animals, &["232347008", "264287008"]),
    (Known::Grass, &["418689008"]),
    (Known::Trees, &["419263009"]),
    (Known::Nuts, &["91934008"]),
    (Known::Peanuts, &["91935009", "762952008"]),
    (Known::Fish, &["417532002"]),
    (Known::Shellfish, &["300913006", "735029006"]),
    (Known::Eggs, &["91930004", "102263004"]),
    (Known::Milk, &["425525006"]),
    (Known::Wheat, &["420174000"]),
    (Known::Soya, &["714035009"]),
    (Known::Latex, &["300916003", "1003755004"]),
    (Known::Bees, &["424213003"]),
    (Known::Wasps, &["423058007"]),
    (Known::Aspirin, &["293586001"]),
    (Known::Contrast, &["293637006"]),
    (Known::Pacemaker, &["706004007", "14106009"]),
    (Known::Defibrillator, &["72506001"]),
    (Known::Cochlear, &["43252007"]),
    (Known::Hip, &["304120007"]),
    (Known::Knee, &["304122004"]),
    (Known::Valve, &["25510005"]),
    (Known::Stent, &["705643001"]),
];

/// What a code stands for.
pub(super) fn known(system: &str, code: &str) -> Option<Known> {
    let is_absent =
        system == "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips" && code == "no-known-allergies";
    if system != SNOMED && !is_absent {
        return None;
    }
    CODES.iter().find(|(_, codes)| codes.contains(&code)).map(|(known, _)| *known)
}

/// Whether it is put into the body to stay there.
pub(super) const fn is_implant(known: Known) -> bool {
    matches!(
        known,
        Known::Pacemaker
            | Known::Defibrillator
            | Known::Cochlear
            | Known::Hip
            | Known::Knee
            | Known::Valve
            | Known::Stent
    )
}

/// Its plain name.
pub(super) fn name(text: &L10nLanguage, known: Known) -> String {
    match known {
        Known::NoAllergy => text.msg_summary_known_no_allergy(),
        Known::Penicillin => text.msg_summary_known_penicillin(),
        Known::Mould => text.msg_summary_known_mould(),
        Known::DustMite => text.msg_summary_known_dust_mite(),
        Known::Animals => text.msg_summary_known_animals(),
        Known::Grass => text.msg_summary_known_grass(),
        Known::Trees => text.msg_summary_known_trees(),
        Known::Nuts => text.msg_summary_known_nuts(),
        Known::Peanuts => text.msg_summary_known_peanuts(),
        Known::Fish => text.msg_summary_known_fish(),
        Known::Shellfish => text.msg_summary_known_shellfish(),
        Known::Eggs => text.msg_summary_known_eggs(),
        Known::Milk => text.msg_summary_known_milk(),
        Known::Wheat => text.msg_summary_known_wheat(),
        Known::Soya => text.msg_summary_known_soya(),
        Known::Latex => text.msg_summary_known_latex(),
        Known::Bees => text.msg_summary_known_bees(),
        Known::Wasps => text.msg_summary_known_wasps(),
        Known::Aspirin => text.msg_summary_known_aspirin(),
        Known::Contrast => text.msg_summary_known_contrast(),
        Known::Pacemaker => text.msg_summary_known_pacemaker(),
        Known::Defibrillator => text.msg_summary_known_defibrillator(),
        Known::Cochlear => text.msg_summary_known_cochlear(),
        Known::Hip => text.msg_summary_known_hip(),
        Known::Knee => text.msg_summary_known_knee(),
        Known::Valve => text.msg_summary_known_valve(),
        Known::Stent => text.msg_summary_known_stent(),
    }
}
