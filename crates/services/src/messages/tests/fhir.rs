use serde_json::{Value, json};
use varde_rights::Service;

use super::super::drafts::DraftFile;
use super::super::fhir::{self, Names, Writing};
use super::super::files::FileKind;
use super::super::model::{Kind, Persons, Place, Status, Step};
use super::{communication, read};

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

#[test]
fn what_is_sent_reads_back_as_what_was_written() {
    let (kari, per) = ("kari".parse().unwrap(), "per".parse().unwrap());
    let persons = Persons { patient: &kari, by: &per, name: "Per Nordmann" };
    let (id, root) = ("m1".parse().unwrap(), "r".parse().unwrap());
    let to = [("HealthcareService/office".to_owned(), "Torget legesenter".to_owned())];
    let file = DraftFile { id: "f".into(), name: "Kne.jpg".into(), kind: FileKind::Jpeg, bytes: 3 };
    let files = [("b1".parse().unwrap(), file)];
    let writing = Writing {
        id: &id,
        kind: Some(Kind::Consultation),
        service: Service::Consultations,
        shared: true,
        topic: Some(" Kne "),
        text: " Vondt\n\ni kneet ",
        answers: Some((&root, &root)),
        to: &to,
        files: &files,
    };
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let sent = fhir::communication(&writing, persons, now);
    let message = read(&sent);
    assert_eq!((message.kind, message.service), (Some(Kind::Consultation), Service::Consultations));
    assert_eq!((message.status, message.topic.as_deref()), (Status::Underway, Some("Kne")));
    assert_eq!(message.text, ["Vondt\n\ni kneet"]);
    assert_eq!(
        (message.part_of.as_ref(), message.answers.as_ref(), message.sent),
        (Some(&root), Some(&root), Some(now))
    );
    assert!(message.is_from_citizen() && !message.is_unopened() && message.opened.is_none());
    let attached = &message.attachments[0];
    assert_eq!((attached.title.as_str(), attached.content_type.as_deref()), ("Kne.jpg", Some("image/jpeg")));
    assert_eq!((attached.bytes, &attached.place), (Some(3), &Place::Binary("b1".parse().unwrap())));
    let binary = fhir::file(&files[0].0, &files[0].1, "/9j/", &writing, &kari);
    assert_eq!(
        (&binary["meta"]["tag"][0]["code"], &binary["meta"]["security"][0]["code"]),
        (&json!("consultations"), &json!("N"))
    );
    assert!(fhir::is_ruled(&bytes(&binary)) && fhir::binary(&bytes(&binary), &id, &kari).as_deref() == Some("/9j/"));
    assert_eq!(fhir::binary(&bytes(&binary), &id, &per), None, "nobody else's");
    assert_eq!(sent["meta"]["security"][0]["code"], "N");
    assert_eq!(sent["subject"]["reference"], "Patient/kari");
    assert_eq!(sent["sender"]["reference"], "Patient/per");
    let task = fhir::task(&"t".parse().unwrap(), &writing, persons, "2026-11-27".parse().unwrap(), now);
    let errand = fhir::errand(&bytes(&task), 1).unwrap().unwrap();
    assert_eq!((errand.message.as_str(), errand.step), ("m1", Step::Waiting));
    assert_eq!(errand.answer_by.unwrap().to_string(), "2026-11-27");
    assert_eq!(task["meta"]["security"][0]["code"], "N");
    let plain = Writing { shared: false, topic: None, answers: None, to: &[], files: &[], ..writing };
    let plain = fhir::communication(&plain, persons, now);
    assert!(["meta", "topic", "recipient", "partOf"].iter().all(|name| plain.get(name).is_none()), "{plain}");
}

#[test]
fn what_others_send_is_shown_however_strange() {
    let names = {
        let mut names = Names::default();
        let doctor = json!({"name": [{"given": ["Kari"], "family": "Lege"}]});
        names.add("Practitioner", &"d".parse().unwrap(), &bytes(&doctor));
        names.add("Organization", &"h".parse().unwrap(), &bytes(&json!({"name": "Sykehuset"})));
        names
    };
    let body = json!({
        "id": "m", "status": "completed",
        "topic": {"coding": [{"code": "x", "display": "Innkalling"}]},
        "category": [{"coding": [{"system": "urn:varde:message", "code": "letter"}]}],
        "sender": {"reference": "Practitioner/d"},
        "sent": "2026-11-20",
        "payload": [{"contentAttachment": {"title": "Brev.pdf", "contentType": "application/pdf", "data": "JVBERg=="}}, {"contentReference": {}}, {"contentString": "Hei"}],
    });
    let message = fhir::message(&bytes(&body), 1, &names).unwrap().unwrap();
    assert_eq!((message.topic.as_deref(), message.is_letter), (Some("Innkalling"), true));
    assert_eq!(message.from.clone().unwrap().name.as_deref(), Some("Kari Lege"));
    assert_eq!(message.sent.unwrap().to_string(), "2026-11-20T11:00:00Z", "noon in Norway");
    let files: Vec<(&str, &Place)> =
        message.attachments.iter().map(|file| (file.title.as_str(), &file.place)).collect();
    assert_eq!(files, [("Brev.pdf", &Place::Here), ("", &Place::Elsewhere)]);
    assert_eq!(fhir::data(&bytes(&body), 0).as_deref(), Some("JVBERg=="));
    assert_eq!((fhir::data(&bytes(&body), 1), fhir::data(&bytes(&body), 2)), (None, None));
    assert!(message.is_unopened());
    let bare = read(&json!({"id": "m"}));
    assert_eq!((bare.from, bare.sent, bare.text.len(), bare.topic), (None, None, 0, None));
    assert!(fhir::message(b"[]", 1, &names).is_err());
    let event = json!({"id": "e", "topic": {"coding": [{"system": "urn:varde:event", "code": "appointment-booked"}]}});
    assert_eq!(fhir::message(&bytes(&event), 1, &names).unwrap(), None, "an event is no message");
}

#[test]
fn marking_as_opened_changes_nothing_else() {
    let body = br#"{"resourceType":"Communication","id":"m","payload":[{"contentString":"x"}],"extension":[{"url":"urn:x","valueDecimal":1.00}]}"#;
    let opened = fhir::opened(body, "kari", "2026-11-21T09:00:00Z".parse().unwrap()).unwrap();
    let again = fhir::opened(&opened, "per", "2026-11-22T09:00:00Z".parse().unwrap()).unwrap();
    for text in [&opened, &again].map(|body| String::from_utf8(body.clone()).unwrap()) {
        assert!(text.contains(r#""valueDecimal":1.00"#), "{text}");
        assert!(text.contains(r#""received":"2026-11-21T09:00:00Z""#), "when the first opened it: {text}");
    }
    let message = fhir::message(&again, 1, &Names::default()).unwrap().unwrap();
    assert_eq!(message.opened_by, ["kari", "per"]);
}

#[test]
fn the_offices_answer_on_the_task_is_read() {
    let errand = |status: &str| {
        let task = json!({"id": "t", "status": status, "focus": {"reference": "Communication/m"},
            "statusReason": {"text": "Kom hit"}, "restriction": {"period": {"end": "2026-11-27T23:59:59+01:00"}}});
        fhir::errand(&bytes(&task), 1).unwrap().unwrap()
    };
    for (status, step) in [
        ("requested", Step::Waiting),
        ("received", Step::TakenIn),
        ("accepted", Step::TakenIn),
        ("in-progress", Step::Begun),
        ("completed", Step::Done),
        ("rejected", Step::Refused),
        ("something-new", Step::Waiting),
    ] {
        assert_eq!(errand(status).step, step, "{status}");
    }
    assert_eq!(errand("rejected").reason.as_deref(), Some("Kom hit"));
    assert_eq!(errand("rejected").answer_by.unwrap().to_string(), "2026-11-27");
    assert_eq!(fhir::errand(br#"{"id":"t","status":"requested"}"#, 1).unwrap(), None);
}

#[test]
fn a_message_in_a_conversation_is_no_letter_to_everybody() {
    let message = read(&communication("m", "Practitioner/d", "2026-11-20T09:00:00Z"));
    assert!(!message.is_letter && message.is_unopened());
    let mut theirs = communication("m", "Practitioner/d", "2026-11-20T09:00:00Z");
    theirs["received"] = json!("2026-11-20T10:00:00Z");
    assert!(!read(&theirs).is_unopened());
}
