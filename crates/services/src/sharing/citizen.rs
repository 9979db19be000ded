//! The citizen's pages: extract, act, render.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use varde_base::{ResourceId, date_in_norway};
use varde_rights::{Action, ConsentLevel, Item, Relation, Service, sentence};
use varde_store::{Gate, GateError};
use varde_web::ui::TypedDay;
use varde_web::{Category, SafeForm};

use super::actions::{self, Answer, GiveError};
use super::model::{Given, Kind, Person};
use super::notices::Happened;
use super::pages::{self, Form, Hub, Related, Side};
use super::rules::{self, FieldError, Wish};
use super::{settings, stop, youth};
use crate::shared::{Ctx, State};

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/sharing", get(hub))
        .route("/sharing/give", get(give_form).post(give))
        .route("/sharing/privacy", get(privacy).post(set_level))
        .route("/sharing/{id}", get(details))
        .route("/sharing/{id}/change", get(change_form).post(change))
        .route("/sharing/{id}/end", post(end))
        .route("/sharing/{id}/accept", post(accept))
        .route("/sharing/{id}/refuse", post(refuse))
        .merge(settings::router())
        .merge(stop::router())
        .merge(youth::router())
}

/// What has just been done, for the confirmation on top of the page.
#[derive(Deserialize)]
pub(super) struct Done {
    pub done: Option<String>,
}

async fn hub(ctx: Ctx, Query(Done { done }): Query<Done>) -> Response {
    match load_hub(&ctx).await {
        Ok(hub) if hub.is_closed() => closed(&ctx, hub.proxies.sentence, hub.proxies.rule.0),
        Ok(hub) => ctx.page(ctx.text().msg_sharing_title(), &pages::hub(&ctx, &hub, done.as_deref())),
        Err(error) => ctx.failed(&error),
    }
}

async fn load_hub(ctx: &Ctx) -> Result<Hub, GateError> {
    let gate = ctx.gate("sharing.list");
    let proxies = ctx.why(&gate, Service::Proxies).await?;
    let privacy = ctx.why(&gate, Service::PrivacySettings).await?;
    let consents = ctx.why(&gate, Service::Consents).await?;
    let may_give = ctx.may(&gate, Service::Proxies, Action::Change).await?;
    let youth = ctx.why(&gate, Service::YouthConsent).await?;
    let consented = actions::consents(&gate, ctx.subject(), ctx.now).await.ok();
    let given = consented.as_deref().and_then(|found| actions::given_among(found).ok());
    let settings = consented.as_deref().and_then(|found| settings::settings_among(found).ok());
    // What one has received, and whom one may act for, are one's own matters, not those of the one acted for.
    let is_own = ctx.visitor.acting_for.is_none();
    let received = if is_own && proxies.open {
        let platform = actions::platform(&ctx.state, ctx.subject(), "sharing.received");
        actions::received(&platform, ctx.subject(), ctx.now).await.ok()
    } else {
        Some(Vec::new())
    };
    let related = if is_own { related(ctx, &gate).await.ok() } else { Some(Vec::new()) };
    Ok(Hub { proxies, privacy, consents, youth, may_give, given, settings, received, related })
}

/// Those the visitor acts for, each with the rule that says why.
async fn related(ctx: &Ctx, gate: &Gate) -> Result<Vec<Related>, GateError> {
    let mut out = Vec::new();
    for person in gate.relations().await? {
        if person.relation == Relation::Myself {
            continue;
        }
        let decision = gate.decide(Some(&person.patient), Service::Person, Action::Outline, Item::PLAIN).await?;
        let rule = decision.rule.told();
        let why = sentence(rule, ctx.language);
        let consent = gate.decide(Some(&person.patient), Service::YouthConsent, Action::Change, Item::PLAIN).await?;
        let may_consent = consent.allowed();
        out.push(Related { name: person.name, relation: person.relation, why, rule: rule.0, may_consent });
    }
    Ok(out)
}

/// A page of somebody who may not: the sentence of the rule that says so.
fn closed(ctx: &Ctx, sentence: &str, rule: &str) -> Response {
    let page = ctx.page(ctx.text().msg_sharing_closed(), &pages::closed(ctx, sentence, rule));
    (StatusCode::FORBIDDEN, page).into_response()
}

/// Nobody is shown a form that they may not send.
pub(super) async fn allowed(ctx: &Ctx, gate: &Gate, service: Service) -> Result<(), Response> {
    match gate.decide(Some(ctx.subject()), service, Action::Change, Item::PLAIN).await {
        Ok(decision) if decision.allowed() => Ok(()),
        Ok(decision) => {
            let rule = decision.rule.told();
            Err(closed(ctx, sentence(rule, ctx.language), rule.0))
        }
        Err(error) => Err(ctx.failed(&error)),
    }
}

#[derive(Deserialize)]
struct KindQuery {
    #[serde(default)]
    kind: String,
    /// An area that another page has offered to give.
    #[serde(default)]
    area: String,
}

async fn give_form(ctx: Ctx, Query(KindQuery { kind, area }): Query<KindQuery>) -> Response {
    let gate = ctx.gate("sharing.give");
    if let Err(response) = allowed(&ctx, &gate, Service::Proxies).await {
        return response;
    }
    let areas = Some(area).filter(|area| !area.is_empty()).into_iter().collect();
    show_form(&ctx, &Form { kind: Kind::from_key(&kind), areas, ..Form::default() }, None)
}

/// The fields of the forms that give and change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    kind: String,
    number: String,
    family: String,
    areas: Vec<String>,
    #[serde(rename = "until-day")]
    until_day: String,
    #[serde(rename = "until-month")]
    until_month: String,
    #[serde(rename = "until-year")]
    until_year: String,
    /// `yes` from the page that asks once more, `edit` to go back to the fields.
    step: String,
    form_key: String,
}

impl Fields {
    fn form(&self, kind: Kind, errors: Vec<FieldError>) -> Form {
        Form {
            kind,
            number: self.number.clone(),
            family: self.family.clone(),
            areas: self.areas.clone(),
            until: self.until(),
            errors,
        }
    }

    /// The last day, as typed.
    fn until(&self) -> TypedDay {
        TypedDay { day: self.until_day.clone(), month: self.until_month.clone(), year: self.until_year.clone() }
    }
}

fn show_form(ctx: &Ctx, form: &Form, old: Option<&Given>) -> Response {
    let status = if form.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = varde_web::ui::Title { title: pages::form_title(ctx, form, old), failed: !form.errors.is_empty() };
    (status, ctx.page(title, &pages::form(ctx, form, old))).into_response()
}

async fn give(ctx: Ctx, SafeForm(fields): SafeForm<Fields>) -> Response {
    let gate = ctx.gate("sharing.give");
    if let Err(response) = allowed(&ctx, &gate, Service::Proxies).await {
        return response;
    }
    let kind = Kind::from_key(&fields.kind);
    if fields.step == "edit" {
        return show_form(&ctx, &fields.form(kind, Vec::new()), None);
    }
    let (wish, receiver) = match checked(&ctx, &gate, kind, &fields).await {
        Ok(checked) => checked,
        Err(Refused::Fields(errors)) => return show_form(&ctx, &fields.form(kind, errors), None),
        Err(Refused::Store(error)) => return ctx.failed(&error),
    };
    if fields.step != "yes" {
        let main = pages::confirm(&ctx, &fields.form(kind, Vec::new()), &wish, &receiver.name, None);
        return ctx.page(ctx.text().msg_sharing_confirm_title(), &main);
    }
    match actions::give(&gate, ctx.subject(), &receiver, &wish, &fields.form_key, ctx.now).await {
        Ok(id) => {
            let platform = actions::platform(&ctx.state, ctx.subject(), "sharing.tell");
            actions::tell(&platform, &receiver.patient, Happened::Proposed, ctx.now).await;
            Redirect::to(&format!("/sharing/{id}?done=given")).into_response()
        }
        Err(GiveError::Field(error)) => show_form(&ctx, &fields.form(kind, vec![error]), None),
        Err(GiveError::Store(error)) => ctx.failed(&error),
    }
}

enum Refused {
    Fields(Vec<FieldError>),
    Store(GateError),
}

/// All that can be wrong with the form at once, so that nobody mends one field to be told of the next.
async fn checked(ctx: &Ctx, gate: &Gate, kind: Kind, fields: &Fields) -> Result<(Wish, Person), Refused> {
    let today = date_in_norway(ctx.now);
    let wish = rules::wish(kind, &fields.areas, fields.until().date(), today);
    let mut errors = rules::missing(&fields.number, &fields.family);
    if !errors.is_empty() {
        errors.extend(wish.err().into_iter().flatten());
        return Err(Refused::Fields(errors));
    }
    let giver = actions::person(gate, ctx.subject()).await.map_err(Refused::Store)?;
    let platform = actions::platform(&ctx.state, ctx.subject(), "sharing.receiver");
    let receiver = actions::receiver(&platform, &giver, &fields.number, &fields.family, ctx.now).await;
    match (wish, receiver) {
        (_, Err(GiveError::Store(error))) => return Err(Refused::Store(error)),
        (Ok(wish), Ok(receiver)) => {
            let existing = actions::given(gate, ctx.subject(), ctx.now).await.map_err(Refused::Store)?;
            match rules::has_room(&existing, &wish, &receiver.patient, None, today) {
                // The form that asked once more may have been sent twice: giving finds its own again.
                Err(error) if fields.step != "yes" => errors.push(error),
                _ => return Ok((wish, receiver)),
            }
        }
        (wish, receiver) => {
            if let Err(GiveError::Field(error)) = receiver {
                errors.push(error);
            }
            errors.extend(wish.err().into_iter().flatten());
        }
    }
    Err(Refused::Fields(errors))
}

/// The proxy in the path as one of its two sides sees it. To everybody else it does not exist.
async fn seen(ctx: &Ctx, id: &str, interaction: &'static str) -> Result<Side, GateError> {
    let id: ResourceId = id.parse().map_err(|_| GateError::NotFound)?;
    match actions::one_given(&ctx.gate(interaction), ctx.subject(), &id).await {
        Ok(given) => return Ok(Side::Giver(given)),
        Err(GateError::NotFound | GateError::Gone { .. }) => {}
        Err(error) => return Err(error),
    }
    // The platform's way is only for those whose own account is open, in their own matters.
    if ctx.visitor.acting_for.is_some() || !ctx.may(&ctx.gate(interaction), Service::Proxies, Action::View).await? {
        return Err(GateError::NotFound);
    }
    let platform = actions::platform(&ctx.state, ctx.subject(), interaction);
    actions::one_received(&platform, ctx.subject(), &id, ctx.now).await.map(Side::Receiver)
}

async fn details(ctx: Ctx, Path(id): Path<String>, Query(Done { done }): Query<Done>) -> Response {
    let side = match seen(&ctx, &id, "sharing.details").await {
        Ok(side) => side,
        Err(error) => return ctx.failed(&error),
    };
    ctx.page(pages::details_title(&ctx, &side), &pages::details(&ctx, &side, done.as_deref()))
}

/// The visitor's own one in the path, that can still be changed.
async fn to_change(ctx: &Ctx, gate: &Gate, id: &str) -> Result<Given, Response> {
    allowed(ctx, gate, Service::Proxies).await?;
    let id: ResourceId = id.parse().map_err(|_| ctx.failed(&GateError::NotFound))?;
    let given = actions::one_given(gate, ctx.subject(), &id).await.map_err(|error| ctx.failed(&error))?;
    let is_over = rules::state(&given, date_in_norway(ctx.now)) == rules::State::Over || given.kind == Kind::Assigned;
    if is_over { Err(Redirect::to(&format!("/sharing/{id}")).into_response()) } else { Ok(given) }
}

async fn change_form(ctx: Ctx, Path(id): Path<String>) -> Response {
    let gate = ctx.gate("sharing.details");
    // A stranger's address is not there, before anything is said of rights.
    if let Err(error) = seen(&ctx, &id, "sharing.details").await {
        return ctx.failed(&error);
    }
    match to_change(&ctx, &gate, &id).await {
        Ok(old) => show_form(&ctx, &Form::of(&old), Some(&old)),
        Err(response) => response,
    }
}

async fn change(ctx: Ctx, Path(id): Path<String>, SafeForm(fields): SafeForm<Fields>) -> Response {
    let gate = ctx.gate("sharing.change");
    let old = match to_change(&ctx, &gate, &id).await {
        Ok(old) => old,
        Err(response) => return response,
    };
    if fields.step == "edit" {
        return show_form(&ctx, &fields.form(old.kind, Vec::new()), Some(&old));
    }
    let wish = match rules::wish(old.kind, &fields.areas, fields.until().date(), date_in_norway(ctx.now)) {
        Ok(wish) => wish,
        Err(errors) => return show_form(&ctx, &fields.form(old.kind, errors), Some(&old)),
    };
    if fields.step != "yes" {
        let form = fields.form(old.kind, Vec::new());
        let main = pages::confirm(&ctx, &form, &wish, &old.receiver_name, Some(&old));
        return ctx.page(ctx.text().msg_sharing_confirm_title(), &main);
    }
    match actions::change(&gate, &old, &wish, &fields.form_key, ctx.now).await {
        Ok((new, happened)) => {
            if let Some(receiver) = &old.receiver {
                let platform = actions::platform(&ctx.state, ctx.subject(), "sharing.tell");
                actions::tell(&platform, receiver, happened, ctx.now).await;
            }
            Redirect::to(&format!("/sharing/{new}?done=changed")).into_response()
        }
        Err(GiveError::Field(error)) => show_form(&ctx, &fields.form(old.kind, vec![error]), Some(&old)),
        Err(GiveError::Store(error)) => after_failure(&ctx, &error),
    }
}

/// Somebody else was quicker: the first page says what is true now.
pub(super) fn after_failure(ctx: &Ctx, error: &GateError) -> Response {
    if error.category() == Category::Conflict {
        Redirect::to("/sharing?done=changed-meanwhile").into_response()
    } else {
        ctx.failed(error)
    }
}

/// The forms of one button have no fields of their own.
#[derive(Deserialize)]
pub(super) struct NoFields {}

async fn end(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    match seen(&ctx, &id, "sharing.end").await {
        Ok(Side::Giver(given)) => {
            let ended = actions::end_as_giver(&ctx.gate("sharing.end"), &given, ctx.now).await;
            if let (Ok(true), Some(receiver)) = (&ended, &given.receiver) {
                let platform = actions::platform(&ctx.state, ctx.subject(), "sharing.tell");
                actions::tell(&platform, receiver, Happened::Ended, ctx.now).await;
            }
            finish(&ctx, ended.map(|_| ()), "ended")
        }
        Ok(Side::Receiver(_)) => answer(&ctx, &id, Answer::End, "sharing.end", "ended").await,
        Err(error) => ctx.failed(&error),
    }
}

async fn accept(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    answer(&ctx, &id, Answer::Accept, "sharing.accept", "accepted").await
}

async fn refuse(ctx: Ctx, Path(id): Path<String>, SafeForm(NoFields {}): SafeForm<NoFields>) -> Response {
    answer(&ctx, &id, Answer::Refuse, "sharing.refuse", "refused").await
}

/// The receiver's answer, never on behalf of anybody.
async fn answer(ctx: &Ctx, id: &str, what: Answer, interaction: &'static str, done: &str) -> Response {
    let (Ok(id), None) = (id.parse::<ResourceId>(), &ctx.visitor.acting_for) else {
        return ctx.failed(&GateError::NotFound);
    };
    if let Err(response) = allowed(ctx, &ctx.gate(interaction), Service::Proxies).await {
        return response;
    }
    let me = ctx.subject();
    let platform = actions::platform(&ctx.state, me, interaction);
    let answered = async {
        let received = actions::one_received(&platform, me, &id, ctx.now).await?;
        let receiver = actions::person(&platform, me).await?;
        actions::answer(&platform, &received.given, &receiver, what, ctx.now).await
    };
    finish(ctx, answered.await, done)
}

fn finish(ctx: &Ctx, result: Result<(), GateError>, done: &str) -> Response {
    match result {
        Ok(()) => Redirect::to(&format!("/sharing?done={done}")).into_response(),
        Err(error) => after_failure(ctx, &error),
    }
}

async fn privacy(ctx: Ctx, Query(Done { done }): Query<Done>) -> Response {
    let gate = ctx.gate("sharing.privacy");
    if let Err(response) = allowed(&ctx, &gate, Service::PrivacySettings).await {
        return response;
    }
    privacy_page(&ctx, &gate, done.is_some(), false).await
}

async fn privacy_page(ctx: &Ctx, gate: &Gate, is_done: bool, failed: bool) -> Response {
    let loaded = async {
        let facts = gate.facts(Some(ctx.subject())).await?;
        let why = ctx.why(gate, Service::PrivacySettings).await?;
        Ok::<_, GateError>((facts.subject.level, actions::levels(gate, ctx.subject(), ctx.now).await?, why))
    };
    let (level, history, why) = match loaded.await {
        Ok(loaded) => loaded,
        Err(error) => return ctx.failed(&error),
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = varde_web::ui::Title { title: ctx.text().msg_sharing_privacy_title(), failed };
    let shown = pages::Privacy { level, history: &history, why, is_done, failed };
    (status, ctx.page(title, &pages::privacy(ctx, &shown))).into_response()
}

/// The chosen level.
#[derive(Deserialize)]
struct LevelField {
    #[serde(default)]
    level: String,
}

async fn set_level(ctx: Ctx, SafeForm(LevelField { level }): SafeForm<LevelField>) -> Response {
    let gate = ctx.gate("sharing.set-level");
    if let Err(response) = allowed(&ctx, &gate, Service::PrivacySettings).await {
        return response;
    }
    let Some(level) = ConsentLevel::from_key(&level) else { return privacy_page(&ctx, &gate, false, true).await };
    match actions::set_level(&gate, ctx.subject(), level, ctx.now).await {
        Ok(()) => Redirect::to("/sharing/privacy?done=saved").into_response(),
        Err(error) => after_failure(&ctx, &error),
    }
}
