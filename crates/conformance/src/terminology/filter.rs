use regex::{Regex, RegexBuilder};
use varde_fhir::json::Node;

use super::code_system::{CodeSystem, Concept};
use crate::definitions::DefinitionError;

/// Largest compiled pattern, in bytes.
const REGEX_BYTES: usize = 1 << 18;

/// A filter over the concepts of a code system (R4 valueset, `compose.include.filter`).
#[derive(Debug)]
pub(super) struct Filter {
    property: Box<str>,
    op: Op,
    value: Box<str>,
}

/// R4 valueset-filter-operator.
#[derive(Debug)]
enum Op {
    Equal,
    IsA,
    DescendentOf,
    IsNotA,
    Regex(Regex),
    In,
    NotIn,
    Generalizes,
    Exists,
}

impl Filter {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, DefinitionError> {
        let text = |name: &str| node.get(name).and_then(Node::str).unwrap_or_default();
        let value = text("value");
        let op = match text("op") {
            "=" => Op::Equal,
            "is-a" => Op::IsA,
            "descendent-of" => Op::DescendentOf,
            "is-not-a" => Op::IsNotA,
            // FHIR's patterns are of the whole value.
            "regex" => Op::Regex(
                RegexBuilder::new(&format!("^(?:{value})$"))
                    .size_limit(REGEX_BYTES)
                    .build()
                    .map_err(|_| DefinitionError::Unusable("a filter's pattern cannot be used".to_owned()))?,
            ),
            "in" => Op::In,
            "not-in" => Op::NotIn,
            "generalizes" => Op::Generalizes,
            "exists" => Op::Exists,
            _ => return Err(DefinitionError::Unusable("a filter with an unknown operator".to_owned())),
        };
        Ok(Self { property: text("property").into(), op, value: value.into() })
    }

    pub(super) fn holds(&self, system: &CodeSystem, concept: &Concept) -> bool {
        let value = &*self.value;
        let listed = |text: &str| value.split(',').any(|item| item.trim() == text);
        match &self.op {
            Op::IsA => system.is_a(&concept.code, value),
            Op::DescendentOf => *concept.code != *value && system.is_a(&concept.code, value),
            Op::IsNotA => !system.is_a(&concept.code, value),
            Op::Generalizes => system.is_a(value, &concept.code),
            Op::Equal => self.values(system, concept).any(|own| own == value),
            Op::Regex(pattern) => self.values(system, concept).any(|own| pattern.is_match(own)),
            Op::In => self.values(system, concept).any(listed),
            Op::NotIn => !self.values(system, concept).any(listed),
            Op::Exists => self.values(system, concept).next().is_some() == (value != "false"),
        }
    }

    fn values<'s>(&'s self, system: &'s CodeSystem, concept: &'s Concept) -> Box<dyn Iterator<Item = &'s str> + 's> {
        match &*self.property {
            "code" | "concept" => Box::new(std::iter::once(&*concept.code)),
            "display" => Box::new(concept.display.as_deref().into_iter()),
            "parent" => Box::new(system.parents(concept).map(|parent| &*parent.code)),
            "child" => Box::new(system.children(&concept.code).map(|child| &*child.code)),
            other => Box::new(concept.property(other)),
        }
    }
}
