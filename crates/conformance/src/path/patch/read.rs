//! From a Parameters resource to operations.

use varde_fhir::json::Node;

use super::value::NewValue;
use super::{Action, Changed, FhirPatch, FhirPatchError, FhirPatchErrorKind, Operation};
use crate::path::Expression;

pub(super) fn operations<'a>(root: &Node<'a>) -> Result<Vec<Operation<'a>>, FhirPatchError> {
    if root.get("resourceType").and_then(Node::str) != Some("Parameters") {
        return Err(FhirPatchError { operation: 0, kind: FhirPatchErrorKind::NotParameters });
    }
    let parameters = root.list("parameter");
    if parameters.len() > FhirPatch::MAX_OPERATIONS {
        return Err(FhirPatchError { operation: FhirPatch::MAX_OPERATIONS, kind: FhirPatchErrorKind::TooMany });
    }
    let read = |(index, parameter)| operation(parameter).map_err(|kind| FhirPatchError { operation: index, kind });
    parameters.iter().enumerate().map(read).collect()
}

fn operation<'a>(parameter: &Node<'a>) -> Changed<Operation<'a>> {
    if parameter.get("name").and_then(Node::str) != Some("operation") {
        return Err(FhirPatchErrorKind::Type);
    }
    let part = |name: &str| parameter.list("part").iter().find(|p| p.get("name").and_then(Node::str) == Some(name));
    let text = |name: &'static str| {
        let part = part(name).ok_or(FhirPatchErrorKind::Part(name))?;
        let text = ["valueString", "valueCode"].into_iter().find_map(|n| part.get(n).and_then(Node::str));
        text.ok_or(FhirPatchErrorKind::Part(name))
    };
    let number = |name: &'static str| {
        let number = part(name).and_then(|p| p.get("valueInteger")).and_then(Node::number);
        number.and_then(|n| n.parse().ok()).ok_or(FhirPatchErrorKind::Part(name))
    };
    let value = || NewValue::read(part("value").ok_or(FhirPatchErrorKind::Part("value"))?);
    let kind = text("type").map_err(|_| FhirPatchErrorKind::Type)?;
    let path = Expression::parse(text("path")?).map_err(FhirPatchErrorKind::Path)?;
    let action = match kind {
        "add" => Action::Add { name: text("name")?.to_owned(), value: value()? },
        "insert" => Action::Insert { index: number("index")?, value: value()? },
        "delete" => Action::Delete,
        "replace" => Action::Replace { value: value()? },
        "move" => Action::Move { source: number("source")?, destination: number("destination")? },
        _ => return Err(FhirPatchErrorKind::Type),
    };
    Ok(Operation { path, action })
}
