//! The household: everybody one acts for, each with what is due, read as oneself or as the one who acts for them.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use futures_util::future;
use varde_base::date_in_norway;
use varde_rights::Relation;
use varde_store::RelatedCitizen;
use varde_web::ActingFor;

use super::gather::{self, Gathered};
use super::{pages, rules};
use crate::shared::{Ctx, State};

/// Most people on the page.
pub(super) const MAX_PEOPLE: usize = 12;

/// The route.
pub(super) fn router() -> Router<State> {
    Router::new().route("/household", get(household))
}

/// A person, with what is due.
pub(super) struct Member {
    pub(super) citizen: RelatedCitizen,
    pub(super) gathered: Gathered,
}

async fn household(ctx: Ctx) -> Response {
    let gate = ctx.gate("home.household");
    let relations: Vec<RelatedCitizen> = match gate.relations().await {
        Ok(relations) => relations.into_iter().filter(|related| gate.opens_something(related)).collect(),
        Err(error) => return ctx.failed(&error),
    };
    let has_more = relations.len() > MAX_PEOPLE;
    let today = date_in_norway(ctx.now);
    // All at once: the page takes as long as the slowest of them.
    let members = future::join_all(relations.into_iter().take(MAX_PEOPLE).map(|citizen| async {
        let acting_for = (citizen.relation != Relation::Myself)
            .then(|| ActingFor { patient: citizen.patient.clone(), name: citizen.name.as_str().into() });
        // A gate of each person's own: what is looked up stands in their log as done for them.
        let theirs = ctx.about(acting_for);
        let mut gathered = gather::gather(&theirs, &theirs.gate("home.household")).await;
        gathered.cards.sort_by_key(|its| rules::place_of_card(its.card.kind, its.card.due, today));
        Member { citizen, gathered }
    }))
    .await;
    ctx.page(ctx.text().msg_home_household_title(), &pages::household(&ctx, &members, has_more))
}
