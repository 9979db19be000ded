//! Clients that nobody here wrote, against the release binary: those of npm with node's test runner, those of Python with pytest.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::machine;
use crate::steps::{Counted, Steps};
use crate::workspace::Workspace;

/// Most time for installing, and for a suite.
const LIMIT: Duration = Duration::from_secs(10 * 60);
const NODE: &str = "clients";
const PYTHON: &str = "python";

/// Runs both; the packages of npm are in `folder` already, when `has_packages`.
pub(crate) fn run(workspace: &Workspace, steps: &mut Steps, folder: &Path, has_packages: bool) {
    let program = workspace.target.join("release/varde");
    if has_packages {
        let files = test_files(&folder.join("clients"));
        let mut node = Command::new("node");
        node.arg("--test").args(files).current_dir(folder).env("VARDE_BIN", &program);
        steps.run(NODE, Counted::AsSuite, LIMIT, &mut node);
    } else {
        steps.not_run(NODE, "their packages could not be installed");
    }
    let tests = folder.join("clients/python");
    let python = match environment(workspace, steps, &tests) {
        Ok(python) => python,
        Err(error) => return steps.not_run(PYTHON, &format!("{error:#}")),
    };
    let mut pytest = Command::new(python);
    // What pytest and Python keep for the next time is of no use here, and does not belong between the sources.
    pytest.args(["-B", "-m", "pytest", "-p", "no:cacheprovider", "--color=no"]).current_dir(tests);
    steps.run(PYTHON, Counted::AsSuite, LIMIT, pytest.env("VARDE_BIN", &program));
}

/// The `.test.js` files of a folder, in order.
pub(crate) fn test_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.to_str().is_some_and(|path| path.ends_with(".test.js"))).collect();
    files.sort();
    files
}

/// A Python with the packages of `requirements.txt`, kept in the target folder for as long as that file stays the same.
fn environment(workspace: &Workspace, steps: &mut Steps, tests: &Path) -> Result<PathBuf> {
    machine::prepare_for_python()?;
    let folder = workspace.target.join("python");
    let python = folder.join("bin/python");
    let wanted = std::fs::read(tests.join("requirements.txt")).context("there is no requirements.txt")?;
    let installed = folder.join("requirements.txt");
    if python.is_file() && std::fs::read(&installed).is_ok_and(|found| found == wanted) {
        return Ok(python);
    }
    let make = ["-m", "venv", "--clear"];
    let is_made = steps.run("venv", Counted::AsOne, LIMIT, Command::new("python3").args(make).arg(&folder));
    anyhow::ensure!(is_made, "the environment could not be made");
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"];
    let is_installed = steps.run("pip", Counted::AsOne, LIMIT, Command::new(&python).args(install).current_dir(tests));
    anyhow::ensure!(is_installed, "the packages could not be installed");
    std::fs::write(&installed, wanted)?;
    Ok(python)
}
