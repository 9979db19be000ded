//! Writing through the gate: decide on what is there and on what shall be there, then commit.

use std::collections::HashSet;

use jiff::Timestamp;
use varde_base::{Actor, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::{Action, Decision, Item, ParameterBook, RuleId, Service};

use super::Gate;
use crate::audit::AuditDraft;
use crate::engine::{Commit, DecidedOn, EngineError, Row};
use crate::listener::{Change, Happening};
use crate::types::{AuditAction, AuditOutcome, Batch, GateError, OutboxMessage, Write, Written};

pub(super) async fn write(gate: &Gate, mut batch: Batch, skip_unchanged: bool) -> Result<Vec<Written>, GateError> {
    if batch.writes.len() > Batch::MAX_WRITES {
        return Err(GateError::Invalid(Vec::new()));
    }
    let mut named = HashSet::with_capacity(batch.writes.len());
    if !batch.writes.iter().all(|write| named.insert(write.name())) {
        return Err(GateError::Conflict { current: None });
    }
    let mut audit = Vec::with_capacity(batch.writes.len());
    let mut decided_on = Vec::with_capacity(batch.writes.len());
    let asked = batch.writes.len();
    settle(&mut batch, gate.shared.book.parameters(), gate.now)?;
    let mut at = 0;
    while let Some(write) = batch.writes.get(at) {
        let (resource_type, id) = write.name();
        let is_new = matches!(write, Write::Put(put) if put.is_new);
        let existing = if is_new { None } else { gate.shared.engine.read(resource_type, id).await? };
        // Health personnel get ids from us: could they write to any id that is free, they would learn which are taken by what is hidden from them.
        let is_asked = at < asked;
        if is_asked && existing.is_none() && !is_new && matches!(gate.access.actor, Actor::Personnel(_)) {
            gate.log_miss(AuditAction::Update, resource_type, id, None, AuditOutcome::NotFound).await?;
            return Err(GateError::NotFound);
        }
        let decision = decide(gate, write, existing.as_ref()).await?;
        if !decision.allowed() {
            return refuse(gate, write, existing.as_ref(), decision).await;
        }
        audit.push(draft(gate, write, existing.as_ref(), decision, AuditOutcome::Done));
        audit.extend(left(gate, write, existing.as_ref(), decision));
        let (messages, following) = told(gate, write, existing.as_ref());
        decided_on.push(existing.map(|row| DecidedOn { patient: row.patient, service: row.service, item: row.item }));
        batch.outbox.extend(messages);
        // What follows is not followed itself, so that this ends.
        if is_asked {
            batch.writes.extend(following);
        }
        at += 1;
    }
    let commit = Commit { batch, audit, decided_on, mark: None, skip_unchanged, only_index: false };
    let mut written = gate.shared.engine.commit(commit).await?;
    // The answers are to what was asked.
    written.truncate(asked);
    Ok(written)
}

/// Gives what is written its moment of release, by the parameters of today.
///
/// # Errors
/// Only when there are no parameters for today.
pub(crate) fn settle(batch: &mut Batch, book: &ParameterBook, now: Timestamp) -> Result<(), EngineError> {
    let parameters = book.on(date_in_norway(now)).map_err(|error| EngineError::Fault(error.to_string()))?;
    for write in &mut batch.writes {
        let Write::Put(put) = write else { continue };
        let Some(release) = put.release else { continue };
        let visible_from = release.visible_from(put.labels.service, &parameters, now);
        put.labels = put.labels.clone().delayed_until(visible_from, now);
    }
    Ok(())
}

/// What the one who listens lays down, and writes, with a change.
fn told(gate: &Gate, write: &Write, existing: Option<&Row>) -> (Vec<OutboxMessage>, Vec<Write>) {
    let Some(listener) = gate.shared.listener.get() else { return Default::default() };
    let (resource_type, id) = write.name();
    let before = existing.filter(|row| !row.deleted);
    let (happening, put) = match (write, before) {
        (Write::Put(put), None) => (Happening::Created, Some(&**put)),
        (Write::Put(put), Some(_)) => (Happening::Updated, Some(&**put)),
        (Write::Delete(_), Some(_)) => (Happening::Deleted, None),
        (Write::Delete(_), None) => return Default::default(),
    };
    let change = Change {
        resource_type,
        id,
        happening,
        version: existing.map_or(0, |row| row.version) + 1,
        put,
        before: before.map(|row| &row.body),
        patient_before: before.and_then(|row| row.patient.as_ref()),
    };
    (listener.hear(&gate.access, &[change]), listener.follow(&gate.access, &change))
}

/// Both what is there and what shall be there must be the actor's to write; the first no counts.
async fn decide(gate: &Gate, write: &Write, existing: Option<&Row>) -> Result<Decision, GateError> {
    let mut decision = Decision::allow(RuleId::NO_RULE);
    if let Some(row) = existing {
        decision = gate.decide_stored(row, write.action()).await?;
    }
    match write {
        Write::Put(put) if decision.allowed() => {
            let labels = &put.labels;
            gate.decide(labels.patient.as_ref(), labels.service, put.action, labels.item()).await
        }
        // Deleting what never was changes nothing, so it takes no more than the right to write such a thing at all.
        Write::Delete(delete) if existing.is_none() => {
            gate.decide(None, Service::OtherHealth, delete.action, Item::PLAIN).await
        }
        _ => Ok(decision),
    }
}

async fn refuse(
    gate: &Gate,
    write: &Write,
    existing: Option<&Row>,
    decision: Decision,
) -> Result<Vec<Written>, GateError> {
    let entry = draft(gate, write, existing, decision, AuditOutcome::Refused);
    gate.shared.audit(vec![entry]).await?;
    let knows = match existing {
        Some(row) => gate.decide_stored(row, Action::View).await?.allowed(),
        None => decision.rule.told() != RuleId::NO_RELATION,
    };
    Err(if knows { GateError::Refused(decision) } else { GateError::NotFound })
}

/// When a resource passes from one patient to another, the one it leaves finds that in the log too.
fn left(gate: &Gate, write: &Write, existing: Option<&Row>, decision: Decision) -> Option<AuditDraft> {
    let (Write::Put(put), Some(row)) = (write, existing) else { return None };
    let leaves = row.patient.is_some() && row.patient != put.labels.patient;
    let entry = draft(gate, write, existing, decision, AuditOutcome::Done);
    leaves.then(|| AuditDraft { patient: row.patient.clone(), service: Some(row.service), ..entry })
}

fn draft(gate: &Gate, write: &Write, existing: Option<&Row>, decision: Decision, outcome: AuditOutcome) -> AuditDraft {
    let (resource_type, id): (ResourceType, _) = write.name();
    // A refused attempt concerns the one whose data were aimed at.
    let refused = outcome == AuditOutcome::Refused;
    let labels = match (write, existing) {
        (Write::Put(put), existing) if existing.is_none() || !refused => {
            Some((put.labels.patient.clone(), put.labels.service))
        }
        (_, existing) => existing.map(|row| (row.patient.clone(), row.service)),
    };
    let action = match write {
        Write::Put(_) if existing.is_none_or(|row| row.deleted) => AuditAction::Create,
        Write::Put(_) => AuditAction::Update,
        Write::Delete(_) => AuditAction::Delete,
    };
    let (patient, service) = labels.map_or((None, None), |(patient, service)| (patient, Some(service)));
    AuditDraft {
        resource_type: Some(resource_type),
        resource_id: Some(Box::from(id.as_str())),
        count: u32::from(outcome == AuditOutcome::Done),
        service,
        rule: decision.rule,
        outcome,
        ..gate.draft(action, patient)
    }
}
