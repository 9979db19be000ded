//! The program as it is run: start-up and idle memory, reads and searches over HTTP with token, rights and log against a bare
//! handler that serves the same bytes, and the server's time of each page.
//!
//! `cargo build --release && cargo run --release -p varde-bench --bin running [-- --size 10000 --seconds 5 --connections 64]`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use varde_bench::bare::{self, Bare};
use varde_bench::load::{self, Target};
use varde_bench::site::{self, Site};
use varde_bench::{data, memory_mib, own_memory_mib, program};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Patients with 99 observations each, beside the country's citizens.
const PATIENTS: usize = 500;
/// Times each page is asked for by each person.
const PAGES: usize = 60;
/// People of the cast who look at pages.
const PEOPLE: [usize; 4] = [0, 1, 5, 9];

/// One who has had many blood tests, and looks at them.
const MANY: &str = "Arne Dahl";
/// What is looked at: the front page, what is due, the medicines, the newest results, one year, every analysis, and one over time.
const RESULT_PAGES: [&str; 7] = [
    "/",
    "/household",
    "/medicines",
    "/results",
    "/results?year=2015",
    "/results/analyses",
    "/results/over-time?code=http%3A%2F%2Floinc.org%7C718-7",
];

struct Sizes {
    citizens: usize,
    seconds: u64,
    connections: usize,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: usize| -> anyhow::Result<usize> {
        match arguments.iter().position(|argument| argument == name) {
            Some(at) => Ok(arguments.get(at + 1).context("a number is missing")?.parse()?),
            None => Ok(default),
        }
    };
    let sizes = Sizes {
        citizens: number("--size", 10_000)?,
        seconds: number("--seconds", 5)? as u64,
        connections: number("--connections", 64)?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match arguments.get(1).map(String::as_str) {
        Some(bare::ARGUMENT) => runtime.block_on(bare::serve()),
        Some("--load") => {
            let word = |at: usize| arguments.get(at).cloned().context("an argument is missing");
            let headers = word(3)?;
            let target = Target { address: word(2)?, headers, paths: paths(&word(4)?), bodies: Vec::new() };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let length = Duration::from_secs(sizes.seconds);
            println!("{}", runtime.block_on(load::run(target, sizes.connections, length))?);
            Ok(())
        }
        _ => runtime.block_on(measure(&program(None)?, &sizes)),
    }
}

fn paths(kind: &str) -> Vec<String> {
    let of_each = |path: fn(usize) -> String| (0..PATIENTS).map(path).collect();
    match kind {
        "read" => of_each(|n| format!("/fhir/Patient/p{n}")),
        "search" => of_each(|n| format!("/fhir/Observation?patient=p{n}&_count=20")),
        _ => vec!["/".to_owned()],
    }
}

async fn measure(program: &Path, sizes: &Sizes) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = data::filled(folder.path(), PATIENTS).await?;
    store.close().await?;
    let site = Site::start(program, folder.path(), sizes.citizens).await?;
    println!("{:>8.1} s to make and start a country of {} citizens", site.ready_after.as_secs_f64(), sizes.citizens);
    let many = site.text(&format!("/people/{}/patient", site.person(MANY)?))?.to_owned();
    site.stop().await?;
    data::fill_results(folder.path(), &many).await?;
    let site = Site::start(program, folder.path(), sizes.citizens).await?;
    println!("{:>8.0} ms from start to ready on it", site.ready_after.as_secs_f64() * 1e3);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (pid, mib) = (site.pid()?, "MiB");
    println!("{:>8} {mib} resident when idle, {} {mib} of them its own", memory_mib(pid).1, own_memory_mib(pid));
    pages(&site).await?;
    for (kind, what) in [("read", "read by id"), ("search", "Observation?patient=X&_count=20")] {
        against_bare(&site, kind, what, sizes).await?;
    }
    println!("{:>8} {mib} resident after all this", memory_mib(pid).1);
    site.stop().await
}

/// Milliseconds on the server for each page, as the server itself says.
async fn pages(site: &Site) -> anyhow::Result<()> {
    let mut cookies = Vec::new();
    for person in PEOPLE {
        cookies.push(site.sign_in(person).await?);
    }
    for path in
        ["/", "/household", "/medicines", "/appointments", "/appointments/book", "/events", "/access-log", "/act-for"]
    {
        page(site, &cookies, path).await?;
    }
    println!("{:>8} results of one person who looks at them", data::RESULTS);
    let many = [site.sign_in(site.person(MANY)?).await?];
    for path in RESULT_PAGES {
        page(site, &many, path).await?;
    }
    Ok(())
}

async fn page(site: &Site, cookies: &[String], path: &str) -> anyhow::Result<()> {
    let portal = site.text("/portal")?;
    let (mut times, mut bytes) = (Vec::new(), 0);
    for turn in 0..PAGES {
        for header in cookies {
            let answer = site::get(&format!("{portal}{path}"), header).await?;
            times.extend(answer.milliseconds().filter(|_| turn > 0));
            bytes = bytes.max(answer.bytes);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    println!("{:>8.2} ms at the median, {:.2} ms at the 95th of a hundred, {bytes} bytes: {path}", at(50), at(95));
    Ok(())
}

async fn against_bare(site: &Site, kind: &str, what: &str, sizes: &Sizes) -> anyhow::Result<()> {
    let token = format!("authorization: Bearer {}\r\n", site.text("/tokens/source_system")?);
    let path = paths(kind).into_iter().next().context("a path")?;
    let body = bare::body(site.address()?, &path, &token).await?;
    let handler = Bare::start(&body).await?;
    let bare = rate(&handler.address, "", "bare", sizes).await?;
    let ours = rate(site.address()?, &token, kind, sizes).await?;
    println!("{bare:>8.0}/s bare handler, {} bytes", body.len());
    println!("{ours:>8.0}/s {what}: {:.2} of bare, {:.1} us more each", ours / bare, 1e6 / ours - 1e6 / bare);
    Ok(())
}

/// Answers a second, by a load generator that is a process of its own on the same cores.
async fn rate(address: &str, headers: &str, kind: &str, sizes: &Sizes) -> anyhow::Result<f64> {
    let output = tokio::process::Command::new(std::env::current_exe()?)
        .args(["--load", address, headers, kind])
        .args(["--connections", &sizes.connections.to_string(), "--seconds", &sizes.seconds.to_string()])
        .output()
        .await?;
    let said = String::from_utf8(output.stdout)?;
    said.trim().parse().with_context(|| format!("{kind}: {}", String::from_utf8_lossy(&output.stderr)))
}
