//! The FHIR document of the International Patient Summary (IPS 2.0.0, Bundle-uv-ips and Composition-uv-ips).
//!
//! Stored resources go in as they are. Only what a profile demands and a source has left out is put in, as "unknown" by FHIR's
//! data-absent-reason, and never guessed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use varde_base::{Language, ResourceId};
use varde_fhir::ResourceType;
use varde_store::{Found, GateError};

use super::fhir::text_at;
use super::lines;
use super::model::{Line, Section, Summary};
use crate::l10n::text;
use crate::shared::{Unreadable, derived_id};

const BUNDLE_PROFILE: &str = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips";
const COMPOSITION_PROFILE: &str = "http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips";
const LOINC: &str = "http://loinc.org";
const EMPTY_REASON: &str = "http://terminology.hl7.org/CodeSystem/list-empty-reason";
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// One entry of the Bundle; its resource byte for byte, so that no decimal changes.
struct Entry {
    resource_type: ResourceType,
    id: ResourceId,
    resource: Box<RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryJson<'a> {
    full_url: String,
    resource: &'a RawValue,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BundleJson<'a> {
    resource_type: &'static str,
    id: String,
    meta: Value,
    language: &'static str,
    identifier: Value,
    r#type: &'static str,
    timestamp: String,
    entry: Vec<EntryJson<'a>>,
}

/// The document.
///
/// # Errors
/// [`GateError::Fault`] for a stored resource that cannot be read.
pub(super) fn bundle(
    summary: &Summary,
    base_url: &str,
    language: Language,
    now: Timestamp,
) -> Result<Vec<u8>, GateError> {
    let ids = Ids::of(summary, now);
    let author = ids.id("author");
    let mut entries = Vec::new();
    let mut sections = Vec::new();
    for section in summary.sections.iter().filter(|section| section.part.is_required() || !section.entries.is_empty()) {
        let mut references = Vec::new();
        for found in &section.entries {
            let entry = entry(found)?;
            if found.resource_type == ResourceType::DEVICE {
                let used = use_of(&entry, summary)?;
                references.push(reference(&used));
                entries.push(used);
            } else {
                references.push(reference(&entry));
            }
            entries.push(entry);
        }
        for other in &section.others {
            entries.push(entry(other)?);
        }
        sections.push(section_json(section, &references, language)?);
    }
    let title = text(language).msg_summary_ips_title();
    let composition = composition(summary, &ids, (&title, language), sections, now)?;
    let head = [composition, entry(&summary.patient)?];
    let organization = made(
        ResourceType::ORGANIZATION,
        author.clone(),
        &json!({ "resourceType": "Organization", "id": author.as_str(), "name": "Varde" }),
    )?;
    let all: Vec<Entry> = head.into_iter().chain(entries).chain([organization]).collect();
    let bundle = BundleJson {
        resource_type: "Bundle",
        id: ids.id("bundle").to_string(),
        meta: json!({ "profile": [BUNDLE_PROFILE] }),
        language: language.tag(),
        identifier: json!({ "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{}", ids.id("document")) }),
        r#type: "document",
        timestamp: instant(now),
        entry: all
            .iter()
            .map(|entry| EntryJson {
                full_url: format!("{base_url}/{}/{}", entry.resource_type, entry.id),
                resource: &entry.resource,
            })
            .collect(),
    };
    serde_json::to_vec(&bundle).map_err(|_| GateError::Fault)
}

/// Ids of what is made for the document. They follow from whose it is, when it was made and which versions are in it, so that the same document
/// is never two.
struct Ids(String);

impl Ids {
    fn of(summary: &Summary, now: Timestamp) -> Self {
        let founds = summary.sections.iter().flat_map(|section| section.entries.iter().chain(&section.others));
        let versions = founds
            .chain([&summary.patient])
            .map(|found| format!("{}/{}/{}", found.resource_type, found.id, found.version));
        Self(format!("summary/{now}/{}", versions.collect::<Vec<_>>().join("/")))
    }

    fn id(&self, what: &str) -> ResourceId {
        derived_id(&format!("{}/{what}", self.0))
    }
}

fn reference(entry: &Entry) -> Value {
    json!({ "reference": format!("{}/{}", entry.resource_type, entry.id) })
}

fn instant(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn made(resource_type: ResourceType, id: ResourceId, json: &Value) -> Result<Entry, GateError> {
    let resource = serde_json::value::to_raw_value(json).map_err(|_| GateError::Fault)?;
    Ok(Entry { resource_type, id, resource })
}

/// A stored resource, with what its profile demands and is not there put in as unknown.
fn entry(found: &Found) -> Result<Entry, GateError> {
    let unreadable = || GateError::from(Unreadable("resource of the summary"));
    let mut members: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(&found.body).map_err(|_| unreadable())?;
    let lacking = lacking(found.resource_type, |member| members.contains_key(member));
    let resource = if lacking.is_empty() {
        let text = std::str::from_utf8(&found.body).map_err(|_| unreadable())?;
        RawValue::from_string(text.to_owned()).map_err(|_| unreadable())?
    } else {
        for (member, value) in lacking {
            members.insert(member.to_owned(), serde_json::value::to_raw_value(&value).map_err(|_| GateError::Fault)?);
        }
        serde_json::value::to_raw_value(&members).map_err(|_| GateError::Fault)?
    };
    Ok(Entry { resource_type: found.resource_type, id: found.id.clone(), resource })
}

/// Members a profile of IPS 2.0 demands and R4 does not, where they lack.
fn lacking(resource_type: ResourceType, has: impl Fn(&str) -> bool) -> Vec<(&'static str, Value)> {
    let unknown = || json!({ "extension": [{ "url": ABSENT, "valueCode": "unknown" }] });
    let has_any = |members: &[&str]| members.iter().any(|member| has(member));
    let mut out = Vec::new();
    match resource_type {
        ResourceType::MEDICATION_STATEMENT
            if !has_any(&["effectiveDateTime", "effectivePeriod", "_effectiveDateTime"]) =>
        {
            out.push(("_effectiveDateTime", unknown()));
        }
        ResourceType::OBSERVATION if !has_any(&["performer", "_performer"]) => {
            out.push(("performer", json!([unknown()])));
        }
        ResourceType::PROCEDURE => {
            let performed = [
                "performedDateTime",
                "performedPeriod",
                "performedString",
                "performedAge",
                "performedRange",
                "_performedDateTime",
            ];
            if !has_any(&performed) {
                out.push(("_performedDateTime", unknown()));
            }
        }
        ResourceType::PATIENT => {
            if !has_any(&["birthDate", "_birthDate"]) {
                out.push(("_birthDate", unknown()));
            }
            if !has("name") {
                out.push(("name", json!([{ "text": "?" }])));
            }
        }
        _ => {}
    }
    let is_coded =
        matches!(resource_type, ResourceType::ALLERGY_INTOLERANCE | ResourceType::CONDITION | ResourceType::PROCEDURE);
    if is_coded && !has("code") {
        out.push(("code", unknown()));
    }
    out
}

/// The statement that a device is in use, which a source has not sent: the Device says no more than that it is.
fn use_of(device: &Entry, summary: &Summary) -> Result<Entry, GateError> {
    let id = derived_id(&format!("summary/device-use/{}", device.id));
    let body = json!({
        "resourceType": "DeviceUseStatement",
        "id": id.as_str(),
        "status": "active",
        "subject": { "reference": format!("Patient/{}", summary.patient.id) },
        "_timingDateTime": { "extension": [{ "url": ABSENT, "valueCode": "unknown" }] },
        "device": reference(device),
    });
    made(ResourceType::DEVICE_USE_STATEMENT, id, &body)
}

/// The Composition: what the document is about, and its parts.
fn composition(
    summary: &Summary,
    ids: &Ids,
    (title, language): (&str, Language),
    sections: Vec<Value>,
    now: Timestamp,
) -> Result<Entry, GateError> {
    let (id, author) = (ids.id("composition"), ids.id("author"));
    let organization = json!({ "reference": format!("Organization/{author}"), "display": "Varde" });
    let patient = serde_json::from_slice::<Value>(&summary.patient.body).unwrap_or_default();
    let family = patient.pointer("/name/0").and_then(|name| text_at(name, &["family"])).unwrap_or_default();
    let body = json!({
        "resourceType": "Composition",
        "id": id.as_str(),
        "meta": { "profile": [COMPOSITION_PROFILE] },
        "language": language.tag(),
        "text": { "status": "generated", "div": div(language, &format!("<p>{}</p>", escaped(&format!("{title}: {family}")))) },
        "status": "final",
        "type": { "coding": [{ "system": LOINC, "code": "60591-5", "display": "Patient summary Document" }] },
        "subject": { "reference": format!("Patient/{}", summary.patient.id) },
        "date": instant(now),
        "author": [organization.clone()],
        "custodian": organization,
        "title": title,
        "section": sections,
    });
    made(ResourceType::COMPOSITION, id, &body)
}

/// A part. One with nothing in it says that there is no information, which is true whether there is none or it may not be seen.
fn section_json(section: &Section, references: &[Value], language: Language) -> Result<Value, GateError> {
    let (code, display) = section.part.loinc();
    let lines = lines::of_section(section, language)?;
    let mut body = json!({
        "title": lines::title(text(language), section.part),
        "code": { "coding": [{ "system": LOINC, "code": code, "display": display }] },
        "text": { "status": "generated", "div": div(language, &narrative(section, &lines, language)) },
    });
    if let Some(members) = body.as_object_mut() {
        if references.is_empty() {
            let reason = json!({ "system": EMPTY_REASON, "code": "unavailable", "display": "Unavailable" });
            members.insert("emptyReason".to_owned(), json!({ "coding": [reason] }));
        } else {
            members.insert("entry".to_owned(), json!(references));
        }
    }
    Ok(body)
}

fn narrative(section: &Section, lines: &[Line], language: Language) -> String {
    let text = text(language);
    let more = lines::more(text, section).map(|words| format!("<p>{}</p>", escaped(&words))).unwrap_or_default();
    if lines.is_empty() {
        return format!("<p>{}</p>{more}", escaped(&lines::nothing(text, section.part)));
    }
    let item = |line: &Line| {
        let detail = if line.detail.is_empty() { String::new() } else { format!(": {}", line.detail.join(" · ")) };
        format!("<li>{}</li>", escaped(&format!("{}{detail}", line.name)))
    };
    format!("<ul>{}</ul>{more}", lines.iter().map(item).collect::<String>())
}

fn div(language: Language, content: &str) -> String {
    let tag = language.tag();
    format!("<div xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"{tag}\" xml:lang=\"{tag}\">{content}</div>")
}

/// Text of a source within XHTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
