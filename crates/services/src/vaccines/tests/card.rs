use std::io::Read as _;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::actions::bundle;
use super::super::card::{HealthCards, numeric, picture};
use super::super::model::Person;
use super::{dose, immunization};

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// What a reader of the code does: proves the signature by the published key, and unpacks.
fn proved(cards: &HealthCards, jws: &str) -> Option<Value> {
    let [header, packed, signature]: [&str; 3] = jws.split('.').collect::<Vec<_>>().try_into().unwrap();
    let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
    let keys = cards.keys();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"])?;
    let (x, y) = (decoded(key["x"].as_str().unwrap()), decoded(key["y"].as_str().unwrap()));
    let point: Vec<u8> = [4].into_iter().chain(x).chain(y).collect();
    let signed = &jws[..jws.rfind('.').unwrap()];
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), &decoded(signature)).ok()?;
    assert_eq!((&header["alg"], &header["zip"]), (&json!("ES256"), &json!("DEF")));
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&decoded(packed)[..]).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).ok()
}

fn person() -> Person {
    Person { name: ("Nordmann".into(), vec!["Kari".into()]), born: "1980-03-04".parse().unwrap(), is_male: None }
}

#[test]
fn a_card_is_proved_by_the_published_key_and_a_changed_one_is_not() {
    let cards = HealthCards::passing("https://varde.test/").unwrap();
    let doses = [dose(&immunization("i", "J07BD52", json!({"lotNumber": "A1"})))];
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let jws = cards.sign(&bundle(&person(), &doses), now).unwrap();
    let card = proved(&cards, &jws).unwrap();
    assert_eq!(card["iss"], "https://varde.test");
    assert_eq!(card["nbf"], 1_795_251_600);
    let entries = card["vc"]["credentialSubject"]["fhirBundle"]["entry"].as_array().unwrap();
    assert_eq!(entries[0]["resource"]["birthDate"], "1980-03-04");
    assert_eq!(entries[1]["resource"]["vaccineCode"]["coding"][0]["code"], "J07BD52");
    assert_eq!(entries[1]["resource"]["occurrenceDateTime"], "2020-05-04");
    assert_eq!(entries[1]["resource"].get("id"), None, "nothing leads back to the record");
    let other = HealthCards::passing("https://varde.test").unwrap();
    assert_eq!(proved(&other, &jws), None);
    let changed = jws.replacen('.', ".A", 1);
    assert_eq!(proved(&cards, &changed), None);
}

#[test]
fn the_key_is_made_once_for_nobody_else_to_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("card.key");
    let first = HealthCards::open(&file, "https://varde.test").unwrap();
    assert_eq!(HealthCards::open(&file, "https://varde.test").unwrap().keys(), first.keys());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::write(&file, "no key").unwrap();
    assert!(HealthCards::open(&file, "https://varde.test").is_err());
}

#[test]
fn a_code_holds_digits_after_its_prefix_and_is_drawn_without_style() {
    let content = numeric("ey-._z");
    assert_eq!(content, "shc:/567600015077");
    let svg = picture(&content, "Kode").unwrap().into_string();
    for words in ["role=\"img\"", "aria-label=\"Kode\"", "viewBox=\"0 0 ", "fill=\"#fff\""] {
        assert!(svg.contains(words), "{words}: {svg}");
    }
    assert!(!svg.contains("style="));
    assert!(picture(&"a".repeat(5_000), "Kode").is_err());
}

#[test]
fn as_many_doses_as_go_on_a_code_fit_on_one_that_a_telephone_can_read() {
    let cards = HealthCards::passing("https://varde.example.com").unwrap();
    let more = json!({"lotNumber": "ABCDEFGH12345", "performer": [{"actor": {"display": "En helsestasjon med langt navn, avdeling Øst"}}]});
    let doses: Vec<_> =
        (0..super::super::rules::CODE_DOSES).map(|_| dose(&immunization("i", "J07CA09", more.clone()))).collect();
    let jws = cards.sign(&bundle(&person(), &doses), "2026-11-21T09:00:00Z".parse().unwrap()).unwrap();
    // A single code holds at most 1,195 characters of a card at version 22.
    assert!(jws.len() <= 1_195, "{}", jws.len());
}
