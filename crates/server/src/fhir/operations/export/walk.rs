//! One step of a job: pages of resources and of deletions, until there is enough to write.

use std::collections::HashSet;

use serde_json::json;
use varde_base::PatientId;
use varde_fhir::search::{Clause, Cursor, DateMatch, Prefix, Query};
use varde_fhir::{Issue, IssueCode, ResourceType, operation_outcome};
use varde_store::{Deletions, Export, Found, Gate, GateError};

use super::job::{File, Job, Kind, Lines, Part, Place};
use super::order::PAGE;

/// Bytes after which a step writes.
const STEP_BYTES: usize = 4 << 20;
/// Pages after which it writes in any case.
const STEP_PAGES: usize = 200;
/// A file is followed by another after so many lines or bytes.
const FILE_LINES: u64 = 100_000;
const FILE_BYTES: u64 = 256 << 20;
/// Patients looked up together.
const GROUP: usize = 100;

/// A step in progress.
pub(super) struct Walk<'a> {
    gate: &'a Gate,
    /// The job as it will be when the lines are written.
    pub(super) job: Job,
    patients: &'a [PatientId],
    pub(super) lines: Vec<Lines>,
    gathered: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(gate: &'a Gate, job: Job, patients: &'a [PatientId]) -> Self {
        Self { gate, job, patients, lines: Vec::new(), gathered: 0 }
    }

    /// Goes on until there is enough to write or nothing left.
    ///
    /// # Errors
    /// What may pass by itself; anything else is told in a file of errors, and the type is left.
    pub(super) async fn step(&mut self) -> Result<(), GateError> {
        for _ in 0..STEP_PAGES {
            if self.gathered >= STEP_BYTES || self.job.place.part == Part::End {
                return Ok(());
            }
            let Some(kind) = self.kind() else {
                self.next_part();
                continue;
            };
            let page = match self.job.place.part {
                Part::Resources => self.resources(kind).await,
                Part::Deletions => self.deletions(kind).await,
                Part::End => return Ok(()),
            };
            match page {
                Err(GateError::Busy | GateError::Unavailable) => return page,
                Err(error) => self.failed(kind, &error),
                Ok(()) => {}
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    fn kind(&self) -> Option<ResourceType> {
        self.job.order.types.get(self.job.place.kind).and_then(|name| ResourceType::from_name(name))
    }

    fn next_part(&mut self) {
        let part = match self.job.place.part {
            Part::Resources if self.job.order.since.is_some() => Part::Deletions,
            _ => Part::End,
        };
        self.job.place = Place { part, ..Place::default() };
    }

    async fn resources(&mut self, kind: ResourceType) -> Result<(), GateError> {
        let place = self.job.place.clone();
        let order = &self.job.order;
        let mut queries = order.queries(kind);
        let filters = queries.len();
        let mut groups = 1;
        if order.listed {
            let group = self.patients.chunks(GROUP).nth(place.group).map(<[PatientId]>::to_vec).unwrap_or_default();
            groups = self.patients.len().div_ceil(GROUP);
            // Of no patients nothing is exported.
            let whose = if group.is_empty() { Clause::Id(Vec::new()) } else { Clause::Patient(group) };
            queries.iter_mut().for_each(|query| query.clauses.push(whose.clone()));
        }
        let besides: Vec<Query> = queries.drain(..place.filter.min(filters)).collect();
        let Some(mut query) = queries.into_iter().next() else {
            self.job.place = Place { kind: place.kind + 1, ..Place::default() };
            return Ok(());
        };
        query.clauses.extend(order.since.map(since));
        query.cursor = place.cursor.clone().map(Cursor);
        let export = Export { query: &query, patients_only: order.patients_only(), besides: &besides };
        let page = self.gate.export(&export).await?;
        self.write(kind, &page.matches);
        let next = page.next.map(|cursor| cursor.0);
        self.job.place = match next {
            Some(cursor) => Place { cursor: Some(cursor), ..place },
            None if place.group + 1 < groups => Place { group: place.group + 1, cursor: None, ..place },
            None if place.filter + 1 < filters => Place { filter: place.filter + 1, group: 0, cursor: None, ..place },
            None => Place { kind: place.kind + 1, ..Place::default() },
        };
        Ok(())
    }

    fn write(&mut self, kind: ResourceType, found: &[Found]) {
        let subset = self.job.order.subset(kind);
        for found in found {
            // What cannot be cut is given whole: it was asked for, and it may be seen.
            let part = subset.as_ref().and_then(|subset| subset.of(kind, &found.body));
            self.line(Kind::Output, kind.name(), part.as_deref().unwrap_or(&found.body));
        }
    }

    async fn deletions(&mut self, kind: ResourceType) -> Result<(), GateError> {
        let place = self.job.place.clone();
        let order = &self.job.order;
        let Some(since) = order.since else {
            self.next_part();
            return Ok(());
        };
        let listed: HashSet<PatientId>;
        let whose = if order.listed {
            listed = self.patients.iter().cloned().collect();
            Deletions::Of(&listed)
        } else if order.patients_only() {
            Deletions::OfPatients
        } else {
            Deletions::All
        };
        let cursor = place.cursor.clone().map(Cursor);
        let (gone, next) = self.gate.export_deletions(kind, since, whose, PAGE, cursor.as_ref()).await?;
        if !gone.is_empty() {
            let entry = |id: &varde_base::ResourceId| json!({ "request": { "method": "DELETE", "url": format!("{kind}/{id}") } });
            let entries: Vec<serde_json::Value> = gone.iter().map(entry).collect();
            let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
            self.line(Kind::Deleted, "Bundle", bundle.to_string().as_bytes());
        }
        self.job.place = match next {
            Some(cursor) => Place { cursor: Some(cursor.0), ..place },
            None => Place { part: Part::Deletions, kind: place.kind + 1, ..Place::default() },
        };
        Ok(())
    }

    /// The rest of a type is left out, which a file of errors says.
    fn failed(&mut self, kind: ResourceType, error: &GateError) {
        tracing::warn!(%kind, %error, "a type could not be exported whole");
        let mut issues =
            vec![Issue::error(IssueCode::Exception, kind.name(), format!("the export of {kind} is not whole"))];
        if let GateError::Invalid(more) = error {
            issues.extend(more.iter().cloned());
        }
        self.line(Kind::Error, "OperationOutcome", &operation_outcome(&issues));
        self.job.place = Place { part: self.job.place.part, kind: self.job.place.kind + 1, ..Place::default() };
    }

    /// Adds a line to the last file of its kind, or to a new one when that is full.
    fn line(&mut self, kind: Kind, resource_type: &str, line: &[u8]) {
        let alike = |file: &&mut File| file.kind == kind && file.resource_type == resource_type;
        let number =
            self.job.files.iter().filter(|file| file.kind == kind && file.resource_type == resource_type).count();
        let open = self.job.files.iter_mut().rev().find(alike);
        let has_room = open.as_ref().is_some_and(|file| file.count < FILE_LINES && file.bytes < FILE_BYTES);
        if !has_room {
            let prefix = match kind {
                Kind::Output => "",
                Kind::Deleted => "deleted-",
                Kind::Error => "error-",
            };
            let name = format!("{prefix}{resource_type}-{}.ndjson", number + 1);
            let resource_type = resource_type.to_owned();
            self.job.files.push(File { kind, resource_type, name, count: 0, bytes: 0 });
        }
        let Some(file) = self.job.files.iter_mut().rev().find(alike) else { return };
        file.count += 1;
        file.bytes += line.len() as u64 + 1;
        self.gathered += line.len() + 1;
        if self.lines.last().is_none_or(|last| last.file != file.name) {
            self.lines.push(Lines { file: file.name.clone(), bytes: Vec::new() });
        }
        if let Some(last) = self.lines.last_mut() {
            last.bytes.extend_from_slice(line);
            last.bytes.push(b'\n');
        }
    }
}

fn since(time: jiff::Timestamp) -> Clause {
    let micros = time.as_microsecond();
    Clause::LastUpdated(vec![DateMatch { prefix: Prefix::Ge, low_micros: micros, high_micros: micros }])
}
