//! Days and hours: Norwegian public holidays, opening hours, and the diary of one provider in which no two visits overlap.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};
use varde_base::norway;

/// Length of one slot in a general practitioner's diary, in minutes.
pub const SLOT_MINUTES: i32 = 20;
/// Slots of a day: 08:00 to 15:30 has room for 22 whole ones.
pub const SLOTS_A_DAY: u32 = 22;
/// How far ahead diaries are open, in days.
pub const HORIZON_DAYS: i32 = 42;
/// How far back the country's history goes, in days.
pub const HISTORY_DAYS: i32 = 3 * 365;

/// Minutes after midnight at which the first slot begins.
const OPENS_MINUTES: i32 = 8 * 60;

/// Easter Sunday of a year in the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8).
pub fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month_and_day = h + l - 7 * m + 114;
    let month = i8::try_from(month_and_day / 31).unwrap_or(4);
    let day = i8::try_from(month_and_day % 31 + 1).unwrap_or(1);
    Date::new(year, month, day).unwrap_or(date(year, 4, 1))
}

/// True on a Norwegian public holiday (act of 24 February 1995 no. 12 on public holidays, and the act of 26 April 1947 no. 1
/// on 1 and 17 May). Sundays are not counted unless they are one of these.
pub fn is_public_holiday(day: Date) -> bool {
    if [(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)].contains(&(day.month(), day.day())) {
        return true;
    }
    // Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday and Monday.
    [-3, -2, 0, 1, 39, 49, 50].contains(&days_between(easter(day.year()), day))
}

/// True when offices are open: Monday to Friday, no public holiday.
pub fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_public_holiday(day)
}

/// Whole days from one day to another; negative when the second is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

/// The day `count` days later; the same day at the end of time.
pub(crate) fn add_days(day: Date, count: i32) -> Date {
    day.checked_add(count.days()).unwrap_or(day)
}

/// The day `count` months later (a shorter month ends the day before); the same day at the end of time.
pub(crate) fn add_months(day: Date, count: i32) -> Date {
    day.checked_add(count.months()).unwrap_or(day)
}

/// Whole years from `birth` to `day`; 0 before birth.
pub(crate) fn age_years(birth: Date, day: Date) -> i32 {
    let years = i32::from(day.year()) - i32::from(birth.year());
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    (if had_birthday { years } else { years - 1 }).max(0)
}

/// A FHIR `instant` or `dateTime` in Norwegian time, `minutes` after midnight.
pub(crate) fn instant(day: Date, minutes: i32) -> String {
    let (hour, minute) = (minutes / 60, minutes % 60);
    let at = day.at(i8::try_from(hour).unwrap_or(12), i8::try_from(minute).unwrap_or(0), 0, 0);
    let offset_hours = norway()
        .to_ambiguous_timestamp(at)
        .compatible()
        .map_or(1, |timestamp| norway().to_offset(timestamp).seconds() / 3600);
    format!("{day}T{hour:02}:{minute:02}:00+{offset_hours:02}:00")
}

/// One place in a diary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) day: Date,
    /// Number of the slot within the day, from 0.
    pub(crate) slot: u32,
}

impl Place {
    /// Minutes after midnight at which it begins.
    pub(crate) fn starts(self) -> i32 {
        OPENS_MINUTES + i32::try_from(self.slot).unwrap_or(0) * SLOT_MINUTES
    }
}

/// Which places of one provider's diary are taken: a word of bits for each day of the history and the horizon.
#[derive(Debug, Clone)]
pub(crate) struct Diary {
    today: Date,
    days: Vec<u32>,
}

impl Diary {
    pub(crate) fn new(today: Date) -> Self {
        let count = usize::try_from(HISTORY_DAYS + HORIZON_DAYS + 1).unwrap_or(0);
        Self { today, days: vec![0; count] }
    }

    fn taken(&mut self, day: Date) -> Option<&mut u32> {
        let index = usize::try_from(days_between(self.today, day) + HISTORY_DAYS).ok()?;
        self.days.get_mut(index)
    }

    /// True when the place has been given away.
    pub(crate) fn is_taken(&mut self, place: Place) -> bool {
        self.taken(place.day).is_none_or(|bits| *bits & (1 << place.slot) != 0)
    }

    /// Takes `slots` places in a row on the first open day from `wanted` on that has them, looking forward for at most four
    /// weeks and never crossing from past to future or back: today itself is never taken.
    pub(crate) fn take(&mut self, wanted: Date, first_slot: u32, slots: u32) -> Option<Place> {
        let future = wanted > self.today;
        for day in (0..28).map(|step| add_days(wanted, step)) {
            if (day > self.today) != future || day == self.today {
                return None;
            }
            if !is_working_day(day) {
                continue;
            }
            if let Some(place) = self.take_on(day, first_slot, slots) {
                return Some(place);
            }
        }
        None
    }

    fn take_on(&mut self, day: Date, first_slot: u32, slots: u32) -> Option<Place> {
        let bits = self.taken(day)?;
        let mask = (1_u32 << slots) - 1;
        let last = SLOTS_A_DAY.checked_sub(slots)?;
        for step in 0..=last {
            let slot = (first_slot + step) % (last + 1);
            if *bits & (mask << slot) == 0 {
                *bits |= mask << slot;
                return Some(Place { day, slot });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_movable_holidays_are_where_the_almanac_has_them() {
        for (year, expected) in [
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year).to_string(), expected);
        }
        for day in ["2026-04-02", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-17", "2026-05-25"] {
            assert!(is_public_holiday(day.parse().unwrap()), "{day}");
        }
        for day in ["2026-04-01", "2026-04-07", "2026-05-18", "2026-12-24", "2026-12-31"] {
            assert!(is_working_day(day.parse().unwrap()), "{day}");
        }
    }

    #[test]
    fn a_day_has_room_for_its_slots_and_no_more() {
        let today = date(2026, 3, 2);
        let mut diary = Diary::new(today);
        let day = date(2026, 3, 3);
        let places: Vec<_> = (0..SLOTS_A_DAY).filter_map(|_| diary.take_on(day, 7, 1)).collect();
        assert_eq!(places.len(), 22);
        assert_eq!(diary.take_on(day, 0, 1), None);
        assert!(places.iter().all(|place| place.starts() >= 8 * 60 && place.starts() + SLOT_MINUTES <= 15 * 60 + 30));
        let next = diary.take(day, 0, 2).unwrap();
        assert_eq!((next.day.to_string().as_str(), next.slot), ("2026-03-04", 0));
    }

    #[test]
    fn history_never_reaches_today() {
        let today = date(2026, 3, 2);
        let mut diary = Diary::new(today);
        assert_eq!(diary.take(today, 0, 1), None);
        assert_eq!(diary.take(date(2026, 2, 28), 0, 1), None, "the weekend before a Monday leads to today");
    }

    #[test]
    fn times_carry_the_offset_of_their_season() {
        assert_eq!(instant(date(2026, 1, 5), 8 * 60 + 20), "2026-01-05T08:20:00+01:00");
        assert_eq!(instant(date(2026, 7, 6), 15 * 60), "2026-07-06T15:00:00+02:00");
    }

    #[test]
    fn a_birthday_counts_from_its_own_day() {
        let birth = date(2014, 6, 10);
        assert_eq!(age_years(birth, date(2026, 6, 9)), 11);
        assert_eq!(age_years(birth, date(2026, 6, 10)), 12);
    }
}
