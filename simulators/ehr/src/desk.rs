//! What the offices remember: one row for everything that has come in, in a file of their own (SQLite).
//!
//! The truth about an answer is the API's. This file knows what to do next, and what was decided before it was said.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::RunError;
use crate::model::{Errand, Incoming, Kind, Stage};
use crate::rules;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS errand (
        id         TEXT PRIMARY KEY,
        kind       TEXT NOT NULL,
        about      TEXT NOT NULL,
        stage      INTEGER NOT NULL,
        since      INTEGER NOT NULL,  -- microseconds
        due        INTEGER NOT NULL,  -- microseconds
        promised   INTEGER,           -- microseconds
        attempts   INTEGER NOT NULL DEFAULT 0,
        memo       TEXT,
        said       TEXT
    ) STRICT;
    CREATE TABLE IF NOT EXISTS note (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS errand_due ON errand (stage, due);
    CREATE INDEX IF NOT EXISTS errand_about ON errand (about);
    CREATE INDEX IF NOT EXISTS errand_since ON errand (since);
";

/// Most rows kept of what is done; the oldest go first.
const MAX_DONE: i64 = 100_000;

/// Most steps handed out at a time.
const ROUND: i64 = 20;

/// Keys of notes.
const HEARD: &str = "heard-until";
const FIRST: &str = "first-heard";
const SECRET: &str = "secret";

const COLUMNS: &str = "id, kind, about, stage, since, attempts, memo";

/// The store.
pub(crate) struct Desk {
    connection: Mutex<Connection>,
}

/// A line of the page.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Line {
    /// `Type/id`.
    pub(crate) id: String,
    /// What it is.
    pub(crate) kind: &'static str,
    /// How far it has come.
    pub(crate) stage: &'static str,
    /// Since when.
    pub(crate) since: String,
    /// What was answered, or why it could not be done.
    pub(crate) said: Option<String>,
}

/// How fast the offices work, and by which luck.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The seed.
    pub(crate) seed: u64,
    /// How many times faster than the world's the offices' clock goes.
    pub(crate) speed: u32,
}

impl Pace {
    fn due(self, id: &str, kind: Kind, stage: Stage, since: Timestamp, promised: Option<Timestamp>) -> i64 {
        let luck = rules::luck(self.seed, &format!("wait/{}/{id}", stage.number()));
        rules::due(since, rules::wait_seconds(kind, stage, luck), self.speed, promised).as_microsecond()
    }
}

impl Desk {
    /// Opens the file, or makes it, for its owner alone: the secret of the notifications is in it.
    ///
    /// # Errors
    /// When it cannot be opened, or is no such store.
    pub(crate) fn open(path: &Path) -> Result<Self, RunError> {
        make_private(path)?;
        Ok(Self::with(Connection::open(path)?)?)
    }

    fn with(connection: Connection) -> rusqlite::Result<Self> {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(SCHEMA)?;
        connection.execute(
            "DELETE FROM errand WHERE stage >= ?1 AND id NOT IN
             (SELECT id FROM errand WHERE stage >= ?1 ORDER BY since DESC LIMIT ?2)",
            params![Stage::Done.number(), MAX_DONE],
        )?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// One in memory.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Self::with(Connection::open_in_memory().unwrap()).unwrap()
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // Nobody stops in the middle of a statement; what a panic left behind is whole.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what has come; says whether it is new. What lies here already stays as it is: a notification may come twice, and late.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn take_in(&self, incoming: &Incoming, pace: Pace, now: Timestamp) -> rusqlite::Result<bool> {
        let Incoming { id, kind, about, stage, promised, memo } = incoming;
        let due = pace.due(id, *kind, *stage, now, *promised);
        let (since, promised) = (now.as_microsecond(), promised.map(Timestamp::as_microsecond));
        let changed = self.connection().execute(
            "INSERT INTO errand (id, kind, about, stage, since, due, promised, memo) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (id) DO NOTHING",
            params![id, kind.key(), about, stage.number(), since, due, promised, memo],
        )?;
        Ok(changed > 0)
    }

    /// Up to when everything has been heard of; `None` before the first time.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn heard_until(&self) -> rusqlite::Result<Option<Timestamp>> {
        Ok(self.note(HEARD)?.and_then(|until| until.parse().ok()))
    }

    /// When it was heard for the first time: then, or now.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn first_heard(&self, now: Timestamp) -> rusqlite::Result<Timestamp> {
        Ok(self.kept(FIRST, &now.to_string())?.parse().unwrap_or(now))
    }

    /// Everything has been heard of up to then.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn hear(&self, until: Timestamp) -> rusqlite::Result<()> {
        let sql =
            "INSERT INTO note (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.connection().execute(sql, [HEARD, &until.to_string()])?;
        Ok(())
    }

    /// The secret by which our notifications are known: the one from before, else this one.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn secret(&self, new: &str) -> rusqlite::Result<String> {
        self.kept(SECRET, new)
    }

    /// A note: as it stands, else this.
    fn kept(&self, key: &str, new: &str) -> rusqlite::Result<String> {
        let sql = "INSERT INTO note (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING";
        self.connection().execute(sql, [key, new])?;
        Ok(self.note(key)?.unwrap_or_else(|| new.to_owned()))
    }

    fn note(&self, key: &str) -> rusqlite::Result<Option<String>> {
        self.connection().query_row("SELECT value FROM note WHERE key = ?1", [key], |row| row.get(0)).optional()
    }

    /// What is to be done by now, the longest due first; a round at most.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn due(&self, now: Timestamp) -> rusqlite::Result<Vec<Errand>> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM errand WHERE stage < ?1 AND due <= ?2 ORDER BY due LIMIT ?3"
        ))?;
        let rows = statement.query_map(params![Stage::Done.number(), now.as_microsecond(), ROUND], errand)?;
        rows.collect()
    }

    /// When the next step is due.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn next_due(&self) -> rusqlite::Result<Option<Timestamp>> {
        let sql = "SELECT min(due) FROM errand WHERE stage < ?1";
        let due: Option<i64> = self.connection().query_row(sql, [Stage::Done.number()], |row| row.get(0))?;
        Ok(due.and_then(|due| Timestamp::from_microsecond(due).ok()))
    }

    /// Writes down what is going to be said, before it is said. What stands there already stays: it may have been said.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn decide(&self, id: &str, memo: &str) -> rusqlite::Result<String> {
        let connection = self.connection();
        connection.execute("UPDATE errand SET memo = ?2 WHERE id = ?1 AND memo IS NULL", params![id, memo])?;
        let kept = connection.query_row("SELECT memo FROM errand WHERE id = ?1", [id], |row| row.get(0));
        Ok(kept.optional()?.flatten().unwrap_or_else(|| memo.to_owned()))
    }

    /// A step is done: the errand stands at `stage` now, and what follows from it lies on the desk.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn advance(
        &self,
        errand: &Errand,
        stage: Stage,
        said: Option<&str>,
        follows: Option<&Incoming>,
        (pace, now): (Pace, Timestamp),
    ) -> rusqlite::Result<()> {
        let promised = self.promised(&errand.id)?;
        if let Some(follows) = follows {
            // First, so that a program that is ended between both does it again rather than never.
            self.take_in(follows, pace, now)?;
        }
        let due = pace.due(&errand.id, errand.kind, stage, now, promised);
        self.connection().execute(
            "UPDATE errand SET stage = ?2, since = ?3, due = ?4, attempts = 0, said = coalesce(?5, said) WHERE id = ?1",
            params![errand.id, stage.number(), now.as_microsecond(), due, said],
        )?;
        Ok(())
    }

    /// There is nothing to do before `at`; it stands at `stage` until then.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn rest(
        &self,
        errand: &Errand,
        stage: Stage,
        said: Option<&str>,
        (at, now): (Timestamp, Timestamp),
    ) -> rusqlite::Result<()> {
        self.connection().execute(
            "UPDATE errand SET stage = ?2, since = ?3, due = ?4, attempts = 0, said = coalesce(?5, said) WHERE id = ?1",
            params![errand.id, stage.number(), now.as_microsecond(), at.as_microsecond(), said],
        )?;
        Ok(())
    }

    fn promised(&self, id: &str) -> rusqlite::Result<Option<Timestamp>> {
        let found = self.connection().query_row("SELECT promised FROM errand WHERE id = ?1", [id], |row| row.get(0));
        let micros: Option<i64> = found.optional()?.flatten();
        Ok(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
    }

    /// A step has failed; it is tried again at `due`.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn postpone(&self, id: &str, due: Timestamp, why: &str) -> rusqlite::Result<()> {
        self.connection().execute(
            "UPDATE errand SET due = ?2, attempts = attempts + 1, said = ?3 WHERE id = ?1",
            params![id, due.as_microsecond(), why],
        )?;
        Ok(())
    }

    /// How many others of the kind about the same thing are done.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn done_before(&self, errand: &Errand) -> rusqlite::Result<u32> {
        let sql = "SELECT count(*) FROM errand WHERE about = ?1 AND kind = ?2 AND id <> ?3 AND stage = ?4";
        let bound = params![errand.about, errand.kind.key(), errand.id, Stage::Done.number()];
        self.connection().query_row(sql, bound, |row| row.get(0))
    }

    /// The latest, for the page.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn lines(&self, count: u32) -> rusqlite::Result<Vec<Line>> {
        let connection = self.connection();
        let sql = "SELECT id, kind, stage, since, said FROM errand ORDER BY since DESC LIMIT ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map([count], |row| {
            let (kind, stage): (String, i64) = (row.get(1)?, row.get(2)?);
            Ok(Line {
                id: row.get(0)?,
                kind: Kind::from_key(&kind).map_or("", Kind::key),
                stage: Stage::from_number(stage).map_or("", Stage::key),
                since: instant(row.get(3)?).strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                said: row.get(4)?,
            })
        })?;
        rows.collect()
    }
}

/// Makes the file if it is not there, and lets nobody but its owner into it and what SQLite keeps beside it, which has the mode of the file when
/// it is made.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    #[cfg(unix)]
    for beside in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(beside);
        match std::fs::set_permissions(&name, std::os::unix::fs::PermissionsExt::from_mode(0o600)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}

fn errand(row: &Row<'_>) -> rusqlite::Result<Errand> {
    let (kind, stage): (String, i64) = (row.get(1)?, row.get(3)?);
    let unknown = |column| rusqlite::Error::InvalidColumnType(column, String::new(), rusqlite::types::Type::Text);
    Ok(Errand {
        id: row.get(0)?,
        kind: Kind::from_key(&kind).ok_or_else(|| unknown(1))?,
        about: row.get(2)?,
        stage: Stage::from_number(stage).ok_or_else(|| unknown(3))?,
        since: instant(row.get(4)?),
        attempts: row.get(5)?,
        memo: row.get(6)?,
    })
}
