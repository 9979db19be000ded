use super::{Api, JSON, KARI};

#[tokio::test]
async fn a_new_resource_gets_an_id_and_a_place() {
    let api = Api::new();
    let reply = api.post("/Patient", KARI).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    assert_ne!(id, "kari", "the server gives the id");
    assert_eq!(reply.header("location"), format!("https://varde.test/fhir/Patient/{id}/_history/1"));
    assert_eq!(reply.header("etag"), "W/\"1\"");
    assert_eq!(api.get(&format!("/Patient/{id}")).await.status, 200);
}

#[tokio::test]
async fn the_sender_chooses_what_comes_back() {
    let api = Api::new();
    for (prefer, expected) in [
        ("return=minimal", None),
        ("return=representation", Some("Patient")),
        ("return=OperationOutcome", Some("OperationOutcome")),
        ("respond-async, return=minimal", None),
        ("return=everything", Some("Patient")),
        ("", Some("Patient")),
    ] {
        let reply = api.send("POST", "/Patient", &[JSON, ("prefer", prefer)], KARI).await;
        assert_eq!(reply.status, 201);
        assert_eq!(
            (!reply.text.is_empty()).then(|| reply.json()["resourceType"].as_str().unwrap().to_owned()).as_deref(),
            expected,
            "{prefer}"
        );
    }
}

#[tokio::test]
async fn a_conditional_create_makes_one_and_only_one() {
    let api = Api::new();
    let body = r#"{"resourceType":"Practitioner","identifier":[{"system":"urn:hpr","value":"1"}]}"#;
    let condition = [JSON, ("if-none-exist", "identifier=urn:hpr|1")];
    let first = api.send("POST", "/Practitioner", &condition, body).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let second = api.send("POST", "/Practitioner", &condition, body).await;
    assert_eq!(second.status, 200);
    assert_eq!(second.json()["id"], first.json()["id"]);
    api.post("/Practitioner", body).await;
    let third = api.send("POST", "/Practitioner", &condition, body).await;
    assert_eq!(third.issue(), (412, "multiple-matches".into(), String::new()));
    for (condition, status) in [("shoe-size=43", 400), ("", 201), ("_sort=name", 400), ("identifier=", 400)] {
        let reply = api.send("POST", "/Practitioner", &[JSON, ("if-none-exist", condition)], body).await;
        assert_eq!(reply.status, status, "{condition}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_search_in_the_address_is_a_condition_as_well() {
    let api = Api::new();
    let body = r#"{"resourceType":"Practitioner","identifier":[{"system":"urn:hpr","value":"1"}]}"#;
    for (url, status) in [
        ("/Practitioner?identifier=urn:hpr%7C1&_format=json", 201),
        ("/Practitioner?identifier=urn:hpr%7C1", 200),
        ("/Practitioner?", 201),
        ("/Practitioner?_format=json", 201),
        ("/Practitioner?identifier=urn:hpr%7C1", 412),
        ("/Practitioner?shoe-size=43", 400),
    ] {
        assert_eq!(api.post(url, body).await.status, status, "{url}");
    }
    let twice = [JSON, ("if-none-exist", "identifier=urn:hpr|2")];
    let (status, code, place) = api.send("POST", "/Practitioner?identifier=urn:hpr%7C2", &twice, body).await.issue();
    assert_eq!((status, code.as_str(), place.as_str()), (400, "invalid", "If-None-Exist"));
}

#[tokio::test]
async fn what_is_wrong_is_named_with_its_place() {
    let api = Api::new();
    for (url, body, status, code, expression) in [
        ("/Patient", "{", 400, "structure", ""),
        ("/Patient", "", 400, "structure", ""),
        ("/Patient", "[]", 400, "structure", ""),
        ("/Patient", r#"{"name":[]}"#, 400, "required", "resourceType"),
        (
            "/Patient",
            r#"{"resourceType":"Observation","status":"final","code":{"text":"x"}}"#,
            400,
            "invalid",
            "Observation.resourceType",
        ),
        (
            "/Patient",
            r#"{"resourceType":"Patient","name":[{"given":["a",7]}]}"#,
            400,
            "structure",
            "Patient.name[0].given[1]",
        ),
        ("/Patient", r#"{"resourceType":"Patient","birthDate":"2026-02-30"}"#, 400, "value", "Patient.birthDate"),
        (
            "/Patient",
            r#"{"resourceType":"Patient","birthDate":"2026","birthDate":"2027"}"#,
            400,
            "structure",
            "Patient.birthDate",
        ),
        ("/Observation", r#"{"resourceType":"Observation","status":"final"}"#, 400, "required", "Observation.code"),
        ("/Person2", "{}", 404, "not-supported", ""),
    ] {
        let reply = api.post(url, body).await;
        assert_eq!(reply.issue(), (status, code.into(), expression.into()), "{body}");
    }
}
