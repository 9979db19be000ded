use serde_json::{Value, json};

use crate::intake::{of_notification, of_resource};
use crate::model::{Kind, Stage};

fn task(system: &str, code: &str, status: &str, owner: &str) -> Value {
    json!({
        "resourceType": "Task", "id": "t1", "status": status, "owner": { "reference": owner },
        "code": { "coding": [{ "system": system, "code": code }] },
        "focus": { "reference": "Communication/m1" }, "restriction": { "period": { "end": "2026-11-27" } },
    })
}

#[test]
fn what_is_asked_of_an_office_is_taken_in_and_nothing_else() {
    let (ours, service) = ("urn:varde:task", "urn:varde:service");
    for (system, code, status, owner, expected) in [
        (ours, "renew", "requested", "Organization/o", Some((Kind::Renewal, Stage::New))),
        (ours, "renew", "received", "Practitioner/p", Some((Kind::Renewal, Stage::Taken))),
        (service, "messages", "requested", "HealthcareService/h", Some((Kind::Message, Stage::New))),
        (service, "consultations", "in-progress", "HealthcareService/h", Some((Kind::Message, Stage::Opened))),
        (ours, "renew", "cancelled", "Organization/o", None),
        (ours, "renew", "completed", "Organization/o", None),
        (ours, "look-up-review", "requested", "Organization/o", None),
        (service, "appointments", "requested", "Organization/o", None),
        ("urn:varde:request", "correction", "requested", "Organization/o", Some((Kind::Request, Stage::New))),
        ("urn:varde:request", "complaint", "requested", "Organization/o", None),
        ("urn:varde:request", "correction", "requested", "Patient/p", None),
        (service, "summary-record", "received", "Organization/o", Some((Kind::Suggestion, Stage::Taken))),
        (ours, "change-gp", "requested", "", Some((Kind::GpChange, Stage::New))),
        (ours, "change-gp", "cancelled", "", None),
        (ours, "renew", "requested", "Patient/p", None),
        (ours, "renew", "requested", "OrganizationAffiliation/p", None),
    ] {
        let found = of_resource(&task(system, code, status, owner)).map(|found| (found.kind, found.stage));
        assert_eq!(found, expected, "{system} {code} {status} {owner}");
    }
    for strange in
        [json!({}), json!([]), json!({ "resourceType": "Patient", "id": "p" }), json!({ "resourceType": "Task" })]
    {
        assert_eq!(of_resource(&strange), None);
    }
}

#[test]
fn a_notification_brings_what_stands_after_its_status() {
    let task = task("urn:varde:task", "renew", "requested", "Organization/o");
    let bundle = json!({ "entry": [{ "resource": { "resourceType": "Parameters" } }, { "resource": task }, {}] });
    let found = of_notification(&bundle);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id.as_str(), found[0].about.as_str()), ("Task/t1", "Communication/m1"));
    assert_eq!(found[0].promised.map(|at| at.to_string()).as_deref(), Some("2026-11-27T22:59:59Z"));
    assert_eq!(of_notification(&json!({ "entry": [{ "resource": { "resourceType": "Parameters" } }] })), []);
}

#[test]
fn a_time_that_was_booked_in_the_portal_is_taken_in_once() {
    let booked = |status: &str, more: Value| {
        let mut appointment =
            json!({ "resourceType": "Appointment", "id": "a", "status": status, "slot": [{ "reference": "Slot/s" }] });
        appointment.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        of_resource(&appointment).map(|found| found.kind)
    };
    assert_eq!(booked("booked", json!({})), Some(Kind::Booking));
    assert_eq!(booked("cancelled", json!({})), None);
    assert_eq!(booked("booked", json!({ "identifier": [{ "value": "theirs" }] })), None);
    assert_eq!(booked("booked", json!({ "slot": [] })), None);
}

#[test]
fn a_referral_to_an_organisation_is_taken_in_until_it_is_assessed() {
    let referral = |status: &str, code: &str, to: &str, extension: &str| {
        let url = format!("http://helsenorge.no/fhir/StructureDefinition/{extension}");
        let request = json!({
            "resourceType": "ServiceRequest", "id": "r", "status": status, "extension": [{ "url": url, "valueDateTime": "2026-11-20" }],
            "category": [{ "coding": [{ "system": "http://snomed.info/sct", "code": code }] }], "performer": [{ "reference": to }],
        });
        of_resource(&request).map(|found| found.kind)
    };
    assert_eq!(referral("active", "3457005", "Organization/h", "no-mottatt-dato"), Some(Kind::Referral));
    assert_eq!(referral("active", "3457005", "Organization/h", "no-vurdert-dato"), None);
    assert_eq!(referral("completed", "3457005", "Organization/h", "x"), None);
    assert_eq!(referral("active", "108252007", "Organization/h", "x"), None, "a laboratory's");
    assert_eq!(referral("active", "3457005", "Practitioner/p", "x"), None);
}

#[test]
fn what_is_about_nothing_that_is_there_is_about_itself() {
    let mut task = task("urn:varde:request", "missing-document", "requested", "Organization/o");
    task.as_object_mut().unwrap().remove("focus");
    assert_eq!(of_resource(&task).map(|found| found.about).as_deref(), Some("Task/t1"));
    task["code"]["coding"][0] = json!({ "system": "urn:varde:task", "code": "renew" });
    assert_eq!(of_resource(&task), None);
}

#[test]
fn a_wish_for_an_earlier_time_waits_in_a_queue_and_is_never_a_booking() {
    let wish = |status: &str| {
        let than = json!([{ "url": "urn:varde:earlier-than", "valueReference": { "reference": "Appointment/a" } }]);
        let wish = json!({ "resourceType": "Appointment", "id": "w", "status": status, "extension": than, "slot": [{ "reference": "Slot/s" }] });
        of_resource(&wish).map(|found| (found.kind, found.about))
    };
    assert_eq!(wish("waitlist"), Some((Kind::Earlier, "Appointment/a".to_owned())));
    for status in ["proposed", "cancelled", "booked"] {
        assert_eq!(wish(status), None, "{status}");
    }
}
