//! Numbers of patients. A number once given never changes, so it may be remembered for ever.

use std::collections::{BTreeSet, HashMap};

use deadpool_postgres::ClientWrapper;
use quick_cache::sync::Cache;
use varde_base::PatientId;

use crate::engine::{EngineError, Row};

use super::pool::{column, execute, rows};

/// Patients remembered by a process: about 100 bytes each.
pub(super) const REMEMBERED: usize = 200_000;

/// What is remembered.
pub(super) struct Patients(Cache<Box<str>, i64>);

impl Patients {
    /// Remembers up to `count`.
    pub(super) fn new(count: usize) -> Self {
        Self(Cache::new(count))
    }

    /// Those numbers that are remembered; the empty id is nobody's and has 0.
    pub(super) fn remembered<'p>(&self, patients: impl Iterator<Item = &'p str>) -> HashMap<Box<str>, i64> {
        let known = patients.filter_map(|patient| Some((patient.into(), self.0.get(patient)?)));
        known.chain(std::iter::once(("".into(), 0))).collect()
    }

    /// The number a patient's id has, when any data of theirs has ever been stored.
    pub(super) async fn number(&self, client: &ClientWrapper, patient: &PatientId) -> Result<Option<i64>, EngineError> {
        if let Some(number) = self.0.get(patient.as_str()) {
            return Ok(Some(number));
        }
        let found = rows(client, "SELECT num FROM patient WHERE id = $1", &[&patient.as_str()]).await?;
        let number = found.first().map(|row| column::<i64>(row, 0)).transpose()?;
        if let Some(number) = number {
            self.0.insert(patient.as_str().into(), number);
        }
        Ok(number)
    }

    /// The number of the patient a row belongs to; 0 for nobody.
    pub(super) async fn of(&self, client: &ClientWrapper, row: &Row) -> Result<i64, EngineError> {
        match &row.patient {
            None => Ok(0),
            Some(patient) => Ok(self.number(client, patient).await?.unwrap_or(0)),
        }
    }

    /// Numbers of several patients, given now to those who have none; the empty id is nobody's and has 0. Must not be called in a
    /// transaction that may roll back: what is remembered would then be wrong.
    pub(super) async fn numbers<'p>(
        &self,
        client: &ClientWrapper,
        patients: impl Iterator<Item = &'p str>,
    ) -> Result<HashMap<Box<str>, i64>, EngineError> {
        let mut out: HashMap<Box<str>, i64> = HashMap::from([("".into(), 0)]);
        let mut unknown: BTreeSet<&str> = BTreeSet::new();
        for patient in patients {
            match self.0.get(patient) {
                _ if patient.is_empty() => {}
                Some(number) => {
                    out.insert(patient.into(), number);
                }
                None => {
                    unknown.insert(patient);
                }
            }
        }
        if unknown.is_empty() {
            return Ok(out);
        }
        // In one order, so that two who do this at once never wait for each other.
        let unknown: Vec<&str> = unknown.into_iter().collect();
        const ASK: &str = "SELECT id, num FROM patient WHERE id = ANY($1::text[])";
        let mut found = rows(client, ASK, &[&unknown]).await?;
        if found.len() < unknown.len() {
            const GIVE: &str = "INSERT INTO patient(id) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING";
            execute(client, GIVE, &[&unknown]).await?;
            found = rows(client, ASK, &[&unknown]).await?;
        }
        for row in &found {
            let (id, number): (&str, i64) = (column(row, 0)?, column(row, 1)?);
            self.0.insert(id.into(), number);
            out.insert(id.into(), number);
        }
        Ok(out)
    }
}
