//! The shapes that FHIR R4 is made of everywhere, as far as the services read them. With patience: a member that is missing leaves a gap, never a failure.
//!
//! A slice that reads more of one of them, or means something else by it, has a shape of its own.

use serde::Deserialize;
use varde_base::ResourceId;

use super::plain_words;

/// A Reference.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ReferenceJson {
    pub reference: Option<String>,
    pub display: Option<String>,
}

impl ReferenceJson {
    /// The id when the reference points at a resource of `kind` that lives here.
    pub(crate) fn id_of(&self, kind: &str) -> Option<ResourceId> {
        id_in(self.reference.as_deref()?, kind)
    }
}

/// The id in `Type/id`, with or without a version after it.
pub(crate) fn id_in(reference: &str, kind: &str) -> Option<ResourceId> {
    reference.strip_prefix(kind)?.strip_prefix('/')?.split('/').next()?.parse().ok()
}

/// An Identifier.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct IdentifierJson {
    pub system: Option<String>,
    pub value: Option<String>,
}

/// A Coding.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct CodingJson {
    pub system: Option<String>,
    pub code: Option<String>,
    pub display: Option<String>,
}

impl CodingJson {
    /// Whether it is of this code system.
    pub(crate) fn is_of(&self, system: &str) -> bool {
        self.system.as_deref() == Some(system)
    }

    /// Whether it is this code of this code system.
    pub(crate) fn is(&self, system: &str, code: &str) -> bool {
        self.is_of(system) && self.code.as_deref() == Some(code)
    }
}

/// A CodeableConcept.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ConceptJson {
    pub coding: Vec<CodingJson>,
    pub text: Option<String>,
}

impl ConceptJson {
    /// The words of the source: the text, else the first display; a code is no word.
    pub(crate) fn words(&self) -> Option<String> {
        let shown = self.coding.iter().map(|coding| coding.display.as_ref());
        plain_words([self.text.as_ref()].into_iter().chain(shown))
    }

    /// The first code of a code system.
    pub(crate) fn code(&self, system: &str) -> Option<&str> {
        let mut codes = self.coding.iter().filter(|coding| coding.is_of(system)).filter_map(|its| its.code.as_deref());
        codes.find(|code| !code.is_empty())
    }

    /// Whether this code of this code system is among its codes.
    pub(crate) fn has(&self, system: &str, code: &str) -> bool {
        self.coding.iter().any(|coding| coding.is(system, code))
    }
}

/// A Period; a day, or an instant.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PeriodJson {
    pub start: Option<String>,
    pub end: Option<String>,
}

/// A HumanName.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct NameJson {
    pub r#use: Option<String>,
    pub text: Option<String>,
    pub family: Option<String>,
    pub given: Vec<String>,
}

impl NameJson {
    /// The name as shown: as the source writes it, else given names and family name; `None` for one that says nothing.
    pub(crate) fn shown(&self) -> Option<String> {
        let parts = || self.given.iter().chain(&self.family).map(String::as_str).collect::<Vec<_>>().join(" ");
        Some(self.text.clone().unwrap_or_else(parts)).filter(|name| !name.is_empty())
    }
}

/// The name of an Organization.
pub(crate) fn organization_name(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct OrganizationJson {
        name: String,
    }
    serde_json::from_slice::<OrganizationJson>(body).ok().map(|its| its.name)
}

/// A ContactPoint.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ContactJson {
    pub system: Option<String>,
    pub value: Option<String>,
}

/// An Address.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct AddressJson {
    pub line: Vec<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
}

/// `Task.input` and `Task.output` that are words.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct InputJson {
    pub r#type: ConceptJson,
    pub value_string: Option<String>,
}

/// `Task.restriction`: until when.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RestrictionJson {
    pub period: PeriodJson,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_points_at_what_lives_here_with_or_without_a_version() {
        for (reference, expected) in [
            ("Task/t1", Some("t1")),
            ("Task/t1/_history/2", Some("t1")),
            ("Tasks/t1", None),
            ("Task", None),
            ("Task/", None),
            ("https://elsewhere.test/Task/t1", None),
            ("#t1", None),
        ] {
            assert_eq!(id_in(reference, "Task").as_ref().map(ResourceId::as_str), expected, "{reference}");
        }
        assert_eq!(ReferenceJson::default().id_of("Task"), None);
    }

    #[test]
    fn a_concept_has_the_codes_of_each_system_and_the_words_of_its_source() {
        let concept: ConceptJson = serde_json::from_str(
            r#"{"coding":[{"code":"a"},{"system":"s","code":""},{"system":"s","code":"b","display":"Bee"},{"system":"t"}]}"#,
        )
        .unwrap();
        assert_eq!((concept.code("s"), concept.code("t"), concept.code("")), (Some("b"), None, None));
        assert!(concept.has("s", "b") && !concept.has("s", "a") && !concept.has("t", ""));
        assert_eq!(concept.words().as_deref(), Some("Bee"));
        assert_eq!(serde_json::from_str::<ConceptJson>("{}").unwrap().words(), None);
    }

    #[test]
    fn a_name_is_as_its_source_writes_it_or_put_together() {
        let shown = |json: &str| serde_json::from_str::<NameJson>(json).unwrap().shown();
        assert_eq!(shown(r#"{"text":"Dr. Ada By","family":"By"}"#).as_deref(), Some("Dr. Ada By"));
        assert_eq!(shown(r#"{"family":"By","given":["Ada","Eva"]}"#).as_deref(), Some("Ada Eva By"));
        assert_eq!(shown(r#"{"use":"official"}"#), None);
    }
}
