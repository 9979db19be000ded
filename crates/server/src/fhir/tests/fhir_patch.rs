use super::{Api, KARI};

const FHIR: (&str, &str) = ("content-type", "application/fhir+json; charset=utf-8");
const WEIGHT: &str = r#"{"resourceType":"Observation","id":"w","status":"final","code":{"text":"weight"},"subject":{"reference":"Patient/kari"},"valueQuantity":{"value":64.50,"unit":"kg"},"component":[{"code":{"text":"a"},"valueQuantity":{"value":1.00}}]}"#;

fn operation(kind: &str, path: &str, more: &str) -> String {
    format!(
        r#"{{"name":"operation","part":[{{"name":"type","valueCode":"{kind}"}},{{"name":"path","valueString":"{path}"}}{more}]}}"#
    )
}

async fn patch(api: &Api, url: &str, operations: &[String]) -> super::Reply {
    let body = format!(r#"{{"resourceType":"Parameters","parameter":[{}]}}"#, operations.join(","));
    api.send("PATCH", url, &[FHIR], body).await
}

#[tokio::test]
async fn a_fhirpath_patch_is_done_and_decimals_keep_their_digits() {
    let api = Api::new();
    api.given(WEIGHT).await;
    let component = r#",{"name":"name","valueString":"component"},{"name":"value","part":[
        {"name":"code","valueCodeableConcept":{"text":"b"}},{"name":"value","valueQuantity":{"value":0.10}}]}"#;
    let operations = [
        operation("replace", "Observation.status", r#",{"name":"value","valueCode":"amended"}"#),
        operation("add", "Observation", component),
        operation(
            "move",
            "Observation.component",
            r#",{"name":"source","valueInteger":1},{"name":"destination","valueInteger":0}"#,
        ),
        operation("delete", "Observation.subject", ""),
        operation("delete", "Observation.issued", ""),
        operation(
            "replace",
            "Observation.component.where(code.text = 'a').value.value",
            r#",{"name":"value","valueDecimal":7.000}"#,
        ),
    ];
    let reply = patch(&api, "/Observation/w", &operations).await;
    assert_eq!((reply.status.as_u16(), reply.header("etag")), (200, "W/\"2\""), "{}", reply.text);
    let stored = api.get("/Observation/w").await;
    assert_eq!(stored.text, reply.text);
    for part in [r#""value":64.50"#, r#""value":7.000"#, r#""value":0.10"#, r#""status":"amended""#] {
        assert!(stored.text.contains(part), "{part}: {}", stored.text);
    }
    assert_eq!(stored.json()["component"][0]["code"]["text"], "b");
    assert!(super::ids(&api.get("/Observation?patient=kari").await.json()).is_empty(), "the index follows the patch");
}

#[tokio::test]
async fn a_fhirpath_patch_that_fails_changes_nothing_and_says_where() {
    let api = Api::new();
    api.given(KARI).await;
    let fine = || operation("delete", "Patient.name[0].family", "");
    let value = |value: &str| format!(r#",{{"name":"value",{value}}}"#);
    let name = r#",{"name":"name","valueString":"active"}"#;
    for (second, code, expression) in [
        (operation("copy", "Patient", ""), "structure", "Parameters.parameter[1]"),
        (operation("delete", "Patient.name[", ""), "value", "Parameters.parameter[1]"),
        (operation("replace", "Patient.active", ""), "required", "Parameters.parameter[1]"),
        (operation("replace", "Patient.photo", &value(r#""valueString":"x""#)), "not-found", "Parameters.parameter[1]"),
        (operation("delete", "Patient", ""), "invalid", "Parameters.parameter[1]"),
        (
            operation("add", "Patient", &format!("{name}{}", value(r#""valueString":"yes""#))),
            "structure",
            "Patient.active",
        ),
        (
            operation("replace", "Patient.birthDate", &value(r#""valueDate":"1990-13-01""#)),
            "value",
            "Patient.birthDate",
        ),
        (operation("replace", "Patient.id", &value(r#""valueId":"ola""#)), "invalid", "Patient.id"),
    ] {
        let reply = patch(&api, "/Patient/kari", &[fine(), second.clone()]).await;
        assert_eq!(reply.issue(), (400, code.into(), expression.into()), "{second}: {}", reply.text);
        assert!(!reply.text.contains("1990"), "no value in an error");
    }
    for body in ["", "[]", "{}", r#"{"resourceType":"Patient"}"#] {
        let reply = api.send("PATCH", "/Patient/kari", &[FHIR], body).await;
        assert_eq!(reply.issue().1, "structure", "{body}");
    }
    assert_eq!(api.get("/Patient/kari").await.header("etag"), "W/\"1\"");
    let reply =
        api.send("PATCH", "/Patient/kari", &[FHIR, ("if-match", "W/\"2\"")], r#"{"resourceType":"Parameters"}"#);
    assert_eq!(reply.await.status, 412);
}
