//! Nobody gets, counts or learns of what the rules close.

use serde_json::{Value, json};
use varde_rights::{Action, Relation};
use varde_store::{Batch, Expect, GateError, Write};

use crate::world::{World, appointment, ids, name_of, observation, parent_of, parse, patient, patient_id, put};

async fn families(world: &World) {
    for body in [
        patient("kari", 1, "1980-03-04", "Storgata 1"),
        patient("ola", 2, "2018-05-06", "Storgata 1"),
        patient("per", 3, "1970-01-01", "Havnegata 2"),
        parent_of("ola", 1),
        appointment("kari-gp", "kari", "10", "2026-12-01T09:00:00Z"),
        appointment("ola-gp", "ola", "10", "2026-12-02T09:00:00Z"),
        appointment("ola-hospital", "ola", "27", "2026-12-03T09:00:00Z"),
        appointment("per-gp", "per", "10", "2026-12-04T09:00:00Z"),
        labelled(observation("kari-weight", "kari", "29463-7", "2026-01-10", "64.5"), "NORN"),
    ] {
        world.put(body).await;
    }
}

async fn seen(world: &World, query: &str) -> (Vec<String>, Option<u64>) {
    let page = world.citizen("kari", 1).search(&parse(&format!("{query}&_total=accurate"))).await.unwrap();
    (ids(&page), page.total)
}

fn labelled(mut body: Value, code: &str) -> Value {
    body["meta"] = json!({"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": code}]});
    body
}

pub(crate) async fn a_citizen_sees_their_own_and_nothing_of_a_stranger(world: &World) {
    families(world).await;
    let gate = world.citizen("kari", 1);
    let (resource_type, own) = name_of("Appointment/kari-gp");
    let found = gate.read(resource_type, &own).await.unwrap();
    assert_eq!(found.decision.rule.0, "AP-1");
    for hidden in ["Appointment/per-gp", "Patient/per", "Observation/kari-weight", "Appointment/none"] {
        let (resource_type, id) = name_of(hidden);
        assert!(matches!(gate.read(resource_type, &id).await, Err(GateError::NotFound)), "{hidden}");
        assert!(matches!(gate.read_version(resource_type, &id, 1).await, Err(GateError::NotFound)), "{hidden}");
    }
    assert_eq!(seen(world, "Appointment?patient=per").await, (vec![], Some(0)));
    assert_eq!(seen(world, "Appointment?patient=nobody").await, (vec![], Some(0)));
    assert_eq!(seen(world, "Appointment?actor=Practitioner/dr").await.1, Some(3));
    assert_eq!(seen(world, "Observation?code=29463-7").await, (vec![], Some(0)));
    assert_eq!(seen(world, "Patient?family=nordmann").await.0, ["kari", "ola"]);
}

pub(crate) async fn a_parent_sees_a_small_childs_appointments_until_the_address_differs(world: &World) {
    families(world).await;
    let relations = world.citizen("kari", 1).relations().await.unwrap();
    let shown: Vec<(&str, Relation)> = relations.iter().map(|r| (r.patient.as_str(), r.relation)).collect();
    assert_eq!(shown, [("kari", Relation::Myself), ("ola", Relation::Parent)]);
    assert_eq!(relations[1].name, "ola Nordmann");
    assert_eq!(seen(world, "Appointment?").await.0, ["kari-gp", "ola-gp", "ola-hospital"]);
    assert_eq!(seen(world, "Appointment?patient=ola").await.0, ["ola-gp", "ola-hospital"]);
    world.put(patient("ola", 2, "2013-05-06", "Storgata 1")).await;
    assert_eq!(seen(world, "Appointment?patient=ola").await.0, ["ola-gp"], "thirteen years old");
    world.put(patient("ola", 2, "2018-05-06", "Havnegata 2")).await;
    assert_eq!(seen(world, "Appointment?").await, (vec!["kari-gp".into()], Some(1)));
    assert_eq!(world.citizen("kari", 1).relations().await.unwrap().len(), 1);
    let mut secret = patient("ola", 2, "2018-05-06", "Storgata 1");
    secret["meta"] = json!({"security": [{"system": "urn:varde:address-protection", "code": "6"}]});
    world.put(secret).await;
    assert_eq!(seen(world, "Appointment?patient=ola").await.1, Some(0), "a protected address closes everything");
}

pub(crate) async fn what_is_hidden_is_neither_found_nor_counted(world: &World) {
    families(world).await;
    world.put(labelled(appointment("ola-secret", "ola", "10", "2026-12-05T09:00:00Z"), "NORN_FORANS")).await;
    world.put(labelled(appointment("kari-secret", "kari", "10", "2026-12-05T09:00:00Z"), "NORN")).await;
    let expected = vec!["kari-gp".to_owned(), "ola-gp".into(), "ola-hospital".into()];
    assert_eq!(seen(world, "Appointment?").await, (expected.clone(), Some(3)));
    let page = world.citizen("kari", 1).search(&parse("Appointment?_count=3")).await.unwrap();
    assert_eq!((ids(&page), page.next), (expected, None), "no page is promised for what is hidden");
    let (resource_type, id) = name_of("Appointment/ola-secret");
    assert!(matches!(world.citizen("kari", 1).read(resource_type, &id).await, Err(GateError::NotFound)));
    assert_eq!(world.find("Appointment?patient=ola").await.len(), 3, "the source system sees it");
}

pub(crate) async fn a_parents_view_of_the_log_does_not_tell_of_what_is_hidden(world: &World) {
    families(world).await;
    let log = async || {
        let page = world.citizen("kari", 1).access_log(&patient_id("ola"), None, 100).await.unwrap();
        page.entries.iter().map(|e| (e.resource_id.clone(), e.count)).collect::<Vec<_>>()
    };
    let before = log().await;
    assert!(before.iter().any(|(id, _)| id.as_deref() == Some("ola-gp")), "{before:?}");
    world.put(labelled(appointment("ola-secret", "ola", "10", "2026-12-05T09:00:00Z"), "NORN_FORANS")).await;
    world.put(appointment("ola-youth", "ola", "6", "2026-12-06T09:00:00Z")).await;
    let (resource_type, secret) = name_of("Appointment/ola-secret");
    assert!(
        world.citizen("kari", 1).read(resource_type, &secret).await.is_err(),
        "a guess leaves no trace for her either"
    );
    let after = log().await;
    let told = |id: &str| after.iter().any(|(its, _)| its.as_deref() == Some(id));
    assert!(!told("ola-secret") && told("ola-gp") && after.iter().all(|(_, count)| *count == 0), "{after:?}");
}

pub(crate) async fn a_citizen_may_not_write_what_no_rule_opens(world: &World) {
    families(world).await;
    let gate = world.citizen("kari", 1);
    let write = |body: Value, action: Action| {
        let mut put = put(&body);
        put.action = action;
        gate.write(Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() })
    };
    let own = || appointment("kari-gp", "kari", "10", "2026-12-01T11:00:00Z");
    assert_eq!(write(own(), Action::Change).await.unwrap()[0].version, 2);
    assert!(matches!(write(own(), Action::Write).await, Err(GateError::Refused(_))));
    let weight = observation("new", "kari", "29463-7", "2026-01-10", "50");
    assert!(matches!(write(weight, Action::Change).await, Err(GateError::Refused(_))));
    let strangers = appointment("per-gp", "per", "10", "2026-12-01T11:00:00Z");
    assert!(matches!(write(strangers, Action::Change).await, Err(GateError::NotFound)));
    let new_for_stranger = appointment("new", "per", "10", "2026-12-01T11:00:00Z");
    assert!(matches!(write(new_for_stranger, Action::Book).await, Err(GateError::NotFound)));
}

pub(crate) async fn a_write_cannot_move_a_strangers_resource_to_oneself(world: &World) {
    families(world).await;
    let mut put = put(&appointment("per-gp", "kari", "10", "2026-12-01T11:00:00Z"));
    put.action = Action::Change;
    let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
    assert!(matches!(world.citizen("kari", 1).write(batch).await, Err(GateError::NotFound)));
    assert_eq!(world.find("Appointment?patient=per").await, ["per-gp"]);
    let log = world.system().access_log(&patient_id("per"), None, 10).await.unwrap();
    assert!(log.entries.iter().any(|entry| entry.outcome == varde_store::AuditOutcome::Refused));
}

pub(crate) async fn an_old_version_about_another_is_not_shown(world: &World) {
    families(world).await;
    let weight = |of: &str| observation("moved", of, "29463-7", "2026-01-10", "50");
    world.put(weight("per")).await;
    world.put(weight("per")).await;
    world.put(weight("kari")).await;
    world.put(weight("kari")).await;
    let gate = world.citizen("kari", 1);
    let (resource_type, id) = name_of("Observation/moved");
    for (version, shown) in [(1, false), (2, false), (3, true), (4, true)] {
        let found = gate.read_version(resource_type, &id, version).await;
        assert_eq!(found.is_ok(), shown, "version {version}");
        assert!(world.system().read_version(resource_type, &id, version).await.is_ok(), "programs have them all");
    }
    let history = async |gate: &varde_store::Gate, count| {
        let scope = varde_store::HistoryScope::Instance(resource_type, id.clone());
        let (mut versions, mut cursor) = (Vec::new(), None);
        loop {
            let page =
                gate.history(&scope, varde_store::HistoryWindow::default(), count, cursor.as_ref()).await.unwrap();
            versions.extend(page.matches.iter().map(|found| found.version));
            cursor = page.next;
            if cursor.is_none() {
                return versions;
            }
        }
    };
    for count in [1, 2, 10] {
        assert_eq!(history(&gate, count).await, [4, 3], "pages of {count}");
        assert_eq!(history(&world.system(), count).await, [4, 3, 2, 1]);
    }
}

pub(crate) async fn one_s_own_log_does_not_tell_of_what_is_hidden_from_oneself(world: &World) {
    families(world).await;
    world.put(labelled(appointment("kari-denied", "kari", "10", "2026-12-05T09:00:00Z"), "NORN")).await;
    let (resource_type, denied) = name_of("Appointment/kari-denied");
    assert!(world.citizen("kari", 1).read(resource_type, &denied).await.is_err());
    let personnel = crate::people::personnel(world, "9144900", varde_base::CareBasis::Treatment);
    personnel.read(resource_type, &denied).await.unwrap();
    let page = world.citizen("kari", 1).access_log(&patient_id("kari"), None, 100).await.unwrap();
    let named = page.entries.iter().filter(|entry| entry.resource_id.as_deref() == Some("kari-denied"));
    let told: Vec<&str> = named.map(|entry| entry.actor_kind.as_str()).collect();
    assert_eq!(told, ["personnel"], "who has looked is told, and not that it was written or asked for");
    let page = world.system().access_log(&patient_id("kari"), None, 100).await.unwrap();
    let all = page.entries.iter().filter(|entry| entry.resource_id.as_deref() == Some("kari-denied")).count();
    assert_eq!(all, 3, "the log itself has it all");
}

pub(crate) async fn personnel_do_not_find_out_which_ids_are_taken(world: &World) {
    families(world).await;
    let shielded = labelled(observation("taken", "kari", "29463-7", "2026-01-10", "50"), "NORS");
    world.put(shielded).await;
    let gate = crate::people::personnel(world, "9144900", varde_base::CareBasis::Treatment);
    for id in ["taken", "free"] {
        for expect in
            [Expect::Any, Expect::Absent, Expect::Missing, Expect::Present, Expect::Version(1), Expect::Version(7)]
        {
            let mut put = put(&observation(id, "kari", "29463-7", "2026-01-10", "50"));
            put.expect = expect;
            let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
            assert!(matches!(gate.write(batch).await, Err(GateError::NotFound)), "{id} {expect:?}");
        }
        let (resource_type, id) = name_of(&format!("Observation/{id}"));
        let delete = varde_store::Delete { resource_type, id, expect: Expect::Any, action: Action::Write };
        let batch = Batch { writes: vec![Write::Delete(delete)], ..Batch::default() };
        assert!(matches!(gate.write(batch).await, Err(GateError::NotFound)));
    }
}
