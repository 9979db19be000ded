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

/// What is offered now and soon: what can be done at once first, then by day. One line a series.
pub(super) fn advice(person: &Person, doses: &[Dose], lines: &[Line], today: Date) -> Vec<Advice> {
    let mut out = of_all_series(person, doses, lines, today);
    out.retain(|advice| is_told(advice, today));
    out.sort_by_key(|advice| match advice.when {
        When::Now => (0, today),
        When::Late(since) => (1, since),
        When::Unknown => (2, today),
        When::From(day) => (3, day),
    });
    out
}

/// The first that comes after today, however long it is until then; `None` when the programme has no more for the person.
pub(super) fn next(person: &Person, doses: &[Dose], lines: &[Line], today: Date) -> Option<Advice> {
    let coming = of_all_series(person, doses, lines, today).into_iter().filter_map(|advice| match advice.when {
        When::From(day) => Some((day, advice)),
        When::Now | When::Late(_) | When::Unknown => None,
    });
    coming.min_by_key(|(day, _)| *day).map(|(_, advice)| advice)
}

/// Whether it is so near that it is told of by itself: what comes again and again does not come as news.
fn is_told(advice: &Advice, today: Date) -> bool {
    let When::From(day) = advice.when else { return true };
    let months = if advice.every_years.is_some() { TOLD_BEFORE_SEASON_MONTHS } else { TOLD_BEFORE_MONTHS };
    day <= later(today, months.months())
}

fn of_all_series(person: &Person, doses: &[Dose], lines: &[Line], today: Date) -> Vec<Advice> {
    let mut series: Vec<&str> = lines.iter().map(|line| line.series).collect();
    series.dedup();
    series.iter().filter_map(|series| of_series(person, doses, lines, series, today)).collect()
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
    let every_years = match line.offered {
        Offered::Every { years, .. } => Some(years),
        Offered::Season { .. } => Some(1),
        Offered::Age(_) | Offered::School(_) => None,
    };
    let when = when(line, person, &given, today)?;
    let day = if let When::From(day) = when { day } else { today };
    if line.latest.is_some_and(|latest| latest.after(person.born) < day) {
        return None;
    }
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
    let turned = person_turned(person.born, from)?;
    let next = match given.iter().copied().max().flatten() {
        Some(last) => later(last, i64::from(years).years()).max(turned),
        None if turned <= today => return Some(When::Unknown),
        None => turned,
    };
    Some(if next <= today { When::Now } else { When::From(next) })
}

fn season(person: &Person, given: &[Option<Date>], from: u8, today: Date) -> Option<When> {
    let [begin, end] = SEASON;
    let turned = person_turned(person.born, from)?;
    // Before the summer the season began last year.
    let began = |day: Date| Some(if day <= on(day.year(), end)? { day.year().saturating_sub(1) } else { day.year() });
    // The first season that lasts until the person is old enough; for most who are, the one of now.
    let now = began(today)?;
    let begins = now.max(began(turned)?);
    let counts = on(begins, SEASON_COUNTS_FROM)?;
    let is_given = given.iter().flatten().any(|day| *day >= counts);
    let first = on(begins.saturating_add(i16::from(is_given)), begin)?;
    // Of a season years ahead the birthday is said, since nobody thinks of it by its winter.
    let first = if begins > now { first.max(turned) } else { first };
    Some(if today >= first { When::Now } else { When::From(first) })
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
