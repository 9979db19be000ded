use varde_fhir::json::Limits;
use varde_fhir::{Parsed, Prepared, ReferenceMap, ResourceType, references};

const ONE: &str = "urn:uuid:11111111-1111-1111-1111-111111111111";

fn parsed(text: &str) -> Parsed<'_> {
    Parsed::parse(text.as_bytes(), &Limits::default()).unwrap()
}

fn rendered(text: &str, map: &ReferenceMap) -> String {
    let body =
        Prepared::new(&parsed(text), &"new-1".parse().unwrap(), map).render(2, "2026-01-01T00:00:00Z".parse().unwrap());
    String::from_utf8(body).unwrap()
}

#[test]
fn id_version_and_time_are_set_and_nothing_else_changes() {
    let own = r#""id":"new-1","meta":{"versionId":"2","lastUpdated":"2026-01-01T00:00:00Z""#;
    for (text, expected) in [
        (r#"{"resourceType":"Patient"}"#, format!(r#"{{"resourceType":"Patient",{own}}}}}"#)),
        (
            r#"{ "name": [ {"family":"Å\u00f8 \"x\" \u2028 \/"} ], "id":"old", "resourceType":"Patient" }"#,
            format!(r#"{{"resourceType":"Patient",{own}}},"name":[{{"family":"Åø \"x\" {} /"}}]}}"#, '\u{2028}'),
        ),
        (
            r#"{"resourceType":"Patient","meta":{"versionId":"9","lastUpdated":"2001-01-01T00:00:00Z","_lastUpdated":{"id":"x"},"source":"urn:s","tag":[{"code":"t"}]}}"#,
            format!(r#"{{"resourceType":"Patient",{own},"source":"urn:s","tag":[{{"code":"t"}}]}}}}"#),
        ),
    ] {
        assert_eq!(rendered(text, &ReferenceMap::new()), expected);
    }
    let quantity = r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00},"component":[{"code":{"text":"y"},"valueQuantity":{"value":-0.10e-05}}]}"#;
    let out = rendered(quantity, &ReferenceMap::new());
    assert!(out.contains(r#""value":1.00}"#) && out.contains("-0.10e-05"), "{out}");
}

#[test]
fn references_to_what_a_transaction_creates_are_replaced_and_nothing_that_only_looks_like_one() {
    let mut map = ReferenceMap::new();
    map.insert(ONE, ResourceType::PATIENT, &"kari".parse().unwrap());
    map.insert("Practitioner?identifier=x|1", ResourceType::PRACTITIONER, &"lege".parse().unwrap());
    let text = format!(
        r#"{{"resourceType":"Observation","identifier":[{{"system":"urn:ietf:rfc:3986","value":"{ONE}"}}],"status":"final",
        "code":{{"text":"{ONE}"}},"subject":{{"reference":"{ONE}"}},"performer":[{{"reference":"Practitioner?identifier=x|1"}}],
        "contained":[{{"resourceType":"Basic","id":"b","code":{{"text":"x"}},"subject":{{"reference":"{ONE}"}}}}],
        "extension":[{{"url":"http://x","valueReference":{{"reference":"{ONE}"}}}},{{"url":"http://y","valueUri":"{ONE}"}},{{"url":"http://z","valueString":"{ONE}"}}]}}"#
    );
    let out = rendered(&text, &map);
    assert_eq!(out.matches("Patient/kari").count(), 4, "{out}");
    assert_eq!(out.matches("Practitioner/lege").count(), 1, "{out}");
    assert_eq!(out.matches(ONE).count(), 3, "identifier value, text and valueString stay: {out}");
    let mut same = parsed(&text);
    assert_eq!(same.rewrite_references(&map), 5);
    assert_eq!(references(&same).map(|r| r.value.to_owned()).filter(|v| v == "Patient/kari").count(), 3);
}

#[test]
fn references_are_found_with_their_place() {
    let text = r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},
        "subject":{"reference":"Patient/1"},"performer":[{"display":"x"},{"reference":"Practitioner?name=y"}]}}]}"#;
    let found: Vec<_> = references(&parsed(text)).map(|r| (r.expression, r.value.to_owned())).collect();
    assert_eq!(
        found,
        [
            ("Bundle.entry[0].resource.subject".to_owned(), "Patient/1".to_owned()),
            ("Bundle.entry[0].resource.performer[1]".to_owned(), "Practitioner?name=y".to_owned()),
        ]
    );
}

#[test]
fn the_entries_of_a_bundle_are_resources_of_their_own() {
    let text = r#"{"resourceType":"Bundle","type":"transaction","entry":[
        {"fullUrl":"urn:uuid:a","resource":{"resourceType":"Patient","id":"p"},"request":{"method":"PUT","url":"Patient/p","ifMatch":"W/\"1\""}},
        {"request":{"method":"DELETE","url":"Patient/q"}}]}"#;
    let entries = parsed(text).into_entries();
    assert_eq!(entries.len(), 2);
    let first = entries[0].resource.as_ref().unwrap();
    assert_eq!((first.resource_type(), first.raw()), (ResourceType::PATIENT, r#"{"resourceType":"Patient","id":"p"}"#));
    let request = entries[0].request.as_ref().unwrap();
    assert_eq!(
        (request.method.as_str(), request.url.as_str(), request.if_match.as_deref()),
        ("PUT", "Patient/p", Some("W/\"1\""))
    );
    assert_eq!(entries[0].full_url.as_deref(), Some("urn:uuid:a"));
    assert!(entries[1].resource.is_none());
}

#[test]
fn an_id_can_be_set_before_anything_is_derived_from_it() {
    for text in [r#"{"resourceType":"Patient"}"#, r#"{"resourceType":"Patient","id":"old"}"#] {
        let mut patient = parsed(text);
        patient.set_id(&"new".parse().unwrap());
        assert_eq!(patient.id().unwrap().as_str(), "new");
        assert_eq!(varde_fhir::compartment_patient(&patient).unwrap().as_str(), "new");
    }
}
