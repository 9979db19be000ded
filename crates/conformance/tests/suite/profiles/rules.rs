//! One kind of rule at a time: a small profile, a resource that fits it and one that does not.

use varde_conformance::definitions::Definitions;
use varde_conformance::profile::{Options, Validator};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, Severity};

/// A profile of a type, with the elements of its differential.
fn profile(name: &str, kind: &str, elements: &str) -> String {
    format!(
        r#"{{"resourceType":"StructureDefinition","url":"urn:{name}","type":"{kind}","derivation":"constraint",
            "kind":"resource","baseDefinition":"http://hl7.org/fhir/StructureDefinition/{kind}",
            "differential":{{"element":[{{"id":"{kind}","path":"{kind}"}},{elements}]}}}}"#
    )
}

/// What is said of a resource against a profile: severity, code and place.
fn ask(definitions: &Definitions, resource: &str, profile: &str) -> Vec<(Severity, &'static str, String)> {
    let parsed = Parsed::parse(resource.as_bytes(), &Limits::default()).unwrap_or_else(|e| panic!("{resource}: {e:?}"));
    let options = Options { best_practice: false, ..Options::default() };
    let issues = Validator::new(definitions).validate(&parsed, &[profile], &options);
    issues.into_iter().map(|i| (i.severity, i.code.code(), i.expression)).collect()
}

/// Checks a right and a wrong resource against a profile.
#[track_caller]
fn check(definitions: &Definitions, name: &str, right: &str, wrong: &str, expected: &[(&'static str, &str)]) {
    let url = format!("urn:{name}");
    let good = ask(definitions, right, &url);
    assert!(good.iter().all(|(severity, ..)| *severity != Severity::Error), "{name}: {good:?}");
    let mut bad: Vec<(&str, String)> = ask(definitions, wrong, &url)
        .into_iter()
        .filter(|(severity, ..)| *severity == Severity::Error)
        .map(|(_, code, place)| (code, place))
        .collect();
    bad.sort();
    let expected: Vec<(&str, String)> = expected.iter().map(|(code, place)| (*code, (*place).to_owned())).collect();
    assert_eq!(bad, expected, "{name}");
}

fn with(name: &str, kind: &str, elements: &str) -> Definitions {
    let mut definitions = Definitions::base();
    definitions.add(profile(name, kind, elements)).unwrap();
    definitions
}

fn patient(members: &str) -> String {
    format!(r#"{{"resourceType":"Patient"{}{members}}}"#, if members.is_empty() { "" } else { "," })
}

fn observation(members: &str) -> String {
    format!(r#"{{"resourceType":"Observation","status":"final","code":{{"text":"x"}},{members}}}"#)
}

#[test]
fn cardinality() {
    let elements = r#"{"id":"Patient.name","path":"Patient.name","min":1},
        {"id":"Patient.photo","path":"Patient.photo","max":"0"},
        {"id":"Patient.name.given","path":"Patient.name.given","max":"1"}"#;
    let definitions = with("p", "Patient", elements);
    let right = patient(r#""name":[{"given":["A"]},{"given":["B"]}]"#);
    check(&definitions, "p", &right, &patient(""), &[("required", "Patient.name")]);
    let wrong = patient(r#""photo":[{"title":"x"}],"name":[{"text":"a"},{"given":["A","B"]}]"#);
    check(&definitions, "p", &right, &wrong, &[("structure", "Patient.name[1].given"), ("structure", "Patient.photo")]);
}

#[test]
fn fixed_values_and_patterns() {
    let elements = r#"{"id":"Observation.code","path":"Observation.code","patternCodeableConcept":{"coding":[{"system":"urn:s","code":"c"}]}},
        {"id":"Observation.status","path":"Observation.status","fixedCode":"final"}"#;
    let definitions = with("p", "Observation", elements);
    let make = |status: &str, code: &str| {
        format!(
            r#"{{"resourceType":"Observation","status":"{status}","code":{{"text":"t","coding":[{{"system":"urn:s","code":"{code}"}}]}}}}"#
        )
    };
    let expected = [("value", "Observation.code"), ("value", "Observation.status")];
    check(&definitions, "p", &make("final", "c"), &make("amended", "d"), &expected);
}

#[test]
fn types_of_a_choice() {
    let elements = r#"{"id":"Observation.value[x]","path":"Observation.value[x]","type":[{"code":"Quantity"}]}"#;
    let definitions = with("p", "Observation", elements);
    let right = observation(r#""valueQuantity":{"value":1}"#);
    check(&definitions, "p", &right, &observation(r#""valueString":"x""#), &[("structure", "Observation.valueString")]);
}

#[test]
fn bounds_and_lengths() {
    let elements = r#"{"id":"Observation.value[x]","path":"Observation.value[x]","type":[{"code":"integer"}],
            "minValueInteger":3,"maxValueInteger":15},
        {"id":"Observation.device.display","path":"Observation.device.display","maxLength":3}"#;
    let definitions = with("p", "Observation", elements);
    let make =
        |value: i32, text: &str| observation(&format!(r#""valueInteger":{value},"device":{{"display":"{text}"}}"#));
    let low = [("too-long", "Observation.device.display"), ("value", "Observation.valueInteger")];
    check(&definitions, "p", &make(3, "æøå"), &make(2, "æøåæ"), &low);
    check(&definitions, "p", &make(15, "x"), &make(16, "x"), &low[1..]);
}

#[test]
fn bindings_are_errors_when_required_and_warnings_when_extensible() {
    let elements = |strength: &str| {
        format!(
            r#"{{"id":"Observation.code","path":"Observation.code","binding":{{"strength":"{strength}","valueSet":"urn:set"}}}}"#
        )
    };
    let mut definitions = with("required", "Observation", &elements("required"));
    definitions.add(profile("extensible", "Observation", &elements("extensible"))).unwrap();
    let unknown = r#"{"id":"Observation.code","path":"Observation.code","binding":{"strength":"required","valueSet":"urn:none"}}"#;
    definitions.add(profile("unknown", "Observation", unknown)).unwrap();
    let set = r#"{"resourceType":"ValueSet","url":"urn:set","compose":{"include":[{"system":"urn:s","concept":[{"code":"c"}]}]}}"#;
    definitions.add(set.to_owned()).unwrap();
    let make = |code: &str| {
        format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"urn:s","code":"{code}"}}]}}}}"#
        )
    };
    check(&definitions, "required", &make("c"), &make("d"), &[("code-invalid", "Observation.code")]);
    check(&definitions, "extensible", &make("c"), &make("d"), &[]);
    let place = || "Observation.code".to_owned();
    assert_eq!(ask(&definitions, &make("d"), "urn:extensible"), [(Severity::Warning, "code-invalid", place())]);
    assert_eq!(ask(&definitions, &make("d"), "urn:unknown"), [(Severity::Warning, "not-supported", place())]);
    check(
        &definitions,
        "required",
        &make("c"),
        &observation(r#""issued":"2020-01-01T00:00:00Z""#),
        &[("code-invalid", "Observation.code")],
    );
}

#[test]
fn a_code_must_be_one_of_its_system() {
    let definitions = with("p", "Observation", r#"{"id":"Observation.code","path":"Observation.code"}"#);
    let make = |code: &str| {
        let system = "http://terminology.hl7.org/CodeSystem/observation-category";
        observation(&format!(r#""category":[{{"coding":[{{"system":"{system}","code":"{code}"}}]}}]"#))
    };
    check(
        &definitions,
        "p",
        &make("laboratory"),
        &make("lab"),
        &[("code-invalid", "Observation.category[0].coding[0]")],
    );
}

const SLICED: &str = r#"{"id":"Patient.identifier","path":"Patient.identifier",
      "slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"RULES","ordered":false}},
    {"id":"Patient.identifier:a","path":"Patient.identifier","sliceName":"a","min":1,"max":"1"},
    {"id":"Patient.identifier:a.system","path":"Patient.identifier.system","min":1,"fixedUri":"urn:a"},
    {"id":"Patient.identifier:a.value","path":"Patient.identifier.value","min":1},
    {"id":"Patient.identifier:b","path":"Patient.identifier","sliceName":"b"},
    {"id":"Patient.identifier:b.system","path":"Patient.identifier.system","min":1,"fixedUri":"urn:b"}"#;

fn identifiers(list: &[(&str, &str)]) -> String {
    let one = |(system, value): &(&str, &str)| match *value {
        "" => format!(r#"{{"system":"urn:{system}"}}"#),
        value => format!(r#"{{"system":"urn:{system}","value":"{value}"}}"#),
    };
    patient(&format!(r#""identifier":[{}]"#, list.iter().map(one).collect::<Vec<_>>().join(",")))
}

#[test]
fn slices_by_value_open_closed_and_open_at_end() {
    let open = with("p", "Patient", &SLICED.replace("RULES", "open"));
    let right = identifiers(&[("x", "1"), ("b", ""), ("a", "1")]);
    check(&open, "p", &right, &identifiers(&[("a", "")]), &[("required", "Patient.identifier[0].value")]);
    check(&open, "p", &right, &identifiers(&[("b", "1")]), &[("required", "Patient.identifier")]);
    check(&open, "p", &right, &patient(""), &[("required", "Patient.identifier")]);
    check(&open, "p", &right, &identifiers(&[("a", "1"), ("a", "2")]), &[("structure", "Patient.identifier")]);
    let closed = with("p", "Patient", &SLICED.replace("RULES", "closed"));
    let right = identifiers(&[("b", ""), ("a", "1")]);
    let wrong = identifiers(&[("a", "1"), ("x", "1")]);
    check(&closed, "p", &right, &wrong, &[("structure", "Patient.identifier[1]")]);
    let at_end = with("p", "Patient", &SLICED.replace("RULES", "openAtEnd"));
    let wrong = identifiers(&[("x", "1"), ("a", "1")]);
    check(&at_end, "p", &identifiers(&[("a", "1"), ("x", "1")]), &wrong, &[("structure", "Patient.identifier[1]")]);
    let ordered = SLICED.replace("RULES", "open").replace(r#""ordered":false"#, r#""ordered":true"#);
    let ordered = with("p", "Patient", &ordered);
    let right = identifiers(&[("a", "1"), ("x", ""), ("b", "1")]);
    check(&ordered, "p", &right, &identifiers(&[("b", "1"), ("a", "1")]), &[("structure", "Patient.identifier[1]")]);
}

#[test]
fn slices_by_pattern_and_a_slice_within_a_slice() {
    let elements = r#"{"id":"Observation.component","path":"Observation.component",
          "slicing":{"discriminator":[{"type":"pattern","path":"code"}],"rules":"open"}},
        {"id":"Observation.component:s","path":"Observation.component","sliceName":"s","min":1},
        {"id":"Observation.component:s.code","path":"Observation.component.code","patternCodeableConcept":{"coding":[{"code":"s"}]}},
        {"id":"Observation.component:s.value[x]","path":"Observation.component.value[x]","min":1,"type":[{"code":"Quantity"}]},
        {"id":"Observation.component:s.interpretation","path":"Observation.component.interpretation",
          "slicing":{"discriminator":[{"type":"value","path":"text"}],"rules":"closed"}},
        {"id":"Observation.component:s.interpretation:hi","path":"Observation.component.interpretation","sliceName":"hi","max":"1"},
        {"id":"Observation.component:s.interpretation:hi.text","path":"Observation.component.interpretation.text","min":1,"fixedString":"hi"}"#;
    let definitions = with("p", "Observation", elements);
    let make = |rest: &str| {
        observation(&format!(r#""component":[{{"code":{{"text":"t","coding":[{{"code":"s"}}]}}{rest}}}]"#))
    };
    let right = make(r#","valueQuantity":{"value":1},"interpretation":[{"text":"hi"}]"#);
    check(&definitions, "p", &right, &make(""), &[("required", "Observation.component[0].value")]);
    let wrong = make(r#","valueQuantity":{"value":1},"interpretation":[{"text":"lo"}]"#);
    check(&definitions, "p", &right, &wrong, &[("structure", "Observation.component[0].interpretation[0]")]);
}

#[test]
fn slices_by_type_and_by_existence() {
    let elements = r#"{"id":"Observation.valueQuantity","path":"Observation.valueQuantity"},
        {"id":"Observation.valueQuantity.code","path":"Observation.valueQuantity.code","min":1},
        {"id":"Observation.note","path":"Observation.note","slicing":{"discriminator":[{"type":"exists","path":"time"}],"rules":"open"}},
        {"id":"Observation.note:timed","path":"Observation.note","sliceName":"timed","max":"1"},
        {"id":"Observation.note:timed.time","path":"Observation.note.time","min":1},
        {"id":"Observation.note:untimed","path":"Observation.note","sliceName":"untimed","max":"0"},
        {"id":"Observation.note:untimed.time","path":"Observation.note.time","max":"0"}"#;
    let definitions = with("p", "Observation", elements);
    let right = observation(r#""valueString":"x","note":[{"text":"x","time":"2020"}]"#);
    check(
        &definitions,
        "p",
        &right,
        &observation(r#""valueQuantity":{"value":1}"#),
        &[("required", "Observation.valueQuantity.code")],
    );
    check(&definitions, "p", &right, &observation(r#""note":[{"text":"x"}]"#), &[("structure", "Observation.note")]);
}

#[test]
fn slices_by_profile_of_what_is_referred_to() {
    let elements = r#"{"id":"Observation.hasMember","path":"Observation.hasMember",
          "slicing":{"discriminator":[{"type":"profile","path":"resolve()"}],"rules":"closed"}},
        {"id":"Observation.hasMember:final","path":"Observation.hasMember","sliceName":"final",
          "type":[{"code":"Reference","targetProfile":["urn:final"]}]}"#;
    let mut definitions = with("p", "Observation", elements);
    let fixed = r#"{"id":"Observation.status","path":"Observation.status","fixedCode":"final"}"#;
    definitions.add(profile("final", "Observation", fixed)).unwrap();
    let make = |status: &str| {
        observation(&format!(
            r##""contained":[{{"resourceType":"Observation","id":"a","status":"{status}","code":{{"text":"x"}}}}],"hasMember":[{{"reference":"#a"}}]"##
        ))
    };
    check(&definitions, "p", &make("final"), &make("amended"), &[("structure", "Observation.hasMember[0]")]);
}

#[test]
fn a_slice_of_a_slice() {
    let elements = format!(
        r#"{},{{"id":"Patient.identifier:a/old","path":"Patient.identifier","sliceName":"a/old","max":"0"}},
        {{"id":"Patient.identifier:a/old.use","path":"Patient.identifier.use","min":1,"fixedCode":"old"}}"#,
        SLICED.replace("RULES", "open").replace(
            r#"{"id":"Patient.identifier:a.system""#,
            r#"{"id":"Patient.identifier:a","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"open"}},
               {"id":"Patient.identifier:a.system""#
        )
    );
    let definitions = with("p", "Patient", &elements);
    let make = |of_use: &str| patient(&format!(r#""identifier":[{{"use":"{of_use}","system":"urn:a","value":"1"}}]"#));
    check(&definitions, "p", &make("official"), &make("old"), &[("structure", "Patient.identifier")]);
}

#[test]
fn extensions_are_what_their_own_profile_demands() {
    let elements = r#"{"id":"Patient.extension:e","path":"Patient.extension","sliceName":"e","min":1,"max":"1",
        "type":[{"code":"Extension","profile":["urn:e"]}]}"#;
    let mut definitions = with("p", "Patient", elements);
    let extension = r#"{"id":"Extension.url","path":"Extension.url","fixedUri":"urn:e"},
        {"id":"Extension.value[x]","path":"Extension.value[x]","min":1,"type":[{"code":"boolean"}]}"#;
    definitions.add(profile("e", "Extension", extension)).unwrap();
    let make = |member: &str| {
        patient(&format!(r#""extension":[{{"url":"urn:e",{member}}},{{"url":"urn:other","valueString":"x"}}]"#))
    };
    let right = make(r#""valueBoolean":true"#);
    check(
        &definitions,
        "p",
        &right,
        &make(r#""valueString":"x""#),
        &[("structure", "Patient.extension[0].valueString")],
    );
    check(&definitions, "p", &right, &patient(""), &[("required", "Patient.extension")]);
    let both = make(r#""valueBoolean":true,"extension":[{"url":"x","valueString":"y"}]"#);
    check(&definitions, "p", &right, &both, &[("invariant", "Patient.extension[0]")]);
}

#[test]
fn a_primitive_has_extensions_too() {
    let elements = r#"{"id":"Patient.birthDate.extension","path":"Patient.birthDate.extension"},
        {"id":"Patient.birthDate.extension:t","path":"Patient.birthDate.extension","sliceName":"t","min":1,
         "type":[{"code":"Extension","profile":["http://hl7.org/fhir/StructureDefinition/patient-birthTime"]}]}"#;
    let definitions = with("p", "Patient", elements);
    let right = patient(
        r#""birthDate":"2020-01-01","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"2020-01-01T10:00:00Z"}]}"#,
    );
    let wrong = patient(r#""birthDate":"2020-01-01""#);
    check(&definitions, "p", &right, &wrong, &[("required", "Patient.birthDate.extension")]);
}

#[test]
fn references_lead_to_types_and_profiles_that_are_allowed() {
    let elements = r#"{"id":"Observation.subject","path":"Observation.subject","type":[{"code":"Reference","targetProfile":["urn:named"]}]}"#;
    let mut definitions = with("p", "Observation", elements);
    definitions.add(profile("named", "Patient", r#"{"id":"Patient.name","path":"Patient.name","min":1}"#)).unwrap();
    let make = |reference: &str| observation(&format!(r#""subject":{{"reference":"{reference}"}}"#));
    check(&definitions, "p", &make("Patient/1"), &make("Group/1"), &[("structure", "Observation.subject")]);
    let contained = |name: &str| {
        observation(&format!(
            r##""contained":[{{"resourceType":"Patient","id":"a"{name}}}],"subject":{{"reference":"#a"}}"##
        ))
    };
    check(
        &definitions,
        "p",
        &contained(r#","name":[{"text":"x"}]"#),
        &contained(""),
        &[("structure", "Observation.subject")],
    );
}

#[test]
fn resources_in_a_bundle_are_checked_against_what_they_claim() {
    let mut definitions = with("named", "Patient", r#"{"id":"Patient.name","path":"Patient.name","min":1}"#);
    definitions
        .add(profile("p", "Bundle", r#"{"id":"Bundle.type","path":"Bundle.type","fixedCode":"collection"}"#))
        .unwrap();
    let make = |name: &str| {
        format!(
            r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"fullUrl":"urn:uuid:5a9f5a3b-7d2e-4a0e-9a35-6a0c7a1f3a11",
                "resource":{{"resourceType":"Patient","meta":{{"profile":["urn:named"]}}{name}}}}}]}}"#
        )
    };
    let wrong = [("required", "Bundle.entry[0].resource.name")];
    check(&definitions, "p", &make(r#","name":[{"text":"x"}]"#), &make(""), &wrong);
}

#[test]
fn invariants_are_errors_warnings_or_cannot_be_checked() {
    let rule = |key: &str, severity: &str, expression: &str| {
        format!(r#"{{"key":"{key}","severity":"{severity}","human":"h","expression":"{expression}"}}"#)
    };
    let elements = format!(
        r#"{{"id":"Patient.name","path":"Patient.name","constraint":[{},{},{}]}}"#,
        rule("e-1", "error", "family.exists()"),
        rule("w-1", "warning", "use = 'official'"),
        rule("u-1", "error", "nosuchfunction()")
    );
    let definitions = with("p", "Patient", &elements);
    let said = |resource: &str| ask(&definitions, resource, "urn:p");
    let place = || "Patient.name[0]".to_owned();
    let unknown = (Severity::Information, "not-supported", place());
    assert_eq!(said(&patient(r#""name":[{"family":"x","use":"official"}]"#)), std::slice::from_ref(&unknown));
    assert_eq!(
        said(&patient(r#""name":[{"text":"x","use":"usual"}]"#)),
        [(Severity::Error, "invariant", place()), (Severity::Warning, "invariant", place()), unknown]
    );
    let contact = patient(r#""contact":[{"gender":"female"}]"#);
    assert_eq!(said(&contact), [(Severity::Error, "invariant", "Patient.contact[0]".to_owned())], "pat-1 of R4 itself");
}

#[test]
fn a_profile_that_is_not_there_or_not_usable_is_said() {
    let mut definitions = with("ring", "Patient", r#"{"id":"Patient.name","path":"Patient.name","min":1}"#);
    let ring = profile("ring", "Patient", r#"{"id":"Patient.name","path":"Patient.name"}"#);
    definitions.add(ring.replace("http://hl7.org/fhir/StructureDefinition/Patient", "urn:ring")).unwrap();
    definitions.add(profile("odd", "Patient", r#"{"id":"Patient.nose","path":"Patient.nose"}"#)).unwrap();
    let said = |profile: &str| ask(&definitions, &patient(""), profile);
    let place = || "Patient".to_owned();
    assert_eq!(said("urn:none"), [(Severity::Error, "not-found", place())]);
    assert_eq!(said("urn:ring"), [(Severity::Error, "not-supported", place())]);
    assert_eq!(said("urn:odd"), [(Severity::Error, "not-supported", place())]);
    let claimed = patient(r#""meta":{"profile":["urn:none"]}"#);
    let claims = ask(&definitions, &claimed, "http://hl7.org/fhir/StructureDefinition/Patient");
    assert_eq!(claims, [(Severity::Warning, "not-found", place())]);
    let other = ask(
        &definitions,
        &observation(r#""issued":"2020-01-01T00:00:00Z""#),
        "http://hl7.org/fhir/StructureDefinition/Patient",
    );
    assert_eq!(other, [(Severity::Error, "structure", "Observation".to_owned())]);
}

#[test]
fn what_the_structure_says_is_not_said_twice() {
    let definitions = with("p", "Observation", r#"{"id":"Observation.code","path":"Observation.code"}"#);
    let parsed =
        Parsed::parse_stored(br#"{"resourceType":"Observation","status":"final"}"#, &Limits::default()).unwrap();
    let options = Options { best_practice: false, ..Options::default() };
    let issues = Validator::new(&definitions).validate(&parsed, &["urn:p"], &options);
    assert_eq!(issues.len(), 1, "{issues:?}");
    assert_eq!(issues[0].expression, "Observation.code");
}
