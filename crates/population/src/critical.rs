//! What personnel must know at once: the allergies, notices and implants of the synthetic people, in the language their personnel write.

/// Something that must be known.
#[derive(Debug)]
pub(crate) struct Critical {
    /// SNOMED CT code; empty for what has none.
    pub(crate) code: &'static str,
    /// What it is.
    pub(crate) name: &'static str,
    /// Category of FHIR's AllergyIntolerance, or group of critical information.
    pub(crate) category: &'static str,
    /// What an allergy leads to; of a notice, what its group is called.
    pub(crate) reaction: &'static str,
    /// It can threaten life.
    pub(crate) is_dangerous: bool,
}

const fn critical(
    code: &'static str,
    name: &'static str,
    category: &'static str,
    reaction: &'static str,
    is_dangerous: bool,
) -> Critical {
    Critical { code, name, category, reaction, is_dangerous }
}

/// Allergies.
pub(crate) const REACTIONS: [Critical; 5] = [
    critical("91936005", "Penicillinallergi", "medication", "Anafylaktisk reaksjon", true),
    critical("91934008", "Nøtteallergi", "food", "Hevelse i leppene og utslett", true),
    critical("91935009", "Peanøttallergi", "food", "Utslett og kløe", false),
    critical("419263009", "Bjørkepollenallergi", "environment", "Rennende nese og kløe i øynene", false),
    critical("300916003", "Lateksallergi", "environment", "Eksem på hendene", false),
];

/// Notices.
pub(crate) const NOTICES: [Critical; 3] = [
    critical("", "Bruker blodfortynnende medisin hver dag", "critical-treatment", "Pågående behandling", false),
    critical("", "Vanskelig å legge ned pusteslange", "critical-anaesthesia", "Komplikasjon ved anestesi", false),
    critical("", "Mangler milten", "critical-condition", "Kritisk medisinsk tilstand", false),
];

/// Implants.
pub(crate) const IMPLANTS: [Critical; 2] =
    [critical("706004007", "Pacemaker", "", "", false), critical("304120007", "Hofteprotese", "", "", false)];
