//! A subscriber by mail, in the box: a handshake, and a message for each event that tells nothing of what has happened.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::country::{Country, ask};

#[test]
fn a_subscriber_by_mail_hears_that_there_is_something_and_nothing_more() {
    let data = tempfile::tempdir().unwrap();
    let country = Country::start(data.path());
    let (fhir, mail) = (country.text("/fhir"), country.text("/mail"));
    let token = format!("{}content-type: application/fhir+json\r\n", country.source_system());
    let subscription = json!({
        "resourceType": "Subscription", "id": "by-mail", "status": "requested", "reason": "test",
        "criteria": format!("{fhir}/SubscriptionTopic/Basic-create"),
        "channel": {"type": "email", "endpoint": "mailto:vakt@sykehus.example"},
    });
    assert_eq!(ask("PUT", &format!("{fhir}/Subscription/by-mail"), &token, &subscription.to_string()).status, 201);
    let caught = |count: usize| {
        let started = Instant::now();
        loop {
            let text = ask("GET", &format!("{mail}/messages?to=vakt@sykehus.example"), "", "").body;
            let all: Vec<Value> = serde_json::from_str(&text).unwrap();
            if all.len() >= count {
                return text;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "{count} messages do not come: {text}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    caught(1);
    let started = Instant::now();
    while !ask("GET", &format!("{fhir}/Subscription/by-mail"), &token, "").body.contains(r#""status":"active""#) {
        assert!(started.elapsed() < Duration::from_secs(30), "it does not become active");
        std::thread::sleep(Duration::from_millis(50));
    }
    let secret = r#"{"resourceType":"Basic","id":"hemmelig","code":{"text":"hemmelig"}}"#;
    assert_eq!(ask("PUT", &format!("{fhir}/Basic/hemmelig"), &token, secret).status, 201);
    let text = caught(2);
    assert!(text.contains("Subscription/by-mail") && !text.contains("hemmelig"), "{text}");
}
