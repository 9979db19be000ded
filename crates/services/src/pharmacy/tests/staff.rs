use serde_json::{Value, json};

use super::super::staff::{hpr_number, work};

const HPR: &str = "urn:oid:2.16.578.1.12.4.1.4.4";

fn role(change: impl Fn(&mut Value)) -> Vec<u8> {
    let category = "urn:oid:2.16.578.1.12.4.1.1.9060";
    let mut body = json!({
        "resourceType": "PractitionerRole", "active": true,
        "organization": { "reference": "Organization/pharmacy-1", "display": "Varde apotek Sentrum" },
        "code": [{ "coding": [{ "system": category, "code": "FA1", "display": "Provisorfarmasøyt" }] }],
    });
    change(&mut body);
    body.to_string().into_bytes()
}

#[test]
fn who_is_at_work_at_a_pharmacy_is_said_by_a_role_that_holds() {
    let is_work = |change: fn(&mut Value)| work(&role(change), "2026-11-21".parse().unwrap());
    let found = is_work(|_| {}).unwrap();
    assert_eq!((found.role.as_str(), found.pharmacy.as_str()), ("Provisorfarmasøyt", "Varde apotek Sentrum"));
    let yes: [fn(&mut Value); 5] = [
        |body| body["code"][0]["coding"][0]["code"] = "FA2".into(),
        |body| body["code"][0]["coding"][0]["code"] = "AT".into(),
        |body| body["period"] = json!({ "start": "2026-11-21", "end": "2026-11-21" }),
        |body| body["period"] = json!({ "start": "2020-01-01T08:00:00+01:00" }),
        |body| _ = body.as_object_mut().unwrap().remove("active"),
    ];
    for change in yes {
        assert!(is_work(change).is_some(), "{}", String::from_utf8_lossy(&role(change)));
    }
    let no: [fn(&mut Value); 8] = [
        |body| body["code"][0]["coding"][0]["code"] = "LE".into(),
        |body| body["code"][0]["coding"][0]["system"] = "urn:other".into(),
        |body| body["active"] = false.into(),
        |body| body["period"] = json!({ "end": "2026-11-20" }),
        |body| body["period"] = json!({ "start": "2026-11-22" }),
        |body| body["period"] = json!({ "end": "some time" }),
        |body| body["organization"] = json!({ "reference": "Organization/pharmacy-1" }),
        |body| *body = json!("nothing"),
    ];
    for change in no {
        assert!(is_work(change).is_none(), "{}", String::from_utf8_lossy(&role(change)));
    }
}

#[test]
fn an_entry_counts_with_a_number_of_health_personnel_while_it_is_active() {
    let of = |body: &Value| hpr_number(body.to_string().as_bytes());
    let known =
        json!({ "identifier": [{ "system": "urn:other", "value": "1" }, { "system": HPR, "value": "90000001" }] });
    assert_eq!(of(&known).as_deref(), Some("90000001"));
    assert_eq!(of(&json!({ "active": false, "identifier": known["identifier"] })), None);
    assert_eq!(of(&json!({ "identifier": [{ "system": HPR, "value": "" }] })), None);
    assert_eq!(of(&json!({})), None);
}
