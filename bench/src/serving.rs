//! `varde serve` as a process, with one program's token.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::process::{Child, Command};

use crate::site;

/// The header line of the one program that may ask. The hash in the configuration is of "abc" (FIPS 180-2, appendix B.1).
pub const TOKEN: &str = "authorization: Bearer abc\r\n";
const TOKEN_HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// Makes a program built to be measured leave reads out of its log.
const UNLOGGED: &str = "VARDE_BENCH_UNLOGGED";

/// A running server.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    /// Host and port.
    pub address: String,
    /// From the start of the process until it was ready.
    pub ready_after: Duration,
}

impl Serving {
    /// Serves the data in `folder` or of the server at the address `store`, `unlogged` without a log of reads, and waits until it is
    /// ready.
    ///
    /// # Errors
    /// When it is not ready within a minute, or cannot leave out the log although it should.
    pub async fn start(program: &Path, folder: &Path, store: Option<&str>, unlogged: bool) -> anyhow::Result<Self> {
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let (config, log) = (folder.join("varde.toml"), folder.join("serve.log"));
        let store = store.map_or_else(String::new, |address| format!("store = \"{address}\"\n"));
        std::fs::write(folder.join("client-secret"), "none")?;
        std::fs::write(
            &config,
            format!(
                "listen = \"{address}\"\npublic_url = \"http://{address}\"\ndata = \".\"\n{store}\
                 [sign_in]\nissuer = \"http://127.0.0.1:9\"\nclient_id = \"bench\"\nclient_secret_file = \"client-secret\"\n\
                 [[tokens]]\nname = \"bench\"\nrole = \"source-system\"\nsha256 = \"{TOKEN_HASH}\"\n"
            ),
        )?;
        let mut command = Command::new(program);
        command.arg("serve").arg("--config").arg(&config).env_remove(UNLOGGED).kill_on_drop(true);
        if unlogged {
            command.env(UNLOGGED, "1");
        }
        let started = Instant::now();
        let child =
            command.stdout(Stdio::null()).stderr(File::create(&log)?).spawn().context("starting the program")?;
        let health = format!("http://{address}/health");
        while !site::get(&health, "").await.is_ok_and(|answer| answer.bytes > 0) {
            anyhow::ensure!(started.elapsed() < Duration::from_secs(60), "the program is not ready");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let ready_after = started.elapsed();
        if unlogged {
            let said = std::fs::read_to_string(&log)?;
            anyhow::ensure!(
                said.contains("reads are not logged"),
                "build the program with --features bench: see README.md"
            );
        }
        Ok(Self { child, address, ready_after })
    }

    /// The process.
    ///
    /// # Errors
    /// When it has ended.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().context("the program has ended")
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.pid()?.to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await?;
        self.child.wait().await?;
        Ok(())
    }
}
