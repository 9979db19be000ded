//! Resources and definitions of any shape: they are refused or found wrong, and nothing stops.

use varde_conformance::definitions::{Definitions, Kind};
use varde_conformance::profile::{Options, Validator};
use varde_fhir::Parsed;
use varde_fhir::json::{Limits, Node, parse, write_node};

const PRESSURE: &str = r##"{"resourceType":"Observation","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/bp"]},
    "contained":[{"resourceType":"Patient","id":"p","name":[{"family":"x"}]}],"status":"final",
    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
    "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"#p"},
    "effectiveDateTime":"2020-01-01","_effectiveDateTime":{"extension":[{"url":"urn:x","valueString":"x"}]},
    "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},
      "valueQuantity":{"value":120,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
      {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},
      "valueQuantity":{"value":80,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"##;
const ODD: [&str; 7] = ["null", "true", "-1", "\"x\"", "[]", "{}", "[[{\"url\":[null]}],null]"];

/// The JSON with each value replaced by each of the odd ones in turn.
fn mutations(json: &str) -> Vec<String> {
    let node = parse(json.as_bytes(), &Limits::default()).unwrap();
    let places = count(&node);
    let mut out = Vec::new();
    for place in 1..places {
        for odd in ODD {
            let mut text = String::new();
            write(&mut text, &node, &mut { place }, odd);
            out.push(text);
        }
    }
    out
}

fn count(node: &Node<'_>) -> usize {
    match node {
        Node::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Node::Object(object) => 1 + object.members().iter().map(|member| count(&member.value)).sum::<usize>(),
        _ => 1,
    }
}

fn write(out: &mut String, node: &Node<'_>, place: &mut usize, odd: &str) {
    let is_here = *place == 0;
    *place = place.wrapping_sub(1);
    if is_here {
        out.push_str(odd);
        return;
    }
    match node {
        Node::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write(out, item, place, odd);
            }
            out.push(']');
        }
        Node::Object(object) => {
            out.push('{');
            for (at, member) in object.members().iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write_node(out, &Node::String(member.name.clone()));
                out.push(':');
                write(out, &member.value, place, odd);
            }
            out.push('}');
        }
        other => write_node(out, other),
    }
}

#[test]
fn a_resource_of_any_shape_is_found_wrong_and_never_stops_anything() {
    let definitions = Definitions::base();
    let validator = Validator::new(&definitions);
    let right = Parsed::parse(PRESSURE.as_bytes(), &Limits::default()).unwrap();
    let found = validator.validate(&right, &[], &Options { best_practice: false, ..Options::default() });
    assert!(found.iter().all(|issue| issue.severity.code() != "error"), "{found:?}");
    let mut wrong = 0;
    for json in mutations(PRESSURE) {
        let Ok(parsed) = Parsed::parse_stored(json.as_bytes(), &Limits::default()) else { continue };
        let found = validator.validate(&parsed, &[], &Options::default());
        wrong += usize::from(found.iter().any(|issue| issue.severity.code() == "error"));
    }
    assert!(wrong > 350, "{wrong}");
}

#[test]
fn a_definition_of_any_shape_is_used_or_refused_and_never_stops_anything() {
    let base = Definitions::base();
    let body_weight = base.find(Kind::Structure, "http://hl7.org/fhir/StructureDefinition/bodyweight").unwrap();
    let own = r#"{"resourceType":"StructureDefinition","url":"urn:own","type":"Observation","derivation":"constraint",
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","differential":{"element":[
        {"id":"Observation.component","path":"Observation.component","slicing":{"discriminator":[{"type":"value","path":"code.coding.code"}],
         "rules":"closed"}},{"id":"Observation.component:a","path":"Observation.component","sliceName":"a","min":1,"max":"1"},
        {"id":"Observation.component:a.code.coding.code","path":"Observation.component.code.coding.code","fixedCode":"8480-6",
         "constraint":[{"key":"x-1","severity":"error","human":"h","expression":"length() < 9"}]}]}}"#;
    let set = r#"{"resourceType":"ValueSet","url":"urn:set","compose":{"include":[{"system":"urn:s","filter":[
        {"property":"concept","op":"regex","value":"a.*"}],"valueSet":["urn:set"]}],"exclude":[{"concept":[{"code":"x"}]}]}}"#;
    let observation = Parsed::parse(PRESSURE.as_bytes(), &Limits::default()).unwrap();
    let few: Vec<String> = mutations(body_weight.json()).into_iter().step_by(23).collect();
    for json in mutations(own).into_iter().chain(mutations(set)).chain(few) {
        let mut definitions = Definitions::base();
        if definitions.add(json).is_ok() {
            let validator = Validator::new(&definitions);
            for url in ["urn:own", "http://hl7.org/fhir/StructureDefinition/bodyweight"] {
                let _ = validator.validate(&observation, &[url], &Options::default());
            }
            let _ = definitions.problems();
        }
    }
}

#[test]
fn what_is_nested_or_refers_to_itself_has_an_end() {
    let mut definitions = Definitions::base();
    let profile = r#"{"resourceType":"StructureDefinition","url":"urn:chain","type":"Observation","derivation":"constraint",
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","differential":{"element":[
        {"id":"Observation.hasMember","path":"Observation.hasMember","type":[{"code":"Reference","targetProfile":["urn:chain"]}]}]}}"#;
    definitions.add(profile.to_owned()).unwrap();
    let one = |at: usize| {
        format!(
            r##"{{"resourceType":"Observation","id":"o{at}","status":"final","code":{{"text":"x"}},"hasMember":[{{"reference":"#o{}"}},{{"reference":"#o0"}}]}}"##,
            at + 1
        )
    };
    let contained: Vec<String> = (0..200).map(one).collect();
    let chain = format!(
        r##"{{"resourceType":"Observation","contained":[{}],"status":"final","code":{{"text":"x"}},"hasMember":[{{"reference":"#o0"}}]}}"##,
        contained.join(",")
    );
    let parsed = Parsed::parse(chain.as_bytes(), &Limits::default()).unwrap();
    let found =
        Validator::new(&definitions).validate(&parsed, &["urn:chain"], &Options { issues: 9, ..Options::default() });
    assert!(found.len() <= 10, "{}", found.len());
    let mut item = r#"{"linkId":"0","type":"group"}"#.to_owned();
    for level in 1..30 {
        item = format!(r#"{{"linkId":"{level}","type":"group","item":[{item}]}}"#);
    }
    let form = format!(r#"{{"resourceType":"Questionnaire","status":"draft","item":[{item}]}}"#);
    let parsed = Parsed::parse(form.as_bytes(), &Limits::default()).unwrap();
    let found = Validator::new(&definitions).validate(&parsed, &[], &Options::default());
    assert!(found.iter().any(|issue| issue.diagnostics.starts_with("que-1")), "{found:?}");
    let few = Validator::new(&definitions).validate(&parsed, &[], &Options { steps: 50, ..Options::default() });
    assert!(few.iter().any(|issue| issue.code.code() == "too-costly"), "{few:?}");
}
