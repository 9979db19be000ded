use jiff::civil::Date;
use serde_json::json;

use super::super::model::{Advice, Disease, Dose, Giver, Person, When};
use super::super::programme;
use super::super::rules::{advice, next, protection};
use super::{dose, immunization};
use crate::shared::vaccine::codes;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn person(born: &str, is_male: Option<bool>) -> Person {
    Person { name: ("Nordmann".into(), vec!["Kari".into()]), born: day(born), is_male }
}

/// Doses by ATC code and day.
fn had(doses: &[(&str, &str)]) -> Vec<Dose> {
    let one = |(atc, day): &(&str, &str)| dose(&immunization("i", atc, json!({"occurrenceDateTime": day})));
    doses.iter().map(one).collect()
}

fn advised(born: &str, doses: &[(&str, &str)], today: &str) -> Vec<Advice> {
    advice(&person(born, None), &had(doses), programme::lines(), day(today))
}

/// The first disease of each, its dose and when, for what is not to come.
fn now(born: &str, doses: &[(&str, &str)], today: &str) -> Vec<(Disease, Option<u8>, When)> {
    let all = advised(born, doses, today).into_iter().filter(|advice| !matches!(advice.when, When::From(_)));
    all.map(|advice| (advice.diseases[0], advice.dose, advice.when)).collect()
}

#[test]
fn every_line_of_the_programme_is_read_and_a_wrong_one_is_not() {
    assert_eq!(programme::read(include_str!("../programme.txt")).unwrap().len(), programme::lines().len());
    assert!(programme::lines().len() >= 15);
    for wrong in [
        "rota | 1 | 2014-10-01.. | - | all | plague | age 6w | - | - | station | x",
        "rota | 1 | 2014-10-01 | - | all | rotavirus | age 6w | - | - | station | x",
        "rota | 1 | 2014-10-01.. | - | all | rotavirus | age 6d | - | - | station | x",
        "rota | 1 | 2014-10-01.. | - | boys | rotavirus | age 6w | - | - | station | x",
        "rota | 1 | 2014-10-01.. | - | all | rotavirus | sometime | - | - | station | x",
        "rota | 1 | 2014-10-01.. | - | all | rotavirus | age 6w | - | - | shop | x",
    ] {
        assert!(programme::read(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn a_baby_is_offered_what_its_age_says_and_no_sooner() {
    let born = "2026-06-01";
    for (today, expected) in [
        ("2026-07-12", vec![]),
        ("2026-07-13", vec![(Disease::Rotavirus, Some(1), When::Now)]),
        (
            "2026-09-01",
            vec![
                (Disease::Rotavirus, Some(1), When::Now),
                (Disease::Pertussis, Some(1), When::Now),
                (Disease::Pneumococcus, Some(1), When::Now),
            ],
        ),
    ] {
        assert_eq!(now(born, &[], today), expected, "{today}");
    }
    let coming = advised(born, &[], "2026-06-02");
    assert_eq!(coming[0].when, When::From(day("2026-07-13")));
    assert!(coming.iter().all(|advice| matches!(advice.when, When::From(_)) && advice.giver == Giver::Station));
}

#[test]
fn the_next_dose_keeps_its_distance_to_the_one_before_and_a_late_one_is_said_to_be() {
    let born = "2026-01-01";
    // The first at six months: the second eight weeks later, not at five months.
    let late = [("J07CA09", "2026-07-01"), ("J07AL02", "2026-07-01")];
    assert_eq!(now(born, &late, "2026-08-25"), []);
    assert_eq!(now(born, &late, "2026-08-26").len(), 2);
    assert_eq!(
        now(born, &[], "2026-09-01"),
        [
            (Disease::Pertussis, Some(1), When::Late(day("2026-04-01"))),
            (Disease::Pneumococcus, Some(1), When::Late(day("2026-04-01"))),
        ],
        "rotavirus is not begun after sixteen weeks"
    );
}

#[test]
fn what_is_given_together_counts_for_each_and_twice_on_a_day_is_once() {
    let doses = had(&[("J07CA09", "2026-04-01"), ("J07CA02", "2026-04-01"), ("J07BD52", "2026-05-01")]);
    let all = protection(&doses);
    assert!(all.contains(&(Disease::Pertussis, 1, Some(day("2026-04-01")))));
    assert!(all.contains(&(Disease::Rubella, 1, Some(day("2026-05-01")))));
    assert_eq!(all[0].2, Some(day("2026-05-01")), "the latest first");
}

#[test]
fn what_was_not_given_or_withdrawn_does_not_count() {
    let not_done = dose(&immunization("i", "J07BD52", json!({"status": "not-done"})));
    let wrong = dose(&immunization("i", "J07BD52", json!({"status": "entered-in-error"})));
    assert_eq!(protection(&[not_done, wrong]), []);
}

/// All of the childhood programme up to the age of seven.
const SMALL: [(&str, &str); 6] = [
    ("J07CA09", "2014-09-01"),
    ("J07CA09", "2014-11-01"),
    ("J07CA09", "2015-06-01"),
    ("J07BD52", "2015-09-01"),
    ("J07CA02", "2021-10-01"),
    ("J07BD52", "2025-10-01"),
];

#[test]
fn at_school_it_is_offered_in_the_school_year_and_afterwards_it_is_late() {
    // Born in 2014: the seventh form begins in August 2026.
    let born = "2014-06-01";
    assert_eq!(now(born, &SMALL, "2026-08-19"), []);
    assert_eq!(now(born, &SMALL, "2026-08-20"), [(Disease::Hpv, Some(1), When::Now)]);
    assert_eq!(now(born, &SMALL, "2027-06-30"), [(Disease::Hpv, Some(1), When::Now)]);
    assert_eq!(now(born, &SMALL, "2027-07-01"), [(Disease::Hpv, Some(1), When::Late(day("2026-08-20")))]);
    let with_one: Vec<(&str, &str)> = SMALL.into_iter().chain([("J07BM03", "2026-09-10")]).collect();
    assert_eq!(now(born, &with_one, "2027-03-09"), [], "six months between");
    assert_eq!(now(born, &with_one, "2027-03-10"), [(Disease::Hpv, Some(2), When::Now)]);
}

#[test]
fn boys_born_before_2006_were_not_offered_hpv_and_girls_were() {
    let of = |is_male| {
        let all = advice(&person("2005-06-01", Some(is_male)), &[], programme::lines(), day("2020-06-01"));
        all.iter().any(|advice| advice.diseases == [Disease::Hpv])
    };
    assert!(of(false) && !of(true));
}

#[test]
fn adults_are_offered_a_booster_every_ten_years_and_told_when_none_is_known() {
    let of = |doses: &[(&str, &str)], today: &str| {
        let all = advised("1980-03-04", doses, today).into_iter().filter(|advice| advice.every_years == Some(10));
        all.map(|advice| advice.when).collect::<Vec<_>>()
    };
    assert_eq!(of(&[], "2026-11-21"), [When::Unknown]);
    assert_eq!(of(&[("J07CA02", "2016-11-22")], "2026-11-21"), [When::From(day("2026-11-22"))]);
    assert_eq!(of(&[("J07CA02", "2016-11-21")], "2026-11-21"), [When::Now]);
    assert_eq!(of(&[("J07AM51", "2019-01-01")], "2026-11-21"), [], "a dose against tetanus and diphtheria counts");
    assert!(advised("2003-03-04", &[], "2026-11-21").iter().all(|advice| advice.every_years.is_none()), "from 25");
}

#[test]
fn influenza_is_for_those_of_65_each_winter_and_covid_by_the_year_s_own_line() {
    let of = |born: &str, doses: &[(&str, &str)], today: &str| {
        let all = advised(born, doses, today).into_iter().filter(|advice| advice.every_years == Some(1));
        all.map(|advice| (advice.diseases[0], advice.when)).collect::<Vec<_>>()
    };
    let (influenza, covid) = (Disease::Influenza, Disease::Covid19);
    assert_eq!(of("1955-01-01", &[], "2026-11-21"), [(influenza, When::Now)]);
    assert_eq!(of("1945-01-01", &[], "2026-11-21"), [(influenza, When::Now), (covid, When::Now)]);
    assert_eq!(of("1955-01-01", &[], "2024-11-21"), [(influenza, When::Now), (covid, When::Now)], "the line of 2024");
    assert_eq!(of("1955-01-01", &[("J07BB02", "2026-10-05")], "2027-02-01"), [], "once a winter");
    assert_eq!(of("1955-01-01", &[("J07BB02", "2025-10-20")], "2026-10-01"), [(influenza, When::Now)]);
    assert_eq!(of("1955-01-01", &[], "2026-08-15"), [(influenza, When::From(day("2026-10-01")))]);
    assert_eq!(of("1955-01-01", &[], "2026-06-15"), [], "not told of in early summer");
    assert_eq!(of("1970-01-01", &[], "2026-11-21"), []);
}

#[test]
fn what_comes_next_is_known_however_far_ahead_it_is() {
    let of = |born: &str, doses: &[(&str, &str)], today: &str| {
        let next = next(&person(born, None), &had(doses), programme::lines(), day(today));
        next.map(|advice| (advice.diseases[0], advice.dose, advice.when))
    };
    let from = |disease, dose, on: &str| Some((disease, dose, When::From(day(on))));
    let (today, booster) = ("2026-11-21", [("J07CA02", "2024-03-26")]);
    assert_eq!(
        of("1986-03-04", &booster, today),
        from(Disease::Tetanus, None, "2034-03-26"),
        "ten years after the last"
    );
    assert_eq!(
        of("1986-03-04", &[], today),
        from(Disease::Influenza, None, "2051-03-04"),
        "the booster may be had now"
    );
    let small =
        [("J07CA09", "2021-09-01"), ("J07CA09", "2021-11-01"), ("J07CA09", "2022-06-01"), ("J07BD52", "2022-09-01")];
    assert_eq!(of("2021-06-01", &small, today), from(Disease::Pertussis, Some(4), "2028-08-20"), "at school");
    // Somebody of 80 who has had all of this winter.
    let winter =
        [("J07CA02", "2024-03-26"), ("J07BB02", "2026-10-05"), ("J07BN01", "2026-10-05"), ("J07AL02", "2026-10-05")];
    assert_eq!(of("1946-01-01", &winter, today), from(Disease::Influenza, None, "2027-10-01"), "next winter");
    assert_eq!(next(&person("1986-03-04", None), &[], &[], day(today)), None, "a programme with no more");
}

#[test]
fn codes_of_several_systems_say_the_same() {
    let (atc, cvx, sct) = ("http://www.whocc.no/atc", "http://hl7.org/fhir/sid/cvx", "http://snomed.info/sct");
    for (system, code, first) in [
        (atc, "J07BD52", Some(Disease::Measles)),
        (atc, "J07BM03", Some(Disease::Hpv)),
        (atc, "J07AJ52", Some(Disease::Diphtheria)),
        (cvx, "03", Some(Disease::Measles)),
        (cvx, "140", Some(Disease::Influenza)),
        (cvx, "1", None),
        (sct, "6142004", Some(Disease::Influenza)),
        (atc, "A10BA02", None),
        ("urn:other", "J07BD52", None),
    ] {
        assert_eq!(codes::diseases(system, code).first().copied(), first, "{code}");
    }
    assert_eq!(codes::diseases(atc, "J07BX03"), [Disease::Covid19]);
}
