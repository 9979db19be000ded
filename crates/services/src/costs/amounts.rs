//! The ceiling of a year and how soon the card comes, from the dated lines of `amounts.txt`.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::money::Money;
use crate::shared::{DatedLine, dated_lines, newest};

/// What holds on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amounts {
    /// What a person pays at most in the calendar year.
    pub ceiling: Money,
    /// Days from the ceiling is reached until the card must have come.
    pub card_days: i32,
}

/// What holds for a year; `None` before the first line.
pub(super) fn of_year(year: i16) -> Option<Amounts> {
    static LINES: LazyLock<Vec<DatedLine>> = LazyLock::new(|| lines(include_str!("amounts.txt")).unwrap_or_default());
    // The ceiling is of a whole calendar year: what holds on its first day holds for all of it.
    let first = Date::new(year, 1, 1).ok()?;
    let newest = |name| newest(&LINES, name, first).and_then(|line| i32::try_from(line.number).ok());
    Some(Amounts { ceiling: Money::kroner(newest("ceiling")?), card_days: newest("card-days")? })
}

/// The lines of the file; `None` when one of them cannot be read, or is nothing.
fn lines(text: &'static str) -> Option<Vec<DatedLine>> {
    dated_lines(text).filter(|lines| lines.iter().all(|line| line.number > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_read() {
        assert_eq!(lines(include_str!("amounts.txt")).unwrap().len(), 6);
        assert!(lines("ceiling | 2026-01-01 | 0 | x").is_none());
    }

    #[test]
    fn each_year_has_its_ceiling() {
        for (year, kroner) in
            [(2021, None), (2022, Some(2_921)), (2024, Some(3_165)), (2026, Some(3_278)), (2031, Some(3_278))]
        {
            assert_eq!(of_year(year).map(|amounts| amounts.ceiling), kroner.map(Money::kroner), "{year}");
        }
    }
}
