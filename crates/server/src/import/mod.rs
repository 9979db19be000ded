//! Loading FHIR Bundles and NDJSON into a database, past the rules, on the operator's behalf.
//!
//! Three threads: one reads and decompresses, one parses and prepares, one (the store's) writes. How far a file has come is
//! written in the same transaction as its data, under the hash of its content, so that a run that was cut off, by whatever,
//! goes on where it stopped and nothing is loaded twice. A file whose conditional references (`Practitioner?identifier=..`)
//! lead nowhere yet is put off until the others are in.

mod bundle;
mod command;
mod lines;
mod place;
mod progress;
mod reader;
mod report;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use varde_store::{ImportMark, Store, Write};

pub(crate) use command::import;
pub(crate) use progress::Progress;
pub(crate) use report::{Rejection, Report};

use place::Places;
use reader::Piece;

/// The position of a file that is in, whole. No file has as many entries.
const WHOLE: u64 = 1 << 62;
/// Batches that wait for the writer. With [`BATCH`] it bounds memory.
const WAITING_BATCHES: usize = 4;
/// Resources in one transaction.
const BATCH: usize = 1_000;

/// A file to import.
#[derive(Debug, Clone)]
struct Source {
    path: PathBuf,
    /// Hash of its content: what its progress is kept under.
    hash: String,
    /// Entries that are in already.
    position: u64,
}

/// Resources to write in one transaction.
struct Batch {
    writes: Vec<Write>,
    mark: ImportMark,
}

/// What the parser hands to the writer.
enum Parsed {
    /// Resources to write, and how far their file has come with them.
    Batch(Batch),
    /// Something that cannot be taken in.
    Rejected(Rejection),
    /// A file to try again when the others are in.
    PutOff(Source),
}

/// Imports files into an open store, in the order given.
///
/// # Errors
/// When a file cannot be opened or the database does not take it. What is wrong inside a file is in the report.
pub(crate) async fn run(store: &Store, files: &[PathBuf], progress: Progress) -> anyhow::Result<Report> {
    run_until(store, files, progress, &Arc::new(AtomicBool::new(false))).await
}

/// As [`run`], and ends after the batch at hand once `stop` is set.
async fn run_until(
    store: &Store,
    files: &[PathBuf],
    progress: Progress,
    stop: &Arc<AtomicBool>,
) -> anyhow::Result<Report> {
    let mut report = Report::new();
    let mut sources = Vec::with_capacity(files.len());
    for path in files {
        let hash = reader::hash(path).with_context(|| format!("reading {}", path.display()))?;
        let position = store.import_mark(&hash).await.context("asking how far the file has come")?.unwrap_or(0);
        if position == WHOLE {
            report.files_skipped += 1;
        } else {
            sources.push(Source { path: path.clone(), hash, position });
        }
    }
    progress.start(sources.iter().map(|source| &source.path));
    let progress = Arc::new(progress);
    let places = Arc::new(std::sync::Mutex::new(Places::default()));
    let mut last = false;
    while !sources.is_empty() && !stop.load(Ordering::Relaxed) {
        let before = sources.len();
        let work = Work { store, progress: &progress, places: &places, stop };
        sources = work.round(std::mem::take(&mut sources), last, &mut report).await?;
        // Nothing came of a whole round, so nothing will of the next: now what does not resolve is rejected.
        last = sources.len() == before;
    }
    report.interrupted = stop.load(Ordering::Relaxed);
    progress.finish();
    report.finish();
    Ok(report)
}

/// One round over files.
struct Work<'a> {
    store: &'a Store,
    progress: &'a Arc<Progress>,
    places: &'a Arc<std::sync::Mutex<Places>>,
    stop: &'a Arc<AtomicBool>,
}

impl Work<'_> {
    /// Imports the files; those put off come back.
    async fn round(&self, sources: Vec<Source>, last: bool, report: &mut Report) -> anyhow::Result<Vec<Source>> {
        let (pieces, incoming) = std::sync::mpsc::sync_channel::<Piece>(1);
        let (outgoing, mut parsed) = mpsc::channel::<Parsed>(WAITING_BATCHES);
        let (progress, stop) = (Arc::clone(self.progress), Arc::clone(self.stop));
        let reading = std::thread::spawn(move || reader::read(&sources, &pieces, &progress, &stop));
        let parser = bundle::Parser {
            store: self.store.clone(),
            runtime: Handle::current(),
            places: Arc::clone(self.places),
            outgoing,
            last,
        };
        let parsing = std::thread::spawn(move || parser.run(&incoming));
        let mut put_off = Vec::new();
        let mut done = Ok(());
        while let Some(parsed) = parsed.recv().await {
            match parsed {
                Parsed::Batch(batch) => {
                    let written = self
                        .store
                        .bulk("import", batch.writes, Some(batch.mark))
                        .await
                        .context("writing to the database");
                    match written {
                        Ok(written) => self.progress.written(report.written(&written)),
                        Err(error) => {
                            done = Err(error);
                            break;
                        }
                    }
                }
                Parsed::Rejected(rejection) => report.reject(rejection),
                Parsed::PutOff(source) => put_off.push(source),
            }
        }
        // Closing the channel ends both threads, when they have not ended by themselves.
        drop(parsed);
        let parsed = tokio::task::spawn_blocking(move || (reading.join(), parsing.join())).await?;
        done?;
        match parsed {
            (Ok(()), Ok(())) => Ok(put_off),
            _ => anyhow::bail!("a thread of the import panicked"),
        }
    }
}

/// Gathers writes into batches, each with how far its file has come.
struct Batches<'a> {
    source: &'a Source,
    writes: Vec<Write>,
}

impl<'a> Batches<'a> {
    /// Goes on with writes that were gathered before.
    fn resume(source: &'a Source, writes: Vec<Write>) -> Self {
        Self { source, writes }
    }

    /// Adds a write, with which the file has come to `position`; a batch when there are enough.
    fn add(&mut self, write: Write, position: u64) -> Option<Batch> {
        self.writes.push(write);
        (self.writes.len() >= BATCH).then(|| self.take(position))
    }

    /// What is left, with the position reached.
    fn take(&mut self, position: u64) -> Batch {
        Batch {
            writes: std::mem::take(&mut self.writes),
            mark: ImportMark { source: self.source.hash.clone(), position },
        }
    }

    fn into_writes(self) -> Vec<Write> {
        self.writes
    }
}
