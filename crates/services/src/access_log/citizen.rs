//! The page.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use varde_rights::{Action, Service};
use varde_store::{GateError, LogNarrowing};

use super::pages::{OWN_SHOWN, Page};
use super::{model, pages};
use crate::shared::{Ctx, State};

/// Entries read for one page; several make a line.
const PAGE_COUNT: u32 = 400;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new().route("/access-log", get(list)).route("/access-log/proof/{entry}", get(proof))
}

/// Where the page begins, the one item it is about, and whether what the visitor has done is on it.
#[derive(Deserialize)]
struct Asked {
    before: Option<u64>,
    /// `Type/id`.
    item: Option<String>,
    /// [`OWN_SHOWN`]; anything else leaves it out.
    own: Option<String>,
}

async fn list(ctx: Ctx, Query(Asked { before, item, own }): Query<Asked>) -> Response {
    let page =
        Page { before, item: item.as_deref().and_then(model::Named::read), has_own: own.as_deref() == Some(OWN_SHOWN) };
    let gate = ctx.gate("access-log.list");
    let why = match ctx.why(&gate, Service::AccessLog).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let may_ask = ctx.may(&gate, Service::Requests, Action::Send).await.unwrap_or(false);
    let reader = &ctx.visitor.actor.patient;
    let log = if why.open {
        let narrowing = LogNarrowing {
            without: (!page.has_own).then_some(reader),
            naming: page.item.as_ref().map(model::Named::parts),
        };
        let found = gate.narrowed_access_log(ctx.subject(), before, PAGE_COUNT, narrowing).await;
        found.ok().map(|found| pages::Log {
            lines: model::lines(&found.entries, reader.as_str()),
            next_before: found.next_before,
            may_ask,
        })
    } else {
        None
    };
    ctx.page(ctx.text().msg_log_tile(), &pages::list(&ctx, &page, log.as_ref(), &why))
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
