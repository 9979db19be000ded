//! Where browsers subscribe and messages are handed in, the page that shows them, and the same as JSON.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use maud::Markup;
use serde::Deserialize;
use varde_simulator_common::Shown;

use crate::desk::{Desk, Headers, Taken};

/// Most messages on the page.
const MAX_SHOWN: usize = 200;

/// `POST /push/{id}` for senders; `POST /subscribe` makes a browser, `DELETE /push/{id}` ends it; `GET /` for people, `GET /messages?endpoint=` and
/// `GET /count` for programs.
pub(crate) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/subscribe", post(subscribe))
        .route("/push/{id}", post(take).delete(end))
        .route("/messages", get(messages))
        .route("/count", get(count))
        .with_state(desk)
}

/// Whose subscription it is to be.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    /// Public key of the only sender.
    key: Option<String>,
}

async fn subscribe(State(desk): State<Arc<Desk>>, Query(wanted): Query<Wanted>) -> Response {
    match desk.subscribe(wanted.key) {
        Some(subscription) => (StatusCode::CREATED, Json(subscription)).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn end(State(desk): State<Arc<Desk>>, Path(id): Path<String>) -> StatusCode {
    desk.unsubscribe(&id);
    StatusCode::NO_CONTENT
}

async fn take(State(desk): State<Arc<Desk>>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let headers = Headers {
        authorization: text("authorization"),
        ttl: text("ttl"),
        encoding: text("content-encoding"),
        topic: text("topic"),
        urgency: text("urgency"),
    };
    match desk.take(&id, &headers, &body) {
        Ok(number) => (StatusCode::CREATED, [("location", format!("/message/{number}"))]).into_response(),
        Err((status, why)) => {
            (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), why).into_response()
        }
    }
}

/// Which browser's.
#[derive(Deserialize)]
struct Filter {
    endpoint: Option<String>,
}

async fn messages(State(desk): State<Arc<Desk>>, Query(filter): Query<Filter>) -> Json<Vec<Taken>> {
    Json(desk.messages(filter.endpoint.as_deref()))
}

async fn count(State(desk): State<Arc<Desk>>) -> Json<usize> {
    Json(desk.count())
}

async fn page(State(desk): State<Arc<Desk>>, Query(filter): Query<Filter>) -> Markup {
    let messages = desk.messages(filter.endpoint.as_deref());
    let shown = |taken: &Taken| Shown {
        heading: text(&taken.message, "title"),
        line: taken.endpoint.clone(),
        text: format!("{}\n{}", text(&taken.message, "body"), text(&taken.message, "path")),
    };
    varde_simulator_common::page("Notifications", messages.iter().rev().take(MAX_SHOWN).map(shown))
}

fn text(message: &serde_json::Value, name: &str) -> String {
    message.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
