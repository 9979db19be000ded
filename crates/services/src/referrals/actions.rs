//! Load through the gate and put together: one function a page.

use std::collections::HashMap;

use futures_util::future;
use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ResourceType, compartment_patient};
use varde_store::{Gate, GateError, ItemAudience};

use super::fhir;
use super::model::{Assessment, Office, Visit};
use super::rules::{self, Case};
use crate::shared::find;

/// Most referrals of a page; who has more reads the newest.
const LIST_COUNT: &str = "200";

/// Most appointments that are looked through for them.
const APPOINTMENT_COUNT: &str = "300";

/// The list.
pub(super) struct Listing {
    /// Those of which something is still to come, what is late first.
    pub open: Vec<Case>,
    /// The others, the newest first.
    pub ended: Vec<Case>,
    /// Days on which those were sent of which no more may be known.
    pub outlined: Vec<String>,
    /// For whom each is, where a young person and their parents each see their own.
    pub audiences: HashMap<ResourceId, ItemAudience>,
    /// There are more than are shown.
    pub is_cut: bool,
}

/// Loads the list.
pub(super) async fn list(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Listing, GateError> {
    let (cases, is_cut) = cases(gate, patient, now).await?;
    let (open, ended) = rules::sorted(cases, now);
    let outlines = gate.outlines(patient, ResourceType::SERVICE_REQUEST).await?;
    let mut outlined: Vec<String> = outlines.iter().filter_map(|found| fhir::outlined(&found.body)).collect();
    outlined.sort_by(|a, b| b.cmp(a));
    let audiences = gate.audiences(patient, ResourceType::SERVICE_REQUEST).await?;
    Ok(Listing { open, ended, outlined, audiences, is_cut })
}

/// The referrals of a person that the gate lets through, the newest first, each with what belongs to it; and whether there are more.
pub(super) async fn cases(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<(Vec<Case>, bool), GateError> {
    let parameters = [("patient", patient.as_str()), ("_sort", "-authored"), ("_count", LIST_COUNT)];
    let page = find(gate, ResourceType::SERVICE_REQUEST, &parameters, now).await?;
    let mut referrals = Vec::with_capacity(page.matches.len());
    for found in &page.matches {
        referrals.extend(fhir::referral(&found.body)?);
    }
    if referrals.is_empty() {
        return Ok((Vec::new(), page.next.is_some()));
    }
    let (assessments, visits) = future::try_join(assessments(gate, patient, now), visits(gate, patient, now)).await?;
    let cases = referrals.into_iter().map(|referral| Case {
        assessment: assessments.iter().find(|assessment| assessment.referral == referral.id).cloned(),
        visits: visits.iter().filter(|visit| visit.referral == referral.id).cloned().collect(),
        referral,
    });
    Ok((cases.collect(), page.next.is_some()))
}

/// What hospitals say of their assessments, the newest first.
async fn assessments(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Assessment>, GateError> {
    let parameters = [
        ("patient", patient.as_str()),
        ("code", "urn:varde:task|assess-referral"),
        ("_sort", "-modified"),
        ("_count", LIST_COUNT),
    ];
    let page = find(gate, ResourceType::TASK, &parameters, now).await?;
    let read = |found: &varde_store::Found| fhir::assessment(&found.body).map_err(GateError::from).transpose();
    page.matches.iter().filter_map(read).collect()
}

/// Appointments that come of referrals, the newest first.
async fn visits(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Visit>, GateError> {
    let parameters = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", APPOINTMENT_COUNT)];
    let page = find(gate, ResourceType::APPOINTMENT, &parameters, now).await?;
    let read = |found: &varde_store::Found| fhir::visit(&found.body).map_err(GateError::from).transpose();
    page.matches.iter().filter_map(read).collect()
}

/// One referral with whom to ask.
pub(super) struct Opened {
    /// The referral with what belongs to it.
    pub case: Case,
    /// The receiver.
    pub office: Office,
    /// For whom it is.
    pub audience: Option<ItemAudience>,
}

/// One referral of this person, read by its id, so that the access log names it. Another person's is not found, whoever asks.
pub(super) async fn one(
    gate: &Gate,
    patient: &PatientId,
    id: &ResourceId,
    now: Timestamp,
) -> Result<Opened, GateError> {
    let found = gate.read(ResourceType::SERVICE_REQUEST, id).await?;
    let parsed = Parsed::parse_stored(&found.body, &Limits::default()).map_err(|_| GateError::Fault)?;
    if compartment_patient(&parsed).as_ref() != Some(patient) {
        return Err(GateError::NotFound);
    }
    let referral = fhir::referral(&found.body)?.ok_or(GateError::NotFound)?;
    let assessments = assessments(gate, patient, now).await?;
    let mut visits = visits(gate, patient, now).await?;
    visits.retain(|visit| visit.referral == *id);
    let office = match &referral.organization {
        Some(organization) => office(gate, organization).await?,
        None => Office::default(),
    };
    let assessment = assessments.into_iter().find(|assessment| assessment.referral == *id);
    let audience = gate.audiences(patient, ResourceType::SERVICE_REQUEST).await?.remove(id);
    Ok(Opened { case: Case { referral, assessment, visits }, office, audience })
}

/// The name and telephone of an organisation; the telephone of the whole where the part has none.
async fn office(gate: &Gate, id: &ResourceId) -> Result<Office, GateError> {
    let Some((mut office, whole)) = organization(gate, id).await? else { return Ok(Office::default()) };
    if let (None, Some(whole)) = (&office.phone, whole) {
        office.phone = organization(gate, &whole).await?.and_then(|(whole, _)| whole.phone);
    }
    Ok(office)
}

async fn organization(gate: &Gate, id: &ResourceId) -> Result<Option<(Office, Option<ResourceId>)>, GateError> {
    match gate.read(ResourceType::ORGANIZATION, id).await {
        Ok(found) => Ok(Some(fhir::office(&found.body)?)),
        Err(GateError::NotFound | GateError::Gone { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
