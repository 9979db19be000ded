//! Where browsers subscribe and messages are handed in, the page that shows them, and the same as JSON.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

use crate::desk::{Desk, Headers, Taken};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}article{border:1px solid #8a94a3;\
border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}h2{font-size:1.1rem;margin:0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\
small{color:#4a5566}@media(prefers-color-scheme:dark){body{background:#12171e;color:#e6ebf2}small{color:#aab5c4}}";

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
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Notifications" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "Notifications" }
                    @if messages.is_empty() { p { "–" } }
                    @for taken in messages.iter().rev().take(MAX_SHOWN) {
                        article {
                            h2 { (text(&taken.message, "title")) }
                            small { (taken.endpoint) }
                            pre { (text(&taken.message, "body")) "\n" (text(&taken.message, "path")) }
                        }
                    }
                }
            }
        }
    }
}

fn text(message: &serde_json::Value, name: &str) -> String {
    message.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
