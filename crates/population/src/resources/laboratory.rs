use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Resource, coding, concept, reference, subject};
use crate::analyses::Analysis;
use crate::calendar::instant;
use crate::people::{Citizen, Sex};
use crate::providers::Provider;
use crate::systems::{LOINC, NLK, UCUM};

/// One sample and where it was analysed.
pub(crate) struct Sample<'a> {
    /// Id of the DiagnosticReport; those of the Observations begin with it.
    pub(crate) id: String,
    pub(crate) citizen: &'a Citizen,
    pub(crate) doctor: &'a Provider,
    pub(crate) laboratory: (&'static str, &'static str),
    pub(crate) day: Date,
    pub(crate) panel: &'static str,
    /// Analyses with their result in the smallest step of each.
    pub(crate) results: Vec<(&'static Analysis, i64)>,
}

/// The Observations of a sample and then the DiagnosticReport that gathers them.
pub(crate) fn report(sample: &Sample<'_>) -> Vec<Resource> {
    let mut out: Vec<Resource> = Vec::with_capacity(sample.results.len() + 1);
    let mut outside: Vec<&str> = Vec::new();
    for (number, (analysis, result)) in sample.results.iter().enumerate() {
        let flag = flag(analysis, sample.citizen.sex, *result);
        if flag.0 != "N" {
            outside.push(analysis.name);
        }
        out.push(observation(sample, number, analysis, *result, flag));
    }
    let conclusion = match outside.as_slice() {
        [] => "Alle svar er innenfor det vanlige.".to_owned(),
        names => format!("Utenfor det vanlige: {}.", names.join(", ")),
    };
    let results: Vec<Value> =
        out.iter().map(|observation| json!({"reference": format!("Observation/{}", observation.id())})).collect();
    let body = json!({
        "identifier": [{"system": "urn:varde:report", "value": sample.id}],
        "status": "final",
        "category": [concept("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory")],
        "code": {"coding": [coding(LOINC, "11502-2", "Laboratory report")], "text": sample.panel},
        "subject": subject(sample.citizen),
        "effectiveDateTime": instant(sample.day, 9 * 60 + 30),
        "issued": instant(sample.day, 14 * 60 + 45),
        "performer": [reference("Organization", sample.laboratory.0, sample.laboratory.1)],
        "resultsInterpreter": [reference("Practitioner", &sample.doctor.practitioner, &sample.doctor.name)],
        "result": results,
        "conclusion": conclusion,
    });
    out.push(Resource::new("DiagnosticReport", &sample.id, body));
    out
}

fn flag(analysis: &Analysis, sex: Sex, result: i64) -> (&'static str, &'static str) {
    let (low, high) = analysis.range(sex);
    if low.is_some_and(|limit| result < limit) {
        ("L", "Low")
    } else if high.is_some_and(|limit| result > limit) {
        ("H", "High")
    } else {
        ("N", "Normal")
    }
}

fn observation(sample: &Sample<'_>, number: usize, analysis: &Analysis, result: i64, flag: (&str, &str)) -> Resource {
    let quantity = |steps: i64| json!({"value": analysis.decimal(steps), "unit": analysis.unit, "system": UCUM, "code": analysis.ucum});
    let (low, high) = analysis.range(sample.citizen.sex);
    let mut range = json!({});
    if let Value::Object(members) = &mut range {
        members.extend(low.map(|limit| ("low".to_owned(), quantity(limit))));
        members.extend(high.map(|limit| ("high".to_owned(), quantity(limit))));
    }
    let mut codes = vec![json!({"system": LOINC, "code": analysis.loinc})];
    codes.extend(analysis.npu.map(|code| coding(NLK, code, analysis.name)));
    let body = json!({
        "status": "final",
        "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")],
        "code": {"coding": codes, "text": analysis.name},
        "subject": subject(sample.citizen),
        "effectiveDateTime": instant(sample.day, 9 * 60 + 30),
        "issued": instant(sample.day, 14 * 60 + 45),
        "performer": [reference("Organization", sample.laboratory.0, sample.laboratory.1)],
        "valueQuantity": quantity(result),
        "interpretation": [concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", flag.0, flag.1)],
        "referenceRange": [range],
    });
    Resource::new("Observation", format!("{}-{number}", sample.id), body)
}
