//! How long validation takes: `cargo run --release -p varde-conformance --example validation_speed [FILE..]`.

#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use varde_conformance::definitions::Definitions;
use varde_conformance::profile::{Options, Validator};
use varde_fhir::Parsed;
use varde_fhir::json::Limits;

const OBSERVATION: &str = r#"{"resourceType":"Observation","id":"o","status":"final",
  "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
  "code":{"coding":[{"system":"http://loinc.org","code":"718-7","display":"Hemoglobin [Mass/volume] in Blood"}],"text":"Hemoglobin"},
  "subject":{"reference":"Patient/kari"},"encounter":{"reference":"Encounter/e1"},"effectiveDateTime":"2026-01-02T08:30:00+01:00",
  "issued":"2026-01-02T12:00:00Z","performer":[{"reference":"Organization/lab"}],
  "valueQuantity":{"value":13.50,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"},
  "interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"N"}]}],
  "referenceRange":[{"low":{"value":11.7,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"},
                     "high":{"value":15.3,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"}}]}"#;
const VITAL_SIGN: &str = r#"{"resourceType":"Observation","id":"w","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/bodyweight"]},
  "status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
  "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/kari"},
  "effectiveDateTime":"2026-01-02T08:30:00+01:00",
  "valueQuantity":{"value":64.5,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}"#;

fn measure(name: &str, definitions: &Definitions, json: &[u8], options: &Options) {
    let Ok(parsed) = Parsed::parse_stored(json, &Limits::default()) else { return };
    let validator = Validator::new(definitions);
    let first = Instant::now();
    let issues = validator.validate(&parsed, &[], options).len();
    let first = first.elapsed();
    let (mut rounds, start) = (0u32, Instant::now());
    while start.elapsed() < Duration::from_millis(400) {
        black_box(validator.validate(black_box(&parsed), &[], options));
        rounds += 1;
    }
    let mean = start.elapsed() / rounds.max(1);
    println!("{name}: {mean:.1?} each, the first {first:.1?}, {} bytes, {issues} issues", json.len());
}

fn main() {
    let definitions = Definitions::base();
    let start = Instant::now();
    let _ = definitions.find(varde_conformance::definitions::Kind::ValueSet, "");
    println!("unpacking HL7's definitions: {:.1?}", start.elapsed());
    let all = Options::default();
    let no_rules = Options { invariants: false, ..all };
    let no_structure = Options { structure: false, ..all };
    for (name, json) in [("Observation", OBSERVATION), ("vital sign with profile", VITAL_SIGN)] {
        measure(name, &definitions, json.as_bytes(), &all);
        measure(&format!("{name}, without R4's structure"), &definitions, json.as_bytes(), &no_structure);
        measure(&format!("{name}, without rules in FHIRPath"), &definitions, json.as_bytes(), &no_rules);
    }
    for path in std::env::args().skip(1) {
        if let Ok(json) = std::fs::read(&path) {
            measure(&path, &definitions, &json, &all);
        }
    }
}
