//! The list, the front-page card, and where links from outside lead.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use serde::Deserialize;
use varde_base::{Actor, PatientId, Purpose, ResourceId};
use varde_rights::Service;
use varde_store::{Access, Gate, GateError};
use varde_web::{ActingFor, SafeForm, SwitchSubject};

use super::{actions, pages, settings, undelivered};
use crate::shared::event::Event;
use crate::shared::{Ctx, State, Why, event};
use crate::slice::Card;

/// Most events on the page.
pub(super) const PAGE_COUNT: usize = 100;

/// Kinds of information that events tell of, besides appointments with the GP.
const TOLD_OF: [Service; 8] = [
    Service::SpecialistAppointments,
    Service::Messages,
    Service::Consultations,
    Service::Medicines,
    Service::Results,
    Service::Referrals,
    Service::GpChoice,
    Service::SummaryRecord,
];

/// Most events on the front page.
const FRONT_COUNT: usize = 3;

/// For how long what has happened is new.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/events", get(list))
        .route("/events/{id}", get(open).post(go))
        .merge(settings::router())
        .merge(undelivered::router())
}

/// The data as the visitor's own, whomever they act for now: how one is told is one's own matter.
pub(super) fn own_gate(ctx: &Ctx, interaction: &'static str) -> Gate {
    ctx.state.store.as_actor(&Access {
        actor: Actor::Citizen(ctx.visitor.actor.clone()),
        purpose: Purpose::PatientRequest,
        acting_for: None,
        interaction,
    })
}

/// Why the list is open: the first kind of information that is, of which events tell; else why the first is closed. Which events stand there is the
/// gate's to say, one by one.
async fn open_for(ctx: &Ctx, gate: &Gate) -> Result<Why, GateError> {
    let first = ctx.why(gate, Service::PrimaryAppointments).await?;
    if first.open {
        return Ok(first);
    }
    for service in TOLD_OF {
        let why = ctx.why(gate, service).await?;
        if why.open {
            return Ok(why);
        }
    }
    Ok(first)
}

async fn list(ctx: Ctx) -> Response {
    let gate = ctx.gate("events.list");
    let why = match open_for(&ctx, &gate).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let events = event::latest(&gate, ctx.subject(), PAGE_COUNT, ctx.now).await;
    ctx.page(ctx.text().msg_events_title(), &pages::list(&ctx, events.ok().as_deref(), &why))
}

/// The latest events, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Card>, GateError>> {
    async move {
        let events = event::latest(gate, ctx.subject(), FRONT_COUNT, ctx.now).await?;
        let markup = pages::front_card(ctx, &events);
        let is_new = events.first().is_some_and(|event| ctx.now.duration_since(event.sent) < NEWS);
        Ok(Some(if is_new { markup.into() } else { Card::quiet(markup) }))
    }
    .boxed()
}

/// An event, and whom it is about as the visitor knows them.
async fn found(ctx: &Ctx, id: &str) -> Result<(ResourceId, PatientId, String, Event), GateError> {
    let id: ResourceId = id.parse().map_err(|_| GateError::NotFound)?;
    let gate = own_gate(ctx, "events.open");
    let (patient, event) = actions::one(&gate, &id).await?;
    if patient == ctx.visitor.actor.patient {
        return Ok((id, patient, ctx.visitor.actor.name.to_string(), event));
    }
    let related = gate.relations().await?.into_iter().find(|related| related.patient == patient);
    let name = related.ok_or(GateError::NotFound)?.name;
    Ok((id, patient, name, event))
}

/// Where an event leads.
fn place(event: &Event) -> String {
    event.href().unwrap_or_else(|| "/events".to_owned())
}

/// Straight to what it is about; when that is somebody else than the pages are about now, after one press: a link changes nothing by itself.
async fn open(ctx: Ctx, Path(id): Path<String>) -> Response {
    match found(&ctx, &id).await {
        Ok((_, patient, _, event)) if patient == *ctx.subject() => Redirect::to(&place(&event)).into_response(),
        Ok((id, _, name, _)) => {
            ctx.page(ctx.text().msg_events_other_title(&name), &pages::about_other(&ctx, &name, &id))
        }
        Err(error) => ctx.failed(&error),
    }
}

/// Nothing but what every form has.
#[derive(Deserialize)]
struct NoFields {}

async fn go(
    ctx: Ctx,
    Path(id): Path<String>,
    session: Option<Extension<SwitchSubject>>,
    SafeForm(NoFields {}): SafeForm<NoFields>,
) -> Response {
    let (patient, name, event) = match found(&ctx, &id).await {
        Ok((_, patient, name, event)) => (patient, name, event),
        Err(error) => return ctx.failed(&error),
    };
    let is_own = patient == ctx.visitor.actor.patient;
    let acting_for = (!is_own).then(|| ActingFor { patient, name: name.into() });
    let Some(Extension(session)) = session else { return ctx.failed(&GateError::Unavailable) };
    match session.switch(acting_for).await {
        Ok(()) => Redirect::to(&place(&event)).into_response(),
        Err(_) => ctx.failed(&GateError::Unavailable),
    }
}
