//! Load through the gate and put together: one function a page.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::search;
use varde_store::{Gate, GateError, Page};

use super::fhir::{self, KINDS, NOTES};
use super::model::{Asker, Comment, Finding, Kind, Report, State};
use super::rules::{self, Choice, Counts, Outside};
use super::specimens;
use crate::shared::find;

/// Reports on a page.
const PAGE_COUNT: &str = "40";

/// Observations looked through at a time for those that came alone, beside one page of reports.
const ALONE_COUNT: &str = "400";

/// Most times they are looked through for one page.
const ALONE_ROUNDS: usize = 5;

/// Most of them on a page, asked about at once: is there a report that holds them?
const MAX_ALONE: usize = 60;

/// Most comments looked through for one page.
const COMMENT_COUNT: &str = "200";

/// Values of one analysis on a page.
const SERIES_COUNT: &str = "100";

/// Observations looked through at a time for analyses that are not in the list yet: what a person takes in two or three years.
const ANALYSES_COUNT: &str = "100";

/// Most times they are looked through. Each finds at least one analysis, and all but the last find many.
const ANALYSES_ROUNDS: usize = 12;

/// Most analyses in the list of them.
const MAX_ANALYSES: usize = 300;

/// Measurements that are no answers.
const NO_ANSWERS: &str = "vital-signs,social-history,survey,activity";

/// One line of the list.
pub(super) enum Entry {
    /// A report.
    Report {
        /// The report.
        report: Report,
        /// Its values in numbers.
        counts: Counts,
        /// How far the farthest of its findings is from the usual.
        outside: Option<Outside>,
        /// Somebody wrote to the patient about it.
        has_comment: bool,
    },
    /// An observation no report holds.
    Alone(Finding),
}

impl Entry {
    /// What it is sorted by.
    pub(super) fn when(&self) -> Option<Timestamp> {
        match self {
            Self::Report { report, .. } => rules::when(report),
            Self::Alone(finding) => rules::when_found(finding),
        }
    }
}

/// One page of the list.
pub(super) struct Listing {
    /// The newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins: the place in the search, and the date of the last report where it is known.
    pub next: Option<(String, Option<String>)>,
    /// More values came alone in the time of this page than are on it.
    pub has_more_alone: bool,
    /// The first and the last year with answers.
    pub years: Option<(i16, i16)>,
    /// Doctors and places on this page that can be chosen.
    pub askers: Vec<Asker>,
}

/// Loads a page of the list.
pub(super) async fn list(
    gate: &Gate,
    patient: &PatientId,
    choice: &Choice,
    now: Timestamp,
) -> Result<Listing, GateError> {
    let page = reports_page(gate, patient, choice, false, now).await?;
    let mut findings = findings(&page)?;
    let mut reports = reports(&page)?;
    let next = page.next.as_ref().map(|cursor| (cursor.0.clone(), reports.last().and_then(|last| last.taken.clone())));
    // A sample without a date comes last in the search; its answer may be the newest of all.
    if choice.after.is_none() {
        let undated = reports_page(gate, patient, choice, true, now).await?;
        findings.extend(self::findings(&undated)?);
        let known: BTreeSet<ResourceId> = reports.iter().map(|report| report.id.clone()).collect();
        reports.extend(self::reports(&undated)?.into_iter().filter(|report| !known.contains(&report.id)));
    }
    let comments = comments(gate, patient, &reports, now).await?;
    let held: BTreeSet<&ResourceId> = reports.iter().flat_map(|report| &report.members).collect();
    let low = next.as_ref().and_then(|(_, until)| until.as_deref());
    let (alone, has_more_alone) = alone(gate, patient, choice, (low, &held), now).await?;
    let newest = reports.iter().max_by_key(|report| rules::when(report));
    let newest = newest.filter(|_| !choice.is_narrow() && choice.after.is_none());
    let years = years(gate, patient, newest, now).await?;
    let askers = askers(&reports);
    let reports = reports.into_iter().filter(|report| choice.kind.is_none_or(|kind| report.kind == kind));
    let mut entries: Vec<Entry> = reports
        .map(|report| Entry::Report {
            counts: rules::counts(of(&report, &findings).into_iter()),
            outside: rules::outside(of(&report, &findings).into_iter()),
            has_comment: comments.iter().any(|comment| comment.about == report.id),
            report,
        })
        .collect();
    entries.extend(alone.into_iter().map(Entry::Alone));
    let year = |entry: &Entry| rules::year(&entry.when()?.to_string());
    entries.retain(|entry| choice.year.is_none() || year(entry) == choice.year);
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.when()));
    Ok(Listing { entries, next, has_more_alone, years, askers })
}

fn reports(page: &Page) -> Result<Vec<Report>, GateError> {
    page.matches.iter().map(|found| Ok(fhir::report(&found.body, None)?)).collect()
}

/// Reports of a choice by the date of the sample; or those whose sample has none, by when they were answered.
async fn reports_page(
    gate: &Gate,
    patient: &PatientId,
    choice: &Choice,
    undated: bool,
    now: Timestamp,
) -> Result<Page, GateError> {
    let notes = NOTES.join(",");
    let (by, sort) = if undated { ("issued", "-issued") } else { ("date", "-date") };
    let mut parameters = vec![
        ("patient", patient.as_str()),
        ("_sort", sort),
        ("_count", PAGE_COUNT),
        ("_include", "DiagnosticReport:result"),
        ("category:not", notes.as_str()),
    ];
    parameters.extend(undated.then_some(("date:missing", "true")));
    let (low, high) = of_year(choice.year);
    parameters.extend(low.as_deref().map(|low| (by, low)));
    parameters.extend(high.as_deref().map(|high| (by, high)));
    let categories = choice.kind.map(categories);
    parameters.extend(categories.as_deref().map(|categories| ("category", categories)));
    parameters.extend(choice.by.as_deref().map(|by| ("results-interpreter", by)));
    parameters.extend(choice.after.as_deref().map(|after| (search::CURSOR_PARAM, after)));
    find(gate, ResourceType::DIAGNOSTIC_REPORT, &parameters, now).await
}

/// A year as FHIR search has it, which counts days from another midnight: a day more at each end, and what is not of the year in Norway is left out of
/// the answer.
fn of_year(year: Option<i16>) -> (Option<String>, Option<String>) {
    (year.map(|year| format!("ge{}-12-31", year - 1)), year.map(|year| format!("lt{}-01-02", year + 1)))
}

fn categories(kind: Kind) -> String {
    KINDS.iter().find(|(known, _)| *known == kind).map(|(_, codes)| codes.join(",")).unwrap_or_default()
}

/// The observations that came along with a page, by id.
fn findings(page: &Page) -> Result<BTreeMap<ResourceId, Finding>, GateError> {
    let observations = page.included.iter().filter(|found| found.resource_type == ResourceType::OBSERVATION);
    observations.map(|found| Ok((found.id.clone(), fhir::finding(&found.body)?))).collect()
}

/// The findings of a report, in its order, those inside it last. What may not be seen is not there and leaves no gap.
fn of<'a>(report: &'a Report, findings: &'a BTreeMap<ResourceId, Finding>) -> Vec<&'a Finding> {
    let members = report.members.iter().filter_map(|id| findings.get(id));
    members.chain(&report.contained).filter(|finding| finding.state != State::Withdrawn).collect()
}

/// Observations of the time of this page that no report holds, and whether there may be more than are given.
async fn alone(
    gate: &Gate,
    patient: &PatientId,
    choice: &Choice,
    (low, held): (Option<&str>, &BTreeSet<&ResourceId>),
    now: Timestamp,
) -> Result<(Vec<Finding>, bool), GateError> {
    // Of a doctor nothing came alone, and what has no date stands after all that has one.
    if choice.by.is_some() || (choice.after.is_some() && choice.until.is_none()) {
        return Ok((Vec::new(), false));
    }
    let (candidates, has_more) = candidates(gate, patient, choice, (low, held), now).await?;
    if candidates.is_empty() {
        return Ok((candidates, has_more));
    }
    Ok((in_no_report(gate, patient, candidates, now).await?, has_more))
}

/// Observations of the time of this page that no report on it holds, the newest first, and whether there may be more.
async fn candidates(
    gate: &Gate,
    patient: &PatientId,
    choice: &Choice,
    (low, held): (Option<&str>, &BTreeSet<&ResourceId>),
    now: Timestamp,
) -> Result<(Vec<Finding>, bool), GateError> {
    let (first, last) = of_year(choice.year);
    let span =
        [first, last, low.map(|low| format!("ge{low}")), choice.until.as_deref().map(|until| format!("lt{until}"))];
    let mut candidates = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..ALONE_ROUNDS {
        let mut parameters = vec![
            ("patient", patient.as_str()),
            ("_sort", "-date"),
            ("_count", ALONE_COUNT),
            ("category:not", NO_ANSWERS),
        ];
        parameters.extend(span.iter().flatten().map(|bound| ("date", bound.as_str())));
        parameters.extend(cursor.as_deref().map(|cursor| (search::CURSOR_PARAM, cursor)));
        let page = find(gate, ResourceType::OBSERVATION, &parameters, now).await?;
        for found in page.matches.iter().filter(|found| !held.contains(&found.id)) {
            let finding = fhir::finding(&found.body)?;
            let is_asked_for = choice.kind.is_none_or(|kind| kind == Kind::Laboratory);
            if is_asked_for && !rules::is_measurement(&finding) && candidates.len() < MAX_ALONE {
                candidates.push(finding);
            }
        }
        cursor = page.next.map(|cursor| cursor.0);
        if cursor.is_none() || candidates.len() >= MAX_ALONE {
            break;
        }
    }
    let is_full = candidates.len() >= MAX_ALONE;
    Ok((candidates, is_full || cursor.is_some()))
}

/// Those that are in no report of another day, and in no other of them.
async fn in_no_report(
    gate: &Gate,
    patient: &PatientId,
    mut candidates: Vec<Finding>,
    now: Timestamp,
) -> Result<Vec<Finding>, GateError> {
    let ids: Vec<String> =
        candidates.iter().filter_map(|finding| Some(format!("Observation/{}", finding.id.as_ref()?))).collect();
    let list = ids.join(",");
    let within = [("patient", patient.as_str()), ("result", list.as_str()), ("_count", ALONE_COUNT)];
    let page = find(gate, ResourceType::DIAGNOSTIC_REPORT, &within, now).await?;
    let mut elsewhere: BTreeSet<ResourceId> = candidates.iter().flat_map(|finding| finding.members.clone()).collect();
    for found in &page.matches {
        elsewhere.extend(fhir::report(&found.body, None)?.members);
    }
    candidates.retain(|finding| finding.id.as_ref().is_some_and(|id| !elsewhere.contains(id)));
    Ok(candidates)
}

/// The year of the first report and that of the last, which is the first on a page that nothing was chosen for.
async fn years(
    gate: &Gate,
    patient: &PatientId,
    newest: Option<&Report>,
    now: Timestamp,
) -> Result<Option<(i16, i16)>, GateError> {
    let first = year_of_end(gate, patient, "date", now).await?;
    let last = match newest {
        Some(report) => year_of(report),
        None => year_of_end(gate, patient, "-date", now).await?,
    };
    Ok(first.zip(last))
}

/// The year of the first report in an order.
async fn year_of_end(gate: &Gate, patient: &PatientId, sort: &str, now: Timestamp) -> Result<Option<i16>, GateError> {
    let notes = NOTES.join(",");
    let parameters =
        [("patient", patient.as_str()), ("_sort", sort), ("_count", "1"), ("category:not", notes.as_str())];
    let page = find(gate, ResourceType::DIAGNOSTIC_REPORT, &parameters, now).await?;
    let Some(found) = page.matches.first() else { return Ok(None) };
    Ok(year_of(&fhir::report(&found.body, None)?))
}

fn year_of(report: &Report) -> Option<i16> {
    rules::when(report).and_then(|when| rules::year(&when.to_string()))
}

fn askers(reports: &[Report]) -> Vec<Asker> {
    let mut askers: Vec<Asker> = reports.iter().filter_map(|report| report.asked_by.clone()).collect();
    askers.retain(|asker| asker.reference.is_some());
    askers.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.reference.cmp(&b.reference)));
    askers.dedup_by(|a, b| a.reference == b.reference);
    askers
}

/// What was written to the patient about these answers, the oldest first. It is written after the answer, mostly soon after.
async fn comments(
    gate: &Gate,
    patient: &PatientId,
    reports: &[Report],
    now: Timestamp,
) -> Result<Vec<Comment>, GateError> {
    let Some(first) = reports.iter().filter_map(|report| report.issued.or_else(|| rules::when(report))).min() else {
        return Ok(Vec::new());
    };
    // An hour's grace for clocks that do not agree.
    let since = format!("ge{}", first.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(first));
    let mut comments = Vec::new();
    for sent in [("sent", since.as_str()), ("sent:missing", "true")] {
        let parameters = [
            ("patient", patient.as_str()),
            ("category", "urn:varde:service|results"),
            sent,
            ("_sort", "sent"),
            ("_count", COMMENT_COUNT),
        ];
        let page = find(gate, ResourceType::COMMUNICATION, &parameters, now).await?;
        comments.extend(page.matches.iter().filter_map(|found| fhir::comment(&found.body)));
    }
    comments.retain(|comment| reports.iter().any(|report| report.id == comment.about));
    Ok(comments)
}

/// One report with all that belongs to it.
pub(super) struct Answer {
    /// The report.
    pub report: Report,
    /// Its findings in order; members of a finding follow it.
    pub findings: Vec<Finding>,
    /// What was written to the patient about it, the oldest first.
    pub comments: Vec<Comment>,
}

/// One report of this person. Another person's is not found, whoever asks (as with appointments).
pub(super) async fn one(
    gate: &Gate,
    patient: &PatientId,
    id: &ResourceId,
    now: Timestamp,
) -> Result<Answer, GateError> {
    let parameters = [
        ("_id", id.as_str()),
        ("patient", patient.as_str()),
        ("_include", "DiagnosticReport:result"),
        ("_include", "DiagnosticReport:based-on"),
        ("_include:iterate", "Observation:has-member"),
    ];
    let page = find(gate, ResourceType::DIAGNOSTIC_REPORT, &parameters, now).await?;
    let found = page.matches.first().ok_or(GateError::NotFound)?;
    let wanted = fhir::requisition_of(&found.body);
    let requisition = page.included.iter().find(|included| {
        included.resource_type == ResourceType::SERVICE_REQUEST && Some(&included.id) == wanted.as_ref()
    });
    let report = fhir::report(&found.body, requisition.map(|included| included.body.as_ref()))?;
    let by_id = findings(&page)?;
    let mut seen = BTreeSet::new();
    let mut ordered = Vec::new();
    for finding in of(&report, &by_id) {
        follow(finding, &by_id, &mut seen, &mut ordered);
    }
    specimens::of_report(&report, &mut ordered);
    let comments = comments(gate, patient, std::slice::from_ref(&report), now).await?;
    Ok(Answer { report, findings: ordered, comments })
}

/// A finding and after it its members, each once.
fn follow(
    finding: &Finding,
    by_id: &BTreeMap<ResourceId, Finding>,
    seen: &mut BTreeSet<ResourceId>,
    out: &mut Vec<Finding>,
) {
    let is_new = finding.id.as_ref().is_none_or(|id| seen.insert(id.clone()));
    if !is_new || finding.state == State::Withdrawn {
        return;
    }
    out.push(finding.clone());
    for member in finding.members.iter().filter_map(|id| by_id.get(id)) {
        follow(member, by_id, seen, out);
    }
}

/// A file of a report: MIME type and base64.
pub(super) async fn file(
    gate: &Gate,
    patient: &PatientId,
    id: &ResourceId,
    number: usize,
    now: Timestamp,
) -> Result<(Option<String>, String), GateError> {
    let parameters = [("_id", id.as_str()), ("patient", patient.as_str())];
    let page = find(gate, ResourceType::DIAGNOSTIC_REPORT, &parameters, now).await?;
    let found = page.matches.first().ok_or(GateError::NotFound)?;
    // What was wrong is not handed out either.
    if fhir::report(&found.body, None)?.state == State::Withdrawn {
        return Err(GateError::NotFound);
    }
    fhir::file(&found.body, number).ok_or(GateError::NotFound)
}

/// The newest value of each analysis, and whether there are more analyses than are shown. Each round asks for what is not in the list yet, so that
/// of thousands of answers only the newest are read.
pub(super) async fn analyses(
    gate: &Gate,
    patient: &PatientId,
    now: Timestamp,
) -> Result<(Vec<Finding>, bool), GateError> {
    let mut newest = rules::Newest::default();
    let mut has_more = true;
    let mut cursor: Option<String> = None;
    for _ in 0..ANALYSES_ROUNDS {
        let known = newest.codes().map(search_token).collect::<Vec<_>>().join(",");
        let mut parameters = vec![
            ("patient", patient.as_str()),
            ("_sort", "-date"),
            ("_count", ANALYSES_COUNT),
            ("category:not", NO_ANSWERS),
            ("status:not", "entered-in-error"),
        ];
        parameters.extend((!known.is_empty()).then_some(("code:not", known.as_str())));
        parameters.extend(cursor.as_deref().map(|cursor| (search::CURSOR_PARAM, cursor)));
        let page = find(gate, ResourceType::OBSERVATION, &parameters, now).await?;
        let before = newest.codes().count();
        for found in &page.matches {
            newest.take(fhir::finding(&found.body)?);
        }
        has_more = page.next.is_some();
        if !has_more || newest.len() > MAX_ANALYSES {
            break;
        }
        // A page without any code is gone past; after a new code another question is asked, from its beginning.
        cursor = page.next.map(|cursor| cursor.0).filter(|_| newest.codes().count() == before);
    }
    let mut findings = newest.into_findings();
    let is_cut = has_more || findings.len() > MAX_ANALYSES;
    findings.truncate(MAX_ANALYSES);
    specimens::fill(gate, patient, &mut findings, now).await?;
    Ok((findings, is_cut))
}

/// `system|code` as a search parameter has it: what separates values stands behind a backslash.
fn search_token(token: &str) -> String {
    let (system, code) = token.split_once('|').unwrap_or(("", token));
    let escaped = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            if matches!(letter, ',' | '|' | '$' | '\\') {
                out.push('\\');
            }
            out.push(letter);
        }
        out
    };
    format!("{}|{}", escaped(system), escaped(code))
}

/// One analysis over time, the newest first.
pub(super) struct Series {
    /// The values.
    pub findings: Vec<Finding>,
    /// Where older ones begin.
    pub next: Option<String>,
}

/// Loads one analysis over time; `code` is `system|code`.
pub(super) async fn series(
    gate: &Gate,
    patient: &PatientId,
    code: &str,
    after: Option<&str>,
    now: Timestamp,
) -> Result<Series, GateError> {
    let mut parameters =
        vec![("patient", patient.as_str()), ("code", code), ("_sort", "-date"), ("_count", SERIES_COUNT)];
    parameters.extend(after.map(|after| (search::CURSOR_PARAM, after)));
    let page = find(gate, ResourceType::OBSERVATION, &parameters, now).await?;
    let mut findings = Vec::with_capacity(page.matches.len());
    for found in &page.matches {
        findings.push(fhir::finding(&found.body)?);
    }
    findings.retain(|finding| finding.state != State::Withdrawn && !rules::is_measurement(finding));
    specimens::fill(gate, patient, findings.get_mut(..1).unwrap_or_default(), now).await?;
    Ok(Series { findings, next: page.next.map(|cursor| cursor.0) })
}

/// The report that was answered last, for the front page.
pub(super) async fn newest(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Option<Report>, GateError> {
    let notes = NOTES.join(",");
    let parameters =
        [("patient", patient.as_str()), ("_sort", "-issued"), ("_count", "1"), ("category:not", notes.as_str())];
    let page = find(gate, ResourceType::DIAGNOSTIC_REPORT, &parameters, now).await?;
    Ok(page.matches.first().map(|found| fhir::report(&found.body, None)).transpose()?)
}
