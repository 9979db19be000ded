//! Load through the gate, decide by the rules, save: one function an action.

use jiff::Timestamp;
use serde_json::Value;
use varde_base::{Language, PatientId, ResourceId, date_in_norway};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ResourceType, compartment_patient};
use varde_rights::Action;
use varde_store::{Batch, Found, Gate, GateError};

use super::fhir::{Ask, text_at};
use super::model::{Item, Kind, Office, Part, Section, State, Suggestion, Summary, Wish};
use super::rules::FieldError;
use super::{document, fhir, load, notices, office, rules};
use crate::shared::{derived_id, find, put, put_changed};

/// Most suggestions read for one page.
const SUGGESTION_COUNT: &str = "100";

/// Types that hold critical information.
pub(super) const ITEM_TYPES: [ResourceType; 5] = [
    ResourceType::ALLERGY_INTOLERANCE,
    ResourceType::FLAG,
    ResourceType::CONDITION,
    ResourceType::PROCEDURE,
    ResourceType::DEVICE,
];

/// Critical information of a person, what holds now before what is over and the newest first, and whether there is more than was read. What holds now
/// is asked for by itself, so that none of it is left out for something that is over.
pub(super) async fn items(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<(Vec<Item>, bool), GateError> {
    let codes = Kind::ALL.into_iter().filter_map(Kind::code).collect::<Vec<_>>().join(",");
    let (mut items, mut is_cut) = (Vec::new(), false);
    for resource_type in ITEM_TYPES {
        // A Flag cannot be searched by its category in R4; a Device has none.
        let is_narrowed = matches!(resource_type, ResourceType::CONDITION | ResourceType::PROCEDURE);
        let category = is_narrowed.then_some(("category", codes.as_str()));
        for standing in load::standings(resource_type) {
            let narrowed: Vec<(&str, &str)> = category.into_iter().chain(*standing).collect();
            let (found, has_more) = load::of_type(gate, patient, resource_type, &narrowed, now).await?;
            is_cut |= has_more;
            for found in &found {
                items.extend(fhir::item(found)?);
            }
        }
    }
    Ok((items, is_cut))
}

/// One item of `patient`; any other does not exist, whatever its address.
pub(super) async fn item(
    gate: &Gate,
    patient: &PatientId,
    resource_type: ResourceType,
    id: &ResourceId,
) -> Result<Item, GateError> {
    if !ITEM_TYPES.contains(&resource_type) {
        return Err(GateError::NotFound);
    }
    let found = gate.read(resource_type, id).await?;
    let parsed = Parsed::parse_stored(&found.body, &Limits::default()).map_err(|_| GateError::Fault)?;
    if compartment_patient(&parsed).as_ref() != Some(patient) {
        return Err(GateError::NotFound);
    }
    fhir::item(&found)?.ok_or(GateError::NotFound)
}

/// All suggestions about a person that the gate lets through, the newest first.
pub(super) async fn suggestions(
    gate: &Gate,
    patient: &PatientId,
    now: Timestamp,
) -> Result<Vec<Suggestion>, GateError> {
    let parameters = [
        ("patient", patient.as_str()),
        ("code", "urn:varde:service|summary-record"),
        ("_sort", "-authored-on"),
        ("_count", SUGGESTION_COUNT),
    ];
    let page = find(gate, ResourceType::TASK, &parameters, now).await?;
    let read = |found: &Found| fhir::suggestion(&found.body, found.version).map_err(GateError::from).transpose();
    page.matches.iter().filter_map(read).collect()
}

/// One suggestion about `patient`.
pub(super) async fn suggestion(gate: &Gate, patient: &PatientId, id: &ResourceId) -> Result<Suggestion, GateError> {
    let found = gate.read(ResourceType::TASK, id).await?;
    let is_about = fhir::concerned(&found.body).is_some_and(|(_, about)| about == *patient);
    fhir::suggestion(&found.body, found.version)?.filter(|_| is_about).ok_or(GateError::NotFound)
}

/// Whom a suggestion is about, and who makes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Persons<'a> {
    /// Whose summary.
    pub patient: &'a PatientId,
    /// Who presses the button and is told.
    pub by: &'a PatientId,
}

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draft<'a> {
    /// What is wanted.
    pub wish: Wish,
    /// About which item, `Type/id`.
    pub item: Option<&'a str>,
    /// In the person's words.
    pub words: &'a str,
    /// Days for an answer.
    pub days: u16,
    /// The form's own key: the same form sent twice sends once.
    pub form_key: &'a str,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum SuggestError {
    /// A field is wrong.
    #[error("the form cannot be used")]
    Field(FieldError),
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

/// Who would answer; `None` when the GP's office is not known.
pub(super) async fn office(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Option<Office>, GateError> {
    office::of_person(gate, patient, now).await
}

/// Sends a suggestion to the GP's office: the Task, the event and the message together.
pub(super) async fn suggest(
    gate: &Gate,
    persons: Persons<'_>,
    draft: Draft<'_>,
    now: Timestamp,
) -> Result<ResourceId, SuggestError> {
    let id = task_id(persons, draft);
    let existing = suggestions(gate, persons.patient, now).await?;
    if existing.iter().any(|one| one.id == id) {
        return Ok(id);
    }
    if !rules::has_room(&existing) {
        return Err(SuggestError::Field(FieldError::TooMany));
    }
    let office = office(gate, persons.patient, now).await?.ok_or(SuggestError::Field(FieldError::NoOffice))?;
    let due = date_in_norway(now).checked_add(jiff::Span::new().days(i64::from(draft.days))).ok();
    let ask = Ask {
        patient: persons.patient,
        by: persons.by,
        office: &office,
        wish: draft.wish,
        item: draft.item,
        words: draft.words,
        due,
    };
    let (event, message) = notices::told(&id, (persons.by, persons.patient), State::Sent, now)?;
    let writes = vec![put(&id, &fhir::new_task(&id, &ask, now), Action::Change)?, event];
    match gate.write(Batch { writes, outbox: vec![message], ..Batch::default() }).await {
        // The same form in two windows at once: the other was quicker.
        Ok(_) | Err(GateError::Conflict { .. }) => Ok(id),
        Err(error) => Err(error.into()),
    }
}

/// The id follows from the form and what stands in it, so that it is sent once, and something else written in the same form is sent too.
fn task_id(persons: Persons<'_>, draft: Draft<'_>) -> ResourceId {
    let Draft { wish, item, words, form_key, .. } = draft;
    derived_id(&format!("summary/suggest/{}/{}/{form_key}/{wish:?}/{item:?}/{words}", persons.by, persons.patient))
}

/// Takes a suggestion back. The answer is whether it was taken back; when somebody has answered meanwhile, that stands.
pub(super) async fn withdraw(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    now: Timestamp,
) -> Result<bool, GateError> {
    let suggestion = suggestion(gate, persons.patient, id).await?;
    if !rules::is_open(suggestion.state) {
        return Ok(suggestion.state == State::Withdrawn);
    }
    let stored = gate.read(ResourceType::TASK, id).await?;
    let body = fhir::withdrawn(&stored.body, now)?;
    let (event, message) = notices::told(id, (persons.by, persons.patient), State::Withdrawn, now)?;
    let writes = vec![put_changed(id, &body, suggestion.version, Action::Change)?, event];
    match gate.write(Batch { writes, outbox: vec![message], ..Batch::default() }).await {
        Ok(_) => Ok(true),
        Err(GateError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The summary of a person: what the gate lets the one who asks see, and nothing else.
///
/// # Errors
/// [`GateError::NotFound`] for a person who may not be seen.
pub(super) async fn summary(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Summary, GateError> {
    let person = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    let mut sections = Vec::with_capacity(Part::ALL.len());
    for part in Part::ALL {
        let (mut entries, mut is_cut) = (Vec::new(), false);
        for resource_type in types_of(part) {
            let (mut found, has_more) = match part {
                Part::Results => load::newest_results(gate, patient, *resource_type, now).await?,
                _ => {
                    let current: Vec<(&str, &str)> = load::current(*resource_type).into_iter().collect();
                    load::of_type(gate, patient, *resource_type, &current, now).await?
                }
            };
            is_cut |= has_more;
            found.retain(|found| fhir::json(found).is_ok_and(|json| rules::belongs(part, *resource_type, &json)));
            let mut found = match *resource_type {
                ResourceType::MEDICATION_REQUEST => rules::prescriptions_alone(&entries, found),
                ResourceType::OBSERVATION | ResourceType::DIAGNOSTIC_REPORT => rules::one_of_each(found),
                _ => found,
            };
            rules::gravest_first(&mut found);
            is_cut |= rules::cut(&mut found, rules::most(*resource_type));
            entries.extend(found);
        }
        is_cut |= rules::cut(&mut entries, rules::MAX_ENTRIES);
        let others = medications(gate, &entries).await?;
        sections.push(Section { part, entries, others, is_cut });
    }
    Ok(Summary { patient: person, sections })
}

const fn types_of(part: Part) -> &'static [ResourceType] {
    match part {
        Part::Alerts => &[ResourceType::FLAG],
        Part::Allergies => &[ResourceType::ALLERGY_INTOLERANCE],
        Part::Medications => &[ResourceType::MEDICATION_STATEMENT, ResourceType::MEDICATION_REQUEST],
        Part::Problems => &[ResourceType::CONDITION],
        Part::Immunizations => &[ResourceType::IMMUNIZATION],
        Part::Procedures => &[ResourceType::PROCEDURE],
        Part::Devices => &[ResourceType::DEVICE],
        Part::Results => &[ResourceType::OBSERVATION, ResourceType::DIAGNOSTIC_REPORT],
    }
}

/// The medicines that entries refer to instead of naming them.
async fn medications(gate: &Gate, entries: &[Found]) -> Result<Vec<Found>, GateError> {
    let mut out: Vec<Found> = Vec::new();
    for entry in entries {
        let json: Value = fhir::json(entry)?;
        let reference = text_at(&json, &["medicationReference", "reference"]);
        let id: Option<ResourceId> = reference.and_then(|its| its.strip_prefix("Medication/")?.parse().ok());
        let Some(id) = id.filter(|id| !out.iter().any(|known| known.id == *id)) else { continue };
        match gate.read(ResourceType::MEDICATION, &id).await {
            Ok(found) => out.push(found),
            Err(GateError::NotFound | GateError::Gone { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(out)
}

/// The International Patient Summary of a person as a FHIR document: a Bundle with a Composition and what it refers to, as the one who asks
/// may see it (IPS 2.0). `base_url` is where the API is reached, without a slash at its end.
///
/// # Errors
/// [`GateError::NotFound`] for a person who may not be seen.
pub async fn patient_summary(
    gate: &Gate,
    patient: &PatientId,
    base_url: &str,
    now: Timestamp,
) -> Result<Vec<u8>, GateError> {
    let summary = summary(gate, patient, now).await?;
    document::bundle(&summary, base_url, Language::En, now)
}
