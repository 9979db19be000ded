use varde_fhir::json::Node;

use super::differential;
use super::element::Element;
use crate::definitions::{DefinitionError, Definitions};

/// Most elements of one structure.
const MAX_ELEMENTS: usize = 50_000;

/// A type or a profile (R4 structuredefinition), as a tree of elements.
#[derive(Debug)]
pub(crate) struct Structure {
    /// Its address.
    pub(crate) url: Box<str>,
    /// The type it is, or is a profile of.
    pub(crate) type_name: Box<str>,
    /// True for a type, false for a profile of one.
    pub(super) is_type: bool,
    pub(super) root: Element,
}

impl Structure {
    /// Reads the JSON of a StructureDefinition; without a snapshot, the snapshot is built from what it builds on.
    pub(crate) fn read(node: &Node<'_>, definitions: &Definitions, depth: u8) -> Result<Self, DefinitionError> {
        let text = |name: &str| node.get(name).and_then(Node::str);
        let unusable = |why: &str| DefinitionError::Unusable(why.to_owned());
        let url = text("url").ok_or_else(|| DefinitionError::WithoutUrl("StructureDefinition".to_owned()))?;
        let type_name = text("type").ok_or_else(|| unusable("it names no type"))?;
        let base = text("baseDefinition");
        let snapshot = node.get("snapshot").map(|snapshot| snapshot.list("element")).unwrap_or_default();
        if snapshot.len() > MAX_ELEMENTS {
            return Err(unusable("it has too many elements"));
        }
        let mut root = match snapshot {
            [] => {
                let base = base.ok_or_else(|| unusable("it has no snapshot and builds on nothing"))?;
                let elements = node.get("differential").map(|part| part.list("element")).unwrap_or_default();
                differential::build(base, elements, definitions, depth)?
            }
            elements => tree(elements)?,
        };
        root.is_root = true;
        let is_type = text("derivation") != Some("constraint");
        Ok(Self { url: url.into(), type_name: type_name.into(), is_type, root })
    }

    /// The element a content reference is to, such as `Questionnaire.item`.
    pub(super) fn referenced(&self, path: &str) -> Option<&Element> {
        path.split('.').skip(1).try_fold(&self.root, |element, name| element.child(name))
    }
}

/// A part of an element's path and the slice that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment<'n> {
    pub(super) name: &'n str,
    pub(super) slice: Option<&'n str>,
}

/// The tree of a snapshot's elements.
fn tree(elements: &[Node<'_>]) -> Result<Element, DefinitionError> {
    let unusable = |why: String| DefinitionError::Unusable(why);
    let mut root: Option<Element> = None;
    // Where we are: paths, each with the slice it is in.
    let mut way: Vec<(&str, Option<&str>)> = Vec::new();
    for node in elements {
        let path =
            node.get("path").and_then(Node::str).ok_or_else(|| unusable("an element without path".to_owned()))?;
        let slice = node.get("sliceName").and_then(Node::str);
        while way.last().is_some_and(|(above, _)| path.strip_prefix(above).is_none_or(|rest| !rest.starts_with('.'))) {
            way.pop();
        }
        let name = path.rsplit('.').next().unwrap_or_default();
        let element = Element::read(node, name);
        match &mut root {
            None => root = Some(element),
            Some(root) => {
                let mut parent = &mut *root;
                for (above, slice) in way.iter().skip(1) {
                    let name = above.rsplit('.').next().unwrap_or_default();
                    parent =
                        last_child(parent, name, *slice).ok_or_else(|| unusable(format!("{path} has no parent")))?;
                }
                insert(parent, element, slice);
            }
        }
        way.push((path, slice));
    }
    root.ok_or_else(|| unusable("it has no elements".to_owned()))
}

/// The child of a name, or its slice.
fn last_child<'e>(parent: &'e mut Element, name: &str, slice: Option<&str>) -> Option<&'e mut Element> {
    let child = parent.children.iter_mut().rfind(|child| &*child.name == name)?;
    match slice {
        // A slice without the element it is a slice of stands for itself.
        Some(slice) if child.slice_name.as_deref() != Some(slice) => slice_mut(child, slice),
        _ => Some(child),
    }
}

/// A slice of an element; `a/b` is a slice of the slice `a`.
pub(super) fn slice_mut<'e>(element: &'e mut Element, name: &str) -> Option<&'e mut Element> {
    let is_it = |slice: &Element| slice.slice_name.as_deref() == Some(name);
    if let Some(at) = element.slices.iter().position(is_it) {
        return element.slices.get_mut(at);
    }
    let (outer, _) = name.rsplit_once('/')?;
    let inner = slice_mut(element, outer)?;
    inner.slices.iter_mut().find(|slice| slice.slice_name.as_deref() == Some(name))
}

pub(super) fn insert(parent: &mut Element, element: Element, slice: Option<&str>) {
    let Some(slice) = slice else {
        parent.children.push(element);
        return;
    };
    let at = parent.children.iter().rposition(|child| child.name == element.name);
    let Some(sliced) = at.and_then(|at| parent.children.get_mut(at)) else {
        // Old definitions write `valueQuantity` with a slice name and without the choice it is a slice of.
        parent.children.push(element);
        return;
    };
    let outer = slice.rsplit_once('/').map(|(outer, _)| outer);
    match outer {
        Some(outer) if sliced.slices.iter().any(|own| own.slice_name.as_deref() == Some(outer)) => {
            if let Some(within) = slice_mut(sliced, outer) {
                within.slices.push(element);
            }
        }
        _ => sliced.slices.push(element),
    }
}
