use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::super::model::{Dispensing, DispensingState, Medicine, Prescription, Renewal, RenewalState, Status, Use};
use super::super::rules::{self, Around, NotRenewable, Standing};
use super::{collected, prescription, renewal};
use crate::medicines::dose::Dose;

const TODAY: Date = date(2026, 11, 21);

fn renewable(one: &Prescription, renewals: &[Renewal]) -> Result<(), NotRenewable> {
    let prescriptions = [one.clone()];
    rules::may_renew(one, Around { prescriptions: &prescriptions, dispensings: &[], renewals }, TODAY)
}

#[test]
fn where_a_prescription_stands_follows_from_what_was_collected_and_when_it_ends() {
    let preparing = || Dispensing { state: DispensingState::Preparing, ..collected() };
    let others = Dispensing { prescription: "rx2".parse().ok(), ..collected() };
    let table: [(&str, Status, Vec<Dispensing>, Date, Standing); 10] = [
        ("nothing collected", Status::Active, vec![], TODAY, Standing::Fresh),
        ("somebody else's", Status::Active, vec![others], TODAY, Standing::Fresh),
        ("collected once", Status::Active, vec![collected()], TODAY, Standing::Partly),
        ("at the pharmacy", Status::Active, vec![collected(), preparing()], TODAY, Standing::AtPharmacy),
        ("collected four times", Status::Active, vec![collected(); 4], TODAY, Standing::UsedUp),
        ("its last day", Status::Active, vec![], date(2027, 2, 28), Standing::Fresh),
        ("the day after", Status::Active, vec![], date(2027, 3, 1), Standing::Expired),
        ("paused", Status::OnHold, vec![], TODAY, Standing::Paused),
        ("used up, says the source", Status::Completed, vec![], TODAY, Standing::UsedUp),
        ("called off, whatever else", Status::Stopped, vec![], date(2028, 1, 1), Standing::Stopped),
    ];
    for (case, status, dispensings, today, expected) in table {
        let one = Prescription { status, ..prescription() };
        assert_eq!(rules::standing(&one, &dispensings, today), expected, "{case}");
    }
}

#[test]
fn without_a_last_day_it_can_be_used_for_a_year_and_without_a_number_none_is_counted() {
    let one = Prescription { valid_until: None, allowed: None, ..prescription() };
    assert_eq!(rules::last_day(&one), Some(date(2027, 2, 28)));
    assert_eq!(rules::left(&one, &[collected()]), None);
    assert_eq!(rules::standing(&one, &vec![collected(); 9], TODAY), Standing::Partly);
    let unknown = Prescription { written: Some("2019".to_owned()), ..one };
    assert_eq!(rules::last_day(&unknown), None, "a year says too little");
    assert_eq!(rules::standing(&unknown, &[], TODAY), Standing::Fresh);
}

#[test]
fn what_may_be_renewed_and_the_first_reason_against_it() {
    let of = |change: &dyn Fn(&mut Prescription)| {
        let mut one = prescription();
        change(&mut one);
        one
    };
    let table: [(&str, Prescription, Result<(), NotRenewable>); 14] = [
        ("in force", of(&|_| {}), Ok(())),
        ("used up", of(&|one| one.status = Status::Completed), Ok(())),
        ("ended a year ago", of(&|one| one.valid_until = Some(date(2025, 11, 21))), Ok(())),
        ("ended longer ago", of(&|one| one.valid_until = Some(date(2025, 11, 20))), Err(NotRenewable::TooOld)),
        ("called off", of(&|one| one.status = Status::Stopped), Err(NotRenewable::Stopped)),
        ("paused", of(&|one| one.status = Status::OnHold), Err(NotRenewable::Paused)),
        ("group A", of(&|one| one.group = Some("A".to_owned())), Err(NotRenewable::NeedsContact)),
        ("group B", of(&|one| one.group = Some("B".to_owned())), Err(NotRenewable::NeedsContact)),
        ("group C", of(&|one| one.group = Some("C".to_owned())), Ok(())),
        (
            "a sleeping pill by its kind",
            of(&|one| one.atc = Some("N05CF01".to_owned())),
            Err(NotRenewable::NeedsContact),
        ),
        ("an opioid by its kind", of(&|one| one.atc = Some("N02AX02".to_owned())), Err(NotRenewable::NeedsContact)),
        ("paracetamol", of(&|one| one.atc = Some("N02BE01".to_owned())), Ok(())),
        ("penicillin", of(&|one| one.atc = Some("J01CE02".to_owned())), Err(NotRenewable::ShortCourse)),
        ("for a short time", of(&|one| one.is_short_course = true), Err(NotRenewable::ShortCourse)),
    ];
    for (case, one, expected) in table {
        assert_eq!(renewable(&one, &[]), expected, "{case}");
    }
}

#[test]
fn what_the_doctor_has_answered_decides_whether_it_can_be_asked_again() {
    let long_ago = |state| Renewal { changed: "2026-11-07T09:00:00Z".parse().unwrap(), ..renewal(state) };
    for (case, latest, expected) in [
        ("sent", renewal(RenewalState::Sent), Err(NotRenewable::Underway)),
        ("received", renewal(RenewalState::Received), Err(NotRenewable::Underway)),
        ("looked at", renewal(RenewalState::Considered), Err(NotRenewable::Underway)),
        ("renewed", renewal(RenewalState::Approved), Err(NotRenewable::Replaced)),
        ("refused yesterday", renewal(RenewalState::Refused), Err(NotRenewable::Refused)),
        ("talk first, yesterday", renewal(RenewalState::NeedsConsultation), Err(NotRenewable::Refused)),
        ("refused two weeks ago", long_ago(RenewalState::Refused), Ok(())),
        ("taken back", renewal(RenewalState::Withdrawn), Ok(())),
    ] {
        assert_eq!(renewable(&prescription(), &[latest]), expected, "{case}");
    }
    let newer = Renewal { sent: "2026-11-21T08:00:00Z".parse().unwrap(), ..renewal(RenewalState::Withdrawn) };
    assert_eq!(renewable(&prescription(), &[newer, renewal(RenewalState::Refused)]), Ok(()), "the latest counts");
}

#[test]
fn a_newer_prescription_takes_the_place_of_an_older_one() {
    let old = prescription();
    let named = Prescription {
        id: "rx2".parse().unwrap(),
        name: "Losartan tabletter 100 mg".to_owned(),
        replaces: Some(old.id.clone()),
        ..prescription()
    };
    let same = Prescription {
        id: "rx3".parse().unwrap(),
        written: Some("2026-10-01T13:10:00+02:00".to_owned()),
        ..prescription()
    };
    let replaced = |all: &[Prescription], today: Date| {
        Around { prescriptions: all, dispensings: &[], renewals: &[] }.is_replaced(&old, today)
    };
    assert!(replaced(&[old.clone(), named.clone()], TODAY), "by one that says so");
    assert!(
        !replaced(&[old.clone(), Prescription { status: Status::Stopped, ..named }], TODAY),
        "but not by one called off"
    );
    assert!(!replaced(&[old.clone(), same.clone()], TODAY), "two of a kind may be in force");
    assert!(replaced(&[old.clone(), same], date(2027, 3, 1)), "until the older one is over");
    assert!(!replaced(std::slice::from_ref(&old), date(2027, 3, 1)), "not by itself");
}

#[test]
fn it_ends_soon_with_one_time_left_or_a_month_before_its_last_day() {
    let ends = |dispensings: &[Dispensing], today| rules::is_soon_over(&prescription(), dispensings, today);
    assert!(!ends(&[collected(), collected()], TODAY));
    assert!(ends(&vec![collected(); 3], TODAY));
    assert!(!ends(&vec![collected(); 4], TODAY), "it has ended");
    assert!(!ends(&[], date(2027, 1, 28)));
    assert!(ends(&[], date(2027, 1, 29)));
    let once = Prescription { allowed: Some(1), ..prescription() };
    assert!(!rules::is_soon_over(&once, &[], TODAY), "nobody has begun on it");
}

#[test]
fn what_most_needs_to_be_renewed_stands_first() {
    let until = |day| Prescription { valid_until: Some(day), ..prescription() };
    let order = |one: &Prescription, times: usize| rules::renewal_order(one, &vec![collected(); times], TODAY);
    let expected = [
        ("used up", order(&until(date(2027, 9, 30)), 4)),
        ("ended last week", order(&until(date(2026, 11, 14)), 1)),
        ("ended last winter", order(&until(date(2026, 1, 14)), 1)),
        ("ends in a week", order(&until(date(2026, 11, 28)), 1)),
        ("once more until February", order(&until(date(2027, 2, 28)), 3)),
        ("twice more until January", order(&until(date(2027, 1, 15)), 2)),
        ("nothing collected yet", order(&until(date(2027, 9, 30)), 0)),
        ("no last day", order(&Prescription { written: None, valid_until: None, ..prescription() }, 0)),
    ];
    let mut sorted = expected;
    sorted.sort_by_key(|(_, place)| *place);
    assert_eq!(sorted, expected);
}

#[test]
fn an_answer_is_late_the_day_after_it_was_due_and_taken_back_until_somebody_looks() {
    assert!(!rules::is_late(&renewal(RenewalState::Sent), date(2026, 11, 27)));
    assert!(rules::is_late(&renewal(RenewalState::Considered), date(2026, 11, 28)));
    assert!(!rules::is_late(&renewal(RenewalState::Refused), date(2026, 11, 28)));
    for (state, expected) in [
        (RenewalState::Sent, true),
        (RenewalState::Received, true),
        (RenewalState::Considered, false),
        (RenewalState::Approved, false),
        (RenewalState::Withdrawn, false),
    ] {
        assert_eq!(rules::may_withdraw(&renewal(state)), expected, "{state:?}");
    }
    assert!(rules::is_shown(&renewal(RenewalState::Refused), date(2026, 12, 20)));
    assert!(!rules::is_shown(&renewal(RenewalState::Refused), date(2026, 12, 21)));
    assert!(!rules::is_shown(&renewal(RenewalState::Withdrawn), TODAY));
}

#[test]
fn a_message_is_trimmed_and_has_a_length() {
    assert_eq!(rules::message("  hei \n"), Some("hei"));
    assert_eq!(rules::message(&"ø".repeat(500)).map(str::len), Some(1_000));
    assert_eq!(rules::message(&"ø".repeat(501)), None);
}

#[test]
fn the_list_of_medicines_has_what_was_gone_through_and_what_is_prescribed_beside_it() {
    let stated = Medicine {
        name: "losartan".to_owned(),
        atc: Some("C09CA01".to_owned()),
        dose: Dose::default(),
        reason: None,
        state: Use::Paused,
        reviewed: None,
        reviewed_by: None,
        in_dose_bags: false,
    };
    let metformin = Prescription {
        id: "rx2".parse().unwrap(),
        name: "Metformin tabletter 500 mg".to_owned(),
        atc: Some("A10BA02".to_owned()),
        ..prescription()
    };
    let over = Prescription {
        id: "rx3".parse().unwrap(),
        name: "Gammel".to_owned(),
        status: Status::Completed,
        ..prescription()
    };
    let bags = Dispensing { in_dose_bags: true, name: metformin.name.clone(), atc: None, ..collected() };
    let (prescriptions, dispensings) = ([prescription(), metformin, over], [bags]);
    let around = Around { prescriptions: &prescriptions, dispensings: &dispensings, renewals: &[] };
    let list = rules::medicines(vec![stated], around, TODAY);
    let names: Vec<(&str, Use, bool)> =
        list.iter().map(|its| (its.name.as_str(), its.state, its.in_dose_bags)).collect();
    assert_eq!(names, [("losartan", Use::Paused, false), ("Metformin tabletter 500 mg", Use::Current, true)]);
}

proptest! {
    /// However often and whenever it was collected, what is left never grows, and what is over cannot be collected.
    #[test]
    fn collecting_never_gives_more(count in 0usize..12, allowed in 0u32..8, day in 0i32..900) {
        let one = Prescription { allowed: Some(allowed), ..prescription() };
        let today = date(2026, 3, 1).saturating_add(jiff::Span::new().days(day));
        let (few, more) = (vec![collected(); count], vec![collected(); count + 1]);
        prop_assert!(rules::left(&one, &more) <= rules::left(&one, &few));
        let standing = rules::standing(&one, &few, today);
        prop_assert!(!(standing.is_in_force() && rules::left(&one, &few) == Some(0)));
        prop_assert!(!(standing.is_in_force() && today > date(2027, 2, 28)));
    }
}
