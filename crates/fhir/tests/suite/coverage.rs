//! That no search parameter is dumb: where an example of HL7 has data on its way, something is extracted.

use std::collections::{BTreeSet, HashMap};

use varde_fhir::index::{ParamId, extract};
use varde_fhir::json::{Limits, Node};
use varde_fhir::params::{self, ParamKind};
use varde_fhir::{Parsed, ResourceType};

use crate::shared::examples;

/// Whether a value stands where the expression points: casts aside, the names of elements followed through lists.
fn has_data(root: &Node<'_>, kind: ParamKind, expression: &str) -> bool {
    expression.split('|').any(|part| {
        let plain = part.replace(['(', ')'], "");
        let (names, condition) = plain.split_once(".where").unwrap_or((&plain, ""));
        let names = names.split(" as ").next().unwrap_or_default();
        let path: Vec<&str> = names.trim().split('.').skip(1).map(|name| name.trim_end_matches("[0]")).collect();
        let of_type = condition.split("is ").nth(1).unwrap_or_default().trim();
        // What follows a condition on the way is not looked at.
        let is_plain = condition.is_empty() || !of_type.is_empty();
        is_plain && !path.is_empty() && reaches(root, &path, &|leaf| is_value(leaf, kind, of_type))
    })
}

fn reaches(node: &Node<'_>, path: &[&str], leaf: &dyn Fn(&Node<'_>) -> bool) -> bool {
    if let Node::Array(items) = node {
        return items.iter().any(|item| reaches(item, path, leaf));
    }
    match path.split_first() {
        None => leaf(node),
        Some((name, rest)) => node.get(name).is_some_and(|value| reaches(value, rest, leaf)),
    }
}

/// What can be searched for: a reference that leaves the resource, and to the type asked for; a code that is no mere text.
fn is_value(node: &Node<'_>, kind: ParamKind, of_type: &str) -> bool {
    match kind {
        ParamKind::Reference if node.object().is_some() => {
            let reference = node.str_at("reference").unwrap_or_default();
            !reference.is_empty() && !reference.starts_with('#') && reference.contains(&format!("{of_type}/"))
        }
        ParamKind::Token if node.object().is_some() => {
            ["coding.code", "code", "value"].iter().any(|path| node.at(path).is_some())
        }
        _ => true,
    }
}

#[test]
fn every_parameter_extracts_something_where_the_examples_have_data() {
    let Some(examples) = examples() else { return };
    let mut extracted: BTreeSet<u32> = BTreeSet::new();
    let mut data: HashMap<ParamId, String> = HashMap::new();
    for (name, bytes) in &examples {
        let Ok(parsed) = Parsed::parse_stored(bytes, &Limits::default()) else { continue };
        extracted.extend(extract(&parsed).entries.iter().map(|entry| entry.param.0));
        for param in params::of(parsed.resource_type()).iter().filter(|param| param.indexed && !param.patient_label) {
            if param.kind != ParamKind::Composite && has_data(parsed.root(), param.kind, param.expression) {
                data.entry(param.id).or_insert_with(|| name.clone());
            }
        }
    }
    let found = |id| params::stored(id).iter().any(|id| extracted.contains(&id.0));
    let all: Vec<_> =
        ResourceType::all().flat_map(|kind| params::of(kind).iter().map(move |param| (kind, param))).collect();
    let mut dumb: Vec<String> = Vec::new();
    for (kind, param) in &all {
        let name = format!("{kind}.{}", param.code);
        if data.contains_key(&param.id) && !found(param.id) {
            dumb.push(format!("{name} in {}", data[&param.id]));
        }
    }
    assert_eq!(dumb, Vec::<String>::new());
    let speaking = all.iter().filter(|(_, param)| found(param.id)).count();
    println!("{speaking} of {} parameters extract something from the examples", all.len());
    assert!(speaking > 1_000, "{speaking}");
}
