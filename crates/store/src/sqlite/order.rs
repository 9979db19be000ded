//! A commit on its way to the writer. Whoever sends it draws the index rows first: there is one writer, and many who send.

use crate::engine::Commit;
use crate::sql::keys::{Key, encode, rows};
use crate::types::Write;

/// What is to be committed, and for each of its writes the index rows.
pub(super) struct Order {
    pub(super) commit: Commit,
    pub(super) drawn: Vec<Drawn>,
}

/// The index rows of a write, and their list as it is kept beside the body. A deletion has none.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) keys: Vec<Key>,
    pub(super) list: Vec<u8>,
}

impl Order {
    pub(super) fn new(commit: Commit) -> Self {
        let draw = |write: &Write| match write {
            Write::Put(put) => {
                let keys = rows(&put.index);
                Drawn { list: encode(&keys), keys }
            }
            Write::Delete(_) => Drawn::default(),
        };
        let drawn = commit.batch.writes.iter().map(draw).collect();
        Self { commit, drawn }
    }
}
