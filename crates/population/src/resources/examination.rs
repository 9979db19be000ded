use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Resource, coding, concept, reference, subject};
use crate::calendar::{add_days, instant};
use crate::examinations::{Examination, Found};
use crate::people::Citizen;
use crate::providers::Provider;
use crate::systems::{LOINC, SNOMED};

/// One examination of one citizen.
pub(crate) struct Examined<'a> {
    /// Id of the DiagnosticReport; those of the Observations and the comment begin with it.
    pub(crate) id: String,
    pub(crate) citizen: &'a Citizen,
    pub(crate) doctor: &'a Provider,
    /// Id and name of who examined.
    pub(crate) performer: (&'static str, &'static str),
    pub(crate) day: Date,
    pub(crate) what: &'static Examination,
}

/// The Observations, the DiagnosticReport that gathers them, and what the doctor writes about it.
pub(crate) fn examination(of: &Examined<'_>) -> Vec<Resource> {
    let mut out: Vec<Resource> =
        of.what.found.iter().enumerate().map(|(number, found)| observation(of, number, found)).collect();
    let results: Vec<Value> =
        out.iter().map(|observation| json!({"reference": format!("Observation/{}", observation.id())})).collect();
    let what = of.what;
    let specimens: Vec<Value> = what.specimen.iter().map(|specimen| json!({"display": specimen})).collect();
    let files: Vec<Value> = what
        .file
        .iter()
        .map(|(title, data)| json!({"contentType": "application/pdf", "title": title, "data": data}))
        .collect();
    let words = (!what.conclusion.is_empty()).then_some(what.conclusion);
    let body = json!({
        "identifier": [{"system": "urn:varde:report", "value": of.id}],
        "status": what.status,
        "category": [concept("http://terminology.hl7.org/CodeSystem/v2-0074", what.category.0, what.category.1)],
        "code": {"coding": [{"system": LOINC, "code": what.loinc}], "text": what.name},
        "subject": subject(of.citizen),
        "effectiveDateTime": instant(of.day, 10 * 60),
        "issued": instant(add_days(of.day, 2), 13 * 60),
        "performer": [reference("Organization", of.performer.0, of.performer.1)],
        "resultsInterpreter": [reference("Practitioner", &of.doctor.practitioner, &of.doctor.name)],
        "specimen": specimens,
        "result": results,
        "conclusion": words,
        "presentedForm": files,
    });
    out.push(Resource::new("DiagnosticReport", &of.id, body));
    out.extend(what.comment.map(|words| comment(of, words)));
    out
}

fn observation(of: &Examined<'_>, number: usize, found: &Found) -> Resource {
    let interpretation = |code: &str| json!([{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": code}]}]);
    let medicines: Vec<Value> = found
        .medicines
        .iter()
        .map(|(code, name, flag)| {
            json!({
                "code": {"coding": [coding(LOINC, code, name)], "text": name},
                "interpretation": interpretation(flag),
            })
        })
        .collect();
    let body = json!({
        "status": "final",
        "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")],
        "code": {"coding": [{"system": LOINC, "code": found.loinc}], "text": found.name},
        "subject": subject(of.citizen),
        "effectiveDateTime": instant(of.day, 10 * 60),
        "issued": instant(add_days(of.day, 2), 13 * 60),
        "performer": [reference("Organization", of.performer.0, of.performer.1)],
        "valueCodeableConcept": concept(SNOMED, found.value.0, found.value.1),
        "interpretation": found.flag.map(interpretation),
        "component": medicines,
    });
    Resource::new("Observation", format!("{}-{number}", of.id), body)
}

/// What the doctor writes to the patient: a Communication about the report, of the kind of information it is about.
fn comment(of: &Examined<'_>, words: &str) -> Resource {
    let body = json!({
        "status": "completed",
        "category": [{"coding": [{"system": "urn:varde:service", "code": "results"}]}],
        "subject": subject(of.citizen),
        "about": [{"reference": format!("DiagnosticReport/{}", of.id)}],
        "sender": reference("Practitioner", &of.doctor.practitioner, &of.doctor.name),
        "recipient": [subject(of.citizen)],
        "sent": instant(add_days(of.day, 3), 9 * 60 + 20),
        "payload": [{"contentString": words}],
    });
    Resource::new("Communication", format!("{}-comment", of.id), body)
}
