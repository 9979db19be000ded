//! `varde audit verify` on a log that is whole, and on one in which a byte was changed.

use std::path::Path;
use std::process::Command;

use serde_json::json;

/// Exit code and what was said.
fn varde(arguments: &[&str], data: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_varde")).args(arguments).arg(data).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_log_is_whole_until_a_byte_is_changed_and_then_the_first_bad_entry_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("people.ndjson"));
    let patient = |n: u32| json!({"resourceType": "Patient", "id": format!("kari-{n}")}).to_string();
    std::fs::write(&file, (1..=9).map(|n| patient(n) + "\n").collect::<String>()).unwrap();
    let imported = Command::new(env!("CARGO_BIN_EXE_varde")).args(["import", "--data"]).arg(&data).arg(&file).output();
    assert!(imported.unwrap().status.success());

    let verify = || varde(&["audit", "verify"], &data);
    assert_eq!(verify(), (Some(0), "The access log is whole: 9 entries.\n".to_owned()));

    // An import logs one entry for each patient, in order. In an entry the patient is followed by the interaction, each with its
    // length before it, so this byte is in the log and nowhere else.
    let database = data.join("varde.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let entry = b"\x06\0kari-5\x06\0import";
    let place = bytes.windows(entry.len()).position(|window| window == entry).unwrap();
    bytes[place + 7] = b'6';
    std::fs::write(&database, bytes).unwrap();
    assert_eq!(verify(), (Some(2), "The access log is NOT whole: entry 5 is not what was written.\n".to_owned()));
}

#[test]
fn a_directory_without_a_database_is_said_and_nothing_is_made_there() {
    let directory = tempfile::tempdir().unwrap();
    let (code, _) = varde(&["audit", "verify"], directory.path());
    assert_eq!(code, Some(1));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "asking must not make a database");
}
