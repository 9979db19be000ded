use super::{Api, FhirLimits, KARI};

const PATCH: (&str, &str) = ("content-type", "application/json-patch+json");
const WEIGHT: &str = r#"{"resourceType":"Observation","id":"w","status":"final","code":{"text":"weight"},"subject":{"reference":"Patient/kari"},"valueQuantity":{"value":64.50,"unit":"kg"},"component":[{"code":{"text":"a"},"valueQuantity":{"value":1.00}}]}"#;

async fn patch(api: &Api, url: &str, body: &str) -> super::Reply {
    api.send("PATCH", url, &[PATCH], body.to_owned()).await
}

#[tokio::test]
async fn every_operation_is_done_and_decimals_keep_their_digits() {
    let api = Api::new();
    api.given(WEIGHT).await;
    let body = r#"[{"op":"test","path":"/valueQuantity/value","value":64.5},
        {"op":"add","path":"/note","value":[{"text":"a/b ~ \u00e5"}]},
        {"op":"add","path":"/component/-","value":{"code":{"text":"b"},"valueQuantity":{"value":0.10}}},
        {"op":"copy","from":"/component/0","path":"/component/0"},
        {"op":"replace","path":"/status","value":"amended"},
        {"op":"move","from":"/valueQuantity/unit","path":"/valueQuantity/code"},
        {"op":"remove","path":"/subject"},
        {"op":"replace","path":"/component/0/valueQuantity/value","value":7.000}]"#;
    let reply = patch(&api, "/Observation/w", body).await;
    assert_eq!((reply.status.as_u16(), reply.header("etag")), (200, "W/\"2\""), "{}", reply.text);
    let stored = api.get("/Observation/w").await;
    assert_eq!(stored.text, reply.text);
    for part in [r#""value":64.50"#, r#""value":7.000"#, r#""value":1.00}"#, r#""value":0.10"#, "a/b ~ å"] {
        assert!(stored.text.contains(part), "{part}: {}", stored.text);
    }
    let json = stored.json();
    assert_eq!((json["status"].as_str(), json["valueQuantity"]["code"].as_str()), (Some("amended"), Some("kg")));
    assert_eq!(json["component"].as_array().map(Vec::len), Some(3));
    let found = api.get("/Observation?patient=kari").await.json();
    assert!(super::ids(&found).is_empty(), "the index follows the patch");
    assert!(api.get("/Observation/w/_history/1").await.text.contains("Patient/kari"));
}

#[tokio::test]
async fn what_cannot_be_applied_changes_nothing() {
    let api = Api::new();
    api.given(KARI).await;
    for (body, status, code, expression) in [
        ("", 400, "structure", ""),
        ("{}", 400, "structure", ""),
        ("[7]", 400, "structure", ""),
        (r#"[{"op":"grow","path":"/x"}]"#, 400, "structure", ""),
        (r#"[{"op":"remove","op":"add","path":"/x"}]"#, 400, "structure", ""),
        (r#"[{"op":"remove"}]"#, 400, "value", ""),
        (r#"[{"op":"remove","path":"name"}]"#, 400, "value", ""),
        (r#"[{"op":"add","path":"/active"}]"#, 400, "required", ""),
        (r#"[{"op":"remove","path":"/active"}]"#, 400, "not-found", ""),
        (r#"[{"op":"replace","path":"/name/1","value":{}}]"#, 400, "not-found", ""),
        (r#"[{"op":"move","from":"/name","path":"/name/0"}]"#, 400, "invalid", ""),
        (r#"[{"op":"test","path":"/birthDate","value":"1990-01-03"}]"#, 400, "conflict", ""),
        (r#"[{"op":"remove","path":"/birthDate"},{"op":"test","path":"/active","value":true}]"#, 400, "not-found", ""),
        (r#"[{"op":"replace","path":"/birthDate","value":"1990-13-01"}]"#, 400, "value", "Patient.birthDate"),
        (r#"[{"op":"add","path":"/shoeSize","value":43}]"#, 400, "structure", "Patient.shoeSize"),
        (r#"[{"op":"replace","path":"/id","value":"ola"}]"#, 400, "invalid", "Patient.id"),
        (r#"[{"op":"remove","path":"/id"}]"#, 400, "invalid", "Patient.id"),
        (
            r#"[{"op":"replace","path":"","value":{"resourceType":"Basic","id":"kari","code":{"text":"x"}}}]"#,
            400,
            "invalid",
            "Patient.resourceType",
        ),
    ] {
        let reply = patch(&api, "/Patient/kari", body).await;
        assert_eq!(reply.issue(), (status, code.into(), expression.into()), "{body}: {}", reply.text);
        assert!(!reply.text.contains("1990"), "no value in an error");
    }
    assert_eq!(api.get("/Patient/kari").await.header("etag"), "W/\"1\"");
    assert_eq!(patch(&api, "/Patient/kari", r#"[{"op":"remove","path":""}]"#).await.status, 400);
}

const RENAME: &str = r#"[{"op":"replace","path":"/name/0/family","value":"Hansen"}]"#;

#[tokio::test]
async fn what_is_not_there_is_not_patched_and_other_media_are_refused() {
    let api = Api::new();
    assert_eq!(patch(&api, "/Patient/kari", RENAME).await.issue(), (404, "not-found".into(), String::new()));
    api.given(KARI).await;
    for content_type in ["application/fhir+json", "application/json", "application/merge-patch+json", ""] {
        let reply = api.send("PATCH", "/Patient/kari", &[("content-type", content_type)], RENAME).await;
        assert_eq!(reply.issue().0, 415, "{content_type}");
        assert_eq!(reply.header("accept-patch"), "application/json-patch+json");
    }
    let minimal = [("content-type", "application/json-patch+json; charset=utf-8"), ("prefer", "return=minimal")];
    let reply = api.send("PATCH", "/Patient/kari", &minimal, RENAME).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, ""));
    api.send("DELETE", "/Patient/kari", &[], "").await;
    assert_eq!(patch(&api, "/Patient/kari", RENAME).await.issue(), (410, "deleted".into(), String::new()));
}

#[tokio::test]
async fn nobody_patches_a_version_they_have_not_seen() {
    let api = Api::new();
    api.given(KARI).await;
    for (value, status) in [("W/\"2\"", 412), ("W/\"1\"", 200), ("W/\"1\"", 412), ("nonsense", 412), ("W/\"2\"", 200)] {
        let reply = api.send("PATCH", "/Patient/kari", &[PATCH, ("if-match", value)], RENAME).await;
        assert_eq!(reply.status, status, "{value}: {}", reply.text);
    }
    let add = r#"[{"op":"add","path":"/name/0/given/-","value":"x"}]"#;
    let replies = futures_util::future::join_all((0..20).map(|_| patch(&api, "/Patient/kari", add))).await;
    let done = replies.iter().filter(|reply| reply.status == 200).count();
    assert!(done > 0 && replies.iter().all(|reply| [200, 409].contains(&reply.status.as_u16())));
    let given = api.get("/Patient/kari").await.json()["name"][0]["given"].as_array().map(Vec::len);
    assert_eq!(given, Some(1 + done), "every patch that succeeded is there, and no other");
}

#[tokio::test]
async fn a_patch_has_an_end_and_so_has_what_it_makes() {
    let api = Api::with_limits(FhirLimits { body_bytes: 20_000, ..FhirLimits::default() });
    api.given(KARI).await;
    let remove = r#"{"op":"test","path":"/id","value":"kari"}"#;
    let of = |count: usize| format!("[{}]", vec![remove; count].join(","));
    assert_eq!(patch(&api, "/Patient/kari", &of(256)).await.status, 200);
    assert_eq!(patch(&api, "/Patient/kari", &of(257)).await.issue(), (413, "too-long".into(), String::new()));
    assert_eq!(patch(&api, "/Patient/kari", &of(1_000)).await.issue().0, 413);
    let double = vec![r#"{"op":"copy","from":"/name","path":"/name/-"}"#; 100].join(",");
    assert_eq!(patch(&api, "/Patient/kari", &format!("[{double}]")).await.issue().0, 413);
    let longer = vec![r#"{"op":"copy","from":"/name/0","path":"/name/0"}"#; 200].join(",");
    let grown = patch(&api, "/Patient/kari", &format!("[{longer}]")).await;
    assert_eq!(grown.status, 200, "{}", grown.text);
    let nested = format!(r#"[{{"op":"add","path":"/extension","value":{}{}}}]"#, "[".repeat(64), "]".repeat(64));
    assert_eq!(patch(&api, "/Patient/kari", &nested).await.issue().0, 400);
}

#[tokio::test]
async fn a_patch_can_be_conditional() {
    let api = Api::new();
    assert_eq!(patch(&api, "/Patient?name=kari", RENAME).await.issue(), (404, "not-found".into(), String::new()));
    api.given(KARI).await;
    let reply = patch(&api, "/Patient?name=kari", RENAME).await;
    assert_eq!((reply.status.as_u16(), reply.header("etag")), (200, "W/\"2\""), "{}", reply.text);
    let other = api.send("PATCH", "/Patient?name=kari", &[PATCH, ("if-match", "W/\"1\"")], RENAME).await;
    assert_eq!(other.issue(), (412, "conflict".into(), "If-Match".into()));
    api.given(&KARI.replace("\"kari\"", "\"other\"")).await;
    let several = patch(&api, "/Patient?name=kari", RENAME).await;
    assert_eq!(several.issue(), (412, "multiple-matches".into(), String::new()));
    assert_eq!(patch(&api, "/Patient", RENAME).await.status, 400);
}
