//! Bytes that come in as a resource: read, checked, indexed, written, read again. Nothing may panic, and nothing may change its meaning.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use serde_json::Value;
use varde_fhir::json::write_node;
use varde_fhir::{Parsed, ReferenceMap, Subset, index, references};
use varde_fuzz::{limits, mutate_json};
use varde_store::Put;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutate_json(data, size, max_size, seed) });

fuzz_target!(|data: &[u8]| {
    let Ok(parsed) = Parsed::parse_stored(data, &limits()) else { return };
    let mut written = String::new();
    write_node(&mut written, parsed.root());
    same_meaning(data, written.as_bytes());
    let issues = parsed.validate();
    assert!(issues.len() <= Parsed::MAX_ISSUES);
    for entry in parsed.clone().into_entries() {
        if let Some(resource) = entry.resource {
            assert!(resource.validate().len() <= Parsed::MAX_ISSUES);
            assert!(data.len() >= resource.raw().len());
        }
    }
    if issues.is_empty() {
        valid(parsed);
    }
});

/// What is valid is stored, and what is stored is valid, says the same, and is found by the same.
fn valid(mut parsed: Parsed<'_>) {
    assert!(references(&parsed).count() <= 100_000);
    let id = "fuzz-1".parse().expect("an id");
    let put = Put::new(parsed.clone(), id, &ReferenceMap::new());
    let rendered = put.prepared.render(7, jiff::Timestamp::UNIX_EPOCH);
    let again = Parsed::parse(&rendered, &varde_fhir::Limits { bytes: usize::MAX, ..limits() });
    let again = again.unwrap_or_else(|issues| panic!("what is stored is not valid: {issues:?}: {}", text(&rendered)));
    parsed.set_id(put.prepared.id());
    assert_eq!(index::extract(&again), index::extract(&parsed), "{}", text(&rendered));
    for subset in [Subset::Data, Subset::Text, Subset::Elements(vec!["name".to_owned(), "value".to_owned()])] {
        let part = subset.of(again.resource_type(), &rendered).expect("what is stored can be cut");
        let part_issues = Parsed::parse_stored(&part, &limits()).map(|part| part.validate());
        assert!(part_issues.is_ok(), "{}", text(&part));
    }
}

/// Two JSON texts that mean the same to another reader, numbers by their digits.
fn same_meaning(one: &[u8], other: &[u8]) {
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes);
    match (read(one), read(other)) {
        (Ok(one), Ok(other)) => assert_eq!(one, other),
        // serde_json reads 128 levels and refuses numbers such as 1e99999; what it cannot read is not compared.
        (Err(_), _) => {}
        (Ok(_), Err(error)) => panic!("{error}: {}", text(other)),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
