//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use varde_base::{ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::{Action, Service};
use varde_store::{Gate, GateError};
use varde_web::{SafeForm, ui};

use super::actions::{self, Choice, Overview, Persons, RenewError};
use super::collect;
use super::model::Medicine;
use super::pages::{self, FieldError, Form, May};
use super::{fhir, rules};
use crate::shared::{Ctx, State, Why};
use crate::slice::Card;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/medicines", get(list))
        .route("/medicines/renew", get(renew_form).post(renew))
        .route("/medicines/in-use", get(in_use))
        .route("/medicines/collected", get(collected))
        .route("/medicines/copy", get(copy))
        .route("/medicines/collect", get(collect::collect))
        .route("/medicines/{id}", get(details))
        .route("/medicines/{id}/withdraw", post(withdraw))
}

/// What has just been done, for the confirmation on top of the page.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

fn persons(ctx: &Ctx) -> Persons<'_> {
    Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient }
}

async fn overview(ctx: &Ctx, gate: &Gate) -> Result<Overview, GateError> {
    actions::overview(gate, ctx.subject(), ctx.visitor.acting_for.is_none(), ctx.now).await
}

/// Whether medicines are open to the visitor, why, and what they may do.
async fn standing(ctx: &Ctx, gate: &Gate) -> Result<(Why, May), GateError> {
    let why = ctx.why(gate, Service::Medicines).await?;
    let renew = why.open && ctx.may(gate, Service::Medicines, Action::Renew).await?;
    let collect = collect::is_open(ctx).await?;
    let book = ctx.may(gate, Service::PrimaryAppointments, Action::Book).await?;
    let report = ctx.may(gate, Service::Requests, Action::Send).await?;
    Ok((why, May { renew, collect, book, report }))
}

async fn list(ctx: Ctx, Query(Done { done }): Query<Done>) -> Response {
    let gate = ctx.gate("medicines.list");
    let (why, may) = match standing(&ctx, &gate).await {
        Ok(standing) => standing,
        Err(error) => return ctx.failed(&error),
    };
    // A list that cannot be had is said on the page; what to do meanwhile stands there too.
    let overview = if why.open { overview(&ctx, &gate).await.ok() } else { None };
    let main = pages::list(&ctx, overview.as_ref(), &why, may, done.as_deref());
    ctx.page(ctx.text().msg_medicines_title(), &main)
}

async fn details(ctx: Ctx, Path(id): Path<String>, Query(Done { done }): Query<Done>) -> Response {
    let gate = ctx.gate("medicines.details");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let loaded = async {
        let overview = overview(&ctx, &gate).await?;
        let prescription = overview.prescription(&id).cloned().ok_or(GateError::NotFound)?;
        let (why, may) = standing(&ctx, &gate).await?;
        // What sources say of medicines together is beside the prescription; without it the page still is.
        let mut interactions = actions::interactions(&gate, ctx.subject(), ctx.now).await.unwrap_or_default();
        interactions.retain(|its| its.prescriptions.contains(&id));
        Ok::<_, GateError>((overview, prescription, interactions, why, may))
    };
    match loaded.await {
        Ok((overview, prescription, interactions, why, may)) => {
            let shown = pages::Shown { overview: &overview, prescription: &prescription, interactions: &interactions };
            ctx.page(
                pages::name(ctx.text(), &prescription.name),
                &pages::details(&ctx, &shown, &why, may, done.as_deref()),
            )
        }
        Err(error) => ctx.failed(&error),
    }
}

/// The prescription that was pressed.
#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    prescription: String,
}

async fn renew_form(ctx: Ctx, Query(Chosen { prescription }): Query<Chosen>) -> Response {
    let chosen = Some(prescription).filter(|id| !id.is_empty()).into_iter().collect();
    renew_page(&ctx, &ctx.gate("medicines.renew"), Form { chosen, ..Form::default() }).await
}

async fn renew_page(ctx: &Ctx, gate: &Gate, form: Form) -> Response {
    let (why, may) = match standing(ctx, gate).await {
        Ok(standing) => standing,
        Err(error) => return ctx.failed(&error),
    };
    if !may.renew {
        let page = ctx.page(ctx.text().msg_medicines_not_allowed(), &pages::not_allowed(ctx, &why));
        return (StatusCode::FORBIDDEN, page).into_response();
    }
    let overview = match overview(ctx, gate).await {
        Ok(overview) => overview,
        Err(error) => return ctx.failed(&error),
    };
    let office = match overview.prescriptions.first() {
        Some(one) => actions::office(gate, ctx.subject(), one, ctx.now).await.ok().flatten(),
        None => None,
    };
    let status = if form.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = ui::Title { title: ctx.text().msg_medicines_renew_title(), failed: !form.errors.is_empty() };
    (status, ctx.page(title, &pages::renew(ctx, &overview, office.as_ref(), &form, may))).into_response()
}

/// The fields of the renewal form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    prescription: Vec<String>,
    message: String,
    form_key: String,
}

impl Fields {
    /// All that is wrong at once, so that nobody mends one field to be told of the next.
    fn choice(&self) -> Result<Choice, Vec<FieldError>> {
        let ids: Result<Vec<ResourceId>, _> = self.prescription.iter().map(|id| id.parse()).collect();
        let mut ids = ids.unwrap_or_default();
        ids.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
        ids.dedup();
        let mut errors = Vec::new();
        if ids.is_empty() {
            errors.push(FieldError::NoneChosen);
        } else if ids.len() > rules::MAX_CHOSEN {
            errors.push(FieldError::TooMany);
        }
        match rules::message(&self.message) {
            Some(message) if errors.is_empty() => {
                Ok(Choice { prescriptions: ids, message: message.to_owned(), form_key: self.form_key.clone() })
            }
            Some(_) => Err(errors),
            None => {
                errors.push(FieldError::MessageTooLong(self.message.trim().chars().count()));
                Err(errors)
            }
        }
    }

    fn form(self, errors: Vec<FieldError>) -> Form {
        Form { chosen: self.prescription, message: self.message, errors }
    }
}

async fn renew(ctx: Ctx, SafeForm(fields): SafeForm<Fields>) -> Response {
    let gate = ctx.gate("medicines.renew");
    let choice = match fields.choice() {
        Ok(choice) => choice,
        Err(errors) => return renew_page(&ctx, &gate, fields.form(errors)).await,
    };
    match actions::renew(&gate, persons(&ctx), &choice, ctx.now).await {
        Ok(()) => Redirect::to("/medicines?done=renewed").into_response(),
        Err(RenewError::NotRenewable(prescription, why)) => {
            renew_page(&ctx, &gate, fields.form(vec![FieldError::NotRenewable(prescription.name, why)])).await
        }
        Err(RenewError::NoOffice) => renew_page(&ctx, &gate, fields.form(vec![FieldError::NoOffice])).await,
        // Somebody who may not renew is told so, with what to do instead.
        Err(RenewError::Store(GateError::Refused(_))) => renew_page(&ctx, &gate, fields.form(Vec::new())).await,
        Err(RenewError::Store(error)) => ctx.failed(&error),
    }
}

/// The form that takes back has no fields of its own.
#[derive(Deserialize)]
struct NoFields {}

async fn withdraw(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    let gate = ctx.gate("medicines.withdraw");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    match actions::withdraw(&gate, persons(&ctx), &id, ctx.now).await {
        Ok(true) => Redirect::to(&format!("/medicines/{id}?done=withdrawn")).into_response(),
        Ok(false) => Redirect::to(&format!("/medicines/{id}?done=too-late")).into_response(),
        Err(error) => ctx.failed(&error),
    }
}

/// All medicines in use, as far as they are known.
async fn medicines(ctx: &Ctx, gate: &Gate) -> Result<Vec<Medicine>, GateError> {
    let stated = actions::stated(gate, ctx.subject(), ctx.now).await?;
    let overview = overview(ctx, gate).await?;
    Ok(rules::medicines(stated, overview.around(), date_in_norway(ctx.now)))
}

async fn in_use(ctx: Ctx) -> Response {
    let gate = ctx.gate("medicines.in-use");
    let why = match ctx.why(&gate, Service::Medicines).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let medicines = medicines(&ctx, &gate).await.ok();
    ctx.page(ctx.text().msg_medicines_use_title(), &pages::in_use(&ctx, medicines.as_deref(), &why))
}

async fn collected(ctx: Ctx) -> Response {
    let gate = ctx.gate("medicines.collected");
    let why = match ctx.why(&gate, Service::Medicines).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let overview = overview(&ctx, &gate).await.ok();
    ctx.page(ctx.text().msg_medicines_collected_title(), &pages::collected(&ctx, overview.as_ref(), &why))
}

/// The list as a file of its own, that opens without a network and prints on paper.
async fn copy(ctx: Ctx) -> Response {
    let gate = ctx.gate("medicines.copy");
    match ctx.why(&gate, Service::Medicines).await {
        Ok(why) if !why.open => return Redirect::to("/medicines").into_response(),
        Ok(_) => {}
        Err(error) => return ctx.failed(&error),
    }
    let loaded = async { Ok::<_, GateError>((medicines(&ctx, &gate).await?, overview(&ctx, &gate).await?)) };
    match loaded.await {
        Ok((medicines, overview)) => {
            // Who may not see it gets the list without it.
            let person = gate.read(ResourceType::PATIENT, ctx.subject().as_resource_id()).await.ok();
            let born = person.and_then(|person| fhir::birth_date(&person.body));
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"varde.html\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, pages::copy(&ctx, born, &medicines, &overview).into_string()).into_response()
        }
        Err(error) => ctx.failed(&error),
    }
}

/// What is to be done or new, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Card>, GateError>> {
    async move {
        if !ctx.why(gate, Service::Medicines).await?.open {
            return Ok(None);
        }
        let overview = actions::front(gate, ctx.subject(), ctx.now).await?;
        Ok(pages::front_card(ctx, &overview))
    }
    .boxed()
}
