//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use maud::Markup;
use serde::Deserialize;
use varde_base::ResourceId;
use varde_rights::{Action, Service};
use varde_store::{Gate, GateError};
use varde_web::{SafeForm, ui};

use super::actions::{self, ChangeError, Choice, Want};
use super::find;
use super::model::Member;
use super::pages::{self, FieldError, Form, May, Offered, Search};
use super::rules;
use crate::shared::{Ctx, State, Why};

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/gp", get(own))
        .route("/gp/history", get(history))
        .route("/gp/change", get(choose))
        .route("/gp/change/{id}", get(confirm).post(change))
        .route("/gp/undo/{id}", post(undo))
}

/// What has just been done, for the confirmation on top of the page.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

/// Whether the GP is open to the visitor, why, and what they may do.
async fn standing(ctx: &Ctx, gate: &Gate) -> Result<(Why, May), GateError> {
    let why = ctx.why(gate, Service::GpChoice).await?;
    let change = why.open && ctx.may(gate, Service::GpChoice, Action::Change).await?;
    let book = ctx.may(gate, Service::PrimaryAppointments, Action::Book).await?;
    let write = ctx.may(gate, Service::Messages, Action::Send).await?;
    Ok((why, May { change, book, write }))
}

async fn own(ctx: Ctx, Query(Done { done }): Query<Done>) -> Response {
    let gate = ctx.gate("gp.own");
    let (why, may) = match standing(&ctx, &gate).await {
        Ok(standing) => standing,
        Err(error) => return ctx.failed(&error),
    };
    let overview = if why.open { actions::overview(&gate, ctx.subject(), ctx.now).await.ok() } else { None };
    ctx.page(ctx.text().msg_gp_title(), &pages::own(&ctx, overview.as_ref(), &why, may, done.as_deref()))
}

async fn history(ctx: Ctx) -> Response {
    let gate = ctx.gate("gp.history");
    let why = match ctx.why(&gate, Service::GpChoice).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let overview = if why.open { actions::overview(&gate, ctx.subject(), ctx.now).await.ok() } else { None };
    ctx.page(ctx.text().msg_gp_history_title(), &pages::history(&ctx, overview.as_ref(), &why))
}

/// The words searched for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    q: String,
    free: String,
}

/// The answer to somebody who may not change GP here.
fn not_allowed(ctx: &Ctx, why: &Why) -> Response {
    let page = ctx.page(ctx.text().msg_gp_not_allowed(), &pages::not_allowed(ctx, why));
    (StatusCode::FORBIDDEN, page).into_response()
}

async fn choose(ctx: Ctx, Query(asked): Query<Asked>) -> Response {
    let gate = ctx.gate("gp.choose");
    let loaded = async {
        let (why, may) = standing(&ctx, &gate).await?;
        if !may.change {
            return Ok((why, None));
        }
        let words = rules::searched(&asked.q);
        let near = match &words {
            Some(_) => None,
            None => find::own_town(&gate, ctx.subject()).await?,
        };
        let only_free = !asked.free.is_empty();
        let lists = match words.as_ref().or(near.as_ref()) {
            Some(words) => find::lists(&gate, words, only_free, ctx.now).await?,
            None => find::Lists::default(),
        };
        let overview = actions::overview(&gate, ctx.subject(), ctx.now).await?;
        Ok::<_, GateError>((why, Some((Search { words, near, only_free, lists }, overview))))
    };
    match loaded.await {
        Ok((_, Some((search, overview)))) => {
            ctx.page(ctx.text().msg_gp_change_title(), &pages::choose(&ctx, &search, &overview))
        }
        Ok((why, None)) => not_allowed(&ctx, &why),
        Err(error) => ctx.failed(&error),
    }
}

/// Those whose GP can be changed from here.
async fn members(ctx: &Ctx, gate: &Gate) -> Result<Vec<Member>, GateError> {
    let name = ctx.visitor.acting_for.as_ref().map_or(&*ctx.visitor.actor.name, |person| &*person.name);
    actions::members(gate, &ctx.visitor.actor.patient, (ctx.subject(), name)).await
}

async fn confirm(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("gp.confirm");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    confirm_page(&ctx, &gate, &id, Form::default()).await
}

async fn confirm_page(ctx: &Ctx, gate: &Gate, id: &ResourceId, form: Form) -> Response {
    let loaded = async {
        let (list, _) = find::list(gate, id).await?;
        let (why, may) = standing(ctx, gate).await?;
        if !may.change {
            return Ok((why, None));
        }
        let members = members(ctx, gate).await?;
        let overview = actions::overview(gate, ctx.subject(), ctx.now).await?;
        let follow = actions::follow_a_parent(gate, &ctx.visitor.actor.patient, &members, id, ctx.now).await?;
        Ok::<_, GateError>((why, Some((Offered { list, members, follow }, overview))))
    };
    match loaded.await {
        Ok((_, Some((offered, overview)))) => {
            let status = if form.errors.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
            let title = ui::Title { title: ctx.text().msg_gp_confirm_title(), failed: !form.errors.is_empty() };
            (status, ctx.page(title, &pages::confirm(ctx, &offered, &overview, &form))).into_response()
        }
        Ok((why, None)) => not_allowed(ctx, &why),
        Err(error) => ctx.failed(&error),
    }
}

/// The fields of the form: for whom, and whether a place or to wait for one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    person: Vec<String>,
    want: String,
    form_key: String,
}

async fn change(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<Fields>) -> Response {
    let gate = ctx.gate("gp.change");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let loaded = async { Ok::<_, GateError>((standing(&ctx, &gate).await?, members(&ctx, &gate).await?)) };
    let known = match loaded.await {
        // Also when somebody else has asked for the same already, so that nobody is told that they have done what they may not.
        Ok(((why, may), _)) if !may.change => return not_allowed(&ctx, &why),
        Ok((_, known)) => known,
        Err(error) => return ctx.failed(&error),
    };
    // Somebody the visitor may not change for is not among them, whatever the form says.
    let chosen: Vec<Member> =
        known.into_iter().filter(|member| fields.person.iter().any(|id| id == member.patient.as_str())).collect();
    let form = |error| Form { chosen: Some(fields.person.clone()), errors: vec![error] };
    if chosen.is_empty() {
        return confirm_page(&ctx, &gate, &id, form(FieldError::NobodyChosen)).await;
    }
    let want = if fields.want == "wait" { Want::Wait } else { Want::Place };
    let choice = Choice { list: &id, members: chosen, want, form_key: &fields.form_key };
    match actions::change(&gate, &ctx.visitor.actor.patient, &choice, ctx.now).await {
        Ok(()) => Redirect::to("/gp?done=changed").into_response(),
        Err(ChangeError::NotChangeable(name, why)) => {
            confirm_page(&ctx, &gate, &id, form(FieldError::NotChangeable(name, why))).await
        }
        Err(ChangeError::Full) => confirm_page(&ctx, &gate, &id, form(FieldError::Full)).await,
        Err(ChangeError::QueueFull) => confirm_page(&ctx, &gate, &id, form(FieldError::QueueFull)).await,
        Err(ChangeError::Busy) => confirm_page(&ctx, &gate, &id, form(FieldError::Busy)).await,
        // Somebody who may not change is told so, with what to do instead.
        Err(ChangeError::Store(GateError::Refused(_))) => confirm_page(&ctx, &gate, &id, Form::default()).await,
        Err(ChangeError::Store(error)) => ctx.failed(&error),
    }
}

/// The form that takes back has no fields of its own.
#[derive(Deserialize)]
struct NoFields {}

async fn undo(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    let gate = ctx.gate("gp.undo");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    match actions::undo(&gate, ctx.subject(), &ctx.visitor.actor.patient, &id, ctx.now).await {
        Ok(true) => Redirect::to("/gp?done=undone").into_response(),
        Ok(false) => Redirect::to("/gp?done=too-late").into_response(),
        Err(error) => ctx.failed(&error),
    }
}

/// A change that is under way or has just been answered, on the front page.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Markup>, GateError>> {
    async move {
        if !ctx.why(gate, Service::GpChoice).await?.open {
            return Ok(None);
        }
        let changes = actions::changes(gate, ctx.subject(), ctx.now).await?;
        Ok(pages::front_card(ctx, &changes))
    }
    .boxed()
}
