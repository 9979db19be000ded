//! What issue 3 asks of speed and memory, in one run on one machine, as a table: the program as it is run, on a thousand patients of a
//! hundred resources, against a bare handler that serves the same bytes and against the store's own rate of writing; on PostgreSQL, too, where
//! there is a server; then minutes of everything at once, and how searches grow with the data.
//!
//! `cargo build --release -p varde-server --features bench && cargo run --release -p varde-bench --bin table
//! [-- --patients 1000 --seconds 5 --connections 64 --rounds 1 --soak 600 --postgres ADDRESS --curve 10000000 --program FILE]`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

mod postgres;

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use varde_bench::bare::{self, Bare};
use varde_bench::load::{self, Target};
use varde_bench::serving::{Serving, TOKEN};
use varde_bench::{data, kit, memory_mib, own_memory_mib, program, size_bytes};
use varde_store::{Store, Write};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Transactions that are posted in turn.
const TRANSACTIONS: usize = 200;
/// Batches written to the store itself.
const BATCHES: usize = 1_000;
/// Between two looks at the memory of the server.
const LOOK: Duration = Duration::from_millis(100);

/// What is read, with the share of the bare handler's rate that is asked for with the log and without it.
const READS: [(&str, &str, Option<f64>, Option<f64>); 4] = [
    ("read", "read by id", Some(0.4), Some(0.6)),
    ("obs", "`Observation?patient=X&_count=20`", Some(0.25), Some(0.35)),
    ("obscode", "the same of one code", None, None),
    ("ident", "`Patient?identifier=S\\|V`", None, None),
];

/// What is asked for at once when memory is watched for long.
const SOAKED: [&str; 4] = ["read", "obs", "ident", "tx"];

struct Sizes {
    patients: usize,
    seconds: u64,
    connections: usize,
    rounds: usize,
    /// Seconds of everything at once, to see whether memory grows; 0 leaves that out.
    soak_seconds: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let word = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let number = |name: &str, default: usize| word(name).map_or(Ok(default), |text| text.parse());
    let sizes = Sizes {
        patients: number("--patients", 1_000)?,
        seconds: number("--seconds", 5)? as u64,
        connections: number("--connections", 64)?,
        rounds: number("--rounds", 1)?.max(1),
        soak_seconds: number("--soak", 0)? as u64,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match arguments.get(1).map(String::as_str) {
        Some(bare::ARGUMENT) => runtime.block_on(bare::serve()),
        Some("--load") => {
            let target = target(word("--load").context("where")?, word("--kind").context("what")?, &sizes);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let length = Duration::from_secs(sizes.seconds);
            println!("{}", runtime.block_on(load::run(target, sizes.connections, length))?);
            Ok(())
        }
        _ => {
            let program = program(word("--program").map(String::as_str))?;
            runtime.block_on(measure(&program, &sizes))?;
            if let Some(address) = word("--postgres") {
                runtime.block_on(postgres::measure(&program, address, &sizes))?;
            }
            word("--curve").map_or(Ok(()), |observations| curve(observations))
        }
    }
}

/// Runs the program beside this one that shows how searches grow; what it prints is part of the table.
fn curve(observations: &str) -> anyhow::Result<()> {
    println!();
    let program = program(std::env::current_exe()?.with_file_name("curve").to_str())?;
    let status = std::process::Command::new(program).args(["--observations", observations]).status()?;
    anyhow::ensure!(status.success(), "the curve ended with {status}");
    Ok(())
}

/// The requests of a kind.
fn target(address: &str, kind: &str, sizes: &Sizes) -> Target {
    let of_each = |path: &dyn Fn(usize) -> String| (0..sizes.patients).map(path).collect();
    let observations = |n| format!("/fhir/Observation?patient={}", kit::id(n, 0));
    let code = |n: usize| kit::CODES.get(n % kit::CODES.len()).copied().unwrap_or_default();
    let paths = match kind {
        "read" => of_each(&|n| format!("/fhir/Patient/{}", kit::id(n, 0))),
        "obs" => of_each(&|n| format!("{}&_count=20", observations(n))),
        "obscode" => of_each(&|n| format!("{}&code=http%3A%2F%2Floinc.org%7C{}&_count=20", observations(n), code(n))),
        "ident" => of_each(&|n| format!("/fhir/Patient?identifier={}%7C{}", kit::IDENTIFIERS, kit::identifier(n))),
        "tx" => vec!["/fhir".to_owned()],
        _ => vec!["/".to_owned()],
    };
    let bodies = if kind == "tx" { (0..TRANSACTIONS).map(kit::transaction).collect() } else { Vec::new() };
    let headers = if kind == "bare" { String::new() } else { TOKEN.to_owned() };
    Target { address: address.to_owned(), headers, paths, bodies }
}

async fn measure(program: &Path, sizes: &Sizes) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let [logged, unlogged, alone] = ["logged", "unlogged", "alone"].map(|name| folder.path().join(name));
    let imported = import(program, folder.path(), logged.as_os_str(), sizes)?;
    let disk = size_bytes(&logged) as f64 / imported.count as f64;
    copy(&logged, &unlogged)?;
    copy(&logged, &alone)?;
    let own_rate = own_rate(data::open(&alone)?, sizes).await?;
    let with = Serving::start(program, &logged, None, false).await?;
    let without = Serving::start(program, &unlogged, None, true).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let pid = with.pid()?;
    let idle = (memory_mib(pid).1, own_memory_mib(pid));
    let peak = Arc::new(AtomicU64::new(0));
    let watch = tokio::spawn(watch(pid, Arc::clone(&peak)));
    println!(
        "| {} connections | bare, a second | logged, a second | of bare | asked | not logged, a second | of bare | asked |",
        sizes.connections
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (kind, what, asked, asked_unlogged) in READS {
        let [bare, ours, off] = reads(kind, &with, &without, sizes).await?;
        let text = |asked: Option<f64>| asked.map_or_else(String::new, |asked| asked.to_string());
        println!(
            "| {what} | {bare:.0} | {ours:.0} | {:.2} | {} | {off:.0} | {:.2} | {} |",
            ours / bare,
            text(asked),
            off / bare,
            text(asked_unlogged),
        );
    }
    let posted = rate(&with.address, "tx", sizes).await?;
    watch.abort();
    written("embedded", own_rate, posted, &imported, sizes);
    println!("\n| | |\n|---|---|");
    println!("| memory when idle | {} MiB, {} of them its own |", idle.0, idle.1);
    println!(
        "| most under all the load above | {} MiB, {} of them its own; asked less than 300 |",
        memory_mib(pid).0,
        peak.load(Ordering::Relaxed)
    );
    println!("| most of the import | {} MiB |", imported.peak_mib);
    println!("| from start to ready | {:.0} ms |", with.ready_after.as_secs_f64() * 1e3);
    println!(
        "| on disk | {:.0} bytes a resource, {:.2} of its JSON ({:.0} bytes); asked less than 1.5 |",
        disk,
        disk / imported.json,
        imported.json
    );
    without.stop().await?;
    soak(&with, sizes).await?;
    with.stop().await
}

/// The table of what is written: by the store itself, by transactions a second over HTTP, by a bulk load.
fn written(where_to: &str, own_rate: f64, posted: f64, imported: &Imported, sizes: &Sizes) {
    let rows = posted * kit::ENTRIES as f64;
    println!("\n| writing, {where_to}, on disk when answered | a second | |\n|---|---|---|");
    println!("| the store itself, batches of {} | {own_rate:.0} resources | |", kit::ENTRIES);
    println!(
        "| transaction of {}, {} connections | {posted:.0} ({rows:.0} resources) | {:.2} of the store itself; asked 0.6 |",
        kit::ENTRIES,
        sizes.connections,
        rows / own_rate
    );
    println!("| `varde import` of NDJSON | {:.0} resources | asked 10,000 embedded |", imported.rate);
}

/// Puts every kind of load on at once, a quarter of the connections each, and prints what the program keeps in memory at ten moments.
async fn soak(with: &Serving, sizes: &Sizes) -> anyhow::Result<()> {
    if sizes.soak_seconds == 0 {
        return Ok(());
    }
    let share = Sizes { connections: (sizes.connections / SOAKED.len()).max(1), seconds: sizes.soak_seconds, ..*sizes };
    println!("\n| seconds of all at once | memory, MiB | its own, MiB |\n|---|---|---|");
    let pid = with.pid()?;
    let look = async {
        for tenth in 1..=10 {
            tokio::time::sleep(Duration::from_secs(sizes.soak_seconds) / 10).await;
            println!("| {} | {} | {} |", sizes.soak_seconds * tenth / 10, memory_mib(pid).1, own_memory_mib(pid));
        }
        anyhow::Ok(())
    };
    let [read, obs, ident, tx] = SOAKED.map(|kind| rate(&with.address, kind, &share));
    let (read, obs, ident, tx, ()) = tokio::try_join!(read, obs, ident, tx, look)?;
    println!(
        "\nMeanwhile, a second: read {read:.0}, observations {obs:.0}, identifier {ident:.0}, transactions {tx:.0}."
    );
    Ok(())
}

/// What a bulk load came to.
struct Imported {
    /// Resources, and how many a second.
    count: usize,
    rate: f64,
    peak_mib: u64,
    /// Bytes of the JSON of a resource.
    json: f64,
}

/// Loads all patients with the program itself into a directory or a database.
fn import(program: &Path, folder: &Path, place: &OsStr, sizes: &Sizes) -> anyhow::Result<Imported> {
    let path = folder.join("resources.ndjson");
    let (mut count, mut bytes, mut out) = (0_usize, 0_usize, BufWriter::new(File::create(&path)?));
    for resource in (0..sizes.patients).flat_map(kit::resources) {
        writeln!(out, "{resource}")?;
        count += 1;
        bytes += resource.len();
    }
    out.flush()?;
    let started = Instant::now();
    let mut child = std::process::Command::new(program)
        .args(["import", "--data"])
        .args([place, path.as_os_str()])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .context("starting the program")?;
    let mut peak_mib = 0;
    let status = loop {
        peak_mib = peak_mib.max(memory_mib(child.id()).0);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    anyhow::ensure!(status.success(), "the import ended with {status}");
    let rate = count as f64 / started.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(Imported { count, rate, peak_mib, json: bytes as f64 / count as f64 })
}

/// Copies the files of a data folder that nobody has open.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path: PathBuf = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.is_file()) {
            std::fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Resources a second that the store commits, as many batches at once as there are connections: the rows of a transaction, parsed and indexed
/// beforehand, without HTTP and rights.
async fn own_rate(store: Store, sizes: &Sizes) -> anyhow::Result<f64> {
    let mut batches: VecDeque<Vec<Write>> = VecDeque::with_capacity(BATCHES);
    for number in 0..BATCHES {
        let all = kit::resources(sizes.patients + number);
        batches.push_back(all.iter().take(kit::ENTRIES).map(|json| data::write(json)).collect::<anyhow::Result<_>>()?);
    }
    let batches = Arc::new(Mutex::new(batches));
    let started = Instant::now();
    let tasks: Vec<_> = (0..sizes.connections)
        .map(|_| {
            let (store, batches) = (store.clone(), Arc::clone(&batches));
            tokio::spawn(async move {
                loop {
                    let next = batches.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(batch) = next else { return anyhow::Ok(()) };
                    store.bulk("bench", batch, None).await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let rate = (BATCHES * kit::ENTRIES) as f64 / started.elapsed().as_secs_f64();
    store.close().await?;
    Ok(rate)
}

/// Looks at the memory of a process until it is told to stop; the most of its own goes into `peak`.
async fn watch(pid: u32, peak: Arc<AtomicU64>) {
    loop {
        peak.fetch_max(own_memory_mib(pid), Ordering::Relaxed);
        tokio::time::sleep(LOOK).await;
    }
}

/// Answers a second of the bare handler, of the program, and of the program without its log, one after the other: of several rounds
/// the one whose share is in the middle.
async fn reads(kind: &str, with: &Serving, without: &Serving, sizes: &Sizes) -> anyhow::Result<[f64; 3]> {
    let path = target("", kind, sizes).paths.into_iter().next().context("a path")?;
    let handler = Bare::start(&bare::body(&with.address, &path, TOKEN).await?).await?;
    let mut rounds = Vec::with_capacity(sizes.rounds);
    for _ in 0..sizes.rounds {
        let bare = rate(&handler.address, "bare", sizes).await?;
        rounds.push([bare, rate(&with.address, kind, sizes).await?, rate(&without.address, kind, sizes).await?]);
    }
    let share = |[bare, ours, _]: &[f64; 3]| ours / bare;
    rounds.sort_by(|a, b| share(a).total_cmp(&share(b)));
    rounds.get(rounds.len() / 2).copied().context("no round")
}

/// Answers a second, by a load generator that is a process of its own on the same cores.
async fn rate(address: &str, kind: &str, sizes: &Sizes) -> anyhow::Result<f64> {
    let output = tokio::process::Command::new(std::env::current_exe()?)
        .args(["--load", address, "--kind", kind, "--patients", &sizes.patients.to_string()])
        .args(["--connections", &sizes.connections.to_string(), "--seconds", &sizes.seconds.to_string()])
        .output()
        .await?;
    let said = String::from_utf8(output.stdout)?;
    said.trim().parse().with_context(|| format!("{kind}: {}", String::from_utf8_lossy(&output.stderr)))
}
