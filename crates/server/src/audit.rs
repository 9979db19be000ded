//! `varde audit verify`.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use varde_store::{LogFault, Place};

/// The log is not what was written.
const NOT_WHOLE: u8 = 2;

/// Walks the access log, also while it is in use, and prints whether it is whole. The exit code is 2 when
/// it is not.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn verify(data: &Place) -> anyhow::Result<ExitCode> {
    let data = data.clone().with_password(std::env::var("PGPASSWORD").ok());
    let result = data.verify_audit().await.context("reading the access log")?;
    let mut out = std::io::stdout().lock();
    let Some((entry, fault)) = result.fault else {
        writeln!(out, "The access log is whole: {} entries.", result.entries)?;
        return Ok(ExitCode::SUCCESS);
    };
    let what = match fault {
        LogFault::Changed => "is not what was written",
        LogFault::Missing => "is missing",
        LogFault::TailCut => "and all after it are missing or were rewritten",
    };
    writeln!(out, "The access log is NOT whole: entry {entry} {what}.")?;
    Ok(ExitCode::from(NOT_WHOLE))
}
