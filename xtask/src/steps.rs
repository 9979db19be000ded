//! Steps: run one after the other, timed, what they print kept in a file, a plain summary at the end.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::counts::Counts;
use crate::workspace::Workspace;

/// Lines shown of a step that failed.
const TAIL_LINES: usize = 80;
/// How often a running step is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Steps run so far.
#[derive(Debug)]
pub(crate) struct Steps {
    logs: PathBuf,
    started: Instant,
    done: Vec<Done>,
}

#[derive(Debug)]
struct Done {
    name: &'static str,
    took: Duration,
    counts: Counts,
}

/// How a step's result is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// The step is one check.
    AsOne,
    /// The step is a suite that says how many of its tests passed.
    AsSuite,
}

impl Steps {
    /// Logs go to `xtask/` in cargo's target folder.
    pub(crate) fn new(workspace: &Workspace) -> Result<Self> {
        let logs = workspace.target.join("xtask");
        std::fs::create_dir_all(&logs).with_context(|| format!("could not make the folder {}", logs.display()))?;
        Ok(Self { logs, started: Instant::now(), done: Vec::new() })
    }

    /// Runs `command`, for `limit` at most. Answers whether it went well; a command that could not be started went badly.
    pub(crate) fn run(&mut self, name: &'static str, counted: Counted, limit: Duration, command: &mut Command) -> bool {
        self.step(name, counted, |log| {
            // One open file for both, so that neither writes over the other.
            let out = File::create(log)?;
            let errors = out.try_clone()?;
            // Plain text in the log, and nothing that waits for an answer.
            command.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1").stdin(Stdio::null());
            let program = command.get_program().to_string_lossy().into_owned();
            let child =
                command.stdout(out).stderr(errors).spawn().with_context(|| format!("{program} did not start"))?;
            wait(child, limit)
        })
    }

    /// Runs a check inside this program that answers with what it found wrong.
    pub(crate) fn look(&mut self, name: &'static str, check: impl FnOnce() -> Result<Vec<String>>) -> bool {
        self.step(name, Counted::AsOne, |log| {
            let wrong = check()?;
            std::fs::write(log, wrong.join("\n"))?;
            Ok(wrong.is_empty())
        })
    }

    /// Counts a step that could not be run as failed.
    pub(crate) fn not_run(&mut self, name: &'static str, why: &str) {
        println!("{name:<12} not run: {why}");
        self.done.push(Done { name, took: Duration::ZERO, counts: Counts { passed: 0, failed: 1 } });
    }

    /// Prints the summary. Answers whether all went well.
    pub(crate) fn finish(self) -> bool {
        println!();
        for done in &self.done {
            let Counts { passed, failed } = done.counts;
            println!("{:<12} {:>6} passed {:>4} failed {:>8.1} s", done.name, passed, failed, done.took.as_secs_f64());
        }
        let all: Counts = self.done.iter().map(|done| done.counts).sum();
        println!("in {:.0} s; logs in {}\n", self.started.elapsed().as_secs_f64(), self.logs.display());
        println!("{} passed, {} failed", all.passed, all.failed);
        all.failed == 0
    }

    fn step(&mut self, name: &'static str, counted: Counted, action: impl FnOnce(&PathBuf) -> Result<bool>) -> bool {
        println!("{name:<12} ...");
        let started = Instant::now();
        let log = self.logs.join(format!("{name}.log"));
        let went_well = action(&log).unwrap_or_else(|error| {
            println!("{name:<12} {error:#}");
            false
        });
        let took = started.elapsed();
        // What a program prints need not be UTF-8, and the numbers in it still count.
        let output = std::fs::read(&log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let counts = count(&output, counted, went_well);
        println!("{name:<12} {} after {:.1} s", if went_well { "ok" } else { "FAILED" }, took.as_secs_f64());
        if !went_well {
            let lines: Vec<&str> = output.lines().collect();
            let tail = lines.get(lines.len().saturating_sub(TAIL_LINES)..).unwrap_or_default();
            println!("--- the end of {}\n{}\n---", log.display(), tail.join("\n"));
        }
        self.done.push(Done { name, took, counts });
        went_well
    }
}

/// A suite that failed counts at least one failure: it may have failed to compile, or been stopped.
fn count(output: &str, counted: Counted, went_well: bool) -> Counts {
    let read = if counted == Counted::AsSuite { Counts::read(output) } else { Counts::default() };
    match (counted, went_well) {
        (Counted::AsOne, true) => Counts { passed: 1, failed: 0 },
        (_, false) => Counts { failed: read.failed.max(1), ..read },
        (Counted::AsSuite, true) => read,
    }
}

fn wait(mut child: std::process::Child, limit: Duration) -> Result<bool> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            anyhow::bail!("stopped after {} minutes", limit.as_secs() / 60);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_that_fails_without_numbers_counts_as_one_failure() {
        let suite = "test result: ok. 3 passed; 0 failed";
        assert_eq!(count(suite, Counted::AsSuite, true), Counts { passed: 3, failed: 0 });
        assert_eq!(count(suite, Counted::AsSuite, false), Counts { passed: 3, failed: 1 });
        assert_eq!(count("error", Counted::AsSuite, false), Counts { passed: 0, failed: 1 });
        assert_eq!(count(suite, Counted::AsOne, true), Counts { passed: 1, failed: 0 });
        assert_eq!(count(suite, Counted::AsOne, false), Counts { passed: 0, failed: 1 });
    }

    #[test]
    fn a_step_that_takes_too_long_is_stopped() {
        let child = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(wait(child, Duration::from_millis(1)).is_err());
    }
}
