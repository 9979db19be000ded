//! Small files, broken files, interrupted runs, and the real bundles when they are there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use varde_base::SystemClock;
use varde_rights::RuleBook;
use varde_store::{Options, Store};

use super::*;

fn open(directory: &Path) -> Store {
    Store::open(&Options::new(directory), Arc::new(SystemClock), RuleBook::national().unwrap()).unwrap()
}

struct World {
    directory: tempfile::TempDir,
    store: Store,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory.path().join("data"));
        Self { directory, store }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn import(&self, files: &[PathBuf]) -> Report {
        run(&self.store, files, Progress::none()).await.unwrap()
    }

    async fn count(&self, name: &str) -> u64 {
        let stats = self.store.stats().await.unwrap();
        stats.resources.iter().find(|(kind, _)| kind.name() == name).map_or(0, |(_, count)| *count)
    }
}

fn bundle(kind: &str, entries: &[Value]) -> String {
    json!({"resourceType": "Bundle", "type": kind, "entry": entries}).to_string()
}

fn entry(url: &str, resource: Value) -> Value {
    let method = json!({"method": "POST", "url": resource["resourceType"]});
    json!({"fullUrl": url, "resource": resource, "request": method})
}

fn patient(id: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "birthDate": "1980-01-01"})
}

fn encounter(id: &str, patient: &str, doctor: &str) -> Value {
    json!({
        "resourceType": "Encounter", "id": id, "status": "finished", "class": {"code": "AMB"},
        "subject": {"reference": patient}, "participant": [{"individual": {"reference": doctor}}],
    })
}

fn doctor() -> Value {
    json!({"resourceType": "Practitioner", "id": "dr", "identifier": [{"system": "urn:hpr", "value": "1"}]})
}

const CONDITION: &str = "Practitioner?identifier=urn:hpr|1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn references_inside_a_bundle_and_by_condition_lead_to_what_is_stored() {
    let world = World::new();
    let entries = [entry("urn:uuid:e", encounter("e1", "urn:uuid:p", CONDITION)), entry("urn:uuid:p", patient("p1"))];
    // The practitioner comes in a later file, so the first is put off.
    let files = [
        world.file("a.json", bundle("transaction", &entries)),
        world.file("b.json", bundle("batch", &[entry("urn:uuid:d", doctor())])),
    ];
    let report = world.import(&files).await;
    assert_eq!((report.rejected(), report.total()), (0, 3), "{:?}", report.rejections);
    let query = varde_fhir::search::parse(
        varde_fhir::ResourceType::from_name("Encounter").unwrap(),
        &[("patient".into(), "p1".into()), ("participant".into(), "Practitioner/dr".into())],
        &varde_fhir::search::SearchOptions {
            max_count: 9,
            default_count: 9,
            lenient: false,
            now: jiff::Timestamp::now(),
        },
    );
    assert_eq!(world.store.bulk_find(&query.unwrap()).await.unwrap().len(), 1);
    let again = world.import(&files).await;
    assert_eq!((again.total(), again.files_skipped), (0, 2), "a second run skips what is in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_named_with_file_entry_and_path_and_the_rest_of_a_batch_is_in() {
    let world = World::new();
    let bad = json!({"resourceType": "Patient", "id": "p2", "birthDate": "yesterday"});
    let dangling = encounter("e1", "urn:uuid:nobody", "Practitioner/dr");
    let unknown = json!({"resourceType": "Starship", "id": "s1"});
    let entries = [
        entry("urn:uuid:1", patient("p1")),
        entry("urn:uuid:2", bad),
        entry("urn:uuid:3", dangling),
        entry("urn:uuid:4", unknown),
        entry("urn:uuid:5", encounter("e2", "Patient/p1", "Practitioner?identifier=urn:hpr|nobody")),
    ];
    let batch = world.file("batch.json", bundle("batch", &entries));
    let report = world.import(std::slice::from_ref(&batch)).await;
    let said: Vec<String> = report.rejections.iter().map(ToString::to_string).collect();
    assert_eq!((report.rejected(), report.total()), (4, 1), "{said:?}");
    for (line, part) in said.iter().zip(["Patient.birthDate", "subject", "resource", "participant"]) {
        assert!(line.contains("batch.json: entry[") && line.contains(part), "{line}");
    }
    let again = world.import(&[batch]).await;
    assert_eq!((again.rejected(), again.total()), (4, 0), "a file that is not in whole says so again");
    let transaction = world.file("transaction.json", bundle("transaction", &entries[..2]));
    let report = world.import(&[transaction]).await;
    assert_eq!((report.rejected(), report.total()), (2, 0), "a transaction is in whole or not at all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_of_file_is_read() {
    use std::io::Write as _;
    let world = World::new();
    let lines = |from: usize| (from..from + 3).map(|n| format!("{}\n", patient(&format!("p{n}")))).collect::<String>();
    let gz = |text: &str| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(text.as_bytes()).unwrap();
        out.finish().unwrap()
    };
    let bz2 = |text: &str| {
        let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        out.write_all(text.as_bytes()).unwrap();
        out.finish().unwrap()
    };
    let files = [
        world.file("a.ndjson", lines(0)),
        world.file("b.ndjson.gz", gz(&lines(10))),
        world.file("c.ndjson.bz2", bz2(lines(20).trim_end())),
        world.file("d.json", bundle("collection", &[json!({"resource": patient("p30")})])),
        world.file("e.json.gz", gz(&bundle("batch", &[entry("urn:uuid:x", patient("p31"))]))),
        world.file("f.json", serde_json::to_string_pretty(&patient("p32")).unwrap()),
        world.file("g.json.bz2", "this is no bzip2"),
        world.file("h.json", "{\"resourceType\": \"Bundle\""),
        world.file("i.ndjson", "not json\n\n{\"resourceType\":\"Patient\"}\n"),
    ];
    let report = world.import(&files).await;
    assert_eq!((report.total(), report.rejected()), (12, 4), "{:?}", report.rejections);
    let said: Vec<String> = report.rejections.iter().map(ToString::to_string).collect();
    assert!(said[2].contains("i.ndjson: line 1") && said[3].contains("i.ndjson: line 3: Patient.id"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_cut_off_goes_on_and_doubles_nothing() {
    let world = World::new();
    let text: String = (0..5_000).map(|n| format!("{}\n", patient(&format!("p{n}")))).collect();
    let file = world.file("many.ndjson", text);
    // Cut off: the first batches are in, with the position reached, and the rest is not.
    let source = Source { path: file.clone(), hash: reader::hash(&file).unwrap(), position: 0 };
    let writes = |from: usize, to: usize| {
        let put = |n: usize| {
            let text = patient(&format!("p{n}")).to_string();
            let resource = varde_fhir::Parsed::parse(text.as_bytes(), &varde_fhir::json::Limits::default()).unwrap();
            let id = resource.id().unwrap();
            Write::Put(Box::new(varde_store::Put::new(resource, id, &varde_fhir::ReferenceMap::new())))
        };
        (from..to).map(put).collect::<Vec<_>>()
    };
    let mark = ImportMark { source: source.hash.clone(), position: 2_000 };
    world.store.bulk("import", writes(0, 2_000), Some(mark)).await.unwrap();
    let report = world.import(std::slice::from_ref(&file)).await;
    assert_eq!((report.total(), report.unchanged), (3_000, 0));
    // The same data under another hash: compared with what is there, and left alone.
    let copy = world.file("copy.ndjson", format!("{}\n", std::fs::read_to_string(&file).unwrap()));
    let report = world.import(&[copy]).await;
    assert_eq!((report.total(), report.unchanged), (0, 5_000));
    assert_eq!(world.count("Patient").await, 5_000);
}

/// All bundles of the shared data: counted by a reader of their own, imported, counted again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_120_real_bundles_are_in_with_nothing_lost() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/synthea-blaze120");
    let Ok(folder) = std::fs::read_dir(shared.join(".github/test-data/synthea")) else {
        println!("skipped: no shared data");
        return;
    };
    let mut files: Vec<PathBuf> = folder.filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "bz2"));
    // In the worst order: those that others refer to come last.
    files.sort_by(|a, b| b.cmp(a));
    // Every one in the nightly-sized run of the release profile; without optimisation a part is enough to see the order work.
    if cfg!(debug_assertions) {
        let last = files.split_off(files.len() - 2);
        files.truncate(10);
        files.extend(last);
    }
    let mut expected = std::collections::BTreeMap::<String, std::collections::HashSet<String>>::new();
    for file in &files {
        let reader = bzip2::read::MultiBzDecoder::new(std::fs::File::open(file).unwrap());
        let bundle: Value = serde_json::from_reader(std::io::BufReader::new(reader)).unwrap();
        for entry in bundle["entry"].as_array().unwrap() {
            let text = |name: &str| entry["resource"][name].as_str().unwrap().to_owned();
            expected.entry(text("resourceType")).or_default().insert(text("id"));
        }
    }
    let world = World::new();
    let report = world.import(&files).await;
    println!("{report}");
    assert_eq!(report.rejected(), 0, "{:?}", report.rejections.first());
    for (name, ids) in &expected {
        assert_eq!(world.count(name).await, ids.len() as u64, "{name}");
    }
    world.store.close().await.unwrap();
    assert_eq!(Store::verify_audit(&world.directory.path().join("data")).unwrap().fault, None);
}
