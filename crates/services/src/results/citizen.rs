//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use maud::Markup;
use serde::Deserialize;
use varde_base::ResourceId;
use varde_rights::{Action, Service};
use varde_store::{Gate, GateError};

use super::rules::{self, Choice};
use super::{actions, pages};
use crate::shared::{Ctx, State, file_response};

/// Longest code taken from an address, bytes.
const MAX_CODE_BYTES: usize = 200;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/results", get(list))
        .route("/results/analyses", get(analyses))
        .route("/results/over-time", get(over_time))
        .route("/results/{id}", get(details))
        .route("/results/{id}/file/{number}", get(file))
}

/// What an address of the list may ask for.
#[derive(Deserialize)]
struct Asked {
    year: Option<String>,
    kind: Option<String>,
    by: Option<String>,
    after: Option<String>,
    until: Option<String>,
}

async fn list(ctx: Ctx, Query(asked): Query<Asked>) -> Response {
    let gate = ctx.gate("results.list");
    let why = match ctx.why(&gate, Service::Results).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let (year, kind, by) = (asked.year.as_deref(), asked.kind.as_deref(), asked.by.as_deref());
    let choice = Choice::read(year, kind, by, asked.after, asked.until);
    let delay = match gate.parameters() {
        Ok(parameters) => parameters.result_delay_days,
        Err(error) => return ctx.failed(&error),
    };
    // What is closed is not searched for: the page says why instead.
    let listing = if why.open { actions::list(&gate, ctx.subject(), &choice, ctx.now).await.ok() } else { None };
    ctx.page(ctx.text().msg_results_title(), &pages::list(&ctx, listing.as_ref(), &choice, delay, &why))
}

async fn details(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("results.details");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let answer = match actions::one(&gate, ctx.subject(), &id, ctx.now).await {
        Ok(answer) => answer,
        Err(error) => return ctx.failed(&error),
    };
    let may_report = ctx.may(&gate, Service::Requests, Action::Send).await.unwrap_or(false);
    match ctx.why(&gate, Service::Results).await {
        Ok(why) => {
            let title = pages::title_of(ctx.text(), &answer.report);
            ctx.page(title, &pages::details(&ctx, &answer, &why, may_report))
        }
        Err(error) => ctx.failed(&error),
    }
}

async fn file(ctx: Ctx, Path((id, number)): Path<(String, String)>) -> Response {
    let gate = ctx.gate("results.file");
    let (Ok(id), Ok(number)) = (id.parse::<ResourceId>(), number.parse::<usize>()) else {
        return ctx.failed(&GateError::NotFound);
    };
    let (content_type, data) = match actions::file(&gate, ctx.subject(), &id, number, ctx.now).await {
        Ok(file) => file,
        Err(error) => return ctx.failed(&error),
    };
    let response = file_response(content_type.as_deref(), &data, number);
    response.unwrap_or_else(|| ctx.failed(&GateError::Fault))
}

async fn analyses(ctx: Ctx) -> Response {
    let gate = ctx.gate("results.analyses");
    let why = match ctx.why(&gate, Service::Results).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let found = if why.open { actions::analyses(&gate, ctx.subject(), ctx.now).await.ok() } else { None };
    ctx.page(ctx.text().msg_results_analyses_title(), &pages::analyses(&ctx, found.as_ref(), &why))
}

/// Which analysis, and from where on.
#[derive(Deserialize)]
struct OfCode {
    #[serde(default)]
    code: String,
    after: Option<String>,
}

async fn over_time(ctx: Ctx, Query(OfCode { code, after }): Query<OfCode>) -> Response {
    let gate = ctx.gate("results.over-time");
    let why = match ctx.why(&gate, Service::Results).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    // One code with its system; commas and the like would ask for several.
    let is_one = code.len() <= MAX_CODE_BYTES && code.contains('|') && !code.contains([',', '\\', '$']);
    let after = after.filter(|after| !after.is_empty());
    let found = if why.open && is_one {
        match actions::series(&gate, ctx.subject(), &code, after.as_deref(), ctx.now).await {
            Ok(series) => Some(series),
            Err(GateError::Invalid(_)) => return ctx.failed(&GateError::NotFound),
            Err(_) => None,
        }
    } else if why.open {
        Some(actions::Series { findings: Vec::new(), next: None })
    } else {
        None
    };
    let title = pages::series_title(&ctx, found.as_ref());
    ctx.page(title, &pages::over_time(&ctx, found.as_ref(), &code, after.is_some(), &why))
}

/// The newest answer while it is news, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Markup>, GateError>> {
    async move {
        if !ctx.why(gate, Service::Results).await?.open {
            return Ok(None);
        }
        let delay = gate.parameters()?.result_delay_days;
        let newest = actions::newest(gate, ctx.subject(), ctx.now).await?;
        let news = newest.filter(|report| rules::is_news(report, ctx.now, delay));
        Ok(news.map(|report| pages::front_card(ctx, &report)))
    }
    .boxed()
}
