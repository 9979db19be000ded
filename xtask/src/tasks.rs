//! The tasks, each a list of steps.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::postgres::{ADDRESS, REPLICA_ADDRESS, Server};
use crate::steps::{Counted, Steps};
use crate::workspace::Workspace;
use crate::{clients, fuzz, machine, tidy};

/// Limits, with room for a slow machine of two cores that starts from nothing.
const SHORT: Duration = Duration::from_secs(5 * 60);
const LONG: Duration = Duration::from_secs(40 * 60);
const BROWSERS: Duration = Duration::from_secs(20 * 60);
const BENCH_PACKAGE: &str = "varde-bench";

/// Everything. All steps are run even when one fails, so that one round tells all there is to tell.
pub(crate) fn test(workspace: &Workspace) -> Result<bool> {
    let browsers = workspace.browser_tests();
    if browsers.is_some() {
        machine::prepare_for_browsers()?;
    }
    let mut steps = Steps::new(workspace)?;
    quick(workspace, &mut steps);
    let postgres = Server::start();
    if let Err(error) = &postgres {
        steps.not_run("postgresql", &format!("{error:#}"));
    }
    let cargo = || {
        let mut cargo = workspace.cargo();
        if let Ok(server) = &postgres {
            cargo.env(ADDRESS, &server.address);
            cargo.envs(server.replica.as_ref().map(|replica| (REPLICA_ADDRESS, replica)));
        }
        cargo
    };
    if machine::program("cargo-nextest").is_some() {
        let arguments = ["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=pass"];
        steps.run("tests", Counted::AsSuite, LONG, cargo().args(arguments));
        // nextest runs no examples in documentation.
        steps.run(
            "doc-tests",
            Counted::AsSuite,
            LONG,
            workspace.cargo().args(["test", "--workspace", "--doc", "--no-fail-fast"]),
        );
    } else {
        steps.run("tests", Counted::AsSuite, LONG, cargo().args(["test", "--workspace", "--no-fail-fast"]));
    }
    drop(postgres);
    let release = ["build", "--release", "--package", "varde-server", "--bin", "varde"];
    let is_built = steps.run("release", Counted::AsOne, LONG, workspace.cargo().args(release));
    if let Some(folder) = browsers {
        driven_from_outside(workspace, &mut steps, &folder, is_built);
    }
    fuzz::in_test(workspace, &mut steps);
    Ok(steps.finish())
}

fn driven_from_outside(workspace: &Workspace, steps: &mut Steps, folder: &Path, is_built: bool) {
    if !is_built {
        return steps.not_run("browsers", "there is no binary to test");
    }
    let install = ["ci", "--no-audit", "--no-fund"];
    let has_packages = steps.run("npm", Counted::AsOne, SHORT, Command::new("npm").args(install).current_dir(folder));
    if has_packages {
        let mut node = Command::new("node");
        node.arg("--test").args(clients::test_files(&folder.join("tests")));
        node.current_dir(folder).env("VARDE_BIN", workspace.target.join("release/varde"));
        if let Some(chromium) = machine::program("chromium") {
            node.env("CHROMIUM_PATH", chromium);
        }
        steps.run("browsers", Counted::AsSuite, BROWSERS, &mut node);
    } else {
        steps.not_run("browsers", "their packages could not be installed");
    }
    clients::run(workspace, steps, folder, has_packages);
}

/// The fast round. Clippy does all that `cargo check` does, so there is no step of that name.
pub(crate) fn check(workspace: &Workspace) -> Result<bool> {
    let mut steps = Steps::new(workspace)?;
    quick(workspace, &mut steps);
    Ok(steps.finish())
}

fn quick(workspace: &Workspace, steps: &mut Steps) {
    steps.run("format", Counted::AsOne, SHORT, workspace.cargo().args(["fmt", "--all", "--check"]));
    let lints = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    steps.run("lints", Counted::AsOne, LONG, workspace.cargo().args(lints));
    steps.look("tidy", || Ok(tidy::check(&workspace.root)?.iter().map(ToString::to_string).collect()));
}

/// The house rules alone, every violation on a line.
pub(crate) fn tidy(workspace: &Workspace) -> Result<bool> {
    let found = tidy::check(&workspace.root)?;
    for violation in &found {
        println!("{violation}");
    }
    match found.len() {
        0 => println!("tidy"),
        1 => println!("\n1 place breaks a house rule"),
        more => println!("\n{more} places break a house rule"),
    }
    Ok(found.is_empty())
}

/// The measurement called `name`, or all; what stands after `--` goes to the program.
pub(crate) fn bench(workspace: &Workspace, words: &[&str]) -> Result<bool> {
    let split = words.iter().position(|word| *word == "--").unwrap_or(words.len());
    let (names, arguments) = words.split_at(split);
    let all = workspace.programs(BENCH_PACKAGE);
    let chosen: Vec<&str> = match names {
        [] => all.iter().map(String::as_str).collect(),
        [name] => vec![name],
        _ => anyhow::bail!("cargo xtask bench takes one name"),
    };
    ensure!(!chosen.is_empty(), "{BENCH_PACKAGE} has no programs yet");
    for name in chosen {
        ensure!(
            all.iter().any(|program| program == name),
            "there is no measurement `{name}`; there are: {}",
            all.join(", ")
        );
        println!("== {name}");
        let run = ["run", "--quiet", "--release", "--package", BENCH_PACKAGE, "--bin", name];
        let status = workspace.cargo().args(run).args(arguments).status().context("cargo did not start")?;
        if !status.success() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Builds the committed assets again.
pub(crate) fn assets(workspace: &Workspace) -> Result<bool> {
    let script = workspace.root.join("crates/web/assets/build.sh");
    ensure!(script.is_file(), "{} is not there", script.display());
    for needed in ["node", "npm"] {
        ensure!(
            machine::program(needed).is_some(),
            "building the assets needs {needed} (Debian: apt-get install nodejs npm)"
        );
    }
    Ok(Command::new("bash").arg(script).status().context("bash did not start")?.success())
}
