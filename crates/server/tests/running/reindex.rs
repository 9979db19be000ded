//! `varde reindex` on a directory.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

fn varde(arguments: &[&str], data: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_varde")).args(arguments).arg("--data").arg(data).output().unwrap()
}

#[test]
fn the_index_of_a_directory_is_written_anew_and_what_that_came_to_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("people.ndjson"));
    let patient = |n: u32| json!({"resourceType": "Patient", "id": format!("p{n}"), "gender": "female"}).to_string();
    std::fs::write(&file, (1..=9).map(|n| patient(n) + "\n").collect::<String>()).unwrap();
    let imported = Command::new(env!("CARGO_BIN_EXE_varde")).args(["import", "--data"]).arg(&data).arg(&file).output();
    assert!(imported.unwrap().status.success());

    let done = varde(&["reindex"], &data);
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains("9 resources indexed; of 0 the index was another"), "{said}");
    assert!(said.contains("0 names of codes"), "{said}");
    // Nothing but the index has changed: the log is what it was.
    let verified = Command::new(env!("CARGO_BIN_EXE_varde")).args(["audit", "verify"]).arg(&data).output().unwrap();
    assert_eq!(String::from_utf8(verified.stdout).unwrap(), "The access log is whole: 9 entries.\n");
}
