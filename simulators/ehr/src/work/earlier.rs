//! Somebody waits for an earlier time: now and then another patient calls off, the time becomes free, and the platform offers it to the first in
//! the queue (the product's docs/api.md, "Waiting for an earlier time").

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Hands, StepError, Stepped};
use crate::api::ApiError;
use crate::fhir::{self, booking};
use crate::model::{Errand, Stage};
use crate::rules;

/// While a time is held for somebody it is looked so often what came of it.
const LOOK: SignedDuration = SignedDuration::from_secs(60);

/// Most times of others that are looked at to find some that nobody of this country has.
const MAX_LOOKED_AT: usize = 5;

/// Appointments with these statuses hold their time.
const HELD: &str = "booked,pending,arrived,proposed,checked-in";

pub(super) async fn step(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let found = hands.api.search(&format!("Appointment?_id={}", errand.plain_id())).await?;
    let wish = found.first().ok_or(ApiError::Gone)?;
    match fhir::text(wish, "/status") {
        Some("waitlist") => {}
        Some("proposed") => {
            let again = hands.now.saturating_add(LOOK).unwrap_or(hands.now);
            return Ok(Stepped { again: Some(again), ..Stepped::to(errand.stage) });
        }
        _ => return Ok(Stepped::done("waits no more")),
    }
    let wished = booking::wish(wish).ok_or(StepError::Unreadable("the wish"))?;
    let chosen = match &errand.memo {
        Some(chosen) => chosen.clone(),
        None => {
            let chosen = chosen(hands, errand, &wished).await?;
            let memo = serde_json::to_string(&chosen).map_err(|_| StepError::Unreadable("the times"))?;
            hands.desk.decide(&errand.id, &memo)?
        }
    };
    let chosen: Vec<String> = serde_json::from_str(&chosen).map_err(|_| StepError::Unreadable("the times"))?;
    let nth = usize::from(errand.stage != Stage::New);
    let Some(slot) = chosen.get(nth) else { return Ok(Stepped::done("no earlier time")) };
    free(hands, slot, rules::earlier::soonest(hands.now, wished.notice_hours)).await?;
    if nth + 1 < chosen.len() {
        return Ok(Stepped { said: Some(format!("{slot} is free")), ..Stepped::to(Stage::Taken) });
    }
    Ok(Stepped::done(&format!("{slot} is free")))
}

/// The times that are going to become free, one after the other: those of patients who are not of this country.
async fn chosen(hands: Hands<'_>, errand: &Errand, wish: &booking::Wish) -> Result<Vec<String>, StepError> {
    let soonest = rules::earlier::soonest(hands.now, wish.notice_hours);
    let (from, to) = (fhir::instant(soonest), fhir::instant(wish.before));
    let busy = format!("Slot?schedule={}&status=busy&start=ge{from}&start=lt{to}&_sort=start", wish.schedule);
    let busy = hands.api.first_page(&busy).await?;
    let mut times = Vec::new();
    for slot in busy.iter().filter_map(fhir::name).take(MAX_LOOKED_AT) {
        if !is_held(hands, &slot).await? {
            times.push(slot);
        }
    }
    let luck = rules::luck(hands.seed, &format!("earlier/{}", errand.id));
    Ok(rules::earlier::picked(times.len(), luck).into_iter().filter_map(|at| times.get(at).cloned()).collect())
}

async fn is_held(hands: Hands<'_>, slot: &str) -> Result<bool, StepError> {
    Ok(!hands.api.first_page(&format!("Appointment?slot={slot}&status={HELD}")).await?.is_empty())
}

/// Another patient calls off. What is no longer busy was freed before we were cut off, or taken by somebody.
async fn free(hands: Hands<'_>, name: &str, soonest: Timestamp) -> Result<(), StepError> {
    let slot: Value = match hands.api.read(name).await {
        Err(ApiError::Gone) => return Ok(()),
        read => read?,
    };
    let start: Option<Timestamp> = fhir::text(&slot, "/start").and_then(|start| start.parse().ok());
    if fhir::text(&slot, "/status") != Some("busy")
        || start.is_none_or(|start| start < soonest)
        || is_held(hands, name).await?
    {
        return Ok(());
    }
    let entry = fhir::update(&booking::with_status(&slot, "free"), &slot).ok_or(StepError::Unreadable("the slot"))?;
    hands.api.transaction(vec![entry]).await?;
    Ok(())
}
