//! The pages of the stop: extract, act, render.

use axum::extract::{Request, State as Current};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;
use varde_rights::Service;
use varde_web::{EndSessions, Lang, SafeForm, Visitor};

use super::super::actions::consent_id;
use super::super::citizen::allowed;
use super::super::notices;
use super::super::settings::{self, Extras, New};
use super::pages;
use crate::shared::{Ctx, State, stopped_page};

/// The routes of the stop.
pub(in super::super) fn router() -> Router<State> {
    Router::new().route("/sharing/stop", get(ask).post(stop)).route("/sharing/stopped", get(stopped))
}

/// Nobody stops another's account, also not one they act for.
async fn own(ctx: &Ctx) -> Result<(), Response> {
    if ctx.visitor.acting_for.is_some() {
        let page = ctx.page(ctx.text().msg_sharing_stop_title(), &pages::not_for_others(ctx));
        return Err((StatusCode::FORBIDDEN, page).into_response());
    }
    allowed(ctx, &ctx.gate("sharing.stop"), Service::PrivacySettings).await
}

async fn ask(ctx: Ctx) -> Response {
    match own(&ctx).await {
        Ok(()) => ctx.page(ctx.text().msg_sharing_stop_title(), &pages::ask(&ctx)),
        Err(response) => response,
    }
}

/// The form has one button.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields {
    form_key: String,
}

async fn stop(
    ctx: Ctx,
    Extension(sessions): Extension<EndSessions>,
    SafeForm(Fields { form_key }): SafeForm<Fields>,
) -> Response {
    if let Err(response) = own(&ctx).await {
        return response;
    }
    let me = &ctx.visitor.actor.patient;
    let told = match notices::account_stopped(me) {
        Ok(message) => Extras { outbox: vec![message], ..Extras::default() },
        Err(error) => return ctx.failed(&error),
    };
    let id = consent_id(me, &form_key);
    if let Err(error) = settings::add(&ctx.gate("sharing.stop"), me, (&id, &New::AccountStop), told, ctx.now).await {
        return ctx.failed(&error);
    }
    // From here on every page and every sign-in is closed, whatever becomes of the sessions.
    if sessions.end_all().await.is_err() {
        tracing::warn!("an account was stopped, and its sessions could not be ended; they open nothing");
    }
    Redirect::to("/sharing/stopped").into_response()
}

/// Open to all: whoever has just been signed out must be able to read it, and so must whoever was sent the address.
async fn stopped(
    Current(state): Current<State>,
    visitor: Option<Visitor>,
    Lang(language): Lang,
    request: Request,
) -> Response {
    stopped_page(&state, visitor.as_ref(), language, request.uri().path())
}
