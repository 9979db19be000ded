//! Damaged databases, second processes, full disks.

use std::sync::Arc;

use rusqlite::Connection;
use varde_base::SystemClock;
use varde_rights::RuleBook;
use varde_store::{GateError, Options, Store};

use crate::world::{World, appointment, name_of, observation, parse, patient, system_access, writes};

pub(crate) async fn a_second_process_is_told_that_the_directory_is_taken(world: &World) {
    let options = Options::new(world.directory());
    let second = Store::open(&options, Arc::new(SystemClock), RuleBook::national().unwrap());
    assert!(second.err().unwrap().to_string().contains("another process"));
}

/// Whatever bit of a label, an id or a body flips, the resource is not served.
pub(crate) async fn a_flipped_bit_is_a_fault_and_never_served(world: &World) {
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    world.put(appointment("a1", "kari", "10", "2026-12-01T09:00:00Z")).await;
    world.put(appointment("a1", "kari", "10", "2026-12-02T09:00:00Z")).await;
    world.store.close().await.unwrap();
    for change in [
        "UPDATE content SET body = CAST(replace(CAST(body AS TEXT), '2026-12-02', '2026-12-03') AS BLOB)",
        "UPDATE resource SET item_label = item_label + 1",
        "UPDATE resource SET service = service + 1",
        "UPDATE resource SET deleted = 1 - deleted",
        "UPDATE resource SET version = version + 4",
        "UPDATE patient SET id = 'per'",
        "UPDATE resource SET patient = 0",
    ] {
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(world.directory().join("varde.db"), copy.path().join("varde.db")).unwrap();
        Connection::open(copy.path().join("varde.db")).unwrap().execute_batch(change).unwrap();
        let store = crate::world::sqlite(copy.path(), world.clock.clone());
        let (resource_type, id) = name_of("Appointment/a1");
        let read = store.as_actor(&system_access()).read(resource_type, &id).await;
        assert!(matches!(read, Err(GateError::Fault)), "{change}");
        store.close().await.unwrap();
    }
}

/// Pages of the file overwritten with noise: an error or nothing, never a wrong body.
pub(crate) async fn noise_in_the_file_never_becomes_an_answer(world: &World) {
    let bodies: Vec<_> = (0..300).map(|n| observation(&format!("o{n}"), "kari", "1-1", "2026-01-01", "60")).collect();
    let written = world.system().write(writes(&bodies)).await.unwrap();
    world.store.close().await.unwrap();
    let whole = std::fs::read(world.directory().join("varde.db")).unwrap();
    let mut failed = 0;
    for round in 0..20_usize {
        let copy = tempfile::tempdir().unwrap();
        let mut bytes = whole.clone();
        for step in 0..4 {
            let at = 4_096 + (round * 7_919 + step * 104_729) * 37 % (bytes.len() - 4_200);
            bytes[at..at + 16].iter_mut().for_each(|byte| *byte ^= 0xA5);
        }
        std::fs::write(copy.path().join("varde.db"), bytes).unwrap();
        let options = Options::new(copy.path());
        let clock = Arc::new(world.clock.clone());
        let Ok(store) = Store::open(&options, clock, RuleBook::national().unwrap()) else {
            failed += 1;
            continue;
        };
        let gate = store.as_actor(&system_access());
        for written in &written {
            match gate.read(written.resource_type, &written.id).await {
                Ok(found) => assert_eq!(found.body, written.body),
                Err(_) => failed += 1,
            }
        }
        if let Ok(page) = gate.search(&parse("Observation?patient=kari&_count=300")).await {
            for found in page.matches {
                assert!(written.iter().any(|written| written.id == found.id && written.body == found.body));
            }
        }
        drop(gate);
        let _ = store.close().await;
    }
    assert!(failed > 0, "no page in use was hit, so nothing was shown");
}
