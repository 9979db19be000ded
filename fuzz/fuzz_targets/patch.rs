//! A JSON Patch on a resource, as one JSON text: `{"patch": [..], "resource": {..}}`. What comes out is read again, and has an end.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use varde_fhir::Parsed;
use varde_fhir::json::{self, Patch, write_node};
use varde_fuzz::{limits, mutate_json};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutate_json(data, size, max_size, seed) });

fuzz_target!(|data: &[u8]| {
    let limits = limits();
    let Ok(both) = json::parse(data, &limits) else { return };
    let (Some(patch), Some(resource)) = (both.get("patch"), both.get("resource")) else { return };
    let Ok(patch) = Patch::from_node(patch.clone()) else { return };
    let Ok(changed) = patch.apply(resource.clone(), &limits) else { return };
    let mut text = String::new();
    write_node(&mut text, &changed);
    // What was there and what may be added, and a little for the commas; escapes can make a character six.
    assert!(text.len() <= 6 * (data.len() + limits.bytes) + 1_024, "{} bytes of {}", text.len(), data.len());
    let again = json::parse(text.as_bytes(), &json::Limits { bytes: usize::MAX, nodes: usize::MAX, ..limits });
    assert!(again.is_ok(), "{again:?}: {text}");
    if let Ok(parsed) = Parsed::parse_stored(text.as_bytes(), &limits) {
        assert!(parsed.validate().len() <= Parsed::MAX_ISSUES);
    }
});
