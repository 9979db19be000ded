//! Load, decide by the rules, save: one function an action, one error enum an action.

use std::collections::BTreeMap;

use jiff::Timestamp;
use varde_base::{NATIONAL_ID_SYSTEM, NationalId, PatientId, ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::{Action, ConsentLevel};
use varde_store::{Batch, Found, Gate, GateError};

use super::fhir;
use super::model::{ChosenLevel, Given, Person, Status};
use super::notices::{self, Happened};
use super::rules::{self, FieldError, State as Standing, Wish};
pub(super) use crate::shared::platform;
use crate::shared::{derived_id, find, put, put_changed};

/// Most Consents read for one page.
const LIST_COUNT: &str = "300";

/// Most persons with one number that are looked at; the register has one.
const PERSON_COUNT: &str = "5";

fn read_given(found: &Found) -> Result<Option<Given>, GateError> {
    Ok(fhir::given(&found.body, found.version)?)
}

/// All Consents of a person, ended ones too, as far as the gate lets them through; the newest first.
pub(super) async fn consents(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Found>, GateError> {
    let parameters = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", LIST_COUNT)];
    Ok(find(gate, ResourceType::CONSENT, &parameters, now).await?.matches)
}

/// What a person has given, among their Consents.
pub(super) fn given_among(consents: &[Found]) -> Result<Vec<Given>, GateError> {
    consents.iter().filter_map(|found| read_given(found).transpose()).collect()
}

/// What a person has given, ended ones too, as far as the gate lets it through; the newest first.
pub(super) async fn given(gate: &Gate, giver: &PatientId, now: Timestamp) -> Result<Vec<Given>, GateError> {
    given_among(&consents(gate, giver, now).await?)
}

/// One that was given to the visitor, with the giver's name.
pub(super) struct Received {
    /// It.
    pub given: Given,
    /// Who gave it.
    pub giver_name: String,
}

/// What waits for, or was accepted by, `receiver`. Ended ones are the giver's history only.
pub(super) async fn received(
    platform: &Gate,
    receiver: &PatientId,
    now: Timestamp,
) -> Result<Vec<Received>, GateError> {
    let actor = format!("Patient/{receiver}");
    let page = find(platform, ResourceType::CONSENT, &[("actor", &actor), ("_count", LIST_COUNT)], now).await?;
    let mut names: BTreeMap<PatientId, String> = BTreeMap::new();
    let mut out = Vec::new();
    for found in &page.matches {
        let Some(given) = read_given(found)? else { continue };
        let is_mine = given.receiver.as_ref() == Some(receiver);
        if !is_mine || rules::state(&given, date_in_norway(now)) == Standing::Over {
            continue;
        }
        if !names.contains_key(&given.giver) {
            names.insert(given.giver.clone(), person(platform, &given.giver).await?.name);
        }
        let giver_name = names.get(&given.giver).cloned().unwrap_or_default();
        out.push(Received { given, giver_name });
    }
    Ok(out)
}

/// A person of the population register.
pub(super) async fn person(gate: &Gate, patient: &PatientId) -> Result<Person, GateError> {
    let found = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    Ok(fhir::person(&found.body)?)
}

/// One that `giver` has given, by the giver's own rights.
pub(super) async fn one_given(gate: &Gate, giver: &PatientId, id: &ResourceId) -> Result<Given, GateError> {
    let found = gate.read(ResourceType::CONSENT, id).await?;
    read_given(&found)?.filter(|given| given.giver == *giver).ok_or(GateError::NotFound)
}

/// One that was given to `receiver`; any other does not exist, whatever its address.
pub(super) async fn one_received(
    platform: &Gate,
    receiver: &PatientId,
    id: &ResourceId,
    now: Timestamp,
) -> Result<Received, GateError> {
    let all = received(platform, receiver, now).await?;
    all.into_iter().find(|received| received.given.id == *id).ok_or(GateError::NotFound)
}

/// Why nothing was given.
#[derive(Debug, thiserror::Error)]
pub(super) enum GiveError {
    /// A field is wrong.
    #[error("the form cannot be used")]
    Field(FieldError),
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

impl From<FieldError> for GiveError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

/// Finds who shall receive. Somebody who may not, and a number that is nobody's, give the same answer.
pub(super) async fn receiver(
    platform: &Gate,
    giver: &Person,
    number: &str,
    family: &str,
    now: Timestamp,
) -> Result<Person, GiveError> {
    let digits: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let number: NationalId = digits.parse().map_err(|_| FieldError::Receiver)?;
    let token = format!("{NATIONAL_ID_SYSTEM}|{}", number.as_str());
    let page = find(platform, ResourceType::PATIENT, &[("identifier", &token), ("_count", PERSON_COUNT)], now).await?;
    for found in &page.matches {
        let person = fhir::person(&found.body).map_err(GateError::from)?;
        if rules::may_receive(&person, giver, family, date_in_norway(now)) {
            return Ok(person);
        }
    }
    Err(FieldError::Receiver.into())
}

/// Gives `wish` to `receiver`, who has still to accept. The same form sent twice gives one.
pub(super) async fn give(
    gate: &Gate,
    giver: &PatientId,
    receiver: &Person,
    wish: &Wish,
    form_key: &str,
    now: Timestamp,
) -> Result<ResourceId, GiveError> {
    // To another person it is another proxy, also from a form that one has gone back to.
    let id = consent_id(giver, &format!("{form_key}/{}", receiver.patient));
    let existing = given(gate, giver, now).await?;
    if existing.iter().any(|given| given.id == id) {
        return Ok(id);
    }
    rules::has_room(&existing, wish, &receiver.patient, None, date_in_norway(now))?;
    let body = fhir::new_consent(&id, giver, (&receiver.patient, &receiver.name), wish, Status::Proposed, now);
    let batch = Batch {
        writes: vec![put(&id, &body, Action::Change)?],
        outbox: vec![notices::message(&receiver.patient, Happened::Proposed)?],
        ..Batch::default()
    };
    gate.write(batch).await?;
    Ok(id)
}

/// Ends `old` and gives `wish` to the same person, together. What reaches no further than before stays accepted.
pub(super) async fn change(
    gate: &Gate,
    old: &Given,
    wish: &Wish,
    form_key: &str,
    now: Timestamp,
) -> Result<(ResourceId, Happened), GiveError> {
    let today = date_in_norway(now);
    let receiver = old.receiver.as_ref().ok_or(GateError::NotFound)?;
    if rules::state(old, today) == Standing::Over {
        return Err(GateError::Conflict { current: None }.into());
    }
    let id = consent_id(&old.giver, form_key);
    let existing = given(gate, &old.giver, now).await?;
    rules::has_room(&existing, wish, receiver, Some(old), today)?;
    let status = rules::status_after_change(old, wish, today);
    let happened = if status == Status::Active { Happened::Changed } else { Happened::Proposed };
    let body = fhir::new_consent(&id, &old.giver, (receiver, &old.receiver_name), wish, status, now);
    let stored = gate.read(ResourceType::CONSENT, &old.id).await?;
    let ended = fhir::with_status(&stored.body, Status::Inactive).map_err(GateError::from)?;
    let batch = Batch {
        writes: vec![put_changed(&old.id, &ended, old.version, Action::Change)?, put(&id, &body, Action::Change)?],
        outbox: vec![notices::message(receiver, happened)?],
        ..Batch::default()
    };
    gate.write(batch).await?;
    Ok((id, happened))
}

/// The giver ends it. What is over stays over; the answer is whether it was ended now.
pub(super) async fn end_as_giver(gate: &Gate, given: &Given, now: Timestamp) -> Result<bool, GateError> {
    if !rules::may_end(given, &given.giver, date_in_norway(now)) {
        return Ok(false);
    }
    let stored = gate.read(ResourceType::CONSENT, &given.id).await?;
    let ended = fhir::with_status(&stored.body, Status::Inactive)?;
    let told = given.receiver.as_ref().map(|receiver| notices::message(receiver, Happened::Ended)).transpose()?;
    let writes = vec![put_changed(&given.id, &ended, given.version, Action::Change)?];
    gate.write(Batch { writes, outbox: told.into_iter().collect(), ..Batch::default() }).await?;
    Ok(true)
}

/// What the receiver says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Yes.
    Accept,
    /// No.
    Refuse,
    /// No longer.
    End,
}

/// Writes the receiver's answer into the giver's Consent, as the platform. `given` was found as one of the receiver's own; the version
/// read must still be the newest, so an answer to what the giver has meanwhile ended changes nothing.
pub(super) async fn answer(
    platform: &Gate,
    given: &Given,
    receiver: &Person,
    answer: Answer,
    now: Timestamp,
) -> Result<(), GateError> {
    let today = date_in_norway(now);
    let (is_allowed, status, happened) = match answer {
        Answer::Accept => (rules::may_answer(given, receiver, today), Status::Active, Happened::Accepted),
        Answer::Refuse => {
            let waits = rules::state(given, today) == Standing::Waiting;
            (waits && rules::may_end(given, &receiver.patient, today), Status::Rejected, Happened::Refused)
        }
        Answer::End => (rules::may_end(given, &receiver.patient, today), Status::Inactive, Happened::Ended),
    };
    if !is_allowed {
        return Err(GateError::Conflict { current: None });
    }
    let stored = platform.read(ResourceType::CONSENT, &given.id).await?;
    let body = fhir::with_status(&stored.body, status)?;
    let batch = Batch {
        writes: vec![
            put_changed(&given.id, &body, given.version, Action::Change)?,
            notices::event(&given.giver, happened, now)?,
        ],
        outbox: vec![notices::message(&given.giver, happened)?],
        ..Batch::default()
    };
    platform.write(batch).await?;
    Ok(())
}

/// How far the person has let the platform go, now and before, the newest first.
pub(super) async fn levels(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<ChosenLevel>, GateError> {
    let consents = consents(gate, patient, now).await?;
    let read = |found: &Found| fhir::chosen_level(&found.body, found.version).map_err(GateError::from).transpose();
    consents.iter().filter_map(read).collect()
}

/// Lets the platform go as far as `level`; what was chosen before is ended with it and stays as history.
pub(super) async fn set_level(
    gate: &Gate,
    patient: &PatientId,
    level: ConsentLevel,
    now: Timestamp,
) -> Result<(), GateError> {
    let active: Vec<ChosenLevel> = levels(gate, patient, now).await?.into_iter().filter(|its| its.is_active).collect();
    if matches!(active.as_slice(), [one] if one.level == Some(level)) {
        return Ok(());
    }
    let id = ResourceId::new_v7();
    let mut writes = vec![put(&id, &fhir::new_level(&id, patient, level, now), Action::Change)?];
    for before in active {
        let stored = gate.read(ResourceType::CONSENT, &before.id).await?;
        let ended = fhir::with_status(&stored.body, Status::Inactive)?;
        writes.push(put_changed(&before.id, &ended, before.version, Action::Change)?);
    }
    gate.write(Batch { writes, ..Batch::default() }).await?;
    Ok(())
}

/// Writes what happened in the receiver's list. It comes after the act itself, and without it `/sharing` and the e-mail still tell.
pub(super) async fn tell(platform: &Gate, receiver: &PatientId, happened: Happened, now: Timestamp) {
    let told = async {
        let write = notices::event(receiver, happened, now)?;
        platform.write(Batch { writes: vec![write], ..Batch::default() }).await
    };
    if let Err(error) = told.await {
        tracing::warn!(%error, "the receiver's list of events lacks an event");
    }
}

/// The id follows from the form, so that the same form can never make two.
pub(super) fn consent_id(giver: &PatientId, form_key: &str) -> ResourceId {
    derived_id(&format!("sharing/{giver}/{form_key}"))
}
