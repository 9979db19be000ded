//! A citizen, and the office that registers new ones.

use jiff::civil::Date;
use varde_base::{Language, NationalId};

use crate::calendar::{add_days, add_months, age_years};
use crate::dice::Dice;
use crate::names;
use crate::numbers::NumberBook;
use crate::places::Address;

/// Sex as the population register has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sex {
    Female,
    Male,
}

/// A protected address (*adressebeskyttelse* in the population register).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    /// *Strengt fortrolig*, code 6.
    StrictlyConfidential,
    /// *Fortrolig*, code 7.
    Confidential,
}

/// How much care a citizen gets from the generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum History {
    /// As anybody of that age.
    #[default]
    Ordinary,
    /// Many years of visits.
    Long,
    /// Nothing at all: every page is empty.
    None,
    /// Expects a child; twenty-four weeks gone.
    Pregnant,
}

/// Somebody who lives in the country.
#[derive(Debug, Clone)]
pub(crate) struct Citizen {
    /// Id of the Patient.
    pub(crate) id: String,
    /// Running number, which also picks the citizen's dice.
    pub(crate) index: u32,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) sex: Sex,
    pub(crate) birth: Date,
    pub(crate) national_id: NationalId,
    pub(crate) address: Address,
    pub(crate) protection: Option<Protection>,
    pub(crate) phone: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) language: Language,
    /// Code of no-basis-marital-status.
    pub(crate) marital: &'static str,
    pub(crate) died: Option<Date>,
    /// Number of the general practitioner's practice.
    pub(crate) practice: usize,
    /// Which of the practice's doctors.
    pub(crate) doctor: usize,
    pub(crate) history: History,
    /// Future visits to the general practitioner that must exist.
    pub(crate) coming_visits: u32,
    /// Which of the country's pharmacies the person works at.
    pub(crate) pharmacy: Option<usize>,
}

impl Citizen {
    /// Given name and surname.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// Whole years on a day.
    pub(crate) fn age(&self, day: Date) -> i32 {
        age_years(self.birth, day)
    }

    /// True when alive and born on that day.
    pub(crate) fn lives_on(&self, day: Date) -> bool {
        day >= self.birth && self.died.is_none_or(|died| day < died)
    }
}

/// What decides a new citizen; the office fills in the rest.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Id of a named person; others get a number.
    pub(crate) slug: Option<&'static str>,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) sex: Sex,
    pub(crate) birth: Date,
    pub(crate) address: Address,
    pub(crate) language: Language,
    pub(crate) marital: &'static str,
    pub(crate) practice: usize,
    pub(crate) doctor: usize,
}

/// Gives citizens their running number, national identity number and ways to be reached.
#[derive(Debug, Clone)]
pub(crate) struct Office {
    pub(crate) today: Date,
    numbers: NumberBook,
    next_index: u32,
}

impl Office {
    pub(crate) fn new(today: Date) -> Self {
        Self { today, numbers: NumberBook::default(), next_index: 0 }
    }

    /// How many citizens have been registered.
    pub(crate) fn registered(&self) -> u32 {
        self.next_index
    }

    /// Registers a citizen. When the birthday has no numbers left the day before is tried, for at most a year.
    pub(crate) fn register(&mut self, draft: Draft) -> Option<Citizen> {
        let (birth, national_id) = (0..365).find_map(|back| {
            let birth = add_days(draft.birth, -back);
            self.numbers.next(birth, draft.sex).map(|number| (birth, number))
        })?;
        let index = self.next_index;
        self.next_index += 1;
        let mail = format!("{}.{}", names::mail_part(draft.given), names::mail_part(draft.family));
        let reachable = age_years(birth, self.today) >= 13;
        Some(Citizen {
            id: draft.slug.map_or_else(|| format!("citizen-{index:06}"), str::to_owned),
            index,
            given: draft.given,
            family: draft.family,
            sex: draft.sex,
            birth,
            national_id,
            address: draft.address,
            protection: None,
            phone: reachable.then(|| phone(index)),
            email: reachable.then(|| match draft.slug {
                Some(_) => format!("{mail}@example.test"),
                None => format!("{mail}.{index}@example.test"),
            }),
            language: draft.language,
            marital: draft.marital,
            died: None,
            practice: draft.practice,
            doctor: draft.doctor,
            history: History::Ordinary,
            coming_visits: 0,
            pharmacy: None,
        })
    }
}

/// A number nobody has: no Norwegian eight-digit number begins with 0 or 1 (Nkom, the national E.164 numbering plan).
fn phone(index: u32) -> String {
    format!("+47{:08}", index % 20_000_000)
}

/// A birthday that makes somebody `years` old today.
pub(crate) fn birth_at_age(dice: &mut Dice, today: Date, years: i32) -> Date {
    add_days(add_months(today, -12 * years), -dice.between(0, 364))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_drawn_birthday_gives_the_age_asked_for() {
        let mut dice = Dice::new(1);
        for years in 0..100 {
            for today in [date(2026, 2, 28), date(2028, 2, 29), date(2026, 12, 31)] {
                let birth = birth_at_age(&mut dice, today, years);
                assert_eq!(age_years(birth, today), years, "{birth} on {today}");
            }
        }
    }
}
