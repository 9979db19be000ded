//! What the gate writes in the access log.

use std::sync::Arc;

use varde_base::{Actor, PatientId, PersonnelActor, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::search::Query;
use varde_rights::{Action, Decision, Relation, RuleId, Service, ServiceSet};

use super::Gate;
use crate::audit::{AuditContext, AuditDraft};
use crate::types::{Access, AccessLogPage, AuditAction, AuditOutcome, AuditRecord, GateError, LoggedPersonnel};

/// Most reads of the log for one page of it, and for one of which only some entries are asked for.
const FILLED_ROUNDS: usize = 6;
const NARROWED_ROUNDS: usize = 25;

pub(super) fn context(access: &Access) -> AuditContext {
    let (actor_kind, actor_name, actor_patient) = match &access.actor {
        Actor::Citizen(citizen) => ("citizen", citizen.name.clone(), Some(citizen.patient.clone())),
        Actor::Personnel(personnel) => ("personnel", described(personnel), None),
        Actor::System(system) => (Relation::of_system(system.role).key(), system.name.clone(), None),
    };
    AuditContext {
        actor_kind,
        actor_name,
        actor_patient,
        acting_for: access.acting_for.clone(),
        interaction: access.interaction,
        purpose: access.purpose.code(),
        personnel: match &access.actor {
            Actor::Personnel(personnel) => Some(logged(personnel)),
            Actor::Citizen(_) | Actor::System(_) => None,
        },
    }
}

/// By number, for those who look after the log; what the patient reads is [`described`].
fn logged(personnel: &PersonnelActor) -> LoggedPersonnel {
    LoggedPersonnel {
        hpr_number: personnel.hpr_number.clone(),
        role: personnel.role.clone(),
        organization: personnel.organization.clone(),
        legal_entity: personnel.legal_entity.clone(),
        point_of_care: personnel.point_of_care.clone(),
        decision_ref: personnel.decision_ref.clone(),
        system: personnel.system.clone(),
    }
}

/// Name, role and organisation, as the citizen reads them in the log (trust framework, ATT-8, 16, 20).
fn described(personnel: &PersonnelActor) -> Box<str> {
    format!("{}, {}, {}", personnel.name, personnel.role, personnel.organization).into()
}

/// Names of the parameters of a search, without the values, which may be health data.
pub(super) fn parameter_names(query: &Query) -> Option<Box<str>> {
    const LONGEST_BYTES: usize = 500;
    let mut names = String::new();
    for (name, _) in &query.canonical {
        if names.len() + name.len() > LONGEST_BYTES {
            break;
        }
        if !names.is_empty() {
            names.push('&');
        }
        names.push_str(name);
    }
    (!names.is_empty()).then(|| names.into_boxed_str())
}

/// Which entries of a patient's log are asked for; by default all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogNarrowing<'a> {
    /// Not what this citizen has done.
    pub without: Option<&'a PatientId>,
    /// Only what names this resource.
    pub naming: Option<(ResourceType, &'a ResourceId)>,
}

impl LogNarrowing<'_> {
    fn keeps(&self, entry: &AuditRecord) -> bool {
        let is_by = |citizen: &PatientId| entry.actor_patient.as_deref() == Some(citizen.as_str());
        let names = |(resource_type, id): (ResourceType, &ResourceId)| {
            entry.resource_type == resource_type.name() && entry.resource_id.as_deref() == Some(id.as_str())
        };
        !self.without.is_some_and(is_by) && self.naming.is_none_or(names)
    }
}

impl Gate {
    pub(super) fn draft(&self, action: AuditAction, patient: Option<PatientId>) -> AuditDraft {
        AuditDraft {
            context: Arc::clone(&self.context),
            patient,
            action,
            resource_type: None,
            resource_id: None,
            query: None,
            count: 0,
            service: None,
            rule: RuleId::NO_RULE,
            outcome: AuditOutcome::Done,
        }
    }

    /// Logs a look-up that gave nothing.
    pub(crate) async fn log_miss(
        &self,
        action: AuditAction,
        resource_type: ResourceType,
        id: &ResourceId,
        patient: Option<PatientId>,
        outcome: AuditOutcome,
    ) -> Result<(), GateError> {
        let draft = AuditDraft {
            resource_type: Some(resource_type),
            resource_id: Some(Box::from(id.as_str())),
            outcome,
            ..self.draft(action, patient)
        };
        Ok(self.shared.audit(vec![draft]).await?)
    }

    /// The entries the actor may know of, as the actor may know them. Programs know all; numbers of health personnel are for them alone, since a
    /// citizen is told names. The patient knows who has looked, always; that something was written which is hidden from the patient is not told,
    /// nor that somebody asked for it and was refused. Who acts for the patient does not learn from the log what is hidden elsewhere: no entry names it or a
    /// kind of information that is closed, and counts, which would hold it, are left out.
    pub(super) async fn knowable(
        &self,
        patient: &PatientId,
        entries: Vec<AuditRecord>,
    ) -> Result<Vec<AuditRecord>, GateError> {
        let facts = self.facts(Some(patient)).await?;
        if self.is_program() {
            return Ok(entries);
        }
        let entries: Vec<AuditRecord> =
            entries.into_iter().map(|entry| AuditRecord { personnel: None, ..entry }).collect();
        if facts.relation() == Relation::Myself {
            return self.knowable_to_oneself(patient, entries).await;
        }
        let filters = self.shared.book.filters(&facts, Action::View, self.now);
        let open = filters.iter().fold(ServiceSet::EMPTY, |open, filter| open.or(filter.open_services()));
        let closed = |entry: &AuditRecord| {
            let service = entry.service.as_deref().and_then(Service::from_key);
            service.is_some_and(|service| !open.contains(service))
        };
        let mut known = Vec::with_capacity(entries.len());
        for entry in entries {
            if !closed(&entry) && !self.names_what_is_hidden(&entry).await? {
                known.push(AuditRecord { count: 0, ..entry });
            }
        }
        Ok(known)
    }

    async fn knowable_to_oneself(
        &self,
        patient: &PatientId,
        entries: Vec<AuditRecord>,
    ) -> Result<Vec<AuditRecord>, GateError> {
        let mut known = Vec::with_capacity(entries.len());
        for entry in entries {
            let wrote = matches!(entry.action, AuditAction::Create | AuditAction::Update | AuditAction::Delete);
            let own = entry.actor_patient.as_deref() == Some(patient.as_str());
            let tried = matches!(entry.outcome, AuditOutcome::Refused | AuditOutcome::NotFound);
            if !(wrote || own || tried) || !self.names_what_is_hidden(&entry).await? {
                known.push(entry);
            }
        }
        Ok(known)
    }

    async fn names_what_is_hidden(&self, entry: &AuditRecord) -> Result<bool, GateError> {
        let id = entry.resource_id.as_deref().and_then(|id| id.parse::<ResourceId>().ok());
        let (Some(resource_type), Some(id)) = (ResourceType::from_name(&entry.resource_type), id) else {
            return Ok(false);
        };
        match self.shared.engine.read(resource_type, &id).await? {
            None => Ok(false),
            Some(row) => Ok(!self.decide_stored(&row, Action::View).await?.allowed()),
        }
    }

    pub(super) async fn log_access_log(
        &self,
        patient: &PatientId,
        count: usize,
        decision: Decision,
    ) -> Result<(), GateError> {
        let draft = AuditDraft {
            count: u32::try_from(count).unwrap_or(u32::MAX),
            service: Some(Service::AccessLog),
            rule: decision.rule,
            outcome: if decision.allowed() { AuditOutcome::Done } else { AuditOutcome::Refused },
            ..self.draft(AuditAction::AccessLog, Some(patient.clone()))
        };
        Ok(self.shared.audit(vec![draft]).await?)
    }

    /// A page of what may be known of a patient's log. Entries that may not be known leave no room that tells how many they are: others take their
    /// places.
    pub(super) async fn full_page(
        &self,
        patient: &PatientId,
        before: Option<u64>,
        count: u32,
        narrowing: LogNarrowing<'_>,
    ) -> Result<AccessLogPage, GateError> {
        let rounds = if narrowing == LogNarrowing::default() { FILLED_ROUNDS } else { NARROWED_ROUNDS };
        let wanted = usize::try_from(count.max(1)).unwrap_or(usize::MAX);
        let mut page = AccessLogPage { entries: Vec::new(), next_before: before };
        for _ in 0..rounds {
            let mut more = self.shared.engine.access_log(patient, page.next_before, count).await?;
            // Before it is asked what may be known: one's own look-ups are the most, and nothing tells how many they were.
            more.entries.retain(|entry| narrowing.keeps(entry));
            page.entries.extend(self.knowable(patient, more.entries).await?);
            page.next_before = more.next_before;
            if page.next_before.is_none() || page.entries.len() >= wanted {
                break;
            }
        }
        if page.entries.len() > wanted {
            page.entries.truncate(wanted);
            page.next_before = page.entries.last().map(|entry| entry.seq);
        }
        Ok(page)
    }

    /// Logs a page of a search or history: one entry for each patient and rule on it, so that every citizen finds what concerns
    /// them and sees only their own count; one entry without count for each patient asked for by name who has nothing on it.
    pub(super) async fn log_page(&self, page: &AuditDraft, tally: Tally, named: &[PatientId]) -> Result<(), GateError> {
        let lines = tally.merged();
        let empty_handed =
            named.iter().filter(|patient| !lines.iter().any(|line| line.patient.as_ref() == Some(patient)));
        let mut drafts: Vec<AuditDraft> =
            empty_handed.map(|patient| AuditDraft { patient: Some(patient.clone()), ..page.clone() }).collect();
        for Line { patient, service, rule, count } in lines {
            drafts.push(AuditDraft { patient, service: Some(service), rule, count, ..page.clone() });
        }
        if drafts.is_empty() {
            drafts.push(page.clone());
        }
        Ok(self.shared.audit(drafts).await?)
    }
}

/// What a page opened, for each patient, kind and rule. A page has few of them, mostly one.
#[derive(Debug, Default)]
pub(super) struct Tally(Vec<Line>);

#[derive(Debug)]
struct Line {
    patient: Option<PatientId>,
    service: Service,
    rule: RuleId,
    count: u32,
}

impl Tally {
    /// One more.
    pub(super) fn count(&mut self, patient: Option<&PatientId>, service: Service, rule: RuleId) {
        match self.0.last_mut() {
            // What belongs together mostly comes together.
            Some(last) if last.patient.as_ref() == patient && last.service == service && last.rule == rule => {
                last.count += 1;
            }
            _ => self.0.push(Line { patient: patient.cloned(), service, rule, count: 1 }),
        }
    }

    fn merged(mut self) -> Vec<Line> {
        fn key(line: &Line) -> (&Option<PatientId>, u8, &'static str) {
            (&line.patient, line.service.number(), line.rule.0)
        }
        self.0.sort_by(|a, b| key(a).cmp(&key(b)));
        self.0.dedup_by(|line, kept| {
            let same = key(line) == key(kept);
            kept.count += if same { line.count } else { 0 };
            same
        });
        self.0
    }
}
