//! The citizen's pages: extract, act, render.

mod compose;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::Deserialize;
use varde_base::{ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::{Action, Service, sentence};
use varde_store::{Gate, GateError};
use varde_web::{FileForm, SafeForm};

use super::actions::{self, Form, Sending};
use super::model::{Kind, Persons, Thread};
use super::pages::{self, Conversation, FormState, Writing};
use super::{office, prices, rules};
use crate::shared::{Ctx, State, Why, named_file_response};
use crate::slice::Card;
use compose::Submitted;

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/messages", get(list))
        .route("/messages/write", get(choose))
        .route("/messages/write/{kind}", get(write_form).post(write))
        .route("/messages/{id}", get(details).post(answer))
        .route("/messages/{id}/withdraw", post(withdraw))
        .route("/messages/{id}/file/{number}", get(file))
}

/// The person written for and the visitor.
fn persons(ctx: &Ctx) -> Persons<'_> {
    Persons { patient: ctx.subject(), by: &ctx.visitor.actor.patient, name: &ctx.visitor.actor.name }
}

/// Why messages are open or closed to the reader; of one who reads only what is for both, the rule about that.
async fn why(ctx: &Ctx, gate: &Gate, service: Service) -> Result<Why, GateError> {
    let why = ctx.why(gate, service).await?;
    let decision = actions::reading(gate, ctx.subject(), service).await?;
    let rule = decision.rule.told();
    Ok(Why { open: decision.allowed(), rule, sentence: sentence(rule, ctx.language), ..why })
}

/// What has just been done, and where an earlier page ended.
#[derive(Deserialize)]
struct ListQuery {
    done: Option<String>,
    before: Option<Timestamp>,
}

async fn list(ctx: Ctx, Query(ListQuery { done, before }): Query<ListQuery>) -> Response {
    let gate = ctx.gate("messages.list");
    let why = match why(&ctx, &gate, Service::Messages).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    let may_write = match may_write(&ctx, &gate).await {
        Ok(may_write) => may_write,
        Err(error) => return ctx.failed(&error),
    };
    let kept = ctx.state.store.ephemeral();
    let inbox = actions::inbox((&gate, &kept), persons(&ctx), before, ctx.now).await;
    let list = pages::List { inbox: inbox.as_ref().ok(), may_write, is_first: before.is_none(), done: done.as_deref() };
    ctx.page(ctx.text().msg_messages_title(), &pages::list(&ctx, &list, &why))
}

/// Whether the visitor may write anything at all.
async fn may_write(ctx: &Ctx, gate: &Gate) -> Result<bool, GateError> {
    for service in [Service::Messages, Service::Consultations] {
        if !matches!(actions::sending(gate, ctx.subject(), service).await?, Sending::No(_)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Nobody is shown a form that they may not send; the page says by which rule. Gives whether what is written is for both.
async fn allowed(ctx: &Ctx, gate: &Gate, service: Service) -> Result<bool, Response> {
    match actions::sending(gate, ctx.subject(), service).await {
        Ok(Sending::Plain) => Ok(false),
        Ok(Sending::Shared) => Ok(true),
        Ok(Sending::No(decision)) => {
            let rule = decision.rule.told();
            let words = sentence(rule, ctx.language);
            let page = ctx.page(ctx.text().msg_messages_not_allowed(), &pages::not_allowed(ctx, words, rule.0));
            Err((StatusCode::FORBIDDEN, page).into_response())
        }
        Err(error) => Err(ctx.failed(&error)),
    }
}

async fn choose(ctx: Ctx) -> Response {
    let gate = ctx.gate("messages.write");
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        match actions::sending(&gate, ctx.subject(), kind.service()).await {
            Ok(Sending::No(_)) => {}
            Ok(_) => kinds.push(kind),
            Err(error) => return ctx.failed(&error),
        }
    }
    if kinds.is_empty()
        && let Err(response) = allowed(&ctx, &gate, Service::Messages).await
    {
        return response;
    }
    match office::of_person(&gate, ctx.subject(), ctx.now).await {
        Ok(office) => ctx.page(ctx.text().msg_messages_choose_title(), &pages::choose(&ctx, office.as_ref(), &kinds)),
        Err(error) => ctx.failed(&error),
    }
}

/// What has just been done, and which draft is to stand in the form.
#[derive(Deserialize)]
struct FormQuery {
    done: Option<String>,
    draft: Option<String>,
}

async fn write_form(ctx: Ctx, Path(kind): Path<String>, Query(query): Query<FormQuery>) -> Response {
    let gate = ctx.gate("messages.write");
    let Some(kind) = Kind::from_key(&kind) else { return ctx.failed(&GateError::NotFound) };
    match compose::fresh(&ctx, Form::New(kind), query.draft.as_deref()).await {
        Ok(state) => form_page(&ctx, &gate, kind, FormState { done: query.done, ..state }).await,
        Err(error) => ctx.failed(&error),
    }
}

/// The form for a new message, with who gets it, when an answer comes and what it costs.
async fn form_page(ctx: &Ctx, gate: &Gate, kind: Kind, state: FormState) -> Response {
    let shared = match allowed(ctx, gate, kind.service()).await {
        Ok(shared) => shared,
        Err(response) => return response,
    };
    let loaded = async {
        let office = office::of_person(gate, ctx.subject(), ctx.now).await?;
        let stand_ins = match &office {
            Some(office) => office::stand_ins(gate, office, ctx.now).await?,
            None => Vec::new(),
        };
        Ok::<_, GateError>((office, stand_ins))
    };
    let (office, stand_ins) = match loaded.await {
        Ok(loaded) => loaded,
        Err(error) => return ctx.failed(&error),
    };
    let price = match (kind, gate.facts(Some(ctx.subject())).await) {
        (Kind::Consultation, Ok(facts)) => Some(prices::price(facts.subject.age, date_in_norway(ctx.now))),
        (_, Ok(_)) => None,
        (_, Err(error)) => return ctx.failed(&error),
    };
    let code = state.status();
    let title = varde_web::ui::Title { title: pages::kind_name(ctx.text(), kind), failed: !state.problems.is_empty() };
    let writing = Writing { kind, office: office.as_ref(), stand_ins: &stand_ins, price, shared, state: &state };
    (code, ctx.page(title, &pages::write(ctx, &writing))).into_response()
}

async fn write(ctx: Ctx, Path(kind): Path<String>, sent: FileForm) -> Response {
    let gate = ctx.gate("messages.send");
    let Some(kind) = Kind::from_key(&kind) else { return ctx.failed(&GateError::NotFound) };
    let to = |address: String| Redirect::to(&address).into_response();
    match compose::submit(&ctx, &gate, Form::New(kind), sent).await {
        Submitted::Sent(id) => to(format!("/messages/{id}?done=sent")),
        Submitted::Saved { beside: false, .. } => to("/messages?done=saved".to_owned()),
        Submitted::Saved { beside: true, .. } => to("/messages?done=both".to_owned()),
        Submitted::Removed(draft) => to(format!("{}&done=removed", draft.href())),
        Submitted::Discarded => to("/messages?done=discarded".to_owned()),
        Submitted::Wrong(state) => form_page(&ctx, &gate, kind, state).await,
        Submitted::Failed(error) => ctx.failed(&error),
    }
}

async fn details(ctx: Ctx, Path(id): Path<String>, Query(query): Query<FormQuery>) -> Response {
    let gate = ctx.gate("messages.details");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let thread = match actions::thread(&gate, ctx.subject(), &id, ctx.now).await {
        Ok(thread) => thread,
        Err(error) => return ctx.failed(&error),
    };
    let state = match compose::fresh(&ctx, Form::Answer(&thread), query.draft.as_deref()).await {
        Ok(state) => FormState { done: query.done, ..state },
        Err(error) => return ctx.failed(&error),
    };
    let response = thread_page(&ctx, &gate, &thread, state).await;
    let reader = persons(&ctx).by.as_str();
    if response.status().is_success() && rules::has_new(&thread, reader, ctx.now) {
        let platform = actions::platform(&ctx.state, ctx.subject(), "messages.opened");
        if let Err(error) = actions::mark_opened(&platform, &thread, reader, ctx.now).await {
            // It stays unread, and is noted the next time it is opened.
            tracing::warn!(%error, "that a message was opened could not be noted");
        }
    }
    response
}

async fn thread_page(ctx: &Ctx, gate: &Gate, thread: &Thread, state: FormState) -> Response {
    match load_thread(ctx, gate, thread).await {
        Ok((mut conversation, why)) => {
            conversation.state = state;
            let title = varde_web::ui::Title {
                title: pages::title_of(ctx.text(), thread),
                failed: !conversation.state.problems.is_empty(),
            };
            let code = conversation.state.status();
            (code, ctx.page(title, &pages::thread(ctx, &conversation, &why))).into_response()
        }
        Err(error) => ctx.failed(&error),
    }
}

async fn load_thread<'a>(ctx: &'a Ctx, gate: &Gate, thread: &'a Thread) -> Result<(Conversation<'a>, Why), GateError> {
    let service = Form::Answer(thread).service();
    let why = why(ctx, gate, service).await?;
    // Without them the page says less of how far it has come, and never more.
    let errands = actions::errands(gate, ctx.subject(), thread, ctx.now).await.unwrap_or_default();
    let office = office::of_person(gate, ctx.subject(), ctx.now).await?;
    let is_ours = matches!(service, Service::Messages | Service::Consultations);
    let sending = actions::sending(gate, ctx.subject(), service).await?;
    let reply = rules::reply(thread, office.as_ref(), ctx.now);
    let may_write = is_ours && !matches!(sending, Sending::No(_));
    let shared = sending == Sending::Shared;
    let may_report = ctx.may(gate, Service::Requests, Action::Send).await?;
    let audiences = gate.audiences(ctx.subject(), ResourceType::COMMUNICATION).await?;
    let state = FormState::default();
    Ok((Conversation { thread, errands, office, reply, may_write, may_report, shared, audiences, state }, why))
}

async fn answer(ctx: Ctx, Path(id): Path<String>, sent: FileForm) -> Response {
    let gate = ctx.gate("messages.send");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let thread = match actions::thread(&gate, ctx.subject(), &id, ctx.now).await {
        Ok(thread) => thread,
        Err(error) => return ctx.failed(&error),
    };
    let page = format!("/messages/{}", thread.root);
    let to = |address: String| Redirect::to(&address).into_response();
    match compose::submit(&ctx, &gate, Form::Answer(&thread), sent).await {
        Submitted::Sent(_) => to(format!("{page}?done=sent")),
        Submitted::Saved { draft, beside: false } => to(format!("{}&done=saved", draft.href())),
        Submitted::Saved { draft, beside: true } => to(format!("{}&done=both", draft.href())),
        Submitted::Removed(draft) => to(format!("{}&done=removed", draft.href())),
        Submitted::Discarded => to(format!("{page}?done=discarded")),
        Submitted::Wrong(state) => thread_page(&ctx, &gate, &thread, state).await,
        Submitted::Failed(error) => ctx.failed(&error),
    }
}

/// The form that takes back has no fields of its own.
#[derive(Deserialize)]
struct NoFields {}

async fn withdraw(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    let gate = ctx.gate("messages.withdraw");
    let Ok(id) = id.parse::<ResourceId>() else { return ctx.failed(&GateError::NotFound) };
    let thread = match actions::thread(&gate, ctx.subject(), &id, ctx.now).await {
        Ok(thread) => thread,
        Err(error) => return ctx.failed(&error),
    };
    let page = format!("/messages/{}", thread.root);
    match actions::withdraw(&gate, persons(&ctx), (&thread, &id), ctx.now).await {
        Ok(true) => Redirect::to(&format!("{page}?done=withdrawn")).into_response(),
        Ok(false) => Redirect::to(&format!("{page}?done=too-late")).into_response(),
        Err(error) => ctx.failed(&error),
    }
}

async fn file(ctx: Ctx, Path((id, number)): Path<(String, String)>) -> Response {
    let gate = ctx.gate("messages.file");
    let (Ok(id), Ok(number)) = (id.parse::<ResourceId>(), number.parse::<usize>()) else {
        return ctx.failed(&GateError::NotFound);
    };
    let platform = actions::platform(&ctx.state, ctx.subject(), "messages.file");
    match actions::file((&gate, &platform), ctx.subject(), &id, number, ctx.now).await {
        Ok(file) => named_file_response(file.content_type.as_deref(), &file.data, number, &file.name)
            .unwrap_or_else(|| ctx.failed(&GateError::Fault)),
        Err(error) => ctx.failed(&error),
    }
}

/// What is unread, on the front page; nothing when there is nothing.
pub(super) fn front_card<'a>(ctx: &'a Ctx, gate: &'a Gate) -> BoxFuture<'a, Result<Option<Card>, GateError>> {
    async move {
        if !actions::reading(gate, ctx.subject(), Service::Messages).await?.allowed() {
            return Ok(None);
        }
        let unread = actions::unread(gate, persons(ctx), ctx.now).await?;
        Ok((!unread.is_empty()).then(|| pages::front_card(ctx, &unread).into()))
    }
    .boxed()
}
