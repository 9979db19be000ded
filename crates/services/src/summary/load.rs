//! Reading what a summary is made of: in order, and what holds now by itself, so that what is cut is never what matters most.

use jiff::Timestamp;
use varde_base::PatientId;
use varde_fhir::ResourceType;
use varde_fhir::search;
use varde_store::{Found, Gate, GateError};

use super::rules;
use crate::shared::find;

/// Resources read at a time.
const COUNT: &str = "300";

/// Most times one question is gone on with.
const MAX_ROUNDS: usize = 4;

/// A search parameter with its value.
type Parameter = (&'static str, &'static str);

/// What holds now, by search; none for a type that R4 cannot ask so of, whose resources are looked at one by one.
pub(super) const fn current(resource_type: ResourceType) -> Option<Parameter> {
    match standings(resource_type) {
        [current, ..] => *current,
        [] => None,
    }
}

/// The questions by which all of a type is found: what holds now, then what is over. What has no status is taken to hold ([`super::fhir::is_current`]).
pub(super) const fn standings(resource_type: ResourceType) -> &'static [Option<Parameter>] {
    match resource_type {
        ResourceType::ALLERGY_INTOLERANCE => {
            &[Some(("clinical-status:not", "inactive,resolved")), Some(("clinical-status", "inactive,resolved"))]
        }
        ResourceType::CONDITION => &[
            Some(("clinical-status:not", "inactive,remission,resolved")),
            Some(("clinical-status", "inactive,remission,resolved")),
        ],
        ResourceType::PROCEDURE => &[Some(("status:not", "not-done,stopped")), Some(("status", "stopped"))],
        ResourceType::DEVICE => &[Some(("status:not", "inactive")), Some(("status", "inactive"))],
        ResourceType::MEDICATION_STATEMENT => &[Some(("status", "active,intended,on-hold"))],
        ResourceType::MEDICATION_REQUEST => &[Some(("status", "active"))],
        ResourceType::IMMUNIZATION => &[Some(("status", "completed"))],
        _ => &[None],
    }
}

/// The search parameter by which the newest of a type come first.
const fn newest_first(resource_type: ResourceType) -> &'static str {
    match resource_type {
        ResourceType::CONDITION => "-recorded-date",
        ResourceType::MEDICATION_STATEMENT => "-effective",
        ResourceType::MEDICATION_REQUEST => "-authoredon",
        // A Device has no day of its own.
        ResourceType::DEVICE => "-_lastUpdated",
        _ => "-date",
    }
}

/// Resources of a type that the gate lets through, the newest first, and whether there are more.
///
/// # Errors
/// Those of the gate.
pub(super) async fn of_type(
    gate: &Gate,
    patient: &PatientId,
    resource_type: ResourceType,
    narrowed: &[(&str, &str)],
    now: Timestamp,
) -> Result<(Vec<Found>, bool), GateError> {
    let mut out = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MAX_ROUNDS {
        let mut parameters =
            vec![("patient", patient.as_str()), ("_sort", newest_first(resource_type)), ("_count", COUNT)];
        parameters.extend(narrowed);
        parameters.extend(cursor.as_deref().map(|cursor| (search::CURSOR_PARAM, cursor)));
        let page = find(gate, resource_type, &parameters, now).await?;
        out.extend(page.matches);
        cursor = page.next.map(|cursor| cursor.0);
        if cursor.is_none() {
            return Ok((out, false));
        }
    }
    Ok((out, true))
}

/// The newest results, the newest first, and whether there are older ones: of laboratories, or what whole reports conclude with. Who has thousands has most
/// kinds among the newest hundreds.
///
/// # Errors
/// Those of the gate.
pub(super) async fn newest_results(
    gate: &Gate,
    patient: &PatientId,
    resource_type: ResourceType,
    now: Timestamp,
) -> Result<(Vec<Found>, bool), GateError> {
    let category = format!("{}|{}", rules::LABORATORY.0, rules::LABORATORY.1);
    let mut parameters = vec![
        ("patient", patient.as_str()),
        ("status", "final,amended,corrected"),
        ("_sort", newest_first(resource_type)),
        ("_count", COUNT),
    ];
    let is_observation = resource_type == ResourceType::OBSERVATION;
    parameters.extend(is_observation.then_some(("category", category.as_str())));
    let page = find(gate, resource_type, &parameters, now).await?;
    Ok((page.matches, page.next.is_some()))
}
