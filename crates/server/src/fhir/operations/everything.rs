//! `$everything` of a patient, and of all patients (R4 Patient-everything); and the whole compartment, `GET /Patient/{id}/*`.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use varde_base::PatientId;
use varde_fhir::search::CURSOR_PARAM;
use varde_fhir::{BundleKind, BundleWriter, ResourceType, SearchMode};
use varde_store::{Everything, Gate, Page};

use super::input::Input;
use super::{On, Operation};
use crate::fhir::answer::Answer;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;
use crate::fhir::target::{Instance, OfType};
use crate::fhir::{FhirState, parameters};

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "everything",
    definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    on: On::Type(ResourceType::PATIENT),
}];

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new()
        .route("/{type}/$everything", get(of_all).post(of_all))
        .route("/{type}/{id}/$everything", get(of_one).post(of_one))
}

async fn of_one(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    input: Input,
) -> Result<Response, Failed> {
    is_patient(resource_type)?;
    let gate = state.gate(&actor, "everything");
    let path = format!("Patient/{id}/$everything");
    let answer = everything(&state, &gate, Some(PatientId::new(id)), &path, input, true).await?;
    Ok(answer.respond(&state))
}

async fn of_all(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    input: Input,
) -> Result<Response, Failed> {
    is_patient(resource_type)?;
    let gate = state.gate(&actor, "everything");
    Ok(everything(&state, &gate, None, "Patient/$everything", input, true).await?.respond(&state))
}

fn is_patient(resource_type: ResourceType) -> Result<(), Failed> {
    if resource_type == ResourceType::PATIENT {
        return Ok(());
    }
    Err(Failed::not_supported("", "this operation is offered on Patient alone"))
}

/// A page of everything. `path` is where its links lead; `referred` brings along what the data refer to.
pub(crate) async fn everything(
    state: &FhirState,
    gate: &Gate,
    patient: Option<PatientId>,
    path: &str,
    mut input: Input,
    referred: bool,
) -> Result<Answer, Failed> {
    let most = state.limits().page_count;
    let asked = Everything {
        patient,
        types: input.types()?,
        since: input.instant("_since")?,
        count: input.count("_count", most, most)?,
        cursor: input.cursor()?,
        referred,
    };
    input.end()?;
    let page = gate.everything(&asked).await?;
    Ok(Answer::body(searchset(state, path, &asked, &page)))
}

fn searchset(state: &FhirState, path: &str, asked: &Everything, page: &Page) -> Vec<u8> {
    let base = state.base_url();
    let types: Vec<&str> = asked.types.iter().map(|kind| kind.name()).collect();
    let (types, count) = (types.join(","), asked.count.to_string());
    let since = asked.since.map(|since| since.to_string()).unwrap_or_default();
    let link = |cursor: Option<&str>| {
        let pairs = [("_type", types.as_str()), ("_since", &since), ("_count", &count)];
        let pairs = pairs.into_iter().chain(cursor.map(|cursor| (CURSOR_PARAM, cursor)));
        format!("{base}/{path}?{}", parameters::encode(pairs.filter(|(_, value)| !value.is_empty())))
    };
    let own = link(asked.cursor.as_ref().map(|cursor| cursor.0.as_str()));
    let next = page.next.as_ref().map(|cursor| link(Some(&cursor.0)));
    let links: Vec<(&str, &str)> =
        [("self", own.as_str())].into_iter().chain(next.as_deref().map(|next| ("next", next))).collect();
    let mut bundle = BundleWriter::new(BundleKind::Searchset, page.total, &links);
    for (list, mode) in [(&page.matches, SearchMode::Match), (&page.included, SearchMode::Include)] {
        for found in list {
            let url = format!("{base}/{}/{}", found.resource_type, found.id);
            bundle.search_entry(Some(&url), &found.body, mode);
        }
    }
    bundle.finish()
}
