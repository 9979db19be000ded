//! What was examined, for names that do not say so: from the observation itself, else from the report that holds it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_store::{Gate, GateError};

use super::fhir;
use super::model::{Finding, Report};
use crate::shared::find;

/// Most observations asked about at once.
const MAX_ASKED: usize = 60;

/// Most reports that hold them.
const REPORT_COUNT: &str = "100";

/// The one specimen of a report; of several nobody can say which a finding is of.
fn only(report: &Report) -> Option<&String> {
    match report.specimens.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// Gives the findings of a report its specimen, where they name none of their own.
pub(super) fn of_report(report: &Report, findings: &mut [Finding]) {
    let Some(specimen) = only(report) else { return };
    for finding in findings.iter_mut().filter(|finding| finding.name.specimen.is_none()) {
        finding.name.specimen = Some(specimen.clone());
    }
}

/// Looks up the reports of findings without a plain name and without a specimen, and gives them theirs.
///
/// # Errors
/// Those of the gate.
pub(super) async fn fill(
    gate: &Gate,
    patient: &PatientId,
    findings: &mut [Finding],
    now: Timestamp,
) -> Result<(), GateError> {
    let lacks = |finding: &Finding| finding.name.analysis.is_none() && finding.name.specimen.is_none();
    let lacking = findings.iter().filter(|finding| lacks(finding)).filter_map(|finding| finding.id.as_ref());
    let ids: Vec<String> = lacking.take(MAX_ASKED).map(|id| format!("Observation/{id}")).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let list = ids.join(",");
    let within = [("patient", patient.as_str()), ("result", list.as_str()), ("_count", REPORT_COUNT)];
    let page = find(gate, ResourceType::DIAGNOSTIC_REPORT, &within, now).await?;
    let mut known: BTreeMap<ResourceId, String> = BTreeMap::new();
    for found in &page.matches {
        let report = fhir::report(&found.body, None)?;
        if let Some(specimen) = only(&report) {
            known.extend(report.members.iter().map(|id| (id.clone(), specimen.clone())));
        }
    }
    for finding in findings.iter_mut().filter(|finding| lacks(finding)) {
        finding.name.specimen = finding.id.as_ref().and_then(|id| known.get(id)).cloned();
    }
    Ok(())
}
