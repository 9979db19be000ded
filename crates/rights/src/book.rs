use jiff::Timestamp;

use crate::condition::Condition;
use crate::{
    Action, AgeBand, Decision, Facts, Item, ItemLabel, Outcome, ParameterBook, ParameterError, Relation, RuleId,
    Service, Standing,
};

/// The rule book of this country, as reviewed text.
const NATIONAL: &str = include_str!("../rules/book.txt");

/// One rule, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// Yes or no.
    pub outcome: Outcome,
    /// Of whom it speaks.
    pub relation: Relation,
    /// Age bands of the person the data are about.
    pub ages: Vec<AgeBand>,
    /// Kinds of information.
    pub services: Vec<Service>,
    /// What one does with them.
    pub actions: Vec<Action>,
    /// What must also hold.
    pub conditions: Vec<Condition>,
    /// It takes only the cases that no other rule of its relation speaks of.
    pub otherwise: bool,
    /// Legal basis or source.
    pub basis: &'static str,
}

/// A rule book, read once and compiled to a dense table: a decision is an array look-up and a few comparisons.
#[derive(Debug, Clone)]
pub struct RuleBook {
    rules: Vec<Rule>,
    /// Index into `rules` for every cell; `NO_RULE` where none speaks.
    table: Box<[u16]>,
    parameters: ParameterBook,
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
    /// The parameters cannot be read.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
}

impl RuleBook {
    /// The national rule book.
    ///
    /// # Errors
    /// [`BookError`] names the line; a test proves that the book in the repository has none.
    pub fn national() -> Result<Self, BookError> {
        Self::read(NATIONAL)
    }

    /// Reads a rule book and compiles it. A rule with `otherwise` takes the cells that no other rule of its relation speaks of, so that
    /// a book can be complete without repeating itself.
    ///
    /// # Errors
    /// [`BookError`] for a line that cannot be read, and for two rules that decide the same case.
    pub fn read(text: &'static str) -> Result<Self, BookError> {
        let table = vec![NO_RULE; CELLS].into_boxed_slice();
        let mut book = Self { rules: Vec::new(), table, parameters: ParameterBook::national()? };
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        let mut rest = Vec::new();
        for (line, text) in lines.filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
            let rule = Rule::read(line, text)?;
            let number = book.enter(&rule)?;
            if rule.otherwise {
                rest.push((number, rule));
            } else {
                rule.cells().try_for_each(|cell| book.set(cell, number, rule.id.0))?;
            }
        }
        let taken: Vec<bool> = book.table.iter().map(|number| *number != NO_RULE).collect();
        for (number, rule) in rest {
            let mut free = rule.cells().filter(|cell| !taken.get(*cell).copied().unwrap_or(true));
            free.try_for_each(|cell| book.set(cell, number, rule.id.0))?;
        }
        Ok(book)
    }

    fn enter(&mut self, rule: &Rule) -> Result<u16, BookError> {
        if self.rules.iter().any(|its| its.id == rule.id) {
            return Err(BookError::Twice(rule.id.0));
        }
        let number = u16::try_from(self.rules.len()).ok().filter(|n| *n != NO_RULE).ok_or(BookError::TooMany)?;
        self.rules.push(rule.clone());
        Ok(number)
    }

    fn set(&mut self, cell: usize, number: u16, id: &'static str) -> Result<(), BookError> {
        let Some(place) = self.table.get_mut(cell) else { return Ok(()) };
        if let Some(earlier) = self.rules.get(usize::from(*place)) {
            return Err(BookError::Contradiction(earlier.id.0, id));
        }
        *place = number;
        Ok(())
    }

    /// The book with other parameters than the national ones.
    #[must_use]
    pub fn with_parameters(self, parameters: ParameterBook) -> Self {
        Self { parameters, ..self }
    }

    /// The dated numbers and choices the rules rest on.
    pub fn parameters(&self) -> &ParameterBook {
        &self.parameters
    }

    /// All rules, in the order of the book.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of the table for a case; `None` where the book is silent.
    pub fn rule(&self, relation: Relation, age: AgeBand, service: Service, action: Action) -> Option<&Rule> {
        let number = self.table.get(cell(relation, age, service, action)).copied().unwrap_or(NO_RULE);
        self.rules.get(usize::from(number))
    }

    /// Decides. Of several standings the first that opens it decides; when none does, the first one's no is the answer.
    pub fn decide(&self, facts: &Facts, service: Service, action: Action, item: Item<'_>, now: Timestamp) -> Decision {
        let mut refused = None;
        for standing in &facts.standings {
            let decision = self.decide_standing(facts, standing, service, action, item, now);
            if decision.allowed() {
                return decision;
            }
            refused.get_or_insert(decision);
        }
        refused.unwrap_or(Decision::deny(RuleId::NO_RELATION))
    }

    /// Whether anything at all is open to one who stands so to a person: some action on some service, for an item that nothing
    /// restricts or one that is for young person and parent both. What closes everything (the birthday at 16, an acute stop, a
    /// guardianship alone) leaves nothing.
    pub fn opens_something(&self, facts: &Facts, now: Timestamp) -> bool {
        let shared = Item { label: ItemLabel::SHARED, ..Item::PLAIN };
        let items = [Item::PLAIN, shared];
        let opens =
            |service, action| items.iter().any(|item| self.decide(facts, service, action, *item, now).allowed());
        Service::ALL.into_iter().any(|service| Action::ALL.into_iter().any(|action| opens(service, action)))
    }

    /// The decision for one standing. In order: what closes everything, the rule of the service and its conditions, what the
    /// person has restricted, the item itself, and for those who were given a proxy that the giver has it too; the first no wins.
    fn decide_standing(
        &self,
        facts: &Facts,
        standing: &Standing,
        service: Service,
        action: Action,
        item: Item<'_>,
        now: Timestamp,
    ) -> Decision {
        let rule = match self.decide_kind(facts, standing, service, action) {
            Ok(rule) => rule,
            Err(rule) => return Decision::deny(rule),
        };
        let decision = decide_item(facts, standing, rule, item, now);
        let Some(giver) = giver_of(facts, standing).filter(|_| decision.allowed()) else { return decision };
        let givers = match self.decide_kind(facts, &giver, service, action) {
            Ok(rule) => decide_item(facts, &giver, rule, item, now),
            Err(rule) => Decision::deny(rule),
        };
        if givers.allowed() { decision } else { Decision { rule: RuleId::GIVER_HAS_NOT, ..givers } }
    }

    /// What does not depend on the single item: the rule that opens the service, if only some items of it, or the rule that
    /// closes it.
    pub(crate) fn decide_kind(
        &self,
        facts: &Facts,
        standing: &Standing,
        service: Service,
        action: Action,
    ) -> Result<&Rule, RuleId> {
        if let Some(rule) = facts.closed(standing) {
            return Err(rule);
        }
        let rule = self.rule(standing.relation, facts.subject.age, service, action).ok_or(RuleId::NO_RULE)?;
        if rule.outcome == Outcome::Deny {
            return Err(rule.id);
        }
        let refused = rule.conditions.iter().find_map(|condition| condition.refused_by_facts(facts, standing));
        match refused.or_else(|| facts.restricted(standing, service)) {
            Some(rule) => Err(rule),
            None => Ok(rule),
        }
    }
}

fn decide_item(facts: &Facts, standing: &Standing, rule: &Rule, item: Item<'_>, now: Timestamp) -> Decision {
    let relation = standing.relation;
    let refused = rule.conditions.iter().find_map(|condition| condition.refused_by_item(facts, relation, item));
    if let Some(rule) = refused.or_else(|| hidden(facts, relation, item)) {
        return Decision::deny(rule);
    }
    if delayed(relation, item, now) {
        return Decision { until: item.visible_from, ..Decision::deny(RuleId::DELAYED) };
    }
    Decision::allow(rule.id)
}

/// The rule by which the item's own labels hide it; `None` when they do not.
pub(crate) fn hidden(facts: &Facts, relation: Relation, item: Item<'_>) -> Option<RuleId> {
    let rule = if relation.is_personnel() { RuleId::SHIELDED } else { RuleId::ITEM_HIDDEN };
    item.label.any(facts.hidden_labels(relation)).then_some(rule)
}

/// Whether the item is shown later.
pub(crate) fn delayed(relation: Relation, item: Item<'_>, now: Timestamp) -> bool {
    relation.is_citizens() && item.label.any(ItemLabel::DELAYED) && item.visible_from.is_none_or(|from| now < from)
}

/// The one whose rights bound those of somebody who was given a proxy: the subject, or a parent where the subject is too young to give.
pub(crate) fn giver_of(facts: &Facts, standing: &Standing) -> Option<Standing> {
    let gives = if facts.subject.age >= AgeBand::From16To17 { Relation::Myself } else { Relation::Parent };
    matches!(standing.relation, Relation::Proxy | Relation::NextOfKin).then_some(Standing::of(gives))
}

impl Rule {
    /// Reads a line of the book.
    fn read(line: usize, text: &'static str) -> Result<Self, BookError> {
        let columns: Vec<&'static str> = text.split('|').map(str::trim).collect();
        let [id, relation, ages, services, actions, when, outcome, basis] = columns[..] else {
            return Err(BookError::Columns(line));
        };
        let unknown = |word: &str, what| BookError::Unknown { line, word: word.to_owned(), what };
        let relation = Relation::from_key(relation).ok_or_else(|| unknown(relation, "relation"))?;
        let otherwise = when == "otherwise";
        let conditions = when.split_whitespace().filter(|_| !otherwise);
        let conditions = conditions.map(|word| Condition::from_word(word).ok_or_else(|| unknown(word, "condition")));
        let conditions = conditions.collect::<Result<Vec<_>, _>>()?;
        let outcome = match outcome {
            "allow" => Outcome::Allow,
            "deny" => Outcome::Deny,
            other => return Err(unknown(other, "outcome")),
        };
        Ok(Self {
            id: RuleId(id),
            outcome,
            relation,
            ages: words(ages, &AgeBand::ALL, AgeBand::from_key).map_err(|w| unknown(w, "age band"))?,
            services: words(services, &Service::ALL, Service::from_key).map_err(|w| unknown(w, "service"))?,
            actions: words(actions, &Action::ALL, Action::from_key).map_err(|w| unknown(w, "action"))?,
            conditions,
            otherwise,
            basis,
        })
    }

    /// The places of the table the line speaks of.
    fn cells(&self) -> impl Iterator<Item = usize> {
        let relation = self.relation;
        self.ages.iter().flat_map(move |age| {
            let of_service = move |service: &Service| {
                let service = *service;
                self.actions.iter().map(move |action| cell(relation, *age, service, *action))
            };
            self.services.iter().flat_map(of_service)
        })
    }
}

/// A place in the dense table: one per relation, age, service and action.
fn cell(relation: Relation, age: AgeBand, service: Service, action: Action) -> usize {
    let (r, a, s, c) = (relation as usize, age as usize, service as usize, action as usize);
    ((r * AgeBand::ALL.len() + a) * Service::ALL.len() + s) * Action::ALL.len() + c
}

/// How many places the table has.
const CELLS: usize = Relation::ALL.len() * AgeBand::ALL.len() * Service::ALL.len() * Action::ALL.len();

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
