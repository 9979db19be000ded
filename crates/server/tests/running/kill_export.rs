//! A bulk export killed in the middle and gone on with: every resource is in its files once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::country::ask;
use super::serve::{free_port, serve, until_ready};

const DOCUMENTS: usize = 3_000;
const KILLS: usize = 4;

#[test]
fn an_export_killed_again_and_again_holds_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let base = format!("http://127.0.0.1:{port}/fhir");
    let token = "authorization: Bearer abc\r\n";
    let mut program = serve(folder.path(), port);
    until_ready(port);
    let text = "x".repeat(20_000);
    let line = |n: usize| format!("{{\"resourceType\":\"Basic\",\"id\":\"b{n}\",\"code\":{{\"text\":\"{text}\"}}}}\n");
    let lines: String = (0..DOCUMENTS).map(line).collect();
    let sent =
        ask("POST", &format!("{base}/$import"), &format!("{token}content-type: application/fhir+ndjson\r\n"), &lines);
    assert!(sent.body.contains("3000 written"), "{}", &sent.body[..200.min(sent.body.len())]);
    let order = ask("GET", &format!("{base}/$export"), &format!("{token}prefer: respond-async\r\n"), "");
    assert_eq!(order.status, 202, "{}", order.body);
    let place = order.header("content-location").unwrap().to_owned();
    let mut seen = BTreeSet::new();
    for _ in 0..KILLS {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            let status = ask("GET", &place, token, "");
            let progress = status.header("x-progress").unwrap_or("done").to_owned();
            if status.status == 200 || seen.insert(progress) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        program.kill().unwrap();
        program.wait().unwrap();
        program = serve(folder.path(), port);
        until_ready(port);
    }
    let started = Instant::now();
    let manifest = loop {
        let status = ask("GET", &place, token, "");
        if status.status == 200 {
            break serde_json::from_str::<Value>(&status.body).unwrap();
        }
        assert!(status.status == 202 && started.elapsed() < Duration::from_secs(60), "{}", status.body);
        std::thread::sleep(Duration::from_millis(20));
    };
    let mut ids = BTreeSet::new();
    for file in manifest["output"].as_array().unwrap() {
        let body = ask("GET", file["url"].as_str().unwrap(), token, "").body;
        for line in body.lines() {
            let json: Value = serde_json::from_str(line).unwrap();
            assert!(ids.insert(json["id"].as_str().unwrap().to_owned()), "twice");
        }
    }
    assert_eq!(ids.len(), DOCUMENTS);
    program.kill().unwrap();
    program.wait().unwrap();
}
