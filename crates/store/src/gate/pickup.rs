//! Who may collect medicines for whom (*fullmakt på apotek*): the counter of a pharmacy asks about two people, and whoever collects reads for whom.
//!
//! The rule book answers, and nothing but its answer leaves: no medicine, no name, not how the two stand to each other.

use jiff::civil::Date;
use varde_base::{Actor, CitizenActor, NationalId, PatientId, PersonnelActor};
use varde_rights::{Action, Decision, Facts, Item, Relation, RuleId, Service, Standing};

use super::Gate;
use super::facts::{Lasts, by_number, collects_until, of_citizen, of_personnel, signed_in};
use super::who_sees::Extent;
use crate::audit::AuditDraft;
use crate::types::{AuditAction, AuditOutcome, GateError};

/// Whether somebody may collect for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collects {
    /// No, or one of the two is not here, or it may not be known: all of these are one answer.
    No,
    /// Yes.
    Yes {
        /// The last day; `None` for no end.
        until: Option<Date>,
    },
}

/// One for whom the actor may collect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pickup {
    /// Whose medicines.
    pub patient: PatientId,
    /// The name to show.
    pub name: Box<str>,
    /// The last day; `None` for no end.
    pub until: Option<Date>,
    /// It is over when they have collected once.
    pub once: bool,
}

/// One who may collect for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collector {
    /// The name to show.
    pub name: Box<str>,
    /// The last day; `None` for no end.
    pub until: Option<Date>,
    /// It is over when they have collected once.
    pub once: bool,
}

impl Gate {
    /// Whether the person with the number `receiver` may collect medicines at a pharmacy for the one with `giver`. Asked by personnel at the counter,
    /// about two people who are named; it is in the giver's log whatever comes of it.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for everybody who is no personnel, which is logged.
    pub async fn may_collect(&self, giver: &NationalId, receiver: &NationalId) -> Result<Collects, GateError> {
        let Actor::Personnel(personnel) = &self.access.actor else {
            self.log_refused(Service::PharmacyPickup).await?;
            return Err(GateError::NotFound);
        };
        let world = self.world();
        // Both are looked up before anything is said, so that no answer comes sooner than another.
        let receiver = by_number(&world, receiver.as_str()).await?;
        let Some(giver) = by_number(&world, giver.as_str()).await? else {
            self.log_counter(None, Decision::deny(RuleId::NO_RULE)).await?;
            return Ok(Collects::No);
        };
        let seen = self.at_counter(personnel, &giver.patient).await?;
        let answer = match &receiver {
            Some(receiver) if seen.allowed() && receiver.patient != giver.patient => {
                self.collects(receiver, &giver.patient).await?
            }
            _ => Collects::No,
        };
        self.log_counter(Some(&giver.patient), seen).await?;
        Ok(answer)
    }

    /// For whom the one who has signed in may collect. Empty for all but citizens.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn collects_for(&self) -> Result<Vec<Pickup>, GateError> {
        let Actor::Citizen(citizen) = &self.access.actor else { return Ok(Vec::new()) };
        let mut out = Vec::new();
        for person in self.relations().await? {
            if person.relation == Relation::Myself {
                continue;
            }
            if let Some(Lasts { until, once }) = self.how_long(citizen, &person.patient).await? {
                out.push(Pickup { patient: person.patient, name: person.name.into(), until, once });
            }
        }
        Ok(out)
    }

    /// Who may collect for `patient` besides themself, and until when. It is asked, and logged, as who sees it.
    ///
    /// # Errors
    /// As [`Gate::who_sees`].
    pub async fn collectors(&self, patient: &PatientId) -> Result<Vec<Collector>, GateError> {
        let seen = self.who_sees(patient, Service::PharmacyPickup).await?;
        let world = self.world();
        let mut out = Vec::new();
        for seer in seen.people.into_iter().filter(|seer| seer.sight.extent != Extent::Nothing) {
            if seer.relation == Relation::Myself || seer.patient == *patient {
                continue;
            }
            let Some(citizen) = signed_in(&world, &seer.patient).await? else { continue };
            let Lasts { until, once } = collects_until(&world, &citizen, patient).await?;
            out.push(Collector { name: seer.name, until, once });
        }
        Ok(out)
    }

    /// What the rules let the counter see of this person.
    async fn at_counter(&self, personnel: &PersonnelActor, patient: &PatientId) -> Result<Decision, GateError> {
        let facts = of_personnel(&self.world(), personnel, patient).await?;
        // The rules hold this against who treats the patient; at a counter it is no less.
        if facts.subject.blocked_by_name {
            return Ok(Decision::deny(RuleId::BLOCKED_BY_NAME));
        }
        let facts = Facts { standings: vec![Standing::of(Relation::Pharmacy)], ..facts };
        Ok(self.shared.book.decide(&facts, Service::PharmacyPickup, Action::Outline, Item::PLAIN, self.now))
    }

    async fn collects(&self, citizen: &CitizenActor, patient: &PatientId) -> Result<Collects, GateError> {
        let lasts = self.how_long(citizen, patient).await?;
        Ok(lasts.map_or(Collects::No, |lasts| Collects::Yes { until: lasts.until }))
    }

    /// How long `citizen` may collect for `patient`; `None` when they may not.
    async fn how_long(&self, citizen: &CitizenActor, patient: &PatientId) -> Result<Option<Lasts>, GateError> {
        let world = self.world();
        let facts = of_citizen(&world, citizen, patient).await?;
        let service = Service::PharmacyPickup;
        if !self.shared.book.decide(&facts, service, Action::Outline, Item::PLAIN, self.now).allowed() {
            return Ok(None);
        }
        Ok(Some(collects_until(&world, citizen, patient).await?))
    }

    async fn log_counter(&self, giver: Option<&PatientId>, decision: Decision) -> Result<(), GateError> {
        let draft = AuditDraft {
            service: Some(Service::PharmacyPickup),
            rule: decision.rule,
            outcome: if decision.allowed() { AuditOutcome::Done } else { AuditOutcome::Refused },
            ..self.draft(AuditAction::Search, giver.cloned())
        };
        Ok(self.shared.audit(vec![draft]).await?)
    }
}
