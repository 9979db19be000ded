//! Rows that were read lately.
//!
//! A version of a resource never changes, so a row is kept under its number and version and is right for as long as it is kept: the
//! database is asked which versions there are, in narrow index rows, and only what is not here is fetched and its checksum proved.
//! The writer stays outside: what it has written may yet be rolled back.
//!
//! Which versions a patient has of a type is kept as well. Such a list is right until a commit has touched the patient: the writer moves
//! `commits` first and then the patient's place in `changes`, both before it answers anybody. Whoever has read the place, and then finds
//! that their view is of the latest commit, therefore sees everything the place speaks of, and may keep or use a list under it.
//! Which number and version a name stands for is kept in the same way, with a place for each name, so that a resource that was read lately is
//! read again without asking the database at all.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use rusqlite::Connection;
use varde_base::{PatientId, ResourceId};
use varde_rights::{ItemLabel, Service};

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

/// Longer lists are not kept, but read page by page.
pub(super) const LONGEST_LIST: usize = 5_000;

/// One resource of a patient: what a decision and a page need to know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    pub(super) rid: i64,
    pub(super) version: u64,
    pub(super) service: Service,
    pub(super) item: ItemLabel,
}

/// Resources of one type and patient that are not deleted, oldest first.
pub(super) type List = Arc<[Listed]>;

/// The same with the date that puts each in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dated {
    pub(super) listed: Listed,
    /// Microseconds; `None` when it has none.
    pub(super) micros: Option<i64>,
}

/// Resources of one type and patient in order of a date, those without one last.
pub(super) type Order = Arc<[Dated]>;
/// Which: patient, number of the parameter, newest first.
type OrderKey = (i64, u32, bool);

struct Kept<T> {
    change: u64,
    list: Arc<[T]>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { change: self.change, list: Arc::clone(&self.list) }
    }
}

#[derive(Clone)]
struct ByLength;

impl<K, T> Weighter<K, Kept<T>> for ByLength {
    fn weight(&self, _: &K, kept: &Kept<T>) -> u64 {
        let bytes = size_of::<T>().saturating_mul(kept.list.len()).saturating_add(LIST_BYTES);
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// What a list takes beside its entries.
const LIST_BYTES: usize = 96;
/// Places for patients' changes, and as many for those of names. What shares one is forgotten together, which is all that happens.
const PLACES: usize = 1 << 14;

/// What a commit has changed: a patient's resources, and a name's newest version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) patient: i64,
    pub(super) name: Place,
}

/// Where a name's changes are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(usize);

impl Place {
    pub(super) fn of(resource_type: u16, id: &ResourceId) -> Self {
        // Any hash does that is the same throughout this process.
        let mut hasher = DefaultHasher::new();
        (resource_type, id.as_str()).hash(&mut hasher);
        Self(usize::try_from(hasher.finish() % PLACES_U64).unwrap_or(0))
    }
}

const PLACES_U64: u64 = PLACES as u64;

/// Moves on, patient by patient and name by name, with every commit that touches one.
pub(super) struct Changes {
    patients: Box<[AtomicU64]>,
    names: Box<[AtomicU64]>,
}

impl Changes {
    pub(super) fn new() -> Self {
        let places = || (0..PLACES).map(|_| AtomicU64::new(0)).collect();
        Self { patients: places(), names: places() }
    }

    fn patient(&self, patient: i64) -> Option<&AtomicU64> {
        usize::try_from(patient).ok().and_then(|patient| self.patients.get(patient % PLACES))
    }

    fn of(&self, patient: i64) -> Option<u64> {
        self.patient(patient).map(|place| place.load(Ordering::Acquire))
    }

    fn of_name(&self, name: Place) -> Option<u64> {
        self.names.get(name.0).map(|place| place.load(Ordering::Acquire))
    }

    /// A commit has touched these.
    pub(super) fn touch(&self, touched: Touched) {
        for place in [self.patient(touched.patient), self.names.get(touched.name.0)].into_iter().flatten() {
            place.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// The number and newest version a name stands for.
#[derive(Debug, Clone, Copy)]
struct Named {
    change: u64,
    rid: i64,
    version: u64,
}

/// Rows by number and version; numbers of patients, which never change either; lists of patients' resources.
pub(super) struct RowCache {
    rows: Cache<(i64, u64), Row, ByBytes>,
    names: Cache<(u16, ResourceId), Named>,
    patients: Cache<PatientId, i64>,
    lists: Cache<(i64, u16), Kept<Listed>, ByLength>,
    orders: Cache<OrderKey, Kept<Dated>, ByLength>,
    changes: Arc<Changes>,
}

impl RowCache {
    /// `bytes` are for rows; lists take an eighth of that beside it, and orders half as much as lists. There are as many names as rows of
    /// ordinary size.
    pub(super) fn new(bytes: u64, changes: Arc<Changes>) -> Self {
        let items = usize::try_from(bytes / ORDINARY_BYTES).unwrap_or(usize::MAX);
        Self {
            rows: Cache::with_weighter(items, bytes, ByBytes),
            names: Cache::new(items),
            patients: Cache::new(PATIENTS),
            lists: Cache::with_weighter(items / 8, bytes / 8, ByLength),
            orders: Cache::with_weighter(items / 16, bytes / 16, ByLength),
            changes,
        }
    }

    pub(super) fn get(&self, rid: i64, version: u64) -> Option<Row> {
        self.rows.get(&(rid, version))
    }

    /// The newest version of a resource, when its name and the version are at hand.
    pub(super) fn read(&self, resource_type: u16, id: &ResourceId) -> Option<Row> {
        let change = self.changes.of_name(Place::of(resource_type, id))?;
        let named = self.names.get(&(resource_type, id.clone())).filter(|named| named.change == change)?;
        self.get(named.rid, named.version)
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
    /// The commit this is a view of, and the latest.
    commit: Option<(u64, &'a AtomicU64)>,
}

impl<'a> View<'a> {
    /// What a reader sees whose view is of a commit.
    pub(super) fn committed(
        connection: &'a Connection,
        cache: &'a RowCache,
        commit: Option<u64>,
        latest: &'a AtomicU64,
    ) -> Self {
        Self { connection, cache: Some(cache), commit: commit.map(|commit| (commit, latest)) }
    }

    /// What the writer sees in the middle of its work.
    pub(super) fn uncommitted(connection: &'a Connection) -> Self {
        Self { connection, cache: None, commit: None }
    }

    /// The list of a patient's resources of a type, read by `load` when it is not at hand; `None` when it is too long, or when nothing can be
    /// kept under this view.
    pub(super) fn list(
        self,
        patient: i64,
        resource_type: u16,
        load: impl FnOnce() -> rusqlite::Result<Vec<Listed>>,
    ) -> rusqlite::Result<Option<List>> {
        self.keep(patient, |cache| &cache.lists, (patient, resource_type), load)
    }

    /// The number and newest version of a name, found by `load`.
    pub(super) fn named(
        self,
        resource_type: u16,
        id: &ResourceId,
        load: impl FnOnce() -> rusqlite::Result<Option<(i64, u64)>>,
    ) -> rusqlite::Result<Option<(i64, u64)>> {
        let Some((cache, (commit, latest))) = self.cache.zip(self.commit) else { return load() };
        // In this order; see the top of the file.
        let change = cache.changes.of_name(Place::of(resource_type, id));
        let change = change.filter(|_| latest.load(Ordering::Acquire) == commit);
        let found = load()?;
        if let Some((change, (rid, version))) = change.zip(found) {
            cache.names.insert((resource_type, id.clone()), Named { change, rid, version });
        }
        Ok(found)
    }

    /// As [`View::list`], in order of a date.
    pub(super) fn order(
        self,
        key: OrderKey,
        load: impl FnOnce() -> rusqlite::Result<Vec<Dated>>,
    ) -> rusqlite::Result<Option<Order>> {
        self.keep(key.0, |cache| &cache.orders, key, load)
    }

    fn keep<K: Hash + Eq + 'static, T: 'static>(
        self,
        patient: i64,
        kept: impl FnOnce(&'a RowCache) -> &'a Cache<K, Kept<T>, ByLength>,
        key: K,
        load: impl FnOnce() -> rusqlite::Result<Vec<T>>,
    ) -> rusqlite::Result<Option<Arc<[T]>>> {
        let Some((cache, (commit, latest))) = self.cache.zip(self.commit) else { return Ok(None) };
        let Some(change) = cache.changes.of(patient) else { return Ok(None) };
        // In this order; see the top of the file.
        if latest.load(Ordering::Acquire) != commit {
            return Ok(None);
        }
        let kept = kept(cache);
        if let Some(known) = kept.get(&key).filter(|known| known.change == change) {
            return Ok(Some(known.list));
        }
        let list = load()?;
        if list.len() > LONGEST_LIST {
            return Ok(None);
        }
        let list: Arc<[T]> = list.into();
        kept.insert(key, Kept { change, list: Arc::clone(&list) });
        Ok(Some(list))
    }
}

impl Deref for View<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
