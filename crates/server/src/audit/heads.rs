//! The heads of the access log's tree: signed while the program serves, and shown to whoever asks, with the hashes below them. Entries are not.
//!
//! The addresses are those of C2SP's *tlog-tiles*, so that monitors made for other logs can watch this one.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Path as PathOf, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::SignedDuration;
use varde_store::{AuditKey, AuditLog, EngineError, Signing, Store};
use varde_web::status;

use crate::config::Limits;

/// The keys in the data directory, unless the configuration says where.
const KEY_FILE: &str = "audit.key";
/// Between two looks whether a head is due.
const LOOK: Duration = Duration::from_secs(5);
/// After a failure: what hinders it needs a person.
const PAUSE: Duration = Duration::from_secs(60);
/// A head grows old in seconds, a tile never.
const BRIEFLY: &str = "public, max-age=2";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Reads the keys of the log, or makes them at the first start, and lets the store sign with them.
pub(crate) async fn begin(
    store: &Store,
    directory: &Path,
    key_file: Option<&Path>,
    public_url: &str,
    limits: &Limits,
) -> anyhow::Result<()> {
    let log = store.audit_log();
    let own = public_url.split_once("://").map_or(public_url, |(_, address)| address);
    let origin = log.origin().await?.unwrap_or_else(|| format!("{own}/audit"));
    std::fs::create_dir_all(directory).context("making the data directory")?;
    let file = key_file.map_or_else(|| directory.join(KEY_FILE), Path::to_owned);
    let key = AuditKey::open(&file, &origin).context("opening the keys of the access log")?;
    for public in key.public() {
        tracing::info!(key = %public.short(), "the access log is signed");
    }
    let every = SignedDuration::from_secs(i64::from(limits.audit_head_seconds));
    let signing = Signing { key, directory: directory.to_owned(), every, entries: limits.audit_head_entries };
    if !store.sign_log(signing) {
        tracing::warn!("the access log was signed before");
    }
    Ok(())
}

/// Signs heads as they come due until told to stop, and one of everything then.
pub(crate) async fn sign(log: AuditLog, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    loop {
        let pause = match log.sign_if_due().await {
            Ok(_) => LOOK,
            Err(error) => {
                tracing::error!(%error, "the access log could not be signed");
                PAUSE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = &mut stop => break,
        }
    }
    if let Err(error) = log.sign().await {
        tracing::error!(%error, "the access log could not be signed at the end");
    }
}

/// The open addresses.
pub(crate) fn router(log: AuditLog) -> Router {
    Router::new()
        .route("/audit/checkpoint", get(checkpoint))
        .route("/audit/key", get(keys))
        .route("/audit/tile/{*tile}", get(tile))
        .route("/audit/consistency/{from}", get(consistency))
        .with_state(log)
}

async fn checkpoint(State(log): State<AuditLog>) -> Response {
    answer(log.head().await, "text/plain; charset=utf-8", BRIEFLY)
}

async fn keys(State(log): State<AuditLog>) -> Response {
    let keys = log.keys().map(|keys| Some(keys.iter().map(|key| format!("{key}\n")).collect::<String>()));
    answer(keys, "text/plain; charset=utf-8", BRIEFLY)
}

async fn tile(State(log): State<AuditLog>, PathOf(tile): PathOf<String>) -> Response {
    answer(log.tile(&tile).await, "application/octet-stream", FOR_EVER)
}

async fn consistency(State(log): State<AuditLog>, PathOf(from): PathOf<String>) -> Response {
    let Ok(from) = from.parse() else { return StatusCode::NOT_FOUND.into_response() };
    answer(log.growth(from).await, "application/json; charset=utf-8", BRIEFLY)
}

fn answer(
    found: Result<Option<impl Into<axum::body::Body>>, EngineError>,
    kind: &'static str,
    keep: &'static str,
) -> Response {
    match found {
        Ok(Some(found)) => {
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], found.into()).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "answering about the access log");
            status(error.category()).into_response()
        }
    }
}
