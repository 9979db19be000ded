use proptest::prelude::*;
use varde_fhir::json::Limits;
use varde_fhir::{IssueCode, Parsed};

fn issues(text: &str) -> Vec<(IssueCode, String)> {
    match Parsed::parse(text.as_bytes(), &Limits::default()) {
        Ok(_) => Vec::new(),
        Err(issues) => issues.into_iter().map(|i| (i.code, i.expression)).collect(),
    }
}

#[test]
// tidy: expect(function-length) one table, read from top to bottom
fn every_kind_of_wrong_structure_is_named_with_its_place() {
    use IssueCode::*;
    for (text, code, expression) in [
        ("[]", Structure, ""),
        ("{}", Required, "resourceType"),
        (r#"{"resourceType":"Person2"}"#, Structure, "resourceType"),
        (r#"{"resourceType":1}"#, Structure, "resourceType"),
        (r#"{"resourceType":"Patient","nmae":1}"#, Structure, "Patient.nmae"),
        (r#"{"resourceType":"Patient","name":{"family":"a"}}"#, Structure, "Patient.name"),
        (r#"{"resourceType":"Patient","birthDate":["2026"]}"#, Structure, "Patient.birthDate"),
        (r#"{"resourceType":"Patient","name":["a"]}"#, Structure, "Patient.name[0]"),
        (r#"{"resourceType":"Patient","name":[]}"#, Structure, "Patient.name"),
        (r#"{"resourceType":"Patient","name":[{}]}"#, Structure, "Patient.name[0]"),
        (r#"{"resourceType":"Patient","name":[null]}"#, Structure, "Patient.name[0]"),
        (r#"{"resourceType":"Patient","name":[{"given":["a",""]}]}"#, Value, "Patient.name[0].given[1]"),
        (r#"{"resourceType":"Patient","name":[{"given":["a",null]}]}"#, Structure, "Patient.name[0].given[1]"),
        (r#"{"resourceType":"Patient","active":"true"}"#, Structure, "Patient.active"),
        (r#"{"resourceType":"Patient","active":null}"#, Structure, "Patient.active"),
        (r#"{"resourceType":"Patient","birthDate":"1.1.2026"}"#, Value, "Patient.birthDate"),
        (r#"{"resourceType":"Patient","birthDate":2026}"#, Structure, "Patient.birthDate"),
        (r#"{"resourceType":"Patient","gender":" male"}"#, Value, "Patient.gender"),
        (r#"{"resourceType":"Patient","id":"a b"}"#, Value, "Patient.id"),
        (
            r#"{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2026"}"#,
            Structure,
            "Patient.deceasedDateTime",
        ),
        (r#"{"resourceType":"Patient","multipleBirthInteger":1.5}"#, Value, "Patient.multipleBirthInteger"),
        (r#"{"resourceType":"Patient","deceased":true}"#, Structure, "Patient.deceased"),
        (r#"{"resourceType":"Patient","_birthDate":{"value":1}}"#, Structure, "Patient.birthDate.value"),
        (r#"{"resourceType":"Patient","_birthDate":"x"}"#, Structure, "Patient.birthDate"),
        (r#"{"resourceType":"Patient","_name":[{"id":"a"}]}"#, Structure, "Patient.name"),
        (
            r#"{"resourceType":"Patient","_birthDate":{"extension":[{"valueString":"a"}]}}"#,
            Required,
            "Patient.birthDate.extension[0].url",
        ),
        (
            r#"{"resourceType":"Patient","contained":[{"resourceType":"Patient","x":1}]}"#,
            Structure,
            "Patient.contained[0].x",
        ),
        (r#"{"resourceType":"Patient","contained":[{"id":"a"}]}"#, Required, "Patient.contained[0].resourceType"),
        (
            r#"{"resourceType":"Patient","contact":[{"resourceType":"x"}]}"#,
            Structure,
            "Patient.contact[0].resourceType",
        ),
        (
            r#"{"resourceType":"Patient","communication":[{"preferred":true}]}"#,
            Required,
            "Patient.communication[0].language",
        ),
        (r#"{"resourceType":"Observation","status":"final"}"#, Required, "Observation.code"),
        (
            r#"{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/1"}}"#,
            Required,
            "MedicationRequest.medication",
        ),
        (
            r#"{"resourceType":"Bundle","type":"batch","entry":[{"fullUrl":"urn:x"},{"resource":{"resourceType":"Patient","gender":1}}]}"#,
            Structure,
            "Bundle.entry[1].resource.gender",
        ),
        (
            r#"{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"2"}]}]}"#,
            Required,
            "Questionnaire.item[0].item[0].type",
        ),
        (
            r#"{"resourceType":"Patient","extension":[{"url":"http://x"}],"extension":[]}"#,
            Structure,
            "Patient.extension",
        ),
    ] {
        let found = issues(text);
        assert_eq!(found.first(), Some(&(code, expression.to_owned())), "{text}: {found:?}");
    }
}

#[test]
fn what_fhir_allows_is_accepted() {
    for text in [
        r#"{"resourceType":"Patient"}"#,
        r#"{"id":"a","resourceType":"Patient"}"#,
        r#"{"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"extension":[{"url":"http://x","valueBoolean":true}]}]}]}"#,
        r#"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://x","valueDateTime":"2026-01-01T10:00:00+01:00"}]}}"#,
        r#"{"resourceType":"Patient","birthDate":"2026-01-01","_birthDate":{"id":"b"}}"#,
        r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00}}"#,
        r#"{"resourceType":"Observation","_status":{"extension":[{"url":"http://x","valueCode":"unknown"}]},"code":{"text":"x"}}"#,
        r#"{"resourceType":"Parameters","parameter":[{"name":"a","part":[{"name":"b","resource":{"resourceType":"Patient"}}]}]}"#,
    ] {
        assert_eq!(issues(text), [], "{text}");
    }
}

#[test]
fn at_most_twenty_issues_are_reported() {
    let members: Vec<String> = (0..500).map(|n| format!(r#""x{n}":1"#)).collect();
    let text = format!(r#"{{"resourceType":"Patient",{}}}"#, members.join(","));
    assert_eq!(issues(&text).len(), Parsed::MAX_ISSUES);
    let names = vec!["{}"; 500].join(",");
    assert_eq!(issues(&format!(r#"{{"resourceType":"Patient","name":[{names}]}}"#)).len(), Parsed::MAX_ISSUES);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_byte_never_panics_and_no_issue_repeats_a_value(at in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
        let mut text = br#"{"resourceType":"Patient","name":[{"family":"SECRETNAME","given":["x"]}],"birthDate":"2000-01-01","active":true}"#.to_vec();
        let at = at.index(text.len());
        text[at] = byte;
        if let Err(found) = Parsed::parse(&text, &Limits::default()) {
            for issue in found {
                prop_assert!(!issue.diagnostics.contains("SECRET"), "{}", issue.diagnostics);
            }
        }
    }
}
