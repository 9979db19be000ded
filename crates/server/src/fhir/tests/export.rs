use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use varde_base::{Actor, PatientId, Purpose, SystemActor, SystemRole};
use varde_store::{Access, AuditAction};

use super::{Api, JSON, KARI, OTHER_TOKEN, Reply};

const ASYNC: (&str, &str) = ("prefer", "respond-async");

async fn country() -> Api {
    let api = Api::new();
    api.given(r#"{"resourceType":"Practitioner","id":"lege"}"#).await;
    api.given(KARI).await;
    api.given(r#"{"resourceType":"Patient","id":"ola","gender":"male"}"#).await;
    api.given(r#"{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/ola"}},{"entity":{"reference":"Patient/kari"},"inactive":true}]}"#).await;
    api.given(r#"{"resourceType":"Observation","id":"room","status":"final","code":{"text":"temperature"}}"#).await;
    for (id, patient, status) in [("o1", "kari", "final"), ("o2", "kari", "preliminary"), ("o3", "ola", "final")] {
        api.given(&format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"{status}","code":{{"coding":[{{"code":"vekt"}}]}},
            "subject":{{"reference":"Patient/{patient}"}},"valueQuantity":{{"value":64.50}}}}"#
        ))
        .await;
    }
    api
}

/// Workers, until told to stop.
struct Working(watch::Sender<bool>, JoinHandle<()>);

impl Working {
    fn on(api: &Api) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self(stop, tokio::spawn(api.exports.clone().work(stopped)))
    }

    async fn stop(self) {
        self.0.send(true).unwrap();
        self.1.await.unwrap();
    }
}

impl Api {
    /// Orders an export; where to ask for it.
    async fn order(&self, url: &str) -> String {
        let reply = self.send("GET", url, &[ASYNC], "").await;
        assert_eq!(reply.status, 202, "{}", reply.text);
        place(&reply)
    }

    async fn done(&self, place: &str) -> Value {
        for _ in 0..400 {
            let reply = self.get(place).await;
            if reply.status == 200 {
                assert_eq!(
                    (reply.header("content-type"), reply.header("expires").is_empty()),
                    ("application/json", false)
                );
                return reply.json();
            }
            assert_eq!(reply.status, 202, "{}", reply.text);
            assert!(!reply.header("x-progress").is_empty() && !reply.header("retry-after").is_empty());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the export does not come to its end");
    }

    /// All that a list of the manifest leads to, by type and id.
    async fn files(&self, manifest: &Value, list: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for file in manifest[list].as_array().unwrap() {
            let url = file["url"].as_str().unwrap().strip_prefix(super::BASE).unwrap();
            let reply = self.send("GET", url, &[("accept", "application/fhir+ndjson")], "").await;
            assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/fhir+ndjson"));
            assert_eq!(file["count"], reply.text.lines().count());
            for line in reply.text.lines() {
                let json: Value = serde_json::from_str(line).unwrap();
                assert_eq!(json["resourceType"], file["type"]);
                let name =
                    format!("{}/{}", json["resourceType"].as_str().unwrap(), json["id"].as_str().unwrap_or(line));
                assert!(names.insert(name), "twice: {line}");
            }
        }
        names
    }

    async fn export(&self, url: &str) -> BTreeSet<String> {
        let manifest = self.done(&self.order(url).await).await;
        self.files(&manifest, "output").await
    }
}

fn place(reply: &Reply) -> String {
    reply.header("content-location").strip_prefix(super::BASE).unwrap().to_owned()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn each_level_exports_what_belongs_to_it() {
    let api = country().await;
    let working = Working::on(&api);
    let ola = ["Patient/ola", "Observation/o3"];
    let patients = ["Patient/kari", "Patient/ola", "Observation/o1", "Observation/o2", "Observation/o3"];
    let whole = [&patients[..], &["Practitioner/lege", "Group/g", "Observation/room"]].concat();
    for (url, expected) in [
        ("/$export", &whole[..]),
        ("/Patient/$export?_outputFormat=application/fhir%2Bndjson", &patients),
        ("/Group/g/$export", &ola),
        ("/$export?_type=Patient,Group", &["Patient/kari", "Patient/ola", "Group/g"]),
        ("/Patient/$export?_type=Patient", &["Patient/kari", "Patient/ola"]),
        ("/Patient/$export?_type=Observation&_typeFilter=Observation?status=preliminary", &["Observation/o2"]),
        (
            "/$export?_type=Observation&_typeFilter=Observation%3Fstatus%3Dpreliminary,Observation%3Fpatient%3Dkari",
            &["Observation/o1", "Observation/o2"],
        ),
        (
            "/$export?_type=Observation&_typeFilter=Observation?status=final,preliminary",
            &["Observation/o1", "Observation/o2", "Observation/o3", "Observation/room"],
        ),
        ("/$export?_type=Observation&_typeFilter=Observation?patient.gender=male", &["Observation/o3"]),
    ] {
        assert_eq!(api.export(url).await, set(expected), "{url}");
    }
    let body = json!({"resourceType": "Parameters", "parameter": [
        {"name": "patient", "valueReference": {"reference": "Patient/ola"}}, {"name": "_elements", "valueString": "gender"}]});
    let reply = api.send("POST", "/Patient/$export", &[JSON, ASYNC], body.to_string()).await;
    let manifest = api.done(&place(&reply)).await;
    assert_eq!(api.files(&manifest, "output").await, set(&ola));
    assert_eq!(
        manifest["request"], "https://varde.test/fhir/Patient/$export?_elements=gender",
        "nobody's name is in it"
    );
    assert_eq!((&manifest["requiresAccessToken"], &manifest["error"]), (&json!(true), &json!([])));
    working.stop().await;
}

#[tokio::test]
async fn what_is_new_and_what_is_gone_since_is_exported() {
    let api = country().await;
    api.clock.advance(jiff::SignedDuration::from_secs(600));
    api.given(r#"{"resourceType":"Patient","id":"ola","gender":"other"}"#).await;
    api.send("DELETE", "/Observation/o1", &[], "").await;
    api.send("DELETE", "/Observation/room", &[], "").await;
    let working = Working::on(&api);
    for (url, new, gone) in [
        ("/$export?_since=2026-03-01T12:05:00Z", vec!["Patient/ola"], 2),
        ("/Patient/$export?_since=2026-03-01T12:05:00Z", vec!["Patient/ola"], 1),
        ("/Group/g/$export?_since=2026-03-01T12:05:00Z", vec!["Patient/ola"], 0),
    ] {
        let manifest = api.done(&api.order(url).await).await;
        assert_eq!(api.files(&manifest, "output").await, set(&new), "{url}");
        let deleted: String = api.files(&manifest, "deleted").await.into_iter().collect();
        assert_eq!(deleted.matches(r#""DELETE""#).count(), gone, "{url}: {deleted}");
        assert_eq!(manifest["transactionTime"], "2026-03-01T12:09:58Z");
    }
    working.stop().await;
}

#[tokio::test]
async fn an_order_that_cannot_be_understood_is_refused() {
    let api = country().await;
    for (url, headers, status, code) in [
        ("/$export", &[][..], 400, "required"),
        ("/$export?_outputFormat=text/csv", &[ASYNC], 400, "not-supported"),
        ("/$export?shoe=1", &[ASYNC], 400, "not-supported"),
        ("/$export?_type=Shoe", &[ASYNC], 400, "value"),
        ("/$export?_typeFilter=Observation?shoe=1", &[ASYNC], 400, "not-supported"),
        ("/$export?_typeFilter=Observation", &[ASYNC], 400, "value"),
        ("/$export?_type=Patient&_typeFilter=Observation?status=final", &[ASYNC], 400, "invalid"),
        ("/Patient/$export?_type=Practitioner", &[ASYNC], 400, "value"),
        ("/$export?patient=kari", &[ASYNC], 400, "not-supported"),
        ("/Group/g/$export?patient=kari", &[ASYNC], 400, "value"),
        ("/Group/none/$export", &[ASYNC], 404, "not-found"),
        ("/Observation/$export", &[ASYNC], 405, "not-supported"),
        ("/$export-status/none", &[], 404, "not-found"),
        ("/$export-file/none/job.json", &[], 404, "not-found"),
    ] {
        let (got, issue, _) = api.send("GET", url, headers, "").await.issue();
        assert_eq!((got, issue.as_str()), (status, code), "{url}");
    }
    let lenient = [("prefer", "respond-async, handling=lenient")];
    assert_eq!(api.send("GET", "/Patient/$export?shoe=1&_type=Practitioner", &lenient, "").await.status, 202);
}

#[tokio::test]
async fn an_export_belongs_to_the_one_who_ordered_it_and_ends_when_told_or_in_time() {
    let api = country().await;
    let working = Working::on(&api);
    let place = api.order("/$export?_type=Patient").await;
    let manifest = api.done(&place).await;
    let file = manifest["output"][0]["url"].as_str().unwrap().strip_prefix(super::BASE).unwrap().to_owned();
    let other = ("authorization", &*format!("Bearer {OTHER_TOKEN}"));
    for (method, url) in [("GET", &place), ("DELETE", &place), ("GET", &file)] {
        assert_eq!(api.send(method, url, &[other], "").await.status, 404, "{method} {url}");
        assert_eq!(api.send(method, url, &[("authorization", "")], "").await.status, 401, "{method} {url}");
    }
    let record = file.replace("Patient-1.ndjson", "job.json");
    for url in [&record, &file.replace("Patient-1.ndjson", "..%2Fvarde.db")] {
        assert_eq!(api.get(url).await.status, 404, "{url}");
    }
    assert_eq!(api.send("DELETE", &place, &[], "").await.status, 202);
    assert_eq!((api.get(&place).await.status.as_u16(), api.get(&file).await.status.as_u16()), (404, 404));
    let place = api.order("/$export?_type=Patient").await;
    api.done(&place).await;
    api.clock.advance(jiff::SignedDuration::from_hours(25));
    working.stop().await;
    Working::on(&api).stop().await;
    assert_eq!(api.get(&place).await.status, 200, "who is told to stop at once does not tidy");
    let working = Working::on(&api);
    let kept = || std::fs::read_dir(api.folder.path().join("exports")).unwrap().count();
    for _ in 0..100 {
        if kept() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((api.get(&place).await.status.as_u16(), kept()), (404, 0), "too old");
    working.stop().await;
}

#[tokio::test]
async fn an_order_taken_before_a_restart_is_carried_out_after_it_and_stands_in_the_log() {
    let api = country().await;
    let place = api.order("/Patient/$export").await;
    let api = api.again().await;
    let working = Working::on(&api);
    let manifest = api.done(&place).await;
    assert_eq!(api.files(&manifest, "output").await.len(), 5);
    working.stop().await;
    let access = Access {
        actor: Actor::System(SystemActor { name: "reader".into(), role: SystemRole::Admin }),
        purpose: Purpose::Administration,
        acting_for: None,
        interaction: "test",
    };
    let gate = api.store.as_actor(&access);
    for (patient, count) in [("kari", 3), ("ola", 2)] {
        let patient: PatientId = patient.parse().unwrap();
        let entries = gate.access_log(&patient, None, 100).await.unwrap().entries;
        let exported = entries.iter().filter(|entry| entry.action == AuditAction::Export);
        let counts: Vec<u32> = exported.clone().map(|entry| entry.count).collect();
        assert_eq!(counts.iter().sum::<u32>(), count, "{patient}");
        assert!(exported.into_iter().all(|entry| entry.actor_name == "Test EHR" && entry.interaction == "export"));
    }
}

/// Where several processes share a database, one that is asked about another's export says so; to others it is still not there.
#[tokio::test]
async fn an_export_of_another_process_is_to_be_asked_for_again() {
    let mut api = country().await;
    let place = api.order("/$export").await;
    let folder = tempfile::tempdir().unwrap();
    let other = api.beside(folder.path());
    let own = std::mem::replace(&mut api.router, other);
    let reply = api.get(&place).await;
    assert_eq!((reply.issue().0, reply.issue().1.as_str()), (503, "transient"), "{}", reply.text);
    assert!(!reply.header("retry-after").is_empty());
    assert_eq!(api.send("DELETE", &place, &[], "").await.status, 503);
    let stranger = format!("Bearer {OTHER_TOKEN}");
    assert_eq!(api.send("GET", &place, &[("authorization", &stranger)], "").await.status, 404);
    assert_eq!(api.get("/$export-status/0190a1b2-0000-7000-8000-000000000000").await.status, 404);
    api.router = own;
    assert_eq!(api.send("DELETE", &place, &[], "").await.status, 202);
    api.router = api.beside(folder.path());
    assert_eq!(api.get(&place).await.status, 404, "it is gone for everybody");
}
