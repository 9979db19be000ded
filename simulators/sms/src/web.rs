//! Where messages are handed in, the page that shows them, and the same as JSON.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

use crate::desk::{Answer, Desk, Message, Taken};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}article{border:1px solid #8a94a3;\
border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}h2{font-size:1.1rem;margin:0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\
small{color:#4a5566}@media(prefers-color-scheme:dark){body{background:#12171e;color:#e6ebf2}small{color:#aab5c4}}";

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
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Text messages" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "Text messages" }
                    @if messages.is_empty() { p { "–" } }
                    @for taken in messages.iter().rev().take(MAX_SHOWN) {
                        article {
                            h2 { (taken.message.to) }
                            small { (taken.message.from) }
                            pre { (taken.message.text) }
                        }
                    }
                }
            }
        }
    }
}
