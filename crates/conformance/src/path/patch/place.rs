//! Where an element stands in the JSON of its resource.

use varde_fhir::TypeRef;
use varde_fhir::json::Node;

use crate::path::value::Element;

/// A step from an object or a list to what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Item(usize),
}

/// The way from the resource to something in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Way(Vec<Step>);

/// A place in an object: the name there, and in a list the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) object: Way,
    pub(super) name: String,
    pub(super) index: Option<usize>,
}

impl Way {
    /// As a JSON Pointer (RFC 6901).
    pub(super) fn pointer(&self) -> String {
        let mut out = String::new();
        for step in &self.0 {
            out.push('/');
            match step {
                Step::Name(name) => out.push_str(&escaped(name)),
                Step::Item(index) => out.push_str(&index.to_string()),
            }
        }
        out
    }

    /// What stands there.
    pub(super) fn find<'n, 'a>(&self, root: &'n Node<'a>) -> Option<&'n Node<'a>> {
        self.0.iter().try_fold(root, |node, step| match step {
            Step::Name(name) => node.get(name),
            Step::Item(index) => node.array().get(*index),
        })
    }

    /// The way to a member of the object that stands there.
    pub(super) fn below(&self, name: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Name(name.to_owned()));
        Self(steps)
    }

    /// The place it leads to; none when it leads to the resource itself.
    pub(super) fn place(&self) -> Option<Place> {
        let (last, before) = self.0.split_last()?;
        match (last, before.split_last()) {
            (Step::Name(name), _) => Some(Place { object: Self(before.to_vec()), name: name.clone(), index: None }),
            (Step::Item(index), Some((Step::Name(name), before))) => {
                Some(Place { object: Self(before.to_vec()), name: name.clone(), index: Some(*index) })
            }
            _ => None,
        }
    }
}

/// A name in a JSON Pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The place of an element that was found in the resource; none for the resource itself.
pub(super) fn place_of(root: &Node<'_>, element: &Element<'_>) -> Option<Place> {
    let node = element.node().or(element.sibling())?;
    let mut place = locate(root, node)?.place()?;
    if element.node().is_none()
        && let Some(plain) = place.name.strip_prefix('_')
    {
        place.name = plain.to_owned();
    }
    Some(place)
}

/// The way to a node of the tree: that very node, not one like it. Recurses as deep as the tree, which the parser limits.
pub(super) fn locate(root: &Node<'_>, target: &Node<'_>) -> Option<Way> {
    let mut steps = Vec::new();
    if search(root, std::ptr::from_ref(target).cast(), &mut steps) {
        steps.reverse();
        return Some(Way(steps));
    }
    None
}

fn search(node: &Node<'_>, target: *const (), steps: &mut Vec<Step>) -> bool {
    if std::ptr::eq(std::ptr::from_ref(node).cast(), target) {
        return true;
    }
    match node {
        Node::Object(object) => object.members().iter().any(|member| {
            let found = search(&member.value, target, steps);
            if found {
                steps.push(Step::Name(member.name.clone().into_owned()));
            }
            found
        }),
        Node::Array(items) => items.iter().enumerate().any(|(index, item)| {
            let found = search(item, target, steps);
            if found {
                steps.push(Step::Item(index));
            }
            found
        }),
        _ => false,
    }
}

/// The type of what stands at the end of a way.
pub(super) fn type_at(root: &Node<'_>, way: &Way) -> Option<TypeRef> {
    let mut node = root;
    let mut type_ref = resource_type(root);
    for step in &way.0 {
        match step {
            Step::Name(name) => {
                node = node.get(name)?;
                let plain = name.strip_prefix('_');
                type_ref = match plain {
                    Some(_) => TypeRef::named("Element"),
                    None => type_ref.and_then(|t| t.element(name)).and_then(|e| e.type_ref()),
                };
            }
            Step::Item(index) => node = node.array().get(*index)?,
        }
        type_ref = type_ref.or_else(|| resource_type(node));
    }
    type_ref
}

fn resource_type(node: &Node<'_>) -> Option<TypeRef> {
    TypeRef::named(node.get("resourceType")?.str()?)
}
