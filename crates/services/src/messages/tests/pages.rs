use serde_json::{Value, json};
use varde_fhir::ResourceType;
use varde_rights::Service;

use super::super::notices::arrived;
use super::{communication, filled, held};
use crate::shared::testing::{Portal, acting_for, parent_of, patient, standing_in_for_dr, visitor};

const LABELS: &str = "urn:oid:2.16.578.1.12.4.1.1.9603";

/// kari with a GP whose office takes in all kinds, and is away in `away`.
pub(super) async fn with_office(portal: &Portal, child: Option<&str>, away: Value) {
    let listed = |mut person: Value| {
        person["generalPractitioner"] = json!([{"reference": "Practitioner/dr", "display": "Ole Lie"}]);
        person
    };
    let offer = |code: &str| json!({"coding": [{"system": "urn:varde:offer", "code": code}]});
    let offers = ["contact", "consultation", "prescription", "record-copy"].map(offer);
    let mut service = json!({"resourceType": "HealthcareService", "id": "office", "characteristic": offers});
    if !away.is_null() {
        service["notAvailable"] = away;
    }
    portal
        .given([
            listed(patient("kari", 1, "1980-03-04")),
            listed(patient("ola", 2, child.unwrap_or("2020-01-01"))),
            parent_of("ola", 1),
            json!({"resourceType": "Practitioner", "id": "dr", "name": [{"family": "Lie", "given": ["Ole"]}]}),
            json!({"resourceType": "Organization", "id": "torget", "name": "Torget legesenter",
                "telecom": [{"system": "phone", "value": "+47 22 00 00 00"}]}),
            service,
            json!({"resourceType": "PractitionerRole", "id": "role", "practitioner": {"reference": "Practitioner/dr"},
                "organization": {"reference": "Organization/torget"},
                "healthcareService": [{"reference": "HealthcareService/office"}]}),
        ])
        .await;
}

pub(super) fn consent(child: &str) -> Value {
    json!({
        "resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": format!("Patient/{child}")},
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "urn:varde:consent", "code": "foreldresamtykke"}]}],
        "provision": {"type": "permit", "period": {"start": "2025-09-07", "end": "2028-09-06"}},
    })
}

/// As [`communication`], about somebody else.
pub(super) fn about(id: &str, patient: &str, label: Option<&str>) -> Value {
    let mut body = communication(id, "Practitioner/dr", "2026-11-20T09:00:00Z");
    body["subject"] = json!({"reference": format!("Patient/{patient}")});
    body["recipient"] = json!([{"reference": format!("Patient/{patient}")}]);
    if let Some(label) = label {
        body["meta"] = json!({"security": [{"system": LABELS, "code": label}]});
    }
    body
}

#[tokio::test]
async fn a_message_is_unread_until_it_has_been_opened_and_the_sender_can_see_it() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    portal.given([about("new", "kari", None)]).await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/messages").await;
    assert!(page.contains("/messages/new") && page.contains("Ulest") && page.contains("ME-1"), "{page}");
    assert!(portal.get(&kari, "/").await.1.contains("Uleste meldinger"));
    let (status, page) = portal.get(&kari, "/messages/new").await;
    assert!(status == 200 && page.contains("tekst i new"), "{page}");
    for link in ["/requests/new?item=Communication/new", "/who-can-see/Communication/new"] {
        assert!(page.contains(link), "{link}: {page}");
        assert_eq!(portal.get(&kari, link).await.0, 200, "{link}");
    }
    let (_, page) = portal.get(&kari, "/messages").await;
    assert!(page.contains("/messages/new") && !page.contains("Ulest"), "{page}");
    assert!(!portal.get(&kari, "/").await.1.contains("Uleste meldinger"));
}

#[tokio::test]
async fn nobody_elses_message_is_there() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    portal.given([patient("per", 3, "1970-01-01"), about("hers", "per", None)]).await;
    let kari = visitor("kari", 1);
    assert_eq!(portal.get(&kari, "/messages/hers").await.0, 404);
    assert_eq!(portal.post(&kari, "/messages/hers", &[("text", "hei"), ("form_key", "k")]).await.0, 404);
    assert!(!portal.get(&kari, "/messages").await.1.contains("/messages/hers"));
}

#[tokio::test]
async fn an_empty_inbox_says_so_and_a_message_of_which_hardly_anything_is_known_is_shown() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    assert!(portal.get(&kari, "/messages").await.1.contains("Ingen meldinger"));
    let bare = json!({"resourceType": "Communication", "id": "bare", "status": "completed",
        "subject": {"reference": "Patient/kari"}, "payload": [{"contentReference": {"reference": "DocumentReference/x"}}]});
    let event = json!({"resourceType": "Communication", "id": "event", "status": "completed",
        "subject": {"reference": "Patient/kari"}, "sent": "2026-11-20T09:00:00Z",
        "topic": {"coding": [{"system": "urn:varde:event", "code": "appointment-booked"}]}});
    portal.given([bare, event]).await;
    let (_, page) = portal.get(&kari, "/messages").await;
    assert!(page.contains("/messages/bare") && !page.contains("/messages/event"), "{page}");
    let (status, page) = portal.get(&kari, "/messages/bare").await;
    assert!(
        status == 200 && page.contains("Helsetjenesten") && page.contains("Et vedlegg kan ikke vises her"),
        "{page}"
    );
    assert_eq!(portal.get(&kari, "/messages/event").await.0, 404);
}

#[tokio::test]
async fn a_consultation_shows_price_and_deadline_before_it_is_sent_and_pressing_twice_sends_once() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/messages/write/consultation").await;
    // 21 November 2026 is a Saturday.
    for words in
        ["170 kroner", "226 kroner", "fredag 27. november 2026", "116\u{a0}117", "Ole Lie", "Torget legesenter"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let fields = [("topic", "Kne"), ("text", "Vondt i kneet"), ("form_key", "one")];
    let (status, first) = portal.post(&kari, "/messages/write/consultation", &fields).await;
    let (again, second) = portal.post(&kari, "/messages/write/consultation", &fields).await;
    assert_eq!((status.as_u16(), again.as_u16(), &first), (303, 303, &second));
    let (_, page) = portal.get(&kari, &first).await;
    for words in
        ["Meldingen er sendt", "Vondt i kneet", "Sendt. Kontoret har ikke tatt imot den ennå", "Skriv mer", "EC-1"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(portal.get(&kari, "/messages").await.1.matches("item-title").count(), 1);
}

#[tokio::test]
async fn what_it_takes_stands_before_what_is_to_be_filled_in_and_who_stands_in_is_said() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/messages/write/consultation").await;
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
    let first_field = place("name=\"topic\"");
    for words in ["170 kroner", "Har du frikort", "fredag 27. november 2026"] {
        assert!(place(words) < first_field, "{words}: {page}");
    }
    assert!(!page.contains("2024") && !page.contains("vikar"), "{page}");
    portal.given(standing_in_for_dr()).await;
    for kind in ["consultation", "contact"] {
        let (_, page) = portal.get(&kari, &format!("/messages/write/{kind}")).await;
        let words = "Fastlegen er borte til og med 24. desember 2026. Ola Vik er vikar så lenge.";
        assert!(page.contains(words), "{kind}: {page}");
    }
}

#[tokio::test]
async fn a_message_is_taken_back_until_the_office_has_opened_it() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let send = |key: &'static str| [("topic", "Attest"), ("text", "Jeg trenger"), ("form_key", key)];
    let (_, to) = portal.post(&kari, "/messages/write/contact", &send("a")).await;
    let sent = to.split('?').next().unwrap().to_owned();
    let withdraw = format!("{sent}/withdraw");
    assert!(portal.get(&kari, &sent).await.1.contains(&withdraw));
    assert_eq!(portal.post(&visitor("ola", 2), &withdraw, &[]).await.0, 404, "nobody else's");
    for _ in 0..2 {
        let (status, to) = portal.post(&kari, &withdraw, &[]).await;
        assert_eq!((status.as_u16(), to), (303, format!("{sent}?done=withdrawn")), "twice is once");
    }
    let (_, page) = portal.get(&kari, &format!("{sent}?done=withdrawn")).await;
    assert!(page.contains("Meldingen er trukket tilbake") && !page.contains(&withdraw), "{page}");
    assert!(!page.contains("<textarea"), "there is nothing left to write more to: {page}");
    assert!(portal.get(&kari, "/messages").await.1.contains("Trukket tilbake"));
    assert_eq!(
        portal.found_by("the office", ResourceType::TASK, "kari").await,
        1,
        "the office sees that it is called off"
    );

    let (_, to) = portal.post(&kari, "/messages/write/contact", &send("b")).await;
    let sent = to.split('?').next().unwrap();
    let mut opened = communication(sent.trim_start_matches("/messages/"), "Patient/kari", "2026-11-21T09:00:00Z");
    opened["received"] = json!("2026-11-21T09:30:00Z");
    portal.sent_by("the office", opened).await;
    let (_, to) = portal.post(&kari, &format!("{sent}/withdraw"), &[]).await;
    assert_eq!(to, format!("{sent}?done=too-late"));
    assert!(portal.get(&kari, &to).await.1.contains("for sent å trekke den tilbake"));
}

#[tokio::test]
async fn a_file_that_came_with_a_message_is_kept_and_never_opened_here() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let mut letter = about("letter", "kari", None);
    letter["payload"] = json!([{"contentString": "Se vedlegget"},
        {"contentAttachment": {"title": "Brev", "contentType": "application/pdf", "data": "JVBERi0xLjQ="}},
        {"contentAttachment": {"contentType": "text/html", "data": "PHNjcmlwdD4="}}, {"contentReference": {"display": "Bilde"}}]);
    let mut comment = about("comment", "kari", None);
    comment["category"] = json!([{"coding": [{"system": "urn:varde:service", "code": "results"}]}]);
    comment["payload"] = letter["payload"].clone();
    portal.given([letter, comment, patient("per", 3, "1970-01-01")]).await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/messages/letter").await;
    for words in ["download>Brev</a>", "/messages/letter/file/1", "Fil 2", "Et vedlegg kan ikke vises her: Bilde"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(portal.get(&kari, "/messages/letter/file/0").await.1, "%PDF-1.4");
    for path in
        ["/messages/letter/file/2", "/messages/letter/file/9", "/messages/letter/file/x", "/messages/comment/file/0"]
    {
        assert_eq!(portal.get(&kari, path).await.0, 404, "{path}");
    }
    assert_eq!(portal.get(&visitor("per", 3), "/messages/letter/file/0").await.0, 404);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let fields = [("topic", ""), ("text", "Dette <skrev> jeg"), ("form_key", "k")];
    let (status, page) = portal.post(&kari, "/messages/write/contact", &fields).await;
    assert_eq!(status, 422);
    assert!(page.contains("href=\"#topic\"") && page.contains("Dette &lt;skrev&gt; jeg</textarea>"), "{page}");
    assert!(!page.contains("kroner"), "a question to the office costs nothing here: {page}");
}

#[tokio::test]
async fn a_draft_is_kept_until_it_is_sent_or_thrown_away() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let save = [("topic", "Attest"), ("text", "Jeg trenger"), ("form_key", "a"), ("then", "save")];
    let (_, to) = portal.post(&kari, "/messages/write/contact", &save).await;
    let (_, page) = portal.get(&kari, &to).await;
    assert!(page.contains("Utkastet er lagret") && page.contains("/messages/write/contact"), "{page}");
    assert!(page.contains("Ingen meldinger"), "a draft is no conversation: {page}");
    let (_, page) = portal.get(&kari, "/messages/write/contact").await;
    assert!(page.contains("value=\"Attest\"") && page.contains("Jeg trenger</textarea>"), "{page}");
    let (send, of_draft) = ([("topic", "Attest"), ("text", "Jeg trenger en attest"), ("form_key", "b")], held(&page));
    assert_eq!(portal.post(&kari, "/messages/write/contact", &filled(&send, &of_draft)).await.0, 303);
    let (_, page) = portal.get(&kari, "/messages").await;
    assert!(!page.contains("Utkast") && page.contains("Attest"), "{page}");
    portal.post(&kari, "/messages/write/contact", &save).await;
    let of_draft = held(&portal.get(&kari, "/messages/write/contact").await.1);
    let discard = [("then", "discard"), ("form_key", "c")];
    portal.post(&kari, "/messages/write/contact", &filled(&discard, &of_draft)).await;
    assert!(!portal.get(&kari, "/messages").await.1.contains("Utkast"));
    assert!(!portal.get(&kari, "/messages/write/contact").await.1.contains("Jeg trenger"));
}

#[tokio::test]
async fn a_draft_is_nobodys_but_the_writers() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    portal.given([parent_of("ola", 3), patient("per", 3, "1980-01-01")]).await;
    let mother = acting_for(visitor("kari", 1), "ola");
    let save = [("topic", "Attest"), ("text", "Noe hemmelig"), ("form_key", "a"), ("then", "save")];
    assert_eq!(portal.post(&mother, "/messages/write/contact", &save).await.0, 303);
    assert!(portal.get(&mother, "/messages").await.1.contains("Attest"));
    let father = acting_for(visitor("per", 3), "ola");
    for other in [&father, &visitor("ola", 2), &visitor("kari", 1)] {
        for path in ["/messages", "/messages/write/contact"] {
            let (_, page) = portal.get(other, path).await;
            assert!(!page.contains("Attest") && !page.contains("Noe hemmelig") && !page.contains("Utkast"), "{page}");
        }
    }
    let found = portal.found_by("the office", ResourceType::COMMUNICATION, "ola").await;
    assert_eq!(found, 0, "the office's system reads all there is, and there is nothing");
    portal.clock.set("2027-03-01T09:00:00Z".parse().unwrap());
    assert!(!portal.get(&mother, "/messages").await.1.contains("Attest"), "it is kept for a time only");
}

#[tokio::test]
async fn what_the_doctor_wrote_about_an_answer_is_with_the_answer_and_not_among_the_messages() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let mut comment = about("comment", "kari", None);
    comment["category"] = json!([{"coding": [{"system": "urn:varde:service", "code": "results"}]}]);
    portal.given([comment.clone()]).await;
    let kari = visitor("kari", 1);
    assert!(portal.get(&kari, "/messages").await.1.contains("Ingen meldinger"));
    assert!(!portal.get(&kari, "/").await.1.contains("Uleste meldinger"));
    assert_eq!(portal.get(&kari, "/messages/comment").await.0, 404);
    let (id, patient) = ("comment".parse().unwrap(), "kari".parse().unwrap());
    let (body, now) = (comment.to_string().into_bytes(), "2026-11-21T09:00:00Z".parse().unwrap());
    assert!(
        arrived(&id, &patient, Service::Results, None, &body, now).is_none(),
        "no e-mail tells of a delayed answer"
    );
}

#[tokio::test]
async fn a_closed_office_stays_visible_says_when_it_opens_and_takes_drafts_only() {
    let portal = Portal::new();
    let away = json!([{"description": "Sommerferie", "during": {"start": "2026-11-18", "end": "2026-12-01"}}]);
    with_office(&portal, None, away).await;
    let kari = visitor("kari", 1);
    for path in ["/messages/write", "/messages/write/contact"] {
        let (_, page) = portal.get(&kari, path).await;
        for words in ["onsdag 2. desember 2026", "Sommerferie", "tel:+4722000000"] {
            assert!(page.contains(words), "{path} {words}: {page}");
        }
    }
    let (_, page) = portal.get(&kari, "/messages/write/contact").await;
    assert!(page.contains("value=\"save\"") && !page.contains("Send meldingen"), "{page}");
    let send = [("topic", "Attest"), ("text", "Jeg trenger en attest"), ("form_key", "b")];
    let (status, page) = portal.post(&kari, "/messages/write/contact", &send).await;
    assert!(status == 409 && page.contains("Jeg trenger en attest</textarea>"), "{page}");
    portal.clock.set("2026-12-02T09:00:00Z".parse().unwrap());
    assert_eq!(portal.post(&kari, "/messages/write/contact", &send).await.0, 303);
}

#[tokio::test]
async fn an_answer_reaches_the_one_who_wrote_and_the_conversation_goes_on() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    portal.given([about("ask", "kari", None)]).await;
    let kari = visitor("kari", 1);
    let (status, page) = portal.post(&kari, "/messages/ask", &[("text", ""), ("form_key", "a")]).await;
    assert!(status == 422 && page.contains("href=\"#text\""), "{page}");
    let (_, to) = portal.post(&kari, "/messages/ask", &[("text", "Takk for svaret"), ("form_key", "b")]).await;
    assert_eq!(to, "/messages/ask?done=sent");
    let (_, page) = portal.get(&kari, &to).await;
    assert!(page.contains("Meldingen er sendt") && page.contains("Takk for svaret"), "{page}");
    let mut letter = about("letter", "kari", None);
    letter["category"] = json!([{"coding": [{"system": "urn:varde:message", "code": "letter"}]}]);
    portal.given([letter]).await;
    assert!(!portal.get(&kari, "/messages/letter").await.1.contains("<textarea"), "a letter is not answered");
    assert_eq!(portal.post(&kari, "/messages/letter", &[("text", "Hei"), ("form_key", "c")]).await.0, 409);
}

#[tokio::test]
async fn a_mother_writes_for_a_small_child_for_free() {
    let portal = Portal::new();
    with_office(&portal, Some("2020-01-01"), Value::Null).await;
    let mother = acting_for(visitor("kari", 1), "ola");
    let (_, page) = portal.get(&mother, "/messages/write/consultation").await;
    assert!(page.contains("Det koster ingenting") && !page.contains("170 kroner"), "{page}");
    let fields = [("topic", "Øre"), ("text", "Vondt i øret"), ("form_key", "one")];
    let (_, to) = portal.post(&mother, "/messages/write/consultation", &fields).await;
    let (status, page) = portal.get(&mother, &to).await;
    assert!(status == 200 && page.contains("Vondt i øret") && page.contains("PA-2"), "{page}");
    assert_eq!(portal.get(&visitor("kari", 1), &to).await.0, 404, "as herself she has no such message");
}

#[tokio::test]
async fn of_a_youth_parents_see_and_write_only_what_is_for_both() {
    let portal = Portal::new();
    with_office(&portal, Some("2013-01-01"), Value::Null).await;
    portal.given([about("plain", "ola", None), about("both", "ola", Some("N")), consent("ola")]).await;
    let mother = acting_for(visitor("kari", 1), "ola");
    let youth = visitor("ola", 2);
    for who in [&mother, &youth] {
        let (_, page) = portal.get(who, "/messages").await;
        assert!(page.contains("/messages/both") && !page.contains("/messages/plain"), "{page}");
        assert_eq!(portal.get(who, "/messages/plain").await.0, 404);
        assert_eq!(portal.get(who, "/messages/both").await.0, 200);
    }
    let (_, page) = portal.get(&mother, "/messages/write/contact").await;
    assert!(page.contains("Både du og ola kan lese dette"), "{page}");
    let fields = [("topic", "Time"), ("text", "Kan hen komme?"), ("form_key", "one")];
    let (_, to) = portal.post(&mother, "/messages/write/contact", &fields).await;
    assert!(portal.get(&youth, &to).await.1.contains("Kan hen komme?"), "what she sends is for both");
}

#[tokio::test]
async fn a_youth_reads_by_consent_and_is_not_offered_to_write() {
    let portal = Portal::new();
    with_office(&portal, Some("2012-09-07"), Value::Null).await;
    portal.given([about("both", "ola", Some("N"))]).await;
    let youth = visitor("ola", 2);
    let (_, page) = portal.get(&youth, "/messages").await;
    assert!(!page.contains("/messages/both") && page.contains("Meldingene vises ikke"), "nobody has consented: {page}");
    portal.given([consent("ola")]).await;
    let (_, page) = portal.get(&youth, "/messages").await;
    assert!(page.contains("/messages/both") && page.contains("ME-2") && !page.contains("/messages/write"), "{page}");
    assert!(!portal.get(&youth, "/messages/both").await.1.contains("<textarea"));
    for path in ["/messages/write", "/messages/write/contact"] {
        assert_eq!(portal.get(&youth, path).await.0, 403, "{path}");
    }
    let fields = [("topic", "Hei"), ("text", "Hei"), ("form_key", "one")];
    assert_eq!(portal.post(&youth, "/messages/write/contact", &fields).await.0, 403);
}

#[tokio::test]
async fn a_proxy_needs_the_area_of_digital_services() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let proxy = |area: &str| {
        json!({
            "resourceType": "Consent", "id": "proxy", "status": "active", "patient": {"reference": "Patient/per"},
            "dateTime": "2026-01-01", "scope": {"coding": [{"code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}]}],
            "provision": {"type": "permit", "period": {"start": "2026-01-01"},
                "actor": [{"role": {"text": "proxy"}, "reference": {"reference": "Patient/kari"}}],
                "code": [{"coding": [{"system": "urn:varde:area", "code": area}]}]},
        })
    };
    portal.given([patient("per", 3, "1950-01-01"), about("his", "per", None), proxy("1")]).await;
    let kari = acting_for(visitor("kari", 1), "per");
    assert_eq!(portal.get(&kari, "/messages/his").await.0, 404);
    assert!(portal.get(&kari, "/messages").await.1.contains("Meldingene vises ikke"));
    portal.given([proxy("3")]).await;
    let (status, page) = portal.get(&kari, "/messages/his").await;
    assert!(status == 200 && page.contains("FU-6"), "{page}");
}

#[test]
fn who_is_sent_a_message_is_told_once_and_only_of_what_is_new_to_read() {
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let (id, kari) = ("m".parse().unwrap(), "kari".parse().unwrap());
    let told = |before: Option<&Value>, after: &Value| {
        let bytes = |body: &Value| serde_json::to_vec(body).unwrap();
        let before = before.map(bytes);
        arrived(&id, &kari, Service::Messages, before.as_deref(), &bytes(after), now)
    };
    let new = about("m", "kari", Some("N"));
    let first = told(None, &new).unwrap();
    assert_eq!((first.message.kind.as_str(), first.message.subject), ("message-arrived", Some(kari.clone())));
    assert!(first.message.payload.contains("/messages/m") && !first.message.payload.contains("tekst"));
    let with = |member: &str, value: Value| {
        let mut body = new.clone();
        body[member] = value;
        body
    };
    let draft = with("status", json!("preparation"));
    assert!(told(None, &draft).is_none() && told(Some(&draft), &new).is_some(), "a draft is not sent yet");
    assert!(told(Some(&new), &with("priority", json!("urgent"))).is_none(), "it had arrived before");
    assert!(told(None, &with("received", json!("2026-11-20T10:00:00Z"))).is_none(), "it has been read");
    assert!(told(None, &with("sent", json!("2026-11-14T08:59:59Z"))).is_none(), "history is no news");
    assert!(told(None, &with("sender", json!({"reference": "Patient/kari"}))).is_none(), "her own");
    let event = json!({"coding": [{"system": "urn:varde:event", "code": "message-arrived"}]});
    assert!(told(None, &with("topic", event)).is_none(), "an event tells of no event");
}

#[tokio::test]
async fn something_else_written_in_a_form_one_has_gone_back_to_is_sent_too() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let send = |text: &'static str| [("topic", "Attest"), ("text", text), ("form_key", "a")];
    let (_, first) = portal.post(&kari, "/messages/write/contact", &send("Den ene")).await;
    let (_, second) = portal.post(&kari, "/messages/write/contact", &send("Den andre")).await;
    assert_ne!(first, second);
    assert!(portal.get(&kari, &second).await.1.contains("Den andre"));
    assert_eq!(portal.get(&kari, "/messages").await.1.matches("item-title").count(), 2);
}
