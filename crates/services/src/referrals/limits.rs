//! How long things may take, from the dated lines of `limits.txt`.

use std::sync::LazyLock;

use jiff::civil::Date;

/// One line.
struct Line {
    name: &'static str,
    from: Date,
    value: u32,
}

/// Working days the hospital has to assess a referral that it received on `day`; `None` when no limit is entered for that day.
pub(super) fn assessment_working_days(day: Date) -> Option<u32> {
    static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| lines(include_str!("limits.txt")).unwrap_or_default());
    let held = LINES.iter().filter(|line| line.name == "assessment-working-days" && line.from <= day);
    held.max_by_key(|line| line.from).map(|line| line.value)
}

/// The lines of the file; `None` when one of them cannot be read.
fn lines(text: &'static str) -> Option<Vec<Line>> {
    let kept = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    kept.map(|line| {
        let mut columns = line.split('|').map(str::trim);
        Some(Line { name: columns.next()?, from: columns.next()?.parse().ok()?, value: columns.next()?.parse().ok()? })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_from_its_day_on() {
        assert!(!lines(include_str!("limits.txt")).unwrap().is_empty());
        assert!(lines("assessment-working-days | someday | 10").is_none());
        assert_eq!(assessment_working_days("2026-11-02".parse().unwrap()), Some(10));
        assert_eq!(assessment_working_days("2015-10-31".parse().unwrap()), None, "nothing is entered for before");
    }
}
