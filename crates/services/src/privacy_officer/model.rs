//! Tasks of review as cases, and back (FHIR R4 Task; docs/rights.md says how they are written).

use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};
use varde_rights::Reason;
use varde_store::Found;

use crate::shared::{Unreadable, replaced};

/// Code system of Tasks of review.
const TASK_SYSTEM: &str = "urn:varde:task";
const EMERGENCY: &str = "emergency-access-review";
const LOOK_UP: &str = "look-up-review";
/// Both kinds, as a search asks for them.
pub(super) const BOTH: &str = "urn:varde:task|emergency-access-review,urn:varde:task|look-up-review";
/// One kind.
pub(super) const ONLY_EMERGENCIES: &str = "urn:varde:task|emergency-access-review";
/// The other kind.
pub(super) const ONLY_LOOK_UPS: &str = "urn:varde:task|look-up-review";
const REASON_KEYS: &str = "urn:varde:look-up-reason";
const INPUT_KEYS: &str = "urn:varde:look-up";
const OUTCOME_SYSTEM: &str = "urn:varde:review-outcome";
/// Most notes of a case.
pub(super) const MAX_NOTES: usize = 100;
/// Longest note, in characters.
pub(super) const MAX_NOTE: usize = 1_000;

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There was reason.
    Explained,
    /// The unit has been asked.
    Asked,
    /// It has been reported.
    Reported,
}

impl Outcome {
    /// In the order of the form.
    pub(super) const ALL: [Self; 3] = [Self::Explained, Self::Asked, Self::Reported];

    /// Its code.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Explained => "explained",
            Self::Asked => "asked",
            Self::Reported => "reported",
        }
    }

    /// The outcome with this code.
    pub(super) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.key() == key)
    }

    /// `Task.status` with it.
    const fn status(self) -> &'static str {
        match self {
            Self::Asked => "in-progress",
            Self::Explained | Self::Reported => "completed",
        }
    }
}

/// Something an officer has noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// Who.
    pub by: String,
    /// When.
    pub at: Option<Timestamp>,
    /// What.
    pub words: String,
}

/// A look-up to ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    /// Of the Task.
    pub id: ResourceId,
    /// Version of the Task.
    pub version: u64,
    /// When they looked.
    pub at: Timestamp,
    /// Name, role and organisation.
    pub who: String,
    /// Number in the register of health personnel.
    pub number: String,
    /// Whose data.
    pub patient: PatientId,
    /// Why, by code (HL7 v3 ActReason).
    pub basis: String,
    /// Why, in their own words.
    pub said: String,
    /// How much it stands out; nothing of an emergency.
    pub score: Option<u32>,
    /// Why it stands out.
    pub reasons: Vec<(Reason, u32)>,
    /// What came of it; nothing yet.
    pub outcome: Option<Outcome>,
    /// It needs no more asking.
    pub is_done: bool,
    /// The newest first.
    pub notes: Vec<Note>,
}

fn text<'v>(value: &'v Value, place: &str) -> &'v str {
    value.pointer(place).and_then(Value::as_str).unwrap_or_default()
}

fn each<'v>(value: &'v Value, place: &str) -> impl DoubleEndedIterator<Item = &'v Value> {
    value.pointer(place).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter()
}

/// A stored Task as a case.
///
/// # Errors
/// [`Unreadable`] for a Task that is none of these.
pub(super) fn case(found: &Found) -> Result<Case, Unreadable> {
    read(found).ok_or(Unreadable("Task"))
}

fn read(found: &Found) -> Option<Case> {
    let task: Value = serde_json::from_slice(&found.body).ok()?;
    let code = each(&task, "/code/coding").find(|coding| text(coding, "/system") == TASK_SYSTEM)?;
    if !matches!(text(code, "/code"), LOOK_UP | EMERGENCY) {
        return None;
    }
    let looked = task.pointer("/executionPeriod/start").or_else(|| task.pointer("/authoredOn"));
    let inputs: Vec<(&str, &str, u32)> = each(&task, "/input")
        .filter_map(|input| {
            let points = u32::try_from(input.get("valueInteger")?.as_u64()?).ok()?;
            Some((text(input, "/type/coding/0/system"), text(input, "/type/coding/0/code"), points))
        })
        .collect();
    let score = inputs.iter().find(|(system, code, _)| (*system, *code) == (INPUT_KEYS, "score"));
    let reason = |(system, code, points): &(&str, &str, u32)| {
        (*system == REASON_KEYS).then(|| Some((Reason::from_key(code)?, *points)))?
    };
    let outcome = each(&task, "/businessStatus/coding").find(|coding| text(coding, "/system") == OUTCOME_SYSTEM);
    let note = |note: &Value| Note {
        by: text(note, "/authorString").to_owned(),
        at: text(note, "/time").parse().ok(),
        words: text(note, "/text").to_owned(),
    };
    Some(Case {
        id: found.id.clone(),
        version: found.version,
        at: looked?.as_str()?.parse().ok()?,
        who: text(&task, "/requester/display").to_owned(),
        number: text(&task, "/requester/identifier/value").to_owned(),
        patient: text(&task, "/for/reference").strip_prefix("Patient/")?.parse().ok()?,
        basis: text(&task, "/reasonCode/coding/0/code").to_owned(),
        said: text(&task, "/reasonCode/text").to_owned(),
        score: score.map(|(_, _, score)| *score),
        reasons: inputs.iter().filter_map(reason).collect(),
        outcome: outcome.and_then(|coding| Outcome::from_key(text(coding, "/code"))),
        is_done: !matches!(text(&task, "/status"), "requested" | "received" | "accepted" | "in-progress" | "on-hold"),
        notes: each(&task, "/note").rev().map(note).collect(),
    })
}

/// The Task with what came of it and a note more; all else stays as it is.
///
/// # Errors
/// [`Unreadable`] for what is no object.
pub(super) fn marked(
    body: &[u8],
    outcome: Outcome,
    words: &str,
    by: &str,
    now: Timestamp,
) -> Result<Vec<u8>, Unreadable> {
    let task: Value = serde_json::from_slice(body).map_err(|_| Unreadable("Task"))?;
    let now = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let note = json!({ "authorString": by, "time": now, "text": words });
    let notes: Vec<Value> = each(&task, "/note").cloned().chain([note]).collect();
    let status = json!({ "coding": [{ "system": OUTCOME_SYSTEM, "code": outcome.key() }] });
    let members = [
        ("status", json!(outcome.status())),
        ("businessStatus", status),
        ("note", json!(notes)),
        ("lastModified", json!(now)),
    ];
    replaced(body, "Task", members)
}

/// A note as it is kept; `None` for an empty one and for one that is too long.
pub(super) fn note(typed: &str) -> Option<String> {
    let words = typed.trim().replace("\r\n", "\n");
    (!words.is_empty() && words.chars().count() <= MAX_NOTE).then_some(words)
}
