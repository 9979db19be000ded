//! What may be registered with documentation, as a table.

use jiff::civil::{Date, date};
use varde_rights::{Areas, ParameterBook, Parameters};

use super::{given, per};
use crate::sharing::model::{Given, Kind, Person, Status};
use crate::sharing::registration::{EvidenceKind, Helper, RegisteredKind, Registration, Wrong, check};

const TODAY: Date = date(2026, 11, 21);

fn parameters() -> Parameters {
    ParameterBook::national().unwrap().on(TODAY).unwrap()
}

/// Odd, who is 82 and has no electronic identity.
fn odd() -> Person {
    Person { patient: "odd".parse().unwrap(), name: "Odd Berg".to_owned(), born: Some(date(1944, 3, 4)), ..per() }
}

/// Odd's signed proxy to Per, who is 18 today.
fn signed() -> Registration {
    Registration {
        giver: "odd".parse().unwrap(),
        kind: RegisteredKind::Proxy,
        helper: Helper::Patient("per".parse().unwrap()),
        areas: Areas::SERVICES.with(Areas::PHARMACY),
        from: None,
        until: None,
        accepted: false,
        evidence: "d1".parse().unwrap(),
        evidence_kind: EvidenceKind::SignedForm,
    }
}

/// A decision of 1 November 2026 that Per acts for Odd.
fn decided() -> Registration {
    Registration {
        kind: RegisteredKind::Assigned,
        areas: Areas::NONE,
        from: Some(date(2026, 11, 1)),
        evidence_kind: EvidenceKind::Decision,
        ..signed()
    }
}

fn neighbour() -> Registration {
    let born = date(1950, 1, 1);
    let helper = Helper::Described { name: "Nabo Nilsen".to_owned(), born, phone: Some("22000000".to_owned()) };
    Registration { helper, accepted: true, ..signed() }
}

fn wrong(asked: &Registration, giver: &Person, helper: Option<&Person>, existing: &[Given]) -> Option<&'static str> {
    check(asked, giver, helper, existing, TODAY, &parameters()).err().map(|Wrong(name, _)| name)
}

#[test]
fn what_is_documented_can_be_registered() {
    let ok = |asked: &Registration| check(asked, &odd(), Some(&per()), &[], TODAY, &parameters()).unwrap();
    assert_eq!((ok(&signed()).kind, ok(&signed()).until), (Kind::Proxy, None));
    assert_eq!(ok(&neighbour()).areas, signed().areas);
    assert_eq!((ok(&decided()).kind, ok(&decided()).until), (Kind::Assigned, Some(date(2031, 11, 1))));
    let shorter = Registration { until: Some(date(2027, 1, 1)), ..decided() };
    assert_eq!(ok(&shorter).until, Some(date(2027, 1, 1)));
}

#[test]
fn who_is_too_young_dead_protected_or_the_same_is_refused() {
    let fifteen = Person { born: Some(date(2010, 11, 22)), ..odd() };
    let sixteen = Person { born: Some(date(2010, 11, 21)), ..odd() };
    let eleven = Person { born: Some(date(2014, 11, 22)), ..odd() };
    let dead = |person: Person| Person { deceased: true, ..person };
    let protected = |person: Person| Person { protected: true, ..person };
    let minor = Person { born: Some(date(2008, 11, 22)), ..per() };
    let unknown = Person { born: None, ..odd() };
    let cases = [
        (signed(), sixteen, Some(per()), None),
        (signed(), fifteen.clone(), Some(per()), Some("giver")),
        (decided(), fifteen, Some(per()), None),
        (decided(), eleven, Some(per()), Some("giver")),
        (signed(), dead(odd()), Some(per()), Some("giver")),
        (signed(), protected(odd()), Some(per()), Some("giver")),
        (signed(), unknown, Some(per()), Some("giver")),
        (signed(), odd(), Some(minor), Some("receiver")),
        (signed(), odd(), Some(dead(per())), Some("receiver")),
        (signed(), odd(), Some(protected(per())), Some("receiver")),
        (signed(), odd(), None, Some("receiver")),
        (
            Registration { helper: Helper::Patient("odd".parse().unwrap()), ..signed() },
            odd(),
            Some(odd()),
            Some("receiver"),
        ),
    ];
    for (asked, giver, helper, expected) in cases {
        assert_eq!(wrong(&asked, &giver, helper.as_ref(), &[]), expected, "{giver:?} {helper:?}");
    }
}

#[test]
fn every_parameter_is_bounded() {
    let described = |name: &str, born: Date, phone: Option<String>| Registration {
        helper: Helper::Described { name: name.to_owned(), born, phone },
        accepted: true,
        ..signed()
    };
    let old = date(1950, 1, 1);
    let cases = [
        (Registration { areas: Areas::NONE, ..signed() }, "area"),
        (Registration { areas: Areas::TIMES, ..signed() }, "area"),
        (Registration { areas: Areas::SERVICES, ..decided() }, "area"),
        (Registration { until: Some(date(2026, 11, 20)), ..signed() }, "until"),
        (Registration { from: Some(date(2026, 11, 22)), ..signed() }, "from"),
        (Registration { evidence_kind: EvidenceKind::Decision, ..signed() }, "evidenceKind"),
        (Registration { evidence_kind: EvidenceKind::SignedForm, ..decided() }, "evidenceKind"),
        (Registration { from: None, ..decided() }, "from"),
        (Registration { from: Some(date(2026, 11, 22)), ..decided() }, "from"),
        (Registration { until: Some(date(2031, 11, 2)), ..decided() }, "until"),
        (Registration { from: Some(date(2020, 1, 1)), ..decided() }, "until"),
        (Registration { accepted: false, ..neighbour() }, "accepted"),
        (described(" ", old, None), "receiver"),
        (described(&"x".repeat(101), old, None), "receiver"),
        (described("N", date(2010, 1, 1), None), "receiver"),
        (described("N", date(2027, 1, 1), None), "receiver"),
        (described("N", old, Some("1".repeat(101))), "receiver"),
    ];
    for (asked, expected) in cases {
        assert_eq!(wrong(&asked, &odd(), Some(&per()), &[]), Some(expected), "{asked:?}");
    }
}

#[test]
fn one_who_has_one_already_gets_no_second() {
    let existing = [Given { giver: "odd".parse().unwrap(), ..given() }];
    assert_eq!(wrong(&signed(), &odd(), Some(&per()), &existing), Some("receiver"));
    let over = [Given { status: Status::Inactive, ..existing[0].clone() }];
    assert_eq!(wrong(&signed(), &odd(), Some(&per()), &over), None);
    assert_eq!(wrong(&decided(), &odd(), Some(&per()), &existing), None, "a decision stands beside what was given");
}
