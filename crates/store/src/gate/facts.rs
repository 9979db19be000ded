//! The facts a decision rests on, read from the store itself: the two Patients, the child's RelatedPersons, consent.
//!
//! What cannot be read counts as what opens least: an unreadable Patient makes a stranger.

use jiff::civil::Date;
use serde::Deserialize;
use varde_base::{Actor, CitizenActor, NATIONAL_ID_SYSTEM, PatientId, date_in_norway};
use varde_fhir::search::{Clause, Match, Query};
use varde_fhir::{ResourceType, params};
use varde_rights::{AgeBand, Facts, FamilyFacts, Relation};

use super::Gate;
use crate::engine::{Engine, EngineError, Row, Visibility};
use crate::types::{GateError, RelatedCitizen};

/// Volven 7611, role of one who represents a citizen; `FO` is parental responsibility (*foreldreansvar*).
const REPRESENTATION_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.1.7611";
const PARENTAL_RESPONSIBILITY: &str = "FO";
/// HL7 v3 Confidentiality: `R` on a Patient is a protected address (*kode 7*), `V` a strictly protected one (*kode 6*).
const CONFIDENTIALITY_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
/// Our own system of the same, with the codes `6` and `7`.
const PROTECTION_SYSTEM: &str = "urn:varde:address-protection";
/// Category of the Consent by which a parent lets a young person use the portal, in our own system.
const CONSENT_SYSTEM: &str = "urn:varde:consent";
const PARENTAL_CONSENT: &str = "foreldresamtykke";
/// More relations than any family has; the rest is not looked at, so nothing opens by them.
const MAX_RELATED: u32 = 50;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Person {
    active: Option<bool>,
    meta: Meta,
    identifier: Vec<Identifier>,
    name: Vec<HumanName>,
    birth_date: Option<String>,
    deceased_boolean: Option<bool>,
    deceased_date_time: Option<String>,
    address: Vec<Address>,
    relationship: Vec<Concept>,
    period: Period,
    status: Option<String>,
    category: Vec<Concept>,
    provision: Provision,
}

/// What a Consent allows and when; an absent one allows without end (FHIR R4 Consent.provision, with policyRule opt-in).
#[derive(Deserialize, Default)]
#[serde(default)]
struct Provision {
    r#type: Option<String>,
    period: Period,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Meta {
    security: Vec<Coding>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Identifier {
    system: String,
    value: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct HumanName {
    text: Option<String>,
    given: Vec<String>,
    family: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Address {
    #[serde(rename = "use")]
    usage: Option<String>,
    line: Vec<String>,
    postal_code: Option<String>,
    period: Period,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Concept {
    coding: Vec<Coding>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Coding {
    system: String,
    code: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Period {
    start: Option<String>,
    end: Option<String>,
}

impl Period {
    fn holds(&self, today: Date) -> bool {
        let begun = self.start.as_deref().is_none_or(|start| day(start).is_some_and(|start| start <= today));
        begun && self.end.as_deref().is_none_or(|end| day(end).is_some_and(|end| today <= end))
    }
}

/// The day a FHIR date or dateTime begins with; `None` for a partial one, which then opens nothing.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

impl Person {
    fn of(row: Option<&Row>) -> Option<Self> {
        let row = row.filter(|row| !row.deleted)?;
        serde_json::from_slice(&row.body).ok()
    }

    fn deceased(&self) -> bool {
        self.deceased_boolean == Some(true) || self.deceased_date_time.is_some()
    }

    fn protected_address(&self) -> bool {
        self.meta.security.iter().any(|coding| match coding.system.as_str() {
            CONFIDENTIALITY_SYSTEM => matches!(coding.code.as_str(), "R" | "V"),
            PROTECTION_SYSTEM => true,
            _ => false,
        })
    }

    /// The registered address in one comparable text.
    fn address(&self, today: Date) -> Option<String> {
        let registered = |address: &&Address| {
            let usage = address.usage.as_deref();
            matches!(usage, None | Some("home")) && !address.line.is_empty() && address.period.holds(today)
        };
        let address = self.address.iter().find(registered)?;
        Some(format!("{}|{}", address.line.join("|"), address.postal_code.as_deref()?).to_lowercase())
    }

    fn age(&self, today: Date) -> Option<AgeBand> {
        self.birth_date.as_deref().and_then(day).map(|born| AgeBand::on(born, today))
    }

    fn display_name(&self) -> String {
        let Some(name) = self.name.first() else { return String::new() };
        name.text.clone().unwrap_or_else(|| {
            let parts = name.given.iter().map(String::as_str).chain(name.family.as_deref());
            parts.collect::<Vec<_>>().join(" ")
        })
    }

    fn gives_responsibility_to(&self, parent: &CitizenActor, today: Date) -> bool {
        let named =
            self.identifier.iter().any(|i| i.system == NATIONAL_ID_SYSTEM && i.value == parent.national_id.as_str());
        let role = |c: &Coding| c.system == REPRESENTATION_SYSTEM && c.code == PARENTAL_RESPONSIBILITY;
        let responsible = self.relationship.iter().flat_map(|concept| &concept.coding).any(role);
        named && responsible && self.active != Some(false) && self.period.holds(today)
    }
}

fn stranger() -> Facts {
    Facts::without_subject(Relation::Stranger)
}

async fn person(engine: &dyn Engine, patient: &PatientId) -> Result<Option<Person>, EngineError> {
    let Some(resource_type) = ResourceType::from_name("Patient") else { return Ok(None) };
    Ok(Person::of(engine.read(resource_type, patient.as_resource_id()).await?.as_ref()))
}

/// How a citizen stands to a patient today.
pub(super) async fn gather(
    engine: &dyn Engine,
    citizen: &CitizenActor,
    patient: &PatientId,
    today: Date,
) -> Result<Facts, EngineError> {
    let Some(subject) = person(engine, patient).await? else { return Ok(stranger()) };
    let Some(age) = subject.age(today) else { return Ok(stranger()) };
    let relation = if *patient == citizen.patient {
        Relation::Myself
    } else {
        family(engine, citizen, patient, &subject, today).await?
    };
    // Only the young person's own use rests on a parent's consent, and looking for it costs a read.
    let parental_consent =
        relation == Relation::Myself && age < AgeBand::From16To17 && any_consent(engine, patient, today).await?;
    Ok(Facts { relation, age, deceased: subject.deceased(), parental_consent })
}

async fn family(
    engine: &dyn Engine,
    citizen: &CitizenActor,
    child_id: &PatientId,
    child: &Person,
    today: Date,
) -> Result<Relation, EngineError> {
    let Some(related_person) = ResourceType::from_name("RelatedPerson") else { return Ok(Relation::Stranger) };
    let rows = engine.of_patient(child_id, related_person, MAX_RELATED).await?;
    let mut related = rows.iter().filter_map(|row| Person::of(Some(row)));
    if !related.any(|related| related.gives_responsibility_to(citizen, today)) {
        return Ok(Relation::Stranger);
    }
    let Some(parent) = person(engine, &citizen.patient).await? else { return Ok(Relation::Stranger) };
    let (parent_address, child_address) = (parent.address(today), child.address(today));
    let facts = FamilyFacts {
        responsibility: true,
        parent_address: parent_address.as_deref(),
        child_address: child_address.as_deref(),
        protected_address: parent.protected_address() || child.protected_address(),
        deceased: parent.deceased() || child.deceased(),
    };
    Ok(facts.relation())
}

async fn any_consent(engine: &dyn Engine, patient: &PatientId, today: Date) -> Result<bool, EngineError> {
    let Some(consent) = ResourceType::from_name("Consent") else { return Ok(false) };
    let rows = engine.of_patient(patient, consent, MAX_RELATED).await?;
    Ok(rows.iter().filter_map(|row| Person::of(Some(row))).any(|consent| {
        let codes = consent.category.iter().flat_map(|concept| &concept.coding);
        consent.status.as_deref() == Some("active")
            && consent.provision.r#type.as_deref() != Some("deny")
            && consent.provision.period.holds(today)
            && codes.into_iter().any(|coding| coding.system == CONSENT_SYSTEM && coding.code == PARENTAL_CONSENT)
    }))
}

pub(super) async fn relations(gate: &Gate) -> Result<Vec<RelatedCitizen>, GateError> {
    let Actor::Citizen(citizen) = &gate.access.actor else { return Ok(Vec::new()) };
    let today = date_in_norway(gate.shared.clock.now());
    let engine = &*gate.shared.engine;
    let mut patients = vec![citizen.patient.clone()];
    for row in named_as_related(engine, citizen).await? {
        let responsible = Person::of(Some(&row)).is_some_and(|p| p.gives_responsibility_to(citizen, today));
        if let Some(child) = row.patient.filter(|child| responsible && !patients.contains(child)) {
            patients.push(child);
        }
    }
    let mut out = Vec::with_capacity(patients.len());
    for patient in patients {
        let facts = gate.facts(Some(&patient)).await?;
        if facts.relation == Relation::Stranger {
            continue;
        }
        let name = person(engine, &patient).await?.map(|person| person.display_name()).unwrap_or_default();
        out.push(RelatedCitizen { patient, name, relation: facts.relation, facts });
    }
    Ok(out)
}

/// The RelatedPersons that carry the citizen's national identity number.
async fn named_as_related(engine: &dyn Engine, citizen: &CitizenActor) -> Result<Vec<Row>, EngineError> {
    let Some(resource_type) = ResourceType::from_name("RelatedPerson") else { return Ok(Vec::new()) };
    let number = Match::Token {
        system: Some(NATIONAL_ID_SYSTEM.to_owned()),
        code: Some(citizen.national_id.as_str().to_owned()),
    };
    let Some(identifier) = params::find(resource_type, "identifier") else { return Ok(Vec::new()) };
    let clause = Clause::Any { param: identifier.id, matches: vec![number], negate: false };
    let query = Query { clauses: vec![clause], count: MAX_RELATED, ..Query::of(resource_type) };
    Ok(engine.search(&query, &Visibility::everything()).await?.matches)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert_eq!(period(start, end).holds(today), holds, "{start} {end}");
        }
    }
}
