//! Terminology: code systems, value sets and concept maps, and what can be asked of them (R4 terminology-service).
//!
//! An answer is yes, no, or that it cannot be told: a code system of which the codes are not loaded (SNOMED CT, say) is not
//! guessed about.

mod code_system;
mod concept_map;
mod expand;
mod filter;
mod grammar;
mod member;
mod value_set;

pub use code_system::{CodeSystem, Concept, Content, Property, PropertyValue};
pub use concept_map::{ConceptMap, TranslateQuestion, Translation};
pub use expand::{Contained, ExpandError, ExpandOptions, Expansion};
pub use member::{Lookup, Subsumption};
pub use value_set::ValueSet;

use crate::definitions::Definitions;

/// A code and where it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code<'c> {
    /// The code system; a `code` element has none of its own.
    pub system: Option<&'c str>,
    /// The code.
    pub code: &'c str,
}

/// Whether a code is in a code system or a value set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// It is; with the display where one is known.
    Yes(Option<String>),
    /// It is not.
    No,
    /// It cannot be told, and why.
    Unknown(String),
}

impl Membership {
    /// True for [`Membership::Yes`].
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Yes(_))
    }
}

/// The terminology of a set of definitions.
#[derive(Clone, Copy)]
pub struct Terminology<'d> {
    pub(crate) definitions: &'d Definitions,
}

impl<'d> Terminology<'d> {
    /// Over a set of definitions.
    pub fn new(definitions: &'d Definitions) -> Self {
        Self { definitions }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// HL7's definitions and a small tree of animals with a few sets over it.
    pub(crate) fn animals() -> Definitions {
        let mut definitions = Definitions::base();
        for json in [
            r#"{"resourceType":"CodeSystem","url":"urn:animals","version":"1","content":"complete","caseSensitive":false,
                "hierarchyMeaning":"is-a","property":[{"code":"legs","type":"integer"}],"concept":[
                {"code":"animal","display":"Animal","concept":[
                  {"code":"dog","display":"Dog","designation":[{"language":"nb","value":"Hund"}],
                   "property":[{"code":"legs","valueInteger":4}],"concept":[{"code":"poodle","display":"Poodle"}]},
                  {"code":"bird","display":"Bird","property":[{"code":"legs","valueInteger":2}]}]},
                {"code":"stone","display":"Stone"}]}"#,
            r#"{"resourceType":"CodeSystem","url":"urn:secret","content":"not-present"}"#,
            r#"{"resourceType":"ValueSet","url":"urn:set:animals","compose":{"include":[{"system":"urn:animals",
                "filter":[{"property":"concept","op":"is-a","value":"animal"}]}],
                "exclude":[{"system":"urn:animals","concept":[{"code":"bird"}]}]}}"#,
            r#"{"resourceType":"ValueSet","url":"urn:set:dogs","compose":{"include":[{"valueSet":["urn:set:animals"],
                "system":"urn:animals","filter":[{"property":"concept","op":"descendent-of","value":"dog"}]}]}}"#,
            r#"{"resourceType":"ValueSet","url":"urn:set:legs","compose":{"include":[{"system":"urn:animals",
                "filter":[{"property":"legs","op":"=","value":"4"}]},{"system":"urn:secret","concept":[{"code":"x"}]}]}}"#,
            r#"{"resourceType":"ValueSet","url":"urn:set:secret","compose":{"include":[{"system":"urn:secret"}]}}"#,
            r#"{"resourceType":"ValueSet","url":"urn:set:ring","compose":{"include":[{"valueSet":["urn:set:ring"]}]}}"#,
            r#"{"resourceType":"ConceptMap","url":"urn:map","sourceUri":"urn:set:animals","targetUri":"urn:t","group":[{
                "source":"urn:animals","target":"urn:secret","element":[{"code":"dog","target":[
                {"code":"d","equivalence":"equivalent"},{"code":"e","equivalence":"wider"}]},
                {"code":"bird","target":[{"equivalence":"unmatched"}]}],
                "unmapped":{"mode":"fixed","code":"other","display":"Other"}}]}"#,
        ] {
            definitions.add(json.to_owned()).unwrap();
        }
        definitions
    }

    #[test]
    fn a_code_is_in_a_set_or_not_or_it_cannot_be_told() {
        let definitions = animals();
        let terminology = Terminology::new(&definitions);
        let ask = |set: &str, system: Option<&'static str>, code: &'static str| match terminology
            .in_value_set(set, Code { system, code })
        {
            Membership::Yes(_) => "yes",
            Membership::No => "no",
            Membership::Unknown(_) => "unknown",
        };
        for (set, system, code, expected) in [
            ("urn:set:animals", Some("urn:animals"), "poodle", "yes"),
            ("urn:set:animals", Some("urn:animals"), "DOG", "yes"),
            ("urn:set:animals", Some("urn:animals"), "bird", "no"),
            ("urn:set:animals", Some("urn:animals"), "stone", "no"),
            ("urn:set:animals", Some("urn:plants"), "dog", "no"),
            ("urn:set:animals", None, "dog", "yes"),
            ("urn:set:dogs", Some("urn:animals"), "poodle", "yes"),
            ("urn:set:dogs", Some("urn:animals"), "dog", "no"),
            ("urn:set:legs", Some("urn:animals"), "dog", "yes"),
            ("urn:set:legs", Some("urn:animals"), "bird", "no"),
            ("urn:set:legs", Some("urn:secret"), "x", "yes"),
            ("urn:set:legs", Some("urn:secret"), "y", "no"),
            ("urn:set:secret", Some("urn:secret"), "y", "unknown"),
            ("urn:set:ring", Some("urn:secret"), "y", "unknown"),
            ("urn:set:none", None, "y", "unknown"),
            ("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1", None, "female", "yes"),
            ("http://hl7.org/fhir/ValueSet/administrative-gender", None, "Female", "no"),
            ("http://hl7.org/fhir/ValueSet/mimetypes", None, "text/plain; charset=utf-8", "yes"),
            ("http://hl7.org/fhir/ValueSet/mimetypes", None, "text", "no"),
        ] {
            assert_eq!(ask(set, system, code), expected, "{set} {system:?} {code}");
        }
    }
}
