//! The page and the switch.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;
use varde_base::PatientId;
use varde_store::GateError;
use varde_web::{ActingFor, SafeForm, SwitchSubject};

use super::pages;
use crate::shared::{Ctx, State};

/// The routes of this service.
pub(super) fn router() -> Router<State> {
    Router::new().route("/act-for", get(choose).post(switch))
}

async fn choose(ctx: Ctx) -> Response {
    page(&ctx, false).await
}

async fn page(ctx: &Ctx, failed: bool) -> Response {
    let relations = match ctx.gate("act-for.list").relations().await {
        Ok(relations) => relations,
        Err(error) => return ctx.failed(&error),
    };
    let title = varde_web::ui::Title { title: ctx.text().msg_act_for_title(), failed };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, ctx.page(title, &pages::choose(ctx, &relations, failed))).into_response()
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
