//! Payments, cards and refunds, as the rules and pages see them.

use jiff::civil::Date;

use super::money::Money;
use crate::shared::VisitKind;

/// The currency of the ceiling (ISO 4217).
pub(super) const NOK: &str = "NOK";

/// One thing that was paid for (FHIR ExplanationOfBenefit).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payment {
    /// The day of the care, in Norway.
    pub day: Date,
    /// What kind of visit it was, where we have plain words for it.
    pub visit: Option<VisitKind>,
    /// What it was, in the source's words; empty when the source does not say.
    pub what: String,
    /// Where; empty when the source does not say.
    pub place: String,
    /// What the person has paid of it, where the source says so.
    pub own: Option<Money>,
    /// What the state, or the one who insures, has paid.
    pub payer: Option<Money>,
    /// What it cost in all.
    pub total: Option<Money>,
    /// The currency, by its code.
    pub currency: String,
    /// It counts towards the ceiling.
    pub counts: bool,
    /// The claim that was made of it, as a reference.
    pub claim: Option<String>,
    /// The answer to that, as a reference.
    pub answer: Option<String>,
}

impl Payment {
    /// What it cost in all, added up where the source gives the parts only.
    pub(super) fn cost(&self) -> Option<Money> {
        self.total.or_else(|| Some(self.own?.plus(self.payer?)))
    }
}

/// The exemption card (FHIR Coverage).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    /// Its number, where there is one.
    pub number: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

/// What is paid back (FHIR ClaimResponse).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refund {
    /// How much.
    pub amount: Money,
    /// When it is paid, where that is known.
    pub day: Option<Date>,
    /// When it was decided.
    pub decided: Option<Date>,
    /// This answer itself, as a reference to it.
    pub itself: String,
    /// The claim it answers, as a reference, where the source says so.
    pub claim: Option<String>,
}

/// Where a person stands in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Below 16 all of the year so far: nothing is paid.
    Exempt,
    /// No ceiling is entered for the year.
    NoCeiling,
    /// There is still something to pay.
    Below {
        /// Until the ceiling.
        left: Money,
    },
    /// Enough is paid and no card has come yet.
    Reached {
        /// When the ceiling was reached.
        on: Date,
        /// When the card must have come.
        card_by: Date,
    },
    /// There is a card for the year.
    HasCard {
        /// From this day nothing is paid.
        from: Date,
        /// The last day.
        until: Date,
    },
}

/// How the year ends if it goes on as it has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forecast {
    /// The ceiling is reached about this day.
    Reaches(Date),
    /// It is not, and about this much is paid.
    EndsAt(Money),
}
