use varde_fhir::json::{Limits, write_node};
use varde_fhir::{IssueCode, Parsed, Prepared, ReferenceMap, index};

use crate::shared::examples;

/// Questionnaires that HL7's publisher generated from each resource: their groups have no `linkId`, which R4 requires (1..1).
const GENERATED: &str = "-questionnaire.json";
/// A manifest of an npm package, no resource.
const NO_RESOURCE: &str = "package-min-ver.json";

#[test]
fn the_examples_of_hl7_are_valid_but_for_those_that_break_r4_themselves() {
    let Some(examples) = examples() else { return };
    let mut without_link_id = 0;
    for (name, bytes) in &examples {
        let Err(issues) = Parsed::parse(bytes, &Limits::default()) else { continue };
        if name.ends_with(GENERATED)
            && issues.iter().all(|i| i.expression.ends_with(".linkId") && i.code == IssueCode::Required)
        {
            without_link_id += 1;
            continue;
        }
        assert_eq!((name.as_str(), issues[0].expression.as_str()), (NO_RESOURCE, "resourceType"), "{issues:?}");
    }
    assert_eq!(without_link_id, 183);
}

#[test]
fn every_example_comes_back_as_it_was_but_for_id_version_and_time() {
    let Some(examples) = examples() else { return };
    let id = "kept-1".parse().unwrap();
    for (name, bytes) in &examples {
        let Ok(parsed) = Parsed::parse_stored(bytes, &Limits::default()) else { continue };
        let rendered =
            Prepared::new(&parsed, &id, &ReferenceMap::new()).render(7, "2026-01-02T03:04:05.6Z".parse().unwrap());
        let again = Parsed::parse_stored(&rendered, &Limits::default()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(again.id().as_ref(), Some(&id), "{name}");
        assert_eq!(again.root().str_at("meta.versionId"), Some("7"));
        assert_eq!(again.root().str_at("meta.lastUpdated"), Some("2026-01-02T03:04:05.6Z"));
        assert_eq!(members(&again), members(&parsed), "{name}");
    }
}

/// Every member but id and meta, and what else is in meta, as text: numbers must be equal to the digit.
fn members(parsed: &Parsed<'_>) -> Vec<(String, String)> {
    let own = parsed.root().object().unwrap().members().iter().map(|m| ("", m));
    let meta = parsed.root().get("meta").and_then(|m| m.object()).map(|m| m.members()).unwrap_or_default();
    let all = own.chain(meta.iter().map(|m| ("meta.", m)));
    let left_out = ["id", "meta", "meta.versionId", "meta.lastUpdated"];
    let mut written: Vec<(String, String)> = all
        .map(|(prefix, member)| {
            let mut text = String::new();
            write_node(&mut text, &member.value);
            (format!("{prefix}{}", member.name), text)
        })
        .filter(|(name, _)| !left_out.contains(&name.as_str()))
        .collect();
    written.sort();
    written
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
