//! `$export`: Bulk Data Access 2.0 (hl7.org/fhir/uv/bulkdata, section "Bulk Data Export").
//!
//! An order becomes a job in a folder of its own, with its record and the files written so far. Workers carry jobs on in steps; after
//! each step the record says how far the files are good, so that a program that was killed goes on from there. Every page is read
//! through the gate as the one who ordered it, so that each citizen's log shows the export.

mod job;
mod order;
mod runner;
mod walk;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, EXPIRES, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use varde_base::{Category, SystemActor};
use varde_fhir::{Issue, IssueCode, ResourceType};

use super::input::Input;
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::NO_STORE;
use crate::fhir::auth::Program;
use crate::fhir::headers::http_date;
use crate::fhir::outcome::Failed;
use crate::fhir::target::{Instance, OfType};
use job::{Condition, Job, Kind};
use order::Level;

pub(crate) use runner::{ExportLimits, Exports};

/// The media type of the files.
pub(crate) const NDJSON: &str = "application/fhir+ndjson";
/// What is offered.
pub(super) const OFFERED: &[Operation] = &[
    Operation {
        name: "export",
        definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
        on: On::System,
    },
    Operation {
        name: "export",
        definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
        on: On::Type(ResourceType::PATIENT),
    },
    Operation {
        name: "export",
        definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export",
        on: On::Type(ResourceType::GROUP),
    },
];

const PROGRESS: HeaderName = HeaderName::from_static("x-progress");
/// Seconds after which a client should ask again.
const ASK_AGAIN_SECONDS: u64 = 5;
/// Bytes of a file handed on at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new()
        .route("/$export", get(of_system).post(of_system))
        .route("/{type}/$export", get(of_patients).post(of_patients))
        .route("/{type}/{id}/$export", get(of_group).post(of_group))
        .route("/$export-status/{job}", get(status).delete(cancel))
        .route("/$export-file/{job}/{file}", get(file))
}

async fn of_system(
    State(state): State<FhirState>,
    Program(actor): Program,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, Failed> {
    begin(&state, &actor, &headers, Level::System, input).await
}

async fn of_patients(
    State(state): State<FhirState>,
    Program(actor): Program,
    OfType(resource_type): OfType,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::PATIENT {
        return Err(Failed::not_supported("", "this operation is offered on Patient, on a Group and on the whole"));
    }
    begin(&state, &actor, &headers, Level::Patients, input).await
}

async fn of_group(
    State(state): State<FhirState>,
    Program(actor): Program,
    Instance(resource_type, id): Instance,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::GROUP {
        return Err(Failed::not_supported("", "this operation is offered on Patient, on a Group and on the whole"));
    }
    begin(&state, &actor, &headers, Level::Group(id.to_string()), input).await
}

/// Takes an order: it is on disk when this answers.
async fn begin(
    state: &FhirState,
    actor: &SystemActor,
    headers: &HeaderMap,
    level: Level,
    input: Input,
) -> Result<Response, Failed> {
    let exports = exports(state)?;
    let request = order::address(state, &level, &input);
    let (order, patients) = order::read(state, actor, headers, level, input).await?;
    let id = exports.begin(actor, order, patients, request).await?;
    let place = format!("{}/$export-status/{id}", state.base_url());
    Ok((StatusCode::ACCEPTED, [NO_STORE, (CONTENT_LOCATION, place.as_str())]).into_response())
}

fn exports(state: &FhirState) -> Result<&Exports, Failed> {
    state.exports().ok_or_else(|| Failed::not_supported("", "exports are not set up here"))
}

/// A job of this program. One that another process has is not gone: whoever asks again may come to that one.
async fn known(exports: &Exports, id: &str, actor: &SystemActor) -> Result<Arc<Job>, Failed> {
    if let Some(job) = exports.find(id, actor) {
        return Ok(job);
    }
    if !exports.is_elsewhere(id, actor).await? {
        return Err(Failed::not_found());
    }
    let text = "another process of this installation has this export: ask again, or let all that begins with $export be led to one";
    Err(Failed::new(Category::Unavailable, Issue::error(IssueCode::Transient, "", text)))
}

/// How far a job is: 202 while it goes on, the manifest when it is done.
async fn status(
    State(state): State<FhirState>,
    Program(actor): Program,
    Path(id): Path<String>,
) -> Result<Response, Failed> {
    let exports = exports(&state)?;
    let job = known(exports, &id, &actor).await?;
    let mut response = match &job.condition {
        Condition::Running => StatusCode::ACCEPTED.into_response(),
        Condition::Failed(why) => {
            Failed::new(Category::Fault, Issue::error(IssueCode::Exception, "", why.as_str())).into_response()
        }
        Condition::Done(_) => manifest(&state, &id, &job).to_string().into_response(),
    };
    let mut set = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(NO_STORE.0, NO_STORE.1.to_owned());
    match &job.condition {
        Condition::Running => {
            set(PROGRESS, job.progress());
            set(RETRY_AFTER, ASK_AGAIN_SECONDS.to_string());
        }
        Condition::Done(at) => {
            set(CONTENT_TYPE, "application/json".to_owned());
            set(EXPIRES, http_date(exports.expiry(*at)));
        }
        Condition::Failed(_) => {}
    }
    Ok(response)
}

/// The answer to a finished order (section "Response - Complete Status").
fn manifest(state: &FhirState, id: &str, job: &Job) -> Value {
    let files = |kind: Kind| -> Vec<Value> {
        let files = job.files.iter().filter(|file| file.kind == kind && file.count > 0);
        let entry = |file: &job::File| {
            let url = format!("{}/$export-file/{id}/{}", state.base_url(), file.name);
            json!({ "type": file.resource_type, "url": url, "count": file.count })
        };
        files.map(entry).collect()
    };
    json!({
        "transactionTime": job.order.transaction_time.to_string(),
        "request": job.request,
        "requiresAccessToken": true,
        "output": files(Kind::Output),
        "deleted": files(Kind::Deleted),
        "error": files(Kind::Error),
    })
}

/// Ends a job and removes its files.
async fn cancel(
    State(state): State<FhirState>,
    Program(actor): Program,
    Path(id): Path<String>,
) -> Result<Response, Failed> {
    let exports = exports(&state)?;
    known(exports, &id, &actor).await?;
    exports.remove(&id).await?;
    Ok((StatusCode::ACCEPTED, [NO_STORE]).into_response())
}

/// A finished file, for the one who ordered it.
async fn file(
    State(state): State<FhirState>,
    Program(actor): Program,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Failed> {
    let exports = exports(&state)?;
    let job = known(exports, &id, &actor).await?;
    let is_done = matches!(job.condition, Condition::Done(_));
    let known = job.files.iter().find(|file| file.name == name).filter(|_| is_done).ok_or_else(Failed::not_found)?;
    let file = tokio::fs::File::open(exports.path(&id, &known.name)).await.map_err(|_| Failed::not_found())?;
    let chunks = stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((chunk, file)))
    });
    let headers = [NO_STORE, (CONTENT_TYPE, NDJSON)];
    let length = [(CONTENT_LENGTH, known.bytes.to_string())];
    Ok((headers, length, Body::from_stream(chunks)).into_response())
}
