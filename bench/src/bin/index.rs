//! What drawing the index entries from a resource costs beside reading it: resources of NDJSON files, or a patient and a hundred observations.
//!
//! `cargo run --release -p varde-bench --bin index [-- FILE...]`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use varde_base::SeededRandom;
use varde_bench::data;
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, index};

/// The allocator of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often everything is measured; the shortest time counts, since only disturbances make it longer.
const ROUNDS: usize = 7;
/// Most resources of each type.
const MAX_OF_TYPE: usize = 2_000;

fn main() -> anyhow::Result<()> {
    let mut types: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for line in lines()? {
        let parsed = Parsed::parse(line.as_bytes(), &Limits::default()).map_err(|i| anyhow::anyhow!("{i:?}"))?;
        let of_type = types.entry(parsed.resource_type().name()).or_default();
        if of_type.len() < MAX_OF_TYPE {
            of_type.push(line);
        }
    }
    println!("{:<24} {:>6} {:>8} {:>9} {:>10} {:>6}", "type", "number", "entries", "read, µs", "index, µs", "times");
    let (mut read, mut indexed) = (Duration::ZERO, Duration::ZERO);
    for (name, lines) in &types {
        let (reading, indexing, entries) = measure(lines)?;
        read += reading;
        indexed += indexing;
        let each = |time: Duration| time.as_secs_f64() * 1e6 / lines.len() as f64;
        let times = indexing.as_secs_f64() / reading.as_secs_f64();
        let entries = entries as f64 / lines.len() as f64;
        let (reading, indexing) = (each(reading), each(indexing));
        println!("{name:<24} {:>6} {entries:>8.1} {reading:>9.2} {indexing:>10.2} {times:>6.2}", lines.len());
    }
    println!("all: indexing takes {:.2} times as long as reading", indexed.as_secs_f64() / read.as_secs_f64());
    Ok(())
}

/// Resources as texts.
fn lines() -> anyhow::Result<Vec<String>> {
    let mut out = Vec::new();
    for file in std::env::args_os().skip(1) {
        let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        out.extend(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    }
    if out.is_empty() {
        let mut random = SeededRandom::new(1);
        out.extend((0..100).map(data::patient));
        out.extend((0..1_000).map(|number| data::observation(number / 100, number, &mut random)));
    }
    Ok(out)
}

/// The shortest times to read all, and to draw the index from what was read; and how many entries that gives.
fn measure(lines: &[String]) -> anyhow::Result<(Duration, Duration, usize)> {
    let limits = Limits::default();
    let (mut read, mut indexed, mut entries) = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for line in lines {
            drop(black_box(Parsed::parse(black_box(line.as_bytes()), &limits)));
        }
        read = read.min(started.elapsed());
        let parsed: Result<Vec<Parsed<'_>>, _> =
            lines.iter().map(|line| Parsed::parse(line.as_bytes(), &limits)).collect();
        let parsed = parsed.map_err(|issues| anyhow::anyhow!("{issues:?}"))?;
        let started = Instant::now();
        entries = parsed.iter().map(|parsed| black_box(index::extract(black_box(parsed))).entries.len()).sum();
        indexed = indexed.min(started.elapsed());
    }
    Ok((read, indexed, entries))
}
