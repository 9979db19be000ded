//! A push service (RFC 8030), and the browsers behind it: `POST /subscribe` makes one with keys of its own.
//!
//! A message must be signed as its sender (RFC 8292) and encrypted for the browser (RFC 8291); what is not is refused, and what is, is shown on a
//! page. Nothing is ever sent on. A program of its own: the product reaches it over its socket alone.

mod browser;
mod desk;
mod sender;
mod web;

use std::io::Write as _;
use std::sync::Arc;

use tokio::net::TcpListener;
use varde_simulator_common::stop;

use desk::Desk;

/// Serves on `port` (a free one if 0) until told to stop, after one line of JSON on standard output that says where. `with_stdin`: stop when
/// standard input ends, so that no service outlives the box it belongs to.
///
/// # Errors
/// When the port is taken or standard output is closed.
pub async fn run(port: u16, with_stdin: bool) -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    writeln!(std::io::stdout(), "{}", serde_json::json!({ "url": url }))?;
    axum::serve(listener, web::router(Arc::new(Desk::new(url)))).with_graceful_shutdown(stop(with_stdin)).await
}
