//! FHIR R4 ExplanationOfBenefit, Coverage, ClaimResponse and Patient to what the slice works with (docs/api.md, "Co-payments").

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Number;
use varde_base::date_in_norway;

use super::model::{Card, NOK, Payment, Refund};
use super::money::Money;
use crate::shared::json::{CodingJson, ConceptJson, IdentifierJson, NameJson, PeriodJson, ReferenceJson};
use crate::shared::{Unreadable, VisitKind};

/// HL7's codes of what an amount is (adjudication).
const ADJUDICATION: &str = "http://terminology.hl7.org/CodeSystem/adjudication";
const SUBMITTED: &str = "submitted";
const BENEFIT: &str = "benefit";
const COPAY: &str = "copay";
/// The same in the claims Synthea makes (CMS Blue Button), a line at a time.
const LINE_OWN: &str = "https://bluebutton.cms.gov/resources/variables/line_coinsrnc_amt";
const LINE_PAYER: &str = "https://bluebutton.cms.gov/resources/variables/line_prvdr_pmt_amt";
const LINE_TOTAL: &str = "https://bluebutton.cms.gov/resources/variables/line_sbmtd_chrg_amt";
/// `ExplanationOfBenefit.subType` of what does not count towards the ceiling.
const CO_PAYMENT: &str = "urn:varde:co-payment";
const OUTSIDE: &str = "outside-ceiling";
/// `Coverage.type` of an exemption card.
const COVERAGE: &str = "urn:varde:coverage";
const EXEMPTION_CARD: &str = "exemption-card";
/// `ClaimResponse.type` of what is paid back.
const REFUND: &str = "refund";

#[derive(Deserialize, Default)]
#[serde(default)]
struct MoneyJson {
    value: Option<Number>,
    currency: Option<String>,
}

impl MoneyJson {
    fn read(&self) -> Option<Money> {
        Money::parse(&self.value.as_ref()?.to_string())
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AmountJson {
    category: ConceptJson,
    amount: MoneyJson,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ItemJson {
    product_or_service: ConceptJson,
    adjudication: Vec<AmountJson>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct BenefitJson {
    status: String,
    r#type: ConceptJson,
    sub_type: ConceptJson,
    r#use: String,
    billable_period: PeriodJson,
    created: Option<String>,
    provider: ReferenceJson,
    facility: ReferenceJson,
    claim: ReferenceJson,
    claim_response: ReferenceJson,
    item: Vec<ItemJson>,
    total: Vec<AmountJson>,
}

impl BenefitJson {
    /// An amount. Claims that are paid a line at a time have in `total` only the price of the first, so their lines come first.
    fn amount(&self, code: &str, line: &str) -> Option<Money> {
        let of = |all: &mut dyn Iterator<Item = &AmountJson>, is_it: &dyn Fn(&CodingJson) -> bool| -> Option<Money> {
            let wanted = all.filter(|its| its.category.coding.iter().any(is_it));
            let amounts: Vec<Money> = wanted.filter_map(|its| its.amount.read()).collect();
            (!amounts.is_empty()).then(|| amounts.into_iter().sum())
        };
        let is_line = |coding: &CodingJson| coding.code.as_deref() == Some(line);
        let is_code = |coding: &CodingJson| coding.is(ADJUDICATION, code);
        let lines = || self.item.iter().flat_map(|item| &item.adjudication);
        let of_lines = of(&mut lines(), &is_line);
        of_lines.or_else(|| of(&mut self.total.iter(), &is_code)).or_else(|| of(&mut lines(), &is_code))
    }

    fn currency(&self) -> String {
        let lines = self.item.iter().flat_map(|item| &item.adjudication);
        let mut all = self.total.iter().chain(lines).filter_map(|its| its.amount.currency.clone());
        all.next().unwrap_or_else(|| NOK.to_owned())
    }
}

/// Reads an ExplanationOfBenefit; `None` for one that is not in force, is no claim, or says not when.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of an ExplanationOfBenefit.
pub(super) fn payment(body: &[u8]) -> Result<Option<Payment>, Unreadable> {
    let json: BenefitJson = serde_json::from_slice(body).map_err(|_| Unreadable("ExplanationOfBenefit"))?;
    let when = json.billable_period.start.as_deref().or(json.created.as_deref()).and_then(day_of);
    let (true, Some(day)) = (json.status == "active" && json.r#use == "claim", when) else { return Ok(None) };
    let mut codings = json.item.iter().flat_map(|item| &item.product_or_service.coding);
    let visit = codings.find_map(|coding| VisitKind::of(coding.system.as_deref()?, coding.code.as_deref()?));
    let what = json.item.iter().find_map(|item| item.product_or_service.words()).or_else(|| json.r#type.words());
    Ok(Some(Payment {
        day,
        visit,
        what: what.unwrap_or_default(),
        place: json.provider.display.clone().or(json.facility.display.clone()).unwrap_or_default(),
        own: json.amount(COPAY, LINE_OWN),
        payer: json.amount(BENEFIT, LINE_PAYER),
        total: json.amount(SUBMITTED, LINE_TOTAL),
        currency: json.currency(),
        counts: !json.sub_type.has(CO_PAYMENT, OUTSIDE),
        claim: json.claim.reference,
        answer: json.claim_response.reference,
    }))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CoverageJson {
    status: String,
    identifier: Vec<IdentifierJson>,
    r#type: ConceptJson,
    period: PeriodJson,
}

/// Reads a Coverage; `None` for one that is no exemption card, is not in force, or says not for how long.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Coverage.
pub(super) fn card(body: &[u8]) -> Result<Option<Card>, Unreadable> {
    let json: CoverageJson = serde_json::from_slice(body).map_err(|_| Unreadable("Coverage"))?;
    let is_card = json.status == "active" && json.r#type.has(COVERAGE, EXEMPTION_CARD);
    let day = |text: &Option<String>| text.as_deref().and_then(day_of);
    let (true, Some(from), Some(until)) = (is_card, day(&json.period.start), day(&json.period.end)) else {
        return Ok(None);
    };
    let number = json.identifier.into_iter().find_map(|its| its.value);
    Ok(Some(Card { number, from, until }))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PaidJson {
    date: Option<String>,
    amount: MoneyJson,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ResponseJson {
    id: String,
    status: String,
    r#type: ConceptJson,
    outcome: String,
    created: Option<String>,
    request: ReferenceJson,
    payment: PaidJson,
}

/// Reads a ClaimResponse; `None` for one that is no refund in kroner, or is not in force.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a ClaimResponse.
pub(super) fn refund(body: &[u8]) -> Result<Option<Refund>, Unreadable> {
    let json: ResponseJson = serde_json::from_slice(body).map_err(|_| Unreadable("ClaimResponse"))?;
    let is_refund = json.status == "active" && json.outcome != "error" && json.r#type.has(CO_PAYMENT, REFUND);
    let is_here = json.payment.amount.currency.as_deref().unwrap_or(NOK) == NOK;
    let (true, Some(amount)) = (is_refund && is_here, json.payment.amount.read()) else { return Ok(None) };
    let day = |text: &Option<String>| text.as_deref().and_then(day_of);
    Ok(Some(Refund {
        amount,
        day: day(&json.payment.date),
        decided: day(&json.created),
        itself: format!("ClaimResponse/{}", json.id),
        claim: json.request.reference,
    }))
}

/// When a Patient was born, to the day.
pub(super) fn born(body: &[u8]) -> Option<Date> {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct PatientJson {
        birth_date: Option<String>,
    }
    serde_json::from_slice::<PatientJson>(body).ok()?.birth_date?.parse().ok()
}

/// The name of a Patient, as it stands on a card.
pub(super) fn name(body: &[u8]) -> Option<String> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct PatientJson {
        name: Vec<NameJson>,
    }
    let json: PatientJson = serde_json::from_slice(body).ok()?;
    json.name.first()?.shown()
}

/// The day of a FHIR date or dateTime in Norway; of a month or a year none.
fn day_of(text: &str) -> Option<Date> {
    if text.contains('T') { text.parse::<Timestamp>().map(date_in_norway).ok() } else { text.parse().ok() }
}
