use jiff::civil::date;
use varde_rights::{Action, Relation, Service};
use varde_store::{About, Named, Posed};

use super::super::rules::{Fields, Problem, question};
use crate::shared::testing::national_id;

fn filled() -> Fields {
    Fields {
        who_number: national_id(1).as_str().to_owned(),
        number: format!(" {} {}", &national_id(2).as_str()[..6], &national_id(2).as_str()[6..]),
        ..Fields::on(date(2026, 11, 21))
    }
}

#[test]
fn a_filled_form_is_a_question() {
    let asked = question(&filled()).unwrap();
    assert_eq!(asked.who, Posed::Citizen(Named::Number(national_id(1))));
    assert_eq!(asked.patient, Named::Number(national_id(2)), "spaces in a number are no mistake");
    assert_eq!((asked.about, asked.action), (About::Service(Service::PrimaryAppointments), Action::View));
    assert_eq!(asked.day, date(2026, 11, 21));
    let nurse = Fields { who: "treating".into(), who_number: String::new(), ..filled() };
    assert_eq!(question(&nurse).unwrap().who, Posed::Personnel(Relation::Treating));
    let item = Fields { item: " Appointment/a1 ".into(), service: String::new(), ..filled() };
    assert!(matches!(question(&item).unwrap().about, About::Item(_, id) if id.as_str() == "a1"));
}

#[test]
fn each_mistake_is_told_at_its_field_and_all_at_once() {
    let with = |change: &dyn Fn(&mut Fields)| {
        let mut fields = filled();
        change(&mut fields);
        question(&fields).unwrap_err()
    };
    assert_eq!(with(&|f| f.who = "parent".into()), [Problem::Who]);
    assert_eq!(with(&|f| f.who_number = "12345678901".into()), [Problem::WhoNumber]);
    assert_eq!(with(&|f| f.number.clear()), [Problem::Number]);
    assert_eq!(with(&|f| f.service = "everything".into()), [Problem::Service]);
    for item in ["Appointment", "Nothing/x", "Appointment/", "Appointment/a/b"] {
        assert_eq!(with(&|f| f.item = item.into()), [Problem::Item], "{item}");
    }
    assert_eq!(with(&|f| f.action = "write".into()), [Problem::Action], "writing is for programs");
    for (day, month, year) in [("31", "2", "2027"), ("", "1", "2027"), ("1", "13", "2027"), ("1", "1", "9999")] {
        let wrong = with(&|f| (f.day, f.month, f.year) = (day.into(), month.into(), year.into()));
        assert_eq!(wrong, [Problem::Day], "{day}.{month}.{year}");
    }
    let all = question(&Fields::default()).unwrap_err();
    assert_eq!(all, [Problem::Who, Problem::Number, Problem::Service, Problem::Action, Problem::Day]);
}
