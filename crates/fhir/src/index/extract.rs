use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::entry::{IndexEntries, IndexEntry, IndexValue, ParamId, Word};
use super::program::{E, Guard, Op, S};
use super::{value, variant};
use crate::generated::programs::PROGRAMS;
use crate::json::Node;
use crate::{Parsed, ResourceType, compartment_patient, params};

/// Everything a resource can be found by, except `_id`, `_lastUpdated` and the patient it belongs to, which are columns:
/// an entry of a parameter with [`params::ParamDef::patient_label`] that points at that patient is left out.
///
/// References must have been rewritten first ([`Parsed::rewrite_references`]).
pub fn extract(parsed: &Parsed<'_>) -> IndexEntries {
    let resource_type = parsed.resource_type();
    let Some(program) = PROGRAMS.get(resource_type.index()) else { return IndexEntries::default() };
    let labels: Vec<u32> = params::of(resource_type).iter().filter(|p| p.patient_label).map(|p| p.id.0).collect();
    let patient = compartment_patient(parsed).map(|p| p.to_string());
    let mut collector = Collector {
        entries: Vec::with_capacity(32),
        words: Vec::with_capacity(8),
        seen: HashMap::new(),
        labels,
        patient,
    };
    for emit in program.2 {
        collector.emit(emit, parsed.root());
    }
    collector.steps(program.3, parsed.root());
    IndexEntries { entries: collector.entries, words: collector.words }
}

struct Collector {
    entries: Vec<IndexEntry>,
    words: Vec<Word>,
    /// Hash of an entry to its place; filled only once there are many.
    seen: HashMap<u64, usize>,
    labels: Vec<u32>,
    patient: Option<String>,
}

/// Up to here entries are compared pair by pair.
const FEW_ENTRIES: usize = 48;

impl Collector {
    /// Recurses as deep as the program, which is as deep as the longest expression.
    fn steps(&mut self, steps: &'static [S], node: &Node<'_>) {
        let Some(object) = node.object() else { return };
        for step in steps {
            match object.get(step.0) {
                None => {}
                Some(Node::Array(items)) => {
                    for item in if matches!(step.1, Guard::F) { items.get(..1).unwrap_or_default() } else { items } {
                        self.value(step, item);
                    }
                }
                Some(item) => self.value(step, item),
            }
        }
    }

    fn value(&mut self, step: &'static S, node: &Node<'_>) {
        if let Guard::W(field, text) = step.1
            && node.get(field).and_then(Node::str) != Some(text)
        {
            return;
        }
        for emit in step.2 {
            self.emit(emit, node);
        }
        self.steps(step.3, node);
    }

    fn emit(&mut self, E(param, op, system, only): &'static E, node: &Node<'_>) {
        let only = (*only != u8::MAX).then(|| ResourceType::from_index(*only));
        value::emit(*op, system, only, node, &mut |value| {
            let is_label = *op == Op::Reference && self.labels.contains(param) && self.is_patient(&value);
            let entry = IndexEntry { param: ParamId(*param), value };
            if !is_label && self.is_new(&entry) {
                self.entries.push(entry);
            }
        });
        variant::emit(*op, node, &mut |variant, value| {
            let entry = IndexEntry { param: ParamId(*param).variant(variant), value };
            if self.is_new(&entry) {
                self.entries.push(entry);
            }
        });
        variant::words(*op, node, &mut |system, code, display| {
            let (system, code, display) = (system.to_owned(), code.to_owned(), display.to_owned());
            self.words.push(Word { param: ParamId(*param), system, code, display });
        });
    }

    fn is_patient(&self, value: &IndexValue) -> bool {
        match value {
            IndexValue::Reference { target: ResourceType::PATIENT, id } => self.patient.as_ref() == Some(id),
            _ => false,
        }
    }

    fn is_new(&mut self, entry: &IndexEntry) -> bool {
        if self.entries.len() < FEW_ENTRIES {
            return !self.entries.contains(entry);
        }
        if self.seen.is_empty() {
            self.seen = self.entries.iter().enumerate().map(|(at, e)| (hash_of(e), at)).collect();
        }
        match self.seen.entry(hash_of(entry)) {
            // Two entries of one hash that differ are both kept; a later twin of the second would be too, which is harmless.
            std::collections::hash_map::Entry::Occupied(at) => self.entries.get(*at.get()) != Some(entry),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(self.entries.len());
                true
            }
        }
    }
}

fn hash_of(entry: &IndexEntry) -> u64 {
    let mut hasher = DefaultHasher::new();
    entry.param.hash(&mut hasher);
    hash_value(&entry.value, &mut hasher);
    hasher.finish()
}

/// Recurses once: a pair holds no pair.
fn hash_value(value: &IndexValue, mut hasher: &mut DefaultHasher) {
    match value {
        IndexValue::Token { system: a, code: b } | IndexValue::String { folded: a, exact: b } => {
            (a, b).hash(&mut hasher)
        }
        IndexValue::Reference { target, id } => (target, id).hash(&mut hasher),
        IndexValue::Uri(text) => text.hash(&mut hasher),
        IndexValue::Date { low_micros, high_micros } => (low_micros, high_micros).hash(&mut hasher),
        IndexValue::Number { low, high } => (low.to_bits(), high.to_bits()).hash(&mut hasher),
        IndexValue::Quantity { low, high, system, code } => {
            (low.to_bits(), high.to_bits(), system, code).hash(&mut hasher)
        }
        IndexValue::Pair { system, code, with } => {
            (system, code).hash(&mut hasher);
            hash_value(with, hasher);
        }
        IndexValue::Position { latitude, longitude } => (latitude.to_bits(), longitude.to_bits()).hash(&mut hasher),
    }
}
