use std::sync::Arc;

use jiff::Timestamp;

use crate::book::giver_of;
use crate::condition::{Condition, audience};
use crate::{Action, Audience, Facts, Item, ItemLabel, Opening, Relation, RuleBook, Service, ServiceSet, Standing};

/// What an item of a service must have to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Need(u8);

impl Need {
    const NEVER: Self = Self(1);
    const SHARED: Self = Self(2);
    const OPENED: Self = Self(4);
    const OPENED_OUTLINE: Self = Self(8);

    const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// What a filter makes of an item from its service and label alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It is shown.
    Shows,
    /// It is not.
    Hides,
    /// It depends on when it is released or on its referral: ask [`Filter::passes`].
    Depends,
}

/// The decisions about one person as a filter over stored labels, so that a search pages over what may be seen and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    needs: [Need; Service::ALL.len()],
    hidden: ItemLabel,
    /// What is delayed is hidden until its moment.
    delays: bool,
    audience: Audience,
    openings: Arc<[Opening]>,
    now: Timestamp,
}

impl Filter {
    fn of(book: &RuleBook, facts: &Facts, standing: &Standing, action: Action, now: Timestamp) -> Self {
        let giver = giver_of(facts, standing);
        let need = |standing: &Standing, service| match book.decide_kind(facts, standing, service, action) {
            Err(_) => Need::NEVER,
            Ok(rule) => rule.conditions.iter().fold(Need::default(), |need, condition| {
                let more = match condition {
                    Condition::Shared => Need::SHARED,
                    Condition::Opened => Need::OPENED,
                    Condition::OpenedOutline => Need::OPENED_OUTLINE,
                    _ => Need::default(),
                };
                Need(need.0 | more.0)
            }),
        };
        let givers = |service| giver.as_ref().map_or(Need::default(), |giver| need(giver, service));
        let relation = standing.relation;
        let hidden = facts.hidden_labels(relation);
        Self {
            needs: Service::ALL.map(|service| Need(need(standing, service).0 | givers(service).0)),
            hidden: giver.map_or(hidden, |giver| hidden.with(facts.hidden_labels(giver.relation))),
            delays: relation.is_citizens(),
            audience: audience(relation),
            openings: Arc::clone(&facts.subject.openings),
            now,
        }
    }

    /// Everything of these services, whatever its labels (programs).
    pub fn services(services: ServiceSet) -> Self {
        let need = |service| if services.contains(service) { Need::default() } else { Need::NEVER };
        Self {
            needs: Service::ALL.map(need),
            hidden: ItemLabel::NONE,
            delays: false,
            audience: Audience::Parents,
            openings: Arc::default(),
            now: Timestamp::UNIX_EPOCH,
        }
    }

    /// Services of which something may pass.
    pub fn open_services(&self) -> ServiceSet {
        let open = |service: &Service| !self.need(*service).any(Need::NEVER);
        Service::ALL.into_iter().filter(open).fold(ServiceSet::EMPTY, ServiceSet::with)
    }

    /// Services of which everything passes but what is hidden.
    pub fn wholly_open(&self) -> ServiceSet {
        self.services_with(Need::default())
    }

    /// Services of which what is labelled as shared passes, but for what is hidden.
    pub fn open_when_shared(&self) -> ServiceSet {
        self.services_with(Need::SHARED)
    }

    fn services_with(&self, need: Need) -> ServiceSet {
        let with = |service: &Service| self.need(*service) == need;
        Service::ALL.into_iter().filter(with).fold(ServiceSet::EMPTY, ServiceSet::with)
    }

    /// The labels that hide, delay among them: what has one passes at most by its release.
    pub fn hidden(&self) -> ItemLabel {
        if self.delays { self.hidden.with(ItemLabel::DELAYED) } else { self.hidden }
    }

    /// Whether there can be items of which service and label alone do not say enough.
    pub fn depends(&self) -> bool {
        let opened = Need(Need::OPENED.0 | Need::OPENED_OUTLINE.0);
        self.delays || Service::ALL.into_iter().any(|service| self.need(service).any(opened))
    }

    fn need(&self, service: Service) -> Need {
        self.needs.get(usize::from(service.number())).copied().unwrap_or(Need::NEVER)
    }

    /// What service and label alone say.
    pub fn judge(&self, service: Service, label: ItemLabel) -> Judgement {
        let need = self.need(service);
        if need.any(Need::NEVER) || label.any(self.hidden) {
            return Judgement::Hides;
        }
        if need.any(Need::SHARED) && !label.any(ItemLabel::SHARED) {
            return Judgement::Hides;
        }
        let opened = Need(Need::OPENED.0 | Need::OPENED_OUTLINE.0);
        if need.any(opened) && !label.any(ItemLabel::REFERRED) {
            return Judgement::Hides;
        }
        let depends = need.any(opened) || (self.delays && label.any(ItemLabel::DELAYED));
        if depends { Judgement::Depends } else { Judgement::Shows }
    }

    /// Whether an item passes. It is the same answer as [`RuleBook::decide`] gives.
    pub fn passes(&self, service: Service, item: Item<'_>) -> bool {
        match self.judge(service, item.label) {
            Judgement::Shows => true,
            Judgement::Hides => false,
            Judgement::Depends => self.released(item) && self.opened(self.need(service), item),
        }
    }

    fn released(&self, item: Item<'_>) -> bool {
        !(self.delays && item.label.any(ItemLabel::DELAYED)) || item.visible_from.is_some_and(|from| from <= self.now)
    }

    fn opened(&self, need: Need, item: Item<'_>) -> bool {
        let content = need.any(Need::OPENED);
        if !content && !need.any(Need::OPENED_OUTLINE) {
            return true;
        }
        let Some(referral) = item.referral else { return false };
        let fits = |opening: &Opening| *opening.referral == *referral && opening.audience == self.audience;
        self.openings.iter().any(|opening| fits(opening) && (opening.content || !content))
    }
}

impl RuleBook {
    /// The decisions of [`RuleBook::decide`] as filters, one for each standing that opens something; what passes one of them may be seen.
    pub fn filters(&self, facts: &Facts, action: Action, now: Timestamp) -> Vec<Filter> {
        let of = |standing| Filter::of(self, facts, standing, action, now);
        facts.standings.iter().map(of).filter(|filter| !filter.open_services().is_empty()).collect()
    }

    /// What a program with this relation may reach.
    pub fn services_of_program(&self, relation: Relation, action: Action) -> ServiceSet {
        let facts = Facts::without_subject(relation);
        let open =
            |service: &Service| self.decide(&facts, *service, action, Item::PLAIN, Timestamp::UNIX_EPOCH).allowed();
        Service::ALL.into_iter().filter(open).fold(ServiceSet::EMPTY, ServiceSet::with)
    }
}
