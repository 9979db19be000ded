use super::{Api, KARI, ids};

#[tokio::test]
async fn the_one_that_matches_is_deleted() {
    let api = Api::new();
    api.given(KARI).await;
    let reply = api.send("DELETE", "/Patient?name=kari", &[], "").await;
    assert_eq!((reply.status.as_u16(), reply.header("etag"), reply.text.as_str()), (204, "W/\"2\"", ""));
    assert_eq!(api.get("/Patient/kari").await.status, 410);
    let again = api.send("DELETE", "/Patient?name=kari", &[], "").await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (204, ""), "nothing matches, and that is no error");
}

#[tokio::test]
async fn several_matches_are_left_alone() {
    let api = Api::new();
    for id in ["a", "b"] {
        api.given(&KARI.replace("\"kari\"", &format!("\"{id}\""))).await;
    }
    let reply = api.send("DELETE", "/Patient?name=kari", &[], "").await;
    assert_eq!(reply.issue(), (412, "multiple-matches".into(), String::new()));
    assert_eq!(ids(&api.get("/Patient?name=kari").await.json()).len(), 2);
    for query in ["", "?", "?_sort=name", "?_count=1", "?shoe-size=43", "?name="] {
        let reply = api.send("DELETE", &format!("/Patient{query}"), &[], "").await;
        assert_eq!(reply.status, 400, "{query}: no condition must not mean all of them");
    }
}

#[tokio::test]
async fn a_version_asked_for_is_that_of_the_match() {
    let api = Api::new();
    let delete = async |value| api.send("DELETE", "/Patient?name=kari", &[("if-match", value)], "").await.status;
    assert_eq!(delete("W/\"1\"").await, 412, "there is none");
    api.given(KARI).await;
    for (value, status) in [("nonsense", 412), ("W/\"2\"", 412), ("W/\"1\"", 204)] {
        assert_eq!(delete(value).await, status, "{value}");
    }
}

#[tokio::test]
async fn what_changes_between_look_up_and_deletion_is_a_conflict() {
    let api = Api::new();
    for round in 0..20 {
        api.given(KARI).await;
        // If this comes first, nothing matches any more.
        let other = KARI.replace("\"Kari\"", "\"Ola\"");
        let (deleted, changed) =
            tokio::join!(api.send("DELETE", "/Patient?given=kari", &[], ""), api.put("/Patient/kari", &other));
        let is_there = api.get("/Patient/kari").await.status == 200;
        match deleted.status.as_u16() {
            // The deletion was first and the change brought it back, or the change was first and nothing matched.
            204 => assert!(is_there, "round {round}"),
            409 => assert!(is_there && changed.status == 200, "round {round}"),
            other => panic!("{other}: {}", deleted.text),
        }
    }
}

#[tokio::test]
async fn entries_of_bundles_can_be_conditional_deletes() {
    for kind in ["batch", "transaction"] {
        let api = Api::new();
        api.given(KARI).await;
        let bundle = format!(
            r#"{{"resourceType":"Bundle","type":"{kind}","entry":[
            {{"request":{{"method":"DELETE","url":"Patient?name=kari","ifMatch":"W/\"1\""}}}},
            {{"request":{{"method":"DELETE","url":"Patient?name=nobody"}}}}]}}"#
        );
        let json = api.post("", &bundle).await.json();
        for index in [0, 1] {
            assert_eq!(json["entry"][index]["response"]["status"], "204 No Content", "{kind}: {json}");
        }
        assert_eq!(api.get("/Patient/kari").await.status, 410, "{kind}");
    }
}

#[tokio::test]
async fn a_transaction_with_a_conditional_delete_that_fails_writes_nothing() {
    let api = Api::new();
    for id in ["a", "b"] {
        api.given(&KARI.replace("\"kari\"", &format!("\"{id}\""))).await;
    }
    let by_id = r#"{"request":{"method":"DELETE","url":"Patient/a"}}"#;
    for (entry, status, code) in [
        (r#"{"request":{"method":"DELETE","url":"Patient?name=kari"}}"#, 412, "multiple-matches"),
        (r#"{"request":{"method":"DELETE","url":"Patient?_id=b","ifMatch":"W/\"7\""}}"#, 412, "conflict"),
        (r#"{"request":{"method":"DELETE","url":"Patient?_id=a"}}"#, 400, "duplicate"),
        (r#"{"request":{"method":"DELETE","url":"Patient?shoe-size=43"}}"#, 400, "not-supported"),
    ] {
        let bundle = format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{by_id},{entry}]}}"#);
        let reply = api.post("", &bundle).await;
        assert_eq!(reply.issue(), (status, code.into(), "Bundle.entry[1]".into()), "{}", reply.text);
        assert_eq!(api.get("/Patient/a").await.status, 200);
    }
}
