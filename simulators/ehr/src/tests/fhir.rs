use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::Language;

use crate::fhir::{
    Order, Party, ReportState, answer, answerer, atc, booking, comment, create, kept_meta, language, opened,
    prescription, referral, renewed, report, subject, task_patch, task_with, update,
};
use crate::rules::{Subject, panel};

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn old() -> Value {
    json!({
        "resourceType": "MedicationRequest", "id": "old", "status": "active", "intent": "order", "identifier": [{ "value": "x" }],
        "meta": { "versionId": "3", "lastUpdated": "2026-01-01T00:00:00Z", "security": [{ "code": "NORN_FORANS" }] },
        "extension": [{ "url": "http://hl7.no/fhir/ig/StructureDefinition/no-basis-prescriptiongroup", "extension": [
            { "url": "prescriptiongroup", "valueCoding": { "system": "urn:oid:2.16.578.1.12.4.1.1.7421", "code": "B" } }] }],
        "medicationCodeableConcept": { "coding": [{ "system": "http://www.whocc.no/atc", "code": "C09CA01" }], "text": "Losartan 50 mg" },
        "subject": { "reference": "Patient/kari" }, "authoredOn": "2025-11-01T00:00:00Z",
        "courseOfTherapyType": { "coding": [{ "code": "acute" }] },
        "dispenseRequest": { "numberOfRepeatsAllowed": 3, "validityPeriod": { "start": "2025-11-01", "end": "2026-10-31" } },
    })
}

fn message() -> Value {
    json!({
        "resourceType": "Communication", "id": "m2", "status": "in-progress",
        "meta": { "versionId": "1", "security": [{ "code": "N" }] },
        "category": [{ "coding": [{ "system": "urn:varde:message", "code": "consultation" }] },
                     { "coding": [{ "system": "urn:varde:service", "code": "consultations" }] }],
        "subject": { "reference": "Patient/emil" }, "sender": { "reference": "Patient/ingrid", "display": "Ingrid" },
        "recipient": [{ "reference": "HealthcareService/h" }, { "reference": "Practitioner/d", "display": "Ole Lie" }],
        "partOf": [{ "reference": "Communication/m1" }], "payload": [{ "contentString": "Hei" }],
    })
}

#[test]
fn what_a_doctor_looks_at_is_read() {
    let (request, strange) = (old(), json!({ "extension": "x", "contained": 3, "courseOfTherapyType": [] }));
    let read = prescription(&request);
    assert_eq!((read.status, read.group, read.is_short_course), ("active", Some("B"), true));
    assert_eq!(atc(&request), Some("C09CA01"));
    let contained = json!({ "status": "active", "contained": [{ "extension": request["extension"] }] });
    assert_eq!(prescription(&contained).group, Some("B"));
    assert_eq!(prescription(&strange).group, None);
    assert_eq!(atc(&strange), None);
}

#[test]
fn a_new_prescription_is_the_old_one_for_another_year_and_for_the_same_eyes() {
    let new = renewed(&old(), "new", "2026-11-23".parse().unwrap(), now()).unwrap();
    assert_eq!(new["id"], "new");
    assert_eq!(new["priorPrescription"]["reference"], "MedicationRequest/old");
    assert_eq!(new["dispenseRequest"]["validityPeriod"], json!({ "start": "2026-11-23", "end": "2027-11-22" }));
    assert_eq!(new["dispenseRequest"]["numberOfRepeatsAllowed"], 3);
    assert_eq!(new["meta"], json!({ "security": [{ "code": "NORN_FORANS" }] }));
    assert_eq!(
        (&new["medicationCodeableConcept"], &new["identifier"]),
        (&old()["medicationCodeableConcept"], &Value::Null)
    );
    assert_eq!(new["authoredOn"], "2026-11-23T09:00:00Z");
    let bare = json!({ "resourceType": "MedicationRequest", "id": "a", "status": "active" });
    let new = renewed(&bare, "b", "2028-02-29".parse().unwrap(), now()).unwrap();
    assert_eq!(new.get("meta"), None);
    assert_eq!(new["dispenseRequest"]["validityPeriod"]["end"], "2029-02-27");
}

#[test]
fn an_answer_goes_to_the_writer_in_the_same_conversation_under_the_same_rules() {
    let office = Party { reference: Some("HealthcareService/h".to_owned()), display: None };
    let from = answerer(&message(), &office);
    assert_eq!(from.display.as_deref(), Some("Ole Lie"));
    let said = answer(&message(), "a", &from, "Hei!", now()).unwrap();
    assert_eq!(said["subject"]["reference"], "Patient/emil");
    assert_eq!(said["recipient"][0]["reference"], "Patient/ingrid");
    assert_eq!(said["partOf"][0]["reference"], "Communication/m1");
    assert_eq!(said["inResponseTo"][0]["reference"], "Communication/m2");
    assert_eq!(said["meta"], json!({ "security": [{ "code": "N" }] }));
    assert_eq!(said["category"], message()["category"]);
    assert_eq!(said.get("received"), None);
    assert_eq!(subject(&message()), Subject::Consultation);
    let mut first = message();
    for member in ["partOf", "category", "recipient", "meta"] {
        first.as_object_mut().unwrap().remove(member);
    }
    let said = answer(&first, "a", &answerer(&first, &office), "Hei!", now()).unwrap();
    assert_eq!(said["partOf"][0]["reference"], "Communication/m2");
    assert_eq!(said["sender"], json!({ "reference": "HealthcareService/h" }));
    assert_eq!((said.get("meta"), said.get("category")), (None, None));
    assert_eq!(subject(&first), Subject::Contact);
}

#[test]
fn a_change_names_the_version_it_is_of_and_a_new_resource_must_be_new() {
    let opened = opened(&message(), now());
    assert_eq!((&opened["status"], &opened["received"]), (&json!("completed"), &json!("2026-11-23T09:00:00Z")));
    let entry = update(&opened, &message()).unwrap();
    assert_eq!(entry["request"], json!({ "method": "PUT", "url": "Communication/m2", "ifMatch": "W/\"1\"" }));
    assert_eq!(create(&opened).unwrap()["request"]["ifNoneMatch"], "*");
    assert_eq!(update(&opened, &json!({ "resourceType": "Task", "id": "t" })), None, "a version is needed");
    let task = task_with(
        &json!({ "status": "requested", "for": 1 }),
        "rejected",
        "then",
        &[("statusReason", json!({ "text": "no" }))],
    );
    assert_eq!(
        task,
        json!({ "status": "rejected", "for": 1, "lastModified": "then", "statusReason": { "text": "no" } })
    );
    assert_eq!(
        task_patch("requested", "received", now())[0],
        json!({ "op": "test", "path": "/status", "value": "requested" })
    );
    assert_eq!(kept_meta(&json!({})), json!({}));
}

#[test]
fn a_report_holds_its_values_and_is_shown_at_once() {
    let party = |reference: &str| Party { reference: Some(reference.to_owned()), display: Some("navn".to_owned()) };
    let order = Order {
        patient: party("Patient/p"),
        doctor: party("Practitioner/d"),
        office: party("HealthcareService/h"),
        language: "nb".to_owned(),
        atc: None,
        taken: now().as_second(),
    };
    let values: Vec<_> = panel(None).iter().map(|analysis| (*analysis, analysis.high + 1)).collect();
    let resources = report("r", &order, &values, ReportState::Corrected, ("Utenfor", now()));
    let (report, observation) = (resources.last().unwrap(), &resources[0]);
    assert_eq!(resources.len(), values.len() + 1);
    assert_eq!(report["result"][0]["reference"], "Observation/r-0");
    assert_eq!((&report["status"], &observation["status"]), (&json!("corrected"), &json!("corrected")));
    assert_eq!(report["meta"]["extension"][0], json!({ "url": "urn:varde:release", "valueCode": "now" }));
    assert_eq!(observation["valueQuantity"]["value"], json!(4.7));
    assert_eq!(observation["interpretation"][0]["coding"][0]["code"], "H");
    assert_eq!(report["performer"][0], json!({ "display": "navn" }), "a service of an office is no performer");
    assert_eq!(report["resultsInterpreter"][0]["reference"], "Practitioner/d");
    let said = comment("c", "r", &order, "Som ventet.", now());
    assert_eq!(said["about"][0]["reference"], "DiagnosticReport/r");
}

#[test]
fn the_language_is_the_one_the_person_prefers() {
    let speaks =
        |tag: &str, preferred: bool| json!({ "language": { "coding": [{ "code": tag }] }, "preferred": preferred });
    let person = |languages: Vec<Value>| json!({ "communication": languages });
    for (patient, expected) in [
        (person(vec![speaks("nb", false), speaks("se", true)]), Language::Se),
        (person(vec![speaks("en-GB", false)]), Language::En),
        (person(vec![speaks("pl", true)]), Language::Nb),
        (person(Vec::new()), Language::Nb),
        (json!({}), Language::Nb),
    ] {
        assert_eq!(language(&patient), expected);
    }
}

#[test]
fn a_time_is_taken_into_the_books_or_moved_to_another_slot() {
    let time = json!({
        "resourceType": "Appointment", "id": "a", "status": "booked", "comment": "vondt", "start": "2026-11-30T09:00:00Z", "end": "2026-11-30T09:20:00Z",
        "slot": [{ "reference": "Slot/s" }], "participant": [{ "actor": { "reference": "Patient/p" } },
            { "actor": { "reference": "Practitioner/d", "display": "Ole Lie" } }],
    });
    let kept = booking::confirmed(&time, "Kom tidlig.");
    assert!(booking::is_in_our_books(&kept) && !booking::is_in_our_books(&time));
    assert_eq!((&kept["patientInstruction"], &kept["comment"]), (&json!("Kom tidlig."), &json!("vondt")));
    assert_eq!(booking::confirmed(&kept, "Noe annet.")["patientInstruction"], "Kom tidlig.");
    let slot = json!({ "resourceType": "Slot", "id": "t", "status": "free", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T10:30:00Z" });
    let moved = booking::moved(&time, &slot).unwrap();
    assert_eq!(
        (&moved["start"], &moved["minutesDuration"], &moved["slot"][0]["reference"]),
        (&slot["start"], &json!(30), &json!("Slot/t"))
    );
    assert!(booking::is_in_our_books(&moved));
    assert_eq!(booking::with_status(&slot, "busy")["status"], "busy");
    assert!(booking::is_in_the_way(
        &slot,
        &[json!({ "start": "2026-12-01T10:20:00Z", "end": "2026-12-01T10:40:00Z" })]
    ));
    assert!(!booking::is_in_the_way(
        &slot,
        &[json!({ "start": "2026-12-01T10:30:00Z", "end": "2026-12-01T10:40:00Z" }), json!({})]
    ));
    assert_eq!(booking::patient(&time).as_deref(), Some("Patient/p"));
    assert_eq!(booking::practitioner(&time).and_then(|who| who.display).as_deref(), Some("Ole Lie"));
}

#[test]
fn a_referral_gets_its_dates_and_its_verdict_and_keeps_what_it_had() {
    let unit =
        Party { reference: Some("Organization/h-ort".to_owned()), display: Some("Ortopedisk avdeling".to_owned()) };
    let from = Party { reference: Some("Practitioner/d".to_owned()), display: None };
    let request = referral::new("r", &message(), &from, &unit, now()).unwrap();
    assert!(referral::waits(&request));
    assert_eq!(request["meta"], json!({ "security": [{ "code": "N" }] }));
    let today = "2026-11-23".parse().unwrap();
    let received = referral::received(&request, today);
    let again = referral::received(&received, today);
    let dates = |of: &Value| of["extension"].as_array().unwrap().len();
    assert_eq!((dates(&received), dates(&again)), (2, 2), "each date once");
    let verdict = referral::Verdict { code: "granted", words: "Ja.", care_by: Some("2027-02-15".parse().unwrap()) };
    let assessed = referral::assessed(&received, &verdict, today);
    assert!(!referral::waits(&assessed));
    assert_eq!(assessed["extension"].as_array().unwrap().len(), 4);
    let task = referral::assessment("t", &request, now()).unwrap();
    assert_eq!((&task["basedOn"][0]["reference"], &task["for"]), (&json!("ServiceRequest/r"), &message()["subject"]));
    let done = referral::assessment_done(&task, &verdict, now());
    assert_eq!(done["businessStatus"]["coding"][0]["code"], "granted");
    assert_eq!((&done["status"], &done["statusReason"]["text"]), (&json!("completed"), &json!("Ja.")));
    let visit = referral::visit("v", &request, Some(unit), now(), now()).unwrap();
    assert_eq!(
        (&visit["basedOn"][0]["reference"], &visit["end"]),
        (&json!("ServiceRequest/r"), &json!("2026-11-23T09:45:00Z"))
    );
}
