use serde_json::json;
use varde_base::{Language, PatientId};
use varde_fhir::Parsed;
use varde_fhir::json::Limits;

use super::super::fhir::{body, preferences, preferences_id};
use super::super::model::{Channel, Channels, Device, Kind, Preferences, Quiet};

fn chosen() -> Preferences {
    let mut preferences = Preferences::default();
    preferences.own.insert(Kind::Appointments, [Channel::Sms, Channel::Push].into_iter().collect());
    preferences.own.insert(Kind::Results, Channels::NONE);
    let jonas: PatientId = "jonas".parse().unwrap();
    preferences.about.entry(jonas).or_default().insert(Kind::Messages, Channels::ALL);
    preferences.fallback = Channels::NONE;
    preferences.quiet = Quiet::from_key("22-07");
    preferences.language = Some(Language::Se);
    preferences.devices = vec![Device {
        endpoint: "https://push.example.test/send/abc".to_owned(),
        p256dh: "BKey".to_owned(),
        auth: "secret".to_owned(),
        added: "2026-11-22T09:00:00Z".to_owned(),
    }];
    preferences
}

#[test]
fn what_is_written_reads_back_and_is_valid_fhir() {
    let kari: PatientId = "kari".parse().unwrap();
    let id = preferences_id(&kari);
    for preferences_of in [chosen(), Preferences::default()] {
        let bytes = serde_json::to_vec(&body(&id, &kari, &preferences_of)).unwrap();
        Parsed::parse(&bytes, &Limits::default()).unwrap();
        assert_eq!(preferences(&bytes).unwrap(), preferences_of);
    }
}

#[test]
fn each_person_has_one_resource_and_no_two_the_same() {
    let id = |name: &str| preferences_id(&name.parse().unwrap());
    assert_eq!(id("kari"), id("kari"));
    assert_ne!(id("kari"), id("per"));
}

#[test]
fn what_is_strange_is_left_out_and_what_is_no_basic_is_refused() {
    let strange = json!({"extension": [
        {"url": "urn:varde:notification-choice", "extension": [{"url": "kind", "valueCode": "weather"}]},
        {"url": "urn:varde:notification-choice", "extension": [
            {"url": "kind", "valueCode": "messages"}, {"url": "channel", "valueCode": "pigeon"}]},
        {"url": "urn:varde:notification-choice", "extension": [
            {"url": "kind", "valueCode": "messages"}, {"url": "about", "valueReference": {"reference": "Group/1"}}]},
        {"url": "urn:varde:quiet-hours", "valueString": "always"},
        {"url": "urn:varde:push-device", "extension": [{"url": "endpoint", "valueUrl": "https://x"}]},
        {"url": "urn:other"}
    ]});
    let read = preferences(&serde_json::to_vec(&strange).unwrap()).unwrap();
    let mut expected = Preferences::default();
    expected.own.insert(Kind::Messages, Channels::NONE);
    assert_eq!(read, expected);
    assert!(preferences(b"1").is_err());
}
