//! `AuditEvent/$access-log`: the whole access log by time, each entry as an AuditEvent, for those who run the installation.
//!
//! The members about health personnel are those of HL7 Norway's *no-domain-Trustframework-Auditevent* (0.8, a draft).

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use serde_json::{Value, json};
use varde_fhir::{BundleKind, BundleWriter, IssueCode, ResourceType, SearchMode};
use varde_store::{AuditAction, AuditOutcome, AuditRecord, LogWindow, LoggedPersonnel};

use super::input::Input;
use super::{On, Operation};
use crate::fhir::answer::Answer;
use crate::fhir::auth::Program;
use crate::fhir::outcome::Failed;
use crate::fhir::target::OfType;
use crate::fhir::{FhirState, parameters};

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "access-log",
    definition: "urn:varde:operation:access-log",
    on: On::Type(ResourceType::AUDIT_EVENT),
}];

/// Entries on a page.
const USUAL: u32 = 100;
const MOST: u32 = 1_000;
const HPR_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.4.4";
/// Register of legal entities (*Enhetsregisteret*).
const ORGANISATION_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.4.101";
const REASON_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
/// Where the trust framework's purposes of use come from.
const PURPOSE_SYSTEM: &str = "urn:oid:2.16.840.1.113883.1.11.20448";
const PATIENT_EXTENSION: &str =
    "urn:AuditEventNorwayCommonTrustFramework/StructureDefinition/auditevent-patient-extension";
const CARE_EXTENSION: &str =
    "urn:AuditEventNorwayCommonTrustFramework/StructureDefinition/auditevent-carerelation-metadata-extension";

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/{type}/$access-log", get(access_log))
}

async fn access_log(
    State(state): State<FhirState>,
    Program(actor): Program,
    OfType(resource_type): OfType,
    mut input: Input,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::AUDIT_EVENT {
        return Err(Failed::not_supported("", "this operation is offered on AuditEvent alone"));
    }
    let from = input.instant("_since")?.unwrap_or(Timestamp::UNIX_EPOCH);
    let to = input.instant("_until")?.unwrap_or(Timestamp::MAX);
    let count = input.count("_count", USUAL, MOST)?;
    let wrong = |_| Failed::at(IssueCode::Value, "_after", "the number of a next link");
    let after = input.take("_after")?.map(|text| text.parse::<u64>().map_err(wrong)).transpose()?;
    input.end()?;
    let page = state.gate(&actor, "access-log").log_window(LogWindow { from, to }, after, count).await?;
    let base = state.base_url();
    let link = |after: Option<u64>| {
        let mut pairs = vec![("_since", from.to_string()), ("_until", to.to_string()), ("_count", count.to_string())];
        pairs.extend(after.map(|after| ("_after", after.to_string())));
        let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
        format!("{base}/AuditEvent/$access-log?{}", parameters::encode(pairs))
    };
    let (own, next) = (link(after), page.next.map(|next| link(Some(next))));
    let links: Vec<(&str, &str)> =
        [Some(("self", own.as_str())), next.as_deref().map(|next| ("next", next))].into_iter().flatten().collect();
    let mut bundle = BundleWriter::new(BundleKind::Searchset, None, &links);
    for entry in &page.entries {
        bundle.search_entry(None, audit_event(entry).to_string().as_bytes(), SearchMode::Match);
    }
    Ok(Answer::body(bundle.finish()).respond(&state))
}

/// An entry as an AuditEvent: who, for which organisation, in which role, why, what, and by which rule.
fn audit_event(entry: &AuditRecord) -> Value {
    let (action, interaction) = action(entry.action);
    let is_done = entry.outcome == AuditOutcome::Done;
    let mut agents = vec![agent(entry)];
    if let Some(system) = entry.personnel.as_ref().map(|personnel| &personnel.system) {
        agents.push(json!({ "who": { "display": system }, "requestor": false }));
    }
    if let Some(other) = &entry.acting_for {
        let role = json!([{ "text": "on behalf of" }]);
        agents.push(json!({ "who": { "reference": format!("Patient/{other}") }, "role": role, "requestor": false }));
    }
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": format!("log-{}", entry.seq),
        "type": { "system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110110", "display": "Patient Record" },
        "subtype": [{ "system": "http://hl7.org/fhir/restful-interaction", "code": interaction }],
        "action": action,
        "recorded": entry.at.to_string(),
        "outcome": if is_done { "0" } else { "4" },
        "outcomeDesc": match entry.outcome {
            AuditOutcome::Done => "done",
            AuditOutcome::Refused => "refused",
            AuditOutcome::NotFound => "not found",
        },
        "purposeOfEvent": [{ "coding": [
            { "system": REASON_SYSTEM, "code": entry.purpose },
            { "system": PURPOSE_SYSTEM, "code": entry.purpose },
        ] }],
        "agent": agents,
        "source": { "observer": { "display": "Varde" } },
        "entity": entities(entry),
    });
    if let (Some(members), Some(personnel)) = (event.as_object_mut(), &entry.personnel) {
        members.insert("contained".to_owned(), contained(personnel));
    }
    if let Some(members) = event.as_object_mut() {
        members.insert("extension".to_owned(), extensions(entry));
        members.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    }
    event
}

/// The one who looked.
fn agent(entry: &AuditRecord) -> Value {
    let who = match (&entry.personnel, &entry.actor_patient) {
        (Some(personnel), _) => json!({
            "reference": "#role",
            "type": "PractitionerRole",
            "identifier": { "system": HPR_SYSTEM, "value": personnel.hpr_number },
            "display": entry.actor_name,
        }),
        (None, Some(patient)) => {
            json!({ "reference": format!("Patient/{patient}"), "type": "Patient", "display": entry.actor_name })
        }
        (None, None) => json!({ "display": entry.actor_name }),
    };
    let role = entry.personnel.as_ref().map_or(entry.actor_kind.as_str(), |personnel| &personnel.role);
    json!({
        "who": who,
        "role": [{ "text": role }],
        "requestor": true,
        "policy": [format!("urn:varde:rule:{}", entry.rule)],
    })
}

/// Role, person, legal entity and place of care of health personnel.
fn contained(personnel: &LoggedPersonnel) -> Value {
    let number = |number: &Option<Box<str>>| {
        let number = number.iter().map(|number| json!({ "system": ORGANISATION_SYSTEM, "value": number }));
        number.collect::<Vec<Value>>()
    };
    let with_numbers = |mut body: Value, numbers: Vec<Value>| {
        if let Some(members) = body.as_object_mut().filter(|_| !numbers.is_empty()) {
            members.insert("identifier".to_owned(), json!(numbers));
        }
        body
    };
    let mut role = json!({
        "resourceType": "PractitionerRole", "id": "role",
        "practitioner": { "reference": "#person" },
        "organization": { "reference": "#entity" },
        "code": [{ "text": personnel.role }],
    });
    let person = json!({
        "resourceType": "Practitioner", "id": "person",
        "identifier": [{ "system": HPR_SYSTEM, "value": personnel.hpr_number }],
    });
    let entity = json!({ "resourceType": "Organization", "id": "entity", "name": personnel.organization });
    let entity = with_numbers(entity, number(&personnel.legal_entity));
    let place = number(&personnel.point_of_care);
    if place.is_empty() {
        return json!([person, entity, role]);
    }
    if let Some(members) = role.as_object_mut() {
        members.insert("location".to_owned(), json!([{ "reference": "#place" }]));
    }
    let place = with_numbers(json!({ "resourceType": "Location", "id": "place" }), place);
    json!([person, entity, place, role])
}

fn extensions(entry: &AuditRecord) -> Value {
    let mut all = Vec::new();
    if let Some(patient) = &entry.patient {
        let reference = json!({ "reference": format!("Patient/{patient}") });
        all.push(json!({ "url": PATIENT_EXTENSION, "valueReference": reference }));
    }
    if let Some(personnel) = &entry.personnel {
        let id = personnel.decision_ref.iter().map(|id| json!({ "url": "decision-ref-id", "valueString": id }));
        // An attestation comes with each request, so its time is that of the look-up.
        let time = json!({ "url": "toa", "valueUnsignedInt": entry.at.as_second() });
        all.push(json!({ "url": CARE_EXTENSION, "extension": id.chain([time]).collect::<Vec<_>>() }));
    }
    Value::Array(all)
}

/// Whose data, and what.
fn entities(entry: &AuditRecord) -> Value {
    let mut all = Vec::new();
    if let Some(patient) = &entry.patient {
        let role = json!({ "system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1" });
        all.push(json!({ "what": { "reference": format!("Patient/{patient}") }, "role": role }));
    }
    let mut details = vec![
        json!({ "type": "interaction", "valueString": entry.interaction }),
        json!({ "type": "count", "valueString": entry.count.to_string() }),
    ];
    details.extend(entry.service.iter().map(|service| json!({ "type": "service", "valueString": service })));
    details.extend(entry.query.iter().map(|names| json!({ "type": "search-parameters", "valueString": names })));
    let mut what = json!({ "detail": details });
    if let Some(members) = what.as_object_mut().filter(|_| !entry.resource_type.is_empty()) {
        members.insert("name".to_owned(), json!(entry.resource_type));
        if let Some(id) = &entry.resource_id {
            let reference = format!("{}/{id}", entry.resource_type);
            members.insert("what".to_owned(), json!({ "reference": reference }));
        }
    }
    all.push(what);
    Value::Array(all)
}

/// The code of what was done, and of the interaction it was done by.
const fn action(action: AuditAction) -> (&'static str, &'static str) {
    match action {
        AuditAction::Read => ("R", "read"),
        AuditAction::Search => ("E", "search"),
        AuditAction::History => ("R", "history"),
        AuditAction::Create => ("C", "create"),
        AuditAction::Update => ("U", "update"),
        AuditAction::Delete => ("D", "delete"),
        AuditAction::Export | AuditAction::Import => ("E", "operation"),
        AuditAction::AccessLog => ("R", "operation"),
    }
}
