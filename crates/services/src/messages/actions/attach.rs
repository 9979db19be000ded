//! Files: taking one in for a draft, and giving one out that came with a message.

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_store::{EphemeralStore, Gate, GateError};
use varde_web::SentFile;

use super::super::drafts::{self, DraftFile};
use super::super::fhir::{self, Names};
use super::super::files::{self, FileError, FileKind};
use super::super::model::{Attachment, Persons, Place};
use super::{NOT_RESULTS, find};
use crate::shared::{FileScan, Verdict};

/// Takes in a file for a draft that has `here` already: looks what it is and what is in it, and keeps its bytes until the draft names it.
/// `in_drafts` is how many bytes the writer has in what is begun and not sent; `place` is the same when the same form is sent again.
///
/// # Errors
/// Why it is not taken, and those of the store.
pub(in super::super) async fn receive(
    (kept, scan): (&EphemeralStore, Option<&dyn FileScan>),
    persons: Persons<'_>,
    (here, in_drafts): (&[DraftFile], usize),
    (sent, place): (&SentFile, &str),
    now: Timestamp,
) -> Result<Result<DraftFile, FileError>, GateError> {
    let bytes = sent.bytes.as_deref();
    let kind = match files::check(bytes, here.iter().map(|file| file.bytes), in_drafts) {
        Ok(kind) => kind,
        Err(error) => return Ok(Err(error)),
    };
    let bytes = bytes.unwrap_or_default();
    if let Some(scan) = scan {
        match scan.scan(bytes).await {
            Verdict::Clean => {}
            Verdict::Harmful => {
                tracing::warn!("harmful code was found in a file that somebody sent");
                return Ok(Err(FileError::Harmful));
            }
            Verdict::Unknown => return Ok(Err(FileError::NotScanned)),
        }
    }
    let id = file_id(place, bytes);
    drafts::keep_bytes(kept, persons, &id, bytes, now).await?;
    Ok(Ok(DraftFile { id, name: files::clean_name(&sent.name, Some(kind)), kind, bytes: bytes.len() }))
}

/// A file to give out.
#[derive(Debug)]
pub(in super::super) struct GivenFile {
    /// MIME type.
    pub content_type: Option<String>,
    /// Base64, without white space.
    pub data: String,
    /// Its name, cleaned; empty when it has none.
    pub name: String,
}

/// A file that came with a message of this person. Who may see the message may see its files, unless a Binary has rights of its own, which the gate is
/// asked about; one that has none is given out if it says that it belongs to the message or the person.
pub(in super::super) async fn file(
    (gate, platform): (&Gate, &Gate),
    patient: &PatientId,
    id: &ResourceId,
    number: usize,
    now: Timestamp,
) -> Result<GivenFile, GateError> {
    let parameters = [("_id", id.as_str()), ("patient", patient.as_str()), NOT_RESULTS];
    let page = find(gate, ResourceType::COMMUNICATION, &parameters, now).await?;
    let found = page.matches.first().ok_or(GateError::NotFound)?;
    let message = fhir::message(&found.body, found.version, &Names::default())?.ok_or(GateError::NotFound)?;
    let attachment = message.attachments.get(number).ok_or(GateError::NotFound)?;
    let data = match &attachment.place {
        Place::Here => fhir::data(&found.body, number),
        Place::Elsewhere => None,
        Place::Binary(binary) => {
            let found = platform.read(ResourceType::BINARY, binary).await?;
            if fhir::is_ruled(&found.body) {
                gate.read(ResourceType::BINARY, binary).await?;
            }
            fhir::binary(&found.body, id, patient)
        }
    };
    let data = data.ok_or(GateError::NotFound)?;
    let Attachment { content_type, title, .. } = attachment.clone();
    let kind = content_type.as_deref().and_then(FileKind::from_mime);
    let name = if kind.is_some() { files::clean_name(&title, kind) } else { String::new() };
    Ok(GivenFile { content_type, data: data.split_ascii_whitespace().collect(), name })
}

/// The same when the same form is sent again with the same file.
fn file_id(place: &str, bytes: &[u8]) -> String {
    let content = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, bytes);
    uuid::Uuid::new_v5(&content, place.as_bytes()).to_string()
}
