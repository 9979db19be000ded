//! The process is killed in the middle, again and again: nothing that was acknowledged is lost, nothing is half written.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use varde_base::SystemClock;
use varde_rights::RuleBook;
use varde_store::{AuditKey, Options, OutboxMessage, PostgresOptions, Signing, Store};

use crate::world::{SERVER, ids, name_of, observation, parse, patient, run, system_access, writes};

const DIRECTORY: &str = "VARDE_CRASH_TEST_DIRECTORY";
const ROUND: &str = "VARDE_CRASH_TEST_ROUND";
/// Where the data are, when they are on a server; keys and heads are in the directory.
const ON_SERVER: &str = "VARDE_CRASH_TEST_SERVER";
const KILLS: u64 = 20;
const KILLS_ON_SERVER: u64 = 6;

fn open(directory: &std::path::Path) -> Store {
    let book = RuleBook::national().unwrap();
    // A killed process gives its lock back, perhaps a moment later.
    for _ in 0..100 {
        if let Ok(store) = Store::open(&Options::new(directory), Arc::new(SystemClock), book.clone()) {
            return store;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the database does not open");
}

async fn connect(url: &str) -> Store {
    let options = PostgresOptions { partitions: 2, connections: 8, ..PostgresOptions::new(url) };
    Store::connect(&options, Arc::new(SystemClock), RuleBook::national().unwrap()).await.unwrap()
}

/// Not a test of its own: the process that is killed. It says on its standard output what has been acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_that_is_killed() {
    let (Ok(directory), Ok(round)) = (std::env::var(DIRECTORY), std::env::var(ROUND)) else { return };
    let directory = std::path::Path::new(&directory);
    let store = match std::env::var(ON_SERVER) {
        Ok(url) => connect(&url).await,
        Err(_) => open(directory),
    };
    let key = AuditKey::open(&directory.join("audit.key"), "varde.example/audit").unwrap();
    let (directory, every) = (directory.to_owned(), jiff::SignedDuration::ZERO);
    assert!(store.sign_log(Signing { key, directory, every, entries: 0 }));
    let log = store.audit_log();
    // Heads one after the other, as fast as they go: whenever the kill comes, it comes while one is signed, kept or noted.
    tokio::spawn(async move {
        loop {
            log.sign().await.unwrap();
        }
    });
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let (store, round) = (store.clone(), round.clone());
            tokio::spawn(async move {
                for n in 0..100_000 {
                    let gate = store.as_actor(&system_access());
                    let name = format!("{round}-{task}-{n}");
                    let mut batch = writes(&[
                        observation(&format!("{name}-a"), &format!("p{task}"), "29463-7", "2026-01-01", "60"),
                        observation(&format!("{name}-b"), &format!("p{task}"), "8302-2", "2026-01-02", "170"),
                        patient(&format!("p{task}"), 1, "1980-01-01", &name),
                    ]);
                    let payload = name.clone();
                    batch.outbox.push(OutboxMessage { kind: "x".into(), subject: None, payload, not_before: None });
                    gate.write(batch).await.unwrap();
                    let (resource_type, id) = name_of(&format!("Patient/p{task}"));
                    let version = gate.read(resource_type, &id).await.unwrap().version;
                    println!("\nacknowledged {name} {task} {version}");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Starts the process, kills it after a while that differs each time, and gives back what it said.
fn run_and_kill(directory: &std::path::Path, server: Option<&str>, round: u64) -> Vec<(String, usize, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::the_process_that_is_killed", "--exact", "--nocapture"])
        .env(DIRECTORY, directory)
        .env(ROUND, format!("r{round}"))
        .envs(server.map(|url| (ON_SERVER, url)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let lines = std::thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        let told = |line: &String| _ = line.starts_with("acknowledged ").then(|| begun.send(()));
        lines.inspect(told).collect::<Vec<_>>()
    });
    // Counted from the first that is acknowledged, however slowly a busy machine starts; but some are killed on their way there.
    if round % 4 != 3 {
        has_begun.recv_timeout(Duration::from_secs(20)).unwrap();
    }
    std::thread::sleep(Duration::from_millis(20 + round * 37 % 240));
    child.kill().unwrap();
    child.wait().unwrap();
    let lines = lines.join().unwrap();
    let said = lines.iter().filter_map(|line| line.strip_prefix("acknowledged "));
    said.filter_map(|line| {
        let mut words = line.split(' ');
        // The last line may have been cut by the kill.
        Some((words.next()?.to_owned(), words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_twenty_times_nothing_acknowledged_is_lost_and_nothing_half_written() {
    let directory = tempfile::tempdir().unwrap();
    // On a busy machine the first kill may come before there are tables to look into.
    open(directory.path()).close().await.unwrap();
    let (mut acknowledged, mut heads) = (0, 0);
    for round in 0..KILLS {
        let said = run_and_kill(directory.path(), None, round);
        acknowledged += said.len();
        let log = Store::verify_audit(directory.path()).unwrap();
        assert_eq!(log.fault, None, "round {round}");
        assert!(log.heads >= heads, "a head that was kept is there");
        heads = log.heads;
        assert!(log.entries >= 4 * acknowledged as u64, "each has three writes and a read in the log: {}", log.entries);
        let store = open(directory.path());
        let gate = store.as_actor(&system_access());
        for (name, task, version) in &said {
            for part in ["a", "b"] {
                let (resource_type, id) = name_of(&format!("Observation/{name}-{part}"));
                gate.read(resource_type, &id).await.unwrap();
            }
            let (resource_type, id) = name_of(&format!("Patient/p{task}"));
            assert!(gate.read(resource_type, &id).await.unwrap().version >= *version);
        }
        let count = |code: &'static str| {
            let gate = &gate;
            async move { gate.search(&parse(&format!("Observation?code={code}&_count=0"))).await.unwrap().total }
        };
        let (weights, heights) = (count("29463-7").await, count("8302-2").await);
        assert_eq!(weights, heights, "each batch has one of both");
        assert_eq!(store.stats().await.unwrap().outbox_waiting, weights.unwrap(), "and one message");
        let patients = gate.search(&parse("Patient?")).await.unwrap();
        let versions: u64 = patients.matches.iter().map(|found| found.version).sum();
        assert_eq!(versions, weights.unwrap(), "and one version of its patient; {:?}", ids(&patients));
        store.close().await.unwrap();
    }
    assert!(heads >= KILLS / 4, "heads were signed between kills: {heads}");
    assert!(acknowledged > 100, "the test is of little worth when hardly anything is written: {acknowledged}");
}

/// The same on a server, where the log is chained and its tree grows after the writes: whoever comes next goes on where the killed one stopped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_tree_grows_on_a_server_the_log_is_whole_and_its_heads_are_kept() {
    let Ok(server) = std::env::var(SERVER) else {
        return println!("skipped: no PostgreSQL ({SERVER} is not set; cargo xtask test starts one)");
    };
    let name = format!("varde_crash_{}", uuid::Uuid::now_v7().simple());
    run(&format!("{server}/postgres"), &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    let (url, directory) = (format!("{server}/{name}"), tempfile::tempdir().unwrap());
    connect(&url).await.close().await.unwrap();
    let (mut acknowledged, mut heads) = (0, 0);
    for round in 0..KILLS_ON_SERVER {
        let said = run_and_kill(directory.path(), Some(&url), round);
        acknowledged += said.len();
        // As it was left, and again when somebody has gone on from there.
        let left = Store::verify_audit_of(&PostgresOptions::new(url.clone())).await.unwrap();
        assert_eq!(left.fault, None, "round {round}, as it was left");
        let store = connect(&url).await;
        let gate = store.as_actor(&system_access());
        for (name, ..) in &said {
            let (resource_type, id) = name_of(&format!("Observation/{name}-b"));
            gate.read(resource_type, &id).await.unwrap();
        }
        let count =
            async |code: &str| gate.search(&parse(&format!("Observation?code={code}&_count=0"))).await.unwrap().total;
        assert_eq!(count("29463-7").await, count("8302-2").await, "each batch has one of both");
        store.close().await.unwrap();
        let log = Store::verify_audit_of(&PostgresOptions::new(url.clone())).await.unwrap();
        assert_eq!(log.fault, None, "round {round}");
        assert!(log.heads >= left.heads && left.heads >= heads, "a head that was kept is there");
        assert!(log.entries >= 4 * acknowledged as u64, "each has three writes and a read in the log: {}", log.entries);
        heads = log.heads;
    }
    assert!(heads > 0 && acknowledged > 20, "{heads} heads, {acknowledged} batches");
    run(&format!("{server}/postgres"), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}
