//! A test identity provider in the manner of ID-porten: OpenID Connect Core 1.0 with the authorization code flow and PKCE, for
//! synthetic people only. Anybody can sign in as anybody; it must never meet real data.
//!
//! A program of its own: it shares no code with the product but `varde-base`, and the product reaches it over its socket alone.

mod authorize;
mod config;
mod keys;
mod pages;
mod provider;
mod texts;
mod token;

use std::io::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use varde_base::{Clock, SystemClock};
use varde_simulator_common::stop;

pub use config::{Config, Person};
use provider::Provider;

/// Serves until told to stop, after one line of JSON on standard output that says where.
///
/// # Errors
/// When the port is taken or standard output is closed.
pub async fn run(config: Config) -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", config.port)).await?;
    let url = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
    let stop_with_stdin = config.stop_with_stdin;
    let router = router(config, &url)?;
    writeln!(std::io::stdout(), "{}", serde_json::json!({ "url": url }))?;
    axum::serve(listener, router).with_graceful_shutdown(stop(stop_with_stdin)).await
}

/// The provider's pages and endpoints, for an issuer at `url`.
///
/// # Errors
/// When no signing key can be made.
pub fn router(config: Config, url: &str) -> std::io::Result<Router> {
    router_at(config, url, Arc::new(SystemClock))
}

/// As [`router`], with tokens dated by `clock`, for a relying party whose own clock does not follow the machine's.
///
/// # Errors
/// When no signing key can be made.
pub fn router_at(config: Config, url: &str, clock: Arc<dyn Clock>) -> std::io::Result<Router> {
    let provider = Arc::new(Provider::new(config, url, clock)?);
    Ok(Router::new()
        .route("/", get(pages::about))
        .route("/.well-known/openid-configuration", get(token::discovery))
        .route("/jwks", get(token::jwks))
        .route("/authorize", get(authorize::ask))
        .route("/choose", post(authorize::choose))
        .route("/token", post(token::token))
        .route("/end-session", get(token::end_session))
        .route("/admin/rotate", post(token::rotate))
        .with_state(provider))
}
