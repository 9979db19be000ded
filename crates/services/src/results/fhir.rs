//! FHIR R4 DiagnosticReport, Observation and Communication to what the slice works with. Reads with patience: a member that is missing leaves
//! a gap, never a failure; only what is no resource of its type at all is unreadable.

mod json;

use varde_base::ResourceId;

use self::json::{
    CommunicationJson, ObservationJson, QuantityJson, RangeJson, ReferenceRangeJson, ReportJson, RequestJson,
};
use super::model::{
    Asker, Attachment, Coded, Comment, Finding, Flag, Kind, Name, Quantity, Range, Report, State, Value,
};
use crate::shared::json::{ConceptJson, ReferenceJson};
use crate::shared::{Unreadable, analysis, units};

/// Observations inside one another are followed so deep.
const MAX_DEPTH: u8 = 4;

/// Code system of kinds of information, in `Communication.category`.
const SERVICE_SYSTEM: &str = "urn:varde:service";

/// Category codes (HL7 v2-0074, and the Norwegian Volven 8202) of each kind; the most telling kind first, since many sources say `LAB` beside it.
pub(super) const KINDS: [(Kind, &[&str]); 4] = [
    (Kind::Microbiology, &["MB", "MCB", "MYC", "PAR", "VR", "MBIO", "SR"]),
    (Kind::Pathology, &["PAT", "SP", "CP", "CG"]),
    (Kind::Imaging, &["RAD", "RX", "CT", "NMR", "NMS", "NUK", "RUS", "CUS", "OUS", "VUS", "XRC", "IMG", "imaging"]),
    (
        Kind::Laboratory,
        &["LAB", "laboratory", "CH", "HM", "BG", "BLB", "IMM", "TX", "GE", "CLIN", "FARM", "IMTR", "MGEN"],
    ),
];

/// Notes from a visit that some sources send as reports (LOINC); they belong to the record.
pub(super) const NOTES: [&str; 5] = ["34117-2", "51847-2", "11506-3", "34133-9", "18842-5"];

/// Codes of findings that have plain words: HL7 v3, SNOMED CT, LOINC answers.
const CODED: [(Coded, &[&str]); 3] = [
    (Coded::Found, &["POS", "DET", "10828004", "260373001", "LA6576-8", "LA11882-0"]),
    (Coded::NotFound, &["NEG", "ND", "260385009", "260415000", "LA6577-6", "LA11883-8"]),
    (Coded::Uncertain, &["IND", "E", "419984006", "42425007", "LA9663-1", "LA11885-3"]),
];

/// Reads a DiagnosticReport; `requisition` is the body of the ServiceRequest it answers, where that may be seen.
pub(super) fn report(body: &[u8], requisition: Option<&[u8]>) -> Result<Report, Unreadable> {
    let unreadable = Unreadable("DiagnosticReport");
    let json: ReportJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let codes: Vec<String> = json.category.iter().flat_map(codes).collect();
    let requester = requisition
        .and_then(|body| serde_json::from_slice::<RequestJson>(body).ok())
        .and_then(|request| request.requester)
        .and_then(|requester| requester.display)
        .map(|name| Asker { name, reference: None });
    Ok(Report {
        id: json.id.parse().map_err(|_| unreadable)?,
        kind: kind(&codes),
        state: state(json.status.as_deref()),
        title: json.code.as_ref().and_then(ConceptJson::words),
        taken: json.effective_date_time.or_else(|| json.effective_period.and_then(|period| period.start)),
        issued: json.issued.and_then(|issued| issued.parse().ok()),
        performers: displays(&json.performer),
        asked_by: requester.or_else(|| json.results_interpreter.iter().find_map(asker)),
        conclusion: json.conclusion.filter(|words| !words.trim().is_empty()),
        conclusion_codes: json.conclusion_code.iter().filter_map(ConceptJson::words).collect(),
        specimens: displays(&json.specimen),
        members: json.result.iter().filter_map(|reference| reference.id_of("Observation")).collect(),
        contained: json.contained.iter().filter_map(|raw| finding(raw.get().as_bytes()).ok()).collect(),
        attachments: json
            .presented_form
            .iter()
            .map(|form| Attachment {
                title: form.title.clone(),
                content_type: form.content_type.clone(),
                is_here: form.data.is_some(),
            })
            .collect(),
    })
}

/// The `ServiceRequest` a report answers.
pub(super) fn requisition_of(body: &[u8]) -> Option<ResourceId> {
    let json: ReportJson = serde_json::from_slice(body).ok()?;
    json.based_on.iter().find_map(|reference| reference.id_of("ServiceRequest"))
}

/// A file of a report: its MIME type and its content in base64, without what a source may have put between its lines (FHIR R4, base64Binary).
pub(super) fn file(body: &[u8], number: usize) -> Option<(Option<String>, String)> {
    let json: ReportJson = serde_json::from_slice(body).ok()?;
    let form = json.presented_form.into_iter().nth(number)?;
    Some((form.content_type, form.data?.split_ascii_whitespace().collect()))
}

/// All codes of a concept.
fn codes(concept: &ConceptJson) -> impl Iterator<Item = String> {
    concept.coding.iter().filter_map(|coding| coding.code.clone())
}

fn displays(references: &[ReferenceJson]) -> Vec<String> {
    let mut names: Vec<String> = references.iter().filter_map(|reference| reference.display.clone()).collect();
    names.dedup();
    names
}

fn asker(reference: &ReferenceJson) -> Option<Asker> {
    let kinds = ["Practitioner", "PractitionerRole", "Organization"];
    let local = kinds.iter().find_map(|kind| Some(format!("{kind}/{}", reference.id_of(kind)?)));
    Some(Asker { name: reference.display.clone()?, reference: local })
}

fn kind(codes: &[String]) -> Kind {
    let of = |known: &[&str]| codes.iter().any(|code| known.contains(&code.as_str()));
    KINDS.iter().find(|(_, known)| of(known)).map_or(Kind::Other, |(kind, _)| *kind)
}

/// Where an answer stands; a status that is not said is not taken for final.
fn state(status: Option<&str>) -> State {
    match status {
        Some("registered") => State::Registered,
        Some("partial") => State::Partial,
        Some("final") => State::Final,
        Some("amended" | "appended") => State::Amended,
        Some("corrected") => State::Corrected,
        Some("cancelled") => State::Cancelled,
        Some("entered-in-error") => State::Withdrawn,
        _ => State::Preliminary,
    }
}

/// Reads an Observation.
pub(super) fn finding(body: &[u8]) -> Result<Finding, Unreadable> {
    let json: ObservationJson = serde_json::from_slice(body).map_err(|_| Unreadable("Observation"))?;
    if json.resource_type.as_deref().is_some_and(|name| name != "Observation") {
        return Err(Unreadable("Observation"));
    }
    Ok(read(json, MAX_DEPTH))
}

fn read(json: ObservationJson, depth: u8) -> Finding {
    let value = value(&json);
    let parts = if depth == 0 { Vec::new() } else { json.component };
    let specimen = json.specimen.and_then(|specimen| specimen.display);
    Finding {
        id: json.id.and_then(|id| id.parse().ok()),
        name: Name { specimen, ..json.code.as_ref().map(name).unwrap_or_default() },
        flag: json.interpretation.iter().flat_map(codes).find_map(|code| flag(&code)),
        ranges: json.reference_range.into_iter().map(range).collect(),
        taken: json
            .effective_date_time
            .or(json.effective_instant)
            .or_else(|| json.effective_period.and_then(|period| period.start)),
        issued: json.issued.and_then(|issued| issued.parse().ok()),
        state: state(json.status.as_deref()),
        notes: json.note.into_iter().filter_map(|note| note.text).collect(),
        categories: json.category.iter().flat_map(codes).collect(),
        members: json.has_member.iter().filter_map(|reference| reference.id_of("Observation")).collect(),
        parts: parts.into_iter().map(|part| read(part, depth.saturating_sub(1))).collect(),
        value,
    }
}

fn name(concept: &ConceptJson) -> Name {
    let coded = || concept.coding.iter().filter_map(|coding| Some((coding.system.as_deref(), coding.code.as_deref()?)));
    let own =
        coded().find(|(system, _)| system.is_some()).and_then(|(system, code)| Some(format!("{}|{code}", system?)));
    Name {
        analysis: coded().find_map(|(system, code)| analysis::analysis(system, code)),
        source: concept.words().or_else(|| coded().next().map(|(_, code)| code.to_owned())),
        code: own,
        codes: coded().map(|(system, code)| format!("{}|{code}", system.unwrap_or_default())).collect(),
        specimen: None,
    }
}

fn value(json: &ObservationJson) -> Value {
    let between = |range: &RangeJson| Value::Between(number(range.low.as_ref()), number(range.high.as_ref()));
    let quantity = number(json.value_quantity.as_ref()).map(Value::Quantity);
    let ratio = json
        .value_ratio
        .as_ref()
        .and_then(|ratio| Some(Value::Ratio(number(ratio.numerator.as_ref())?, number(ratio.denominator.as_ref())?)));
    let whole = json.value_integer.as_ref().and_then(|whole| {
        let (digits, number) = (whole.to_string(), whole.as_f64()?);
        Some(Value::Quantity(Quantity { comparator: None, digits, number, unit: String::new() }))
    });
    let coded = json.value_codeable_concept.as_ref().and_then(coded);
    let words = json.value_string.clone().filter(|words| !words.trim().is_empty()).map(Value::Words);
    let when = json.value_date_time.clone().or_else(|| json.value_time.clone()).map(Value::When);
    quantity
        .or(ratio)
        .or(whole)
        .or(coded)
        .or(words)
        .or_else(|| json.value_range.as_ref().map(between))
        .or_else(|| json.value_boolean.map(Value::YesNo))
        .or(when)
        .unwrap_or_else(|| Value::Missing(json.data_absent_reason.as_ref().and_then(ConceptJson::words)))
}

fn coded(concept: &ConceptJson) -> Option<Value> {
    let known = codes(concept).find_map(|code| {
        CODED.iter().find(|(_, codes)| codes.contains(&code.as_str())).map(|(coded, _)| Value::Coded(*coded))
    });
    known.or_else(|| concept.words().map(Value::Words))
}

fn number(json: Option<&QuantityJson>) -> Option<Quantity> {
    let json = json?;
    let digits = json.value.as_ref()?.get();
    let unit = json.unit.as_deref().or(json.code.as_deref()).unwrap_or_default();
    Some(Quantity {
        comparator: json.comparator.clone(),
        digits: digits.to_owned(),
        number: digits.parse().ok().filter(|number: &f64| number.is_finite())?,
        unit: units::written(unit),
    })
}

fn range(json: ReferenceRangeJson) -> Range {
    let normal = json.kind.as_ref().is_none_or(|kind| codes(kind).any(|code| code == "normal"));
    let applies = json.applies_to.iter().filter_map(ConceptJson::words).collect::<Vec<_>>().join(", ");
    let kind = json.kind.filter(|_| !normal).and_then(|kind| kind.words());
    Range {
        low: number(json.low.as_ref()),
        high: number(json.high.as_ref()),
        text: json.text,
        applies_to: kind.or_else(|| (!applies.is_empty()).then_some(applies)),
        is_for_age: json.age.is_some(),
    }
}

/// HL7 v3 ObservationInterpretation.
fn flag(code: &str) -> Option<Flag> {
    Some(match code {
        "N" => Flag::Within,
        "H" | "HU" | "H>" => Flag::High,
        "HH" | "HX" => Flag::VeryHigh,
        "L" | "LU" | "L<" => Flag::Low,
        "LL" | "LX" => Flag::VeryLow,
        "A" => Flag::Abnormal,
        "AA" => Flag::VeryAbnormal,
        "POS" | "DET" => Flag::Found,
        "NEG" | "ND" => Flag::NotFound,
        "IND" | "E" => Flag::Uncertain,
        "S" | "SDD" => Flag::Sensitive,
        "I" => Flag::Intermediate,
        "R" => Flag::Resistant,
        _ => return None,
    })
}

/// Reads a comment: a Communication that is of this service, has words, and is about a report. Others are none of ours.
pub(super) fn comment(body: &[u8]) -> Option<Comment> {
    let json: CommunicationJson = serde_json::from_slice(body).ok()?;
    let is_ours = json.category.iter().any(|concept| concept.has(SERVICE_SYSTEM, "results"));
    if !is_ours || json.status.as_deref() == Some("entered-in-error") {
        return None;
    }
    let words: Vec<String> = json.payload.into_iter().filter_map(|payload| payload.content_string).collect();
    Some(Comment {
        about: json.about.iter().find_map(|reference| reference.id_of("DiagnosticReport"))?,
        by: json.sender.and_then(|sender| sender.display),
        sent: json.sent.and_then(|sent| sent.parse().ok()),
        words: Some(words.join("\n")).filter(|words| !words.trim().is_empty())?,
    })
}
