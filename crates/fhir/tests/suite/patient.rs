use varde_fhir::json::Limits;
use varde_fhir::view::{PatientView, PeriodView, RelatedPersonView};
use varde_fhir::{Parsed, compartment_patient};

fn parsed(text: &str) -> Parsed<'_> {
    Parsed::parse_stored(text.as_bytes(), &Limits::default()).unwrap()
}

#[test]
fn a_resource_belongs_to_the_patient_it_is_about() {
    for (text, patient) in [
        (r#"{"resourceType":"Patient","id":"kari"}"#, Some("kari")),
        (r#"{"resourceType":"Patient"}"#, None),
        (r#"{"resourceType":"Organization","id":"o"}"#, None),
        (r#"{"resourceType":"Observation","subject":{"reference":"Patient/kari"}}"#, Some("kari")),
        (r#"{"resourceType":"Observation","subject":{"reference":"Patient/kari/_history/3"}}"#, Some("kari")),
        (r#"{"resourceType":"Observation","subject":{"reference":"http://other.no/Patient/kari"}}"#, None),
        (r#"{"resourceType":"Observation","subject":{"reference":"urn:uuid:x"}}"#, None),
        (r##"{"resourceType":"Observation","subject":{"reference":"#p"}}"##, None),
        (
            r#"{"resourceType":"Observation","subject":{"reference":"Group/g"},"performer":[{"reference":"Patient/ola"}]}"#,
            Some("ola"),
        ),
        (
            r#"{"resourceType":"Observation","subject":{"reference":"Patient/kari"},"performer":[{"reference":"Patient/ola"}]}"#,
            Some("kari"),
        ),
        (
            r#"{"resourceType":"Communication","sender":{"reference":"Patient/a"},"recipient":[{"reference":"Patient/a"}]}"#,
            Some("a"),
        ),
        (
            r#"{"resourceType":"Communication","sender":{"reference":"Patient/a"},"recipient":[{"reference":"Patient/b"}]}"#,
            None,
        ),
        (
            r#"{"resourceType":"Coverage","beneficiary":{"reference":"Patient/child"},"policyHolder":{"reference":"Patient/parent"}}"#,
            Some("child"),
        ),
        (
            r#"{"resourceType":"Appointment","participant":[{"actor":{"reference":"Practitioner/d"}},{"actor":{"reference":"Patient/kari"}}]}"#,
            Some("kari"),
        ),
        (r#"{"resourceType":"ResearchSubject","individual":{"reference":"Patient/kari"}}"#, Some("kari")),
        (r#"{"resourceType":"RelatedPerson","patient":{"reference":"Patient/child"}}"#, Some("child")),
        (r#"{"resourceType":"Device","patient":{"reference":"Patient/kari"}}"#, Some("kari")),
        (r#"{"resourceType":"Task","for":{"reference":"Patient/kari"}}"#, Some("kari")),
    ] {
        assert_eq!(compartment_patient(&parsed(text)).as_ref().map(|p| p.as_str()), patient, "{text}");
    }
}

#[test]
fn a_patient_is_read_through_its_view() {
    let text = r#"{"resourceType":"Patient","id":"kari","meta":{"security":[{"system":"http://s","code":"R"}]},
        "identifier":[{"system":"urn:oid:2.16.578.1.12.4.1.4.1","value":"1"},{"system":"urn:x","value":"2"}],
        "name":[{"use":"old","family":"Hansen"},{"use":"official","family":"Nordmann","given":["Kari","Å"]},{"use":"usual","text":"Kari N."}],
        "birthDate":"1990-02-03","deceasedDateTime":"2026-01",
        "address":[{"use":"home","line":["Storgata 1","H0101"],"postalCode":"0155","city":"Oslo","district":"Oslo",
          "_district":{"extension":[{"url":"http://hl7.no/fhir/StructureDefinition/no-basis-municipalitycode","valueCoding":{"code":"0301"}}]}},{"district":"Bergen"}],
        "generalPractitioner":[{"reference":"PractitionerRole/lege"}]}"#;
    let resource = parsed(text);
    let patient = PatientView::new(&resource).unwrap();
    assert_eq!(patient.name("official").map(|n| n.full()), Some("Kari Å Nordmann".to_owned()));
    assert_eq!(patient.shown_name().map(|n| n.full()), Some("Kari N.".to_owned()));
    assert_eq!(patient.birth_date(), Some("1990-02-03"));
    assert_eq!(patient.birth_day().map(|d| d.to_string()), Some("1990-02-03".to_owned()));
    assert_eq!(patient.national_id(), None, "the control digits do not fit");
    assert!(patient.is_deceased());
    assert_eq!(patient.general_practitioners().collect::<Vec<_>>(), ["PractitionerRole/lege"]);
    assert_eq!(patient.security_labels().map(|c| c.code).collect::<Vec<_>>(), ["R"]);
    let addresses: Vec<_> = patient.addresses().collect();
    assert_eq!(addresses[0].lines().collect::<Vec<_>>(), ["Storgata 1", "H0101"]);
    assert_eq!((addresses[0].postal_code(), addresses[0].municipality()), (Some("0155"), Some("0301")));
    assert_eq!(addresses[1].municipality(), Some("Bergen"));
    assert!(RelatedPersonView::new(&resource).is_none());
}

#[test]
fn a_related_person_is_read_through_its_view() {
    let number = (100..200).find_map(|serial| varde_base::NationalId::synthetic(1, 2, 85, serial)).unwrap();
    let text = format!(
        r#"{{"resourceType":"RelatedPerson","active":true,"patient":{{"reference":"Patient/child"}},
        "identifier":[{{"system":"urn:oid:2.16.578.1.12.4.1.4.1","value":"{}"}}],"name":[{{"family":"Nordmann"}}],
        "relationship":[{{"coding":[{{"system":"http://r","code":"PRN"}}]}}],"period":{{"start":"2020-01-01"}}}}"#,
        number.as_str()
    );
    let resource = parsed(&text);
    let person = RelatedPersonView::new(&resource).unwrap();
    assert_eq!(person.patient().unwrap().as_str(), "child");
    assert_eq!(person.national_id(), Some(number));
    assert_eq!(person.relationships().map(|c| c.code).collect::<Vec<_>>(), ["PRN"]);
    assert_eq!((person.active(), person.period()), (Some(true), PeriodView { start: Some("2020-01-01"), end: None }));
    assert_eq!(person.name().unwrap().full(), "Nordmann");
}
