use axum::body::Body;
use bytes::Bytes;
use serde_json::Value;

use super::{Api, FhirLimits, Reply, ids};

const NDJSON: (&str, &str) = ("content-type", "application/fhir+ndjson");

async fn import(api: &Api, lines: &[&str]) -> Reply {
    api.send("POST", "/$import", &[NDJSON], lines.join("\n")).await
}

/// What the first issue counts, and the others as code and text.
fn told(reply: &Reply) -> (String, Vec<(String, String)>) {
    let json = reply.json();
    let text = |issue: &Value, name: &str| issue[name].as_str().unwrap().to_owned();
    let mut issues = json["issue"].as_array().unwrap().iter();
    let first = text(issues.next().unwrap(), "diagnostics");
    (first, issues.map(|issue| (text(issue, "code"), text(issue, "diagnostics"))).collect())
}

#[tokio::test]
async fn lines_are_written_and_bad_ones_are_told_by_number() {
    let api = Api::new();
    let lines = [
        r#"{"resourceType":"Patient","id":"a","gender":"male"}"#,
        "",
        r#"{"resourceType":"Patient","id":"b","gender":7}"#,
        r#"{"resourceType":"Patient"}"#,
        "nonsense",
        r#"{"resourceType":"Practitioner","id":"p","identifier":[{"system":"urn:s","value":"1"}]}"#,
        r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/a"},"performer":[{"reference":"Practitioner?identifier=urn:s|1"}]}"#,
        r#"{"resourceType":"Observation","id":"q","status":"final","code":{"text":"x"},"performer":[{"reference":"Practitioner?identifier=urn:s|2"}]}"#,
        r#"{"resourceType":"Patient","id":"a","gender":"female"}"#,
    ];
    let reply = import(&api, &lines).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let (first, issues) = told(&reply);
    assert_eq!(first, "4 written, 0 already there, 4 rejected");
    let numbers: Vec<&str> = issues.iter().map(|(_, text)| text.split(':').next().unwrap()).collect();
    assert_eq!(numbers, ["line 3", "line 4", "line 5", "line 8"]);
    assert_eq!(reply.json()["issue"][1]["expression"][0], "Patient.gender");
    let patient = api.get("/Patient/a").await.json();
    assert_eq!((patient["gender"].as_str(), patient["meta"]["versionId"].as_str()), (Some("female"), Some("2")));
    assert_eq!(api.get("/Observation/o").await.json()["performer"][0]["reference"], "Practitioner/p");
    let again = import(&api, &lines[5..8]).await;
    assert_eq!(told(&again).0, "0 written, 2 already there, 1 rejected");
    assert_eq!(api.get("/Observation/o").await.json()["meta"]["versionId"], "1");
}

#[tokio::test]
async fn many_lines_come_in_pieces_of_any_size() {
    let api = Api::new();
    let lines: String = (0..1_700).map(|n| format!("{{\"resourceType\":\"Patient\",\"id\":\"p{n}\"}}\r\n")).collect();
    let bytes = Bytes::from(lines);
    let pieces: Vec<Bytes> =
        (0..bytes.len()).step_by(997).map(|at| bytes.slice(at..bytes.len().min(at + 997))).collect();
    let stream = futures_util::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
    let reply = api.send("POST", "/$import", &[NDJSON], Body::from_stream(stream)).await;
    assert_eq!(told(&reply).0, "1700 written, 0 already there, 0 rejected");
    assert_eq!(ids(&api.get("/Patient?_id=p0,p1699").await.json()), ["p0", "p1699"]);
}

#[tokio::test]
async fn what_is_too_long_broken_off_or_not_ndjson_is_told() {
    let api = Api::with_limits(FhirLimits { body_bytes: 200, ..FhirLimits::default() });
    let long = format!(r#"{{"resourceType":"Patient","id":"long","language":"{}"}}"#, "n".repeat(300));
    let reply = import(&api, &[&long, r#"{"resourceType":"Patient","id":"a"}"#, &long]).await;
    let (first, issues) = told(&reply);
    assert_eq!((first.as_str(), issues.len()), ("1 written, 0 already there, 2 rejected", 2));
    assert_eq!(issues[0].0, "too-long");
    let broken = futures_util::stream::iter([
        Ok(Bytes::from("{\"resourceType\":\"Patient\",\"id\":\"b\"}\n{\"resour")),
        Err(std::io::Error::other("gone")),
    ]);
    let reply = api.send("POST", "/$import", &[NDJSON], Body::from_stream(broken)).await;
    assert_eq!((reply.status.as_u16(), told(&reply).1[0].0.as_str()), (400, "transient"));
    assert_eq!(api.get("/Patient/b").await.status, 404, "what waits for a batch is not written when the sender goes");
    let json = [("content-type", "application/fhir+json")];
    assert_eq!(api.send("POST", "/$import", &json, "{}").await.issue().0, 415);
}
