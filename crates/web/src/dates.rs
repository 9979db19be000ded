//! Dates and times in words, in all four languages. ICU has no Northern Sámi, so the tables are ours. Instants are shown in
//! Norwegian time.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use varde_base::{Language, norway};

const MONTHS_NO: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_SE: [&str; 12] = [
    "ođđajagemánnu",
    "guovvamánnu",
    "njukčamánnu",
    "cuoŋománnu",
    "miessemánnu",
    "geassemánnu",
    "suoidnemánnu",
    "borgemánnu",
    "čakčamánnu",
    "golggotmánnu",
    "skábmamánnu",
    "juovlamánnu",
];
const WEEKDAYS_NB: [&str; 7] = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"];
const WEEKDAYS_NN: [&str; 7] = ["måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "sundag"];
const WEEKDAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WEEKDAYS_SE: [&str; 7] =
    ["vuossárga", "maŋŋebárga", "gaskavahkku", "duorasdat", "bearjadat", "lávvardat", "sotnabeaivi"];

fn local(instant: Timestamp) -> DateTime {
    norway().to_datetime(instant)
}

/// The name of a weekday, as it stands within a sentence.
pub fn weekday(day: Weekday, language: Language) -> &'static str {
    let index = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
    let table = match language {
        Language::Nb => &WEEKDAYS_NB,
        Language::Nn => &WEEKDAYS_NN,
        Language::En => &WEEKDAYS_EN,
        Language::Se => &WEEKDAYS_SE,
    };
    table.get(index).copied().unwrap_or_default()
}

fn month(number: i8, language: Language) -> &'static str {
    let index = usize::try_from(number - 1).unwrap_or_default();
    let table = match language {
        Language::Nb | Language::Nn => &MONTHS_NO,
        Language::En => &MONTHS_EN,
        Language::Se => &MONTHS_SE,
    };
    table.get(index).copied().unwrap_or_default()
}

/// Weekday, day, month and year: "tirsdag 1. desember 2026", "Tuesday 1 December 2026",
/// "maŋŋebárga juovlamánu 1. b. 2026" (the month stands in the genitive before a day in Northern Sámi).
pub fn date_long(instant: Timestamp, language: Language) -> String {
    let at = local(instant);
    let (weekday, date) = (weekday(at.weekday(), language), day_month_year(at.date(), language));
    format!("{weekday} {date}")
}

/// A FHIR date or dateTime as exactly as it is known, without weekday or hour: "1. desember 2026", "desember 2026", "2026". An instant
/// gives its day in Norway. `None` when it is no date.
pub fn as_exact_as_known(text: &str, language: Language) -> Option<String> {
    if text.contains('T') {
        let instant: Timestamp = text.parse().ok()?;
        return Some(day_month_year(local(instant).date(), language));
    }
    match text.len() {
        4 => text.parse::<i16>().ok().map(|year| year.to_string()),
        7 => {
            let first: Date = format!("{text}-01").parse().ok()?;
            Some(format!("{} {}", month(first.month(), language), first.year()))
        }
        10 => Some(day_month_year(text.parse().ok()?, language)),
        _ => None,
    }
}

fn day_month_year(date: Date, language: Language) -> String {
    let (day, month, year) = (date.day(), month(date.month(), language), date.year());
    match language {
        Language::Nb | Language::Nn => format!("{day}. {month} {year}"),
        Language::En => format!("{day} {month} {year}"),
        Language::Se => {
            let genitive = month.strip_suffix("mánnu").map_or_else(|| month.to_owned(), |stem| format!("{stem}mánu"));
            format!("{genitive} {day}. b. {year}")
        }
    }
}

/// Hours and minutes: "10.20" in Norwegian and Sámi, "10:20" in English.
pub fn time(instant: Timestamp, language: Language) -> String {
    clock(local(instant).time(), language)
}

/// As [`time`], of an hour that is of no day, such as when an office opens.
pub fn clock(at: Time, language: Language) -> String {
    let separator = if language == Language::En { ':' } else { '.' };
    format!("{:02}{separator}{:02}", at.hour(), at.minute())
}

/// Date and time as one says them: "tirsdag 1. desember 2026 kl. 10.20".
pub fn date_time(instant: Timestamp, language: Language) -> String {
    let (date, time) = (date_long(instant, language), time(instant, language));
    match language {
        Language::Nb | Language::Nn => format!("{date} kl. {time}"),
        Language::En => format!("{date} at {time}"),
        Language::Se => format!("{date} dii. {time}"),
    }
}

/// Date and time in figures, for tables: "01.12.2026 10.20", in English "01/12/2026 10:20".
pub fn date_time_short(instant: Timestamp, language: Language) -> String {
    format!("{} {}", date_short(local(instant).date(), language), time(instant, language))
}

/// A day in figures, for tables: "01.12.2026", in English "01/12/2026".
pub fn date_short(date: Date, language: Language) -> String {
    let (day, month, year) = (date.day(), date.month(), date.year());
    if language == Language::En { format!("{day:02}/{month:02}/{year}") } else { format!("{day:02}.{month:02}.{year}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_in_every_language_and_in_norwegian_time() {
        let winter: Timestamp = "2026-12-01T09:05:00Z".parse().unwrap();
        for (language, expected) in [
            (Language::Nb, "tirsdag 1. desember 2026 kl. 10.05"),
            (Language::Nn, "tysdag 1. desember 2026 kl. 10.05"),
            (Language::En, "Tuesday 1 December 2026 at 10:05"),
            (Language::Se, "maŋŋebárga juovlamánu 1. b. 2026 dii. 10.05"),
        ] {
            assert_eq!(date_time(winter, language), expected);
        }
        assert_eq!(date_time_short(winter, Language::Se), "01.12.2026 10.05");
        assert_eq!(date_time_short(winter, Language::En), "01/12/2026 10:05");
        let summer: Timestamp = "2026-06-30T22:30:00Z".parse().unwrap();
        assert_eq!(date_time(summer, Language::Nb), "onsdag 1. juli 2026 kl. 00.30");
    }

    #[test]
    fn a_date_is_written_as_exactly_as_it_is_known() {
        for (text, language, expected) in [
            ("2026-12-01", Language::Nb, Some("1. desember 2026")),
            ("2026-12-01", Language::En, Some("1 December 2026")),
            ("2026-12-01", Language::Se, Some("juovlamánu 1. b. 2026")),
            ("2026-12", Language::Nn, Some("desember 2026")),
            ("2026-12", Language::Se, Some("juovlamánnu 2026")),
            ("2026", Language::Nb, Some("2026")),
            ("2026-11-30T23:30:00Z", Language::Nb, Some("1. desember 2026")),
            ("2026-13", Language::Nb, None),
            ("in May", Language::Nb, None),
        ] {
            assert_eq!(as_exact_as_known(text, language).as_deref(), expected, "{text} {language}");
        }
    }
}
