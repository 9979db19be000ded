//! One batch inside the writer's transaction: checks, resources, history, index, messages, idempotency.

use std::collections::HashMap;

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;

use crate::engine::{DecidedOn, EngineError};
use crate::pack::{Kind, pack};
use crate::sql::answers;
use crate::sql::columns::{Columns, body_checksum};
use crate::sql::keys::{Key, decode};
use crate::sql::words::{NewWords, Words};
use crate::types::{Delete, Expect, IdempotencyKey, ImportMark, OutboxMessage, Precondition, Put, Write, Written};

use super::cache::{Place, Touched, View};
use super::errors::engine_error;
use super::index::{remove, write_sorted, write_words};
use super::order::{Drawn, Order};
use super::{conditional, outbox, search};

/// Patients' numbers kept in memory; past this the list starts anew.
const CACHED_PATIENTS: usize = 50_000;

/// What the writer remembers between transactions. Losing it costs look-ups, never correctness.
pub(super) struct Memory {
    pub(super) next_rid: i64,
    patients: HashMap<Box<str>, i64>,
    words: Words,
    /// What was written since the last commit; what was rolled back may be among it.
    pub(super) touched: Vec<Touched>,
}

impl Memory {
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let next_rid = connection.query_row("SELECT coalesce(max(rid), 0) + 1 FROM resource", [], |row| row.get(0))?;
        Ok(Self { next_rid, patients: HashMap::new(), words: Words::default(), touched: Vec::new() })
    }

    /// After a rollback: numbers given in it are not in the database.
    pub(super) fn forget(&mut self) {
        self.patients.clear();
        self.words.forget();
    }

    /// As [`Memory::patient`], with a type.
    pub(super) fn number(&mut self, connection: &Connection, patient: Option<&PatientId>) -> Result<i64, EngineError> {
        self.patient(connection, patient.map_or("", PatientId::as_str))
    }

    /// The number of a patient's id, given now if it has none; 0 for data of nobody, whose id is empty.
    pub(super) fn patient(&mut self, connection: &Connection, patient: &str) -> Result<i64, EngineError> {
        if patient.is_empty() {
            return Ok(0);
        }
        if let Some(number) = self.patients.get(patient) {
            return Ok(*number);
        }
        let run = || {
            connection
                .prepare_cached("INSERT INTO patient(id) VALUES (?1) ON CONFLICT DO NOTHING")?
                .execute([patient])?;
            connection.prepare_cached("SELECT num FROM patient WHERE id = ?1")?.query_row([patient], |row| row.get(0))
        };
        let number: i64 = run().map_err(engine_error)?;
        if self.patients.len() >= CACHED_PATIENTS {
            self.patients.clear();
        }
        self.patients.insert(patient.into(), number);
        Ok(number)
    }
}

/// A stored resource, as far as a write needs it.
struct Existing {
    rid: i64,
    version: u64,
    deleted: bool,
    patient: i64,
    patient_id: Option<String>,
    service: u8,
    item: u8,
}

pub(super) struct Apply<'a> {
    pub(super) connection: &'a Connection,
    pub(super) memory: &'a mut Memory,
    pub(super) now_micros: i64,
    /// Index rows that wait to be written in order of their keys.
    pending: Vec<(Key, i64, i64)>,
}

impl<'a> Apply<'a> {
    pub(super) fn new(connection: &'a Connection, memory: &'a mut Memory, now_micros: i64) -> Self {
        Self { connection, memory, now_micros, pending: Vec::new() }
    }

    /// Writes a batch. On an error the caller rolls back to before it. `Ok((_, true))` is an earlier answer: nothing was written.
    pub(super) fn run(&mut self, order: &mut Order) -> Result<(Vec<Written>, bool), EngineError> {
        let Order { commit, drawn } = order;
        let key = commit.batch.idempotency_key.as_ref();
        if let Some(answer) = key.map_or(Ok(None), |key| self.earlier_answer(key))? {
            return Ok((answer, true));
        }
        let mut written = Vec::with_capacity(commit.batch.writes.len());
        for (index, (write, drawn)) in commit.batch.writes.iter().zip(drawn).enumerate() {
            let decided = commit.decided_on.get(index);
            written.push(match write {
                Write::Put(put) if commit.only_index => self.index_anew(put, drawn)?,
                Write::Put(put) => self.put(put, drawn, decided, commit.skip_unchanged)?,
                Write::Delete(delete) => self.delete(delete, decided)?,
            });
        }
        write_sorted(self.connection, &mut self.pending)?;
        for message in &commit.batch.outbox {
            self.send(message)?;
        }
        if let Some(mark) = &commit.mark {
            self.mark(mark)?;
        }
        if let Some(key) = key {
            self.remember(key, &written)?;
        }
        Ok((written, false))
    }

    /// What is stored under a name. When there is something, index rows of the same batch that wait are written first, since the
    /// batch may have put it there itself.
    fn settled(&mut self, resource_type: ResourceType, id: &ResourceId) -> Result<Option<Existing>, EngineError> {
        let existing = self.existing(resource_type, id)?;
        if existing.is_some() {
            write_sorted(self.connection, &mut self.pending)?;
        }
        Ok(existing)
    }

    fn put(
        &mut self,
        put: &Put,
        drawn: &mut Drawn,
        decided: Option<&Option<DecidedOn>>,
        skip_unchanged: bool,
    ) -> Result<Written, EngineError> {
        let existing = self.settled(put.resource_type, &put.id)?;
        self.check(existing.as_ref(), put.expect, decided)?;
        if let Some(Precondition::NoMatch(query)) = &put.precondition {
            write_sorted(self.connection, &mut self.pending)?;
            if search::any(View::uncommitted(self.connection), query)? {
                return Err(EngineError::PreconditionFailed);
            }
        }
        if skip_unchanged
            && let Some(same) = existing.as_ref().map_or(Ok(None), |existing| self.unchanged(put, existing))?
        {
            return Ok(same);
        }
        let version = existing.as_ref().map_or(0, |existing| existing.version) + 1;
        let updated = self.now()?;
        let body = put.prepared.render(version, updated);
        let mut words = NewWords::default();
        self.memory.words.unknown(&put.index, &mut words);
        write_words(self.connection, &words.rows)?;
        self.memory.words.remember(words);
        let patient = self.memory.number(self.connection, put.labels.patient.as_ref())?;
        self.memory.touched.push(Touched { patient, name: Place::of(put.resource_type.to_code(), &put.id) });
        let rid = existing.as_ref().map_or(self.memory.next_rid, |existing| existing.rid);
        let columns = Columns {
            rid,
            resource_type: put.resource_type.to_code(),
            id: put.id.as_str(),
            patient: put.labels.patient.as_ref().map(PatientId::as_str),
            service: put.labels.service.number(),
            item: put.labels.item.number(),
            version,
            updated_micros: self.now_micros,
            deleted: false,
        };
        match &existing {
            None => {
                self.memory.next_rid += 1;
                self.insert(&columns, patient, &body, &drawn.list)?;
                conditional::replace(self.connection, rid, None, Some((patient, &put.labels)))?;
                self.pending.extend(drawn.keys.drain(..).map(|key| (key, patient, rid)));
            }
            Some(existing) => {
                let old = self.keep_history(existing)?;
                self.reindex(existing, patient, old, &drawn.keys)?;
                let name = Place::of(put.resource_type.to_code(), &put.id);
                self.memory.touched.push(Touched { patient: existing.patient, name });
                self.update(&columns, patient, &body, &drawn.list)?;
                let before = Some((existing.patient, existing.item));
                conditional::replace(self.connection, rid, before, Some((patient, &put.labels)))?;
            }
        }
        Ok(Written {
            resource_type: put.resource_type,
            id: put.id.clone(),
            version,
            updated,
            created: existing.is_none_or(|existing| existing.deleted),
            deleted: false,
            unchanged: false,
            body: Bytes::from(body),
        })
    }

    /// Writes all index rows of a resource, whether they should be there already or not, and takes out what its list says beside them.
    fn index_anew(&mut self, put: &Put, drawn: &mut Drawn) -> Result<Written, EngineError> {
        let existing = self.settled(put.resource_type, &put.id)?;
        self.check(existing.as_ref(), put.expect, None)?;
        let Some(existing) = existing.filter(|existing| !existing.deleted) else {
            return Err(EngineError::Conflict { current: None });
        };
        let list = || {
            let mut statement = self.connection.prepare_cached("SELECT entries FROM content WHERE rid = ?1")?;
            statement.query_row([existing.rid], |row| row.get::<_, Vec<u8>>(0))
        };
        // A list that cannot be read is what this is for.
        let old = decode(&list().map_err(engine_error)?).unwrap_or_default();
        let mut words = NewWords::default();
        self.memory.words.unknown(&put.index, &mut words);
        write_words(self.connection, &words.rows)?;
        self.memory.words.remember(words);
        let unchanged = old == drawn.keys;
        self.reindex(&existing, existing.patient, old, &drawn.keys)?;
        let mut statement =
            self.connection.prepare_cached("UPDATE content SET entries = ?2 WHERE rid = ?1").map_err(engine_error)?;
        statement.execute(params![existing.rid, drawn.list]).map_err(engine_error)?;
        self.pending.extend(drawn.keys.drain(..).map(|key| (key, existing.patient, existing.rid)));
        Ok(put.indexed(existing.version, self.now()?, unchanged))
    }

    /// The stored version as an answer, when it is what would be written, labels and all.
    fn unchanged(&self, put: &Put, existing: &Existing) -> Result<Option<Written>, EngineError> {
        let Some(row) = super::rows::by_rid(View::uncommitted(self.connection), existing.rid)? else { return Ok(None) };
        let labels = &put.labels;
        let same_labels = (&row.patient, row.service, row.item) == (&labels.patient, labels.service, labels.item);
        let same = !row.deleted && same_labels && row.body == put.prepared.render(row.version, row.updated);
        Ok(same.then_some(Written {
            resource_type: row.resource_type,
            id: row.id,
            version: row.version,
            updated: row.updated,
            created: false,
            deleted: false,
            unchanged: true,
            body: row.body,
        }))
    }

    fn delete(&mut self, delete: &Delete, decided: Option<&Option<DecidedOn>>) -> Result<Written, EngineError> {
        let existing = self.settled(delete.resource_type, &delete.id)?;
        self.check(existing.as_ref(), delete.expect, decided)?;
        let updated = self.now()?;
        let version = match &existing {
            None => 0,
            Some(existing) if existing.deleted => existing.version,
            Some(existing) => {
                let name = Place::of(delete.resource_type.to_code(), &delete.id);
                self.memory.touched.push(Touched { patient: existing.patient, name });
                for key in self.keep_history(existing)? {
                    remove(self.connection, &key, existing.patient, existing.rid)?;
                }
                let columns = Columns {
                    rid: existing.rid,
                    resource_type: delete.resource_type.to_code(),
                    id: delete.id.as_str(),
                    patient: existing.patient_id.as_deref(),
                    service: existing.service,
                    item: existing.item,
                    version: existing.version + 1,
                    updated_micros: self.now_micros,
                    deleted: true,
                };
                self.update(&columns, existing.patient, &[], &[])?;
                conditional::replace(self.connection, existing.rid, Some((existing.patient, existing.item)), None)?;
                columns.version
            }
        };
        Ok(Written {
            resource_type: delete.resource_type,
            id: delete.id.clone(),
            version,
            updated,
            created: false,
            deleted: true,
            unchanged: existing.is_none_or(|existing| existing.deleted),
            body: Bytes::new(),
        })
    }

    fn now(&self) -> Result<Timestamp, EngineError> {
        Timestamp::from_microsecond(self.now_micros).map_err(|error| EngineError::Fault(error.to_string()))
    }

    fn existing(&self, resource_type: ResourceType, id: &ResourceId) -> Result<Option<Existing>, EngineError> {
        let run = || {
            let mut statement = self.connection.prepare_cached(
                "SELECT r.rid, r.version, r.deleted, r.patient, p.id, r.service, r.item_label \
                 FROM resource r LEFT JOIN patient p ON p.num = r.patient WHERE r.type = ?1 AND r.id = ?2",
            )?;
            let map = |row: &rusqlite::Row<'_>| {
                Ok(Existing {
                    rid: row.get(0)?,
                    version: row.get(1)?,
                    deleted: row.get(2)?,
                    patient: row.get(3)?,
                    patient_id: row.get(4)?,
                    service: row.get(5)?,
                    item: row.get(6)?,
                })
            };
            statement.query_row(params![resource_type.to_code(), id.as_str()], map).optional()
        };
        run().map_err(engine_error)
    }

    fn check(
        &mut self,
        existing: Option<&Existing>,
        expect: Expect,
        decided: Option<&Option<DecidedOn>>,
    ) -> Result<(), EngineError> {
        let current = existing.map(|existing| existing.version);
        let holds = expect.holds(existing.map(|existing| (existing.version, existing.deleted)));
        let labels = existing.map(|existing| (existing.patient_id.as_deref(), existing.service, existing.item));
        if holds && DecidedOn::stands(decided, labels) { Ok(()) } else { Err(EngineError::Conflict { current }) }
    }

    fn insert(&self, columns: &Columns<'_>, patient: i64, body: &[u8], entries: &[u8]) -> Result<(), EngineError> {
        let run = || {
            self.connection
                .prepare_cached("INSERT INTO resource VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
                .execute(params![
                    columns.rid,
                    columns.resource_type,
                    columns.id,
                    patient,
                    columns.version,
                    columns.updated_micros,
                    columns.deleted,
                    columns.service,
                    columns.item,
                    columns.checksum()
                ])?;
            self.connection.prepare_cached("INSERT INTO content VALUES (?1, ?2, ?3, ?4)")?.execute(params![
                columns.rid,
                pack(Kind::Body, body),
                entries,
                body_checksum(columns.rid, columns.version, body)
            ])
        };
        run().map(drop).map_err(engine_error)
    }

    /// Puts the newest version into the history and gives back its index rows.
    fn keep_history(&self, existing: &Existing) -> Result<Vec<Key>, EngineError> {
        let run = || {
            self.connection
                .prepare_cached(
                    "INSERT INTO history(rid, version, type, updated_micros, deleted, body, checksum) \
                     SELECT r.rid, r.version, r.type, r.updated_micros, r.deleted, c.body, c.checksum \
                     FROM resource r JOIN content c ON c.rid = r.rid WHERE r.rid = ?1",
                )?
                .execute([existing.rid])?;
            self.connection
                .prepare_cached("SELECT entries FROM content WHERE rid = ?1")?
                .query_row([existing.rid], |row| row.get::<_, Vec<u8>>(0))
        };
        let list = run().map_err(engine_error)?;
        decode(&list)
            .ok_or_else(|| EngineError::Fault(format!("the index list of resource {} is damaged", existing.rid)))
    }

    /// Takes out the index rows that are gone and puts in the new ones; what stays is not touched.
    fn reindex(&mut self, existing: &Existing, patient: i64, old: Vec<Key>, new: &[Key]) -> Result<(), EngineError> {
        let same_patient = patient == existing.patient;
        for key in old.iter().filter(|key| !same_patient || !new.contains(key)) {
            remove(self.connection, key, existing.patient, existing.rid)?;
        }
        let added = new.iter().filter(|key| !same_patient || !old.contains(key)).cloned();
        self.pending.extend(added.map(|key| (key, patient, existing.rid)));
        Ok(())
    }

    fn update(&self, columns: &Columns<'_>, patient: i64, body: &[u8], entries: &[u8]) -> Result<(), EngineError> {
        let run = || {
            self.connection
                .prepare_cached(
                    "UPDATE resource SET patient = ?2, version = ?3, updated_micros = ?4, deleted = ?5, service = ?6, \
                     item_label = ?7, checksum = ?8 WHERE rid = ?1",
                )?
                .execute(params![
                    columns.rid,
                    patient,
                    columns.version,
                    columns.updated_micros,
                    columns.deleted,
                    columns.service,
                    columns.item,
                    columns.checksum()
                ])?;
            self.connection
                .prepare_cached("UPDATE content SET body = ?2, entries = ?3, checksum = ?4 WHERE rid = ?1")?
                .execute(params![
                    columns.rid,
                    pack(Kind::Body, body),
                    entries,
                    body_checksum(columns.rid, columns.version, body)
                ])
        };
        run().map(drop).map_err(engine_error)
    }

    fn mark(&self, mark: &ImportMark) -> Result<(), EngineError> {
        let run = || {
            self.connection
                .prepare_cached(
                    "INSERT INTO import_mark VALUES (?1, ?2, ?3) ON CONFLICT(source) DO UPDATE SET \
                     position = excluded.position, updated_micros = excluded.updated_micros",
                )?
                .execute(params![mark.source, mark.position, self.now_micros])
        };
        run().map(drop).map_err(engine_error)
    }

    fn send(&mut self, message: &OutboxMessage) -> Result<(), EngineError> {
        let subject = self.memory.number(self.connection, message.subject.as_ref())?;
        outbox::insert(self.connection, message, subject, self.now_micros)
    }

    fn earlier_answer(&self, key: &IdempotencyKey) -> Result<Option<Vec<Written>>, EngineError> {
        answers::check(key)?;
        let run = || {
            self.connection
                .prepare_cached("SELECT fingerprint, answer FROM idempotency WHERE scope = ?1 AND key = ?2")?
                .query_row([&key.scope, &key.key], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
                .optional()
        };
        let kept = run().map_err(engine_error)?;
        kept.map(|(fingerprint, answer)| answers::read(key, fingerprint, &answer)).transpose()
    }

    fn remember(&self, key: &IdempotencyKey, written: &[Written]) -> Result<(), EngineError> {
        let answer = answers::text(written)?;
        let run = || {
            self.connection.prepare_cached("INSERT INTO idempotency VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
                key.scope,
                key.key,
                key.fingerprint.cast_signed(),
                self.now_micros,
                answer
            ])
        };
        run().map(drop).map_err(engine_error)
    }
}
