//! A citizen's proof that an entry is in the log: a file that says everything needed to check it, with the log's public key and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::chain::{Hash, decode};
use super::note::{self, Checkpoint, NoteError, PublicKey};
use super::tree;
use crate::types::{AuditAction, AuditOutcome, AuditRecord};

/// What the file says it is.
const ENTRY_FORM: &str = "varde access log proof 1";
const GROWTH_FORM: &str = "varde access log consistency 1";
/// Most bytes of a file: two heads with two signatures each, an entry, and the hashes of two proofs.
const LONGEST_BYTES: usize = 256 << 10;

/// A proof file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryProof {
    form: String,
    /// What the entry says, for people; drawn from its bytes.
    says: Map<String, Value>,
    /// The entry's bytes, in base64.
    entry: String,
    /// Its place in the tree, from 0.
    index: u64,
    /// Hashes that lead from the entry to the root of `head`, in base64.
    inclusion: Vec<String>,
    /// The signed head that was the first to hold the entry.
    head: String,
    /// Hashes that show that the newest head goes on from it.
    consistency: Vec<String>,
    /// The newest head when the file was made.
    newest: String,
}

/// That the log goes on from a tree of `from` entries to a newer head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Growth {
    form: String,
    from: u64,
    consistency: Vec<String>,
    head: String,
}

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The entry.
    pub record: AuditRecord,
    /// The log that holds it.
    pub origin: String,
    /// Entries of the head that was the first to hold it.
    pub size: u64,
    /// Entries of the newest head that goes on from it.
    pub newest: u64,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not such a file.
    #[error("this is not a proof from an access log, or a part of it is missing")]
    Form,
    /// The entry's bytes are none, or what is written for people is not what they say.
    #[error("what the file says of the entry is not what the entry says")]
    Entry,
    /// The head that holds the entry.
    #[error("the head that should hold the entry: {0}")]
    Head(NoteError),
    /// The entry does not lead to the head's root.
    #[error("the entry is not in the log that was signed")]
    NotIncluded,
    /// A newer head.
    #[error("the newer head: {0}")]
    Newer(NoteError),
    /// The file with the newer head begins with neither head of the proof.
    #[error(
        "the newer file begins with another head than the proof's; fetch it for the number of entries the proof names"
    )]
    Start,
    /// The newer head's log does not begin with the older one's.
    #[error("the newer head does not go on from the log that holds the entry: one of the two was rewritten")]
    NotConsistent,
}

fn written(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}

fn hashes(written: &[String]) -> Option<Vec<Hash>> {
    written.iter().map(|hash| STANDARD.decode(hash).ok()?.try_into().ok()).collect()
}

impl EntryProof {
    /// A file for an entry; `None` when the bytes are no entry.
    pub(crate) fn new(
        entry: &[u8],
        inclusion: &[Hash],
        head: &str,
        consistency: &[Hash],
        newest: &str,
    ) -> Option<Self> {
        let record = decode(entry)?;
        Some(Self {
            form: ENTRY_FORM.to_owned(),
            index: record.seq.checked_sub(1)?,
            says: says(&record),
            entry: STANDARD.encode(entry),
            inclusion: written(inclusion),
            head: head.to_owned(),
            consistency: written(consistency),
            newest: newest.to_owned(),
        })
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    fn verify(&self, keys: &[PublicKey]) -> Result<(AuditRecord, Checkpoint, Checkpoint), ProofError> {
        let entry = STANDARD.decode(&self.entry).map_err(|_| ProofError::Entry)?;
        let record = decode(&entry).ok_or(ProofError::Entry)?;
        if says(&record) != self.says || record.seq.checked_sub(1) != Some(self.index) {
            return Err(ProofError::Entry);
        }
        let head = note::open(&self.head, keys).map_err(ProofError::Head)?;
        let inclusion = hashes(&self.inclusion).ok_or(ProofError::Form)?;
        if !tree::verify_inclusion(self.index, head.size, &tree::leaf(&entry), &inclusion, &head.root) {
            return Err(ProofError::NotIncluded);
        }
        let newest = goes_on(&head, &self.consistency, &self.newest, keys)?;
        Ok((record, head, newest))
    }
}

impl Growth {
    pub(crate) fn new(from: u64, consistency: &[Hash], head: &str) -> Self {
        Self { form: GROWTH_FORM.to_owned(), from, consistency: written(consistency), head: head.to_owned() }
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The newer head, when it goes on from the older one.
fn goes_on(
    older: &Checkpoint,
    consistency: &[String],
    newer: &str,
    keys: &[PublicKey],
) -> Result<Checkpoint, ProofError> {
    let newer = note::open(newer, keys).map_err(ProofError::Newer)?;
    let proof = hashes(consistency).ok_or(ProofError::Form)?;
    let from = (older.size, &older.root);
    let holds = older.origin == newer.origin && tree::verify_consistency(from, (newer.size, &newer.root), &proof);
    if holds { Ok(newer) } else { Err(ProofError::NotConsistent) }
}

/// Checks a proof file, without asking anybody: by the public keys alone. `newer` is a file that shows how the log went on from the proof's newest
/// head, or that very head again.
///
/// # Errors
/// [`ProofError`] says what does not hold.
pub fn verify_proof(proof: &str, keys: &[PublicKey], newer: Option<&str>) -> Result<Proven, ProofError> {
    if proof.len() > LONGEST_BYTES || newer.is_some_and(|newer| newer.len() > LONGEST_BYTES) {
        return Err(ProofError::Form);
    }
    let file: EntryProof = serde_json::from_str(proof).map_err(|_| ProofError::Form)?;
    if file.form != ENTRY_FORM {
        return Err(ProofError::Form);
    }
    let (record, head, mut newest) = file.verify(keys)?;
    if let Some(newer) = newer {
        newest = match serde_json::from_str::<Growth>(newer) {
            Ok(growth) if growth.form != GROWTH_FORM => return Err(ProofError::Form),
            Ok(growth) if growth.from == head.size => goes_on(&head, &growth.consistency, &growth.head, keys)?,
            Ok(growth) if growth.from != newest.size => return Err(ProofError::Start),
            Ok(growth) => goes_on(&newest, &growth.consistency, &growth.head, keys)?,
            // A head alone shows something only of a log of the same size.
            Err(_) => goes_on(&newest, &[], newer, keys)?,
        };
    }
    Ok(Proven { record, origin: head.origin, size: head.size, newest: newest.size })
}

/// An entry in words that stand in the file; what it does not say is left out.
fn says(record: &AuditRecord) -> Map<String, Value> {
    let mut map = Map::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            map.insert(name.to_owned(), Value::from(value));
        }
    };
    put("time", Some(&record.at.to_string()));
    put("who", Some(&record.actor_name));
    put("who-is", Some(&record.actor_kind));
    put("who-patient", record.actor_patient.as_deref());
    put("on-behalf-of", record.acting_for.as_deref());
    put("patient", record.patient.as_deref());
    put("action", Some(action(record.action)));
    put("outcome", Some(outcome(record.outcome)));
    put("interaction", Some(&record.interaction));
    put("resource-type", Some(&record.resource_type));
    put("resource-id", record.resource_id.as_deref());
    put("parameters", record.query.as_deref());
    put("service", record.service.as_deref());
    put("rule", Some(&record.rule));
    put("purpose", Some(&record.purpose));
    map.insert("number".to_owned(), Value::from(record.seq));
    map.insert("count".to_owned(), Value::from(record.count));
    map
}

const fn action(action: AuditAction) -> &'static str {
    match action {
        AuditAction::Read => "read",
        AuditAction::Search => "search",
        AuditAction::History => "history",
        AuditAction::Create => "create",
        AuditAction::Update => "update",
        AuditAction::Delete => "delete",
        AuditAction::Export => "export",
        AuditAction::Import => "import",
        AuditAction::AccessLog => "access-log",
    }
}

const fn outcome(outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Done => "done",
        AuditOutcome::Refused => "refused",
        AuditOutcome::NotFound => "not-found",
    }
}
