//! The private calendar feed: the page where one makes and ends the address, and the address itself, which asks for no sign-in.

use std::sync::Arc;

use axum::extract::{Path, State as Current};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::Deserialize;
use varde_base::{Category, SystemRandom};
use varde_web::{Lang, PageError, SafeForm, ui};

use super::super::feed::{self, FeedError, Shows};
use super::super::pages::feed as pages;
use crate::shared::{Ctx, Limiter, State};

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/appointments/feed", get(settings).post(make))
        .route("/appointments/feed/stop", post(stop))
        .route("/calendar-feed/{secret}", get(read))
        .layer(Extension(Arc::new(feed::limiter())))
}

async fn settings(ctx: Ctx) -> Response {
    match feed::chosen(&ctx.state.store, &ctx.visitor.actor.patient).await {
        Ok(shows) => {
            let main = pages::settings(&ctx, shows.as_ref(), &pages::Typed::default());
            ctx.page(ctx.text().msg_appointments_feed_title(), &main)
        }
        Err(error) => ctx.failed(&error),
    }
}

/// What the address is to show.
#[derive(Debug, Deserialize)]
struct FeedFields {
    #[serde(default)]
    what: String,
    #[serde(default)]
    whose: String,
}

async fn make(ctx: Ctx, headers: HeaderMap, SafeForm(fields): SafeForm<FeedFields>) -> Response {
    let (store, patient) = (&ctx.state.store, &ctx.visitor.actor.patient);
    let is_known = |value: &str, known: [&str; 2]| known.contains(&value);
    let typed = pages::Typed {
        what: fields.what.clone(),
        whose: fields.whose.clone(),
        wrong_what: !is_known(&fields.what, pages::WHAT),
        wrong_whose: !is_known(&fields.whose, pages::WHOSE),
    };
    if typed.wrong_what || typed.wrong_whose {
        let shows = feed::chosen(store, patient).await.ok().flatten();
        let title = ui::Title { title: ctx.text().msg_appointments_feed_title(), failed: true };
        let page = ctx.page(title, &pages::settings(&ctx, shows.as_ref(), &typed));
        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    }
    let shows = Shows {
        place: fields.what == pages::WITH_PLACE,
        household: fields.whose == pages::HOUSEHOLD,
        language: ctx.language.tag().to_owned(),
        made: ctx.now,
    };
    match feed::make(store, patient, &shows, &mut SystemRandom).await {
        Ok(secret) => {
            let address = format!("{}/calendar-feed/{secret}.ics", origin(&headers));
            ctx.page(ctx.text().msg_appointments_feed_made_title(), &pages::made(&ctx, &address))
        }
        Err(error) => ctx.failed(&error),
    }
}

/// Where this site is, as the browser that asks knows it. Only a site on one's own machine is without encryption.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_here = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|here| host.strip_prefix(here).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')));
    format!("{}://{host}", if is_here { "http" } else { "https" })
}

/// The form that ends the address has no fields of its own.
#[derive(Deserialize)]
struct NoFields {}

async fn stop(ctx: Ctx, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    match feed::stop(&ctx.state.store, &ctx.visitor.actor.patient).await {
        Ok(()) => Redirect::to("/appointments/feed").into_response(),
        Err(error) => ctx.failed(&error),
    }
}

/// The calendar itself, for whoever knows the address. It is never said whether an address has been one before.
async fn read(
    Current(state): Current<State>,
    Extension(limiter): Extension<Arc<Limiter>>,
    Lang(language): Lang,
    Path(secret): Path<String>,
) -> Response {
    let secret = secret.strip_suffix(".ics").unwrap_or(&secret);
    match feed::read(&state.store, secret, &limiter, state.now()).await {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CACHE_CONTROL, "private, no-store"),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            (headers, file).into_response()
        }
        Err(error) => {
            let category = match error {
                FeedError::Unknown => Category::NotFound,
                FeedError::TooOften => Category::Busy,
                FeedError::Store(error) => error.category(),
            };
            PageError { category, language, visitor: None }.into_response()
        }
    }
}
