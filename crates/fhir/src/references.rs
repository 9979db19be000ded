//! References inside a resource: finding them, and replacing those to what a transaction gives an id.

use std::collections::HashMap;
use std::fmt::Write as _;

use varde_base::ResourceId;

use crate::definition::{Kind, T};
use crate::json::{Node, Object};
use crate::primitive::Primitive;
use crate::{Parsed, ResourceType, validate};

/// What references are to be replaced by: from the `fullUrl` (`urn:uuid:...`) or the condition (`Patient?identifier=...`) of
/// an entry to the resource it became.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReferenceMap(HashMap<String, String>);

impl ReferenceMap {
    /// A map that replaces nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on `from` is replaced by `Type/id`.
    pub fn insert(&mut self, from: impl Into<String>, resource_type: ResourceType, id: &ResourceId) {
        self.0.insert(from.into(), format!("{resource_type}/{id}"));
    }

    /// What `from` is replaced by.
    pub fn get(&self, from: &str) -> Option<&str> {
        self.0.get(from).map(String::as_str)
    }

    /// True when nothing is replaced.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A literal reference found in a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundReference<'p> {
    /// FHIRPath of the `Reference`, such as `Observation.subject`.
    pub expression: String,
    /// The text of `Reference.reference`.
    pub value: &'p str,
}

/// A reference to a resource of this server: `Type/id`, with or without a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalReference {
    /// Type of the target.
    pub resource_type: ResourceType,
    /// Its logical id.
    pub id: ResourceId,
}

impl LocalReference {
    /// Reads `Type/id` and `Type/id/_history/n`; `None` for anything else, absolute URLs among them.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let resource_type = ResourceType::from_name(parts.next()?)?;
        let id = parts.next()?.parse().ok()?;
        let rest_fits = match (parts.next(), parts.next()) {
            (None, None) => true,
            (Some("_history"), Some(version)) => !version.is_empty(),
            _ => false,
        };
        (rest_fits && parts.next().is_none()).then_some(Self { resource_type, id })
    }
}

/// All literal references (`Reference.reference`) of a resource, contained ones and extensions included, in the order of
/// the document.
pub fn references<'p>(parsed: &'p Parsed<'_>) -> impl Iterator<Item = FoundReference<'p>> {
    let mut found = Vec::new();
    if let (Some(definition), Some(object)) = (T::of(parsed.resource_type()), parsed.root().object()) {
        let mut path = parsed.resource_type().name().to_owned();
        collect(definition, object, &mut path, &mut found);
    }
    found.into_iter()
}

/// Recurses as deep as the document, which the parser limits.
fn collect<'p>(definition: &'static T, object: &'p Object<'_>, path: &mut String, found: &mut Vec<FoundReference<'p>>) {
    for member in object.members() {
        if definition.0 == "Reference" && member.name == "reference" {
            if let Node::String(text) = &member.value {
                found.push(FoundReference { expression: path.clone(), value: text });
            }
            continue;
        }
        let Some(kind) = definition.element(&member.name).and_then(|e| e.kind()) else { continue };
        if matches!(kind, Kind::Primitive(_)) {
            continue;
        }
        let length = path.len();
        let is_list = matches!(member.value, Node::Array(_));
        let items = if is_list { member.value.array() } else { std::slice::from_ref(&member.value) };
        for (index, item) in items.iter().enumerate() {
            let Some((inner, object)) = inner_definition(kind, item).zip(item.object()) else { continue };
            // Writing to a String cannot fail.
            let _ = if is_list { write!(path, ".{}[{index}]", member.name) } else { write!(path, ".{}", member.name) };
            collect(inner, object, path, found);
            path.truncate(length);
        }
    }
}

fn inner_definition(kind: Kind, node: &Node<'_>) -> Option<&'static T> {
    match kind {
        Kind::Complex(definition) => Some(definition),
        Kind::Resource => validate::resource_type_of(node).ok().and_then(T::of),
        Kind::Primitive(_) => None,
    }
}

/// Replaces what the map knows: `Reference.reference` always, values of type uri, url and canonical when they are URNs
/// (R4 http, section 3.1.0.11.2). Narrative is left as it is. Returns how many were replaced.
pub(crate) fn rewrite(resource_type: ResourceType, root: &mut Node<'_>, map: &ReferenceMap) -> usize {
    match (T::of(resource_type), root) {
        (Some(definition), Node::Object(object)) if !map.is_empty() => rewrite_object(definition, object, map),
        _ => 0,
    }
}

fn rewrite_object(definition: &'static T, object: &mut Object<'_>, map: &ReferenceMap) -> usize {
    let mut count = 0;
    for member in &mut object.members {
        let Some(kind) = definition.element(&member.name).and_then(|e| e.kind()) else { continue };
        let is_reference = definition.0 == "Reference" && member.name == "reference";
        let is_uri = matches!(kind, Kind::Primitive(Primitive::Uri | Primitive::Url | Primitive::Canonical));
        if matches!(kind, Kind::Primitive(_)) && !is_reference && !is_uri {
            continue;
        }
        match &mut member.value {
            Node::Array(items) => {
                count += items.iter_mut().map(|item| rewrite_value(kind, item, is_reference, map)).sum::<usize>()
            }
            value => count += rewrite_value(kind, value, is_reference, map),
        }
    }
    count
}

fn rewrite_value(kind: Kind, node: &mut Node<'_>, is_reference: bool, map: &ReferenceMap) -> usize {
    if let Some(definition) = inner_definition(kind, node) {
        return match node {
            Node::Object(object) => rewrite_object(definition, object, map),
            _ => 0,
        };
    }
    let Node::String(text) = node else { return 0 };
    match map.get(text).filter(|_| is_reference || text.starts_with("urn:")) {
        Some(replacement) => {
            *text = replacement.to_owned().into();
            1
        }
        None => 0,
    }
}
