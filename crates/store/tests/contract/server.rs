//! What only a server can suffer, and several processes on one database.

use varde_store::{Batch, EngineError, Ephemeral, Expect, GateError, LogFault, Place, PostgresOptions, Store, Write};

use crate::world::{self, World, appointment, name_of, observation, parse, patient, put, run, system_access};

/// Whatever label, id or body changes behind the product's back, the resource is not served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_behind_our_back_is_a_fault_and_never_served() {
    let Some(world) = World::postgres().await else { return };
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    world.put(appointment("a1", "kari", "10", "2026-12-01T09:00:00Z")).await;
    let (resource_type, id) = name_of("Appointment/a1");
    let gate = world.system();
    let on = "WHERE rid = (SELECT rid FROM name WHERE id = 'a1')";
    for (change, back) in [
        ("content SET body = body || '\\x20'", "content SET body = substr(body, 1, length(body) - 1)"),
        ("resource SET item_label = item_label + 1", "resource SET item_label = item_label - 1"),
        ("resource SET service = service + 1", "resource SET service = service - 1"),
        ("resource SET deleted = 1", "resource SET deleted = 0"),
        ("resource SET version = version + 4", "resource SET version = version - 4"),
    ] {
        run(&world.url(), &format!("UPDATE {change} {on}")).await;
        assert!(matches!(gate.read(resource_type, &id).await, Err(GateError::Fault)), "{change}");
        match gate.search(&parse("Appointment?patient=kari")).await {
            Ok(page) => assert!(page.matches.is_empty(), "{change}"),
            Err(error) => assert!(matches!(error, GateError::Fault), "{change}"),
        }
        run(&world.url(), &format!("UPDATE {back} {on}")).await;
        assert!(gate.read(resource_type, &id).await.is_ok(), "{back}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_verifies_and_every_tampering_is_found_at_its_place() {
    let Some(world) = World::postgres().await else { return };
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    for n in 0..30 {
        world.put(observation(&format!("o{n}"), "kari", "29463-7", "2026-01-01", "60")).await;
        world.system().search(&parse("Observation?patient=kari")).await.unwrap();
    }
    // Closing chains what waits.
    world.store.close().await.unwrap();
    let url = world.url();
    let whole = world.verify().await;
    assert_eq!((whole.entries, whole.fault), (61, None));
    run(&url, "CREATE TABLE kept AS SELECT * FROM audit; CREATE TABLE kept_head AS SELECT * FROM audit_head").await;
    for (change, fault) in [
        ("UPDATE audit SET body = set_byte(body, 40, 90) WHERE seq = 17", (17, LogFault::Changed)),
        ("UPDATE audit SET hash = decode(repeat('00', 32), 'hex') WHERE seq = 61", (61, LogFault::Changed)),
        ("UPDATE audit SET at_micros = at_micros - 1 WHERE seq = 5", (5, LogFault::Changed)),
        ("UPDATE audit SET patient = 0 WHERE seq = 6", (6, LogFault::Changed)),
        ("DELETE FROM audit WHERE seq = 9", (9, LogFault::Missing)),
        ("DELETE FROM audit WHERE seq = 1", (1, LogFault::Missing)),
        ("DELETE FROM audit WHERE seq > 50", (51, LogFault::TailCut)),
    ] {
        run(&url, change).await;
        assert_eq!(world.verify().await.fault, Some(fault), "{change}");
        run(&url, "TRUNCATE audit; INSERT INTO audit SELECT * FROM kept").await;
        assert_eq!(world.verify().await.fault, None);
    }
    let again = world::postgres(&url, world.clock.clone()).await;
    assert_eq!(again.stats().await.unwrap().audit_entries, 61);
    again.close().await.unwrap();
    // The world's own store is closed, so only its database is to go.
    drop(world);
}

/// Two processes serve one database: each sees at once what the other wrote, and of two that book the same one wins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_database_see_each_other_and_share_one_log() {
    let Some(world) = World::postgres().await else { return };
    let other = world::postgres(&world.url(), world.clock.clone()).await;
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    let (resource_type, id) = name_of("Patient/kari");
    for round in 1..=20_u64 {
        let change = |store: &Store, street: String| {
            let mut put = put(&patient("kari", 1, "1980-01-01", &street));
            put.expect = Expect::Version(round);
            let gate = store.as_actor(&system_access());
            tokio::spawn(async move {
                gate.write(Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() }).await
            })
        };
        let (one, two) = (change(&world.store, format!("A {round}")), change(&other, format!("B {round}")));
        let won = [one.await.unwrap(), two.await.unwrap()].iter().filter(|done| done.is_ok()).count();
        assert_eq!(won, 1, "round {round}");
        assert_eq!(other.as_actor(&system_access()).read(resource_type, &id).await.unwrap().version, round + 1);
        assert_eq!(world.system().read(resource_type, &id).await.unwrap().version, round + 1);
    }
    other.close().await.unwrap();
    let log = world.verify().await;
    assert_eq!((log.entries, log.fault), (world.store.stats().await.unwrap().audit_entries, None));
    world.end().await;
}

/// The server throws every connection out again and again while people write: what was acknowledged is there, once, and whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connections_lose_nothing_that_was_acknowledged_and_leave_nothing_half_done() {
    let Some(world) = World::postgres().await else { return };
    let url = world.url();
    let breaker = tokio::spawn(async move {
        for _ in 0..15 {
            tokio::time::sleep(std::time::Duration::from_millis(60)).await;
            let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()";
            run(&url, others).await;
        }
    });
    let mut writers = Vec::new();
    for task in 0..4 {
        let store = world.store.clone();
        writers.push(tokio::spawn(async move {
            let mut kept = Vec::new();
            for n in 0..150 {
                let pair = [0, 1].map(|part| {
                    let id = format!("o{task}-{n}-{part}");
                    Write::Put(Box::new(put(&observation(&id, &format!("p{task}"), "29463-7", "2026-01-01", "60"))))
                });
                let batch = Batch { writes: pair.into(), ..Batch::default() };
                match store.as_actor(&system_access()).write(batch).await {
                    Ok(_) => kept.push(n),
                    Err(GateError::Unavailable | GateError::Busy) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            kept
        }));
    }
    let mut acknowledged = 0;
    for (task, writer) in writers.into_iter().enumerate() {
        let kept = writer.await.unwrap();
        acknowledged += kept.len();
        for n in kept {
            for part in [0, 1] {
                let (resource_type, id) = name_of(&format!("Observation/o{task}-{n}-{part}"));
                let mut found = world.system().read(resource_type, &id).await;
                while matches!(found, Err(GateError::Unavailable)) {
                    found = world.system().read(resource_type, &id).await;
                }
                assert_eq!(found.unwrap().version, 1);
            }
        }
    }
    breaker.await.unwrap();
    let all = world.find("Observation?code=29463-7&_count=1000&_total=accurate").await;
    assert!(acknowledged > 0 && all.len() % 2 == 0, "{acknowledged} acknowledged, {} there", all.len());
    assert_eq!(world.verify().await.fault, None);
    world.end().await;
}

/// A newer build's step that an older one can live beside does not stop it; one that it cannot, does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_build_serves_beside_a_newer_step_unless_the_step_forbids_it() {
    let Some(world) = World::postgres().await else { return };
    let options = PostgresOptions::new(world.url());
    let open = || async {
        let book = varde_rights::RuleBook::national().unwrap();
        Store::connect(&options, std::sync::Arc::new(world.clock.clone()), book).await
    };
    run(&world.url(), "INSERT INTO migration VALUES (900, 1, 0)").await;
    open().await.unwrap().close().await.unwrap();
    run(&world.url(), "INSERT INTO migration VALUES (901, 901, 0)").await;
    assert!(matches!(open().await.err(), Some(EngineError::Unavailable(text)) if text.contains("901")));
    world.end().await;
}

/// Somebody who asks for the log and goes away in the middle leaves no lock behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_goes_away_in_the_middle_leaves_no_lock_behind() {
    let Some(world) = World::postgres().await else { return };
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    let kari = world::patient_id("kari");
    for micros in (0..3_000).step_by(60) {
        world.system().search(&parse("Patient?_id=kari")).await.unwrap();
        let gate = world.system();
        let patience = std::time::Duration::from_micros(micros);
        // Whether it was answered in time is all the same.
        let _ = tokio::time::timeout(patience, gate.access_log(&kari, None, 10)).await;
    }
    let page = world.system().access_log(&kari, None, 100).await.unwrap();
    assert!(page.entries.len() >= 50, "{}", page.entries.len());
    world.end().await;
}

/// What is in a directory moves to a server and from there to another directory: resources, versions, index, log and messages, all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_moves_between_the_engines_and_back() {
    let Some(server) = World::postgres().await else { return };
    let first = World::sqlite().await.unwrap();
    first.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    for n in 0..30 {
        first.put(observation(&format!("o{n}"), "kari", "29463-7", "2026-01-01", "60")).await;
    }
    first.put(observation("o1", "kari", "29463-7", "2026-02-02", "61.5")).await;
    first.delete("Observation/o2").await.unwrap();
    for kind in ["session", "kept-words"] {
        let (value, expires) = (kind.as_bytes().to_vec(), "2099-01-01T00:00:00Z".parse().unwrap());
        let of = Ephemeral { kind: kind.into(), key_hash: vec![1], owner: "kari".into(), value, expires };
        first.store.ephemeral().put(of).await.unwrap();
    }
    first.store.close().await.unwrap();
    let there = server.url().parse::<Place>().unwrap();
    let refused = varde_store::copy(&there, &Place::from(first.directory())).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("not empty")));

    let sent = varde_store::copy(&Place::from(first.directory()), &there).await.unwrap();
    let rows = |table: &str| sent.iter().find(|copied| copied.table == table).unwrap().rows;
    assert_eq!((rows("resource"), rows("history"), rows("audit"), rows("index_quantity")), (31, 2, 33, 29));
    let moved = world::postgres(&server.url(), server.clock.clone()).await;
    let gate = moved.as_actor(&system_access());
    let found = gate.search(&parse("Observation?patient=kari&date=ge2026-02-01")).await.unwrap();
    assert!(String::from_utf8_lossy(&found.matches[0].body).contains("61.5"));
    let versions = gate.search(&parse("Observation?code=29463-7&_total=accurate")).await.unwrap();
    assert_eq!(versions.total, Some(29));
    let new = put(&observation("new", "kari", "29463-7", "2026-03-01", "62"));
    gate.write(Batch { writes: vec![Write::Put(Box::new(new))], ..Batch::default() }).await.unwrap();
    moved.close().await.unwrap();
    assert_eq!(server.verify().await.fault, None);

    let back = tempfile::tempdir().unwrap();
    let home = Place::from(back.path());
    let again = varde_store::copy(&there, &home).await.unwrap();
    assert_eq!(again.iter().find(|copied| copied.table == "resource").unwrap().rows, 32);
    let verified = home.verify_audit(&varde_store::Trust::default()).await.unwrap();
    assert_eq!((verified.entries, verified.fault), (36, None));
    let home = world::sqlite(back.path(), server.clock.clone());
    let found = home.as_actor(&system_access()).search(&parse("Observation?patient=kari&_sort=-date")).await.unwrap();
    assert_eq!(found.matches[0].id.as_str(), "new");
    assert_eq!(home.ephemeral().get("session", &[1]).await.unwrap(), None, "people sign in again");
    assert_eq!(home.ephemeral().get("kept-words", &[1]).await.unwrap().unwrap().value, b"kept-words");
    home.close().await.unwrap();
    server.end().await;
}
