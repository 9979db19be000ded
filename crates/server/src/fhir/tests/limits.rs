use axum::body::Body;

use super::{Api, JSON, KARI};
use crate::fhir::FhirLimits;

#[tokio::test]
async fn only_fhir_json_goes_in_and_out() {
    let api = Api::new();
    api.given(KARI).await;
    for (content_type, status) in [
        ("application/fhir+json", 201),
        ("application/json; charset=utf-8", 201),
        ("application/fhir+json; fhirVersion=4.0", 201),
        ("application/fhir+json; fhirVersion=5.0", 415),
        ("application/fhir+xml", 415),
        ("text/plain", 415),
        ("", 415),
    ] {
        assert_eq!(
            api.send("POST", "/Patient", &[("content-type", content_type)], KARI).await.status,
            status,
            "{content_type}"
        );
    }
    for (accept, status) in [
        ("", 200),
        ("*/*", 200),
        ("text/html, application/*;q=0.8", 200),
        ("application/fhir+json", 200),
        ("application/fhir+json;q=0", 406),
        ("application/fhir+json; fhirVersion=3.0", 406),
        ("application/fhir+xml", 406),
        ("text/html", 406),
    ] {
        assert_eq!(api.send("GET", "/Patient/kari", &[("accept", accept)], "").await.status, status, "{accept}");
    }
    for (format, status) in [
        ("json", 200),
        ("application/fhir%2Bjson", 200),
        ("application/fhir+json", 200),
        ("xml", 406),
        ("application/fhir+xml", 406),
        ("html", 406),
    ] {
        let reply =
            api.send("GET", &format!("/Patient?_format={format}"), &[("accept", "application/fhir+xml")], "").await;
        assert_eq!(reply.status, status, "{format}");
    }
    assert_eq!(api.get("/Patient?_format=xml").await.issue(), (406, "not-supported".into(), "_format".into()));
    assert_eq!(api.get("/Patient/kari?_pretty=true").await.status, 200);
}

#[tokio::test]
async fn bodies_and_bundles_have_an_end() {
    let api =
        Api::with_limits(FhirLimits { body_bytes: 2_000, bundle_entries: 2, page_count: 3, ..FhirLimits::default() });
    let long = format!(r#"{{"resourceType":"Patient","name":[{{"family":"{}"}}]}}"#, "x".repeat(2_000));
    assert_eq!(api.post("/Patient", &long).await.issue().0, 413);
    // A body that does not say how long it is.
    let chunks = futures_util::stream::iter(
        long.as_bytes().chunks(100).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>(),
    );
    assert_eq!(api.send("POST", "/Patient", &[JSON], Body::from_stream(chunks)).await.issue().0, 413);
    let entry = r#"{"request":{"method":"GET","url":"Patient"}}"#;
    let bundle =
        |entries: &[&str]| format!(r#"{{"resourceType":"Bundle","type":"batch","entry":[{}]}}"#, entries.join(","));
    assert_eq!(api.post("", &bundle(&[entry; 2])).await.status, 200);
    assert_eq!(api.post("", &bundle(&[entry; 3])).await.issue(), (413, "too-long".into(), "Bundle.entry".into()));
    for n in 0..5 {
        api.given(&KARI.replace("\"kari\"", &format!("\"p{n}\""))).await;
    }
    let page = api.get("/Patient?_count=100").await.json();
    assert_eq!(page["entry"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_body_nested_without_end_is_refused() {
    let api = Api::new();
    let deep = format!(r#"{{"resourceType":"Patient","extension":{}"#, "[".repeat(100_000));
    assert_eq!(api.post("/Patient", &deep).await.issue().0, 400);
}
