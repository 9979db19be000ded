//! The one address of the program: notifications come in there, and a page says what the offices have done.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use tokio::sync::Notify;
use varde_base::{Clock as _, SystemClock};

use crate::desk::{Desk, Line, Pace};
use crate::intake;

/// Most lines of the page.
const LINES: u32 = 200;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #8a94a3;overflow-wrap:anywhere;vertical-align:top}\
@media(prefers-color-scheme:dark){body{background:#12171e;color:#e6ebf2}}";

/// What the addresses need.
#[derive(Clone)]
struct Door {
    desk: Arc<Desk>,
    doorbell: Arc<Notify>,
    authorization: Arc<str>,
    pace: Pace,
}

/// `GET /` for people, `GET /errands` for programs, `POST /hook` for notifications.
pub(crate) fn router(desk: Arc<Desk>, doorbell: Arc<Notify>, secret: &str, pace: Pace) -> Router {
    let authorization = format!("Bearer {secret}").into();
    let door = Door { desk, doorbell, authorization, pace };
    Router::new().route("/", get(page)).route("/errands", get(errands)).route("/hook", post(notified)).with_state(door)
}

/// Whether the secret is shown; how much of a guess is right cannot be told from how long this takes.
fn is_ours(shown: Option<&[u8]>, authorization: &str) -> bool {
    shown.is_some_and(|shown| shown.ct_eq(authorization.as_bytes()).into())
}

/// What has come in is kept before the notification is answered: what is not answered comes again.
async fn notified(State(door): State<Door>, headers: HeaderMap, Json(bundle): Json<Value>) -> StatusCode {
    if !is_ours(headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes), &door.authorization) {
        return StatusCode::UNAUTHORIZED;
    }
    let now = SystemClock.now();
    for incoming in intake::of_notification(&bundle) {
        if let Err(error) = door.desk.take_in(&incoming, door.pace, now) {
            tracing::error!(%error, "the store cannot be written");
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    }
    door.doorbell.notify_one();
    StatusCode::OK
}

fn lines(door: &Door) -> Result<Vec<Line>, StatusCode> {
    door.desk.lines(LINES).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
}

async fn errands(State(door): State<Door>) -> Result<Json<Vec<Line>>, StatusCode> {
    lines(&door).map(Json)
}

async fn page(State(door): State<Door>) -> Result<Markup, StatusCode> {
    let lines = lines(&door)?;
    Ok(html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Record systems" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "Record systems" }
                    p { "What the practices and hospitals of the synthetic country are asked, and how far they have come. Their clock goes "
                        (door.pace.speed) " times as fast as yours." }
                    @if lines.is_empty() { p { "Nobody has asked for anything yet." } } @else {
                        table {
                            thead { tr { th scope="col" { "What" } th scope="col" { "Where" } th scope="col" { "Stands" } th scope="col" { "Since" } th scope="col" { "Said" } } }
                            tbody {
                                @for line in &lines {
                                    tr { td { (line.kind) } td { (line.id) } td { (line.stage) } td { (line.since) } td { (line.said.as_deref().unwrap_or_default()) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_lets_in() {
        assert!(is_ours(Some(b"Bearer abc"), "Bearer abc"));
        for shown in ["", "Bearer", "Bearer ab", "Bearer abd", "Bearer abcd", "abc"] {
            assert!(!is_ours(Some(shown.as_bytes()), "Bearer abc"), "{shown}");
        }
        assert!(!is_ours(None, "Bearer abc"));
    }
}
