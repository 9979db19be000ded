use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::super::model::{Document, Kind, State, Visit};
use super::super::rules::{self, Choice};
use super::note;

fn of(id: &str, date: &str) -> Document {
    let mut document = super::super::fhir::document(note(id, "", json!({})).to_string().as_bytes()).unwrap();
    document.date = Some(date.to_owned());
    document
}

fn ids(documents: &[Document]) -> Vec<&str> {
    documents.iter().map(|document| document.id.as_str()).collect()
}

fn choice(word: Option<&str>) -> Choice {
    Choice { word: word.map(str::to_owned), ..Choice::default() }
}

#[test]
fn what_an_address_asks_for_is_read_and_what_is_none_is_not_asked_for() {
    let read = Choice::read(
        Some(" kne ".into()),
        Some("2024"),
        Some("note"),
        Some("Skogen".into()),
        Some("2026-11-01T08:00:00Z".into()),
    );
    assert_eq!((read.word.as_deref(), read.year, read.kind), (Some("kne"), Some(2024), Some(Kind::Note)));
    assert!(read.is_narrow() && read.before.is_some());
    for year in ["", "0", "20244", "x", "-1"] {
        let nothing = Choice::read(Some(" ".into()), Some(year), Some("?"), Some(String::new()), Some("then".into()));
        assert_eq!(nothing, Choice::default(), "{year}");
    }
    assert_eq!(Choice::read(Some("x".repeat(201)), None, None, None, None), Choice::default(), "too long");
}

#[test]
fn two_lists_are_one_and_none_is_passed_over_where_one_goes_on() {
    let references = vec![of("r1", "2026-11-03T08:00:00Z"), of("r2", "2026-10-01T08:00:00Z")];
    let compositions = vec![of("c1", "2026-11-02T08:00:00Z"), of("c2", "2025-01-01T08:00:00Z")];
    let (all, end) = rules::merged([(references.clone(), false), (compositions.clone(), false)]);
    assert_eq!((ids(&all), end), (vec!["r1", "c1", "r2", "c2"], None));
    let (some, end) = rules::merged([(references, true), (compositions, false)]);
    assert_eq!(ids(&some), ["r1", "c1", "r2"]);
    assert_eq!(end, "2026-10-01T11:00:00Z".parse::<Timestamp>().ok(), "the next page begins a little before");
    let at_once = (0..3).map(|number| of(&format!("r{number}"), "2026-10-01T08:00:00Z")).collect();
    let (_, end) = rules::merged([(at_once, true), (Vec::new(), false)]);
    assert_eq!(end, "2026-10-01T08:00:00Z".parse::<Timestamp>().ok(), "a page of one moment is not shown for ever");
}

#[test]
fn a_word_is_looked_for_in_title_kind_unit_and_writers() {
    let document = of("d1", "2026-11-01");
    for (word, found) in
        [("notat D1", true), ("journal", true), ("skogen", true), ("OLE", true), ("kne", false), ("kari", false)]
    {
        assert_eq!(rules::answers(&document, &choice(Some(word)), "Journalnotat"), found, "{word}");
    }
    let withdrawn = Document { state: State::Withdrawn, ..document.clone() };
    assert!(!rules::answers(&withdrawn, &choice(Some("d1")), ""), "the title of what was withdrawn is not looked in");
    let other = Choice { unit: Some("Fjord sykehus".into()), ..Choice::default() };
    assert!(!rules::answers(&document, &other, ""));
    assert!(rules::answers(&document, &Choice { kind: Some(Kind::Note), ..Choice::default() }, ""));
}

#[test]
fn documents_of_one_visit_stand_together_where_the_newest_is() {
    let visit = |id: &str| {
        let visit = Visit { id: id.parse().unwrap(), is_stay: true, start: None, end: None, unit: None };
        (visit.id.clone(), visit)
    };
    let mut documents = vec![
        of("a", "2026-11-05"),
        of("b", "2026-11-04"),
        of("c", "2026-11-03"),
        of("d", "2026-01-02"),
        of("e", "2025-12-30"),
        of("f", "2025"),
    ];
    for (place, id) in [(0, "stay"), (2, "stay"), (1, "hidden"), (3, "new-year"), (4, "new-year")] {
        documents[place].visit = id.parse().ok();
    }
    let visits = BTreeMap::from([visit("stay"), visit("new-year")]);
    let years = rules::grouped(documents, &visits);
    let shape: Vec<(Option<i16>, Vec<Vec<&str>>)> =
        years.iter().map(|year| (year.year, year.groups.iter().map(|group| ids(&group.documents)).collect())).collect();
    assert_eq!(shape, [(Some(2026), vec![vec!["a", "c"], vec!["b"], vec!["d", "e"]]), (Some(2025), vec![vec!["f"]]),]);
}

#[test]
fn news_is_what_holds_and_was_written_in_the_last_days() {
    let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
    for (date, expected) in [
        ("2026-11-20", true),
        ("2026-10-22T10:00:00Z", true),
        ("2026-10-20", false),
        ("2026-11-22", false),
        ("when", false),
    ] {
        assert_eq!(rules::is_news(&of("d", date), now), expected, "{date}");
    }
    assert!(!rules::is_news(&Document { state: State::Withdrawn, ..of("d", "2026-11-20") }, now));
}

#[test]
fn a_heading_breaks_before_its_long_part_and_not_after_a_short_one() {
    for (title, expected) in [
        ("Notat fra Øre-nese-halspoliklinikken", "Notat fra Øre-\u{2060}nese-halspoliklinikken"),
        ("Øre-nese-hals", "Øre-\u{2060}nese-\u{2060}hals"),
        ("E-resept og COVID-19", "E-\u{2060}resept og COVID-\u{2060}19"),
        ("Barne- og ungdomspsykiatri", "Barne- og ungdomspsykiatri"),
        ("Brev", "Brev"),
        ("a-b-c-d-e-f-g-h-i-j", "a-\u{2060}b-\u{2060}c-\u{2060}d-\u{2060}e-\u{2060}f-\u{2060}g-\u{2060}h-i-\u{2060}j"),
    ] {
        assert_eq!(rules::unbroken(title), expected, "{title}");
    }
}

#[test]
fn the_size_of_a_file_is_that_of_its_bytes() {
    for (base64, bytes) in [("", 0), ("JQ==", 1), ("JVA=", 2), ("JVBE", 3), ("JVBERi0xLjQ=", 8)] {
        assert_eq!(rules::decoded_bytes(base64), bytes, "{base64}");
    }
}
