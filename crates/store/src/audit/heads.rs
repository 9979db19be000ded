//! Signs heads of the access log's tree, keeps them, and draws proofs from the tree's tiles.
//!
//! A log must never sign two heads that do not lead from one to the other: before a new head is signed, the tree must still have the root of the
//! newest one, kept in the database or noted beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::chain::{Hash, is_unguessable};
use super::check::KeptHead;
use super::key::AuditKey;
use super::note::{self, Checkpoint, PublicKey};
use super::proof::{EntryProof, Growth};
use super::tiles::{Place, WIDTH, pieces};
use super::tree::{self, Range};
use crate::engine::EngineError;
use crate::store::Shared;

/// The newest head, beside the database: a copy of the database put back from earlier does not take it along.
pub(crate) const CHECKPOINT_FILE: &str = "audit.checkpoint";
/// Between two heads that somebody's question makes necessary.
const BETWEEN_QUESTIONS: SignedDuration = SignedDuration::from_secs(1);
/// Bytes of a hash.
const HASH_BYTES: usize = 32;

/// How heads are signed.
#[derive(Debug)]
pub struct Signing {
    /// The keys.
    pub key: AuditKey,
    /// Directory for the note of the newest head.
    pub directory: PathBuf,
    /// At most this often by itself...
    pub every: SignedDuration,
    /// ...or after this many entries.
    pub entries: u64,
}

/// What signing remembers.
pub(crate) struct Signer {
    signing: Signing,
    public: [PublicKey; 2],
    /// One head at a time.
    last: Mutex<Last>,
}

/// When a head was signed last, and of how many entries.
#[derive(Debug, Clone, Copy)]
struct Last {
    at: Timestamp,
    size: u64,
}

impl Signer {
    pub(crate) fn new(signing: Signing) -> Self {
        let public = signing.key.public();
        Self { signing, public, last: Mutex::new(Last { at: Timestamp::MIN, size: 0 }) }
    }
}

/// The access log as the world may see it: hashes and signed heads, never entries.
#[derive(Clone)]
pub struct AuditLog {
    pub(crate) shared: Arc<Shared>,
}

impl AuditLog {
    fn signer(&self) -> Result<&Signer, EngineError> {
        let signer = self.shared.signer.get();
        signer.ok_or_else(|| EngineError::Unavailable("this process does not sign the access log".to_owned()))
    }

    /// The public keys that heads are signed with now.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when this process does not sign.
    pub fn keys(&self) -> Result<&[PublicKey], EngineError> {
        Ok(&self.signer()?.public)
    }

    /// The newest signed head; `None` before the first.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn head(&self) -> Result<Option<String>, EngineError> {
        Ok(self.shared.engine.kept_head(None).await?.map(|head| head.note))
    }

    /// The name the log is signed by so far; `None` before the first head.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn origin(&self) -> Result<Option<String>, EngineError> {
        let head = self.shared.engine.kept_head(None).await?;
        Ok(head.and_then(|head| note::peek(&head.note)).map(|head| head.origin))
    }

    /// Signs a head when enough time has passed or enough entries have come since the last one, and there are any; whether it did.
    ///
    /// # Errors
    /// As [`AuditLog::sign`].
    pub async fn sign_if_due(&self) -> Result<bool, EngineError> {
        let signer = self.signer()?;
        let mut last = signer.last.lock().await;
        let size = self.shared.engine.tree_grow().await?;
        let now = self.shared.clock.now();
        let is_late = now.duration_since(last.at) >= signer.signing.every;
        if size.saturating_sub(last.size) < signer.signing.entries && !is_late {
            return Ok(false);
        }
        self.sign_once(signer, &mut last).await
    }

    /// Signs a head of all entries, unless the newest one holds them; whether it did.
    ///
    /// # Errors
    /// [`EngineError::Fault`] when the log does not go on from its newest head: nothing is signed then. Else as the engine's.
    pub async fn sign(&self) -> Result<bool, EngineError> {
        let signer = self.signer()?;
        let mut last = signer.last.lock().await;
        self.sign_once(signer, &mut last).await
    }

    async fn sign_once(&self, signer: &Signer, last: &mut Last) -> Result<bool, EngineError> {
        let engine = &self.shared.engine;
        let size = engine.tree_grow().await?;
        let newest = engine.kept_head(None).await?;
        let (at, before) = (self.shared.clock.now(), self.before(signer, newest.as_ref())?);
        if newest.as_ref().is_some_and(|newest| newest.size == size) {
            *last = Last { at, size };
            return Ok(false);
        }
        if let Some(before) = before {
            let goes_on = before.size <= size && before.root == self.root(before.size).await?;
            if !goes_on {
                return Err(gone(before.size));
            }
        }
        let head = Checkpoint { origin: signer.signing.key.origin().to_owned(), size, root: self.root(size).await? };
        let note = signer.signing.key.sign(&head)?;
        let keys = signer.public.iter().map(ToString::to_string).collect();
        let is_kept = engine.keep_head(size, note.clone(), keys).await?;
        if is_kept && let Err(error) = write(signer, &note) {
            tracing::warn!(%error, "noting the signed head of the access log");
        }
        *last = Last { at, size };
        Ok(is_kept)
    }

    /// The newest head there is: in the database, or noted beside it.
    fn before(&self, signer: &Signer, newest: Option<&KeptHead>) -> Result<Option<Checkpoint>, EngineError> {
        let unreadable = || EngineError::Fault("the newest signed head of the access log cannot be read".to_owned());
        let kept = newest.map(|newest| note::peek(&newest.note).ok_or_else(unreadable)).transpose()?;
        let noted = std::fs::read_to_string(signer.signing.directory.join(CHECKPOINT_FILE)).ok();
        // A note of another log, or a damaged one, binds nobody; the verification tells of it.
        let noted = noted.and_then(|noted| note::open(&noted, &signer.public).ok());
        let before = kept.into_iter().chain(noted).max_by_key(|head| head.size);
        let origin = signer.signing.key.origin();
        match before {
            Some(before) if before.origin != origin => {
                let text = format!("the access log is signed as {}, and these keys are of {origin}", before.origin);
                Err(EngineError::Unavailable(text))
            }
            before => Ok(before),
        }
    }

    /// A tile by its address (`0/x001/234.p/17`), hashes only; `None` when the newest signed head has no such tile, or its entries are of the oldest
    /// form, whose hashes could be guessed.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn tile(&self, path: &str) -> Result<Option<Vec<u8>>, EngineError> {
        let Some((place, width)) = Place::from_path(path) else { return Ok(None) };
        let Some(head) = self.shared.engine.kept_head(None).await? else { return Ok(None) };
        if place.width(head.size) < width {
            return Ok(None);
        }
        if place.level == 0 {
            let first = self.shared.engine.audit_entries(place.first_entry(), 1).await?;
            if !first.first().is_some_and(|entry| is_unguessable(entry)) {
                return Ok(None);
            }
        }
        let mut tile = self.tiles(BTreeSet::from([place])).await?.remove(&place).unwrap_or_default();
        let bytes = usize::try_from(width).unwrap_or(0) * HASH_BYTES;
        if tile.len() < bytes {
            return Err(damaged());
        }
        tile.truncate(bytes);
        Ok(Some(tile))
    }

    /// A file that shows that the newest head goes on from the log's first `from` entries; `None` when they are more than it holds.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn growth(&self, from: u64) -> Result<Option<String>, EngineError> {
        let Some(head) = self.shared.engine.kept_head(None).await? else { return Ok(None) };
        if from > head.size {
            return Ok(None);
        }
        let proof = self.hashes(&tree::consistency(from, head.size)).await?;
        Ok(Some(Growth::new(from, &proof, &head.note).to_text()))
    }

    /// The proof file of an entry, by its number. A head is signed for it when none holds it yet.
    pub(crate) async fn proof(&self, number: u64) -> Result<Option<String>, EngineError> {
        let engine = &self.shared.engine;
        let Some(head) = self.head_of(number).await? else { return Ok(None) };
        let newest = engine.kept_head(None).await?.filter(|newest| newest.size >= head.size);
        let newest = newest.unwrap_or_else(|| head.clone());
        let entry = engine.audit_entries(number, 1).await?.into_iter().next();
        let (Some(entry), Some(index)) = (entry, number.checked_sub(1)) else { return Ok(None) };
        let inclusion = self.hashes(&tree::inclusion(index, head.size)).await?;
        let consistency = self.hashes(&tree::consistency(head.size, newest.size)).await?;
        // What does not hold is not given out: somebody has changed the entry, the tiles or the head.
        let read = note::peek(&head.note).ok_or_else(damaged)?;
        if !tree::verify_inclusion(index, read.size, &tree::leaf(&entry), &inclusion, &read.root) {
            return Err(damaged());
        }
        let proof = EntryProof::new(&entry, &inclusion, &head.note, &consistency, &newest.note);
        Ok(Some(proof.ok_or_else(damaged)?.to_text()))
    }

    /// The first head that holds an entry, signed now when there is none yet. All who ask at the same time get one, and there is one a second at most.
    async fn head_of(&self, number: u64) -> Result<Option<KeptHead>, EngineError> {
        let engine = &self.shared.engine;
        if let Some(head) = engine.kept_head(Some(number)).await? {
            return Ok(Some(head));
        }
        let signer = self.signer()?;
        let mut last = signer.last.lock().await;
        if let Some(head) = engine.kept_head(Some(number)).await? {
            return Ok(Some(head));
        }
        let since = self.shared.clock.now().duration_since(last.at);
        if let Ok(rest) = Duration::try_from(BETWEEN_QUESTIONS - since.clamp(SignedDuration::ZERO, BETWEEN_QUESTIONS)) {
            tokio::time::sleep(rest).await;
        }
        self.sign_once(signer, &mut last).await?;
        engine.kept_head(Some(number)).await
    }

    async fn root(&self, size: u64) -> Result<Hash, EngineError> {
        let part = self.hashes(std::slice::from_ref(&(0..size))).await?;
        part.into_iter().next().ok_or_else(damaged)
    }

    /// The hash of each part of the tree.
    async fn hashes(&self, parts: &[Range]) -> Result<Vec<Hash>, EngineError> {
        let parts: Vec<_> = parts.iter().cloned().map(pieces).collect();
        let tiles = self.tiles(parts.iter().flatten().map(|piece| piece.place).collect()).await?;
        let hash = |part: &Vec<super::tiles::Piece>| {
            let roots = part.iter().map(|piece| tiles.get(&piece.place).and_then(|tile| piece.root(tile)));
            roots.collect::<Option<Vec<Hash>>>().map(|roots| tree::join(&roots)).ok_or_else(damaged)
        };
        parts.iter().map(hash).collect()
    }

    /// Tiles as they are stored, or for the last leaves as their entries give them.
    async fn tiles(&self, places: BTreeSet<Place>) -> Result<BTreeMap<Place, Vec<u8>>, EngineError> {
        let engine = &self.shared.engine;
        let places: Vec<Place> = places.into_iter().collect();
        let mut found = engine.tree_tiles(&places).await?;
        for place in places {
            if place.level == 0 && !found.contains_key(&place) {
                let count = u32::try_from(WIDTH).unwrap_or(u32::MAX);
                let entries = engine.audit_entries(place.first_entry(), count).await?;
                found.insert(place, entries.iter().flat_map(|entry| tree::leaf(entry)).collect());
            }
        }
        Ok(found)
    }
}

fn damaged() -> EngineError {
    EngineError::Fault("the tree of the access log is damaged; run the verification".to_owned())
}

fn gone(size: u64) -> EngineError {
    EngineError::Fault(format!(
        "the access log does not go on from its signed head of {size} entries; nothing is signed"
    ))
}

/// Writes the note of the newest head whole or not at all.
fn write(signer: &Signer, note: &str) -> std::io::Result<()> {
    let place = signer.signing.directory.join(CHECKPOINT_FILE);
    let draft = place.with_extension("new");
    let mut file = std::fs::File::create(&draft)?;
    file.write_all(note.as_bytes())?;
    file.sync_data()?;
    std::fs::rename(draft, place)
}
