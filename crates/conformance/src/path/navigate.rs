//! From an element to what is below it.

use varde_fhir::json::{Member, Node, Object};
use varde_fhir::{ElementRef, TypeRef};

use super::value::{Collection, Element, Value};

/// The children of an element under a name of FHIRPath: `value` finds `valueQuantity`.
pub(super) fn children_named<'a>(element: &Element<'a>, name: &str, out: &mut Collection<'a>) {
    if let Some(object) = element.node().and_then(Node::object) {
        match element.type_ref() {
            Some(type_ref) => typed(object, type_ref, name, out),
            None => under(object, name, None, out),
        }
    }
    if let Some(object) = element.sibling().and_then(Node::object) {
        under(object, name, TypeRef::named("Element").and_then(|t| t.element(name)), out);
    }
}

fn typed<'a>(object: &'a Object<'a>, type_ref: TypeRef, name: &str, out: &mut Collection<'a>) {
    if let Some(element) = type_ref.element(name) {
        // `valueQuantity` is the name of a choice in JSON only.
        if element.choice().is_none() {
            under(object, name, Some(element), out);
        }
        return;
    }
    for member in object.members() {
        let json_name = member.name.strip_prefix('_').unwrap_or(&member.name);
        let rest = json_name.strip_prefix(name);
        if !rest.is_some_and(|r| r.starts_with(|c: char| c.is_ascii_uppercase())) {
            continue;
        }
        if let Some(choice) = type_ref.element(json_name).filter(|e| e.choice() == Some(name)) {
            under(object, json_name, Some(choice), out);
            return;
        }
    }
}

/// All children, in the order of the document.
pub(super) fn children<'a>(element: &Element<'a>, out: &mut Collection<'a>) {
    if let Some(object) = element.node().and_then(Node::object) {
        for member in object.members() {
            if member.name == "resourceType" {
                continue;
            }
            match member.name.strip_prefix('_') {
                // Told together with the value, unless there is none.
                Some(plain) if object.get(plain).is_some() => {}
                Some(plain) => under(object, plain, element.type_ref().and_then(|t| t.element(plain)), out),
                None => under(object, &member.name, element.type_ref().and_then(|t| t.element(&member.name)), out),
            }
        }
    }
    if let Some(object) = element.sibling().and_then(Node::object) {
        let type_ref = TypeRef::named("Element");
        for member in object.members() {
            under(object, &member.name, type_ref.and_then(|t| t.element(&member.name)), out);
        }
    }
}

/// What stands under a name of JSON, lists taken apart, each with its sibling.
fn under<'a>(object: &'a Object<'a>, name: &str, definition: Option<ElementRef>, out: &mut Collection<'a>) {
    let type_ref = definition.and_then(ElementRef::type_ref);
    let node = object.get(name);
    let may_have_sibling = type_ref.is_none_or(TypeRef::is_primitive);
    let sibling = if may_have_sibling { object.members().iter().find(|m| is_sibling(m, name)) } else { None };
    let sibling = sibling.map(|m| &m.value);
    let count = match (node, sibling) {
        (None, None) => return,
        (Some(Node::Array(items)), Some(Node::Array(siblings))) => items.len().max(siblings.len()),
        (Some(Node::Array(items)), _) => items.len(),
        (None, Some(Node::Array(siblings))) => siblings.len(),
        _ => {
            push(node, sibling, type_ref, out);
            return;
        }
    };
    for index in 0..count {
        let item = node.and_then(|n| n.array().get(index));
        push(item, sibling.and_then(|s| s.array().get(index)), type_ref, out);
    }
}

fn push<'a>(
    node: Option<&'a Node<'a>>,
    sibling: Option<&'a Node<'a>>,
    type_ref: Option<TypeRef>,
    out: &mut Collection<'a>,
) {
    let element = Element::new(node, sibling, type_ref);
    if element.node().is_some() || element.sibling().is_some() {
        out.push(Value::Element(element));
    }
}

fn is_sibling(member: &Member<'_>, name: &str) -> bool {
    member.name.strip_prefix('_').is_some_and(|plain| plain == name)
}
