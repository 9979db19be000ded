//! The Gregorian calendar, and what adding to a date means (FHIRPath 2.0, "Date/Time Arithmetic").

use super::moment::{DAY, HOUR, Level, MINUTE, Moment, MomentKind, SECOND};
use super::quantity::Calendar;

/// Days since 1970-01-01.
pub(super) fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a count of days since 1970-01-01.
pub(super) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A moment so many units later; `None` outside the years 1 to 9999. A moment keeps its precision: what is finer than it counts
/// in whole units of it. A day that a month lacks becomes its last one.
pub(super) fn add(moment: Moment, amount: i64, unit: Calendar) -> Option<Moment> {
    if moment.kind() == MomentKind::Time {
        let moved = moment.local().checked_add(amount.checked_mul(micros(unit)?)?)?;
        return Some(moment.with_local(moved.rem_euclid(DAY)));
    }
    let moved = match (unit, moment.level()) {
        (Calendar::Year, _) => add_months(moment.local(), amount.checked_mul(12)?)?,
        (Calendar::Month, Level::Year) => add_months(moment.local(), (amount / 12).checked_mul(12)?)?,
        (Calendar::Month, _) => add_months(moment.local(), amount)?,
        (_, level) => {
            let micros = amount.checked_mul(micros(unit)?)?;
            match level {
                Level::Year => add_months(moment.local(), (micros / (365 * DAY)).checked_mul(12)?)?,
                Level::Month => add_months(moment.local(), micros / (30 * DAY))?,
                Level::Day => moment.local().checked_add(micros / DAY * DAY)?,
                Level::Hour => moment.local().checked_add(micros / HOUR * HOUR)?,
                Level::Minute => moment.local().checked_add(micros / MINUTE * MINUTE)?,
                Level::Second => moment.local().checked_add(micros)?,
            }
        }
    };
    let (year, ..) = civil(moved.div_euclid(DAY));
    let moment = moment.with_local(moved);
    // A second stays without a fraction unless milliseconds are added.
    let moment =
        if moved % SECOND != 0 && moment.precision() < 17 { moment.with_level(Level::Second, 3) } else { moment };
    if (1..=9999).contains(&year) { Some(moment) } else { None }
}

fn add_months(local: i64, months: i64) -> Option<i64> {
    let (year, month, day) = civil(local.div_euclid(DAY));
    let all = (year * 12 + month - 1).checked_add(months).filter(|m| (0..200_000).contains(m))?;
    let (year, month) = (all.div_euclid(12), all.rem_euclid(12) + 1);
    Some(days_of(year, month, day.min(days_in_month(year, month))) * DAY + local.rem_euclid(DAY))
}

fn micros(unit: Calendar) -> Option<i64> {
    Some(match unit {
        Calendar::Year | Calendar::Month => return None,
        Calendar::Week => 7 * DAY,
        Calendar::Day => DAY,
        Calendar::Hour => HOUR,
        Calendar::Minute => MINUTE,
        Calendar::Second => SECOND,
        Calendar::Millisecond => SECOND / 1_000,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_both_ways() {
        assert_eq!(days_of(1970, 1, 1), 0);
        assert_eq!(days_of(2000, 3, 1), 11_017);
        for days in (-800_000..3_000_000).step_by(97) {
            let (year, month, day) = civil(days);
            assert_eq!(days_of(year, month, day), days);
            assert!((1..=days_in_month(year, month)).contains(&day));
        }
    }
}
