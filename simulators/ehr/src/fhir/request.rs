//! What comes of a citizen's request: a document that puts right, or one that was missing (the product's docs/api.md, "Requests of citizens").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Party, REQUEST_SYSTEM, instant, text};

const INPUT_SYSTEM: &str = "urn:varde:request-input";
/// Kinds of documents (Volven 9602).
const DOCUMENT_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.1.9602";

/// Code of `urn:varde:request` of a Task, if it is one.
pub(crate) fn code_of(task: &Value) -> Option<&str> {
    super::code(task.get("code"), REQUEST_SYSTEM)
}

/// What was said in the request: `wrong`, `right`, `relation`.
pub(crate) fn said<'v>(task: &'v Value, name: &str) -> Option<&'v str> {
    super::input(task, INPUT_SYSTEM, name)
}

/// A note of the office's, in its own words and the citizen's.
pub(crate) struct Note<'a> {
    /// Its id.
    pub(crate) id: &'a str,
    /// What it is called.
    pub(crate) title: &'a str,
    /// What it says.
    pub(crate) words: &'a str,
    /// What it belongs to and is for the same eyes as, if there is something.
    pub(crate) beside: Option<&'a Value>,
}

/// The document of a note. An earlier document is not written over: what was wrong can still be read, and what is right stands beside it.
pub(crate) fn document(note: &Note<'_>, task: &Value, from: &Party, now: Timestamp) -> Option<Value> {
    let beside = note.beside.and_then(super::name).map(|name| json!({ "reference": name }));
    let is_document =
        beside.is_some() && note.beside.and_then(|it| text(it, "/resourceType")) == Some("DocumentReference");
    let relates = is_document.then(|| json!([{ "code": "appends", "target": beside }]));
    let data = STANDARD.encode(note.words);
    Some(super::whole(json!({
        "resourceType": "DocumentReference",
        "id": note.id,
        "meta": super::labels(note.beside.unwrap_or(task)),
        "status": "current",
        "docStatus": "final",
        "type": { "coding": [{ "system": DOCUMENT_SYSTEM, "code": "B03-2", "display": "Poliklinisk notat" }] },
        "description": note.title,
        "subject": task.get("for")?,
        "date": instant(now),
        "author": [from.json()],
        "custodian": from.is("Organization").then(|| from.json()),
        "relatesTo": relates,
        "content": [{ "attachment": { "contentType": "text/plain; charset=utf-8", "language": "nb", "data": data } }],
        "context": beside.map(|beside| json!({ "related": [beside] })),
    })))
}
