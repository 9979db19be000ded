//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use maud::Markup;
use varde_base::ResourceId;
use varde_rights::{Action, Service};
use varde_store::{Gate, GateError};

use super::{actions, pages, rules};
use crate::shared::{Ctx, State};

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new().route("/referrals", get(list)).route("/referrals/{id}", get(details))
}

async fn list(ctx: Ctx) -> Response {
    let gate = ctx.gate("referrals.list");
    let why = match ctx.why(&gate, Service::Referrals).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    // What is closed may still hold referrals that are opened one by one, or known to be there.
    let listing = actions::list(&gate, ctx.subject(), ctx.now).await;
    ctx.page(ctx.text().msg_referrals_title(), &pages::list(&ctx, listing.as_ref().ok(), &why))
}

async fn details(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("referrals.details");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let opened = match actions::one(&gate, ctx.subject(), &id, ctx.now).await {
        Ok(opened) => opened,
        Err(error) => return ctx.failed(&error),
    };
    let may_report = ctx.may(&gate, Service::Requests, Action::Send).await.unwrap_or(false);
    match ctx.why(&gate, Service::Referrals).await {
        Ok(why) => {
            let title = pages::title_of(ctx.text(), &opened.case.referral);
            ctx.page(title, &pages::details(&ctx, &opened, &why, may_report))
        }
        Err(error) => ctx.failed(&error),
    }
}

/// Referrals whose deadline is broken, or that were answered lately, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Markup>, GateError>> {
    async move {
        if !ctx.why(gate, Service::Referrals).await?.open {
            return Ok(None);
        }
        let (mut cases, _) = actions::cases(gate, ctx.subject(), ctx.now).await?;
        cases.retain(|case| rules::is_news(case, ctx.now));
        Ok((!cases.is_empty()).then(|| pages::front_card(ctx, &cases)))
    }
    .boxed()
}
