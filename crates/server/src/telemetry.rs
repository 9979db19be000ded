//! The program's own log: to standard error, as text or JSON, never with health data or national identity numbers.

use tracing_subscriber::EnvFilter;

/// Starts it. `RUST_LOG` chooses what is told (default `info`), `VARDE_LOG=json` the form.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if std::env::var("VARDE_LOG").is_ok_and(|form| form == "json") {
        builder.json().try_init()
    } else {
        builder.with_target(false).try_init()
    };
    // Somebody has started one already, which only happens in tests.
    drop(started);
}
