use varde_conformance::definitions::Definitions;

use super::files::{definitions, files, from_differentials};
use super::ledger::Findings;
use crate::shared::folder;

#[test]
fn the_examples_of_hl7_fit_r4_but_for_what_the_ledger_tells() {
    let Some(folder) = folder("fhir-r4-examples/json") else { return };
    let definitions = Definitions::base();
    let mut findings = Findings::default();
    for (name, bytes) in files(&folder) {
        findings.validate(&definitions, &name, &bytes);
    }
    assert_eq!((findings.files, findings.generated), (910, 184));
    findings.compare(include_str!("ledger/hl7-examples.txt"), "hl7-examples.txt");
}

#[test]
fn norwegian_examples_fit_the_profiles_they_claim_but_for_what_the_ledger_tells() {
    let Some(folder) = folder("norway-ig-examples") else { return };
    let guides = ["no-basis", "fhi-lmdi", "nhn-parek", "helsenorge-profiles"];
    let mut findings = Findings::default();
    for guide in guides {
        // Guides build on the base profiles.
        let mut folders = vec![folder.join("no-basis/conformance"), folder.join(guide).join("conformance")];
        folders.dedup();
        let definitions = definitions(&folders);
        assert!(definitions.added() > 20, "{guide}: {}", definitions.added());
        for (name, bytes) in files(&folder.join(guide).join("examples")) {
            findings.validate(&definitions, &format!("{guide}/{name}"), &bytes);
        }
    }
    findings.compare(include_str!("ledger/norway.txt"), "norway.txt");
}

#[test]
fn the_examples_of_ips_fit_the_profiles_they_claim_but_for_what_the_ledger_tells() {
    let Some(folder) = folder("hl7-ips/pkg/package") else { return };
    let definitions = definitions(std::slice::from_ref(&folder));
    let mut findings = Findings::default();
    for (name, bytes) in files(&folder.join("example")) {
        findings.validate(&definitions, &name, &bytes);
    }
    assert!(findings.files > 30);
    findings.compare(include_str!("ledger/ips.txt"), "ips.txt");
}

#[test]
fn a_snapshot_that_is_built_from_what_a_profile_says_finds_the_same() {
    let (Some(ips), Some(norway)) = (folder("hl7-ips/pkg/package"), folder("norway-ig-examples")) else { return };
    let mut findings = Findings::default();
    let built = from_differentials(std::slice::from_ref(&ips));
    for (name, bytes) in files(&ips.join("example")) {
        findings.validate(&built, &name, &bytes);
    }
    findings.compare(include_str!("ledger/ips.txt"), "ips.txt");
    let mut findings = Findings::default();
    for guide in ["no-basis", "fhi-lmdi"] {
        let built = from_differentials(&[norway.join("no-basis/conformance"), norway.join(guide).join("conformance")]);
        for (name, bytes) in files(&norway.join(guide).join("examples")) {
            findings.validate(&built, &format!("{guide}/{name}"), &bytes);
        }
    }
    let ledger = include_str!("ledger/norway.txt");
    let of_these: Vec<&str> = ledger.lines().filter(|line| !line.starts_with("nhn-parek/")).collect();
    findings.compare(&of_these.join("\n"), "norway.txt");
}

#[test]
fn forms_are_questionnaires_but_for_what_the_ledger_tells() {
    let (Some(sdc), Some(forms)) = (folder("hl7-sdc/pkg/package"), folder("helsenorge-forms")) else { return };
    let sdf = folder("norway-ig-examples/helsenorge-sdf/resources").unwrap();
    let mut folders = vec![sdc.clone()];
    folders.extend(
        ["StructureDefinition", "ValueSet", "CodeSystem"].map(|kind| sdf.join(kind)).into_iter().filter(|f| f.is_dir()),
    );
    let definitions = definitions(&folders);
    let is_form = |name: &str| name.starts_with("Questionnaire-");
    let mut findings = Findings::default();
    for folder in [sdc.clone(), sdc.join("example")] {
        for (name, bytes) in files(&folder).into_iter().filter(|(name, _)| is_form(name)) {
            findings.validate(&definitions, &format!("sdc/{name}"), &bytes);
        }
    }
    assert_eq!(findings.files, 36);
    for (name, bytes) in files(&forms.join("questionnaires")) {
        findings.validate(&definitions, &format!("helsenorge/{name}"), &bytes);
    }
    assert_eq!(findings.files, 36 + 151);
    findings.compare(include_str!("ledger/forms.txt"), "forms.txt");
}
