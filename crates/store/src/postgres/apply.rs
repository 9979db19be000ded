//! One batch inside its transaction: locks, checks, resources, history, index, messages, idempotency, log.
//!
//! The same steps as in SQLite, but gathered: what a batch writes goes to the server in a few statements over arrays.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use varde_base::PatientId;

use crate::audit::AuditDraft;
use crate::audit::chain::encode;
use crate::engine::{Commit, DecidedOn, EngineError};
use crate::pack::{Kind, unpack};
use crate::sql::answers;
use crate::sql::columns::{Columns, body_checksum, resource_type};
use crate::sql::keys::{Key, decode, encode as list_of, fnv1a_64, rows as keys_of};
use crate::types::{Delete, Expect, IdempotencyKey, OutboxMessage, Precondition, Put, Write, Written};

use super::index::IndexRow;
use super::patients::Patients;
use super::pool::{column, execute, rows};
use super::rows::{narrow, timestamp};
use super::written::{Gathered, Lists};
use super::{index, outbox, search};

/// Type and id.
type Name = (u16, String);

/// A stored resource, as far as a write needs it.
#[derive(Debug, Clone)]
struct Existing {
    rid: i64,
    version: u64,
    updated_micros: i64,
    deleted: bool,
    patient: i64,
    patient_id: Option<String>,
    service: u8,
    item: u8,
    body: Bytes,
    list: Vec<u8>,
}

pub(super) struct Apply<'a> {
    client: &'a ClientWrapper,
    patients: &'a Patients,
    /// Numbers of all patients the batch names.
    numbers: HashMap<Box<str>, i64>,
    now_micros: i64,
    stored: HashMap<Name, Existing>,
    /// Numbers for resources that are new.
    free: std::vec::IntoIter<i64>,
    gathered: Gathered,
    lists: Lists,
    remove: Vec<IndexRow>,
    add: Vec<IndexRow>,
    /// Written and not sent yet.
    touched: HashSet<Name>,
    /// The batch was refused for what it is: trying again would not help.
    pub(super) refused: bool,
}

/// Patients a batch names, so that they have numbers before its transaction begins.
pub(super) fn patients_of(commit: &Commit) -> impl Iterator<Item = &str> {
    let labels = commit.batch.writes.iter().filter_map(|write| match write {
        Write::Put(put) => put.labels.patient.as_ref(),
        Write::Delete(_) => None,
    });
    let subjects = commit.batch.outbox.iter().filter_map(|message| message.subject.as_ref());
    labels.chain(subjects).map(PatientId::as_str)
}

impl<'a> Apply<'a> {
    pub(super) fn new(
        client: &'a ClientWrapper,
        patients: &'a Patients,
        numbers: HashMap<Box<str>, i64>,
        now_micros: i64,
    ) -> Self {
        Self {
            client,
            patients,
            numbers,
            now_micros,
            stored: HashMap::new(),
            free: Vec::new().into_iter(),
            gathered: Gathered::default(),
            lists: Lists::default(),
            remove: Vec::new(),
            add: Vec::new(),
            touched: HashSet::new(),
            refused: false,
        }
    }

    /// Writes a batch. On an error the caller rolls back.
    pub(super) async fn run(&mut self, commit: &Commit) -> Result<Vec<Written>, EngineError> {
        let key = commit.batch.idempotency_key.as_ref();
        if let Some(key) = key {
            answers::check(key).map_err(|error| self.refuse(error))?;
            if let Some(answer) = self.earlier_answer(key).await? {
                return Ok(answer);
            }
        }
        self.lock(commit).await?;
        let mut written = Vec::with_capacity(commit.batch.writes.len());
        for (index, write) in commit.batch.writes.iter().enumerate() {
            let decided = commit.decided_on.get(index);
            written.push(match write {
                Write::Put(put) if commit.only_index => self.index_anew(put)?,
                Write::Put(put) => self.put(put, decided, commit.skip_unchanged).await?,
                Write::Delete(delete) => self.delete(delete, decided).await?,
            });
        }
        self.send().await?;
        for message in &commit.batch.outbox {
            self.message(message).await?;
        }
        if let Some(mark) = &commit.mark {
            let position: i64 = narrow(mark.position)?;
            const MARK: &str = "INSERT INTO import_mark VALUES ($1, $2, $3) ON CONFLICT(source) DO UPDATE SET \
                 position = excluded.position, updated_micros = excluded.updated_micros";
            execute(self.client, MARK, &[&mark.source, &position, &self.now_micros]).await?;
        }
        if let Some(key) = key {
            let (fingerprint, answer) = (key.fingerprint.cast_signed(), answers::text(&written)?);
            const REMEMBER: &str = "INSERT INTO idempotency VALUES ($1, $2, $3, $4, $5)";
            execute(self.client, REMEMBER, &[&key.scope, &key.key, &fingerprint, &self.now_micros, &answer]).await?;
        }
        log(self.client, &commit.audit, self.now_micros).await?;
        Ok(written)
    }

    fn refuse(&mut self, error: EngineError) -> EngineError {
        self.refused = true;
        error
    }

    /// Takes the resources of the batch for this transaction, in one order for everybody, and reads what is stored. The reading comes
    /// after the locks, so that it sees what whoever had them before has done.
    async fn lock(&mut self, commit: &Commit) -> Result<(), EngineError> {
        let conditions: Vec<i64> = conditions(commit);
        if !conditions.is_empty() {
            const HOLD: &str = "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS u(k)";
            rows(self.client, HOLD, &[&conditions]).await?;
        }
        let names = commit.batch.writes.iter().map(Write::name);
        let (types, ids): (Vec<i32>, Vec<&str>) =
            names.map(|(resource_type, id)| (i32::from(resource_type.to_code()), id.as_str())).unzip();
        if types.is_empty() {
            return Ok(());
        }
        const LOCK: &str = "SELECT m.rid FROM unnest($1::integer[], $2::text[]) AS u(type, id) \
             JOIN name m ON m.type = u.type AND m.id = u.id ORDER BY m.type, m.id FOR UPDATE OF m";
        const STORED: &str = "SELECT r.type, r.id, r.rid, r.version, r.updated_micros, r.deleted, r.patient, p.id, r.service, \
             r.item_label, c.body, c.entries FROM (SELECT DISTINCT * FROM unnest($1::integer[], $2::text[])) AS u(type, id) \
             JOIN name m ON m.type = u.type AND m.id = u.id JOIN resource r ON r.patient = m.patient AND r.rid = m.rid \
             JOIN content c ON c.patient = m.patient AND c.rid = m.rid LEFT JOIN patient p ON p.num = m.patient";
        const FREE: &str = "SELECT nextval('resource_rid') FROM generate_series(1, $1::bigint)";
        let wanted: i64 = narrow(types.len())?;
        if !rows(self.client, LOCK, &[&types, &ids]).await?.is_empty() {
            for row in rows(self.client, STORED, &[&types, &ids]).await? {
                let (name, existing) = existing(&row)?;
                self.stored.insert(name, existing);
            }
        }
        if types.len() > self.stored.len() {
            let free = rows(self.client, FREE, &[&wanted]).await?;
            let mut free = free.iter().map(|row| column(row, 0)).collect::<Result<Vec<i64>, _>>()?;
            free.sort_unstable();
            self.free = free.into_iter();
        }
        Ok(())
    }

    async fn put(
        &mut self,
        put: &Put,
        decided: Option<&Option<DecidedOn>>,
        skip_unchanged: bool,
    ) -> Result<Written, EngineError> {
        let name = (put.resource_type.to_code(), put.id.as_str().to_owned());
        if self.touched.contains(&name) {
            self.send().await?;
        }
        let existing = self.stored.get(&name).cloned();
        self.check(existing.as_ref(), put.expect, decided)?;
        self.precondition(put).await?;
        let labels = &put.labels;
        let patient = self.number(labels.patient.as_ref())?;
        if let Some(existing) = existing.as_ref().filter(|existing| skip_unchanged && !existing.deleted) {
            let kept = (existing.patient, existing.service, existing.item);
            let updated = timestamp(existing.updated_micros)?;
            let same = kept == (patient, labels.service.number(), labels.item.number())
                && existing.body == put.prepared.render(existing.version, updated);
            if same {
                return Ok(unchanged(put, existing, updated));
            }
        }
        let (version, updated) = (existing.as_ref().map_or(0, |existing| existing.version) + 1, self.now()?);
        let body = Bytes::from(put.prepared.render(version, updated));
        let keys = keys_of(&put.index);
        let rid = match &existing {
            Some(existing) => existing.rid,
            None => self.free.next().ok_or_else(|| EngineError::Fault("no number for a resource".to_owned()))?,
        };
        let columns = Columns {
            rid,
            resource_type: name.0,
            id: &name.1,
            patient: labels.patient.as_ref().map(PatientId::as_str),
            service: labels.service.number(),
            item: labels.item.number(),
            version,
            updated_micros: self.now_micros,
            deleted: false,
        };
        let list = list_of(&keys);
        self.gathered.conditional.replace(existing.as_ref().map(|existing| existing.patient), patient, rid, labels);
        match &existing {
            None => {
                self.gathered.insert(&columns, patient, &body, list.clone());
                self.add.extend(keys.into_iter().map(|key| (key, patient, rid)));
            }
            Some(existing) => {
                self.reindex(existing, patient, keys)?;
                self.gathered.update(existing.patient, &columns, patient, &body, list.clone());
            }
        }
        let now = self.stored_as(&columns, patient, body.clone(), list);
        self.stored.insert(name.clone(), now);
        self.touched.insert(name);
        Ok(Written {
            resource_type: put.resource_type,
            id: put.id.clone(),
            version,
            updated,
            created: existing.is_none_or(|existing| existing.deleted),
            deleted: false,
            unchanged: false,
            body,
        })
    }

    /// As SQLite's.
    fn index_anew(&mut self, put: &Put) -> Result<Written, EngineError> {
        let name = (put.resource_type.to_code(), put.id.as_str().to_owned());
        let existing = self.stored.get(&name).filter(|existing| !existing.deleted).cloned();
        self.check(existing.as_ref(), put.expect, None)?;
        let Some(existing) = existing else { return Err(EngineError::Conflict { current: None }) };
        let old = decode(&existing.list).unwrap_or_default();
        let (keys, patient, rid) = (keys_of(&put.index), existing.patient, existing.rid);
        let unchanged = old == keys;
        self.lists.add(patient, rid, list_of(&keys));
        let gone = old.into_iter().filter(|key| !keys.contains(key));
        self.remove.extend(gone.map(|key| (key, patient, rid)));
        self.add.extend(keys.into_iter().map(|key| (key, patient, rid)));
        Ok(put.indexed(existing.version, self.now()?, unchanged))
    }

    /// Nothing may match what a resource is made on condition of.
    async fn precondition(&mut self, put: &Put) -> Result<(), EngineError> {
        let Some(Precondition::NoMatch(query)) = &put.precondition else { return Ok(()) };
        self.send().await?;
        let matches = search::any(self.client, self.patients, query).await?;
        if matches { Err(self.refuse(EngineError::PreconditionFailed)) } else { Ok(()) }
    }

    async fn delete(&mut self, delete: &Delete, decided: Option<&Option<DecidedOn>>) -> Result<Written, EngineError> {
        let name = (delete.resource_type.to_code(), delete.id.as_str().to_owned());
        if self.touched.contains(&name) {
            self.send().await?;
        }
        let existing = self.stored.get(&name).cloned();
        self.check(existing.as_ref(), delete.expect, decided)?;
        let updated = self.now()?;
        let version = match &existing {
            None => 0,
            Some(existing) if existing.deleted => existing.version,
            Some(existing) => {
                self.reindex(existing, existing.patient, Vec::new())?;
                self.gathered.conditional.forget(existing.patient, existing.rid);
                let columns = Columns {
                    rid: existing.rid,
                    resource_type: name.0,
                    id: &name.1,
                    patient: existing.patient_id.as_deref(),
                    service: existing.service,
                    item: existing.item,
                    version: existing.version + 1,
                    updated_micros: self.now_micros,
                    deleted: true,
                };
                self.gathered.update(existing.patient, &columns, existing.patient, &[], Vec::new());
                let (version, now) =
                    (columns.version, self.stored_as(&columns, existing.patient, Bytes::new(), Vec::new()));
                self.stored.insert(name.clone(), now);
                self.touched.insert(name);
                version
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

    fn stored_as(&self, columns: &Columns<'_>, patient: i64, body: Bytes, list: Vec<u8>) -> Existing {
        Existing {
            rid: columns.rid,
            version: columns.version,
            updated_micros: columns.updated_micros,
            deleted: columns.deleted,
            patient,
            patient_id: columns.patient.map(str::to_owned),
            service: columns.service,
            item: columns.item,
            body,
            list,
        }
    }

    fn now(&self) -> Result<Timestamp, EngineError> {
        timestamp(self.now_micros)
    }

    fn number(&self, patient: Option<&PatientId>) -> Result<i64, EngineError> {
        let number = self.numbers.get(patient.map_or("", PatientId::as_str));
        number.copied().ok_or_else(|| EngineError::Fault("a patient without number".to_owned()))
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
        if holds && DecidedOn::stands(decided, labels) {
            Ok(())
        } else {
            Err(self.refuse(EngineError::Conflict { current }))
        }
    }

    /// Takes out the index rows that are gone and puts in the new ones; what stays is not touched.
    fn reindex(&mut self, existing: &Existing, patient: i64, new: Vec<Key>) -> Result<(), EngineError> {
        let old = decode(&existing.list)
            .ok_or_else(|| EngineError::Fault(format!("the index list of resource {} is damaged", existing.rid)))?;
        let same_patient = patient == existing.patient;
        let added = new.iter().filter(|key| !same_patient || !old.contains(key)).cloned();
        self.add.extend(added.map(|key| (key, patient, existing.rid)));
        let gone = old.into_iter().filter(|key| !same_patient || !new.contains(key));
        self.remove.extend(gone.map(|key| (key, existing.patient, existing.rid)));
        Ok(())
    }

    /// Sends what is gathered.
    async fn send(&mut self) -> Result<(), EngineError> {
        self.touched.clear();
        std::mem::take(&mut self.gathered).send(self.client).await?;
        std::mem::take(&mut self.lists).send(self.client).await?;
        let (mut remove, mut add) = (std::mem::take(&mut self.remove), std::mem::take(&mut self.add));
        index::change(self.client, &mut remove, &mut add).await
    }

    async fn message(&mut self, message: &OutboxMessage) -> Result<(), EngineError> {
        let subject = self.number(message.subject.as_ref())?;
        let done = outbox::insert(self.client, message, subject, self.now_micros).await;
        if matches!(done, Err(EngineError::Limit(_))) {
            self.refused = true;
        }
        done
    }

    async fn earlier_answer(&mut self, key: &IdempotencyKey) -> Result<Option<Vec<Written>>, EngineError> {
        const KEPT: &str = "SELECT fingerprint, answer FROM idempotency WHERE scope = $1 AND key = $2";
        let kept = rows(self.client, KEPT, &[&key.scope, &key.key]).await?;
        let Some(row) = kept.first() else { return Ok(None) };
        let answer = answers::read(key, column(row, 0)?, column(row, 1)?);
        answer.map(Some).map_err(|error| self.refuse(error))
    }
}

/// Conditions of a batch as numbers to lock by, in order: of two batches with the same condition one waits for the other.
fn conditions(commit: &Commit) -> Vec<i64> {
    fn of(write: &Write) -> Option<&Precondition> {
        match write {
            Write::Put(put) => put.precondition.as_ref(),
            Write::Delete(_) => None,
        }
    }
    let number = |Precondition::NoMatch(query): &Precondition| {
        fnv1a_64(format!("{} {:?}", query.resource_type, query.canonical).as_bytes()).cast_signed()
    };
    let mut out: Vec<i64> = commit.batch.writes.iter().filter_map(of).map(number).collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn unchanged(put: &Put, existing: &Existing, updated: Timestamp) -> Written {
    Written {
        resource_type: put.resource_type,
        id: put.id.clone(),
        version: existing.version,
        updated,
        created: false,
        deleted: false,
        unchanged: true,
        body: existing.body.clone(),
    }
}

fn existing(row: &tokio_postgres::Row) -> Result<(Name, Existing), EngineError> {
    let code = narrow(column::<i32>(row, 0)?)?;
    if resource_type(code).is_none() {
        return Err(EngineError::Fault("a stored resource type cannot be read".to_owned()));
    }
    let damaged = || EngineError::Fault("a stored body cannot be read".to_owned());
    let existing = Existing {
        rid: column(row, 2)?,
        version: narrow(column::<i64>(row, 3)?)?,
        updated_micros: column(row, 4)?,
        deleted: column::<i16>(row, 5)? != 0,
        patient: column(row, 6)?,
        patient_id: column(row, 7)?,
        service: narrow(column::<i16>(row, 8)?)?,
        item: narrow(column::<i16>(row, 9)?)?,
        body: Bytes::from(unpack(Kind::Body, column(row, 10)?).ok_or_else(damaged)?),
        list: column(row, 11)?,
    };
    Ok(((code, column(row, 1)?), existing))
}

/// Lays entries down for the log, in the transaction of what they tell of.
pub(super) async fn log(client: &ClientWrapper, drafts: &[AuditDraft], now_micros: i64) -> Result<(), EngineError> {
    if drafts.is_empty() {
        return Ok(());
    }
    let bodies: Vec<Vec<u8>> = drafts.iter().map(|draft| entry(draft, now_micros)).collect();
    let patients: Vec<&str> = drafts.iter().map(|draft| draft.patient.as_ref().map_or("", PatientId::as_str)).collect();
    let times = vec![now_micros; bodies.len()];
    execute(client, super::log::WAIT, &[&times, &patients, &bodies]).await.map(drop)
}

/// An entry whose number is still 0.
pub(super) fn entry(draft: &AuditDraft, now_micros: i64) -> Vec<u8> {
    let mut body = Vec::with_capacity(256);
    encode(draft, 0, now_micros, &mut body);
    body
}

/// Checksum of a body as it lies in the tables.
pub(super) fn checksum(rid: i64, version: u64, body: &[u8]) -> i32 {
    body_checksum(rid, version, body).cast_signed()
}
