//! The page at the counter, for those who are at work at a pharmacy; for all others it does not exist.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;
use varde_base::{Actor, AssuranceLevel, PersonnelActor, Purpose};
use varde_rights::Service;
use varde_store::{Access, Collects, GateError};
use varde_web::SafeForm;
use varde_web::ui::Title;

use super::pages::{self, Form};
use super::rules::{self, Two};
use super::staff;
use crate::shared::{Ctx, Limiter, State};

/// The route.
pub(crate) fn router() -> Router<State> {
    let limiter = Limiter::new(rules::MAX_QUESTIONS, rules::WINDOW);
    Router::new().route("/pharmacy/check", get(counter).post(check)).layer(Extension(Arc::new(limiter)))
}

/// The visitor as personnel at a counter. They act for nobody there, whomever else they have chosen to act for.
///
/// # Errors
/// [`GateError::NotFound`] for everybody else, which is logged.
async fn at_work(ctx: &Ctx) -> Result<PersonnelActor, GateError> {
    let citizen = &ctx.visitor.actor;
    let gate = ctx.gate("pharmacy.counter");
    if citizen.level >= AssuranceLevel::High
        && let Some(personnel) = staff::at_work(&gate, &citizen.national_id, &citizen.name, ctx.now).await?
    {
        return Ok(personnel);
    }
    gate.log_refused(Service::PharmacyPickup).await?;
    Err(GateError::NotFound)
}

async fn counter(ctx: Ctx) -> Response {
    match at_work(&ctx).await {
        Ok(personnel) => show(&ctx, StatusCode::OK, &personnel, &Form::default()),
        Err(error) => ctx.failed(&error),
    }
}

/// A page that another customer finds behind the back button would tell of the one before: none of them is kept.
fn show(ctx: &Ctx, status: StatusCode, personnel: &PersonnelActor, form: &Form) -> Response {
    let title = Title { title: ctx.text().msg_pharmacy_title(), failed: !form.errors.is_empty() || form.too_often };
    let page = ctx.page(title, &pages::counter(ctx, &personnel.organization, form));
    (status, [(header::CACHE_CONTROL, "no-store")], page).into_response()
}

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fields {
    giver: String,
    receiver: String,
}

async fn check(ctx: Ctx, Extension(limiter): Extension<Arc<Limiter>>, SafeForm(fields): SafeForm<Fields>) -> Response {
    let personnel = match at_work(&ctx).await {
        Ok(personnel) => personnel,
        Err(error) => return ctx.failed(&error),
    };
    let typed = |form: Form| Form { giver: fields.giver.clone(), receiver: fields.receiver.clone(), ..form };
    let two = match rules::two(&fields.giver, &fields.receiver) {
        Ok(two) => two,
        Err(errors) => {
            let form = typed(Form { errors, ..Form::default() });
            return show(&ctx, StatusCode::UNPROCESSABLE_ENTITY, &personnel, &form);
        }
    };
    if !limiter.may(ctx.visitor.actor.patient.as_str().as_bytes(), ctx.now) {
        let form = typed(Form { too_often: true, ..Form::default() });
        return show(&ctx, StatusCode::TOO_MANY_REQUESTS, &personnel, &form);
    }
    match ask(&ctx, &personnel, &two).await {
        // The numbers are gone with the answer, so that the next customer is not shown the one before.
        Ok(answer) => show(&ctx, StatusCode::OK, &personnel, &Form { answer: Some(answer), ..Form::default() }),
        Err(error) => ctx.failed(&error),
    }
}

async fn ask(ctx: &Ctx, personnel: &PersonnelActor, two: &Two) -> Result<Collects, GateError> {
    let access = Access {
        actor: Actor::Personnel(personnel.clone()),
        purpose: Purpose::Treatment,
        acting_for: None,
        interaction: "pharmacy.check",
    };
    ctx.state.store.as_actor(&access).may_collect(&two.giver, &two.receiver).await
}
