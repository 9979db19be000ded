//! What an e-consultation costs, from the dated lines of `prices.txt`.

use std::sync::LazyLock;

use jiff::ToSpan as _;
use jiff::civil::Date;
use varde_rights::AgeBand;

use crate::shared::{DatedLine, dated_lines, newest};

/// What an e-consultation costs on a day, in kroner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prices {
    /// The day from which one of them is another, where that is near.
    pub until: Option<Date>,
    /// Weekdays before 16:00.
    pub day: u32,
    /// The same, with a specialist in general medicine.
    pub day_specialist: u32,
    /// From 16:00 and at weekends.
    pub evening: u32,
    /// The same, with a specialist in general medicine.
    pub evening_specialist: u32,
}

/// What a citizen is told before sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Price {
    /// Those below 16 pay nothing.
    Free,
    /// Everybody else does, unless they have the exemption card.
    Costs(Prices),
    /// No amount is entered for the day; then nothing is promised.
    Unknown,
}

/// How long before a new price holds it is told of.
const CHANGE_TOLD_DAYS: i32 = 60;

/// What it costs on `today` for somebody in that age band (folketrygdloven § 5-3: no co-payment below 16).
pub(super) fn price(age: AgeBand, today: Date) -> Price {
    match age {
        AgeBand::Under12 | AgeBand::Twelve | AgeBand::From13To15 => Price::Free,
        AgeBand::From16To17 | AgeBand::Adult => on(today).map_or(Price::Unknown, Price::Costs),
    }
}

fn on(today: Date) -> Option<Prices> {
    static LINES: LazyLock<Vec<DatedLine>> =
        LazyLock::new(|| dated_lines(include_str!("prices.txt")).unwrap_or_default());
    on_of(&LINES, today)
}

fn on_of(lines: &[DatedLine], today: Date) -> Option<Prices> {
    let newest = |name| newest(lines, name, today);
    let told = today.saturating_add(CHANGE_TOLD_DAYS.days());
    let (day, day_specialist) = (newest("day")?, newest("day-specialist")?);
    let (evening, evening_specialist) = (newest("evening")?, newest("evening-specialist")?);
    Some(Prices {
        until: lines.iter().map(|line| line.from).filter(|from| *from > today && *from <= told).min(),
        day: day.number,
        day_specialist: day_specialist.number,
        evening: evening.number,
        evening_specialist: evening_specialist.number,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn every_line_of_the_file_is_read() {
        assert!(dated_lines(include_str!("prices.txt")).unwrap().len() >= 4);
    }

    #[test]
    fn the_young_pay_nothing_and_before_the_first_tariff_nothing_is_promised() {
        let costs = |age| matches!(price(age, day("2026-11-21")), Price::Costs(_));
        let expected = [false, false, false, true, true];
        assert_eq!(AgeBand::ALL.map(costs), expected);
        assert_eq!(price(AgeBand::Adult, day("2023-12-31")), Price::Unknown);
        let Price::Costs(prices) = price(AgeBand::Adult, day("2024-01-01")) else { panic!("it costs") };
        assert_eq!((prices.day, prices.evening_specialist, prices.until), (170, 320, None));
    }

    #[test]
    fn the_day_of_a_new_price_is_told_when_it_is_near_and_not_after() {
        let text = "day|2024-01-01|170|x\nday-specialist|2024-01-01|224|x\nevening|2024-01-01|226|x\n\
                    evening-specialist|2024-01-01|320|x\nday|2027-01-01|180|x";
        let lines = dated_lines(text).unwrap();
        for (today, price, until) in [
            ("2026-10-01", 170, None),
            ("2026-12-01", 170, Some(day("2027-01-01"))),
            ("2026-12-31", 170, Some(day("2027-01-01"))),
            ("2027-01-01", 180, None),
        ] {
            let prices = on_of(&lines, day(today)).unwrap();
            assert_eq!((prices.day, prices.until), (price, until), "{today}");
        }
    }
}
