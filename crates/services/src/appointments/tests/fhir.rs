use serde_json::{Value, json};

use super::super::fhir::{self, ListedWith, Names};
use super::super::model::{CancelReason, Gp, Meeting, Place, Provider, Rights, Status};
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
    let cancelled = text(fhir::cancelled(body, CancelReason::Better, "frisk", false, false).unwrap());
    assert!(cancelled.contains(r#""status":"cancelled""#) && cancelled.contains(r#""code":"AAI""#));
    assert!(cancelled.contains("pat-fb") && cancelled.contains(r#""text":"frisk""#));
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

#[test]
fn whose_doing_it_is_that_an_appointment_is_called_off_is_said_in_the_codes_of_its_kind_of_care() {
    let body = br#"{"resourceType":"Appointment","id":"a1","status":"booked"}"#;
    for (on_behalf, is_specialist, expected) in
        [(false, false, "AAI"), (true, false, "APVAI"), (false, true, "2"), (true, true, "2")]
    {
        let bytes = fhir::cancelled(body, CancelReason::NotSaid, "", on_behalf, is_specialist).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["cancelationReason"]["coding"][0]["code"], expected);
        assert_eq!(value["cancelationReason"]["coding"][1]["code"], "pat");
    }
}

fn appointment_with(extra: Value) -> Value {
    let mut body = json!({"resourceType": "Appointment", "id": "a1", "status": "booked", "start": "2026-12-01T09:00:00Z",
        "participant": [{"actor": {"reference": "Patient/p1"}, "status": "accepted"}]});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    body
}

fn read(extra: Value) -> super::super::model::Appointment {
    fhir::appointment(&bytes(&appointment_with(extra)), 1, &names()).unwrap()
}

#[test]
fn the_rights_a_clinic_has_set_are_those_it_names_and_without_any_all_is_open() {
    let own = |codes: &[&str]| {
        let all: Vec<Value> =
            codes.iter().map(|code| json!({"url": "urn:varde:citizen-may", "valueCode": code})).collect();
        json!({ "extension": all })
    };
    let flags = |codes: &[&str]| {
        let flag = |code: &&str| {
            json!({"resourceType": "Flag", "id": code, "status": "active", "code": {"coding": [{"code": code}]},
                "subject": {"reference": "Patient/p1"}})
        };
        json!({ "contained": codes.iter().map(flag).collect::<Vec<_>>() })
    };
    for (extra, expected) in [
        (json!({}), [true, true, true, true]),
        (own(&["nothing"]), [false, false, false, false]),
        (own(&["cancel", "short-notice"]), [true, false, false, true]),
        (own(&["something-new"]), [false, false, false, false]),
        (flags(&["cancelWithComment"]), [true, false, true, false]),
        (flags(&["canChangeAppointment", "canUseShortNotice"]), [false, true, false, true]),
        (flags(&["canAcknowledge"]), [false, false, false, false]),
    ] {
        let Rights { cancel, change, comment, short_notice, .. } = read(extra.clone()).rights;
        assert_eq!([cancel, change, comment, short_notice], expected, "{extra}");
    }
    let hours = |hours: u32| {
        let extra = json!({"extension": [{"url": "urn:varde:change-deadline-hours", "valuePositiveInt": hours}]});
        read(extra).rights.deadline.as_hours()
    };
    assert_eq!((hours(48), hours(100_000)), (48, 31 * 24), "a month at most");
}

#[test]
fn who_offers_it_and_how_one_meets_are_told_from_codes_and_places() {
    let category =
        |system: &str, code: &str| json!({"serviceCategory": [{"coding": [{"system": system, "code": code}]}]});
    let (hl7, municipal) =
        ("http://terminology.hl7.org/CodeSystem/service-category", "urn:oid:2.16.578.1.12.4.1.1.7619");
    let physiotherapy = json!({"serviceType": [{"coding":
        [{"system": "http://terminology.hl7.org/CodeSystem/service-type", "code": "65"}]}]});
    for (extra, expected) in [
        (category(hl7, "17"), Provider::Gp),
        (category(municipal, "17"), Provider::Municipality),
        (category(hl7, "27"), Provider::Hospital),
        (physiotherapy, Provider::Physiotherapist),
        (json!({}), Provider::Other),
    ] {
        assert_eq!(read(extra.clone()).provider, expected, "{extra}");
    }
    let how = |extra: Value| read(extra).meeting;
    let said = |code: &str| json!({"extension": [{"url": "urn:varde:meeting", "valueCode": code}]});
    let video = |address: &str| json!({"extension": [{"url": "urn:varde:video", "valueUrl": address}]});
    assert_eq!(how(said("telephone")), Meeting::Telephone);
    assert_eq!(how(said("group")), Meeting::Group);
    assert_eq!(how(video("https://video.example/1")), Meeting::Video(Some("https://video.example/1".to_owned())));
    assert_eq!(how(video("javascript:alert(1)")), Meeting::Video(None), "no such address is given to anybody");
    assert_eq!(how(json!({})), Meeting::Place);
    let home = json!({
        "contained": [{"resourceType": "Location", "id": "home", "type": [{"coding": [{"code": "PTRES"}]}]}],
        "participant": [{"actor": {"reference": "Patient/p1"}, "status": "accepted"},
            {"actor": {"reference": "#home"}, "status": "accepted"}],
    });
    assert_eq!(how(home), Meeting::Home);
}

#[test]
fn a_place_has_its_way_in_and_where_on_earth_it_is() {
    let place = |position: Value| {
        fhir::place(&bytes(&json!({"resourceType": "Location", "name": "Torget", "description": "Inngang fra gården",
            "position": position})))
        .unwrap()
    };
    let there = place(json!({"latitude": 59.91, "longitude": 10.75}));
    assert_eq!(there.way_in.as_deref(), Some("Inngang fra gården"));
    assert_eq!(there.position, Some(("59.91".to_owned(), "10.75".to_owned())));
    assert_eq!(place(json!({"latitude": 591.0, "longitude": 10.75})).position, None, "that is nowhere");
}

#[test]
fn a_row_is_read_and_a_source_can_ask_for_no_reminder() {
    let part = |url: &str, number: u32| json!({"url": url, "valuePositiveInt": number});
    let row = json!({"extension": [{"url": "urn:varde:series",
        "extension": [{"url": "id", "valueString": "r1"}, part("number", 3), part("count", 10)]}]});
    let series = read(row).series.unwrap();
    assert_eq!((series.id.as_str(), series.number, series.count), ("r1", Some(3), Some(10)));
    let tagged = |code: &str| {
        let tag = json!({"system": "http://helsenorge.no/fhir/paminnelse", "code": code});
        read(json!({"meta": {"tag": [tag]}})).no_reminder
    };
    assert!(tagged("1") && !tagged("9"));
}

#[test]
fn a_wish_is_read_as_it_is_written_through_all_its_states() {
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let stored = bytes(&json!({"serviceCategory": [{"coding": [{"code": "27"}]}],
        "meta": {"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN_FORANS"}]}}));
    let (id, schedule) = ("w1".parse().unwrap(), "sch".parse().unwrap());
    let (patient, by) = ("p1".parse().unwrap(), "p2".parse().unwrap());
    let appointment = super::appointment();
    let wish = fhir::new_wish(&id, &appointment, (&patient, &by), (&schedule, 24), &stored, now).unwrap();
    assert_eq!(
        wish["meta"]["security"][0]["code"], "NORN_FORANS",
        "who may not know of the one does not know of the other"
    );
    assert_eq!(wish["serviceCategory"][0]["coding"][0]["code"], "27");
    let queued = fhir::wish(&bytes(&wish), 1).unwrap().unwrap();
    assert!(queued.is_open && queued.offer.is_none() && queued.by == by && queued.since == now);
    assert_eq!((queued.notice.as_hours(), queued.appointment.as_str()), (24, "a1"));

    let offered = fhir::offered_to(&bytes(&wish), &slot("2026-11-25T09:00:00Z"), now).unwrap();
    let with_offer = fhir::wish(&offered, 2).unwrap().unwrap();
    assert_eq!(with_offer.offer.as_ref().map(|offer| (offer.slot.as_str(), offer.ends)), Some(("s2", now)));
    assert_eq!(with_offer.offered.len(), 1);

    let back = fhir::wish(&bytes(&fhir::back_in_queue(&offered).unwrap()), 3).unwrap().unwrap();
    assert!(back.is_open && back.offer.is_none());
    assert_eq!(back.offered.len(), 1, "what was offered once is remembered");
    let ended = fhir::wish(&bytes(&fhir::ended(&offered).unwrap()), 4).unwrap().unwrap();
    assert!(!ended.is_open && ended.offer.is_none());
    assert_eq!(fhir::wish(&bytes(&appointment_with(json!({}))), 1).unwrap(), None);
}
