//! Answers for a citizen that a program has written (AppointmentResponse): carried out by the same rules as on the page, and marked with what
//! came of them.

use jiff::Timestamp;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_rights::Action;
use varde_store::{Batch, Gate, GateError, Store};

use super::super::actions::{self, BookError, Calling, Persons};
use super::super::fhir::{self, Answer, Outcome, Responded};
use super::super::model::CancelReason;
use super::super::waiting::{self, WaitError};
use super::offers::there;
use super::platform;
use crate::shared::put_changed;

/// Carries out what an AppointmentResponse asks for. One that has been carried out is left alone.
pub(super) async fn carry_out(store: &Store, id: &ResourceId, now: Timestamp) -> Result<(), GateError> {
    let gate = platform(store, "appointments.answer");
    let Some(found) = there(gate.read(ResourceType::APPOINTMENT_RESPONSE, id).await)? else { return Ok(()) };
    let Some(responded) = fhir::responded(&found.body) else { return Ok(()) };
    let outcome = act_on(&gate, &responded, now).await?;
    let body = fhir::answered(&found.body, outcome).map_err(GateError::from)?;
    let writes = vec![put_changed(id, &body, found.version, Action::Write)?];
    gate.write(Batch { writes, ..Batch::default() }).await.map(drop)
}

async fn act_on(gate: &Gate, responded: &Responded, now: Timestamp) -> Result<Outcome, GateError> {
    let Responded { patient, appointment, answer } = responded;
    let persons = Persons { patient, by: patient };
    let Some(found) = there(gate.read(ResourceType::APPOINTMENT, appointment).await)? else {
        return Ok(Outcome::Gone);
    };
    let Some(wish) = fhir::wish(&found.body, found.version).map_err(GateError::from)? else {
        return match answer {
            // What is agreed needs no yes.
            Answer::Accepted => Ok(Outcome::Done),
            Answer::Declined => cancelled(gate, persons, appointment, now).await,
        };
    };
    let Some(offer) = wish.offer.filter(|_| wish.patient == *patient) else { return Ok(Outcome::Gone) };
    let done = match answer {
        Answer::Accepted => waiting::accept(gate, persons, &wish.appointment, &offer.slot, now).await,
        Answer::Declined => waiting::decline(gate, persons, &wish.appointment, &offer.slot, now).await,
    };
    match done {
        Ok(()) => Ok(Outcome::Done),
        Err(WaitError::NotOffered) => Ok(Outcome::NotAllowed),
        Err(WaitError::OfferGone | WaitError::Changed | WaitError::Overlaps) => Ok(Outcome::TooLate),
        Err(WaitError::Store(GateError::NotFound)) => Ok(Outcome::Gone),
        Err(WaitError::Store(error)) => Err(error),
    }
}

async fn cancelled(
    gate: &Gate,
    persons: Persons<'_>,
    appointment: &ResourceId,
    now: Timestamp,
) -> Result<Outcome, GateError> {
    let calling = Calling { reason: CancelReason::NotSaid, comment: String::new(), with_rest: false };
    match actions::cancel(gate, persons, appointment, &calling, now).await {
        Ok(()) => Ok(Outcome::Done),
        Err(BookError::NotAllowed) => Ok(Outcome::NotAllowed),
        Err(BookError::TooLate) => Ok(Outcome::TooLate),
        Err(BookError::Store(GateError::NotFound)) => Ok(Outcome::Gone),
        Err(BookError::Store(error)) => Err(error),
        // Somebody else has changed it, or it is over: it is tried again, and then there is nothing to answer.
        Err(BookError::Changed) => Ok(Outcome::Gone),
        Err(BookError::Taken | BookError::Overlaps | BookError::TooMany | BookError::NoGp) => Ok(Outcome::Gone),
    }
}
