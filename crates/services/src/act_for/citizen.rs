//! The page and the switch.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;
use varde_base::PatientId;
use varde_rights::{Action, Item, Relation, Service, sentence};
use varde_store::{Gate, GateError, RelatedCitizen};
use varde_web::{ActingFor, SafeForm, SwitchSubject};

use super::pages::{self, Closed};
use crate::shared::{Ctx, State};

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new().route("/act-for", get(choose).post(switch))
}

async fn choose(ctx: Ctx) -> Response {
    page(&ctx, false).await
}

async fn page(ctx: &Ctx, failed: bool) -> Response {
    let gate = ctx.gate("act-for.list");
    let (offered, closed) = match choices(ctx, &gate).await {
        Ok(choices) => choices,
        Err(error) => return ctx.failed(&error),
    };
    let title = varde_web::ui::Title { title: ctx.text().msg_act_for_title(), failed };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, ctx.page(title, &pages::choose(ctx, &offered, &closed, failed))).into_response()
}

/// Those the visitor can choose, and those of whom nothing is open any more, or not yet, each with the rule that says why.
async fn choices(ctx: &Ctx, gate: &Gate) -> Result<(Vec<RelatedCitizen>, Vec<Closed>), GateError> {
    let others = gate.relations().await?.into_iter().filter(|related| related.relation != Relation::Myself);
    let (offered, rest): (Vec<_>, Vec<_>) = others.partition(|related| gate.opens_something(related));
    let mut closed = Vec::with_capacity(rest.len());
    for related in rest {
        let decision = gate.decide(Some(&related.patient), Service::Person, Action::Outline, Item::PLAIN).await?;
        let why = sentence(decision.rule.told(), ctx.language);
        closed.push(Closed { name: related.name, why });
    }
    Ok((offered, closed))
}

/// The chosen person.
#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    patient: String,
    /// The page of that person to open; the front page if left out.
    #[serde(default)]
    next: String,
}

/// A page of ours: a path without anything in it that a browser could read as another site's address.
fn own_page(next: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let is_own = next.starts_with('/') && !next.contains("//") && next.chars().all(plain);
    if is_own { next } else { "/" }
}

async fn switch(
    ctx: Ctx,
    Extension(session): Extension<SwitchSubject>,
    SafeForm(Chosen { patient, next }): SafeForm<Chosen>,
) -> Response {
    let Ok(chosen) = patient.parse::<PatientId>() else { return page(&ctx, true).await };
    let relations = match ctx.gate("act-for.switch").relations().await {
        Ok(relations) => relations,
        Err(error) => return ctx.failed(&error),
    };
    let acting_for = if chosen == ctx.visitor.actor.patient {
        None
    } else {
        match relations.into_iter().find(|related| related.patient == chosen) {
            Some(related) => Some(ActingFor { patient: related.patient, name: related.name.into() }),
            // Somebody the visitor has nothing to do with does not exist here.
            None => return ctx.failed(&GateError::NotFound),
        }
    };
    match session.switch(acting_for).await {
        Ok(()) => Redirect::to(own_page(&next)).into_response(),
        Err(_) => ctx.failed(&GateError::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::own_page;
    use crate::shared::testing::{Portal, consent, parent_of, patient, visitor};

    /// The page of Kari, who has a boy and a girl; what stands before the heading of those she cannot act for, and after it.
    async fn chosen_among(girl_born: &str) -> (String, String) {
        let portal = Portal::new();
        portal.given([patient("kari", 1, "1980-03-04"), patient("emil", 2, "2018-01-01")]).await;
        portal.given([patient("nora", 3, girl_born), parent_of("emil", 1), parent_of("nora", 1)]).await;
        let (status, page) = portal.get(&visitor("kari", 1), "/act-for").await;
        assert_eq!(status, 200);
        let (before, after) = page.split_once("Du kan ikke handle for").unwrap_or((&page, ""));
        (before.to_owned(), after.to_owned())
    }

    #[tokio::test]
    async fn a_parent_is_offered_a_youth_of_fifteen_and_is_told_why_not_one_of_seventeen() {
        let (offered, closed) = chosen_among("2011-06-01").await;
        assert!(offered.contains("value=\"emil\"") && offered.contains("value=\"nora\"") && closed.is_empty());
        let (offered, closed) = chosen_among("2009-06-01").await;
        assert!(offered.contains("value=\"emil\"") && !offered.contains("value=\"nora\""));
        assert!(closed.contains("nora Nordmann") && closed.contains("16 år"), "{closed}");
    }

    #[tokio::test]
    async fn a_child_whom_an_acute_stop_withholds_is_as_one_the_parent_has_nothing_to_do_with() {
        let portal = Portal::new();
        portal.given([patient("kari", 1, "1980-03-04"), patient("emil", 2, "2018-01-01"), parent_of("emil", 1)]).await;
        let kari = visitor("kari", 1);
        assert!(portal.get(&kari, "/act-for").await.1.contains("value=\"emil\""));
        let mut stop = consent("stop", "emil", "acute-stop", "active");
        stop["provision"] = serde_json::json!({ "period": { "start": "2026-11-01" } });
        portal.given([stop]).await;
        let (_, page) = portal.get(&kari, "/act-for").await;
        assert!(!page.contains("emil") && !page.contains("Du kan ikke handle for"), "{page}");
    }

    #[test]
    fn one_is_never_sent_to_another_site() {
        for (next, expected) in [
            ("/appointments/a1", "/appointments/a1"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/a//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/a?next=x", "/"),
        ] {
            assert_eq!(own_page(next), expected, "{next}");
        }
    }
}
