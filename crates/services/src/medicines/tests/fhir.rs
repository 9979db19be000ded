use jiff::civil::date;
use serde_json::{Value, json};

use super::super::fhir;
use super::super::model::{DispensingState, Office, RenewalState, Status, Use};
use super::prescription;

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn request() -> Value {
    json!({
        "resourceType": "MedicationRequest", "id": "rx1", "status": "active", "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{ "system": "http://www.whocc.no/atc", "code": "C09CA01", "display": "losartan" }],
            "text": "Losartan tabletter 50 mg" },
        "subject": { "reference": "Patient/kari" }, "authoredOn": "2026-03-01T13:10:00+01:00",
        "requester": { "reference": "Practitioner/d1", "display": "Lege Legesen" },
        "priorPrescription": { "reference": "MedicationRequest/rx0" },
        "dispenseRequest": { "numberOfRepeatsAllowed": 3, "quantity": { "value": 98.0, "unit": "stk" },
            "validityPeriod": { "start": "2026-03-01", "end": "2027-02-28" } },
        "note": [{ "text": "Kontroller blodtrykket" }],
    })
}

#[test]
fn a_prescription_is_read_with_its_name_number_and_last_day() {
    let one = fhir::prescription(&bytes(&request())).unwrap().unwrap();
    assert_eq!((one.name.as_str(), one.atc.as_deref()), ("Losartan tabletter 50 mg", Some("C09CA01")));
    assert_eq!(one.allowed, Some(4), "FHIR counts the repeats after the first");
    assert_eq!((one.valid_until, one.amount.as_deref()), (Some(date(2027, 2, 28)), Some("98 stk")));
    assert_eq!((one.status, one.replaces), (Status::Active, "rx0".parse().ok()));
    assert_eq!((one.prescriber.as_deref(), one.prescriber_id), (Some("Lege Legesen"), "d1".parse().ok()));
    assert_eq!(one.notes, ["Kontroller blodtrykket"]);
}

#[test]
fn the_prescription_group_is_read_where_sources_put_it() {
    let group = json!([{ "url": "http://hl7.no/fhir/ig/StructureDefinition/no-basis-prescriptiongroup", "extension": [
        { "url": "prescriptiongroup", "valueCoding": { "system": "urn:oid:2.16.578.1.12.4.1.1.7421", "code": "B" } }] }]);
    let mut on_it = request();
    on_it["extension"] = group.clone();
    let mut inside = request();
    inside.as_object_mut().unwrap().remove("medicationCodeableConcept");
    inside["medicationReference"] = json!({ "reference": "#m" });
    inside["contained"] = json!([{ "resourceType": "Medication", "id": "m", "extension": group,
        "code": { "coding": [{ "system": "http://www.whocc.no/atc", "code": "N05CF01", "display": "zopiklon" }] } }]);
    for (body, name) in [(on_it, "Losartan tabletter 50 mg"), (inside, "zopiklon")] {
        let one = fhir::prescription(&bytes(&body)).unwrap().unwrap();
        assert_eq!((one.group.as_deref(), one.name.as_str()), (Some("B"), name));
    }
}

#[test]
fn drafts_and_errors_are_no_prescriptions_and_strange_ones_do_no_harm() {
    for (member, value) in
        [("status", "draft"), ("status", "entered-in-error"), ("intent", "proposal"), ("intent", "plan")]
    {
        let mut body = request();
        body[member] = json!(value);
        assert!(fhir::prescription(&bytes(&body)).unwrap().is_none(), "{value}");
    }
    let bare = json!({ "resourceType": "MedicationRequest", "id": "x", "status": "unknown", "intent": "order",
        "medicationReference": { "reference": "Medication/m" }, "subject": { "reference": "Patient/kari" } });
    let one = fhir::prescription(&bytes(&bare)).unwrap().unwrap();
    assert_eq!((one.name.as_str(), one.allowed, one.valid_until), ("", None, None));
    assert!(fhir::prescription(b"{\"id\": 1}").is_err() && fhir::dispensing(b"[").is_err());
}

#[test]
fn synthea_s_prescription_shows_its_display_and_not_its_code() {
    let body = json!({ "resourceType": "MedicationRequest", "id": "s", "status": "active", "intent": "order",
        "medicationCodeableConcept": { "coding": [{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
            "code": "310325", "display": "ferrous sulfate 325 MG Oral Tablet" }] },
        "subject": { "reference": "Patient/kari" }, "authoredOn": "2020-02-06T06:04:12+01:00" });
    let one = fhir::prescription(&bytes(&body)).unwrap().unwrap();
    assert_eq!((one.name.as_str(), one.atc), ("ferrous sulfate 325 MG Oral Tablet", None));
}

#[test]
fn dispensings_and_medicines_in_use_are_read_by_their_status() {
    let given = |status: &str, kind: &str| {
        let body = json!({ "resourceType": "MedicationDispense", "status": status,
            "type": { "coding": [{ "code": kind }] }, "medicationCodeableConcept": { "text": "Losartan" },
            "authorizingPrescription": [{ "reference": "MedicationRequest/rx1" }],
            "performer": [{ "actor": { "reference": "Organization/p", "display": "Bjørka apotek" } }],
            "quantity": { "value": 98 }, "whenHandedOver": "2026-03-02" });
        fhir::dispensing(&bytes(&body)).unwrap()
    };
    let one = given("completed", "UD").unwrap();
    assert_eq!((one.state, one.in_dose_bags, one.amount.as_deref()), (DispensingState::Collected, true, Some("98")));
    assert_eq!((one.prescription, one.pharmacy.as_deref()), ("rx1".parse().ok(), Some("Bjørka apotek")));
    assert_eq!(
        given("in-progress", "FF").map(|its| (its.state, its.in_dose_bags)),
        Some((DispensingState::Preparing, false))
    );
    assert_eq!(given("declined", "FF"), None);
    for (status, expected) in [
        ("active", Some(Use::Current)),
        ("on-hold", Some(Use::Paused)),
        ("stopped", Some(Use::Stopped)),
        ("not-taken", None),
    ] {
        let body = json!({ "resourceType": "MedicationStatement", "status": status,
            "medicationCodeableConcept": { "text": "Losartan" }, "subject": { "reference": "Patient/kari" } });
        assert_eq!(fhir::medicine(&bytes(&body)).unwrap().map(|its| its.state), expected, "{status}");
    }
}

#[test]
fn an_interaction_has_the_source_s_words_or_is_not_shown() {
    let issue = |detail: Option<&str>| {
        let mut body = json!({ "resourceType": "DetectedIssue", "status": "final", "patient": { "reference": "Patient/kari" },
            "author": { "display": "Bjørka apotek" }, "implicated": [{ "reference": "MedicationRequest/rx1" }] });
        if let Some(detail) = detail {
            body["detail"] = json!(detail);
        }
        fhir::interaction(&bytes(&body)).unwrap()
    };
    let one = issue(Some("Ta dem med to timers mellomrom")).unwrap();
    assert_eq!((one.words.as_str(), one.source.as_deref()), ("Ta dem med to timers mellomrom", Some("Bjørka apotek")));
    assert_eq!(issue(None), None);
}

fn task(security: &[Value], message: &str) -> Value {
    let of = super::super::model::Prescription { security: security.to_vec(), ..prescription() };
    let ask = fhir::Ask {
        prescription: &of,
        patient: &"nora".parse().unwrap(),
        by: &"kari".parse().unwrap(),
        office: &Office { reference: "Organization/o1".to_owned(), name: "Skogen legesenter".to_owned() },
        message,
        group: "form-1",
        due: date(2026, 11, 27),
    };
    fhir::new_task(&"t1".parse().unwrap(), &ask, "2026-11-20T09:00:00Z".parse().unwrap())
}

#[test]
fn a_renewal_comes_back_as_it_was_written() {
    let label = json!({ "system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN_FORANS" });
    let body = task(std::slice::from_ref(&label), "Jeg har to igjen");
    let read = fhir::renewal(&bytes(&body), 3).unwrap().unwrap();
    assert_eq!((read.version, read.state, read.prescription.as_str()), (3, RenewalState::Sent, "rx1"));
    assert_eq!((read.due, read.office.as_str()), (Some(date(2026, 11, 27)), "Skogen legesenter"));
    assert_eq!(read.message.as_deref(), Some("Jeg har to igjen"));
    let concerned = fhir::concerned(&bytes(&body)).unwrap();
    assert_eq!((concerned.by.as_str(), concerned.patient.as_str()), ("kari", "nora"));
    assert_eq!(concerned.security, [label], "who may not know of the prescription may not know of this");
    assert_eq!(task(&[], "").get("input"), None, "no message is no empty message");
}

#[test]
fn what_a_system_answers_is_read_as_its_state() {
    let talk = json!({ "coding": [{ "system": "urn:varde:renewal", "code": "needs-consultation" }] });
    for (status, business, expected) in [
        ("requested", None, Some(RenewalState::Sent)),
        ("received", None, Some(RenewalState::Received)),
        ("in-progress", None, Some(RenewalState::Considered)),
        ("completed", None, Some(RenewalState::Approved)),
        ("rejected", None, Some(RenewalState::Refused)),
        ("rejected", Some(&talk), Some(RenewalState::NeedsConsultation)),
        ("on-hold", Some(&talk), Some(RenewalState::NeedsConsultation)),
        ("cancelled", None, Some(RenewalState::Withdrawn)),
        ("entered-in-error", None, None),
    ] {
        let mut body = task(&[], "");
        body["status"] = json!(status);
        body["statusReason"] = json!({ "text": "Ta en blodprøve først" });
        if let Some(business) = business {
            body["businessStatus"] = business.clone();
        }
        let read = fhir::renewal(&bytes(&body), 1).unwrap();
        assert_eq!(read.as_ref().map(|its| its.state), expected, "{status}");
        assert!(read.is_none_or(|its| its.reason.as_deref() == Some("Ta en blodprøve først")));
    }
    let mut other = task(&[], "");
    other["code"] = json!({ "coding": [{ "system": "urn:varde:request", "code": "correction" }] });
    assert!(fhir::renewal(&bytes(&other), 1).unwrap().is_none(), "another Task is no renewal");
    let taken_back = fhir::withdrawn(&bytes(&task(&[], "")), "2026-11-21T09:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(fhir::renewal(&taken_back, 2).unwrap().unwrap().state, RenewalState::Withdrawn);
}
