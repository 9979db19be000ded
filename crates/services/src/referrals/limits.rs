//! How long things may take, from the dated lines of `limits.txt`.

use std::sync::LazyLock;

use jiff::civil::Date;

use crate::shared::{DatedLine, dated_lines, newest};

/// Working days the hospital has to assess a referral that it received on `day`; `None` when no limit is entered for that day.
pub(super) fn assessment_working_days(day: Date) -> Option<u32> {
    static LINES: LazyLock<Vec<DatedLine>> =
        LazyLock::new(|| dated_lines(include_str!("limits.txt")).unwrap_or_default());
    newest(&LINES, "assessment-working-days", day).map(|line| line.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_from_its_day_on() {
        assert!(!dated_lines(include_str!("limits.txt")).unwrap().is_empty());
        assert_eq!(assessment_working_days("2026-11-02".parse().unwrap()), Some(10));
        assert_eq!(assessment_working_days("2015-10-31".parse().unwrap()), None, "nothing is entered for before");
    }
}
