//! The page that shows what was caught, and the same as JSON.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

use crate::mailbox::{Mailbox, Message};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}article{border:1px solid #8a94a3;\
border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}h2{font-size:1.1rem;margin:0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\
small{color:#4a5566}@media(prefers-color-scheme:dark){body{background:#12171e;color:#e6ebf2}small{color:#aab5c4}}";

/// `GET /` for people, `GET /messages?to=` and `GET /count` for programs.
pub(crate) fn router(mailbox: Arc<Mailbox>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/messages", get(messages))
        .route("/count", get(count))
        .with_state(mailbox)
}

/// Whose messages.
#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
}

async fn messages(State(mailbox): State<Arc<Mailbox>>, Query(filter): Query<Filter>) -> Json<Vec<Message>> {
    Json(mailbox.messages(filter.to.as_deref()))
}

async fn count(State(mailbox): State<Arc<Mailbox>>) -> Json<u64> {
    Json(mailbox.count())
}

async fn page(State(mailbox): State<Arc<Mailbox>>, Query(filter): Query<Filter>) -> Markup {
    let messages = mailbox.messages(filter.to.as_deref());
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Mail" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "Mail" }
                    @if messages.is_empty() { p { "–" } }
                    @for message in &messages {
                        article {
                            h2 { (message.subject) }
                            small { (message.from) " → " (message.to.join(", ")) }
                            pre { (message.text) }
                        }
                    }
                }
            }
        }
    }
}
