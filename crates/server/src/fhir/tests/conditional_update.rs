use futures_util::future::join_all;

use super::{Api, JSON, KARI, ids};

const HPR: &str = r#"{"resourceType":"Practitioner","identifier":[{"system":"urn:hpr","value":"1"}]}"#;
const PLACE: &str = "/Practitioner?identifier=urn:hpr|1";

fn named(id: &str) -> String {
    HPR.replacen('{', &format!(r#"{{"id":"{id}","#), 1)
}

#[tokio::test]
async fn what_does_not_match_is_created_and_what_matches_is_updated() {
    let api = Api::new();
    let first = api.put(PLACE, HPR).await;
    assert_eq!((first.status.as_u16(), first.header("etag")), (201, "W/\"1\""), "{}", first.text);
    let id = first.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(first.header("location"), format!("https://varde.test/fhir/Practitioner/{id}/_history/1"));
    for (body, version) in [(HPR.to_owned(), "W/\"2\""), (named(&id), "W/\"3\"")] {
        let reply = api.put(PLACE, &body).await;
        assert_eq!((reply.status.as_u16(), reply.header("etag")), (200, version), "{}", reply.text);
        assert_eq!(reply.json()["id"], id);
    }
    assert_eq!(api.put(PLACE, &named("other")).await.issue(), (400, "invalid".into(), "Practitioner.id".into()));
    assert_eq!(api.get("/Practitioner/other").await.status, 404);
    api.given(&named("second")).await;
    assert_eq!(api.put(PLACE, HPR).await.issue(), (412, "multiple-matches".into(), String::new()));
}

#[tokio::test]
async fn an_id_without_a_match_is_created_under_and_never_overwritten() {
    let api = Api::new();
    let first = api.put(PLACE, &named("p1")).await;
    assert_eq!((first.status.as_u16(), first.json()["id"].as_str()), (201, Some("p1")), "{}", first.text);
    let taken = api.put("/Practitioner?identifier=urn:hpr|2", &named("p1")).await;
    assert_eq!(taken.issue(), (409, "conflict".into(), String::new()), "what does not match is not replaced");
    assert_eq!(api.get("/Practitioner/p1").await.header("etag"), "W/\"1\"");
    api.send("DELETE", "/Practitioner/p1", &[], "").await;
    let again = api.put(PLACE, &named("p1")).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (201, "W/\"3\""), "what was deleted can come back");
}

#[tokio::test]
async fn a_version_asked_for_is_that_of_the_match() {
    let api = Api::new();
    for (name, value, status) in [
        ("if-match", "W/\"1\"", 412),
        ("if-none-match", "*", 201),
        ("if-none-match", "*", 412),
        ("if-match", "W/\"1\"", 200),
        ("if-match", "W/\"1\"", 412),
        ("if-match", "nonsense", 412),
    ] {
        let reply = api.send("PUT", PLACE, &[JSON, (name, value)], HPR).await;
        assert_eq!(reply.status, status, "{name}: {value}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_condition_must_be_a_search_that_asks_for_something() {
    let api = Api::new();
    api.given(KARI).await;
    for (query, status) in [("", 400), ("?", 400), ("?_sort=name", 400), ("?shoe-size=43", 400), ("?name=kari", 200)] {
        let reply = api.put(&format!("/Patient{query}"), KARI).await;
        assert_eq!(reply.status, status, "{query}: {}", reply.text);
    }
    let other = api.put("/Patient?name=kari", HPR).await;
    assert_eq!(other.issue(), (400, "invalid".into(), "Practitioner.resourceType".into()));
}

#[tokio::test]
async fn many_at_once_make_one_and_lose_no_update() {
    let api = Api::new();
    let replies = join_all((0..20).map(|_| api.put(PLACE, HPR))).await;
    let count = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(201), count(201) + count(200) + count(409)), (1, 20), "{:?}", replies[0].text);
    let found = api.get(PLACE).await.json();
    assert_eq!(ids(&found).len(), 1);
    let version = found["entry"][0]["resource"]["meta"]["versionId"].as_str().unwrap().to_owned();
    assert_eq!(version, (count(200) + 1).to_string(), "every success is a version of its own");
}

fn entry(condition: &str, body: &str, more: &str) -> String {
    format!(r#"{{"resource":{body},"request":{{"method":"PUT","url":"Practitioner?{condition}"{more}}}}}"#)
}

fn bundle(kind: &str, entries: &[String]) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{}]}}"#, entries.join(","))
}

#[tokio::test]
async fn entries_of_bundles_can_be_conditional_updates() {
    let condition = "identifier=urn:hpr|1";
    for kind in ["batch", "transaction"] {
        let api = Api::new();
        let refer = r#"{"resource":{"resourceType":"Basic","code":{"text":"x"},"author":{"reference":"Practitioner?identifier=urn:hpr|1"}},"request":{"method":"POST","url":"Basic"}}"#;
        for expected in ["201 Created", "200 OK"] {
            let mut entries = vec![entry(condition, HPR, "")];
            if kind == "transaction" {
                entries.push(refer.to_owned());
            }
            let json = api.post("", &bundle(kind, &entries)).await.json();
            assert_eq!(json["entry"][0]["response"]["status"], expected, "{kind}: {json}");
        }
        let found = api.get(PLACE).await.json();
        assert_eq!(found["entry"][0]["resource"]["meta"]["versionId"], "2", "{kind}");
        if kind == "transaction" {
            let id = ids(&found).concat();
            let basics = api.get(&format!("/Basic?author=Practitioner/{id}")).await.json();
            assert_eq!(ids(&basics).len(), 2, "references that are conditions find what the entry wrote");
        }
    }
}

#[tokio::test]
async fn a_transaction_with_a_conditional_update_that_fails_writes_nothing() {
    let api = Api::new();
    for id in ["p1", "p2"] {
        api.given(&named(id)).await;
    }
    api.given(&named("p3").replace("\"1\"", "\"3\"")).await;
    let create = r#"{"resource":{"resourceType":"Patient","name":[{"family":"Uskrevet"}]},"request":{"method":"POST","url":"Patient"}}"#;
    let new = "identifier=urn:hpr|9";
    for (entries, status, code, at) in [
        (vec![entry("identifier=urn:hpr|1", HPR, "")], 412, "multiple-matches", 1),
        (vec![entry("identifier=urn:hpr|3", &named("p9"), "")], 400, "invalid", 1),
        (vec![entry("identifier=urn:hpr|3", HPR, r#","ifMatch":"W/\"7\"""#)], 412, "conflict", 1),
        (vec![entry(new, &named("p1"), "")], 409, "conflict", 1),
        (vec![entry(new, HPR, ""), entry(new, HPR, "")], 400, "duplicate", 2),
        (vec![entry(new, HPR, r#","ifMatch":"W/\"1\"""#)], 412, "conflict", 1),
        (vec![entry("identifier=urn:hpr|3", HPR, ""), entry("_id=p3", HPR, "")], 400, "duplicate", 2),
    ] {
        let all: Vec<String> = [create.to_owned()].into_iter().chain(entries).collect();
        let reply = api.post("", &bundle("transaction", &all)).await;
        let (found, reason, place) = reply.issue();
        assert_eq!((found, reason.as_str()), (status, code), "{}", reply.text);
        assert!(place.starts_with(&format!("Bundle.entry[{at}]")), "{place}");
        assert!(ids(&api.get("/Patient?name=uskrevet").await.json()).is_empty());
    }
}

#[tokio::test]
async fn what_another_entry_creates_is_not_made_a_second_time() {
    let api = Api::new();
    let create = format!(r#"{{"resource":{HPR},"request":{{"method":"POST","url":"Practitioner"}}}}"#);
    let update = entry("identifier=urn:hpr|1", HPR, "");
    for entries in [[create.clone(), update.clone()], [update, create]] {
        let reply = api.post("", &bundle("transaction", &entries)).await;
        assert_eq!(reply.issue().0, 412, "R4 does the creation first, whatever their order: {}", reply.text);
        assert!(ids(&api.get(PLACE).await.json()).is_empty());
    }
}
