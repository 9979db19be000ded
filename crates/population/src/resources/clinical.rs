use jiff::civil::Date;
use serde_json::json;

use super::{Resource, concept, reference, subject};
use crate::calendar::{add_days, add_months, instant};
use crate::catalogue::{Ailment, Dose, Medicine};
use crate::people::Citizen;
use crate::providers::{Provider, Unit};
use crate::systems::{ATC, ICPC2, SNOMED};

/// The Condition of a lasting ailment, as the general practitioner has recorded it.
pub(crate) fn condition(id: &str, citizen: &Citizen, doctor: &Provider, ailment: &Ailment, since: Date) -> Resource {
    let body = json!({
        "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active"),
        "verificationStatus": concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed", "Confirmed"),
        "category": [concept("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item", "Problem List Item")],
        "code": concept(ICPC2, ailment.icpc, ailment.name),
        "subject": subject(citizen),
        "onsetDateTime": since.to_string(),
        "recordedDate": since.to_string(),
        "recorder": reference("Practitioner", &doctor.practitioner, &doctor.name),
    });
    Resource::new("Condition", id, body)
}

/// A prescription, valid for a year.
pub(crate) struct Prescription<'a> {
    pub(crate) id: String,
    pub(crate) citizen: &'a Citizen,
    pub(crate) doctor: &'a Provider,
    pub(crate) medicine: &'a Medicine,
    pub(crate) day: Date,
    /// Code of FHIR's medicationrequest-status.
    pub(crate) status: &'static str,
    /// Refills left; none for a short course.
    pub(crate) repeats: i32,
    pub(crate) pharmacy: (&'static str, &'static str),
}

/// The MedicationRequest of a prescription.
pub(crate) fn prescription(order: &Prescription<'_>) -> Resource {
    let medicine = order.medicine;
    let body = json!({
        "status": order.status,
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{"system": ATC, "code": medicine.atc, "display": medicine.substance}],
            "text": medicine.name,
        },
        "subject": subject(order.citizen),
        "authoredOn": instant(order.day, 13 * 60 + 10),
        "requester": reference("Practitioner", &order.doctor.practitioner, &order.doctor.name),
        "reasonCode": [{"text": medicine.reason}],
        "dosageInstruction": [{"text": medicine.dosage}],
        "dispenseRequest": {
            "validityPeriod": {
                "start": order.day.to_string(),
                "end": add_days(add_months(order.day, 12), -1).to_string(),
            },
            "numberOfRepeatsAllowed": order.repeats,
            "quantity": {"value": medicine.amount, "unit": medicine.amount_unit},
            "performer": reference("Organization", order.pharmacy.0, order.pharmacy.1),
        },
    });
    Resource::new("MedicationRequest", &order.id, body)
}

/// A referral from the general practitioner to a unit of the hospital.
pub(crate) struct Referral<'a> {
    pub(crate) id: &'a str,
    pub(crate) citizen: &'a Citizen,
    pub(crate) doctor: &'a Provider,
    pub(crate) specialist: &'a Provider,
    pub(crate) unit: Unit,
    pub(crate) reason: &'a str,
    pub(crate) day: Date,
    pub(crate) completed: bool,
}

/// The ServiceRequest of a referral, with the dates of Helsenorge's profile: received, assessed, and the last day by which
/// care must begin.
pub(crate) fn referral(referral: &Referral<'_>) -> Resource {
    let date = |name: &str, day: Date| {
        json!({
            "url": format!("http://helsenorge.no/fhir/StructureDefinition/{name}"),
            "valueDateTime": day.to_string(),
        })
    };
    let body = json!({
        "extension": [
            date("no-mottatt-dato", add_days(referral.day, 1)),
            date("no-vurdert-dato", add_days(referral.day, 9)),
            date("no-frist-for-helsehjelp", add_days(referral.day, 180)),
        ],
        "identifier": [{"system": "urn:varde:referral", "value": referral.id}],
        "status": if referral.completed { "completed" } else { "active" },
        "intent": "order",
        "category": [concept(SNOMED, "3457005", "Patient referral")],
        "priority": "routine",
        "code": {"text": format!("Henvisning til {}", referral.unit.name())},
        "subject": subject(referral.citizen),
        "authoredOn": instant(referral.day, 14 * 60 + 25),
        "requester": reference("Practitioner", &referral.doctor.practitioner, &referral.doctor.name),
        "performer": [reference("Organization", &referral.specialist.organisation, &referral.specialist.organisation_name)],
        "reasonCode": [{"text": referral.reason}],
    });
    Resource::new("ServiceRequest", referral.id, body)
}

/// An Immunization given by the municipality's health service or the general practitioner.
pub(crate) fn immunization(id: &str, citizen: &Citizen, giver: &Provider, dose: &Dose, day: Date) -> Resource {
    let body = json!({
        "status": "completed",
        "vaccineCode": concept(ATC, dose.atc, dose.name),
        "patient": subject(citizen),
        "occurrenceDateTime": day.to_string(),
        "primarySource": true,
        "performer": [{"actor": reference("Organization", &giver.organisation, &giver.organisation_name)}],
        "protocolApplied": [{
            "series": dose.programme,
            "doseNumberPositiveInt": dose.number,
        }],
    });
    Resource::new("Immunization", id, body)
}
