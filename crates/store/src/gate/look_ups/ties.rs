//! How one of the personnel and a patient stand to each other, from what is stored. docs/rights.md says from which resources.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Span;
use jiff::civil::Date;
use serde_json::Value;
use varde_base::{NATIONAL_ID_SYSTEM, PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::search::{SearchOptions, parse};
use varde_rights::Ties;

use crate::engine::{Engine, EngineError, Visibility};
use crate::types::LoggedPersonnel;

/// Numbers of the register of health personnel.
const HPR_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.4.4";
/// HL7 v3 ActCode: `CEL` in `meta.security` of a Patient is one who is known to everybody.
const SENSITIVITY_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const CELEBRITY: &str = "CEL";
/// A Patient with a protected address has one of these in `meta.security`.
const PROTECTION_SYSTEM: &str = "urn:varde:address-protection";
const CONFIDENTIALITY_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
/// What shows that somebody treats a patient, with the day it is about.
const CARE: [&str; 5] = ["Appointment", "Encounter", "ServiceRequest", "EpisodeOfCare", "CareTeam"];
/// So many days before and after it shows that [A].
const CARE_DAYS: i64 = 180;
/// Newest resources of each kind that are looked at.
const MOST: &str = "200";
/// People who are remembered.
const REMEMBERED: usize = 4_000;
/// Organisations above one another.
const LEVELS: usize = 5;

/// What is known of some people, so that each is read once.
pub(super) struct Known<'a> {
    engine: &'a dyn Engine,
    workers: HashMap<Box<str>, Arc<Worker>>,
    patients: HashMap<PatientId, Arc<Subject>>,
}

/// One of the personnel.
#[derive(Default)]
struct Worker {
    /// Their national identity numbers; none where the registers do not say who the person is.
    numbers: HashSet<String>,
    /// What a resource of a patient names when it names them or their unit.
    named_by: HashSet<String>,
    /// The organisations they work in, those above too.
    employers: HashSet<String>,
    surnames: HashSet<String>,
    /// Their own Patient.
    own: Option<Person>,
    relatives: HashSet<String>,
}

/// A patient.
struct Subject {
    person: Person,
    care: Vec<Care>,
    relatives: HashSet<String>,
    employers: HashSet<String>,
}

/// Something that shows who treats a patient.
struct Care {
    names: HashSet<String>,
    from: Date,
    to: Date,
}

/// A person in the population register.
#[derive(Default)]
struct Person {
    number: Option<String>,
    surname: Option<String>,
    /// Line and postal code, and street and postal code; not of a protected address.
    address: Option<(String, String)>,
    well_known: bool,
    practitioners: HashSet<String>,
}

impl<'a> Known<'a> {
    pub(super) fn new(engine: &'a dyn Engine) -> Self {
        Self { engine, workers: HashMap::new(), patients: HashMap::new() }
    }

    /// How they stand to each other on a day.
    pub(super) async fn ties(
        &mut self,
        who: &str,
        logged: Option<&LoggedPersonnel>,
        patient: &PatientId,
        day: Date,
    ) -> Result<Ties, EngineError> {
        let worker = self.worker(who, logged).await?;
        let subject = self.subject(patient).await?;
        Ok(compare(&worker, &subject, day))
    }

    async fn worker(&mut self, who: &str, logged: Option<&LoggedPersonnel>) -> Result<Arc<Worker>, EngineError> {
        let place = |number: Option<&Box<str>>| number.cloned().unwrap_or_default();
        let legal_entity = place(logged.and_then(|logged| logged.legal_entity.as_ref()));
        let point_of_care = place(logged.and_then(|logged| logged.point_of_care.as_ref()));
        let key = format!("{who}|{legal_entity}|{point_of_care}").into_boxed_str();
        if let Some(known) = self.workers.get(&key) {
            return Ok(Arc::clone(known));
        }
        let worker = Arc::new(self.read_worker(who, &legal_entity, &point_of_care).await?);
        if self.workers.len() >= REMEMBERED {
            self.workers.clear();
        }
        self.workers.insert(key, Arc::clone(&worker));
        Ok(worker)
    }

    async fn read_worker(&self, who: &str, entity: &str, place: &str) -> Result<Worker, EngineError> {
        let mut worker = Worker::default();
        worker.named_by.insert(format!("{HPR_SYSTEM}|{who}"));
        let practitioners = self.find("Practitioner", "identifier", &format!("{HPR_SYSTEM}|{who}")).await?;
        let mut units = HashSet::new();
        for practitioner in &practitioners {
            worker.numbers.extend(numbers(practitioner));
            worker.surnames.extend(surname(practitioner));
            worker.named_by.extend(name_of(practitioner));
            units.extend(self.roles(practitioner, &mut worker.named_by).await?);
        }
        for unit in self.organizations(place).await? {
            worker.named_by.insert(unit.clone());
            units.insert(unit);
        }
        let above = self.organizations(entity).await?;
        if units.is_empty() {
            worker.named_by.extend(above.iter().cloned());
        }
        units.extend(above);
        worker.employers = self.with_those_above(units).await?;
        for number in &worker.numbers {
            for patient in self.find("Patient", "identifier", &format!("{NATIONAL_ID_SYSTEM}|{number}")).await? {
                let id: Option<PatientId> = text(&patient, "/id").and_then(|id| id.parse().ok());
                if let Some(id) = id {
                    worker.relatives.extend(self.relatives(&id).await?);
                }
                let own = person(&patient);
                worker.surnames.extend(own.surname.clone());
                worker.own = Some(own);
            }
        }
        Ok(worker)
    }

    async fn subject(&mut self, patient: &PatientId) -> Result<Arc<Subject>, EngineError> {
        if let Some(known) = self.patients.get(patient) {
            return Ok(Arc::clone(known));
        }
        let row = self.engine.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
        let body = row.filter(|row| !row.deleted).and_then(|row| serde_json::from_slice(&row.body).ok());
        let person = body.as_ref().map(person).unwrap_or_default();
        let mut care = Vec::new();
        for kind in CARE {
            care.extend(self.find(kind, "patient", patient.as_str()).await?.iter().filter_map(shown));
        }
        let employers = match &person.number {
            Some(number) => self.employers(number).await?,
            None => HashSet::new(),
        };
        let subject = Arc::new(Subject { person, care, relatives: self.relatives(patient).await?, employers });
        if self.patients.len() >= REMEMBERED {
            self.patients.clear();
        }
        self.patients.insert(patient.clone(), Arc::clone(&subject));
        Ok(subject)
    }

    /// The organisations that employ the person with this number, those above too.
    async fn employers(&self, number: &str) -> Result<HashSet<String>, EngineError> {
        let mut units = HashSet::new();
        for practitioner in self.find("Practitioner", "identifier", &format!("{NATIONAL_ID_SYSTEM}|{number}")).await? {
            units.extend(self.roles(&practitioner, &mut HashSet::new()).await?);
        }
        self.with_those_above(units).await
    }

    /// The organisations of a practitioner's roles; what the roles are and refer to is added to `named_by`.
    async fn roles(
        &self,
        practitioner: &Value,
        named_by: &mut HashSet<String>,
    ) -> Result<HashSet<String>, EngineError> {
        let mut units = HashSet::new();
        let Some(name) = name_of(practitioner) else { return Ok(units) };
        for role in self.find("PractitionerRole", "practitioner", &name).await? {
            if role.get("active").and_then(Value::as_bool) == Some(false) {
                continue;
            }
            named_by.extend(name_of(&role));
            collect(&role, named_by);
            units.extend(text(&role, "/organization/reference").map(str::to_owned));
        }
        Ok(units)
    }

    async fn organizations(&self, number: &str) -> Result<Vec<String>, EngineError> {
        if number.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.find("Organization", "identifier", number).await?.iter().filter_map(name_of).collect())
    }

    async fn with_those_above(&self, units: HashSet<String>) -> Result<HashSet<String>, EngineError> {
        let mut all = units.clone();
        let mut newest = units;
        for _ in 0..LEVELS {
            let mut above = HashSet::new();
            for unit in &newest {
                let id = unit.strip_prefix("Organization/").and_then(|id| id.parse::<ResourceId>().ok());
                let (Some(kind), Some(id)) = (ResourceType::from_name("Organization"), id) else { continue };
                let row = self.engine.read(kind, &id).await?.filter(|row| !row.deleted);
                let body: Option<Value> = row.and_then(|row| serde_json::from_slice(&row.body).ok());
                above.extend(body.as_ref().and_then(|body| text(body, "/partOf/reference")).map(str::to_owned));
            }
            newest = above.into_iter().filter(|unit| all.insert(unit.clone())).collect();
        }
        Ok(all)
    }

    /// National identity numbers of a patient's RelatedPersons.
    async fn relatives(&self, patient: &PatientId) -> Result<HashSet<String>, EngineError> {
        let related = self.find("RelatedPerson", "patient", patient.as_str()).await?;
        Ok(related.iter().flat_map(numbers).collect())
    }

    /// The newest resources of a type with that.
    async fn find(&self, resource_type: &str, parameter: &str, value: &str) -> Result<Vec<Value>, EngineError> {
        let Some(kind) = ResourceType::from_name(resource_type) else { return Ok(Vec::new()) };
        let pairs = [(parameter, value), ("_sort", "-_lastUpdated"), ("_count", MOST)];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let now = jiff::Timestamp::UNIX_EPOCH; // No clause asks for it.
        let options = SearchOptions { max_count: 200, default_count: 200, lenient: false, now };
        // A number with a sign in it that a search reads otherwise finds nothing.
        let Ok(query) = parse(kind, &pairs, &options) else { return Ok(Vec::new()) };
        let rows = self.engine.search(&query, &Visibility::everything()).await?.matches;
        Ok(rows.iter().filter_map(|row| serde_json::from_slice(&row.body).ok()).collect())
    }
}

fn compare(worker: &Worker, subject: &Subject, day: Date) -> Ties {
    let person = &subject.person;
    let number = person.number.as_ref();
    let own_record = number.is_some_and(|number| worker.numbers.contains(number));
    let near = |care: &&Care| {
        let days = Span::new().days(CARE_DAYS);
        let from = care.from.checked_sub(days).unwrap_or(Date::MIN);
        from <= day && day <= care.to.checked_add(days).unwrap_or(Date::MAX)
    };
    let care_relation = !worker.named_by.is_disjoint(&person.practitioners)
        || subject.care.iter().filter(near).any(|care| !worker.named_by.is_disjoint(&care.names));
    let home = worker.own.as_ref().and_then(|own| own.address.as_ref());
    let (mut same_address, mut same_street) = (false, false);
    if let (Some((line, street)), Some((other_line, other_street))) = (home, &person.address) {
        same_address = line == other_line;
        same_street = !same_address && street == other_street;
    }
    Ties {
        care_relation,
        own_record,
        colleague: !worker.employers.is_disjoint(&subject.employers),
        family: !worker.numbers.is_disjoint(&subject.relatives)
            || number.is_some_and(|number| worker.relatives.contains(number)),
        same_name: person.surname.as_ref().is_some_and(|surname| worker.surnames.contains(surname)),
        same_address,
        same_street,
        well_known: person.well_known,
    }
}

/// What a resource about a patient's care names, and when it is about; `None` for one that says no day or was a mistake.
fn shown(resource: &Value) -> Option<Care> {
    if text(resource, "/status") == Some("entered-in-error") {
        return None;
    }
    let day = |places: &[&str]| places.iter().find_map(|place| text(resource, place)?.get(..10)?.parse::<Date>().ok());
    let from = day(&["/start", "/period/start", "/occurrencePeriod/start", "/occurrenceDateTime", "/authoredOn"])?;
    let to = day(&["/end", "/period/end"]).unwrap_or(from);
    // What has begun and not ended goes on.
    let open = resource.pointer("/period/start").is_some() && resource.pointer("/period/end").is_none();
    let mut names = HashSet::new();
    collect(resource, &mut names);
    Some(Care { names, from, to: if open { Date::MAX } else { to.max(from) } })
}

/// All that a resource refers to: `Type/id`, and numbers in the register of health personnel.
fn collect(value: &Value, names: &mut HashSet<String>) {
    match value {
        Value::Object(members) => {
            names.extend(members.get("reference").and_then(Value::as_str).map(str::to_owned));
            let of = |name| members.get(name).and_then(Value::as_str);
            if let (Some(HPR_SYSTEM), Some(number)) = (of("system"), of("value")) {
                names.insert(format!("{HPR_SYSTEM}|{number}"));
            }
            members.values().for_each(|member| collect(member, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}

fn person(patient: &Value) -> Person {
    let mut practitioners = HashSet::new();
    if let Some(listed) = patient.get("generalPractitioner") {
        collect(listed, &mut practitioners);
    }
    let labelled = |system: &str, code: Option<&str>| {
        each(patient, "/meta/security").any(|label| {
            text(label, "/system") == Some(system) && code.is_none_or(|code| text(label, "/code") == Some(code))
        })
    };
    let protected = labelled(PROTECTION_SYSTEM, None) || labelled(CONFIDENTIALITY_SYSTEM, None);
    Person {
        number: numbers(patient).next(),
        surname: surname(patient),
        address: if protected { None } else { address(patient) },
        well_known: labelled(SENSITIVITY_SYSTEM, Some(CELEBRITY)),
        practitioners,
    }
}

/// The registered address with its postal code, and its street with it.
fn address(patient: &Value) -> Option<(String, String)> {
    let registered = |address: &&Value| matches!(text(address, "/use"), None | Some("home"));
    let address = each(patient, "/address").find(registered)?;
    let (line, code) = (text(address, "/line/0")?.trim().to_lowercase(), text(address, "/postalCode")?);
    let street = line.trim_end_matches(|c: char| !c.is_whitespace()).trim();
    let has_number = line.rsplit(' ').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    let street = if has_number && !street.is_empty() { street } else { &line };
    Some((format!("{line}|{code}"), format!("{street}|{code}")))
}

fn numbers(resource: &Value) -> impl Iterator<Item = String> {
    let number = |its: &Value| {
        (text(its, "/system") == Some(NATIONAL_ID_SYSTEM)).then(|| text(its, "/value"))?.map(str::to_owned)
    };
    each(resource, "/identifier").filter_map(number)
}

fn surname(resource: &Value) -> Option<String> {
    Some(text(resource, "/name/0/family")?.trim().to_lowercase())
}

fn name_of(resource: &Value) -> Option<String> {
    Some(format!("{}/{}", text(resource, "/resourceType")?, text(resource, "/id")?))
}

fn each<'v>(value: &'v Value, place: &str) -> impl Iterator<Item = &'v Value> {
    value.pointer(place).and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, place: &str) -> Option<&'v str> {
    value.pointer(place).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_street_is_an_address_without_its_number() {
        let of = |line: &str| address(&json!({ "address": [{ "line": [line], "postalCode": "9019" }] })).unwrap();
        assert_eq!(of("Storgata 7"), ("storgata 7|9019".into(), "storgata|9019".into()));
        assert_eq!(of("Øvre Vollgate 12B").1, "øvre vollgate|9019");
        assert_eq!(of("Nordgården").1, "nordgården|9019");
        let abroad = json!({ "address": [{ "use": "old", "line": ["Storgata 7"], "postalCode": "9019" }] });
        assert_eq!(address(&abroad), None);
    }

    #[test]
    fn a_protected_address_is_compared_with_nobodys() {
        let mut patient = json!({ "address": [{ "line": ["Storgata 7"], "postalCode": "9019" }] });
        assert!(person(&patient).address.is_some());
        patient["meta"] = json!({ "security": [{ "system": PROTECTION_SYSTEM, "code": "7" }] });
        assert!(person(&patient).address.is_none());
    }
}
