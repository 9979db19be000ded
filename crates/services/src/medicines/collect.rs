//! Collecting for others at the pharmacy: for whom the visitor may, and who may for the one the page is about.

use axum::response::Response;
use jiff::civil::Date;
use varde_base::date_in_norway;
use varde_rights::{Action, Service};
use varde_store::{Collector, GateError, Pickup};

use super::pages;
use crate::shared::{Ctx, Why};

/// What the page shows.
pub(super) struct Collecting {
    /// For whom the visitor may; of several the page is about, that one alone.
    pub for_others: Vec<Pickup>,
    /// Those who may for the one the page is about; `None` for a visitor to whom it is not told.
    pub by_others: Option<Vec<Collector>>,
    /// The visitor may give somebody a proxy.
    pub may_give: bool,
    /// Whether it is open, and why.
    pub why: Why,
}

/// The page.
pub(super) async fn collect(ctx: Ctx) -> Response {
    match load(&ctx).await {
        Ok(collecting) => ctx.page(ctx.text().msg_medicines_collect_title(), &pages::collect(&ctx, &collecting)),
        Err(error) => ctx.failed(&error),
    }
}

async fn load(ctx: &Ctx) -> Result<Collecting, GateError> {
    let gate = ctx.gate("medicines.collect");
    let why = ctx.why(&gate, Service::PharmacyPickup).await?;
    let is_own = ctx.visitor.acting_for.is_none();
    let mut for_others = gate.collects_for().await?;
    for_others.retain(|pickup| is_own || pickup.patient == *ctx.subject());
    let by_others = if why.open && why.may_ask { Some(gate.collectors(ctx.subject()).await?) } else { None };
    // A proxy is given in one's own name.
    let may_give = is_own && ctx.may(&gate, Service::Proxies, Action::Change).await?;
    Ok(Collecting { for_others, by_others, may_give, why })
}

/// Whether a page is worth a link to this one: the visitor collects for somebody, or knows who collects.
pub(super) async fn is_open(ctx: &Ctx) -> Result<bool, GateError> {
    ctx.may(&ctx.gate("medicines.collect"), Service::PharmacyPickup, Action::Outline).await
}

impl Collecting {
    /// Whether it is the last day on which somebody may collect.
    pub(super) fn is_last_day(ctx: &Ctx, until: Option<Date>) -> bool {
        until == Some(date_in_norway(ctx.now))
    }
}
