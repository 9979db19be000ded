//! The same country on a PostgreSQL server: written over the API, seen in the portal, killed, started again, its log proved.

use std::process::Command;

use serde_json::Value;

use super::country::{Country, ask, sign_in};

/// Says where the tests' server is; `cargo xtask test` starts one.
pub(crate) const SERVER: &str = "VARDE_TEST_POSTGRES";

/// Runs SQL on the server.
pub(crate) fn run(url: &str, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    });
}

#[test]
fn a_country_on_postgresql_goes_on_after_a_kill_with_everything_acknowledged_and_its_log_whole() {
    let Ok(server) = std::env::var(SERVER) else {
        return println!("skipped: no PostgreSQL ({SERVER} is not set; cargo xtask test starts one)");
    };
    let name = format!("varde_running_{}", std::process::id());
    run(&format!("{server}/postgres"), &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    run(&format!("{server}/postgres"), &format!("CREATE DATABASE {name}"));
    let store = format!("{server}/{name}");
    let data = tempfile::tempdir().unwrap();
    let country = Country::start_with(data.path(), &["--store", &store]);
    assert!(!data.path().join("varde.db").exists(), "nothing is kept in the folder");

    let people = country.search("Patient?_count=50");
    assert!(people.len() >= 60, "{} people", people.len());
    let json = format!("{}content-type: application/fhir+json\r\n", country.source_system());
    let fhir = country.text("/fhir");
    let body = r#"{"resourceType":"Organization","id":"til","name":"Helsehuset"}"#;
    assert_eq!(ask("PUT", &format!("{fhir}/Organization/til"), &json, body).status, 201);
    assert_eq!(ask("PUT", &format!("{fhir}/Organization/til"), &json, &body.replace("huset", "hjørnet")).status, 200);
    let portal = country.text("/portal");
    let someone = country.demo["people"][0]["name"].as_str().unwrap().to_owned();
    let cookies = sign_in(&portal, &country.sign_in_address(&someone));
    assert_eq!(ask("GET", &format!("{portal}/appointments"), &cookies, "").status, 200);

    country.kill();
    let country = Country::start_with(data.path(), &["--store", &store]);
    let again = ask("GET", &format!("{}/Organization/til", country.text("/fhir")), &country.source_system(), "");
    let again: Value = serde_json::from_str(&again.body).unwrap();
    assert_eq!((&again["name"], &again["meta"]["versionId"]), (&"Helsehjørnet".into(), &"2".into()));
    let verified = Command::new(env!("CARGO_BIN_EXE_varde")).args(["audit", "verify", &store]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    drop(country);
    run(&format!("{server}/postgres"), &format!("DROP DATABASE {name} WITH (FORCE)"));
}
