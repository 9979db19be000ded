//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use varde_base::{ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::{Action, Service};
use varde_store::{Gate, GateError};
use varde_web::{SafeForm, ui};

use super::actions::{self, Draft, Persons, SuggestError};
use super::model::{Item, Office};
use super::pages::{self, Form};
use super::{pdf, rules};
use crate::shared::{Ctx, State, Why};

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/summary", get(critical))
        .route("/summary/suggest", get(suggest_form).post(suggest))
        .route("/summary/suggestions/{id}", get(suggestion))
        .route("/summary/suggestions/{id}/withdraw", post(withdraw))
        .route("/summary/international", get(international))
        .route("/summary/international/pdf", get(print))
        .route("/summary/international/fhir", get(file))
        .route("/summary/item/{kind}/{id}", get(item))
}

fn persons(ctx: &Ctx) -> Persons<'_> {
    Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient }
}

/// Why the summary is open or closed, and whether the visitor may suggest something.
async fn standing(ctx: &Ctx, gate: &Gate) -> Result<(Why, bool), GateError> {
    let why = ctx.why(gate, Service::SummaryRecord).await?;
    // Who may not see what stands there could not see the answer either.
    let may_suggest = why.open && ctx.may(gate, Service::SummaryRecord, Action::Change).await?;
    Ok((why, may_suggest))
}

async fn critical(ctx: Ctx) -> Response {
    let gate = ctx.gate("summary.critical");
    let (why, may_suggest) = match standing(&ctx, &gate).await {
        Ok(standing) => standing,
        Err(error) => return ctx.failed(&error),
    };
    let loaded = async {
        let (items, is_cut) = actions::items(&gate, ctx.subject(), ctx.now).await?;
        let suggestions = actions::suggestions(&gate, ctx.subject(), ctx.now).await?;
        Ok::<_, GateError>(pages::Loaded { items, is_cut, suggestions })
    };
    // What is closed is not searched for: the page says why instead.
    let loaded = if why.open { loaded.await.ok() } else { None };
    ctx.page(ctx.text().msg_summary_title(), &pages::critical(&ctx, loaded.as_ref(), &why, may_suggest))
}

async fn item(ctx: Ctx, Path((kind, id)): Path<(String, String)>) -> Response {
    let gate = ctx.gate("summary.item");
    let loaded = async {
        let item = read_item(&ctx, &gate, &format!("{kind}/{id}")).await?;
        Ok::<_, GateError>((item, standing(&ctx, &gate).await?))
    };
    match loaded.await {
        Ok((item, (why, may_suggest))) => {
            ctx.page(pages::item_title(&ctx, &item), &pages::item(&ctx, &item, &why, may_suggest))
        }
        Err(error) => ctx.failed(&error),
    }
}

/// The item of a reference, `Type/id`.
async fn read_item(ctx: &Ctx, gate: &Gate, reference: &str) -> Result<Item, GateError> {
    let (kind, id) = reference.split_once('/').ok_or(GateError::NotFound)?;
    let resource_type = ResourceType::from_name(kind).ok_or(GateError::NotFound)?;
    let id: ResourceId = id.parse().map_err(|_| GateError::NotFound)?;
    actions::item(gate, ctx.subject(), resource_type, &id).await
}

/// What a suggestion is about, in the address and in the form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields {
    item: String,
    wish: String,
    words: String,
    form_key: String,
}

impl Fields {
    fn item(&self) -> Option<&str> {
        Some(self.item.as_str()).filter(|item| !item.is_empty())
    }
}

async fn suggest_form(ctx: Ctx, Query(fields): Query<Fields>) -> Response {
    let gate = ctx.gate("summary.suggest");
    let about = match about(&ctx, &gate, &fields).await {
        Ok(about) => about,
        Err(response) => return response,
    };
    let form = Form { wish: fields.wish, words: fields.words, errors: Vec::new() };
    show(&ctx, &about, &form)
}

/// What a form needs beside what was typed.
struct About {
    item: Option<(String, Item)>,
    office: Option<Office>,
    why: Why,
}

async fn about(ctx: &Ctx, gate: &Gate, fields: &Fields) -> Result<About, Response> {
    let loaded = async {
        let (why, may_suggest) = standing(ctx, gate).await?;
        if !may_suggest {
            return Ok::<_, GateError>(None);
        }
        let item = match fields.item() {
            Some(reference) => Some((reference.to_owned(), read_item(ctx, gate, reference).await?)),
            None => None,
        };
        let office = actions::office(gate, ctx.subject(), ctx.now).await?;
        Ok(Some(About { item, office, why }))
    };
    match loaded.await {
        Ok(Some(about)) => Ok(about),
        // The page of the summary says why it is closed.
        Ok(None) => Err(Redirect::to("/summary").into_response()),
        Err(error) => Err(ctx.failed(&error)),
    }
}

fn show(ctx: &Ctx, about: &About, form: &Form) -> Response {
    let status = if form.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = ui::Title { title: ctx.text().msg_summary_suggest_title(), failed: !form.errors.is_empty() };
    let item = about.item.as_ref().map(|(reference, item)| (reference.as_str(), item));
    (status, ctx.page(title, &pages::suggest(ctx, item, about.office.as_ref(), form, &about.why))).into_response()
}

async fn suggest(ctx: Ctx, SafeForm(fields): SafeForm<Fields>) -> Response {
    let gate = ctx.gate("summary.suggest");
    let about = match about(&ctx, &gate, &fields).await {
        Ok(about) => about,
        Err(response) => return response,
    };
    let form = |errors| Form { wish: fields.wish.clone(), words: fields.words.clone(), errors };
    let (wish, words) = match rules::draft(&fields.wish, &fields.words, about.item.is_some()) {
        Ok(draft) => draft,
        Err(errors) => return show(&ctx, &about, &form(errors)),
    };
    let Ok(parameters) = ctx.state.store.rule_book().parameters().on(date_in_norway(ctx.now)) else {
        return ctx.failed(&GateError::Fault);
    };
    let item = about.item.as_ref().map(|(reference, _)| reference.as_str());
    let days = parameters.request_answer_days;
    let draft = Draft { wish, item, words: &words, days, form_key: &fields.form_key };
    match actions::suggest(&gate, persons(&ctx), draft, ctx.now).await {
        Ok(id) => Redirect::to(&format!("/summary/suggestions/{id}?done=sent")).into_response(),
        Err(SuggestError::Field(error)) => show(&ctx, &about, &form(vec![error])),
        Err(SuggestError::Store(error)) => ctx.failed(&error),
    }
}

/// What has just been done, for the confirmation on top of the page.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

async fn suggestion(ctx: Ctx, Path(id): Path<String>, Query(Done { done }): Query<Done>) -> Response {
    let gate = ctx.gate("summary.suggestion");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let loaded = async {
        let suggestion = actions::suggestion(&gate, ctx.subject(), &id).await?;
        Ok::<_, GateError>((suggestion, standing(&ctx, &gate).await?))
    };
    match loaded.await {
        Ok((suggestion, (why, may_suggest))) => {
            let main = pages::suggestion(&ctx, &suggestion, &why, may_suggest, done.as_deref());
            ctx.page(ctx.text().msg_summary_suggestion_title(), &main)
        }
        Err(error) => ctx.failed(&error),
    }
}

/// The form of one button has no fields of its own.
#[derive(Deserialize)]
struct NoFields {}

async fn withdraw(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    let gate = ctx.gate("summary.withdraw");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    match actions::withdraw(&gate, persons(&ctx), &id, ctx.now).await {
        Ok(true) => Redirect::to(&format!("/summary/suggestions/{id}?done=withdrawn")).into_response(),
        Ok(false) => Redirect::to(&format!("/summary/suggestions/{id}?done=too-late")).into_response(),
        Err(error) => ctx.failed(&error),
    }
}

async fn international(ctx: Ctx) -> Response {
    let gate = ctx.gate("summary.international");
    let why = match ctx.why(&gate, Service::SummaryRecord).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let summary = if why.open { actions::summary(&gate, ctx.subject(), ctx.now).await.ok() } else { None };
    ctx.page(ctx.text().msg_summary_ips_title(), &pages::international(&ctx, summary.as_ref(), &why))
}

async fn print(ctx: Ctx) -> Response {
    let gate = ctx.gate("summary.print");
    let loaded = async {
        if !ctx.why(&gate, Service::SummaryRecord).await?.open {
            return Ok::<_, GateError>(None);
        }
        let summary = actions::summary(&gate, ctx.subject(), ctx.now).await?;
        Ok(Some(pages::paper(&ctx, &summary)?))
    };
    let paper = match loaded.await {
        Ok(Some(paper)) => paper,
        Ok(None) => return Redirect::to("/summary/international").into_response(),
        Err(error) => return ctx.failed(&error),
    };
    match pdf::write(&paper) {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, "application/pdf"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"varde-summary.pdf\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the summary could not be printed");
            ctx.failed(&GateError::Fault)
        }
    }
}

async fn file(ctx: Ctx) -> Response {
    let gate = ctx.gate("summary.file");
    match ctx.why(&gate, Service::SummaryRecord).await {
        Ok(why) if !why.open => return Redirect::to("/summary/international").into_response(),
        Ok(_) => {}
        Err(error) => return ctx.failed(&error),
    }
    let base_url = format!("{}/fhir", ctx.state.health_cards.issuer());
    match actions::patient_summary(&gate, ctx.subject(), &base_url, ctx.now).await {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, "application/fhir+json"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"varde-summary.json\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => ctx.failed(&error),
    }
}
