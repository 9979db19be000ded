//! FHIR R4 ServiceRequest, Task, Appointment and Organization to what the slice works with; the dates are those of the Helsenorge profile
//! (`hn-basis-serviceRequest`). Reads with patience: a member that is missing leaves a gap, never a failure.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use varde_base::{ResourceId, date_in_norway};

use super::model::{Assessment, Decision, Office, Referral, Status, Visit, VisitState};
use crate::shared::Unreadable;
use crate::shared::json::{ConceptJson, ContactJson, PeriodJson, ReferenceJson};

/// Where the extensions of the profile are.
const PROFILE: &str = "http://helsenorge.no/fhir/StructureDefinition/";

/// What the receiver has decided.
const DECISION_SYSTEM: &str = "urn:varde:referral-decision";

/// Categories of what is no referral: samples that a laboratory is asked for (SNOMED CT, and our own word).
const NO_REFERRALS: [&str; 3] = ["108252007", "laboratory", "lab"];

fn decision(concept: &ConceptJson) -> Option<Decision> {
    let ours = concept.coding.iter().filter(|coding| coding.is_of(DECISION_SYSTEM));
    let mut codes = ours.filter_map(|coding| coding.code.as_deref());
    codes.find_map(|code| Decision::ALL.into_iter().find(|decision| decision.code() == code))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExtensionJson {
    url: String,
    value_date_time: Option<String>,
    value_codeable_concept: Option<ConceptJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReferralJson {
    id: String,
    status: Option<String>,
    #[serde(default)]
    extension: Vec<ExtensionJson>,
    #[serde(default)]
    category: Vec<ConceptJson>,
    code: Option<ConceptJson>,
    authored_on: Option<String>,
    requester: Option<ReferenceJson>,
    #[serde(default)]
    performer: Vec<ReferenceJson>,
    performer_type: Option<ConceptJson>,
    #[serde(default)]
    reason_code: Vec<ConceptJson>,
}

impl ReferralJson {
    fn extension(&self, name: &str) -> Option<&ExtensionJson> {
        self.extension.iter().find(|extension| extension.url.strip_prefix(PROFILE) == Some(name))
    }

    fn date(&self, name: &str) -> Option<Date> {
        day(self.extension(name)?.value_date_time.as_deref()?)
    }
}

/// The day in Norway of a FHIR dateTime; a month or a year says too little to count from.
fn day(text: &str) -> Option<Date> {
    if text.contains('T') { text.parse::<Timestamp>().ok().map(date_in_norway) } else { text.parse().ok() }
}

/// Reads a ServiceRequest; `None` for one that is no referral, not sent, or never should have been there.
pub(super) fn referral(body: &[u8]) -> Result<Option<Referral>, Unreadable> {
    let unreadable = Unreadable("ServiceRequest");
    let json: ReferralJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let mut codes =
        json.category.iter().flat_map(|category| &category.coding).filter_map(|coding| coding.code.as_deref());
    if codes.any(|code| NO_REFERRALS.contains(&code)) {
        return Ok(None);
    }
    let status = match json.status.as_deref() {
        Some("draft" | "entered-in-error") => return Ok(None),
        Some("on-hold") => Status::OnHold,
        Some("revoked") => Status::Revoked,
        Some("completed") => Status::Completed,
        _ => Status::Active,
    };
    let concept = |name: &str| json.extension(name).and_then(|extension| extension.value_codeable_concept.as_ref());
    let performer = || json.performer.iter().find_map(|performer| performer.display.clone());
    Ok(Some(Referral {
        id: json.id.parse().map_err(|_| unreadable)?,
        title: json.code.as_ref().and_then(ConceptJson::words),
        reason: json.reason_code.iter().find_map(ConceptJson::words),
        from: json.requester.as_ref().and_then(|requester| requester.display.clone()),
        to: performer().or_else(|| json.performer_type.as_ref().and_then(ConceptJson::words)),
        organization: json.performer.iter().find_map(|performer| performer.id_of("Organization")),
        status,
        decision: concept("businessstatus").and_then(decision),
        why: concept("servicerequest-statusReason").and_then(ConceptJson::words),
        sent: json.authored_on.clone(),
        first_received: json.date("no-ansiennitets-dato"),
        received: json.date("no-mottatt-dato"),
        assess_by: json.date("no-frist-for-vurdering"),
        assessed: json.date("no-vurdert-dato"),
        care_by: json.date("no-frist-for-helsehjelp"),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaskJson {
    status: Option<String>,
    #[serde(default)]
    based_on: Vec<ReferenceJson>,
    business_status: Option<ConceptJson>,
    status_reason: Option<ConceptJson>,
    execution_period: Option<PeriodJson>,
    last_modified: Option<String>,
}

/// Reads the Task of an assessment; `None` for one that belongs to no referral, or was given up.
pub(super) fn assessment(body: &[u8]) -> Result<Option<Assessment>, Unreadable> {
    let json: TaskJson = serde_json::from_slice(body).map_err(|_| Unreadable("Task"))?;
    let status = json.status.as_deref().unwrap_or_default();
    let Some(referral) = json.based_on.iter().find_map(|reference| reference.id_of("ServiceRequest")) else {
        return Ok(None);
    };
    if matches!(status, "draft" | "cancelled" | "failed" | "rejected" | "entered-in-error") {
        return Ok(None);
    }
    let is_done = status == "completed";
    let end = json.execution_period.and_then(|period| period.end).or(json.last_modified);
    Ok(Some(Assessment {
        referral,
        decision: json.business_status.as_ref().and_then(decision),
        is_begun: !matches!(status, "requested" | "ready"),
        done: end.filter(|_| is_done).as_deref().and_then(day),
        why: json.status_reason.as_ref().and_then(ConceptJson::words),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppointmentJson {
    id: String,
    status: Option<String>,
    start: Option<String>,
    #[serde(default)]
    based_on: Vec<ReferenceJson>,
}

/// Reads an Appointment; `None` for one that comes of no referral.
pub(super) fn visit(body: &[u8]) -> Result<Option<Visit>, Unreadable> {
    let unreadable = Unreadable("Appointment");
    let json: AppointmentJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let Some(referral) = json.based_on.iter().find_map(|reference| reference.id_of("ServiceRequest")) else {
        return Ok(None);
    };
    let state = match json.status.as_deref() {
        Some("fulfilled" | "arrived" | "checked-in") => VisitState::Fulfilled,
        Some("cancelled" | "noshow" | "entered-in-error") => VisitState::Off,
        _ => VisitState::Booked,
    };
    Ok(Some(Visit {
        id: json.id.parse().map_err(|_| unreadable)?,
        referral,
        start: json.start.and_then(|start| start.parse().ok()),
        state,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationJson {
    name: Option<String>,
    #[serde(default)]
    telecom: Vec<ContactJson>,
    part_of: Option<ReferenceJson>,
}

/// Reads an Organization: its name and telephone, and the one it is part of.
pub(super) fn office(body: &[u8]) -> Result<(Office, Option<ResourceId>), Unreadable> {
    let json: OrganizationJson = serde_json::from_slice(body).map_err(|_| Unreadable("Organization"))?;
    let phones = json.telecom.into_iter().filter(|contact| contact.system.as_deref() == Some("phone"));
    let office = Office { name: json.name, phone: phones.filter_map(|contact| contact.value).next() };
    Ok((office, json.part_of.and_then(|whole| whole.id_of("Organization"))))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutlineJson {
    authored_on: Option<String>,
}

/// When a referral of which no more may be known was sent.
pub(super) fn outlined(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<OutlineJson>(body).ok()?.authored_on
}
