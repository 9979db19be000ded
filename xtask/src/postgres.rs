//! A PostgreSQL server of the tests' own with a streaming replica, when there is none: made, started, and taken away again.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::machine;

/// Tells the tests where the server is, without a database: `postgres://user@host:port`.
pub(crate) const ADDRESS: &str = "VARDE_TEST_POSTGRES";
/// Tells the tests where a streaming replica of that server is, likewise.
pub(crate) const REPLICA_ADDRESS: &str = "VARDE_TEST_POSTGRES_REPLICA";
/// Where Debian keeps the servers, a folder for each version.
const SERVERS: &str = "/usr/lib/postgresql";
/// The account Debian's package makes; PostgreSQL does not run as root.
const ACCOUNT: &str = "postgres";
/// The tests open several connections each and many run at once. They lose nothing that a power cut could take.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c max_connections=300 -c fsync=off -c shared_buffers=64MB";

/// Names of the two clusters' folders.
const PRIMARY: &str = "primary";
const REPLICA: &str = "replica";

/// A server that runs until this is dropped, unless somebody else's is used.
#[derive(Debug)]
pub(crate) struct Server {
    /// See [`ADDRESS`].
    pub(crate) address: String,
    /// See [`REPLICA_ADDRESS`]; none beside a server that is somebody else's and names none.
    pub(crate) replica: Option<String>,
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    programs: PathBuf,
    folder: PathBuf,
}

impl Server {
    /// The server named in the environment, or one of our own.
    pub(crate) fn start() -> Result<Self> {
        if let Ok(address) = std::env::var(ADDRESS) {
            return Ok(Self { address, replica: std::env::var(REPLICA_ADDRESS).ok(), own: None });
        }
        machine::prepare_for_postgres()?;
        let programs = programs().with_context(|| format!("there is no server in {SERVERS}"))?;
        let folder = std::env::temp_dir().join(format!("varde-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
        let own = Own { programs, folder };
        if machine::is_root() {
            run(Command::new("chown").arg(ACCOUNT).arg(&own.folder))?;
        }
        // From here on dropping it takes away what is there.
        let mut server = Self { address: String::new(), replica: None, own: Some(own) };
        server.fill()?;
        Ok(server)
    }

    /// Makes and starts the server and its replica.
    fn fill(&mut self) -> Result<()> {
        let Some(own) = &self.own else { return Ok(()) };
        let trusting = ["--username=varde", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D"];
        run(own.program("initdb").args(trusting).arg(own.cluster(PRIMARY)))?;
        let port = own.serve(PRIMARY)?;
        let from = ["-h", "127.0.0.1", "-U", "varde", "-X", "stream", "-c", "fast", "--write-recovery-conf", "-p"];
        run(own.program("pg_basebackup").args(from).arg(port.to_string()).arg("-D").arg(own.cluster(REPLICA)))?;
        let replica = own.serve(REPLICA)?;
        let address = |port| format!("postgres://varde@127.0.0.1:{port}");
        (self.address, self.replica) = (address(port), Some(address(replica)));
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(own) = &self.own else { return };
        let running = [REPLICA, PRIMARY].map(|name| own.cluster(name)).into_iter();
        let mut running = running.filter(|cluster| cluster.join("postmaster.pid").exists());
        let stop = running.try_for_each(|cluster| {
            run(own.program("pg_ctl").args(["-m", "immediate", "-D"]).arg(cluster).arg("stop"))
        });
        // What cannot be taken away is left in the folder for temporary things, and said.
        if let Err(error) = stop.and_then(|()| Ok(std::fs::remove_dir_all(&own.folder)?)) {
            println!("the tests' PostgreSQL server: {error:#}");
        }
    }
}

impl Own {
    fn cluster(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Starts a server on what it has, and gives its port.
    fn serve(&self, name: &str) -> Result<u16> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr())?.port();
        let settings = format!("{SETTINGS} -p {port} -k {}", self.folder.display());
        let log = self.folder.join(format!("{name}.log"));
        run(self
            .program("pg_ctl")
            .args(["-w", "-o", &settings, "-l"])
            .arg(log)
            .arg("-D")
            .arg(self.cluster(name))
            .arg("start"))?;
        Ok(port)
    }

    /// One of the server's programs, run as an account it runs as.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if machine::is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", ACCOUNT, "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(&self.folder);
        command
    }
}

/// The newest server's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(SERVERS).ok()?.flatten();
    let numbered = versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    let (_, newest) = numbered.max()?;
    let programs = newest.join("bin");
    Path::new(&programs).join("initdb").is_file().then_some(programs)
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    // The server keeps what it was given open, so its words go to its own log and not through a pipe that would never end.
    let status = command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).status();
    ensure!(status.with_context(|| format!("{name} did not start"))?.success(), "{name} failed");
    Ok(())
}
