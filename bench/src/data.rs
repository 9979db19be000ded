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
