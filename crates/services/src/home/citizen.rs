//! The front page.

use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State as Current};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::future;
use varde_base::date_in_norway;
use varde_web::{Lang, Page, Visitor};

use super::chosen::Chosen;
use super::{gather, pages, rules};
use crate::l10n::text;
use crate::shared::{Ctx, State};
use crate::slice::Slice;

/// The route of the front page.
pub(super) fn router() -> Router<State> {
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
    let today = date_in_norway(ctx.now);
    let (mut gathered, (services, chosen)) = future::join(gather::gather(&ctx, &gate), services(&ctx)).await;
    gathered.cards.sort_by_key(|its| rules::place_of_card(its.card.kind, its.card.due, today));
    ctx.page(ctx.text().msg_home_title(), &pages::own(&ctx, &gathered, &services, &chosen))
}

/// The services in this person's order, and what they have chosen. What they have chosen is a help: when it cannot be had the services stand in
/// their usual order, and the page is there.
async fn services(ctx: &Ctx) -> (Vec<&'static Slice>, Chosen) {
    let (store, person) = (&ctx.state.store, &ctx.visitor.actor.patient);
    let loaded = future::try_join(Chosen::of(store, person, ctx.now), ctx.state.visits.of(store, person, ctx.now));
    let (chosen, used) = loaded.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the order of the services could not be had");
        (Chosen::default(), None)
    });
    let today = date_in_norway(ctx.now);
    let mut services: Vec<&'static Slice> = crate::all().iter().collect();
    services.sort_by_key(|slice| rules::place_of_service(slice.path, &chosen, used.as_ref(), today));
    (services, chosen)
}
