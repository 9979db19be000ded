use std::collections::BTreeMap;

use varde_fhir::{BundleEntry, BundleKind, BundleWriter};
use varde_store::Gate;

use super::request::{Request, look, read};
use super::{place, take_resource, write_answer, write_failure};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::create::create;
use crate::fhir::delete::{delete, delete_where};
use crate::fhir::headers::Preference;
use crate::fhir::outcome::Failed;
use crate::fhir::update::{update, update_where};

/// Does one entry after the other; each succeeds or fails alone. Those that are refused beforehand are not tried.
pub(super) async fn run(
    state: &FhirState,
    gate: &Gate,
    entries: Vec<BundleEntry<'_>>,
    refused: &mut BTreeMap<usize, Failed>,
    preference: Preference,
) -> Answer {
    let mut bundle = BundleWriter::new(BundleKind::BatchResponse, None, &[]);
    for (index, entry) in entries.into_iter().enumerate() {
        if let Some(failed) = refused.remove(&index) {
            write_failure(&mut bundle, &failed);
            continue;
        }
        match one(state, gate, entry, preference).await {
            Ok(answer) => write_answer(&mut bundle, state, &answer),
            Err(failed) => write_failure(&mut bundle, &failed.under(&place(index))),
        }
    }
    Answer::body(bundle.finish())
}

async fn one(
    state: &FhirState,
    gate: &Gate,
    mut entry: BundleEntry<'_>,
    preference: Preference,
) -> Result<Answer, Failed> {
    match read(entry.request.as_ref(), state.base_url())? {
        Request::Create { resource_type, condition } => {
            let resource = take_resource(&mut entry, resource_type)?;
            create(state, gate, resource, condition.as_deref(), preference).await
        }
        Request::Update { resource_type, id, expect } => {
            let resource = take_resource(&mut entry, resource_type)?;
            update(gate, resource, &id, expect, preference).await
        }
        Request::UpdateWhere { resource_type, condition, asked } => {
            let resource = take_resource(&mut entry, resource_type)?;
            update_where(state, gate, resource, &condition, asked, preference).await
        }
        Request::Delete { resource_type, id, version } => delete(gate, resource_type, &id, version).await,
        Request::DeleteWhere { resource_type, condition, version } => {
            delete_where(state, gate, resource_type, &condition, version).await
        }
        Request::Look(wanted) => look(state, gate, wanted).await,
    }
}
