//! `varde rights`: the rule book checked, compared, explained and printed.

use std::path::Path;
use std::process::Command;

/// The built-in book, as it lies in the repository.
const BOOK: &str = include_str!("../../../rights/rules/book.txt");

/// Exit code and what was printed.
fn rights(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_varde")).arg("rights").args(arguments).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap() + &complaint)
}

/// The built-in book with `from` written as `to`, in a file.
fn changed(folder: &Path, from: &str, to: &str) -> String {
    assert!(BOOK.contains(from), "{from}");
    let path = folder.join("book.txt");
    std::fs::write(&path, BOOK.replacen(from, to, 1)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_whole_book_is_called_whole_and_what_is_wrong_is_told_line_by_line() {
    let (code, said) = rights(&["check"]);
    assert_eq!(code, 0, "{said}");
    let last = said.lines().last().unwrap();
    assert!(said.lines().count() == 1 && last.ends_with(" cases, every case decided by exactly one rule"), "{said}");

    let folder = tempfile::tempdir().unwrap();
    // Without it, nothing decides what children of 12 and below may do themselves.
    let (code, said) = rights(&["check", "--book", &changed(folder.path(), "\nSE-12  | self ", "\n# gone")]);
    assert_eq!(code, 1);
    assert!(said.contains("no rule decides: self, 0-11, record, view\n"), "{said}");
    assert!(said.ends_with(" findings\n"), "{said}");

    let (code, said) = rights(&["check", "--book", &changed(folder.path(), "\nVI-1 ", "\nVI-X ")]);
    assert_eq!(code, 1);
    for language in ["nb", "nn", "en", "se"] {
        assert!(said.contains(&format!("VI-X has no sentence and no example in {language}\n")), "{said}");
    }
    assert!(said.ends_with("4 findings\n"), "{said}");

    let (code, said) = rights(&["check", "--book", &changed(folder.path(), "| visits ", "| visitors ")]);
    assert_eq!((code, said.contains("'visitors' is not a known service")), (1, true), "{said}");
    let (code, said) = rights(&["check", "--book", "nowhere"]);
    assert!(code == 1 && said.contains("rule book nowhere"), "{said}");
}

#[test]
fn two_books_are_compared_case_by_case() {
    let folder = tempfile::tempdir().unwrap();
    let (_, said) = rights(&["diff", &changed(folder.path(), "\nVI-1 ", "\nVI-1  ")]);
    assert_eq!(said, "0 cases are decided otherwise\n");

    let line = "\nVI-1   | self           | 16-17 18+  ";
    let (code, said) = rights(&["diff", &changed(folder.path(), line, "\nVI-1   | self           | 18+  ")]);
    assert_eq!(code, 0, "{said}");
    let expected = "self, 16-17, visits, view: VI-1 allow (basis-plus) -> SE-0 deny\n1 case is decided otherwise\n";
    assert_eq!(said, expected);

    let consent = "| consent                | allow   | nhn.no ungdom-under-16-ar\nVA-2";
    let (_, said) = rights(&["diff", &changed(folder.path(), consent, "| | allow | nhn.no ungdom-under-16-ar\nVA-2")]);
    assert!(said.starts_with("self, 13-15, medicines, view renew: RX-2 allow (consent) -> RX-2 allow\n"), "{said}");
    assert!(said.ends_with("\n2 cases are decided otherwise\n"), "{said}");
}

#[test]
fn a_case_is_explained_from_the_facts_to_the_sentence() {
    let of = |relation, age, service, more: &[&str]| {
        let case = ["explain", "--actor-relation", relation, "--age", age, "--service", service, "--action", "view"];
        let (code, said) = rights(&[&case, more].concat());
        assert_eq!(code, 0, "{said}");
        said
    };
    let hospital = "specialist-appointments";
    let closed = of("parent", "13-15", hospital, &[]);
    assert!(closed.starts_with("Decision:    no, by NOT-OPENED\n"), "{closed}");
    assert!(closed.contains("Legal basis: pbrl § 3-4 second paragraph, [S4] (of AP-5)\n"), "{closed}");
    assert!(closed.ends_with("belongs to): no, by NOT-OPENED\n"), "{closed}");
    for (relation, age, service, more, decision) in [
        ("parent", "13-15", hospital, &["--opened", "outline"][..], "no, by NOT-OPENED"),
        ("parent", "13-15", hospital, &["--opened", "content"], "yes, by AP-5"),
        ("parent", "0-11", hospital, &["--label", "N,NORN_FORANS"], "no, by ITEM-HIDDEN"),
        ("self", "18+", "record", &["--level", "basis"], "no, by CONSENT-LEVEL"),
        ("self", "13-15", "medicines", &[], "no, by NO-CONSENT"),
        ("self", "13-15", "medicines", &["--consent"], "yes, by RX-2"),
        ("proxy", "18+", "medicines", &["--areas", "3,1"], "yes, by FU-2"),
        ("proxy", "18+", "medicines", &["--areas", "1", "--level", "none"], "no, by GIVER-HAS-NOT"),
    ] {
        let said = of(relation, age, service, more);
        assert!(said.starts_with(&format!("Decision:    {decision}\n")), "{relation} {more:?}: {said}");
    }
    let own = of("self", "18+", "visits", &["--lang", "nb"]);
    assert!(own.contains("Sentence:    Du ser dette fordi"), "{own}");
    let (code, said) =
        rights(&["explain", "--actor-relation", "aunt", "--age", "12", "--service", "x", "--action", "y"]);
    assert!(code != 0 && said.contains("known are: self, parent"), "{said}");
}

#[test]
fn the_printed_rule_book_is_the_one_in_the_documents() {
    let (code, printed) = rights(&["table"]);
    assert_eq!(code, 0);
    assert!(printed.contains("\n## parent\n") && printed.contains("| AP-5 | parent | allow | "), "{printed}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rule-book.md");
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(
        kept == printed,
        "docs/rule-book.md is old: run `cargo run --bin varde -- rights table > docs/rule-book.md`"
    );
}

#[test]
fn look_ups_that_stand_out_are_printed_for_people_and_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let detect = |more: &[&str]| rights(&[&["detect", "--data", data.to_str().unwrap()], more].concat());
    let (code, said) = detect(&[]);
    assert!(code == 1 && said.contains("there is no database in"), "{said}");

    let (port, now) = (super::serve::free_port(), jiff::Timestamp::now());
    let base = format!("http://127.0.0.1:{port}/fhir");
    let token = "authorization: Bearer abc\r\ncontent-type: application/fhir+json\r\n";
    let mut program = super::serve::serve(folder.path(), port);
    super::serve::until_ready(port);
    let number = serde_json::json!([{"system": varde_base::NATIONAL_ID_SYSTEM, "value": "01818012345"}]);
    let hpr = serde_json::json!({"system": "urn:oid:2.16.578.1.12.4.1.4.4", "value": "9144900"});
    let doctor = serde_json::json!({"resourceType": "Practitioner", "id": "liv", "identifier": [number[0], hpr]});
    let own =
        serde_json::json!({"resourceType": "Patient", "id": "liv", "identifier": number, "birthDate": "1980-01-01"});
    for (place, body) in [("Practitioner/liv", doctor), ("Patient/liv", own)] {
        let answer = super::country::ask("PUT", &format!("{base}/{place}"), token, &body.to_string());
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let attested = serde_json::json!({
        "practitioner": {"hpr_nr": "9144900", "name": "Liv Vold", "authorization": "Lege", "legal_entity": "Sykehuset"},
        "care_relationship": {"purpose_of_use": "TREAT", "decision_ref": "visit-7"},
    });
    let attested = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, attested.to_string());
    let headers = format!("{token}varde-attestation: {attested}\r\n");
    assert_eq!(super::country::ask("GET", &format!("{base}/Patient/liv"), &headers, "").status, 200);
    // The youngest entries of the log are on disk within a second.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let (code, said) = detect(&[]);
    assert_eq!(code, 1, "the program that serves has the directory: {said}");
    program.kill().unwrap();
    program.wait().unwrap();

    let (code, said) = detect(&["--open-reviews"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains(" 60  ") && said.contains("Liv Vold (9144900)  Sykehuset  Patient/liv  TREAT HP-1"),
        "{said}"
    );
    assert!(said.contains("own-record 60\n1 look-ups by 1 of the personnel; 1 stand out, 1 shown\n"), "{said}");
    let (_, said) = detect(&["--format", "ndjson"]);
    let line = said.lines().find(|line| line.starts_with('{')).unwrap();
    let case: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&case["who"], &case["score"]), (&serde_json::json!("9144900"), &serde_json::json!(60)));
    assert_eq!(case["reasons"], serde_json::json!([{"reason": "own-record", "points": 60}]));
    let before = varde_base::date_in_norway(now).yesterday().unwrap().to_string();
    let (code, said) = detect(&["--from", &before, "--to", &before]);
    assert!(code == 0 && said.contains("0 look-ups by"), "{said}");
    let (code, said) = detect(&["--from", "2026-12-01", "--to", "2026-11-01"]);
    assert!(code == 1 && said.contains("the first day is 2026-12-01"), "{said}");
}
