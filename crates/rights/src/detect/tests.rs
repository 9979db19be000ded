//! A month made up the same way every time, with snooping planted in it.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::*;

/// Stated for the month below: of some 13,000 look-ups fewer than this many are listed that were not planted.
const FALSE_ALARMS: usize = 25;

const PEOPLE: u64 = 40;
const NIGHT_WORKERS: u64 = 6;

/// The same numbers every time (Knuth's constants for a linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn per_mille(&mut self, share: u64) -> bool {
        self.below(1_000) < share
    }
}

fn look_up(who: u64, patient: u64, at: Timestamp, ties: Ties) -> LookUp {
    LookUp {
        entry: 1,
        who: format!("person-{who}").into(),
        name: "Liv Vold".into(),
        role: "Lege".into(),
        organization: format!("Sykehus {}", who % 4).into(),
        at,
        patient: format!("p{patient}").parse().unwrap(),
        basis: CareBasis::Treatment,
        rule: "HP-1".into(),
        count: 3,
        ties,
    }
}

/// This hour of this day of the month, in Norway.
fn at(day: i8, hour: i8, minute: i8) -> Timestamp {
    date(2026, 10, day).at(hour, minute, 0, 0).to_zoned(norway().clone()).unwrap().timestamp()
}

/// Work as it is: nearly everybody is treated, some registrations are missing, names and places coincide now and then.
fn ordinary_month() -> Vec<LookUp> {
    let mut numbers = Numbers(2026);
    let mut all = Vec::new();
    for day in 1..=31_i8 {
        if date(2026, 10, day).weekday().to_monday_zero_offset() > 4 {
            continue;
        }
        for who in 0..PEOPLE {
            for _ in 0..10 + numbers.below(9) {
                let ties = Ties {
                    care_relation: !numbers.per_mille(30),
                    family: numbers.below(5_000) == 0,
                    same_street: numbers.per_mille(10),
                    same_name: numbers.per_mille(15),
                    colleague: numbers.per_mille(5),
                    same_address: numbers.below(5_000) == 0,
                    well_known: numbers.per_mille(2),
                    own_record: false,
                };
                let begins = if who < NIGHT_WORKERS { 22 } else { 8 };
                let minutes = i64::try_from(numbers.below(8 * 60)).unwrap();
                let time = at(day, begins, 0) + SignedDuration::from_mins(minutes);
                all.push(look_up(who, numbers.below(2_000), time, ties));
            }
        }
    }
    all
}

const NONE: Ties = Ties {
    care_relation: false,
    own_record: false,
    colleague: false,
    family: false,
    same_name: false,
    same_address: false,
    same_street: false,
    well_known: false,
};

/// What somebody should find, with the reason that tells it.
fn planted() -> Vec<(LookUp, Reason)> {
    let day = |n: u64| i8::try_from(5 + n).unwrap();
    let mut all = Vec::new();
    for n in 0..3 {
        let own = Ties { own_record: true, care_relation: n == 0, ..NONE };
        all.push((look_up(10 + n, 9_000 + n, at(day(n), 12, 0), own), Reason::OwnRecord));
        let neighbour = Ties { same_address: true, ..NONE };
        all.push((look_up(13 + n, 9_010 + n, at(day(n), 13, 0), neighbour), Reason::SameAddress));
        let family = Ties { family: true, same_address: true, same_name: true, care_relation: false, ..NONE };
        all.push((look_up(16 + n, 9_020 + n, at(day(n), 14, 0), family), Reason::Family));
        let colleague = Ties { colleague: true, ..NONE };
        all.push((look_up(19 + n, 9_030 + n, at(day(n), 15, 0), colleague), Reason::Colleague));
        all.push((look_up(22 + n, 9_040 + n, at(day(n), 3, 10), NONE), Reason::UnusualHour));
    }
    for n in 0..8 {
        let celebrity = Ties { well_known: true, ..NONE };
        all.push((look_up(25 + n, 9_050, at(20, 9, i8::try_from(n).unwrap()), celebrity), Reason::WellKnown));
    }
    for n in 0..60 {
        let time = at(22, 10, 0) + SignedDuration::from_mins(n);
        all.push((look_up(35, 9_100 + n.unsigned_abs(), time, NONE), Reason::UnusualVolume));
    }
    all
}

#[test]
fn planted_snooping_is_found_and_ordinary_work_mostly_left_alone() {
    let planted = planted();
    let mut month = ordinary_month();
    assert!(month.len() > 11_000, "{}", month.len());
    month.extend(planted.iter().map(|(look_up, _)| look_up.clone()));
    let listed = detect(&month, &Weights::IN_FORCE);
    for (look_up, reason) in &planted {
        let found = listed.iter().find(|scored| scored.look_up == *look_up);
        let found = found.unwrap_or_else(|| panic!("not listed: {look_up:?}"));
        assert!(found.reasons.iter().any(|(its, _)| its == reason), "{reason:?}: {found:?}");
    }
    let false_alarms = listed.len() - planted.len();
    assert!(false_alarms < FALSE_ALARMS, "{false_alarms} of {}", month.len());
    assert!(false_alarms > 0, "a month in which nothing coincides proves little");
    assert!(listed.is_sorted_by_key(|scored| std::cmp::Reverse(scored.score)));
    let top: Vec<_> = listed.iter().take(6).map(|scored| scored.reasons.first().map(|(reason, _)| *reason)).collect();
    assert!(
        top.iter().all(|first| matches!(first, Some(Reason::Family | Reason::SameAddress | Reason::NoCareRelation))),
        "{top:?}"
    );
}

#[test]
fn nights_are_usual_for_who_works_at_night() {
    let nights: Vec<LookUp> =
        (0..20).map(|n| look_up(1, n, at(5, 2, 0) + (n.cast_signed() * 24).hours(), NONE)).collect();
    assert_eq!(detect(&nights, &Weights::IN_FORCE), []);
    let mut days: Vec<LookUp> =
        (0..20).map(|n| look_up(1, n, at(5, 11, 0) + (n.cast_signed() * 24).hours(), NONE)).collect();
    days.push(look_up(1, 99, at(9, 2, 0), NONE));
    let listed = detect(&days, &Weights::IN_FORCE);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].reasons, [(Reason::NoCareRelation, 40), (Reason::UnusualHour, 15)]);
}

#[test]
fn a_known_care_relation_and_an_emergency_weigh_in_favour() {
    let neighbour = Ties { same_address: true, same_name: true, ..NONE };
    let treated = Ties { care_relation: true, ..neighbour };
    let of = |ties, basis| [LookUp { basis, ..look_up(1, 1, at(5, 11, 0), ties) }];
    let score = |look_ups: &[LookUp]| {
        let all = Weights { listed: 0, ..Weights::IN_FORCE };
        detect(look_ups, &all)[0].score
    };
    assert_eq!(score(&of(neighbour, CareBasis::Treatment)), 95);
    assert_eq!(score(&of(neighbour, CareBasis::Emergency)), 75);
    assert_eq!(score(&of(treated, CareBasis::Treatment)), 27);
    assert_eq!(score(&of(Ties { care_relation: true, ..NONE }, CareBasis::Treatment)), 0);
}
