//! What is ordered: the parameters of `$export`, read and checked.

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use varde_base::{PatientId, ResourceId, SystemActor};
use varde_fhir::json::{self, Limits};
use varde_fhir::search::{self, Query, SearchOptions};
use varde_fhir::{IssueCode, LocalReference, ResourceType, Subset, patient_types};

use super::super::input::{Input, patient};
use super::NDJSON;
use crate::fhir::headers::{is_async, is_lenient};
use crate::fhir::outcome::Failed;
use crate::fhir::{FhirState, parameters};

/// Resources looked at together.
pub(super) const PAGE: u32 = 500;
/// Most patients of one order.
const MAX_PATIENTS: usize = 1_000_000;
/// Most filters of one order.
const MAX_FILTERS: usize = 64;
const MAX_ELEMENTS: usize = 64;
/// A write that was under way when the order came may still get a time before it.
const UNDER_WAY: SignedDuration = SignedDuration::from_secs(2);

/// Whose data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Level {
    /// All there is.
    System,
    /// All patients' data.
    Patients,
    /// The data of a Group's patients.
    Group(String),
}

/// An order as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) level: Level,
    /// What is in the files was so at this time or later.
    pub(super) transaction_time: Timestamp,
    pub(super) since: Option<Timestamp>,
    /// Names of the types, in the order they are walked.
    pub(super) types: Vec<String>,
    /// `Type?search`, of a type that is walked.
    pub(super) filters: Vec<String>,
    /// `element` or `Type.element`.
    pub(super) elements: Vec<String>,
    /// Only the patients listed beside the record.
    pub(super) listed: bool,
}

impl Order {
    /// Whether what belongs to no patient is left out.
    pub(super) fn patients_only(&self) -> bool {
        self.level != Level::System
    }

    /// The filters of a type as searches; one that takes all when there is none.
    pub(super) fn queries(&self, kind: ResourceType) -> Vec<Query> {
        let of = |filter: &&String| filter.split('?').next() == Some(kind.name());
        let filters = self.filters.iter().filter(of).filter_map(|text| filter(text, self.transaction_time).ok());
        let found: Vec<Query> = filters.map(|(_, query)| query).collect();
        if found.is_empty() { vec![Query { count: PAGE, ..Query::of(kind) }] } else { found }
    }

    /// The part of a type's resources that is wanted; `None` for the whole.
    pub(super) fn subset(&self, kind: ResourceType) -> Option<Subset> {
        let of_type = |text: &String| {
            let name = match text.split_once('.') {
                Some((of, name)) if of == kind.name() => name,
                Some(_) => return None,
                None => text.as_str(),
            };
            Some(name.to_owned())
        };
        let names: Vec<String> = self.elements.iter().filter_map(of_type).collect();
        (!names.is_empty()).then_some(Subset::Elements(names))
    }
}

/// The address of an order as the manifest repeats it.
pub(super) fn address(state: &FhirState, level: &Level, input: &Input) -> String {
    let path = match level {
        Level::System => "$export".to_owned(),
        Level::Patients => "Patient/$export".to_owned(),
        Level::Group(id) => format!("Group/{id}/$export"),
    };
    let pairs =
        input.0.iter().filter(|(name, _)| name != "patient").map(|(name, value)| (name.as_str(), value.as_str()));
    let query = parameters::encode(pairs);
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}/{path}{mark}{query}", state.base_url())
}

/// Reads an order, and whose data it is about when that is a list.
pub(super) async fn read(
    state: &FhirState,
    actor: &SystemActor,
    headers: &HeaderMap,
    level: Level,
    mut input: Input,
) -> Result<(Order, Option<Vec<PatientId>>), Failed> {
    let lenient = is_lenient(headers);
    if !is_async(headers) {
        return Err(Failed::at(IssueCode::Required, "Prefer", "an export is asked for with Prefer: respond-async"));
    }
    if let Some(format) = input.take("_outputFormat")?
        && !["ndjson", "application/ndjson", NDJSON].contains(&format.as_str())
        // In a URL that is not encoded, the plus becomes a space.
        && format != NDJSON.replace('+', " ")
    {
        return Err(Failed::at(IssueCode::NotSupported, "_outputFormat", "only application/fhir+ndjson is offered"));
    }
    let transaction_time = state.now().saturating_sub(UNDER_WAY).unwrap_or(Timestamp::MIN);
    let since = input.instant("_since")?;
    let patients_only = level != Level::System;
    let filters = filters(&mut input, transaction_time)?;
    let types = types(&mut input, patients_only, lenient)?;
    if filters.iter().any(|(kind, _)| !types.contains(kind)) {
        return Err(Failed::at(IssueCode::Invalid, "_typeFilter", "a filter is of a type that is not exported"));
    }
    let elements = elements(&mut input)?;
    let named = input.take_all("patient");
    let members = match &level {
        Level::Group(id) => Some(members(state, actor, id).await?),
        _ => None,
    };
    let patients = listed(&level, members, &named)?;
    if !lenient {
        input.end()?;
    }
    let order = Order {
        level,
        transaction_time,
        since,
        types: types.into_iter().map(|kind| kind.name().to_owned()).collect(),
        filters: filters.into_iter().map(|(_, text)| text).collect(),
        elements,
        listed: patients.is_some(),
    };
    Ok((order, patients))
}

fn types(input: &mut Input, patients_only: bool, lenient: bool) -> Result<Vec<ResourceType>, Failed> {
    let all: Vec<ResourceType> = if patients_only { patient_types().collect() } else { ResourceType::all().collect() };
    let asked = input.types()?;
    if asked.is_empty() {
        return Ok(all);
    }
    if !lenient && asked.iter().any(|kind| !all.contains(kind)) {
        return Err(Failed::at(IssueCode::Value, "_type", "resources of that type belong to no patient"));
    }
    Ok(all.into_iter().filter(|kind| asked.contains(kind)).collect())
}

/// `_typeFilter`: searches, repeated or between commas.
fn filters(input: &mut Input, now: Timestamp) -> Result<Vec<(ResourceType, String)>, Failed> {
    let mut texts: Vec<String> = Vec::new();
    for text in input.take_all("_typeFilter") {
        for (index, piece) in text.split(',').enumerate() {
            let begins = piece.split_once('?').is_some_and(|(name, _)| ResourceType::from_name(name).is_some());
            match texts.last_mut().filter(|_| index > 0 && !begins) {
                // A comma within a search.
                Some(last) => last.extend([",", piece]),
                None => texts.push(piece.to_owned()),
            }
        }
    }
    let mut out = Vec::new();
    for text in texts {
        let (kind, _) = filter(&text, now)?;
        out.push((kind, text));
    }
    if out.len() > MAX_FILTERS {
        return Err(Failed::at(IssueCode::TooCostly, "_typeFilter", format!("at most {MAX_FILTERS} filters")));
    }
    Ok(out)
}

fn filter(text: &str, now: Timestamp) -> Result<(ResourceType, Query), Failed> {
    let wrong = |text: &str| Failed::at(IssueCode::Value, "_typeFilter", text);
    let (name, rest) = text.split_once('?').ok_or_else(|| wrong("the form is Type?search"))?;
    let kind = ResourceType::from_name(name).ok_or_else(|| wrong("not a resource type of FHIR R4"))?;
    let options = SearchOptions { max_count: PAGE, default_count: PAGE, lenient: false, now };
    let query = search::parse(kind, &parameters::decode(rest)?, &options).map_err(Failed::invalid)?;
    let brings_more = !query.includes.is_empty() || !query.revincludes.is_empty();
    if brings_more || query.cursor.is_some() || query.subset.is_some() || !query.sort.is_empty() {
        return Err(wrong("a filter is made of search parameters alone"));
    }
    Ok((kind, Query { count: PAGE, ..query }))
}

fn elements(input: &mut Input) -> Result<Vec<String>, Failed> {
    let texts = input.take_all("_elements");
    let names = texts.iter().flat_map(|text| text.split(',')).map(|name| name.trim().to_owned());
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    let known = |text: &String| match text.split_once('.') {
        Some((kind, name)) => ResourceType::from_name(kind).is_some_and(|kind| Subset::is_element(kind, name)),
        None => ResourceType::all().any(|kind| Subset::is_element(kind, text)),
    };
    if names.len() > MAX_ELEMENTS || !names.iter().all(known) {
        return Err(Failed::at(
            IssueCode::Value,
            "_elements",
            "elements of the first level, such as id or Patient.name",
        ));
    }
    Ok(names)
}

/// The patients of a Group who are still in it (R4 group).
async fn members(state: &FhirState, actor: &SystemActor, id: &str) -> Result<Vec<PatientId>, Failed> {
    let id: ResourceId = id.parse().map_err(|_| Failed::not_found())?;
    let found = state.gate(actor, "export").read(ResourceType::GROUP, &id).await?;
    // What is stored was within the limits once.
    let limits = Limits { bytes: usize::MAX, nodes: usize::MAX, ..Limits::default() };
    let group = json::parse(&found.body, &limits).map_err(|_| varde_store::GateError::Fault)?;
    let active =
        group.list("member").iter().filter(|member| member.get("inactive").and_then(|n| n.bool()) != Some(true));
    let references = active.filter_map(|member| LocalReference::parse(member.str_at("entity.reference")?));
    let patients = references.filter(|reference| reference.resource_type == ResourceType::PATIENT);
    Ok(patients.map(|reference| PatientId::new(reference.id)).collect())
}

/// The patients an order is about, each once; `None` for all.
fn listed(level: &Level, members: Option<Vec<PatientId>>, named: &[String]) -> Result<Option<Vec<PatientId>>, Failed> {
    let named: Vec<PatientId> =
        named.iter().map(|text| patient("patient", text).map(PatientId::new)).collect::<Result<_, _>>()?;
    if *level == Level::System && !named.is_empty() {
        return Err(Failed::at(
            IssueCode::NotSupported,
            "patient",
            "name patients in an export of patients or a group",
        ));
    }
    let mut patients = match (members, named.is_empty()) {
        (members, true) => members,
        (None, false) => Some(named),
        (Some(members), false) => {
            let members: std::collections::HashSet<PatientId> = members.into_iter().collect();
            if !named.iter().all(|patient| members.contains(patient)) {
                return Err(Failed::at(IssueCode::Value, "patient", "not a member of the group"));
            }
            Some(named)
        }
    };
    if let Some(patients) = &mut patients {
        patients.sort();
        patients.dedup();
        if patients.len() > MAX_PATIENTS {
            return Err(Failed::at(IssueCode::TooCostly, "", format!("at most {MAX_PATIENTS} patients")));
        }
    }
    Ok(patients)
}
