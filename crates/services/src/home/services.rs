//! All services: found by one's own words, and chosen for the front page.

use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use futures_util::future;
use serde::Deserialize;
use varde_web::{SafeForm, ui};

use super::chosen::Chosen;
use super::find::{self, Known};
use super::pages::{self, Mine};
use super::{rules, words};
use crate::shared::{Ctx, State};
use crate::slice::Slice;

/// The routes.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/services", get(all))
        .route("/services/mine", get(mine).post(choose))
        .route("/services/forget", post(forget))
}

/// What is looked for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    q: String,
}

async fn all(ctx: Ctx, Query(Asked { q }): Query<Asked>) -> Response {
    let query: String = q.trim().chars().take(ui::SEARCH_MAX_CHARS).collect();
    let known: Vec<Known> = crate::all().iter().map(|slice| words::known(slice, ctx.language)).collect();
    let found = find::find(&query, &known);
    let found: Vec<&'static Slice> = found.into_iter().filter_map(|place| crate::all().get(place)).collect();
    ctx.page(ctx.text().msg_home_services_title(), &pages::services(&ctx, &query, &found))
}

/// What has just been done.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

async fn mine(ctx: Ctx, Query(Done { done }): Query<Done>) -> Response {
    let (store, person) = (&ctx.state.store, &ctx.visitor.actor.patient);
    let loaded = future::try_join(Chosen::of(store, person, ctx.now), ctx.state.visits.of(store, person, ctx.now));
    let (chosen, used) = match loaded.await {
        Ok(loaded) => loaded,
        Err(error) => return ctx.failed(&error),
    };
    let shown = Mine {
        chosen: &chosen,
        is_counted: used.is_some(),
        used: used.as_ref(),
        done: done.as_deref(),
        too_many: false,
    };
    ctx.page(ctx.text().msg_home_mine_title(), &pages::mine(&ctx, &shown))
}

/// The form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Boxes {
    pinned: Vec<String>,
    situations: Vec<String>,
    counted: Vec<String>,
}

async fn choose(ctx: Ctx, SafeForm(boxes): SafeForm<Boxes>) -> Response {
    // A value that is no service's is none of ours.
    let paths = crate::all().iter().map(|slice| slice.path).filter(|path| boxes.pinned.iter().any(|its| its == path));
    let chosen = Chosen::new(paths.map(str::to_owned).collect(), &boxes.situations);
    let is_counted = !boxes.counted.is_empty();
    let (store, person) = (&ctx.state.store, &ctx.visitor.actor.patient);
    if chosen.pinned.len() > rules::PINNED_MAX {
        let shown = Mine { chosen: &chosen, is_counted, used: None, done: None, too_many: true };
        let title = ui::Title { title: ctx.text().msg_home_mine_title(), failed: true };
        return (StatusCode::UNPROCESSABLE_ENTITY, ctx.page(title, &pages::mine(&ctx, &shown))).into_response();
    }
    let kept = async {
        chosen.keep(store, person, ctx.now).await?;
        ctx.state.visits.set(store, person, is_counted, ctx.now).await
    };
    match kept.await {
        Ok(()) => Redirect::to("/services/mine?done=saved").into_response(),
        Err(error) => ctx.failed(&error),
    }
}

/// A form without fields.
#[derive(Deserialize)]
struct NoFields {}

async fn forget(ctx: Ctx, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    match ctx.state.visits.forget(&ctx.state.store, &ctx.visitor.actor.patient).await {
        Ok(()) => Redirect::to("/services/mine?done=forgotten").into_response(),
        Err(error) => ctx.failed(&error),
    }
}
