use std::collections::BTreeSet;
use std::fmt;

use crate::condition::Condition;
use crate::{Action, AgeBand, Areas, Outcome, Relation, Rule, RuleBook, RuleId, Service};

/// Something wrong with a book that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// No rule decides a case.
    Gap(Relation, AgeBand, Service, Action),
    /// A rule decides no case.
    Unreachable(RuleId),
    /// A condition that can never hold for the relation the rule speaks of, such as an area of a parent's.
    Pointless(RuleId, Condition),
    /// A denial with conditions: what it would mean when they do not hold is not said.
    ConditionalDenial(RuleId),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap(relation, age, service, action) => {
                let (relation, age, service) = (relation.key(), age.key(), service.key());
                write!(f, "no rule decides: {relation}, {age}, {service}, {}", action.key())
            }
            Self::Unreachable(rule) => write!(f, "{rule} decides no case"),
            Self::Pointless(rule, condition) => write!(f, "{rule}: {condition:?} can never hold there"),
            Self::ConditionalDenial(rule) => write!(f, "{rule} is a denial with conditions"),
        }
    }
}

/// A case that two books decide differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The case.
    pub case: (Relation, AgeBand, Service, Action),
    /// Rule and outcome of the one book; `None` where it is silent.
    pub before: Option<(RuleId, Outcome)>,
    /// Of the other.
    pub after: Option<(RuleId, Outcome)>,
}

impl RuleBook {
    /// All cases there are: every relation rules are written for, age, service and action.
    pub fn cases() -> impl Iterator<Item = (Relation, AgeBand, Service, Action)> {
        let relations = Relation::ALL.into_iter().filter(|relation| *relation != Relation::Stranger);
        relations.flat_map(|relation| {
            AgeBand::ALL.into_iter().flat_map(move |age| {
                let of_service =
                    move |service| Action::ALL.into_iter().map(move |action| (relation, age, service, action));
                Service::ALL.into_iter().flat_map(of_service)
            })
        })
    }

    /// What is wrong with the book. That no two rules decide one case is proved by reading it.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut reached = BTreeSet::new();
        for (relation, age, service, action) in Self::cases() {
            match self.rule(relation, age, service, action) {
                Some(rule) => _ = reached.insert(rule.id.0),
                None => findings.push(Finding::Gap(relation, age, service, action)),
            }
        }
        for rule in self.rules() {
            if !reached.contains(rule.id.0) {
                findings.push(Finding::Unreachable(rule.id));
            }
            if rule.outcome == Outcome::Deny && !rule.conditions.is_empty() {
                findings.push(Finding::ConditionalDenial(rule.id));
            }
            let pointless = rule.conditions.iter().filter(|condition| !self.can_hold(rule, **condition));
            findings.extend(pointless.map(|condition| Finding::Pointless(rule.id, *condition)));
        }
        findings
    }

    fn can_hold(&self, rule: &Rule, condition: Condition) -> bool {
        let ages = || AgeBand::ALL.into_iter().filter(|age| self.speaks_of(rule, *age));
        match condition {
            Condition::ParentalConsent => {
                rule.relation == Relation::Myself && ages().all(|age| age < AgeBand::From16To17)
            }
            Condition::Level(_) | Condition::HighAssurance => rule.relation == Relation::Myself,
            Condition::Area(areas) => match rule.relation {
                Relation::Proxy => !areas.any(Areas::TIMES.with(Areas::TRAVEL)),
                Relation::NextOfKin => areas.any(Areas::TIMES.with(Areas::TRAVEL).with(Areas::PHARMACY)),
                _ => false,
            },
            Condition::Shared | Condition::Opened | Condition::OpenedOutline => {
                rule.relation.is_citizens() && ages().all(|age| age < AgeBand::From16To17)
            }
        }
    }

    fn speaks_of(&self, rule: &Rule, age: AgeBand) -> bool {
        let decides =
            |service, action| self.rule(rule.relation, age, service, action).is_some_and(|its| its.id == rule.id);
        Service::ALL.into_iter().any(|service| Action::ALL.into_iter().any(|action| decides(service, action)))
    }

    /// The cases that `other` decides differently.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let answer = |book: &Self, (relation, age, service, action)| {
            book.rule(relation, age, service, action).map(|rule| (rule.id, rule.outcome, rule.conditions.clone()))
        };
        let brief = |answer: Option<(RuleId, Outcome, Vec<Condition>)>| answer.map(|(id, outcome, _)| (id, outcome));
        let changed = Self::cases().filter(|case| answer(self, *case) != answer(other, *case));
        changed
            .map(|case| Difference { case, before: brief(answer(self, case)), after: brief(answer(other, case)) })
            .collect()
    }
}
