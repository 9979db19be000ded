use jiff::civil::Date;

use crate::Ages;

/// Age bands with rules of their own (domain.md section 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum AgeBand {
    /// 0 to 11: parents act.
    Under12,
    /// 12: parents lose some services, and the child has no sign-in yet.
    Twelve,
    /// 13 to 15: own sign-in; much needs a parent's consent.
    From13To15,
    /// 16 and 17: of age in matters of health; parents lose everything.
    From16To17,
    /// 18 and over; may also act for others.
    Adult,
}

impl AgeBand {
    /// All bands, youngest first.
    pub const ALL: [Self; 5] = [Self::Under12, Self::Twelve, Self::From13To15, Self::From16To17, Self::Adult];

    /// The band of somebody born on `birth_date` on the day `today`, both as dates in Norway. A date in the future counts as
    /// the youngest band, which opens nothing for the child itself.
    pub fn on(birth_date: Date, today: Date, ages: &Ages) -> Self {
        match age_in_years(birth_date, today) {
            age if age >= ages.of_majority => Self::Adult,
            age if age >= ages.of_health => Self::From16To17,
            age if age >= ages.own_sign_in => Self::From13To15,
            age if age >= ages.limited => Self::Twelve,
            _ => Self::Under12,
        }
    }

    /// The band's name in the rule book.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Under12 => "0-11",
            Self::Twelve => "12",
            Self::From13To15 => "13-15",
            Self::From16To17 => "16-17",
            Self::Adult => "18+",
        }
    }

    /// The band a rule book names, if any.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.key() == key)
    }
}

/// Completed years on `today`. Born on 29 February: the birthday of a common year is 1 March, the day after the year is full.
pub fn age_in_years(birth_date: Date, today: Date) -> i16 {
    let had_birthday = (today.month(), today.day()) >= (birth_date.month(), birth_date.day());
    today.year() - birth_date.year() - i16::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const AGES: Ages = Ages { limited: 12, own_sign_in: 13, of_health: 16, of_majority: 18 };

    #[test]
    fn the_band_changes_on_the_birthday_itself() {
        let born = date(2014, 11, 22);
        for (today, expected) in [
            (date(2026, 11, 21), AgeBand::Under12),
            (date(2026, 11, 22), AgeBand::Twelve),
            (date(2027, 11, 22), AgeBand::From13To15),
            (date(2030, 11, 21), AgeBand::From13To15),
            (date(2030, 11, 22), AgeBand::From16To17),
            (date(2032, 11, 22), AgeBand::Adult),
            (date(2014, 1, 1), AgeBand::Under12),
        ] {
            assert_eq!(AgeBand::on(born, today, &AGES), expected, "{today}");
        }
    }

    #[test]
    fn a_leap_day_child_grows_older_on_the_first_of_march() {
        let born = date(2012, 2, 29);
        assert_eq!(age_in_years(born, date(2028, 2, 28)), 15);
        assert_eq!(age_in_years(born, date(2028, 2, 29)), 16);
        assert_eq!(age_in_years(born, date(2030, 2, 28)), 17);
        assert_eq!(age_in_years(born, date(2030, 3, 1)), 18);
    }

    #[test]
    fn keys_round_trip() {
        for band in AgeBand::ALL {
            assert_eq!(AgeBand::from_key(band.key()), Some(band));
        }
    }
}
