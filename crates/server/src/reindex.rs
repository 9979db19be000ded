//! `varde reindex`.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use varde_base::SystemClock;
use varde_rights::RuleBook;
use varde_store::Place;

/// Writes the index of a database anew and says what that came to.
///
/// # Errors
/// When the database is in use (a directory), does not answer, or holds a resource that cannot be read.
pub(crate) async fn run(data: &Place, from_start: bool) -> anyhow::Result<()> {
    let book = RuleBook::national().context("reading the rule book")?;
    let place = data.clone().with_password(std::env::var("PGPASSWORD").ok());
    let mut last = 0;
    let mut told = |resource_type: varde_fhir::ResourceType, resources: u64| {
        if resources > last {
            last = resources;
            tracing::info!(resource_type = resource_type.name(), resources, "indexed");
        }
    };
    let done = place.reindex(Arc::new(SystemClock), book, from_start, &mut told).await;
    let done = done.with_context(|| format!("writing the index of {place} anew"))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} resources indexed; of {} the index was another", done.resources, done.changed)?;
    if done.overtaken > 0 {
        writeln!(out, "{} were written by others meanwhile, and indexed by that", done.overtaken)?;
    }
    match done.words {
        Some(words) => writeln!(out, "{words} names of codes that nothing has any more were taken out")?,
        None => writeln!(
            out,
            "names of codes that nothing has any more were left: run it from the start, with nobody else on the database"
        )?,
    }
    Ok(())
}
