use super::{Api, JSON, KARI};

#[tokio::test]
async fn an_update_replaces_and_creates_when_there_is_nothing() {
    let api = Api::new();
    let first = api.put("/Patient/kari", KARI).await;
    assert_eq!((first.status.as_u16(), first.header("etag")), (201, "W/\"1\""), "{}", first.text);
    assert_eq!(first.header("location"), "https://varde.test/fhir/Patient/kari/_history/1");
    let second = api.put("/Patient/kari", &KARI.replace("Nordmann", "Hansen")).await;
    assert_eq!((second.status.as_u16(), second.header("etag")), (200, "W/\"2\""));
    assert_eq!(api.get("/Patient/kari").await.json()["name"][0]["family"], "Hansen");
    api.send("DELETE", "/Patient/kari", &[], "").await;
    let again = api.put("/Patient/kari", KARI).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (201, "W/\"4\""), "what was deleted can come back");
}

#[tokio::test]
async fn nobody_overwrites_a_version_they_have_not_seen() {
    let api = Api::new();
    api.given(KARI).await;
    for (name, value, status) in [
        ("if-match", "W/\"1\"", 200),
        ("if-match", "W/\"1\"", 412),
        ("if-match", "\"2\"", 200),
        ("if-match", "W/\"9\"", 412),
        ("if-match", "nonsense", 412),
        ("if-match", "*", 412),
        ("if-none-match", "*", 412),
    ] {
        let reply = api.send("PUT", "/Patient/kari", &[JSON, (name, value)], KARI).await;
        assert_eq!(reply.status, status, "{name}: {value}: {}", reply.text);
    }
    let new = KARI.replace("\"kari\"", "\"new\"");
    assert_eq!(api.send("PUT", "/Patient/new", &[JSON, ("if-match", "W/\"1\"")], new.clone()).await.status, 412);
    assert_eq!(api.send("PUT", "/Patient/new", &[JSON, ("if-none-match", "*")], new).await.status, 201);
}

#[tokio::test]
async fn an_update_needs_its_own_id() {
    let api = Api::new();
    for (url, body, status, expression) in [
        ("/Patient/ola", KARI, 400, "Patient.id"),
        ("/Patient/kari", r#"{"resourceType":"Patient"}"#, 400, "Patient.id"),
        ("/Patient/kari", r#"{"resourceType":"Basic","id":"kari","code":{"text":"x"}}"#, 400, "Basic.resourceType"),
        ("/Patient/kari", r#"{"resourceType":"Patient","id":"kari","x":1}"#, 400, "Patient.x"),
    ] {
        let (found, _, place) = api.put(url, body).await.issue();
        assert_eq!((found, place.as_str()), (status, expression), "{url} {body}");
    }
}
