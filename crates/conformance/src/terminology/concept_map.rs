use std::collections::HashMap;

use varde_fhir::json::Node;

use super::Terminology;
use crate::definitions::{DefinitionError, Kind, MAX_CHAIN};

/// A concept map (R4 conceptmap): what a code of one system is in another.
#[derive(Debug)]
pub struct ConceptMap {
    url: String,
    source: Option<String>,
    target: Option<String>,
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    source: Option<String>,
    target: Option<String>,
    elements: HashMap<Box<str>, Vec<Target>>,
    unmapped: Option<Unmapped>,
}

#[derive(Debug, Clone)]
struct Target {
    code: Option<Box<str>>,
    display: Option<Box<str>>,
    equivalence: Box<str>,
}

#[derive(Debug)]
enum Unmapped {
    /// The code itself.
    Provided,
    Fixed(Target),
    /// Another map is asked.
    Other(String),
}

/// A code that another one is translated to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// How near it is (R4 concept-map-equivalence).
    pub equivalence: String,
    /// Its system.
    pub system: Option<String>,
    /// The code; `None` when it is said that there is none.
    pub code: Option<String>,
    /// What people read.
    pub display: Option<String>,
    /// The map that says so.
    pub map: String,
}

/// What is to be translated.
#[derive(Debug, Clone, Copy)]
pub struct TranslateQuestion<'q> {
    /// The map, when it is named.
    pub map: Option<&'q str>,
    /// System of the code.
    pub system: &'q str,
    /// The code.
    pub code: &'q str,
    /// Value set the code is from.
    pub source: Option<&'q str>,
    /// Value set the translation is to be from.
    pub target: Option<&'q str>,
    /// System the translation is to be from.
    pub target_system: Option<&'q str>,
    /// From the target to the source.
    pub reverse: bool,
}

impl ConceptMap {
    /// Reads the JSON of a ConceptMap.
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, DefinitionError> {
        let text = |name: &str| node.get(name).and_then(Node::str).map(str::to_owned);
        Ok(Self {
            url: text("url").unwrap_or_default(),
            source: text("sourceUri").or_else(|| text("sourceCanonical")),
            target: text("targetUri").or_else(|| text("targetCanonical")),
            groups: node.list("group").iter().map(Group::read).collect(),
        })
    }

    fn translate(&self, question: &TranslateQuestion<'_>, out: &mut Vec<Translation>) -> Option<&str> {
        let mut next = None;
        for group in &self.groups {
            let (from, to) = match question.reverse {
                false => (&group.source, &group.target),
                true => (&group.target, &group.source),
            };
            let fits = |own: &Option<String>, asked: Option<&str>| match (own, asked) {
                (Some(own), Some(asked)) => own == asked,
                _ => true,
            };
            if !fits(from, Some(question.system)) || !fits(to, question.target_system) {
                continue;
            }
            if question.reverse {
                out.extend(group.reversed(question.code).map(|target| self.answer(to, &target)));
                continue;
            }
            match (group.elements.get(question.code), &group.unmapped) {
                (Some(targets), _) => out.extend(targets.iter().map(|target| self.answer(to, target))),
                (None, Some(Unmapped::Fixed(target))) => out.push(self.answer(to, target)),
                (None, Some(Unmapped::Provided)) => {
                    let code = Some(question.code.into());
                    out.push(self.answer(to, &Target { code, display: None, equivalence: "equal".into() }));
                }
                (None, Some(Unmapped::Other(url))) => next = Some(url.as_str()),
                (None, None) => {}
            }
        }
        next
    }

    fn answer(&self, system: &Option<String>, target: &Target) -> Translation {
        Translation {
            equivalence: target.equivalence.to_string(),
            system: system.clone(),
            code: target.code.as_deref().map(str::to_owned),
            display: target.display.as_deref().map(str::to_owned),
            map: self.url.clone(),
        }
    }
}

impl Group {
    fn read(node: &Node<'_>) -> Self {
        let text = |node: &Node<'_>, name: &str| node.get(name).and_then(Node::str).map(str::to_owned);
        let target = |node: &Node<'_>| Target {
            code: node.get("code").and_then(Node::str).map(Into::into),
            display: node.get("display").and_then(Node::str).map(Into::into),
            equivalence: node.get("equivalence").and_then(Node::str).unwrap_or("inexact").into(),
        };
        let mut elements: HashMap<Box<str>, Vec<Target>> = HashMap::new();
        for element in node.list("element") {
            let Some(code) = element.get("code").and_then(Node::str) else { continue };
            elements.entry(code.into()).or_default().extend(element.list("target").iter().map(target));
        }
        let unmapped = node.get("unmapped").and_then(|unmapped| match unmapped.get("mode")?.str()? {
            "provided" => Some(Unmapped::Provided),
            "fixed" => Some(Unmapped::Fixed(target(unmapped))),
            "other-map" => Some(Unmapped::Other(unmapped.get("url")?.str()?.to_owned())),
            _ => None,
        });
        Self { source: text(node, "source"), target: text(node, "target"), elements, unmapped }
    }

    /// Codes of the source that are mapped to a code. What was wider is narrower on the way back.
    fn reversed(&self, code: &str) -> impl Iterator<Item = Target> {
        let mut found: Vec<Target> = Vec::new();
        for (source, targets) in &self.elements {
            for target in targets.iter().filter(|target| target.code.as_deref() == Some(code)) {
                let equivalence = match &*target.equivalence {
                    "wider" => "narrower".into(),
                    "narrower" => "wider".into(),
                    "subsumes" => "specializes".into(),
                    "specializes" => "subsumes".into(),
                    _ => Box::clone(&target.equivalence),
                };
                found.push(Target { code: Some(Box::clone(source)), display: None, equivalence });
            }
        }
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found.into_iter()
    }
}

impl Terminology<'_> {
    /// What a code is elsewhere. `None` when no map that is loaded could tell.
    pub fn translate(self, question: &TranslateQuestion<'_>) -> Option<Vec<Translation>> {
        let all = self.definitions.all(Kind::ConceptMap);
        let named = question.map.map(|map| self.definitions.find(Kind::ConceptMap, map));
        let maps: Vec<&ConceptMap> = match named {
            Some(found) => found.into_iter().filter_map(|d| self.definitions.concept_map(d)).collect(),
            None => all.filter_map(|d| self.definitions.concept_map(d)).filter(|map| is_meant(map, question)).collect(),
        };
        if maps.is_empty() {
            return None;
        }
        let mut found = Vec::new();
        for map in maps {
            let mut next = map.translate(question, &mut found).map(str::to_owned);
            for _ in 0..MAX_CHAIN {
                let Some(definition) = next.take().and_then(|url| self.definitions.find(Kind::ConceptMap, &url)) else {
                    break;
                };
                let Some(other) = self.definitions.concept_map(definition) else { break };
                next = other.translate(question, &mut found).map(str::to_owned);
            }
        }
        found.dedup();
        Some(found)
    }
}

fn is_meant(map: &ConceptMap, question: &TranslateQuestion<'_>) -> bool {
    let (from, to) = match question.reverse {
        false => (&map.source, &map.target),
        true => (&map.target, &map.source),
    };
    let bare = |text: &str| text.split('|').next().unwrap_or_default().to_owned();
    let fits = |own: &Option<String>, asked: Option<&str>| {
        asked.is_none_or(|asked| own.as_deref().is_some_and(|own| bare(own) == bare(asked)))
    };
    let system = |group: &Group| {
        let from = if question.reverse { &group.target } else { &group.source };
        from.as_deref() == Some(question.system)
    };
    fits(from, question.source) && fits(to, question.target) && map.groups.iter().any(system)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminology::tests::animals;

    fn question<'q>(code: &'q str, reverse: bool) -> TranslateQuestion<'q> {
        let system = if reverse { "urn:secret" } else { "urn:animals" };
        TranslateQuestion { map: None, system, code, source: None, target: None, target_system: None, reverse }
    }

    #[test]
    fn a_code_is_translated_by_the_maps_that_are_loaded() {
        let definitions = animals();
        let ask = |question: &TranslateQuestion<'_>| {
            let found = Terminology::new(&definitions).translate(question)?;
            Some(found.into_iter().map(|t| (t.equivalence, t.code)).collect::<Vec<_>>())
        };
        let pair = |equivalence: &str, code: &str| (equivalence.to_owned(), Some(code.to_owned()));
        assert_eq!(ask(&question("dog", false)), Some(vec![pair("equivalent", "d"), pair("wider", "e")]));
        assert_eq!(ask(&question("bird", false)), Some(vec![("unmatched".to_owned(), None)]));
        assert_eq!(ask(&question("cat", false)), Some(vec![pair("inexact", "other")]));
        assert_eq!(ask(&question("e", true)), Some(vec![pair("narrower", "dog")]));
        let unknown = TranslateQuestion { system: "urn:none", ..question("dog", false) };
        assert_eq!(ask(&unknown), None);
        assert_eq!(ask(&TranslateQuestion { map: Some("urn:no-map"), ..question("dog", false) }), None);
        assert!(ask(&TranslateQuestion { source: Some("urn:set:animals|1"), ..question("dog", false) }).is_some());
    }
}
