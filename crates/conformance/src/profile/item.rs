//! The elements of a resource as FHIR sees them: a value and the sibling with its id and extensions, choices by their type.

use varde_fhir::json::{Node, Object};
use varde_fhir::{ResourceType, TypeRef};

use super::element::Element;

/// One element of a resource.
#[derive(Clone, Copy)]
pub(super) struct Item<'n> {
    /// Its value; a primitive may have none, only extensions.
    pub(super) value: Option<&'n Node<'n>>,
    /// What stands under the name with `_`: id and extensions of a primitive.
    pub(super) extra: Option<&'n Node<'n>>,
    /// Its type; `None` for what R4 does not know.
    pub(super) type_ref: Option<TypeRef>,
    /// Its JSON name.
    pub(super) name: &'n str,
    /// Its place in a list.
    pub(super) index: Option<usize>,
}

impl<'n> Item<'n> {
    /// The whole of a resource.
    pub(super) fn resource(node: &'n Node<'n>) -> Self {
        let name = node.get("resourceType").and_then(Node::str).unwrap_or_default();
        Self { value: Some(node), extra: None, type_ref: resource_type(node), name, index: None }
    }

    /// The name of its type as structures have it; empty when that is not known.
    pub(super) fn kind(&self) -> &'static str {
        match self.type_ref {
            Some(own) if own.name().contains('.') => own.base().unwrap_or_default(),
            Some(own) => own.name(),
            None => "",
        }
    }

    /// The object that has its children: its value, or of a primitive what stands under the name with `_`.
    pub(super) fn object(&self) -> Option<&'n Object<'n>> {
        match self.value {
            Some(Node::Object(object)) => Some(object),
            _ => self.extra.and_then(Node::object),
        }
    }

    pub(super) fn is_primitive(&self) -> bool {
        self.type_ref.is_some_and(TypeRef::is_primitive)
    }

    /// The type whose elements are its children: of a primitive that is `Element`.
    fn holder(&self) -> Option<TypeRef> {
        if self.is_primitive() { TypeRef::named("Element") } else { self.type_ref }
    }

    /// Its children by the FHIRPath name, whatever their type.
    pub(super) fn named(&self, name: &str) -> Vec<Self> {
        let mut out = Vec::new();
        let (Some(object), Some(holder)) = (self.object(), self.holder()) else { return out };
        for member in object.members() {
            let bare = bare(&member.name);
            if holder.element(bare).is_some_and(|element| element.path_name() == name) {
                gather(object, &member.name, holder, &mut out);
            }
        }
        out
    }

    /// Its children that an element of a structure speaks of.
    pub(super) fn children(&self, element: &Element) -> Vec<Self> {
        let mut out = Vec::new();
        let (Some(object), Some(holder)) = (self.object(), self.holder()) else { return out };
        match element.stem() {
            None => {
                if let Some(member) = object.members().iter().find(|m| bare(&m.name) == &*element.name) {
                    gather(object, &member.name, holder, &mut out);
                }
            }
            Some(stem) => {
                for member in object.members().iter().filter(|m| bare(&m.name).starts_with(stem)) {
                    if holder.element(bare(&member.name)).and_then(|e| e.choice()) == Some(stem) {
                        gather(object, &member.name, holder, &mut out);
                    }
                }
            }
        }
        out
    }
}

fn bare(name: &str) -> &str {
    name.strip_prefix('_').unwrap_or(name)
}

fn resource_type(node: &Node<'_>) -> Option<TypeRef> {
    ResourceType::from_name(node.get("resourceType")?.str()?).and_then(TypeRef::of_resource)
}

/// The items of a member, once for the two members of a primitive.
fn gather<'n>(object: &'n Object<'n>, name: &'n str, holder: TypeRef, out: &mut Vec<Item<'n>>) {
    let bare = bare(name);
    if out.iter().any(|item| item.name == bare) {
        return;
    }
    let type_ref = holder.element(bare).and_then(|element| element.type_ref());
    let value = object.get(bare);
    let extra = match type_ref {
        Some(own) if own.is_primitive() => {
            object.members().iter().find(|m| m.name.strip_prefix('_') == Some(bare)).map(|m| &m.value)
        }
        _ => None,
    };
    let item = |value: Option<&'n Node<'n>>, extra, index| {
        let type_ref = type_ref.or_else(|| value.and_then(resource_type));
        Item { value, extra, type_ref, name: bare, index }
    };
    let count = match (value, extra) {
        (Some(Node::Array(values)), Some(Node::Array(extras))) => values.len().max(extras.len()),
        (Some(Node::Array(items)), _) | (None, Some(Node::Array(items))) => items.len(),
        _ => {
            out.push(item(value, extra, None));
            return;
        }
    };
    let at = |node: Option<&'n Node<'n>>, index: usize| {
        node.and_then(|node| node.array().get(index)).filter(|item| !matches!(item, Node::Null))
    };
    out.extend((0..count).map(|index| item(at(value, index), at(extra, index), Some(index))));
}
