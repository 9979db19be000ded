use std::fmt;

use crate::{Action, AgeBand, ItemLabel, Relation, Service, ServiceSet};

/// The name of a rule in the rule book, such as `AP-3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuleId(pub &'static str);

impl RuleId {
    /// No rule speaks of the case, so the answer is no.
    pub const NO_RULE: Self = Self("NO-RULE");
    /// The one who asks has no relation to the person that opens anything.
    pub const NO_RELATION: Self = Self("NO-RELATION");
    /// The person the data are about is registered dead; access goes by request to the health service.
    pub const DECEASED: Self = Self("DECEASED");
    /// A parent has not consented to the young person's use.
    pub const NO_CONSENT: Self = Self("NO-CONSENT");
    /// The item is hidden from the one who asks by its own label.
    pub const ITEM_HIDDEN: Self = Self("ITEM-HIDDEN");

    /// The rules that stand in no table.
    pub const BUILT_IN: [Self; 5] =
        [Self::NO_RULE, Self::NO_RELATION, Self::DECEASED, Self::NO_CONSENT, Self::ITEM_HIDDEN];
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Open.
    Allow,
    /// Closed.
    Deny,
}

/// An answer and the rule that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Yes or no.
    pub outcome: Outcome,
    /// The rule that decided.
    pub rule: RuleId,
}

impl Decision {
    /// A yes by `rule`.
    pub const fn allow(rule: RuleId) -> Self {
        Self { outcome: Outcome::Allow, rule }
    }

    /// A no by `rule`.
    pub const fn deny(rule: RuleId) -> Self {
        Self { outcome: Outcome::Deny, rule }
    }

    /// Whether the answer is yes.
    pub fn allowed(self) -> bool {
        self.outcome == Outcome::Allow
    }
}

/// All that a decision rests on about the two persons, gathered once per request and never kept for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// How the one who asks stands to the subject.
    pub relation: Relation,
    /// The subject's age band today; an adult for data that belong to nobody.
    pub age: AgeBand,
    /// The subject is registered dead.
    pub deceased: bool,
    /// A parent has consented to the young person's own use (*foreldresamtykke*).
    pub parental_consent: bool,
}

impl Facts {
    /// Facts for data that belong to no citizen, or for a program, where no subject's age matters.
    pub const fn without_subject(relation: Relation) -> Self {
        Self { relation, age: AgeBand::Adult, deceased: false, parental_consent: false }
    }

    /// Whether the one who asks is a citizen for whom item labels and death count.
    const fn personal(self) -> bool {
        matches!(self.relation, Relation::Myself | Relation::Parent)
    }

    /// Whether an item's own label hides it from this person.
    pub(crate) fn hides(self, item: ItemLabel) -> bool {
        match item {
            ItemLabel::None | ItemLabel::Shared => false,
            ItemLabel::NotParent => self.relation == Relation::Parent,
            ItemLabel::NotYouth => self.relation == Relation::Myself && self.age < AgeBand::From16To17,
            ItemLabel::NotPatient => self.personal(),
        }
    }

    /// What closes every service at once, before any rule is read.
    pub(crate) fn closed(self) -> Option<RuleId> {
        if self.relation == Relation::Stranger {
            Some(RuleId::NO_RELATION)
        } else if self.deceased && self.personal() {
            Some(RuleId::DECEASED)
        } else {
            None
        }
    }
}

/// The decisions about one person as a filter over stored labels, so that a search pages over what may be seen and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Only these services.
    pub services: ServiceSet,
    /// Never these labels.
    pub hidden_items: Vec<ItemLabel>,
}

impl Filter {
    /// Whether something with these labels passes. It is the same answer as [`crate::RuleBook::decide`] gives.
    pub fn passes(&self, service: Service, item: ItemLabel) -> bool {
        self.services.contains(service) && !self.hidden_items.contains(&item)
    }
}

/// A place in the dense table: one per relation, age, service and action.
pub(crate) fn cell(relation: Relation, age: AgeBand, service: Service, action: Action) -> usize {
    let (r, a, s, c) = (relation as usize, age as usize, service as usize, action as usize);
    ((r * AgeBand::ALL.len() + a) * Service::ALL.len() + s) * Action::ALL.len() + c
}

/// How many places the table has.
pub(crate) const CELLS: usize = Relation::ALL.len() * AgeBand::ALL.len() * Service::ALL.len() * Action::ALL.len();
