//! The facts a decision rests on, read from the store itself: the two Patients, RelatedPersons, Consents.
//!
//! They are read anew for every request, so what is withdrawn is without effect on the very next one. What cannot be read counts as what
//! opens least: an unreadable Patient makes a stranger.

mod agreement;
mod around;
mod collects;
mod person;

use jiff::civil::Date;
use varde_base::{
    Actor, AssuranceLevel, CareBasis, CitizenActor, NATIONAL_ID_SYSTEM, NationalId, PatientId, PersonnelActor,
    date_in_norway,
};
use varde_fhir::index::{ParamId, Variant};
use varde_fhir::search::{Clause, Match, Query};
use varde_fhir::{ResourceType, params};
use varde_rights::{
    Action, AgeBand, Areas, Asker, Facts, FamilyFacts, Item, ParameterBook, Parameters, Relation, RuleId, Service,
    Standing, Subject, age_in_years,
};

use super::Gate;
use crate::engine::{Engine, EngineError, Row, Visibility};
use crate::types::{GateError, RelatedCitizen};
use agreement::{Agreement, Kind, months, restrict, years};
use person::Person;

pub(super) use around::{Around, Known, around, by_number, of_subject, signed_in};
pub(super) use collects::{Lasts, collects_until};

/// More relations and consents than anybody has. Past it nothing opens, since a restriction might be among those not read.
const MAX_RELATED: u32 = 500;

/// What gathering needs beside the persons.
pub(super) struct World<'a> {
    pub(super) engine: &'a dyn Engine,
    pub(super) parameters: &'a ParameterBook,
    pub(super) today: Date,
}

impl World<'_> {
    fn parameters(&self) -> Result<Parameters, EngineError> {
        self.parameters.on(self.today).map_err(|error| EngineError::Fault(error.to_string()))
    }

    async fn person(&self, patient: &PatientId) -> Result<Option<Person>, EngineError> {
        Ok(Person::of(self.engine.read(ResourceType::PATIENT, patient.as_resource_id()).await?.as_ref()))
    }

    /// All of a patient's resources of a type; `None` when there are more than can be looked through.
    async fn all(&self, patient: &PatientId, resource_type: &str) -> Result<Option<Vec<Row>>, EngineError> {
        let Some(resource_type) = ResourceType::from_name(resource_type) else { return Ok(None) };
        let rows = self.engine.of_patient(patient, resource_type, MAX_RELATED).await?;
        let few = u32::try_from(rows.len()).is_ok_and(|count| count < MAX_RELATED);
        Ok(few.then_some(rows))
    }

    /// `None` also when one of them cannot be read: it might be a restriction.
    async fn agreements(&self, patient: &PatientId) -> Result<Option<Vec<Agreement>>, EngineError> {
        let rows = self.all(patient, "Consent").await?;
        Ok(rows.and_then(|rows| rows.iter().map(Agreement::of).collect()))
    }

    fn subject(&self, person: &Person, agreements: &[Agreement], parameters: &Parameters) -> Option<Subject> {
        let age = AgeBand::on(person.birth_date()?, self.today, &parameters.ages);
        let mut subject =
            Subject { deceased: person.deceased(), level: parameters.consent_when_none_recorded, ..Subject::of(age) };
        restrict(&mut subject, agreements, self.today);
        Some(subject)
    }
}

/// How a citizen stands to a patient today.
pub(super) async fn of_citizen(
    world: &World<'_>,
    citizen: &CitizenActor,
    patient: &PatientId,
) -> Result<Facts, EngineError> {
    let parameters = world.parameters()?;
    let (Some(person), Some(agreements)) = (world.person(patient).await?, world.agreements(patient).await?) else {
        return Ok(Facts::strangers());
    };
    let Some(subject) = world.subject(&person, &agreements, &parameters) else { return Ok(Facts::strangers()) };
    if *patient == citizen.patient {
        let asker = asker(citizen, &agreements, world.today);
        return Ok(Facts { asker, subject, standings: vec![Standing::of(Relation::Myself)] });
    }
    let (Some(own), Some(settings)) =
        (world.person(&citizen.patient).await?, world.agreements(&citizen.patient).await?)
    else {
        return Ok(Facts::strangers());
    };
    let mut standings = by_register(world, citizen, &own, patient, &person, &parameters).await?;
    let pair = Pair { asker: &own, subject: &person, age: subject.age };
    standings.extend(by_agreement(world, citizen, &pair, &agreements, &parameters));
    Ok(Facts { asker: asker(citizen, &settings, world.today), subject, standings })
}

fn asker(citizen: &CitizenActor, settings: &[Agreement], today: Date) -> Asker {
    let has = |kind| settings.iter().any(|its| its.kind() == Some(kind) && its.restricts(today));
    Asker {
        stopped: has(Kind::AccountStop),
        inactive: has(Kind::Inactive),
        high: citizen.level >= AssuranceLevel::High,
    }
}

/// The one who asks, before any subject: for data of nobody.
pub(super) async fn of_nobody(world: &World<'_>, citizen: &CitizenActor) -> Result<Facts, EngineError> {
    let Some(settings) = world.agreements(&citizen.patient).await? else { return Ok(Facts::strangers()) };
    Ok(Facts { asker: asker(citizen, &settings, world.today), ..Facts::without_subject(Relation::SignedIn) })
}

/// Relations the population register and the child welfare service know of.
async fn by_register(
    world: &World<'_>,
    citizen: &CitizenActor,
    own: &Person,
    subject_id: &PatientId,
    subject: &Person,
    parameters: &Parameters,
) -> Result<Vec<Standing>, EngineError> {
    let today = world.today;
    let Some(rows) = world.all(subject_id, "RelatedPerson").await? else { return Ok(Vec::new()) };
    let related: Vec<Person> = rows.iter().filter_map(|row| Person::of(Some(row))).collect();
    let named: Vec<&Person> = related.iter().filter(|related| related.names(citizen, today)).collect();
    let protected = own.protected_address() || subject.protected_address();
    let closed_by_protection = protected.then_some(RuleId::PROTECTED_ADDRESS);
    let mut standings = Vec::new();
    if named.iter().any(|related| related.is_related_as("FO")) {
        let (parent_address, child_address) = (own.address(today), subject.address(today));
        let family = FamilyFacts {
            parent_address: parent_address.as_deref(),
            child_address: child_address.as_deref(),
            some_parent_lives_there: some_parent_lives_there(world, &related, child_address.as_deref()).await?,
            court_grants: named.iter().any(|related| related.is_related_by_our("court-decision")),
            protected_address: protected,
            parent_deceased: own.deceased(),
        };
        let closed = family.closed(parameters.address_check);
        standings.push(Standing { closed, ..Standing::of(Relation::Parent) });
    }
    if named.iter().any(|related| related.is_related_as("VE")) {
        standings.push(Standing { closed: closed_by_protection, ..Standing::of(Relation::Guardian) });
    }
    if named.iter().any(|related| related.is_related_by_our("FP") && related.has_end()) {
        standings.push(Standing { closed: closed_by_protection, ..Standing::of(Relation::FosterParent) });
    }
    standings.retain(|_| !own.deceased());
    Ok(standings)
}

/// Whether a parent with responsibility has the child's registered address.
async fn some_parent_lives_there(
    world: &World<'_>,
    related: &[Person],
    child_address: Option<&str>,
) -> Result<bool, EngineError> {
    let parents = related.iter().filter(|related| related.is_related_as("FO") && related.in_force(world.today));
    let Some(child_address) = child_address else { return Ok(false) };
    for number in parents.filter_map(Person::national_id) {
        let rows = with_number(world.engine, "Patient", number).await?;
        let lives_there =
            |row: &Row| Person::of(Some(row)).and_then(|p| p.address(world.today)).as_deref() == Some(child_address);
        if rows.iter().any(lives_there) {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Pair<'a> {
    asker: &'a Person,
    subject: &'a Person,
    age: AgeBand,
}

/// Relations people have given each other, or that have been decided for those who cannot.
fn by_agreement(
    world: &World<'_>,
    citizen: &CitizenActor,
    pair: &Pair<'_>,
    agreements: &[Agreement],
    parameters: &Parameters,
) -> Vec<Standing> {
    given(world, citizen, pair, agreements, parameters).into_iter().map(|granted| granted.standing).collect()
}

/// A relation that was given, or decided for one who cannot give it.
struct Granted {
    standing: Standing,
    /// Its last day; `None` for no end.
    last_day: Option<Date>,
    /// Medicines are collected by it once and then no more.
    collects_once: bool,
}

/// As [`by_agreement`], each with how long it lasts.
fn given(
    world: &World<'_>,
    citizen: &CitizenActor,
    pair: &Pair<'_>,
    agreements: &[Agreement],
    parameters: &Parameters,
) -> Vec<Granted> {
    let today = world.today;
    let grown = |area: Areas| world.parameters.grown(area, today);
    let adult = pair.asker.birth_date().is_some_and(|born| age_in_years(born, today) >= parameters.ages.of_majority);
    let protected = pair.asker.protected_address() || pair.subject.protected_address();
    let closed = protected.then_some(RuleId::PROTECTED_ADDRESS);
    let given = agreements.iter().filter(|its| its.permits(today) && its.names(citizen) && !pair.asker.deceased());
    let standing = |its: &Agreement| {
        let (relation, stands, longest) = match its.kind()? {
            Kind::Proxy => (Relation::Proxy, adult && pair.age >= AgeBand::From16To17, None),
            Kind::AssignedProxy => {
                let longest = years(parameters.assigned_proxy_longest_years);
                let stands = adult && its.is_within(longest, today) && pair.age >= AgeBand::Twelve;
                (Relation::AssignedProxy, stands, Some(longest))
            }
            Kind::NextOfKin => {
                let longest = (!its.has_end()).then(|| months(parameters.next_of_kin_usual_months));
                (Relation::NextOfKin, longest.is_none_or(|longest| its.is_within(longest, today)), longest)
            }
            _ => return None,
        };
        let standing = Standing { areas: its.areas(grown), closed, ..Standing::of(relation) };
        stands.then(|| Granted { standing, last_day: its.last_day(longest), collects_once: its.collects_once() })
    };
    given.filter_map(standing).collect()
}

/// How health personnel stand to a patient.
pub(super) async fn of_personnel(
    world: &World<'_>,
    personnel: &PersonnelActor,
    patient: &PatientId,
) -> Result<Facts, EngineError> {
    let parameters = world.parameters()?;
    let (Some(person), Some(agreements)) = (world.person(patient).await?, world.agreements(patient).await?) else {
        return Ok(Facts::strangers());
    };
    let Some(mut subject) = world.subject(&person, &agreements, &parameters) else { return Ok(Facts::strangers()) };
    subject.blocked_by_name = agreements.iter().any(|its| {
        its.kind() == Some(Kind::Block) && its.restricts(world.today) && its.names_personnel(&personnel.hpr_number)
    });
    let relation = match personnel.basis {
        CareBasis::Treatment => Relation::Treating,
        CareBasis::Emergency => Relation::Emergency,
        CareBasis::Coordination => Relation::Coordinating,
        CareBasis::BreakGlass => Relation::BreakingGlass,
    };
    // An emergency asks for no care relation; who breaks the glass must say why, and both are told to the patient.
    let says_why = personnel.basis.is_exceptional() && personnel.reason.is_some();
    let shown = personnel.attestation.is_some() || says_why || person.has_gp(&personnel.hpr_number);
    let closed = (!shown && relation != Relation::Emergency).then_some(RuleId::NO_CARE_RELATION);
    let standing = Standing { closed, patient_agrees: personnel.patient_agrees, ..Standing::of(relation) };
    Ok(Facts::of(subject, vec![standing]))
}

pub(super) async fn relations(gate: &Gate) -> Result<Vec<RelatedCitizen>, GateError> {
    let Actor::Citizen(citizen) = &gate.access.actor else { return Ok(Vec::new()) };
    let world = gate.world();
    let mut patients = vec![citizen.patient.clone()];
    let related = with_number(world.engine, "RelatedPerson", citizen.national_id.as_str()).await?;
    let given = given_to(world.engine, citizen).await?;
    for patient in related.into_iter().chain(given).filter_map(|row| row.patient) {
        if !patients.contains(&patient) {
            patients.push(patient);
        }
    }
    let mut out = Vec::with_capacity(patients.len());
    for patient in patients {
        let facts = gate.facts(Some(&patient)).await?;
        let relation = facts.relation();
        if relation == Relation::Stranger {
            continue;
        }
        let name = world.person(&patient).await?.map(|person| person.display_name()).unwrap_or_default();
        out.push(RelatedCitizen { patient, name, relation, facts });
    }
    Ok(out)
}

/// Those who may see a small child's access log today: its parents, unless something keeps them out (an acute stop, a protected address).
/// `None` for all others, who are told themselves.
pub(super) async fn parents_of_small_child(
    gate: &Gate,
    patient: &PatientId,
) -> Result<Option<Vec<PatientId>>, EngineError> {
    let world = gate.world();
    let ages = world.parameters()?.ages;
    let age = world.person(patient).await?.and_then(|person| person.birth_date());
    if age.is_none_or(|born| AgeBand::on(born, world.today, &ages) != AgeBand::Under12) {
        return Ok(None);
    }
    let mut told = Vec::new();
    let related = world.all(patient, "RelatedPerson").await?.unwrap_or_default();
    for related in related.iter().filter_map(|row| Person::of(Some(row))) {
        let Some(national_id) = related.national_id().and_then(|number| number.parse::<NationalId>().ok()) else {
            continue;
        };
        for row in with_number(world.engine, "Patient", national_id.as_str()).await? {
            let Ok(parent) = row.id.as_str().parse::<PatientId>() else { continue };
            let level = AssuranceLevel::High;
            let citizen =
                CitizenActor { patient: parent.clone(), national_id: national_id.clone(), name: "".into(), level };
            let facts = of_citizen(&world, &citizen, patient).await?;
            let book = &gate.shared.book;
            let decision = book.decide(&facts, Service::AccessLog, Action::View, Item::PLAIN, gate.now);
            if decision.allowed() && !told.contains(&parent) {
                told.push(parent);
            }
        }
    }
    Ok(Some(told))
}

/// Resources of a type that carry a national identity number.
async fn with_number(engine: &dyn Engine, resource_type: &str, number: &str) -> Result<Vec<Row>, EngineError> {
    let number = Match::Token { system: Some(NATIONAL_ID_SYSTEM.to_owned()), code: Some(number.to_owned()) };
    let Some(resource_type) = ResourceType::from_name(resource_type) else { return Ok(Vec::new()) };
    let Some(param) = params::find(resource_type, "identifier") else { return Ok(Vec::new()) };
    matching(engine, resource_type, param.id, number).await
}

/// Consents in which the citizen is named as one who may act, by reference or by number.
async fn given_to(engine: &dyn Engine, citizen: &CitizenActor) -> Result<Vec<Row>, EngineError> {
    let Some(consent) = ResourceType::from_name("Consent") else { return Ok(Vec::new()) };
    let Some(actor) = params::find(consent, "actor") else { return Ok(Vec::new()) };
    let own = Match::Reference { target: Some(ResourceType::PATIENT), id: citizen.patient.as_resource_id().clone() };
    let mut given = matching(engine, consent, actor.id, own).await?;
    let number = Match::Token {
        system: Some(NATIONAL_ID_SYSTEM.to_owned()),
        code: Some(citizen.national_id.as_str().to_owned()),
    };
    given.extend(matching(engine, consent, actor.id.variant(Variant::Identifier), number).await?);
    Ok(given)
}

async fn matching(
    engine: &dyn Engine,
    resource_type: ResourceType,
    param: ParamId,
    wanted: Match,
) -> Result<Vec<Row>, EngineError> {
    let clause = Clause::Any { param, matches: vec![wanted], negate: false };
    let query = Query { clauses: vec![clause], count: MAX_RELATED, ..Query::of(resource_type) };
    Ok(engine.search(&query, &Visibility::everything()).await?.matches)
}

impl Gate {
    /// What facts are gathered from, today.
    pub(super) fn world(&self) -> World<'_> {
        World {
            engine: &*self.shared.engine,
            parameters: self.shared.book.parameters(),
            today: date_in_norway(self.shared.clock.now()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::person::Period;

    #[test]
    fn a_partial_or_broken_date_opens_nothing() {
        let today = jiff::civil::date(2026, 11, 21);
        let period = |start: &str, end: &str| Period {
            start: (!start.is_empty()).then(|| start.to_owned()),
            end: (!end.is_empty()).then(|| end.to_owned()),
        };
        for (start, end, holds) in [
            ("", "", true),
            ("2026-11-21", "2026-11-21", true),
            ("2026-11-22", "", false),
            ("", "2026-11-20", false),
            ("2026", "", false),
            ("2020-01-01T10:00:00Z", "", true),
            ("", "2026-11-22T00:00:00+01:00", true),
            ("", "2026-11-21T00:00:00+01:00", false),
            // Already the 22nd in Norway.
            ("2026-11-21T23:30:00Z", "", false),
        ] {
            assert_eq!(period(start, end).holds(today), holds, "{start} {end}");
        }
    }
}
