//! `POST /$import` with NDJSON as the body: resources with ids, a line each, written as updates in batches while they arrive.
//!
//! The proposal for bulk import has the server fetch files from addresses it is told; this one fetches nothing from anywhere. What is
//! stored already just as it is sent is left alone, so a transfer that broke off is simply sent again.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;
use futures_util::StreamExt as _;
use varde_base::{ResourceId, SystemActor};
use varde_fhir::{Issue, IssueCode, Parsed, ReferenceMap, ResourceType, Severity, operation_outcome, references};
use varde_store::{Batch, Gate, GateError, Put, Write};

use super::export::NDJSON;
use super::{On, Operation};
use crate::fhir::answer::{FHIR_JSON, NO_STORE};
use crate::fhir::auth::Program;
use crate::fhir::outcome::Failed;
use crate::fhir::{FhirState, conditional};

/// What is offered.
pub(super) const OFFERED: &[Operation] =
    &[Operation { name: "import", definition: "urn:varde:operation:import", on: On::System }];

/// Lines written together.
const BATCH_LINES: usize = 500;
const BATCH_BYTES: usize = 8 << 20;
/// Rejected lines told one by one; beyond they are counted.
const MAX_LISTED: usize = 1_000;
/// Conditional references remembered.
const MAX_KNOWN: usize = 10_000;
/// Longest silence of the sender.
const SILENCE: Duration = Duration::from_secs(60);
/// How often a batch is tried while the database is busy, and the pause between.
const ATTEMPTS: usize = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// Its route.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/$import", post(handle))
}

async fn handle(State(state): State<FhirState>, Program(actor): Program, request: Request) -> Result<Response, Failed> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if ![NDJSON, "application/ndjson", "application/x-ndjson"].contains(&kind.as_str()) {
        let text = "send the resources themselves as application/fhir+ndjson; nothing is fetched from elsewhere";
        return Err(Failed::unsupported_media(text, ACCEPT, NDJSON));
    }
    let gate = state.gate(&actor, "import");
    let mut import = Import::new(&state, &actor, &gate);
    let ended = import.run(request.into_body()).await;
    Ok(import.report.answer(ended))
}

/// Why an import did not come to its end.
enum Cut {
    /// The sender stopped.
    Sender,
    /// The database did not take it.
    Store(GateError),
}

struct Import<'a> {
    state: &'a FhirState,
    actor: &'a SystemActor,
    gate: &'a Gate,
    /// Lines that wait to be written, with their numbers.
    waiting: Vec<(u64, Put)>,
    named: HashSet<(ResourceType, ResourceId)>,
    bytes: usize,
    known: HashMap<String, (ResourceType, ResourceId)>,
    report: Report,
}

impl<'a> Import<'a> {
    fn new(state: &'a FhirState, actor: &'a SystemActor, gate: &'a Gate) -> Self {
        let (waiting, named, known) = (Vec::new(), HashSet::new(), HashMap::new());
        Self { state, actor, gate, waiting, named, bytes: 0, known, report: Report::default() }
    }

    async fn run(&mut self, body: Body) -> Result<(), Cut> {
        let mut lines = Lines::new(body.into_data_stream(), self.state.limits().body_bytes);
        let mut number = 0;
        while let Some(line) = lines.next().await? {
            number += 1;
            match line {
                None => self.report.reject(number, vec![too_long(self.state.limits().body_bytes)]),
                Some(line) if line.iter().all(u8::is_ascii_whitespace) => {}
                Some(line) => self.line(number, &line).await?,
            }
        }
        self.flush().await
    }

    async fn line(&mut self, number: u64, line: &[u8]) -> Result<(), Cut> {
        let put = match self.prepare(number, line).await? {
            Ok(put) => put,
            Err(issues) => {
                self.report.reject(number, issues);
                return Ok(());
            }
        };
        let name = (put.resource_type, put.id.clone());
        let is_full = self.waiting.len() >= BATCH_LINES || self.bytes >= BATCH_BYTES;
        // Of two lines about one resource the later counts, and comes later.
        if is_full || self.named.contains(&name) {
            self.flush().await?;
        }
        self.named.insert(name);
        self.bytes += line.len();
        self.waiting.push((number, put));
        Ok(())
    }

    /// The write a line stands for, or what is wrong with it.
    async fn prepare(&mut self, number: u64, line: &[u8]) -> Result<Result<Put, Vec<Issue>>, Cut> {
        let parsed = match Parsed::parse(line, &self.state.json_limits()) {
            Ok(parsed) => parsed,
            Err(issues) => return Ok(Err(issues)),
        };
        let Some(id) = parsed.id() else {
            let place = format!("{}.id", parsed.resource_type());
            return Ok(Err(vec![Issue::error(IssueCode::Required, place, "a resource carries the id it shall have")]));
        };
        match self.state.check(self.actor, &parsed) {
            Ok(found) => self.report.tell(number, found),
            Err(refused) => return Ok(Err(refused.issues)),
        }
        let mut map = ReferenceMap::new();
        let conditions: Vec<(String, String)> = references(&parsed)
            .filter(|reference| is_condition(reference.value))
            .map(|reference| (reference.expression, reference.value.to_owned()))
            .collect();
        for (expression, condition) in conditions {
            match self.resolve(&condition).await? {
                Ok((kind, id)) => map.insert(condition, kind, &id),
                Err(text) => return Ok(Err(vec![Issue::error(IssueCode::NotFound, expression, text)])),
            }
        }
        Ok(Ok(Put::new(parsed, id, &map)))
    }

    /// Where a conditional reference leads.
    async fn resolve(&mut self, condition: &str) -> Result<Result<(ResourceType, ResourceId), &'static str>, Cut> {
        if let Some(known) = self.known.get(condition) {
            return Ok(Ok(known.clone()));
        }
        let split = condition.split_once('?').and_then(|(name, rest)| Some((ResourceType::from_name(name)?, rest)));
        let Some((kind, rest)) = split else { return Ok(Err("not a conditional reference")) };
        let Ok(query) = conditional::query(self.state, kind, rest) else {
            return Ok(Err("the conditional reference cannot be understood"));
        };
        // It may lead to a line that waits.
        self.flush().await?;
        let found = match conditional::only_match(self.gate, &query).await {
            Ok(found) => found,
            Err(_) => return Ok(Err("several resources match the conditional reference, or it cannot be looked up")),
        };
        let Some(found) = found else { return Ok(Err("nothing matches the conditional reference")) };
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
        self.known.insert(condition.to_owned(), (kind, found.id.clone()));
        Ok(Ok((kind, found.id)))
    }

    /// Writes what waits: together, and when that is refused one by one, to know which.
    async fn flush(&mut self) -> Result<(), Cut> {
        let waiting = std::mem::take(&mut self.waiting);
        self.named.clear();
        self.bytes = 0;
        if waiting.is_empty() {
            return Ok(());
        }
        let all = waiting.iter().map(|(_, put)| put.clone()).collect();
        if self.write(all).await?.is_ok() {
            return Ok(());
        }
        for (number, put) in waiting {
            if let Err(error) = self.write(vec![put]).await? {
                self.report.reject(number, Failed::from(error).issues);
            }
        }
        Ok(())
    }

    async fn write(&mut self, puts: Vec<Put>) -> Result<Result<(), GateError>, Cut> {
        let writes: Vec<Write> = puts.into_iter().map(|put| Write::Put(Box::new(put))).collect();
        for attempt in 1..=ATTEMPTS {
            let batch = Batch { writes: writes.clone(), ..Batch::default() };
            match self.gate.write_changed(batch).await {
                Ok(written) => {
                    let unchanged = written.iter().filter(|written| written.unchanged).count();
                    self.report.unchanged += unchanged as u64;
                    self.report.written += (written.len() - unchanged) as u64;
                    return Ok(Ok(()));
                }
                Err(GateError::Busy | GateError::Unavailable) if attempt < ATTEMPTS => tokio::time::sleep(PAUSE).await,
                Err(error @ (GateError::Busy | GateError::Unavailable | GateError::Fault)) => {
                    return Err(Cut::Store(error));
                }
                // Somebody else wrote at the same moment; the decision is made anew.
                Err(GateError::Conflict { .. }) if attempt < ATTEMPTS => {}
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Err(GateError::Conflict { current: None }))
    }
}

/// `Practitioner?identifier=..`, and no URL elsewhere.
fn is_condition(reference: &str) -> bool {
    reference.split_once('?').is_some_and(|(name, _)| ResourceType::from_name(name).is_some())
}

fn too_long(most: usize) -> Issue {
    Issue::error(IssueCode::TooLong, "", format!("a line is at most {most} bytes"))
}

/// Lines out of a body, as it arrives. Of a line that is too long nothing is kept.
struct Lines {
    body: BodyDataStream,
    /// What has arrived and is no line yet.
    rest: Vec<u8>,
    chunk: Bytes,
    most: usize,
    too_long: bool,
    ended: bool,
}

impl Lines {
    fn new(body: BodyDataStream, most: usize) -> Self {
        Self { body, rest: Vec::new(), chunk: Bytes::new(), most, too_long: false, ended: false }
    }

    /// The next line, `Some(None)` for one that is too long, `None` at the end.
    async fn next(&mut self) -> Result<Option<Option<Vec<u8>>>, Cut> {
        loop {
            if let Some(at) = self.chunk.iter().position(|byte| *byte == b'\n') {
                let piece = self.chunk.split_to(at + 1);
                self.keep(piece.get(..at).unwrap_or_default());
                return Ok(Some(self.take()));
            }
            let piece = std::mem::take(&mut self.chunk);
            self.keep(&piece);
            if self.ended {
                let is_end = self.rest.is_empty() && !self.too_long;
                return Ok(if is_end { None } else { Some(self.take()) });
            }
            match tokio::time::timeout(SILENCE, self.body.next()).await {
                Ok(Some(Ok(chunk))) => self.chunk = chunk,
                Ok(None) => self.ended = true,
                Ok(Some(Err(_))) | Err(_) => return Err(Cut::Sender),
            }
        }
    }

    fn keep(&mut self, piece: &[u8]) {
        if self.too_long || self.rest.len() + piece.len() > self.most {
            self.too_long = true;
            self.rest = Vec::new();
        } else {
            self.rest.extend_from_slice(piece);
        }
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.rest);
        (!std::mem::take(&mut self.too_long)).then_some(line)
    }
}

/// What came of it.
#[derive(Default)]
struct Report {
    written: u64,
    unchanged: u64,
    rejected: u64,
    issues: Vec<Issue>,
}

impl Report {
    fn reject(&mut self, line: u64, issues: Vec<Issue>) {
        self.rejected += 1;
        self.list(line, issues);
    }

    /// What validation found in a line that is taken.
    fn tell(&mut self, line: u64, found: Vec<Issue>) {
        let lowered = found.into_iter().map(|issue| match issue.severity {
            Severity::Error => Issue { severity: Severity::Warning, ..issue },
            _ => issue,
        });
        self.list(line, lowered.collect());
    }

    fn list(&mut self, line: u64, issues: Vec<Issue>) {
        for mut issue in issues {
            if self.issues.len() >= MAX_LISTED {
                break;
            }
            issue.diagnostics = format!("line {line}: {}", issue.diagnostics);
            self.issues.push(issue);
        }
    }

    /// 200 when the body came to its end, whatever was in it.
    fn answer(self, ended: Result<(), Cut>) -> Response {
        let status = match &ended {
            Ok(()) => StatusCode::OK,
            Err(Cut::Sender) => StatusCode::BAD_REQUEST,
            Err(Cut::Store(error)) => varde_web::status(error.category()),
        };
        let Self { written, unchanged, rejected, mut issues } = self;
        let text = format!("{written} written, {unchanged} already there, {rejected} rejected");
        let (severity, code) = (Severity::Information, IssueCode::Informational);
        issues.insert(0, Issue { severity, code, expression: String::new(), diagnostics: text });
        if ended.is_err() {
            let text = "it was cut off; what is said to be written is there, and the whole can be sent again";
            issues.insert(1, Issue::error(IssueCode::Transient, "", text));
        }
        (status, [FHIR_JSON, NO_STORE], operation_outcome(&issues)).into_response()
    }
}
