//! `cargo xtask`: what a person and CI do with this repository, as one small program, so that both do the same.

#![expect(clippy::print_stdout, reason = "a build tool speaks on standard output")]

mod clients;
mod counts;
mod fuzz;
mod machine;
mod postgres;
mod steps;
mod tasks;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;

use workspace::Workspace;

const HELP: &str = "\
cargo xtask TASK

  test             everything: installs what it needs (as root), then format, lints, house rules, tests, release build,
                   browser tests, clients of others and fuzz targets; the last line is `N passed, N failed`
  check            the fast round while working: format, lints with types, house rules
  tidy             the house rules alone
  bench [NAME] [-- ARGS]
                   the measurements of the package varde-bench, all or one, in a release build
  fuzz [TARGET] [--seconds N]
                   the fuzz targets, all or one, for N seconds each (60); what they find lies in target/fuzz/findings
  assets           builds the committed style sheet, script, fonts and icons again (needs Node)
  --help           this text

What a step prints is kept in target/xtask/STEP.log; of a step that fails the end is shown.
Tests find a PostgreSQL server by VARDE_TEST_POSTGRES and a streaming replica of it by VARDE_TEST_POSTGRES_REPLICA; `test` starts
both when no server is named.
Browser tests are started with VARDE_BIN (the release binary) and CHROMIUM_PATH in the environment.
Exit code 0 when all is well, 1 when something failed, 2 when the task could not be started.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            println!("xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether all went well; an error when there was nothing to run.
fn run(words: &[&str]) -> Result<bool> {
    match words {
        ["test"] => tasks::test(&Workspace::find()?),
        ["check"] => tasks::check(&Workspace::find()?),
        ["tidy"] => tasks::tidy(&Workspace::find()?),
        ["bench", rest @ ..] => tasks::bench(&Workspace::find()?, rest),
        ["fuzz", rest @ ..] => fuzz::by_hand(&Workspace::find()?, rest),
        ["assets"] => tasks::assets(&Workspace::find()?),
        [] | ["--help" | "-h" | "help"] => {
            println!("{HELP}");
            Ok(true)
        }
        other => anyhow::bail!("there is no task `{}`; see cargo xtask --help", other.join(" ")),
    }
}
