//! `varde import`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use varde_base::SystemClock;
use varde_store::Place;

use super::{Progress, run_until};

/// Something was rejected.
const REJECTED: u8 = 2;
/// It was stopped with Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Imports files into a database, prints what was rejected on standard error and a summary on standard
/// output. The exit code is 0 only if everything is in, 2 if something was rejected, 130 if it was stopped.
///
/// # Errors
/// When a file cannot be opened or the database does not take it.
pub(crate) async fn import(data: &Place, files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let store = crate::app::open_store(data, Arc::new(SystemClock)).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let listening = tokio::spawn(async move {
        // Without a signal handler Ctrl-C kills the process, which loses nothing either.
        if tokio::signal::ctrl_c().await.is_ok() {
            asked.store(true, Ordering::Relaxed);
        }
    });
    let report = run_until(&store, files, Progress::terminal("Import"), &stop).await;
    listening.abort();
    store.close().await.context("closing the database")?;
    let report = report?;
    let mut errors = std::io::stderr().lock();
    for rejection in &report.rejections {
        writeln!(errors, "{rejection}")?;
    }
    writeln!(std::io::stdout().lock(), "{report}")?;
    Ok(match (report.interrupted, report.rejected()) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (false, 0) => ExitCode::SUCCESS,
        (false, _) => ExitCode::from(REJECTED),
    })
}
