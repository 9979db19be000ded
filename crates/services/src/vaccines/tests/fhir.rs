use serde_json::json;

use super::super::fhir;
use super::super::model::{Disease, State};
use super::{dose, immunization};

#[test]
fn a_vaccination_is_read_whole() {
    let read = dose(&immunization(
        "i1",
        "J07BD52",
        json!({"lotNumber": "A1", "manufacturer": {"display": "Fabrikk"}, "protocolApplied": [
            {"series": "Program", "doseNumberPositiveInt": 2, "seriesDosesPositiveInt": 3}]}),
    ));
    assert_eq!(read.diseases, [Disease::Measles, Disease::Mumps, Disease::Rubella]);
    assert_eq!((read.number.as_deref(), read.of.as_deref()), (Some("2"), Some("3")));
    assert_eq!((read.batch.as_deref(), read.maker.as_deref()), (Some("A1"), Some("Fabrikk")));
    assert_eq!(read.place.as_deref(), Some("Sagene helsestasjon"));
    assert_eq!(read.day().unwrap().to_string(), "2020-05-04");
    assert!(read.is_given() && !read.is_told);
}

#[test]
fn strange_ones_are_read_as_far_as_they_go() {
    let bare =
        json!({"resourceType": "Immunization", "id": "x", "status": "completed", "occurrenceString": "som barn"});
    let read = dose(&bare);
    assert_eq!((read.name.as_deref(), read.diseases.len(), read.day()), (None, 0, None));
    assert_eq!(read.day_in_figures(), Some("som barn"));
    let by_disease = dose(&json!({"resourceType": "Immunization", "id": "x", "status": "completed",
        "vaccineCode": {"text": "Noe"}, "occurrenceDateTime": "2011-08",
        "protocolApplied": [{"doseNumberString": "boost", "targetDisease": [
            {"coding": [{"system": "http://snomed.info/sct", "code": "14189004"}]}]}]}));
    assert_eq!(
        (by_disease.diseases.as_slice(), by_disease.number.as_deref()),
        (&[Disease::Measles][..], Some("boost"))
    );
    assert_eq!((by_disease.day(), by_disease.day_in_figures()), (None, Some("2011-08")));
    let code_alone = dose(&immunization("i", "J07XX99", json!({"vaccineCode": {"coding": [{"code": "J07XX99"}]}})));
    assert_eq!(code_alone.name, None, "a code is no name");
    for wrong in [&b"{"[..], b"[]", br#"{"resourceType":"Patient","id":"p"}"#] {
        assert!(fhir::dose(wrong).is_err());
    }
}

#[test]
fn one_that_was_not_given_says_why_and_one_that_was_told_says_so() {
    let read =
        dose(&immunization("i", "J07BD52", json!({"status": "not-done", "statusReason": {"text": "Ønsket ikke"}})));
    assert_eq!(read.state, State::NotGiven(Some("Ønsket ikke".into())));
    assert!(dose(&immunization("i", "J07BD52", json!({"primarySource": false}))).is_told);
    assert_eq!(dose(&immunization("i", "J07BD52", json!({"status": "entered-in-error"}))).state, State::Withdrawn);
}

#[test]
fn synthea_s_vaccination_protects_against_what_its_cvx_code_says() {
    let read = dose(&json!({"resourceType": "Immunization", "id": "s", "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "20", "display": "DTaP"}], "text": "DTaP"},
        "patient": {"reference": "Patient/kari"}, "occurrenceDateTime": "2011-08-14T01:34:45+02:00",
        "primarySource": true, "location": {"display": "PCP167083"}}));
    assert_eq!(read.diseases, [Disease::Diphtheria, Disease::Tetanus, Disease::Pertussis]);
    assert_eq!(read.place.as_deref(), Some("PCP167083"));
}

#[test]
fn a_person_without_a_birth_day_is_nobody_the_programme_can_speak_of() {
    let of = |born: serde_json::Value| {
        let body = json!({"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": born,
            "name": [{"use": "old", "family": "Berg"}, {"use": "official", "family": "Dal", "given": ["Kari", "Anne"]}]});
        fhir::person(body.to_string().as_bytes()).unwrap()
    };
    let person = of(json!("1980-03-04")).unwrap();
    assert_eq!((person.name.0.as_str(), person.name.1.len(), person.is_male), ("Dal", 2, Some(false)));
    assert_eq!(of(json!("1980")), None);
}
