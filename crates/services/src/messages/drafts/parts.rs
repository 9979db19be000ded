//! The bytes of files that go with drafts. A value that lives for a while is at most a mebibyte, so a file is several.

use jiff::{SignedDuration, Timestamp};
use varde_store::{Ephemeral, EphemeralStore, GateError};

use super::super::files::FILE_MAX_BYTES;
use super::super::model::Persons;

/// Kind of the values.
const KIND: &str = "kept-message-files";

/// Bytes of a part.
const PART_BYTES: usize = 1 << 20;

/// Most parts of a file.
const MAX_PARTS: usize = FILE_MAX_BYTES.div_ceil(PART_BYTES);

/// How long a file is there that no draft has named yet: should the program stop in between, it is gone by itself.
const UNNAMED: SignedDuration = SignedDuration::from_hours(2);

/// Keeps the bytes of a file with this id, until a draft names it or for a little while.
pub(in super::super) async fn keep(
    store: &EphemeralStore,
    persons: Persons<'_>,
    id: &str,
    bytes: &[u8],
    now: Timestamp,
) -> Result<(), GateError> {
    let expires = now.saturating_add(UNNAMED).unwrap_or(Timestamp::MAX);
    for (number, part) in bytes.chunks(PART_BYTES).enumerate().take(MAX_PARTS) {
        let owner = persons.by.as_str().to_owned();
        let (kind, key_hash, value) = (KIND.to_owned(), key(persons, id, number), part.to_vec());
        store.put(Ephemeral { kind, key_hash, owner, value, expires }).await?;
    }
    Ok(())
}

/// The bytes of a file; `None` when not all of them are there.
pub(in super::super) async fn get(
    store: &EphemeralStore,
    persons: Persons<'_>,
    (id, size): (&str, usize),
) -> Result<Option<Vec<u8>>, GateError> {
    let mut bytes = Vec::new();
    for number in 0..MAX_PARTS {
        if bytes.len() >= size {
            break;
        }
        let Some(part) = store.get(KIND, &key(persons, id, number)).await? else { return Ok(None) };
        bytes.extend_from_slice(&part.value);
    }
    Ok((bytes.len() == size).then_some(bytes))
}

/// Deletes a file.
pub(in super::super) async fn forget(store: &EphemeralStore, persons: Persons<'_>, id: &str) -> Result<(), GateError> {
    for number in 0..MAX_PARTS {
        if !store.delete(KIND, &key(persons, id, number)).await? {
            break;
        }
    }
    Ok(())
}

/// Keeps a file until `expires`.
pub(super) async fn extend(
    store: &EphemeralStore,
    persons: Persons<'_>,
    id: &str,
    expires: Timestamp,
) -> Result<(), GateError> {
    for number in 0..MAX_PARTS {
        if !store.touch(KIND, &key(persons, id, number), expires).await? {
            break;
        }
    }
    Ok(())
}

/// Where a part lies. Of another writer, or for another person, the same id is another place.
fn key(persons: Persons<'_>, id: &str, number: usize) -> Vec<u8> {
    let name = format!("draft-file/{}/{}/{id}/{number}", persons.by, persons.patient);
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).as_bytes().to_vec()
}
