//! HL7's suite for FHIRPath on R4.

use std::collections::BTreeMap;
use std::path::Path;

use varde_conformance::path::{Context, Expression, Now, Value};
use varde_fhir::json::{Limits, parse};

use crate::xml::Xml;
use crate::{fhir_xml, shared};

/// 2026-01-02T03:04:05.678Z.
const NOW: Now = Now { unix_micros: 1_767_323_045_678_000, offset_minutes: 60 };

#[test]
fn the_suite_of_hl7_passes_but_for_the_listed_tests() {
    let Some(folder) = shared::folder("fhirpath-suite/r4") else { return };
    let suite = Xml::parse(&std::fs::read_to_string(folder.join("fhirpath/tests-fhir-r4.xml")).unwrap());
    let mut failures = BTreeMap::new();
    let mut seen = BTreeMap::<String, usize>::new();
    let mut count = 0;
    for group in suite.all("group") {
        for test in group.all("test") {
            count += 1;
            let name = format!("{}/{}", group.attribute("name").unwrap(), test.attribute("name").unwrap());
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            let name = if *times > 1 { format!("{name}#{times}") } else { name };
            if let Err(what) = run(test, &folder) {
                failures.insert(name, what);
            }
        }
    }
    println!("{} of {count} tests pass", count - failures.len());
    shared::compare_with_ledger(include_str!("fhirpath-misses.txt"), &failures);
    assert_eq!(count, 935);
    assert!(count - failures.len() >= 900);
}

fn run(test: &Xml, folder: &Path) -> Result<(), String> {
    let input = test.attribute("inputfile").unwrap_or("patient-example.xml");
    let text = std::fs::read_to_string(folder.join(input)).unwrap();
    let json = if input.ends_with(".xml") { fhir_xml::to_json(&Xml::parse(&text)) } else { text };
    let root = parse(json.as_bytes(), &Limits::default()).unwrap();
    let expression = test.child("expression").unwrap();
    let invalid = expression.attribute("invalid").is_some();
    let result = evaluate(&expression.text, &root);
    match result {
        Err(_) if invalid => Ok(()),
        Err(error) => Err(format!("{}: {error}", expression.text.trim())),
        Ok(values) if invalid => Err(format!("{}: gives {values:?} instead of an error", expression.text.trim())),
        Ok(values) => {
            let values = match test.attribute("predicate") {
                Some("true") => vec![("boolean".to_owned(), (!values.is_empty()).to_string())],
                _ => values,
            };
            compare(test, &values).map_err(|why| format!("{}: {why}", expression.text.trim()))
        }
    }
}

/// The values as type and text.
fn evaluate(text: &str, root: &varde_fhir::json::Node<'_>) -> Result<Vec<(String, String)>, String> {
    let expression = Expression::parse(text).map_err(|e| e.to_string())?;
    expression.check(root.str_at("resourceType").unwrap()).map_err(|e| e.to_string())?;
    let context = Context::of_resource(root).at_time(NOW);
    let values = expression.evaluate(&context).map_err(|e| e.to_string())?;
    Ok(values.iter().map(described).collect())
}

fn described(value: &Value<'_>) -> (String, String) {
    let kind = match value {
        Value::Element(element) => element.type_ref().map_or("", |t| t.name()).to_owned(),
        Value::Boolean(_) => "boolean".to_owned(),
        Value::Integer(_) => "integer".to_owned(),
        Value::Decimal(_) => "decimal".to_owned(),
        Value::String(_) => "string".to_owned(),
        Value::Moment(_) => "moment".to_owned(),
        Value::Quantity(_) => "Quantity".to_owned(),
        Value::Type(_) => "type".to_owned(),
    };
    (kind, value.to_text().map(|t| t.into_owned()).unwrap_or_default())
}

fn compare(test: &Xml, values: &[(String, String)]) -> Result<(), String> {
    let expected: Vec<(&str, &str)> =
        test.all("output").map(|o| (o.attribute("type").unwrap_or_default(), o.text.as_str())).collect();
    let same = |(kind, text): &(&str, &str), (got_kind, got): &(String, String)| {
        let text = text.strip_prefix('@').unwrap_or(text);
        let text = if got_kind == "moment" { text.strip_prefix('T').unwrap_or(text) } else { text };
        let type_fits = kind.is_empty() || kind == got_kind || (got_kind == "moment" && kind.starts_with("date"));
        // The sign of zero says nothing.
        let zero = |t: &str| t.strip_prefix('-').filter(|r| r.parse() == Ok(0.0)).unwrap_or(t).to_owned();
        type_fits && zero(text) == zero(got)
    };
    if expected.is_empty() && values.is_empty() {
        return Ok(());
    }
    let ordered = test.attribute("ordered") != Some("false");
    let fits = expected.len() == values.len()
        && if ordered {
            expected.iter().zip(values).all(|(e, v)| same(e, v))
        } else {
            expected.iter().all(|e| values.iter().any(|v| same(e, v)))
        };
    if fits { Ok(()) } else { Err(format!("gives {values:?} instead of {expected:?}")) }
}
