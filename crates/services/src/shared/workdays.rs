//! Working days in Norway: deadlines are counted in them.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// Most days in a row that are looked through for the next working day; Easter takes five.
const LONGEST_REST_DAYS: u32 = 14;

/// Easter Sunday of a year in the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month_and_day = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(month_and_day / 31).ok()?, i8::try_from(month_and_day % 31 + 1).ok()?).ok()
}

/// Whether it is a public holiday (act of 24 February 1995 no. 12 on public holidays, act of 26 April 1947 no. 1 on 1 and 17 May).
fn is_public_holiday(day: Date) -> bool {
    if [(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)].contains(&(day.month(), day.day())) {
        return true;
    }
    // Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday and Monday.
    easter(day.year()).is_some_and(|easter| [-3, -2, 0, 1, 39, 49, 50].contains(&(day - easter).get_days()))
}

/// Whether offices are open: Monday to Friday, no public holiday.
fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_public_holiday(day)
}

/// The `count`th working day after `day`, which does not count itself (the rule of the law on deadlines in court, domstolloven § 148).
pub(crate) fn working_days_after(day: Date, count: u32) -> Date {
    let mut at = day;
    for _ in 0..count {
        for _ in 0..LONGEST_REST_DAYS {
            let Ok(next) = at.checked_add(1.days()) else { return at };
            at = next;
            if is_working_day(at) {
                break;
            }
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_are_counted_over_weekends_and_holidays() {
        for (from, count, expected) in [
            ("2026-11-16", 5, "2026-11-23"), // a Monday, and the Monday after
            ("2026-11-21", 5, "2026-11-27"), // a Saturday: Monday is the first
            ("2026-03-31", 5, "2026-04-10"), // before Easter: Thursday, Friday and Monday are holidays
            ("2026-05-13", 1, "2026-05-15"), // Ascension Day
            ("2026-05-15", 5, "2026-05-22"), // 17 May on a Sunday
            ("2026-12-23", 2, "2026-12-28"), // Christmas Eve is a working day here, the two days after are not
            ("2027-12-31", 1, "2028-01-03"),
            ("2026-11-20", 0, "2026-11-20"),
        ] {
            let day: Date = from.parse().unwrap();
            assert_eq!(working_days_after(day, count).to_string(), expected, "{count} after {from}");
        }
    }

    #[test]
    fn easter_is_where_the_calendars_have_it() {
        for (year, expected) in [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25")]
        {
            assert_eq!(easter(year).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_is_counted_to_is_a_working_day() {
        let mut day: Date = "2026-01-01".parse().unwrap();
        for _ in 0..800 {
            assert!(is_working_day(working_days_after(day, 5)), "after {day}");
            day = day.checked_add(1.days()).unwrap();
        }
    }
}
