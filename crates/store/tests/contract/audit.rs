//! The access log.

use std::path::Path;

use rusqlite::Connection;
use varde_store::{AccessLogPage, AuditAction, AuditOutcome, GateError, LogFault, LogNarrowing, Store};

use crate::world::{World, appointment, name_of, observation, parse, patient, patient_id};

pub(crate) async fn every_look_up_is_in_the_log_of_the_citizen_it_concerns(world: &World) {
    for (id, serial) in [("kari", 1), ("per", 3)] {
        world.put(patient(id, serial, "1980-01-01", "Storgata 1")).await;
        world.put(appointment(&format!("{id}-gp"), id, "10", "2026-12-01T09:00:00Z")).await;
    }
    let (resource_type, id) = name_of("Appointment/per-gp");
    let kari = world.citizen("kari", 1);
    assert!(matches!(kari.read(resource_type, &id).await, Err(GateError::NotFound)));
    world.system().read(resource_type, &id).await.unwrap();
    world.system().search(&parse("Appointment?actor=Practitioner/dr")).await.unwrap();
    world.system().search(&parse("Observation?patient=per&code=29463-7")).await.unwrap();
    let log = world.citizen("per", 3).access_log(&patient_id("per"), None, 100).await.unwrap();
    let shown: Vec<(AuditAction, AuditOutcome, u32, &str)> =
        log.entries.iter().map(|entry| (entry.action, entry.outcome, entry.count, entry.actor_name.as_str())).collect();
    use AuditAction::{Create, Read, Search};
    use AuditOutcome::{Done, Refused};
    let expected = [
        (Search, Done, 0, "EHR"),
        (Search, Done, 1, "EHR"),
        (Read, Done, 1, "EHR"),
        (Read, Refused, 0, "kari"),
        (Create, Done, 1, "EHR"),
        (Create, Done, 1, "EHR"),
    ];
    assert_eq!(shown, expected);
    assert!(!log.entries.iter().any(|entry| entry.query.as_deref().is_some_and(|query| query.contains("29463"))));
    assert!(matches!(kari.access_log(&patient_id("per"), None, 10).await, Err(GateError::NotFound)));
    // Later, when the log has been indexed, in pages.
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    let first = world.system().access_log(&patient_id("per"), None, 3).await.unwrap();
    let second = world.system().access_log(&patient_id("per"), first.next_before, 100).await.unwrap();
    let seqs: Vec<u64> = first.entries.iter().chain(&second.entries).map(|entry| entry.seq).collect();
    assert!(seqs.is_sorted_by(|a, b| a > b));
    assert_eq!(seqs.len(), 8, "the six, per's own look and kari's refused one");
}

pub(crate) async fn ones_own_look_ups_can_be_left_out_of_the_log_however_many_they_are(world: &World) {
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    world.put(appointment("kari-gp", "kari", "10", "2026-12-01T09:00:00Z")).await;
    let (resource_type, id) = name_of("Appointment/kari-gp");
    let (kari, of_kari) = (world.citizen("kari", 1), patient_id("kari"));
    for _ in 0..30 {
        kari.read(resource_type, &id).await.unwrap();
    }
    let others = LogNarrowing { without: Some(&of_kari), naming: None };
    let page = kari.narrowed_access_log(&of_kari, None, 2, others).await.unwrap();
    let names = |page: &AccessLogPage| page.entries.iter().map(|entry| entry.actor_name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&page), ["EHR", "EHR"], "thirty of her own lie before the two that are asked for");
    assert_eq!(page.next_before, None);
    let all = kari.access_log(&of_kari, None, 100).await.unwrap();
    assert_eq!((all.entries.len(), names(&all)[0].as_str()), (33, "kari"), "her looks at the log are in it too");

    // Further back than is looked for one page, another page goes on from there.
    for _ in 0..30 {
        kari.read(resource_type, &id).await.unwrap();
    }
    let empty = kari.narrowed_access_log(&of_kari, None, 1, others).await.unwrap();
    assert!(empty.entries.is_empty() && empty.next_before.is_some());
    let mut before = empty.next_before;
    let mut found = Vec::new();
    while before.is_some() {
        let page = kari.narrowed_access_log(&of_kari, before, 1, others).await.unwrap();
        found.extend(names(&page));
        before = page.next_before;
    }
    assert_eq!(found, ["EHR", "EHR"]);

    // What names one resource, with and without one's own.
    let naming = Some((resource_type, &id));
    let own = kari.narrowed_access_log(&of_kari, None, 100, LogNarrowing { without: None, naming }).await.unwrap();
    assert_eq!((own.entries.len(), names(&own)[60].as_str()), (61, "EHR"));
    let none = patient_id("nobody");
    let naming = Some((resource_type, none.as_resource_id()));
    let other = kari.narrowed_access_log(&of_kari, None, 100, LogNarrowing { without: None, naming }).await.unwrap();
    assert!(other.entries.is_empty());
    let looks = world.system().access_log(&of_kari, None, 1).await.unwrap().entries.remove(0);
    assert_eq!((looks.action, looks.count), (AuditAction::AccessLog, 0), "a look that found nothing is logged too");
}

/// Changes a copy of a closed database behind the product's back and verifies it.
fn tampered(directory: &Path, change: impl Fn(&Connection, &Path)) -> Option<(u64, LogFault)> {
    let copy = tempfile::tempdir().unwrap();
    for name in ["varde.db", "audit.head"] {
        std::fs::copy(directory.join(name), copy.path().join(name)).unwrap();
    }
    let connection = Connection::open(copy.path().join("varde.db")).unwrap();
    change(&connection, copy.path());
    drop(connection);
    Store::verify_audit(copy.path()).unwrap().fault
}

pub(crate) async fn the_log_verifies_and_every_tampering_is_found_at_its_place(world: &World) {
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    for n in 0..30 {
        world.put(observation(&format!("o{n}"), "kari", "29463-7", "2026-01-01", "60")).await;
        world.system().search(&parse("Observation?patient=kari")).await.unwrap();
    }
    world.store.close().await.unwrap();
    let directory = world.directory();
    let whole = Store::verify_audit(directory).unwrap();
    assert_eq!((whole.entries, whole.fault), (61, None));
    let run = |sql: &'static str| tampered(directory, |connection, _| connection.execute_batch(sql).unwrap());
    let byte = "UPDATE audit SET body = CAST(substr(body, 1, 40) || x'5a' || substr(body, 42) AS BLOB) WHERE seq = 17";
    assert_eq!(run(byte), Some((17, LogFault::Changed)));
    assert_eq!(run("UPDATE audit SET hash = zeroblob(32) WHERE seq = 61"), Some((61, LogFault::Changed)));
    assert_eq!(run("UPDATE audit SET at_micros = at_micros - 1 WHERE seq = 5"), Some((5, LogFault::Changed)));
    assert_eq!(run("UPDATE audit SET patient = 0 WHERE seq = 6"), Some((6, LogFault::Changed)));
    assert_eq!(run("UPDATE patient SET id = 'someone-else'"), Some((1, LogFault::Changed)));
    assert_eq!(run("DELETE FROM audit WHERE seq = 9"), Some((9, LogFault::Missing)));
    assert_eq!(run("DELETE FROM audit WHERE seq = 1"), Some((1, LogFault::Missing)));
    assert_eq!(run("DELETE FROM audit WHERE seq > 50"), Some((51, LogFault::TailCut)));
    let cut_with_head = "DELETE FROM audit WHERE seq > 50; \
        UPDATE audit_head SET count = 50, hash = (SELECT hash FROM audit WHERE seq = 50)";
    assert_eq!(run(cut_with_head), Some((51, LogFault::TailCut)), "the note beside the database knows better");
    let swap = "UPDATE audit SET seq = -1 WHERE seq = 20; UPDATE audit SET seq = 20 WHERE seq = 21; \
        UPDATE audit SET seq = 21 WHERE seq = -1";
    assert_eq!(run(swap), Some((20, LogFault::Changed)));
    assert_eq!(tampered(directory, |_, _| {}), None);
    // The scenario's world is closed by its runner as well; opening it again also shows that a closed store opens.
    let again = crate::world::sqlite(directory, world.clock.clone());
    assert_eq!(again.stats().await.unwrap().audit_entries, 61);
    again.close().await.unwrap();
}
