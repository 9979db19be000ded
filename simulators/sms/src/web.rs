//! Where messages are handed in, the page that shows them, and the same as JSON.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use maud::Markup;
use serde::Deserialize;
use varde_simulator_common::Shown;

use crate::desk::{Answer, Desk, Message, Taken};

/// Most messages on the page.
const MAX_SHOWN: usize = 200;

/// `POST /messages` for senders; `GET /` for people, `GET /messages?to=` and `GET /count` for programs.
pub(crate) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/messages", get(messages).post(take))
        .route("/count", get(count))
        .route("/trouble", post(trouble))
        .with_state(desk)
}

async fn take(State(desk): State<Arc<Desk>>, headers: HeaderMap, Json(message): Json<Message>) -> Response {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if !text(header::AUTHORIZATION).is_some_and(|value| value.starts_with("Bearer ")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Some(key) = text(header::HeaderName::from_static("idempotency-key")).filter(|key| key.len() <= 255) else {
        return (StatusCode::BAD_REQUEST, "an Idempotency-Key is needed").into_response();
    };
    match desk.take(key, message) {
        Answer::Taken(number) => (StatusCode::ACCEPTED, Json(serde_json::json!({ "number": number }))).into_response(),
        Answer::Wrong(why) => (StatusCode::UNPROCESSABLE_ENTITY, why).into_response(),
        Answer::OtherKey => (StatusCode::UNPROCESSABLE_ENTITY, "the key was used for another message").into_response(),
        Answer::Full => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Answer::Trouble(status) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

/// Whose messages.
#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
}

async fn messages(State(desk): State<Arc<Desk>>, Query(filter): Query<Filter>) -> Json<Vec<Taken>> {
    Json(desk.messages(filter.to.as_deref()))
}

async fn count(State(desk): State<Arc<Desk>>) -> Json<usize> {
    Json(desk.count())
}

/// How the next messages are to be answered.
#[derive(Deserialize)]
struct Trouble {
    status: u16,
    times: u32,
}

async fn trouble(State(desk): State<Arc<Desk>>, Query(trouble): Query<Trouble>) -> StatusCode {
    desk.trouble(trouble.status, trouble.times);
    StatusCode::NO_CONTENT
}

async fn page(State(desk): State<Arc<Desk>>, Query(filter): Query<Filter>) -> Markup {
    let messages = desk.messages(filter.to.as_deref());
    let shown = |taken: &Taken| Shown {
        heading: taken.message.to.clone(),
        line: taken.message.from.clone(),
        text: taken.message.text.clone(),
    };
    varde_simulator_common::page("Text messages", messages.iter().rev().take(MAX_SHOWN).map(shown))
}
