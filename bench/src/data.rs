//! A synthetic country of patients with observations, the same every time.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use varde_base::{
    Actor, CareBasis, PersonnelActor, Purpose, Random as _, SeededRandom, SystemActor, SystemClock, SystemRole,
};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ReferenceMap};
use varde_rights::RuleBook;
use varde_store::{Access, Options, Put, Store, Write};

/// Observations of each patient.
pub const OBSERVATIONS: usize = 99;

const CODES: [(&str, &str); 8] = [
    ("29463-7", "Body weight"),
    ("8302-2", "Body height"),
    ("8867-4", "Heart rate"),
    ("8480-6", "Systolic blood pressure"),
    ("8462-4", "Diastolic blood pressure"),
    ("2093-3", "Cholesterol"),
    ("2339-0", "Glucose"),
    ("718-7", "Hemoglobin"),
];

/// The JSON of a patient.
pub fn patient(number: usize) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"p{number}","identifier":[{{"system":"urn:bench","value":"{number}"}}],"active":true,"name":[{{"use":"official","family":"Familie{family}","given":["Navn{number}"]}}],"telecom":[{{"system":"phone","value":"9{number:07}"}}],"gender":"female","birthDate":"19{year:02}-05-17","address":[{{"use":"home","line":["Storgata {number}"],"postalCode":"0153","city":"Oslo","country":"NO"}}]}}"#,
        family = number % 997,
        year = number % 100,
    )
}

/// The JSON of an observation.
pub fn observation(patient: usize, number: usize, random: &mut SeededRandom) -> String {
    let (code, display) = CODES.get(number % CODES.len()).copied().unwrap_or(("0", ""));
    let (day, month, year) = (random.below(28) + 1, random.below(12) + 1, 2010 + random.below(16));
    let (value, tenth) = (random.below(200), random.below(10));
    format!(
        r#"{{"resourceType":"Observation","id":"o{patient}-{number}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"{code}","display":"{display}"}}],"text":"{display}"}},"subject":{{"reference":"Patient/p{patient}"}},"effectiveDateTime":"{year}-{month:02}-{day:02}T10:00:00+01:00","issued":"{year}-{month:02}-{day:02}T10:00:00.000+01:00","performer":[{{"reference":"Practitioner/dr{doctor}"}}],"valueQuantity":{{"value":{value}.{tenth},"unit":"unit","system":"http://unitsofmeasure.org","code":"1"}}}}"#,
        doctor = patient % 50,
    )
}

/// A write of a resource.
///
/// # Errors
/// When it is not valid.
pub fn write(json: &str) -> anyhow::Result<Write> {
    let parsed = Parsed::parse(json.as_bytes(), &Limits::default()).map_err(|issues| anyhow::anyhow!("{issues:?}"))?;
    let id = parsed.id().context("id")?;
    Ok(Write::Put(Box::new(Put::new(parsed, id, &ReferenceMap::new()))))
}

/// All writes of a patient.
///
/// # Errors
/// When one is not valid.
pub fn writes(number: usize) -> anyhow::Result<Vec<Write>> {
    let mut random = SeededRandom::new(number as u64);
    let mut out = vec![write(&patient(number))?];
    for observed in 0..OBSERVATIONS {
        out.push(write(&observation(number, observed, &mut random))?);
    }
    Ok(out)
}

/// Laboratory values of the one person who has many.
pub const RESULTS: usize = 5_000;
/// Values of each report of theirs.
const REPORT_VALUES: usize = 8;
/// Their analyses (LOINC).
const ANALYSES: [&str; 25] = [
    "718-7", "4544-3", "789-8", "6690-2", "777-3", "1988-5", "2276-4", "14682-9", "33914-3", "2823-3", "2951-2",
    "17861-6", "14647-2", "22748-8", "14646-4", "2571-8", "59261-8", "2339-0", "3016-3", "14920-3", "14635-7",
    "1742-6", "1920-8", "2532-0", "6768-6",
];

/// [`RESULTS`] values of a person over twenty years, in reports of eight, each with what is usual.
///
/// # Errors
/// When one is not valid.
pub fn results(patient: &str) -> anyhow::Result<Vec<Write>> {
    let mut random = SeededRandom::new(5_000);
    let mut out = Vec::with_capacity(RESULTS + RESULTS / REPORT_VALUES);
    for report in 0..RESULTS / REPORT_VALUES {
        let (year, month, day) = (2006 + report / 32, 1 + report % 32 * 12 / 32, 1 + report % 28);
        let when = format!(
            r#""subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"{year}-{month:02}-{day:02}T08:00:00+01:00","issued":"{year}-{month:02}-{day:02}T12:00:00.000+01:00""#
        );
        let mut held = Vec::with_capacity(REPORT_VALUES);
        for number in 0..REPORT_VALUES {
            let code = ANALYSES.get((report * 3 + number) % ANALYSES.len()).copied().unwrap_or_default();
            let (value, tenth) = (random.below(9), random.below(10));
            let id = format!("many-{report}-{number}");
            out.push(write(&format!(
                r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"{code}","display":"Analysis {code}"}}]}},{when},"valueQuantity":{{"value":{value}.{tenth},"unit":"mmol/L"}},"referenceRange":[{{"low":{{"value":2.5,"unit":"mmol/L"}},"high":{{"value":6.5,"unit":"mmol/L"}}}}]}}"#
            ))?);
            held.push(format!(r#"{{"reference":"Observation/{id}"}}"#));
        }
        let held = held.join(",");
        out.push(write(&format!(
            r#"{{"resourceType":"DiagnosticReport","id":"many-{report}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"LAB"}}]}}],"code":{{"text":"Blood"}},{when},"performer":[{{"display":"Laboratory"}}],"result":[{held}]}}"#
        ))?);
    }
    Ok(out)
}

/// Prescriptions of the one person who has many results: of the same ten medicines, a new one each year and a few besides.
const PRESCRIPTIONS: usize = 300;
/// Collected on each.
const COLLECTED: usize = 2;

/// Prescriptions of a person over twenty years, the last ten of them in force, with what was collected on each.
///
/// # Errors
/// When one is not valid.
pub fn medicines(patient: &str) -> anyhow::Result<Vec<Write>> {
    let mut out = Vec::with_capacity(PRESCRIPTIONS * (COLLECTED + 1));
    for number in 0..PRESCRIPTIONS {
        let (year, month, day) = (2007 + number / 15, 1 + number % 12, 1 + number % 28);
        let status = if number + 10 < PRESCRIPTIONS { "completed" } else { "active" };
        let what = format!(
            r#""medicationCodeableConcept":{{"text":"Medicine {}"}},"subject":{{"reference":"Patient/{patient}"}}"#,
            number % 10
        );
        out.push(write(&format!(
            r#"{{"resourceType":"MedicationRequest","id":"many-rx-{number}","status":"{status}","intent":"order",{what},"authoredOn":"{year}-{month:02}-{day:02}","dispenseRequest":{{"numberOfRepeatsAllowed":3}}}}"#
        ))?);
        for time in 0..COLLECTED {
            out.push(write(&format!(
                r#"{{"resourceType":"MedicationDispense","id":"many-rx-{number}-{time}","status":"completed",{what},"authorizingPrescription":[{{"reference":"MedicationRequest/many-rx-{number}"}}],"whenHandedOver":"{year}-{month:02}-{day:02}"}}"#
            ))?);
        }
    }
    Ok(out)
}

/// Puts the many results and medicines of a person into a folder that no program uses.
///
/// # Errors
/// When the store does not open or take them.
pub async fn fill_results(directory: &Path, patient: &str) -> anyhow::Result<()> {
    let store = open(directory)?;
    let mut writes = results(patient)?;
    writes.extend(medicines(patient)?);
    while !writes.is_empty() {
        let rest = writes.split_off(writes.len().min(1_000));
        store.bulk("bench", writes, None).await?;
        writes = rest;
    }
    Ok(store.close().await?)
}

/// Opens a store.
///
/// # Errors
/// When it does not open.
pub fn open(directory: &Path) -> anyhow::Result<Store> {
    Ok(Store::open(&Options::new(directory), Arc::new(SystemClock), RuleBook::national()?)?)
}

/// Opens a store that keeps no resources in memory, nor lists of them.
///
/// # Errors
/// When it does not open.
pub fn open_without_memory(directory: &Path) -> anyhow::Result<Store> {
    let options = Options { cache_bytes: 0, ..Options::new(directory) };
    Ok(Store::open(&options, Arc::new(SystemClock), RuleBook::national()?)?)
}

/// Opens a store and fills it with `patients` patients of 100 resources, unless it has them.
///
/// # Errors
/// When it does not open or take them.
pub async fn filled(directory: &Path, patients: usize) -> anyhow::Result<Store> {
    let store = open(directory)?;
    if store.stats().await?.resources.is_empty() {
        for first in (0..patients).step_by(10) {
            let mut batch = Vec::with_capacity(1_000);
            for number in first..(first + 10).min(patients) {
                batch.extend(writes(number)?);
            }
            store.bulk("bench", batch, None).await?;
        }
    }
    Ok(store)
}

/// A source system.
pub fn system() -> Access {
    Access {
        actor: Actor::System(SystemActor { name: "bench".into(), role: SystemRole::SourceSystem }),
        purpose: Purpose::Treatment,
        acting_for: None,
        interaction: "bench",
    }
}

/// Health personnel who treat the patient they ask for.
pub fn treating() -> Access {
    let actor = Actor::Personnel(PersonnelActor {
        hpr_number: "9144900".into(),
        name: "bench".into(),
        role: "LE".into(),
        organization: "bench".into(),
        basis: CareBasis::Treatment,
        patient_agrees: false,
        attestation: Some("visit".into()),
        decision_ref: None,
        legal_entity: None,
        point_of_care: None,
        reason: None,
        system: "bench".into(),
    });
    Access { actor, purpose: Purpose::Treatment, acting_for: None, interaction: "bench" }
}
