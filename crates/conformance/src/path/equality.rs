//! Equal and equivalent (FHIRPath 2.0, "Equality").

use std::cmp::Ordering;

use varde_fhir::json::{Node, Object};

use super::evaluate::{Evaluated, Evaluator};
use super::number;
use super::quantity::{Quantity, Unit};
use super::value::Value;

/// Whether two collections are equal: in the same order, all of them. `None` when that cannot be known.
pub(super) fn equal_all(
    evaluator: &mut Evaluator<'_, '_>,
    left: &[Value<'_>],
    right: &[Value<'_>],
) -> Evaluated<Option<bool>> {
    if left.is_empty() || right.is_empty() {
        return Ok(None);
    }
    if left.len() != right.len() {
        return Ok(Some(false));
    }
    let mut known = true;
    for (left, right) in left.iter().zip(right) {
        match equal(evaluator, left, right)? {
            Some(true) => {}
            Some(false) => return Ok(Some(false)),
            None => known = false,
        }
    }
    Ok(known.then_some(true))
}

/// Whether two values are equal.
pub(super) fn equal(evaluator: &mut Evaluator<'_, '_>, left: &Value<'_>, right: &Value<'_>) -> Evaluated<Option<bool>> {
    evaluator.step(1)?;
    match (left.to_system(), right.to_system()) {
        (Some(left), Some(right)) => Ok(equal_system(&left, &right)),
        (None, None) => match (left, right) {
            (Value::Element(left), Value::Element(right)) => {
                let node = optional(left.node(), right.node(), |l, r| same(evaluator, l, r, false))?;
                let rest = optional(left.sibling(), right.sibling(), |l, r| same(evaluator, l, r, false))?;
                Ok(Some(node && rest))
            }
            _ => Ok(Some(false)),
        },
        _ => Ok(Some(false)),
    }
}

fn optional<'n>(
    left: Option<&'n Node<'n>>,
    right: Option<&'n Node<'n>>,
    mut compare: impl FnMut(&Node<'n>, &Node<'n>) -> Evaluated<bool>,
) -> Evaluated<bool> {
    match (left, right) {
        (Some(left), Some(right)) => compare(left, right),
        (None, None) => Ok(true),
        _ => Ok(false),
    }
}

fn equal_system(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    match (left, right) {
        (Value::Boolean(left), Value::Boolean(right)) => Some(left == right),
        (Value::Integer(left), Value::Integer(right)) => Some(left == right),
        (Value::String(left), Value::String(right)) => Some(left == right),
        (Value::Type(left), Value::Type(right)) => Some(left == right),
        (Value::Moment(left), Value::Moment(right)) => {
            let is_time = |m: &super::Moment| m.kind() == super::MomentKind::Time;
            if is_time(left) != is_time(right) {
                return Some(false);
            }
            left.compare(right).map(Ordering::is_eq)
        }
        _ => match (quantity(left), quantity(right)) {
            (Some(left), Some(right)) => left.compare(&right, false).map(Ordering::is_eq),
            _ => Some(false),
        },
    }
}

/// A quantity, or a number as one without unit.
pub(super) fn quantity(value: &Value<'_>) -> Option<Quantity> {
    match value {
        Value::Quantity(quantity) => Some(Quantity::clone(quantity)),
        other => other.decimal().map(|value| Quantity { value, unit: Unit::one() }),
    }
}

/// Whether two collections are equivalent: the same values in any order.
pub(super) fn equivalent_all(
    evaluator: &mut Evaluator<'_, '_>,
    left: &[Value<'_>],
    right: &[Value<'_>],
) -> Evaluated<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    let mut rest: Vec<&Value<'_>> = right.iter().collect();
    for value in left {
        let mut found = None;
        for (index, other) in rest.iter().enumerate() {
            if equivalent(evaluator, value, other)? {
                found = Some(index);
                break;
            }
        }
        let Some(index) = found else { return Ok(false) };
        rest.swap_remove(index);
    }
    Ok(true)
}

/// Whether two values are equivalent.
pub(super) fn equivalent(evaluator: &mut Evaluator<'_, '_>, left: &Value<'_>, right: &Value<'_>) -> Evaluated<bool> {
    evaluator.step(1)?;
    let (left_system, right_system) = (left.to_system(), right.to_system());
    Ok(match (&left_system, &right_system) {
        (Some(Value::String(left)), Some(Value::String(right))) => folded(left) == folded(right),
        (Some(Value::Moment(left)), Some(Value::Moment(right))) => {
            left.level() == right.level() && left.compare(right) == Some(Ordering::Equal)
        }
        (Some(Value::Quantity(left)), Some(Value::Quantity(right))) => left.equivalent(right),
        (Some(left), Some(right)) => match (left.decimal(), right.decimal()) {
            (Some(left), Some(right)) => number::equivalent(left, right),
            _ => equal_system(left, right) == Some(true),
        },
        (None, None) => match (left, right) {
            (Value::Element(left), Value::Element(right)) => {
                optional(left.node(), right.node(), |l, r| same(evaluator, l, r, true))?
            }
            _ => false,
        },
        _ => false,
    })
}

/// Text without case, blanks made one.
fn folded(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Whether two trees are the same: members in any order, numbers by value. `loosely` is equivalence: text without case, lists
/// in any order, ids do not count. Recurses as deep as the trees, which the parser limits.
fn same(evaluator: &mut Evaluator<'_, '_>, left: &Node<'_>, right: &Node<'_>, loosely: bool) -> Evaluated<bool> {
    evaluator.step(1)?;
    match (left, right) {
        (Node::Object(left), Node::Object(right)) => same_members(evaluator, left, right, loosely),
        (Node::Array(left), Node::Array(right)) if left.len() != right.len() => Ok(false),
        (Node::Array(left), Node::Array(right)) if loosely => {
            let mut rest: Vec<&Node<'_>> = right.iter().collect();
            for item in left {
                let mut found = None;
                for (index, other) in rest.iter().enumerate() {
                    if same(evaluator, item, other, true)? {
                        found = Some(index);
                        break;
                    }
                }
                let Some(index) = found else { return Ok(false) };
                rest.swap_remove(index);
            }
            Ok(true)
        }
        (Node::Array(left), Node::Array(right)) => {
            for (left, right) in left.iter().zip(right) {
                if !same(evaluator, left, right, false)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Node::Number(left), Node::Number(right)) => {
            Ok(left == right || number::parse(left).is_some_and(|l| Some(l) == number::parse(right)))
        }
        (Node::String(left), Node::String(right)) if loosely => Ok(folded(left) == folded(right)),
        _ => Ok(left == right),
    }
}

fn same_members(
    evaluator: &mut Evaluator<'_, '_>,
    left: &Object<'_>,
    right: &Object<'_>,
    loosely: bool,
) -> Evaluated<bool> {
    let counts = |name: &str| !loosely || name != "id";
    let count = |object: &Object<'_>| object.members().iter().filter(|m| counts(&m.name)).count();
    if count(left) != count(right) {
        return Ok(false);
    }
    for member in left.members().iter().filter(|m| counts(&m.name)) {
        let Some(other) = right.get(&member.name) else { return Ok(false) };
        if !same(evaluator, &member.value, other, loosely)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The values without those that are there already; dates that cannot be told apart stay.
pub(super) fn distinct<'a>(evaluator: &mut Evaluator<'_, 'a>, values: Vec<Value<'a>>) -> Evaluated<Vec<Value<'a>>> {
    let mut out: Vec<Value<'a>> = Vec::with_capacity(values.len());
    for value in values {
        if !contains(evaluator, &out, &value)? {
            out.push(value);
        }
    }
    Ok(out)
}

/// True when a value is among others.
pub(super) fn contains(evaluator: &mut Evaluator<'_, '_>, values: &[Value<'_>], value: &Value<'_>) -> Evaluated<bool> {
    for other in values {
        if equal(evaluator, other, value)? == Some(true) {
            return Ok(true);
        }
    }
    Ok(false)
}
