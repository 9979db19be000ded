//! The citizen's pages: extract, act, render.

mod feed;
mod household;
mod waiting;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::Deserialize;
use varde_base::{ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::{Action, Service};
use varde_store::{Gate, GateError};
use varde_web::{Category, SafeForm};

use super::actions::{self, BookError, Calling, Choice, Persons};
use super::model::{Appointment, CancelReason};
use super::pages::{self, FormState, Offer};
use super::waiting::open_wish;
use super::{ics, load, rules};
use crate::shared::{Ctx, State, stand_ins_of};
use crate::slice::Card;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/appointments", get(list))
        .route("/appointments/book", get(book_form).post(book))
        .route("/appointments/{id}", get(details))
        .route("/appointments/{id}/change", get(change_form).post(change))
        .route("/appointments/{id}/cancel", get(cancel_form).post(cancel))
        .route("/appointments/{id}/comment", get(comment_form).post(comment))
        .route("/appointments/{id}/calendar.ics", get(calendar))
        .merge(feed::router())
        .merge(household::router())
        .merge(waiting::router())
}

async fn list(ctx: Ctx) -> Response {
    let gate = ctx.gate("appointments.list");
    let whys = match whys(&ctx, &gate).await {
        Ok(whys) => whys,
        Err(error) => return ctx.failed(&error),
    };
    // A list that cannot be had is said on the page; the way to book and to call is still there.
    let listing = load::list(&gate, ctx.subject(), ctx.now).await;
    ctx.page(ctx.text().msg_appointments_title(), &pages::list(&ctx, listing.as_ref().ok(), &whys))
}

/// Why each of the two kinds of appointment is open or closed.
async fn whys(ctx: &Ctx, gate: &Gate) -> Result<pages::Whys, GateError> {
    Ok(pages::Whys {
        primary: ctx.why(gate, Service::PrimaryAppointments).await?,
        specialist: ctx.why(gate, Service::SpecialistAppointments).await?,
        may_book: ctx.may(gate, Service::PrimaryAppointments, Action::Book).await?,
    })
}

/// What has just been done, for the confirmation on top of the page.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

async fn details(ctx: Ctx, Path(id): Path<String>, Query(Done { done }): Query<Done>) -> Response {
    let gate = ctx.gate("appointments.details");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let appointment = match load::one(&gate, ctx.subject(), &id, ctx.now).await {
        Ok(appointment) => appointment,
        Err(error) => return ctx.failed(&error),
    };
    match around(&ctx, &gate, appointment, done).await {
        Ok(shown) => ctx.page(pages::title_of(ctx.text(), &shown.appointment), &pages::details(&ctx, &shown)),
        Err(error) => ctx.failed(&error),
    }
}

/// An appointment with all that its page shows beside it.
async fn around(
    ctx: &Ctx,
    gate: &Gate,
    appointment: Appointment,
    done: Option<String>,
) -> Result<pages::Shown, GateError> {
    let service = appointment.service;
    let mut audiences = gate.audiences(ctx.subject(), ResourceType::APPOINTMENT).await?;
    let series = match &appointment.series {
        Some(_) => load::appointments(gate, ctx.subject(), ctx.now).await?,
        None => Vec::new(),
    };
    Ok(pages::Shown {
        why: ctx.why(gate, service).await?,
        may: pages::May {
            change: ctx.may(gate, service, Action::Change).await?,
            report: ctx.may(gate, Service::Requests, Action::Send).await.unwrap_or(false),
        },
        audience: audiences.remove(&appointment.id),
        wish: open_wish(gate, &appointment.id, ctx.now).await?,
        series: rules::others_of_series(&appointment, series, ctx.now),
        appointment,
        done,
    })
}

/// From when on free times are shown.
#[derive(Deserialize)]
struct From {
    from: Option<Timestamp>,
}

async fn book_form(ctx: Ctx, Query(From { from }): Query<From>) -> Response {
    let gate = ctx.gate("appointments.times");
    if let Err(response) = allowed(&ctx, &gate, Service::PrimaryAppointments, Action::Book).await {
        return response;
    }
    let form = FormState::fresh(ctx.visitor.draft.as_ref());
    offer_page(&ctx, &gate, from, pages::Purpose::Book, form).await
}

/// The fields of the booking and moving forms.
#[derive(Debug, Clone, Default, Deserialize)]
struct ChoiceFields {
    #[serde(default)]
    slot: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    form_key: String,
}

impl ChoiceFields {
    /// The choice, or which field is wrong.
    fn choice(&self) -> Result<Choice, pages::FieldError> {
        let reason = rules::reason(&self.reason).ok_or(pages::FieldError::ReasonTooLong)?;
        let slot = self.slot.parse().map_err(|_| pages::FieldError::NoTime)?;
        Ok(Choice { slot, reason: reason.to_owned(), form_key: self.form_key.clone() })
    }

    fn state(&self, error: Option<pages::FieldError>) -> FormState {
        FormState::typed(&self.slot, &self.reason, error)
    }
}

async fn book(ctx: Ctx, SafeForm(fields): SafeForm<ChoiceFields>) -> Response {
    let gate = ctx.gate("appointments.book");
    if let Err(response) = allowed(&ctx, &gate, Service::PrimaryAppointments, Action::Book).await {
        return response;
    }
    let choice = match fields.choice() {
        Ok(choice) => choice,
        Err(error) => return offer_page(&ctx, &gate, None, pages::Purpose::Book, fields.state(Some(error))).await,
    };
    let persons = Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient };
    match actions::book(&gate, persons, &choice, ctx.now).await {
        Ok(id) => Redirect::to(&format!("/appointments/{id}?done=booked")).into_response(),
        Err(error) => refused(&ctx, &gate, error, pages::Purpose::Book, &fields).await,
    }
}

/// What the person sees when nothing was booked or moved: the form again, with what was typed and the times that are free now.
async fn refused(
    ctx: &Ctx,
    gate: &Gate,
    error: BookError,
    purpose: pages::Purpose<'_>,
    fields: &ChoiceFields,
) -> Response {
    let problem = match error {
        BookError::Taken => pages::FieldError::Taken,
        BookError::Overlaps => pages::FieldError::Overlaps,
        BookError::TooMany => pages::FieldError::TooMany,
        BookError::Changed | BookError::TooLate | BookError::NotAllowed => return back_to(purpose),
        BookError::NoGp => return offer_page(ctx, gate, None, purpose, fields.state(None)).await,
        BookError::Store(error) => return ctx.failed(&error),
    };
    offer_page(ctx, gate, None, purpose, fields.state(Some(problem))).await
}

/// The appointment changed under the person's hands: its page says what is true now.
fn back_to(purpose: pages::Purpose<'_>) -> Response {
    match purpose {
        pages::Purpose::Book => Redirect::to("/appointments").into_response(),
        pages::Purpose::Move(appointment) => {
            Redirect::to(&format!("/appointments/{}?done=changed-meanwhile", appointment.id)).into_response()
        }
    }
}

async fn offer_page(
    ctx: &Ctx,
    gate: &Gate,
    from: Option<Timestamp>,
    purpose: pages::Purpose<'_>,
    form: FormState,
) -> Response {
    let offer = match offer(ctx, gate, from, purpose).await {
        Ok(offer) => offer,
        Err(error) => return ctx.failed(&error),
    };
    let status = form.status();
    let title = pages::offer_title(ctx.text(), purpose, &form);
    let main = pages::offer(ctx, offer.as_ref(), purpose, &form);
    (status, ctx.page(title, &main)).into_response()
}

/// Times of the GP's calendar for a new appointment; of its own calendar for one that is moved.
async fn offer(
    ctx: &Ctx,
    gate: &Gate,
    from: Option<Timestamp>,
    purpose: pages::Purpose<'_>,
) -> Result<Option<Offer>, GateError> {
    let calendar = match purpose {
        pages::Purpose::Book => match load::gp(gate, ctx.subject(), ctx.now).await? {
            Some(gp) => Some((gp.schedule, gp.name, stand_ins_of(gate, &gp.practitioner, ctx.now).await?)),
            None => None,
        },
        pages::Purpose::Move(appointment) => {
            load::calendar_of(gate, appointment).await?.map(|schedule| (schedule, String::new(), Vec::new()))
        }
    };
    let Some((schedule, with, stand_ins)) = calendar else { return Ok(None) };
    let (times, more) = load::free_times(gate, &schedule, from.unwrap_or(ctx.now), ctx.now).await?;
    Ok(Some(Offer { with, stand_ins, times, more, is_first: from.is_none() }))
}

/// The appointment in the path, of the person the page is about.
async fn appointment_of(ctx: &Ctx, gate: &Gate, id: &str) -> Result<Appointment, Response> {
    let id: ResourceId = id.parse().map_err(|_| ctx.failed(&GateError::NotFound))?;
    load::one(gate, ctx.subject(), &id, ctx.now).await.map_err(|error| ctx.failed(&error))
}

/// As [`appointment_of`], of one who may do this with it.
async fn appointment_for(ctx: &Ctx, gate: &Gate, id: &str, action: Action) -> Result<Appointment, Response> {
    let appointment = appointment_of(ctx, gate, id).await?;
    allowed(ctx, gate, appointment.service, action).await?;
    Ok(appointment)
}

async fn change_form(ctx: Ctx, Path(id): Path<String>, Query(From { from }): Query<From>) -> Response {
    let gate = ctx.gate("appointments.times");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Change).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    if !appointment.rights.change {
        return clinic_says_no(&ctx, &appointment);
    }
    match load::calendar_of(&gate, &appointment).await {
        Ok(Some(_)) => {}
        Ok(None) => return clinic_says_no(&ctx, &appointment),
        Err(error) => return ctx.failed(&error),
    }
    let form = FormState::fresh(ctx.visitor.draft.as_ref());
    offer_page(&ctx, &gate, from, pages::Purpose::Move(&appointment), form).await
}

/// The clinic has not opened for what the page is for: it says whom to call.
fn clinic_says_no(ctx: &Ctx, appointment: &Appointment) -> Response {
    let page = ctx.page(ctx.text().msg_appointments_clinic_only(), &pages::clinic_only(ctx, appointment));
    (StatusCode::FORBIDDEN, page).into_response()
}

async fn change(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<ChoiceFields>) -> Response {
    let gate = ctx.gate("appointments.change");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Change).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    let purpose = pages::Purpose::Move(&appointment);
    let choice = match fields.choice() {
        Ok(choice) => choice,
        Err(error) => return offer_page(&ctx, &gate, None, purpose, fields.state(Some(error))).await,
    };
    let persons = Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient };
    match actions::change(&gate, persons, &appointment.id, &choice, ctx.now).await {
        Ok(()) => Redirect::to(&format!("/appointments/{}?done=moved", appointment.id)).into_response(),
        Err(error) => refused(&ctx, &gate, error, purpose, &fields).await,
    }
}

async fn cancel_form(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("appointments.details");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Cancel).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    if !appointment.rights.cancel {
        return clinic_says_no(&ctx, &appointment);
    }
    let fields = CancelFields::drafted(ctx.visitor.draft.as_ref());
    cancel_page(&ctx, &gate, &appointment, &fields, None).await
}

async fn cancel_page(
    ctx: &Ctx,
    gate: &Gate,
    appointment: &Appointment,
    fields: &CancelFields,
    error: Option<pages::TooLong>,
) -> Response {
    let rest = match &appointment.series {
        None => 0,
        Some(_) => match load::appointments(gate, ctx.subject(), ctx.now).await {
            Ok(all) => rules::rest_of_series(appointment, &all, ctx.now).len().saturating_sub(1),
            Err(error) => return ctx.failed(&error),
        },
    };
    let form = pages::CancelForm {
        reason: CancelReason::of(&fields.reason),
        comment: &fields.comment,
        with_rest: fields.scope == WITH_REST,
        rest,
        error,
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = varde_web::ui::Title { title: ctx.text().msg_appointments_cancel_title(), failed: error.is_some() };
    (status, ctx.page(title, &pages::cancel(ctx, appointment, &form))).into_response()
}

/// Nobody is shown a form that they may not send, nor given it back for what is wrong in it; the page says who can help instead.
async fn allowed(ctx: &Ctx, gate: &Gate, service: Service, action: Action) -> Result<(), Response> {
    match ctx.may(gate, service, action).await {
        Ok(true) => Ok(()),
        Ok(false) => {
            let page = ctx.page(ctx.text().msg_appointments_not_allowed(), &pages::not_allowed(ctx));
            Err((StatusCode::FORBIDDEN, page).into_response())
        }
        Err(error) => Err(ctx.failed(&error)),
    }
}

/// Calls off the rest of the row too.
const WITH_REST: &str = "rest";

/// The fields of the form that calls off.
#[derive(Debug, Clone, Default, Deserialize)]
struct CancelFields {
    #[serde(default, rename = "why")]
    reason: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    scope: String,
}

impl CancelFields {
    /// What was typed before the session ended.
    fn drafted(draft: Option<&varde_web::Draft>) -> Self {
        let field = |name| draft.and_then(|draft| draft.get(name)).unwrap_or_default().to_owned();
        Self { reason: field("why"), comment: field("comment"), scope: field("scope") }
    }
}

async fn cancel(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<CancelFields>) -> Response {
    let gate = ctx.gate("appointments.cancel");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Cancel).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    let Some(comment) = rules::reason(&fields.comment) else {
        return cancel_page(&ctx, &gate, &appointment, &fields, Some(pages::TooLong)).await;
    };
    let calling = Calling {
        reason: CancelReason::of(&fields.reason),
        comment: comment.to_owned(),
        with_rest: fields.scope == WITH_REST,
    };
    let persons = Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient };
    match actions::cancel(&gate, persons, &appointment.id, &calling, ctx.now).await {
        Ok(()) => Redirect::to(&format!("/appointments/{id}?done=cancelled")).into_response(),
        Err(error) => not_done(&ctx, &appointment, error),
    }
}

/// What the person sees when an appointment was not changed.
fn not_done(ctx: &Ctx, appointment: &Appointment, error: BookError) -> Response {
    let id = &appointment.id;
    match error {
        BookError::Store(error) => ctx.failed(&error),
        BookError::NotAllowed => clinic_says_no(ctx, appointment),
        error if error.category() == Category::Conflict => {
            Redirect::to(&format!("/appointments/{id}?done=changed-meanwhile")).into_response()
        }
        _ => Redirect::to(&format!("/appointments/{id}")).into_response(),
    }
}

async fn comment_form(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("appointments.details");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Change).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    if !appointment.rights.comment {
        return clinic_says_no(&ctx, &appointment);
    }
    let drafted = ctx.visitor.draft.as_ref().and_then(|draft| draft.get("comment"));
    let words = drafted.or(appointment.comment.as_deref()).unwrap_or_default();
    ctx.page(ctx.text().msg_appointments_comment_title(), &pages::comment(&ctx, &appointment, words, None))
}

/// The field of the form that writes to the clinic.
#[derive(Debug, Deserialize)]
struct CommentFields {
    #[serde(default)]
    comment: String,
}

async fn comment(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<CommentFields>) -> Response {
    let gate = ctx.gate("appointments.comment");
    let appointment = match appointment_for(&ctx, &gate, &id, Action::Change).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    let Some(words) = rules::reason(&fields.comment) else {
        let title = varde_web::ui::Title { title: ctx.text().msg_appointments_comment_title(), failed: true };
        let main = pages::comment(&ctx, &appointment, &fields.comment, Some(pages::TooLong));
        return (StatusCode::UNPROCESSABLE_ENTITY, ctx.page(title, &main)).into_response();
    };
    let persons = Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient };
    match actions::comment(&gate, persons, &appointment.id, words, ctx.now).await {
        Ok(()) => Redirect::to(&format!("/appointments/{id}?done=commented")).into_response(),
        Err(error) => not_done(&ctx, &appointment, error),
    }
}

async fn calendar(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("appointments.calendar");
    let appointment = match appointment_of(&ctx, &gate, &id).await {
        Ok(appointment) => appointment,
        Err(response) => return response,
    };
    match ics::calendar(&appointment, &ctx.text().msg_appointments_calendar_summary(), ctx.now) {
        Some(file) => {
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"varde.ics\""),
            ];
            (headers, file).into_response()
        }
        None => ctx.failed(&GateError::NotFound),
    }
}

/// The next appointment, on the front page, and before it an earlier time that waits for an answer.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Card>, GateError>> {
    async move {
        if !ctx.why(gate, Service::PrimaryAppointments).await?.open {
            return Ok(None);
        }
        let all = load::open(gate, ctx.subject(), ctx.now).await?;
        let next = all.appointments.iter().filter(|a| rules::is_coming(a, ctx.now)).min_by_key(|a| a.start);
        let audiences = gate.audiences(ctx.subject(), ResourceType::APPOINTMENT).await?;
        let offers: Vec<_> = all.wishes.iter().filter(|wish| rules::offer_stands(wish, ctx.now)).collect();
        let audience = next.and_then(|next| audiences.get(&next.id));
        let coming = pages::front_card(ctx, next, audience);
        let ends = offers.iter().filter_map(|wish| Some(wish.offer.as_ref()?.ends)).min();
        Ok(Some(match (ends, next.and_then(|next| next.start)) {
            (Some(ends), _) => Card::to_do(pages::offers(ctx, &offers), Some(date_in_norway(ends))).with(coming),
            (None, Some(start)) => Card::next(coming, date_in_norway(start)),
            (None, None) => Card::quiet(coming),
        }))
    }
    .boxed()
}
