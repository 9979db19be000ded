//! What the form asks, as a question to the gate.

use jiff::civil::Date;
use serde::Deserialize;
use varde_base::{NationalId, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::{Action, Relation, Service};
use varde_store::{About, Named, Posed, Question};

/// Kinds of health personnel one can be tried as.
pub(super) const PERSONNEL: [Relation; 5] =
    [Relation::Treating, Relation::Coordinating, Relation::Emergency, Relation::BreakingGlass, Relation::Pharmacy];

/// What can be tried. Writing is for programs.
pub(super) const ACTIONS: [Action; 7] =
    [Action::View, Action::Outline, Action::Book, Action::Change, Action::Cancel, Action::Renew, Action::Send];

/// The value of the field `who` for a citizen.
pub(super) const CITIZEN: &str = "citizen";

/// The fields as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    pub(super) who: String,
    pub(super) who_number: String,
    pub(super) number: String,
    pub(super) service: String,
    pub(super) item: String,
    pub(super) action: String,
    pub(super) day: String,
    pub(super) month: String,
    pub(super) year: String,
}

impl Fields {
    /// An empty form for a day.
    pub(super) fn on(today: Date) -> Self {
        Self {
            who: CITIZEN.to_owned(),
            service: Service::PrimaryAppointments.key().to_owned(),
            action: Action::View.key().to_owned(),
            day: today.day().to_string(),
            month: today.month().to_string(),
            year: today.year().to_string(),
            ..Self::default()
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// Nobody is chosen to be tried as.
    Who,
    /// Not a number of a person to be tried as.
    WhoNumber,
    /// Not a number of a person.
    Number,
    /// No kind of information is chosen.
    Service,
    /// Not the name of a resource.
    Item,
    /// Nothing is chosen to do.
    Action,
    /// Not a day.
    Day,
    /// Nobody has the number, or there is no such resource of that person.
    NotThere,
}

/// The question, or all that is wrong with the form.
pub(super) fn question(fields: &Fields) -> Result<Question, Vec<Problem>> {
    let who = who(fields);
    let patient = number(&fields.number).ok_or(Problem::Number);
    let about = about(fields);
    let action = ACTIONS.into_iter().find(|action| action.key() == fields.action).ok_or(Problem::Action);
    let day = day(fields).ok_or(Problem::Day);
    match (who, patient, about, action, day) {
        (Ok(who), Ok(patient), Ok(about), Ok(action), Ok(day)) => Ok(Question { who, patient, about, action, day }),
        (who, patient, about, action, day) => {
            Err([who.err(), patient.err(), about.err(), action.err(), day.err()].into_iter().flatten().collect())
        }
    }
}

fn who(fields: &Fields) -> Result<Posed, Problem> {
    if fields.who == CITIZEN {
        return number(&fields.who_number).map(Posed::Citizen).ok_or(Problem::WhoNumber);
    }
    let kind = PERSONNEL.into_iter().find(|relation| relation.key() == fields.who);
    kind.map(Posed::Personnel).ok_or(Problem::Who)
}

fn number(typed: &str) -> Option<Named> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    digits.parse::<NationalId>().ok().map(Named::Number)
}

/// A resource that is named goes before the kind of information, which follows from it.
fn about(fields: &Fields) -> Result<About, Problem> {
    let item = fields.item.trim();
    if item.is_empty() {
        return Service::from_key(&fields.service).map(About::Service).ok_or(Problem::Service);
    }
    let (kind, id) = item.split_once('/').ok_or(Problem::Item)?;
    let id = id.parse::<ResourceId>().map_err(|_| Problem::Item)?;
    ResourceType::from_name(kind).map(|kind| About::Item(kind, id)).ok_or(Problem::Item)
}

fn day(fields: &Fields) -> Option<Date> {
    let year: i16 = fields.year.trim().parse().ok().filter(|year| (1900..=2200).contains(year))?;
    Date::new(year, fields.month.trim().parse().ok()?, fields.day.trim().parse().ok()?).ok()
}
