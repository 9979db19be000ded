//! The front page: what is to be done and by when, what is new, and the way to every service, the ones that matter to this person first.
//! Beside it the search for a service, what a person chooses of their front page, and the household: the same for everybody one acts for.
//! Signed out: what this is and how to get in.

mod chosen;
mod citizen;
mod find;
mod gather;
mod household;
mod pages;
mod rules;
mod services;
#[cfg(test)]
mod tests;
mod words;

use axum::Router;
use varde_web::Icon;

use crate::shared::State;
use crate::slice::Slice;

/// The household, which stands among the services.
pub(crate) const HOUSEHOLD: Slice = Slice {
    path: "/household",
    icon: Icon::People,
    title: |text| text.msg_home_household_title(),
    tile: |text| text.msg_home_household_tile(),
    router: household::router,
    front: None,
    event_text: None,
    mail_text: None,
};

/// The routes of the front page, and of finding and choosing services.
pub(crate) fn router() -> Router<State> {
    citizen::router().merge(services::router())
}
