//! `varde import` killed in the middle, twenty times, until everything is in.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use varde_base::SystemClock;
use varde_fhir::ResourceType;
use varde_fhir::search::{SearchOptions, parse};
use varde_rights::RuleBook;
use varde_store::{Options, Store};

const KILLS: u64 = 20;
const BUNDLES: usize = 150;
/// Resources that refer to the patient of their bundle.
const OBSERVATIONS: usize = 60;

/// A transaction: all of it goes in, or nothing.
fn bundle(number: usize) -> Value {
    let entry = |url: String, resource: Value| {
        let method = json!({"method": "POST", "url": resource["resourceType"]});
        json!({"fullUrl": url, "resource": resource, "request": method})
    };
    let patient = json!({"resourceType": "Patient", "id": format!("p{number}"), "birthDate": "1980-01-01"});
    let observation = |n: usize| {
        json!({
            "resourceType": "Observation", "id": format!("o{number}-{n}"), "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2"}]},
            "subject": {"reference": format!("urn:uuid:{number}")},
            "valueQuantity": {"value": 150 + n, "unit": "cm", "system": "http://unitsofmeasure.org", "code": "cm"},
        })
    };
    let mut entries = vec![entry(format!("urn:uuid:{number}"), patient)];
    entries.extend((0..OBSERVATIONS).map(|n| entry(format!("urn:uuid:{number}-{n}"), observation(n))));
    json!({"resourceType": "Bundle", "type": "transaction", "entry": entries})
}

fn import(data: &Path, files: &[PathBuf]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varde"));
    command.args(["import", "--data"]).arg(data).args(files).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

async fn count(store: &Store, resource_type: ResourceType, patient: usize) -> usize {
    let options = SearchOptions { max_count: 500, default_count: 500, lenient: false, now: jiff::Timestamp::now() };
    let name = if resource_type == ResourceType::PATIENT { "_id" } else { "patient" };
    let query = parse(resource_type, &[(name.to_owned(), format!("p{patient}"))], &options).unwrap();
    store.bulk_find(&query).await.unwrap().len()
}

/// How many bundles are in; each must be in with everything in it, or not at all.
async fn whole_bundles(data: &Path) -> usize {
    let book = RuleBook::national().unwrap();
    let store = Store::open(&Options::new(data), Arc::new(SystemClock), book).unwrap();
    let observation = ResourceType::from_name("Observation").unwrap();
    let mut whole = 0;
    for number in 0..BUNDLES {
        let patients = count(&store, ResourceType::PATIENT, number).await;
        let observations = count(&store, observation, number).await;
        assert_eq!(observations, patients * OBSERVATIONS, "bundle {number} is half written");
        whole += patients;
    }
    store.close().await.unwrap();
    whole
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_killed_twenty_times_loses_nothing_and_leaves_nothing_half_written() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let write = |number: usize| {
        let path = directory.path().join(format!("bundle-{number}.json"));
        std::fs::write(&path, bundle(number).to_string()).unwrap();
        path
    };
    let files: Vec<PathBuf> = (0..BUNDLES).map(write).collect();
    let mut before = 0;
    for kill in 0..KILLS {
        let mut program = import(&data, &files).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(40 + 17 * (kill % 7)));
        program.kill().unwrap();
        program.wait().unwrap();
        if !data.join("varde.db").exists() {
            continue;
        }
        let after = whole_bundles(&data).await;
        assert!(after >= before, "{before} bundles were in, now {after}");
        before = after;
        assert_eq!(Store::verify_audit(&data).unwrap().fault, None);
    }
    assert!(import(&data, &files).status().unwrap().success());
    assert_eq!(whole_bundles(&data).await, BUNDLES);
    assert_eq!(Store::verify_audit(&data).unwrap().fault, None);
}
