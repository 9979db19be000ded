//! What nobody could be reached with, for those who run the installation: they write a letter. To everybody else there is no such page.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;
use varde_base::{Actor, AssuranceLevel, PatientId, Purpose, SystemActor, SystemRole};
use varde_fhir::json::Limits;
use varde_fhir::view::PatientView;
use varde_fhir::{Parsed, ResourceType};
use varde_store::{Access, Gate, GateError, Undelivered};
use varde_web::{SafeForm, dates, ui};

use super::rules::Delivery;
use crate::shared::{Ctx, State};

/// Most on the page; the oldest come first.
const MAX_SHOWN: u32 = 50;

const PATH: &str = "/admin/undelivered";

/// HL7 v3 Confidentiality: `R` on a Patient is a protected address (*kode 7*), `V` a strictly protected one (*kode 6*).
const CONFIDENTIALITY_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

/// The population register's own degrees of protection.
const PROTECTION_SYSTEM: &str = "urn:varde:address-protection";

/// The routes.
pub(super) fn router() -> Router<State> {
    Router::new().route("/admin/undelivered", get(list).post(settle))
}

/// One who runs the installation.
struct Operator(Ctx);

impl FromRequestParts<State> for Operator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let ctx = Ctx::from_request_parts(parts, state).await?;
        let actor = &ctx.visitor.actor;
        let is_operator = state.operators.contains(&actor.national_id) && actor.level >= AssuranceLevel::High;
        if is_operator { Ok(Self(ctx)) } else { Err(ctx.failed(&GateError::NotFound)) }
    }
}

/// The operator as an administrator with the operator's own name, so that the log says who.
fn gate(ctx: &Ctx) -> Gate {
    ctx.state.store.as_actor(&Access {
        actor: Actor::System(SystemActor { name: ctx.visitor.actor.name.clone(), role: SystemRole::Admin }),
        purpose: Purpose::Administration,
        acting_for: None,
        interaction: "admin.undelivered",
    })
}

/// To whom a letter goes.
struct Letter {
    id: u64,
    since: String,
    address: Vec<String>,
}

async fn list(Operator(ctx): Operator) -> Response {
    match letters(&ctx).await {
        Ok(letters) => ctx.page(ctx.text().msg_events_undelivered_title(), &page(&ctx, &letters)),
        Err(error) => ctx.failed(&error),
    }
}

async fn letters(ctx: &Ctx) -> Result<Vec<Letter>, GateError> {
    let gate = gate(ctx);
    let protected = ctx.text().msg_events_undelivered_protected();
    let mut letters = Vec::new();
    for undelivered in ctx.state.store.outbox().undelivered(MAX_SHOWN).await? {
        let address = match recipient(&undelivered) {
            Some(patient) => address(&gate, &patient, &protected).await?,
            None => Vec::new(),
        };
        letters.push(Letter {
            id: undelivered.id,
            since: dates::date_time(undelivered.created, ctx.language),
            address,
        });
    }
    Ok(letters)
}

fn recipient(undelivered: &Undelivered) -> Option<PatientId> {
    let delivery: Option<Delivery> = serde_json::from_str(&undelivered.payload).ok();
    delivery.map(|delivery| delivery.recipient).or_else(|| undelivered.subject.clone())
}

/// Whether the register protects the address (*kode 6* and *kode 7*): then no page shows it, not to those who run the installation either.
fn is_protected(body: &[u8]) -> bool {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Person {
        meta: Meta,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Meta {
        security: Vec<Coding>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Coding {
        system: String,
        code: String,
    }
    // What cannot be read is not shown.
    let Ok(person) = serde_json::from_slice::<Person>(body) else { return true };
    person.meta.security.iter().any(|label| match label.system.as_str() {
        CONFIDENTIALITY_SYSTEM => matches!(label.code.as_str(), "R" | "V"),
        PROTECTION_SYSTEM => true,
        _ => false,
    })
}

/// Name and address, a line each, `protected` in place of an address that is. One who is gone has none.
async fn address(gate: &Gate, patient: &PatientId, protected: &str) -> Result<Vec<String>, GateError> {
    let found = match gate.read(ResourceType::PATIENT, patient.as_resource_id()).await {
        Ok(found) => found,
        Err(GateError::NotFound | GateError::Gone { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let parsed = Parsed::parse_stored(&found.body, &Limits::default()).map_err(|_| GateError::Fault)?;
    let Some(person) = PatientView::new(&parsed) else { return Ok(Vec::new()) };
    let mut lines: Vec<String> = person.shown_name().map(|name| name.full()).into_iter().collect();
    if is_protected(&found.body) {
        lines.push(protected.to_owned());
    } else if let Some(home) = person.addresses().next() {
        lines.extend(home.lines().map(str::to_owned));
        let place = [home.postal_code(), home.city()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        lines.push(place);
    }
    Ok(lines)
}

fn page(ctx: &Ctx, letters: &[Letter]) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_events_undelivered_title()))
        @if letters.is_empty() {
            (ui::empty_state(&text.msg_events_undelivered_none(), &text.msg_events_undelivered_none_help()))
        } @else {
            (ui::lead(&text.msg_events_undelivered_intro()))
            (ui::list(letters.iter().map(|letter| html! {
                @let (first, rest) = letter.address.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
                (ui::entry(&first.cloned().unwrap_or_else(|| text.msg_events_undelivered_unknown()), &letter.since, &html! {
                    @for line in rest { p { (line) } }
                    (ui::form(PATH, &ctx.visitor, html! {
                        (ui::hidden_field("id", &letter.id.to_string()))
                        (ui::secondary_button(&text.msg_events_undelivered_settle()))
                    }))
                }))
            })))
            @if letters.len() >= MAX_SHOWN as usize { p { (text.msg_events_undelivered_more(MAX_SHOWN.to_string())) } }
        }
    }
}

/// Which one.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Settled {
    id: String,
}

async fn settle(Operator(ctx): Operator, SafeForm(settled): SafeForm<Settled>) -> Response {
    let Ok(id) = settled.id.parse::<u64>() else { return ctx.failed(&GateError::NotFound) };
    match ctx.state.store.outbox().settle(id).await {
        // Settled already is what was wanted.
        Ok(_) => Redirect::to(PATH).into_response(),
        Err(error) => ctx.failed(&error),
    }
}
