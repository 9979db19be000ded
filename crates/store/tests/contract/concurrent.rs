//! Many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use varde_store::{Batch, Expect, GateError, Store, Write};

use crate::world::{World, name_of, observation, parse, patient, put, system_access};

pub(crate) async fn of_fifty_updates_of_one_version_exactly_one_wins(world: &World) {
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let store: Store = world.store.clone();
            tokio::spawn(async move {
                let mut put = put(&patient("kari", 1, "1980-01-01", &format!("Storgata {n}")));
                put.expect = Expect::Version(1);
                let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
                store.as_actor(&system_access()).write(batch).await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(written) => {
                assert_eq!(written[0].version, 2);
                won += 1;
            }
            Err(GateError::Conflict { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(won, 1);
}

pub(crate) async fn many_writers_and_readers_share_commits_and_lose_nothing(world: &World) {
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let store = world.store.clone();
            tokio::spawn(async move {
                for n in 0..10 {
                    let gate = store.as_actor(&system_access());
                    let id = format!("o{task}-{n}");
                    let put = put(&observation(&id, &format!("p{task}"), "29463-7", "2026-01-01", "60"));
                    let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
                    gate.write(batch).await.unwrap();
                    let (resource_type, id) = name_of(&format!("Observation/{id}"));
                    assert_eq!(gate.read(resource_type, &id).await.unwrap().version, 1);
                    let page = gate.search(&parse(&format!("Observation?patient=p{task}"))).await.unwrap();
                    assert_eq!(page.matches.len(), n + 1, "one reads what one has written");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(world.find("Observation?_count=1000").await.len(), 160);
    let stats = world.store.stats().await.unwrap();
    assert_eq!(stats.audit_entries, 16 * 10 * 3 + 16, "a write, a read, a search each; and the last search");
    assert_eq!(world.verify().await.fault, None);
}

/// What is kept in memory of a name never hides a write that somebody has been told of.
pub(crate) async fn a_read_is_never_older_than_what_was_acknowledged(world: &World) {
    const WRITES: u64 = 60;
    let told = Arc::new(AtomicU64::new(0));
    world.put(patient("kari", 1, "1980-01-01", "Storgata 0")).await;
    told.store(1, Ordering::SeqCst);
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (store, told) = (world.store.clone(), Arc::clone(&told));
            tokio::spawn(async move {
                let (resource_type, id) = name_of("Patient/kari");
                let mut last = 0;
                while last < WRITES {
                    let least = told.load(Ordering::SeqCst);
                    let seen = store.as_actor(&system_access()).read(resource_type, &id).await.unwrap().version;
                    assert!(seen >= least, "version {seen} after {least} was acknowledged");
                    last = seen;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for n in 1..WRITES {
        let written = world.put(patient("kari", 1, "1980-01-01", &format!("Storgata {n}"))).await;
        told.store(written.version, Ordering::SeqCst);
    }
    for reader in readers {
        reader.await.unwrap();
    }
    world.delete("Patient/kari").await.unwrap();
    let (resource_type, id) = name_of("Patient/kari");
    let gone = world.system().read(resource_type, &id).await;
    assert!(matches!(gone, Err(GateError::Gone { .. })), "{gone:?}");
}
