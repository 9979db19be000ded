use super::{Api, KARI};

#[tokio::test]
async fn a_resource_comes_back_as_it_was_sent_with_version_and_time() {
    let api = Api::new();
    api.given(r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"vekt"},"valueQuantity":{"value":64.50}}"#).await;
    let reply = api.get("/Observation/o").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("etag"), "W/\"1\"");
    assert_eq!(reply.header("last-modified"), "Sun, 01 Mar 2026 12:00:00 GMT");
    assert_eq!(reply.header("content-type"), "application/fhir+json; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(reply.text.contains("64.50"), "{}", reply.text);
    assert_eq!(reply.json()["meta"]["versionId"], "1");
}

#[tokio::test]
async fn what_the_client_has_already_is_not_sent_again() {
    let api = Api::new();
    api.given(KARI).await;
    for (name, value, status) in [
        ("if-none-match", "W/\"1\"", 304),
        ("if-none-match", "W/\"2\"", 200),
        ("if-modified-since", "Sun, 01 Mar 2026 12:00:00 GMT", 304),
        ("if-modified-since", "Sun, 01 Mar 2026 11:59:59 GMT", 200),
    ] {
        let reply = api.send("GET", "/Patient/kari", &[(name, value)], "").await;
        assert_eq!(reply.status, status, "{name}: {value}");
        assert_eq!(reply.text.is_empty(), status == 304);
        assert_eq!(reply.header("etag"), "W/\"1\"");
    }
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_was_deleted_is_410() {
    let api = Api::new();
    api.given(KARI).await;
    api.send("DELETE", "/Patient/kari", &[], "").await;
    for (url, status, code) in [
        ("/Patient/kari", 410, "deleted"),
        ("/Patient/ola", 404, "not-found"),
        ("/Patient/a_b", 404, "not-found"),
        ("/Patient/%ff", 404, "not-found"),
        ("/Patient/$nothing", 404, "not-found"),
        ("/Person2/1", 404, "not-supported"),
        ("/Patient/kari/name", 404, "not-found"),
    ] {
        let (found, issue, _) = api.get(url).await.issue();
        assert_eq!((found, issue.as_str()), (status, code), "{url}");
    }
}

#[tokio::test]
async fn nobody_reads_without_a_token_and_every_answer_says_how() {
    let api = Api::new();
    api.given(KARI).await;
    for (value, challenge) in [
        ("", r#"Bearer realm="fhir""#),
        ("Bearer wrong", r#"Bearer realm="fhir", error="invalid_token""#),
        ("Basic a-token-of-a-source-system", r#"Bearer realm="fhir", error="invalid_token""#),
        ("Bearer", r#"Bearer realm="fhir", error="invalid_token""#),
    ] {
        for url in ["/Patient/kari", "/Patient", "/_history", "/nowhere/at/all"] {
            let reply = api.send("GET", url, &[("authorization", value)], "").await;
            assert_eq!(reply.issue().0, 401, "{value} {url}");
            assert_eq!(reply.header("www-authenticate"), challenge);
        }
    }
    let reply = api.send("GET", "/Patient/kari", &[("authorization", "bearer a-token-of-a-source-system")], "").await;
    assert_eq!(reply.status, 200, "the scheme's case does not count");
}
