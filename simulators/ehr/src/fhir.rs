//! FHIR R4 as far as these offices need it: what they read of others' resources, and the resources they write (docs/api.md of the product).

pub(crate) mod booking;
pub(crate) mod referral;
pub(crate) mod register;
pub(crate) mod request;
pub(crate) mod summary;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use varde_base::Language;

use crate::rules::{Analysis, Prescription, Subject, flag};

/// Code systems of the platform.
pub(crate) const TASK_SYSTEM: &str = "urn:varde:task";
pub(crate) const SERVICE_SYSTEM: &str = "urn:varde:service";
pub(crate) const MESSAGE_SYSTEM: &str = "urn:varde:message";
pub(crate) const REQUEST_SYSTEM: &str = "urn:varde:request";
/// Prescription groups (Volven 7421).
const GROUP_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.1.7421";
const GROUP_EXTENSION: &str = "http://hl7.no/fhir/ig/StructureDefinition/no-basis-prescriptiongroup";
const ATC: &str = "http://www.whocc.no/atc";
const SERVICE_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/service-category";
const LOINC: &str = "http://loinc.org";

/// Somebody or something, as a Reference says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Party {
    /// `Type/id`.
    pub(crate) reference: Option<String>,
    /// Name.
    pub(crate) display: Option<String>,
}

impl Party {
    /// Reads a Reference.
    pub(crate) fn of(value: Option<&Value>) -> Self {
        let text = |name: &str| value.and_then(|value| value.get(name)).and_then(Value::as_str).map(str::to_owned);
        Self { reference: text("reference"), display: text("display") }
    }

    /// As a Reference.
    pub(crate) fn json(&self) -> Value {
        let mut members = Map::new();
        members.extend(self.reference.as_ref().map(|text| ("reference".to_owned(), json!(text))));
        members.extend(self.display.as_ref().map(|text| ("display".to_owned(), json!(text))));
        Value::Object(members)
    }

    /// As one who examines or reads: these may not be services of an office, which are left with their name alone.
    fn performer(&self) -> Value {
        let reference = self.reference.clone().filter(|_| !self.is("HealthcareService"));
        Self { reference, display: self.display.clone() }.json()
    }

    /// Whether nothing is said.
    pub(crate) fn is_nobody(&self) -> bool {
        self.reference.is_none() && self.display.is_none()
    }

    /// Whether it refers to a resource of this type.
    pub(crate) fn is(&self, resource_type: &str) -> bool {
        let reference = self.reference.as_deref().unwrap_or_default();
        reference.strip_prefix(resource_type).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// A text somewhere in a resource.
pub(crate) fn text<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    value.pointer(path).and_then(Value::as_str)
}

/// `Type/id` of a resource.
pub(crate) fn name(resource: &Value) -> Option<String> {
    Some(format!("{}/{}", text(resource, "/resourceType")?, text(resource, "/id")?))
}

/// `ETag` of the version that was read.
pub(crate) fn etag(resource: &Value) -> Option<String> {
    Some(format!("W/\"{}\"", text(resource, "/meta/versionId")?))
}

/// The first code of a system in a CodeableConcept, or in a list of them.
pub(crate) fn code<'v>(concepts: Option<&'v Value>, system: &str) -> Option<&'v str> {
    let concepts = concepts?;
    let several = concepts.as_array().map(Vec::as_slice).unwrap_or_default();
    let one = concepts.is_object().then_some(concepts);
    let mut codings = several.iter().chain(one).filter_map(|concept| concept.get("coding")?.as_array()).flatten();
    codings.find(|coding| text(coding, "/system") == Some(system)).and_then(|coding| text(coding, "/code"))
}

/// What a citizen says in a Task: the text of the first input of this type.
pub(crate) fn input<'v>(task: &'v Value, system: &str, name: &str) -> Option<&'v str> {
    let inputs = task.get("input")?.as_array()?;
    let input = inputs.iter().find(|input| code(input.get("type"), system) == Some(name))?;
    ["/valueString", "/valueCode"].iter().find_map(|path| text(input, path))
}

/// The answer to a Task, in words, as its `output`.
pub(crate) fn output(words: &str) -> Value {
    json!([{ "type": { "text": "Svar" }, "valueString": words }])
}

/// FHIR instant in UTC, to the second.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// FHIR instant in UTC, as exact as the clock: it tells our own change from everybody else's.
pub(crate) fn exact(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// The language a person prefers.
pub(crate) fn language(patient: &Value) -> Language {
    let languages = patient.get("communication").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let preferred = languages.iter().find(|language| language.get("preferred") == Some(&Value::Bool(true)));
    let codings = preferred.or(languages.first()).and_then(|language| language.pointer("/language/coding")?.as_array());
    codings.into_iter().flatten().find_map(|coding| Language::from_tag(text(coding, "/code")?)).unwrap_or_default()
}

/// What a doctor looks at before a prescription is renewed.
pub(crate) fn prescription(request: &Value) -> Prescription<'_> {
    let contained = request.get("contained").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let group = contained.iter().chain([request]).find_map(|holder| {
        let holders = holder.get("extension")?.as_array()?;
        let groups = holders.iter().filter(|its| text(its, "/url") == Some(GROUP_EXTENSION));
        let inner =
            groups.flat_map(|its| its.get("extension").and_then(Value::as_array).into_iter().flatten().chain([its]));
        let mut codings = inner.filter_map(|its| its.get("valueCoding"));
        codings.find(|coding| text(coding, "/system") == Some(GROUP_SYSTEM)).and_then(|coding| text(coding, "/code"))
    });
    let mut course = request.pointer("/courseOfTherapyType/coding").and_then(Value::as_array).into_iter().flatten();
    Prescription {
        status: text(request, "/status").unwrap_or_default(),
        group,
        is_short_course: course.any(|coding| text(coding, "/code") == Some("acute")),
    }
}

/// ATC code of a prescribed medicine.
pub(crate) fn atc(request: &Value) -> Option<&str> {
    code(request.get("medicationCodeableConcept"), ATC)
}

/// A new prescription in the place of an old one: the same medicine, dose and number of times, from today and for a year.
pub(crate) fn renewed(old: &Value, id: &str, today: Date, now: Timestamp) -> Option<Value> {
    let mut new = old.as_object()?.clone();
    let prior = name(old)?;
    for member in ["text", "identifier", "groupIdentifier", "statusReason", "eventHistory", "detectedIssue"] {
        new.remove(member);
    }
    new.insert("id".to_owned(), json!(id));
    new.insert("meta".to_owned(), kept_meta(old));
    new.insert("status".to_owned(), json!("active"));
    new.insert("authoredOn".to_owned(), json!(instant(now)));
    new.insert("priorPrescription".to_owned(), json!({ "reference": prior }));
    let end = today.checked_add(jiff::Span::new().years(1)).and_then(Date::yesterday).ok()?;
    let period = json!({ "start": today.to_string(), "end": end.to_string() });
    if let Some(supply) = new.entry("dispenseRequest").or_insert_with(|| json!({})).as_object_mut() {
        supply.insert("validityPeriod".to_owned(), period);
    }
    Some(whole(Value::Object(new)))
}

/// The labels of a resource and its profiles: for another of the same type that follows from it. Empty when it has none.
pub(crate) fn kept_meta(of: &Value) -> Value {
    copied(of, &["security", "extension", "profile"])
}

/// The labels of a resource: what follows from it is for the same eyes, of whatever type it is. Empty when it has none.
pub(crate) fn labels(of: &Value) -> Value {
    copied(of, &["security", "extension"])
}

fn copied(of: &Value, members: &[&str]) -> Value {
    let member = |name: &&str| Some(((*name).to_owned(), of.pointer(&format!("/meta/{name}"))?.clone()));
    Value::Object(members.iter().filter_map(member).collect())
}

/// Without members that are empty, as FHIR has none.
pub(crate) fn whole(mut resource: Value) -> Value {
    if let Some(members) = resource.as_object_mut() {
        members.retain(|_, value| {
            let is_empty = value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
            !is_empty && !value.is_null()
        });
    }
    resource
}

/// What a message is about.
pub(crate) fn subject(message: &Value) -> Subject {
    match code(message.get("category"), MESSAGE_SYSTEM) {
        Some("consultation") => Subject::Consultation,
        Some("prescription") => Subject::Prescription,
        Some("record-copy") => Subject::RecordCopy,
        _ => Subject::Contact,
    }
}

/// Who answers a message: the doctor if it was written to one, else the office.
pub(crate) fn answerer(message: &Value, owner: &Party) -> Party {
    let recipients = message.get("recipient").and_then(Value::as_array).into_iter().flatten();
    let mut parties = recipients.map(|recipient| Party::of(Some(recipient)));
    parties.find(|party| party.is("Practitioner") || party.is("PractitionerRole")).unwrap_or_else(|| owner.clone())
}

/// The answer to a message.
pub(crate) fn answer(message: &Value, id: &str, from: &Party, words: &str, now: Timestamp) -> Option<Value> {
    let asked = name(message)?;
    let root = text(message, "/partOf/0/reference").unwrap_or(&asked);
    // Under the same rules and for the same eyes as the question.
    Some(whole(json!({
        "resourceType": "Communication",
        "id": id,
        "meta": kept_meta(message),
        "status": "completed",
        "category": message.get("category"),
        "subject": message.get("subject")?,
        "sender": from.json(),
        "recipient": [message.get("sender")?],
        "partOf": [{ "reference": root }],
        "inResponseTo": [{ "reference": asked }],
        "sent": instant(now),
        "payload": [{ "contentString": words }],
    })))
}

/// A message as somebody at the office has opened it.
pub(crate) fn opened(message: &Value, now: Timestamp) -> Value {
    let mut opened = message.clone();
    if let Some(members) = opened.as_object_mut() {
        members.insert("status".to_owned(), json!("completed"));
        members.insert("received".to_owned(), json!(instant(now)));
    }
    opened
}

/// A Task with a new status, and with more said of it.
pub(crate) fn task_with(task: &Value, status: &str, modified: &str, more: &[(&str, Value)]) -> Value {
    let mut task = task.clone();
    if let Some(members) = task.as_object_mut() {
        members.insert("status".to_owned(), json!(status));
        members.insert("lastModified".to_owned(), json!(modified));
        members.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    task
}

/// The patch that moves a Task from one status to the next, and does nothing when it has another.
pub(crate) fn task_patch(from: &str, to: &str, now: Timestamp) -> Value {
    json!([
        { "op": "test", "path": "/status", "value": from },
        { "op": "replace", "path": "/status", "value": to },
        { "op": "add", "path": "/lastModified", "value": exact(now) },
    ])
}

/// An entry of a transaction that overwrites just the version that was read.
pub(crate) fn update(resource: &Value, read: &Value) -> Option<Value> {
    let request = json!({ "method": "PUT", "url": name(read)?, "ifMatch": etag(read)? });
    Some(json!({ "resource": resource, "request": request }))
}

/// An entry of a transaction that writes what is not there yet, and fails when it is.
pub(crate) fn create(resource: &Value) -> Option<Value> {
    let request = json!({ "method": "PUT", "url": name(resource)?, "ifNoneMatch": "*" });
    Some(json!({ "resource": resource, "request": request }))
}

/// What was ordered of the laboratory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Of whom.
    pub(crate) patient: Party,
    /// The doctor who reads the answer.
    pub(crate) doctor: Party,
    /// The office where the sample is taken.
    pub(crate) office: Party,
    /// Tag of the patient's language.
    pub(crate) language: String,
    /// The medicine it is about, if any.
    pub(crate) atc: Option<String>,
    /// When the sample was taken, seconds.
    pub(crate) taken: i64,
}

/// How a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportState {
    /// Done.
    Final,
    /// It was wrong and has been put right.
    Corrected,
}

impl ReportState {
    const fn code(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Corrected => "corrected",
        }
    }
}

fn concept(system: &str, code: &str, display: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code, "display": display }], "text": display })
}

/// Shown at once: the doctor has decided so when the sample was ordered.
fn shown_now() -> Value {
    json!({ "extension": [{ "url": "urn:varde:release", "valueCode": "now" }] })
}

/// The Observations of a report and the report itself, in this order. `values` are tenths.
pub(crate) fn report(
    id: &str,
    order: &Order,
    values: &[(&Analysis, i64)],
    state: ReportState,
    (conclusion, now): (&str, Timestamp),
) -> Vec<Value> {
    let taken = Timestamp::from_second(order.taken).map(instant).unwrap_or_default();
    let mut out: Vec<Value> = values
        .iter()
        .enumerate()
        .map(|(number, (analysis, value))| {
            observation(&format!("{id}-{number}"), order, analysis, *value, (state, &taken, now))
        })
        .collect();
    let results: Vec<Value> = out.iter().filter_map(name).map(|name| json!({ "reference": name })).collect();
    out.push(json!({
        "resourceType": "DiagnosticReport",
        "id": id,
        "meta": shown_now(),
        "status": state.code(),
        "category": [concept("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory")],
        "code": { "coding": [{ "system": LOINC, "code": "11502-2" }], "text": "Blodprøve" },
        "subject": order.patient.json(),
        "effectiveDateTime": taken,
        "issued": instant(now),
        "performer": [order.office.performer()],
        "resultsInterpreter": [order.doctor.performer()],
        "result": results,
        "conclusion": conclusion,
    }));
    out
}

fn observation(
    id: &str,
    order: &Order,
    analysis: &Analysis,
    value: i64,
    (state, taken, now): (ReportState, &str, Timestamp),
) -> Value {
    let (code, display) = flag(analysis, value);
    json!({
        "resourceType": "Observation",
        "id": id,
        "meta": shown_now(),
        "status": state.code(),
        "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")],
        "code": { "coding": [{ "system": LOINC, "code": analysis.loinc }], "text": analysis.name },
        "subject": order.patient.json(),
        "effectiveDateTime": taken,
        "issued": instant(now),
        "performer": [order.office.performer()],
        "valueQuantity": quantity(analysis, value),
        "interpretation": [concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", code, display)],
        "referenceRange": [{ "low": quantity(analysis, analysis.low), "high": quantity(analysis, analysis.high) }],
    })
}

fn quantity(analysis: &Analysis, tenths: i64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "results have at most five digits")]
    let value = if tenths % 10 == 0 { json!(tenths / 10) } else { json!(tenths as f64 / 10.0) };
    json!({ "value": value, "unit": analysis.unit, "system": "http://unitsofmeasure.org", "code": analysis.ucum })
}

/// What the doctor writes to the patient about a report.
pub(crate) fn comment(id: &str, report: &str, order: &Order, words: &str, now: Timestamp) -> Value {
    json!({
        "resourceType": "Communication",
        "id": id,
        "meta": shown_now(),
        "status": "completed",
        "category": [{ "coding": [{ "system": SERVICE_SYSTEM, "code": "results" }] }],
        "subject": order.patient.json(),
        "about": [{ "reference": format!("DiagnosticReport/{report}") }],
        "sender": order.doctor.json(),
        "recipient": [order.patient.json()],
        "sent": instant(now),
        "payload": [{ "contentString": words }],
    })
}
