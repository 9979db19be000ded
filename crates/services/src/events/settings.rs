//! How one is told: extract, act, render. Everything here is the visitor's own, whomever they act for.

mod pages;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use varde_base::{Category, Language, PatientId};
use varde_rights::{Action, Item, Relation, Service, sentence};
use varde_store::{Gate, GateError, RelatedCitizen};
use varde_web::{SafeForm, ui};

use super::actions::{self, Loaded};
use super::citizen::own_gate;
use super::fhir;
use super::model::{Channel, Channels, Kind, Quiet};
use super::rules;
use crate::shared::{Ctx, State};
use pages::{Shown, Who};

/// Where one chooses.
const PATH: &str = "/events/settings";

/// The routes of the settings.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/events/settings", get(form).post(save))
        .route("/events/settings/devices", post(add_device))
        .route("/events/settings/devices/remove", post(remove_device))
}

/// Which page is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    about: Option<String>,
    done: Option<String>,
}

async fn form(ctx: Ctx, Query(asked): Query<Asked>) -> Response {
    let acted_for = || ctx.visitor.acting_for.as_ref().map(|person| person.patient.to_string());
    let about = asked.about.clone().or_else(acted_for).unwrap_or_default();
    show(&ctx, &about, asked.done.as_deref(), false).await
}

/// The page; `refused` when a browser could not be added.
async fn show(ctx: &Ctx, about: &str, done: Option<&str>, refused: bool) -> Response {
    let gate = own_gate(ctx, "events.settings");
    let (loaded, who) = match prepared(ctx, &gate, about).await {
        Ok(prepared) => prepared,
        Err(response) => return response,
    };
    let contact = match actions::contact(&gate, &ctx.visitor.actor.patient).await {
        Ok(contact) => contact,
        Err(error) => return ctx.failed(&error),
    };
    let others = match others(&gate).await {
        Ok(others) => others,
        Err(error) => return ctx.failed(&error),
    };
    let shown = Shown { preferences: &loaded.preferences, who: who.as_ref(), contact, others, done, refused };
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = match &who {
        None => ctx.text().msg_events_settings_title(),
        Some(who) => ctx.text().msg_events_settings_title_about(&*who.name),
    };
    (status, ctx.page(ui::Title { title, failed: refused }, &pages::page(ctx, &shown))).into_response()
}

/// The visitor's preferences, and whom of those they act for the page is about (`None`: themself). Nobody is shown a form that they may not send.
async fn prepared(ctx: &Ctx, gate: &Gate, about: &str) -> Result<(Loaded, Option<Who>), Response> {
    let me = &ctx.visitor.actor.patient;
    let prepared = async {
        let decision = gate.decide(Some(me), Service::Notifications, Action::Change, Item::PLAIN).await?;
        if !decision.allowed() {
            return Ok(Err(decision.rule.told()));
        }
        let who = if about.is_empty() || about == me.as_str() {
            None
        } else {
            let found = others(gate).await?.into_iter().find(|other| other.patient.as_str() == about);
            Some(found.ok_or(GateError::NotFound)?)
        };
        Ok::<_, GateError>(Ok((actions::load(gate, me).await?, who)))
    };
    match prepared.await {
        Ok(Ok(prepared)) => Ok(prepared),
        Ok(Err(rule)) => {
            let words = sentence(rule, ctx.language);
            let page = ctx.page(ctx.text().msg_events_settings_title(), &pages::closed(ctx, words, rule.0));
            Err((StatusCode::FORBIDDEN, page).into_response())
        }
        Err(error) => Err(ctx.failed(&error)),
    }
}

/// Those the visitor may act for.
async fn others(gate: &Gate) -> Result<Vec<Who>, GateError> {
    let open = |its: &RelatedCitizen| its.relation != Relation::Myself && gate.opens_something(its);
    let related = gate.relations().await?.into_iter().filter(open);
    Ok(related.map(|related| Who { patient: related.patient, name: related.name }).collect())
}

/// What was ticked.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Fields {
    about: String,
    appointments: Vec<String>,
    messages: Vec<String>,
    medicines: Vec<String>,
    results: Vec<String>,
    look_ups: Vec<String>,
    sharing: Vec<String>,
    other: Vec<String>,
    fallback: Vec<String>,
    quiet: String,
    language: String,
}

impl Fields {
    fn ticked(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::Appointments => &self.appointments,
            Kind::Messages => &self.messages,
            Kind::Medicines => &self.medicines,
            Kind::Results => &self.results,
            Kind::LookUps => &self.look_ups,
            Kind::Sharing => &self.sharing,
            Kind::Other => &self.other,
        }
    }
}

/// Channels by their names; what is no channel counts for nothing.
fn channels(names: &[String]) -> Channels {
    names.iter().filter_map(|name| Channel::from_key(name)).collect()
}

/// What holds after boxes were ticked: a channel that is not offered now has no box, and stays as it was chosen while it was.
fn kept(ticked: &[String], before: Channels, offered: Channels) -> Channels {
    let unasked = before.iter().filter(|channel| !offered.has(*channel));
    channels(ticked).both(offered).iter().chain(unasked).collect()
}

async fn save(ctx: Ctx, SafeForm(fields): SafeForm<Fields>) -> Response {
    let gate = own_gate(&ctx, "events.choose");
    let (mut loaded, who) = match prepared(&ctx, &gate, &fields.about).await {
        Ok(prepared) => prepared,
        Err(response) => return response,
    };
    let offered = ctx.state.offer.channels;
    let about = who.as_ref().map(|who| &who.patient);
    let mut chosen = BTreeMap::new();
    for kind in Kind::ALL {
        let preferences = &loaded.preferences;
        let of_other = about.and_then(|about| preferences.about.get(about));
        let before = fhir::shown(of_other, &preferences.own, kind);
        chosen.insert(kind, kept(fields.ticked(kind), before, offered));
    }
    fhir::choose(&mut loaded.preferences, about, chosen);
    if about.is_none() {
        loaded.preferences.fallback = kept(&fields.fallback, loaded.preferences.fallback, offered);
        loaded.preferences.quiet = Quiet::from_key(&fields.quiet);
        loaded.preferences.language = Language::from_tag(&fields.language);
    }
    written(&ctx, &gate, &loaded, about, "saved").await
}

/// Saves, and shows what holds then. When somebody was first (another window), the page says so and shows what that one chose.
async fn written(ctx: &Ctx, gate: &Gate, loaded: &Loaded, about: Option<&PatientId>, done: &str) -> Response {
    let about = about.map(|about| format!("&about={about}")).unwrap_or_default();
    match actions::save(gate, &ctx.visitor.actor.patient, loaded).await {
        Ok(()) => Redirect::to(&format!("{PATH}?done={done}{about}")).into_response(),
        Err(error) if error.category() == Category::Conflict => {
            Redirect::to(&format!("{PATH}?done=changed-meanwhile{about}")).into_response()
        }
        Err(error) => ctx.failed(&error),
    }
}

/// What a browser says of itself (the Push API's `PushSubscription`).
#[derive(Deserialize, Default)]
#[serde(default)]
struct DeviceFields {
    endpoint: String,
    p256dh: String,
    auth: String,
}

async fn add_device(ctx: Ctx, SafeForm(fields): SafeForm<DeviceFields>) -> Response {
    let gate = own_gate(&ctx, "events.device");
    let (mut loaded, _) = match prepared(&ctx, &gate, "").await {
        Ok(prepared) => prepared,
        Err(response) => return response,
    };
    let offer = &ctx.state.offer;
    let known = offer.channels.has(Channel::Push) && offer.services.allow(&fields.endpoint);
    if !known || !rules::is_device(&fields.p256dh, &fields.auth) {
        return show(&ctx, "", None, true).await;
    }
    actions::add_device(&mut loaded.preferences, &fields.endpoint, (&fields.p256dh, &fields.auth), ctx.now);
    written(&ctx, &gate, &loaded, None, "device-added").await
}

/// Which device; its place in the list and when it was added, since its address is a secret.
#[derive(Deserialize, Default)]
#[serde(default)]
struct RemoveFields {
    place: String,
    added: String,
}

async fn remove_device(ctx: Ctx, SafeForm(fields): SafeForm<RemoveFields>) -> Response {
    let gate = own_gate(&ctx, "events.device");
    let (mut loaded, _) = match prepared(&ctx, &gate, "").await {
        Ok(prepared) => prepared,
        Err(response) => return response,
    };
    let devices = &mut loaded.preferences.devices;
    let place = fields.place.parse::<usize>().ok();
    match place.filter(|place| devices.get(*place).is_some_and(|device| device.added == fields.added)) {
        Some(place) => drop(devices.remove(place)),
        // It is gone already, which is what was wanted.
        None => return Redirect::to(&format!("{PATH}?done=device-removed")).into_response(),
    }
    written(&ctx, &gate, &loaded, None, "device-removed").await
}
