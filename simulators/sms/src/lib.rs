//! An SMS gateway that keeps what it is given and shows it on a page. Nothing is ever sent on.
//!
//! It takes `POST /messages` with a bearer token and JSON, and sends what comes twice with one idempotency key once, as gateways do. A program
//! of its own: the product reaches it over its socket alone.

mod desk;
mod web;

use std::io::Write as _;
use std::sync::Arc;

use tokio::net::TcpListener;
use varde_simulator_common::stop;

/// Serves on `port` (a free one if 0) until told to stop, after one line of JSON on standard output that says where. `with_stdin`: stop when
/// standard input ends, so that no gateway outlives the box it belongs to.
///
/// # Errors
/// When the port is taken or standard output is closed.
pub async fn run(port: u16, with_stdin: bool) -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let line = serde_json::json!({ "url": format!("http://{}", listener.local_addr()?) });
    writeln!(std::io::stdout(), "{line}")?;
    axum::serve(listener, web::router(Arc::default())).with_graceful_shutdown(stop(with_stdin)).await
}
