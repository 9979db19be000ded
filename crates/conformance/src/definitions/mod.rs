//! Definitions that are loaded: HL7's own for R4, which are part of the program, and those of packages.
//!
//! A definition is kept as text and compiled when it is first asked for, so a program that validates two types pays for two.

mod base;
mod package;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use varde_fhir::json::{self, Node};

pub use package::{MAX_PACKAGE_BYTES, Package, PackageError, PackageName};

use crate::profile::structure::Structure;
use crate::terminology::{CodeSystem, ConceptMap, ValueSet};

/// Where HL7's own structures have their addresses.
pub(crate) const HL7_STRUCTURES: &str = "http://hl7.org/fhir/StructureDefinition/";
/// Deepest chain of definitions that build on each other.
pub(crate) const MAX_CHAIN: u8 = 16;
/// Most definitions in one set, beside HL7's own.
const MAX_DEFINITIONS: usize = 100_000;
const LIMITS: json::Limits = json::Limits { bytes: 64 << 20, depth: 128, members: 2_000, nodes: 20_000_000 };

/// What kinds of definitions are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A StructureDefinition: a type or a profile.
    Structure,
    /// A ValueSet.
    ValueSet,
    /// A CodeSystem.
    CodeSystem,
    /// A ConceptMap.
    ConceptMap,
    /// A SearchParameter, kept as it is.
    SearchParameter,
    /// A Questionnaire, kept as it is.
    Questionnaire,
}

impl Kind {
    /// The kind by the name of the resource type.
    pub fn from_resource_type(name: &str) -> Option<Self> {
        Some(match name {
            "StructureDefinition" => Self::Structure,
            "ValueSet" => Self::ValueSet,
            "CodeSystem" => Self::CodeSystem,
            "ConceptMap" => Self::ConceptMap,
            "SearchParameter" => Self::SearchParameter,
            "Questionnaire" => Self::Questionnaire,
            _ => return None,
        })
    }
}

/// Why a definition cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// Not JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// No `url`, by which it could be asked for.
    #[error("a {0} without url")]
    WithoutUrl(String),
    /// Too many.
    #[error("more than {MAX_DEFINITIONS} definitions")]
    TooMany,
    /// Something in it that cannot be used.
    #[error("{0}")]
    Unusable(String),
}

/// One definition: its text, and what it was compiled to once it was asked for.
pub struct Definition {
    url: Cow<'static, str>,
    version: Cow<'static, str>,
    text: Cow<'static, str>,
    compiled: OnceLock<Compiled>,
}

enum Compiled {
    Structure(Box<Structure>),
    ValueSet(Box<ValueSet>),
    CodeSystem(Box<CodeSystem>),
    ConceptMap(Box<ConceptMap>),
    Unusable(String),
}

impl Definition {
    fn new(url: Cow<'static, str>, version: Cow<'static, str>, text: Cow<'static, str>) -> Self {
        Self { url, version, text, compiled: OnceLock::new() }
    }

    /// The address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The business version; may be empty.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The JSON (of HL7's own: without prose).
    pub fn json(&self) -> &str {
        &self.text
    }

    /// What it was compiled to. Not `get_or_init`: definitions compile each other, and two that build on themselves in a
    /// ring would wait for each other; the depth of the chain ends that.
    fn compiled(&self, compile: impl FnOnce(&Node<'_>) -> Result<Compiled, DefinitionError>) -> &Compiled {
        if let Some(compiled) = self.compiled.get() {
            return compiled;
        }
        let node = json::parse(self.text.as_bytes(), &LIMITS).map_err(|e| DefinitionError::Json(e.to_string()));
        let compiled = node.and_then(|node| compile(&node));
        self.compiled.get_or_init(|| compiled.unwrap_or_else(|error| Compiled::Unusable(error.to_string())))
    }
}

/// A set of definitions: HL7's own for R4, and what was added. What was added last goes first.
#[derive(Default)]
pub struct Definitions {
    added: HashMap<Kind, HashMap<Box<str>, Vec<Definition>>>,
    count: usize,
}

impl Definitions {
    /// HL7's own for R4 (4.0.1), which are always there.
    pub fn base() -> Self {
        Self::default()
    }

    /// Adds a resource. Of a kind that is not used it is left out, and the answer is `None`.
    ///
    /// # Errors
    /// [`DefinitionError`].
    pub fn add(&mut self, json: String) -> Result<Option<Kind>, DefinitionError> {
        let node = json::parse(json.as_bytes(), &LIMITS).map_err(|e| DefinitionError::Json(e.to_string()))?;
        let text = |name: &str| node.get(name).and_then(Node::str).map(str::to_owned);
        let name = text("resourceType").unwrap_or_default();
        let Some(kind) = Kind::from_resource_type(&name) else { return Ok(None) };
        let url = text("url").ok_or(DefinitionError::WithoutUrl(name))?;
        let version = text("version").unwrap_or_default();
        if self.count >= MAX_DEFINITIONS {
            return Err(DefinitionError::TooMany);
        }
        self.count += 1;
        let versions = self.added.entry(kind).or_default().entry(url.clone().into()).or_default();
        // The same version once more replaces the earlier.
        versions.retain(|definition| definition.version != version);
        versions.push(Definition::new(url.into(), version.into(), json.into()));
        Ok(Some(kind))
    }

    /// How many definitions were added to HL7's own.
    pub fn added(&self) -> usize {
        self.added.values().flat_map(HashMap::values).map(Vec::len).sum()
    }

    /// The definition of a canonical (`url` or `url|version`). A version that is not there is answered with what is there:
    /// bindings name the version of the standard, code systems have their own.
    pub fn find(&self, kind: Kind, canonical: &str) -> Option<&Definition> {
        let (url, version) = canonical.split_once('|').unwrap_or((canonical, ""));
        let added = self.added.get(&kind).and_then(|by_url| by_url.get(url)).map(Vec::as_slice).unwrap_or_default();
        let exact = added.iter().rev().find(|definition| definition.version == version);
        let base = base::find(kind, url);
        exact.or_else(|| base.filter(|d| !version.is_empty() && d.version == version)).or(added.last()).or(base)
    }

    /// All added definitions of a kind.
    pub fn all_added(&self, kind: Kind) -> impl Iterator<Item = &Definition> {
        self.added.get(&kind).into_iter().flat_map(HashMap::values).flatten()
    }

    /// All definitions of a kind, HL7's own last.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = &Definition> {
        let own: Vec<&Definition> = base::all(kind).collect();
        self.all_added(kind).chain(own)
    }

    /// Added definitions that cannot be used, and why.
    pub fn problems(&self) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        for (kind, by_url) in &self.added {
            for definition in by_url.values().flatten() {
                match kind {
                    Kind::Structure => drop(self.structure(&definition.url)),
                    Kind::ValueSet => drop(self.value_set(&definition.url)),
                    Kind::CodeSystem => drop(self.code_system(&definition.url)),
                    Kind::ConceptMap => drop(self.concept_map(definition)),
                    Kind::SearchParameter | Kind::Questionnaire => {}
                }
                if let Some(Compiled::Unusable(why)) = definition.compiled.get() {
                    found.push((definition.url(), why.as_str()));
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// The value set of a canonical.
    pub(crate) fn value_set(&self, canonical: &str) -> Option<&ValueSet> {
        let compile = |node: &Node<'_>| Ok(Compiled::ValueSet(Box::new(ValueSet::read(node)?)));
        match self.find(Kind::ValueSet, canonical)?.compiled(compile) {
            Compiled::ValueSet(value_set) => Some(value_set),
            _ => None,
        }
    }

    /// The code system of a canonical.
    pub(crate) fn code_system(&self, canonical: &str) -> Option<&CodeSystem> {
        let compile = |node: &Node<'_>| Ok(Compiled::CodeSystem(Box::new(CodeSystem::read(node)?)));
        match self.find(Kind::CodeSystem, canonical)?.compiled(compile) {
            Compiled::CodeSystem(system) => Some(system),
            _ => None,
        }
    }

    /// The concept map of a definition.
    pub(crate) fn concept_map<'d>(&self, definition: &'d Definition) -> Option<&'d ConceptMap> {
        let compile = |node: &Node<'_>| Ok(Compiled::ConceptMap(Box::new(ConceptMap::read(node)?)));
        match definition.compiled(compile) {
            Compiled::ConceptMap(map) => Some(map),
            _ => None,
        }
    }

    /// The structure of a canonical; `Err` says why it cannot be used.
    pub(crate) fn structure(&self, canonical: &str) -> Option<Result<&Structure, &str>> {
        self.structure_at(canonical, 0)
    }

    /// The same, for a structure that another one builds on; `depth` counts the chain.
    pub(crate) fn structure_at(&self, canonical: &str, depth: u8) -> Option<Result<&Structure, &str>> {
        if depth > MAX_CHAIN {
            return Some(Err("definitions that build on each other in a ring"));
        }
        let compile = |node: &Node<'_>| Ok(Compiled::Structure(Box::new(Structure::read(node, self, depth)?)));
        match self.find(Kind::Structure, canonical)?.compiled(compile) {
            Compiled::Structure(structure) => Some(Ok(structure)),
            Compiled::Unusable(why) => Some(Err(why)),
            _ => None,
        }
    }

    /// HL7's structure of a type: `Observation`, `Quantity`, `string`.
    pub(crate) fn type_structure(&self, name: &str) -> Option<&Structure> {
        let own = base::type_definition(name)?;
        let compile = |node: &Node<'_>| Ok(Compiled::Structure(Box::new(Structure::read(node, self, 0)?)));
        match own.compiled(compile) {
            Compiled::Structure(structure) => Some(structure),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_of_r4_are_there_without_a_package() {
        let definitions = Definitions::base();
        assert!(definitions.find(Kind::Structure, "http://hl7.org/fhir/StructureDefinition/Patient|4.0.1").is_some());
        assert!(definitions.value_set("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1").is_some());
        assert!(definitions.type_structure("Quantity").is_some());
        assert!(definitions.type_structure("quantity").is_none());
        for definition in definitions.all(Kind::Structure) {
            let found = definitions.structure(definition.url()).unwrap();
            assert!(found.is_ok(), "{}: {:?}", definition.url(), found.err());
        }
        let systems = definitions.all(Kind::CodeSystem).filter(|d| definitions.code_system(d.url()).is_some());
        assert_eq!(systems.count(), 1_057);
        let sets = definitions.all(Kind::ValueSet).filter(|d| definitions.value_set(d.url()).is_some());
        assert_eq!(sets.count(), 1_317);
    }

    #[test]
    fn what_is_added_last_goes_first_and_a_version_can_be_asked_for() {
        let mut definitions = Definitions::base();
        let set = |version: &str| format!(r#"{{"resourceType":"ValueSet","url":"urn:x","version":"{version}"}}"#);
        for version in ["2", "1", "3", "2"] {
            assert_eq!(definitions.add(set(version)), Ok(Some(Kind::ValueSet)));
        }
        assert_eq!(definitions.added(), 3);
        let version = |canonical| definitions.find(Kind::ValueSet, canonical).map(Definition::version);
        assert_eq!(version("urn:x"), Some("2"));
        assert_eq!(version("urn:x|1"), Some("1"));
        assert_eq!(version("urn:x|9"), Some("2"));
        assert_eq!(version("urn:y"), None);
    }

    #[test]
    fn what_is_no_definition_is_refused_or_left_out() {
        let mut definitions = Definitions::base();
        assert!(matches!(definitions.add("{".to_owned()), Err(DefinitionError::Json(_))));
        assert_eq!(
            definitions.add(r#"{"resourceType":"ValueSet"}"#.to_owned()),
            Err(DefinitionError::WithoutUrl("ValueSet".to_owned()))
        );
        assert_eq!(definitions.add(r#"{"resourceType":"Patient"}"#.to_owned()), Ok(None));
    }
}
