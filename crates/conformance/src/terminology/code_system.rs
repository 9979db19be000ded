use std::collections::HashMap;

use varde_fhir::json::Node;

use crate::definitions::DefinitionError;

/// Deepest hierarchy that is walked.
const MAX_LEVELS: u32 = 64;

/// How much of a code system is there (R4 codesystem, `content`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Complete,
    /// Some of it: a code that is missing here may exist.
    Part,
    /// Nothing of it.
    NotPresent,
}

/// A code system (R4 codesystem).
#[derive(Debug)]
pub struct CodeSystem {
    /// Its address.
    pub url: String,
    /// Business version.
    pub version: Option<String>,
    /// Its name for people.
    pub name: Option<String>,
    /// How much of it is here.
    pub content: Content,
    /// Whether `a` and `A` are different codes.
    pub case_sensitive: bool,
    concepts: Vec<Concept>,
    by_code: HashMap<Box<str>, u32>,
}

/// A concept of a code system.
#[derive(Debug)]
pub struct Concept {
    /// The code.
    pub code: Box<str>,
    /// What people read.
    pub display: Option<Box<str>>,
    /// What it means.
    pub definition: Option<Box<str>>,
    /// Language and text of other names.
    pub designations: Vec<(Option<Box<str>>, Box<str>)>,
    /// Properties.
    pub properties: Vec<Property>,
    /// Places of the concepts it is a kind of.
    parents: Vec<u32>,
}

/// A property of a concept.
#[derive(Debug)]
pub struct Property {
    /// Which.
    pub code: Box<str>,
    /// Its value.
    pub value: PropertyValue,
}

/// The value of a property: the type as FHIR names it (`Code`, `Boolean`, ..) and the value as text.
#[derive(Debug)]
pub struct PropertyValue {
    /// What follows `value`: `Code`, `String`, `Integer`, `Boolean`, `DateTime`, `Decimal` or `Coding`.
    pub type_suffix: &'static str,
    /// As text; of a Coding the code.
    pub text: Box<str>,
}

impl CodeSystem {
    /// Reads the JSON of a CodeSystem.
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, DefinitionError> {
        let text = |name: &str| node.get(name).and_then(Node::str).map(str::to_owned);
        let url = text("url").ok_or_else(|| DefinitionError::WithoutUrl("CodeSystem".to_owned()))?;
        let content = match node.get("content").and_then(Node::str) {
            Some("complete") => Content::Complete,
            Some("not-present") => Content::NotPresent,
            _ => Content::Part,
        };
        let case_sensitive = node.get("caseSensitive").and_then(Node::bool).unwrap_or(true);
        let name = text("title").or_else(|| text("name"));
        let (concepts, by_code) = (Vec::new(), HashMap::new());
        let mut system = Self { url, version: text("version"), name, content, case_sensitive, concepts, by_code };
        let is_a = !matches!(node.get("hierarchyMeaning").and_then(Node::str), Some("part-of"));
        system.read_concepts(node.list("concept"), None, is_a, 0)?;
        system.link();
        Ok(system)
    }

    fn read_concepts(
        &mut self,
        list: &[Node<'_>],
        parent: Option<u32>,
        is_a: bool,
        level: u32,
    ) -> Result<(), DefinitionError> {
        if level > MAX_LEVELS {
            return Err(DefinitionError::Unusable("a hierarchy that is too deep".to_owned()));
        }
        for node in list {
            let Some(code) = node.get("code").and_then(Node::str) else { continue };
            let at = u32::try_from(self.concepts.len())
                .map_err(|_| DefinitionError::Unusable("too many concepts".to_owned()))?;
            let text = |name: &str| node.get(name).and_then(Node::str).map(Into::into);
            let designations = node.list("designation").iter().filter_map(|designation| {
                let language = designation.get("language").and_then(Node::str).map(Into::into);
                Some((language, designation.get("value")?.str()?.into()))
            });
            self.concepts.push(Concept {
                code: code.into(),
                display: text("display"),
                definition: text("definition"),
                designations: designations.collect(),
                properties: node.list("property").iter().filter_map(property).collect(),
                parents: parent.filter(|_| is_a).into_iter().collect(),
            });
            let key = self.key(code);
            self.by_code.entry(key).or_insert(at);
            self.read_concepts(node.list("concept"), Some(at), is_a, level + 1)?;
        }
        Ok(())
    }

    /// Parents and children that are told by properties instead of by nesting.
    fn link(&mut self) {
        let mut links = Vec::new();
        for (at, concept) in (0u32..).zip(&self.concepts) {
            for property in &concept.properties {
                let Some(other) = self.place(&property.value.text) else { continue };
                match &*property.code {
                    "parent" | "subsumedBy" | "partOf" => links.push((at, other)),
                    "child" => links.push((other, at)),
                    _ => {}
                }
            }
        }
        for (child, parent) in links {
            if let Some(concept) = self.concepts.get_mut(child as usize)
                && child != parent
                && !concept.parents.contains(&parent)
            {
                concept.parents.push(parent);
            }
        }
    }

    fn key(&self, code: &str) -> Box<str> {
        if self.case_sensitive { code.into() } else { code.to_lowercase().into() }
    }

    fn place(&self, code: &str) -> Option<u32> {
        if self.case_sensitive {
            return self.by_code.get(code).copied();
        }
        self.by_code.get(&self.key(code)).copied()
    }

    /// The concept of a code.
    pub fn concept(&self, code: &str) -> Option<&Concept> {
        self.concepts.get(self.place(code)? as usize)
    }

    /// All concepts, in the order of the definition.
    pub fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    /// True when the first is the second or a kind of it.
    pub fn is_a(&self, code: &str, ancestor: &str) -> bool {
        let (Some(from), Some(to)) = (self.place(code), self.place(ancestor)) else { return false };
        let mut seen = vec![from];
        let mut at = 0;
        while let Some(place) = seen.get(at).copied() {
            if place == to {
                return true;
            }
            at += 1;
            let parents = self.concepts.get(place as usize).map(|c| c.parents.as_slice()).unwrap_or_default();
            for parent in parents {
                if !seen.contains(parent) {
                    seen.push(*parent);
                }
            }
        }
        false
    }

    /// The codes right above a concept.
    pub fn parents<'s>(&'s self, concept: &'s Concept) -> impl Iterator<Item = &'s Concept> {
        concept.parents.iter().filter_map(|at| self.concepts.get(*at as usize))
    }

    /// The codes right below a concept.
    pub fn children<'s>(&'s self, code: &str) -> impl Iterator<Item = &'s Concept> {
        let place = self.place(code);
        self.concepts.iter().filter(move |concept| place.is_some_and(|place| concept.parents.contains(&place)))
    }
}

impl Concept {
    /// Values of a property.
    pub fn property<'s>(&'s self, code: &'s str) -> impl Iterator<Item = &'s str> {
        self.properties.iter().filter(move |p| &*p.code == code).map(|p| &*p.value.text)
    }

    /// True for a concept that groups others and is not to be chosen.
    pub fn is_abstract(&self) -> bool {
        ["notSelectable", "abstract"].iter().any(|code| self.property(code).any(|value| value == "true"))
    }

    /// True for a concept that is not to be used any more.
    pub fn is_inactive(&self) -> bool {
        self.property("inactive").any(|value| value == "true")
            || self.property("status").any(|value| matches!(value, "retired" | "inactive"))
    }
}

fn property(node: &Node<'_>) -> Option<Property> {
    let suffixes = ["Code", "String", "Integer", "Boolean", "DateTime", "Decimal", "Coding"];
    let code = node.get("code")?.str()?.into();
    suffixes.iter().find_map(|suffix| {
        let text = match node.get(&format!("value{suffix}"))? {
            Node::Bool(value) => value.to_string().into(),
            Node::Number(text) => (*text).into(),
            Node::String(text) => (&**text).into(),
            coding => coding.get("code")?.str()?.into(),
        };
        Some(Property { code: Box::clone(&code), value: PropertyValue { type_suffix: suffix, text } })
    })
}
