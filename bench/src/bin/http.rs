//! Reads and searches over HTTP against a handler that does nothing, in one run on one machine: what the product costs, and
//! what of it is rights and what is the log.
//!
//! `cargo run --release -p varde-bench --bin http [-- --patients 1000 --seconds 5 --connections 64]`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use varde_base::ResourceId;
use varde_bench::{data, load};
use varde_fhir::search::SearchOptions;
use varde_fhir::{BundleKind, BundleWriter, ResourceType, SearchMode};
use varde_store::{Access, BenchParts, Store};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Clone)]
struct App {
    store: Store,
    parts: BenchParts,
    access: Arc<Access>,
    treating: Arc<Access>,
    body: Bytes,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: usize| -> anyhow::Result<usize> {
        match arguments.iter().position(|argument| argument == name) {
            Some(at) => Ok(arguments.get(at + 1).context("a number is missing")?.parse()?),
            None => Ok(default),
        }
    };
    let (connections, seconds) = (number("--connections", 64)?, number("--seconds", 5)?);
    let length = Duration::from_secs(seconds as u64);
    if let Some(at) = arguments.iter().position(|argument| argument == "--load") {
        let (address, kind) = (arguments.get(at + 1), arguments.get(at + 2));
        let paths = paths(kind.context("what")?, number("--patients", 1_000)?);
        let target = load::Target {
            address: address.context("where")?.clone(),
            headers: String::new(),
            paths,
            bodies: Vec::new(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let rate = runtime.block_on(load::run(target, connections, length))?;
        println!("{rate}");
        return Ok(());
    }
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(serve(
        number("--patients", 1_000)?,
        connections,
        seconds,
    ))
}

fn paths(kind: &str, patients: usize) -> Vec<String> {
    match kind {
        "search" => (0..patients).map(|n| format!("/Observation?patient=p{n}&_count=20")).collect(),
        "bare" => vec!["/bare".to_owned()],
        "all-store" | "all-rights" | "all-treating" => {
            (0..patients).map(|n| format!("/{kind}/Observation?patient=p{n}&_count=100")).collect()
        }
        kind => (0..patients).map(|n| format!("/{kind}/Patient/p{n}")).collect(),
    }
}

async fn serve(patients: usize, connections: usize, seconds: usize) -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let store = data::filled(directory.path(), patients).await?;
    let app = App {
        parts: store.bench_parts(),
        access: Arc::new(data::system()),
        treating: Arc::new(data::treating()),
        body: Bytes::from(data::patient(1)),
        store: store.clone(),
    };
    let router = Router::new()
        .route("/bare", get(|State(app): State<App>| async move { fhir(app.body) }))
        .route("/{part}/Patient/{id}", get(read))
        .route("/Observation", get(search))
        .route("/{part}/Observation", get(search_unlogged))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut bare = 0.0;
    println!("{patients} patients, {connections} connections, {seconds} s each");
    for (kind, what) in [
        ("bare", "a handler that returns the same bytes"),
        ("store", "read by id, without rights and log"),
        ("rights", "read by id, with rights"),
        ("log", "read by id, with the log"),
        ("whole", "read by id"),
        ("search", "Observation?patient=X&_count=20"),
        ("all-store", "Observation?patient=X&_count=100, without rights and log"),
        ("all-rights", "the same, with rights, as a program"),
        ("all-treating", "the same, with rights, as health personnel"),
    ] {
        let output = tokio::process::Command::new(std::env::current_exe()?)
            .args(["--load", &address, kind])
            .args(["--patients", &patients.to_string(), "--connections", &connections.to_string()])
            .args(["--seconds", &seconds.to_string()])
            .output()
            .await?;
        let rate: f64 = String::from_utf8(output.stdout)?
            .trim()
            .parse()
            .with_context(|| format!("{kind}: {}", String::from_utf8_lossy(&output.stderr)))?;
        if kind == "bare" {
            bare = rate;
        }
        println!("{rate:>9.0}/s  {:.2} of bare  {:>6.1} us more each  {what}", rate / bare, 1e6 / rate - 1e6 / bare);
    }
    store.close().await?;
    Ok(())
}

fn fhir(body: Bytes) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/fhir+json")], body)
}

async fn read(
    State(app): State<App>,
    Path((part, id)): Path<(String, String)>,
) -> Result<impl IntoResponse, StatusCode> {
    let id = id.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    let body = match part.as_str() {
        "store" => app.parts.read(ResourceType::PATIENT, &id).await,
        "rights" => app.parts.read_with_rights(&app.access, ResourceType::PATIENT, &id).await,
        "log" => app.parts.read_with_log(&app.access, ResourceType::PATIENT, &id).await,
        _ => app.store.as_actor(&app.access).read(ResourceType::PATIENT, &id).await.map(|found| found.body),
    };
    body.map(fhir).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// A search with parts left out.
async fn search_unlogged(
    State(app): State<App>,
    Path(part): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<impl IntoResponse, StatusCode> {
    let query = parsed(&parameters)?;
    let found = match part.as_str() {
        "all-store" => app.parts.search(&query).await,
        "all-rights" => app.parts.search_with_rights(&app.access, &query).await,
        _ => app.parts.search_with_rights(&app.treating, &query).await,
    };
    let found = found.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(bundle(None, found.iter().map(|(id, body)| (id, body))))
}

async fn search(
    State(app): State<App>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<impl IntoResponse, StatusCode> {
    let query = parsed(&parameters)?;
    let page = app.store.as_actor(&app.access).search(&query).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(bundle(page.total, page.matches.iter().map(|found| (&found.id, &found.body))))
}

fn parsed(parameters: &[(String, String)]) -> Result<varde_fhir::search::Query, StatusCode> {
    let options = SearchOptions { max_count: 1_000, default_count: 20, lenient: false, now: jiff::Timestamp::now() };
    let kind = ResourceType::from_name("Observation").ok_or(StatusCode::NOT_FOUND)?;
    varde_fhir::search::parse(kind, parameters, &options).map_err(|_| StatusCode::BAD_REQUEST)
}

fn bundle<'b>(total: Option<u64>, found: impl Iterator<Item = (&'b ResourceId, &'b Bytes)>) -> Response {
    let mut bundle = BundleWriter::new(BundleKind::Searchset, total, &[]);
    for (id, body) in found {
        bundle.search_entry(Some(&format!("http://bench/Observation/{id}")), body, SearchMode::Match);
    }
    fhir(Bytes::from(bundle.finish())).into_response()
}
