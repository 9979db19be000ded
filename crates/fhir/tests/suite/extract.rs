use varde_fhir::index::{IndexValue, Variant, extract};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ResourceType, params};

/// The entries of one parameter, in a short form.
fn entries(text: &str, code: &str) -> Vec<String> {
    let parsed = Parsed::parse_stored(text.as_bytes(), &Limits::default()).unwrap();
    let param = params::find(parsed.resource_type(), code).unwrap_or_else(|| panic!("{code}"));
    let of_param = extract(&parsed).entries.into_iter().filter(|e| e.param == param.id);
    of_param.map(|e| short(&e.value)).collect()
}

fn short(value: &IndexValue) -> String {
    let time = |micros: i64| match micros {
        i64::MIN => "-".to_owned(),
        i64::MAX => "+".to_owned(),
        other => jiff::Timestamp::from_microsecond(other).unwrap().to_string(),
    };
    let end = |v: f64| if v.abs() > 1e300 { "~".to_owned() } else { format!("{v:.3}") };
    match value {
        IndexValue::Token { system, code } => format!("{system}|{code}"),
        IndexValue::String { folded, exact } => format!("{folded}={exact}"),
        IndexValue::Reference { target, id } => format!("{target}/{id}"),
        IndexValue::Uri(text) => text.clone(),
        IndexValue::Date { low_micros, high_micros } => format!("{}..{}", time(*low_micros), time(*high_micros)),
        IndexValue::Number { low, high } => format!("{}..{}", end(*low), end(*high)),
        IndexValue::Quantity { low, high, system, code } => format!("{}..{} {system}|{code}", end(*low), end(*high)),
        IndexValue::Pair { system, code, with } => format!("{system}|{code} ${}", short(with)),
        IndexValue::Position { latitude, longitude } => format!("{latitude} {longitude}"),
    }
}

#[test]
// tidy: expect(function-length) one table, read from top to bottom
fn every_type_of_value_becomes_the_entries_r4_asks_for() {
    let gender = "http://hl7.org/fhir/administrative-gender";
    for (text, code, expected) in [
        (r#"{"resourceType":"Patient","gender":"male"}"#, "gender", vec![format!("{gender}|male")]),
        (r#"{"resourceType":"Patient","active":true}"#, "active", vec!["|true".into()]),
        (
            r#"{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"},{"value":"2"},{"system":"urn:y"}]}"#,
            "identifier",
            vec!["urn:x|1".into(), "|2".into()],
        ),
        (
            r#"{"resourceType":"Patient","telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b"}]}"#,
            "email",
            vec!["email|a@b".into()],
        ),
        (
            r#"{"resourceType":"Patient","telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b"}]}"#,
            "telecom",
            vec!["phone|1".into(), "email|a@b".into()],
        ),
        (
            r#"{"resourceType":"Patient","name":[{"family":"Ås","given":["Kari","Kari"],"text":"Kari Ås"}]}"#,
            "name",
            vec!["kari as=Kari Ås".into(), "as=Ås".into(), "kari=Kari".into()],
        ),
        (r#"{"resourceType":"Patient","name":[{"family":"Ås","given":["Kari"]}]}"#, "family", vec!["as=Ås".into()]),
        (
            r#"{"resourceType":"Patient","address":[{"line":["Storgata 1"],"postalCode":"0155"}]}"#,
            "address",
            vec!["storgata 1=Storgata 1".into(), "0155=0155".into()],
        ),
        (
            r#"{"resourceType":"Patient","birthDate":"1990-07-01"}"#,
            "birthdate",
            vec!["1990-06-30T22:00:00Z..1990-07-01T21:59:59.999999Z".into()],
        ),
        (r#"{"resourceType":"Patient"}"#, "deceased", vec!["|false".into()]),
        (r#"{"resourceType":"Patient","deceasedBoolean":false}"#, "deceased", vec!["|false".into()]),
        (r#"{"resourceType":"Patient","deceasedDateTime":"2026"}"#, "deceased", vec!["|true".into()]),
        (
            r#"{"resourceType":"Patient","deceasedDateTime":"2026-01-01T00:00:00Z"}"#,
            "death-date",
            vec!["2026-01-01T00:00:00Z..2026-01-01T00:00:00.999999Z".into()],
        ),
        (
            r#"{"resourceType":"Patient","managingOrganization":{"reference":"Organization/o/_history/2"}}"#,
            "organization",
            vec!["Organization/o".into()],
        ),
        (
            r#"{"resourceType":"Patient","managingOrganization":{"reference":"http://x.no/Organization/o"}}"#,
            "organization",
            vec!["http://x.no/Organization/o".into()],
        ),
        (r##"{"resourceType":"Patient","managingOrganization":{"reference":"#o"}}"##, "organization", vec![]),
        (
            r#"{"resourceType":"Patient","meta":{"profile":["http://p|1.0"],"tag":[{"system":"s","code":"c"}]}}"#,
            "_profile",
            vec!["http://p|1.0".into(), "http://p".into()],
        ),
        (r#"{"resourceType":"Patient","meta":{"tag":[{"system":"s","code":"c"}]}}"#, "_tag", vec!["s|c".into()]),
        (
            r#"{"resourceType":"Observation","code":{"coding":[{"system":"l","code":"1"},{"system":"n","code":"2"}],"text":"x"}}"#,
            "code",
            vec!["l|1".into(), "n|2".into()],
        ),
        (
            r#"{"resourceType":"Observation","valueQuantity":{"value":64.50,"unit":"kg","system":"u","code":"kg"}}"#,
            "value-quantity",
            vec!["64.495..64.505 u|kg".into()],
        ),
        (
            r#"{"resourceType":"Observation","valueQuantity":{"value":5,"comparator":"<","unit":"kg"}}"#,
            "value-quantity",
            vec!["~..5.000 |kg".into()],
        ),
        (
            r#"{"resourceType":"Observation","valueSampledData":{"origin":{"value":1,"code":"mV"},"period":1,"dimensions":1,"factor":2,"data":"1 E 3 -2"}}"#,
            "value-quantity",
            vec!["-3.000..7.000 |mV".into()],
        ),
        (r#"{"resourceType":"Observation","valueString":"Høy"}"#, "value-string", vec!["hoy=Høy".into()]),
        (
            r#"{"resourceType":"Observation","valueCodeableConcept":{"text":"Lav"}}"#,
            "value-string",
            vec!["lav=Lav".into()],
        ),
        (
            r#"{"resourceType":"Observation","effectivePeriod":{"start":"2026-01-01T00:00:00Z"}}"#,
            "date",
            vec!["2026-01-01T00:00:00Z..+".into()],
        ),
        (
            r#"{"resourceType":"Observation","effectiveTiming":{"event":["2026-02-01T00:00:00Z","2026-01-01T00:00:00Z"]}}"#,
            "date",
            vec!["2026-01-01T00:00:00Z..2026-02-01T00:00:00.999999Z".into()],
        ),
        (
            r#"{"resourceType":"Observation","component":[{"valueCodeableConcept":{"coding":[{"code":"a"}]}},{"valueCodeableConcept":{"coding":[{"code":"b"}]}}]}"#,
            "component-value-concept",
            vec!["|a".into(), "|b".into()],
        ),
        (
            r#"{"resourceType":"Condition","onsetRange":{"low":{"value":10,"unit":"a"}}}"#,
            "onset-age",
            vec!["9.500..~ |a".into()],
        ),
        (
            r#"{"resourceType":"ChargeItem","priceOverride":{"value":100,"currency":"NOK"}}"#,
            "price-override",
            vec!["99.500..100.500 urn:iso:std:iso:4217|NOK".into()],
        ),
        (
            r#"{"resourceType":"RiskAssessment","prediction":[{"probabilityDecimal":0.5}]}"#,
            "probability",
            vec!["0.450..0.550".into()],
        ),
        (
            r#"{"resourceType":"Measure","relatedArtifact":[{"type":"depends-on","resource":"http://a|1"},{"type":"citation","resource":"http://b"}],"library":["http://c"]}"#,
            "depends-on",
            vec!["http://a|1".into(), "http://a".into(), "http://c".into()],
        ),
        (
            r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Composition","id":"c"}},{"resource":{"resourceType":"Composition","id":"d"}}]}"#,
            "composition",
            vec!["Composition/c".into()],
        ),
        (r#"{"resourceType":"InsurancePlan","name":"A","alias":["B"]}"#, "name", vec!["a=A".into(), "b=B".into()]),
        (
            r#"{"resourceType":"Appointment","participant":[{"actor":{"reference":"Location/l"}},{"actor":{"reference":"Patient/p"}}]}"#,
            "location",
            vec!["Location/l".into()],
        ),
        (
            r#"{"resourceType":"Appointment","participant":[{"actor":{"reference":"Patient/p"}},{"actor":{"reference":"Patient/q"}}]}"#,
            "patient",
            vec!["Patient/p".into(), "Patient/q".into()],
        ),
    ] {
        assert_eq!(entries(text, code), expected, "{code}: {text}");
    }
}

#[test]
fn the_patient_a_resource_belongs_to_is_left_to_the_label_and_anyone_else_is_not() {
    for (text, code, expected) in [
        (r#"{"resourceType":"Observation","subject":{"reference":"Patient/kari"}}"#, "subject", vec![]),
        (r#"{"resourceType":"Observation","subject":{"reference":"Patient/kari"}}"#, "patient", vec![]),
        (r#"{"resourceType":"Observation","subject":{"reference":"Group/g"}}"#, "subject", vec!["Group/g"]),
        (
            r#"{"resourceType":"Observation","subject":{"reference":"http://x/Patient/p"}}"#,
            "patient",
            vec!["http://x/Patient/p"],
        ),
        (
            r#"{"resourceType":"Observation","subject":{"reference":"Patient/a"},"performer":[{"reference":"Patient/a"}]}"#,
            "performer",
            vec!["Patient/a"],
        ),
    ] {
        assert_eq!(entries(text, code), expected, "{code}: {text}");
    }
}

#[test]
fn every_parameter_is_compiled_or_stands_for_others() {
    // What the examples do not reach by luck is reached here by table: a parameter is compiled when the program names it.
    let table = include_str!("../../src/generated/programs.rs");
    let mut missing = Vec::new();
    for kind in ResourceType::all() {
        for param in params::of(kind) {
            let column = ["_id", "_lastUpdated"].contains(&param.code);
            assert_eq!(param.indexed, !column, "{kind}.{}", param.code);
            let own = params::stored(param.id) == [param.id] && param.kind != params::ParamKind::Composite;
            if own && !column && !table.contains(&format!("E(0x{:08x},", param.id.0)) {
                missing.push(format!("{kind}.{}", param.code));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn what_modifiers_look_for_is_kept_beside_the_values() {
    let of = |text: &str, code: &str, variant: Variant| {
        let parsed = Parsed::parse_stored(text.as_bytes(), &Limits::default()).unwrap();
        let param = params::find(parsed.resource_type(), code).unwrap().id.variant(variant);
        let all = extract(&parsed).entries.into_iter().filter(|e| e.param == param);
        all.map(|e| short(&e.value)).collect::<Vec<_>>()
    };
    let patient = r#"{"resourceType":"Patient","identifier":[{"system":"s","value":"1","type":{"coding":[{"system":"t","code":"MR"}],"text":"Journal"}},{"value":"2","type":{"text":"Card"}}],"managingOrganization":{"identifier":{"system":"o","value":"9"}}}"#;
    assert_eq!(of(patient, "identifier", Variant::OfType), ["t|MR|1"]);
    assert_eq!(of(patient, "identifier", Variant::Text), ["journal=Journal", "card=Card"]);
    assert_eq!(of(patient, "organization", Variant::Identifier), ["o|9"]);
    for (code, expected) in [
        (r#"{"coding":[{"code":"x","display":"Fever"}],"text":"fever"}"#, vec![]),
        (r#"{"coding":[{"code":"x","display":"Fever"}],"text":"Since monday"}"#, vec!["since monday=Since monday"]),
        (r#"{"text":"Fever"}"#, vec!["fever=Fever"]),
    ] {
        let condition = format!(r#"{{"resourceType":"Condition","code":{code}}}"#);
        assert_eq!(of(&condition, "code", Variant::Text), expected, "{code}");
    }
    let subject = r#"{"resourceType":"Observation","subject":{"identifier":{"value":"7"}}}"#;
    assert_eq!(of(subject, "patient", Variant::Identifier), ["|7"]);
}

#[test]
fn codes_are_named_once_for_each_parameter_they_are_met_under() {
    let text = r#"{"resourceType":"Observation","code":{"coding":[{"system":"l","code":"1","display":"Weight"},{"code":"2"}]}}"#;
    let parsed = Parsed::parse_stored(text.as_bytes(), &Limits::default()).unwrap();
    let words = extract(&parsed).words;
    assert_eq!(words.len(), 1, "{words:?}");
    assert_eq!((words[0].code.as_str(), words[0].display.as_str()), ("1", "Weight"));
}

#[test]
fn pairs_stay_within_their_element() {
    let component = |code: &str, value: u32| {
        format!(r#"{{"code":{{"coding":[{{"code":"{code}"}}]}},"valueQuantity":{{"value":{value},"code":"u"}}}}"#)
    };
    let text = format!(
        r#"{{"resourceType":"Observation","code":{{"coding":[{{"code":"bp"}}]}},"component":[{},{}]}}"#,
        component("a", 1),
        component("b", 2)
    );
    let code = "component-code-value-quantity";
    assert_eq!(entries(&text, code), ["|a $0.500..1.500 |u", "|b $1.500..2.500 |u"]);
    assert!(entries(&text, "combo-code-value-quantity").is_empty(), "it stands for others");
    assert!(entries(&text, "combo-code").is_empty());
    let text = r#"{"resourceType":"Group","characteristic":[{"code":{"coding":[{"code":"g"}]},"valueBoolean":true},{"code":{"coding":[{"code":"h"}]},"valueCodeableConcept":{"coding":[{"code":"v"}]}}]}"#;
    assert_eq!(entries(text, "characteristic-value"), ["|g $|true", "|h $|v"]);
    let text = r#"{"resourceType":"DocumentReference","relatesTo":[{"code":"replaces","target":{"reference":"DocumentReference/d"}}]}"#;
    let system = "http://hl7.org/fhir/document-relationship-type";
    assert_eq!(entries(text, "relationship"), [format!("{system}|replaces $DocumentReference/d")]);
    let text = r#"{"resourceType":"MolecularSequence","referenceSeq":{"chromosome":{"coding":[{"code":"1"}]}},"variant":[{"start":5,"end":7},{"start":1}]}"#;
    assert_eq!(entries(text, "chromosome-variant-coordinate"), ["|1 $5.000..7.000"]);
    let text = r#"{"resourceType":"Location","position":{"latitude":59.9,"longitude":10.7}}"#;
    assert_eq!(entries(text, "near"), ["59.9 10.7"]);
    let text = r#"{"resourceType":"Location","position":{"latitude":91,"longitude":10.7}}"#;
    assert!(entries(text, "near").is_empty());
}

#[test]
fn many_entries_are_told_apart_without_comparing_each_with_all() {
    let members: Vec<String> =
        (0..20_000).map(|n| format!(r#"{{"entity":{{"reference":"Patient/p{}"}}}}"#, n % 15_000)).collect();
    let text = format!(r#"{{"resourceType":"Group","type":"person","actual":true,"member":[{}]}}"#, members.join(","));
    assert_eq!(entries(&text, "member").len(), 15_000);
}
