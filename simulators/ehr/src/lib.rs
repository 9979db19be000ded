//! The record systems (*EPJ*, electronic health record) of all practices and hospitals of the synthetic country: somebody who answers.
//!
//! A program of its own. It shares no code with the product but `varde-base`, knows nothing of it but its public API (FHIR over HTTP with
//! the token of a source system; Subscriptions with the channel `rest-hook`), and keeps what it has done in a file of its own. README.md says what it does
//! and how it decides.

mod api;
mod config;
mod desk;
mod fhir;
mod hook;
mod intake;
mod model;
mod office;
mod rules;
mod subscription;
mod words;
mod work;

#[cfg(test)]
mod tests;

use std::io::Write as _;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use varde_base::{SystemRandom, token_base64url};
use varde_simulator_common::stop;

pub use config::Config;

use api::Api;
use desk::{Desk, Pace};
use office::{Apis, Office};
use subscription::Endpoint;

/// Why the program cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The port is taken, or standard output is closed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The file it remembers in cannot be opened.
    #[error("the store cannot be used: {0}")]
    Store(#[from] rusqlite::Error),
    /// The client cannot be set up.
    #[error("the client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// Works until told to stop, after one line of JSON on standard output that says where its page is.
///
/// # Errors
/// When it cannot begin; an API that is away is none, it is asked again until it is there.
pub async fn run(config: Config) -> Result<(), RunError> {
    let listener = TcpListener::bind(("127.0.0.1", config.port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let desk = Arc::new(Desk::open(&config.store)?);
    let apis = Apis {
        offices: Api::new(&config.fhir, &config.token)?,
        register: Api::new(&config.fhir, config.register_token.as_ref().unwrap_or(&config.token))?,
    };
    let (doorbell, secret) = (Arc::new(Notify::new()), desk.secret(&token_base64url(&mut SystemRandom))?);
    let pace = Pace { seed: config.seed, speed: config.speed.max(1) };
    let router = hook::router(Arc::clone(&desk), Arc::clone(&doorbell), &secret, pace);
    let office = Office::new(apis, desk, pace, Endpoint { url: format!("{url}/hook"), secret });
    writeln!(std::io::stdout(), "{}", serde_json::json!({ "url": url }))?;
    let stop = stop(config.stop_with_stdin);
    tokio::select! {
        () = office.work(&doorbell) => Ok(()),
        served = axum::serve(listener, router).with_graceful_shutdown(stop) => Ok(served?),
    }
}
