//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use varde_base::date_in_norway;
use varde_rights::Service;
use varde_store::{Gate, GateError};

use super::actions::{self, Overview};
use super::pages::{self, Shown};
use super::rules;
use crate::shared::{Ctx, State, Why};
use crate::slice::Card;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new().route("/costs", get(own)).route("/costs/care", get(care)).route("/costs/card", get(card))
}

/// Which year, and whether all of it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    year: String,
    all: String,
}

impl Asked {
    /// The year asked for, when there is something of it to show; else this year.
    fn shown<'a>(&self, ctx: &Ctx, overview: &'a Overview) -> Shown<'a> {
        let today = date_in_norway(ctx.now);
        let years = rules::years(&overview.payments, &overview.cards, today);
        let asked = self.year.parse().ok().filter(|year| years.contains(year));
        Shown { overview, year: asked.unwrap_or(today.year()), years, all: !self.all.is_empty() }
    }
}

async fn loaded(ctx: &Ctx, gate: &Gate) -> Result<(Why, Option<Overview>), GateError> {
    let why = ctx.why(gate, Service::CoPayments).await?;
    // What cannot be had is said on the page.
    let overview = if why.open { actions::overview(gate, ctx.subject(), ctx.now).await.ok() } else { None };
    Ok((why, overview))
}

async fn own(ctx: Ctx, Query(asked): Query<Asked>) -> Response {
    match loaded(&ctx, &ctx.gate("costs.own")).await {
        Ok((why, overview)) => {
            let shown = overview.as_ref().map(|overview| asked.shown(&ctx, overview));
            ctx.page(ctx.text().msg_costs_title(), &pages::own(&ctx, shown.as_ref(), &why))
        }
        Err(error) => ctx.failed(&error),
    }
}

async fn care(ctx: Ctx, Query(asked): Query<Asked>) -> Response {
    match loaded(&ctx, &ctx.gate("costs.care")).await {
        Ok((why, overview)) => {
            let shown = overview.as_ref().map(|overview| asked.shown(&ctx, overview));
            ctx.page(ctx.text().msg_costs_care_title(), &pages::care(&ctx, shown.as_ref(), &why))
        }
        Err(error) => ctx.failed(&error),
    }
}

async fn card(ctx: Ctx) -> Response {
    match loaded(&ctx, &ctx.gate("costs.card")).await {
        Ok((why, overview)) => ctx.page(ctx.text().msg_costs_card(), &pages::card(&ctx, overview.as_ref(), &why)),
        Err(error) => ctx.failed(&error),
    }
}

/// A ceiling that is reached, a new card or money on its way, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Card>, GateError>> {
    async move {
        if !ctx.why(gate, Service::CoPayments).await?.open {
            return Ok(None);
        }
        let overview = actions::this_year(gate, ctx.subject(), ctx.now).await?;
        Ok(pages::front_card(ctx, &overview).map(Card::quiet))
    }
    .boxed()
}
