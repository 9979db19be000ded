//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use maud::Markup;
use serde::Deserialize;
use varde_base::ResourceId;
use varde_rights::{Action, Service};
use varde_store::{Gate, GateError};

use super::model::Form;
use super::rules::{self, Choice};
use super::{actions, pages};
use crate::shared::{Ctx, State};

/// Types of files that are given out as what they say they are; all others are only bytes to keep.
const FILE_TYPES: [(&str, &str); 4] =
    [("application/pdf", "pdf"), ("text/plain", "txt"), ("image/png", "png"), ("image/jpeg", "jpg")];

/// A file from a source may do nothing and fetch nothing, even where a browser opens it instead of keeping it.
const FILE_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

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

async fn file(ctx: Ctx, Path((id, number)): Path<(String, String)>) -> Response {
    let gate = ctx.gate("record.file");
    let (Ok(id), Ok(number)) = (id.parse::<ResourceId>(), number.parse::<usize>()) else {
        return ctx.failed(&GateError::NotFound);
    };
    let platform = actions::platform(&ctx.state, ctx.subject(), "record.file");
    let (content_type, bytes) = match actions::file(&gate, &platform, ctx.subject(), &id, number).await {
        Ok(file) => file,
        Err(error) => return ctx.failed(&error),
    };
    // What a source calls a page or a picture with script in it is never shown as one: all files are kept, not opened here.
    let known = FILE_TYPES.iter().find(|(known, _)| Some(*known) == content_type.as_deref());
    let (kind, ending) = known.copied().unwrap_or(("application/octet-stream", "bin"));
    let kind = if kind == "text/plain" { "text/plain; charset=utf-8" } else { kind };
    let name = format!("attachment; filename=\"varde-{}.{ending}\"", number.saturating_add(1));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, name.as_str()),
        (header::CONTENT_SECURITY_POLICY, FILE_POLICY),
    ];
    (headers, bytes).into_response()
}

/// The newest document while it is news, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Markup>, GateError>> {
    async move {
        if !ctx.why(gate, Service::Record).await?.open {
            return Ok(None);
        }
        let newest = actions::newest(gate, ctx.subject(), ctx.now).await?;
        let news = newest.filter(|document| rules::is_news(document, ctx.now));
        Ok(news.map(|document| pages::front_card(ctx, &document)))
    }
    .boxed()
}
