use std::collections::HashMap;

use jiff::civil::Date;
use varde_base::NationalId;

use crate::people::Sex;

/// Gives out national identity numbers, each once.
///
/// Serials follow the population register's ranges (000-499 for those born to 1999, 500-999 from 2000; even for women and odd
/// for men), so that two people born a century apart never share a number. Memory grows with the number of birthdays in use,
/// not with the number of citizens.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberBook {
    given: HashMap<(Date, Sex), u16>,
}

impl NumberBook {
    /// The next number for a birthday; `None` when the day's numbers for that sex are used up.
    pub(crate) fn next(&mut self, birth: Date, sex: Sex) -> Option<NationalId> {
        let count = self.given.entry((birth, sex)).or_insert(0);
        let base = if birth.year() < 2000 { 0 } else { 500 };
        while *count < 250 {
            // Steps of 37 of the 250 pairs visit each once, and make neighbours look unlike.
            let pair = (*count * 37 + u16::from(birth.day().unsigned_abs()) * 11) % 250;
            *count += 1;
            let serial = base + pair * 2 + u16::from(sex == Sex::Male);
            let (day, month) = (birth.day().unsigned_abs(), birth.month().unsigned_abs());
            let year = u8::try_from(birth.year().rem_euclid(100)).ok()?;
            if let Some(number) = NationalId::synthetic(day, month, year, serial) {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::civil::date;
    use varde_base::NationalIdKind;

    use super::*;

    #[test]
    fn no_number_is_given_twice_within_a_day_or_across_a_century() {
        let mut book = NumberBook::default();
        let mut seen = HashSet::new();
        for birth in [date(1924, 5, 6), date(2024, 5, 6)] {
            for sex in [Sex::Female, Sex::Male] {
                let before = seen.len();
                while let Some(number) = book.next(birth, sex) {
                    assert_eq!(number.kind(), NationalIdKind::Synthetic);
                    assert!(seen.insert(number));
                }
                assert!(seen.len() - before > 180, "about four fifths of the serials have control digits");
            }
        }
    }
}
