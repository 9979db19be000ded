//! A FHIRPath expression, a line break, and the JSON it is evaluated on; without JSON, on an observation. Nothing may panic, every
//! evaluation has an end, and it gives the same twice. What is a Parameters resource is tried as a FHIRPath Patch, too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use varde_conformance::path::{Context, Expression, FhirPatch, Now};
use varde_fhir::json::{self, Node, write_node};
use varde_fuzz::limits;

const OBSERVATION: &[u8] = br##"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x","coding":[{"code":"a"},{"code":"b"}]},
    "effectiveDateTime":"2024-02-29T12:00:00+01:00","valueQuantity":{"value":1.50,"unit":"mg","code":"mg"},"issued":"2024-02-29T12:00:00Z",
    "component":[{"code":{"text":"y"},"valueString":"z"},{"code":{"text":"y"},"valueInteger":3}],"_status":{"id":"s"},
    "contained":[{"resourceType":"Patient","id":"p","birthDate":"1974-12"}],"subject":{"reference":"#p"}}"##;
const NOW: Now = Now { unix_micros: 1_767_323_045_678_000, offset_minutes: -60 };
/// A tenth of what an expression may cost, so that an input is never slow.
const STEPS: u64 = Context::DEFAULT_STEPS / 10;

fuzz_target!(|data: &[u8]| {
    let (text, tree) = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, OBSERVATION),
    };
    let Ok(root) = json::parse(tree, &limits()) else { return };
    patch(&root);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(expression) = Expression::parse(text) else { return };
    drop(expression.check("Observation"));
    let context = Context::of_resource(&root).at_time(NOW).limited_to(STEPS);
    let shown = || {
        let values = expression.evaluate(&context)?;
        Ok::<_, varde_conformance::path::EvalError>(values.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>())
    };
    assert_eq!(shown(), shown(), "{text}");
});

fn patch(root: &Node<'_>) {
    let Ok(patch) = FhirPatch::from_node(root) else { return };
    let observation = json::parse(OBSERVATION, &limits()).expect("an observation");
    let Ok(changed) = patch.apply(observation, &limits()) else { return };
    let mut text = String::new();
    write_node(&mut text, &changed);
    let again = json::parse(text.as_bytes(), &json::Limits { bytes: usize::MAX, nodes: usize::MAX, ..limits() });
    assert!(again.is_ok(), "{again:?}: {text}");
}
