//! A store on a temporary directory, a clock that stands still, and resources in few words.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::{
    Actor, AssuranceLevel, CitizenActor, ManualClock, NATIONAL_ID_SYSTEM, NationalId, PatientId, Purpose, ResourceId,
    SystemActor, SystemRole,
};
use varde_fhir::json::Limits;
use varde_fhir::search::{Query, SearchOptions};
use varde_fhir::{Issue, Parsed, ReferenceMap, ResourceType};
use varde_rights::{Action, RuleBook};
use varde_store::{
    Access, AuditVerification, Batch, Delete, Expect, Gate, GateError, Options, Page, Place, PostgresOptions, Put,
    Store, Trust, Write, Written,
};

/// Says where the tests' PostgreSQL server is; `cargo xtask test` starts one.
pub(crate) const SERVER: &str = "VARDE_TEST_POSTGRES";

pub(crate) fn sqlite(directory: &Path, clock: ManualClock) -> Store {
    Store::open(&Options::new(directory), Arc::new(clock), RuleBook::national().unwrap()).unwrap()
}

pub(crate) async fn postgres(url: &str, clock: ManualClock) -> Store {
    let options = PostgresOptions { partitions: 3, connections: 8, ..PostgresOptions::new(url) };
    Store::connect(&options, Arc::new(clock), RuleBook::national().unwrap()).await.unwrap()
}

/// Where a world's data are.
enum Home {
    Directory(tempfile::TempDir),
    Database { server: String, name: String },
}

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: ManualClock,
    home: Home,
}

pub(crate) const NOW: &str = "2026-11-21T09:00:00Z";

impl World {
    pub(crate) async fn sqlite() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(NOW.parse().unwrap());
        let store = sqlite(directory.path(), clock.clone());
        Some(Self { store, clock, home: Home::Directory(directory) })
    }

    /// A database of its own on the tests' server; none without a server.
    pub(crate) async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var(SERVER) else {
            println!("skipped: no PostgreSQL ({SERVER} is not set; cargo xtask test starts one)");
            return None;
        };
        let name = format!("varde_{}", uuid::Uuid::now_v7().simple());
        run(&format!("{server}/postgres"), &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let clock = ManualClock::at(NOW.parse().unwrap());
        let store = postgres(&format!("{server}/{name}"), clock.clone()).await;
        Some(Self { store, clock, home: Home::Database { server, name } })
    }

    /// Closes the store and takes the data away.
    pub(crate) async fn end(self) {
        self.store.close().await.unwrap();
        if let Home::Database { server, name } = self.home {
            run(&format!("{server}/postgres"), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    /// The engine's name.
    pub(crate) fn engine(&self) -> &'static str {
        match &self.home {
            Home::Directory(_) => "SQLite",
            Home::Database { .. } => "PostgreSQL",
        }
    }

    /// The directory of a world on SQLite.
    pub(crate) fn directory(&self) -> &Path {
        match &self.home {
            Home::Directory(directory) => directory.path(),
            Home::Database { .. } => panic!("this scenario is for files"),
        }
    }

    /// Whether this is a world on SQLite.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.home, Home::Directory(_))
    }

    /// The address of a world on PostgreSQL.
    pub(crate) fn url(&self) -> String {
        match &self.home {
            Home::Directory(_) => panic!("this scenario is for servers"),
            Home::Database { server, name } => format!("{server}/{name}"),
        }
    }

    /// Where the data are.
    pub(crate) fn place(&self) -> Place {
        match &self.home {
            Home::Directory(directory) => directory.path().into(),
            Home::Database { .. } => Place::Server(PostgresOptions::new(self.url())),
        }
    }

    /// Another store on the same data.
    pub(crate) async fn again(&self) -> Store {
        match &self.home {
            Home::Directory(directory) => sqlite(directory.path(), self.clock.clone()),
            Home::Database { .. } => postgres(&self.url(), self.clock.clone()).await,
        }
    }

    /// Changes the tables behind the product's back.
    pub(crate) async fn change(&self, sql: &str) {
        match &self.home {
            Home::Directory(directory) => {
                rusqlite::Connection::open(directory.path().join("varde.db")).unwrap().execute_batch(sql).unwrap();
            }
            Home::Database { .. } => run(&self.url(), sql).await,
        }
    }

    /// What is wrong with the access log.
    pub(crate) async fn verify(&self) -> AuditVerification {
        match &self.home {
            Home::Directory(directory) => Store::verify_audit(directory.path()).unwrap(),
            Home::Database { .. } => Store::verify_audit_of(&PostgresOptions::new(self.url())).await.unwrap(),
        }
    }

    /// As [`World::verify`], by what is brought from outside.
    pub(crate) async fn verify_by(&self, trust: &Trust) -> AuditVerification {
        let place = match &self.home {
            Home::Directory(directory) => Place::from(directory.path()),
            Home::Database { .. } => Place::Server(PostgresOptions::new(self.url())),
        };
        place.verify_audit(trust).await.unwrap()
    }

    /// Runs SQL behind the product's back.
    pub(crate) async fn tamper(&self, sql: &str) {
        match &self.home {
            Home::Directory(directory) => {
                let connection = rusqlite::Connection::open(directory.path().join("varde.db")).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Home::Database { .. } => run(&self.url(), sql).await,
        }
    }

    /// A source system, which may everything.
    pub(crate) fn system(&self) -> Gate {
        self.store.as_actor(&system_access())
    }

    pub(crate) fn citizen(&self, id: &str, serial: u16) -> Gate {
        self.store.as_actor(&citizen_access(id, serial))
    }

    pub(crate) async fn put(&self, body: Value) -> Written {
        self.try_put(body, Expect::Any).await.unwrap()
    }

    pub(crate) async fn try_put(&self, body: Value, expect: Expect) -> Result<Written, GateError> {
        let mut put = put(&body);
        put.expect = expect;
        let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
        Ok(self.system().write(batch).await?.remove(0))
    }

    pub(crate) async fn delete(&self, name: &str) -> Result<Written, GateError> {
        let (resource_type, id) = name_of(name);
        let delete = Delete { resource_type, id, expect: Expect::Any, action: Action::Write };
        let batch = Batch { writes: vec![Write::Delete(delete)], ..Batch::default() };
        Ok(self.system().write(batch).await?.remove(0))
    }

    /// Ids that a search of a source system finds, in order.
    pub(crate) async fn find(&self, query: &str) -> Vec<String> {
        ids(&self.system().search(&parse(query)).await.unwrap())
    }
}

/// Runs SQL behind the product's back.
pub(crate) async fn run(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

pub(crate) fn system_access() -> Access {
    Access {
        actor: Actor::System(SystemActor { name: "EHR".into(), role: SystemRole::SourceSystem }),
        purpose: Purpose::Treatment,
        acting_for: None,
        interaction: "test",
    }
}

pub(crate) fn citizen_access(id: &str, serial: u16) -> Access {
    let citizen = CitizenActor {
        patient: patient_id(id),
        national_id: national_id(serial),
        name: id.into(),
        level: AssuranceLevel::High,
    };
    Access { actor: Actor::Citizen(citizen), purpose: Purpose::PatientRequest, acting_for: None, interaction: "test" }
}

/// A valid synthetic number: some serials have no control digits, so the next that has is taken.
pub(crate) fn national_id(serial: u16) -> NationalId {
    (serial * 10..999).find_map(|serial| NationalId::synthetic(1, 1, 80, serial)).unwrap()
}

pub(crate) fn patient_id(id: &str) -> PatientId {
    id.parse().unwrap()
}

pub(crate) fn name_of(name: &str) -> (ResourceType, ResourceId) {
    let (resource_type, id) = name.split_once('/').unwrap();
    (ResourceType::from_name(resource_type).unwrap(), id.parse().unwrap())
}

pub(crate) fn put(body: &Value) -> Put {
    let bytes = body.to_string().into_bytes();
    let parsed = Parsed::parse(&bytes, &Limits::default()).unwrap();
    let id = parsed.id().unwrap();
    Put::new(parsed, id, &ReferenceMap::new())
}

pub(crate) fn writes(bodies: &[Value]) -> Batch {
    Batch { writes: bodies.iter().map(|body| Write::Put(Box::new(put(body)))).collect(), ..Batch::default() }
}

/// `Type?name=value&name=value`, values not encoded.
pub(crate) fn parse(query: &str) -> Query {
    try_parse(query).unwrap()
}

pub(crate) fn try_parse(query: &str) -> Result<Query, Vec<Issue>> {
    let (resource_type, rest) = query.split_once('?').unwrap();
    let pairs = rest.split('&').filter(|pair| !pair.is_empty());
    let parameters: Vec<(String, String)> =
        pairs.map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (name.into(), value.into())).collect();
    let now: Timestamp = NOW.parse().unwrap();
    let options = SearchOptions { max_count: 1000, default_count: 100, lenient: false, now };
    varde_fhir::search::parse(ResourceType::from_name(resource_type).unwrap(), &parameters, &options)
}

pub(crate) fn ids(page: &Page) -> Vec<String> {
    page.matches.iter().map(|found| found.id.to_string()).collect()
}

pub(crate) fn body(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

pub(crate) fn patient(id: &str, serial: u16, born: &str, street: &str) -> Value {
    json!({
        "resourceType": "Patient", "id": id,
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": national_id(serial).as_str()}],
        "name": [{"family": "Nordmann", "given": [id]}],
        "birthDate": born,
        "address": [{"use": "home", "line": [street], "postalCode": "0153"}],
    })
}

pub(crate) fn parent_of(child: &str, serial: u16) -> Value {
    json!({
        "resourceType": "RelatedPerson", "id": format!("{child}-parent-{serial}"), "active": true,
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": national_id(serial).as_str()}],
        "patient": {"reference": format!("Patient/{child}")},
        "relationship": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FO"}]}],
    })
}

pub(crate) fn appointment(id: &str, patient: &str, category: &str, start: &str) -> Value {
    json!({
        "resourceType": "Appointment", "id": id, "status": "booked",
        "serviceCategory": [{"coding": [{"code": category}]}],
        "start": start, "end": start.replace(":00:00", ":30:00"),
        "participant": [
            {"actor": {"reference": format!("Patient/{patient}")}, "status": "accepted"},
            {"actor": {"reference": "Practitioner/dr"}, "status": "accepted"},
        ],
    })
}

pub(crate) fn observation(id: &str, patient: &str, code: &str, date: &str, value: &str) -> Value {
    let value: serde_json::Number = value.parse().unwrap();
    json!({
        "resourceType": "Observation", "id": id, "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": format!("Patient/{patient}")},
        "effectiveDateTime": date,
        "valueQuantity": {"value": value, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    })
}
