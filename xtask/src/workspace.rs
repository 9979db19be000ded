//! Where things are.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The checkout, and where cargo builds.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever its settings put it.
    pub(crate) target: PathBuf,
    metadata: Value,
}

impl Workspace {
    /// The workspace this program was built from.
    pub(crate) fn find() -> Result<Self> {
        // Cargo tells a program it runs where its manifest is; the folder may have been moved since the build.
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.parent().context("xtask lies in a folder of the workspace")?.to_owned();
        let output = cargo(&root).args(["metadata", "--no-deps", "--format-version", "1"]).output();
        let output = output.context("cargo metadata did not start")?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
        let target = metadata
            .get("target_directory")
            .and_then(Value::as_str)
            .context("cargo metadata names no target folder")?;
        Ok(Self { root, target: target.into(), metadata })
    }

    /// The browser tests, when there are any.
    pub(crate) fn browser_tests(&self) -> Option<PathBuf> {
        let folder = self.root.join("e2e");
        folder.join("package.json").is_file().then_some(folder)
    }

    /// Cargo, in the root.
    pub(crate) fn cargo(&self) -> Command {
        cargo(&self.root)
    }

    /// Names of the programs in `package`.
    pub(crate) fn programs(&self, package: &str) -> Vec<String> {
        let packages = self.metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
        let targets = packages
            .filter(|found| found.get("name").and_then(Value::as_str) == Some(package))
            .filter_map(|found| found.get("targets").and_then(Value::as_array))
            .flatten();
        let is_program = |target: &&Value| {
            let kinds = target.get("kind").and_then(Value::as_array);
            kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind.as_str() == Some("bin")))
        };
        targets.filter(is_program).filter_map(|target| target.get("name")?.as_str().map(str::to_owned)).collect()
    }
}

/// The cargo that runs this program, without what it told this program about itself: build scripts that watch those variables
/// would otherwise build again, each time xtask and the developer take turns.
fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
            .iter()
            .any(|start| name_text.starts_with(start))
        {
            command.env_remove(&name);
        }
    }
    command
}
