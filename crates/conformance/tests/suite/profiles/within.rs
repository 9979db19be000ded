//! Rules that ask about other profiles (`conformsTo()`), and what all rules of a resource may cost together.

use varde_conformance::definitions::Definitions;
use varde_conformance::profile::{Options, Validator};
use varde_fhir::json::Limits;
use varde_fhir::{Issue, Parsed, Severity};

/// A profile of a type with rules, each a key and an expression, and elements of its differential.
fn profile(name: &str, kind: &str, rules: &[(&str, &str)], elements: &str) -> String {
    let rule = |(key, expression): &(&str, &str)| {
        format!(r#"{{"key":"{key}","severity":"error","human":"{key}","expression":"{expression}"}}"#)
    };
    let rules: Vec<String> = rules.iter().map(rule).collect();
    let comma = if elements.is_empty() { "" } else { "," };
    format!(
        r#"{{"resourceType":"StructureDefinition","url":"urn:{name}","type":"{kind}","derivation":"constraint","kind":"resource",
            "baseDefinition":"http://hl7.org/fhir/StructureDefinition/{kind}","differential":{{"element":[
            {{"id":"{kind}","path":"{kind}","constraint":[{}]}}{comma}{elements}]}}}}"#,
        rules.join(",")
    )
}

fn definitions(profiles: &[String]) -> Definitions {
    let mut definitions = Definitions::base();
    for profile in profiles {
        definitions.add(profile.clone()).unwrap();
    }
    definitions
}

fn ask(definitions: &Definitions, resource: &str, profile: &str, options: &Options) -> Vec<Issue> {
    let parsed = Parsed::parse(resource.as_bytes(), &Limits::default()).unwrap();
    Validator::new(definitions).validate(&parsed, &[profile], options)
}

/// What of the rules is said to be broken.
fn broken(definitions: &Definitions, resource: &str, profile: &str) -> Vec<String> {
    let options = Options { best_practice: false, ..Options::default() };
    let issues = ask(definitions, resource, profile, &options);
    issues.into_iter().filter(|issue| issue.severity == Severity::Error).map(|issue| issue.diagnostics).collect()
}

const NAMED: &str = r#"{"id":"Patient.name","path":"Patient.name","min":1}"#;
const WITH_UNIT: &str = r#"{"id":"Quantity.unit","path":"Quantity.unit","min":1}"#;

#[test]
fn a_rule_may_ask_whether_something_fits_another_profile() {
    let bundle = [
        ("all-named", "entry.resource.ofType(Patient).all($this.conformsTo('urn:named'))"),
        ("nobody", "entry.resource.all(conformsTo('http://hl7.org/fhir/StructureDefinition/Practitioner').not())"),
    ];
    let observation =
        [("measured", "value.ofType(Quantity).conformsTo('urn:measured')"), ("odd", "conformsTo('urn:nowhere')")];
    let definitions = definitions(&[
        profile("named", "Patient", &[], NAMED),
        profile("measured", "Quantity", &[], WITH_UNIT),
        profile("set", "Bundle", &bundle, ""),
        profile("weight", "Observation", &observation, ""),
    ]);
    let of = |patient: &str| {
        format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{patient}}}]}}"#)
    };
    let named = of(r#"{"resourceType":"Patient","name":[{"family":"Nordmann"}]}"#);
    assert_eq!(broken(&definitions, &named, "urn:set"), Vec::<String>::new());
    let nameless = of(r#"{"resourceType":"Patient","birthDate":"1990-01-02"}"#);
    assert_eq!(broken(&definitions, &nameless, "urn:set"), ["all-named: all-named"]);
    let practitioner = of(r#"{"resourceType":"Practitioner","active":true}"#);
    assert_eq!(broken(&definitions, &practitioner, "urn:set"), ["nobody: nobody"]);

    let weight = |unit: &str| {
        format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"text":"x"}},"valueQuantity":{{"value":1{unit}}}}}"#
        )
    };
    assert_eq!(broken(&definitions, &weight(r#","unit":"kg""#), "urn:weight"), Vec::<String>::new());
    assert_eq!(broken(&definitions, &weight(""), "urn:weight"), ["measured: measured"]);
    // Of a profile that is not loaded nothing is known, and that is said.
    let issues = ask(&definitions, &weight(r#","unit":"kg""#), "urn:weight", &Options::default());
    assert!(issues.iter().any(|issue| issue.diagnostics.contains("urn:nowhere")), "{issues:?}");
}

#[test]
fn rules_that_ask_for_each_other_come_to_an_end() {
    let definitions = definitions(&[
        profile("self", "Patient", &[("me", "conformsTo('urn:self')")], NAMED),
        profile("one", "Patient", &[("a", "conformsTo('urn:two')"), ("b", "conformsTo('urn:two')")], ""),
        profile(
            "two",
            "Patient",
            &[("c", "conformsTo('urn:one')"), ("d", "conformsTo('urn:one') and conformsTo('urn:self')")],
            "",
        ),
    ]);
    let named = r#"{"resourceType":"Patient","name":[{"family":"Nordmann"}]}"#;
    assert_eq!(broken(&definitions, named, "urn:self"), Vec::<String>::new());
    assert_eq!(broken(&definitions, named, "urn:one"), Vec::<String>::new());
    assert!(!broken(&definitions, r#"{"resourceType":"Patient","active":true}"#, "urn:one").is_empty());
}

#[test]
fn all_rules_of_a_resource_share_one_budget() {
    // Each costs some thousands of steps.
    let costly = "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8).select(%context.descendants().count()).count() > 0";
    let keys: Vec<String> = (0..200).map(|n| format!("r{n}")).collect();
    let rules: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), costly)).collect();
    let last = [rules.as_slice(), &[("last", "name.exists()")]].concat();
    let nested: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "conformsTo('urn:many')")).collect();
    let definitions = definitions(&[profile("many", "Patient", &last, ""), profile("nested", "Patient", &nested, "")]);
    let names = vec![r#"{"family":"Nordmann","given":["Kari"]}"#; 40].join(",");
    let patient = format!(
        r#"{{"resourceType":"Patient","contact":[{{"name":{{"text":"x"}}}}],"address":[{{"city":"Oslo"}}],"photo":[{{"title":"y"}}],"generalPractitioner":[{{"display":"z"}}],"communication":[{{"language":{{"text":"nb"}}}}],"extension":[{{"url":"urn:e","valueHumanName":{{"given":[{}]}}}}]}}"#,
        vec!["\"g\""; 40].join(",")
    );
    let named = patient.replacen("\"contact\"", &format!("\"name\":[{names}],\"contact\""), 1);
    let said = |resource: &str, profile: &str, rule_steps| {
        let issues = ask(&definitions, resource, profile, &Options { rule_steps, ..Options::default() });
        let costs = issues.iter().filter(|issue| issue.code.code() == "too-costly").count();
        (costs, issues.iter().any(|issue| issue.diagnostics.starts_with("last")))
    };
    assert_eq!(said(&named, "urn:many", Options::RULE_STEPS), (0, false));
    assert_eq!(said(&patient, "urn:many", Options::RULE_STEPS), (0, true), "the last rule is checked");
    assert_eq!(said(&patient, "urn:many", 20_000), (1, false), "and is not when the others have used it up");
    // What is asked within a rule is paid by the same budget, so that this ends.
    assert_eq!(said(&named, "urn:nested", 200_000).0, 1);
}
