//! The calendar of the household.

use axum::Router;
use axum::response::Response;
use axum::routing::get;

use super::super::household;
use super::super::pages::household as pages;
use crate::shared::{Ctx, State};

pub(super) fn router() -> Router<State> {
    Router::new().route("/appointments/household", get(calendar))
}

async fn calendar(ctx: Ctx) -> Response {
    let members = household::members(&ctx.state.store, &ctx.visitor.actor, "appointments.household", ctx.now).await;
    match members {
        Ok(members) => ctx.page(ctx.text().msg_appointments_household_title(), &pages::calendar(&ctx, &members)),
        Err(error) => ctx.failed(&error),
    }
}
