//! What an import came to.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use varde_fhir::Issue;
use varde_store::Written;

/// Rejections kept one by one; beyond they are counted.
const MAX_LISTED: usize = 1_000;

/// Something that was not taken in.
#[derive(Debug, Clone)]
pub(crate) struct Rejection {
    /// File.
    pub(crate) file: PathBuf,
    /// Entry of the Bundle (from 0) or line of the NDJSON (from 1); `None` for the whole file.
    pub(crate) place: Option<Place>,
    /// FHIRPath of the bad element, and what is wrong; never the value.
    pub(crate) what: String,
    /// How many entries it speaks for.
    pub(crate) entries: u64,
}

/// Where in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Entry of a Bundle, from 0 as FHIRPath counts.
    Entry(u64),
    /// Line, from 1.
    Line(u64),
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        match self.place {
            Some(Place::Entry(entry)) => write!(f, "entry[{entry}]: ")?,
            Some(Place::Line(line)) => write!(f, "line {line}: ")?,
            None => {}
        }
        f.write_str(&self.what)
    }
}

/// Issues in one line.
pub(super) fn describe(issues: &[Issue]) -> String {
    let describe = |issue: &Issue| match issue.expression.as_str() {
        "" => issue.diagnostics.clone(),
        path => format!("{path}: {}", issue.diagnostics),
    };
    issues.iter().map(describe).collect::<Vec<_>>().join("; ")
}

/// What an import came to.
#[derive(Debug)]
pub(crate) struct Report {
    /// Resources written, by type.
    pub(crate) counts: BTreeMap<&'static str, u64>,
    /// Resources that were in already, just as they are in the file.
    pub(crate) unchanged: u64,
    /// Files that were in whole before.
    pub(crate) files_skipped: u64,
    /// The first of what was not taken in.
    pub(crate) rejections: Vec<Rejection>,
    /// It was stopped before the end.
    pub(crate) interrupted: bool,
    rejected: u64,
    started: Instant,
    took: Duration,
}

impl Report {
    pub(super) fn new() -> Self {
        Self {
            counts: BTreeMap::new(),
            unchanged: 0,
            files_skipped: 0,
            rejections: Vec::new(),
            interrupted: false,
            rejected: 0,
            started: Instant::now(),
            took: Duration::ZERO,
        }
    }

    /// Entries that were not taken in.
    pub(crate) fn rejected(&self) -> u64 {
        self.rejected
    }

    /// Resources written.
    pub(crate) fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(super) fn written(&mut self, written: &[Written]) -> u64 {
        for written in written {
            if written.unchanged {
                self.unchanged += 1;
            } else {
                *self.counts.entry(written.resource_type.name()).or_default() += 1;
            }
        }
        written.len() as u64
    }

    pub(super) fn reject(&mut self, rejection: Rejection) {
        self.rejected += rejection.entries;
        if self.rejections.len() < MAX_LISTED {
            self.rejections.push(rejection);
        }
    }

    pub(super) fn finish(&mut self) {
        self.took = self.started.elapsed();
    }

    /// Resources a second, those found unchanged included.
    pub(crate) fn rate(&self) -> f64 {
        let seconds = self.took.as_secs_f64();
        if seconds > 0.0 { (self.total() + self.unchanged) as f64 / seconds } else { 0.0 }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, count) in &self.counts {
            writeln!(f, "{count:>10}  {name}")?;
        }
        let total = self.total();
        write!(f, "{total} resources in {:.1} s ({:.0}/s)", self.took.as_secs_f64(), self.rate())?;
        write!(f, ", {} already in, {} rejected", self.unchanged, self.rejected)?;
        if self.files_skipped > 0 {
            write!(f, ", {} files were in before", self.files_skipped)?;
        }
        if self.interrupted {
            write!(f, "; stopped before the end, run it again to go on")?;
        }
        Ok(())
    }
}
