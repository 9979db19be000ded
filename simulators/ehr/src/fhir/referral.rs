//! Referrals (ServiceRequest), with the dates of Helsenorge's profile, and the Task in which a hospital assesses one.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Party, SERVICE_CATEGORY, TASK_SYSTEM, exact, instant, text};

const PROFILE: &str = "http://helsenorge.no/fhir/StructureDefinition/";
const DECISION_SYSTEM: &str = "urn:varde:referral-decision";
const SNOMED: &str = "http://snomed.info/sct";
/// SNOMED CT: patient referral.
const REFERRAL: &str = "3457005";

/// What is asked for with a search or a Subscription.
pub(crate) const REFERRAL_TOKEN: &str = "http://snomed.info/sct%7C3457005";

/// Whether it is a referral to a hospital or another office that nobody has assessed.
pub(crate) fn waits(request: &Value) -> bool {
    let is_referral = super::code(request.get("category"), SNOMED) == Some(REFERRAL);
    let to = receiver(request);
    is_referral
        && text(request, "/status") == Some("active")
        && to.is("Organization")
        && !has(request, "no-vurdert-dato")
}

/// To whom.
pub(crate) fn receiver(request: &Value) -> Party {
    Party::of(request.pointer("/performer/0"))
}

fn has(request: &Value, name: &str) -> bool {
    let mut extensions = request.get("extension").and_then(Value::as_array).into_iter().flatten();
    extensions.any(|its| text(its, "/url").and_then(|url| url.strip_prefix(PROFILE)) == Some(name))
}

/// A referral from the doctor who answers a message.
pub(crate) fn new(id: &str, message: &Value, from: &Party, unit: &Party, now: Timestamp) -> Option<Value> {
    let title = format!("Henvisning til {}", unit.display.as_deref().unwrap_or("sykehuset"));
    let reason = text(message, "/topic/text").map(|topic| json!([{ "text": topic }]));
    Some(super::whole(json!({
        "resourceType": "ServiceRequest",
        "id": id,
        "meta": super::labels(message),
        "status": "active",
        "intent": "order",
        "category": [{ "coding": [{ "system": SNOMED, "code": REFERRAL, "display": "Patient referral" }] }],
        "priority": "routine",
        "code": { "text": title },
        "subject": message.get("subject")?,
        "authoredOn": instant(now),
        "requester": from.performer(),
        "performer": [unit.json()],
        "reasonCode": reason,
    })))
}

fn with_extensions(request: &Value, more: Vec<Value>) -> Value {
    let mut request = request.clone();
    if let Some(members) = request.as_object_mut() {
        let extensions = members.entry("extension").or_insert_with(|| json!([]));
        if let Some(list) = extensions.as_array_mut() {
            let new = |url: &str| more.iter().any(|its| text(its, "/url") == Some(url));
            list.retain(|its| !text(its, "/url").is_some_and(new));
            list.extend(more.iter().cloned());
        }
    }
    request
}

fn date(name: &str, day: Date) -> Value {
    json!({ "url": format!("{PROFILE}{name}"), "valueDateTime": day.to_string() })
}

/// As the hospital has received it.
pub(crate) fn received(request: &Value, today: Date) -> Value {
    let mut dates = vec![date("no-mottatt-dato", today)];
    if !has(request, "no-ansiennitets-dato") {
        dates.push(date("no-ansiennitets-dato", today));
    }
    with_extensions(request, dates)
}

/// What the hospital has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict<'a> {
    /// Code of `urn:varde:referral-decision`.
    pub(crate) code: &'a str,
    /// In words.
    pub(crate) words: &'a str,
    /// The last day on which help must begin.
    pub(crate) care_by: Option<Date>,
}

impl Verdict<'_> {
    fn business(&self) -> Value {
        json!({ "coding": [{ "system": DECISION_SYSTEM, "code": self.code }] })
    }
}

/// As the hospital has assessed it; what it decided stands in the Task.
pub(crate) fn assessed(request: &Value, verdict: &Verdict<'_>, today: Date) -> Value {
    let mut dates = vec![date("no-vurdert-dato", today)];
    dates.extend(verdict.care_by.map(|day| date("no-frist-for-helsehjelp", day)));
    with_extensions(request, dates)
}

/// The Task of the assessment.
pub(crate) fn assessment(id: &str, request: &Value, now: Timestamp) -> Option<Value> {
    let referral = json!({ "reference": super::name(request)? });
    Some(super::whole(json!({
        "resourceType": "Task",
        "id": id,
        "meta": super::labels(request),
        "status": "in-progress",
        "intent": "order",
        "code": { "coding": [{ "system": TASK_SYSTEM, "code": "assess-referral" }] },
        "basedOn": [referral],
        "focus": referral,
        "for": request.get("subject")?,
        "owner": receiver(request).json(),
        "authoredOn": instant(now),
        "lastModified": instant(now),
        "executionPeriod": { "start": instant(now) },
    })))
}

/// The Task as it is done.
pub(crate) fn assessment_done(task: &Value, verdict: &Verdict<'_>, now: Timestamp) -> Value {
    let start = task.pointer("/executionPeriod/start").cloned().unwrap_or_else(|| json!(instant(now)));
    let more = [
        ("businessStatus", verdict.business()),
        ("statusReason", json!({ "text": verdict.words })),
        ("executionPeriod", json!({ "start": start, "end": instant(now) })),
    ];
    super::task_with(task, "completed", &exact(now), &more)
}

/// The first visit that comes of a referral, in specialist care (27).
pub(crate) fn visit(
    id: &str,
    request: &Value,
    place: Option<Party>,
    start: Timestamp,
    now: Timestamp,
) -> Option<Value> {
    const MINUTES: i64 = 45;
    let end = start.saturating_add(jiff::SignedDuration::from_mins(MINUTES)).ok()?;
    let accepted = |actor: Value| json!({ "actor": actor, "required": "required", "status": "accepted" });
    let unit = receiver(request);
    let mut participant = vec![accepted(request.get("subject")?.clone())];
    participant.extend(place.map(|place| accepted(place.json())));
    Some(super::whole(json!({
        "resourceType": "Appointment",
        "id": id,
        "meta": super::labels(request),
        "identifier": [{ "system": super::booking::BOOK_SYSTEM, "value": id, "assigner": unit.json() }],
        "status": "booked",
        "serviceCategory": [{ "coding": [{ "system": SERVICE_CATEGORY, "code": "27", "display": "Specialist Medical" }] }],
        "description": text(request, "/code/text"),
        "created": instant(now),
        "start": instant(start),
        "end": instant(end),
        "minutesDuration": MINUTES,
        "basedOn": [{ "reference": super::name(request)? }],
        "participant": participant,
    })))
}
