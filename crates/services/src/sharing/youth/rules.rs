//! The rules of a parent's consent, pure. Who may give it is the rule book's.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::super::settings::{Setting, What, in_force};

/// Age from which the young person decides alone, years (pbrl § 4-3).
const OF_HEALTH: i16 = 16;

/// The last day on which a consent for one born on `born` can be of use: the day before they decide alone.
pub(super) fn last_day(born: Date) -> Option<Date> {
    born.checked_add(OF_HEALTH.years()).ok()?.yesterday().ok()
}

/// The consents of parents among `settings`, those in force first.
pub(super) fn of_parents(settings: Vec<Setting>, today: Date) -> (Vec<Setting>, Vec<Setting>) {
    let consents = settings.into_iter().filter(|its| matches!(its.what, What::Parental(..)));
    consents.partition(|its| in_force(its, today))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn it_is_of_use_until_the_day_before_the_sixteenth_birthday() {
        assert_eq!(last_day(date(2012, 9, 7)), Some(date(2028, 9, 6)));
        // Born on a leap day, they are sixteen on one too.
        assert_eq!(last_day(date(2012, 2, 29)), Some(date(2028, 2, 28)));
    }
}
