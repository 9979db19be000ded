//! A mail catcher: an SMTP server (RFC 5321) that keeps what it is given and shows it on a page. Nothing is ever sent on.
//!
//! A program of its own: the product reaches it over its sockets alone.

mod mailbox;
mod smtp;
mod web;

use std::io::Write as _;
use std::sync::Arc;

use tokio::net::TcpListener;
use varde_simulator_common::stop;

use mailbox::Mailbox;

/// Where to listen; a free port for each that is 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct Config {
    /// Port of the SMTP server.
    pub smtp_port: u16,
    /// Port of the page.
    pub http_port: u16,
    /// Stop when standard input ends, so that no catcher outlives the box it belongs to.
    pub stop_with_stdin: bool,
}

/// Serves until told to stop, after one line of JSON on standard output that says where.
///
/// # Errors
/// When a port is taken or standard output is closed.
pub async fn run(config: Config) -> std::io::Result<()> {
    let smtp = TcpListener::bind(("127.0.0.1", config.smtp_port)).await?;
    let http = TcpListener::bind(("127.0.0.1", config.http_port)).await?;
    let line = serde_json::json!({ "smtp": smtp.local_addr()?, "url": format!("http://{}", http.local_addr()?) });
    let mailbox = Arc::new(Mailbox::default());
    tokio::spawn(smtp::serve(smtp, Arc::clone(&mailbox)));
    writeln!(std::io::stdout(), "{line}")?;
    axum::serve(http, web::router(mailbox)).with_graceful_shutdown(stop(config.stop_with_stdin)).await
}
