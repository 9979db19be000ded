//! "Who can see this?": for a kind of information or one item of it, everybody who stands to the person, and each kind of health personnel.
//!
//! There is no second way to decide: the facts of everybody named are gathered as when they ask themselves, and the rule book answers.

use std::collections::HashMap;

use varde_base::{Actor, PatientId, ResourceId, SystemRole};
use varde_fhir::ResourceType;
use varde_rights::{Action, AgeBand, Asker, Decision, Facts, Item, Relation, RuleId, Service, Standing};

use super::facts::{Around, Known, around, of_subject, signed_in};
use super::{Gate, item_in};
use crate::audit::AuditDraft;
use crate::engine::Row;
use crate::types::{AuditAction, AuditOutcome, GateError};

/// Kinds of health personnel, in the order of the answer.
const PERSONNEL: [Relation; 5] =
    [Relation::Treating, Relation::Coordinating, Relation::Emergency, Relation::BreakingGlass, Relation::Pharmacy];

/// Most resources of a type whose audience is looked into.
const MAX_ITEMS: u32 = 500;

/// How much somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Of a kind of information, what health personnel have opened or marked as shared.
    Part,
    /// That it is there, and not what it is about.
    Outline,
    /// Nothing.
    Nothing,
}

/// How much somebody sees, and the rule that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// How much.
    pub extent: Extent,
    /// The rule; `None` when why somebody else sees nothing is a matter of their own.
    pub rule: Option<RuleId>,
}

/// Why one who stands to a person opens nothing, where that tells of them and not of the person: addresses, and what they have done with their
/// own account. All of them are left out alike, so that none can be guessed from its being left out.
const OWN_MATTERS: [RuleId; 5] =
    [RuleId::ACCOUNT_STOPPED, RuleId::INACTIVE, RuleId::PROTECTED_ADDRESS, RuleId::NO_ADDRESS, RuleId::ADDRESS_CHECK];

/// A person, how they stand to the one it is about, and what they see. Names are shown, numbers never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seer {
    /// Who.
    pub patient: PatientId,
    /// The name to show.
    pub name: Box<str>,
    /// How they stand to the person; what counts first, also when it opens nothing.
    pub relation: Relation,
    /// What they see.
    pub sight: Sight,
}

/// Who sees something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhoSees {
    /// The kind of information.
    pub service: Service,
    /// The person it is about, and then everybody around them.
    pub people: Vec<Seer>,
    /// There are more people than are named.
    pub more: bool,
    /// Kinds of health personnel, and what each sees.
    pub personnel: Vec<(Relation, Sight)>,
    /// The person has blocked some personnel by name, who see nothing whatever their kind does.
    pub some_blocked_by_name: bool,
}

/// For whom an item is, where a young person and their parents each have a view of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemAudience {
    /// To the young person: nobody who acts for them sees it.
    OnlyYou,
    /// To the young person: these parents see it.
    Parents(Vec<Box<str>>),
    /// To the young person: these see it, and not all of them are parents.
    Others(Vec<Box<str>>),
    /// To a parent: the young person, who has this name, sees it as well.
    Youth(Box<str>),
}

impl Gate {
    /// Who sees a kind of information about a patient. It may be asked by those to whom the rules open the patient's Consents and who the patient's
    /// relations are, since that is what the answer tells: the person from 13, and the parent of a child below 12. Logged as a look-up.
    ///
    /// # Errors
    /// [`GateError::NotFound`] when the actor has nothing to do with the patient; [`GateError::Refused`] when a rule says no.
    pub async fn who_sees(&self, patient: &PatientId, service: Service) -> Result<WhoSees, GateError> {
        let asked = self.may_ask(patient).await?;
        self.log_who_sees(patient, service, None, asked).await?;
        if !asked.allowed() {
            return Err(refused(asked));
        }
        self.answer(patient, service, None).await
    }

    /// As [`Gate::who_sees`], for one item of the patient's.
    ///
    /// # Errors
    /// As [`Gate::who_sees`], and [`GateError::NotFound`] for an item the actor does not see.
    pub async fn who_sees_item(
        &self,
        patient: &PatientId,
        resource_type: ResourceType,
        id: &ResourceId,
    ) -> Result<WhoSees, GateError> {
        let row = self.shared.engine.read(resource_type, id).await?.filter(|row| !row.deleted);
        let Some(row) = row.filter(|row| row.patient.as_ref() == Some(patient)) else {
            self.log_miss(AuditAction::Read, resource_type, id, None, AuditOutcome::NotFound).await?;
            return Err(GateError::NotFound);
        };
        if !self.decide_stored(&row, Action::View).await?.allowed() {
            self.log_miss(AuditAction::Read, resource_type, id, row.patient, AuditOutcome::Refused).await?;
            return Err(GateError::NotFound);
        }
        let asked = self.may_ask(patient).await?;
        self.log_who_sees(patient, row.service, Some((resource_type, id)), asked).await?;
        if !asked.allowed() {
            return Err(refused(asked));
        }
        let kept = self.conditional(patient).await?;
        self.answer(patient, row.service, Some(item_in(&row, &kept))).await
    }

    /// Those to whom the rules open one resource of a patient's today, the patient among them: whom the platform may tell of it. More people than
    /// can be looked into are told nothing. Logged as a look-up.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for a resource that is not there or not the patient's, and to everybody but the platform itself.
    pub async fn seers(
        &self,
        patient: &PatientId,
        resource_type: ResourceType,
        id: &ResourceId,
    ) -> Result<Vec<PatientId>, GateError> {
        let row = self.asked_about(patient, resource_type, id).await?;
        let kept = self.conditional(patient).await?;
        let item = item_in(&row, &kept);
        let own = self.themself(patient).await?.unwrap_or_default();
        let around = around(&self.world(), patient).await?;
        let sees = |known: &&Known| self.sight(&known.facts, row.service, Some(item)).extent == Extent::Whole;
        let known = own.known.iter().chain(&around.known);
        Ok(known.filter(sees).map(|known| known.citizen.patient.clone()).collect())
    }

    /// Whether the patient would see one resource of theirs had they not stopped their account or made it inactive: then a letter is what reaches
    /// them. Logged as a look-up.
    ///
    /// # Errors
    /// As [`Gate::seers`].
    pub async fn needs_letter(
        &self,
        patient: &PatientId,
        resource_type: ResourceType,
        id: &ResourceId,
    ) -> Result<bool, GateError> {
        let row = self.asked_about(patient, resource_type, id).await?;
        let kept = self.conditional(patient).await?;
        let item = item_in(&row, &kept);
        let Some(known) = self.themself(patient).await?.and_then(|own| own.known.into_iter().next()) else {
            return Ok(false);
        };
        let sees = |facts: &Facts| self.sight(facts, row.service, Some(item)).extent == Extent::Whole;
        let asker = Asker { stopped: false, inactive: false, ..known.facts.asker };
        Ok(!sees(&known.facts) && sees(&Facts { asker, ..known.facts }))
    }

    /// A resource of a patient's that the platform asks about, and notes in the log that it does.
    async fn asked_about(
        &self,
        patient: &PatientId,
        resource_type: ResourceType,
        id: &ResourceId,
    ) -> Result<Row, GateError> {
        let is_platform = matches!(&self.access.actor, Actor::System(system) if system.role == SystemRole::Platform);
        let row = self.shared.engine.read(resource_type, id).await?.filter(|row| !row.deleted);
        let Some(row) = row.filter(|row| is_platform && row.patient.as_ref() == Some(patient)) else {
            self.log_miss(AuditAction::Read, resource_type, id, None, AuditOutcome::NotFound).await?;
            return Err(GateError::NotFound);
        };
        let asked = self.decide_stored(&row, Action::View).await?;
        self.log_who_sees(patient, row.service, Some((resource_type, id)), asked).await?;
        Ok(row)
    }

    /// Whether the actor may ask who sees what of a patient's, so that a page offers it.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn may_ask_who_sees(&self, patient: &PatientId) -> Result<bool, GateError> {
        Ok(self.may_ask(patient).await?.allowed())
    }

    /// What the actor sees of a kind of information about a patient now, and would see were the patient of another age.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn sight_at(
        &self,
        patient: &PatientId,
        service: Service,
        age: Option<AgeBand>,
    ) -> Result<Sight, GateError> {
        let mut facts = Facts::clone(&*self.facts(Some(patient)).await?);
        facts.subject.age = age.unwrap_or(facts.subject.age);
        Ok(self.sight(&facts, service, None))
    }

    /// For whom each of a patient's resources of a type is, as far as the actor sees them: what a young person from 12 to 15 shares with their
    /// parents, and to a parent what the young person sees as well. Empty for everybody else, and when not everybody around the
    /// person is known, since "only you" must be true. It gives no data; the search that gave them is in the log.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn audiences(
        &self,
        patient: &PatientId,
        resource_type: ResourceType,
    ) -> Result<HashMap<ResourceId, ItemAudience>, GateError> {
        let facts = self.facts(Some(patient)).await?;
        let young = matches!(facts.subject.age, AgeBand::Twelve | AgeBand::From13To15);
        let others = match facts.relation() {
            Relation::Myself if young && self.may_ask(patient).await?.allowed() => {
                Some(around(&self.world(), patient).await?)
            }
            Relation::Parent if young => self.themself(patient).await?,
            _ => None,
        };
        let Some(others) = others.filter(|others| !others.more) else { return Ok(HashMap::new()) };
        let rows = self.shared.engine.of_patient(patient, resource_type, MAX_ITEMS).await?;
        let kept = self.conditional(patient).await?;
        let mut out = HashMap::new();
        for row in rows.iter().filter(|row| !row.deleted) {
            if self.decide_stored(row, Action::View).await?.allowed() {
                let audience = self.audience(&others, row, item_in(row, &kept), facts.relation());
                out.extend(audience.map(|audience| (row.id.clone(), audience)));
            }
        }
        Ok(out)
    }

    fn audience(&self, others: &Around, row: &Row, item: Item<'_>, reader: Relation) -> Option<ItemAudience> {
        let sees = |known: &&Known| {
            let extent = self.sight(&known.facts, row.service, Some(item)).extent;
            // A time alone is enough to not be alone with it; to be shared it must be seen.
            extent == Extent::Whole || (extent == Extent::Outline && reader == Relation::Myself)
        };
        let seers: Vec<&Known> = others.known.iter().filter(sees).collect();
        let names = || seers.iter().map(|known| known.citizen.name.clone()).collect::<Vec<_>>();
        if reader == Relation::Parent {
            return names().into_iter().next().map(ItemAudience::Youth);
        }
        Some(if seers.is_empty() {
            ItemAudience::OnlyYou
        } else if seers.iter().all(|known| known.facts.relation() == Relation::Parent) {
            ItemAudience::Parents(names())
        } else {
            ItemAudience::Others(names())
        })
    }

    /// The patient alone, as one who asks about themself.
    async fn themself(&self, patient: &PatientId) -> Result<Option<Around>, GateError> {
        let world = self.world();
        let Some(citizen) = signed_in(&world, patient).await? else { return Ok(None) };
        let facts = super::facts::of_citizen(&world, &citizen, patient).await?;
        Ok(Some(Around { known: vec![Known { citizen, facts }], more: false }))
    }

    /// The decision about asking. Both must be open: what has been agreed, and who somebody is to the person.
    async fn may_ask(&self, patient: &PatientId) -> Result<Decision, GateError> {
        if !matches!(self.access.actor, Actor::Citizen(_)) {
            return Ok(Decision::deny(RuleId::NO_RULE));
        }
        let consents = self.decide(Some(patient), Service::Consents, Action::View, Item::PLAIN).await?;
        if !consents.allowed() {
            return Ok(consents);
        }
        let person = self.decide(Some(patient), Service::Person, Action::View, Item::PLAIN).await?;
        Ok(if person.allowed() { consents } else { person })
    }

    async fn answer(
        &self,
        patient: &PatientId,
        service: Service,
        item: Option<Item<'_>>,
    ) -> Result<WhoSees, GateError> {
        let world = self.world();
        let own = self.themself(patient).await?.unwrap_or_default();
        let around = around(&world, patient).await?;
        let mut people = Vec::with_capacity(around.known.len() + 1);
        for known in own.known.iter().chain(&around.known) {
            // Of the one who asks it counts how they have signed in now.
            let asks = matches!(&self.access.actor, Actor::Citizen(its) if its.patient == known.citizen.patient);
            let now = if asks { Some(self.facts(Some(patient)).await?) } else { None };
            let facts = now.as_deref().unwrap_or(&known.facts);
            let first = facts.standings.first().map_or(Relation::Stranger, |standing| standing.relation);
            let open = Some(facts.relation()).filter(|relation| *relation != Relation::Stranger);
            let mut sight = self.sight(facts, service, item);
            sight.rule = sight.rule.filter(|rule| asks || !OWN_MATTERS.contains(rule));
            people.push(Seer {
                patient: known.citizen.patient.clone(),
                name: known.citizen.name.clone(),
                relation: open.unwrap_or(first),
                sight,
            });
        }
        let (personnel, some_blocked_by_name) = match of_subject(&world, patient).await? {
            None => (Vec::new(), false),
            Some((subject, by_name)) => {
                let seen = |relation: Relation| {
                    let facts = Facts::of(subject.clone(), vec![Standing::of(relation)]);
                    (relation, self.sight(&facts, service, item))
                };
                (PERSONNEL.map(seen).to_vec(), by_name)
            }
        };
        Ok(WhoSees { service, people, more: around.more, personnel, some_blocked_by_name })
    }

    /// What one who stands like that sees, of an item or of the whole kind of information.
    fn sight(&self, facts: &Facts, service: Service, item: Option<Item<'_>>) -> Sight {
        let decide = |action| self.shared.book.decide(facts, service, action, item.unwrap_or(Item::PLAIN), self.now);
        let (view, outline) = (decide(Action::View), decide(Action::Outline));
        // A kind of information has no label and no referral: what asks for one is open item by item.
        let by_item =
            |decision: Decision| item.is_none() && matches!(decision.rule, RuleId::NOT_OPENED | RuleId::NOT_SHARED);
        let (extent, rule) = match () {
            () if view.allowed() => (Extent::Whole, view.rule),
            () if by_item(view) => (Extent::Part, view.rule),
            () if outline.allowed() => (Extent::Outline, outline.rule),
            () if by_item(outline) => (Extent::Part, outline.rule),
            () => (Extent::Nothing, view.rule),
        };
        Sight { extent, rule: Some(rule) }
    }

    async fn log_who_sees(
        &self,
        patient: &PatientId,
        service: Service,
        item: Option<(ResourceType, &ResourceId)>,
        asked: Decision,
    ) -> Result<(), GateError> {
        let draft = AuditDraft {
            resource_type: item.map(|(resource_type, _)| resource_type),
            resource_id: item.map(|(_, id)| Box::from(id.as_str())),
            service: Some(service),
            rule: asked.rule,
            outcome: if asked.allowed() { AuditOutcome::Done } else { AuditOutcome::Refused },
            ..self.draft(AuditAction::Search, Some(patient.clone()))
        };
        Ok(self.shared.audit(vec![draft]).await?)
    }
}

/// A stranger does not learn that there is somebody to ask about.
fn refused(asked: Decision) -> GateError {
    if asked.rule.told() == RuleId::NO_RELATION { GateError::NotFound } else { GateError::Refused(asked) }
}
