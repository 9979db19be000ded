//! The page and the front-page card.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use maud::Markup;
use varde_rights::Service;
use varde_store::{Gate, GateError};

use super::pages;
use crate::shared::{Ctx, State, event};

/// Most events on the page.
const PAGE_COUNT: usize = 100;

/// Most events on the front page.
const FRONT_COUNT: usize = 3;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new().route("/events", get(list))
}

async fn list(ctx: Ctx) -> Response {
    let gate = ctx.gate("events.list");
    let why = match ctx.why(&gate, Service::PrimaryAppointments).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let events = event::latest(&gate, ctx.subject(), PAGE_COUNT, ctx.now).await;
    ctx.page(ctx.text().msg_events_title(), &pages::list(&ctx, events.ok().as_deref(), &why))
}

/// The latest events, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Markup>, GateError>> {
    async move {
        let events = event::latest(gate, ctx.subject(), FRONT_COUNT, ctx.now).await?;
        Ok(Some(pages::front_card(ctx, &events)))
    }
    .boxed()
}
