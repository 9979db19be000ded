//! The front page.

use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State as Current};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use varde_web::{Lang, Page, Visitor};

use super::pages;
use crate::l10n::text;
use crate::shared::{Ctx, State};

/// The route of the front page.
pub(crate) fn router() -> Router<State> {
    Router::new().route("/", get(front))
}

async fn front(Current(state): Current<State>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if parts.extensions.get::<Visitor>().is_some() {
        return match Ctx::from_request_parts(&mut parts, &state).await {
            Ok(ctx) => own(ctx).await,
            Err(response) => response,
        };
    }
    let Lang(language) = match Lang::from_request_parts(&mut parts, &state).await {
        Ok(lang) => lang,
        Err(never) => match never {},
    };
    let title = text(language).msg_home_welcome_title();
    let main = pages::welcome(text(language));
    Page { title: &title.into(), language, visitor: None, path: "/", main: &main }.into_response()
}

async fn own(ctx: Ctx) -> Response {
    let gate = ctx.gate("home.front");
    let mut cards = Vec::new();
    let mut missing = false;
    for card in crate::all().iter().filter_map(|slice| slice.front) {
        match card(&ctx, &gate).await {
            Ok(Some(markup)) => cards.push(markup),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "a card of the front page could not be made");
                missing = true;
            }
        }
    }
    ctx.page(ctx.text().msg_home_title(), &pages::own(&ctx, &cards, missing))
}
