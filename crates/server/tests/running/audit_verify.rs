//! `varde audit verify` on a log that is whole, and on one in which a byte was changed.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::country::{Country, ask, sign_in};

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

/// A citizen takes proofs home from the running program, and anybody checks them with the log's key and nothing else.
#[test]
fn a_proof_taken_home_holds_with_the_public_key_alone_and_not_when_a_letter_is_changed() {
    let directory = tempfile::tempdir().unwrap();
    let (data, home) = (directory.path().join("data"), directory.path());
    std::fs::create_dir(&data).unwrap();
    let country = Country::start(&data);
    let (portal, token) = (country.text("/portal"), country.source_system());
    let session = sign_in(&portal, &country.sign_in_address("Ingrid Haugen"));
    let page = ask("GET", &format!("{portal}/access-log?own=show&lang=en"), &session, "").body;
    assert!(page.contains("Download proof") && page.contains("anybody can check"));
    let numbers: Vec<&str> =
        page.split("/access-log/proof/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let proof = ask("GET", &format!("{portal}/access-log/proof/{}", numbers[0]), &session, "");
    assert!(proof.header("content-disposition").unwrap().contains("attachment"));
    let fetch = |path: &str, name: &str| {
        let answer = ask("GET", &format!("{portal}{path}"), "", "");
        assert_eq!(answer.status, 200, "{path}");
        std::fs::write(home.join(name), &answer.body).unwrap();
        answer.body
    };
    let keys = fetch("/audit/key", "keys");
    std::fs::write(home.join("proof.json"), &proof.body).unwrap();
    std::fs::write(home.join("changed.json"), proof.body.replace("Ingrid", "Astrid")).unwrap();
    let check = |file: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_varde"));
        command.args(["audit", "verify-proof", file]).args(more).current_dir(home);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = check("proof.json", &["--public-key", "keys"]);
    assert!(code == Some(0) && said.contains(&format!("entry {} is in the access log", numbers[0])), "{said}");
    assert_eq!(check("proof.json", &["--public-key", keys.lines().next().unwrap()]).0, Some(0), "one key, written out");
    let (code, said) = check("changed.json", &["--public-key", "keys"]);
    assert!(code == Some(2) && said.contains("NOT hold"), "{said}");

    // More is logged, and a new head goes on from the proof's newest.
    for _ in 0..20 {
        ask("GET", &format!("{portal}/fhir/Patient?_count=1"), &token, "");
    }
    let newest = ask("GET", &format!("{portal}/access-log?own=show&lang=en"), &session, "").body;
    let youngest = newest.split("/access-log/proof/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(
        ask("GET", &format!("{portal}/access-log/proof/{youngest}"), &session, "").status,
        200,
        "signed when asked for"
    );
    let shown: serde_json::Value = serde_json::from_str(&proof.body).unwrap();
    let size = shown["newest"].as_str().unwrap().lines().nth(1).unwrap().to_owned();
    fetch(&format!("/audit/consistency/{size}"), "newer.json");
    assert_eq!(check("proof.json", &["--public-key", "keys", "--newer", "newer.json"]).0, Some(0));
    let head = fetch("/audit/checkpoint", "head");
    assert_eq!(ask("GET", &format!("{portal}/audit/tile/0/000.p/1"), "", "").header("content-length").unwrap(), "32");
    assert_eq!(ask("GET", &format!("{portal}/audit/tile/entries/000"), "", "").status, 404);

    country.kill();
    let (code, said) = varde(
        &[
            "audit",
            "verify",
            "--public-key",
            &format!("{}/keys", home.display()),
            "--checkpoint",
            &format!("{}/head", home.display()),
        ],
        &data,
    );
    assert!(code == Some(0) && said.contains("signed heads agree"), "{said}");
    std::fs::write(home.join("head"), head.replacen(char::is_numeric, "9", 1)).unwrap();
    let (code, said) = varde(&["audit", "verify", "--checkpoint", &format!("{}/head", home.display())], &data);
    assert!(code == Some(2) && said.contains("not signed"), "{said}");
}
