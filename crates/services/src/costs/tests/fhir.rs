use jiff::civil::date;
use serde_json::{Value, json};

use super::super::fhir;
use super::super::money::Money;

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn amount(code: &str, value: f64) -> Value {
    json!({ "category": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/adjudication", "code": code }] },
        "amount": { "value": value, "currency": "NOK" } })
}

fn benefit(members: Value) -> Value {
    let mut body = json!({ "resourceType": "ExplanationOfBenefit", "id": "e1", "status": "active", "use": "claim",
        "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "professional" }] },
        "patient": { "reference": "Patient/kari" }, "created": "2026-03-03", "insurer": { "display": "Helfo" },
        "provider": { "display": "Torget legesenter" }, "outcome": "complete" });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

#[test]
fn a_payment_has_its_parts_to_the_ore() {
    let body = benefit(json!({
        "billablePeriod": { "start": "2026-03-01T23:30:00Z" },
        "item": [{ "sequence": 1, "productOrService": { "text": "Time hos fastlegen" } }],
        "total": [amount("submitted", 423.5), amount("benefit", 244.0), amount("copay", 179.5)],
    }));
    let payment = fhir::payment(&bytes(&body)).unwrap().unwrap();
    assert_eq!(payment.day, date(2026, 3, 2), "the day it was in Norway");
    assert_eq!((payment.own, payment.payer), (Some(Money::ore(17_950)), Some(Money::kroner(244))));
    assert_eq!(payment.cost(), Some(Money::ore(42_350)));
    assert_eq!((payment.what.as_str(), payment.place.as_str()), ("Time hos fastlegen", "Torget legesenter"));
    assert!(payment.counts && payment.currency == "NOK");
}

#[test]
fn a_payment_names_the_claim_and_the_answer_to_it() {
    let body =
        benefit(json!({ "claim": { "reference": "Claim/c1" }, "claimResponse": { "reference": "ClaimResponse/r1" } }));
    let payment = fhir::payment(&bytes(&body)).unwrap().unwrap();
    assert_eq!((payment.claim.as_deref(), payment.answer.as_deref()), (Some("Claim/c1"), Some("ClaimResponse/r1")));
}

#[test]
fn a_fee_outside_the_ceiling_is_told_apart_and_what_is_not_in_force_is_left_out() {
    let outside = json!({ "subType": { "coding": [{ "system": "urn:varde:co-payment", "code": "outside-ceiling" }] } });
    assert!(!fhir::payment(&bytes(&benefit(outside))).unwrap().unwrap().counts);
    for gone in [
        json!({ "status": "cancelled" }),
        json!({ "status": "draft" }),
        json!({ "status": "entered-in-error" }),
        json!({ "use": "preauthorization" }),
        json!({ "created": "2026" }),
    ] {
        assert_eq!(fhir::payment(&bytes(&benefit(gone.clone()))).unwrap(), None, "{gone}");
    }
    let bare = fhir::payment(&bytes(&benefit(json!({})))).unwrap().unwrap();
    assert_eq!((bare.own, bare.cost(), bare.what.as_str()), (None, None, ""), "what is not said is not made up");
    assert!(fhir::payment(b"1").is_err());
}

/// As Synthea writes it: amounts by line, in dollars, with more digits than money has.
#[test]
fn a_claim_from_elsewhere_keeps_its_currency_and_adds_up_its_lines() {
    let line = |own: f64, payer: f64, total: f64| {
        let part = |name: &str, value: f64| {
            json!({ "category": { "coding": [{ "system": "https://bluebutton.cms.gov/resources/codesystem/adjudication",
                "code": format!("https://bluebutton.cms.gov/resources/variables/{name}"), "display": "Line Amount" }] },
                "amount": { "value": value, "currency": "USD" } })
        };
        json!({ "productOrService": { "coding": [{ "system": "http://snomed.info/sct", "code": "162673000", "display": "General examination of patient (procedure)" }] },
            "adjudication": [part("line_coinsrnc_amt", own), part("line_prvdr_pmt_amt", payer), part("line_sbmtd_chrg_amt", total)] })
    };
    let body = benefit(json!({
        "billablePeriod": { "start": "2014-01-23T05:05:13+01:00" },
        "provider": { "reference": "Practitioner/1" }, "facility": { "display": "PCP90191" },
        "item": [line(28.104_000_000_000_003, 112.416_000_000_000_01, 140.52), line(0.0, 10.0, 10.0)],
        "total": [{ "category": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/adjudication", "code": "submitted" }] },
            "amount": { "value": 129.16, "currency": "USD" } }],
    }));
    let payment = fhir::payment(&bytes(&body)).unwrap().unwrap();
    assert_eq!((payment.own, payment.payer), (Some(Money::ore(2_810)), Some(Money::ore(12_242))));
    assert_eq!((payment.total, payment.currency.as_str()), (Some(Money::ore(15_052)), "USD"));
    assert_eq!(payment.what, "General examination of patient");
}

#[test]
fn a_card_needs_its_days_and_another_insurance_is_none() {
    let card = |members: Value| {
        let mut body = json!({ "resourceType": "Coverage", "id": "c", "status": "active", "beneficiary": { "reference": "Patient/kari" },
            "type": { "coding": [{ "system": "urn:varde:coverage", "code": "exemption-card" }] }, "identifier": [{ "value": "2026-1" }],
            "period": { "start": "2026-09-25", "end": "2026-12-31" }, "payor": [{ "display": "Helfo" }] });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        fhir::card(&bytes(&body)).unwrap()
    };
    let read = card(json!({})).unwrap();
    assert_eq!(
        (read.from, read.until, read.number.as_deref()),
        (date(2026, 9, 25), date(2026, 12, 31), Some("2026-1"))
    );
    assert_eq!(card(json!({ "type": { "text": "Aetna" } })), None);
    assert_eq!(card(json!({ "status": "cancelled" })), None);
    assert_eq!(card(json!({ "period": { "start": "2026-09-25" } })), None);
}

#[test]
fn a_refund_is_in_kroner_and_says_when() {
    let refund = |members: Value| {
        let mut body = json!({ "resourceType": "ClaimResponse", "id": "r", "status": "active", "outcome": "complete", "created": "2026-10-01",
            "type": { "coding": [{ "system": "urn:varde:co-payment", "code": "refund" }] },
            "payment": { "date": "2026-10-11", "amount": { "value": 231, "currency": "NOK" } } });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        fhir::refund(&bytes(&body)).unwrap()
    };
    let read = refund(json!({})).unwrap();
    assert_eq!(
        (read.amount, read.day, read.decided),
        (Money::kroner(231), Some(date(2026, 10, 11)), Some(date(2026, 10, 1)))
    );
    assert_eq!((read.itself.as_str(), read.claim), ("ClaimResponse/r", None));
    let of_claim = refund(json!({ "request": { "reference": "Claim/c1" } })).unwrap();
    assert_eq!(of_claim.claim.as_deref(), Some("Claim/c1"));
    assert_eq!(refund(json!({ "outcome": "error" })), None);
    assert_eq!(refund(json!({ "type": { "text": "x" } })), None);
    assert_eq!(refund(json!({ "payment": { "amount": { "value": 2, "currency": "USD" } } })), None);
}
