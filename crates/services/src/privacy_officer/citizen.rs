//! The pages of the list, for those who are named in the configuration; for all others they do not exist.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use varde_base::{Actor, Purpose, ResourceId, SystemActor, SystemRole};
use varde_fhir::ResourceType;
use varde_rights::{Action, Service};
use varde_store::{Access, Batch, Found, Gate, GateError};
use varde_web::SafeForm;
use varde_web::ui::Title;

use super::model::{self, Case, Outcome};
use super::pages;
use crate::shared::{Ctx, State, Unreadable, find, put_changed};

/// The routes of this list.
pub(crate) fn router() -> Router<State> {
    Router::new().route("/privacy-officer", get(list)).route("/privacy-officer/{id}", get(details).post(mark))
}

/// The way to the data of an officer, in whose name it is logged.
///
/// # Errors
/// [`GateError::NotFound`] for everybody else, which is logged.
async fn gate(ctx: &Ctx, interaction: &'static str) -> Result<Gate, GateError> {
    let citizen = &ctx.visitor.actor;
    if !ctx.state.privacy_officers.contains(&citizen.patient) {
        ctx.gate(interaction).log_refused(Service::AccessLog).await?;
        return Err(GateError::NotFound);
    }
    Ok(ctx.state.store.as_actor(&Access {
        actor: Actor::System(SystemActor { name: citizen.name.clone(), role: SystemRole::Admin }),
        purpose: Purpose::Administration,
        acting_for: None,
        interaction,
    }))
}

/// Which cases are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Show {
    /// Those that need more asking.
    #[default]
    Open,
    /// Those that do not.
    Done,
}

/// Which kinds of case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kinds {
    /// Both.
    #[default]
    All,
    /// What stands out.
    LookUps,
    /// Emergencies and broken glass.
    Emergencies,
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Filter {
    /// By where they stand.
    #[serde(default)]
    pub show: Show,
    /// By kind.
    #[serde(default)]
    pub kind: Kinds,
}

async fn list(ctx: Ctx, filter: Result<Query<Filter>, QueryRejection>) -> Response {
    // A filter that is none narrows nothing.
    let filter = filter.map(|Query(filter)| filter).unwrap_or_default();
    let gate = match gate(&ctx, "privacy-officer.list").await {
        Ok(gate) => gate,
        Err(error) => return ctx.failed(&error),
    };
    let listing = cases(&gate, filter, ctx.now).await;
    ctx.page(ctx.text().msg_officer_title(), &pages::list(&ctx, filter, listing.as_ref().ok()))
}

/// The cases of a page, and whether there are more.
pub(super) struct Listing {
    /// The highest scores first.
    pub cases: Vec<Case>,
    /// Only the newest are here.
    pub is_cut: bool,
}

async fn cases(gate: &Gate, filter: Filter, now: jiff::Timestamp) -> Result<Listing, GateError> {
    let Some(task) = ResourceType::from_name("Task") else { return Err(GateError::Fault) };
    let code = match filter.kind {
        Kinds::All => model::BOTH,
        Kinds::LookUps => model::ONLY_LOOK_UPS,
        Kinds::Emergencies => model::ONLY_EMERGENCIES,
    };
    let status = match filter.show {
        Show::Open => "requested,received,accepted,in-progress,on-hold",
        Show::Done => "completed,cancelled,rejected,failed,entered-in-error",
    };
    let parameters = [("code", code), ("status", status), ("_sort", "-authored-on"), ("_count", "300")];
    let page = find(gate, task, &parameters, now).await?;
    let mut cases = page.matches.iter().map(model::case).collect::<Result<Vec<_>, Unreadable>>()?;
    cases.sort_by_key(|case| (std::cmp::Reverse(case.score), std::cmp::Reverse(case.at)));
    Ok(Listing { cases, is_cut: page.next.is_some() })
}

async fn one(gate: &Gate, id: &str) -> Result<(Found, Case), GateError> {
    let (Some(task), Ok(id)) = (ResourceType::from_name("Task"), id.parse::<ResourceId>()) else {
        return Err(GateError::NotFound);
    };
    let found = gate.read(task, &id).await?;
    // Another Task is no case.
    let case = model::case(&found).map_err(|_| GateError::NotFound)?;
    Ok((found, case))
}

/// Whether something has just been noted.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

async fn details(ctx: Ctx, Path(id): Path<String>, Query(Done { done }): Query<Done>) -> Response {
    let gate = match gate(&ctx, "privacy-officer.case").await {
        Ok(gate) => gate,
        Err(error) => return ctx.failed(&error),
    };
    let form = pages::FormState { is_done: done.is_some(), ..pages::FormState::default() };
    case_page(&ctx, &gate, &id, &form).await
}

async fn case_page(ctx: &Ctx, gate: &Gate, id: &str, form: &pages::FormState) -> Response {
    let (case, name) = match named(gate, id).await {
        Ok(found) => found,
        Err(error) => return ctx.failed(&error),
    };
    let failed = form.errors.any();
    let title = Title { title: ctx.text().msg_officer_case_title(), failed };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, ctx.page(title, &pages::details(ctx, &case, name.as_deref(), form))).into_response()
}

/// A case with the patient's name, when there still is a Patient.
async fn named(gate: &Gate, id: &str) -> Result<(Case, Option<String>), GateError> {
    let (_, case) = one(gate, id).await?;
    match gate.read(ResourceType::PATIENT, case.patient.as_resource_id()).await {
        Ok(found) => Ok((case, pages::name_of(&found.body))),
        Err(GateError::NotFound | GateError::Gone { .. }) => Ok((case, None)),
        Err(error) => Err(error),
    }
}

/// What was typed.
#[derive(Debug, Default, Deserialize)]
struct Fields {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    note: String,
}

async fn mark(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<Fields>) -> Response {
    let gate = match gate(&ctx, "privacy-officer.mark").await {
        Ok(gate) => gate,
        Err(error) => return ctx.failed(&error),
    };
    let (Some(outcome), Some(note)) = (Outcome::from_key(&fields.outcome), model::note(&fields.note)) else {
        let errors = pages::Errors {
            outcome: Outcome::from_key(&fields.outcome).is_none(),
            note: model::note(&fields.note).is_none(),
        };
        let form = pages::FormState { outcome: fields.outcome, note: fields.note, errors, is_done: false };
        return case_page(&ctx, &gate, &id, &form).await;
    };
    match save(&ctx, &gate, &id, outcome, &note).await {
        Ok(case) => Redirect::to(&format!("/privacy-officer/{}?done=marked", case.id)).into_response(),
        Err(error) => ctx.failed(&error),
    }
}

async fn save(ctx: &Ctx, gate: &Gate, id: &str, outcome: Outcome, note: &str) -> Result<Case, GateError> {
    let (found, case) = one(gate, id).await?;
    if case.notes.len() >= model::MAX_NOTES {
        return Err(GateError::Conflict { current: Some(case.version) });
    }
    let body = model::marked(&found.body, outcome, note, &ctx.visitor.actor.name, ctx.now)?;
    let write = put_changed(&case.id, &body, case.version, Action::Write)?;
    gate.write(Batch { writes: vec![write], ..Batch::default() }).await?;
    Ok(case)
}
