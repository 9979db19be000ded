//! The page that shows what was caught, and the same as JSON.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use maud::Markup;
use serde::Deserialize;
use varde_simulator_common::Shown;

use crate::mailbox::{Mailbox, Message};

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
    let shown = |message: &Message| Shown {
        heading: message.subject.clone(),
        line: format!("{} → {}", message.from, message.to.join(", ")),
        text: message.text.clone(),
    };
    varde_simulator_common::page("Mail", messages.iter().map(shown))
}
