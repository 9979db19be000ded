//! The citizen's pages: extract, ask, render.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_rights::{Action, AgeBand, Relation, Service, sentence};
use varde_store::{Gate, GateError, WhoSees};

use super::pages::{self, Young};
use crate::shared::{Ctx, State};

/// The kinds of information that can be asked about, in the order of the page. The others are about no person, or are the agreements themselves.
const ASKED: [Service; 18] = [
    Service::PrimaryAppointments,
    Service::SpecialistAppointments,
    Service::YouthServices,
    Service::Visits,
    Service::Referrals,
    Service::Results,
    Service::Medicines,
    Service::PharmacyPickup,
    Service::Vaccines,
    Service::Record,
    Service::SummaryRecord,
    Service::Messages,
    Service::Consultations,
    Service::GpChoice,
    Service::Travel,
    Service::CoPayments,
    Service::Person,
    Service::AccessLog,
];

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/who-can-see", get(hub))
        .route("/who-can-see/{kind}", get(of_service))
        .route("/who-can-see/{kind}/{id}", get(of_item))
}

async fn hub(ctx: Ctx) -> Response {
    let gate = ctx.gate("who-sees.hub");
    let why = match ctx.why(&gate, Service::Consents).await {
        Ok(why) => why,
        Err(error) => return ctx.failed(&error),
    };
    match young(&ctx, &gate).await {
        Ok(young) => ctx.page(ctx.text().msg_who_sees_title(), &pages::hub(&ctx, &ASKED, young.as_ref(), &why)),
        Err(error) => ctx.failed(&error),
    }
}

/// What somebody from 13 to 15 who reads about themself sees now, and will see from 16.
async fn young(ctx: &Ctx, gate: &Gate) -> Result<Option<Young>, GateError> {
    let facts = gate.facts(Some(ctx.subject())).await?;
    if facts.relation() != Relation::Myself || facts.subject.age != AgeBand::From13To15 {
        return Ok(None);
    }
    let mut young = Young::default();
    for service in ASKED {
        young.now.push((service, gate.sight_at(ctx.subject(), service, None).await?));
        young.later.push((service, gate.sight_at(ctx.subject(), service, Some(AgeBand::From16To17)).await?));
    }
    Ok(Some(young))
}

async fn of_service(ctx: Ctx, Path(kind): Path<String>) -> Response {
    let gate = ctx.gate("who-sees.service");
    let Some(service) = Service::from_key(&kind).filter(|service| ASKED.contains(service)) else {
        return ctx.failed(&GateError::NotFound);
    };
    let who = gate.who_sees(ctx.subject(), service).await;
    answer(&ctx, &gate, false, who).await
}

/// One item, by its type and id as in the API.
async fn of_item(ctx: Ctx, Path((kind, id)): Path<(String, String)>) -> Response {
    let gate = ctx.gate("who-sees.item");
    let (Some(resource_type), Ok(id)) = (ResourceType::from_name(&kind), id.parse::<ResourceId>()) else {
        return ctx.failed(&GateError::NotFound);
    };
    let who = gate.who_sees_item(ctx.subject(), resource_type, &id).await;
    answer(&ctx, &gate, true, who).await
}

async fn answer(ctx: &Ctx, gate: &Gate, is_item: bool, who: Result<WhoSees, GateError>) -> Response {
    // Who may see their agreements and not change them, a young person, is told whom to talk to instead.
    let may_change = ctx.may(gate, Service::Consents, Action::Change).await;
    match (who, may_change) {
        (Ok(who), Ok(may_change)) => {
            ctx.page(ctx.text().msg_who_sees_title(), &pages::answer(ctx, &who, is_item, may_change))
        }
        (Err(GateError::Refused(decision)), _) => {
            let rule = decision.rule.told();
            let why = sentence(rule, ctx.language);
            let page = ctx.page(ctx.text().msg_who_sees_closed(), &pages::closed(ctx, why, rule.0));
            (StatusCode::FORBIDDEN, page).into_response()
        }
        (Err(error), _) | (_, Err(error)) => ctx.failed(&error),
    }
}
