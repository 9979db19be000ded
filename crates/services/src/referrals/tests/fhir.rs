use serde_json::{Value, json};

use super::super::fhir;
use super::super::model::{Decision, Status, VisitState};
use super::{referral, task, visit};

fn bytes(body: &Value) -> Vec<u8> {
    body.to_string().into_bytes()
}

#[test]
fn a_referral_of_the_profile_is_read_with_all_its_dates() {
    let dates = [
        ("ansiennitets-dato", "2026-10-01"),
        ("mottatt-dato", "2026-11-03"),
        ("frist-for-vurdering", "2026-11-17"),
        ("vurdert-dato", "2026-11-10T09:00:00+01:00"),
        ("frist-for-helsehjelp", "2027-02-01"),
    ];
    let one = fhir::referral(&bytes(&referral("r1", &dates, json!({})))).unwrap().unwrap();
    let day = |text: &str| text.parse().ok();
    assert_eq!((one.first_received, one.received), (day("2026-10-01"), day("2026-11-03")));
    assert_eq!((one.assess_by, one.assessed, one.care_by), (day("2026-11-17"), day("2026-11-10"), day("2027-02-01")));
    assert_eq!((one.title.as_deref(), one.reason.as_deref()), (Some("Henvisning r1"), Some("Vondt kne")));
    assert_eq!((one.from.as_deref(), one.to.as_deref()), (Some("Ole Lie"), Some("Fjord sykehus")));
    assert_eq!((one.status, one.decision, one.organization), (Status::Active, None, "h1".parse().ok()));
}

#[test]
fn what_the_hospital_says_on_the_referral_itself_is_read_too() {
    let url = |name: &str| format!("http://helsenorge.no/fhir/StructureDefinition/{name}");
    let extension = json!([
        {"url": url("businessstatus"), "valueCodeableConcept": {"coding": [{"system": "urn:varde:referral-decision", "code": "redirected"}]}},
        {"url": url("servicerequest-statusReason"), "valueCodeableConcept": {"text": "Sendt til Fjell sykehus"}},
    ]);
    let one = fhir::referral(&bytes(&referral("r1", &[], json!({"extension": extension})))).unwrap().unwrap();
    assert_eq!((one.decision, one.why.as_deref()), (Some(Decision::Redirected), Some("Sendt til Fjell sykehus")));
}

#[test]
fn what_is_no_referral_is_none_and_strange_ones_leave_gaps() {
    for more in [
        json!({"category": [{"coding": [{"code": "108252007"}]}]}),
        json!({"status": "draft"}),
        json!({"status": "entered-in-error"}),
    ] {
        assert_eq!(fhir::referral(&bytes(&referral("r1", &[], more))).unwrap(), None);
    }
    let least = fhir::referral(br#"{"id": "r"}"#).unwrap().unwrap();
    assert_eq!((least.title, least.from, least.received, least.status), (None, None, None, Status::Active));
    let strange = [("mottatt-dato", "2026-11"), ("vurdert-dato", "soon")];
    let strange = fhir::referral(&bytes(&referral("r1", &strange, json!({})))).unwrap().unwrap();
    assert_eq!((strange.received, strange.assessed), (None, None), "a month says too little to count from");
    assert!(fhir::referral(b"[").is_err() && fhir::referral(b"{}").is_err());
}

#[test]
fn the_task_says_what_was_decided_and_when() {
    let of = |status: &str, decision| fhir::assessment(&bytes(&task("r1", status, decision))).unwrap();
    let done = of("completed", Some("granted")).unwrap();
    assert_eq!((done.decision, done.done, done.is_begun), (Some(Decision::Granted), "2026-11-12".parse().ok(), true));
    assert_eq!(done.why.as_deref(), Some("Vi har sett på den."));
    let begun = of("in-progress", None).unwrap();
    assert_eq!((begun.decision, begun.done, begun.is_begun), (None, None, true));
    assert!(!of("requested", None).unwrap().is_begun);
    for status in ["cancelled", "rejected", "entered-in-error"] {
        assert_eq!(of(status, Some("granted")), None, "{status}");
    }
    assert_eq!(fhir::assessment(br#"{"status": "completed"}"#).unwrap(), None, "it belongs to no referral");
}

#[test]
fn appointments_of_referrals_are_read_and_others_are_not() {
    let of =
        |status: &str| fhir::visit(&bytes(&visit("a1", "r1", status, "2026-12-01T09:00:00Z"))).unwrap().unwrap().state;
    assert_eq!(
        (of("booked"), of("fulfilled"), of("cancelled")),
        (VisitState::Booked, VisitState::Fulfilled, VisitState::Off)
    );
    assert_eq!(fhir::visit(br#"{"id": "a1"}"#).unwrap(), None);
    let (office, whole) =
        fhir::office(br#"{"name": "Kirurgen", "telecom": [{"system": "email", "value": "x"}, {"system": "phone", "value": "+4711"}], "partOf": {"reference": "Organization/h0"}}"#)
            .unwrap();
    assert_eq!(
        (office.name.as_deref(), office.phone.as_deref(), whole),
        (Some("Kirurgen"), Some("+4711"), "h0".parse().ok())
    );
}
