use std::collections::HashSet;

use super::code_system::{Concept, Content};
use super::value_set::{Include, ValueSet};
use super::{Code, Membership, Terminology};

/// Most codes of a value set that is expanded at all.
const MAX_CODES: usize = 100_000;

/// What an expansion is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ExpandOptions<'o> {
    /// Text that display or code must have, case aside.
    pub filter: Option<&'o str>,
    /// How many codes to skip.
    pub offset: usize,
    /// How many codes to answer with.
    pub count: Option<usize>,
    /// Leave out codes that are not to be used any more.
    pub active_only: bool,
    /// Without `count`, a larger expansion is refused.
    pub limit: usize,
}

impl Default for ExpandOptions<'_> {
    fn default() -> Self {
        Self { filter: None, offset: 0, count: None, active_only: false, limit: 10_000 }
    }
}

/// A page of the codes of a value set.
#[derive(Debug, PartialEq, Eq)]
pub struct Expansion {
    /// How many there are in all.
    pub total: usize,
    /// The page.
    pub contains: Vec<Contained>,
}

/// A code of an expansion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contained {
    /// The code system.
    pub system: String,
    /// The code.
    pub code: String,
    /// What people read.
    pub display: Option<String>,
    /// It groups others and is not to be chosen.
    pub is_abstract: bool,
    /// It is not to be used any more.
    pub is_inactive: bool,
}

/// Why a value set cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// A value set it draws on is not loaded.
    #[error("the value set {0} is not loaded")]
    ValueSet(String),
    /// A code system it draws on is not loaded, or not all of it.
    #[error("the codes of {0} are not loaded")]
    CodeSystem(String),
    /// More codes than are given without paging, or than are expanded at all.
    #[error("{0}")]
    TooCostly(&'static str),
    /// It builds on itself, or says nothing.
    #[error("{0}")]
    Definition(&'static str),
}

struct Collected<'d> {
    contains: Vec<Contained>,
    seen: HashSet<(&'d str, &'d str)>,
}

impl<'d> Terminology<'d> {
    /// The codes of a value set, a page of them.
    ///
    /// # Errors
    /// [`ExpandError`].
    pub fn expand<'s>(self, value_set: &'s ValueSet, options: &ExpandOptions<'_>) -> Result<Expansion, ExpandError>
    where
        'd: 's,
    {
        let mut collected = Collected { contains: Vec::new(), seen: HashSet::new() };
        if value_set.include.is_empty() {
            return Err(ExpandError::Definition("the value set includes nothing"));
        }
        for include in &value_set.include {
            self.collect(include, &mut collected, 0)?;
        }
        let mut all = collected.contains;
        if !value_set.exclude.is_empty() {
            all = self.without_excluded(value_set, all)?;
        }
        if options.active_only {
            all.retain(|contained| !contained.is_inactive);
        }
        if let Some(filter) = options.filter {
            let filter = filter.to_lowercase();
            all.retain(|contained| {
                let display = contained.display.as_deref().unwrap_or_default();
                display.to_lowercase().contains(&filter) || contained.code.to_lowercase().contains(&filter)
            });
        }
        let total = all.len();
        if options.count.is_none() && total > options.limit {
            return Err(ExpandError::TooCostly("the value set is large: ask for it in pages, with count and offset"));
        }
        let count = options.count.unwrap_or(total).min(options.limit);
        let contains = all.into_iter().skip(options.offset).take(count).collect();
        Ok(Expansion { total, contains })
    }

    fn without_excluded(self, value_set: &ValueSet, all: Vec<Contained>) -> Result<Vec<Contained>, ExpandError> {
        let mut kept = Vec::with_capacity(all.len());
        for contained in all {
            let code = Code { system: Some(&contained.system), code: &contained.code };
            match self.in_set(value_set, code) {
                Membership::Yes(_) => kept.push(contained),
                Membership::No => {}
                Membership::Unknown(_) => return Err(ExpandError::CodeSystem(contained.system)),
            }
        }
        Ok(kept)
    }

    fn collect<'s>(self, include: &'s Include, out: &mut Collected<'s>, depth: u8) -> Result<(), ExpandError>
    where
        'd: 's,
    {
        if depth > crate::definitions::MAX_CHAIN {
            return Err(ExpandError::Definition("value sets that include each other in a ring"));
        }
        if let Some(system) = &include.system {
            return self.collect_system(include, system, out, depth);
        }
        // Value sets without a system: what all of them have. The first gives the codes, the others are asked.
        let Some((first, others)) = include.value_sets.split_first() else {
            return Err(ExpandError::Definition("a part of the value set says nothing"));
        };
        let set = self.value_set(first).ok_or_else(|| ExpandError::ValueSet(first.to_string()))?;
        let mut inner = Collected { contains: Vec::new(), seen: HashSet::new() };
        for part in &set.include {
            self.collect(part, &mut inner, depth + 1)?;
        }
        let mut all = inner.contains;
        if !set.exclude.is_empty() {
            all = self.without_excluded(set, all)?;
        }
        for contained in all {
            let code = Code { system: Some(&contained.system), code: &contained.code };
            let mut is_in = true;
            for other in others {
                match self.in_value_set(other, code) {
                    Membership::Yes(_) => {}
                    Membership::No => is_in = false,
                    Membership::Unknown(_) => return Err(ExpandError::ValueSet(other.to_string())),
                }
            }
            let is_new = !out.contains.iter().any(|c| c.code == contained.code && c.system == contained.system);
            if is_in && (out.contains.is_empty() || is_new) {
                push(out, contained)?;
            }
        }
        Ok(())
    }

    fn collect_system<'s>(
        self,
        include: &'s Include,
        system: &'s str,
        out: &mut Collected<'s>,
        depth: u8,
    ) -> Result<(), ExpandError>
    where
        'd: 's,
    {
        let found = match &include.version {
            Some(version) => self.code_system(&format!("{system}|{version}")),
            None => self.code_system(system),
        };
        let known = |code: &str| found.and_then(|found| found.concept(code));
        if let Some(listed) = &include.concepts {
            for (code, display) in &listed.codes {
                let contained = contained(system, code, display.as_deref(), known(code));
                self.add(include, system, code, contained, out, depth)?;
            }
            return Ok(());
        }
        let found = found.filter(|found| found.content != Content::NotPresent);
        let found = found.ok_or_else(|| ExpandError::CodeSystem(system.to_owned()))?;
        for concept in found.concepts() {
            if include.filters.iter().all(|filter| filter.holds(found, concept)) {
                let contained = contained(system, &concept.code, None, Some(concept));
                self.add(include, system, &concept.code, contained, out, depth)?;
            }
        }
        Ok(())
    }

    fn add<'s>(
        self,
        include: &Include,
        system: &'s str,
        code: &'s str,
        contained: Contained,
        out: &mut Collected<'s>,
        depth: u8,
    ) -> Result<(), ExpandError>
    where
        'd: 's,
    {
        let asked = Code { system: Some(system), code };
        for value_set in &include.value_sets {
            match self.in_value_set_at(value_set, asked, depth + 1) {
                Membership::Yes(_) => {}
                Membership::No => return Ok(()),
                Membership::Unknown(_) => return Err(ExpandError::ValueSet(value_set.to_string())),
            }
        }
        if out.seen.insert((system, code)) { push(out, contained) } else { Ok(()) }
    }
}

fn push(out: &mut Collected<'_>, contained: Contained) -> Result<(), ExpandError> {
    if out.contains.len() >= MAX_CODES {
        return Err(ExpandError::TooCostly("the value set has too many codes to be expanded"));
    }
    out.contains.push(contained);
    Ok(())
}

fn contained(system: &str, code: &str, display: Option<&str>, concept: Option<&Concept>) -> Contained {
    let display = display.or(concept.and_then(|concept| concept.display.as_deref()));
    Contained {
        system: system.to_owned(),
        code: code.to_owned(),
        display: display.map(str::to_owned),
        is_abstract: concept.is_some_and(Concept::is_abstract),
        is_inactive: concept.is_some_and(Concept::is_inactive),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminology::tests::animals;

    fn expand(url: &str, options: &ExpandOptions<'_>) -> Result<(usize, Vec<String>), ExpandError> {
        let definitions = animals();
        let terminology = Terminology::new(&definitions);
        let expansion = terminology.expand(terminology.value_set(url).unwrap(), options)?;
        Ok((expansion.total, expansion.contains.into_iter().map(|c| c.code).collect()))
    }

    #[test]
    fn a_value_set_is_expanded_with_filters_imports_and_exclusions() {
        let all = ExpandOptions::default();
        assert_eq!(expand("urn:set:animals", &all).unwrap().1, ["animal", "dog", "poodle"]);
        assert_eq!(expand("urn:set:dogs", &all).unwrap().1, ["poodle"]);
        assert_eq!(expand("urn:set:legs", &all).unwrap().1, ["dog", "x"]);
        let months = "http://hl7.org/fhir/ValueSet/days-of-week";
        assert_eq!(expand(months, &all).unwrap().0, 7);
    }

    #[test]
    fn a_page_and_a_text_narrow_the_answer() {
        let page = ExpandOptions { offset: 1, count: Some(1), ..ExpandOptions::default() };
        assert_eq!(expand("urn:set:animals", &page).unwrap(), (3, vec!["dog".to_owned()]));
        let text = ExpandOptions { filter: Some("OOD"), ..ExpandOptions::default() };
        assert_eq!(expand("urn:set:animals", &text).unwrap(), (1, vec!["poodle".to_owned()]));
    }

    #[test]
    fn what_is_not_known_or_too_large_is_refused() {
        let all = ExpandOptions::default();
        assert_eq!(expand("urn:set:secret", &all), Err(ExpandError::CodeSystem("urn:secret".to_owned())));
        assert!(matches!(expand("urn:set:ring", &all), Err(ExpandError::Definition(_))));
        let small = ExpandOptions { limit: 2, ..all };
        assert!(matches!(expand("urn:set:animals", &small), Err(ExpandError::TooCostly(_))));
        assert_eq!(expand("urn:set:animals", &ExpandOptions { count: Some(9), ..small }).unwrap().1.len(), 2);
    }
}
