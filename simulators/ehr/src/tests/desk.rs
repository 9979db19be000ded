use jiff::{SignedDuration, Timestamp};

use crate::desk::{Desk, Pace};
use crate::model::{Incoming, Kind, Stage};

const PACE: Pace = Pace { seed: 1, speed: 60 };

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn much_later() -> Timestamp {
    now() + SignedDuration::from_hours(24)
}

fn renewal(id: &str) -> Incoming {
    Incoming {
        id: id.to_owned(),
        kind: Kind::Renewal,
        about: "MedicationRequest/1".to_owned(),
        stage: Stage::New,
        promised: None,
        memo: None,
    }
}

#[test]
fn what_comes_twice_is_taken_in_once_and_never_begun_again() {
    let desk = Desk::in_memory();
    assert!(desk.take_in(&renewal("Task/1"), PACE, now()).unwrap());
    assert!(!desk.take_in(&renewal("Task/1"), PACE, now()).unwrap());
    assert!(desk.due(now()).unwrap().is_empty(), "not at once");
    let errand = desk.due(much_later()).unwrap().remove(0);
    desk.advance(&errand, Stage::Done, Some("renew"), None, (PACE, now())).unwrap();
    assert!(!desk.take_in(&renewal("Task/1"), PACE, now()).unwrap());
    assert!(desk.due(much_later()).unwrap().is_empty());
    assert_eq!(desk.next_due().unwrap(), None);
}

#[test]
fn what_was_decided_first_stays_decided() {
    let desk = Desk::in_memory();
    desk.take_in(&renewal("Task/1"), PACE, now()).unwrap();
    assert_eq!(desk.decide("Task/1", "yes").unwrap(), "yes");
    assert_eq!(desk.decide("Task/1", "no").unwrap(), "yes");
    assert_eq!(desk.due(much_later()).unwrap()[0].memo.as_deref(), Some("yes"));
}

#[test]
fn a_step_that_fails_comes_again_later_and_counts() {
    let desk = Desk::in_memory();
    desk.take_in(&renewal("Task/1"), PACE, now()).unwrap();
    desk.postpone("Task/1", much_later(), "500").unwrap();
    assert!(desk.due(now() + SignedDuration::from_hours(1)).unwrap().is_empty());
    assert_eq!(desk.due(much_later()).unwrap()[0].attempts, 1);
    assert_eq!(desk.lines(10).unwrap()[0].said.as_deref(), Some("500"));
}

#[test]
fn what_follows_lies_there_and_earlier_askings_are_known() {
    let desk = Desk::in_memory();
    desk.take_in(&renewal("Task/1"), PACE, now()).unwrap();
    desk.take_in(&renewal("Task/2"), PACE, now()).unwrap();
    let errands = desk.due(much_later()).unwrap();
    let (first, second) = (&errands[0], &errands[1]);
    assert_eq!(desk.done_before(second).unwrap(), 0);
    let report = Incoming {
        id: "DiagnosticReport/1".to_owned(),
        kind: Kind::Report,
        memo: Some("{}".to_owned()),
        ..renewal("")
    };
    desk.advance(first, Stage::Done, None, Some(&report), (PACE, now())).unwrap();
    assert_eq!(desk.done_before(second).unwrap(), 1);
    let kinds: Vec<Kind> = desk.due(much_later()).unwrap().iter().map(|errand| errand.kind).collect();
    assert_eq!(kinds.len(), 2);
    assert!(kinds.contains(&Kind::Report));
}

#[test]
fn a_second_start_finds_all_that_lay_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ehr.sqlite");
    Desk::open(&path).unwrap().take_in(&renewal("Task/1"), PACE, now()).unwrap();
    let again = Desk::open(&path).unwrap();
    assert!(!again.take_in(&renewal("Task/1"), PACE, now()).unwrap());
    assert_eq!(again.due(much_later()).unwrap().len(), 1);
}

#[test]
fn a_round_is_bounded() {
    let desk = Desk::in_memory();
    for number in 0..50 {
        desk.take_in(&renewal(&format!("Task/{number}")), PACE, now()).unwrap();
    }
    assert_eq!(desk.due(much_later()).unwrap().len(), 20);
    assert_eq!(desk.lines(7).unwrap().len(), 7);
}

#[test]
fn what_rests_until_a_day_comes_up_on_that_day_and_not_before() {
    let desk = Desk::in_memory();
    desk.take_in(&renewal("Task/1"), PACE, now()).unwrap();
    let errand = desk.due(much_later()).unwrap().remove(0);
    let day = now() + SignedDuration::from_hours(24 * 9);
    desk.rest(&errand, Stage::Taken, Some("from then"), (day, now())).unwrap();
    assert!(desk.due(much_later()).unwrap().is_empty());
    assert_eq!(desk.due(day).unwrap()[0].stage, Stage::Taken);
    assert_eq!(desk.next_due().unwrap(), Some(day));
}

#[cfg(unix)]
#[test]
fn the_file_with_the_secret_is_for_its_owner_alone_also_one_that_was_made_before() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    let path = folder.path().join("ehr.db");
    let desk = Desk::open(&path).unwrap();
    let secret = desk.secret("first").unwrap();
    assert_eq!((mode("ehr.db"), mode("ehr.db-wal"), mode("ehr.db-shm")), (0o600, 0o600, 0o600));
    drop(desk);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let desk = Desk::open(&path).unwrap();
    assert_eq!((mode("ehr.db"), desk.secret("second").unwrap()), (0o600, secret));
}
