use super::{Api, KARI};

#[tokio::test]
async fn each_entry_of_a_batch_stands_for_itself() {
    let api = Api::new();
    api.given(KARI).await;
    let reply = api
        .post(
            "",
            r#"{"resourceType":"Bundle","type":"batch","entry":[
        {"request":{"method":"GET","url":"Patient/kari"}},
        {"request":{"method":"GET","url":"Patient/nobody"}},
        {"resource":{"resourceType":"Patient","gender":7},"request":{"method":"POST","url":"Patient"}},
        {"resource":{"resourceType":"Patient","gender":"male"},"request":{"method":"POST","url":"Patient"}},
        {"request":{"method":"GET","url":"Patient?gender=male"}},
        {"request":{"method":"DELETE","url":"Patient/kari","ifMatch":"W/\"9\""}},
        {"request":{"method":"DELETE","url":"Patient/kari"}},
        {"request":{"method":"PATCH","url":"Patient/kari"}},
        {"request":{"method":"POST","url":"Patient"}},
        {"resource":{"resourceType":"Patient","id":"ola"},"request":{"method":"PUT","url":"Patient/kari"}},
        {"request":{"method":"GET","url":"Patient/kari/_history/1"}}]}"#,
        )
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let bundle = reply.json();
    let outcome = |index: usize| {
        let response = &bundle["entry"][index]["response"];
        let expression = response["outcome"]["issue"][0]["expression"][0].as_str().unwrap_or_default();
        (response["status"].as_str().unwrap()[..3].to_owned(), expression.to_owned())
    };
    for (index, status, expression) in [
        (0, "200", ""),
        (1, "404", "Bundle.entry[1]"),
        (2, "400", "Bundle.entry[2].resource.gender"),
        (3, "201", ""),
        (4, "200", ""),
        (5, "412", "Bundle.entry[5]"),
        (6, "204", ""),
        (7, "405", "Bundle.entry[7]"),
        (8, "400", "Bundle.entry[8]"),
        (9, "400", "Bundle.entry[9].resource.id"),
        (10, "200", ""),
    ] {
        assert_eq!(outcome(index), (status.into(), expression.into()), "{index}");
    }
    assert_eq!(bundle["type"], "batch-response");
    assert_eq!(bundle["entry"][0]["resource"]["id"], "kari");
    assert_eq!(bundle["entry"][4]["resource"]["entry"].as_array().map(Vec::len), Some(1));
    assert!(bundle["entry"][3]["response"]["location"].as_str().is_some_and(|l| l.starts_with("Patient/")));
}
