//! The lines of `programme.txt`, which says how they are written.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::model::{Disease, Giver};

/// When a dose is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offered {
    /// From that age.
    Age(Length),
    /// In the school year that begins in the calendar year of that birthday.
    School(u8),
    /// Every so many years, from that age in years.
    Every {
        /// Years between.
        years: u8,
        /// Youngest age.
        from: u8,
    },
    /// Every winter, from that age in years.
    Season {
        /// Youngest age.
        from: u8,
    },
}

/// So many weeks, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// Weeks.
    Weeks(u8),
    /// Months.
    Months(u8),
    /// Years.
    Years(u8),
}

impl Length {
    fn span(self) -> Span {
        match self {
            Self::Weeks(weeks) => i64::from(weeks).weeks(),
            Self::Months(months) => i64::from(months).months(),
            Self::Years(years) => i64::from(years).years(),
        }
    }

    /// The day that long after `day`.
    pub(super) fn after(self, day: Date) -> Date {
        day.saturating_add(self.span())
    }

    fn read(text: &str) -> Option<Self> {
        let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let count = count.parse().ok()?;
        Some(match unit {
            "w" => Self::Weeks(count),
            "m" => Self::Months(count),
            "y" => Self::Years(count),
            _ => return None,
        })
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Doses of the same series are counted together.
    pub series: &'static str,
    /// Which dose.
    pub dose: Option<u8>,
    /// The first day on which it holds.
    pub first: Date,
    /// The last.
    pub last: Option<Date>,
    /// For those born then or later.
    pub born: Option<Date>,
    /// For women alone.
    pub female: bool,
    /// What it is against; the first counts.
    pub against: Vec<Disease>,
    /// When.
    pub offered: Offered,
    /// Least time after the dose before.
    pub spacing: Option<Length>,
    /// Age after which it is not begun any more.
    pub latest: Option<Length>,
    /// Where.
    pub giver: Giver,
}

/// What the programme file calls a disease.
const NAMES: [(&str, Disease); 12] = [
    ("rotavirus", Disease::Rotavirus),
    ("pertussis", Disease::Pertussis),
    ("diphtheria", Disease::Diphtheria),
    ("tetanus", Disease::Tetanus),
    ("polio", Disease::Polio),
    ("hib", Disease::Hib),
    ("hepatitis-b", Disease::HepatitisB),
    ("pneumococcus", Disease::Pneumococcus),
    ("measles", Disease::Measles),
    ("mumps", Disease::Mumps),
    ("rubella", Disease::Rubella),
    ("hpv", Disease::Hpv),
];
/// Those of the yearly programmes.
const YEARLY: [(&str, Disease); 2] = [("influenza", Disease::Influenza), ("covid-19", Disease::Covid19)];

/// All lines, in the order of the file.
pub(super) fn lines() -> &'static [Line] {
    static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| read(include_str!("programme.txt")).unwrap_or_default());
    &LINES
}

/// The lines of a file; `None` when one of them cannot be read.
pub(super) fn read(text: &'static str) -> Option<Vec<Line>> {
    text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).map(line).collect()
}

fn line(text: &'static str) -> Option<Line> {
    let mut columns = text.split('|').map(str::trim);
    let (series, dose, holds) = (columns.next()?, columns.next()?, columns.next()?);
    let (born, whom, against) = (columns.next()?, columns.next()?, columns.next()?);
    let (offered, spacing, latest) = (columns.next()?, columns.next()?, columns.next()?);
    let giver = columns.next()?;
    let (first, last) = holds.split_once("..")?;
    let names = NAMES.iter().chain(&YEARLY);
    let disease = |name: &str| names.clone().find(|(known, _)| *known == name).map(|(_, disease)| *disease);
    Some(Line {
        series,
        dose: optional(dose, |dose| dose.parse().ok())?,
        first: first.parse().ok()?,
        last: if last.is_empty() { None } else { Some(last.parse().ok()?) },
        born: optional(born, |born| born.parse().ok())?,
        female: match whom {
            "all" => false,
            "female" => true,
            _ => return None,
        },
        against: against.split_whitespace().map(disease).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())?,
        offered: when(offered)?,
        spacing: optional(spacing, Length::read)?,
        latest: optional(latest, Length::read)?,
        giver: match giver {
            "station" => Giver::Station,
            "school" => Giver::School,
            "municipality" => Giver::Municipality,
            _ => return None,
        },
    })
}

/// A column that may be a dash; the outer `None` is for what cannot be read.
fn optional<T>(text: &'static str, read: impl Fn(&'static str) -> Option<T>) -> Option<Option<T>> {
    if text == "-" { Some(None) } else { read(text).map(Some) }
}

fn when(text: &str) -> Option<Offered> {
    let years = |text: &str| text.strip_suffix('y')?.parse().ok();
    if let Some(age) = text.strip_prefix("age ") {
        return Length::read(age).map(Offered::Age);
    }
    if let Some(year) = text.strip_prefix("school ") {
        return year.parse().ok().map(Offered::School);
    }
    if let Some(from) = text.strip_prefix("season from ") {
        return years(from).map(|from| Offered::Season { from });
    }
    let (every, from) = text.strip_prefix("every ")?.split_once(" from ")?;
    Some(Offered::Every { years: years(every)?, from: years(from)? })
}
