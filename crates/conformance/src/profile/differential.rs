//! A snapshot from a differential: the tree of what a profile builds on, with what the profile says laid over it
//! (R4 profiling, section 5.1.0.4).

use varde_fhir::json::Node;

use super::element::{Element, TypeRef};
use super::structure::{Segment, slice_mut};
use crate::definitions::{DefinitionError, Definitions};

fn unusable(why: String) -> DefinitionError {
    DefinitionError::Unusable(why)
}

pub(super) fn build(
    base: &str,
    elements: &[Node<'_>],
    definitions: &Definitions,
    depth: u8,
) -> Result<Element, DefinitionError> {
    let base = match definitions.structure_at(base, depth + 1) {
        Some(Ok(base)) => base,
        Some(Err(why)) => return Err(unusable(format!("what it builds on cannot be used: {why}"))),
        None => return Err(unusable(format!("what it builds on is not loaded: {base}"))),
    };
    let mut builder = Builder { definitions, depth, top: &base.root, root: base.root.clone() };
    for node in elements {
        let path =
            node.get("path").and_then(Node::str).ok_or_else(|| unusable("an element without path".to_owned()))?;
        let id = node.get("id").and_then(Node::str).unwrap_or(path);
        let mut segments: Vec<Segment<'_>> = id.split('.').skip(1).map(segment).collect();
        // An `id` that does not tell the slice is a plain path.
        if let (Some(last), Some(slice)) = (segments.last_mut(), node.get("sliceName").and_then(Node::str)) {
            last.slice = last.slice.or(Some(slice));
        }
        builder.apply(&segments, node, id)?;
    }
    Ok(builder.root)
}

fn segment(text: &str) -> Segment<'_> {
    match text.split_once(':') {
        Some((name, slice)) => Segment { name, slice: Some(slice) },
        None => Segment { name: text, slice: None },
    }
}

struct Builder<'d> {
    definitions: &'d Definitions,
    depth: u8,
    /// What content references point into.
    top: &'d Element,
    root: Element,
}

impl Builder<'_> {
    fn apply(&mut self, segments: &[Segment<'_>], node: &Node<'_>, id: &str) -> Result<(), DefinitionError> {
        let (definitions, depth, top) = (self.definitions, self.depth, self.top);
        let mut element = &mut self.root;
        for segment in segments {
            expand(element, definitions, depth, top);
            element = descend(element, segment)
                .ok_or_else(|| unusable(format!("it speaks of {id}, which what it builds on does not have")))?;
        }
        let had_types = element.types.len();
        element.overlay(node);
        if element.types.len() != had_types && element.stem().is_some() && element.types.len() > 1 {
            element.children.clear();
        }
        Ok(())
    }
}

/// Gives an element the children of its type, when it has none of its own yet.
fn expand(element: &mut Element, definitions: &Definitions, depth: u8, top: &Element) {
    if !element.children.is_empty() {
        return;
    }
    if let Some(path) = &element.content_reference {
        let found = path.split('.').skip(1).try_fold(top, |at, name| at.child(name));
        if let Some(referenced) = found {
            element.children.clone_from(&referenced.children);
        }
        return;
    }
    let Some(own) = element.types.first() else { return };
    let profiled = own.profiles.first().and_then(|profile| definitions.structure_at(profile, depth + 1)?.ok());
    if let Some(structure) = profiled.or_else(|| definitions.type_structure(&own.code)) {
        element.children.clone_from(&structure.root.children);
    }
}

/// The child of a segment, or its slice, which is made when it is new.
fn descend<'e>(parent: &'e mut Element, segment: &Segment<'_>) -> Option<&'e mut Element> {
    let exact =
        parent.children.iter().position(|child| *child.name == *segment.name || child.stem() == Some(segment.name));
    if let Some(at) = exact {
        let child = parent.children.get_mut(at)?;
        return match segment.slice {
            Some(slice) => slice_of(child, slice, None),
            None => Some(child),
        };
    }
    // `valueQuantity` is the slice of `value[x]` that has that type.
    let at = parent.children.iter().position(|child| {
        let stem = child.stem();
        stem.is_some_and(|stem| {
            segment.name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(char::is_uppercase))
        })
    })?;
    let child = parent.children.get_mut(at)?;
    let suffix = segment.name.strip_prefix(child.stem()?)?.to_owned();
    slice_of(child, segment.name, Some(&suffix))
}

fn slice_of<'e>(element: &'e mut Element, name: &str, type_suffix: Option<&str>) -> Option<&'e mut Element> {
    if slice_mut(element, name).is_none() {
        let outer = name.rsplit_once('/').map(|(outer, _)| outer);
        let within = match outer {
            Some(outer) if slice_mut(element, outer).is_some() => slice_mut(element, outer)?,
            _ => &mut *element,
        };
        let mut slice = within.clone();
        slice.slices.clear();
        slice.slicing = None;
        slice.min = 0;
        slice.slice_name = Some(name.into());
        let suffix = type_suffix.or_else(|| name.strip_prefix(within.stem()?));
        if let Some(suffix) = suffix
            && within.stem().is_some()
        {
            let fits = |own: &TypeRef| own.code.eq_ignore_ascii_case(suffix);
            if slice.types.iter().any(fits) {
                slice.types.retain(fits);
            }
        }
        within.slices.push(slice);
    }
    slice_mut(element, name)
}
