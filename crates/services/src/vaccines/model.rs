//! Vaccinations as the rules and pages see them.

use jiff::civil::Date;
use varde_base::ResourceId;

pub(super) use crate::shared::vaccine::Disease;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It was given.
    Given,
    /// It was not given, for this reason in the source's words.
    NotGiven(Option<String>),
    /// It should never have been registered.
    Withdrawn,
}

/// One vaccination (FHIR Immunization).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dose {
    /// Its id.
    pub id: ResourceId,
    /// What it protects against, as far as its codes are known.
    pub diseases: Vec<Disease>,
    /// What the source calls the vaccine.
    pub name: Option<String>,
    /// System and code of the vaccine, for programs that read the certificate.
    pub code: Option<(String, String)>,
    /// When, as exactly as it is known.
    pub on: Option<String>,
    /// Which dose of its series, in the source's words.
    pub number: Option<String>,
    /// Of how many.
    pub of: Option<String>,
    /// The programme or series, in the source's words.
    pub series: Option<String>,
    /// Where: who gave it, or in which place.
    pub place: Option<String>,
    /// Who made the vaccine.
    pub maker: Option<String>,
    /// Its batch.
    pub batch: Option<String>,
    /// What became of it.
    pub state: State,
    /// Somebody has told of it, and nobody here gave it.
    pub is_told: bool,
}

impl Dose {
    /// The day it was given, when that is known to the day.
    pub(super) fn day(&self) -> Option<Date> {
        self.on.as_deref()?.get(..10)?.parse().ok()
    }

    /// The day as figures for a certificate; words of a source where there is no date.
    pub(super) fn day_in_figures(&self) -> Option<&str> {
        let on = self.on.as_deref()?;
        Some(if on.starts_with(|c: char| c.is_ascii_digit()) { on.get(..10).unwrap_or(on) } else { on })
    }

    /// Whether it counts.
    pub(super) fn is_given(&self) -> bool {
        self.state == State::Given
    }
}

/// What the programme asks of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// Name as written on a certificate: the family name and the given names.
    pub name: (String, Vec<String>),
    /// Born.
    pub born: Date,
    /// Registered as male, where that is registered.
    pub is_male: Option<bool>,
}

/// Where one gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Giver {
    /// The child health centre (*helsestasjon*).
    Station,
    /// The school nurse.
    School,
    /// The municipality, some pharmacies and GPs.
    Municipality,
}

/// When it is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Now.
    Now,
    /// It was offered before this day, and is not registered here.
    Late(Date),
    /// From that day.
    From(Date),
    /// It is for everybody of that age, and nothing is registered here: it may have been given all the same.
    Unknown,
}

/// One vaccine that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Advice {
    /// What it protects against.
    pub diseases: Vec<Disease>,
    /// Which dose of the series.
    pub dose: Option<u8>,
    /// When.
    pub when: When,
    /// Where.
    pub giver: Giver,
    /// How often it is offered, in years; none for what is given once or in a series.
    pub every_years: Option<u8>,
}
