//! The command line. Everything a person types to Varde goes through here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Varde: an open national citizen-health platform.
#[derive(Debug, Parser)]
#[command(name = "varde", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the portal and the FHIR API with a configuration file.
    Serve {
        /// The configuration file (TOML; docs/operations.md describes it).
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Start a whole country in a box: portal, FHIR API, people, test identity provider and mail catcher.
    #[cfg(feature = "demo")]
    Demo(DemoArgs),
    /// Import FHIR Bundles (.json) and NDJSON (.ndjson), plain or compressed (.bz2, .gz). Can be stopped and resumed.
    Import {
        /// Directory with the database.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The files, in the order they are to be read.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Write a synthetic population as NDJSON to standard output. The same size, seed and day give the same people.
    Population {
        /// How many citizens.
        #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=6_000_000))]
        size: u32,
        /// What makes this country differ from others.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The last day of its history (YYYY-MM-DD); today if left out.
        #[arg(long, value_name = "DATE")]
        today: Option<jiff::civil::Date>,
    },
    /// FHIR packages to validate by and draw terminology from.
    #[command(subcommand)]
    Package(PackageCommand),
    /// The access log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Run one of the outside systems of the box (used by `demo`).
    #[cfg(feature = "demo")]
    #[command(subcommand, hide = true)]
    Simulate(SimulateCommand),
}

/// Work on packages.
#[derive(Debug, Subcommand)]
pub(crate) enum PackageCommand {
    /// Check packages (.tgz) and keep them; they count from the next start.
    Add {
        /// Directory with the database.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The archives, each after those it builds on.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Say which packages are there.
    List {
        /// Directory with the database.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

/// Work on the access log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Prove that the log is whole, or name its first bad entry.
    Verify {
        /// Directory with the database.
        #[arg(value_name = "DIR")]
        data: PathBuf,
    },
}

/// How the country in a box starts.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoArgs {
    /// Port of the portal and the FHIR API; a free one if left out.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Where the data live; a fresh folder if left out. A second start on the same folder goes on with the same data.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// How many citizens a new country has.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub size: u32,
    /// What makes this country differ from others.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// The outside systems of the box.
#[cfg(feature = "demo")]
#[derive(Debug, Subcommand)]
pub(crate) enum SimulateCommand {
    /// The test identity provider.
    Idp {
        /// Its configuration (JSON).
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// The mail catcher.
    Mail {
        /// SMTP port; a free one if 0.
        #[arg(long, default_value_t = 0)]
        smtp_port: u16,
        /// Port of its web page; a free one if 0.
        #[arg(long, default_value_t = 0)]
        http_port: u16,
    },
}
