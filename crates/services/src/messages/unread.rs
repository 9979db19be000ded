//! Who has been written to and opened nothing is reminded, once. The work is laid down with the message and does nothing when somebody has opened it.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use varde_base::{ResourceId, date_in_norway, norway};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ResourceType, compartment_patient};
use varde_store::{Batch, GateError, OutboxMessage, Store};

use super::fhir::{self, Names};
use super::notices;
use crate::shared::{DatedLine, dated_lines, derived_id, newest, platform_of, working_days_after};

/// Kind of the outbox message.
const REMIND: &str = "message-remind";

/// What it is in the log.
const REMINDING: &str = "messages.remind";

/// The hour of the day, in Norway.
const HOUR: i8 = 9;

/// What the work is about.
#[derive(Serialize, Deserialize)]
struct Work {
    /// The Communication.
    id: String,
}

/// When one is reminded of what has arrived at `now`: in the morning of the last working day they had; `None` before the first line of the file.
pub(super) fn remind_at(now: Timestamp) -> Option<Timestamp> {
    static LINES: LazyLock<Vec<DatedLine>> =
        LazyLock::new(|| dated_lines(include_str!("unread.txt")).unwrap_or_default());
    let today = date_in_norway(now);
    let day: Date = working_days_after(today, newest(&LINES, "reminder", today)?.number);
    norway().to_ambiguous_timestamp(day.at(HOUR, 0, 0, 0)).compatible().ok()
}

/// The work for later about message `id`, which has arrived at `now`.
pub(super) fn later(id: &ResourceId, now: Timestamp) -> Result<OutboxMessage, GateError> {
    let payload = serde_json::to_string(&Work { id: id.to_string() }).map_err(|_| GateError::Fault)?;
    let not_before = remind_at(now).ok_or(GateError::Fault)?;
    // About nobody: messages of one person wait for each other, and what is to be done later must hold nothing up.
    Ok(OutboxMessage { kind: REMIND.to_owned(), subject: None, payload, not_before: Some(not_before) })
}

/// Whether an outbox message of this kind is work for [`work`].
pub(crate) fn is_work(kind: &str) -> bool {
    kind == REMIND
}

/// Reminds, unless the message has been opened, taken away or reminded of. It bears being done twice.
///
/// # Errors
/// Those of the store.
pub(crate) async fn work(store: &Store, payload: &str, now: Timestamp) -> Result<(), GateError> {
    let work: Work = serde_json::from_str(payload).map_err(|_| GateError::Fault)?;
    let id: ResourceId = work.id.parse().map_err(|_| GateError::Fault)?;
    let found = match platform_of(store, None, REMINDING).read(ResourceType::COMMUNICATION, &id).await {
        Ok(found) => found,
        Err(GateError::NotFound | GateError::Gone { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    let message = fhir::message(&found.body, found.version, &Names::default())?;
    let parsed = Parsed::parse_stored(&found.body, &Limits::default()).map_err(|_| GateError::Fault)?;
    let (Some(message), Some(patient)) = (message, compartment_patient(&parsed)) else { return Ok(()) };
    if !message.is_unopened() {
        return Ok(());
    }
    let (event, notice) = notices::unopened(&event_id(&id), (&message, &found.body), &patient, now)?;
    let batch = Batch { writes: vec![event], outbox: vec![notice], ..Batch::default() };
    match platform_of(store, Some(&patient), REMINDING).write(batch).await {
        // The event is there: they have been reminded.
        Ok(_) | Err(GateError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The event's id follows from the message, so that it is told once.
fn event_id(message: &ResourceId) -> ResourceId {
    derived_id(&format!("messages/unread/{message}"))
}
