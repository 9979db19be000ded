//! Proves the access log whole: the same steps on every engine, which only bring entries, tiles and heads.
//!
//! The tree is built again from the entries' bytes. Every tile must be what comes out, and every signed head must have the root the tree had at its
//! size; so each head's tree begins with all of the one before, for all are drawn from the same entries.

use super::chain::Hash;
use super::note::{self, Checkpoint, NoteError, PublicKey};
use super::tiles::{Edge, Place, Tile};
use super::tree;
use crate::engine::EngineError;

/// What is wrong in the access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFault {
    /// The entry's bytes, columns or hash are not what was written.
    Changed,
    /// The entry is not there, and later ones are.
    Missing,
    /// The entry and all after it are gone, or were rewritten: the log does not lead to the head that was noted or signed.
    TailCut,
    /// The hashes kept in a tile of this level, the first of which stands for the entry, are not those of the entries.
    Tile(u8),
    /// The signed head of this many entries is missing, altered, or of a log with other entries.
    Head,
    /// The signature of the head of this many entries is not by a key of the log.
    Signature,
}

/// What walking the access log showed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditVerification {
    /// Entries walked.
    pub entries: u64,
    /// Signed heads that agree with them.
    pub heads: u64,
    /// The keys the heads were verified by.
    pub keys: Vec<PublicKey>,
    /// Number of the first bad entry (or the number of entries of a bad head) and what is wrong with it; `None` when all is well.
    pub fault: Option<(u64, LogFault)>,
}

/// What is brought from outside to verify a log by, so that whoever can change the database cannot change it too. Empty, the log is verified by what it
/// says of itself.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Keys the heads must be signed by.
    pub keys: Vec<PublicKey>,
    /// Heads that were fetched earlier, which the log must go on from.
    pub heads: Vec<String>,
}

/// A signed head as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptHead {
    /// From 1, without gaps.
    pub(crate) number: u64,
    /// Entries of its tree.
    pub(crate) size: u64,
    /// Head and signatures.
    pub(crate) note: String,
}

/// A walk through a log.
pub(crate) struct Check {
    edge: Edge,
    full: Vec<Tile>,
    /// Entries the stored tiles should hold.
    tree: u64,
    /// The log's own keys.
    keys: Vec<PublicKey>,
    trusted: Vec<PublicKey>,
    /// Heads from outside, the one with the most entries first.
    outside: Vec<Checkpoint>,
    heads: u64,
}

impl Check {
    /// Begins a walk. A head from outside that no key signed is a fault at once.
    pub(crate) fn new(tree: u64, keys: Vec<PublicKey>, trust: &Trust) -> Result<Self, (u64, LogFault)> {
        let mut outside = Vec::new();
        let by = if trust.keys.is_empty() { &keys } else { &trust.keys };
        for head in &trust.heads {
            let size = note::peek(head).map_or(0, |head| head.size);
            outside.push(note::open(head, by).map_err(|error| (size, fault_of(error)))?);
        }
        // The empty tree is everybody's beginning.
        outside.retain(|head| head.size > 0);
        outside.sort_by_key(|head| std::cmp::Reverse(head.size));
        let trusted = trust.keys.clone();
        Ok(Self { edge: Edge::default(), full: Vec::new(), tree, keys, trusted, outside, heads: 0 })
    }

    /// Takes the next entry.
    pub(crate) fn entry(&mut self, body: &[u8]) -> Result<(), (u64, LogFault)> {
        self.edge.push(tree::leaf(body), &mut self.full);
        self.outside()
    }

    /// Tiles that must be stored as they are here, found since the last call.
    pub(crate) fn tiles(&mut self) -> Vec<Tile> {
        let mut tiles = std::mem::take(&mut self.full);
        // Tiles follow the entries; those of the last moments may not be there yet.
        tiles.retain(|tile| tile.place.width(self.tree) == tile.place.width(u64::MAX));
        if self.edge.size() == self.tree {
            tiles.extend(self.edge.unfinished());
        }
        tiles
    }

    /// A tile as it is stored.
    pub(crate) fn tile(tile: &Tile, stored: Option<&[u8]>) -> Result<(), (u64, LogFault)> {
        if stored == Some(&tile.hashes) { Ok(()) } else { Err(Self::bad(tile.place)) }
    }

    /// What is said of a bad tile.
    pub(crate) const fn bad(place: Place) -> (u64, LogFault) {
        (place.first_entry(), LogFault::Tile(place.level))
    }

    /// Whether enough entries have been walked for a head.
    pub(crate) const fn reaches(&self, head: &KeptHead) -> bool {
        head.size <= self.edge.size()
    }

    /// Takes the next head, as soon as the walk has reached it.
    pub(crate) fn head(&mut self, head: &KeptHead) -> Result<(), (u64, LogFault)> {
        self.heads += 1;
        let bad = |fault| (head.size, fault);
        let read = note::open_strictly(&head.note, &self.keys).map_err(|error| bad(fault_of(error)))?;
        if !self.trusted.is_empty() {
            note::open(&head.note, &self.trusted).map_err(|error| bad(fault_of(error)))?;
        }
        let stands = head.number == self.heads && head.size == self.edge.size() && self.agrees(&read);
        if stands { Ok(()) } else { Err(bad(LogFault::Head)) }
    }

    /// After the last entry. `stored` is how many tiles there are, `left` the first head that was not reached.
    pub(crate) fn end(&self, stored: u64, left: Option<&KeptHead>) -> Result<(), (u64, LogFault)> {
        let next = self.edge.size() + 1;
        if let Some(head) = left {
            let says = note::peek(&head.note).map(|read| read.size);
            return Err(if says == Some(head.size) { (next, LogFault::TailCut) } else { (head.size, LogFault::Head) });
        }
        if self.tree > self.edge.size() || !self.outside.is_empty() {
            return Err((next, LogFault::TailCut));
        }
        let last = Place { level: 0, number: self.tree / super::tiles::WIDTH };
        // More than there should be, all of them right: somebody has put some behind the last.
        if stored == super::tiles::stored(self.tree) { Ok(()) } else { Err(Self::bad(last)) }
    }

    /// Heads from outside that the walk has reached.
    fn outside(&mut self) -> Result<(), (u64, LogFault)> {
        while let Some(head) = self.outside.pop_if(|head| head.size <= self.edge.size()) {
            if !self.agrees(&head) {
                return Err((head.size, LogFault::Head));
            }
        }
        Ok(())
    }

    fn agrees(&self, head: &Checkpoint) -> bool {
        let root: Hash = self.edge.root();
        head.size == self.edge.size() && head.root == root
    }

    /// What to say when all is well so far.
    pub(crate) fn result(&self, entries: u64) -> AuditVerification {
        let keys = if self.trusted.is_empty() { &self.keys } else { &self.trusted };
        AuditVerification { entries, heads: self.heads, keys: keys.clone(), fault: None }
    }
}

const fn fault_of(error: NoteError) -> LogFault {
    match error {
        NoteError::Form => LogFault::Head,
        NoteError::Unsigned | NoteError::Forged => LogFault::Signature,
    }
}

/// What ends a walk over the log before its end, on either engine.
pub(crate) enum Stop {
    /// An entry, by its number, is not as it was written.
    Fault((u64, LogFault)),
    /// The database did not answer.
    Error(EngineError),
}

impl From<(u64, LogFault)> for Stop {
    fn from(fault: (u64, LogFault)) -> Self {
        Self::Fault(fault)
    }
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Self {
        Self::Error(error)
    }
}
