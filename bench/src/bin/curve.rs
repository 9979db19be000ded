//! How searches slow down as data grow, and what a resource takes on disk: embedded databases of three sizes, which a second run on the
//! same directory finds filled. Each search is timed in three states, so that growth is not taken for the memory that ran out: without any memory
//! for resources, of patients who were all looked at before, and of any patient, as they come.
//!
//! `cargo run --release -p varde-bench --bin curve [-- --observations 10000000] [--data DIR]`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use varde_base::{Random as _, SeededRandom};
use varde_bench::{data, size_bytes};
use varde_fhir::ResourceType;
use varde_fhir::search::SearchOptions;
use varde_store::{Store, Write};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Steps, in observations.
const STEPS: [usize; 3] = [100_000, 1_000_000, 10_000_000];
/// Patients in a batch.
const PATIENTS: usize = 20;
/// Requests of each kind that are timed.
const REQUESTS: usize = 2_000;
/// Patients whose resources fit in memory, however many others there are.
const WARM_PATIENTS: usize = 500;

/// Names and values of parameters; `P` is a patient's number.
type Parameters = &'static [(&'static str, &'static str)];

/// Searches that are timed: what they are called, the type, the parameters.
const SEARCHES: [(&str, &str, Parameters); 6] = [
    ("a patient's observations", "Observation", &[("patient", "pP"), ("_count", "20")]),
    ("the newest of them", "Observation", &[("patient", "pP"), ("_count", "20"), ("_sort", "-date")]),
    ("those with one code", "Observation", &[("patient", "pP"), ("_count", "20"), ("code", "http://loinc.org|8302-2")]),
    ("those of one year", "Observation", &[("patient", "pP"), ("_count", "20"), ("date", "2015")]),
    ("a patient by identifier", "Patient", &[("identifier", "urn:bench|P")]),
    ("anybody's with one code", "Observation", &[("code", "http://loinc.org|8302-2"), ("_count", "20")]),
];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let after =
        |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let most = after("--observations").map_or(Ok(1_000_000), |number| number.parse::<usize>())?;
    let temporary = tempfile::tempdir()?;
    let directory = after("--data").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(&directory, most))
}

/// Medians and 95th percentiles of every search in one database, in microseconds, in each state.
struct Step {
    observations: usize,
    states: [Vec<(f64, f64)>; 3],
}

async fn measure(directory: &Path, most: usize) -> anyhow::Result<()> {
    println!(
        "| observations | loaded, resources a second | MiB on disk | MiB of JSON | disk of JSON |\n|---|---|---|---|---|"
    );
    let mut steps = Vec::with_capacity(STEPS.len());
    for observations in STEPS.into_iter().filter(|step| *step <= most) {
        let directory = directory.join(observations.to_string());
        std::fs::create_dir_all(&directory)?;
        let patients = observations.div_ceil(data::OBSERVATIONS);
        let (raw, rate) = filled(&directory, patients).await?;
        let disk = size_bytes(&directory);
        let rate = rate.map_or_else(|| "before this run".to_owned(), |rate| format!("{rate:.0}"));
        let ratio = disk as f64 / raw as f64;
        println!("| {observations} | {rate} | {} | {} | {ratio:.2} |", disk >> 20, raw >> 20);
        // Opened anew each time: nothing of the loading is left in memory.
        let empty = all(&data::open_without_memory(&directory)?, patients, patients, false).await?;
        let warm = all(&data::open(&directory)?, patients, WARM_PATIENTS, true).await?;
        let mixed = all(&data::open(&directory)?, patients, patients, false).await?;
        steps.push(Step { observations, states: [empty, warm, mixed] });
    }
    for (state, what) in ["nothing in memory", "all in memory", "as they come"].into_iter().enumerate() {
        print(what, state, &steps);
    }
    Ok(())
}

/// A table of one state: each search, and how it grows from the smallest database to the largest.
fn print(what: &str, state: usize, steps: &[Step]) {
    let sizes: Vec<String> = steps.iter().map(|step| format!(" {} |", step.observations)).collect();
    println!("\n| {what}: median (95th of a hundred), µs |{} grows |", sizes.concat());
    println!("|---|{}---|", "---|".repeat(steps.len()));
    for (row, (name, ..)) in SEARCHES.iter().enumerate() {
        let of = |step: &Step| step.states.get(state).and_then(|times| times.get(row)).copied().unwrap_or_default();
        let cells: Vec<String> = steps.iter().map(of).map(|(at, slow)| format!(" {at:.1} ({slow:.1}) |")).collect();
        let ends = steps.first().map(of).zip(steps.last().map(of));
        let growth = ends.map_or(1.0, |((small, _), (large, _))| large / small);
        println!("| {name} |{} {growth:.2} |", cells.concat());
    }
}

/// Times every search over `among` patients of all, spread evenly; `twice` says that they are looked at once before that.
async fn all(store: &Store, patients: usize, among: usize, twice: bool) -> anyhow::Result<Vec<(f64, f64)>> {
    let among = among.min(patients);
    let mut out = Vec::with_capacity(SEARCHES.len());
    for (_, resource_type, parameters) in SEARCHES {
        if twice {
            let each = (0..among).map(|number| number * (patients / among));
            time(store, each, resource_type, parameters).await?;
        }
        let mut random = SeededRandom::new(7);
        let mut some = Vec::with_capacity(REQUESTS);
        for _ in 0..REQUESTS {
            some.push(usize::try_from(random.below(u64::try_from(among)?))? * (patients / among));
        }
        out.push(time(store, some.into_iter(), resource_type, parameters).await?);
    }
    store.close().await?;
    Ok(out)
}

/// Fills a database, unless an earlier run has; bytes of its JSON, and resources a second of loading.
async fn filled(directory: &Path, patients: usize) -> anyhow::Result<(u64, Option<f64>)> {
    let note = directory.join("json-bytes");
    if let Ok(noted) = std::fs::read_to_string(&note) {
        return Ok((noted.trim().parse()?, None));
    }
    let store = data::open(directory)?;
    let started = Instant::now();
    let raw = load(&store, 0, patients).await?;
    let resources = patients * (data::OBSERVATIONS + 1);
    let rate = resources as f64 / started.elapsed().as_secs_f64();
    store.close().await?;
    std::fs::write(note, raw.to_string())?;
    Ok((raw, Some(rate)))
}

/// Loads patients up to `until`; bytes of their JSON.
async fn load(store: &Store, from: usize, until: usize) -> anyhow::Result<u64> {
    let mut raw = 0;
    let prepare = |first: usize| tokio::task::spawn_blocking(move || batch(first, (first + PATIENTS).min(until)));
    let mut next = prepare(from);
    for first in (from..until).step_by(PATIENTS) {
        let (writes, bytes) = next.await??;
        // The next is prepared while this one is written.
        next = prepare((first + PATIENTS).min(until));
        raw += bytes;
        store.bulk("curve", writes, None).await?;
    }
    next.await??;
    Ok(raw)
}

fn batch(from: usize, until: usize) -> anyhow::Result<(Vec<Write>, u64)> {
    let (mut writes, mut bytes) = (Vec::with_capacity(PATIENTS * 100), 0);
    for number in from..until {
        let mut random = SeededRandom::new(number as u64);
        let mut add = |json: String| {
            bytes += json.len() as u64;
            data::write(&json)
        };
        writes.push(add(data::patient(number))?);
        for observed in 0..data::OBSERVATIONS {
            writes.push(add(data::observation(number, observed, &mut random))?);
        }
    }
    Ok((writes, bytes))
}

/// Median and 95th percentile in microseconds, one request after the other, decided and logged.
async fn time(
    store: &Store,
    patients: impl Iterator<Item = usize>,
    resource_type: &str,
    parameters: Parameters,
) -> anyhow::Result<(f64, f64)> {
    let resource_type = ResourceType::from_name(resource_type).context("a type")?;
    let mut micros = Vec::with_capacity(REQUESTS);
    for number in patients {
        let number = number.to_string();
        let pairs: Vec<(String, String)> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), value.replace('P', &number))).collect();
        let options = SearchOptions { max_count: 100, default_count: 20, lenient: false, now: jiff::Timestamp::now() };
        let query = varde_fhir::search::parse(resource_type, &pairs, &options).map_err(|e| anyhow::anyhow!("{e:?}"))?;
        let started = Instant::now();
        let page = store.as_actor(&data::system()).search(&query).await?;
        micros.push(started.elapsed().as_secs_f64() * 1e6);
        anyhow::ensure!(
            !page.matches.is_empty() || parameters.iter().any(|(name, _)| *name == "date"),
            "nothing found"
        );
    }
    micros.sort_by(f64::total_cmp);
    let at = |part: usize| micros.get(micros.len() * part / 100).copied().unwrap_or_default();
    Ok((at(50), at(95)))
}
