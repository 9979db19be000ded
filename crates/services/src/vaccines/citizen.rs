//! The citizen's pages: extract, act, render. And the keys by which anybody proves a certificate.

use axum::extract::{Path, State as Current};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use varde_base::ResourceId;
use varde_rights::{Action, Service};
use varde_store::{Gate, GateError};

use super::{actions, pages};
use crate::shared::{Ctx, State};
use crate::slice::Card;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/vaccines", get(list))
        .route("/vaccines/certificate", get(certificate))
        .route("/vaccines/{id}", get(details))
        .route("/.well-known/jwks.json", get(keys))
}

async fn list(ctx: Ctx) -> Response {
    let gate = ctx.gate("vaccines.list");
    let why = match ctx.why(&gate, Service::Vaccines).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let listing = if why.open { actions::list(&gate, ctx.subject(), ctx.now).await.ok() } else { None };
    ctx.page(ctx.text().msg_vaccines_title(), &pages::list(&ctx, listing.as_ref(), &why))
}

async fn details(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("vaccines.details");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let dose = match actions::one(&gate, ctx.subject(), &id).await {
        Ok(dose) => dose,
        Err(error) => return ctx.failed(&error),
    };
    let may_report = ctx.may(&gate, Service::Requests, Action::Send).await.unwrap_or(false);
    match ctx.why(&gate, Service::Vaccines).await {
        Ok(why) => ctx.page(pages::title_of(ctx.text(), &dose), &pages::details(&ctx, &dose, &why, may_report)),
        Err(error) => ctx.failed(&error),
    }
}

async fn certificate(ctx: Ctx) -> Response {
    let gate = ctx.gate("vaccines.certificate");
    let why = match ctx.why(&gate, Service::Vaccines).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let made = if why.open {
        match actions::certificate(&gate, &ctx.state.health_cards, ctx.subject(), ctx.now).await {
            Ok(made) => made,
            Err(error) => return ctx.failed(&error),
        }
    } else {
        None
    };
    ctx.page(ctx.text().msg_vaccines_certificate_title(), &pages::certificate(&ctx, made.as_ref(), &why))
}

/// What is published of the keys, for programs of other origins too (SMART Health Cards, "Determining keys associated with an issuer").
async fn keys(Current(state): Current<State>) -> Response {
    let headers = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, Json(state.health_cards.keys())).into_response()
}

/// What can be had now, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Card>, GateError>> {
    async move {
        if !ctx.why(gate, Service::Vaccines).await?.open {
            return Ok(None);
        }
        let listing = actions::list(gate, ctx.subject(), ctx.now).await?;
        Ok(pages::front_card(ctx, &listing))
    }
    .boxed()
}
