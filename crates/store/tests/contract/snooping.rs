//! A month of work in a synthetic country, through the gate and into the log, with snooping planted in it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use varde_base::{Actor, CareBasis, NATIONAL_ID_SYSTEM, Purpose, SystemActor, SystemRole, norway};
use varde_fhir::ResourceType;
use varde_population::{Country, Plan};
use varde_rights::{Reason, Weights};
use varde_store::{Access, DetectionWindow, Gate, GateError, Write};

use crate::people::staff;
use crate::world::{World, patient_id, put};

/// Stated for the month below: of its look-ups at most so many per thousand are listed that were not planted.
const FALSE_ALARMS_PER_MILLE: usize = 10;
const HPR: &str = "urn:oid:2.16.578.1.12.4.1.4.4";
/// The month. The clock of a log never goes back, so it begins after the world's day.
const FIRST: Date = date(2026, 11, 22);
const LAST: Date = date(2026, 12, 21);

/// The same numbers every time (Knuth's constants for a linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap()
    }

    fn per_mille(&mut self, share: usize) -> bool {
        self.below(1_000) < share
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// One of the personnel, who is a citizen too.
#[derive(Clone)]
struct Worker {
    hpr: String,
    practitioner: String,
    unit: String,
    citizen: String,
    at_night: bool,
    /// Patients with the day that shows it; none for those on their list.
    treats: Vec<(String, Option<Date>)>,
}

struct Land {
    workers: Vec<Worker>,
    citizens: Vec<String>,
    /// What the resources of a patient name.
    named: HashMap<String, HashSet<String>>,
    /// Numbers of the relatives of a patient.
    relatives: HashMap<String, HashSet<String>>,
    numbers: HashMap<String, String>,
    resources: BTreeMap<(u8, String), Value>,
}

impl Land {
    fn may_know(&self, worker: &Worker, patient: &str) -> bool {
        let own = [
            format!("Practitioner/{}", worker.practitioner),
            format!("Organization/{}", worker.unit),
            format!("Location/{}-location", worker.unit),
        ];
        own.iter().any(|name| self.named.get(patient).is_some_and(|named| named.contains(name)))
    }

    fn are_related(&self, one: &str, other: &str) -> bool {
        let of = |patient: &str, number: &str| {
            self.relatives.get(patient).is_some_and(|related| related.contains(&self.numbers[number]))
        };
        one == other || of(one, other) || of(other, one)
    }

    /// Somebody the worker neither treats nor is related to.
    fn stranger(&self, worker: &Worker, numbers: &mut Numbers) -> String {
        loop {
            let citizen = numbers.pick(&self.citizens);
            if !self.may_know(worker, citizen) && !self.are_related(&worker.citizen, citizen) {
                return citizen.clone();
            }
        }
    }
}

fn references(value: &Value, into: &mut HashSet<String>) {
    match value {
        Value::Object(members) => {
            into.extend(members.get("reference").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

fn string(value: &Value, place: &str) -> String {
    value.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn patient_of(named: &HashSet<String>) -> Option<String> {
    named.iter().find_map(|name| name.strip_prefix("Patient/")).map(str::to_owned)
}

const KINDS: [&str; 10] = [
    "Organization",
    "Location",
    "HealthcareService",
    "Practitioner",
    "PractitionerRole",
    "Patient",
    "RelatedPerson",
    "ServiceRequest",
    "Appointment",
    "Encounter",
];

/// The country, with personnel who live in it, an out-of-hours clinic and somebody known to everybody.
fn land() -> Land {
    let mut land = Land {
        workers: Vec::new(),
        citizens: Vec::new(),
        named: HashMap::new(),
        relatives: HashMap::new(),
        numbers: HashMap::new(),
        resources: BTreeMap::new(),
    };
    let plan = Plan { size: 160, seed: 7, today: LAST };
    for resource in Country::generate(&plan).flat_map(|group| group.resources) {
        let Some(order) = KINDS.iter().position(|kind| *kind == resource.resource_type()) else { continue };
        let value: Value = serde_json::from_slice(resource.json()).unwrap();
        land.resources.insert((u8::try_from(order).unwrap(), resource.id().to_owned()), value);
    }
    clinic(&mut land);
    read(&mut land);
    employ(&mut land);
    land
}

/// An out-of-hours clinic with three doctors.
fn clinic(land: &mut Land) {
    let unit = json!({ "resourceType": "Organization", "id": "out-of-hours", "name": "Legevakta" });
    land.resources.insert((0, "out-of-hours".into()), unit);
    for n in 0..3 {
        let id = format!("on-call-{n}");
        let doctor = json!({
            "resourceType": "Practitioner", "id": id, "name": [{ "family": "Vakt", "given": ["Liv"] }],
            "identifier": [{ "system": HPR, "value": format!("{}", 95_000_000 + n) }],
        });
        land.resources.insert((3, id.clone()), doctor);
        let role = json!({
            "resourceType": "PractitionerRole", "id": format!("{id}-role"), "active": true,
            "practitioner": { "reference": format!("Practitioner/{id}") },
            "organization": { "reference": "Organization/out-of-hours" },
        });
        land.resources.insert((4, format!("{id}-role")), role);
    }
}

/// What the resources say of who treats whom.
fn read(land: &mut Land) {
    let mut treats: HashMap<String, Vec<(String, Option<Date>)>> = HashMap::new();
    for value in land.resources.values() {
        let mut named = HashSet::new();
        references(value, &mut named);
        let (kind, id) = (string(value, "/resourceType"), string(value, "/id"));
        let patient = if kind == "Patient" { Some(id.clone()) } else { patient_of(&named) };
        let Some(patient) = patient else { continue };
        match kind.as_str() {
            "RelatedPerson" => {
                land.relatives.entry(patient.clone()).or_default().insert(string(value, "/identifier/0/value"));
                continue;
            }
            "Patient" => {
                if value.get("deceasedDateTime").is_none() && string(value, "/birthDate").as_str() < "2025" {
                    land.citizens.push(id.clone());
                }
                land.numbers.insert(id, string(value, "/identifier/0/value"));
            }
            _ => {}
        }
        let day = string(value, "/start").get(..10).and_then(|day| day.parse().ok());
        for practitioner in named.iter().filter_map(|name| name.strip_prefix("Practitioner/")) {
            if day.is_some() || kind == "Patient" {
                treats.entry(practitioner.to_owned()).or_default().push((patient.clone(), day));
            }
        }
        land.named.entry(patient).or_default().extend(named);
    }
    for value in land.resources.values().filter(|value| value["resourceType"] == "PractitionerRole") {
        let practitioner = string(value, "/practitioner/reference").replace("Practitioner/", "");
        let unit = string(value, "/organization/reference").replace("Organization/", "");
        let doctor = &land.resources[&(3, practitioner.clone())];
        land.workers.push(Worker {
            hpr: string(doctor, "/identifier/0/value"),
            at_night: unit == "out-of-hours",
            treats: treats.remove(&practitioner).unwrap_or_default(),
            practitioner,
            unit,
            citizen: String::new(),
        });
    }
}

/// Makes grown-up citizens of the personnel; those with children first.
fn employ(land: &mut Land) {
    let parents: HashSet<&String> = land.relatives.values().flatten().collect();
    let born = |id: &String| string(&land.resources[&(5, id.clone())], "/birthDate");
    let mut grown: Vec<String> =
        land.citizens.iter().filter(|id| ("1955".."2001").contains(&&*born(id))).cloned().collect();
    grown.sort_by_key(|id| !parents.contains(&land.numbers[id]));
    let treats = |worker: &Worker, citizen: &str| worker.treats.iter().any(|(p, _)| land.are_related(citizen, p));
    let chosen = |(place, worker): (usize, &Worker)| {
        // Not a spouse at the next desk, and nobody who is treated by themselves or treats their family.
        let from = grown.iter().cycle().skip(place * 2).step_by(2).take(grown.len());
        from.clone().find(|citizen| !treats(worker, citizen)).or_else(|| from.clone().next()).cloned().unwrap()
    };
    let chosen: Vec<String> = land.workers.iter().enumerate().map(chosen).collect();
    for (worker, citizen) in land.workers.iter_mut().zip(chosen) {
        worker.citizen = citizen;
        let number = json!({ "system": NATIONAL_ID_SYSTEM, "value": land.numbers[&worker.citizen] });
        let doctor = land.resources.get_mut(&(3, worker.practitioner.clone())).unwrap();
        doctor["identifier"].as_array_mut().unwrap().push(number);
    }
}

/// One look-up that will be made.
#[derive(Clone)]
struct Planned {
    at: Timestamp,
    worker: usize,
    patient: String,
}

pub(crate) fn at(day: Date, hour: i8, minute: usize) -> Timestamp {
    let start = day.at(hour, 0, 0, 0).to_zoned(norway().clone()).unwrap().timestamp();
    start + jiff::SignedDuration::from_mins(i64::try_from(minute).unwrap())
}

/// Work as it is: those who are treated, now and then somebody whose visit is registered nowhere.
fn ordinary(land: &mut Land, numbers: &mut Numbers) -> Vec<Planned> {
    let mut all = Vec::new();
    let mut day = FIRST;
    while day <= LAST {
        let weekend = day.weekday().to_monday_zero_offset() > 4;
        for place in 0..land.workers.len() {
            let worker = land.workers[place].clone();
            let near = |shown: &Option<Date>| shown.is_none_or(|shown| (shown - day).get_days().abs() < 150);
            let mine: Vec<&String> = worker.treats.iter().filter(|(_, shown)| near(shown)).map(|(p, _)| p).collect();
            if (weekend || mine.is_empty()) && !worker.at_night {
                continue;
            }
            for _ in 0..2 + numbers.below(4) {
                let unregistered = numbers.per_mille(20);
                let patient = match mine.is_empty() {
                    false if !unregistered => (*numbers.pick(&mine)).clone(),
                    _ => numbers.pick(&land.citizens).clone(),
                };
                if worker.at_night && !unregistered {
                    visit(land, &worker, &patient, day, all.len());
                }
                let begins = if worker.at_night { 20 } else { 8 };
                all.push(Planned { at: at(day, begins, numbers.below(8 * 60)), worker: place, patient });
            }
        }
        day = day.tomorrow().unwrap();
    }
    all
}

/// What the out-of-hours clinic registers.
fn visit(land: &mut Land, worker: &Worker, patient: &str, day: Date, number: usize) {
    let id = format!("night-{number}");
    let encounter = json!({
        "resourceType": "Encounter", "id": id, "status": "finished", "class": { "code": "EMER" },
        "subject": { "reference": format!("Patient/{patient}") },
        "participant": [{ "individual": { "reference": format!("Practitioner/{}", worker.practitioner) } }],
        "serviceProvider": { "reference": "Organization/out-of-hours" },
        "period": { "start": format!("{day}T21:00:00Z"), "end": format!("{day}T22:00:00Z") },
    });
    let mut named = HashSet::new();
    references(&encounter, &mut named);
    land.named.entry(patient.to_owned()).or_default().extend(named);
    land.resources.insert((9, id), encounter);
}

/// One look-up that somebody should find.
fn plant(day: i8, (hour, minute): (i8, usize), worker: usize, patient: &str) -> Planned {
    Planned { at: at(date(2026, 12, day), hour, minute), worker, patient: patient.to_owned() }
}

/// Those who have enough to do to have habits.
fn busy(land: &Land) -> Vec<usize> {
    (0..land.workers.len()).filter(|n| land.workers[*n].treats.len() > 8).collect()
}

/// What somebody should find, with the reason that tells it: looks at oneself, family and colleagues.
fn planted_near(land: &Land) -> Vec<(Planned, Reason)> {
    let hospital = |worker: &Worker| worker.unit.starts_with("hospital-south").then_some(());
    let mut all = Vec::new();
    for (n, worker) in busy(land).into_iter().take(3).enumerate() {
        all.push((plant(1, (12, n), worker, &land.workers[worker].citizen), Reason::OwnRecord));
    }
    let kin: Vec<(usize, String)> = (0..land.workers.len())
        .flat_map(|n| land.citizens.iter().map(move |citizen| (n, citizen.clone())))
        .filter(|(n, citizen)| {
            let worker = &land.workers[*n];
            *citizen != worker.citizen && land.are_related(&worker.citizen, citizen) && !land.may_know(worker, citizen)
        })
        .collect();
    assert!(kin.len() >= 3, "the country has families");
    for (n, (worker, citizen)) in kin.into_iter().take(3).enumerate() {
        all.push((plant(2, (13, n), worker, &citizen), Reason::Family));
    }
    let south: Vec<usize> = (0..land.workers.len()).filter(|n| hospital(&land.workers[*n]).is_some()).collect();
    let mut desks = south.iter().flat_map(|a| south.iter().map(move |b| (*a, *b))).filter(|(a, b)| {
        let (a, b) = (&land.workers[*a], &land.workers[*b]);
        a.unit != b.unit && !land.may_know(a, &b.citizen) && !land.are_related(&a.citizen, &b.citizen)
    });
    for n in 0..3 {
        let (a, b) = desks.nth(5).expect("colleagues");
        all.push((plant(3, (14, n), a, &land.workers[b].citizen), Reason::Colleague));
    }
    all
}

/// Looks at neighbours, at night, at somebody known to everybody, and at very many.
fn planted_far(land: &mut Land, numbers: &mut Numbers) -> Vec<(Planned, Reason)> {
    let by_day = busy(land);
    let mut all = Vec::new();
    for n in 0..3 {
        let worker = by_day[3 + n];
        let neighbour = land.stranger(&land.workers[worker], numbers);
        let home = land.resources[&(5, land.workers[worker].citizen.clone())]["address"].clone();
        land.resources.get_mut(&(5, neighbour.clone())).unwrap()["address"] = home;
        all.push((plant(4, (10, n), worker, &neighbour), Reason::SameAddress));
        let worker = by_day[6 + n];
        let stranger = land.stranger(&land.workers[worker], numbers);
        all.push((plant(7, (3, n), worker, &stranger), Reason::UnusualHour));
    }
    let is_employed = |citizen: &&String| land.workers.iter().any(|worker| worker.citizen == **citizen);
    let known =
        land.citizens.iter().find(|citizen| !is_employed(citizen)).expect("more citizens than personnel").clone();
    let label = json!([{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "CEL" }]);
    land.resources.get_mut(&(5, known.clone())).unwrap()["meta"]["security"] = label;
    let is_curious = |worker: &Worker| !land.may_know(worker, &known) && !land.are_related(&worker.citizen, &known);
    let curious: Vec<usize> = by_day.iter().copied().filter(|n| is_curious(&land.workers[*n])).take(5).collect();
    for (n, worker) in curious.into_iter().enumerate() {
        all.push((plant(8, (9, n), worker, &known), Reason::WellKnown));
    }
    let busy = by_day[2];
    let mut seen = BTreeSet::new();
    while seen.len() < 30 {
        seen.insert(land.stranger(&land.workers[busy], numbers));
    }
    for (n, patient) in seen.into_iter().enumerate() {
        all.push((plant(9, (10, n), busy, &patient), Reason::UnusualVolume));
    }
    all
}

async fn store_all(world: &World, land: &Land) {
    let bodies: Vec<&Value> = land.resources.values().collect();
    for bodies in bodies.chunks(500) {
        let writes = bodies.iter().map(|body| Write::Put(Box::new(put(body)))).collect();
        world.store.bulk("test", writes, None).await.unwrap();
    }
}

pub(crate) fn admin(world: &World, role: SystemRole) -> Gate {
    world.store.as_actor(&Access {
        actor: Actor::System(SystemActor { name: "Privacy".into(), role }),
        purpose: Purpose::Administration,
        acting_for: None,
        interaction: "look-ups.detect",
    })
}

async fn look(world: &World, land: &Land, planned: &Planned) {
    world.clock.set(planned.at);
    let worker = &land.workers[planned.worker];
    let gate = staff(world, &worker.hpr, CareBasis::Treatment, |actor| {
        actor.name = format!("Worker {}", planned.worker).into();
        actor.attestation = Some("visit".into());
        actor.decision_ref = Some("visit-1".into());
    });
    match gate.read(ResourceType::PATIENT, patient_id(&planned.patient).as_resource_id()).await {
        // A look that is refused is a look.
        Ok(_) | Err(GateError::NotFound) => {}
        Err(error) => panic!("{error:?}"),
    }
}

pub(crate) async fn planted_snooping_in_a_month_of_work_is_found(world: &World) {
    let mut numbers = Numbers(2026);
    let mut land = land();
    let mut snooping = planted_near(&land);
    snooping.extend(planted_far(&mut land, &mut numbers));
    let mut month = ordinary(&mut land, &mut numbers);
    month.extend(snooping.iter().map(|(planned, _)| planned.clone()));
    month.sort_by_key(|planned| planned.at);
    store_all(world, &land).await;
    for planned in &month {
        look(world, &land, planned).await;
    }
    world.clock.set(at(LAST.tomorrow().unwrap(), 12, 0));
    let window = DetectionWindow { from: FIRST, to: LAST };
    let found = admin(world, SystemRole::Admin).unusual_look_ups(window, 500, &Weights::IN_FORCE).await.unwrap();

    let is = |planned: &Planned, case: &varde_rights::Scored| {
        let worker = &land.workers[planned.worker];
        *case.look_up.who == worker.hpr
            && case.look_up.patient.as_str() == planned.patient
            && case.look_up.at == planned.at
    };
    let mut hits = 0;
    for (planned, reason) in &snooping {
        let case = found.cases.iter().find(|case| is(planned, case));
        let worker = &land.workers[planned.worker];
        let case = case
            .unwrap_or_else(|| panic!("{reason:?} of {} by {} is not listed", planned.patient, worker.practitioner));
        assert!(case.reasons.iter().any(|(its, _)| its == reason), "{reason:?}: {case:?}");
        hits += 1;
    }
    let top = found.cases.iter().take(snooping.len()).filter(|case| snooping.iter().any(|(p, _)| is(p, case))).count();
    let false_alarms = found.cases.len() - hits;
    let look_ups = usize::try_from(found.look_ups).unwrap();
    println!(
        "{}: {look_ups} look-ups by {} of the personnel, {} planted, {} listed: recall {hits}/{}, precision {:.2}, {top} of the first {}",
        world.engine(),
        found.personnel,
        snooping.len(),
        found.cases.len(),
        snooping.len(),
        hits as f64 / found.cases.len() as f64,
        snooping.len(),
    );
    assert!(look_ups > 1_000 && found.found == found.cases.len() as u64);
    assert!(false_alarms * 1_000 <= look_ups * FALSE_ALARMS_PER_MILLE, "{false_alarms} of {look_ups}");
    assert!(false_alarms > 0, "a month in which nothing coincides proves little");
    assert!(top * 10 >= snooping.len() * 8, "those that were planted come first");
    assert!(found.cases.is_sorted_by_key(varde_rights::Scored::order));

    let few = admin(world, SystemRole::Platform).unusual_look_ups(window, 5, &Weights::IN_FORCE).await.unwrap();
    assert_eq!((few.cases.as_slice(), few.found), (&found.cases[..5], found.found), "the first of the same list");
    let one_day = DetectionWindow { from: date(2026, 12, 9), to: date(2026, 12, 9) };
    let day = admin(world, SystemRole::Admin).unusual_look_ups(one_day, 500, &Weights::IN_FORCE).await.unwrap();
    let volume = day.cases.iter().filter(|case| case.reasons.iter().any(|(its, _)| *its == Reason::UnusualVolume));
    assert!(volume.count() >= 30, "what is usual is read from the month before");
}
