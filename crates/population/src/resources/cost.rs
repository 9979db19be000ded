use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Resource, subject};
use crate::calendar::add_days;
use crate::people::Citizen;

/// One co-payment; amounts in øre.
pub(crate) struct Paid<'a> {
    pub(crate) id: String,
    pub(crate) citizen: &'a Citizen,
    pub(crate) day: Date,
    pub(crate) what: String,
    /// `Organization/id` and name of the one who was paid.
    pub(crate) provider: (String, String),
    /// Code of HL7's claim types.
    pub(crate) kind: &'static str,
    pub(crate) own: i64,
    pub(crate) total: i64,
}

/// An amount of øre as FHIR's Money has it, without a digit too many.
fn money(ore: i64) -> Value {
    let value = if ore % 100 == 0 {
        json!(ore / 100)
    } else {
        serde_json::from_str(&format!("{}.{:02}", ore / 100, ore % 100)).unwrap_or_default()
    };
    json!({"value": value, "currency": "NOK"})
}

/// The ExplanationOfBenefit of a co-payment.
pub(crate) fn payment(paid: &Paid<'_>) -> Resource {
    let amount = |code: &str, ore: i64| json!({"category": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/adjudication", "code": code}]}, "amount": money(ore)});
    let body = json!({
        "status": "active",
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": paid.kind}]},
        "use": "claim",
        "patient": subject(paid.citizen),
        "billablePeriod": {"start": paid.day.to_string(), "end": paid.day.to_string()},
        "created": add_days(paid.day, 1).to_string(),
        "insurer": {"display": "Helfo"},
        "provider": {"reference": paid.provider.0, "display": paid.provider.1},
        "outcome": "complete",
        "insurance": [{"focal": true, "coverage": {"display": "Folketrygden"}}],
        "item": [{"sequence": 1, "productOrService": {"text": paid.what}}],
        "total": [amount("submitted", paid.total), amount("benefit", paid.total - paid.own), amount("copay", paid.own)],
    });
    Resource::new("ExplanationOfBenefit", &paid.id, body)
}

/// The Coverage that is an exemption card, from a day to the end of the year.
pub(crate) fn card(citizen: &Citizen, from: Date) -> Resource {
    let end = from.last_of_year();
    let body = json!({
        "identifier": [{"system": "urn:varde:exemption-card", "value": format!("{}-{:06}", from.year(), citizen.index)}],
        "status": "active",
        "type": {"coding": [{"system": "urn:varde:coverage", "code": "exemption-card"}], "text": "Frikort"},
        "beneficiary": subject(citizen),
        "period": {"start": from.to_string(), "end": end.to_string()},
        "payor": [{"display": "Helfo"}],
    });
    Resource::new("Coverage", format!("{}-card-{}", citizen.id, from.year()), body)
}

/// The ClaimResponse that pays back what was paid above the ceiling.
pub(crate) fn refund(citizen: &Citizen, decided: Date, ore: i64) -> Resource {
    let body = json!({
        "status": "active",
        "type": {"coding": [{"system": "urn:varde:co-payment", "code": "refund"}], "text": "Tilbakebetaling"},
        "use": "claim",
        "patient": subject(citizen),
        "created": decided.to_string(),
        "insurer": {"display": "Helfo"},
        "outcome": "complete",
        "payment": {
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/ex-paymenttype", "code": "complete"}]},
            "date": add_days(decided, 10).to_string(),
            "amount": money(ore),
        },
    });
    Resource::new("ClaimResponse", format!("{}-refund-{}", citizen.id, decided.year()), body)
}
