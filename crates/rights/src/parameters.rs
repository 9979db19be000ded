use jiff::civil::Date;

use crate::Areas;

/// The parameters of this country, as reviewed text.
const NATIONAL: &str = include_str!("../rules/parameters.txt");

/// The ages at which rights change, in full years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// Parents lose a part of their insight.
    pub limited: i16,
    /// Own sign-in.
    pub own_sign_in: i16,
    /// Of age in matters of health (*helserettslig myndig*); may give a proxy.
    pub of_health: i16,
    /// Of age; may receive a proxy.
    pub of_majority: i16,
}

/// Which parents pass the address check (*adressesjekk*, domain.md section 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressCheck {
    /// Only a parent who shares the child's registered address.
    SameParent,
    /// Every parent, as soon as one of them shares it.
    AnyParent,
}

/// How far a citizen lets the platform go (*tilgangsnivå*, domain.md section 1.2), least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConsentLevel {
    /// Open content only.
    None,
    /// Own data in registers.
    Basis,
    /// Also services that read the patient's record.
    BasisPlus,
    /// Everything, dialogue too.
    Full,
}

impl ConsentLevel {
    /// All levels, least first.
    pub const ALL: [Self; 4] = [Self::None, Self::Basis, Self::BasisPlus, Self::Full];

    /// The level's code in a Consent and its name in the rule book.
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basis => "basis",
            Self::BasisPlus => "basis-plus",
            Self::Full => "full",
        }
    }

    /// The level a key names, if any.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.key() == key)
    }
}

/// What holds on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    /// Ages at which rights change.
    pub ages: Ages,
    /// Which parents pass.
    pub address_check: AddressCheck,
    /// The consent level of a citizen who has recorded none.
    pub consent_when_none_recorded: ConsentLevel,
    /// How long after it was issued a test result is shown to the citizen, days.
    pub result_delay_days: u16,
    /// The same for referrals to paediatric wards and child psychiatry, days.
    pub child_referral_delay_days: u16,
    /// Longest an assigned proxy lasts, years.
    pub assigned_proxy_longest_years: u16,
    /// How long next of kin may help unless something else is said, months.
    pub next_of_kin_usual_months: u16,
    /// How long a mistaken report of death can be undone as if it had not been, days.
    pub death_annulled_within_days: u16,
    /// When a denial without end is to be looked at again, days.
    pub denial_reviewed_after_days: u16,
    /// How long one who is asked to correct or explain something has to answer, days.
    pub request_answer_days: u16,
}

/// Why the parameters cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// A line cannot be read.
    #[error("parameters, line {0}: four columns, a date and a value the name allows")]
    Line(usize),
    /// A name has no line for the day.
    #[error("the parameter {0} has no value on that day")]
    Missing(&'static str),
}

/// A line of the dated parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedParameter {
    /// What it sets.
    pub name: &'static str,
    /// The first day it holds, in Norway.
    pub from: Date,
    /// The number, or the word, as written.
    pub value: &'static str,
    /// Legal basis or source.
    pub basis: &'static str,
}

/// The dated parameters, read once.
#[derive(Debug, Clone)]
pub struct ParameterBook(Vec<DatedParameter>);

impl ParameterBook {
    /// The national parameters.
    ///
    /// # Errors
    /// [`ParameterError`]; a test proves that the file in the repository has none.
    pub fn national() -> Result<Self, ParameterError> {
        Self::read(NATIONAL)
    }

    /// Reads dated parameters.
    ///
    /// # Errors
    /// [`ParameterError::Line`] for a line that cannot be read.
    pub fn read(text: &'static str) -> Result<Self, ParameterError> {
        let mut lines = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let columns: Vec<&'static str> = line.split('|').map(str::trim).collect();
            let [name, from, value, basis] = columns[..] else { return Err(ParameterError::Line(index + 1)) };
            let from = from.parse().map_err(|_| ParameterError::Line(index + 1))?;
            lines.push(DatedParameter { name, from, value, basis });
        }
        Ok(Self(lines))
    }

    /// All lines, in the order of the file.
    pub fn lines(&self) -> &[DatedParameter] {
        &self.0
    }

    /// What holds on `day`, a date in Norway.
    ///
    /// # Errors
    /// [`ParameterError::Missing`] when a name has no value that day, or one it does not allow.
    pub fn on(&self, day: Date) -> Result<Parameters, ParameterError> {
        let address_check = match self.word("address-check", day)? {
            "same-parent" => AddressCheck::SameParent,
            "any-parent" => AddressCheck::AnyParent,
            _ => return Err(ParameterError::Missing("address-check")),
        };
        let consent = "consent-when-none-recorded";
        Ok(Parameters {
            ages: Ages {
                limited: self.number("age-limited", day)?,
                own_sign_in: self.number("age-own-sign-in", day)?,
                of_health: self.number("age-of-health", day)?,
                of_majority: self.number("age-of-majority", day)?,
            },
            address_check,
            consent_when_none_recorded: ConsentLevel::from_key(self.word(consent, day)?)
                .ok_or(ParameterError::Missing(consent))?,
            result_delay_days: self.number("result-delay-days", day)?,
            child_referral_delay_days: self.number("child-referral-delay-days", day)?,
            assigned_proxy_longest_years: self.number("assigned-proxy-longest-years", day)?,
            next_of_kin_usual_months: self.number("next-of-kin-usual-months", day)?,
            death_annulled_within_days: self.number("death-annulled-within-days", day)?,
            denial_reviewed_after_days: self.number("denial-reviewed-after-days", day)?,
            request_answer_days: self.number("request-answer-days", day)?,
        })
    }

    /// The last day up to `day` on which a proxy's area came to hold more than before, so that older proxies must be confirmed anew
    /// (*vesentlig endring*).
    pub fn grown(&self, area: Areas, day: Date) -> Option<Date> {
        let grown = self.0.iter().filter(|line| line.name == "area-grown" && line.from <= day);
        grown.filter(|line| Areas::from_code(line.value) == Some(area)).map(|line| line.from).max()
    }

    fn word(&self, name: &'static str, day: Date) -> Result<&'static str, ParameterError> {
        let due = self.0.iter().filter(|line| line.name == name && line.from <= day);
        due.max_by_key(|line| line.from).map(|line| line.value).ok_or(ParameterError::Missing(name))
    }

    fn number<N: std::str::FromStr>(&self, name: &'static str, day: Date) -> Result<N, ParameterError> {
        self.word(name, day)?.parse().map_err(|_| ParameterError::Missing(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_newest_line_whose_day_has_come_counts() {
        let later = format!("{NATIONAL}\nresult-delay-days | 2027-01-01 | 10 | proposed\n");
        let book = ParameterBook::read(later.leak()).expect("parameters");
        assert_eq!(book.on(date(2026, 12, 31)).map(|p| p.result_delay_days), Ok(14));
        assert_eq!(book.on(date(2027, 1, 1)).map(|p| p.result_delay_days), Ok(10));
    }

    #[test]
    fn an_area_that_grows_is_known_from_its_day() {
        let later = format!("{NATIONAL}\narea-grown | 2027-01-01 | 2 | more kinds of documents\n");
        let book = ParameterBook::read(later.leak()).expect("parameters");
        assert_eq!(book.grown(Areas::RECORD, date(2026, 12, 31)), None);
        assert_eq!(book.grown(Areas::RECORD, date(2027, 3, 1)), Some(date(2027, 1, 1)));
        assert_eq!(book.grown(Areas::SERVICES, date(2027, 3, 1)), None);
    }

    #[test]
    fn what_is_missing_or_unreadable_is_said() {
        let book = ParameterBook::national().expect("parameters");
        assert!(book.on(date(2026, 11, 21)).is_ok());
        assert_eq!(book.on(date(1990, 1, 1)).err(), Some(ParameterError::Missing("address-check")));
        assert_eq!(ParameterBook::read("age-limited | soon | 12 | x").err(), Some(ParameterError::Line(1)));
        let odd = format!("{NATIONAL}\naddress-check | 2026-01-01 | nobody | x\n");
        let odd = ParameterBook::read(odd.leak()).expect("lines");
        assert_eq!(odd.on(date(2026, 11, 21)).err(), Some(ParameterError::Missing("address-check")));
    }
}
