//! Import rate and peak memory of the real program: `varde import` of the files given, into an empty directory.
//!
//! `cargo build --release -p varde-server && cargo run --release -p varde-bench --bin import -- target/release/varde FILE...`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::time::{Duration, Instant};

use anyhow::Context as _;
use varde_bench::{memory_mib, size_mib};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().context("give the varde program, then the files")?;
    let directory = tempfile::tempdir()?;
    let started = Instant::now();
    let mut child = std::process::Command::new(program)
        .arg("import")
        .arg("--data")
        .arg(directory.path())
        .args(arguments)
        .spawn()
        .context("starting the program")?;
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
        size_mib(directory.path())
    );
    Ok(())
}
