//! Every kind of clause, from the text of a query to the ids found.

use serde_json::json;

use crate::world::{World, appointment, ids, observation, parent_of, parse, patient, patient_id, system_access};

async fn a_small_country(world: &World) {
    world.put(patient("kari", 1, "1980-03-04", "Storgata 1")).await;
    world.put(patient("ola", 2, "2016-05-06", "Storgata 1")).await;
    world
        .put(json!({
            "resourceType": "Patient", "id": "aase", "name": [{"family": "Ødegård", "given": ["Åse Marie"]}],
            "birthDate": "1955",
        }))
        .await;
    world.put(json!({"resourceType": "Practitioner", "id": "dr", "name": [{"family": "Lie"}]})).await;
    world.put(observation("w1", "kari", "29463-7", "2026-01-10", "64.5")).await;
    world.put(observation("w2", "kari", "29463-7", "2026-05", "65")).await;
    world.put(observation("h1", "kari", "8302-2", "2026-05-20T10:00:00Z", "170")).await;
    world.put(observation("w3", "ola", "29463-7", "2026-02-01", "30.25")).await;
    world
        .put(json!({
            "resourceType": "Observation", "id": "x1", "status": "preliminary",
            "code": {"coding": [{"code": "29463-7"}]}, "subject": {"reference": "Patient/ola"},
        }))
        .await;
    world.put(appointment("a1", "kari", "10", "2026-12-01T09:00:00Z")).await;
    world
        .put(json!({
            "resourceType": "Schedule", "id": "s1", "actor": [{"reference": "Practitioner/dr"}],
        }))
        .await;
    for hour in 8..12 {
        world
            .put(json!({
                "resourceType": "Slot", "id": format!("slot-{hour}"), "schedule": {"reference": "Schedule/s1"},
                "status": if hour == 9 { "busy" } else { "free" },
                "start": format!("2026-12-01T{hour:02}:00:00Z"), "end": format!("2026-12-01T{hour:02}:30:00Z"),
            }))
            .await;
    }
    world
        .put(json!({"resourceType": "ValueSet", "id": "vs", "url": "http://example.org/vs", "status": "active"}))
        .await;
    world
        .put(json!({
            "resourceType": "RiskAssessment", "id": "risk", "status": "final", "subject": {"reference": "Patient/kari"},
            "prediction": [{"probabilityDecimal": 0.25}],
        }))
        .await;
}

const CASES: &[(&str, &[&str])] = &[
    ("Patient?", &["kari", "ola", "aase"]),
    ("Patient?_id=kari,ola,nobody", &["kari", "ola"]),
    ("Patient?family=nordm", &["kari", "ola"]),
    ("Patient?family=odegard", &["aase"]),
    ("Patient?family=ØDEGÅRD", &["aase"]),
    ("Patient?given=åse", &["aase"]),
    ("Patient?given:contains=ari", &["kari", "aase"]),
    ("Patient?given:contains=%", &[]),
    ("Patient?family:exact=Nordmann", &["kari", "ola"]),
    ("Patient?family:exact=nordmann", &[]),
    ("Patient?birthdate=1980-03-04", &["kari"]),
    ("Patient?birthdate=1980", &["kari"]),
    ("Patient?birthdate=ne1980", &["ola", "aase"]),
    ("Patient?birthdate=gt1980-03-03", &["kari", "ola"]),
    ("Patient?birthdate=lt1980-03-04", &["aase"]),
    ("Patient?birthdate=ge1980-03-04&birthdate=le2015", &["kari"]),
    ("Patient?birthdate=sa1955-06", &["kari", "ola"]),
    ("Patient?birthdate=eb1955-06", &[]),
    ("Patient?birthdate=1980,1955", &["kari", "aase"]),
    ("Patient?identifier:missing=true", &["aase"]),
    ("Patient?identifier:missing=false", &["kari", "ola"]),
    ("Observation?code=29463-7", &["w1", "w2", "w3", "x1"]),
    ("Observation?code=http://loinc.org|29463-7", &["w1", "w2", "w3"]),
    ("Observation?code=|29463-7", &["x1"]),
    ("Observation?code=http://loinc.org|", &["w1", "w2", "h1", "w3"]),
    ("Observation?code=29463-", &[]),
    ("Observation?code=29463-7,8302-2&status=final", &["w1", "w2", "h1", "w3"]),
    ("Observation?code:not=http://loinc.org|29463-7", &["h1", "x1"]),
    ("Observation?patient=kari", &["w1", "w2", "h1"]),
    ("Observation?subject=Patient/kari&code=29463-7", &["w1", "w2"]),
    ("Observation?patient=kari,ola&code=29463-7&status=final", &["w1", "w2", "w3"]),
    ("Observation?patient=nobody", &[]),
    ("Observation?patient=kari&patient=ola", &[]),
    ("Observation?patient=kari&date=2026-05", &["w2", "h1"]),
    ("Observation?patient=kari&date=gt2026-05-15", &["w2", "h1"]),
    ("Observation?patient=kari&date=ge2026-05-20", &["w2", "h1"]),
    ("Observation?patient=kari&date=lt2026-02", &["w1"]),
    ("Observation?date=ap2026-05-10", &["w2", "h1"]),
    ("Observation?date=le2026-02&code=http://loinc.org|29463-7", &["w1", "w3"]),
    ("Observation?value-quantity=64.5", &["w1"]),
    ("Observation?value-quantity=gt64.5", &["w2", "h1"]),
    ("Observation?value-quantity=ge64.5", &["w1", "w2", "h1"]),
    ("Observation?value-quantity=lt64.5|http://unitsofmeasure.org|kg", &["w3"]),
    ("Observation?value-quantity=30.25||kg&patient=ola", &["w3"]),
    ("Observation?value-quantity=30.25||mg", &[]),
    ("Observation?value-quantity=ap60", &["w1", "w2"]),
    ("Observation?_lastUpdated=ge2026-11-21&code=8302-2", &["h1"]),
    ("Observation?_lastUpdated=lt2026-11-21", &[]),
    ("Appointment?actor=Practitioner/dr", &["a1"]),
    ("Appointment?actor=dr", &["a1"]),
    ("Appointment?patient=kari&date=ge2026-12-01", &["a1"]),
    ("Appointment?practitioner=Practitioner/dr&date=lt2026-12-01", &[]),
    ("Slot?schedule=Schedule/s1&status=free", &["slot-8", "slot-10", "slot-11"]),
    ("Slot?schedule=s1&start=ge2026-12-01T10:00:00Z", &["slot-10", "slot-11"]),
    ("Slot?start=lt2026-12-01T09:00:00Z", &["slot-8"]),
    ("Slot?status=busy&start=ge2026-12-01T08:30:00Z&start=lt2026-12-01T10:00:00Z", &["slot-9"]),
    ("ValueSet?url=http://example.org/vs", &["vs"]),
    ("ValueSet?url=http://example.org", &[]),
    ("RiskAssessment?probability=gt0.2", &["risk"]),
    ("RiskAssessment?probability=lt0.25", &[]),
    ("Patient?_sort=birthdate", &["aase", "kari", "ola"]),
    ("Patient?_sort=-birthdate", &["ola", "kari", "aase"]),
    ("Observation?patient=kari&_sort=-date", &["h1", "w2", "w1"]),
    ("Observation?_sort=-date,_id", &["h1", "w2", "w3", "w1", "x1"]),
    ("Observation?_sort=date", &["w1", "w3", "w2", "h1", "x1"]),
    ("Patient?_sort=family,given", &["kari", "ola", "aase"]),
    ("Patient?_sort=-_id", &["ola", "kari", "aase"]),
];

pub(crate) async fn every_kind_of_clause_finds_what_it_should(world: &World) {
    a_small_country(world).await;
    let mut wrong = Vec::new();
    for (query, expected) in CASES {
        let found = world.find(query).await;
        if found != *expected {
            wrong.push(format!("{query}: {found:?}, not {expected:?}"));
        }
        let counted = world.system().search(&parse(&format!("{query}&_total=accurate"))).await.unwrap();
        assert_eq!(counted.total, Some(expected.len() as u64), "{query}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

pub(crate) async fn an_update_leaves_no_old_index_row(world: &World) {
    world.put(observation("o1", "kari", "29463-7", "2026-01-10", "64.5")).await;
    world.put(observation("o1", "ola", "8302-2", "2026-02-10", "170")).await;
    for gone in ["code=29463-7", "date=2026-01-10", "value-quantity=64.5", "patient=kari"] {
        assert!(world.find(&format!("Observation?{gone}")).await.is_empty(), "{gone}");
    }
    for there in ["code=8302-2", "date=2026-02-10", "value-quantity=170", "patient=ola", "patient=ola&code=8302-2"] {
        assert_eq!(world.find(&format!("Observation?{there}")).await, ["o1"], "{there}");
    }
    world.delete("Observation/o1").await.unwrap();
    for gone in ["", "code=8302-2", "date=2026-02-10", "patient=ola", "code:not=1", "value-quantity:missing=true"] {
        assert!(world.find(&format!("Observation?{gone}")).await.is_empty(), "{gone}");
    }
}

pub(crate) async fn includes_follow_references_and_stop_at_what_may_not_be_seen(world: &World) {
    a_small_country(world).await;
    world.put(parent_of("ola", 1)).await;
    let included = |query: &'static str| async move {
        let page = world.system().search(&parse(query)).await.unwrap();
        page.included.iter().map(|found| found.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(included("Appointment?_include=Appointment:actor:Practitioner").await, ["dr"]);
    assert_eq!(included("Observation?code=29463-7&_include=Observation:subject").await, ["kari", "ola"]);
    assert_eq!(included("Observation?code=29463-7&_include=Observation:subject:Group").await, Vec::<String>::new());
    let page = world.citizen("kari", 1).search(&parse("Appointment?_include=Appointment:actor")).await.unwrap();
    assert_eq!(ids(&page), ["a1"]);
    let mut brought: Vec<String> = page.included.iter().map(|found| found.id.to_string()).collect();
    brought.sort();
    assert_eq!(brought, ["dr", "kari"]);
}

/// What is kept in memory of a patient's resources follows every write at once.
pub(crate) async fn a_patients_list_follows_every_write(world: &World) {
    let of = async |patient: &str| world.find(&format!("Observation?patient={patient}")).await;
    world.put(patient("kari", 1, "1980-03-04", "Storgata 1")).await;
    world.put(patient("ola", 2, "1981-03-04", "Storgata 1")).await;
    assert!(of("kari").await.is_empty());
    world.put(observation("o1", "kari", "29463-7", "2026-01-10", "64")).await;
    world.put(observation("o2", "kari", "29463-7", "2026-01-11", "65")).await;
    assert_eq!((of("kari").await, of("ola").await.len()), (vec!["o1".into(), "o2".into()], 0));
    world.put(observation("o1", "ola", "29463-7", "2026-01-10", "64")).await;
    assert_eq!((of("kari").await, of("ola").await), (vec!["o2".into()], vec!["o1".into()]));
    world.put(observation("o2", "kari", "29463-7", "2026-01-11", "66")).await;
    let page = world.system().search(&parse("Observation?patient=kari")).await.unwrap();
    assert_eq!(page.matches.first().map(|found| found.version), Some(2));
    world.delete("Observation/o2").await.unwrap();
    assert!(of("kari").await.is_empty());
    world.put(observation("o2", "kari", "29463-7", "2026-01-11", "67")).await;
    assert_eq!(of("kari").await, ["o2"]);
}

pub(crate) async fn chains_go_both_ways_and_stop_at_what_may_not_be_seen(world: &World) {
    a_small_country(world).await;
    world.put(appointment("a2", "aase", "10", "2026-12-03T09:00:00Z")).await;
    for (query, expected) in [
        ("Observation?patient.birthdate=1980-03-04", &["h1", "w1", "w2"][..]),
        ("Observation?patient.birthdate=1980-03-04&code=8302-2", &["h1"]),
        ("Observation?subject:Patient.birthdate=2016-05-06", &["w3", "x1"]),
        ("Appointment?patient.family=ødegård", &["a2"]),
        ("Observation?patient._id=kari,ola&value-quantity=gt100", &["h1"]),
        ("Slot?schedule.actor:Practitioner.family=lie&status=busy", &["slot-9"]),
        ("Patient?_has:Observation:patient:code=8302-2", &["kari"]),
        ("Patient?_has:Observation:patient:code=29463-7&_has:Observation:patient:code=8302-2", &["kari"]),
        ("Patient?_has:Observation:patient:code=nothing", &[]),
        ("Practitioner?_has:Schedule:actor:_has:Slot:schedule:status=busy", &["dr"]),
    ] {
        let mut found = world.find(query).await;
        found.sort();
        assert_eq!(found, expected, "{query}");
    }
    let page = world.system().search(&parse("Patient?_id=kari&_revinclude=Observation:patient")).await.unwrap();
    let mut brought: Vec<&str> = page.included.iter().map(|found| found.id.as_str()).collect();
    brought.sort_unstable();
    assert_eq!((ids(&page), brought), (vec!["kari".to_owned()], vec!["h1", "w1", "w2"]));
    let page =
        world.system().search(&parse("Schedule?_revinclude=Slot:schedule&_include=Schedule:actor")).await.unwrap();
    assert_eq!((page.matches.len(), page.included.len()), (1, 5), "four slots and their doctor");

    // A chain that goes by Ola tells of Ola, named or not, also when the answer is somebody else or nothing: it is in Ola's log.
    let before = world.store.as_actor(&system_access()).access_log(&patient_id("ola"), None, 100).await.unwrap();
    world.find("Patient?_id=kari&_has:Observation:patient:patient=ola").await;
    world.find("Observation?patient.birthdate=2016-05-06&code=nothing").await;
    let after = world.store.as_actor(&system_access()).access_log(&patient_id("ola"), None, 100).await.unwrap();
    assert_eq!(after.entries.len(), before.entries.len() + 3, "two searches, and the look before");

    // Kari has nothing to do with Aase, and one weight is withheld from her: what she may not see neither matches nor is brought along.
    let mut withheld = observation("n1", "kari", "withheld", "2026-01-10", "64.5");
    withheld["meta"] = json!({"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN"}]});
    world.put(withheld).await;
    let kari = world.citizen("kari", 1);
    for query in ["Patient?_has:Observation:patient:code=withheld", "Appointment?patient.family=ødegård"] {
        assert!(kari.search(&parse(query)).await.unwrap().matches.is_empty(), "{query}");
    }
    let page =
        kari.search(&parse("Patient?_revinclude=Observation:patient&_revinclude=Appointment:patient")).await.unwrap();
    let mut brought: Vec<&str> = page.included.iter().map(|found| found.id.as_str()).collect();
    brought.sort_unstable();
    assert_eq!(brought, ["a1", "h1", "w1"], "w2 is too new to be shown yet");
}
