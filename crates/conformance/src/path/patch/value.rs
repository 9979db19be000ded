//! The values of a patch, which Parameters can only spell out: a backbone element is a list of parts.

use varde_fhir::json::{Member, Node, Object};
use varde_fhir::{ElementRef, TypeRef};

use super::{Changed, FhirPatchErrorKind};

/// A value as the patch has it.
#[derive(Debug, Clone)]
pub(super) enum NewValue<'a> {
    /// `valueString` and the like: what follows `value`, and the two halves of it.
    Simple { suffix: String, node: Option<Node<'a>>, sibling: Option<Node<'a>> },
    /// Parts with the names of elements.
    Parts(Vec<(String, NewValue<'a>)>),
    /// A resource.
    Resource(Node<'a>),
}

/// The two halves of a value: itself, and what a primitive has beside it.
type Halves<'a> = (Option<Node<'a>>, Option<Node<'a>>);

impl<'a> NewValue<'a> {
    /// Reads the value of a part.
    pub(super) fn read(part: &Node<'a>) -> Changed<Self> {
        let missing = FhirPatchErrorKind::Part("value");
        let Node::Object(object) = part else { return Err(missing) };
        for member in object.members() {
            let plain = member.name.strip_prefix('_').unwrap_or(&member.name);
            if let Some(suffix) = plain.strip_prefix("value").filter(|s| !s.is_empty()) {
                let get = |name: &str| object.get(name).cloned();
                let (node, sibling) = (get(plain), get(&format!("_{plain}")));
                return Ok(Self::Simple { suffix: suffix.to_owned(), node, sibling });
            }
            if plain == "resource" {
                return Ok(Self::Resource(member.value.clone()));
            }
        }
        let parts = object.get("part").map(Node::array).unwrap_or_default().iter().map(|part| {
            let name = part.get("name").and_then(Node::str).ok_or(FhirPatchErrorKind::Part("name"))?;
            Ok((name.to_owned(), Self::read(part)?))
        });
        let parts = parts.collect::<Changed<Vec<_>>>()?;
        if parts.is_empty() { Err(missing) } else { Ok(Self::Parts(parts)) }
    }

    /// The JSON of the value for an element of a type.
    pub(super) fn build(self, type_ref: Option<TypeRef>) -> Changed<Halves<'a>> {
        let parts = match self {
            Self::Simple { node, sibling, .. } => return Ok((node, sibling)),
            Self::Resource(node) => return Ok((Some(node), None)),
            Self::Parts(parts) => parts,
        };
        let mut entries: Vec<(String, bool, Vec<Halves<'a>>)> = Vec::new();
        for (name, value) in parts {
            let (name, definition) = key(type_ref, &name, &value)?;
            let built = value.build(definition.type_ref())?;
            match entries.iter_mut().find(|(n, ..)| *n == name) {
                Some((_, true, values)) => values.push(built),
                Some(_) => return Err(FhirPatchErrorKind::AlreadyThere),
                None => entries.push((name, definition.is_list(), vec![built])),
            }
        }
        let mut members = Vec::new();
        for (name, is_list, values) in entries {
            let (nodes, siblings): (Vec<_>, Vec<_>) = values.into_iter().unzip();
            for (name, halves) in [(name.clone(), nodes), (format!("_{name}"), siblings)] {
                if halves.iter().all(Option::is_none) {
                    continue;
                }
                let mut items: Vec<Node<'a>> = halves.into_iter().map(|h| h.unwrap_or(Node::Null)).collect();
                let value = if is_list { Node::Array(items) } else { items.pop().unwrap_or(Node::Null) };
                members.push(Member { name: name.into(), value });
            }
        }
        Ok((Some(Node::Object(Object::new(members))), None))
    }
}

/// The name in JSON of an element, and its definition: for a choice the type of the value decides.
pub(super) fn key(type_ref: Option<TypeRef>, name: &str, value: &NewValue<'_>) -> Changed<(String, ElementRef)> {
    let type_ref = type_ref.ok_or(FhirPatchErrorKind::Name)?;
    if let Some(element) = type_ref.element(name) {
        return Ok((name.to_owned(), element));
    }
    let NewValue::Simple { suffix, .. } = value else { return Err(FhirPatchErrorKind::Name) };
    let json_name = format!("{name}{suffix}");
    let element = type_ref.element(&json_name).filter(|e| e.choice() == Some(name));
    element.map(|e| (json_name, e)).ok_or(FhirPatchErrorKind::Name)
}
