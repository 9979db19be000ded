use jiff::Timestamp;

use crate::book::{delayed, giver_of, hidden};
use crate::condition::Condition;
use crate::{Action, Decision, Facts, Item, Outcome, Relation, RuleBook, RuleId, Service, Standing};

/// One thing a decision looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// What closes everything at once: no relation, a stopped account, an address check, a death.
    Closed,
    /// What the rule of the table says, which is this one.
    Rule(RuleId),
    /// A condition of that rule.
    Condition(Condition),
    /// What the person has restricted: own access, registers, blocks.
    Restricted,
    /// The labels of the item itself.
    Label,
    /// When the item is shown.
    Delay,
    /// That the one who gave a proxy has it too; the giver's own steps stand before.
    Giver,
}

/// A check and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// As whom somebody was looked at.
    pub relation: Relation,
    /// What was looked at.
    pub check: Check,
    /// The rule that closes there; `None` when it stands in nobody's way.
    pub refused: Option<RuleId>,
}

/// A decision with the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was decided.
    pub decision: Decision,
    /// Every check, in order; of each standing the last one refuses, but of the one that opens.
    pub steps: Vec<Step>,
}

impl RuleBook {
    /// Decides as [`RuleBook::decide`] does, and says in which order what was looked at.
    pub fn explain(
        &self,
        facts: &Facts,
        service: Service,
        action: Action,
        item: Item<'_>,
        now: Timestamp,
    ) -> Explanation {
        let decision = self.decide(facts, service, action, item, now);
        let asked = Asked { book: self, facts, service, action, item, now };
        let mut steps = Vec::new();
        for standing in &facts.standings {
            if asked.walk(standing, &mut steps) {
                break;
            }
        }
        Explanation { decision, steps }
    }
}

struct Asked<'a> {
    book: &'a RuleBook,
    facts: &'a Facts,
    service: Service,
    action: Action,
    item: Item<'a>,
    now: Timestamp,
}

impl Asked<'_> {
    /// Whether the standing opens it, with its steps.
    fn walk(&self, standing: &Standing, steps: &mut Vec<Step>) -> bool {
        if !self.walk_alone(standing, steps) {
            return false;
        }
        let Some(giver) = giver_of(self.facts, standing) else { return true };
        let has = self.walk_alone(&giver, steps);
        let refused = (!has).then_some(RuleId::GIVER_HAS_NOT);
        steps.push(Step { relation: standing.relation, check: Check::Giver, refused });
        has
    }

    fn walk_alone(&self, standing: &Standing, steps: &mut Vec<Step>) -> bool {
        let Self { facts, item, .. } = *self;
        let relation = standing.relation;
        let mut passes = |check, refused: Option<RuleId>| {
            steps.push(Step { relation, check, refused });
            refused.is_none()
        };
        if !passes(Check::Closed, facts.closed(standing)) {
            return false;
        }
        let Some(rule) = self.book.rule(relation, facts.subject.age, self.service, self.action) else {
            return passes(Check::Rule(RuleId::NO_RULE), Some(RuleId::NO_RULE));
        };
        let about_items = |condition: &Condition| {
            matches!(condition, Condition::Shared | Condition::Opened | Condition::OpenedOutline)
        };
        let (of_items, of_persons): (Vec<Condition>, Vec<Condition>) =
            rule.conditions.iter().partition(|c| about_items(c));
        passes(Check::Rule(rule.id), (rule.outcome == Outcome::Deny).then_some(rule.id))
            && of_persons.iter().all(|c| passes(Check::Condition(*c), c.refused_by_facts(facts, standing)))
            && passes(Check::Restricted, facts.restricted(standing, self.service))
            && of_items.iter().all(|c| passes(Check::Condition(*c), c.refused_by_item(facts, relation, item)))
            && passes(Check::Label, hidden(facts, relation, item))
            && passes(Check::Delay, delayed(relation, item, self.now).then_some(RuleId::DELAYED))
    }
}
