use std::collections::HashMap;

use varde_fhir::json::Node;

use super::filter::Filter;
use crate::definitions::DefinitionError;

/// A value set (R4 valueset): which codes of which systems.
#[derive(Debug)]
pub struct ValueSet {
    /// Its address; empty for one that was sent along.
    pub url: String,
    /// Business version.
    pub version: Option<String>,
    /// Its name for people.
    pub name: Option<String>,
    pub(super) include: Vec<Include>,
    pub(super) exclude: Vec<Include>,
}

/// A part of a value set.
#[derive(Debug)]
pub(super) struct Include {
    pub(super) system: Option<Box<str>>,
    pub(super) version: Option<Box<str>>,
    /// Codes by name, when they are listed.
    pub(super) concepts: Option<Listed>,
    pub(super) filters: Vec<Filter>,
    /// Value sets of which all must have the code.
    pub(super) value_sets: Vec<Box<str>>,
}

/// Codes in the order of the definition.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) codes: Vec<(Box<str>, Option<Box<str>>)>,
    by_code: HashMap<Box<str>, u32>,
}

impl Listed {
    fn read(list: &[Node<'_>]) -> Self {
        let mut listed = Self::default();
        for (at, node) in (0u32..).zip(list) {
            let text = |name: &str| node.get(name).and_then(Node::str);
            let code: Box<str> = text("code").unwrap_or_default().into();
            listed.by_code.entry(Box::clone(&code)).or_insert(at);
            listed.codes.push((code, text("display").map(Into::into)));
        }
        listed
    }

    /// The display, when the code is listed.
    pub(super) fn find(&self, code: &str) -> Option<Option<&str>> {
        let (_, display) = self.codes.get(*self.by_code.get(code)? as usize)?;
        Some(display.as_deref())
    }
}

impl ValueSet {
    /// Reads the JSON of a ValueSet. One that has only an expansion is taken to be what was expanded.
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, DefinitionError> {
        let text = |name: &str| node.get(name).and_then(Node::str).map(str::to_owned);
        let parts = |name: &str| {
            let list = node.get("compose").map(|compose| compose.list(name)).unwrap_or_default();
            list.iter().map(Include::read).collect::<Result<Vec<_>, _>>()
        };
        let mut include = parts("include")?;
        if node.get("compose").is_none()
            && let Some(expansion) = node.get("expansion")
        {
            let mut by_system: Vec<(Option<&str>, Vec<Node<'_>>)> = Vec::new();
            contained(expansion.list("contains"), &mut by_system, 0);
            include = by_system.into_iter().map(|(system, codes)| Include::of(system, &codes)).collect();
        }
        Ok(Self {
            url: text("url").unwrap_or_default(),
            version: text("version"),
            name: text("title").or_else(|| text("name")),
            include,
            exclude: parts("exclude")?,
        })
    }

    /// Reads a ValueSet that was sent along with a question.
    ///
    /// # Errors
    /// [`DefinitionError::Unusable`].
    pub fn from_node(node: &Node<'_>) -> Result<Self, DefinitionError> {
        Self::read(node)
    }
}

/// The codes of an expansion, by system, nested ones too.
fn contained<'n>(list: &'n [Node<'n>], by_system: &mut Vec<(Option<&'n str>, Vec<Node<'n>>)>, level: u8) {
    for node in list {
        let system = node.get("system").and_then(Node::str);
        let is_abstract = node.get("abstract").and_then(Node::bool) == Some(true);
        if node.get("code").is_some() && !is_abstract {
            match by_system.iter_mut().find(|(other, _)| *other == system) {
                Some((_, codes)) => codes.push(node.clone()),
                None => by_system.push((system, vec![node.clone()])),
            }
        }
        if level < 32 {
            contained(node.list("contains"), by_system, level + 1);
        }
    }
}

impl Include {
    fn of(system: Option<&str>, codes: &[Node<'_>]) -> Self {
        let concepts = Some(Listed::read(codes));
        Self { system: system.map(Into::into), version: None, concepts, filters: Vec::new(), value_sets: Vec::new() }
    }

    fn read(node: &Node<'_>) -> Result<Self, DefinitionError> {
        let text = |name: &str| node.get(name).and_then(Node::str).map(Into::into);
        let concepts = node.list("concept");
        Ok(Self {
            system: text("system"),
            version: text("version"),
            concepts: (!concepts.is_empty()).then(|| Listed::read(concepts)),
            filters: node.list("filter").iter().map(Filter::read).collect::<Result<_, _>>()?,
            value_sets: node.list("valueSet").iter().filter_map(Node::str).map(Into::into).collect(),
        })
    }
}
