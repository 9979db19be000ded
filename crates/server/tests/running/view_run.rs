//! `varde view run` over a small population.

use std::path::Path;
use std::process::{Command, Output};

const VIEW: &str = r#"{"resourceType":"ViewDefinition","name":"people","resource":"Patient","status":"active",
    "select":[{"column":[{"name":"id","path":"getResourceKey()","type":"id"},{"name":"born","path":"birthDate","type":"date"},
        {"name":"grown","path":"birthDate + 18 years <= today()","type":"boolean"}]},
      {"forEach":"name","column":[{"name":"family","path":"family","type":"string"},
        {"name":"given","path":"given","type":"string","collection":true}]}]}"#;

fn varde(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_varde")).args(arguments).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_view_gives_the_rows_of_all_people_in_every_format_and_the_log_tells_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    let (data, people, view) = (file("data"), file("people.ndjson"), file("view.json"));
    std::fs::write(&people, varde(&["population", "--size", "1100", "--today", "2026-06-01"]).stdout).unwrap();
    std::fs::write(&view, VIEW).unwrap();
    assert!(varde(&["import", "--data", text(&data), text(&people)]).status.success());
    let patients = std::fs::read_to_string(&people).unwrap();
    let patients = patients.lines().filter(|line| line.contains(r#""resourceType":"Patient""#)).count();
    assert!(patients >= 1_100, "{patients}");

    let run = |more: &[&str]| varde(&[&["view", "run", text(&view), "--data", text(&data)], more].concat());
    let ndjson = run(&[]);
    assert!(ndjson.status.success(), "{}", String::from_utf8_lossy(&ndjson.stderr));
    let ndjson = String::from_utf8(ndjson.stdout).unwrap();
    assert!(ndjson.lines().count() >= patients);
    for line in ndjson.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(row["id"].is_string() && row["grown"].is_boolean() && row["given"].is_array(), "{line}");
    }
    let csv = file("people.csv");
    assert!(run(&["--format", "csv", "--out", text(&csv)]).status.success());
    let csv = std::fs::read_to_string(csv).unwrap();
    assert!(csv.starts_with("id,born,grown,family,given\r\n"));
    assert_eq!(csv.lines().count(), ndjson.lines().count() + 1);
    let parquet = file("people.parquet");
    assert!(run(&["--format", "parquet", "--out", text(&parquet)]).status.success());
    let parquet = std::fs::read(parquet).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));

    let verified = String::from_utf8(varde(&["audit", "verify", text(&data)]).stdout).unwrap();
    assert!(verified.starts_with("The access log is whole: "), "{verified}");
    let journal =
        [std::fs::read(data.join("varde.db")).unwrap(), std::fs::read(data.join("audit.journal")).unwrap_or_default()];
    assert!(journal.concat().windows(8).any(|bytes| bytes == b"view.run"), "the reads are in the log");
}

#[test]
fn a_wrong_view_and_a_missing_database_are_said_and_nothing_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let (data, view) = (directory.path().join("data"), directory.path().join("view.json"));
    let run = |content: &str| {
        std::fs::write(&view, content).unwrap();
        let output = varde(&["view", "run", text(&view), "--data", text(&data)]);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(r#"{"resource":"Patient","select":[{"column":[{"name":"a","path":"name."}]}]}"#);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("ViewDefinition.select[0].column[0].path: is no FHIRPath: unexpected word (at byte 5)"),
        "{said}"
    );
    let (code, said) = run(VIEW);
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no database in"), "{said}");
    assert!(!data.exists());
}
