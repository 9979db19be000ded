//! The program killed in the middle of emergencies: whatever was shown has been told of and is reviewed, each once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::country::{ask, try_ask};
use super::serve::{free_port, serve, until_ready};

const TOKEN: &str = "authorization: Bearer abc\r\ncontent-type: application/fhir+json\r\n";
/// Times the program is killed.
const KILLS: u32 = 4;

/// One of the personnel, in an emergency.
fn attestation(number: u32) -> String {
    let json = json!({
        "practitioner": { "hpr_nr": format!("{number}"), "name": "Liv Vold", "authorization": "Lege",
            "legal_entity": "Tromsø sykehus" },
        "care_relationship": { "purpose_of_use": "ETREAT", "reason": "unconscious" },
    });
    format!("varde-attestation: {}\r\n", URL_SAFE_NO_PAD.encode(json.to_string()))
}

/// What a search finds.
fn found(base: &str, query: &str) -> Vec<Value> {
    let answer = ask("GET", &format!("{base}/{query}"), TOKEN, "");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let bundle: Value = serde_json::from_str(&answer.body).unwrap();
    bundle["entry"].as_array().into_iter().flatten().map(|entry| entry["resource"].clone()).collect()
}

#[test]
fn what_was_shown_in_an_emergency_is_told_and_reviewed_whenever_the_program_is_killed() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let base = format!("http://127.0.0.1:{port}/fhir");
    let mut program = serve(folder.path(), port);
    until_ready(port);
    let kari = r#"{"resourceType":"Patient","id":"kari","birthDate":"1980-05-06"}"#;
    assert_eq!(ask("PUT", &format!("{base}/Patient/kari"), TOKEN, kari).status, 201);

    let (stop, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(9_000_000)));
    let lookers: Vec<_> = (0..3)
        .map(|_| {
            let (stop, next, base) = (Arc::clone(&stop), Arc::clone(&next), base.clone());
            std::thread::spawn(move || {
                let mut shown = Vec::new();
                while !stop.load(Ordering::SeqCst) {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let headers = format!("{TOKEN}{}", attestation(number));
                    match try_ask("GET", &format!("{base}/Patient/kari"), &headers, "") {
                        Some(answer) if answer.status == 200 => shown.push(number),
                        // Killed, or on its way up.
                        _ => std::thread::sleep(Duration::from_millis(20)),
                    }
                }
                shown
            })
        })
        .collect();
    for _ in 0..KILLS {
        let begun = next.load(Ordering::SeqCst);
        let started = Instant::now();
        while next.load(Ordering::SeqCst) < begun + 40 && started.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        program.kill().unwrap();
        program.wait().unwrap();
        program = serve(folder.path(), port);
        until_ready(port);
    }
    stop.store(true, Ordering::SeqCst);
    let shown: Vec<u32> = lookers.into_iter().flat_map(|looker| looker.join().unwrap()).collect();
    assert!(shown.len() > 20, "{} were shown", shown.len());

    let mut reviews: BTreeMap<String, usize> = BTreeMap::new();
    let tasks = found(&base, "Task?patient=kari&_count=1000");
    for task in &tasks {
        *reviews.entry(task["requester"]["identifier"]["value"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for number in &shown {
        assert_eq!(reviews.get(&number.to_string()), Some(&1), "{number} was shown it");
    }
    assert!(reviews.values().all(|count| *count == 1), "each is reviewed once");
    let events = found(&base, "Communication?patient=kari&_count=1000");
    assert_eq!(events.len(), tasks.len(), "neither is without the other");
    program.kill().unwrap();
    program.wait().unwrap();
}
