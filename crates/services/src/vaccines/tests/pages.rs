use serde_json::{Value, json};

use super::immunization;
use crate::shared::testing::{Portal, acting_for, patient, relations, visitor};

/// Kari, who is 46, with the resources given.
async fn kari_with(bodies: impl IntoIterator<Item = Value>) -> Portal {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")].into_iter().chain(bodies)).await;
    portal
}

async fn page(portal: &Portal, path: &str) -> String {
    let (status, page) = portal.get(&visitor("kari", 1), path).await;
    assert_eq!(status, 200, "{path}: {page}");
    page
}

#[tokio::test]
async fn the_card_says_what_one_has_had_by_which_rule_and_nothing_of_others() {
    let of_per = json!({"patient": {"reference": "Patient/per"}});
    let portal = kari_with([
        immunization("i1", "J07BD52", json!({})),
        patient("per", 2, "1970-01-01"),
        immunization("of-per", "J07BK01", of_per),
    ])
    .await;
    let list = page(&portal, "/vaccines").await;
    for words in [
        "Meslinger, kusma og røde hunder",
        "4. mai 2020",
        "Dose 1",
        "Sagene helsestasjon",
        "/vaccines/i1",
        "VA-1",
        "Difteri, stivkrampe, kikhoste og polio",
        "Ikke registrert",
    ] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(!list.contains("of-per") && !list.contains("Vannkopper"), "{list}");
    for path in ["/vaccines/of-per", "/vaccines/nothing-like-it", "/vaccines/%20"] {
        assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn with_nothing_due_the_page_still_says_what_comes_next_and_at_what_age() {
    let portal = kari_with([immunization("i1", "J07CA02", json!({}))]).await;
    let list = page(&portal, "/vaccines").await;
    for words in ["Du trenger ingen vaksine", "Dette kommer", "Fra 4. mai 2030, ved 50 år", "Hvert 10. år"] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(page(&portal, "/vaccines?lang=en").await.contains("From 4 May 2030, at the age of 50"));
}

#[tokio::test]
async fn the_household_says_which_vaccine_is_offered() {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1955-03-04"), immunization("i1", "J07CA02", json!({}))]).await;
    let household = page(&portal, "/household").await;
    assert!(household.contains("Vaksiner") && household.contains("Influensa"), "{household}");
}

#[tokio::test]
async fn in_four_languages_diseases_have_their_names() {
    let portal = kari_with([immunization("i1", "J07BD52", json!({}))]).await;
    for (lang, words) in [
        ("nb", "røde hunder"),
        ("nn", "raude hundar"),
        ("en", "Measles, mumps and rubella"),
        ("se", "rukses beatnagat"),
    ] {
        assert!(page(&portal, &format!("/vaccines?lang={lang}")).await.contains(words), "{lang}");
    }
}

#[tokio::test]
async fn one_vaccination_says_what_when_where_and_how_to_report_an_error() {
    let portal = kari_with([
        immunization("i1", "J07BD52", json!({"lotNumber": "A1"})),
        immunization("no", "J07BD52", json!({"status": "not-done", "statusReason": {"text": "Ønsket ikke"}})),
        immunization("wrong", "J07BD52", json!({"status": "entered-in-error"})),
    ])
    .await;
    let one = page(&portal, "/vaccines/i1").await;
    for words in ["vaksine J07BD52", "A1", "/requests/new?item=Immunization/i1", "/who-can-see/Immunization/i1"] {
        assert!(one.contains(words), "{words}: {one}");
    }
    assert!(page(&portal, "/vaccines/no").await.contains("Årsak: Ønsket ikke"));
    let wrong = page(&portal, "/vaccines/wrong").await;
    assert!(wrong.contains("ved en feil") && !wrong.contains("Sagene"), "{wrong}");
    let list = page(&portal, "/vaccines").await;
    assert!(list.contains("Ikke gitt") && !list.contains("/vaccines/wrong"), "{list}");
}

#[tokio::test]
async fn the_certificate_is_in_english_too_and_holds_a_code_for_all_that_was_given() {
    let given = (0..9)
        .map(|n| immunization(&format!("i{n}"), "J07BB02", json!({"occurrenceDateTime": format!("201{n}-10-20")})));
    let portal = kari_with(given.chain([immunization("no", "J07BD52", json!({"status": "not-done"}))])).await;
    let certificate = page(&portal, "/vaccines/certificate").await;
    for words in [
        "Vaccination certificate",
        "kari Nordmann",
        "1980-03-04",
        "Influenza",
        "2010-10-20",
        "1 til 8 av 9",
        "9 til 9 av 9",
        "Code for vaccines 9 to 9 of 9",
        "Whoever checks the certificate",
        "(2026-11-21)",
        "ATC J07BB02",
    ] {
        assert!(certificate.contains(words), "{words}: {certificate}");
    }
    let place = |words: &str| certificate.find(words).unwrap();
    assert!(
        place("kari Nordmann</strong>") < place("<svg width=\"280\"")
            && place("<svg width=\"280\"") < place("1980-03-04")
    );
    let english = page(&portal, "/vaccines/certificate?lang=en").await;
    assert_eq!(english.matches("Code for vaccines 9 to 9 of 9").count(), 2, "as a picture and in words, and not twice");
    assert_eq!(certificate.matches("<svg width=\"280\"").count(), 2);
    assert!(!certificate.contains("Measles"), "what was not given is not certified");
    let empty = kari_with([]).await;
    assert!(page(&empty, "/vaccines/certificate").await.contains("ingen vaksiner å lage bevis for"));
}

#[tokio::test]
async fn what_was_only_told_is_not_signed_for() {
    let told = |id: &str| immunization(id, "J07BD52", json!({"primarySource": false}));
    let portal = kari_with([immunization("i1", "J07BB02", json!({})), told("i2"), told("i3")]).await;
    let certificate = page(&portal, "/vaccines/certificate").await;
    assert!(certificate.contains("1 til 1 av 1") && !certificate.contains("Measles"), "{certificate}");
    assert!(certificate.contains("2 vaksiner står ikke på beviset"), "{certificate}");
    let portal = kari_with([told("i2")]).await;
    let certificate = page(&portal, "/vaccines/certificate").await;
    assert!(
        !certificate.contains("<svg width=\"280\"") && certificate.contains("ingen vaksiner å lage bevis for"),
        "{certificate}"
    );
}

#[tokio::test]
async fn the_keys_are_there_for_anybody() {
    let portal = Portal::new();
    let (status, keys) = portal.get_signed_out("/.well-known/jwks.json").await;
    let keys: Value = serde_json::from_str(&keys).unwrap();
    assert_eq!((status.as_u16(), &keys["keys"][0]["alg"]), (200, &json!("ES256")));
    assert_eq!(keys["keys"][0].get("d"), None, "nothing of the private key");
}

/// Who asks, about whom, and what the rule book says.
#[tokio::test]
async fn each_relation_sees_what_the_rule_book_opens_and_no_more() {
    let portal = Portal::new();
    let of = |person: &str| {
        let patient = json!({"patient": {"reference": format!("Patient/{person}")}});
        immunization(&format!("of-{person}"), "J07BD52", patient)
    };
    portal.given(relations().into_iter().chain(["kari", "emil", "nora", "pia", "siri"].map(of))).await;
    let cases = [
        ("herself", visitor("kari", 1), "kari", Some("VA-1")),
        ("a girl of seventeen", visitor("siri", 6), "siri", Some("VA-1")),
        ("the mother of a boy of eight", acting_for(visitor("kari", 1), "emil"), "emil", Some("PA-1")),
        ("the mother of a girl of fourteen", acting_for(visitor("kari", 1), "nora"), "nora", Some("VA-4")),
        ("a girl of fourteen, with consent", visitor("nora", 3), "nora", Some("VA-2")),
        ("a girl of thirteen, without", visitor("pia", 7), "pia", None),
        ("a proxy with the area", acting_for(visitor("per", 4), "kari"), "kari", Some("FU-2")),
        ("a proxy without the area", acting_for(visitor("ola", 5), "kari"), "kari", None),
        ("the mother of a boy of eight, of another", acting_for(visitor("per", 4), "emil"), "emil", None),
        ("a stranger", acting_for(visitor("siri", 6), "kari"), "kari", None),
    ];
    for (who, visitor, person, rule) in cases {
        let (_, list) = portal.get(&visitor, "/vaccines").await;
        let (status, _) = portal.get(&visitor, &format!("/vaccines/of-{person}")).await;
        let (_, certificate) = portal.get(&visitor, "/vaccines/certificate").await;
        assert_eq!(list.contains(&format!("/vaccines/of-{person}")), rule.is_some(), "{who}: {list}");
        assert_eq!(certificate.contains("<svg width=\"280\""), rule.is_some(), "{who}: {certificate}");
        assert_eq!(status.as_u16(), if rule.is_some() { 200 } else { 404 }, "{who}");
        match rule {
            Some(rule) => assert!(list.contains(rule), "{who}: {list}"),
            None => assert!(list.contains("Vaksinene vises ikke") && !list.contains("Tilbys nå"), "{who}: {list}"),
        }
    }
}
