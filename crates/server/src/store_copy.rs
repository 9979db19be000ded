//! `varde store copy`.

use std::io::Write as _;

use anyhow::Context as _;
use varde_store::Place;

/// Copies a database and prints what every table came to.
///
/// # Errors
/// When one of the two is in use or does not answer, the target is not empty, or what arrived is not what was sent.
pub(crate) async fn run(from: &Place, to: &Place) -> anyhow::Result<()> {
    let password = || std::env::var("PGPASSWORD").ok();
    let (from, to) = (from.clone().with_password(password()), to.clone().with_password(password()));
    let copied = varde_store::copy(&from, &to).await.with_context(|| format!("copying {from} to {to}"))?;
    let mut out = std::io::stdout().lock();
    for table in &copied {
        writeln!(out, "{:<16} {:>12}  {}", table.table, table.rows, table.hash)?;
    }
    writeln!(out, "Everything is there: read again from both sides, it is the same.")?;
    Ok(())
}
