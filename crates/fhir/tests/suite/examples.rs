use std::collections::BTreeMap;

use varde_fhir::json::Limits;
use varde_fhir::{Parsed, index};

use crate::shared::examples;

/// Examples of HL7 that break R4's own definitions, each with the reason.
const INVALID: [(&str, &str); 0] = [];

#[test]
fn the_examples_of_hl7_are_valid_but_for_those_that_are_known_not_to_be() {
    let Some(examples) = examples() else { return };
    let mut wrong = BTreeMap::new();
    for (name, bytes) in &examples {
        if let Err(issues) = Parsed::parse(bytes, &Limits::default()) {
            wrong.insert(name.as_str(), issues);
        }
    }
    for (name, reason) in INVALID {
        assert!(wrong.remove(name).is_some(), "{name} is valid after all; it was listed because {reason}");
    }
    for (name, issues) in &wrong {
        println!("{name}");
        for issue in issues.iter().take(4) {
            println!("   {} {}", issue.expression, issue.diagnostics);
        }
    }
    assert!(wrong.is_empty(), "{} examples are refused", wrong.len());
}

#[test]
fn every_example_can_be_indexed() {
    let Some(examples) = examples() else { return };
    let mut entries = 0;
    for (name, bytes) in &examples {
        let Ok(parsed) = Parsed::parse(bytes, &Limits::default()) else { continue };
        let found = index::extract(&parsed).entries;
        for (at, entry) in found.iter().enumerate() {
            assert!(!found[..at].contains(entry), "{name}: {entry:?} twice");
        }
        entries += found.len();
    }
    assert!(entries > 5_000, "{entries}");
}
