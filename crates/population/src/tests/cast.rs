//! The named people and whether their stories are true.

use crate::{Country, Person, Plan};
use jiff::civil::{Date, date};
use serde_json::Value;
use varde_base::Language;

const PLAN: Plan = Plan { size: 60, seed: 7, today: date(2026, 8, 3) };

fn person(name: &str) -> Person {
    let country = Country::generate(&PLAN);
    country.people().iter().find(|person| person.name == name).unwrap().clone()
}

fn resources() -> Vec<Value> {
    let groups = Country::generate(&PLAN);
    groups.flat_map(|group| group.resources).map(|r| serde_json::from_slice(r.json()).unwrap()).collect()
}

fn appointments<'a>(all: &'a [Value], person: &Person) -> Vec<&'a Value> {
    let reference = format!("Patient/{}", person.patient_id);
    all.iter()
        .filter(|r| r["resourceType"] == "Appointment")
        .filter(|r| r["participant"][0]["actor"]["reference"] == reference.as_str())
        .collect()
}

fn related<'a>(all: &'a [Value], child: &Person, adult: &Person) -> Option<&'a Value> {
    let reference = format!("Patient/{}", child.patient_id);
    all.iter().filter(|r| r["resourceType"] == "RelatedPerson").find(|r| {
        r["patient"]["reference"] == reference.as_str() && r["identifier"][0]["value"] == adult.national_id.as_str()
    })
}

#[test]
fn the_cast_is_the_same_people_whatever_size_and_seed() {
    let names = |size, seed| -> Vec<(String, String)> {
        let country = Country::generate(&Plan { size, seed, ..PLAN });
        country.people().iter().map(|p| (p.patient_id.to_string(), p.national_id.as_str().to_owned())).collect()
    };
    let cast = names(60, 7);
    assert!(cast.len() >= 14);
    assert_eq!(cast, names(5_000, 7));
    assert_eq!(cast, names(60, 8));
}

#[test]
fn everybody_with_a_story_is_a_patient_with_a_doctor_who_has_free_slots() {
    let all = resources();
    let patients: Vec<&Value> = all.iter().filter(|r| r["resourceType"] == "Patient").collect();
    for person in Country::generate(&PLAN).people() {
        assert!(!person.story.is_empty());
        let patient = patients.iter().find(|p| p["id"] == person.patient_id.as_str()).unwrap();
        assert_eq!(patient["identifier"][0]["value"], person.national_id.as_str());
        let doctor =
            patient["generalPractitioner"][0]["reference"].as_str().unwrap().replace("Practitioner/", "Schedule/");
        let free = all.iter().filter(|r| {
            r["resourceType"] == "Slot"
                && r["status"] == "free"
                && r["schedule"]["reference"] == format!("{doctor}-schedule").as_str()
        });
        assert!(free.count() > 100);
    }
}

#[test]
fn the_mother_and_both_children_have_visits_to_come() {
    let all = resources();
    let mother = person("Ingrid Haugen");
    for name in ["Ingrid Haugen", "Nora Haugen", "Emil Haugen"] {
        let booked = appointments(&all, &person(name)).into_iter().filter(|a| a["status"] == "booked").count();
        assert!(booked > 0, "{name}");
    }
    for child in ["Nora Haugen", "Emil Haugen"] {
        assert!(related(&all, &person(child), &mother).is_some());
    }
    let hidden = appointments(&all, &person("Nora Haugen"));
    assert!(hidden.iter().any(|a| a["meta"]["security"][0]["code"] == "NORN_FORANS"));
}

#[test]
fn the_birthdays_fall_when_the_stories_say() {
    assert_eq!(person("Oskar Strand").birth_date, "2014-08-04".parse::<Date>().unwrap());
    assert_eq!(person("Thea Strand").birth_date, "2010-08-12".parse::<Date>().unwrap());
}

#[test]
fn the_newcomer_has_nothing_and_the_old_man_has_much() {
    let all = resources();
    let newcomer = person("Hannah Turner");
    assert_eq!(newcomer.language, Language::En);
    let reference = format!("Patient/{}", newcomer.patient_id);
    assert!(!all.iter().any(|r| r.to_string().contains(&format!("\"{reference}\""))));
    assert!(appointments(&all, &person("Arne Dahl")).len() > 40);
    assert_eq!(person("Elle Guttorm").language, Language::Se);
    let midwife = appointments(&all, &person("Leyla Demir"));
    assert!(midwife.iter().any(|a| a["status"] == "booked" && a["serviceCategory"][0]["coding"][0]["code"] == "5"));
}

#[test]
fn proxy_guardian_and_foster_home_are_as_the_stories_say() {
    let all = resources();
    let consent =
        all.iter().find(|r| r["resourceType"] == "Consent" && r["patient"]["reference"] == "Patient/arne-dahl");
    let receiver = &consent.unwrap()["provision"]["actor"][0]["reference"];
    assert_eq!(receiver["reference"], "Patient/berit-dahl");
    assert_eq!(receiver["identifier"]["value"], person("Berit Dahl").national_id.as_str());
    for (of, adult, code) in [
        ("Jonas Myhre", "Kari Nygård", "FP"),
        ("Jonas Myhre", "Linda Myhre", "FO"),
        ("Odd Kristiansen", "Silje Holm", "VE"),
        ("Leo Bakke", "Anders Bakke", "FO"),
    ] {
        let tie = related(&all, &person(of), &person(adult)).unwrap();
        assert_eq!(tie["relationship"][0]["coding"][0]["code"], code, "{of} {adult}");
    }
}

#[test]
fn the_stories_hold_on_leap_days_at_weekends_and_in_holidays() {
    for today in [date(2028, 2, 29), date(2026, 12, 24), date(2027, 3, 24), date(2026, 8, 9), date(2027, 1, 1)] {
        let plan = Plan { today, ..PLAN };
        let groups = Country::generate(&plan);
        let all: Vec<Value> =
            groups.flat_map(|group| group.resources).map(|r| serde_json::from_slice(r.json()).unwrap()).collect();
        for (name, count) in
            [("Ingrid Haugen", 2), ("Emil Haugen", 1), ("Leo Bakke", 1), ("Arne Dahl", 2), ("Leyla Demir", 2)]
        {
            let country = Country::generate(&plan);
            let person = country.people().iter().find(|person| person.name == name).unwrap().clone();
            let booked = appointments(&all, &person).into_iter().filter(|a| a["status"] == "booked").count();
            assert!(booked >= count, "{name} on {today}: {booked}");
        }
        let boy = Country::generate(&plan).people().iter().find(|p| p.name == "Oskar Strand").unwrap().birth_date;
        let twelfth = boy.checked_add(jiff::ToSpan::years(12)).unwrap();
        assert_eq!((twelfth - today).get_days(), 1);
    }
}

#[test]
fn a_girl_of_fourteen_may_use_the_portal_by_her_mothers_consent() {
    let all = resources();
    let consent = all
        .iter()
        .find(|r| r["resourceType"] == "Consent" && r["patient"]["reference"] == "Patient/nora-haugen")
        .unwrap();
    assert_eq!(consent["category"][0]["coding"][0]["code"], "foreldresamtykke");
    assert_eq!(consent["performer"][0]["reference"], "Patient/ingrid-haugen");
    let period = &consent["provision"]["period"];
    assert!(period["start"].as_str().unwrap() < "2026-08-03" && period["end"].as_str().unwrap() > "2026-08-03");
}

#[test]
fn those_with_several_visits_to_come_have_some_in_every_form() {
    let all = resources();
    let extension = |a: &Value, url: &str| {
        let extensions = a["extension"].as_array().cloned().unwrap_or_default();
        extensions.into_iter().find(|e| e["url"] == url)
    };
    let of = |name: &str| appointments(&all, &person(name)).into_iter().cloned().collect::<Vec<_>>();
    for name in ["Ingrid Haugen", "Arne Dahl"] {
        let row: Vec<Value> = of(name).into_iter().filter(|a| extension(a, "urn:varde:series").is_some()).collect();
        assert_eq!(row.len(), 4, "{name}");
        assert!(row.iter().all(|a| a["serviceType"][0]["coding"][0]["code"] == "65" && a["status"] == "booked"));
    }
    let meetings: std::collections::BTreeSet<String> = of("Arne Dahl")
        .iter()
        .filter_map(|a| Some(extension(a, "urn:varde:meeting")?["valueCode"].as_str()?.to_owned()))
        .collect();
    assert_eq!(meetings.into_iter().collect::<Vec<_>>(), ["group", "home", "video"]);
    let ways_in = all.iter().filter(|r| r["resourceType"] == "Location").all(|r| r["description"].is_string());
    assert!(ways_in, "everybody is told the way in");
}
