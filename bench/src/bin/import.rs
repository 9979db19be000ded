//! Import rate and peak memory of the real program: `varde import` of the files given, or of 100,000 made-up resources, into an empty
//! directory.
//!
//! `cargo build --release && cargo run --release -p varde-bench --bin import [-- FILE...]`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use varde_base::SeededRandom;
use varde_bench::{data, memory_mib, program, size_mib};

/// Patients with 100 resources each, when no files are given.
const PATIENTS: usize = 1_000;

fn main() -> anyhow::Result<()> {
    let mut files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let directory = tempfile::tempdir()?;
    if files.is_empty() {
        let path = directory.path().join("resources.ndjson");
        let mut random = SeededRandom::new(1);
        let mut out = BufWriter::new(File::create(&path)?);
        for patient in 0..PATIENTS {
            writeln!(out, "{}", data::patient(patient))?;
            for number in 0..data::OBSERVATIONS {
                writeln!(out, "{}", data::observation(patient, number, &mut random))?;
            }
        }
        out.flush()?;
        files.push(path);
    }
    let data = directory.path().join("data");
    let started = Instant::now();
    let mut command = std::process::Command::new(program(None)?);
    let mut child =
        command.arg("import").arg("--data").arg(&data).args(files).spawn().context("starting the program")?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(memory_mib(child.id()).0);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    println!(
        "{status}, {:.1} s in all, peak {peak} MiB, {} MiB on disk",
        started.elapsed().as_secs_f64(),
        size_mib(&data)
    );
    Ok(())
}
