//! The operator's page: extract, ask, render.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use varde_base::{Actor, AssuranceLevel, Purpose, SystemActor, SystemRole, date_in_norway};
use varde_store::{Access, Gate, GateError};
use varde_web::SafeForm;

use super::pages::{self, Told};
use super::rules::{self, Fields, Problem};
use crate::shared::{Ctx, State};

/// The route of the page.
pub(crate) fn router() -> Router<State> {
    Router::new().route("/admin/simulate", get(form).post(simulate))
}

/// A page for operators alone: to everybody else who has signed in there is no such page.
struct OperatorCtx(Ctx);

impl FromRequestParts<State> for OperatorCtx {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let ctx = Ctx::from_request_parts(parts, state).await?;
        let actor = &ctx.visitor.actor;
        let is_operator = state.operators.contains(&actor.national_id);
        if is_operator && actor.level >= AssuranceLevel::High {
            Ok(Self(ctx))
        } else {
            Err(ctx.failed(&GateError::NotFound))
        }
    }
}

async fn form(OperatorCtx(ctx): OperatorCtx) -> Response {
    let fields = Fields::on(date_in_norway(ctx.now));
    show(&ctx, &fields, &[], None)
}

async fn simulate(OperatorCtx(ctx): OperatorCtx, SafeForm(fields): SafeForm<Fields>) -> Response {
    let question = match rules::question(&fields) {
        Ok(question) => question,
        Err(problems) => return show(&ctx, &fields, &problems, None),
    };
    match gate(&ctx).simulate(&question).await {
        Ok(simulated) => show(&ctx, &fields, &[], Some(&Told { question, simulated })),
        Err(GateError::NotFound) => show(&ctx, &fields, &[Problem::NotThere], None),
        Err(error) => ctx.failed(&error),
    }
}

/// The operator as an administrator's tool with the operator's own name, so that the log says who.
fn gate(ctx: &Ctx) -> Gate {
    ctx.state.store.as_actor(&Access {
        actor: Actor::System(SystemActor { name: ctx.visitor.actor.name.clone(), role: SystemRole::Admin }),
        purpose: Purpose::Simulation,
        acting_for: None,
        interaction: "admin.simulate",
    })
}

fn show(ctx: &Ctx, fields: &Fields, problems: &[Problem], told: Option<&Told>) -> Response {
    let failed = !problems.is_empty();
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = varde_web::ui::Title { title: ctx.text().msg_try_rules_title(), failed };
    (status, ctx.page(title, &pages::page(ctx, fields, problems, told))).into_response()
}
