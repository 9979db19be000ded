//! What the programme offers a person, from the lines that hold on a day and what the person has had. Pure, with the day as a parameter.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::model::{Advice, Disease, Dose, Giver, Person, When};
use super::programme::{Line, Offered};

/// So long after its day an offer to small children is said to be late.
const LATE_AFTER_MONTHS: i64 = 2;

/// So long before its day the next offer is told of.
const TOLD_BEFORE_MONTHS: i64 = 24;

/// So long before a winter season, or before a booster, it is told of.
const TOLD_BEFORE_SEASON_MONTHS: i64 = 2;

/// A school year, and the winter season: first and last day as month and day.
const SCHOOL: [(i8, i8); 2] = [(8, 20), (6, 30)];
const SEASON: [(i8, i8); 2] = [(10, 1), (4, 30)];
/// A dose from this month on counts for the coming winter.
const SEASON_COUNTS_FROM: (i8, i8) = (8, 1);

/// Most doses on one code of a certificate, so that a telephone can read it.
pub(super) const CODE_DOSES: usize = 8;

/// What is offered now and next: what can be done at once first, then by day. One line a series.
pub(super) fn advice(person: &Person, doses: &[Dose], lines: &[Line], today: Date) -> Vec<Advice> {
    let mut series: Vec<&str> = lines.iter().map(|line| line.series).collect();
    series.dedup();
    let mut out: Vec<Advice> =
        series.iter().filter_map(|series| of_series(person, doses, lines, series, today)).collect();
    out.sort_by_key(|advice| match advice.when {
        When::Now => (0, today),
        When::Late(since) => (1, since),
        When::Unknown => (2, today),
        When::From(day) => (3, day),
    });
    out
}

fn of_series(person: &Person, doses: &[Dose], lines: &[Line], series: &str, today: Date) -> Option<Advice> {
    let for_person = |line: &&Line| {
        let holds = line.first <= today && line.last.is_none_or(|last| today <= last);
        let of_sex = !line.female || person.is_male == Some(false);
        line.series == series && holds && of_sex && line.born.is_none_or(|born| born <= person.born)
    };
    let lines: Vec<&Line> = lines.iter().filter(for_person).collect();
    let key = *lines.first()?.against.first()?;
    let given = days_of(doses, key);
    let line = lines.into_iter().find(|line| line.dose.is_none_or(|dose| usize::from(dose) == given.len() + 1))?;
    if line.latest.is_some_and(|latest| latest.after(person.born) < today) {
        return None;
    }
    let every_years = match line.offered {
        Offered::Every { years, .. } => Some(years),
        Offered::Season { .. } => Some(1),
        Offered::Age(_) | Offered::School(_) => None,
    };
    let when = when(line, person, &given, today)?;
    Some(Advice { diseases: line.against.clone(), dose: line.dose, when, giver: line.giver, every_years })
}

/// The days of the doses against a disease; two on one day are one.
fn days_of(doses: &[Dose], disease: Disease) -> Vec<Option<Date>> {
    let given = doses.iter().filter(|dose| dose.is_given() && dose.diseases.contains(&disease));
    let mut days: Vec<Option<Date>> = given.map(Dose::day).collect();
    days.sort();
    // Of those whose day is not known nobody can say that they are the same.
    days.dedup_by(|one, other| one.is_some() && one == other);
    days
}

fn when(line: &Line, person: &Person, given: &[Option<Date>], today: Date) -> Option<When> {
    let last = given.iter().copied().max().flatten();
    let earliest = line.spacing.zip(last).map(|(spacing, last)| spacing.after(last));
    let after = |day: Date| earliest.map_or(day, |earliest| earliest.max(day));
    match line.offered {
        Offered::Age(age) => {
            let from = after(age.after(person.born));
            Some(offered(from, later(from, LATE_AFTER_MONTHS.months()), line.giver, today))
        }
        Offered::School(year) => {
            let [first, end] = SCHOOL;
            let begins = person.born.year().saturating_add(i16::from(year));
            let from = after(on(begins, first)?);
            let until = on(begins.saturating_add(1), end)?;
            Some(offered(from, until.max(later(from, LATE_AFTER_MONTHS.months())), line.giver, today))
        }
        Offered::Every { years, from } => every(person, given, (years, from), today),
        Offered::Season { from } => season(person, given, from, today),
    }
    .filter(|when| !matches!(when, When::From(day) if *day > later(today, TOLD_BEFORE_MONTHS.months())))
}

/// What adults are offered is never late: they come when they come.
fn offered(from: Date, until: Date, giver: Giver, today: Date) -> When {
    if today < from {
        When::From(from)
    } else if today <= until || giver == Giver::Municipality {
        When::Now
    } else {
        When::Late(from)
    }
}

fn every(person: &Person, given: &[Option<Date>], (years, from): (u8, u8), today: Date) -> Option<When> {
    if person_turned(person.born, from)? > today {
        return None;
    }
    let Some(last) = given.iter().copied().max().flatten() else { return Some(When::Unknown) };
    let next = later(last, i64::from(years).years());
    if next <= today {
        return Some(When::Now);
    }
    (next <= later(today, TOLD_BEFORE_SEASON_MONTHS.months())).then_some(When::From(next))
}

fn season(person: &Person, given: &[Option<Date>], from: u8, today: Date) -> Option<When> {
    let [begin, end] = SEASON;
    // Before the summer the season began last year.
    let begins = if today <= on(today.year(), end)? { today.year().saturating_sub(1) } else { today.year() };
    let (first, last, counts) =
        (on(begins, begin)?, on(begins.saturating_add(1), end)?, on(begins, SEASON_COUNTS_FROM)?);
    if person_turned(person.born, from)? > last || given.iter().flatten().any(|day| *day >= counts) {
        return None;
    }
    if today >= first {
        return Some(When::Now);
    }
    (first <= later(today, TOLD_BEFORE_SEASON_MONTHS.months())).then_some(When::From(first))
}

fn person_turned(born: Date, years: u8) -> Option<Date> {
    born.checked_add(i64::from(years).years()).ok()
}

fn on(year: i16, (month, day): (i8, i8)) -> Option<Date> {
    Date::new(year, month, day).ok()
}

fn later(day: Date, span: Span) -> Date {
    day.saturating_add(span)
}

/// How many doses against each disease, and the last of them; the diseases in the order of the latest dose.
pub(super) fn protection(doses: &[Dose]) -> Vec<(Disease, usize, Option<Date>)> {
    let mut diseases: Vec<Disease> =
        doses.iter().filter(|dose| dose.is_given()).flat_map(|dose| dose.diseases.iter().copied()).collect();
    diseases.sort();
    diseases.dedup();
    let of = |disease| {
        let days = days_of(doses, disease);
        (disease, days.len(), days.into_iter().max().flatten())
    };
    let mut out: Vec<(Disease, usize, Option<Date>)> = diseases.into_iter().map(of).collect();
    out.sort_by_key(|(_, _, last)| std::cmp::Reverse(*last));
    out
}
