//! The one binary that serves a country.

mod app;
mod audit;
mod cli;
mod config;
mod conformance;
#[cfg(feature = "demo")]
mod demo;
mod directory;
mod fhir;
mod http;
mod import;
mod layers;
mod look_ups;
mod package;
mod population;
mod program;
mod reindex;
mod reminders;
mod rights;
mod scan;
mod store_copy;
mod subscriptions;
mod telemetry;
mod view;
mod worker;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser as _;
use tokio::net::TcpListener;
use varde_base::SystemClock;

use cli::{AuditCommand, Cli, Command, PackageCommand, StoreCommand, ViewCommand};

/// Small allocations dominate; this allocator takes them about a tenth faster than the system's (bench/README.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start();
    match run(cli.command).await {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the person at the terminal has to be told")]
fn complain(error: &anyhow::Error) {
    eprintln!("varde: {error:#}");
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { config } => serve(config::Config::read(&config)?).await?,
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(args).await?,
        Command::Import { data, files } => return import::import(&data, &files).await,
        Command::Reindex { data, from_start } => reindex::run(&data, from_start).await?,
        Command::Population { size, seed, today } => population::write(size, seed, today)?,
        Command::Audit(AuditCommand::Verify { data, public_key, checkpoint }) => {
            return audit::verify(&data, &public_key, &checkpoint).await;
        }
        Command::Audit(AuditCommand::VerifyProof { proof, public_key, newer }) => {
            return audit::verify_file(&proof, &public_key, newer.as_deref());
        }
        Command::Store(StoreCommand::Copy { from, to }) => store_copy::run(&from, &to).await?,
        Command::View(ViewCommand::Run(args)) => return view::run(&args).await,
        Command::Rights(command) => return rights::run(&command).await,
        Command::Package(PackageCommand::Add { data, files }) => package::add(&data, &files)?,
        Command::Package(PackageCommand::List { data }) => package::list(&data)?,
        #[cfg(feature = "demo")]
        Command::Simulate(simulator) => demo::simulate(simulator).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Leaves reads out of the access log when the bench asks for it. No build that serves anybody has this.
#[cfg(feature = "bench")]
fn leave_unlogged(store: &varde_store::Store) {
    if std::env::var_os("VARDE_BENCH_UNLOGGED").is_some() {
        store.leave_reads_unlogged();
        tracing::warn!("built to be measured: reads are not logged");
    }
}

async fn serve(config: config::Config) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| format!("listening on {}", config.listen))?;
    let clock = Arc::new(SystemClock);
    let store = app::open_store(&config.place()?, clock.clone()).await?;
    #[cfg(feature = "bench")]
    leave_unlogged(&store);
    tracing::info!(address = %listener.local_addr()?, "serving");
    app::start(config.try_into()?, store.clone(), clock, listener).await?.until(http::stop_signal()).await;
    store.close().await.context("closing the database")
}
