//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use varde_base::ResourceId;
use varde_rights::{Action, Service};
use varde_store::{Gate, GateError};

use super::model::Form;
use super::rules::{self, Choice};
use super::{actions, pages};
use crate::shared::{Ctx, State, file_response, opened_file};
use crate::slice::Card;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/record", get(list))
        .route("/record/{id}", get(reference))
        .route("/record/{id}/file/{number}", get(file))
        .route("/record/composition/{id}", get(composition))
}

/// What an address of the list may ask for.
#[derive(Deserialize)]
struct Asked {
    word: Option<String>,
    year: Option<String>,
    kind: Option<String>,
    unit: Option<String>,
    before: Option<String>,
}

async fn list(ctx: Ctx, Query(asked): Query<Asked>) -> Response {
    let gate = ctx.gate("record.list");
    let why = match ctx.why(&gate, Service::Record).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let (year, kind) = (asked.year.as_deref(), asked.kind.as_deref());
    let choice = Choice::read(asked.word, year, kind, asked.unit, asked.before);
    let may_ask = ctx.may(&gate, Service::Requests, Action::Send).await.unwrap_or(false);
    // What is closed may still hold documents that are opened one by one, or known to be there.
    let kind_words = |document: &super::model::Document| pages::kind(ctx.text(), document.kind);
    let listing = actions::list(&gate, ctx.subject(), &choice, kind_words, ctx.now).await;
    ctx.page(ctx.text().msg_record_title(), &pages::list(&ctx, listing.as_ref().ok(), &choice, may_ask, &why))
}

async fn reference(ctx: Ctx, Path(id): Path<String>) -> Response {
    details(&ctx, Form::Reference, &id).await
}

async fn composition(ctx: Ctx, Path(id): Path<String>) -> Response {
    details(&ctx, Form::Composition, &id).await
}

async fn details(ctx: &Ctx, form: Form, id: &str) -> Response {
    let gate = ctx.gate("record.details");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let platform = actions::platform(&ctx.state, ctx.subject(), "record.details");
    let opened = match actions::one(&gate, &platform, ctx.subject(), form, &id).await {
        Ok(opened) => opened,
        Err(error) => return ctx.failed(&error),
    };
    let may_report = ctx.may(&gate, Service::Requests, Action::Send).await.unwrap_or(false);
    let sees_log = ctx.may(&gate, Service::AccessLog, Action::View).await.unwrap_or(false);
    match ctx.why(&gate, Service::Record).await {
        Ok(why) => {
            let title = pages::title_of(ctx.text(), &opened.document);
            ctx.page(title, &pages::details(ctx, &opened, &why, pages::Offers { may_report, sees_log }))
        }
        Err(error) => ctx.failed(&error),
    }
}

/// Whether a file is to be looked at rather than kept.
#[derive(Deserialize)]
struct Wanted {
    open: Option<String>,
}

async fn file(ctx: Ctx, Path((id, number)): Path<(String, String)>, Query(Wanted { open }): Query<Wanted>) -> Response {
    let gate = ctx.gate("record.file");
    let (Ok(id), Ok(number)) = (id.parse::<ResourceId>(), number.parse::<usize>()) else {
        return ctx.failed(&GateError::NotFound);
    };
    let platform = actions::platform(&ctx.state, ctx.subject(), "record.file");
    match actions::file(&gate, &platform, ctx.subject(), &id, number).await {
        Ok((content_type, data)) => {
            let opened = open.and_then(|_| opened_file(content_type.as_deref(), &data, number));
            let response = opened.or_else(|| file_response(content_type.as_deref(), &data, number));
            response.unwrap_or_else(|| ctx.failed(&GateError::Fault))
        }
        Err(error) => ctx.failed(&error),
    }
}

/// The newest document while it is news, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Card>, GateError>> {
    async move {
        if !ctx.why(gate, Service::Record).await?.open {
            return Ok(None);
        }
        let newest = actions::newest(gate, ctx.subject(), ctx.now).await?;
        let news = newest.filter(|document| rules::is_news(document, ctx.now));
        Ok(news.map(|document| pages::front_card(ctx, &document).into()))
    }
    .boxed()
}
