//! The synthetic country: written out as NDJSON, or loaded into a database of the box.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use varde_population::Plan;
use varde_store::Store;

use crate::import::{self, Progress};

/// Writes the country to standard output.
pub(crate) fn write(size: u32, seed: u64, today: Option<jiff::civil::Date>) -> anyhow::Result<()> {
    let today = today.unwrap_or_else(|| varde_base::date_in_norway(jiff::Timestamp::now()));
    let mut out = std::io::BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    varde_population::ndjson(&Plan { size, seed, today }, &mut out).context("writing the population")?;
    out.flush().context("writing the population")
}

/// Loads the country into `store`, through the same import that real files go through, so that a start that was cut off is taken
/// up where it stopped.
pub(crate) async fn load(plan: &Plan, data: &Path, store: &Store) -> anyhow::Result<()> {
    let path = data.join("population.ndjson");
    let file = std::fs::File::create(&path).with_context(|| format!("writing {}", path.display()))?;
    let mut out = std::io::BufWriter::with_capacity(1 << 20, file);
    varde_population::ndjson(plan, &mut out).context("writing the population")?;
    out.flush().context("writing the population")?;
    drop(out);
    let report = import::run(store, std::slice::from_ref(&path), Progress::terminal("Making the country")).await?;
    anyhow::ensure!(report.rejected() == 0, "the synthetic population was not taken in whole");
    std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))
}
