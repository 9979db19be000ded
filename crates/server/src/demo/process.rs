//! The outside systems of the box run as processes of their own, so that nothing but their sockets connects them to the product.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// How long a simulator may take to say where it listens.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// A running simulator; it is killed when this is dropped.
pub(super) struct Simulator {
    child: Child,
    /// What it said when it was ready.
    pub announcement: serde_json::Value,
}

impl Simulator {
    /// Starts `varde simulate ARGS` and waits for the line of JSON it prints when it is ready.
    pub(super) async fn start(args: &[&str]) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("finding this program")?;
        let mut child = Command::new(program)
            .arg("simulate")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting the simulator {}", args.join(" ")))?;
        let stdout = child.stdout.take().context("the simulator has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = match tokio::time::timeout(START_TIMEOUT, lines.next_line()).await {
            Ok(line) => line?.context("the simulator stopped before it was ready")?,
            Err(_) => bail!("the simulator {} was not ready in time", args.join(" ")),
        };
        let announcement = serde_json::from_str(&line).context("reading where the simulator listens")?;
        Ok(Self { child, announcement })
    }

    /// A text member of what it said.
    pub(super) fn said(&self, name: &str) -> anyhow::Result<&str> {
        self.announcement.get(name).and_then(|v| v.as_str()).with_context(|| format!("the simulator named no {name}"))
    }

    /// Ends it and waits until it is gone.
    pub(super) async fn stop(mut self) {
        // It may be gone already; then there is nothing to stop.
        let _ = self.child.kill().await;
    }
}
