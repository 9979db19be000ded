//! Lives that nobody here wrote: each of the patients of `../shared/data` reads their pages, and the same with their data damaged.

mod html;
mod strange;
mod walk;

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::world::World;
use crate::import::{self, Progress};

/// Every how many of the 120 patients: what `VARDE_SYNTHEA_EVERY` says, or some from all over the alphabet.
fn step() -> usize {
    let asked = std::env::var("VARDE_SYNTHEA_EVERY").ok();
    asked.and_then(|every| every.parse().ok()).filter(|every| *every > 0).unwrap_or(12)
}

fn files() -> Option<Vec<PathBuf>> {
    let root = std::env::var_os("VARDE_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(root.join("synthea-blaze120/.github/test-data/synthea")) else {
        println!("skipped: no shared data");
        return None;
    };
    let mut files: Vec<PathBuf> = folder.filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "bz2"));
    files.sort();
    Some(files)
}

fn bundle(path: &Path) -> Value {
    let reader = bzip2::read::MultiBzDecoder::new(std::fs::File::open(path).unwrap());
    serde_json::from_reader(std::io::BufReader::new(reader)).unwrap()
}

/// The Patient's id in a bundle.
fn patient(bundle: &Value) -> Option<String> {
    let mut resources = bundle["entry"].as_array()?.iter().map(|entry| &entry["resource"]);
    let patient = resources.find(|resource| resource["resourceType"] == "Patient")?;
    patient["id"].as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_the_patients_of_the_shared_data_is_one_that_a_person_can_read() {
    let Some(files) = files() else { return };
    let (directory, people) = files.split_at(2);
    let chosen: Vec<PathBuf> = directory.iter().chain(people.iter().step_by(step())).cloned().collect();
    let world = World::new();
    let report = import::run(&world.store, &chosen, Progress::none()).await.unwrap();
    assert_eq!(report.rejected(), 0);
    let mut walk = walk::Walk::default();
    for patient in chosen.iter().filter_map(|file| patient(&bundle(file))) {
        walk.of(&world, &patient).await;
    }
    assert!(walk.faults.is_empty(), "{}", walk.report());
    walk.assert_has_seen(&[
        "/",
        "/appointments",
        "/record/{id}",
        "/results/{id}",
        "/medicines/{id}",
        "/vaccines/{id}",
        "/costs/care",
    ]);
}

/// The bundles of some patients with damage done to every resource, as NDJSON.
fn damaged(files: &[PathBuf], folder: &Path) -> (PathBuf, Vec<String>) {
    let mut lot = strange::Lot::new(7);
    let (mut lines, mut patients) = (String::new(), Vec::new());
    for file in files {
        let mut bundle = bundle(file);
        patients.extend(patient(&bundle));
        // What a bundle calls `urn:uuid:x` is what the import calls `Type/x`.
        let mut names = std::collections::BTreeMap::new();
        for entry in bundle["entry"].as_array().unwrap() {
            let resource = &entry["resource"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let name = format!("{}/{}", text(&resource["resourceType"]), text(&resource["id"]));
            names.insert(text(&entry["fullUrl"]), name);
        }
        for entry in bundle["entry"].as_array_mut().unwrap() {
            let resource = &mut entry["resource"];
            refer(resource, &names);
            if resource["resourceType"] == "Patient" {
                // Whole first, so that the person is there when the damage makes it none.
                lines.push_str(&format!("{resource}\n"));
            }
            strange::damage(resource, &mut lot);
            lines.push_str(&resource.to_string());
            lines.push('\n');
        }
    }
    let path = folder.join("damaged.ndjson");
    std::fs::write(&path, lines).unwrap();
    (path, patients)
}

fn refer(value: &mut Value, names: &std::collections::BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = names.get(text.as_str()) {
                name.clone_into(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, names)),
        Value::Object(members) => members.values_mut().for_each(|member| refer(member, names)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_data_break_no_page_and_leave_no_heading_empty() {
    let Some(files) = files() else { return };
    let folder = tempfile::tempdir().unwrap();
    let chosen: Vec<PathBuf> = files[2..].iter().rev().step_by(3 * step()).cloned().collect();
    let (path, patients) = damaged(&chosen, folder.path());
    let world = World::new();
    let whole = [files[0].clone(), files[1].clone(), path];
    let report = import::run(&world.store, &whole, Progress::none()).await.unwrap();
    assert!(report.total() > 2 * report.rejected());
    let mut walk = walk::Walk { only_structure: true, ..walk::Walk::default() };
    for patient in &patients {
        walk.of(&world, patient).await;
    }
    assert!(walk.faults.is_empty(), "{}", walk.report());
    walk.assert_has_seen(&["/appointments", "/record/{id}", "/results/{id}", "/medicines/{id}"]);
}
