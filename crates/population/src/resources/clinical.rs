use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Resource, coding, concept, reference, subject};
use crate::calendar::{add_days, add_months, instant};
use crate::catalogue::{Ailment, Dose, Medicine, Taken};
use crate::people::Citizen;
use crate::providers::{Provider, Unit};
use crate::systems::{ATC, CONSENT_SYSTEM, ICPC2, PRESCRIPTION_GROUP, PRESCRIPTION_GROUP_EXTENSION, SNOMED};

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
    /// How often it can be collected after the first time; none for a short course.
    pub(crate) repeats: i32,
    pub(crate) pharmacy: (&'static str, &'static str),
}

impl Prescription<'_> {
    /// The medicine, as every resource about it names it.
    fn named(&self) -> Value {
        let medicine = self.medicine;
        json!({
            "coding": [coding(ATC, medicine.atc, medicine.substance)],
            "text": medicine.name,
        })
    }

    fn dosage(&self) -> Value {
        let mut dosage = self.medicine.taken.as_ref().map_or_else(|| json!({}), structured);
        if let Some(members) = dosage.as_object_mut() {
            members.insert("text".to_owned(), json!(self.medicine.dosage));
        }
        json!([dosage])
    }
}

/// A dose by its parts, as FHIR has it.
fn structured(taken: &Taken) -> Value {
    let quantity = |value: i32| json!({"value": value, "unit": taken.unit});
    let dose = if taken.least == taken.most {
        json!({"doseQuantity": quantity(taken.least)})
    } else {
        json!({"doseRange": {"low": quantity(taken.least), "high": quantity(taken.most)}})
    };
    let mut dosage = json!({"doseAndRate": [dose]});
    let repeat = match (taken.often, taken.when) {
        (0, []) => None,
        (0, when) => Some(json!({"when": when})),
        (often, _) => Some(json!({"frequency": often, "period": 1, "periodUnit": "d"})),
    };
    if let Some(members) = dosage.as_object_mut() {
        members.extend(repeat.map(|repeat| ("timing".to_owned(), json!({"repeat": repeat}))));
        members.extend(taken.needed.then(|| ("asNeededBoolean".to_owned(), json!(true))));
    }
    dosage
}

/// The MedicationRequest of a prescription.
pub(crate) fn prescription(order: &Prescription<'_>) -> Resource {
    let medicine = order.medicine;
    let course = if order.repeats == 0 {
        ("acute", "Short course (acute) therapy")
    } else {
        ("continuous", "Continuous long term therapy")
    };
    let body = json!({
        "extension": [{"url": PRESCRIPTION_GROUP_EXTENSION, "extension": [{
            "url": "prescriptiongroup",
            "valueCoding": {"system": PRESCRIPTION_GROUP, "code": medicine.group},
        }]}],
        "status": order.status,
        "intent": "order",
        "medicationCodeableConcept": order.named(),
        "subject": subject(order.citizen),
        "authoredOn": instant(order.day, 13 * 60 + 10),
        "requester": reference("Practitioner", &order.doctor.practitioner, &order.doctor.name),
        "reasonCode": [{"text": medicine.reason}],
        "courseOfTherapyType": {"coding": [coding(
            "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy", course.0, course.1)]},
        "dosageInstruction": order.dosage(),
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

/// The MedicationDispense of the `nth` time a prescription was collected, from 0; in dose bags for those who have several medicines for
/// life.
pub(crate) fn dispensing(order: &Prescription<'_>, nth: i32, day: Date, in_dose_bags: bool) -> Resource {
    let medicine = order.medicine;
    let kind = match (in_dose_bags, nth) {
        (true, _) => ("UD", "Unit Dose"),
        (false, 0) => ("FF", "First Fill"),
        (false, _) => ("RF", "Refill"),
    };
    let body = json!({
        "status": "completed",
        "medicationCodeableConcept": order.named(),
        "subject": subject(order.citizen),
        "performer": [{"actor": reference("Organization", order.pharmacy.0, order.pharmacy.1)}],
        "authorizingPrescription": [{"reference": format!("MedicationRequest/{}", order.id)}],
        "type": concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", kind.0, kind.1),
        "quantity": {"value": medicine.amount, "unit": medicine.amount_unit},
        "whenHandedOver": instant(day, 15 * 60 + 40),
        "dosageInstruction": order.dosage(),
    });
    Resource::new("MedicationDispense", format!("{}-collected-{}", order.id, nth + 1), body)
}

/// The MedicationStatement of a medicine in use, as the doctor went through it when the prescription was written.
pub(crate) fn medicine_in_use(order: &Prescription<'_>) -> Resource {
    let body = json!({
        "basedOn": [{"reference": format!("MedicationRequest/{}", order.id)}],
        "status": "active",
        "medicationCodeableConcept": order.named(),
        "subject": subject(order.citizen),
        "dateAsserted": instant(order.day, 13 * 60 + 12),
        "informationSource": reference("Practitioner", &order.doctor.practitioner, &order.doctor.name),
        "reasonCode": [{"text": order.medicine.reason}],
        "dosage": order.dosage(),
    });
    Resource::new("MedicationStatement", format!("{}-in-use", order.id), body)
}

/// How far a referral has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The hospital has it and has time left to assess it.
    Assessing,
    /// The hospital has it and should have assessed it.
    NotAssessed,
    /// The person has a right to care, which must begin within so many days from when it was sent.
    Granted { care_within_days: i32 },
    /// No, and why.
    Rejected(&'static str),
    /// The care is over.
    Completed,
}

impl Outcome {
    /// Code of `urn:varde:referral-decision`; none before it is decided.
    const fn decision(self) -> Option<&'static str> {
        match self {
            Self::Assessing | Self::NotAssessed => None,
            Self::Granted { .. } | Self::Completed => Some("granted"),
            Self::Rejected(_) => Some("rejected"),
        }
    }
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
    pub(crate) outcome: Outcome,
}

/// How long after it was sent a hospital assesses a referral, in days.
const ASSESSED_AFTER_DAYS: i32 = 9;

impl Referral<'_> {
    fn assessed(&self) -> Option<Date> {
        self.outcome.decision().map(|_| add_days(self.day, ASSESSED_AFTER_DAYS))
    }
}

/// The ServiceRequest of a referral, with the dates of Helsenorge's profile: received, assessed, and the last day by which
/// care must begin. What is not yet when `today` is, is not there.
pub(crate) fn referral(referral: &Referral<'_>, today: Date) -> Resource {
    let date = |name: &str, day: Date| {
        json!({
            "url": format!("http://helsenorge.no/fhir/StructureDefinition/{name}"),
            "valueDateTime": day.to_string(),
        })
    };
    let assessed = referral.assessed().filter(|day| *day <= today);
    let care_by = match referral.outcome {
        Outcome::Granted { care_within_days } => Some(add_days(referral.day, care_within_days)),
        Outcome::Completed => Some(add_days(referral.day, 180)),
        Outcome::Assessing | Outcome::NotAssessed | Outcome::Rejected(_) => None,
    };
    let mut dates = vec![date("no-mottatt-dato", add_days(referral.day, 1))];
    dates.extend(assessed.map(|day| date("no-vurdert-dato", day)));
    dates.extend(care_by.filter(|_| assessed.is_some()).map(|day| date("no-frist-for-helsehjelp", day)));
    let body = json!({
        "extension": dates,
        "identifier": [{"system": "urn:varde:referral", "value": referral.id}],
        "status": if referral.outcome == Outcome::Completed { "completed" } else { "active" },
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

/// The Task in which the hospital assesses a referral (docs/api.md).
pub(crate) fn assessment(of: &Referral<'_>) -> Resource {
    let owner = reference("Organization", &of.specialist.organisation, &of.specialist.organisation_name);
    let decision = of.outcome.decision();
    let why = if let Outcome::Rejected(why) = of.outcome { Some(json!({"text": why})) } else { None };
    let body = json!({
        "basedOn": [{"reference": format!("ServiceRequest/{}", of.id)}],
        "status": if decision.is_some() { "completed" } else { "in-progress" },
        "statusReason": why,
        "businessStatus": decision.map(|code| json!({"coding": [{"system": "urn:varde:referral-decision", "code": code}]})),
        "intent": "order",
        "code": {"coding": [{"system": "urn:varde:task", "code": "assess-referral"}]},
        "for": subject(of.citizen),
        "executionPeriod": of.assessed().map(|day| json!({"end": day.to_string()})),
        "authoredOn": instant(add_days(of.day, 1), 8 * 60),
        "owner": owner,
    });
    Resource::new("Task", format!("{}-assessment", of.id), body)
}

/// The Consent by which health personnel open a referral for the young person or the parents (docs/rights.md).
pub(crate) fn opening(citizen: &Citizen, referral: &str, audience: &str, content: bool, day: Date) -> Resource {
    let extent = if content { "content" } else { "outline" };
    let code = |code: &str| json!({"coding": [{"system": CONSENT_SYSTEM, "code": code}]});
    let body = json!({
        "status": "active",
        "scope": {"coding": [coding("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "Privacy Consent")]},
        "category": [{"coding": [coding(CONSENT_SYSTEM, "opening", "Opening of a referral")]}],
        "patient": subject(citizen),
        "dateTime": instant(day, 15 * 60),
        "policyRule": {"coding": [coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN", "opt-in")]},
        "provision": {
            "type": "permit",
            "code": [code(audience), code(extent)],
            "data": [{"meaning": "related", "reference": {"reference": format!("ServiceRequest/{referral}")}}],
        },
    });
    Resource::new("Consent", format!("{referral}-{audience}"), body)
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
