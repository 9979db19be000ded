//! `varde view run`: a ViewDefinition (SQL on FHIR v2) over all resources of its type, as a table.
//!
//! Resources are read page by page through the gate, as the operator of the installation, so that the log tells of it and
//! memory stays flat.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use varde_base::{Actor, Clock as _, Purpose, SystemActor, SystemClock, SystemRole, norway};
use varde_conformance::path::Now;
use varde_conformance::view::{CsvWriter, NdjsonWriter, ParquetWriter, Row, View};
use varde_fhir::json::{Limits, parse};
use varde_fhir::search::Query;
use varde_store::{Access, Place, Store};

use crate::cli::{ViewArgs, ViewFormat};

/// Resources on one page.
const PAGE: u32 = 1_000;

/// Runs a view over a database. With a file, it is there only once it is whole.
///
/// # Errors
/// When the view is wrong, the database cannot be read, a resource does not fit the view, or the output fails.
pub(crate) async fn run(args: &ViewArgs) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&args.view).with_context(|| format!("reading {}", args.view.display()))?;
    let view = View::parse(&bytes).with_context(|| format!("{} is no view that can be run", args.view.display()))?;
    if let Place::Directory(directory) = &args.data
        && !directory.join("varde.db").is_file()
    {
        bail!("there is no database in {}", args.data);
    }
    let store = crate::app::open_store(&args.data, Arc::new(SystemClock)).await?;
    let written = match &args.out {
        None => write(&store, &view, args.format, Box::new(std::io::stdout())).await,
        Some(path) => write_file(&store, &view, args.format, path).await,
    };
    store.close().await.context("closing the database")?;
    let (resources, rows) = written?;
    tracing::info!(resources, rows, "the view was run");
    Ok(ExitCode::SUCCESS)
}

/// Writes beside the file and puts it in its place when it is whole.
async fn write_file(store: &Store, view: &View, format: ViewFormat, path: &Path) -> anyhow::Result<(u64, u64)> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let file = File::create(&part).with_context(|| format!("creating {}", part.display()))?;
    let written = write(store, view, format, Box::new(file)).await;
    match written {
        Ok(counts) => {
            std::fs::rename(&part, path).with_context(|| format!("creating {}", path.display()))?;
            Ok(counts)
        }
        Err(error) => {
            // What is left of it is of no use; that it could not be written is what is told.
            let _ = std::fs::remove_file(&part);
            Err(error)
        }
    }
}

type Output = BufWriter<Box<dyn Write + Send>>;

/// A table in one of the formats.
enum Table<'v> {
    Ndjson(NdjsonWriter<'v, Output>),
    Csv(Box<CsvWriter<Output>>),
    Parquet(Box<ParquetWriter<Output>>),
}

impl<'v> Table<'v> {
    fn new(view: &'v View, format: ViewFormat, out: Box<dyn Write + Send>) -> anyhow::Result<Self> {
        let out = BufWriter::new(out);
        Ok(match format {
            ViewFormat::Ndjson => Self::Ndjson(NdjsonWriter::new(view, out)),
            ViewFormat::Csv => Self::Csv(Box::new(CsvWriter::new(view, out)?)),
            ViewFormat::Parquet => Self::Parquet(Box::new(ParquetWriter::new(view, out)?)),
        })
    }

    fn write(&mut self, rows: Vec<Row>) -> anyhow::Result<()> {
        match self {
            Self::Ndjson(table) => table.write(&rows)?,
            Self::Csv(table) => table.write(&rows)?,
            Self::Parquet(table) => table.write(rows)?,
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<()> {
        let mut out = match self {
            Self::Ndjson(table) => table.finish()?,
            Self::Csv(table) => table.finish()?,
            Self::Parquet(table) => table.finish()?,
        };
        out.flush()?;
        Ok(())
    }
}

/// Writes the rows of all resources; how many resources and rows there were.
async fn write(
    store: &Store,
    view: &View,
    format: ViewFormat,
    out: Box<dyn Write + Send>,
) -> anyhow::Result<(u64, u64)> {
    let gate = store.as_actor(&Access {
        actor: Actor::System(SystemActor { name: "varde view".into(), role: SystemRole::Admin }),
        purpose: Purpose::Administration,
        acting_for: None,
        interaction: "view.run",
    });
    let now = now();
    let mut table = Table::new(view, format, out)?;
    let (mut resources, mut count) = (0_u64, 0_u64);
    let mut query = Query { count: PAGE, ..Query::of(view.resource()) };
    loop {
        let page = gate.search(&query).await.context("reading the resources")?;
        for found in &page.matches {
            let name = || format!("{}/{}", found.resource_type, found.id);
            let root = parse(&found.body, &Limits::default()).with_context(name)?;
            let rows = view.rows(&root, Some(now)).with_context(name)?;
            resources += 1;
            count += u64::try_from(rows.len()).unwrap_or(u64::MAX);
            table.write(rows).context("writing the table")?;
        }
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    table.finish().context("writing the table")?;
    Ok((resources, count))
}

/// The time of the whole run, by the clock of the country.
fn now() -> Now {
    let now = SystemClock.now();
    let offset_minutes = norway().to_offset(now).seconds() / 60;
    Now { unix_micros: now.as_microsecond(), offset_minutes: i16::try_from(offset_minutes).unwrap_or_default() }
}
