use jiff::civil::{Date, date};

use super::super::amounts::{self, Amounts};
use super::super::model::{Card, Forecast, Payment, Refund, Standing};
use super::super::money::Money;
use super::super::rules::{self, Known};
use super::paid;

const BORN: Date = date(1980, 3, 4);

fn amounts() -> Option<Amounts> {
    amounts::of_year(2026)
}

fn refund(ore: i64, decided: &str) -> Refund {
    let decided = decided.parse().ok();
    Refund { amount: Money::ore(ore), day: None, decided, itself: "ClaimResponse/r1".to_owned(), claim: None }
}

fn standing(payments: &[Payment], cards: &[Card], today: Date) -> Standing {
    rules::standing(Known { payments, cards, born: Some(BORN) }, 2026, amounts(), today)
}

#[test]
fn only_what_counts_in_kroner_in_the_year_counts() {
    let fee = Payment { counts: false, ..paid("2026-03-01", 500) };
    let abroad = Payment { currency: "USD".to_owned(), ..paid("2026-03-01", 500) };
    let unknown = Payment { own: None, ..paid("2026-03-01", 1) };
    let payments = [paid("2026-01-01", 170), paid("2026-12-31", 61), paid("2025-12-31", 999), fee, abroad, unknown];
    assert_eq!(rules::paid(&payments, 2026), Money::kroner(231));
    assert_eq!(rules::paid(&payments, 2025), Money::kroner(999));
}

#[test]
fn the_ceiling_is_reached_to_the_ore_and_the_card_comes_within_three_weeks() {
    let today = date(2026, 10, 1);
    let below = [paid("2026-02-01", 3_000), paid("2026-05-05", 277)];
    assert_eq!(standing(&below, &[], today), Standing::Below { left: Money::kroner(1) });
    let reached = [paid("2026-09-20", 1), paid("2026-05-05", 277), paid("2026-02-01", 3_000)];
    let expected = Standing::Reached { on: date(2026, 9, 20), card_by: date(2026, 10, 11) };
    assert_eq!(standing(&reached, &[], today), expected, "whatever order they come in");
    let card = Card { number: None, from: date(2026, 9, 25), until: date(2026, 12, 31) };
    let has = Standing::HasCard { from: date(2026, 9, 25), until: date(2026, 12, 31) };
    assert_eq!(standing(&reached, std::slice::from_ref(&card), today), has);
    assert_eq!(standing(&[], &[card], today), has, "the register decides, also when not every payment is here");
}

#[test]
fn a_card_is_of_its_year_and_over_at_new_year() {
    let card = Card { number: None, from: date(2025, 9, 25), until: date(2025, 12, 31) };
    assert_eq!(standing(&[], &[card], date(2026, 1, 1)), Standing::Below { left: Money::kroner(3_278) });
}

#[test]
fn below_sixteen_nothing_is_paid_and_the_birthday_ends_it() {
    let born = date(2010, 6, 15);
    let at = |today| rules::standing(Known { payments: &[], cards: &[], born: Some(born) }, 2026, amounts(), today);
    assert_eq!(at(date(2026, 6, 14)), Standing::Exempt);
    assert_eq!(at(date(2026, 6, 15)), Standing::Below { left: Money::kroner(3_278) });
    assert!(rules::is_exempt(date(2012, 2, 29), date(2028, 2, 28)));
    assert!(!rules::is_exempt(date(2012, 2, 29), date(2028, 2, 29)));
}

#[test]
fn a_year_without_a_ceiling_promises_nothing() {
    let known = Known { payments: &[], cards: &[], born: None };
    assert_eq!(rules::standing(known, 2019, amounts::of_year(2019), date(2026, 1, 1)), Standing::NoCeiling);
}

#[test]
fn what_is_paid_above_the_ceiling_comes_back_less_what_is_decided() {
    let payments = [paid("2026-02-01", 3_278), paid("2026-03-01", 170), paid("2026-03-08", 61)];
    let over = |refunds: &[Refund]| rules::too_much(&payments, refunds, 2026, Money::kroner(3_278));
    assert_eq!(over(&[]), Money::kroner(231));
    assert_eq!(over(&[refund(17_000, "2026-04-01")]), Money::kroner(61));
    assert_eq!(over(&[refund(17_000, "2025-12-20")]), Money::kroner(231), "another year's");
    assert_eq!(over(&[refund(99_900, "2026-04-01")]), Money::ZERO);
    assert_eq!(rules::too_much(&payments, &[], 2025, Money::kroner(3_278)), Money::ZERO);
}

#[test]
fn a_refund_decided_in_january_of_what_was_paid_in_december_is_of_the_old_year() {
    let ceiling = |year| amounts::of_year(year).unwrap().ceiling;
    let over = |payments: &[Payment], refunds: &[Refund], year| rules::too_much(payments, refunds, year, ceiling(year));
    let old = [paid("2025-02-01", 5_000), paid("2025-12-30", 300)];
    let too_much = over(&old, &[], 2025);
    assert!(too_much > Money::kroner(300), "both years have a ceiling: {too_much:?}");
    let decided = [refund(too_much.as_ore(), "2026-01-20")];
    assert_eq!(rules::year_of(&decided[0], &old), Some(2025));
    assert_eq!(over(&old, &decided, 2025), Money::ZERO, "the old year does not go on promising it");

    // Once there is something above the ceiling of the new year too, what is decided then is of the new one ..
    let both = [&old[..], &[paid("2026-01-05", 4_000), paid("2026-03-05", 100)]].concat();
    assert_eq!(rules::year_of(&refund(10_000, "2026-03-20"), &both), Some(2026));
    assert_eq!(rules::year_of(&refund(10_000, "2026-01-04"), &both), Some(2025), "nothing was by that day");
    // .. unless the source says which payment it answers, by the claim or by the answer.
    let by_claim = Refund { claim: Some("Claim/c1".to_owned()), ..refund(10_000, "2026-03-20") };
    let claimed = Payment { claim: Some("Claim/c1".to_owned()), ..paid("2025-12-30", 300) };
    let answered = Payment { answer: Some("ClaimResponse/r1".to_owned()), ..paid("2025-12-30", 300) };
    assert_eq!(rules::year_of(&by_claim, &[&both[..], &[claimed]].concat()), Some(2025));
    assert_eq!(rules::year_of(&refund(10_000, "2026-03-20"), &[&both[..], &[answered]].concat()), Some(2025));
    assert_eq!(
        rules::year_of(&refund(1, "2026-03-20"), &[]),
        Some(2026),
        "with nothing to go by, that of the decision"
    );
}

#[test]
fn the_forecast_goes_on_as_the_year_has_begun() {
    let ceiling = Money::kroner(3_278);
    let three = |each| [paid("2026-01-10", each), paid("2026-03-10", each), paid("2026-06-10", each)];
    for (payments, today, expected) in [
        (three(300), "2026-02-28", None), // too early in the year
        (three(300), "2026-07-01", Some(Forecast::EndsAt(Money::kroner(1_800)))), // 900 in 182 of 365 days
        (three(900), "2026-07-01", Some(Forecast::Reaches(date(2026, 8, 9)))), // 2700 in 182 days, 3278 in 220
        (three(1_093), "2026-07-01", None), // reached
        (three(0), "2026-07-01", None),
    ] {
        assert_eq!(rules::forecast(&payments, ceiling, today.parse().unwrap()), expected, "{today}");
    }
    assert_eq!(rules::forecast(&[paid("2026-01-10", 900)], ceiling, date(2026, 7, 1)), None, "one payment is no pace");
}

#[test]
fn the_years_are_those_there_is_something_of_and_this_one() {
    let payments = [paid("2024-05-05", 1), paid("2024-06-05", 1), paid("2027-01-01", 1)];
    let card = Card { number: None, from: date(2023, 9, 25), until: date(2023, 12, 31) };
    assert_eq!(rules::years(&payments, &[card], date(2026, 11, 21)), [2026, 2024, 2023]);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn payments() -> impl Strategy<Value = Vec<Payment>> {
        prop::collection::vec((0_i32..365, 0_i64..100_000), 0..60).prop_map(|all| {
            let first = date(2026, 1, 1);
            let one = |(day, ore): (i32, i64)| Payment {
                day: first.checked_add(jiff::Span::new().days(day)).unwrap(),
                own: Some(Money::ore(ore)),
                ..paid("2026-01-01", 0)
            };
            all.into_iter().map(one).collect()
        })
    }

    proptest! {
        /// What is left and what was paid are the ceiling together, and the ceiling is reached exactly when nothing is left.
        #[test]
        fn nothing_is_lost_between_paid_and_left(payments in payments()) {
            let ceiling = amounts().unwrap().ceiling;
            let paid = rules::paid(&payments, 2026);
            match standing(&payments, &[], date(2026, 12, 31)) {
                Standing::Below { left } => prop_assert_eq!(left.plus(paid), ceiling),
                Standing::Reached { on, .. } => {
                    prop_assert!(paid >= ceiling);
                    let before: Money = payments.iter().filter(|its| its.day < on).map(|its| its.own.unwrap()).sum();
                    prop_assert!(before < ceiling, "not before that day");
                }
                other => prop_assert!(false, "{:?}", other),
            }
            let over = rules::too_much(&payments, &[], 2026, ceiling);
            prop_assert_eq!(over, paid.less(ceiling).max(Money::ZERO));
        }
    }
}
