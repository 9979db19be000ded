//! Rows that were read lately.
//!
//! A version of a resource never changes, so a row is kept under its number and version and is right for as long as it is kept: the
//! database is asked which versions there are, in narrow index rows, and only what is not here is fetched and its checksum proved.
//! The writer stays outside: what it has written may yet be rolled back.

use std::ops::Deref;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use rusqlite::Connection;
use varde_base::PatientId;

use crate::engine::Row;

/// What a row takes beside its body.
const ROW_BYTES: u64 = 256;
/// A row of ordinary size, to guess how many there will be.
const ORDINARY_BYTES: u64 = 1_024;
/// Larger rows are not kept: a few documents must not drive out everything else.
const LARGEST_BODY_BYTES: usize = 256 << 10;

#[derive(Clone)]
struct ByBytes;

impl Weighter<(i64, u64), Row> for ByBytes {
    fn weight(&self, _: &(i64, u64), row: &Row) -> u64 {
        ROW_BYTES + u64::try_from(row.body.len()).unwrap_or(u64::MAX - ROW_BYTES)
    }
}

/// Patients whose numbers are kept.
const PATIENTS: usize = 100_000;

/// Rows by number and version; numbers of patients, which never change either.
pub(super) struct RowCache {
    rows: Cache<(i64, u64), Row, ByBytes>,
    patients: Cache<PatientId, i64>,
}

impl RowCache {
    pub(super) fn new(bytes: u64) -> Self {
        let items = usize::try_from(bytes / ORDINARY_BYTES).unwrap_or(usize::MAX);
        Self { rows: Cache::with_weighter(items, bytes, ByBytes), patients: Cache::new(PATIENTS) }
    }

    pub(super) fn get(&self, rid: i64, version: u64) -> Option<Row> {
        self.rows.get(&(rid, version))
    }

    /// Keeps the newest version of a resource as it was committed.
    pub(super) fn keep(&self, row: &Row) {
        if row.body.len() <= LARGEST_BODY_BYTES {
            self.rows.insert((row.rid, row.version), row.clone());
        }
    }

    pub(super) fn patient(&self, patient: &PatientId) -> Option<i64> {
        self.patients.get(patient)
    }

    /// Keeps the number of a patient as it was committed.
    pub(super) fn keep_patient(&self, patient: &PatientId, number: i64) {
        self.patients.insert(patient.clone(), number);
    }
}

/// A connection, with the cache when what it sees is committed.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    connection: &'a Connection,
    pub(super) cache: Option<&'a RowCache>,
}

impl<'a> View<'a> {
    /// What a reader sees.
    pub(super) fn committed(connection: &'a Connection, cache: &'a RowCache) -> Self {
        Self { connection, cache: Some(cache) }
    }

    /// What the writer sees in the middle of its work.
    pub(super) fn uncommitted(connection: &'a Connection) -> Self {
        Self { connection, cache: None }
    }
}

impl Deref for View<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
