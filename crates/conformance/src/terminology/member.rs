use super::code_system::{CodeSystem, Concept, Content};
use super::value_set::{Include, ValueSet};
use super::{Code, Membership, Terminology, grammar};
use crate::definitions::MAX_CHAIN;

/// What is known of a code.
pub struct Lookup<'d> {
    /// Its system.
    pub system: &'d CodeSystem,
    /// The concept.
    pub concept: &'d Concept,
}

/// How two codes stand to each other (R4 concept-subsumption-outcome).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subsumption {
    /// The same.
    Equivalent,
    /// The first has the second as a kind of it.
    Subsumes,
    /// The first is a kind of the second.
    SubsumedBy,
    /// Neither.
    NotSubsumed,
}

impl Subsumption {
    /// The code as FHIR writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Subsumes => "subsumes",
            Self::SubsumedBy => "subsumed-by",
            Self::NotSubsumed => "not-subsumed",
        }
    }
}

impl<'d> Terminology<'d> {
    /// A value set by its canonical; `None` when it is not loaded or cannot be used.
    pub fn value_set(self, canonical: &str) -> Option<&'d ValueSet> {
        self.definitions.value_set(canonical)
    }

    /// A code system by its canonical; `None` when it is not loaded or cannot be used.
    pub fn code_system(self, canonical: &str) -> Option<&'d CodeSystem> {
        self.definitions.code_system(canonical)
    }

    /// Whether a code system has a code.
    pub fn in_code_system(self, system: &str, code: &str) -> Membership {
        let url = system.split('|').next().unwrap_or_default();
        if let Some(fits) = grammar::fits(url, code) {
            return if fits { Membership::Yes(None) } else { Membership::No };
        }
        let Some(found) = self.code_system(system) else {
            return Membership::Unknown(format!("the code system {url} is not loaded"));
        };
        match (found.concept(code), found.content) {
            (Some(concept), _) => Membership::Yes(concept.display.as_deref().map(str::to_owned)),
            (None, Content::Complete) => Membership::No,
            (None, _) => Membership::Unknown(format!("not all codes of {url} are loaded")),
        }
    }

    /// Whether a value set has a code.
    pub fn in_value_set(self, canonical: &str, code: Code<'_>) -> Membership {
        self.in_value_set_at(canonical, code, 0)
    }

    pub(super) fn in_value_set_at(self, canonical: &str, code: Code<'_>, depth: u8) -> Membership {
        if depth > MAX_CHAIN {
            return Membership::Unknown("value sets that include each other in a ring".to_owned());
        }
        match self.value_set(canonical) {
            Some(value_set) => self.in_set_at(value_set, code, depth),
            None => Membership::Unknown(format!("the value set {canonical} is not loaded")),
        }
    }

    /// Whether a value set that is at hand has a code.
    pub fn in_set(self, value_set: &ValueSet, code: Code<'_>) -> Membership {
        self.in_set_at(value_set, code, 0)
    }

    fn in_set_at(self, value_set: &ValueSet, code: Code<'_>, depth: u8) -> Membership {
        if value_set.include.is_empty() {
            return Membership::Unknown(format!("of the value set {} nothing is told", value_set.url));
        }
        let mut answer = Membership::No;
        for include in &value_set.include {
            match self.in_part(include, code, depth) {
                yes @ Membership::Yes(_) => {
                    answer = yes;
                    break;
                }
                unknown @ Membership::Unknown(_) => answer = unknown,
                Membership::No => {}
            }
        }
        for exclude in &value_set.exclude {
            match (&answer, self.in_part(exclude, code, depth)) {
                (Membership::No, _) => break,
                (_, Membership::Yes(_)) => return Membership::No,
                (Membership::Yes(_), unknown @ Membership::Unknown(_)) => answer = unknown,
                _ => {}
            }
        }
        answer
    }

    fn in_part(self, part: &Include, code: Code<'_>, depth: u8) -> Membership {
        if let (Some(own), Some(asked)) = (&part.system, code.system)
            && &**own != asked
        {
            return Membership::No;
        }
        let mut answer = match &part.system {
            Some(system) => self.in_system_part(part, system, code.code),
            None => Membership::Yes(None),
        };
        for value_set in &part.value_sets {
            match (&answer, self.in_value_set_at(value_set, code, depth + 1)) {
                (Membership::No, _) | (_, Membership::No) => return Membership::No,
                (Membership::Yes(None), other) => answer = other,
                (_, unknown @ Membership::Unknown(_)) => answer = unknown,
                _ => {}
            }
        }
        answer
    }

    fn in_system_part(self, part: &Include, system: &str, code: &str) -> Membership {
        let canonical = match &part.version {
            Some(version) => format!("{system}|{version}"),
            None => system.to_owned(),
        };
        if let Some(listed) = &part.concepts {
            let display = |concept: &Concept| concept.display.as_deref().map(str::to_owned);
            return match listed.find(code) {
                Some(Some(display)) => Membership::Yes(Some(display.to_owned())),
                Some(None) => {
                    Membership::Yes(self.code_system(&canonical).and_then(|s| s.concept(code)).and_then(display))
                }
                None => Membership::No,
            };
        }
        if part.filters.is_empty() {
            return self.in_code_system(&canonical, code);
        }
        let Some(found) = self.code_system(&canonical) else {
            return Membership::Unknown(format!("the code system {system} is not loaded"));
        };
        match (found.concept(code), found.content) {
            (Some(concept), _) if part.filters.iter().all(|filter| filter.holds(found, concept)) => {
                Membership::Yes(concept.display.as_deref().map(str::to_owned))
            }
            (Some(_), _) | (None, Content::Complete) => Membership::No,
            (None, _) => Membership::Unknown(format!("not all codes of {system} are loaded")),
        }
    }

    /// What is known of a code; `None` when it is not in what is loaded.
    pub fn lookup(self, system: &str, code: &str) -> Option<Lookup<'d>> {
        let system = self.code_system(system)?;
        Some(Lookup { system, concept: system.concept(code)? })
    }

    /// How two codes of a system stand to each other; `None` when one of them is not in what is loaded.
    pub fn subsumes(self, system: &str, a: &str, b: &str) -> Option<Subsumption> {
        let system = self.code_system(system)?;
        let (a, b) = (&*system.concept(a)?.code, &*system.concept(b)?.code);
        Some(match (system.is_a(b, a), system.is_a(a, b)) {
            (true, true) => Subsumption::Equivalent,
            (true, false) => Subsumption::Subsumes,
            (false, true) => Subsumption::SubsumedBy,
            (false, false) => Subsumption::NotSubsumed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminology::tests::animals;

    #[test]
    fn a_code_is_looked_up_with_its_properties() {
        let definitions = animals();
        let terminology = Terminology::new(&definitions);
        let Lookup { system, concept } = terminology.lookup("urn:animals", "Dog").unwrap();
        assert_eq!(system.version.as_deref(), Some("1"));
        assert_eq!(concept.display.as_deref(), Some("Dog"));
        assert_eq!(concept.property("legs").collect::<Vec<_>>(), ["4"]);
        assert_eq!(system.children("dog").map(|c| &*c.code).collect::<Vec<_>>(), ["poodle"]);
        assert!(terminology.lookup("urn:animals", "cat").is_none());
        assert!(terminology.lookup("urn:none", "cat").is_none());
    }

    #[test]
    fn the_hierarchy_tells_what_is_a_kind_of_what() {
        let definitions = animals();
        let ask = |a, b| Terminology::new(&definitions).subsumes("urn:animals", a, b);
        assert_eq!(ask("animal", "poodle"), Some(Subsumption::Subsumes));
        assert_eq!(ask("poodle", "animal"), Some(Subsumption::SubsumedBy));
        assert_eq!(ask("dog", "bird"), Some(Subsumption::NotSubsumed));
        assert_eq!(ask("dog", "dog"), Some(Subsumption::Equivalent));
        assert_eq!(ask("dog", "cat"), None);
    }
}
