use serde_json::{Value, json};

use super::super::fhir;
use super::super::model::{Document, Form, Kind, Place, State};
use super::{composition, note};

fn document(body: &Value) -> Document {
    fhir::document(body.to_string().as_bytes()).unwrap()
}

#[test]
fn a_norwegian_document_is_read_with_kind_unit_and_writer() {
    let read = document(&note("d1", "Hei", json!({"context": {"encounter": [{"reference": "Encounter/e1"}]}})));
    assert_eq!((read.form, read.kind, read.state), (Form::Reference, Kind::Note, State::Current));
    assert_eq!((read.title.as_deref(), read.unit.as_deref()), (Some("Notat d1"), Some("Skogen legesenter")));
    assert_eq!(
        (read.authors.as_slice(), read.visit.as_ref().map(|id| id.as_str())),
        (&["Ole Lie".to_owned()][..], Some("e1"))
    );
    assert_eq!(read.attachments[0].content_type.as_deref(), Some("text/plain"));
    assert_eq!(read.attachments[0].place, Place::Here);
}

#[test]
fn codes_of_volven_9602_and_loinc_become_kinds_people_know() {
    let of = |system: &str, code: &str| {
        document(&note("d", "", json!({"type": {"coding": [{"system": system, "code": code}]}}))).kind
    };
    for (code, expected) in [
        ("A00-1", Kind::Discharge),
        ("A03-2", Kind::Discharge),
        ("A01-2", Kind::Plan),
        ("B01-2", Kind::Plan),
        ("B03-2", Kind::Note),
        ("C04-2", Kind::Results),
        ("D05-2", Kind::Results),
        ("E01-2", Kind::Images),
        ("F02-2", Kind::Treatment),
        ("I01-2", Kind::Letter),
        ("J01-2", Kind::Certificate),
        ("S01-2", Kind::Other),
        ("", Kind::Other),
    ] {
        assert_eq!(of("urn:oid:2.16.578.1.12.4.1.1.9602", code), expected, "{code}");
    }
    assert_eq!(of("http://loinc.org", "18842-5"), Kind::Discharge);
    assert_eq!(of("urn:varde:request", "own-statement"), Kind::Own);
}

#[test]
fn a_real_synthea_note_has_a_name_in_our_words_and_no_code() {
    // From ../shared/data/synthea-blaze120 (Apache-2.0), shortened; its references are rewritten at the door.
    let body = json!({"resourceType": "DocumentReference", "id": "3e94d08e", "status": "superseded",
        "type": {"coding": [
            {"system": "http://loinc.org", "code": "34117-2", "display": "History and physical note"},
            {"system": "http://loinc.org", "code": "51847-2", "display": "Evaluation+Plan note"}]},
        "category": [{"coding": [{"code": "clinical-note", "display": "Clinical Note"}]}],
        "subject": {"reference": "Patient/p"}, "date": "1964-01-15T17:37:24.286+01:00",
        "author": [{"reference": "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999999949", "display": "Dr. Tuan998 Fadel536"}],
        "custodian": {"reference": "Organization?identifier=x|y", "display": "CAPE COD HOSPITAL"},
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": "CjE5NjQ="}}],
        "context": {"encounter": [{"reference": "Encounter/182b5cf2"}]}});
    let read = document(&body);
    assert_eq!((read.title.clone(), read.kind, read.state), (None, Kind::Note, State::Superseded));
    assert_eq!(read.unit.as_deref(), Some("CAPE COD HOSPITAL"));
    assert_eq!(read.authors, ["Dr. Tuan998 Fadel536"]);
}

#[test]
fn strange_documents_leave_gaps_and_never_fail() {
    let least = document(&json!({"resourceType": "DocumentReference", "id": "d", "status": "current", "content": []}));
    assert_eq!((least.title, least.kind, least.date), (None, Kind::Other, None));
    for (more, expected) in [
        (json!({"status": "entered-in-error"}), State::Withdrawn),
        (json!({"docStatus": "entered-in-error"}), State::Withdrawn),
        (json!({"docStatus": "preliminary"}), State::Preliminary),
        (json!({"docStatus": "amended"}), State::Amended),
        (json!({"status": "superseded", "docStatus": "final"}), State::Superseded),
    ] {
        assert_eq!(document(&note("d", "", more.clone())).state, expected, "{more}");
    }
    let of = |attachment: Value| {
        document(&note("d", "", json!({"content": [{"attachment": attachment}]}))).attachments[0].place.clone()
    };
    assert_eq!(of(json!({"url": "Binary/b1"})), Place::Binary("b1".parse().unwrap()));
    assert_eq!(of(json!({"url": "https://elsewhere.test/Binary/b1"})), Place::Elsewhere);
    assert_eq!(of(json!({})), Place::Elsewhere);
    let language = |tag: &str| {
        let attachment = json!({"language": tag, "data": ""});
        document(&note("d", "", json!({"content": [{"attachment": attachment}]}))).language
    };
    assert_eq!((language("nn-NO").as_deref(), language("\"><b>")), (Some("nn-NO"), None));
    assert!(fhir::document(b"{\"id\": 1}").is_err() && fhir::composition(b"[").is_err() && fhir::visit(b"{}").is_err());
}

#[test]
fn headings_of_a_composition_are_followed_in_order_and_empty_ones_left_out() {
    let inner = json!([{"title": "Medisiner", "section": [{"title": "Faste", "text": {"div": "<div>A</div>"}}]}, {"title": "Tom"}]);
    let body = composition("c1", &[], json!({"section": inner}));
    let titles: Vec<Option<String>> =
        fhir::sections(body.to_string().as_bytes()).unwrap().into_iter().map(|section| section.title).collect();
    assert_eq!(titles, [Some("Medisiner".to_owned()), Some("Faste".to_owned())]);
    let whole = composition("c1", &[], json!({"text": {"status": "generated", "div": "<div>Alt</div>"}}));
    let sections = fhir::sections(whole.to_string().as_bytes()).unwrap();
    assert_eq!(sections.len(), 1, "without headings the whole is shown");
}

#[test]
fn a_binary_is_shown_only_with_the_document_or_the_person_it_says_it_belongs_to() {
    let (document, patient) = ("d1".parse().unwrap(), "kari".parse().unwrap());
    let of = |context: Value| {
        let body = json!({"resourceType": "Binary", "contentType": "application/pdf", "data": "QQ==", "securityContext": context});
        fhir::binary(body.to_string().as_bytes(), &document, &patient)
    };
    assert_eq!(of(json!({"reference": "DocumentReference/d1"})).as_deref(), Some("QQ=="));
    assert_eq!(of(json!({"reference": "Patient/kari"})).as_deref(), Some("QQ=="));
    for other in ["DocumentReference/d2", "Patient/per", "Observation/d1"] {
        assert_eq!(of(json!({"reference": other})), None, "{other}");
    }
    assert_eq!(fhir::binary(br#"{"data": "QQ=="}"#, &document, &patient), None, "one that says nothing is nobody's");
}
