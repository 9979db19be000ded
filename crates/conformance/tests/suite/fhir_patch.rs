//! FHIRPath Patch: HL7's tests, and cases of our own.

use std::collections::BTreeMap;

use varde_conformance::path::{FhirPatch, FhirPatchError, FhirPatchErrorKind};
use varde_fhir::json::{Limits, Node, parse, write_node};

use crate::xml::Xml;
use crate::{fhir_xml, shared};

fn patched(resource: &str, patch: &str) -> Result<String, FhirPatchError> {
    let limits = Limits::default();
    let patch = parse(patch.as_bytes(), &limits).unwrap();
    let root = parse(resource.as_bytes(), &limits).unwrap();
    let changed = FhirPatch::from_node(&patch)?.apply(root, &limits)?;
    let mut out = String::new();
    write_node(&mut out, &changed);
    Ok(out)
}

#[test]
fn the_tests_of_hl7_pass() {
    let Some(folder) = shared::folder("fhirpath-suite/r4/patch") else { return };
    let suite = Xml::parse(&std::fs::read_to_string(folder.join("fhir-patch-tests.xml")).unwrap());
    let (mut count, mut failures) = (0, BTreeMap::new());
    for case in suite.all("case") {
        count += 1;
        let json = |name: &str| case.child(name).and_then(|c| c.children.first()).map(fhir_xml::to_json);
        let result = patched(&json("input").unwrap(), &json("diff").unwrap());
        let expected = json("output").map(|text| canonical(&text));
        let got = result.as_ref().ok().map(|text| canonical(text));
        if expected != got {
            failures.insert(case.attribute("name").unwrap().to_owned(), format!("{result:?} instead of {expected:?}"));
        }
    }
    println!("{} of {count} cases pass", count - failures.len());
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(count >= 30, "{count}");
}

/// The JSON with members in the order of their names, and text without what XML may write in more than one way.
fn canonical(text: &str) -> String {
    fn sorted<'a>(node: &Node<'a>) -> Node<'a> {
        match node {
            Node::Object(object) => {
                let mut members = object.members().to_vec();
                members.iter_mut().for_each(|m| m.value = sorted(&m.value));
                members.sort_by(|a, b| a.name.cmp(&b.name));
                Node::Object(varde_fhir::json::Object::new(members))
            }
            Node::Array(items) => Node::Array(items.iter().map(sorted).collect()),
            Node::String(text) => {
                let text = text.split_whitespace().collect::<Vec<_>>().concat();
                Node::String(text.replace("&quot;", "\"").into())
            }
            other => other.clone(),
        }
    }
    let mut out = String::new();
    write_node(&mut out, &sorted(&parse(text.as_bytes(), &Limits::default()).unwrap()));
    out
}

fn operation(kind: &str, path: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"Parameters","parameter":[{{"name":"operation","part":[{{"name":"type","valueCode":"{kind}"}},
            {{"name":"path","valueString":"{path}"}}{more}]}}]}}"#
    )
}

const OBSERVATION: &str = concat!(
    r#"{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.00},"#,
    r#""category":[{"text":"a"},{"text":"b"}],"note":[{"text":"n"}],"code":{"text":"c"}}"#
);
const PATIENT: &str =
    r#"{"resourceType":"Patient","birthDate":"1974","name":[{"given":["a",null,"c"],"_given":[null,{"id":"x"}]}]}"#;

#[test]
fn operations_keep_what_they_do_not_change() {
    let name = |name: &str| format!(r#",{{"name":"name","valueString":"{name}"}}"#);
    let value = |value: &str| format!(r#",{{"name":"value",{value}}}"#);
    for (resource, patch, expected) in [
        (
            OBSERVATION,
            operation("replace", "Observation.code.text", &value(r#""valueString":"d""#)),
            OBSERVATION.replace(r#""text":"c""#, r#""text":"d""#),
        ),
        (
            OBSERVATION,
            operation("replace", "Observation.value", &value(r#""valueString":"x""#)),
            OBSERVATION.replace(r#""valueQuantity":{"value":1.00},"#, "").replace("}}", r#"},"valueString":"x"}"#),
        ),
        (
            OBSERVATION,
            operation("delete", "Observation.note[0].text", ""),
            OBSERVATION.replace(r#","note":[{"text":"n"}]"#, ""),
        ),
        (OBSERVATION, operation("delete", "Observation.issued", ""), OBSERVATION.to_owned()),
        (
            OBSERVATION,
            operation("add", "Observation", &(name("effective") + &value(r#""valueDateTime":"2024""#))),
            OBSERVATION.replace("}}", r#"},"effectiveDateTime":"2024"}"#),
        ),
        (
            OBSERVATION,
            operation(
                "add",
                "Observation",
                &(name("component")
                    + &value(
                        r#""part":[{"name":"code","valueCodeableConcept":{"text":"k"}},{"name":"value","valueQuantity":{"value":2.50}}]"#,
                    )),
            ),
            OBSERVATION.replace("}}", r#"},"component":[{"code":{"text":"k"},"valueQuantity":{"value":2.50}}]}"#),
        ),
        (
            PATIENT,
            operation("delete", "Patient.name[0].given[0]", ""),
            PATIENT
                .replace(r#"["a",null,"c"]"#, r#"[null,"c"]"#)
                .replace(r#"[null,{"id":"x"}]"#, r#"[{"id":"x"},null]"#),
        ),
        (
            PATIENT,
            operation(
                "move",
                "Patient.name.given",
                r#",{"name":"source","valueInteger":1},{"name":"destination","valueInteger":2}"#,
            ),
            PATIENT
                .replace(r#"["a",null,"c"]"#, r#"["a","c",null]"#)
                .replace(r#"[null,{"id":"x"}]"#, r#"[null,null,{"id":"x"}]"#),
        ),
        (
            PATIENT,
            operation(
                "add",
                "Patient.birthDate",
                &(name("extension")
                    + &value(r#""part":[{"name":"url","valueUri":"u"},{"name":"value","valueString":"s"}]"#)),
            ),
            PATIENT.replace(r#""x"}]}]}"#, r#""x"}]}],"_birthDate":{"extension":[{"url":"u","valueString":"s"}]}}"#),
        ),
    ] {
        assert_eq!(patched(resource, &patch), Ok(expected), "{patch}");
    }
}

#[test]
fn what_cannot_be_done_is_told_apart() {
    use FhirPatchErrorKind::*;
    let status = r#",{"name":"name","valueString":"status"},{"name":"value","valueCode":"x"}"#;
    let nothing = r#",{"name":"name","valueString":"nothing"},{"name":"value","valueCode":"x"}"#;
    let moved = |from: u8, to: u8| {
        format!(r#",{{"name":"source","valueInteger":{from}}},{{"name":"destination","valueInteger":{to}}}"#)
    };
    for (patch, kind) in [
        (r#"{"resourceType":"Patient"}"#.to_owned(), NotParameters),
        (operation("copy", "Observation", ""), Type),
        (operation("add", "Observation", ""), Part("name")),
        (operation("replace", "Observation.status", ""), Part("value")),
        (operation("add", "Observation", status), AlreadyThere),
        (operation("add", "Observation", nothing), Name),
        (operation("add", "Observation.subject", status), NotFound),
        (operation("delete", "Observation.category", ""), NotSingle),
        (operation("delete", "Observation", ""), Root),
        (
            operation("delete", "Observation.category.text & 'x'", ""),
            Evaluation(varde_conformance::path::EvalError::NotSingle("&")),
        ),
        (operation("delete", "'text'", ""), NotFound),
        (operation("move", "Observation.category", &moved(0, 2)), Index),
        (operation("move", "Observation.category[1]", &moved(0, 0)), NotAList),
        (operation("move", "Observation.status", &moved(0, 0)), NotAList),
    ] {
        assert_eq!(patched(OBSERVATION, &patch).unwrap_err().kind, kind, "{patch}");
    }
    let many = format!(r#"{{"resourceType":"Parameters","parameter":[{}]}}"#, vec!["{}"; 101].join(","));
    assert_eq!(patched(OBSERVATION, &many).unwrap_err().kind, TooMany);
}
