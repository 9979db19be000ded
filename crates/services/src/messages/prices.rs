//! What an e-consultation costs, from the dated lines of `prices.txt`.

use std::sync::LazyLock;

use jiff::civil::Date;
use varde_rights::AgeBand;

use crate::shared::{DatedLine, dated_lines, newest};

/// What an e-consultation costs on a day, in kroner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prices {
    /// The day from which all of these hold.
    pub from: Date,
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
    let newest = |name| newest(&LINES, name, today);
    let (day, day_specialist) = (newest("day")?, newest("day-specialist")?);
    let (evening, evening_specialist) = (newest("evening")?, newest("evening-specialist")?);
    let from = day.from.max(day_specialist.from).max(evening.from).max(evening_specialist.from);
    Some(Prices {
        from,
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
        assert_eq!((prices.day, prices.evening_specialist, prices.from), (170, 320, day("2024-01-01")));
    }
}
