use serde_json::Value;

use super::{Api, JSON, KARI, ids};

const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
    {"fullUrl":"urn:uuid:00000000-0000-0000-0000-00000000000a","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},
      "subject":{"reference":"urn:uuid:00000000-0000-0000-0000-00000000000b"},"performer":[{"reference":"Practitioner?identifier=urn:hpr|1"}]},
      "request":{"method":"POST","url":"Observation"}},
    {"fullUrl":"urn:uuid:00000000-0000-0000-0000-00000000000b","resource":{"resourceType":"Patient","name":[{"family":"Ny"}]},
      "request":{"method":"POST","url":"Patient"}},
    {"fullUrl":"urn:uuid:00000000-0000-0000-0000-00000000000c","resource":{"resourceType":"Practitioner","identifier":[{"system":"urn:hpr","value":"1"}]},
      "request":{"method":"POST","url":"Practitioner","ifNoneExist":"identifier=urn:hpr|1"}}]}"#;

#[tokio::test]
async fn entries_refer_to_each_other_and_conditions_find_what_is_there() {
    let api = Api::new();
    for (round, practitioner) in [(1, "201 Created"), (2, "200 OK")] {
        let reply = api.post("", BUNDLE).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let bundle = reply.json();
        assert_eq!(bundle["type"], "transaction-response");
        let location = |index: usize| {
            bundle["entry"][index]["response"]["location"]
                .as_str()
                .unwrap()
                .split("/_history")
                .next()
                .unwrap()
                .to_owned()
        };
        assert_eq!(bundle["entry"][2]["response"]["status"], practitioner);
        let observation = api.get(&format!("/{}", location(0))).await.json();
        assert_eq!(observation["subject"]["reference"], location(1));
        assert_eq!(observation["performer"][0]["reference"], location(2));
        let found = api.get(&format!("/Observation?subject={}&performer={}", location(1), location(2))).await.json();
        assert_eq!(ids(&found).len(), 1, "the index knows the new references");
        assert_eq!(
            api.get("/Practitioner?identifier=urn:hpr|1&_total=accurate").await.json()["total"],
            1,
            "round {round}"
        );
    }
}

#[tokio::test]
async fn a_transaction_does_every_kind_of_request_in_the_right_order() {
    let api = Api::new();
    api.given(KARI).await;
    api.given(&KARI.replace("\"kari\"", "\"old\"")).await;
    let bundle = r#"{"resourceType":"Bundle","type":"transaction","entry":[
        {"request":{"method":"GET","url":"Patient?name=hansen"}},
        {"resource":{"resourceType":"Patient","id":"kari","name":[{"family":"Hansen"}]},"request":{"method":"PUT","url":"Patient/kari","ifMatch":"W/\"1\""}},
        {"request":{"method":"GET","url":"Patient/kari"}},
        {"request":{"method":"DELETE","url":"Patient/old"}}]}"#;
    let reply = api.send("POST", "/", &[JSON, ("prefer", "return=representation")], bundle).await;
    let json = reply.json();
    let status: Vec<&str> = (0..4).map(|i| json["entry"][i]["response"]["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["200 OK", "200 OK", "200 OK", "204 No Content"], "{}", reply.text);
    assert_eq!(json["entry"][0]["resource"]["entry"].as_array().map(Vec::len), Some(1), "reads come after writes");
    assert_eq!(json["entry"][1]["resource"]["name"][0]["family"], "Hansen");
    assert_eq!(json["entry"][2]["resource"]["meta"]["versionId"], "2");
    assert_eq!(api.get("/Patient/old").await.status, 410);
}

#[tokio::test]
async fn two_entries_with_one_condition_are_one_resource() {
    let api = Api::new();
    let entry = r#"{"resource":{"resourceType":"Organization","name":"A","identifier":[{"value":"1"}]},"request":{"method":"POST","url":"Organization","ifNoneExist":"identifier=1"}}"#;
    let reply =
        api.post("", &format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{entry},{entry}]}}"#)).await;
    let json = reply.json();
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(json["entry"][0]["response"]["location"], json["entry"][1]["response"]["location"]);
}

#[tokio::test]
async fn a_reference_within_a_server_follows_the_resource_to_its_new_id() {
    let api = Api::new();
    let reply = api.post("", r#"{"resourceType":"Bundle","type":"transaction","entry":[
        {"fullUrl":"http://other.no/fhir/Patient/7","resource":{"resourceType":"Patient","id":"7"},"request":{"method":"POST","url":"Patient"}},
        {"resource":{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient/7"}},"request":{"method":"POST","url":"Basic"}},
        {"resource":{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"http://other.no/fhir/Patient/7"}},"request":{"method":"POST","url":"Basic"}}]}"#).await;
    let json = reply.json();
    let place = |index: usize| {
        json["entry"][index]["response"]["location"].as_str().unwrap().split("/_history").next().unwrap().to_owned()
    };
    for index in [1, 2] {
        assert_eq!(api.get(&format!("/{}", place(index))).await.json()["subject"]["reference"], place(0));
    }
}

#[tokio::test]
async fn when_one_entry_fails_nothing_is_written_and_the_entry_is_named() {
    let api = Api::new();
    api.given(KARI).await;
    api.given(r#"{"resourceType":"Practitioner","id":"p1","identifier":[{"value":"2"}]}"#).await;
    api.given(r#"{"resourceType":"Practitioner","id":"p2","identifier":[{"value":"2"}]}"#).await;
    let good = r#"{"fullUrl":"urn:uuid:00000000-0000-0000-0000-00000000000a","resource":{"resourceType":"Patient","name":[{"family":"Uskrevet"}]},"request":{"method":"POST","url":"Patient"}}"#;
    let basic = |reference: &str| {
        format!(
            r#"{{"resource":{{"resourceType":"Basic","code":{{"text":"x"}},"subject":{{"reference":"{reference}"}}}},"request":{{"method":"POST","url":"Basic"}}}}"#
        )
    };
    for (entry, status, code, expression) in [
        (r#"{"resource":{"resourceType":"Patient","birthDate":"x"},"request":{"method":"POST","url":"Patient"}}"#.to_owned(), 400, "value", "Bundle.entry[1].resource.birthDate"),
        (r#"{"resource":{"resourceType":"Patient"}}"#.to_owned(), 400, "required", "Bundle.entry[1]"),
        (r#"{"request":{"method":"POST","url":"Patient"}}"#.to_owned(), 400, "required", "Bundle.entry[1]"),
        (r#"{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Basic"}}"#.to_owned(), 400, "invalid", "Bundle.entry[1].resource.resourceType"),
        (r#"{"resource":{"resourceType":"Patient"},"request":{"method":"POST"}}"#.to_owned(), 400, "required", "Bundle.entry[1].request.url"),
        (r#"{"resource":{"resourceType":"Patient","id":"ola"},"request":{"method":"PUT","url":"Patient/kari"}}"#.to_owned(), 400, "invalid", "Bundle.entry[1].resource.id"),
        (r#"{"resource":{"resourceType":"Patient","id":"kari"},"request":{"method":"PUT","url":"Patient/kari","ifMatch":"W/\"7\""}}"#.to_owned(), 412, "conflict", "Bundle.entry[1]"),
        (r#"{"request":{"method":"DELETE","url":"Patient/kari","ifMatch":"W/\"7\""}}"#.to_owned(), 412, "conflict", "Bundle.entry[1]"),
        (r#"{"request":{"method":"DELETE","url":"Patient"}}"#.to_owned(), 400, "not-supported", "Bundle.entry[1]"),
        (r#"{"request":{"method":"GET","url":"Patient/nobody"}}"#.to_owned(), 404, "not-found", "Bundle.entry[1]"),
        (r#"{"request":{"method":"GET","url":"Patient?shoe-size=43"}}"#.to_owned(), 400, "not-supported", "Bundle.entry[1]"),
        (good.to_owned(), 400, "duplicate", "Bundle.entry[1]"),
        (basic("urn:uuid:99999999-0000-0000-0000-000000000000"), 400, "not-found", "Bundle.entry[1].resource.subject"),
        (basic("Practitioner?identifier=nobody"), 412, "not-found", "Bundle.entry[1].resource.subject"),
        (basic("Practitioner?identifier=2"), 412, "multiple-matches", "Bundle.entry[1].resource.subject"),
        (basic("Practitioner?shoe-size=2"), 400, "not-supported", "Bundle.entry[1].resource.subject"),
        (r#"{"resource":{"resourceType":"Practitioner"},"request":{"method":"POST","url":"Practitioner","ifNoneExist":"identifier=2"}}"#.to_owned(), 412, "multiple-matches", "Bundle.entry[1]"),
    ] {
        let reply = api.post("", &format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{good},{entry}]}}"#)).await;
        assert_eq!(reply.issue(), (status, code.into(), expression.into()), "{entry}: {}", reply.text);
        let written = api.get("/Patient?name=uskrevet").await.json();
        assert_eq!(ids(&written), Vec::<String>::new(), "{entry}");
    }
}

#[tokio::test]
async fn what_is_no_batch_or_transaction_is_refused() {
    let api = Api::new();
    let write_twice =
        r#"{"resource":{"resourceType":"Patient","id":"a"},"request":{"method":"PUT","url":"Patient/a"}}"#;
    for (body, status, expression) in [
        (r#"{"resourceType":"Bundle","type":"collection"}"#.to_owned(), 400, "Bundle.type"),
        (r#"{"resourceType":"Bundle"}"#.to_owned(), 400, "Bundle.type"),
        (KARI.to_owned(), 400, "Patient.resourceType"),
        (r#"{"resourceType":"Bundle","type":"batch","entry":{}}"#.to_owned(), 400, "Bundle.entry"),
        (
            r#"{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","x":1},"y":2}]}"#
                .to_owned(),
            400,
            "Bundle.entry[0].resource.x",
        ),
        (
            format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{write_twice},{write_twice}]}}"#),
            400,
            "Bundle.entry[1]",
        ),
        // 405 would be said of the address of the Bundle.
        (
            r#"{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"HEAD","url":"Patient/a"}}]}"#
                .to_owned(),
            400,
            "Bundle.entry[0]",
        ),
    ] {
        let (found, _, place) = api.post("", &body).await.issue();
        assert_eq!((found, place.as_str()), (status, expression), "{body}");
    }
    let empty: Value = api.post("", r#"{"resourceType":"Bundle","type":"transaction"}"#).await.json();
    assert_eq!(empty["type"], "transaction-response");
}
