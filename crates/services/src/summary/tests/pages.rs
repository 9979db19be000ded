use serde_json::{Value, json};

use super::{flag, nuts, resource};
use crate::shared::testing::{Portal, acting_for, patient, relations, visitor};

const OFFICE: [&str; 2] = ["Organization/legene", "Sagene legesenter"];

fn with_gp(mut body: Value) -> Value {
    if body["resourceType"] == "Patient" {
        body["generalPractitioner"] = json!([{"reference": OFFICE[0], "display": OFFICE[1]}]);
    }
    body
}

/// Kari, who is 46 and has a GP, with the resources given.
async fn kari_with(bodies: impl IntoIterator<Item = Value>) -> Portal {
    let portal = Portal::new();
    portal.given([with_gp(patient("kari", 1, "1980-03-04"))].into_iter().chain(bodies)).await;
    portal
}

async fn page(portal: &Portal, path: &str) -> String {
    let (status, page) = portal.get(&visitor("kari", 1), path).await;
    assert_eq!(status, 200, "{path}: {page}");
    page
}

#[tokio::test]
async fn critical_information_stands_in_its_groups_by_which_rule_and_nothing_of_others() {
    let portal = kari_with([
        nuts("a1", json!({})),
        flag("f1", "critical-anaesthesia", "Trang luftvei"),
        flag("f2", "other", "Betaler ikke"),
        patient("per", 2, "1970-01-01"),
        nuts("of-per", json!({"patient": {"reference": "Patient/per"}})),
    ])
    .await;
    let list = page(&portal, "/summary").await;
    for words in [
        "Allergier og andre reaksjoner",
        "Nøtter",
        "kan være livstruende",
        "Problemer ved narkose",
        "Trang luftvei",
        "/summary/item/AllergyIntolerance/a1",
        "/summary/suggest",
        "/summary/international",
        "KJ-1",
    ] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(!list.contains("of-per") && !list.contains("Betaler ikke") && !list.contains("Implantater"), "{list}");
    for path in [
        "/summary/item/AllergyIntolerance/of-per",
        "/summary/item/Flag/f2",
        "/summary/item/Patient/kari",
        "/summary/item/X/a1",
    ] {
        assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 404, "{path}");
    }
    let one = page(&portal, "/summary/item/AllergyIntolerance/a1").await;
    for words in [
        "Hevelse, Utslett",
        "Har adrenalinpenn.",
        "Ole Lie",
        "Bekreftet",
        "/who-can-see/AllergyIntolerance/a1",
        "Nøtteallergi",
    ] {
        assert!(one.contains(words), "{words}: {one}");
    }
}

#[tokio::test]
async fn with_nothing_registered_the_page_says_what_to_do() {
    let portal = kari_with([]).await;
    let list = page(&portal, "/summary").await;
    assert!(list.contains("Ingen kritisk informasjon er registrert") && list.contains("/summary/suggest"), "{list}");
}

#[tokio::test]
async fn a_suggestion_goes_to_the_gp_s_office_once_and_can_be_taken_back() {
    let portal = kari_with([nuts("a1", json!({}))]).await;
    let kari = visitor("kari", 1);
    let form = page(&portal, "/summary/suggest?item=AllergyIntolerance/a1").await;
    assert!(
        form.contains(OFFICE[1]) && form.contains("Nøtter") && form.contains("Det som står, er ikke riktig"),
        "{form}"
    );
    assert!(!form.contains("error-summary"), "nothing is wrong yet: {form}");
    let fields =
        [("item", "AllergyIntolerance/a1"), ("wish", "change"), ("words", "Bare <hasselnøtter>"), ("form_key", "k")];
    let (status, place) = portal.post(&kari, "/summary/suggest", &fields).await;
    assert_eq!(status, 303, "{place}");
    assert_eq!(portal.post(&kari, "/summary/suggest", &fields).await.1, place, "sent twice is sent once");
    let sent = page(&portal, &place).await;
    for words in
        ["Forslaget er sendt", "Bare &lt;hasselnøtter&gt;", OFFICE[1], "21. desember 2026", "Trekk forslaget tilbake"]
    {
        assert!(sent.contains(words), "{words}: {sent}");
    }
    let path = place.split('?').next().unwrap();
    let list = page(&portal, "/summary").await;
    assert_eq!(list.matches(path).count(), 1, "{list}");
    let events = page(&portal, "/events").await;
    assert_eq!(events.matches("Forslag til retting er sendt").count(), 1, "{events}");
    assert!(events.contains(path), "{events}");
    let (status, back) = portal.post(&kari, &format!("{path}/withdraw"), &[]).await;
    assert_eq!((status.as_u16(), back.ends_with("?done=withdrawn")), (303, true), "{back}");
    let gone = page(&portal, path).await;
    assert!(gone.contains("Trukket tilbake") && !gone.contains("Trekk forslaget"), "{gone}");
}

#[tokio::test]
async fn a_wrong_form_keeps_what_was_typed_and_points_to_the_field() {
    let portal = kari_with([nuts("a1", json!({}))]).await;
    let kari = visitor("kari", 1);
    let fields = [("item", "AllergyIntolerance/a1"), ("words", "Bare hasselnøtter"), ("form_key", "k")];
    let (status, form) = portal.post(&kari, "/summary/suggest", &fields).await;
    assert_eq!(status, 422);
    assert!(
        form.contains("Velg hva som er galt") && form.contains("Bare hasselnøtter") && form.contains("#wish"),
        "{form}"
    );
    let (status, form) = portal.post(&kari, "/summary/suggest", &[("words", " "), ("form_key", "k")]).await;
    assert!(status == 422 && form.contains("href=\"#words\""), "{form}");
    let other = [("item", "AllergyIntolerance/none"), ("wish", "change"), ("words", "x"), ("form_key", "k")];
    assert_eq!(portal.post(&kari, "/summary/suggest", &other).await.0, 404);
}

#[tokio::test]
async fn without_a_known_gp_there_is_no_form_to_lose_words_in() {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")]).await;
    let form = page(&portal, "/summary/suggest").await;
    assert!(form.contains("Vi vet ikke hvem som er fastlegen din") && !form.contains("<textarea"), "{form}");
}

#[tokio::test]
async fn the_answer_of_the_office_is_an_event_and_stands_on_the_page() {
    let portal = kari_with([]).await;
    let kari = visitor("kari", 1);
    let fields = [("words", "Jeg har pacemaker"), ("form_key", "k")];
    let (_, place) = portal.post(&kari, "/summary/suggest", &fields).await;
    let path = place.split('?').next().unwrap();
    let id: varde_base::ResourceId = path.rsplit('/').next().unwrap().parse().unwrap();
    let before = task(&portal, &id).await;
    let mut after: Value = serde_json::from_slice(&before).unwrap();
    after["status"] = "rejected".into();
    after["statusReason"] = json!({"text": "Vi finner ingen pacemaker."});
    let now = "2026-11-22T09:00:00Z".parse().unwrap();
    let service = varde_rights::Service::SummaryRecord;
    let told = crate::request_answered(&id, service, &before, after.to_string().as_bytes(), now).unwrap();
    assert_eq!(told.message.kind, "suggestion-refused");
    assert!(
        told.message.payload.contains(path) && !told.message.payload.contains("pacemaker"),
        "{}",
        told.message.payload
    );
    assert!(crate::request_answered(&id, service, &before, &before, now).is_none(), "nothing changed");
    portal.given([after]).await;
    let shown = page(&portal, path).await;
    assert!(shown.contains("Vi finner ingen pacemaker.") && shown.contains("Ikke rettet"), "{shown}");
    for language in varde_base::Language::ALL {
        let mail = crate::mail_text("suggestion-refused", language).unwrap();
        assert!(!format!("{mail:?}").contains("pacemaker"));
    }
}

async fn task(portal: &Portal, id: &varde_base::ResourceId) -> Vec<u8> {
    let access = crate::shared::access(&visitor("kari", 1), "test");
    let found = portal.store().as_actor(&access).read(varde_fhir::ResourceType::TASK, id).await.unwrap();
    found.body.to_vec()
}

#[tokio::test]
async fn the_international_summary_is_a_page_a_pdf_and_a_document() {
    let medicine = json!({"status": "active", "medicationCodeableConcept": {"text": "Losartan 50 mg"}, "dosage": [{"text": "1 tablett daglig"}]});
    let portal = kari_with([
        nuts("a1", json!({})),
        resource("MedicationStatement", "m1", medicine),
        resource(
            "Condition",
            "c1",
            json!({"code": {"text": "Astma"}, "clinicalStatus": {"coding": [{"code": "active"}]}}),
        ),
        resource(
            "Observation",
            "o1",
            json!({"status": "final", "effectiveDateTime": "2026-11-01", "valueQuantity": {"value": 14.256_789_01, "unit": "g/dL"},
                "code": {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin [Mass/volume] in Blood"}]},
                "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}]}),
        ),
    ])
    .await;
    let shown = page(&portal, "/summary/international").await;
    for words in [
        "Nyeste prøvesvar",
        "Hemoglobin",
        "14,257\u{a0}g/dL · 1. november 2026",
        "Nøtter",
        "Losartan 50 mg",
        "1 tablett daglig",
        "Astma",
        "/summary/international/pdf",
        "/summary/international/fhir",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("Operasjoner"), "an empty part stands in the way");
    let document: Value = serde_json::from_str(&page(&portal, "/summary/international/fhir").await).unwrap();
    assert_eq!(document["entry"][0]["resource"]["title"], "International patient summary");
    let urls: Vec<&str> =
        document["entry"].as_array().unwrap().iter().map(|entry| entry["fullUrl"].as_str().unwrap()).collect();
    assert!(urls.contains(&"https://varde.test/fhir/Condition/c1"), "{urls:?}");
}

#[tokio::test]
async fn vaccines_stand_as_on_their_own_page_the_newest_first() {
    let dose = |id: &str, day: &str| {
        let code =
            json!({"coding": [{"system": "http://www.whocc.no/atc", "code": "J07BN01"}], "text": "Covid-19, mRNA"});
        resource("Immunization", id, json!({"status": "completed", "occurrenceDateTime": day, "vaccineCode": code}))
    };
    let portal = kari_with([dose("i1", "2021-05-10"), dose("i2", "2021-07-19"), dose("i3", "2020-12-27")]).await;
    for (path, name) in [("/vaccines", ">Korona</a>"), ("/summary/international", ">Korona</span>")] {
        let shown = page(&portal, path).await;
        assert_eq!(shown.matches(name).count(), 3, "{path}: {shown}");
        let place = |day: &str| shown.find(day).unwrap_or_else(|| panic!("{path}, {day}: {shown}"));
        assert!(place("19. juli 2021") < place("10. mai 2021") && place("10. mai 2021") < place("27. desember 2020"));
    }
    assert!(page(&portal, "/summary/international").await.contains("19. juli 2021 · Covid-19, mRNA"));
}

#[tokio::test]
async fn what_is_hidden_is_not_in_it_and_its_absence_is_the_same_as_that_of_what_never_was() {
    let hidden = json!({"meta": {"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN"}]}});
    let with = kari_with([nuts("a1", hidden)]).await;
    let without = kari_with([]).await;
    for path in ["/summary", "/summary/international", "/summary/international/fhir"] {
        // Forms outside have keys of their own.
        let content = |page: String| page.split("<main").nth(1).map_or(page.clone(), |main| main.to_owned());
        let content = |page: String| content(page).split("</main>").next().unwrap_or_default().to_owned();
        let (one, other) = (content(page(&with, path).await), content(page(&without, path).await));
        assert_eq!(one, other, "{path}");
    }
    assert_eq!(with.get(&visitor("kari", 1), "/summary/item/AllergyIntolerance/a1").await.0, 404);
}

/// Who asks, about whom, and what the rule book says of seeing and of suggesting.
#[tokio::test]
async fn each_relation_sees_what_the_rule_book_opens_and_no_more() {
    let portal = Portal::new();
    let of =
        |person: &str| nuts(&format!("of-{person}"), json!({"patient": {"reference": format!("Patient/{person}")}}));
    let people = relations().into_iter().map(with_gp);
    portal.given(people.chain(["kari", "emil", "nora", "pia", "siri"].map(of))).await;
    let cases = [
        ("herself", visitor("kari", 1), "kari", Some("KJ-1"), true),
        ("a girl of seventeen", visitor("siri", 6), "siri", Some("KJ-1"), true),
        ("the mother of a boy of eight", acting_for(visitor("kari", 1), "emil"), "emil", Some("PA-3"), true),
        ("the mother of a girl of fourteen", acting_for(visitor("kari", 1), "nora"), "nora", None, false),
        ("a girl of fourteen, with consent", visitor("nora", 3), "nora", None, false),
        ("a girl of thirteen, without", visitor("pia", 7), "pia", None, false),
        ("a proxy with the area of registers", acting_for(visitor("per", 4), "kari"), "kari", Some("FU-2"), false),
        ("a proxy with the area of services alone", acting_for(visitor("ola", 5), "kari"), "kari", None, false),
        ("a stranger", acting_for(visitor("siri", 6), "kari"), "kari", None, false),
    ];
    for (who, visitor, person, rule, may_suggest) in cases {
        let (_, list) = portal.get(&visitor, "/summary").await;
        let (status, _) = portal.get(&visitor, &format!("/summary/item/AllergyIntolerance/of-{person}")).await;
        let (_, shown) = portal.get(&visitor, "/summary/international").await;
        let (file, _) = portal.get(&visitor, "/summary/international/fhir").await;
        assert_eq!(
            list.contains(&format!("/summary/item/AllergyIntolerance/of-{person}")),
            rule.is_some(),
            "{who}: {list}"
        );
        assert_eq!(shown.contains("Nøtter"), rule.is_some(), "{who}: {shown}");
        assert_eq!(status.as_u16(), if rule.is_some() { 200 } else { 404 }, "{who}");
        assert_eq!(file.as_u16(), if rule.is_some() { 200 } else { 303 }, "{who}");
        match rule {
            Some(rule) => assert!(list.contains(rule), "{who}: {list}"),
            None => assert!(list.contains("Kritisk informasjon vises ikke"), "{who}: {list}"),
        }
        let fields = [("words", "Noe mangler"), ("form_key", who)];
        let (status, place) = portal.post(&visitor, "/summary/suggest", &fields).await;
        let is_sent = status == 303 && place.contains("/suggestions/");
        assert_eq!(is_sent, may_suggest, "{who}: {status} {place}");
    }
}
