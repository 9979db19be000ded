//! Load, decide by the rules, save: one function an action.

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId, date_in_norway};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ResourceType, compartment_patient};
use varde_rights::Action;
use varde_store::{Batch, Found, Gate, GateError};

use super::fhir::{self, Addressed};
use super::model::{Draft, Holder, Kind, Message, Request};
use super::notices::{self, Happened, Of};
use super::rules::{self, FieldError};
use crate::shared::json::organization_name;
/// For the person's own words in the record, which no citizen writes.
pub(super) use crate::shared::platform;
use crate::shared::{derived_id, find, put, put_changed};

/// Most requests read for one page.
const LIST_COUNT: &str = "300";

/// Most texts of a thread.
const THREAD_COUNT: &str = "100";

/// Most health services offered for a name, and one more to know that there are more.
pub(super) const OFFERED: usize = 10;

/// Whom a request is about, and who asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Persons<'a> {
    /// Whom it is about.
    pub patient: &'a PatientId,
    /// Who asks.
    pub by: &'a PatientId,
}

/// All requests of a person that the gate lets through, the newest first.
pub(super) async fn all(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Request>, GateError> {
    let codes = Kind::ALL.map(|kind| format!("urn:varde:request|{}", kind.code())).join(",");
    let parameters =
        [("patient", patient.as_str()), ("code", &codes), ("_sort", "-authored-on"), ("_count", LIST_COUNT)];
    let page = find(gate, ResourceType::TASK, &parameters, now).await?;
    let read = |found: &Found| fhir::request(&found.body, found.version).map_err(GateError::from).transpose();
    page.matches.iter().filter_map(read).collect()
}

/// One request about `patient`; any other does not exist, whatever its address.
pub(super) async fn one(gate: &Gate, patient: &PatientId, id: &ResourceId) -> Result<Request, GateError> {
    let found = gate.read(ResourceType::TASK, id).await?;
    let is_about = matches!(fhir::persons(&found.body)?, Some((_, about)) if about == *patient);
    fhir::request(&found.body, found.version)?.filter(|_| is_about).ok_or(GateError::NotFound)
}

/// What has been written about a request, the oldest first.
pub(super) async fn thread(
    gate: &Gate,
    patient: &PatientId,
    id: &ResourceId,
    now: Timestamp,
) -> Result<Vec<Message>, GateError> {
    let task = format!("Task/{id}");
    let parameters = [("patient", patient.as_str()), ("based-on", &task), ("_sort", "sent"), ("_count", THREAD_COUNT)];
    let page = find(gate, ResourceType::COMMUNICATION, &parameters, now).await?;
    page.matches.iter().filter_map(|found| fhir::message(&found.body).map_err(GateError::from).transpose()).collect()
}

/// What a request is about, as the person may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    /// Something that is not there.
    Nothing,
    /// A stored item: its reference, type and time, and who keeps it.
    Item {
        /// `Type/id`.
        reference: String,
        /// Its type.
        resource_type: ResourceType,
        /// When it was, as exact as known.
        time: Option<String>,
        /// Who keeps it.
        holder: Holder,
    },
    /// A look-up in the access log.
    LookUp {
        /// The entry.
        entry: u64,
        /// When it was.
        at: Timestamp,
        /// Who looked, as the log says.
        who: String,
        /// Who answers for it.
        holder: Holder,
    },
}

/// The item `reference` of `patient`.
///
/// # Errors
/// [`GateError::NotFound`] for what is not theirs, or not for them to see.
pub(super) async fn item(gate: &Gate, patient: &PatientId, reference: &str) -> Result<About, GateError> {
    let (name, id) = reference.split_once('/').ok_or(GateError::NotFound)?;
    let resource_type = ResourceType::from_name(name).ok_or(GateError::NotFound)?;
    let id: ResourceId = id.parse().map_err(|_| GateError::NotFound)?;
    let found = gate.read(resource_type, &id).await?;
    let parsed = Parsed::parse_stored(&found.body, &Limits::default()).map_err(|_| GateError::Fault)?;
    if compartment_patient(&parsed).as_ref() != Some(patient) {
        return Err(GateError::NotFound);
    }
    let holder = keeper(gate, &found.body).await?;
    Ok(About::Item {
        reference: format!("{name}/{id}"),
        resource_type,
        time: fhir::time_of(&found.body),
        holder: holder.unwrap_or(Holder::Operator),
    })
}

/// The entry of the log of `patient`, and the organisation of the one who looked, when it is known here.
///
/// # Errors
/// [`GateError::NotFound`] for an entry of somebody else's, or one that is not for this person to know.
pub(super) async fn look_up(gate: &Gate, patient: &PatientId, entry: u64, now: Timestamp) -> Result<About, GateError> {
    let before = entry.checked_add(1).ok_or(GateError::NotFound)?;
    let page = gate.access_log(patient, Some(before), 1).await?;
    let record = page.entries.into_iter().find(|record| record.seq == entry).ok_or(GateError::NotFound)?;
    // Personnel are written as name, role, organisation; a program by the name of who runs it.
    let organization = match record.actor_kind.as_str() {
        "personnel" => record.actor_name.splitn(3, ", ").nth(2),
        "source-system" => Some(record.actor_name.as_str()),
        _ => None,
    };
    let holder = match organization {
        Some(name) => match named(gate, "name:exact", name, now).await?.as_slice() {
            [one] => one.clone(),
            _ => Holder::Operator,
        },
        None => Holder::Operator,
    };
    Ok(About::LookUp { entry, at: record.at, who: record.actor_name, holder })
}

/// Who keeps an item: the organisation it names, or that of the role or place it names.
async fn keeper(gate: &Gate, body: &[u8]) -> Result<Option<Holder>, GateError> {
    if let Some(organization) = fhir::organization_in(body) {
        return organization_of(gate, &organization).await;
    }
    for (resource_type, id) in fhir::of_organizations_in(body) {
        let organization = match gate.read(resource_type, &id).await {
            Ok(found) => fhir::organization_in(&found.body),
            Err(GateError::NotFound | GateError::Gone { .. }) => None,
            Err(error) => return Err(error),
        };
        if let Some(organization) = organization {
            return organization_of(gate, &organization).await;
        }
    }
    Ok(None)
}

async fn organization_of(gate: &Gate, id: &ResourceId) -> Result<Option<Holder>, GateError> {
    match gate.read(ResourceType::ORGANIZATION, id).await {
        Ok(found) => {
            let name = organization_name(&found.body).unwrap_or_default();
            Ok(Some(Holder::Organization(id.clone(), name)))
        }
        Err(GateError::NotFound | GateError::Gone { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn named(gate: &Gate, parameter: &str, name: &str, now: Timestamp) -> Result<Vec<Holder>, GateError> {
    let count = (OFFERED + 1).to_string();
    // In a search a comma, a dollar and a bar part values.
    let escaped: String = name
        .chars()
        .flat_map(|c| matches!(c, ',' | '$' | '|' | '\\').then_some('\\').into_iter().chain(std::iter::once(c)))
        .collect();
    let page = find(gate, ResourceType::ORGANIZATION, &[(parameter, &escaped), ("_count", &count)], now).await?;
    let holder = |found: &Found| Some(Holder::Organization(found.id.clone(), organization_name(&found.body)?));
    Ok(page.matches.iter().filter_map(holder).collect())
}

/// The health service that was named or chosen; or the ones to choose from.
pub(super) enum Match {
    /// Just this.
    One(Holder),
    /// Several have the name; more than are offered when the flag is set.
    Several(Vec<Holder>, bool),
    /// None has.
    Unknown,
}

/// Finds the health service by what was typed, or takes the one that was chosen of several.
pub(super) async fn holder(gate: &Gate, typed: &str, chosen: &str, now: Timestamp) -> Result<Match, GateError> {
    if let Ok(id) = chosen.parse::<ResourceId>()
        && let Some(holder) = organization_of(gate, &id).await?
    {
        return Ok(Match::One(holder));
    }
    let mut matches = named(gate, "name:contains", typed.trim(), now).await?;
    let is_more = matches.len() > OFFERED;
    matches.truncate(OFFERED);
    Ok(match (matches.len(), is_more) {
        (0, _) => Match::Unknown,
        (1, false) => Match::One(matches.remove(0)),
        _ => Match::Several(matches, is_more),
    })
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    /// A field is wrong.
    #[error("the form cannot be used")]
    Field(FieldError),
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

/// Sends `draft` to `holder`: the Task, its words, the event and the message together. The same form sent twice sends once.
pub(super) async fn send(
    gate: &Gate,
    persons: Persons<'_>,
    holder: &Holder,
    draft: &Draft,
    form_key: &str,
    now: Timestamp,
    answer_days: u16,
) -> Result<ResourceId, SendError> {
    let id = derived_id(&format!("{}/{}/request/{form_key}", persons.by, persons.patient));
    let existing = all(gate, persons.patient, now).await?;
    if existing.iter().any(|request| request.id == id) {
        return Ok(id);
    }
    rules::has_room(&existing).map_err(SendError::Field)?;
    let deadline = rules::deadline(date_in_norway(now), answer_days);
    let to = Addressed { patient: persons.patient, by: persons.by, holder, deadline };
    let task = fhir::new_task(&id, to, draft, now);
    let words = [draft.wrong.as_str(), draft.right.as_str()].into_iter().filter(|text| !text.is_empty());
    let words = words.collect::<Vec<_>>().join("\n\n");
    let of = Of { task: &id, patient: persons.patient, by: persons.by };
    let (event, message) = notices::told(of, Happened::Sent, Some(&words), now)?;
    let writes = vec![put(&id, &task, Action::Send)?, event];
    gate.write(Batch { writes, outbox: vec![message], ..Batch::default() }).await?;
    Ok(id)
}

/// Takes a request back.
pub(super) async fn withdraw(
    gate: &Gate,
    persons: Persons<'_>,
    request: &Request,
    now: Timestamp,
) -> Result<(), GateError> {
    if !rules::may_withdraw(request) {
        return Err(GateError::Conflict { current: None });
    }
    let stored = gate.read(ResourceType::TASK, &request.id).await?;
    let body = fhir::withdrawn(&stored.body, now)?;
    let of = Of { task: &request.id, patient: persons.patient, by: persons.by };
    let (event, message) = notices::told(of, Happened::Withdrawn, None, now)?;
    let writes = vec![put_changed(&request.id, &body, request.version, Action::Cancel)?, event];
    gate.write(Batch { writes, outbox: vec![message], ..Batch::default() }).await?;
    Ok(())
}

/// Puts the person's own words beside what was not corrected: in the record for those who read it, and in the thread. Once for a request;
/// the second time nothing changes. `platform` writes it, after the rules have let the person.
pub(super) async fn state(
    platform: &Gate,
    persons: Persons<'_>,
    request: &Request,
    text: &str,
    now: Timestamp,
) -> Result<(), GateError> {
    if !rules::may_state(request) {
        return Err(GateError::Conflict { current: None });
    }
    let id = statement_id(&request.id);
    let document = fhir::statement(&id, persons.patient, persons.by, request.item.as_deref(), text, now);
    let of = Of { task: &request.id, patient: persons.patient, by: persons.by };
    let (event, message) = notices::told(of, Happened::Stated, Some(text), now)?;
    let writes = vec![put(&id, &document, Action::Write)?, event];
    platform.write(Batch { writes, outbox: vec![message], ..Batch::default() }).await?;
    Ok(())
}

fn statement_id(request: &ResourceId) -> ResourceId {
    derived_id(&format!("{request}/own-statement"))
}
