//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use varde_base::{ResourceId, date_in_norway};
use varde_rights::{Action, Item, Service, sentence};
use varde_store::{Gate, GateError};
use varde_web::{Category, SafeForm};

use super::actions::{self, About, Match, Persons, SendError};
use super::model::{Draft, Holder, Kind, Request};
use super::pages::{self, Form};
use super::rules::{self, FieldError, Typed};
use crate::shared::{Ctx, State};

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/requests", get(list))
        .route("/requests/new", get(form).post(send))
        .route("/requests/{id}", get(details))
        .route("/requests/{id}/complain", post(complain))
        .route("/requests/{id}/state", post(state))
        .route("/requests/{id}/withdraw", post(withdraw))
}

async fn list(ctx: Ctx) -> Response {
    let gate = ctx.gate("requests.list");
    let why = match ctx.why(&gate, Service::Requests).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let all = actions::all(&gate, ctx.subject(), ctx.now).await;
    ctx.page(ctx.text().msg_enquiries_title(), &pages::list(&ctx, all.ok().as_deref(), &why))
}

/// What the form is about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Ask {
    /// A stored item, `Type/id`.
    item: String,
    /// An entry of the access log.
    entry: String,
    /// `access-after-death` or `missing-document` for those; anything else is a correction.
    kind: String,
    /// The health service, where the page that leads here knows it.
    holder: String,
}

impl Ask {
    fn kind(&self) -> Kind {
        match Kind::from_code(&self.kind) {
            _ if !self.entry.is_empty() => Kind::LookUp,
            Some(kind @ (Kind::AfterDeath | Kind::Missing)) => kind,
            _ => Kind::Correction,
        }
    }
}

/// Nobody is shown a form that they may not send. Of one who is dead everybody asks for themself.
async fn allowed(ctx: &Ctx, gate: &Gate, kind: Kind) -> Result<(), Response> {
    let decision = match gate.decide(Some(ctx.subject()), Service::Requests, Action::Send, Item::PLAIN).await {
        Ok(decision) => decision,
        Err(error) => return Err(ctx.failed(&error)),
    };
    if !decision.allowed() {
        let rule = decision.rule.told();
        return Err(closed(ctx, sentence(rule, ctx.language), Some(rule.0)));
    }
    if kind == Kind::AfterDeath && ctx.visitor.acting_for.is_some() {
        return Err(closed(ctx, &ctx.text().msg_enquiries_dead_for_yourself(), None));
    }
    Ok(())
}

fn closed(ctx: &Ctx, sentence: &str, rule: Option<&'static str>) -> Response {
    let page = ctx.page(ctx.text().msg_enquiries_closed(), &pages::closed(ctx, sentence, rule));
    (StatusCode::FORBIDDEN, page).into_response()
}

/// What is asked about, found by the person's own rights.
async fn about(ctx: &Ctx, gate: &Gate, ask: &Ask) -> Result<About, GateError> {
    match ask.kind() {
        Kind::LookUp => {
            let entry = ask.entry.parse().map_err(|_| GateError::NotFound)?;
            actions::look_up(gate, ctx.subject(), entry, ctx.now).await
        }
        Kind::Correction if !ask.item.is_empty() => actions::item(gate, ctx.subject(), &ask.item).await,
        Kind::Correction | Kind::Missing | Kind::AfterDeath | Kind::Complaint => Ok(About::Nothing),
    }
}

async fn form(ctx: Ctx, Query(ask): Query<Ask>) -> Response {
    let gate = ctx.gate("requests.new");
    if let Err(response) = allowed(&ctx, &gate, ask.kind()).await {
        return response;
    }
    match about(&ctx, &gate, &ask).await {
        Ok(about) => {
            let mut form = Form::fresh(ask.kind(), ctx.visitor.draft.as_ref());
            if form.holder.is_empty() {
                form.holder = ask.holder;
            }
            show(&ctx, &form, &about)
        }
        Err(error) => ctx.failed(&error),
    }
}

fn show(ctx: &Ctx, form: &Form, about: &About) -> Response {
    let status = if form.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = pages::form_title(ctx.text(), form.kind, about);
    let title = varde_web::ui::Title { title, failed: !form.errors.is_empty() };
    (status, ctx.page(title, &pages::form(ctx, form, about))).into_response()
}

/// The fields of the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    item: String,
    entry: String,
    kind: String,
    wrong: String,
    right: String,
    holder: String,
    chosen: String,
    name: String,
    day: String,
    month: String,
    year: String,
    number: String,
    relation: String,
    form_key: String,
}

impl Fields {
    fn ask(&self) -> Ask {
        Ask { item: self.item.clone(), entry: self.entry.clone(), kind: self.kind.clone(), holder: self.holder.clone() }
    }

    fn typed(&self) -> Typed {
        Typed {
            wrong: self.wrong.clone(),
            right: self.right.clone(),
            name: self.name.clone(),
            born: [self.day.clone(), self.month.clone(), self.year.clone()],
            number: self.number.clone(),
            relation: self.relation.clone(),
        }
    }
}

async fn send(ctx: Ctx, SafeForm(fields): SafeForm<Fields>) -> Response {
    let gate = ctx.gate("requests.send");
    let ask = fields.ask();
    if let Err(response) = allowed(&ctx, &gate, ask.kind()).await {
        return response;
    }
    let about = match about(&ctx, &gate, &ask).await {
        Ok(about) => about,
        Err(error) => return ctx.failed(&error),
    };
    let mut form = Form { typed: fields.typed(), holder: fields.holder.clone(), ..Form::fresh(ask.kind(), None) };
    let (draft, holder) = match complete(&ctx, &gate, &mut form, &about, &fields.chosen).await {
        Ok(Some(complete)) => complete,
        Ok(None) => return show(&ctx, &form, &about),
        Err(error) => return ctx.failed(&error),
    };
    // Who goes back in the browser and writes something else in the same form sends something else.
    let form_key = format!("{}/{draft:?}/{holder:?}", fields.form_key);
    match save(&ctx, &gate, &holder, &draft, &form_key).await {
        Ok(id) => Redirect::to(&format!("/requests/{id}?done=sent")).into_response(),
        Err(SendError::Field(error)) => {
            form.errors.push(error);
            show(&ctx, &form, &about)
        }
        Err(SendError::Store(error)) => ctx.failed(&error),
    }
}

/// What is sent and to whom; `None` when something is wrong, which then stands in the form.
async fn complete(
    ctx: &Ctx,
    gate: &Gate,
    form: &mut Form,
    about: &About,
    chosen: &str,
) -> Result<Option<(Draft, Holder)>, GateError> {
    let draft = rules::draft(form.kind, &form.typed, date_in_norway(ctx.now));
    let holder = match about {
        About::Item { holder, .. } | About::LookUp { holder, .. } => Some(holder.clone()),
        About::Nothing if form.holder.trim().is_empty() => {
            form.errors.push(FieldError::Holder);
            None
        }
        About::Nothing => match actions::holder(gate, &form.holder, chosen, ctx.now).await? {
            Match::One(holder) => Some(holder),
            Match::Unknown => {
                form.errors.push(FieldError::HolderUnknown);
                None
            }
            Match::Several(offered, is_more) => {
                form.errors.push(FieldError::HolderSeveral);
                form.offered = offered;
                form.is_more = is_more;
                None
            }
        },
    };
    match (draft, holder) {
        (Ok(draft), Some(holder)) => Ok(Some((with_about(draft, about), holder))),
        (draft, _) => {
            form.errors.splice(0..0, draft.err().into_iter().flatten());
            Ok(None)
        }
    }
}

fn with_about(draft: Draft, about: &About) -> Draft {
    match about {
        About::Nothing => draft,
        About::Item { reference, .. } => Draft { item: Some(reference.clone()), ..draft },
        About::LookUp { entry, .. } => Draft { entry: Some(*entry), ..draft },
    }
}

async fn save(ctx: &Ctx, gate: &Gate, holder: &Holder, draft: &Draft, form_key: &str) -> Result<ResourceId, SendError> {
    let parameters = ctx.state.store.rule_book().parameters().on(date_in_norway(ctx.now));
    let days = parameters.map_err(|_| GateError::Fault)?.request_answer_days;
    actions::send(gate, persons(ctx), holder, draft, form_key, ctx.now, days).await
}

fn persons(ctx: &Ctx) -> Persons<'_> {
    Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient }
}

/// What has just been done, for the confirmation on top of the page.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

/// The request in the path, about the person the page is about.
async fn of_path(ctx: &Ctx, gate: &Gate, id: &str) -> Result<Request, Response> {
    let id: ResourceId = id.parse().map_err(|_| ctx.failed(&GateError::NotFound))?;
    actions::one(gate, ctx.subject(), &id).await.map_err(|error| ctx.failed(&error))
}

async fn details(ctx: Ctx, Path(id): Path<String>, Query(Done { done }): Query<Done>) -> Response {
    let gate = ctx.gate("requests.details");
    match of_path(&ctx, &gate, &id).await {
        Ok(request) => details_page(&ctx, &gate, &request, done.as_deref(), None).await,
        Err(response) => response,
    }
}

async fn details_page(
    ctx: &Ctx,
    gate: &Gate,
    request: &Request,
    done: Option<&str>,
    failed: Option<pages::Failed<'_>>,
) -> Response {
    let loaded = async {
        let why = ctx.why(gate, Service::Requests).await?;
        let may_send = ctx.may(gate, Service::Requests, Action::Send).await?;
        let all = actions::all(gate, ctx.subject(), ctx.now).await?;
        let complaint = all.into_iter().find(|other| other.about.as_ref() == Some(&request.id)).map(|other| other.id);
        Ok::<_, GateError>((why, may_send, complaint))
    };
    let (why, may_send, complaint) = match loaded.await {
        Ok(loaded) => loaded,
        Err(error) => return ctx.failed(&error),
    };
    let thread = actions::thread(gate, ctx.subject(), &request.id, ctx.now).await.ok();
    let status = if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = varde_web::ui::Title { title: pages::kind_name(ctx.text(), request), failed: failed.is_some() };
    let shown = pages::Details { request, thread, why, may_send, complaint, done, failed };
    (status, ctx.page(title, &pages::details(ctx, &shown))).into_response()
}

/// The forms under an answer.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Words {
    complaint: String,
    statement: String,
}

async fn complain(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<Words>) -> Response {
    let gate = ctx.gate("requests.complain");
    let request = match of_path(&ctx, &gate, &id).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    if !rules::may_complain(&request, date_in_norway(ctx.now)) {
        return Redirect::to(&format!("/requests/{}", request.id)).into_response();
    }
    let typed = Typed { wrong: fields.complaint.clone(), ..Typed::default() };
    let Ok(draft) = rules::draft(Kind::Complaint, &typed, date_in_norway(ctx.now)) else {
        let failed = pages::Failed { field: "complaint", typed: &fields.complaint };
        return details_page(&ctx, &gate, &request, None, Some(failed)).await;
    };
    let draft = Draft { about: Some(request.id.clone()), ..draft };
    // One complaint about a request, however often the form is sent.
    let form_key = format!("complaint/{}", request.id);
    match save(&ctx, &gate, &Holder::CountyGovernor, &draft, &form_key).await {
        Ok(id) => Redirect::to(&format!("/requests/{id}?done=sent")).into_response(),
        Err(SendError::Field(_)) => Redirect::to(&format!("/requests/{}?done=too-many", request.id)).into_response(),
        Err(SendError::Store(error)) => ctx.failed(&error),
    }
}

async fn state(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<Words>) -> Response {
    let gate = ctx.gate("requests.state");
    let request = match of_path(&ctx, &gate, &id).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    if let Err(response) = allowed(&ctx, &gate, request.kind).await {
        return response;
    }
    let typed = Typed { wrong: fields.statement.clone(), ..Typed::default() };
    let Ok(words) = rules::draft(Kind::Complaint, &typed, date_in_norway(ctx.now)) else {
        let failed = pages::Failed { field: "statement", typed: &fields.statement };
        return details_page(&ctx, &gate, &request, None, Some(failed)).await;
    };
    let platform = actions::platform(&ctx.state, ctx.subject(), "requests.state");
    finish(&ctx, &request, actions::state(&platform, persons(&ctx), &request, &words.wrong, ctx.now).await, "stated")
}

/// The form of one button has no fields of its own.
#[derive(Deserialize)]
struct NoFields {}

async fn withdraw(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    let gate = ctx.gate("requests.withdraw");
    let request = match of_path(&ctx, &gate, &id).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    finish(&ctx, &request, actions::withdraw(&gate, persons(&ctx), &request, ctx.now).await, "withdrawn")
}

/// Back to the request: when somebody else was quicker, its page says what is true now.
fn finish(ctx: &Ctx, request: &Request, result: Result<(), GateError>, done: &str) -> Response {
    let done = match result {
        Ok(()) => done,
        Err(error) if error.category() == Category::Conflict => "changed-meanwhile",
        Err(error) => return ctx.failed(&error),
    };
    Redirect::to(&format!("/requests/{}?done={done}", request.id)).into_response()
}
