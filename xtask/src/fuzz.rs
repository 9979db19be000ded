//! Fuzz targets: built with coverage on stable Rust, run for a while each, two at a time. Why so: docs/decisions/0006-fuzzing.md.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::machine;
use crate::steps::{Counted, Steps};
use crate::workspace::Workspace;

/// A program in `fuzz/fuzz_targets`.
struct Target {
    name: &'static str,
    /// The step it is in `cargo xtask test`.
    step: &'static str,
    /// Most bytes of an input.
    max_bytes: u32,
}

/// All of them. FHIRPath's joins here.
const TARGETS: &[Target] = &[
    Target { name: "json", step: "fuzz-json", max_bytes: 32_768 },
    Target { name: "patch", step: "fuzz-patch", max_bytes: 16_384 },
    Target { name: "search", step: "fuzz-search", max_bytes: 2_048 },
    Target { name: "cursor", step: "fuzz-cursor", max_bytes: 2_048 },
];
/// As many as the smallest machine has cores.
const AT_ONCE: usize = 2;
/// Seconds of each target in `cargo xtask test`.
const SECONDS: u64 = 60;
/// An input that takes longer is a finding.
const INPUT_SECONDS: u32 = 5;
/// A target that takes more is a finding.
const MEMORY_MIB: u32 = 1_024;
const PLATFORM: &str = "x86_64-unknown-linux-gnu";
/// What `cargo fuzz --sanitizer none` sets, and nothing of it needs a nightly compiler.
const FLAGS: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// `cargo xtask fuzz [TARGET] [--seconds N]`.
pub(crate) fn by_hand(workspace: &Workspace, words: &[&str]) -> Result<bool> {
    let (names, seconds) = match words {
        [names @ .., "--seconds", seconds] => (names, seconds.parse().context("--seconds takes a number")?),
        names => (names, SECONDS),
    };
    let chosen: Vec<&Target> = match names {
        [] => TARGETS.iter().collect(),
        [name] => TARGETS.iter().filter(|target| target.name == *name).collect(),
        _ => anyhow::bail!("cargo xtask fuzz takes one target"),
    };
    let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    ensure!(!chosen.is_empty(), "there is no such target; there are: {}", known.join(", "));
    let mut steps = Steps::new(workspace)?;
    build_and_run(workspace, &mut steps, &chosen, seconds);
    Ok(steps.finish())
}

/// The step of `cargo xtask test`.
pub(crate) fn in_test(workspace: &Workspace, steps: &mut Steps) {
    build_and_run(workspace, steps, &TARGETS.iter().collect::<Vec<_>>(), SECONDS);
}

fn build_and_run(workspace: &Workspace, steps: &mut Steps, targets: &[&Target], seconds: u64) {
    if let Err(error) = machine::prepare_for_fuzzing() {
        return steps.not_run("fuzz", &format!("{error:#}"));
    }
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--target", PLATFORM, "--manifest-path", "fuzz/Cargo.toml"]);
    build.env("CARGO_TARGET_DIR", folder(workspace)).env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    if !steps.run("fuzz-build", Counted::AsOne, LIMIT, &mut build) {
        return steps.not_run("fuzz", "there are no targets to run");
    }
    for group in targets.chunks(AT_ONCE) {
        let runs: Vec<Result<Run>> = group.iter().map(|target| Run::start(workspace, target, seconds)).collect();
        for (run, target) in runs.into_iter().zip(group) {
            steps.look(target.step, || run?.finish(seconds));
        }
    }
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("fuzz")
}

/// A target at work.
struct Run {
    child: Child,
    log: PathBuf,
    started: Instant,
}

impl Run {
    fn start(workspace: &Workspace, Target { name, max_bytes, .. }: &Target, seconds: u64) -> Result<Self> {
        let folder = folder(workspace);
        let (corpus, findings) = (folder.join("corpus").join(name), folder.join("findings"));
        std::fs::create_dir_all(&corpus)?;
        std::fs::create_dir_all(&findings)?;
        let log = folder.join(format!("{name}.log"));
        let mut command = Command::new(folder.join(PLATFORM).join("release").join(name));
        command.arg(&corpus).arg(workspace.root.join("fuzz/seeds").join(name));
        command.args(shared_data(&workspace.root, name));
        command.arg(format!("-max_total_time={seconds}")).arg(format!("-timeout={INPUT_SECONDS}"));
        command.arg(format!("-rss_limit_mb={MEMORY_MIB}")).arg(format!("-max_len={max_bytes}"));
        command.arg(format!("-artifact_prefix={}/{name}-", findings.display())).arg("-print_final_stats=1");
        let out = std::fs::File::create(&log)?;
        let child = command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out).spawn();
        Ok(Self { child: child.context("the target did not start")?, log, started: Instant::now() })
    }

    /// Waits for its end. What it found, as the end of its log; nothing when all is well.
    fn finish(mut self, seconds: u64) -> Result<Vec<String>> {
        // The corpus is read first, and an input may take its time.
        let limit = Duration::from_secs(seconds + 120);
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if self.started.elapsed() > limit {
                self.child.kill()?;
                self.child.wait()?;
                anyhow::bail!("it did not come to its end");
            }
            std::thread::sleep(Duration::from_millis(200));
        };
        let log = String::from_utf8_lossy(&std::fs::read(&self.log)?).into_owned();
        let figures = log.lines().filter(|line| line.starts_with("stat::"));
        println!("             {}", figures.map(|line| line.replace("stat::", "")).collect::<Vec<_>>().join("  "));
        if status.success() {
            return Ok(Vec::new());
        }
        let lines: Vec<String> = log.lines().map(|line| line.chars().take(300).collect()).collect();
        Ok(lines.into_iter().rev().take(60).rev().collect())
    }
}

/// Real resources to begin with, where they are.
fn shared_data(root: &Path, name: &str) -> Option<PathBuf> {
    let beside = || root.parent().map(|folder| folder.join("shared/data"));
    let data = std::env::var_os("VARDE_SHARED_DATA").map(PathBuf::from).or_else(beside)?;
    let examples = data.join("fhir-r4-examples/json");
    (name == "json" && examples.is_dir()).then_some(examples)
}
