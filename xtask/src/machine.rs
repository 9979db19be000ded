//! What the machine must have. As root on Debian it is installed; otherwise it is said in one sentence.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// Something a step needs.
struct Need {
    /// Debian packages that bring it.
    packages: &'static [&'static str],
    /// When it is there.
    proof: Proof,
}

enum Proof {
    /// A program on the path.
    Program(&'static str),
    /// A file or folder.
    Path(&'static str),
    /// A piece of Python that runs.
    Python(&'static str),
}

/// For the tests of the second engine.
const POSTGRES: &[Need] = &[Need { packages: &["postgresql"], proof: Proof::Path("/usr/lib/postgresql") }];

/// For the clients written in Python. Debian keeps what makes an environment apart from the language.
const PYTHON: &[Need] = &[
    Need { packages: &["python3"], proof: Proof::Program("python3") },
    Need { packages: &["python3-venv"], proof: Proof::Python("import ensurepip, venv") },
];

/// For the fuzz targets: libFuzzer itself is C++.
const FUZZING: &[Need] = &[Need { packages: &["g++"], proof: Proof::Program("c++") }];

/// For the browser tests.
const BROWSER: &[Need] = &[
    Need { packages: &["chromium"], proof: Proof::Program("chromium") },
    Need { packages: &["fonts-dejavu-core"], proof: Proof::Path("/usr/share/fonts/truetype/dejavu") },
    Need { packages: &["fonts-noto-core"], proof: Proof::Path("/usr/share/fonts/truetype/noto") },
    Need { packages: &["nodejs"], proof: Proof::Program("node") },
    Need { packages: &["npm"], proof: Proof::Program("npm") },
];

/// Makes sure the browser tests can run, or says what is missing.
pub(crate) fn prepare_for_browsers() -> Result<()> {
    prepare("the browser tests need", BROWSER)
}

/// Makes sure a PostgreSQL server can be started, or says what is missing.
pub(crate) fn prepare_for_postgres() -> Result<()> {
    prepare("the tests on PostgreSQL need", POSTGRES)
}

/// Makes sure the clients written in Python can run, or says what is missing.
pub(crate) fn prepare_for_python() -> Result<()> {
    prepare("the clients in Python need", PYTHON)
}

/// Makes sure the fuzz targets can be built, or says what is missing.
pub(crate) fn prepare_for_fuzzing() -> Result<()> {
    prepare("the fuzz targets need", FUZZING)
}

fn prepare(who: &str, needs: &[Need]) -> Result<()> {
    let missing = missing(needs, &|need| match need.proof {
        Proof::Program(name) => program(name).is_some(),
        Proof::Path(path) => Path::new(path).exists(),
        Proof::Python(code) => {
            Command::new("python3").args(["-c", code]).output().is_ok_and(|output| output.status.success())
        }
    });
    if missing.is_empty() {
        return Ok(());
    }
    if !is_root() || program("apt-get").is_none() {
        bail!("{}", sentence(who, &missing));
    }
    println!("installing   {}", missing.join(" "));
    // A new machine has no package lists, and an old one has lists of versions that are gone.
    apt(&["update"])?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(&missing);
    apt(&install)
}

/// Where the program `name` is on the path.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn missing(needs: &[Need], is_there: &dyn Fn(&Need) -> bool) -> Vec<&'static str> {
    needs.iter().filter(|need| !is_there(need)).flat_map(|need| need.packages).copied().collect()
}

fn sentence(who: &str, missing: &[&str]) -> String {
    let list = missing.join(" ");
    format!("{who} {list}; run this as root on Debian, or first: apt-get install --no-install-recommends {list}")
}

/// Whether this runs as root.
pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == "0")
}

fn apt(arguments: &[&str]) -> Result<()> {
    let output = Command::new("apt-get")
        // A mirror that does not answer is asked again, and given up in the end.
        .args([
            "--quiet",
            "-o",
            "Acquire::Retries=3",
            "-o",
            "Acquire::http::Timeout=60",
            "-o",
            "DPkg::Lock::Timeout=120",
        ])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .output()
        .context("apt-get did not start")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "apt-get {} failed: {}", arguments.join(" "), errors.trim());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_in_one_sentence() {
        let gone = missing(BROWSER, &|need| !matches!(need.proof, Proof::Program("chromium" | "npm")));
        assert_eq!(gone, ["chromium", "npm"]);
        assert!(
            sentence("the browser tests need", &gone)
                .starts_with("the browser tests need chromium npm; run this as root")
        );
        assert!(missing(BROWSER, &|_| true).is_empty());
    }

    #[test]
    fn a_program_is_found_on_the_path() {
        assert!(program("sh").is_some());
        assert!(program("no-such-program-anywhere").is_none());
    }
}
