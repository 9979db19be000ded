//! A time a citizen has booked: the practice takes it into its own books, with what to bring, or has to move it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use varde_base::Language;

use super::{Hands, StepError, Stepped};
use crate::api::ApiError;
use crate::fhir::{self, Party, booking};
use crate::model::Errand;
use crate::rules::{self, Booking};
use crate::words;

pub(super) async fn step(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let query = format!("Appointment?_id={}&_include=Appointment:slot&_include=Appointment:patient", errand.plain_id());
    let found = hands.api.search(&query).await?;
    let of = |name: &str| found.iter().find(|resource| fhir::name(resource).as_deref() == Some(name));
    let appointment = of(&errand.id).ok_or(ApiError::Gone)?;
    if booking::is_in_our_books(appointment) {
        return Ok(Stepped::done("in the books"));
    }
    let start = fhir::text(appointment, "/start").and_then(|start| start.parse::<Timestamp>().ok());
    let (Some("booked"), Some(start)) = (fhir::text(appointment, "/status"), start) else {
        return Ok(Stepped::done("called off by the citizen"));
    };
    let luck = rules::luck(hands.seed, &format!("booking/{}", errand.id));
    let language =
        booking::patient(appointment).and_then(|patient| of(&patient)).map(fhir::language).unwrap_or_default();
    let slot = fhir::text(appointment, "/slot/0/reference").and_then(of);
    match rules::booking(start, hands.now, luck) {
        Booking::CallOff => return called_off(hands, errand, (appointment, slot), language).await,
        Booking::Move => {
            if let Some(stepped) = moved(hands, errand, (appointment, slot, start), luck, language).await? {
                return Ok(stepped);
            }
        }
        Booking::Confirm => {}
    }
    let confirmed = booking::confirmed(appointment, words::text(language, "booking-instruction"));
    let entries = vec![fhir::update(&confirmed, appointment).ok_or(StepError::Unreadable("the appointment"))?];
    hands.api.transaction(entries).await?;
    Ok(Stepped::done("in the books"))
}

/// Moves it to another free time of the same calendar; `None` when there is none.
async fn moved(
    hands: Hands<'_>,
    errand: &Errand,
    (appointment, slot, start): (&Value, Option<&Value>, Timestamp),
    luck: u64,
    language: Language,
) -> Result<Option<Stepped>, StepError> {
    let (Some(slot), Some(patient)) = (slot, booking::patient(appointment)) else { return Ok(None) };
    let schedule = fhir::text(slot, "/schedule/reference").ok_or(StepError::Unreadable("the slot"))?;
    let last = start.saturating_add(SignedDuration::from_hours(24 * rules::MOVE_DAYS)).unwrap_or(start);
    let (from, to) = (fhir::instant(start), fhir::instant(last));
    let free = format!("Slot?schedule={schedule}&status=free&start=gt{from}&start=lt{to}&_sort=start");
    let free = hands.api.first_page(&free).await?;
    let others = format!("Appointment?patient={patient}&status=booked&date=ge{from}&date=le{to}");
    let others = hands.api.first_page(&others).await?;
    let fits: Vec<&Value> = free.iter().filter(|slot| !booking::is_in_the_way(slot, &others)).collect();
    let Some(new) = rules::choice(fits.len(), luck).and_then(|at| fits.get(at)) else { return Ok(None) };
    let words = ["booking-moved-title", "booking-moved"].map(|key| words::text(language, key));
    let letter = letter(errand, appointment, &patient, words, hands.now);
    let entries = [
        booking::moved(appointment, new).and_then(|moved| fhir::update(&moved, appointment)),
        fhir::update(&booking::with_status(slot, "free"), slot),
        fhir::update(&booking::with_status(new, "busy"), new),
        fhir::create(&letter),
    ];
    let entries = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(StepError::Unreadable("the appointment"))?;
    hands.api.transaction(entries).await?;
    Ok(Some(Stepped::done("moved")))
}

/// The doctor is away that day: the time is nobody's, and the person is asked to book another.
async fn called_off(
    hands: Hands<'_>,
    errand: &Errand,
    (appointment, slot): (&Value, Option<&Value>),
    language: Language,
) -> Result<Stepped, StepError> {
    let words = ["booking-called-off-title", "booking-called-off"].map(|key| words::text(language, key));
    let mut entries = vec![fhir::update(&booking::called_off(appointment), appointment)];
    entries.extend(slot.map(|slot| fhir::update(&booking::with_status(slot, "busy-unavailable"), slot)));
    let letter = booking::patient(appointment).map(|patient| letter(errand, appointment, &patient, words, hands.now));
    entries.extend(letter.map(|letter| fhir::create(&letter)));
    let entries = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(StepError::Unreadable("the appointment"))?;
    hands.api.transaction(entries).await?;
    Ok(Stepped::done("called off by the practice"))
}

/// What the practice writes to the one whose time it moves or calls off.
fn letter(errand: &Errand, appointment: &Value, patient: &str, [topic, text]: [&str; 2], now: Timestamp) -> Value {
    let from = booking::practitioner(appointment)
        .unwrap_or_else(|| Party { display: Some("Legekontoret".to_owned()), ..Party::default() });
    fhir::whole(json!({
        "resourceType": "Communication",
        "id": rules::made_id("moved", &errand.id),
        "meta": fhir::labels(appointment),
        "status": "completed",
        "category": [
            { "coding": [{ "system": fhir::MESSAGE_SYSTEM, "code": "letter" }] },
            { "coding": [{ "system": fhir::SERVICE_SYSTEM, "code": "primary-appointments" }] },
        ],
        "topic": { "text": topic },
        "subject": { "reference": patient },
        "about": [{ "reference": errand.id }],
        "sender": from.json(),
        "recipient": [{ "reference": patient }],
        "sent": fhir::instant(now),
        "payload": [{ "contentString": text }],
    }))
}
