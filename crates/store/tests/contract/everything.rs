//! All of a patient's data, the last of each code, and exports.

use std::collections::HashSet;

use serde_json::json;
use varde_base::PatientId;
use varde_fhir::ResourceType;
use varde_fhir::search::Query;
use varde_store::{AuditAction, Deletions, Everything, Export, GateError, Page};

use crate::people::labelled;
use crate::world::{World, appointment, ids, observation, parse, patient, patient_id};

async fn country(world: &World) {
    for body in [
        json!({"resourceType": "Organization", "id": "hospital", "name": "Sykehuset"}),
        json!({"resourceType": "Organization", "id": "nobodys", "name": "Ingens"}),
        json!({"resourceType": "Practitioner", "id": "dr", "name": [{"family": "Lege"}]}),
        json!({"resourceType": "PractitionerRole", "id": "role", "practitioner": {"reference": "Practitioner/dr"},
            "organization": {"reference": "Organization/hospital"}}),
        patient("kari", 1, "1980-03-04", "Storgata 1"),
        patient("per", 3, "1970-01-01", "Havnegata 2"),
        appointment("kari-gp", "kari", "10", "2026-12-01T09:00:00Z"),
        appointment("per-gp", "per", "10", "2026-12-04T09:00:00Z"),
    ] {
        world.put(body).await;
    }
    for (id, who, code, date) in [
        ("w1", "kari", "weight", "2026-01-01"),
        ("w2", "kari", "weight", "2026-02-01"),
        ("w3", "kari", "weight", "2026-03-01"),
        ("h1", "kari", "height", "2025-01-01"),
        ("p1", "per", "weight", "2026-05-01"),
    ] {
        let mut body = observation(id, who, code, date, "64.5");
        body["performer"] = json!([{"reference": "PractitionerRole/role"}, {"reference": "Patient/per"}]);
        world.put(body).await;
    }
}

fn of(patient: Option<&str>, count: u32) -> Everything {
    Everything { patient: patient.map(patient_id), types: Vec::new(), since: None, count, cursor: None, referred: true }
}

fn names(page: &Page) -> Vec<String> {
    page.matches.iter().chain(&page.included).map(|found| format!("{}/{}", found.resource_type, found.id)).collect()
}

pub(crate) async fn everything_of_a_patient_comes_once_with_what_it_refers_to(world: &World) {
    country(world).await;
    let gate = world.system();
    let whole = gate.everything(&of(Some("kari"), 100)).await.unwrap();
    let expected = [
        "Patient/kari",
        "Appointment/kari-gp",
        "Observation/w1",
        "Observation/w2",
        "Observation/w3",
        "Observation/h1",
        "Organization/hospital",
        "Practitioner/dr",
        "PractitionerRole/role",
    ];
    assert_eq!((names(&whole), whole.next), (expected.map(str::to_owned).to_vec(), None));
    for count in 1..5 {
        let (mut seen, mut asked) = (Vec::new(), of(Some("kari"), count));
        loop {
            let page = gate.everything(&asked).await.unwrap();
            assert!(names(&page).len() <= count as usize);
            seen.extend(names(&page));
            asked.cursor = page.next;
            if asked.cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected, "in pages of {count}");
    }
    let only = Everything { types: vec![ResourceType::OBSERVATION], ..of(Some("kari"), 100) };
    assert_eq!(names(&gate.everything(&only).await.unwrap()).len(), 4);
    let foreign =
        Everything { cursor: Some(varde_fhir::search::Cursor("Practitioner:x".into())), ..of(Some("kari"), 5) };
    assert!(matches!(gate.everything(&foreign).await, Err(GateError::Invalid(_))));
    let entries = world.system().access_log(&patient_id("kari"), None, 50).await.unwrap().entries;
    let counted: u32 = entries.iter().filter(|e| e.action == AuditAction::Search).take(3).map(|e| e.count).sum();
    assert!(counted >= 4, "each kind of data is counted in the log: {counted}");
    let log = world.system().access_log(&patient_id("per"), None, 50).await.unwrap().entries;
    assert!(log.iter().all(|entry| entry.action != AuditAction::Search), "nothing of Per's was given out");
}

pub(crate) async fn everything_holds_no_more_than_may_be_seen(world: &World) {
    country(world).await;
    world.put(labelled(observation("n1", "kari", "withheld", "2026-01-10", "64.5"), &["NORN"])).await;
    let own = world.citizen("kari", 1).everything(&of(Some("kari"), 100)).await.unwrap();
    let expected = [
        "Patient/kari",
        "Appointment/kari-gp",
        "Observation/w1",
        "Observation/w2",
        "Observation/w3",
        "Observation/h1",
        "Organization/hospital",
        "Practitioner/dr",
        "PractitionerRole/role",
    ];
    assert_eq!(names(&own), expected, "and not n1");
    let stranger = world.citizen("kari", 1).everything(&of(Some("per"), 100)).await;
    assert!(matches!(stranger, Err(GateError::NotFound)));
    assert!(matches!(world.system().everything(&of(Some("none"), 100)).await, Err(GateError::NotFound)));
    let all = world.system().everything(&of(None, 100)).await.unwrap();
    assert_eq!((all.matches.len(), all.included.len()), (10, 3));
    let mine = world.citizen("kari", 1).everything(&of(None, 100)).await.unwrap();
    assert_eq!(names(&mine), names(&own), "everybody's means one's own");
}

pub(crate) async fn the_latest_of_each_code_come_and_only_they_are_logged(world: &World) {
    country(world).await;
    let query = parse("Observation?patient=kari&_sort=-date");
    for (max, expected) in [(1, vec!["w3", "h1"]), (2, vec!["w3", "w2", "h1"]), (9, vec!["w3", "w2", "w1", "h1"])] {
        assert_eq!(ids(&world.system().latest(&query, max).await.unwrap()), expected, "{max}");
    }
    let log = world.system().access_log(&patient_id("kari"), None, 3).await.unwrap().entries;
    let counts: Vec<u32> = log.iter().filter(|entry| entry.action == AuditAction::Search).map(|e| e.count).collect();
    assert_eq!(counts, [4, 3, 2]);
}

pub(crate) async fn an_export_is_in_the_log_of_each_patient_and_leaves_out_what_it_was_told(world: &World) {
    country(world).await;
    world
        .put(json!({"resourceType": "Observation", "id": "room", "status": "final", "code": {"text": "temperature"}}))
        .await;
    let gate = world.system();
    let all = Query { count: 100, ..Query::of(ResourceType::OBSERVATION) };
    let export = |query, patients_only, besides| Export { query, patients_only, besides };
    assert_eq!(gate.export(&export(&all, false, &[])).await.unwrap().matches.len(), 6);
    let weights = [parse("Observation?code=weight")];
    let rest = gate.export(&export(&all, true, &weights)).await.unwrap();
    assert_eq!(ids(&rest), ["h1"]);
    let log = world.system().access_log(&patient_id("per"), None, 9).await.unwrap().entries;
    let exported: Vec<u32> = log.iter().filter(|entry| entry.action == AuditAction::Export).map(|e| e.count).collect();
    assert_eq!(exported, [1], "once, and not by the export that left Per out");
}

pub(crate) async fn deletions_are_exported_until_somebody_writes_again(world: &World) {
    country(world).await;
    let since = varde_base::Clock::now(&world.clock);
    world.clock.advance(jiff::SignedDuration::from_secs(60));
    for name in ["Observation/w1", "Observation/w2", "Observation/p1"] {
        world.delete(name).await.unwrap();
    }
    world.put(observation("w2", "kari", "weight", "2026-02-01", "65")).await;
    let kari: HashSet<PatientId> = [patient_id("kari")].into();
    for (whose, since, expected) in [
        (Deletions::All, since, vec!["p1", "w1"]),
        (Deletions::OfPatients, since, vec!["p1", "w1"]),
        (Deletions::Of(&kari), since, vec!["w1"]),
        (Deletions::All, since + jiff::SignedDuration::from_secs(90), vec![]),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let kind = ResourceType::OBSERVATION;
            let (ids, next) = world.system().export_deletions(kind, since, whose, 2, cursor.as_ref()).await.unwrap();
            seen.extend(ids.iter().map(ToString::to_string));
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        seen.sort();
        assert_eq!(seen, expected, "{whose:?}");
    }
}
