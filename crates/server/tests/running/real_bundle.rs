//! Health data from somewhere else, in files nobody here wrote: imported, and seen by the person they are about.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use varde_base::{NATIONAL_ID_SYSTEM, NationalId};

use super::country::{Country, ask, sign_in};

/// The Patient of the bundle, born on 13 January 1972.
const PATIENT: &str = "8708d3e1-f718-96bb-03f0-f2a6564ae1cd";

#[test]
fn a_person_whose_bundle_was_imported_signs_in_and_sees_their_visits() {
    let data = tempfile::tempdir().unwrap();
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/synthea");
    let import = Command::new(env!("CARGO_BIN_EXE_varde"))
        .args(["import", "--data"])
        .arg(data.path())
        .args([files.join("patient.json.bz2"), files.join("directory.json")])
        .output();
    let import = import.unwrap();
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));

    // Synthea's people are no citizens; the register gives this one a number.
    let country = Country::start(data.path());
    let (fhir, portal) = (country.text("/fhir"), country.text("/portal"));
    let url = format!("{fhir}/Patient/{PATIENT}");
    let read = ask("GET", &url, &country.source_system(), "");
    let mut patient: Value = serde_json::from_str(&read.body).unwrap();
    let number = (100..500).find_map(|serial| NationalId::synthetic(13, 1, 72, serial)).unwrap();
    let identifier = json!({"system": NATIONAL_ID_SYSTEM, "value": number.as_str()});
    patient["identifier"].as_array_mut().unwrap().push(identifier);
    let headers = format!(
        "{}content-type: application/fhir+json\r\nif-match: {}\r\n",
        country.source_system(),
        read.header("etag").unwrap()
    );
    assert_eq!(ask("PUT", &url, &headers, &patient.to_string()).status, 200);

    let session = sign_in(&portal, &format!("{portal}/sign-in?login_hint=pid:{}", number.as_str()));
    let page = ask("GET", &format!("{portal}/appointments?lang=en"), &session, "");
    assert_eq!(page.status, 200);
    for words in ["Health check", "HALLMARK HEALTH SYSTEM", "Visit because of a health problem"] {
        assert!(page.body.contains(words), "{words} is not on the page");
    }
    let medicines = ask("GET", &format!("{portal}/medicines?lang=en"), &session, "");
    assert_eq!(medicines.status, 200);
    for words in ["ferrous sulfate 325 MG Oral Tablet", "Expired 5 February 2021", "Earlier prescriptions: 1"] {
        assert!(medicines.body.contains(words), "{words} is not on the page: {}", medicines.body);
    }
    let results = ask("GET", &format!("{portal}/results?lang=en"), &session, "");
    for words in ["Lipid Panel", "Complete blood count", "HbA1c (long-term blood sugar)"] {
        assert!(results.body.contains(words), "{words} is not among the results");
    }
    assert!(!results.body.contains("physical note"), "a note from a visit is no result");
    let analyses = ask("GET", &format!("{portal}/results/analyses?lang=en"), &session, "");
    for (plain, code) in [("Haemoglobin", "Hemoglobin [Mass/volume]"), ("White blood cells", "Leukocytes [")] {
        assert!(analyses.body.contains(plain) && !analyses.body.contains(code), "{plain} has a plain name");
    }
    let costs = ask("GET", &format!("{portal}/costs/care?year=2014&lang=en"), &session, "");
    for words in ["Health check", "USD", "23/01/2014"] {
        assert!(costs.body.contains(words), "{words} is not on the page: {}", costs.body);
    }
    assert!(!costs.body.contains("(procedure)") && !costs.body.contains("162673000"), "no codes: {}", costs.body);
    let costs = ask("GET", &format!("{portal}/costs?lang=en"), &session, "");
    assert!(costs.body.contains("left until the exemption card"), "dollars do not count: {}", costs.body);
    let gp = ask("GET", &format!("{portal}/gp?lang=en"), &session, "");
    assert!(gp.status == 200 && gp.body.contains("No GP"), "{}", gp.body);
    the_record_shows_notes_in_plain_words(&portal, &session);
    let log = ask("GET", &format!("{portal}/access-log?lang=en"), &session, "");
    assert!(log.body.contains("Demo-EPJ"), "the log does not say that the source system has looked");
}

/// Notes with a name in our words instead of LOINC's, together with their visit; the newest can be read.
fn the_record_shows_notes_in_plain_words(portal: &str, session: &str) {
    let record = ask("GET", &format!("{portal}/record?lang=en"), session, "");
    assert_eq!(record.status, 200);
    assert!(record.body.contains("Note from an appointment"), "{}", record.body);
    for code in ["physical note", "34117-2", "Evaluation+Plan"] {
        assert!(!record.body.contains(code), "{code} is for specialists");
    }
    let path = record.body.split("href=\"/record/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let note = ask("GET", &format!("{portal}/record/{path}?lang=en"), session, "");
    assert!(note.status == 200 && note.body.contains("<h3>"), "headings of its text are headings: {}", note.body);
    let referrals = ask("GET", &format!("{portal}/referrals?lang=en"), session, "");
    assert!(referrals.status == 200 && referrals.body.contains("No referrals"), "{}", referrals.body);
}
