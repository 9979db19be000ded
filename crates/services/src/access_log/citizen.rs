//! The page.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use varde_rights::{Action, Service};
use varde_store::GateError;

use super::{model, pages};
use crate::shared::{Ctx, State};

/// Entries read for one page; several make a line.
const PAGE_COUNT: u32 = 400;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new().route("/access-log", get(list)).route("/access-log/proof/{entry}", get(proof))
}

/// Where the page begins, and the one item it is about.
#[derive(Deserialize)]
struct Asked {
    before: Option<u64>,
    /// `Type/id`.
    item: Option<String>,
}

async fn list(ctx: Ctx, Query(Asked { before, item }): Query<Asked>) -> Response {
    let item = item.as_deref().and_then(model::Named::read);
    let gate = ctx.gate("access-log.list");
    let why = match ctx.why(&gate, Service::AccessLog).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let may_ask = ctx.may(&gate, Service::Requests, Action::Send).await.unwrap_or(false);
    let log = if why.open {
        let page = gate.access_log(ctx.subject(), before, PAGE_COUNT).await;
        page.ok().map(|mut page| {
            if let Some(item) = &item {
                page.entries.retain(|entry| item.is_in(entry));
            }
            pages::Log {
                lines: model::lines(&page.entries, ctx.visitor.actor.patient.as_str()),
                next_before: page.next_before,
                may_ask,
                item,
            }
        })
    } else {
        None
    };
    ctx.page(ctx.text().msg_log_tile(), &pages::list(&ctx, log.as_ref(), &why))
}

/// A file that proves that an entry is in the log.
async fn proof(ctx: Ctx, Path(entry): Path<String>) -> Response {
    let Ok(number) = entry.parse::<u64>() else { return ctx.failed(&GateError::NotFound) };
    match ctx.gate("access-log.proof").access_log_proof(number).await {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"varde-proof-{number}.json\"")),
            ];
            (headers, file).into_response()
        }
        Err(error) => ctx.failed(&error),
    }
}
