//! Load what the pages show.

use futures_util::future;
use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::{PatientId, date_in_norway};
use varde_fhir::ResourceType;
use varde_store::{Found, Gate, GateError};

use super::fhir;
use super::model::{Card, Payment, Refund};
use super::rules::Known;
use crate::shared::{Unreadable, find};

/// Most payments read for a page: ten years of somebody who pays every week.
const PAYMENT_COUNT: &str = "500";

/// Most cards and refunds.
const FEW_COUNT: &str = "100";

/// What is known of a person's co-payments.
pub(super) struct Overview {
    /// The newest first.
    pub payments: Vec<Payment>,
    /// Exemption cards.
    pub cards: Vec<Card>,
    /// What is paid back, the newest first.
    pub refunds: Vec<Refund>,
    /// When the person was born, and the name.
    pub born: Option<Date>,
    /// As it stands on a card.
    pub name: Option<String>,
    /// There are more payments than were read.
    pub cut: bool,
}

impl Overview {
    /// What the rules look at.
    pub(super) fn known(&self) -> Known<'_> {
        Known { payments: &self.payments, cards: &self.cards, born: self.born }
    }
}

fn read<T>(found: &[Found], one: impl Fn(&[u8]) -> Result<Option<T>, Unreadable>) -> Result<Vec<T>, GateError> {
    found.iter().filter_map(|found| one(&found.body).map_err(GateError::from).transpose()).collect()
}

/// Loads what a person has paid, as far as the gate lets it through.
pub(super) async fn overview(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Overview, GateError> {
    load(gate, patient, None, now).await
}

/// As [`overview`], with the payments of this year alone: all that the front page tells of.
pub(super) async fn this_year(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Overview, GateError> {
    // What is registered in a year is of that year or earlier.
    let first = date_in_norway(now).first_of_year();
    load(gate, patient, Some(format!("ge{first}")), now).await
}

async fn load(
    gate: &Gate,
    patient: &PatientId,
    registered: Option<String>,
    now: Timestamp,
) -> Result<Overview, GateError> {
    let person = match gate.read(ResourceType::PATIENT, patient.as_resource_id()).await {
        Ok(person) => Some(person),
        // A guardian may see what was paid, and not the person's own page.
        Err(GateError::NotFound | GateError::Refused(_)) => None,
        Err(error) => return Err(error),
    };
    let mut parameters = vec![("patient", patient.as_str()), ("_sort", "-created"), ("_count", PAYMENT_COUNT)];
    parameters.extend(registered.as_deref().map(|registered| ("created", registered)));
    let few = [("patient", patient.as_str()), ("_count", FEW_COUNT)];
    let (page, coverages, responses) = future::try_join3(
        find(gate, ResourceType::EXPLANATION_OF_BENEFIT, &parameters, now),
        find(gate, ResourceType::COVERAGE, &few, now),
        find(gate, ResourceType::CLAIM_RESPONSE, &few, now),
    )
    .await?;
    let mut payments = read(&page.matches, fhir::payment)?;
    payments.sort_by_key(|payment| std::cmp::Reverse(payment.day));
    let cards = read(&coverages.matches, fhir::card)?;
    let mut refunds = read(&responses.matches, fhir::refund)?;
    refunds.sort_by_key(|refund| std::cmp::Reverse(refund.decided.max(refund.day)));
    Ok(Overview {
        payments,
        cards,
        refunds,
        born: person.as_ref().and_then(|person| fhir::born(&person.body)),
        name: person.as_ref().and_then(|person| fhir::name(&person.body)),
        cut: page.next.is_some(),
    })
}
