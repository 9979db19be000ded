//! The page and the front-page card.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use varde_rights::Service;
use varde_store::{Gate, GateError};

use super::pages;
use crate::shared::{Ctx, State, event};
use crate::slice::Card;

/// Most events on the page.
const PAGE_COUNT: usize = 100;

/// Most events on the front page.
const FRONT_COUNT: usize = 3;

/// For how long what has happened is new.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

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
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Card>, GateError>> {
    async move {
        let events = event::latest(gate, ctx.subject(), FRONT_COUNT, ctx.now).await?;
        let markup = pages::front_card(ctx, &events);
        let is_new = events.first().is_some_and(|event| ctx.now.duration_since(event.sent) < NEWS);
        Ok(Some(if is_new { markup.into() } else { Card::quiet(markup) }))
    }
    .boxed()
}
