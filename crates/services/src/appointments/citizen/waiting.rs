//! Asking for an earlier time, and answering what is offered.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use varde_base::ResourceId;
use varde_rights::Action;
use varde_store::GateError;
use varde_web::SafeForm;

use super::super::actions::Persons;
use super::super::pages::waiting as pages;
use super::super::waiting::{self, WaitError, open_wish};
use super::super::{model::Appointment, rules};
use super::{appointment_for, clinic_says_no};
use crate::shared::{Ctx, State};

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/appointments/{id}/earlier", get(join_form).post(join))
        .route("/appointments/{id}/earlier/stop", post(leave))
        .route("/appointments/{id}/offer", get(offer).post(answer))
}

async fn join_form(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("appointments.details");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Change).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    match rules::may_wish(&appointment, ctx.now) {
        Ok(()) => ctx.page(ctx.text().msg_appointments_earlier_title(), &pages::join(&ctx, &appointment, false)),
        Err(_) => clinic_says_no(&ctx, &appointment),
    }
}

/// How soon an offered time may begin.
#[derive(Debug, Deserialize)]
struct JoinFields {
    #[serde(default)]
    notice: String,
}

async fn join(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<JoinFields>) -> Response {
    let gate = ctx.gate("appointments.earlier");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Change).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    let chosen = fields.notice.parse().ok().filter(|hours| rules::NOTICE_HOURS.contains(hours));
    let Some(hours) = chosen else {
        let title = varde_web::ui::Title { title: ctx.text().msg_appointments_earlier_title(), failed: true };
        let page = ctx.page(title, &pages::join(&ctx, &appointment, true));
        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    };
    let persons = Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient };
    match waiting::join(&gate, persons, &appointment.id, hours, ctx.now).await {
        Ok(()) => Redirect::to(&format!("/appointments/{id}?done=waiting")).into_response(),
        Err(error) => not_done(&ctx, &appointment, error),
    }
}

/// The form that leaves the queue has no fields of its own.
#[derive(Deserialize)]
struct NoFields {}

async fn leave(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    let gate = ctx.gate("appointments.earlier");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Change).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    let persons = Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient };
    match waiting::leave(&gate, persons, &appointment.id, ctx.now).await {
        Ok(()) => Redirect::to(&format!("/appointments/{id}?done=waiting-over")).into_response(),
        Err(error) => not_done(&ctx, &appointment, error),
    }
}

async fn offer(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("appointments.offer");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Change).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    let wish = match open_wish(&gate, &appointment.id, ctx.now).await {
        Ok(wish) => wish,
        Err(error) => return ctx.failed(&error),
    };
    match wish.filter(|wish| rules::offer_stands(wish, ctx.now)).and_then(|wish| wish.offer) {
        Some(offer) => ctx.page(ctx.text().msg_appointments_offer_title(), &pages::offer(&ctx, &appointment, &offer)),
        None => gone(&ctx, &appointment).await,
    }
}

/// The offer went to somebody else, or there is none: said as it is, with what one still has.
async fn gone(ctx: &Ctx, appointment: &Appointment) -> Response {
    let wish = match open_wish(&ctx.gate("appointments.offer"), &appointment.id, ctx.now).await {
        Ok(wish) => wish,
        Err(error) => return ctx.failed(&error),
    };
    let page = ctx.page(ctx.text().msg_appointments_offer_gone(), &pages::gone(ctx, appointment, wish.is_some()));
    (StatusCode::CONFLICT, page).into_response()
}

/// The answer to an offer.
#[derive(Debug, Deserialize)]
struct AnswerFields {
    #[serde(default)]
    slot: String,
    #[serde(default)]
    answer: String,
}

async fn answer(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<AnswerFields>) -> Response {
    let gate = ctx.gate("appointments.offer");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Change).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    let Ok(slot) = fields.slot.parse::<ResourceId>() else { return gone(&ctx, &appointment).await };
    let persons = Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient };
    let (answered, done) = if fields.answer == "no" {
        (waiting::decline(&gate, persons, &appointment.id, &slot, ctx.now).await, "declined")
    } else {
        (waiting::accept(&gate, persons, &appointment.id, &slot, ctx.now).await, "moved")
    };
    match answered {
        Ok(()) => Redirect::to(&format!("/appointments/{id}?done={done}")).into_response(),
        Err(WaitError::OfferGone) => gone(&ctx, &appointment).await,
        Err(error) => not_done(&ctx, &appointment, error),
    }
}

fn not_done(ctx: &Ctx, appointment: &Appointment, error: WaitError) -> Response {
    let id = &appointment.id;
    match error {
        WaitError::NotOffered => clinic_says_no(ctx, appointment),
        WaitError::Store(GateError::Refused(_)) => {
            let page = ctx.page(ctx.text().msg_appointments_not_allowed(), &super::pages::not_allowed(ctx));
            (StatusCode::FORBIDDEN, page).into_response()
        }
        WaitError::Store(error) => ctx.failed(&error),
        WaitError::Overlaps => Redirect::to(&format!("/appointments/{id}?done=overlaps")).into_response(),
        WaitError::Changed | WaitError::OfferGone => {
            Redirect::to(&format!("/appointments/{id}?done=changed-meanwhile")).into_response()
        }
    }
}
