//! Load, decide by the rules, save.

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::Action;
use varde_store::{Batch, Found, Gate, GateError, OutboxMessage, Write};

use super::super::actions::{consent_id, consents};
use super::super::fhir::with_status;
use super::super::model::Status;
use super::fhir::{self, HPR_SYSTEM, New};
use super::model::{Covers, HprNumber, Limit, Setting};
use super::rules::{self, FieldError};
use crate::shared::{find, put, put_changed};

/// What a person has set and consented to, among their Consents, in the same order.
pub(in super::super) fn settings_among(consents: &[Found]) -> Result<Vec<Setting>, GateError> {
    consents.iter().map(|found| Ok(fhir::setting(&found.body, found.version)?)).collect()
}

/// All of a person's, the newest first.
pub(super) async fn all(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Setting>, GateError> {
    settings_among(&consents(gate, patient, now).await?)
}

/// One of a person's own; any other does not exist, whatever its address.
pub(super) async fn one(gate: &Gate, patient: &PatientId, id: &ResourceId) -> Result<Setting, GateError> {
    let found = gate.read(ResourceType::CONSENT, id).await?;
    let setting = fhir::setting(&found.body, found.version)?;
    if setting.patient == *patient { Ok(setting) } else { Err(GateError::NotFound) }
}

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub(super) enum SetError {
    /// The form.
    #[error("the form cannot be used")]
    Field(FieldError),
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

impl From<FieldError> for SetError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

/// Closes what of `wanted` is not closed yet. The same form sent twice closes once.
pub(super) async fn close(
    gate: &Gate,
    patient: &PatientId,
    (limit, wanted): (Limit, Covers),
    form_key: &str,
    now: Timestamp,
) -> Result<(), SetError> {
    let id = consent_id(patient, form_key);
    let existing = all(gate, patient, now).await?;
    if existing.iter().any(|its| its.id == id) {
        return Ok(());
    }
    let covers = rules::to_add(limit, wanted, &existing, date_in_norway(now))?;
    Ok(add(gate, patient, (&id, &New::Limit(&limit.what(), &covers)), Extras::default(), now).await?)
}

/// Whether health personnel with this number can be blocked; asked before the page that asks once more.
pub(super) async fn may_block(
    gate: &Gate,
    patient: &PatientId,
    number: &HprNumber,
    now: Timestamp,
) -> Result<(), SetError> {
    let existing = all(gate, patient, now).await?;
    Ok(rules::may_block(number, &existing, date_in_norway(now))?)
}

/// Blocks health personnel by number. The same form sent twice blocks once.
pub(super) async fn block_named(
    gate: &Gate,
    patient: &PatientId,
    (number, name): (&HprNumber, &str),
    form_key: &str,
    now: Timestamp,
) -> Result<(), SetError> {
    let id = consent_id(patient, form_key);
    let existing = all(gate, patient, now).await?;
    if existing.iter().any(|its| its.id == id) {
        return Ok(());
    }
    rules::may_block(number, &existing, date_in_norway(now))?;
    Ok(add(gate, patient, (&id, &New::BlockNamed(number, name)), Extras::default(), now).await?)
}

/// What is written and laid down with a setting, in the same transaction.
#[derive(Default)]
pub(in super::super) struct Extras {
    /// Other writes.
    pub writes: Vec<Write>,
    /// Messages.
    pub outbox: Vec<OutboxMessage>,
}

/// Writes a setting.
pub(in super::super) async fn add(
    gate: &Gate,
    patient: &PatientId,
    (id, new): (&ResourceId, &New<'_>),
    extras: Extras,
    now: Timestamp,
) -> Result<(), GateError> {
    let mut writes = vec![put(id, &new.body(id, patient, now), Action::Change)?];
    writes.extend(extras.writes);
    gate.write(Batch { writes, outbox: extras.outbox, ..Batch::default() }).await?;
    Ok(())
}

/// Ends a setting; what is over stays over. It is kept as history.
pub(in super::super) async fn end(gate: &Gate, setting: &Setting, extras: Extras) -> Result<(), GateError> {
    let stored = gate.read(ResourceType::CONSENT, &setting.id).await?;
    let ended = with_status(&stored.body, Status::Inactive)?;
    let mut writes = vec![put_changed(&setting.id, &ended, setting.version, Action::Change)?];
    writes.extend(extras.writes);
    gate.write(Batch { writes, outbox: extras.outbox, ..Batch::default() }).await?;
    Ok(())
}

/// The person lifts one of their own; whether it was lifted now.
pub(super) async fn lift(gate: &Gate, setting: &Setting, now: Timestamp) -> Result<bool, GateError> {
    if !rules::may_lift(setting, date_in_norway(now)) {
        return Ok(false);
    }
    end(gate, setting, Extras::default()).await?;
    Ok(true)
}

/// The name of health personnel, when the register has just one with this number.
pub(super) async fn personnel_name(
    gate: &Gate,
    number: &HprNumber,
    now: Timestamp,
) -> Result<Option<String>, GateError> {
    let token = format!("{HPR_SYSTEM}|{number}");
    let page = find(gate, ResourceType::PRACTITIONER, &[("identifier", &token), ("_count", "2")], now).await?;
    match page.matches.as_slice() {
        [one] => Ok(fhir::practitioner_name(&one.body)?),
        _ => Ok(None),
    }
}
