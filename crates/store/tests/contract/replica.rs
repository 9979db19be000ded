//! Reads from a streaming replica. `cargo xtask test` starts one of the tests' server and says where it is.
//!
//! The replica is one for all tests, and some of them stop it: so one at a time has it, by a lock on the primary.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_postgres::NoTls;
use varde_base::{Actor, SystemActor, SystemRole};
use varde_store::{Access, Batch, Gate, GateError, PostgresOptions, Store, Write};

use crate::world::appointment;
use crate::world::{
    World, citizen_access, ids, name_of, observation, parent_of, parse, patient, put, run, system_access,
};

const SERVER: &str = "VARDE_TEST_POSTGRES";
const REPLICA: &str = "VARDE_TEST_POSTGRES_REPLICA";
/// Everybody who needs the replica as it is, or stops it, holds this.
const LOCK: &str = "SELECT pg_advisory_lock(1919250540)";

/// How the way to the replica is.
const OPEN: u8 = 0;
/// What is sent goes nowhere.
const SILENT: u8 = 1;
/// As after a kill: connections are cut, and none is made.
const CUT: u8 = 2;

/// A primary with a world of its own, and a store that reads it by way of the replica.
struct Pair {
    world: World,
    store: Store,
    way: Arc<AtomicU8>,
    replica: String,
    /// Holds the lock.
    _alone: tokio_postgres::Client,
}

impl Pair {
    async fn start(lag: Duration) -> Option<Self> {
        let (Ok(primary), Ok(replica)) = (std::env::var(SERVER), std::env::var(REPLICA)) else {
            println!("skipped: no replica ({REPLICA} is not set; cargo xtask test starts one)");
            return None;
        };
        let (alone, connection) = tokio_postgres::connect(&format!("{primary}/postgres"), NoTls).await.unwrap();
        tokio::spawn(connection);
        alone.batch_execute(LOCK).await.unwrap();
        // One that failed may have left it standing still.
        run(&format!("{replica}/postgres"), "SELECT pg_wal_replay_resume()").await;
        let world = World::postgres().await?;
        let (way, port) = way(replica.rsplit('@').next().unwrap().to_owned()).await;
        let database = world.url().rsplit('/').next().unwrap().to_owned();
        let options = PostgresOptions {
            replicas: vec![format!("postgres://varde@127.0.0.1:{port}/{database}")],
            replica_lag: lag,
            ..PostgresOptions::new(world.url())
        };
        let book = varde_rights::RuleBook::national().unwrap();
        let store = Store::connect(&options, Arc::new(world.clock.clone()), book).await.unwrap();
        Some(Self { world, store, way, replica: format!("{replica}/{database}"), _alone: alone })
    }

    /// As a program of that name, which may read from replicas.
    fn program(&self, name: &str) -> Gate {
        self.store.as_actor(&program(name)).with_replicas()
    }

    async fn answers(&self) -> u64 {
        self.store.stats().await.unwrap().replica_answers
    }

    /// Ids that a program finds, and whether the replica answered.
    async fn find(&self, name: &str, query: &str) -> (Vec<String>, bool) {
        let before = self.answers().await;
        let found = ids(&self.program(name).search(&parse(query)).await.unwrap());
        (found, self.answers().await > before)
    }

    /// Waits until the replica answers.
    async fn until_replica_answers(&self) {
        let started = Instant::now();
        while !self.find("reader", "Patient?_id=kari").await.1 {
            assert!(started.elapsed() < Duration::from_secs(40), "the replica never answers");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn replay(&self, go: bool) {
        run(&self.replica, if go { "SELECT pg_wal_replay_resume()" } else { "SELECT pg_wal_replay_pause()" }).await;
        while !go && self.replay_state().await != "paused" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn replay_state(&self) -> String {
        let (client, connection) = tokio_postgres::connect(&self.replica, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.query_one("SELECT pg_get_wal_replay_pause_state()", &[]).await.unwrap().get(0)
    }

    /// Writes as a program of that name.
    async fn write(&self, name: &str, body: &serde_json::Value) {
        let batch = Batch { writes: vec![Write::Put(Box::new(put(body)))], ..Batch::default() };
        self.store.as_actor(&program(name)).write(batch).await.unwrap();
    }

    async fn end(self) {
        self.store.close().await.unwrap();
        self.world.end().await;
    }
}

fn program(name: &str) -> Access {
    let actor = SystemActor { name: name.into(), role: SystemRole::SourceSystem };
    Access { actor: Actor::System(actor), ..system_access() }
}

/// A way to the replica that can be closed.
async fn way(to: String) -> (Arc<AtomicU8>, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let state = Arc::new(AtomicU8::new(OPEN));
    let way = Arc::clone(&state);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let (to, way) = (to.clone(), Arc::clone(&way));
            tokio::spawn(async move {
                if way.load(Ordering::SeqCst) != OPEN {
                    return closed(&way).await;
                }
                let mut far = TcpStream::connect(to).await.unwrap();
                let closes = async {
                    while way.load(Ordering::SeqCst) == OPEN {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                };
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    () = closes => closed(&way).await,
                }
            });
        }
    });
    (state, port)
}

/// While silence is kept.
async fn closed(way: &AtomicU8) {
    while way.load(Ordering::SeqCst) == SILENT {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_read_and_search_by_way_of_the_replica_and_every_look_up_is_logged() {
    let Some(pair) = Pair::start(Duration::from_secs(60)).await else { return };
    pair.write("writer", &patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    for n in 0..20 {
        pair.write("writer", &observation(&format!("o{n:02}"), "kari", "29463-7", "2026-01-01", "60")).await;
    }
    pair.until_replica_answers().await;
    let (all, by_replica) = pair.find("reader", "Observation?patient=kari&_include=Observation:subject").await;
    assert_eq!((all.len(), by_replica), (20, true));
    let logged = pair.store.stats().await.unwrap().audit_entries;
    let before = pair.answers().await;
    let (resource_type, id) = name_of("Patient/kari");
    let found = pair.program("reader").read(resource_type, &id).await.unwrap();
    assert_eq!((found.version, pair.answers().await), (1, before + 1));
    let (_, by_replica) = pair.find("reader", "Observation?patient.family=Nordmann&code=29463-7").await;
    assert!(by_replica, "a chain");
    // The read, and the Patient and the Observations of the chain.
    assert_eq!(pair.store.stats().await.unwrap().audit_entries, logged + 3);
    // A count is the primary's, and so is what a gate reads that was not told that it may be a little old.
    let (_, by_replica) = pair.find("reader", "Observation?patient=kari&_total=accurate").await;
    assert!(!by_replica);
    let before = pair.answers().await;
    pair.store.as_actor(&program("reader")).search(&parse("Observation?patient=kari")).await.unwrap();
    assert_eq!(pair.answers().await, before);
    pair.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_program_has_written_it_finds_at_once_and_nobody_is_shown_what_was_changed() {
    let Some(pair) = Pair::start(Duration::from_secs(60)).await else { return };
    pair.write("writer", &patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    for n in 0..60 {
        let id = format!("o{n:02}");
        pair.write("writer", &observation(&id, "kari", "29463-7", "2026-01-01", "60")).await;
        let (found, _) = pair.find("writer", "Observation?patient=kari&_sort=_id&_count=100").await;
        assert_eq!(found.len(), n + 1, "round {n}");
    }
    pair.until_replica_answers().await;
    pair.replay(false).await;
    pair.write("writer", &observation("new", "kari", "29463-7", "2026-01-01", "60")).await;
    let (found, by_replica) = pair.find("writer", "Observation?patient=kari&_id=new").await;
    assert_eq!((found, by_replica), (vec!["new".to_owned()], false));
    // Another program finds it a little later; what there is by name is always there.
    let (found, by_replica) = pair.find("reader", "Observation?patient=kari&_id=new").await;
    assert_eq!((found.len(), by_replica), (0, true));
    let (resource_type, id) = name_of("Observation/new");
    pair.program("reader").read(resource_type, &id).await.unwrap();
    // A new version, a deletion: the replica still has what was, and nobody is shown it.
    pair.write("writer", &observation("o01", "kari", "29463-7", "2026-01-01", "61.5")).await;
    let (resource_type, id) = name_of("Observation/o01");
    assert_eq!(pair.program("reader").read(resource_type, &id).await.unwrap().version, 2);
    let page = pair.program("reader").search(&parse("Observation?patient=kari&_id=o01")).await.unwrap();
    assert!(String::from_utf8_lossy(&page.matches[0].body).contains("61.5"));
    pair.world.delete("Observation/o02").await.unwrap();
    assert_eq!(pair.find("reader", "Observation?patient=kari&_id=o02").await, (vec![], false));
    let (resource_type, id) = name_of("Observation/o02");
    assert!(matches!(pair.program("reader").read(resource_type, &id).await, Err(GateError::Gone { .. })));
    pair.replay(true).await;
    pair.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_that_is_withdrawn_is_gone_at_once_however_far_behind_the_replica_is() {
    let Some(pair) = Pair::start(Duration::from_secs(60)).await else { return };
    pair.write("writer", &patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    pair.write("writer", &patient("lill", 2, "2020-01-01", "Storgata 1")).await;
    pair.write("writer", &parent_of("lill", 1)).await;
    pair.write("writer", &appointment("a1", "lill", "10", "2026-12-01T09:00:00Z")).await;
    pair.until_replica_answers().await;
    let (resource_type, id) = name_of("Appointment/a1");
    // A citizen is never shown what the replica holds, even by a gate that was told that it may be a little old.
    let parent = || pair.store.as_actor(&citizen_access("kari", 1)).with_replicas();
    let before = pair.answers().await;
    parent().read(resource_type, &id).await.unwrap();
    assert_eq!(ids(&parent().search(&parse("Appointment?patient=lill")).await.unwrap()), ["a1"]);
    assert_eq!(pair.answers().await, before);
    pair.replay(false).await;
    pair.world.delete("RelatedPerson/lill-parent-1").await.unwrap();
    assert!(matches!(parent().read(resource_type, &id).await, Err(GateError::NotFound)));
    assert!(ids(&parent().search(&parse("Appointment?patient=lill")).await.unwrap()).is_empty());
    // An appointment that has become somebody else's is no longer found under the one it was moved from.
    assert_eq!(pair.find("reader", "Appointment?patient=lill").await, (vec!["a1".to_owned()], true));
    pair.write("writer", &appointment("a1", "kari", "10", "2026-12-01T09:00:00Z")).await;
    assert_eq!(pair.find("reader", "Appointment?patient=lill").await, (vec![], false));
    pair.replay(true).await;
    pair.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_lags_falls_silent_or_dies_is_left_without_a_word_to_the_caller() {
    let Some(pair) = Pair::start(Duration::from_secs(1)).await else { return };
    pair.write("writer", &patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    pair.until_replica_answers().await;
    // Too far behind.
    pair.replay(false).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(pair.find("reader", "Patient?_id=kari").await, (vec!["kari".to_owned()], false));
    pair.replay(true).await;
    pair.until_replica_answers().await;
    for closed in [CUT, SILENT] {
        pair.way.store(closed, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let started = Instant::now();
        for _ in 0..50 {
            assert_eq!(pair.find("reader", "Patient?_id=kari").await.0, ["kari"]);
        }
        assert!(started.elapsed() < Duration::from_secs(6), "{closed}: {:?}", started.elapsed());
        assert!(!pair.find("reader", "Patient?_id=kari").await.1, "{closed}");
        pair.way.store(OPEN, Ordering::SeqCst);
        pair.until_replica_answers().await;
    }
    pair.end().await;
}

/// A server that is no replica of the primary is never read from, whatever the configuration says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_replica_of_this_database_is_never_asked() {
    let Some(world) = World::postgres().await else { return };
    let Some(stranger) = World::postgres().await else { return };
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    let mut replicas = vec![stranger.url(), world.url(), "postgres://varde@127.0.0.1:1/varde".to_owned()];
    // A replica of the server, and another database of it.
    replicas.extend(std::env::var(REPLICA).map(|replica| format!("{replica}/postgres")));
    let options = PostgresOptions { replicas, ..PostgresOptions::new(world.url()) };
    let book = varde_rights::RuleBook::national().unwrap();
    let store = Store::connect(&options, Arc::new(world.clock.clone()), book).await.unwrap();
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let gate = store.as_actor(&program("reader")).with_replicas();
        assert_eq!(ids(&gate.search(&parse("Patient?_id=kari")).await.unwrap()), ["kari"]);
    }
    assert_eq!(store.stats().await.unwrap().replica_answers, 0);
    store.close().await.unwrap();
    stranger.end().await;
    world.end().await;
}
