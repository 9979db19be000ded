//! Files of numbers that change from a day on, such as prices and limits: a line is `name | first day | number | source`.

use jiff::civil::Date;

/// A line of such a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DatedLine {
    /// What it is.
    pub name: &'static str,
    /// The day from which it holds.
    pub from: Date,
    /// The number.
    pub number: u32,
}

/// The lines of a file but for comments (`#`); `None` when one of them cannot be read.
pub(crate) fn dated_lines(text: &'static str) -> Option<Vec<DatedLine>> {
    let kept = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    kept.map(|line| {
        let mut columns = line.split('|').map(str::trim);
        let (name, from, number) = (columns.next()?, columns.next()?.parse().ok()?, columns.next()?.parse().ok()?);
        Some(DatedLine { name, from, number })
    })
    .collect()
}

/// The line of that name that holds on a day.
pub(crate) fn newest<'a>(lines: &'a [DatedLine], name: &str, day: Date) -> Option<&'a DatedLine> {
    lines.iter().filter(|line| line.name == name && line.from <= day).max_by_key(|line| line.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_line_that_has_begun_holds() {
        let lines =
            dated_lines("# a comment\n\na | 2024-01-01 | 1 | x\na | 2026-01-01 | 2\nb | 2020-01-01 | 3").unwrap();
        let number = |day: &str| newest(&lines, "a", day.parse().unwrap()).map(|line| line.number);
        let days = ["2023-12-31", "2024-01-01", "2025-12-31", "2026-01-01"];
        assert_eq!(days.map(number), [None, Some(1), Some(1), Some(2)]);
        for wrong in ["a | someday | 1", "a | 2024-01-01 | -1", "a | 2024-01-01", "a"] {
            assert_eq!(dated_lines(wrong), None, "{wrong}");
        }
    }
}
