//! A job's record and its files.

use std::io::{self, Write as _};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use varde_base::PatientId;

use super::order::Order;
use crate::program::Program;

const RECORD: &str = "job.json";
const RECORD_NEW: &str = "job.json.new";
/// The patients an order is about, a line each.
const PATIENTS: &str = "patients";

/// An order being carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    /// The program that ordered it.
    pub(super) owner: Program,
    /// The address it was ordered by.
    pub(super) request: String,
    pub(super) created: Timestamp,
    pub(super) order: Order,
    pub(super) condition: Condition,
    pub(super) place: Place,
    pub(super) files: Vec<File>,
}

/// How a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Condition {
    /// Waits or goes on.
    Running,
    /// Since when.
    Done(Timestamp),
    /// Why.
    Failed(String),
}

/// Where the walk is: what comes next.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) part: Part,
    /// Among the types of the order.
    pub(super) kind: usize,
    /// Among the filters of the type.
    pub(super) filter: usize,
    /// Among the groups of patients looked up together.
    pub(super) group: usize,
    pub(super) cursor: Option<String>,
}

/// What is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) enum Part {
    #[default]
    Resources,
    Deletions,
    End,
}

/// A file and how much of it is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) kind: Kind,
    pub(super) resource_type: String,
    pub(super) name: String,
    /// Lines.
    pub(super) count: u64,
    pub(super) bytes: u64,
}

/// Which list of the manifest a file stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    Output,
    Deleted,
    Error,
}

impl Job {
    /// A short text for the one who waits.
    pub(super) fn progress(&self) -> String {
        let count: u64 = self.files.iter().map(|file| file.count).sum();
        let (at, of) = (self.place.kind.min(self.order.types.len()), self.order.types.len());
        format!("{count} resources; type {at} of {of}")
    }
}

/// Makes a job's folder: the order is on disk when this returns.
pub(super) fn create(folder: &Path, job: &Job, patients: Option<&[PatientId]>) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    if let Some(patients) = patients {
        let mut file = std::io::BufWriter::new(std::fs::File::create(folder.join(PATIENTS))?);
        for patient in patients {
            writeln!(file, "{patient}")?;
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    }
    save(folder, job)?;
    sync_folder(folder.parent().unwrap_or(folder))
}

/// Replaces the record.
pub(super) fn save(folder: &Path, job: &Job) -> io::Result<()> {
    let new = folder.join(RECORD_NEW);
    let mut file = std::fs::File::create(&new)?;
    file.write_all(&serde_json::to_vec(job)?)?;
    file.sync_all()?;
    std::fs::rename(&new, folder.join(RECORD))?;
    sync_folder(folder)
}

/// A rename is on disk only when the folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Reads a record back, and cuts the files to what it says is good.
pub(super) fn load(folder: &Path) -> io::Result<Job> {
    let job: Job = serde_json::from_slice(&std::fs::read(folder.join(RECORD))?)?;
    if job.condition != Condition::Running {
        return Ok(job);
    }
    for file in &job.files {
        let there =
            std::fs::OpenOptions::new().create(true).write(true).truncate(false).open(folder.join(&file.name))?;
        if there.metadata()?.len() < file.bytes {
            return Err(io::Error::other("a file of an export is shorter than its record says"));
        }
        there.set_len(file.bytes)?;
    }
    Ok(job)
}

/// The patients listed beside the record.
pub(super) fn patients(folder: &Path) -> io::Result<Vec<PatientId>> {
    let text = std::fs::read_to_string(folder.join(PATIENTS))?;
    Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
}

/// Lines to put at the end of a file.
pub(super) struct Lines {
    pub(super) file: String,
    pub(super) bytes: Vec<u8>,
}

/// Puts lines into their files and then says so in the record.
pub(super) fn commit(folder: &Path, job: &Job, lines: &[Lines]) -> io::Result<()> {
    for lines in lines {
        let path = folder.join(&lines.file);
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(&lines.bytes)?;
        file.sync_data()?;
    }
    save(folder, job)
}
