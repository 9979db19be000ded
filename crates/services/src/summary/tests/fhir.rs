use serde_json::json;
use varde_base::Language;

use super::super::fhir::{self, Ask};
use super::super::lines;
use super::super::model::{Certainty, Kind, Office, State, Wish};
use super::{flag, found, nuts, resource};

#[test]
fn an_allergy_is_read_whole_and_has_its_plain_name() {
    let item = fhir::item(&found(&nuts("a1", json!({})))).unwrap().unwrap();
    assert_eq!(
        (item.kind, item.certainty, item.is_dangerous, item.is_current),
        (Kind::Allergy, Certainty::Confirmed, true, true)
    );
    assert_eq!(item.reactions, ["Hevelse", "Utslett"]);
    assert_eq!((item.since.as_deref(), item.recorded.as_deref()), (Some("2010-05"), Some("2020-05-04")));
    assert_eq!((item.by.as_deref(), item.notes.as_slice()), (Some("Ole Lie"), &["Har adrenalinpenn.".to_owned()][..]));
    for (language, name) in
        [(Language::Nb, "Nøtter"), (Language::Nn, "Nøtter"), (Language::En, "Nuts"), (Language::Se, "Nihtit")]
    {
        assert_eq!(lines::of_item(&item, language).name, name);
    }
    assert_eq!(
        lines::of_item(&item, Language::Nb).detail,
        ["kan være livstruende", "Hevelse, Utslett", "fra mai 2010"]
    );
}

#[test]
fn each_group_is_known_by_its_code_and_what_has_none_is_not_critical() {
    for (code, kind) in [
        ("critical-anaesthesia", Some(Kind::Anaesthesia)),
        ("critical-condition", Some(Kind::Condition)),
        ("critical-treatment", Some(Kind::Treatment)),
        ("critical-implant", Some(Kind::Implant)),
        ("critical-routine", Some(Kind::Routine)),
        ("critical-infection", Some(Kind::Infection)),
        ("critical-nonsense", None),
        ("drug", None),
    ] {
        let item = fhir::item(&found(&flag("f", code, "Noe"))).unwrap();
        assert_eq!(item.map(|item| item.kind), kind, "{code}");
    }
    let category = json!({"coding": [{"code": "critical-implant"}]});
    let transplant = resource(
        "Procedure",
        "p",
        json!({"status": "completed", "category": category,
        "code": {"text": "Nyretransplantasjon"}, "performedDateTime": "2015-02-03"}),
    );
    let item = fhir::item(&found(&transplant)).unwrap().unwrap();
    assert_eq!((item.kind, item.since.as_deref()), (Kind::Implant, Some("2015-02-03")));
}

#[test]
fn what_was_never_true_is_not_there_and_strange_ones_are_read_as_far_as_they_go() {
    for code in ["refuted", "entered-in-error"] {
        let wrong = nuts("a", json!({"verificationStatus": {"coding": [{"code": code}]}}));
        assert_eq!(fhir::item(&found(&wrong)).unwrap(), None, "{code}");
    }
    let bare = resource("AllergyIntolerance", "a", json!({"reaction": 7, "note": "x", "code": []}));
    let item = fhir::item(&found(&bare)).unwrap().unwrap();
    assert_eq!((item.name.as_deref(), item.certainty), (None, Certainty::Unsaid));
    assert_eq!(lines::of_item(&item, Language::Nb).name, "Uten navn");
    let guess = nuts("a", json!({"verificationStatus": {"coding": [{"code": "unconfirmed"}]}}));
    assert_eq!(fhir::item(&found(&guess)).unwrap().unwrap().certainty, Certainty::Unconfirmed);
    let coded = resource("AllergyIntolerance", "a", json!({"code": {"coding": [{"system": "urn:x", "code": "77"}]}}));
    assert_eq!(fhir::item(&found(&coded)).unwrap().unwrap().name, None, "a code is no name");
}

#[test]
fn a_suggestion_is_read_back_as_it_was_written_and_with_each_answer() {
    let office = Office { reference: "Organization/legene".into(), name: "Sagene legesenter".into() };
    let (kari, per) = ("kari".parse().unwrap(), "per".parse().unwrap());
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let ask = Ask {
        patient: &kari,
        by: &per,
        office: &office,
        wish: Wish::Remove,
        item: Some("AllergyIntolerance/a1"),
        words: "Den er borte",
        due: Some("2026-12-21".parse().unwrap()),
    };
    let mut task = fhir::new_task(&"t1".parse().unwrap(), &ask, now);
    let read = |task: &serde_json::Value| fhir::suggestion(task.to_string().as_bytes(), 3).unwrap();
    let one = read(&task).unwrap();
    assert_eq!((one.wish, one.state, one.words.as_str()), (Wish::Remove, State::Sent, "Den er borte"));
    assert_eq!((one.item.as_deref(), one.office.as_str()), (Some("AllergyIntolerance/a1"), "Sagene legesenter"));
    assert_eq!((one.due.unwrap().to_string().as_str(), one.version), ("2026-12-21", 3));
    let (by, about) = fhir::concerned(task.to_string().as_bytes()).unwrap();
    assert_eq!((by.as_str(), about.as_str()), ("per", "kari"));
    for (status, state) in [
        ("received", Some(State::Received)),
        ("in-progress", Some(State::Received)),
        ("completed", Some(State::Done)),
        ("rejected", Some(State::Refused)),
        ("cancelled", Some(State::Withdrawn)),
        ("entered-in-error", None),
    ] {
        task["status"] = status.into();
        assert_eq!(read(&task).map(|one| one.state), state, "{status}");
    }
    task["status"] = "rejected".into();
    task["statusReason"] = json!({"text": "Prøven viser allergi."});
    assert_eq!(read(&task).unwrap().answer.as_deref(), Some("Prøven viser allergi."));
    task["code"] = json!({"coding": [{"system": "urn:varde:service", "code": "messages"}]});
    assert_eq!(read(&task), None, "a task of another service");
    assert!(fhir::suggestion(b"{", 1).is_err());
}
