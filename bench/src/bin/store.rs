//! Rates of the store itself, without HTTP: loading, reading, searching, logging; then start-up time and memory.
//!
//! `cargo run --release -p varde-bench --bin store [-- --patients 2000]`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use varde_bench::{data, memory_mib, own_memory_mib, size_mib};
use varde_fhir::ResourceType;
use varde_fhir::search::SearchOptions;
use varde_store::{AuditKey, Batch, Signing, Store};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Operations of each measurement.
const READS: usize = 200_000;
const SEARCHES: usize = 20_000;
const WRITES: usize = 20_000;
const PROOFS: usize = 2_000;
/// Tasks that work at the same time.
const TASKS: usize = 64;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| arguments.iter().position(|argument| argument == name).map(|at| arguments.get(at + 1));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match after("--idle") {
        Some(directory) => runtime.block_on(idle(Path::new(directory.context("a directory")?))),
        None => {
            let patients = after("--patients")
                .map_or(Ok(2_000), |n| n.context("a number")?.parse().map_err(anyhow::Error::from))?;
            runtime.block_on(measure(patients))
        }
    }
}

/// Opens the database, says so, and waits to be killed.
async fn idle(directory: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    let store = data::open(directory)?;
    store.ready().await?;
    println!("{}", started.elapsed().as_secs_f64());
    std::future::pending::<()>().await;
    Ok(())
}

async fn measure(patients: usize) -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let started = Instant::now();
    let mut prepared = Vec::with_capacity(patients);
    for number in 0..patients {
        prepared.push(data::writes(number)?);
    }
    let resources = patients * (data::OBSERVATIONS + 1);
    say("parse, validate, prepare, extract", resources, started);
    let store = data::open(directory.path())?;
    let started = Instant::now();
    for batch in prepared.chunks_mut(10) {
        store.bulk("bench", batch.iter_mut().flat_map(std::mem::take).collect(), None).await?;
    }
    say("load in batches of 1,000", resources, started);
    let started = Instant::now();
    each(&store, READS, move |store, n| async move {
        let id = format!("p{}", n % patients).parse()?;
        store.as_actor(&data::system()).read(ResourceType::PATIENT, &id).await?;
        Ok(())
    })
    .await?;
    say("read by id, decided and logged", READS, started);
    for (what, query) in [
        ("Observation?patient=X&_count=20", vec![("_count", "20")]),
        ("the same, newest first", vec![("_count", "20"), ("_sort", "-date")]),
        ("the same, one code", vec![("_count", "20"), ("code", "http://loinc.org|8302-2")]),
    ] {
        let started = Instant::now();
        each(&store, SEARCHES, move |store, n| search(store, n % patients, query.clone())).await?;
        say(what, SEARCHES, started);
    }
    let started = Instant::now();
    each(&store, WRITES, move |store, n| async move {
        let write = data::write(&data::patient(n + 10_000_000))?;
        store.as_actor(&data::system()).write(Batch { writes: vec![write], ..Batch::default() }).await?;
        Ok(())
    })
    .await?;
    say("create one, on disk when answered", WRITES, started);
    prove(&store, directory.path(), patients).await?;
    store.close().await?;
    println!("{:>9} MiB on disk", size_mib(directory.path()));
    let started = Instant::now();
    let verified = Store::verify_audit(directory.path())?;
    anyhow::ensure!(verified.fault.is_none(), "the log does not verify");
    say("entries of the log verified", usize::try_from(verified.entries)?, started);
    start(directory.path()).await
}

/// Signed heads of the log, and proofs of entries as citizens take them home.
async fn prove(store: &Store, directory: &Path, patients: usize) -> anyhow::Result<()> {
    let key = AuditKey::generate("bench.example/audit")?;
    let every = jiff::SignedDuration::from_secs(60);
    anyhow::ensure!(store.sign_log(Signing { key, directory: directory.to_owned(), every, entries: 10_000 }));
    let started = Instant::now();
    store.audit_log().sign().await?;
    println!("{:>9.1} ms until the log is in its tree and a head is signed", started.elapsed().as_secs_f64() * 1e3);
    // Entries of the load, one a patient.
    let started = Instant::now();
    let proofs = PROOFS.min(patients);
    for number in 1..=proofs {
        store.as_actor(&data::system()).access_log_proof(u64::try_from(number)?).await?;
    }
    say("proofs drawn, decided and logged", proofs, started);
    Ok(())
}

/// Start-up time and idle memory, in a process of its own.
async fn start(directory: &Path) -> anyhow::Result<()> {
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .arg("--idle")
        .arg(directory)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = child.stdout.take().context("its output")?;
    let line = BufReader::new(output).lines().next_line().await?.context("it says nothing")?;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let pid = child.id().context("it is gone")?;
    let ((_, resident), own) = (memory_mib(pid), own_memory_mib(pid));
    println!(
        "{:>9.0} ms to open, {resident} MiB resident when idle, {own} MiB of them its own",
        line.parse::<f64>()? * 1e3
    );
    child.kill().await?;
    Ok(())
}

async fn search(store: Store, patient: usize, more: Vec<(&'static str, &'static str)>) -> anyhow::Result<()> {
    let mut parameters = vec![("patient".to_owned(), format!("p{patient}"))];
    parameters.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let options = SearchOptions { max_count: 1_000, default_count: 20, lenient: false, now: jiff::Timestamp::now() };
    let kind = ResourceType::from_name("Observation").context("a type")?;
    let query =
        varde_fhir::search::parse(kind, &parameters, &options).map_err(|issues| anyhow::anyhow!("{issues:?}"))?;
    store.as_actor(&data::system()).search(&query).await?;
    Ok(())
}

async fn each<F, W>(store: &Store, count: usize, work: W) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
    W: Fn(Store, usize) -> F + Clone + Send + 'static,
{
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (store, work) = (store.clone(), work.clone());
            tokio::spawn(async move {
                for n in (task..count).step_by(TASKS) {
                    work(store.clone(), n).await?;
                }
                anyhow::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}

fn say(what: &str, count: usize, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    println!("{:>9.0}/s  {what} ({count} in {seconds:.2} s)", count as f64 / seconds);
}
