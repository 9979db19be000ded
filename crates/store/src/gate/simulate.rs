//! "As X for Y on date Z": what the rules would say, for those who run the installation and have to know it.
//!
//! A simulation gives a decision and the way to it, never data. It is in Y's log, with what it was for.

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::{Actor, CitizenActor, NationalId, PatientId, ResourceId, SystemActor, SystemRole, norway};
use varde_fhir::{Issue, IssueCode, ResourceType};
use varde_rights::{Action, AgeBand, Decision, Explanation, Facts, Item, Relation, RuleId, Service, Standing};

use super::facts::{World, by_number, of_citizen, of_subject, signed_in};
use super::{Gate, item_in};
use crate::audit::AuditDraft;
use crate::engine::Row;
use crate::types::{AuditAction, AuditOutcome, GateError};

/// Somebody with a Patient here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By the Patient.
    Patient(PatientId),
    /// By the national identity number.
    Number(NationalId),
}

/// As whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posed {
    /// A citizen, who has signed in at the high level.
    Citizen(Named),
    /// Health personnel of a kind, with a care relation; or a pharmacy.
    Personnel(Relation),
}

/// About what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A kind of information.
    Service(Service),
    /// One resource.
    Item(ResourceType, ResourceId),
}

/// A case to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// As whom.
    pub who: Posed,
    /// For whom.
    pub patient: Named,
    /// About what.
    pub about: About,
    /// What they would do.
    pub action: Action,
    /// On which day in Norway. Relations, agreements and addresses are as they are now and are held against that day.
    pub day: Date,
}

/// What the rules say of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The decision and the way to it.
    pub explanation: Explanation,
    /// How the one stands to the other on that day.
    pub relations: Vec<Relation>,
    /// Age band of the person on that day.
    pub age: AgeBand,
    /// The kind of information.
    pub service: Service,
    /// The instant that counts for what is released later.
    pub at: Timestamp,
}

impl Gate {
    /// What the rules would say. For those who run the installation; logged for the person it is about.
    ///
    /// # Errors
    /// [`GateError::Refused`] to everybody but an administrator's tool; [`GateError::NotFound`] for persons and items that are not there;
    /// [`GateError::Invalid`] for a relation that is not of health personnel, and a day that is in no calendar.
    pub async fn simulate(&self, question: &Question) -> Result<Simulated, GateError> {
        if !matches!(&self.access.actor, Actor::System(SystemActor { role: SystemRole::Admin, .. })) {
            return Err(GateError::Refused(Decision::deny(RuleId::NO_RULE)));
        }
        let at = self.on(question.day)?;
        let world = World { today: question.day, ..self.world() };
        let patient = found(&world, &question.patient).await?.patient;
        let row = self.simulated_item(&patient, question).await?;
        let (service, kept) = match (&row, &question.about) {
            (Some(row), _) => (row.service, self.conditional(&patient).await?),
            (None, About::Service(service)) => (*service, std::sync::Arc::default()),
            (None, About::Item(..)) => return Err(GateError::NotFound),
        };
        let item = row.as_ref().map_or(Item::PLAIN, |row| item_in(row, &kept));
        let facts = posed(&world, &question.who, &patient).await?;
        let explanation = self.shared.book.explain(&facts, service, question.action, item, at);
        self.log_simulation(&patient, question, service, explanation.decision).await?;
        Ok(Simulated {
            relations: facts.standings.iter().map(|standing| standing.relation).collect(),
            age: facts.subject.age,
            explanation,
            service,
            at,
        })
    }

    /// The moment of that day that is as late in it as it is now.
    fn on(&self, day: Date) -> Result<Timestamp, GateError> {
        let zoned = self.now.to_zoned(norway().clone()).with().date(day).build();
        zoned.map(|zoned| zoned.timestamp()).map_err(|_| invalid("date", "a day in our calendar"))
    }

    async fn simulated_item(&self, patient: &PatientId, question: &Question) -> Result<Option<Row>, GateError> {
        let About::Item(resource_type, id) = &question.about else { return Ok(None) };
        let row = self.shared.engine.read(*resource_type, id).await?.filter(|row| !row.deleted);
        let row = row.filter(|row| row.patient.as_ref() == Some(patient));
        if row.is_none() {
            self.log_miss(AuditAction::Read, *resource_type, id, None, AuditOutcome::NotFound).await?;
        }
        Ok(row)
    }

    async fn log_simulation(
        &self,
        patient: &PatientId,
        question: &Question,
        service: Service,
        decision: Decision,
    ) -> Result<(), GateError> {
        let (resource_type, id) = match &question.about {
            About::Item(resource_type, id) => (Some(*resource_type), Some(Box::from(id.as_str()))),
            About::Service(_) => (None, None),
        };
        let draft = AuditDraft {
            resource_type,
            resource_id: id,
            service: Some(service),
            rule: decision.rule,
            ..self.draft(AuditAction::Search, Some(patient.clone()))
        };
        Ok(self.shared.audit(vec![draft]).await?)
    }
}

/// The person, as one who has signed in.
async fn found(world: &World<'_>, named: &Named) -> Result<CitizenActor, GateError> {
    let found = match named {
        Named::Patient(patient) => signed_in(world, patient).await?,
        Named::Number(number) => by_number(world, number.as_str()).await?,
    };
    found.ok_or(GateError::NotFound)
}

/// The facts of the case on its day.
async fn posed(world: &World<'_>, who: &Posed, patient: &PatientId) -> Result<Facts, GateError> {
    match who {
        Posed::Citizen(named) => Ok(of_citizen(world, &found(world, named).await?, patient).await?),
        Posed::Personnel(relation) if relation.is_personnel() || *relation == Relation::Pharmacy => {
            let (subject, _) = of_subject(world, patient).await?.ok_or(GateError::NotFound)?;
            Ok(Facts::of(subject, vec![Standing::of(*relation)]))
        }
        Posed::Personnel(_) => Err(invalid("actor", "a Patient, or a kind of health personnel")),
    }
}

fn invalid(place: &str, text: &str) -> GateError {
    GateError::Invalid(vec![Issue::error(IssueCode::Value, place, text)])
}
