use serde_json::{Value, json};

use super::super::fhir::{self, ListedWith, Names};
use super::super::model::{Gp, Place, Status};
use super::slot;

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn names() -> Names {
    let mut names = Names::default();
    let practitioner = json!({"resourceType": "Practitioner", "name": [{"given": ["Kari"], "family": "Lege"}]});
    names.add("Practitioner", &"d1".parse().unwrap(), &bytes(&practitioner));
    let location = json!({"resourceType": "Location", "name": "Torget legesenter",
        "address": {"line": ["Torget 1"], "postalCode": "0155", "city": "Oslo"},
        "telecom": [{"system": "phone", "value": "+47 22 00 00 00"}]});
    names.add("Location", &"l1".parse().unwrap(), &bytes(&location));
    names
}

#[test]
fn an_appointment_is_read_with_names_of_those_it_is_with() {
    let body = bytes(&json!({
        "resourceType": "Appointment", "id": "a1", "status": "booked",
        "start": "2026-12-01T10:00:00+01:00", "end": "2026-12-01T10:20:00+01:00",
        "serviceCategory": [{"coding": [{"code": "27"}]}],
        "participant": [
            {"actor": {"reference": "Patient/p1"}, "status": "accepted"},
            {"actor": {"reference": "Practitioner/d1", "display": "old name"}, "status": "accepted"},
            {"actor": {"reference": "Practitioner/d2", "display": "Per Vikar"}, "status": "accepted"},
            {"actor": {"reference": "Location/l1"}, "status": "accepted"}],
    }));
    let read = fhir::appointment(&body, 4, &names()).unwrap();
    assert_eq!(read.start.unwrap().to_string(), "2026-12-01T09:00:00Z");
    assert_eq!(read.with, ["Kari Lege", "Per Vikar"]);
    assert_eq!(read.service, varde_rights::Service::SpecialistAppointments);
    let place = read.place.unwrap();
    assert_eq!(place.address.as_deref(), Some("Torget 1, 0155 Oslo"));
    assert_eq!((read.version, read.status, read.patient), (4, Status::Booked, "p1".parse().ok()));
}

#[test]
fn strange_appointments_are_refused_and_not_guessed_at() {
    for body in [
        json!({"id": "a1", "status": "sometime"}),
        json!({"id": "a 1", "status": "booked"}),
        json!({"status": "booked"}),
        json!([]),
    ] {
        assert!(fhir::appointment(&bytes(&body), 1, &Names::default()).is_err(), "{body}");
    }
}

#[test]
fn a_change_keeps_every_member_it_does_not_concern_byte_for_byte() {
    let body = br#"{"resourceType":"Appointment","id":"a1","status":"booked","extension":[{"url":"urn:x","valueDecimal":1.00}]}"#;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let moved = text(fhir::moved(body, &slot("2026-12-02T09:00:00Z")).unwrap());
    assert!(moved.contains(r#""extension":[{"url":"urn:x","valueDecimal":1.00}]"#), "{moved}");
    assert!(moved.contains(r#""start":"2026-12-02T09:00:00Z""#) && moved.contains(r#""reference":"Slot/s2""#));
    let cancelled = text(fhir::cancelled(body).unwrap());
    assert!(cancelled.contains(r#""status":"cancelled""#) && cancelled.contains(r#""code":"AAI""#));
}

#[test]
fn a_new_appointment_reads_back_as_what_was_booked() {
    let gp = Gp {
        practitioner: "d1".parse().unwrap(),
        name: "Kari Lege".to_owned(),
        schedule: "sch".parse().unwrap(),
        place: Some(("l1".parse().unwrap(), Place { name: "Torget legesenter".to_owned(), ..Place::default() })),
    };
    let slot = slot("2026-12-02T09:00:00Z");
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let id = "a9".parse().unwrap();
    let value = fhir::new_appointment(&id, &"p1".parse().unwrap(), &gp, &slot, "kne", now);
    let read = fhir::appointment(&bytes(&value), 1, &names()).unwrap();
    assert_eq!((read.start, read.end, read.slot), (Some(slot.start), Some(slot.end), Some(slot.id)));
    assert_eq!(read.comment.as_deref(), Some("kne"));
    assert_eq!(value["minutesDuration"], 20);
}

#[test]
fn a_visit_is_one_that_took_place() {
    let visit = |status: &str| {
        let body = json!({"status": status, "period": {"start": "2024-01-02T03:04:05Z"},
            "type": [{"coding": [{"display": "Kontroll"}]}], "serviceProvider": {"display": "Torget"}});
        fhir::visit(&bytes(&body)).unwrap()
    };
    assert_eq!(visit("finished").unwrap().what.as_deref(), Some("Kontroll"));
    assert_eq!(visit("entered-in-error"), None);
    assert_eq!(visit("planned"), None);
}

#[test]
fn the_gp_is_found_directly_or_through_a_role() {
    let patient = |reference: &str| bytes(&json!({"generalPractitioner": [{"reference": reference}]}));
    let id = "x".parse().unwrap();
    assert_eq!(fhir::listed_with(&patient("Practitioner/x")), Some(ListedWith::Practitioner(id)));
    let id = "r".parse().unwrap();
    assert_eq!(fhir::listed_with(&patient("PractitionerRole/r")), Some(ListedWith::Role(id)));
    assert_eq!(fhir::listed_with(&patient("Organization/o")), None);
}
