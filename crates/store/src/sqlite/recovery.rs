//! Reading the journal of the access log back: after a process was killed, and when the log is verified.
//!
//! A record is `length of the entry as u32, little endian | the entry | its hash`.

use std::fs::File;
use std::io;
use std::path::Path;

use rusqlite::Connection;

use crate::audit::chain::{Hash, Head, decode};
use crate::engine::EngineError;

use super::errors::engine_error;
use super::log::{self, Entry};

/// The files in the data directory.
pub(super) const JOURNAL_FILES: [&str; 2] = ["audit.journal", "audit.journal-2"];
const HASH_BYTES: usize = 32;
/// An entry has twelve fields of at most 1,000 bytes.
const LONGEST_ENTRY_BYTES: usize = 16_384;

/// Moves what a process that was killed had in its journal into the database; the head after it.
pub(super) fn recover(connection: &mut Connection, directory: &Path, head: Head) -> Result<Head, EngineError> {
    let unavailable = |error: io::Error| EngineError::Unavailable(error.to_string());
    let files = read(directory).map_err(unavailable)?;
    let (mut entries, mut after, mut changed) = (Vec::new(), head, Vec::new());
    for (name, bytes) in &files {
        let (more, tail) = self::entries(bytes, after);
        after = more.last().map_or(after, Entry::head);
        entries.extend(more);
        changed.push((*name, tail == Tail::Changed));
    }
    if !entries.is_empty() {
        tracing::info!(entries = entries.len(), "the access log of the last run is put in order");
        let mut memory = super::apply::Memory::load(connection).map_err(engine_error)?;
        let transaction = connection.transaction().map_err(engine_error)?;
        log::insert(&transaction, &mut memory, entries.iter().copied())?;
        log::store_head(&transaction, &after).and_then(|()| transaction.commit()).map_err(engine_error)?;
    }
    for (name, changed) in changed {
        let path = directory.join(name);
        if changed {
            let kept = directory.join(format!("{name}.changed-after-{}", after.count));
            tracing::error!(kept = %kept.display(), "the journal of the access log is not what was written");
            // Evidence is kept.
            std::fs::rename(&path, kept).map_err(unavailable)?;
        } else {
            File::create(&path).map_err(unavailable)?;
        }
    }
    Ok(after)
}

/// The bytes of both files by their names, the older entries first.
///
/// # Errors
/// When one is there and cannot be read.
pub(super) fn read(directory: &Path) -> io::Result<[(&'static str, Vec<u8>); 2]> {
    let [first, second] = JOURNAL_FILES.map(|name| match std::fs::read(directory.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        bytes => Ok((name, bytes.unwrap_or_default())),
    });
    let mut files = [first?, second?];
    // One without an entry in its beginning comes last.
    files.sort_by_key(|(_, bytes)| whole(bytes).next().map_or(u64::MAX, |entry| entry.seq));
    Ok(files)
}

/// Whole records, one after the other.
pub(super) fn whole(mut rest: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    std::iter::from_fn(move || {
        let (body, hash, after) = record(rest)?;
        rest = after;
        Entry::of(body, hash)
    })
}

/// What follows the last good record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing, or the beginning of a record that nobody was answered for.
    Clean,
    /// A whole record that does not continue the chain.
    Changed,
}

/// Entries of a journal that continue the chain after `head`; those the database has already are left out.
pub(super) fn entries(bytes: &[u8], head: Head) -> (Vec<Entry<'_>>, Tail) {
    let (mut rest, mut at, mut out) = (bytes, head, Vec::new());
    while let Some((body, hash, after)) = record(rest) {
        rest = after;
        let Some(entry) = Entry::of(body, hash).filter(|_| decode(body).is_some()) else { return (out, Tail::Changed) };
        if entry.seq <= head.count {
            continue;
        }
        let next = at.after(body);
        if next != entry.head() {
            return (out, Tail::Changed);
        }
        at = next;
        out.push(entry);
    }
    let torn = rest.len() < 4 || length(rest).is_some_and(|length| length <= LONGEST_ENTRY_BYTES);
    (out, if torn { Tail::Clean } else { Tail::Changed })
}

fn length(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?)).ok()
}

/// The next whole record: entry, hash, and what follows.
fn record(bytes: &[u8]) -> Option<(&[u8], Hash, &[u8])> {
    let length = length(bytes).filter(|length| *length <= LONGEST_ENTRY_BYTES)?;
    let (body, rest) = bytes.get(4..)?.split_at_checked(length)?;
    let (hash, rest) = rest.split_at_checked(HASH_BYTES)?;
    Some((body, hash.try_into().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::journal::tests::draft;
    use super::super::journal::{Journal, Logged};
    use super::*;

    /// A journal of three entries, as bytes.
    fn three() -> Vec<u8> {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(varde_base::SystemClock);
        let journal = Journal::open(directory.path(), Head::START, 0, clock).unwrap();
        for patient in ["p1", "p2", "p3"] {
            assert!(matches!(journal.append(&[draft(patient)]), Ok(Logged::Done(false))));
        }
        std::fs::read(directory.path().join(JOURNAL_FILES[0])).unwrap()
    }

    #[test]
    fn what_was_appended_is_read_back_and_a_torn_end_is_left_out() {
        let bytes = three();
        let patients = |bytes: &[u8]| {
            let (entries, tail) = entries(bytes, Head::START);
            (entries.into_iter().map(|entry| entry.patient.to_owned()).collect::<Vec<_>>(), tail)
        };
        assert_eq!(patients(&bytes), (vec!["p1".into(), "p2".into(), "p3".into()], Tail::Clean));
        for cut in 1..60 {
            let (seen, tail) = patients(&bytes[..bytes.len() - cut]);
            assert_eq!((seen.len(), tail), (2, Tail::Clean), "{cut} bytes cut off");
        }
    }

    #[test]
    fn entries_the_database_has_are_skipped() {
        let bytes = three();
        let (all, _) = entries(&bytes, Head::START);
        let after_two = Head { count: 2, hash: all[1].hash };
        assert_eq!(entries(&bytes, after_two).0, all[2..]);
    }

    #[test]
    fn a_changed_byte_is_noticed_wherever_it_is() {
        let bytes = three();
        let whole = entries(&bytes, Head::START).0;
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0x10;
            let (seen, tail) = entries(&changed, Head::START);
            // A length made longer looks like a record cut short: then the entry is missing, and the note of the head tells.
            assert!(tail == Tail::Changed || seen.len() < 3, "byte {place}");
            assert_eq!(seen, whole[..seen.len()], "byte {place}");
        }
    }

    #[test]
    fn both_files_are_put_in_order_after_a_kill_and_one_that_was_changed_is_kept() {
        for (change, expected) in [(false, 3), (true, 2)] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("varde.db");
            let mut connection = Connection::open(&path).unwrap();
            super::super::schema::migrate(&mut connection, 0).unwrap();
            let journal = Journal::open(directory.path(), Head::START, 0, Arc::new(varde_base::SystemClock)).unwrap();
            journal.append(&[draft("p1"), draft("p2")]).unwrap();
            let sealed = journal.seal().unwrap();
            journal.append(&[draft("p3")]).unwrap();
            let second = directory.path().join(JOURNAL_FILES[1]);
            if change {
                let mut bytes = std::fs::read(&second).unwrap();
                bytes[30] ^= 1;
                std::fs::write(&second, bytes).unwrap();
            }
            drop(sealed);
            let after = recover(&mut connection, directory.path(), Head::START).unwrap();
            assert_eq!(after.count, expected);
            assert_eq!(log::head(&connection).unwrap().0, after);
            assert_eq!(directory.path().join("audit.journal-2.changed-after-2").exists(), change);
            let rest = read(directory.path()).unwrap();
            assert!(rest.iter().all(|(_, bytes)| bytes.is_empty()), "nothing is left to be read twice");
        }
    }
}
