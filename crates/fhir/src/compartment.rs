use varde_base::PatientId;

use crate::generated::patient_paths::PATIENT_PATHS;
use crate::json::Node;
use crate::references::LocalReference;
use crate::{Parsed, ResourceType};

/// A path to a reference that can make a resource a patient's: whether it comes from `patient` or `subject`, and the path.
pub(crate) struct P(pub(crate) bool, pub(crate) &'static [&'static str]);

/// Most references followed, so that a group of a million members costs nothing.
const MAX_REFERENCES: usize = 1_000;

/// The patient a resource belongs to (R4 CompartmentDefinition/patient): a Patient to itself; anything else to the first
/// local patient of its `patient` or `subject` parameter, or, when those name none, to the one patient the other parameters of
/// the compartment name. `None` when there is no patient, or when those others name several.
///
/// Goes further than the compartment definition in one way: types it leaves out (Device, Contract, GuidanceResponse) belong
/// to their patient as well, since such data are about a person.
pub fn compartment_patient(parsed: &Parsed<'_>) -> Option<PatientId> {
    if parsed.resource_type() == ResourceType::PATIENT {
        return parsed.id().map(PatientId::new);
    }
    let paths = PATIENT_PATHS.get(parsed.resource_type().index()).copied().unwrap_or_default();
    let mut found = Vec::new();
    for P(_, path) in paths.iter().filter(|p| p.0) {
        collect(parsed.root(), path, &mut found);
    }
    if let Some(first) = found.into_iter().next() {
        return Some(first);
    }
    let mut others = Vec::new();
    for P(_, path) in paths.iter().filter(|p| !p.0) {
        collect(parsed.root(), path, &mut others);
    }
    let first = others.first()?;
    others.iter().all(|other| other == first).then(|| first.clone())
}

/// The types whose resources can belong to a patient, Patient itself first.
pub fn patient_types() -> impl Iterator<Item = ResourceType> {
    let has_path = |kind: &ResourceType| PATIENT_PATHS.get(kind.index()).is_some_and(|paths| !paths.is_empty());
    let others = ResourceType::all().filter(move |kind| *kind != ResourceType::PATIENT && has_path(kind));
    std::iter::once(ResourceType::PATIENT).chain(others)
}

fn collect(node: &Node<'_>, path: &[&str], found: &mut Vec<PatientId>) {
    if found.len() >= MAX_REFERENCES {
        return;
    }
    if let Node::Array(items) = node {
        items.iter().for_each(|item| collect(item, path, found));
        return;
    }
    match path.split_first() {
        Some((name, rest)) => {
            if let Some(value) = node.get(name) {
                collect(value, rest, found);
            }
        }
        None => {
            let target = node.get("reference").and_then(Node::str).and_then(LocalReference::parse);
            if let Some(LocalReference { resource_type: ResourceType::PATIENT, id }) = target {
                found.push(PatientId::new(id));
            }
        }
    }
}
