use crate::decision::{CELLS, cell};
use crate::{Action, AgeBand, Decision, Facts, Filter, ItemLabel, Outcome, Relation, RuleId, Service, ServiceSet};

/// The rule book of this country, as reviewed text.
const NATIONAL: &str = include_str!("../rules/book.txt");

/// One rule, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// Yes or no.
    pub outcome: Outcome,
    /// Holds only where a parent has consented to the young person's use.
    pub needs_consent: bool,
    /// Legal basis or source.
    pub basis: &'static str,
}

/// A rule book, read once and compiled to a dense table: a decision is an array look-up and two comparisons.
#[derive(Debug, Clone)]
pub struct RuleBook {
    rules: Vec<Rule>,
    /// Index into `rules` for every cell; `NO_RULE` where none speaks.
    table: Box<[u16]>,
}

const NO_RULE: u16 = u16::MAX;

/// Why a rule book cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// A line does not have eight columns.
    #[error("line {0}: a rule has eight columns")]
    Columns(usize),
    /// A word is not known.
    #[error("line {line}: '{word}' is not a known {what}")]
    Unknown {
        /// Line of the book.
        line: usize,
        /// The word.
        word: String,
        /// What it should have been.
        what: &'static str,
    },
    /// Two rules have one name.
    #[error("rule {0} is written twice")]
    Twice(&'static str),
    /// Two rules decide the same case.
    #[error("rules {0} and {1} decide the same case")]
    Contradiction(&'static str, &'static str),
    /// There are too many rules to number.
    #[error("more rules than the table can number")]
    TooMany,
}

impl RuleBook {
    /// The national rule book.
    ///
    /// # Errors
    /// [`BookError`] names the line; a test proves that the book in the repository has none.
    pub fn national() -> Result<Self, BookError> {
        Self::read(NATIONAL)
    }

    /// Reads a rule book and compiles it.
    ///
    /// # Errors
    /// [`BookError`] for a line that cannot be read, and for two rules that decide the same case.
    pub fn read(text: &'static str) -> Result<Self, BookError> {
        let mut book = Self { rules: Vec::new(), table: vec![NO_RULE; CELLS].into_boxed_slice() };
        for (index, line) in text.lines().enumerate() {
            if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
                book.add(index + 1, line)?;
            }
        }
        Ok(book)
    }

    fn add(&mut self, line: usize, text: &'static str) -> Result<(), BookError> {
        let columns: Vec<&'static str> = text.split('|').map(str::trim).collect();
        let [id, relation, ages, services, actions, when, outcome, basis] = columns[..] else {
            return Err(BookError::Columns(line));
        };
        let unknown = |word: &str, what| BookError::Unknown { line, word: word.to_owned(), what };
        let relation = Relation::from_key(relation).ok_or_else(|| unknown(relation, "relation"))?;
        let ages = words(ages, &AgeBand::ALL, AgeBand::from_key).map_err(|w| unknown(w, "age band"))?;
        let services = words(services, &Service::ALL, Service::from_key).map_err(|w| unknown(w, "service"))?;
        let actions = words(actions, &Action::ALL, Action::from_key).map_err(|w| unknown(w, "action"))?;
        let needs_consent = match when {
            "" => false,
            "consent" => true,
            other => return Err(unknown(other, "condition")),
        };
        let outcome = match outcome {
            "allow" => Outcome::Allow,
            "deny" => Outcome::Deny,
            other => return Err(unknown(other, "outcome")),
        };
        if self.rules.iter().any(|rule| rule.id.0 == id) {
            return Err(BookError::Twice(id));
        }
        let number = u16::try_from(self.rules.len()).ok().filter(|n| *n != NO_RULE).ok_or(BookError::TooMany)?;
        for age in ages {
            for service in &services {
                for action in &actions {
                    self.set(cell(relation, age, *service, *action), number, id)?;
                }
            }
        }
        self.rules.push(Rule { id: RuleId(id), outcome, needs_consent, basis });
        Ok(())
    }

    fn set(&mut self, cell: usize, number: u16, id: &'static str) -> Result<(), BookError> {
        let Some(place) = self.table.get_mut(cell) else { return Ok(()) };
        if let Some(earlier) = self.rules.get(usize::from(*place)) {
            return Err(BookError::Contradiction(earlier.id.0, id));
        }
        *place = number;
        Ok(())
    }

    /// All rules, in the order of the book.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Decides. In order: what closes everything (no relation, death), the rule of the service, the label of the item; the
    /// first no wins.
    pub fn decide(&self, facts: Facts, service: Service, action: Action, item: ItemLabel) -> Decision {
        if let Some(rule) = facts.closed() {
            return Decision::deny(rule);
        }
        let decision = self.decide_service(facts, service, action);
        if decision.allowed() && facts.hides(item) { Decision::deny(RuleId::ITEM_HIDDEN) } else { decision }
    }

    /// The decision for a whole service, before any single item's label.
    pub fn decide_service(&self, facts: Facts, service: Service, action: Action) -> Decision {
        if let Some(rule) = facts.closed() {
            return Decision::deny(rule);
        }
        let number = self.table.get(cell(facts.relation, facts.age, service, action)).copied().unwrap_or(NO_RULE);
        match self.rules.get(usize::from(number)) {
            None => Decision::deny(RuleId::NO_RULE),
            Some(rule) if rule.needs_consent && !facts.parental_consent => Decision::deny(RuleId::NO_CONSENT),
            Some(rule) => Decision { outcome: rule.outcome, rule: rule.id },
        }
    }

    /// The same decisions as a filter over labels, for searching.
    pub fn filter(&self, facts: Facts, action: Action) -> Filter {
        let services = Service::ALL
            .into_iter()
            .filter(|service| self.decide_service(facts, *service, action).allowed())
            .fold(ServiceSet::EMPTY, ServiceSet::with);
        let hidden_items = ItemLabel::ALL.into_iter().filter(|item| facts.hides(*item)).collect();
        Filter { services, hidden_items }
    }
}

/// The words of one column, or all there are for `*`; the first unknown word is the error.
fn words<T: Copy>(
    column: &'static str,
    all: &[T],
    from_key: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, &'static str> {
    if column == "*" {
        return Ok(all.to_vec());
    }
    column.split_whitespace().map(|word| from_key(word).ok_or(word)).collect()
}

#[cfg(test)]
mod tests;
