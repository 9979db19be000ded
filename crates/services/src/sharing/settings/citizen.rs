//! The pages of settings: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use varde_base::ResourceId;
use varde_rights::Service;
use varde_store::{Gate, GateError};
use varde_web::{SafeForm, ui};

use super::super::citizen::{Done, NoFields, after_failure, allowed};
use super::actions::{self, SetError};
use super::model::{HprNumber, Limit, What};
use super::pages::{self, Named, Shown};
use super::rules::{self, FieldError};
use crate::shared::{Ctx, State};

/// The routes of settings.
pub(in super::super) fn router() -> Router<State> {
    Router::new()
        .route("/sharing/blocks", get(blocks).post(block))
        .route("/sharing/blocks/named", get(named_form).post(block_named))
        .route("/sharing/reservations", get(reservations).post(reserve))
        .route("/sharing/own-access", get(own_access).post(remove_access))
        .route("/sharing/settings/{id}/lift", post(lift))
}

async fn blocks(ctx: Ctx, Query(Done { done }): Query<Done>) -> Response {
    show(&ctx, Limit::Block, done.as_deref()).await
}

async fn reservations(ctx: Ctx, Query(Done { done }): Query<Done>) -> Response {
    show(&ctx, Limit::Reservation, done.as_deref()).await
}

async fn own_access(ctx: Ctx, Query(Done { done }): Query<Done>) -> Response {
    show(&ctx, Limit::OwnAccess, done.as_deref()).await
}

async fn block(ctx: Ctx, SafeForm(boxes): SafeForm<Boxes>) -> Response {
    close(&ctx, Limit::Block, &boxes).await
}

async fn reserve(ctx: Ctx, SafeForm(boxes): SafeForm<Boxes>) -> Response {
    close(&ctx, Limit::Reservation, &boxes).await
}

async fn remove_access(ctx: Ctx, SafeForm(boxes): SafeForm<Boxes>) -> Response {
    close(&ctx, Limit::OwnAccess, &boxes).await
}

/// Where a kind of setting is shown and changed.
pub(super) const fn path(limit: Limit) -> &'static str {
    match limit {
        Limit::Block => "/sharing/blocks",
        Limit::Reservation => "/sharing/reservations",
        Limit::OwnAccess => "/sharing/own-access",
    }
}

async fn show(ctx: &Ctx, limit: Limit, done: Option<&str>) -> Response {
    let gate = ctx.gate("sharing.settings");
    if let Err(response) = allowed(ctx, &gate, Service::PrivacySettings).await {
        return response;
    }
    page(ctx, &gate, &Shown { limit, chosen: &[], error: None, done }).await
}

async fn page(ctx: &Ctx, gate: &Gate, shown: &Shown<'_>) -> Response {
    let loaded = async {
        let why = ctx.why(gate, Service::PrivacySettings).await?;
        Ok::<_, GateError>((actions::all(gate, ctx.subject(), ctx.now).await?, why))
    };
    let (settings, why) = match loaded.await {
        Ok(loaded) => loaded,
        Err(error) => return ctx.failed(&error),
    };
    let failed = shown.error.is_some();
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = ui::Title { title: pages::title(ctx.text(), shown.limit), failed };
    (status, ctx.page(title, &pages::limit(ctx, shown, &settings, &why))).into_response()
}

/// What was ticked.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Boxes {
    services: Vec<String>,
    form_key: String,
}

async fn close(ctx: &Ctx, limit: Limit, boxes: &Boxes) -> Response {
    let gate = ctx.gate("sharing.set");
    if let Err(response) = allowed(ctx, &gate, Service::PrivacySettings).await {
        return response;
    }
    // Who goes back in the browser and ticks something else closes that too.
    let form_key = format!("{}/{limit:?}/{}", boxes.form_key, boxes.services.join(","));
    let closed = match rules::chosen(limit, &boxes.services) {
        Ok(covers) => actions::close(&gate, ctx.subject(), (limit, covers), &form_key, ctx.now).await,
        Err(error) => Err(error.into()),
    };
    match closed {
        Ok(()) => Redirect::to(&format!("{}?done=saved", path(limit))).into_response(),
        Err(SetError::Field(error)) => {
            page(ctx, &gate, &Shown { limit, chosen: &boxes.services, error: Some(error), done: None }).await
        }
        Err(SetError::Store(error)) => after_failure(ctx, &error),
    }
}

async fn named_form(ctx: Ctx) -> Response {
    let gate = ctx.gate("sharing.settings");
    if let Err(response) = allowed(&ctx, &gate, Service::PrivacySettings).await {
        return response;
    }
    show_named(&ctx, "", None)
}

fn show_named(ctx: &Ctx, number: &str, error: Option<FieldError>) -> Response {
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = ui::Title { title: ctx.text().msg_sharing_block_named_title(), failed: error.is_some() };
    (status, ctx.page(title, &pages::named_form(ctx, number, error))).into_response()
}

/// The fields of the form that blocks by number.
#[derive(Deserialize, Default)]
#[serde(default)]
struct NamedFields {
    number: String,
    /// `yes` from the page that asks once more, `edit` to go back to the field.
    step: String,
    form_key: String,
}

async fn block_named(ctx: Ctx, SafeForm(fields): SafeForm<NamedFields>) -> Response {
    let gate = ctx.gate("sharing.set");
    if let Err(response) = allowed(&ctx, &gate, Service::PrivacySettings).await {
        return response;
    }
    if fields.step == "edit" {
        return show_named(&ctx, &fields.number, None);
    }
    match named(&ctx, &gate, &fields).await {
        Ok(None) => Redirect::to("/sharing/blocks?done=saved").into_response(),
        Ok(Some(found)) => ctx.page(ctx.text().msg_sharing_block_confirm_title(), &pages::confirm_named(&ctx, &found)),
        Err(SetError::Field(error)) => show_named(&ctx, &fields.number, Some(error)),
        Err(SetError::Store(error)) => after_failure(&ctx, &error),
    }
}

/// Whom the number names, for the page that asks once more; `None` when they have been blocked.
async fn named(ctx: &Ctx, gate: &Gate, fields: &NamedFields) -> Result<Option<Named>, SetError> {
    let number: HprNumber = fields.number.parse().map_err(|_| FieldError::Number)?;
    let name = actions::personnel_name(gate, &number, ctx.now).await?;
    if fields.step == "yes" {
        let whom = (&number, name.as_deref().unwrap_or_default());
        let form_key = format!("{}/{number:?}", fields.form_key);
        actions::block_named(gate, ctx.subject(), whom, &form_key, ctx.now).await?;
        return Ok(None);
    }
    actions::may_block(gate, ctx.subject(), &number, ctx.now).await?;
    Ok(Some(Named { number, name }))
}

async fn lift(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    let gate = ctx.gate("sharing.lift");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let setting = match actions::one(&gate, ctx.subject(), &id).await {
        Ok(setting) => setting,
        Err(error) => return ctx.failed(&error),
    };
    let back = match setting.what {
        What::Block | What::BlockNamed(..) => path(Limit::Block),
        What::Reservation => path(Limit::Reservation),
        What::OwnAccess => path(Limit::OwnAccess),
        // Everything else is ended where it was given.
        _ => return ctx.failed(&GateError::NotFound),
    };
    // What is over already is what the person wanted, whoever was first.
    match actions::lift(&gate, &setting, ctx.now).await {
        Ok(_) => Redirect::to(&format!("{back}?done=lifted")).into_response(),
        Err(error) => after_failure(&ctx, &error),
    }
}
