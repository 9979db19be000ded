//! What an installation validates by: definitions, and how strict it is with each source.

use std::collections::HashMap;

use serde::Deserialize;
use varde_conformance::definitions::Definitions;
use varde_conformance::terminology::{CodeSystem, Concept, ExpandError, ExpandOptions, Terminology};
use varde_fhir::search::{CodeSet, Terminology as ForSearches, Unlisted};

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

/// What searches ask of it: `:in`, `:not-in`, `:above` and `:below`.
impl ForSearches for Conformance {
    fn codes(&self, wanted: &CodeSet<'_>, limit: usize) -> Result<Vec<(String, String)>, Unlisted> {
        let terminology = Terminology::new(&self.definitions);
        match *wanted {
            CodeSet::ValueSet(canonical) => {
                let value_set = terminology.value_set(canonical).ok_or(Unlisted::Unknown)?;
                let options = ExpandOptions { limit, ..ExpandOptions::default() };
                let expansion = terminology.expand(value_set, &options).map_err(|error| match error {
                    ExpandError::TooCostly(_) => Unlisted::TooMany,
                    ExpandError::ValueSet(_) | ExpandError::CodeSystem(_) | ExpandError::Definition(_) => {
                        Unlisted::Unknown
                    }
                })?;
                Ok(expansion.contains.into_iter().map(|code| (code.system, code.code)).collect())
            }
            CodeSet::Below { system, code } => {
                self.related(system, code, limit, |all, concept| all.is_a(&concept.code, code))
            }
            CodeSet::Above { system, code } => {
                self.related(system, code, limit, |all, concept| all.is_a(code, &concept.code))
            }
        }
    }
}

impl Conformance {
    /// The codes of a system that stand so to a code of it.
    fn related(
        &self,
        system: &str,
        code: &str,
        limit: usize,
        holds: impl Fn(&CodeSystem, &Concept) -> bool,
    ) -> Result<Vec<(String, String)>, Unlisted> {
        let all = Terminology::new(&self.definitions).code_system(system).ok_or(Unlisted::Unknown)?;
        all.concept(code).ok_or(Unlisted::Unknown)?;
        let related = all.concepts().iter().filter(|concept| holds(all, concept));
        let codes: Vec<_> =
            related.take(limit + 1).map(|concept| (system.to_owned(), concept.code.to_string())).collect();
        if codes.len() > limit { Err(Unlisted::TooMany) } else { Ok(codes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_are_told_the_codes_of_a_value_set_and_of_a_branch() {
        let conformance = Conformance::default();
        let codes = |wanted: CodeSet<'_>, limit: usize| {
            conformance.codes(&wanted, limit).map(|codes| codes.into_iter().map(|(_, code)| code).collect::<Vec<_>>())
        };
        let genders = CodeSet::ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender");
        assert_eq!(codes(genders, 10).unwrap(), ["male", "female", "other", "unknown"]);
        assert_eq!(codes(genders, 3), Err(Unlisted::TooMany));
        assert_eq!(codes(CodeSet::ValueSet("http://nowhere"), 9), Err(Unlisted::Unknown));
        let system = "http://hl7.org/fhir/observation-status";
        assert_eq!(codes(CodeSet::Below { system, code: "amended" }, 9).unwrap(), ["amended", "corrected"]);
        assert_eq!(codes(CodeSet::Above { system, code: "corrected" }, 9).unwrap(), ["amended", "corrected"]);
        assert_eq!(codes(CodeSet::Below { system, code: "shoe" }, 9), Err(Unlisted::Unknown));
    }
}
