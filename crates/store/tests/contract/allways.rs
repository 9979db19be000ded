//! What somebody may see is the same by every way there is, and the same as the decision says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use varde_base::PatientId;
use varde_fhir::ResourceType;
use varde_fhir::search::Query;
use varde_rights::{Action, Item, Service};
use varde_store::{Everything, Export, Gate, GateError, HistoryScope, HistoryWindow, Page};

use crate::people::{
    based_on, consent, gate, given, labelled, medicine, message, note, opening, period, person, put_all, referral,
    related, released, result, serial, vaccine, visit, with_status,
};
use crate::world::{World, name_of, parse, patient_id};

/// Who asks: each has a Patient here.
pub(crate) const ACTORS: [&str; 9] = ["kari", "per", "ola", "nina", "tor", "eva", "siri", "jon", "bo"];

pub(crate) const TYPES: [&str; 10] = [
    "Patient",
    "RelatedPerson",
    "Consent",
    "Appointment",
    "DocumentReference",
    "MedicationRequest",
    "Immunization",
    "ServiceRequest",
    "Observation",
    "Communication",
];

/// Some of each kind, with each label, of one person.
fn health(of: &str) -> Vec<Value> {
    let id = |what: &str| format!("{of}-{what}");
    let mut all = vec![
        visit(&id("gp"), of, "10"),
        visit(&id("hospital"), of, "27"),
        visit(&id("clinic"), of, "6"),
        labelled(visit(&id("hidden"), of, "10"), &["NORN_FORANS"]),
        labelled(visit(&id("not-youth"), of, "10"), &["NORN_UNGDOM"]),
        note(&id("note"), of),
        labelled(note(&id("norn"), of), &["NORN"]),
        labelled(note(&id("shielded"), of), &["NORS"]),
        released(note(&id("later"), of), "2026-12-24T10:00:00Z"),
        medicine(&id("pill"), of),
        vaccine(&id("mmr"), of),
        result(&id("old"), of, "2026-10-01T08:00:00Z"),
        result(&id("new"), of, "2026-11-20T08:00:00Z"),
        released(result(&id("held"), of, "2026-10-01T08:00:00Z"), "personnel-only"),
        message(&id("plain"), of),
        labelled(message(&id("shared"), of), &["N"]),
        referral(&id("eyes"), of),
        referral(&id("psych"), of),
        based_on(visit(&id("eyes-visit"), of, "27"), &id("eyes")),
        based_on(note(&id("psych-note"), of), &id("psych")),
        based_on(labelled(note(&id("eyes-secret"), of), &["NORN_FORANS"]), &id("eyes")),
    ];
    let mut based = result(&id("eyes-result"), of, "2026-10-01T08:00:00Z");
    based = based_on(based, &id("eyes"));
    based["derivedFrom"] = json!([{"reference": format!("Observation/{}", id("held"))}]);
    all.push(based);
    all
}

/// A mother, a father who has moved, a small child, a youth, an old woman with a proxy, an adult next of kin and a stranger.
pub(crate) async fn people(world: &World) {
    put_all(
        world,
        [
            person("kari", "1980-03-04", "Storgata 1"),
            person("per", "1979-03-04", "Havnegata 9"),
            person("ola", "2018-05-06", "Storgata 1"),
            person("tor", "2012-05-06", "Storgata 1"),
            person("eva", "1950-03-04", "Bakken 3"),
            person("nina", "1990-01-01", "Havnegata 2"),
            person("siri", "2010-06-01", "Storgata 1"),
            person("jon", "1960-01-01", "Havnegata 3"),
            person("bo", "1960-01-01", "Havnegata 4"),
        ],
    )
    .await;
}

/// How they stand to each other, and what is known of their health.
pub(crate) async fn lives(world: &World) {
    put_all(
        world,
        [
            related("ola", "kari", &["FO"]),
            related("ola", "per", &["FO"]),
            related("tor", "kari", &["FO"]),
            related("tor", "per", &["FO", "court-decision"]),
            related("siri", "kari", &["FO"]),
            related("eva", "jon", &["VE"]),
            period(related("tor", "jon", &["FP"]), "2026-01-01", Some("2027-01-01")),
            given("FU", "eva", "nina", &["1", "2"]),
            given("FU", "eva", "kari", &["3"]),
            with_status(given("FU", "nina", "per", &["1", "2", "3"]), "proposed"),
            given("next-of-kin", "eva", "bo", &["T"]),
            period(given("TD", "jon", "bo", &[]), "2026-01-01", Some("2030-01-01")),
            consent("tor-yes", "tor", "foreldresamtykke", &[]),
            consent("eva-less", "eva", "own-access", &["vaccines"]),
            consent("jon-level", "jon", "platform", &["basis"]),
            opening("tor", "tor-eyes", "parents", true),
            opening("tor", "tor-psych", "youth", true),
        ],
    )
    .await;
    for of in ACTORS {
        put_all(world, health(of)).await;
    }
}

/// All that there is, as type and id.
async fn everything_there(world: &World) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for kind in TYPES {
        names.extend(world.find(&format!("{kind}?_count=1000")).await.into_iter().map(|id| format!("{kind}/{id}")));
    }
    names
}

pub(crate) fn names(page: &Page) -> Vec<String> {
    page.matches.iter().map(|found| format!("{}/{}", found.resource_type, found.id)).collect()
}

fn included(page: &Page) -> Vec<String> {
    page.included.iter().map(|found| format!("{}/{}", found.resource_type, found.id)).collect()
}

async fn by_read(gate: &Gate, there: &BTreeSet<String>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for name in there {
        let (resource_type, id) = name_of(name);
        let read = gate.read(resource_type, &id).await.is_ok();
        let version = gate.read_version(resource_type, &id, 1).await.is_ok();
        let scope = HistoryScope::Instance(resource_type, id);
        let history = gate.history(&scope, HistoryWindow::default(), 5, None).await;
        assert_eq!((version, history.is_ok()), (read, read), "{name}");
        assert_eq!(history.map_or(0, |page| page.matches.len()), usize::from(read), "{name}: its versions");
        if read {
            seen.insert(name.clone());
        }
    }
    seen
}

/// The pages of a search, joined; each page must be full but the last, and the last must not promise more.
pub(crate) async fn walk(gate: &Gate, asked: &str, count: usize) -> BTreeSet<String> {
    let mut query = parse(&format!("{asked}&_count={count}"));
    let mut seen = Vec::new();
    loop {
        let page = gate.search(&query).await.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        seen.extend(names(&page));
        let Some(next) = page.next else { break };
        assert_eq!(page.matches.len(), count, "{asked}: a page with more after it is full");
        query.cursor = Some(next);
    }
    let set: BTreeSet<String> = seen.iter().cloned().collect();
    assert_eq!(set.len(), seen.len(), "{asked}: each once");
    set
}

async fn by_search(gate: &Gate, seen: &BTreeSet<String>, of: &BTreeMap<String, String>) {
    for kind in TYPES {
        let of_kind: BTreeSet<String> =
            seen.iter().filter(|name| name.split('/').next() == Some(kind)).cloned().collect();
        for (more, count) in [("", 100), ("", 1), ("&_sort=_id", 1), ("&_sort=-_lastUpdated", 7)] {
            let asked = format!("{kind}?{more}");
            assert_eq!(walk(gate, &asked, count).await, of_kind, "{asked} in pages of {count}");
        }
        let total = u64::try_from(of_kind.len()).unwrap();
        for asked in [
            format!("{kind}?_total=accurate"),
            format!("{kind}?_summary=count"),
            format!("{kind}?_total=accurate&_count=1"),
        ] {
            assert_eq!(gate.search(&parse(&asked)).await.unwrap().total, Some(total), "{asked}");
        }
        if matches!(kind, "Patient") {
            continue;
        }
        for whose in ACTORS {
            let theirs: BTreeSet<String> =
                of_kind.iter().filter(|name| of.get(*name).map(String::as_str) == Some(whose)).cloned().collect();
            for count in [1, 100] {
                assert_eq!(walk(gate, &format!("{kind}?patient={whose}"), count).await, theirs, "{kind} of {whose}");
            }
        }
    }
}

async fn by_the_way(gate: &Gate, seen: &BTreeSet<String>, of: &BTreeMap<String, String>) {
    let type_of = |name: &str| name.split('/').next().unwrap().to_owned();
    let patients: BTreeSet<String> = seen.iter().filter(|name| type_of(name) == "Patient").cloned().collect();
    for kind in TYPES.into_iter().filter(|kind| *kind != "Patient") {
        let of_kind: BTreeSet<String> = seen.iter().filter(|name| type_of(name) == kind).cloned().collect();
        let whose = |names: &BTreeSet<String>| -> BTreeSet<String> {
            names.iter().map(|name| format!("Patient/{}", of[name])).filter(|name| seen.contains(name)).collect()
        };
        let forward = gate.search(&parse(&format!("{kind}?_include={kind}:patient&_count=500"))).await.unwrap();
        assert_eq!(
            included(&forward).into_iter().collect::<BTreeSet<_>>(),
            whose(&of_kind),
            "{kind} with its patients"
        );
        let back = gate.search(&parse(&format!("Patient?_revinclude={kind}:patient&_count=500"))).await.unwrap();
        let expected: BTreeSet<String> =
            of_kind.iter().filter(|name| patients.contains(&format!("Patient/{}", of[*name]))).cloned().collect();
        assert_eq!(included(&back).into_iter().collect::<BTreeSet<_>>(), expected, "patients with their {kind}");
        assert_eq!(
            walk(gate, &format!("Patient?_has:{kind}:patient:_lastUpdated=ge2000-01-01"), 3).await,
            whose(&of_kind),
            "whose {kind} there is"
        );
        assert_eq!(
            walk(gate, &format!("{kind}?patient.family=Nordmann"), 3).await,
            expected,
            "{kind} by the patient's name"
        );
    }
}

async fn by_everything(gate: &Gate, seen: &BTreeSet<String>, of: &BTreeMap<String, String>) {
    for whose in ACTORS {
        let patient: PatientId = patient_id(whose);
        for count in [1, 100] {
            let mut asked = Everything {
                patient: Some(patient.clone()),
                types: Vec::new(),
                since: None,
                count,
                cursor: None,
                referred: false,
            };
            let mut found = BTreeSet::new();
            loop {
                match gate.everything(&asked).await {
                    Ok(page) => {
                        found.extend(names(&page));
                        asked.cursor = page.next;
                    }
                    Err(GateError::NotFound) => assert!(!seen.contains(&format!("Patient/{whose}")), "{whose}"),
                    Err(error) => panic!("{error}"),
                }
                if asked.cursor.is_none() {
                    break;
                }
            }
            let known = seen.contains(&format!("Patient/{whose}"));
            let theirs: BTreeSet<String> =
                seen.iter().filter(|name| known && of.get(*name).map(String::as_str) == Some(whose)).cloned().collect();
            assert_eq!(found, theirs, "everything of {whose} in pages of {count}");
        }
    }
}

pub(crate) async fn by_export(gate: &Gate, seen: &BTreeSet<String>) {
    for kind in TYPES {
        let query = Query { count: 1000, ..Query::of(ResourceType::from_name(kind).unwrap()) };
        let page = gate.export(&Export { query: &query, patients_only: true, besides: &[] }).await.unwrap();
        let of_kind: Vec<&String> = seen.iter().filter(|name| name.split('/').next() == Some(kind)).collect();
        let mut exported = names(&page);
        exported.sort();
        assert_eq!(exported.iter().collect::<Vec<_>>(), of_kind, "{kind} by export");
    }
}

/// What the decision says of everything there is, by the label and the moment the test knows of.
async fn by_decision(gate: &Gate, of: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for (name, whose) in of {
        // Of what needs no more than its kind.
        let service = match name.split_once('/').unwrap() {
            (_, id) if id.ends_with("-gp") => Service::PrimaryAppointments,
            (_, id) if id.ends_with("-hospital") => Service::SpecialistAppointments,
            (_, id) if id.ends_with("-clinic") => Service::YouthServices,
            (_, id) if id.ends_with("-note") && !id.ends_with("psych-note") => Service::Record,
            (_, id) if id.ends_with("-pill") => Service::Medicines,
            (_, id) if id.ends_with("-mmr") => Service::Vaccines,
            (_, id) if id.ends_with("-old") => Service::Results,
            (_, id) if id.ends_with("-plain") => Service::Messages,
            ("Patient" | "RelatedPerson", _) => Service::Person,
            _ => continue,
        };
        let decision = gate.decide(Some(&patient_id(whose)), service, Action::View, Item::PLAIN).await.unwrap();
        if decision.allowed() {
            seen.insert(name.clone());
        }
    }
    seen
}

async fn owners(world: &World, there: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut of = BTreeMap::new();
    for whose in ACTORS {
        of.insert(format!("Patient/{whose}"), whose.to_owned());
        for kind in TYPES.into_iter().filter(|kind| *kind != "Patient") {
            let theirs = world.find(&format!("{kind}?patient={whose}&_count=1000")).await;
            of.extend(theirs.into_iter().map(|id| (format!("{kind}/{id}"), whose.to_owned())));
        }
    }
    assert_eq!(of.keys().cloned().collect::<BTreeSet<_>>(), *there, "each belongs to one of them");
    of
}

pub(crate) async fn every_way_shows_each_actor_the_same(world: &World) {
    people(world).await;
    lives(world).await;
    let there = everything_there(world).await;
    assert!(there.len() > 200, "{}", there.len());
    let of = owners(world, &there).await;
    let mut sizes = Vec::new();
    for who in ACTORS {
        let gate = || gate(world, who);
        let seen = by_read(&gate(), &there).await;
        by_search(&gate(), &seen, &of).await;
        by_the_way(&gate(), &seen, &of).await;
        by_everything(&gate(), &seen, &of).await;
        by_export(&gate(), &seen).await;
        let plain = by_decision(&gate(), &of).await;
        assert!(plain.is_subset(&seen), "{who}: decided yes and not shown: {:?}", plain.difference(&seen));
        let kinds = ["-gp", "-hospital", "-clinic", "-pill", "-mmr", "-old", "-plain"];
        let extra = seen.iter().filter(|name| kinds.iter().any(|kind| name.ends_with(kind)) && !plain.contains(*name));
        assert_eq!(extra.collect::<Vec<_>>(), Vec::<&String>::new(), "{who}: shown and decided no");
        sizes.push((serial(who), seen.len()));
    }
    let small_child = serial("ola");
    assert!(sizes.iter().all(|(who, seen)| (*seen > 0 || *who == small_child) && *seen < there.len() / 2), "{sizes:?}");
}
