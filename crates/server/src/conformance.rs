//! What an installation validates by: definitions, and how strict it is with each source.

use std::collections::HashMap;

use serde::Deserialize;
use varde_conformance::definitions::Definitions;

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
