//! Tests of the slice of co-payments.

mod fhir;
mod pages;
mod rules;

use super::model::{NOK, Payment};
use super::money::Money;

/// A visit that cost the person so much, and counts.
pub(super) fn paid(day: &str, kroner: i32) -> Payment {
    Payment {
        day: day.parse().unwrap(),
        visit: None,
        what: "Time hos fastlegen".to_owned(),
        place: "Torget legesenter".to_owned(),
        own: Some(Money::kroner(kroner)),
        payer: Some(Money::kroner(250)),
        total: None,
        currency: NOK.to_owned(),
        counts: true,
        claim: None,
        answer: None,
    }
}
