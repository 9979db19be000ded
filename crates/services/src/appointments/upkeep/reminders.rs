//! Reminders, so many days before as the installation says, once each: an event in the list and a message for the worker.

use jiff::{SignedDuration, Timestamp};
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_fhir::search::{self, SearchOptions};
use varde_rights::Action;
use varde_store::{Batch, Gate, GateError, IdempotencyKey, Store};

use super::super::fhir::{self, Names};
use super::super::model::{Appointment, Status};
use super::super::notices::{self, REMINDED};
use super::{people, platform};
use crate::shared::{Told, derived_id, put};

/// Most appointments read at a time.
const PAGE_COUNT: u32 = 200;

/// Most pages of one day's look: with the page above, all that begin in a country in a quarter of an hour, many times over.
const MAX_PAGES: usize = 200;

/// Reminds of what begins so many `days` after a moment in (`from`, `to`]. Looking at the same time twice reminds once. Gives how many
/// appointments somebody was reminded of.
///
/// # Errors
/// Those of the store; what has been done until then is done.
pub async fn remind(store: &Store, days: &[u8], from: Timestamp, to: Timestamp) -> Result<usize, GateError> {
    let gate = platform(store, "appointments.reminders");
    let mut count = 0;
    for days in days {
        let ahead = SignedDuration::from_hours(24 * i64::from(*days));
        let (Ok(first), Ok(last)) = (from.checked_add(ahead), to.checked_add(ahead)) else { continue };
        count += remind_of(&gate, *days, (first, last), to).await?;
    }
    Ok(count)
}

async fn remind_of(
    gate: &Gate,
    days: u8,
    (first, last): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<usize, GateError> {
    let pairs = [
        ("status".to_owned(), "booked".to_owned()),
        ("date".to_owned(), format!("gt{}", fhir::instant(first))),
        ("date".to_owned(), format!("le{}", fhir::instant(last))),
    ];
    let options = SearchOptions { max_count: PAGE_COUNT, default_count: PAGE_COUNT, lenient: false, now };
    let mut query = search::parse(ResourceType::APPOINTMENT, &pairs, &options).map_err(GateError::Invalid)?;
    let mut count = 0;
    for _ in 0..MAX_PAGES {
        let page = gate.search(&query).await?;
        for found in &page.matches {
            let appointment = fhir::appointment(&found.body, found.version, &Names::default());
            // One that cannot be read is in the log, and keeps nobody else from being reminded.
            let Ok(appointment) = appointment.map_err(GateError::from) else { continue };
            count += usize::from(remind_one(gate, &appointment, days, now).await?);
        }
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    Ok(count)
}

async fn remind_one(gate: &Gate, appointment: &Appointment, days: u8, now: Timestamp) -> Result<bool, GateError> {
    let (Some(patient), Some(start)) = (&appointment.patient, appointment.start) else { return Ok(false) };
    if appointment.no_reminder || appointment.status != Status::Booked {
        return Ok(false);
    }
    if !people::somebody(gate, patient, &appointment.id).await? {
        return Ok(false);
    }
    let key = format!("{}/{start}/{days}", appointment.id);
    let labels = (appointment.service, appointment.security.as_slice());
    let resource = notices::resource(&event_id(&key), &appointment.id, patient, (REMINDED, start), labels, now);
    let event = put(&event_id(&key), &resource, Action::Write)?;
    // Everybody to whom the rules open both the reminder and the appointment is told, as they have chosen for this person.
    let of = format!("Appointment/{}", appointment.id);
    let told = Told { of: Some(of), ..Told::new(patient, event_id(&key).as_str()) };
    let message = notices::message(REMINDED, &appointment.id, patient, patient, Some(told))?;
    let batch = Batch {
        writes: vec![event],
        outbox: vec![message],
        idempotency_key: Some(IdempotencyKey { scope: "varde/reminders".to_owned(), key, fingerprint: 0 }),
    };
    match gate.write(batch).await {
        Ok(_) => Ok(true),
        // The event is there: it was told before.
        Err(GateError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The event's id follows from what it tells, so that it is told once however long ago that was.
fn event_id(key: &str) -> ResourceId {
    derived_id(&format!("appointments/reminder/{key}"))
}
