//! What an installation validates by: definitions, and how strict it is with each source.

use std::collections::HashMap;

use serde::Deserialize;
use varde_conformance::definitions::Definitions;
use varde_conformance::terminology::{self, Content, ExpandError, ExpandOptions};
use varde_fhir::search::{CodeSet, Terminology, Unlisted};

/// What happens when what a source sends breaks a profile. Structure is always checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Validation {
    /// Profiles are not looked at.
    #[default]
    Off,
    /// It is taken, and what is wrong is said and logged.
    Warn,
    /// It is refused.
    Reject,
}

/// What an installation validates by.
pub(crate) struct Conformance {
    definitions: Definitions,
    sources: HashMap<String, Validation>,
}

impl Default for Conformance {
    fn default() -> Self {
        Self::new(Definitions::base(), HashMap::new())
    }
}

impl Conformance {
    /// With definitions, and the strictness by the name of the source.
    pub(crate) fn new(definitions: Definitions, sources: HashMap<String, Validation>) -> Self {
        Self { definitions, sources }
    }

    pub(crate) fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    pub(crate) fn of_source(&self, name: &str) -> Validation {
        self.sources.get(name).copied().unwrap_or_default()
    }
}

/// What a search asks by `:in`, `:not-in`, `:above` and `:below`.
impl Terminology for Conformance {
    fn codes(&self, wanted: &CodeSet<'_>, limit: usize) -> Result<Vec<(String, String)>, Unlisted> {
        let terminology = terminology::Terminology::new(&self.definitions);
        let hierarchy = |system: &str, code: &str, is_below: bool| {
            let found = terminology.code_system(system).filter(|found| found.content == Content::Complete);
            let found = found.filter(|found| found.concept(code).is_some()).ok_or(Unlisted::Unknown)?;
            let is_in = |other: &str| if is_below { found.is_a(other, code) } else { found.is_a(code, other) };
            let codes = found.concepts().iter().filter(|concept| is_in(&concept.code));
            let codes: Vec<(String, String)> =
                codes.take(limit + 1).map(|concept| (system.to_owned(), concept.code.to_string())).collect();
            if codes.len() > limit { Err(Unlisted::TooMany) } else { Ok(codes) }
        };
        match *wanted {
            CodeSet::Below { system, code } => hierarchy(system, code, true),
            CodeSet::Above { system, code } => hierarchy(system, code, false),
            CodeSet::ValueSet(url) => {
                let value_set = terminology.value_set(url).ok_or(Unlisted::Unknown)?;
                let options = ExpandOptions { limit, ..ExpandOptions::default() };
                match terminology.expand(value_set, &options) {
                    Ok(all) => Ok(all.contains.into_iter().map(|code| (code.system, code.code)).collect()),
                    Err(ExpandError::TooCostly(_)) => Err(Unlisted::TooMany),
                    Err(_) => Err(Unlisted::Unknown),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_gets_the_codes_of_sets_and_hierarchies_or_is_told_why_not() {
        let conformance = Conformance::default();
        let count = |wanted: &CodeSet<'_>, limit| conformance.codes(wanted, limit).map(|codes| codes.len());
        let genders = CodeSet::ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender");
        assert_eq!((count(&genders, 4), count(&genders, 3)), (Ok(4), Err(Unlisted::TooMany)));
        assert_eq!(count(&CodeSet::ValueSet("urn:none"), 9), Err(Unlisted::Unknown));
        let system = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
        let above = conformance.codes(&CodeSet::Above { system, code: "AMB" }, 9).unwrap();
        assert!(above.contains(&(system.to_owned(), "_ActEncounterCode".to_owned())), "{above:?}");
        assert!(count(&CodeSet::Below { system, code: "_ActEncounterCode" }, 99).unwrap() > 5);
        assert_eq!(count(&CodeSet::Below { system: "http://snomed.info/sct", code: "1" }, 9), Err(Unlisted::Unknown));
    }
}
