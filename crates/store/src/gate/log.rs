//! What the gate writes in the access log.

use std::collections::BTreeMap;
use std::sync::Arc;

use varde_base::{Actor, PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::search::Query;
use varde_rights::{Decision, Relation, RuleId, Service};

use super::Gate;
use crate::audit::{AuditContext, AuditDraft};
use crate::engine::Row;
use crate::types::{Access, AuditAction, AuditOutcome, Found, GateError};

pub(super) fn context(access: &Access) -> AuditContext {
    let (actor_kind, actor_name, actor_patient) = match &access.actor {
        Actor::Citizen(citizen) => ("citizen", citizen.name.clone(), Some(citizen.patient.clone())),
        Actor::System(system) => (Relation::of_system(system.role).key(), system.name.clone(), None),
    };
    AuditContext {
        actor_kind,
        actor_name,
        actor_patient,
        acting_for: access.acting_for.clone(),
        interaction: access.interaction,
        purpose: access.purpose.code(),
    }
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
        Ok(self.shared.engine.audit(vec![draft]).await?)
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
        Ok(self.shared.engine.audit(vec![draft]).await?)
    }

    /// Logs a page of a search or history: one entry for each patient and rule on it, so that every citizen finds what concerns
    /// them and sees only their own count; one entry without count for each patient asked for by name who has nothing on it.
    #[expect(clippy::too_many_arguments, reason = "the parts of one log entry, all different")]
    pub(super) async fn log_page(
        &self,
        action: AuditAction,
        resource_type: Option<ResourceType>,
        resource_id: Option<Box<str>>,
        query: Option<Box<str>>,
        rows: &[Row],
        named: &[PatientId],
        found: &[Found],
    ) -> Result<(), GateError> {
        let mut counts: BTreeMap<(Option<&PatientId>, Service, &'static str), (u32, Decision)> = BTreeMap::new();
        for (row, found) in rows.iter().zip(found) {
            let key = (row.patient.as_ref(), row.service, found.decision.rule.0);
            counts.entry(key).or_insert((0, found.decision)).0 += 1;
        }
        let entry = |patient: Option<&PatientId>, count, service, rule| AuditDraft {
            resource_type,
            resource_id: resource_id.clone(),
            query: query.clone(),
            count,
            service,
            rule,
            ..self.draft(action, patient.cloned())
        };
        let empty_handed = named.iter().filter(|patient| !counts.keys().any(|(seen, ..)| *seen == Some(patient)));
        let mut drafts: Vec<AuditDraft> =
            empty_handed.map(|patient| entry(Some(patient), 0, None, RuleId::NO_RULE)).collect();
        for ((patient, service, _), (count, decision)) in &counts {
            drafts.push(entry(*patient, *count, Some(*service), decision.rule));
        }
        if drafts.is_empty() {
            drafts.push(entry(None, 0, None, RuleId::NO_RULE));
        }
        Ok(self.shared.engine.audit(drafts).await?)
    }
}
