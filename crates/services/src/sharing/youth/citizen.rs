//! The pages of a parent's consent: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use varde_base::PatientId;
use varde_rights::{Action, Item, Service};
use varde_store::{Access, Gate, GateError};
use varde_web::SafeForm;

use super::super::citizen::{Done, NoFields, after_failure};
use super::{actions, pages};
use crate::shared::{Ctx, State, access};

/// The routes of a parent's consent.
pub(in super::super) fn router() -> Router<State> {
    Router::new()
        .route("/sharing/youth", get(list))
        .route("/sharing/youth/{id}/give", post(give))
        .route("/sharing/youth/{id}/withdraw", post(withdraw))
}

async fn list(ctx: Ctx, Query(Done { done }): Query<Done>) -> Response {
    match actions::all(&ctx).await {
        Ok(all) => ctx.page(ctx.text().msg_sharing_youth_title(), &pages::list(&ctx, &all, done.as_deref())),
        Err(error) => ctx.failed(&error),
    }
}

/// The way to a child's data for a parent who may give this consent. To everybody else the child does not exist.
async fn as_parent(ctx: &Ctx, id: &str) -> Result<(Gate, PatientId), GateError> {
    let child: PatientId = id.parse().map_err(|_| GateError::NotFound)?;
    let access = Access { acting_for: Some(child.clone()), ..access(&ctx.visitor, "sharing.youth-consent") };
    let gate = ctx.state.store.as_actor(&access);
    let decision = gate.decide(Some(&child), Service::YouthConsent, Action::Change, Item::PLAIN).await?;
    if decision.allowed() { Ok((gate, child)) } else { Err(GateError::NotFound) }
}

/// The form has one button.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields {
    form_key: String,
}

async fn give(ctx: Ctx, Path(id): Path<String>, SafeForm(Fields { form_key }): SafeForm<Fields>) -> Response {
    let given = async {
        let (gate, child) = as_parent(&ctx, &id).await?;
        actions::give(&gate, &ctx.visitor.actor, &child, &form_key, ctx.now).await
    };
    finish(&ctx, given.await, "given")
}

async fn withdraw(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    let withdrawn = async {
        let (gate, child) = as_parent(&ctx, &id).await?;
        actions::withdraw(&gate, &child, ctx.now).await
    };
    finish(&ctx, withdrawn.await, "withdrawn")
}

fn finish(ctx: &Ctx, result: Result<(), GateError>, done: &str) -> Response {
    match result {
        Ok(()) => Redirect::to(&format!("/sharing/youth?done={done}")).into_response(),
        Err(error) => after_failure(ctx, &error),
    }
}
